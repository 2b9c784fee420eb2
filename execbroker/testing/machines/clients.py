"""What clients of a broker may do, as things stand: strategies that ask the machine that draws from them."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from functools import lru_cache
from itertools import permutations
from typing import Any, Final, Protocol, TypeVar

from hypothesis import strategies as st

from execbroker.core.amounts import Amounts
from execbroker.core.answer import Offer
from execbroker.core.lifecycle import Phase
from execbroker.core.spans import round_up
from execbroker.testing.histories import Accept, Cancel, Look, Reject, Request
from execbroker.testing.naive_book import Kept, NaiveBook
from execbroker.testing.strategies_frames import Frame

__all__ = ["attempts", "choices", "instants", "refusals", "rivals", "withdrawals"]

T = TypeVar("T")

#: The machine that draws.
_RUNNER: Final[st.SearchStrategy[Any]] = st.runner()


class _Machine(Protocol):
    """What is asked of the machine that draws."""

    now: int
    frame: Frame
    book: NaiveBook


@lru_cache
def _up_to(most: int) -> st.SearchStrategy[int]:
    return st.integers(0, most)


def _one_of(draw: st.DrawFn, several: Sequence[T]) -> T:
    """One of several things, the first of which is the simplest."""
    return several[draw(_up_to(len(several) - 1))]


@st.composite
def choices(draw: st.DrawFn) -> Accept:
    """Somebody takes an open offer."""
    machine: _Machine = draw(_RUNNER)
    return _choice(draw, machine, _one_of(draw, machine.book.open_offers()))


@st.composite
def rivals(draw: st.DrawFn) -> tuple[Accept, Accept]:
    """Two clients take two open offers, which may be siblings."""
    machine: _Machine = draw(_RUNNER)
    one, other = _one_of(draw, [*permutations(machine.book.open_offers(), 2)])
    ways = [(first, second) for first in range(2) for second in range(2)]
    first, second = _one_of(draw, ways)
    return _plain(one)[first], _plain(other)[second]


@st.composite
def attempts(draw: st.DrawFn) -> Request:
    """Somebody looks at, or tries to take, let go or give up, whatever there ever was."""
    machine: _Machine = draw(_RUNNER)
    kinds: tuple[Callable[[str], Request], ...] = (Look, Reject, Cancel, Accept)
    kind, name = _one_of(draw, [(kind, name) for name in reversed(machine.book.kept) for kind in kinds])
    return kind(name)


@st.composite
def refusals(draw: st.DrawFn) -> Reject:
    """Somebody lets an open offer go."""
    machine: _Machine = draw(_RUNNER)
    return Reject(_one_of(draw, machine.book.open_offers()).session.identifier)


@st.composite
def withdrawals(draw: st.DrawFn) -> Cancel:
    """Somebody gives up a session that was accepted."""
    machine: _Machine = draw(_RUNNER)
    return Cancel(_one_of(draw, machine.book.live_sessions()).session.identifier)


@st.composite
def instants(draw: st.DrawFn) -> int:
    """When something changes, and just before and after; or a step or two on."""
    machine: _Machine = draw(_RUNNER)
    now, grid = machine.now, machine.frame.grid
    edges = {edge for kept in machine.book.kept.values() for edge in _edges(kept)}
    near = sorted(edge + off for edge in edges for off in (-1, 0, 1) if edge + off > now)
    return _one_of(draw, [now + grid, *dict.fromkeys(near), now + 2 * grid])


def _plain(kept: Kept) -> tuple[Accept, Accept]:
    """An offer as it is, and the least of it."""
    offer, name = kept.offer, kept.session.identifier
    return Accept(name), Accept(name, duration=offer.minduration, amounts=offer.minima)


def _choice(draw: st.DrawFn, machine: _Machine, kept: Kept) -> Accept:
    """An offer as it is, the least of it, or a run at, near or beyond its limits."""
    offer, name = kept.offer, kept.session.identifier
    kind = draw(_up_to(2))
    if kind < 2:
        return _plain(kept)[kind]
    grid = machine.book.place(offer)[0].granularity
    first = round_up(max(offer.minstart, machine.now), grid)
    starts = {offer.minstart - grid, offer.minstart, first, first + 1, offer.maxstart, offer.maxstart + grid}
    lengths = {grid, offer.minduration, offer.maxduration, offer.maxduration + grid}
    return Accept(
        name,
        _one_of(draw, [None, *sorted(starts)]),
        _one_of(draw, [None, *sorted(lengths)]),
        _one_of(draw, [None, *_amounts_near(offer)]),
    )


def _amounts_near(offer: Offer) -> Iterator[Amounts]:
    """Some of one resource of an offer, or too much or too little of it."""
    for name, most in offer.amounts.items():
        least = offer.minima[name]
        for amount in sorted({max(0, least - 1), least, (least + most) // 2, most, most + 1}):
            yield Amounts({name: amount})


def _edges(kept: Kept) -> Iterator[int]:
    """The instants at which something changes for an offer or a run."""
    if kept.session.phase is Phase.OFFERED:
        yield from (kept.deadline, kept.offer.minstart, kept.offer.maxstart)
    elif kept.session.run is not None:
        yield from (kept.session.run.start, kept.session.run.end)
