"""Rules on where an offer is from, and whether the task can run there at all, whenever and with however much."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator

from execbroker.core.problems import quoted
from execbroker.core.task import Compute, Data, Storage
from execbroker.testing.definition_needs import is_supported
from execbroker.testing.definition_policy import refusals
from execbroker.testing.rules.exchange import Exchange
from execbroker.testing.rules.rule import DRAFT, Finding, Level, rule
from execbroker.testing.rules.wording import OURS

__all__ = [
    "alike_counted",
    "known_flavour",
    "known_pool",
    "named_runner",
    "permitted_task",
    "reachable_data",
    "resolved_names",
    "supported_executable",
]


@rule("A01", Level.MUST, f"{DRAFT} 2.2.2 and 4")
def known_pool(exchange: Exchange) -> Iterator[Finding]:
    """An offer is from a platform and a pool that there are.

    In a federation too each offer is judged by what the platform that it names has.
    """
    for number, offer in enumerate(exchange.answer.offers):
        if (offer.platform, offer.pool) not in exchange.pools:
            what = f"there is no pool {quoted(offer.pool)} on a platform {quoted(offer.platform)}"
            yield Finding(what, f"offers[{number}].pool")


@rule("A02", Level.MUST, f"{DRAFT} 2.2.2")
def known_flavour(exchange: Exchange) -> Iterator[Finding]:
    """An offer of a pool with flavours names one of them, and no other offer names any."""
    for place in exchange.places:
        where, named, pool = f"{place.where}.flavour", place.offer.flavour, place.pool
        if named is None and pool.flavours:
            yield Finding(f"{pool.name} gives nothing but its {len(pool.flavours)} flavours", where)
        elif named is not None and place.flavour is None:
            yield Finding(f"{pool.name} has no flavour {quoted(named)}", where)


@rule("A03", Level.MUST, f"{DRAFT} 3.1")
def supported_executable(exchange: Exchange) -> Iterator[Finding]:
    """What a platform does not run it does not offer to run."""
    executable = exchange.world.task.executable
    for place in exchange.places:
        if executable is not None and not is_supported(exchange.world.task, place.platform):
            what = f"{place.platform.name} does not run {quoted(executable.type)}"
            yield Finding(what, f"{place.where}.platform")


@rule("A04", Level.MUST, f"{DRAFT} 3.2.2")
def reachable_data(exchange: Exchange) -> Iterator[Finding]:
    """A platform that cannot reach the task's data, or cannot say how long that takes, offers nothing.

    The draft says so of targets in a VOSpace; here it holds for all data that the task names.
    """
    for place in exchange.places:
        if place.lead is None:
            what = f"{place.platform.name} can't bring all of the task's data, or not say when they are there"
            yield Finding(what, f"{place.where}.platform")


@rule("A05", Level.MUST, f"{DRAFT} 3.2.2 and 6.2.8")
def resolved_names(exchange: Exchange) -> Iterator[Finding]:
    """A task whose names are ambiguous, or lead nowhere, is offered nothing."""
    task = exchange.world.task
    if not exchange.answer.is_yes:
        return
    named: Iterable[Compute | Storage | Data] = (*task.compute, *task.storage, *task.data)
    for name, count in Counter(each.name for each in named).items():
        if name is not None and count > 1:
            yield Finding(f"{count} resources of the task are called {quoted(name)}", "result", count, 1)
    stores = {each.name for each in task.storage}
    for each in task.data:
        if each.storage is not None and each.storage not in stores:
            what = f"the task has no storage resource {quoted(each.storage)} to stage {each.location} to"
            yield Finding(what, "result")


@rule("A06", Level.MUST, f"{DRAFT} 2.2.2")
def alike_counted(exchange: Exchange) -> Iterator[Finding]:
    """What a task asks for as a size is not offered by number, nor the other way round."""
    sizes = exchange.world.task.sizes
    for place in exchange.places:
        for name in exchange.asked:
            if name in place.pool.capacity and (name in sizes) is not (name in place.pool.sizes):
                counted = "as a size in bytes" if name in place.pool.sizes else "by number"
                what = f"{place.pool.name} counts {name} {counted}, the task does not"
                yield Finding(what, f"{place.where}.pool")


@rule("A07", Level.SHOULD, OURS)
def named_runner(exchange: Exchange) -> Iterator[Finding]:
    """An offer carries the endpoint of the runner that its pool, or else its platform, has."""
    for place in exchange.places:
        runner = place.platform.runner if place.pool.runner is None else place.pool.runner
        if place.offer.runner != runner:
            what = f"the runner is {runner or 'not given'}, the offer says {place.offer.runner or 'nothing'}"
            yield Finding(what, f"{place.where}.runner")


@rule("A08", Level.MUST, f"{DRAFT} 2.2.2")
def permitted_task(exchange: Exchange) -> Iterator[Finding]:
    """What a platform's policy does not let in is offered nothing there.

    The draft does not speak of policies; what a platform refuses it cannot provide. Who asks is looked at where
    that is known.
    """
    world = exchange.world
    for place in exchange.places:
        for refusal in refusals(world.task, place.platform, world.client):
            if world.client is not None or not refusal.is_of_client:
                what = f"{place.platform.name} does not let in {refusal.what}"
                yield Finding(what, f"{place.where}.platform", refusal.asked, refusal.available)
                break
