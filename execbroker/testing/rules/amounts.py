"""Rules on how much an offer gives: what was asked for, no less, and no more than may be."""

from __future__ import annotations

from collections.abc import Iterator
from functools import partial
from math import floor

from execbroker.core.durations import spell_duration
from execbroker.core.sizes import format_amount
from execbroker.testing.definition_needs import given_by_default
from execbroker.testing.rules.exchange import Exchange, Place
from execbroker.testing.rules.rule import DRAFT, Finding, Level, rule
from execbroker.testing.rules.wording import key_of, lasting

__all__ = [
    "defaults_given",
    "flavour_holds",
    "matched_resources",
    "maximum_respected",
    "minimum_met",
    "nothing_unasked",
    "ordered_amounts",
    "within_request_limits",
    "within_scale",
]


@rule("A10", Level.MUST, f"{DRAFT} 3.2.1")
def matched_resources(exchange: Exchange) -> Iterator[Finding]:
    """An offer says of each of the task's resources what it gets, under its name, in the task's order.

    A task without compute resources may be offered one without a name, for what it gets by default.
    """
    task = exchange.world.task
    for place in exchange.places:
        offer = place.offer
        nameless: list[str | None] = [None] if offer.compute else []
        computes = [each.name for each in task.compute] or nameless
        for kind, offered, asked in (
            ("compute-resources", [each.name for each in offer.compute], computes),
            (
                "storage-resources",
                [each.name for each in offer.storage],
                [each.name for each in task.storage],
            ),
        ):
            if offered != asked:
                what = f"offered are {_listed(offered)}, asked for {_listed(asked)}"
                yield Finding(what, f"{place.where}.{kind}", len(asked), len(offered))


def _listed(names: list[str | None]) -> str:
    return ", ".join(name or "one without a name" for name in names) or "none"


@rule("A11", Level.MUST, f"{DRAFT} 2.2.2")
def minimum_met(exchange: Exchange) -> Iterator[Finding]:
    """Of each resource an offer gives at least the minimum that was asked for; it may give more."""
    for place in exchange.places:
        for where, allotment, ranges in place.said:
            for name, asked in ranges.items():
                least, offered = asked.minimum or 0, allotment.minimum.get(name, 0)
                if offered < least:
                    spelt = partial(format_amount, name, sizes=place.pool.sizes)
                    what = f"at least {spelt(least)} of {name} asked, from {spelt(offered)} on offered"
                    yield Finding(what, f"{where}.{key_of('min', name)}", least, offered)


@rule("A12", Level.MUST, f"{DRAFT} 2.2.2")
def ordered_amounts(exchange: Exchange) -> Iterator[Finding]:
    """No minimum that is offered is above its maximum."""
    for place in exchange.places:
        for where, allotment, _ in place.said:
            for name, least in allotment.minimum.items():
                if least > (most := allotment.maximum.get(name, 0)):
                    spelt = partial(format_amount, name, sizes=place.pool.sizes)
                    what = f"from {spelt(least)} to {spelt(most)} of {name} is no range"
                    yield Finding(what, f"{where}.{key_of('min', name)}", least, most)


@rule("A13", Level.SHOULD, f"{DRAFT} 2.2.2")
def maximum_respected(exchange: Exchange) -> Iterator[Finding]:
    """Of no resource an offer gives more than the maximum that was asked for."""
    for place in exchange.places:
        for where, allotment, ranges in place.said:
            for name, asked in ranges.items():
                offered = max(allotment.minimum.get(name, 0), allotment.maximum.get(name, 0))
                if asked.maximum is not None and offered > asked.maximum:
                    spelt = partial(format_amount, name, sizes=place.pool.sizes)
                    what = f"at most {spelt(asked.maximum)} of {name} asked, up to {spelt(offered)} offered"
                    yield Finding(what, f"{where}.{key_of('max', name)}", asked.maximum, offered)


@rule("A14", Level.SHOULD, f"{DRAFT} 2.2.2")
def nothing_unasked(exchange: Exchange) -> Iterator[Finding]:
    """An offer gives nothing of what was not asked for, beside the cores and memory that everybody gets.

    The draft lets a service give more of something, and does not speak of something else. To ask for nothing of a
    resource is taken as a maximum of none.
    """
    for place in exchange.places:
        given = given_by_default(exchange.world.task, place.platform, place.pool)
        for number, (where, allotment, ranges) in enumerate(place.said):
            for name, offered in allotment.maximum.items():
                if offered and name not in ranges and not (number == 0 and name in given):
                    what = f"{format_amount(name, offered, place.pool.sizes)} of {name} offered, none asked"
                    yield Finding(what, f"{where}.{key_of('max', name)}", 0, offered)


