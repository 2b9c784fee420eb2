"""Sessions: offers, and what became of them. To look, to list, to accept, to reject and to cancel."""

from __future__ import annotations

from functools import partial
from typing import Final

from execbroker.adapters.taking import standing
from execbroker.core.lifecycle import Phase
from execbroker.core.problems import InvalidDocument, Problem, quoted
from execbroker.core.session import Job, Session
from execbroker.languages.text.documents import Node
from execbroker.service.changing import Change, change, shown
from execbroker.service.http.bodies import only
from execbroker.service.http.media import DOCUMENTS, JSON, YAML, written
from execbroker.service.http.messages import Response
from execbroker.service.routes import Call, Endpoints, Needs, Outcome, Parameter, Route
from execbroker.service.schemas import SESSION_SCHEMAS, named
from execbroker.service.seed.documents import read_change, session_document, session_entry
from execbroker.service.uws.results import linked

__all__ = ["SESSIONS"]

_SESSION: Final = "session"


def _list(call: Call) -> Response:
    """The newest of what the client may see; phases choose before they are counted off."""
    query = call.request.query
    phases = {_phase(value) for key, value in query if key == "phase"}
    last = only(query, "last")
    found = call.broker.sessions(call.now, None if last is None else _count(last), phases=phases)
    body = written({"sessions": [session_entry(session) for session in found]}, call.media)
    return Response(200, body, (("Content-Type", call.media), ("Vary", "Accept, Authorization")))


def _phase(text: str) -> Phase:
    if text not in Phase.__members__:
        hint = f"write one of {', '.join(Phase.__members__)}"
        raise InvalidDocument(
            [Problem("phase-unknown", f"there is no phase {quoted(text)}", "phase", text[:60], hint)]
        )
    return Phase[text]


def _count(text: str) -> int:
    if not (text.isascii() and text.isdigit() and len(text) <= 9):
        message = f"{quoted(text)} is no number of sessions"
        raise InvalidDocument([Problem("number", message, "last", text[:60], "write it as 10")])
    return int(text)


def _show(call: Call) -> Response:
    job = standing(call.broker, call.runner, call.parameters[_SESSION], call.now)
    return shown(call, _document(call, job))


def _document(call: Call, job: Job) -> dict[str, Node]:
    """A session as the client is shown it."""
    job_at = call.url("getJob", job=job.identifier) if call.runner is not None else None
    job = linked(job, call.table, call.head.root)
    return session_document(job, is_changeable=call.broker.may_change(job.identifier), job_at=job_at)


def _change(call: Call) -> Response:
    identifier = call.parameters[_SESSION]
    name = "change.json" if call.body.media == JSON else "change.yaml"

    def read(session: Session) -> Change:
        return read_change(call.body.content, name, identifier, session.offer)

    return change(call, identifier, read, partial(_document, call))


_CONTENT: Final = {media: named("Session") for media in DOCUMENTS}
_LISTED: Final = {media: named("Sessions") for media in DOCUMENTS}
_TAGGED: Final = {"ETag": "The state of the session, for If-None-Match and If-Match."}
_FIRST: Final = "$response.body#/sessions/0/session"
_NEXT: Final = {"getSession": {_SESSION: _FIRST}, "changeSession": {_SESSION: _FIRST}}
_VARIABLES: Final = {_SESSION: "The identifier of an offer, which is that of its session."}

SESSIONS: Final = Endpoints(
    (
        Route(
            "GET",
            "/sessions",
            "listSessions",
            "The sessions that the client may see, the newest first.",
            _list,
            (Outcome(200, "The newest sessions.", _LISTED, links=_NEXT),),
            Needs.SEE,
            writes=DOCUMENTS,
            query=(
                Parameter(
                    "phase",
                    "Only sessions in one of these phases.",
                    {"enum": [each.value for each in Phase]},
                    is_repeatable=True,
                ),
                Parameter(
                    "last", "At most so many.", {"type": "integer", "minimum": 0, "maximum": 999_999_999}
                ),
            ),
        ),
        Route(
            "GET",
            "/sessions/{session}",
            "getSession",
            "An offer, or what became of it.",
            _show,
            (
                Outcome(200, "The session.", _CONTENT, _TAGGED),
                Outcome(304, "It is as the client has it.", headers=_TAGGED),
            ),
            Needs.SEE,
            writes=DOCUMENTS,
            variables=_VARIABLES,
        ),
        Route(
            "POST",
            "/sessions/{session}",
            "changeSession",
            "Accept an offer, reject it, or cancel what was accepted.",
            _change,
            (
                Outcome(200, "The session after that.", _CONTENT, _TAGGED),
                Outcome(403, "It is another's."),
                Outcome(409, "It cannot be done as things stand; nothing was changed."),
                Outcome(412, "The session is not as If-Match says."),
                Outcome(422, "The run is not within what was offered."),
            ),
            Needs.CHANGE,
            {media: named("SessionChange") for media in (YAML, JSON)},
            needs_body=True,
            writes=DOCUMENTS,
            variables=_VARIABLES,
        ),
    ),
    SESSION_SCHEMAS,
)
