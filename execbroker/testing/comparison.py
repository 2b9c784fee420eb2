"""What a broker did, against what the naive one knows that it should have done.

Only where that is determined is anything compared. A broker may offer less than another one, and nobody can tell
from outside on which node it holds something; but what is open, held, expired or taken is not a matter of taste.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Final

from execbroker.core.interfaces import Refused
from execbroker.core.lifecycle import TRANSITIONS, Event, Phase
from execbroker.core.platform import Hold, Platform, Pool
from execbroker.core.session import Run, Session
from execbroker.testing.histories import Accept, Call, Cancel, Look, Plan, Refusal, Reject
from execbroker.testing.naive import Kept, NaiveBroker, chosen_run
from execbroker.testing.rules.rule import DRAFT, Level, Violation

__all__ = ["NAMES", "differences", "follow", "is_hidden"]

#: What a violation found here may be called.
NAMES: Final = (
    "refuses-what-it-must",
    "accepts-what-is-held",
    "accepts-what-is-free",
    "lets-go-what-is-given-up",
    "says-what-stands-in-the-way",
    "says-what-is-left",
    "books-what-was-chosen",
    "is-where-it-should-be",
)

#: What a client or the clock causes; everything else is up to runners.
_CAUSED: Final = frozenset({Event.ACCEPT, Event.REJECT, Event.EXPIRE, Event.CANCEL})


def follow(model: NaiveBroker, call: Call) -> None:
    """Note what another broker did, right or wrong; from here on the naive one goes on from there."""
    model.pass_time(call.now)
    if isinstance(call.request, Plan):
        if not isinstance(call.outcome, (Session, Refusal)):
            model.note(call.request.task, call.outcome, call.now)
    elif isinstance(call.outcome, Session) and call.outcome.identifier in model.kept:
        model.see(call.outcome)


def differences(model: NaiveBroker, call: Call, where: str | None = None) -> Iterator[Violation]:
    """How what came of a call is not what should have come of it.

    Args:
        model: As it is before the call; time passes for it, and nothing else.
        call: What was asked and what came of it.
        where: What violations say of the place.
    """
    if isinstance(call.request, Plan):
        return
    obstacles = _obstacles(model, call)
    if isinstance(call.outcome, Refusal):
        found = _of_refusal(model, call, call.outcome, obstacles)
    elif isinstance(call.outcome, Session):
        found = _of_session(model, call, call.outcome, obstacles)
    else:
        return
    for name, level, section, message in found:
        yield Violation(name, level, f"{DRAFT} {section}", message, where)


_Found = Iterator[tuple[str, Level, str, str]]


def _obstacles(model: NaiveBroker, call: Call) -> list[Refused]:
    """All that stands in the way of what was asked."""
    match call.request:
        case Accept(offer, start, duration, amounts):
            found = model.why_not_accept(offer, call.now, start, duration, amounts)
        case Reject(offer):
            found = model.why_not_reject(offer, call.now)
        case Cancel(session):
            found = model.why_not_cancel(session, call.now)
        case Look(session):
            found = model.why_not_look(session, call.now)
        case Plan():
            return []
    return list(found)


def _of_refusal(model: NaiveBroker, call: Call, refusal: Refusal, obstacles: Sequence[Refused]) -> _Found:
    if obstacles:
        yield from _of_words(model, call, refusal, obstacles)
    elif not isinstance(call.request, Accept):
        what = type(call.request).__name__.lower()
        yield (
            "lets-go-what-is-given-up", Level.MUST, "2.2.5",
            f"to {what} it was refused as {refusal.code}, though nothing stands in the way",
        )  # fmt: skip
    else:
        kept = model.kept[call.request.offer]
        if model.is_held(kept, _chosen(model, kept, call.request, call.now)):
            yield (
                "accepts-what-is-held", Level.MUST, "2.2.5",
                f"what is held for the client was refused as {refusal.code}",
            )  # fmt: skip
        elif not is_hidden(*model.place(kept.offer)):
            yield (
                "accepts-what-is-free", Level.SHOULD, "2.2.2",
                f"a run of an open offer for which there is room was refused as {refusal.code}",
            )  # fmt: skip


def _of_words(model: NaiveBroker, call: Call, refusal: Refusal, obstacles: Sequence[Refused]) -> _Found:
    """A refusal gives one of the reasons that there are, and the figures that there are."""
    codes = [each.code for each in obstacles]
    if refusal.code not in codes:
        expected = " or ".join(codes)
        message = f"it was refused as {refusal.code}; what stands in the way is {expected}"
        yield "says-what-stands-in-the-way", Level.SHOULD, "2.2.3", message
    left = next((each.available for each in obstacles if each.code == refusal.code), None)
    if left is None or refusal.available is None or is_hidden(*model.place(model.kept[_named(call)].offer)):
        return
    wrong = {name: amount for name, amount in refusal.available.items() if left.get(name, amount) != amount}
    if wrong:
        yield (
            "says-what-is-left",
            Level.SHOULD,
            "2.2.3",
            f"{wrong} are said to be left, where there are {dict(left)}",
        )


def _of_session(model: NaiveBroker, call: Call, session: Session, obstacles: Sequence[Refused]) -> _Found:
    name = _named(call)
    if name not in model.kept:
        yield (
            "refuses-what-it-must",
            Level.MUST,
            "2.2.4",
            f"there is no offer {name}, and yet it is {session.phase.value}",
        )
        return
    kept = model.kept[name]
    if is_hidden(*model.place(kept.offer)):
        obstacles = [each for each in obstacles if each.code != "busy"]
    for obstacle in obstacles[:1]:
        instead = f"should have been refused as {obstacle.code}: {obstacle.message}"
        yield "refuses-what-it-must", Level.MUST, "2.2.5", f"it is {session.phase.value}, but {instead}"
    if obstacles:
        return
    allowed = _phases(kept, call)
    if session.phase not in allowed:
        expected = " or ".join(sorted(phase.value for phase in allowed))
        yield (
            "is-where-it-should-be",
            Level.MUST,
            "2.2.6",
            f"it is {session.phase.value}, where it should be {expected}",
        )
    yield from _of_run(model, kept, call, session)


def _of_run(model: NaiveBroker, kept: Kept, call: Call, session: Session) -> _Found:
    """What is booked is what was chosen, and stays so."""
    expected = kept.session.run
    if isinstance(call.request, Accept):
        expected = _chosen(model, kept, call.request, call.now)
        nodes = model.place(kept.offer)[1].nodes
        if nodes is not None and session.run is not None and session.run.node not in range(nodes):
            yield (
                "books-what-was-chosen",
                Level.MUST,
                "2.2.5",
                f"it runs on node {session.run.node} of {nodes}",
            )
    asked = expected and (expected.start, expected.duration, expected.amounts)
    booked = session.run and (session.run.start, session.run.duration, session.run.amounts)
    if asked != booked:
        yield (
            "books-what-was-chosen",
            Level.MUST,
            "2.2.5",
            f"{session.run} is booked, where {expected} was chosen",
        )


def _chosen(model: NaiveBroker, kept: Kept, request: Accept, now: int) -> Run:
    grid = model.place(kept.offer)[0].granularity
    return chosen_run(kept.offer, now, grid, request.start, request.duration, request.amounts)


def _phases(kept: Kept, call: Call) -> set[Phase]:
    """Where a session may stand after a call to which nothing stood in the way."""
    phase = kept.session.phase
    if isinstance(call.request, Accept):
        phase = Phase.ACCEPTED
    elif isinstance(call.request, Cancel):
        return {Phase.CANCELLED}
    elif isinstance(call.request, Reject):
        return {Phase.REJECTED} if phase is Phase.OFFERED else {phase}
    return _ahead(phase)


def _ahead(phase: Phase) -> set[Phase]:
    """A phase, and those that runners can lead to from there."""
    found, ahead = {phase}, [phase]
    while ahead:
        here = ahead.pop()
        for (before, event), after in TRANSITIONS.items():
            if before is here and event not in _CAUSED and after not in found:
                found.add(after)
                ahead.append(after)
    return found


def _named(call: Call) -> str:
    """The offer or session that a call is about."""
    match call.request:
        case Accept(name) | Reject(name) | Cancel(name) | Look(name):
            return name
        case Plan():
            return ""


def is_hidden(platform: Platform, pool: Pool) -> bool:
    """Whether it can't be told from outside what is taken where: on which node an open offer is held."""
    return pool.nodes is not None and platform.hold is not Hold.NONE
