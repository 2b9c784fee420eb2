"""To show a session and to change one, in whatever language its documents are."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Mapping
from typing import TypeAlias, final

from attrs import frozen

from execbroker.adapters.taking import standing, stop, take
from execbroker.core.amounts import Amounts
from execbroker.core.interfaces import Refused
from execbroker.core.lifecycle import FINAL, Phase, options
from execbroker.core.session import Job, Session
from execbroker.languages.text.documents import Node
from execbroker.languages.text.writer import to_json
from execbroker.service.http.freshness import check_state, fresh, is_bound, is_unchanged
from execbroker.service.http.media import written
from execbroker.service.http.messages import Pairs, Response
from execbroker.service.http.refusals import Refusal, refusal_of
from execbroker.service.routes import Call

__all__ = ["Change", "Show", "change", "shown"]

#: Makes the document of a session, as the client is shown it.
Show: TypeAlias = Callable[[Job], Mapping[str, Node]]


@final
@frozen
class Change:
    """What a client asks of a session. Left out of a run: as early, as long and as much as can be."""

    phase: Phase
    start: int | None = None
    duration: int | None = None
    amounts: Amounts | None = None


def shown(call: Call, document: Mapping[str, Node], more: Pairs = ()) -> Response:
    """A document, unless the client has it already."""
    state = _state(document)
    headers = (*fresh(state, call.media), *more)
    if call.request.method != "POST" and is_unchanged(call.head, state, call.media):
        return Response(304, b"", headers)
    return Response(200, written(dict(document), call.media), (("Content-Type", call.media), *headers))


def _state(document: Mapping[str, Node]) -> str:
    """What this state of a document is called."""
    return hashlib.sha256(to_json(dict(document)).encode()).hexdigest()[:32]


def change(call: Call, identifier: str, read: Callable[[Session], Change], show: Show) -> Response:
    """Do what a client asks of a session. What is wrong with the asking hears only who may change it.

    Args:
        call: The request.
        identifier: What the broker calls the session.
        read: Reads what is asked.
        show: Makes the document of the session.
    """
    broker, now = call.broker, call.now
    broker.claim(identifier)
    job = standing(broker, call.runner, identifier, now)
    session = job.session
    asked = read(session)
    if is_bound(call.head):
        check_state(call.head, _state(show(job)))
    possible = options(session.phase)
    if asked.phase not in possible and asked.phase is not session.phase:
        raise _impossible(asked.phase, session.phase, [each.value for each in possible])
    try:
        _do(call, identifier, asked)
    except Refused as refused:
        raise refusal_of(refused, session.offer.sizes) from refused
    job = standing(broker, call.runner, identifier, now)
    if asked.phase is Phase.CANCELLED and job.phase in FINAL and job.phase is not Phase.CANCELLED:
        raise _impossible(asked.phase, job.phase, [])  # it came to its end while it was being stopped
    return shown(call, show(job))


def _do(call: Call, identifier: str, asked: Change) -> None:
    broker, runner, now = call.broker, call.runner, call.now
    if asked.phase is Phase.ACCEPTED:
        start, duration, amounts = asked.start, asked.duration, asked.amounts
        take(broker, runner, identifier, now, start=start, duration=duration, amounts=amounts)
    elif asked.phase is Phase.REJECTED:
        broker.reject(identifier, now)
    else:
        stop(broker, runner, identifier, now)


def _impossible(asked: Phase, phase: Phase, possible: list[str]) -> Refusal:
    instead = f"it can be {' or '.join(possible)}" if possible else "nothing can be asked of it any more"
    message = f"a session that is {phase.value} cannot be {asked.value}; {instead}"
    return Refusal(409, "phase", message, more={"phase": phase.value, "options": [*possible]})
