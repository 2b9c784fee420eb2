"""One platform with what is booked on it: the state that a search reads and a booking changes."""

from __future__ import annotations

import operator
from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from copy import copy
from functools import partial, reduce
from itertools import chain
from typing import final

from execbroker.core.amounts import Amounts
from execbroker.core.availability import Availability, Steps
from execbroker.core.platform import Booking, Platform, Pool
from execbroker.core.profile import combined
from execbroker.core.spans import Span, Spans
from execbroker.core.vectors import OPEN, Fields, larger, smaller
from execbroker.core.wallclock import daily

__all__ = ["Site"]


@final
class Site:
    """A platform, and the availability of each of its pools and nodes.

    Reading from several threads is safe while nobody books.

    Attributes:
        platform: What is known about the place; its `bookings` are those at the beginning.
        fields: The fields of all vectors here.
        places: The place of each pool in the platform's file, by name.
        rooms: For each pool its nodes' availabilities, or its own if it has no nodes.
    """

    __slots__ = ("fields", "places", "platform", "rooms")

    def __init__(self, platform: Platform, resources: Iterable[str] = ()) -> None:
        """Book what the platform has booked.

        Args:
            platform: The place.
            resources: Names that get a field beside the platform's own, so that sites can be compared.

        Raises:
            KeyError: A booking names a pool or a resource that is not there.
            IndexError: A booking names a node that is not there.
        """
        self.platform = platform
        self.fields = Fields.of({*platform.resources, *resources})
        self.places = {pool.name: place for place, pool in enumerate(platform.pools)}
        taken: list[list[list[tuple[Span, int]]]] = [
            [[] for _ in range(pool.nodes or 1)] for pool in platform.pools
        ]
        for booking in platform.bookings:
            rooms = taken[self.places[booking.pool]]
            rooms[booking.node or 0].append((booking.span, self.fields.pack(booking.amounts)))
        self.rooms: Sequence[Sequence[Availability]] = [
            [Availability(self.fields, bookings) for bookings in rooms] for rooms in taken
        ]

    def beside(self, bookings: Iterable[Booking], span: Span) -> Site:
        """A site that knows what is taken here over a span, and some bookings beside; it shares nothing with this.

        O(n log n) for n steps and bookings in the span; what is booked before and after it costs nothing.
        """
        more: dict[tuple[int, int], list[tuple[Span, int]]] = defaultdict(list)
        for booking in bookings:
            taken = (booking.span, self.fields.pack(booking.amounts))
            more[self.places[booking.pool], booking.node or 0].append(taken)
        site = copy(self)
        site.rooms = [
            [
                Availability(self.fields, chain(_bookings(room.steps(span)), more[place, node]))
                for node, room in enumerate(rooms)
            ]
            for place, rooms in enumerate(self.rooms)
        ]
        return site

    def fits(self, pool: str, node: int | None, parts: Iterable[tuple[Span, Amounts]]) -> bool:
        """Whether amounts are free over their spans in a pool or on one of its nodes."""
        return all(amounts.fits_in(self.left(pool, node, span)) for span, amounts in parts)

    def left(self, pool: str, node: int | None, span: Span) -> Amounts:
        """The least that is free of each resource over a span, in a pool or on one of its nodes."""
        place = self.places[pool]
        most = 0
        for taken in self.rooms[place][node or 0].steps(span).taken:
            most = larger(most, taken, self.fields.guard)
        return self._free(self.platform.pools[place], most)

    def book(self, booking: Booking) -> None:
        """Take what a booking says, whether there is room or not."""
        self._room(booking).book(booking.span, self.fields.pack(booking.amounts))

    def release(self, booking: Booking) -> None:
        """Give back what a booking took.

        Raises:
            ValueError: It is not booked; nothing is changed.
        """
        self._room(booking).release(booking.span, self.fields.pack(booking.amounts))

    def shut(self, pool: Pool, within: Span) -> Spans:
        """The instants at which a pool is closed: closures, and what is outside its hours."""
        closures = [closure for closure in self.platform.closures if closure.pool in (None, pool.name)]
        shut = Spans.of(span for closure in closures for span in closure.spans(within))
        if not pool.hours:
            return shut
        zone = self.platform.zone
        hours = (daily(within, hour.opens, hour.closes, hour.days, zone) for hour in pool.hours)
        return shut | Spans.of(span for spans in hours for span in spans).complement(within)

    def closed(self, shut: Spans, within: Span) -> Steps:
        """Closed spans as a step function: one of `OPEN` is taken."""
        one = self.fields.pack({OPEN: 1})
        return Availability(self.fields, ((span, one) for span in shut)).steps(within)

    def free(self, pool_name: str, span: Span) -> list[tuple[Span, Amounts | None]]:
        """What is free over a span, step by step; None: the pool is closed.

        In a pool with nodes, the most that any of them has of each resource.

        Raises:
            KeyError: There is no such pool.
        """
        pool = self.platform.pools[self.places[pool_name]]
        guard = self.fields.guard
        rooms = (room.steps(span) for room in self.rooms[self.places[pool_name]])
        least = reduce(lambda one, other: combined(one, other, partial(smaller, guard=guard)), rooms)
        steps = combined(least, self.closed(self.shut(pool, span), span), operator.add)
        return [
            (Span(start, end), self._remaining(pool, taken))
            for start, end, taken in zip(steps.times, steps.times[1:], steps.taken, strict=False)
        ]

    def _remaining(self, pool: Pool, taken: int) -> Amounts | None:
        if self.fields.amount(taken, OPEN):
            return None
        return self._free(pool, taken)

    def _free(self, pool: Pool, taken: int) -> Amounts:
        booked = self.fields.unpack(taken, pool.capacity)
        return Amounts({name: max(0, amount - booked[name]) for name, amount in pool.capacity.items()})

    def _room(self, booking: Booking) -> Availability:
        return self.rooms[self.places[booking.pool]][booking.node or 0]


def _bookings(steps: Steps) -> Iterator[tuple[Span, int]]:
    """Bookings that make a step function again."""
    return (
        (Span(start, end), taken)
        for start, end, taken in zip(steps.times, steps.times[1:], steps.taken, strict=False)
        if taken
    )
