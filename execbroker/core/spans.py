"""Sets of instants: half-open spans of whole seconds, and what can be done with many of them.

`Spans` is a Boolean algebra (`&`, `|`, `-`, `^` within any span of reference); what it is not:

* `widened` and `narrowed` are not inverses: a gap that is closed by widening stays closed.
* `rounded_inwards` does not distribute over `|`: two halves of a grid cell make a whole one only together.
"""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Callable, Iterable, Iterator
from functools import partial
from itertools import chain
from typing import Final, NamedTuple, cast, final

from attrs import frozen

__all__ = ["NOTHING", "Span", "Spans", "round_down", "round_up"]


def round_down(instant: int, grid: int) -> int:
    """The last multiple of `grid` that is not after `instant` (both in seconds)."""
    return instant - instant % grid


def round_up(instant: int, grid: int) -> int:
    """The first multiple of `grid` that is not before `instant` (both in seconds)."""
    return instant + -instant % grid


@final
class Span(NamedTuple):
    """A half-open interval of time `[start, end)`, in seconds UTC since the epoch."""

    start: int
    end: int

    @property
    def duration(self) -> int:
        """Its length in seconds."""
        return self.end - self.start

    def __repr__(self) -> str:
        return f"[{self.start}, {self.end})"


#: Makes a `Span` of a pair in a third of the time that calling the class takes, for iteration.
_span: Final = cast("Callable[[tuple[int, int]], Span]", partial(tuple.__new__, Span))


@final
@frozen(repr=False)
class Spans:
    """A set of instants in canonical form: sorted spans, none empty, no two touching.

    Equal sets are equal values. Build one with `Spans.of`; iterate to get each `Span` back.

    >>> Spans.of([(0, 4), (6, 9)]) & Spans.of([(2, 7)])
    [2, 4) | [6, 7)
    >>> Spans.of([(0, 4), (4, 9), (3, 3)])
    [0, 9)

    Attributes:
        edges: start, end, start, end, … strictly rising.
    """

    edges: tuple[int, ...] = ()

    @classmethod
    def of(cls, spans: Iterable[tuple[int, int]]) -> Spans:
        """The instants of any spans, in any order, overlapping or empty. O(n log n)."""
        edges: list[int] = []
        for start, end in sorted(spans):
            if start >= end:
                continue
            if not edges or start > edges[-1]:
                edges += (start, end)
            elif end > edges[-1]:
                edges[-1] = end
        return cls(tuple(edges))

    @classmethod
    def between(cls, start: int, end: int) -> Spans:
        """The instants from `start` up to `end`."""
        return cls((start, end)) if start < end else NOTHING

    def __iter__(self) -> Iterator[Span]:
        edges = iter(self.edges)
        return map(_span, zip(edges, edges, strict=True))

    def __len__(self) -> int:
        return len(self.edges) // 2

    def __contains__(self, instant: int) -> bool:
        return bisect_right(self.edges, instant) % 2 == 1

    def __repr__(self) -> str:
        return " | ".join(map(repr, self)) or "[empty)"

    def intersection(self, other: Spans) -> Spans:
        """The instants in both; `&`. O(n + m)."""
        # Count the spans of both sets together. No set overlaps itself, so when i of them have ended, at most i + 2
        # have started; and an instant is in both sets from the start that makes them i + 2 to the next end.
        # Each list is two that are sorted already, which sorting merges in linear time.
        starts = sorted(self.edges[::2] + other.edges[::2])
        ends = sorted(self.edges[1::2] + other.edges[1::2])
        shared = [pair for pair in zip(starts[1:], ends, strict=False) if pair[0] < pair[1]]
        return Spans(tuple(chain.from_iterable(shared)))

    def union(self, other: Spans) -> Spans:
        """The instants in either; `|`. O((n + m) log(n + m))."""
        return Spans.of([*self, *other])

    def difference(self, other: Spans) -> Spans:
        """The instants in this set and not in `other`; `-`. O(n + m)."""
        if not self.edges:
            return self
        return self & other.complement(Span(self.edges[0], self.edges[-1]))

    def symmetric_difference(self, other: Spans) -> Spans:
        """The instants in exactly one of the two; `^`."""
        return (self - other) | (other - self)

    def complement(self, within: Span) -> Spans:
        """The instants of `within` that are not in this set."""
        bounds = (within.start, *(self & Spans.between(*within)).edges, within.end)
        return Spans.of(zip(bounds[::2], bounds[1::2], strict=True))

    def shifted(self, by: int) -> Spans:
        """The same set, `by` seconds later."""
        return Spans(tuple(edge + by for edge in self.edges))

    def widened(self, before: int, after: int) -> Spans:
        """Every span started `before` seconds earlier and ended `after` seconds later (both ≥ 0)."""
        return Spans.of((start - before, end + after) for start, end in self)

    def narrowed(self, start: int, end: int) -> Spans:
        """Every span started `start` seconds later and ended `end` seconds earlier (both ≥ 0)."""
        return Spans.of((first + start, last - end) for first, last in self)

    def rounded_inwards(self, grid: int) -> Spans:
        """The whole cells of a grid, counted from the epoch, that lie in this set span by span."""
        return Spans.of((round_up(start, grid), round_down(end, grid)) for start, end in self)

    __and__ = intersection
    __or__ = union
    __sub__ = difference
    __xor__ = symmetric_difference


#: The empty set of instants.
NOTHING: Final = Spans()
