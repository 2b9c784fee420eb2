"""What must hold of every answer, whoever gives it: functions that yield what is wrong, in words.

They don't search. Each looks at the offers of one answer and asks the definition's plain questions about them: does
this run fit a window, are these amounts free. An answer with nothing wrong is sound; whether it is all that could
have been offered, only the definition can tell.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from itertools import pairwise, product
from typing import Final

from execbroker.core.amounts import STORAGE
from execbroker.core.answer import Allotment, Offer
from execbroker.core.platform import Platform, Pool
from execbroker.core.ranges import Range
from execbroker.core.spans import Span
from execbroker.testing.definition import is_better, is_free
from execbroker.testing.definition_needs import durations, preparation, release, totals
from execbroker.testing.definition_windows import windows
from execbroker.testing.worlds import World

__all__ = [
    "INVARIANTS",
    "beaten_offers",
    "broken_promises",
    "runs",
    "unasked_amounts",
    "unasked_times",
    "unordered_offers",
    "unsupported_offers",
    "violations",
]

#: With no more runs than this every one of them is tried, otherwise those at the limits.
_FEW: Final = 24


def violations(world: World, offers: Sequence[Offer]) -> Iterator[str]:
    """All that is wrong with a frontier that was answered in a world.

    >>> from execbroker.core.amounts import Amounts
    >>> from execbroker.core.platform import Platform, Pool
    >>> from execbroker.core.task import Task
    >>> world = World(Task(), (Platform("here", (Pool("batch", Amounts({"cores": 1000})),)),), now=0)
    >>> list(violations(world, [Offer("there", "batch", 0, 0, 3600, 3600, 3600, 0)]))
    ['offer 1: there is no pool batch on a platform there']
    """
    for invariant in INVARIANTS:
        yield from invariant(world, offers)


def _places(world: World, offers: Sequence[Offer]) -> Iterator[tuple[str, Offer, Platform, Pool]]:
    """Each offer with a name for it, and where it is from; those from nowhere are `unsupported_offers`."""
    pools = {
        (platform.name, pool.name): (platform, pool)
        for platform in world.platforms
        for pool in platform.pools
    }
    for number, offer in enumerate(offers, 1):
        if (offer.platform, offer.pool) in pools:
            yield f"offer {number}", offer, *pools[offer.platform, offer.pool]


def unsupported_offers(world: World, offers: Sequence[Offer]) -> Iterator[str]:
    """An offer is from a pool that there is, after its preparation, by its horizon, and expires in time."""
    known = {id(offer) for _, offer, *_ in _places(world, offers)}
    for number, offer in enumerate(offers, 1):
        if id(offer) not in known:
            yield f"offer {number}: there is no pool {offer.pool} on a platform {offer.platform}"
    for name, offer, platform, pool in _places(world, offers):
        lead = preparation(world.task, platform, pool)
        if lead is None:
            yield f"{name}: the task's data can't be brought there"
        elif offer.preparation != lead:
            yield f"{name}: the preparation takes {lead} seconds, not {offer.preparation}"
        elif offer.minstart < world.now + lead:
            yield f"{name}: starts at {offer.minstart}, before now and the preparation, {world.now + lead}"
        if offer.maxend > world.now + platform.horizon:
            yield f"{name}: ends at {offer.maxend}, after the horizon, {world.now + platform.horizon}"
        expires = min(world.now + platform.offer_lifetime, offer.maxstart)
        if offer.expires != expires:
            yield f"{name}: expires at {offer.expires}, not at {expires}"
        if (offer.flavour is None) is bool(pool.flavours):
            yield f"{name}: flavour {offer.flavour} in a pool with {len(pool.flavours)} flavours"


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


def unasked_times(world: World, offers: Sequence[Offer]) -> Iterator[str]:
    """Every run that is offered is one that was asked for: on the grid, as long as allowed, in one window."""
    for name, offer, platform, pool in _places(world, offers):
        grid = platform.granularity
        times = (offer.minstart, offer.maxstart, offer.maxend, offer.minduration, offer.maxduration)
        if any(time % grid for time in times):
            yield f"{name}: {times} are not all multiples of {grid} seconds"
            continue
        if not (offer.minstart <= offer.maxstart and offer.minduration <= offer.maxduration):
            yield f"{name}: a least time is above the greatest: {times}"
            continue
        shortest, longest = durations(world.task, platform, pool)
        if offer.minduration != shortest:
            yield f"{name}: the shortest run asked for is {shortest} seconds, not {offer.minduration}"
        if longest is not None and offer.maxduration > longest:
            yield f"{name}: runs of {offer.maxduration} seconds, of which {longest} are allowed"
        if offer.maxend > offer.maxstart + offer.maxduration:
            yield f"{name}: no run reaches its end"
        allowed = windows(world.task.schedule, world.now, world.now + platform.horizon)
        for run in runs(offer, grid):
            if not any(w.start <= run.start <= w.latest and run.end <= w.end for w in allowed):
                yield f"{name}: the run {run} lies in no window"


def unasked_amounts(world: World, offers: Sequence[Offer]) -> Iterator[str]:
    """Each resource of the task gets its minimum, and at most its maximum, of what it asks for and nothing else."""
    task = world.task
    for name, offer, platform, _ in _places(world, offers):
        extra = {key for key in platform.defaults.amounts if key not in totals(task)}
        asked = [each.ranges for each in task.compute] or [{}]
        if task.compute or offer.compute:
            yield from _wrong_allotments(name, offer.compute, asked, extra)
        stored = [{STORAGE: each.size} for each in task.storage]
        yield from _wrong_allotments(name, offer.storage, stored, set())
        names = [allotment.name for allotment in (*offer.compute, *offer.storage)]
        expected = [each.name for each in task.compute] or [None] * len(offer.compute)
        if names != expected + [each.name for each in task.storage]:
            yield f"{name}: the resources are {names}"


def _wrong_allotments(
    name: str, given: Sequence[Allotment], asked: Sequence[Mapping[str, Range]], extra: set[str]
) -> Iterator[str]:
    if len(given) != len(asked):
        yield f"{name}: {len(given)} resources for {len(asked)}"
        return
    for position, (allotment, ranges) in enumerate(zip(given, asked, strict=True)):
        more = extra if position == 0 else set()
        for each in (allotment.minimum, allotment.maximum):
            if not set(ranges) <= set(each) <= set(ranges) | more:
                yield f"{name}: {sorted(each)} given where {sorted(ranges)} was asked for"
        for key, asked_range in ranges.items():
            least, most = allotment.minimum.get(key, -1), allotment.maximum.get(key, -1)
            if least != (asked_range.minimum or 0):
                yield f"{name}: at least {least} of {key}, where {asked_range.minimum} was asked for"
            if most < least or (asked_range.maximum is not None and most > asked_range.maximum):
                yield f"{name}: at most {most} of {key}, where {asked_range} was asked for"


def broken_promises(world: World, offers: Sequence[Offer]) -> Iterator[str]:
    """Every run that is offered is free, with all that is offered; with a flavour, all that it carries."""
    for name, offer, platform, pool in _places(world, offers):
        amounts: Mapping[str, int] = offer.amounts
        if offer.flavour is not None:
            carried = [each.amounts for each in pool.flavours if each.name == offer.flavour]
            if not carried or not offer.amounts.fits_in(carried[0]):
                yield f"{name}: no flavour {offer.flavour} holds {offer.amounts}"
                continue
            amounts = {**dict.fromkeys(offer.amounts, 0), **carried[0]}
        lead, lag = preparation(world.task, platform, pool) or 0, release(platform, pool)
        for run in runs(offer, platform.granularity):
            if not is_free(platform, pool, run, amounts, before=lead, after=lag):
                yield f"{name}: {amounts} is not free for the run {run}"


def beaten_offers(world: World, offers: Sequence[Offer]) -> Iterator[str]:
    """No offer of a frontier is better than another one."""
    asked = totals(world.task)
    for one, better in enumerate(offers, 1):
        for other, worse in enumerate(offers, 1):
            if is_better(better, worse, asked):
                yield f"offer {one} is better than offer {other}"


def unordered_offers(world: World, offers: Sequence[Offer]) -> Iterator[str]:
    """Offers are listed by start, then longest, then largest, then latest start, then latest end."""
    asked = list(totals(world.task))

    def order(offer: Offer) -> tuple[int, int, list[int], int, int]:
        largest = [-offer.amounts.get(name, 0) for name in asked]
        return (offer.minstart, -offer.maxduration, largest, -offer.maxstart, -offer.maxend)

    for number, (first, second) in enumerate(pairwise(map(order, offers)), 1):
        if first > second:
            yield f"offer {number + 1} should stand before offer {number}"


#: Every invariant, in the order in which `violations` tries them.
INVARIANTS: Final[tuple[Callable[[World, Sequence[Offer]], Iterator[str]], ...]] = (
    unsupported_offers,
    unasked_times,
    unasked_amounts,
    broken_promises,
    beaten_offers,
    unordered_offers,
)
