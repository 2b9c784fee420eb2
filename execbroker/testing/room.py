"""What is free on a platform, from sorted borders: for judging what was said, not for finding what could be.

It shares nothing with the search but the values, and agrees with `definition_boxes.is_free`, which is plainer and
looks at every booking at every instant. A query costs what lies in the span that it asks about.
"""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Iterable, Iterator, Mapping, Sequence
from functools import reduce
from itertools import accumulate
from typing import Final, NamedTuple, final

from attrs import evolve

from execbroker.core.amounts import STORAGE
from execbroker.core.platform import Booking, Platform, Pool
from execbroker.core.spans import NOTHING, Span, Spans
from execbroker.core.task import DAY
from execbroker.testing.definition_windows import opening_spans

__all__ = ["Demand", "Room", "nodes_of"]

#: Opening hours are asked for in pieces of so many seconds, each once.
_PIECE: Final = DAY


def nodes_of(pool: Pool) -> range:
    """The machines of a pool; one that is a whole counts as one."""
    return range(pool.nodes or 1)


@final
class Demand(NamedTuple):
    """What a run holds.

    Attributes:
        amounts: Of each resource. If storage is among them, be it none, the pool must be open as long as that is
            held.
        before, after: Seconds for which storage is held before the start and after the end.
    """

    amounts: Mapping[str, int]
    before: int = 0
    after: int = 0

    @property
    def holds_storage(self) -> bool:
        """Whether storage is among the amounts."""
        return STORAGE in self.amounts


@final
class _Levels(NamedTuple):
    """How much is free from each border to the next; before the first one everything is."""

    borders: list[int]
    free: list[int]


@final
class Room:
    """What one platform has free, as it stands.

    >>> from execbroker.core.amounts import Amounts
    >>> pool = Pool("batch", Amounts({"cores": 8}))
    >>> room = Room(Platform("here", (pool,), bookings=(Booking("batch", Span(2, 4), Amounts({"cores": 5})),)))
    >>> room.lowest(pool, 0, "cores", Span(0, 3))
    3
    >>> room.enough(pool, 0, "cores", 4, Span(0, 9))
    [0, 2) | [4, 9)
    """

    def __init__(self, platform: Platform) -> None:
        self.platform = platform
        self._levels: dict[tuple[str, int, str], _Levels] = {}
        self._open: dict[tuple[str, int], Spans] = {}

    def beside(self, bookings: Iterable[Booking]) -> Room:
        """The room that is left beside some more bookings."""
        platform = evolve(self.platform, bookings=(*self.platform.bookings, *bookings))
        room = Room(platform)
        # When a pool is open does not depend on what is booked.
        room._open = self._open
        return room

    def opened(self, pool: Pool, within: Span) -> Spans:
        """The instants of a span at which a pool is open."""
        first, last = within.start // _PIECE, (within.end - 1) // _PIECE
        pieces = (self._opened(pool, number) for number in range(first, last + 1))
        return Spans.of(span for piece in pieces for span in piece) & Spans.between(*within)

    def lowest(self, pool: Pool, node: int, name: str, span: Span) -> int:
        """The least of a resource that a node has free at any instant of a span."""
        return min(free for _, _, free in self._steps(pool, node, name, span))

    def levels(self, pool: Pool, node: int, name: str, span: Span) -> set[int]:
        """How much of a resource a node has free at the instants of a span: all that there is."""
        return {free for _, _, free in self._steps(pool, node, name, span)}

    def enough(self, pool: Pool, node: int, name: str, amount: int, within: Span) -> Spans:
        """The instants of a span at which a node has so much of a resource free."""
        if amount <= 0:
            return Spans.between(*within)
        steps = self._steps(pool, node, name, within)
        return Spans.of((start, end) for start, end, free in steps if free >= amount)

    def opened_for(self, pool: Pool, demand: Demand, within: Span) -> Spans:
        """The instants over which runs of a demand may lie that need the pool to be open, within a span.

        A run may lie there if all its instants do; so with all sets of instants here.
        """
        if not demand.holds_storage:
            return self.opened(pool, within)
        held = self.opened(pool, Span(within.start - demand.before, within.end + demand.after))
        return held.narrowed(demand.before, demand.after)

    def free_for(self, pool: Pool, node: int, demand: Demand, within: Span) -> Spans:
        """The instants over which runs of a demand may lie on a node, if the pool is open, within a span."""
        return reduce(Spans.intersection, self._enough_of_each(pool, node, demand, within))

    def _enough_of_each(self, pool: Pool, node: int, demand: Demand, within: Span) -> Iterator[Spans]:
        yield Spans.between(*within)
        for name, amount in demand.amounts.items():
            if name == STORAGE:
                held = Span(within.start - demand.before, within.end + demand.after)
                yield self.enough(pool, node, name, amount, held).narrowed(demand.before, demand.after)
            elif amount:
                yield self.enough(pool, node, name, amount, within)

    def runs_for(self, pool: Pool, demand: Demand, within: Span) -> list[Spans]:
        """For each node of a pool the instants over which runs of a demand may lie, within a span."""
        opened = self.opened_for(pool, demand, within)
        if not opened:
            return [NOTHING for _ in nodes_of(pool)]
        return [opened & self.free_for(pool, node, demand, within) for node in nodes_of(pool)]

    def _opened(self, pool: Pool, number: int) -> Spans:
        key = pool.name, number
        if key not in self._open:
            piece = Span(number * _PIECE, (number + 1) * _PIECE)
            opened = Spans.of(opening_spans(pool.hours, self.platform.zone, piece))
            closures = (each for each in self.platform.closures if each.pool in (None, pool.name))
            self._open[key] = reduce(Spans.difference, (each.spans(piece) for each in closures), opened)
        return self._open[key]

    def _steps(self, pool: Pool, node: int, name: str, span: Span) -> Iterator[tuple[int, int, int]]:
        """From when to when so much is free, over a span; never below zero, however much is booked."""
        key = pool.name, node, name
        if key not in self._levels:
            self._levels[key] = _levels(self.platform.bookings, pool, node, name)
        borders, free = self._levels[key]
        first = bisect_right(borders, span.start)
        start, level = span.start, free[first]
        for place in range(first, len(borders)):
            if (border := borders[place]) >= span.end:
                break
            yield start, border, level
            start, level = border, free[place + 1]
        yield start, span.end, level


def _levels(bookings: Sequence[Booking], pool: Pool, node: int, name: str) -> _Levels:
    """How much of a resource a node has free: its capacity, less what is booked there or on no certain node."""
    changes: dict[int, int] = {}
    for booking in bookings:
        if booking.pool == pool.name and booking.node in (None, node) and booking.span.duration > 0:
            amount = booking.amounts.get(name, 0)
            for border, change in zip(booking.span, (amount, -amount), strict=True):
                changes[border] = changes.get(border, 0) + change
    borders = sorted(changes)
    taken = accumulate((changes[border] for border in borders), initial=0)
    capacity = pool.capacity.get(name, 0)
    return _Levels(borders, [max(0, capacity - each) for each in taken])
