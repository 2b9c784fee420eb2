"""The runs that an offer promises, and whether each of them is possible, without trying each."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from itertools import pairwise
from typing import NamedTuple, final

from execbroker.core.answer import Offer
from execbroker.core.spans import Span, Spans, round_down, round_up

__all__ = ["Reach", "Runs", "reaches_of"]


@final
class Reach(NamedTuple):
    """That runs which start from `first` to `last`, both allowed, may last up to `end`."""

    first: int
    last: int
    end: int


def reaches_of(spans: Iterable[Spans]) -> list[Reach]:
    """Where runs may lie that must be within one of the spans of one of some sets of instants."""
    return [Reach(start, end - 1, end) for each in spans for start, end in each]


@final
class Runs(NamedTuple):
    """All runs on the grid that start from `first` to `last`, last from `shortest` to `longest`, and end by `end`.

    There is at least one, and one from each start. All times are multiples of the grid.
    """

    first: int
    last: int
    shortest: int
    longest: int
    end: int
    grid: int

    @classmethod
    def of(cls, offer: Offer, grid: int, within: Span) -> Runs | None:
        """The runs of an offer on a grid of so many seconds that lie within a span; None if there are none."""
        shortest = max(round_up(offer.minduration, grid), grid)
        end, longest = round_down(min(offer.maxend, within.end), grid), round_down(offer.maxduration, grid)
        first = round_up(max(offer.minstart, within.start), grid)
        last = min(round_down(offer.maxstart, grid), end - shortest)
        if first > last or shortest > longest:
            return None
        return cls(first, last, shortest, longest, end, grid)

    @property
    def whole(self) -> Span:
        """From the first start to the last end."""
        return Span(self.first, self.longest_from(self.last).end)

    def longest_from(self, start: int) -> Span:
        """The longest run from a start."""
        return Span(start, min(start + self.longest, self.end))

    def misfit(self, reaches: Sequence[Reach]) -> Span | None:
        """The earliest run that none of the reaches allows; None if all runs are allowed.

        Whatever holds a run holds its part: of each start only the longest run matters. The later the start, the
        later its longest run ends; and how far runs may last is the same for all starts between two borders. So of
        those starts the last one has to be looked at, and only where it misfits the first that does is searched.
        """
        last = self.longest_from(self.last)
        ahead = [each for each in reaches if each.first <= self.last and each.last >= self.first]
        if any(
            each.first <= self.first and each.last >= self.last and each.end >= last.end for each in ahead
        ):
            return None
        for first, following in self._pieces(ahead):
            ends = [each.end for each in ahead if each.first <= first <= each.last]
            if not ends:
                return Span(first, first + self.shortest)
            if self.longest_from(following - self.grid).end > max(ends):
                beyond = round_down(max(ends) - self.longest, self.grid) + self.grid
                return self.longest_from(max(first, beyond))
        return None

    def _pieces(self, reaches: Iterable[Reach]) -> Iterator[tuple[int, int]]:
        """From which start on, up to which one, the same reaches hold."""
        borders = {round_up(border, self.grid) for each in reaches for border in (each.first, each.last + 1)}
        inner = {border for border in borders if self.first < border <= self.last}
        return pairwise([self.first, *sorted(inner), self.last + self.grid])
