"""What was said to a broker and what it said, as values that can be judged, written down and played again."""

from __future__ import annotations

from typing import TypeAlias, final

from attrs import frozen

from execbroker.core.amounts import Amounts
from execbroker.core.answer import Answer
from execbroker.core.interfaces import Broker, Refused, ask
from execbroker.core.platform import Platform
from execbroker.core.session import Session
from execbroker.core.task import Task

__all__ = [
    "Accept",
    "Call",
    "Cancel",
    "History",
    "Look",
    "Outcome",
    "Plan",
    "Refusal",
    "Reject",
    "Request",
    "put",
]


@final
@frozen
class Plan:
    """Somebody asks for offers; who, matters to platforms that take tasks from some clients only."""

    task: Task
    client: str | None = None


@final
@frozen
class Accept:
    """Somebody takes an offer, perhaps for a run and amounts of their choice; see `Broker.accept`."""

    offer: str
    start: int | None = None
    duration: int | None = None
    amounts: Amounts | None = None


@final
@frozen
class Reject:
    """Somebody lets an offer go."""

    offer: str


@final
@frozen
class Cancel:
    """Somebody gives an accepted session up."""

    session: str


@final
@frozen
class Look:
    """Somebody asks how a session stands."""

    session: str


@final
@frozen
class Refusal:
    """What a broker refused, and why: a `Refused` as a value."""

    code: str
    message: str
    available: Amounts | None = None


Request: TypeAlias = Plan | Accept | Reject | Cancel | Look
Outcome: TypeAlias = Answer | Session | Refusal


@final
@frozen
class Call:
    """One request, the instant at which it was made, and what came of it.

    A plan has an answer; everything else a session as it stands afterwards; and everything may be refused.
    """

    request: Request
    now: int
    outcome: Outcome


@final
@frozen
class History:
    """All calls to the broker of some platforms, in the order in which they were answered.

    Attributes:
        platforms: As the broker has them, with all that is booked there outside its book.
        calls: All of them: what else happens to offers and sessions is up to the clock and the runners.
    """

    platforms: tuple[Platform, ...]
    calls: tuple[Call, ...] = ()


def put(broker: Broker, request: Request, now: int) -> Call:
    """Put a request to a broker, and note what comes of it; nothing but `Refused` is caught."""
    try:
        return Call(request, now, _put(broker, request, now))
    except Refused as refused:
        return Call(request, now, Refusal(refused.code, refused.message, refused.available))


def _put(broker: Broker, request: Request, now: int) -> Answer | Session:
    match request:
        case Plan(task, client):
            return ask(broker, task, now, client)
        case Accept(offer, start, duration, amounts):
            return broker.accept(offer, now, start=start, duration=duration, amounts=amounts)
        case Reject(offer):
            return broker.reject(offer, now)
        case Cancel(session):
            return broker.cancel(session, now)
        case Look(session):
            return broker.session(session, now)
