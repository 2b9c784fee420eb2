"""Hypothesis strategies for what is said to a broker and what becomes of it; `strategies` has them all.

`histories` are talks with the naive broker, in which all is as it should be.
"""

from __future__ import annotations

from collections.abc import Callable

from attrs import evolve
from hypothesis import strategies as st

from execbroker.core.amounts import CORES, Amounts
from execbroker.core.answer import Offer
from execbroker.core.lifecycle import TRANSITIONS, Event, Phase
from execbroker.core.platform import Platform
from execbroker.core.session import Job, Passage, Run, Session
from execbroker.core.task import Task
from execbroker.testing.histories import (
    Accept,
    Call,
    Cancel,
    History,
    Look,
    Plan,
    Refusal,
    Reject,
    Request,
    put,
)
from execbroker.testing.naive import NaiveBroker
from execbroker.testing.strategies_answers import offers
from execbroker.testing.strategies_frames import PLAIN, UNITS, Frame, frames, given_or, instants
from execbroker.testing.strategies_platforms import platforms
from execbroker.testing.strategies_tasks import tasks

__all__ = [
    "acceptances",
    "calls",
    "cancellations",
    "histories",
    "jobs",
    "looks",
    "passages",
    "plans",
    "refusals",
    "rejections",
    "runs",
    "sessions",
]

#: The identifiers of what is drawn alone.
_NAMES = st.sampled_from(["offer-1", "offer-2", "offer-3"])


@st.composite
def runs(
    draw: st.DrawFn, offer: Offer | None = None, *, frame: Frame = PLAIN, node: int | None = None
) -> Run:
    """Runs within an offer: at its limits, with its least or its most."""
    offer = draw(offers(frame)) if offer is None else offer
    start = draw(st.sampled_from(sorted({offer.minstart, offer.maxstart})))
    longest = min(offer.maxduration, offer.maxend - start)
    duration = draw(st.sampled_from(sorted({offer.minduration, longest})))
    return Run(start, duration, draw(st.sampled_from([offer.amounts, offer.minima])), node)


def passages(frame: Frame = PLAIN) -> st.SearchStrategy[Passage]:
    """Phases, and when they were entered."""
    return st.builds(Passage, st.sampled_from(Phase), instants(frame))


@st.composite
def sessions(
    draw: st.DrawFn,
    frame: Frame = PLAIN,
    *,
    offer: st.SearchStrategy[Offer] | None = None,
    task: st.SearchStrategy[Task] | None = None,
    identifier: st.SearchStrategy[str] | None = None,
    events: st.SearchStrategy[list[Event]] | None = None,
) -> Session:
    """Offers on any way that the table of phases allows; `events` that it doesn't are passed over."""
    name = draw(given_or(identifier, _NAMES))
    made = evolve(draw(given_or(offer, offers(frame))), identifier=name)
    created = frame.now
    session = Session(
        name, made, draw(given_or(task, tasks(frame))), created, (Passage(Phase.OFFERED, created),)
    )
    some = st.lists(st.sampled_from(Event), max_size=8) | st.sampled_from(_WHOLE)
    for event in draw(given_or(events, some)):
        if (session.phase, event) in TRANSITIONS:
            later = draw(st.integers(0, 2)) * frame.grid
            session = session.after(event, session.history[-1].instant + later)
            if event is Event.ACCEPT:
                session = evolve(session, run=draw(runs(made)))
    return evolve(session, message="It failed.") if session.phase is Phase.FAILED else session


#: The first so many events of a session that goes well.
_WAY = [Event.ACCEPT, Event.WAIT, Event.PREPARE, Event.READY, Event.START, Event.END, Event.COMPLETE]
_WHOLE = [_WAY[:count] for count in range(len(_WAY) + 1)]


