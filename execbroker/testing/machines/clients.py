"""What clients of a broker do: drawn without a look at how things stand, and made a request by a look at that.

So a call takes one choice, always, and Hypothesis can delete it and leave all others as they are.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from itertools import permutations, product
from typing import Final, TypeVar, final

from attrs import frozen
from hypothesis import strategies as st

from execbroker.core.amounts import Amounts
from execbroker.core.answer import Offer
from execbroker.core.lifecycle import Phase
from execbroker.core.spans import round_up
from execbroker.testing.histories import Accept, Cancel, Reject, Request
from execbroker.testing.naive_book import Kept

__all__ = ["Choice", "Moment", "attempts", "choices", "edges", "moments", "near", "places", "races", "the"]

T = TypeVar("T")


@final
@frozen
class Choice:
    """How an offer is taken.

    Attributes:
        place: Which one, counted from the newest.
        least: With the shortest duration and the least amounts.
        start, duration, amount: Which of the values in and around what is offered; 0: none is chosen.
    """

    place: int = 0
    least: bool = False
    start: int = 0
    duration: int = 0
    amount: int = 0

    def of(self, kept: Kept, grid: int, now: int) -> Accept:
        """The request to take an offer so."""
        offer, name = kept.offer, kept.session.identifier
        if self.least:
            return Accept(name, duration=offer.minduration, amounts=offer.minima)
        return Accept(
            name,
            the(self.start, [None, *_starts(offer, grid, now)]),
            the(self.duration, [None, *_durations(offer, grid)]),
            the(self.amount, [None, *_amounts(offer)]),
        )


@final
@frozen
class Moment:
    """When an offer is taken.

    Attributes:
        place: Which one, counted from the newest.
        edge: When it expires, starts first or starts last.
        off: Seconds before or after that.
    """

    place: int = 0
    edge: int = 0
    off: int = 0

    def of(self, kept: Kept) -> int:
        """The instant."""
        return (kept.deadline, kept.offer.minstart, kept.offer.maxstart)[self.edge] + self.off


def the(place: int, several: Sequence[T]) -> T:
    """The thing at a place, of which there is at least one; beyond the last it begins again."""
    return several[place % len(several)]


def _starts(offer: Offer, grid: int, now: int) -> list[int]:
    first = round_up(max(offer.minstart, now), grid)
    around = {offer.minstart - grid, offer.minstart, first, first + 1, offer.maxstart, offer.maxstart + grid}
    return sorted(around)


def _durations(offer: Offer, grid: int) -> list[int]:
    return sorted({grid, offer.minduration, offer.maxduration, offer.maxduration + grid})


def _amounts(offer: Offer) -> Iterator[Amounts]:
    """Some of one resource, or too much or too little of it."""
    for name, most in offer.amounts.items():
        least = offer.minima[name]
        for amount in sorted({max(0, least - 1), least, (least + most) // 2, most, most + 1}):
            yield Amounts({name: amount})


_PLACES: Final = range(4)
#: To take all of it, or the least; mostly the newest.
_PLAIN: Final = [Choice(place, least) for place in _PLACES for least in (False, True)]
_ODD: Final = [
    Choice(place, start=start, duration=duration, amount=amount)
    for start, duration, amount in product(range(7), range(5), range(6))
    if 0 < (start > 0) + (duration > 0) + (amount > 0) < 3
    for place in _PLACES[:2]
]


def choices() -> st.SearchStrategy[Choice]:
    """Somebody takes an offer: all of it, the least of it, or a run at, near or beyond its limits."""
    return _CHOICES


def races() -> st.SearchStrategy[tuple[Choice, Choice]]:
    """Two clients take one offer each, which may be siblings."""
    return _RACES


def places() -> st.SearchStrategy[int]:
    """Which of some things, counted from the newest."""
    return _ANY


def attempts() -> st.SearchStrategy[tuple[Callable[[str], Request], int]]:
    """Somebody tries to take, let go or give up whatever there ever was."""
    return _ATTEMPTS


def moments() -> st.SearchStrategy[Moment]:
    """Somebody takes an offer just before, at or just after an instant at which something changes for it."""
    return _MOMENTS


def edges() -> st.SearchStrategy[int]:
    """Which of the instants of `near`."""
    return _EDGES


_CHOICES: Final = st.sampled_from(_PLAIN) | st.sampled_from(_ODD)
_RACES: Final = st.sampled_from(
    [
        (Choice(one, first), Choice(other, second))
        for one, other in permutations(_PLACES, 2)
        for first, second in product((False, True), repeat=2)
    ]
)
_ANY: Final = st.sampled_from(_PLACES)
_KINDS: Final[Sequence[Callable[[str], Request]]] = (Accept, Reject, Cancel)
_ATTEMPTS: Final = st.sampled_from([(kind, place) for place in range(6) for kind in _KINDS])
_MOMENTS: Final = st.sampled_from(
    [Moment(place, edge, off) for place in _PLACES[:2] for edge in range(3) for off in (0, -1, 1)]
)
_EDGES: Final = st.integers(0, 11)


def near(several: Sequence[Kept], now: int, grid: int) -> list[int]:
    """A step later; when something changes for some offers and runs, and just before and after; two steps later."""
    changing = {
        instant for kept in several for edge in _edges(kept) for instant in (edge - 1, edge, edge + 1)
    }
    return [now + grid, *sorted(instant for instant in changing if instant > now), now + 2 * grid]


def _edges(kept: Kept) -> Iterator[int]:
    if kept.session.phase is Phase.OFFERED:
        yield from (kept.deadline, kept.offer.minstart, kept.offer.maxstart)
    elif kept.session.run is not None:
        yield from (kept.session.run.start, kept.session.run.end)
