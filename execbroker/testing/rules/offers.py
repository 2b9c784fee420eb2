"""Rules on the offers of an answer, one by one."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from itertools import pairwise, product
from typing import Final

from execbroker.core.amounts import STORAGE
from execbroker.core.answer import Allotment, Offer
from execbroker.core.ranges import Range
from execbroker.core.spans import Span
from execbroker.testing.definition import is_better, is_free
from execbroker.testing.definition_needs import durations, preparation, release, totals
from execbroker.testing.definition_windows import windows
from execbroker.testing.rules.exchange import Exchange
from execbroker.testing.rules.rule import DRAFT, Finding, Level, rule

__all__ = [
    "beaten_offers",
    "broken_promises",
    "runs",
    "unasked_amounts",
    "unasked_times",
    "unordered_offers",
    "unsupported_offers",
]

#: With no more runs than this every one of them is tried, otherwise those at the limits.
_FEW: Final = 24


@rule("A01", Level.MUST, f"{DRAFT} 2.2.2")
def unsupported_offers(exchange: Exchange) -> Iterator[Finding]:
    """An offer is from a pool that there is, after its preparation, by its horizon, and expires in time."""
    known = {id(offer) for _, offer, *_ in exchange.places}
    for number, offer in enumerate(exchange.answer.offers):
        if id(offer) not in known:
            what = f"there is no pool {offer.pool} on a platform {offer.platform}"
            yield Finding(what, f"offers[{number}]")
    for name, offer, platform, pool in exchange.places:
        lead = preparation(exchange.world.task, platform, pool)
        if lead is None:
            yield Finding("the task's data can't be brought there", name)
        elif offer.preparation != lead:
            yield Finding(f"the preparation takes {lead} seconds, not {offer.preparation}", name)
        elif offer.minstart < exchange.world.now + lead:
            yield Finding(
                f"starts at {offer.minstart}, before now and the preparation, {exchange.world.now + lead}",
                name,
            )
        if offer.maxend > exchange.world.now + platform.horizon:
            yield Finding(
                f"ends at {offer.maxend}, after the horizon, {exchange.world.now + platform.horizon}", name
            )
        expires = min(exchange.world.now + platform.offer_lifetime, offer.maxstart)
        if offer.expires != expires:
            yield Finding(f"expires at {offer.expires}, not at {expires}", name)
        if (offer.flavour is None) is bool(pool.flavours):
            yield Finding(f"flavour {offer.flavour} in a pool with {len(pool.flavours)} flavours", name)


def runs(offer: Offer, grid: int) -> list[Span]:
    """The runs that an offer promises, on the grid: all of them where they are few, else those at its limits."""
    starts = range(offer.minstart, offer.maxstart + 1, grid)
    lengths = range(offer.minduration, offer.maxduration + 1, grid)
    if len(starts) * len(lengths) > _FEW:
        starts, lengths = range(*_ends(starts)), range(*_ends(lengths))
        last = max(offer.minstart, offer.maxend - offer.maxduration)
        extra = [Span(last, offer.maxend), Span(offer.maxend - offer.minduration, offer.maxend)]
    else:
        extra = []
    tried = [*(Span(start, start + length) for start, length in product(starts, lengths)), *extra]
    return [run for run in tried if run.end <= offer.maxend and run.start <= offer.maxstart]


def _ends(values: range) -> tuple[int, int, int]:
    """The range of nothing but a range's first and last value."""
    return values[0], values[-1] + 1, max(1, values[-1] - values[0])


@rule("A02", Level.MUST, f"{DRAFT} 3.3")
def unasked_times(exchange: Exchange) -> Iterator[Finding]:
    """Every run that is offered is one that was asked for: on the grid, as long as allowed, in one window."""
    for name, offer, platform, pool in exchange.places:
        grid = platform.granularity
        times = (offer.minstart, offer.maxstart, offer.maxend, offer.minduration, offer.maxduration)
        if any(time % grid for time in times):
            yield Finding(f"{times} are not all multiples of {grid} seconds", name)
            continue
        if not (offer.minstart <= offer.maxstart and offer.minduration <= offer.maxduration):
            yield Finding(f"a least time is above the greatest: {times}", name)
            continue
        shortest, longest = durations(exchange.world.task, platform, pool)
        if offer.minduration != shortest:
            yield Finding(f"the shortest run asked for is {shortest} seconds, not {offer.minduration}", name)
        if longest is not None and offer.maxduration > longest:
            yield Finding(f"runs of {offer.maxduration} seconds, of which {longest} are allowed", name)
        if offer.maxend > offer.maxstart + offer.maxduration:
            yield Finding("no run reaches its end", name)
        allowed = windows(
            exchange.world.task.schedule, exchange.world.now, exchange.world.now + platform.horizon
        )
        for run in runs(offer, grid):
            if not any(w.start <= run.start <= w.latest and run.end <= w.end for w in allowed):
                yield Finding(f"the run {run} lies in no window", name)