@st.composite
def jobs(draw: st.DrawFn, frame: Frame = PLAIN, *, session: st.SearchStrategy[Session] | None = None) -> Job:
    """What a runner makes of an accepted session."""
    well = st.sampled_from(_WHOLE[1:])
    taken = draw(given_or(session, sessions(frame, events=well)))
    is_over = taken.phase in (Phase.RELEASING, Phase.COMPLETED)
    return Job(
        taken,
        draw(st.sampled_from([None, "jobs/1"])),
        draw(st.sampled_from([0, 1, -9])) if is_over else None,
        (("log", "jobs/1/log"),) if is_over else (),
    )


def plans(frame: Frame = PLAIN, *, task: st.SearchStrategy[Task] | None = None) -> st.SearchStrategy[Plan]:
    """Somebody asks."""
    return st.builds(Plan, given_or(task, tasks(frame)))


@st.composite
def acceptances(
    draw: st.DrawFn, *, offer: st.SearchStrategy[str] | None = None, frame: Frame = PLAIN
) -> Accept:
    """Somebody takes an offer, as it is or with choices that need not be within it."""
    amount = draw(st.none() | st.integers(0, 4))
    return Accept(
        draw(given_or(offer, _NAMES)),
        draw(st.none() | instants(frame)),
        draw(st.none() | st.integers(1, 3).map(lambda count: count * frame.grid)),
        None if amount is None else Amounts({CORES: amount * UNITS[CORES]}),
    )


def rejections(*, offer: st.SearchStrategy[str] | None = None) -> st.SearchStrategy[Reject]:
    """Somebody lets an offer go."""
    return st.builds(Reject, given_or(offer, _NAMES))


def cancellations(*, session: st.SearchStrategy[str] | None = None) -> st.SearchStrategy[Cancel]:
    """Somebody gives a session up."""
    return st.builds(Cancel, given_or(session, _NAMES))


def looks(*, session: st.SearchStrategy[str] | None = None) -> st.SearchStrategy[Look]:
    """Somebody looks at a session."""
    return st.builds(Look, given_or(session, _NAMES))


def refusals() -> st.SearchStrategy[Refusal]:
    """What was refused, and why."""
    codes = st.sampled_from(["offer-unknown", "offer-expired", "outside-offer", "phase"])
    left = st.integers(0, 4).map(lambda count: Amounts({CORES: count * UNITS[CORES]}))
    plain = st.builds(Refusal, codes, st.just("it can't be done"))
    return plain | st.builds(Refusal, st.just("busy"), st.just("it was taken by others"), left)


@st.composite
def calls(draw: st.DrawFn, frame: Frame = PLAIN) -> Call:
    """One call of some history."""
    return draw(st.sampled_from(draw(histories(frames=st.just(frame), most_calls=3)).calls))


@st.composite
def histories(
    draw: st.DrawFn,
    *,
    frames: st.SearchStrategy[Frame] | None = None,
    platforms: st.SearchStrategy[tuple[Platform, ...]] | None = None,
    task: st.SearchStrategy[Task] | None = None,
    most_calls: int = 6,
) -> History:
    """Talks with the naive broker of some platforms: at least one call, and nothing wrong with any of them."""
    frame = draw(given_or(frames, _frames(most_steps=8)))
    here = draw(given_or(platforms, st.tuples(_platforms(frame))))
    broker, now = NaiveBroker(here), frame.now
    said: list[Call] = []
    for _ in range(draw(st.integers(1, most_calls))):
        names = [*reversed(broker.book.kept)]
        wish = given_or(task, tasks(evolve(frame, now=now)))
        said.append(put(broker, draw(_requests(names, wish)), now))
        now += draw(st.sampled_from([0, 0, frame.grid, 300]))
    return History(here, tuple(said))


def _requests(names: list[str], task: st.SearchStrategy[Task]) -> st.SearchStrategy[Request]:
    """What may be said to a broker that has made some offers."""
    if not names:
        return st.builds(Plan, task)
    kinds: list[Callable[..., Request]] = [Accept, Reject, Cancel, Look]
    return st.one_of(st.builds(Plan, task), *(st.builds(kind, st.sampled_from(names)) for kind in kinds))


#: `histories` has keywords of the same names.
_frames, _platforms = frames, platforms
