"""What a broker did, against what the naive one knows that it should have done.

Only where that is determined is anything compared. A broker may offer less than another one, and nobody can tell
from outside on which node it holds something; but what is open, held, expired or taken is not a matter of taste.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Final, TypeAlias

from execbroker.core.answer import Answer
from execbroker.core.interfaces import Refused
from execbroker.core.lifecycle import TRANSITIONS, Event, Phase
from execbroker.core.session import Run, Session
from execbroker.testing.histories import Accept, Call, Cancel, History, Look, Plan, Refusal, Reject
from execbroker.testing.naive import NaiveBroker
from execbroker.testing.naive_book import Kept, NaiveBook, chosen_run
from execbroker.testing.rules.rule import DRAFT, Level, Violation

__all__ = ["DIFFERENCES", "compared", "differences", "follow"]

#: What a broker can do otherwise than the naive one: how much that binds, and where the draft says so.
DIFFERENCES: Final[Mapping[str, tuple[Level, str]]] = {
    "refuses-what-it-must": (Level.MUST, "2.2.5"),
    "accepts-what-is-held": (Level.MUST, "2.2.5"),
    "accepts-what-is-free": (Level.SHOULD, "2.2.2"),
    "lets-go-what-is-given-up": (Level.MUST, "2.2.5"),
    "says-what-stands-in-the-way": (Level.SHOULD, "2.2.3"),
    "says-what-is-left": (Level.SHOULD, "2.2.3"),
    "books-what-was-chosen": (Level.MUST, "2.2.5"),
    "books-where-there-is-room": (Level.MUST, "2.2.2"),
    "is-where-it-should-be": (Level.MUST, "2.2.6"),
}

#: What a client or the clock causes; everything else is up to runners.
_CAUSED: Final = frozenset({Event.ACCEPT, Event.REJECT, Event.EXPIRE, Event.CANCEL})

#: The name of a difference, and a sentence about it.
_Found: TypeAlias = Iterator[tuple[str, str]]


def compared(history: History) -> list[Violation]:
    """All that a broker did in a history and the naive one would have done otherwise."""
    model = NaiveBroker(history.platforms, book=NaiveBook(history.platforms, follows=True))
    found: list[Violation] = []
    for number, call in enumerate(history.calls):
        found += differences(model, call, f"calls[{number}]")
        follow(model, call)
    return found


def follow(model: NaiveBroker, call: Call) -> None:
    """Note what another broker did, right or wrong; from here on the naive one goes on from there."""
    model.book.pass_time(call.now)
    if isinstance(call.request, Plan) and isinstance(call.outcome, Answer):
        model.book.note(call.request.task, call.outcome, call.now)
    elif isinstance(call.outcome, Session) and call.outcome.identifier in model.book.kept:
        model.book.see(call.outcome)


def differences(model: NaiveBroker, call: Call, where: str | None = None) -> Iterator[Violation]:
    """How what came of a call is not what should have come of it.

    Args:
        model: As it is before the call, with a book that follows; time passes for it, and nothing else.
        call: What was asked and what came of it. Answers are for rules to judge, not for a comparison.
        where: What violations say of the place.
    """
    obstacles = list(_obstacles(model, call))
    found: _Found = iter(())
    if isinstance(call.outcome, Refusal):
        found = _of_refusal(model, call, call.outcome, obstacles)
    elif isinstance(call.outcome, Session):
        found = _of_session(model, call, call.outcome, obstacles)
    for name, message in found:
        level, section = DIFFERENCES[name]
        yield Violation(name, level, f"{DRAFT} {section}", message, where)


def _obstacles(model: NaiveBroker, call: Call) -> Iterator[Refused]:
    """All that stands in the way of what was asked."""
    match call.request:
        case Accept(offer, start, duration, amounts):
            yield from model.why_not_accept(offer, call.now, start, duration, amounts)
        case Reject(offer):
            yield from model.why_not_reject(offer, call.now)
        case Cancel(session):
            yield from model.why_not_cancel(session, call.now)
        case Look(session):
            yield from model.why_not_look(session, call.now)


def _of_refusal(model: NaiveBroker, call: Call, refusal: Refusal, obstacles: Sequence[Refused]) -> _Found:
    if obstacles:
        yield from _of_words(model, call, refusal, obstacles)
    elif isinstance(call.request, Accept):
        kept = model.book.kept[call.request.offer]
        if refusal.code == "offer-expired" and model.book.is_closing(kept):
            return
        if model.book.is_held(kept, _chosen(model, kept, call.request, call.now)):
            yield "accepts-what-is-held", f"what is held for the client was refused as {refusal.code}"
        elif not model.book.is_in_doubt(kept.offer):
            message = f"a run of an open offer for which there is room was refused as {refusal.code}"
            yield "accepts-what-is-free", message
    else:
        what = type(call.request).__name__.lower()
        message = f"to {what} was refused as {refusal.code}, though nothing stands in the way"
        yield "lets-go-what-is-given-up", message


def _of_words(model: NaiveBroker, call: Call, refusal: Refusal, obstacles: Sequence[Refused]) -> _Found:
    """A refusal gives one of the reasons that there are, and the figures that there are."""
    reasons = {each.code: each.available for each in obstacles}
    if refusal.code not in reasons:
        expected = " or ".join(reasons)
        message = f"it was refused as {refusal.code}; what stands in the way is {expected}"
        yield "says-what-stands-in-the-way", message
    left, kept = reasons.get(refusal.code), model.book.kept.get(_named(call))
    if left is None or refusal.available is None or kept is None or model.book.is_in_doubt(kept.offer):
        return
    wrong = {name: amount for name, amount in refusal.available.items() if left.get(name, amount) != amount}
    if wrong:
        yield "says-what-is-left", f"{wrong} are said to be left, where there are {dict(left)}"


def _of_session(model: NaiveBroker, call: Call, session: Session, obstacles: Sequence[Refused]) -> _Found:
    for obstacle in obstacles[:1]:
        instead = f"should have been refused as {obstacle.code}: {obstacle.message}"
        yield "refuses-what-it-must", f"it is {session.phase.value}, but {instead}"
    if obstacles:
        return
    kept = model.book.kept[_named(call)]
    allowed = _phases(kept, call) | ({Phase.EXPIRED} if model.book.is_closing(kept) else set())
    if session.phase not in allowed:
        expected = " or ".join(sorted(phase.value for phase in allowed))
        yield "is-where-it-should-be", f"it is {session.phase.value}, where it should be {expected}"
    yield from _of_run(model, kept, call, session.run)


def _of_run(model: NaiveBroker, kept: Kept, call: Call, run: Run | None) -> _Found:
    """What is booked is what was chosen, where there is room for it, and stays so."""
    expected = kept.session.run
    if isinstance(call.request, Accept):
        expected = _chosen(model, kept, call.request, call.now)
        if run is not None and run.node not in (None, *model.book.nodes_with_room(kept, expected)):
            yield "books-where-there-is-room", f"there is no room for it on node {run.node}"
    asked = expected and (expected.start, expected.duration, expected.amounts)
    booked = run and (run.start, run.duration, run.amounts)
    if asked != booked:
        yield "books-what-was-chosen", f"{run} is booked, where {expected} was chosen"


def _chosen(model: NaiveBroker, kept: Kept, request: Accept, now: int) -> Run:
    grid = model.book.place(kept.offer)[0].granularity
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