@rule("A03", Level.MUST, f"{DRAFT} 2.2.2")
def unasked_amounts(exchange: Exchange) -> Iterator[Finding]:
    """Each resource of the task gets its minimum, and at most its maximum, of what it asks for and nothing else."""
    task = exchange.world.task
    for name, offer, platform, _ in exchange.places:
        extra = {key for key in platform.defaults.amounts if key not in totals(task)}
        asked = [each.ranges for each in task.compute] or [{}]
        if task.compute or offer.compute:
            yield from _wrong_allotments(name, offer.compute, asked, extra)
        stored = [{STORAGE: each.size} for each in task.storage]
        yield from _wrong_allotments(name, offer.storage, stored, set())
        names = [allotment.name for allotment in (*offer.compute, *offer.storage)]
        expected = [each.name for each in task.compute] or [None] * len(offer.compute)
        if names != expected + [each.name for each in task.storage]:
            yield Finding(f"the resources are {names}", name)


def _wrong_allotments(
    name: str, given: Sequence[Allotment], asked: Sequence[Mapping[str, Range]], extra: set[str]
) -> Iterator[Finding]:
    if len(given) != len(asked):
        yield Finding(f"{len(given)} resources for {len(asked)}", name)
        return
    for position, (allotment, ranges) in enumerate(zip(given, asked, strict=True)):
        more = extra if position == 0 else set()
        for each in (allotment.minimum, allotment.maximum):
            if not set(ranges) <= set(each) <= set(ranges) | more:
                yield Finding(f"{sorted(each)} given where {sorted(ranges)} was asked for", name)
        for key, asked_range in ranges.items():
            least, most = allotment.minimum.get(key, -1), allotment.maximum.get(key, -1)
            if least != (asked_range.minimum or 0):
                yield Finding(f"at least {least} of {key}, where {asked_range.minimum} was asked for", name)
            if most < least or (asked_range.maximum is not None and most > asked_range.maximum):
                yield Finding(f"at most {most} of {key}, where {asked_range} was asked for", name)


@rule("A04", Level.MUST, f"{DRAFT} 2.2.2")
def broken_promises(exchange: Exchange) -> Iterator[Finding]:
    """Every run that is offered is free, with all that is offered; with a flavour, all that it carries."""
    for name, offer, platform, pool in exchange.places:
        amounts: Mapping[str, int] = offer.amounts
        if offer.flavour is not None:
            carried = [each.amounts for each in pool.flavours if each.name == offer.flavour]
            if not carried or not offer.amounts.fits_in(carried[0]):
                yield Finding(f"no flavour {offer.flavour} holds {offer.amounts}", name)
                continue
            amounts = {**dict.fromkeys(offer.amounts, 0), **carried[0]}
        lead, lag = preparation(exchange.world.task, platform, pool) or 0, release(platform, pool)
        for run in runs(offer, platform.granularity):
            if not is_free(platform, pool, run, amounts, before=lead, after=lag):
                yield Finding(f"{amounts} is not free for the run {run}", name)


@rule("A05", Level.QUALITY, f"{DRAFT} 2.2.2")
def beaten_offers(exchange: Exchange) -> Iterator[Finding]:
    """No offer of a frontier is better than another one."""
    asked = totals(exchange.world.task)
    for one, better in enumerate(exchange.answer.offers):
        for other, worse in enumerate(exchange.answer.offers):
            if is_better(better, worse, asked):
                yield Finding(f"offers[{one}] is better", f"offers[{other}]")


@rule("A06", Level.QUALITY, f"{DRAFT} 2.2.2")
def unordered_offers(exchange: Exchange) -> Iterator[Finding]:
    """Offers are listed by start, then longest, then largest, then latest start, then latest end."""
    asked = list(totals(exchange.world.task))

    def order(offer: Offer) -> tuple[int, int, list[int], int, int]:
        largest = [-offer.amounts.get(name, 0) for name in asked]
        return (offer.minstart, -offer.maxduration, largest, -offer.maxstart, -offer.maxend)

    for number, (first, second) in enumerate(pairwise(map(order, exchange.answer.offers))):
        if first > second:
            yield Finding(f"it should stand before offers[{number}]", f"offers[{number + 1}]")
