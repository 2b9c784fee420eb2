"""What runs take and what offers hold, as bookings.

The draft says that an offer holds what it offers. How much of it is the platform's choice, which its file says; the
offers of one answer are alternatives, and hold the largest at each instant, never the sum.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from itertools import pairwise
from typing import TypeAlias

from execbroker.core.amounts import STORAGE, Amounts
from execbroker.core.answer import Offer
from execbroker.core.platform import Booking, Hold, Platform, Pool
from execbroker.core.session import Run
from execbroker.core.spans import Span
from execbroker.core.task import Task
from execbroker.testing.definition_needs import preparation, release
from execbroker.testing.room import Room, nodes_of

__all__ = [
    "Part",
    "bookings_of",
    "held_by",
    "is_free",
    "is_hidden",
    "is_within",
    "largest",
    "lies_in",
    "taken_by",
]

#: Amounts over a span.
Part: TypeAlias = tuple[Span, Mapping[str, int]]


def taken_by(
    offer: Offer, task: Task, platform: Platform, pool: Pool, run: Span, amounts: Mapping[str, int]
) -> list[Part]:
    """What a run of an offer takes: storage from the start of the preparation to the end of the release.

    Of a flavour it is all that it carries.
    """
    carried = [each.amounts for each in pool.flavours if each.name == offer.flavour]
    taken = carried[0] if carried else amounts
    lead = preparation(task, platform, pool) or 0
    storing = Span(run.start - lead, run.end + release(platform, pool))
    return [
        (storing if name == STORAGE else run, {name: amount}) for name, amount in taken.items() if amount > 0
    ]


def held_by(offer: Offer, task: Task, platform: Platform, pool: Pool) -> list[Part]:
    """What is kept for the client of an open offer: what any shortest run needs, or all of it, or nothing."""
    if platform.hold is Hold.NONE:
        return []
    if platform.hold is Hold.ALL:
        return taken_by(offer, task, platform, pool, Span(offer.minstart, offer.maxend), offer.amounts)
    span = Span(offer.minstart, offer.maxstart + offer.minduration)
    return taken_by(offer, task, platform, pool, span, offer.minima)


def is_hidden(platform: Platform, pool: Pool) -> bool:
    """Whether nobody can tell from outside where in a pool an open offer is held."""
    return platform.hold is not Hold.NONE and (pool.nodes or 1) > 1


def largest(parts: Sequence[Part]) -> Iterator[Part]:
    """The largest of some amounts at each instant, from border to border."""
    for start, end in pairwise(sorted({border for span, _ in parts for border in span})):
        here = [amounts for span, amounts in parts if span.start <= start and end <= span.end]
        names = {name for amounts in here for name in amounts}
        if names:
            yield Span(start, end), {name: max(amounts.get(name, 0) for amounts in here) for name in names}


def lies_in(parts: Iterable[Part], held: Iterable[Part]) -> bool:
    """Whether all that is taken is part of what is held."""
    kept = list(held)
    return all(
        any(
            span.start <= part.start and part.end <= span.end and amounts.get(name, 0) >= amount
            for span, amounts in kept
        )
        for part, taken in parts
        for name, amount in taken.items()
    )


def is_free(room: Room, pool: Pool, parts: Iterable[Part]) -> bool:
    """Whether some one node has room for all that is taken."""
    needed = [(name, amount, span) for span, taken in parts for name, amount in taken.items()]
    return any(
        all(room.lowest(pool, node, name, span) >= amount for name, amount, span in needed)
        for node in nodes_of(pool)
    )


def bookings_of(pool: str, parts: Iterable[Part], node: int | None = None) -> Iterator[Booking]:
    """Parts as bookings of a pool."""
    return (Booking(pool, span, Amounts(amounts), node) for span, amounts in parts if span.start < span.end)


def is_within(offer: Offer, run: Run, clock: int, grid: int) -> bool:
    """Whether a run is one of an offer's, on the grid, and does not start in the past."""
    least, most = offer.minima, offer.amounts
    return (
        max(offer.minstart, clock) <= run.start <= offer.maxstart
        and offer.minduration <= run.duration <= offer.maxduration
        and run.end <= offer.maxend
        and run.start % grid == run.duration % grid == 0
        and all(least.get(name, 0) <= amount <= most.get(name, 0) for name, amount in run.amounts.items())
    )
