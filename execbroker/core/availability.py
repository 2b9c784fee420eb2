"""What is booked, as a step function of time that is changed in place.

A sorted list of the instants at which it changes, and beside it the vectors of what is taken (Burchard, TKDE 17(3)
2005, found such lists to beat trees; with bookings that touch few steps they do up to some 200,000 steps).
Counting what is *taken*, not what is free, makes release the exact inverse of booking, also where a pool is booked
beyond what it has: any order of bookings and releases gives the function that is built anew from what remains.
"""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections import defaultdict
from collections.abc import Iterable
from typing import Final, NamedTuple, final

from execbroker.core.spans import Span
from execbroker.core.vectors import Fields, is_within

__all__ = ["Availability", "Steps"]

#: Before every instant that can be written down: the first step starts here. (About 10**18 seconds ago.)
_BEFORE_ALL: Final = -(1 << 60)


@final
class Steps(NamedTuple):
    """A stretch of a step function: `taken[i]` holds on `[times[i], times[i + 1])`.

    There is one time more than vectors; neighbouring vectors may be equal.
    """

    times: list[int]
    taken: list[int]


@final
class Availability:
    """What is taken from one pool or node, as a step function of time.

    Not safe to change from two threads at once; reading needs no lock while nobody changes it.
    """

    __slots__ = ("_taken", "_times", "fields")

    def __init__(self, fields: Fields, bookings: Iterable[tuple[Span, int]] = ()) -> None:
        """Build it from bookings: spans and vectors. O(n log n)."""
        self.fields = fields
        changes: defaultdict[int, int] = defaultdict(int)
        for (start, end), vector in bookings:
            if start < end:
                changes[start] += vector
                changes[end] -= vector
        self._times, self._taken = [_BEFORE_ALL], [0]
        for time in sorted(changes):
            # A change of zero is an edge between bookings of equal amounts: no step.
            if change := changes[time]:
                self._times.append(time)
                self._taken.append(self._taken[-1] + change)

    def __len__(self) -> int:
        return len(self._times)

    def __eq__(self, other: object) -> bool:
        if not isinstance(other, Availability):
            return NotImplemented
        return (self.fields, self._times, self._taken) == (other.fields, other._times, other._taken)

    __hash__ = None  # type: ignore[assignment]  # it changes

    def book(self, span: Span, vector: int) -> None:
        """Take a vector over a span, whether there is room or not. O(log n + steps touched + moved)."""
        if span.start >= span.end:
            return
        first, last = self._cut(span)
        self._taken[first:last] = [taken + vector for taken in self._taken[first:last]]
        self._merge(first, last)

    def release(self, span: Span, vector: int) -> None:
        """Give back what `book` took.

        Raises:
            ValueError: That much is not taken throughout the span; nothing is changed.
        """
        guard = self.fields.guard
        if not all(is_within(vector, taken, guard) for taken in self.steps(span).taken):
            raise ValueError(f"nothing like this is booked over {span}")
        if span.start >= span.end:
            return
        first, last = self._cut(span)
        self._taken[first:last] = [taken - vector for taken in self._taken[first:last]]
        self._merge(first, last)

    def steps(self, span: Span) -> Steps:
        """The step function over a span. O(log n + steps in the span)."""
        start, end = span
        if start >= end:
            return Steps([start], [])
        first = bisect_right(self._times, start) - 1
        last = bisect_left(self._times, end)
        times = self._times[first:last]
        times[0] = start
        times.append(end)
        return Steps(times, self._taken[first:last])

    def _cut(self, span: Span) -> tuple[int, int]:
        """Make both ends of a span edges of steps; the steps between are `[first, last)`."""
        places = []
        for time in span:
            place = bisect_left(self._times, time)
            if place == len(self._times) or self._times[place] != time:
                self._times.insert(place, time)
                self._taken.insert(place, self._taken[place - 1])
            places.append(place)
        return places[0], places[1]

    def _merge(self, first: int, last: int) -> None:
        """Remove the edges of the steps `[first, last)` where nothing changes any more, the later one first."""
        for place in (last, first):
            if place > 0 and self._taken[place] == self._taken[place - 1]:
                del self._times[place], self._taken[place]