@rule("A15", Level.SHOULD, f"{DRAFT} 3.2.1, 6.2.7 and 6.2.8")
def defaults_given(exchange: Exchange) -> Iterator[Finding]:
    """Who does not ask for cores, memory or a duration is offered the platform's defaults.

    Exactly so much of cores and memory, as far as the pool has any, in the first compute resource; and runs from
    the default duration on, or from the longest that the limits allow, if that is less. The draft's own defaults, a
    core and a GiB, hold where a platform does not say otherwise.
    """
    for place in exchange.places:
        given = given_by_default(exchange.world.task, place.platform, place.pool)
        first = place.offer.compute[0] if place.offer.compute else None
        for name, amount in given.items():
            least = first.minimum.get(name, 0) if first else 0
            most = first.maximum.get(name, 0) if first else 0
            if not least == most == amount:
                spelt = partial(format_amount, name, sizes=place.pool.sizes)
                what = f"{spelt(amount)} of {name} is the default, {spelt(least)} to {spelt(most)} offered"
                where = f"{place.where}.compute-resources[0].{key_of('min', name)}"
                yield Finding(what, where, amount, least)
        yield from _other_duration(place)


def _other_duration(place: Place) -> Iterator[Finding]:
    shortest, _ = place.durations
    if place.world.task.schedule.duration.minimum is None and place.offer.minduration != shortest:
        what = f"runs from {spell_duration(shortest)} on are the default"
        what += f", runs from {lasting(place.offer.minduration)} on offered"
        yield Finding(what, f"{place.where}.minduration", shortest, place.offer.minduration)


@rule("A16", Level.MUST, f"{DRAFT} 2.2.2")
def within_scale(exchange: Exchange) -> Iterator[Finding]:
    """No resource is offered above the pool's limit on how many times the minimum it gives."""
    for place in exchange.places:
        scale = place.pool.max_scale
        if scale is None or place.pool.flavours:
            continue
        amounts = place.offer.amounts
        for name, asked in exchange.asked.items():
            most = floor(scale * (asked.minimum or 0))
            if most and (offered := amounts.get(name, 0)) > most:
                spelt = partial(format_amount, name, sizes=place.pool.sizes)
                what = f"up to {spelt(offered)} of {name} offered"
                what += f", {place.pool.name} gives at most {scale} times the minimum, {spelt(most)}"
                yield Finding(what, f"{place.where}.{key_of('max', name)}", offered, most)


@rule("A17", Level.MUST, f"{DRAFT} 2.2.2")
def flavour_holds(exchange: Exchange) -> Iterator[Finding]:
    """No more of anything is offered than the flavour carries."""
    for place in exchange.places:
        if place.flavour is None:
            continue
        for name, offered in place.offer.amounts.items():
            if offered > (carried := place.flavour.amounts.get(name, 0)):
                spelt = partial(format_amount, name, sizes=place.pool.sizes)
                what = (
                    f"up to {spelt(offered)} of {name} offered, {place.flavour.name} carries {spelt(carried)}"
                )
                yield Finding(what, f"{place.where}.{key_of('max', name)}", offered, carried)


@rule("A18", Level.MUST, f"{DRAFT} 2.2.2")
def within_request_limits(exchange: Exchange) -> Iterator[Finding]:
    """No offer gives more of a resource than its platform lets one request have, nor a flavour with more."""
    for place in exchange.places:
        for name, most in place.platform.policy.limits.items():
            spelt = partial(format_amount, name, sizes=place.pool.sizes)
            offered = place.offer.amounts.get(name, 0)
            carried = 0 if place.flavour is None else place.flavour.amounts.get(name, 0)
            if offered > most:
                what = f"up to {spelt(offered)} of {name} offered, one request may have {spelt(most)}"
                yield Finding(what, f"{place.where}.{key_of('max', name)}", offered, most)
            elif carried > most:
                what = f"the flavour carries {spelt(carried)} of {name}, one request may have {spelt(most)}"
                yield Finding(what, f"{place.where}.flavour", carried, most)
