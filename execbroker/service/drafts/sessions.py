"""Sessions in the draft's languages: to look, and to change their phase by updates."""

from __future__ import annotations

from collections.abc import Mapping
from functools import partial
from typing import Final

from execbroker.adapters.taking import standing
from execbroker.core.lifecycle import Event, Phase
from execbroker.core.session import Session
from execbroker.languages.drafts.updates import EVENTS, read_update
from execbroker.languages.text.reader import read
from execbroker.service.changing import Change, change, shown
from execbroker.service.drafts.documents import session_at, session_tree
from execbroker.service.http.media import JSON
from execbroker.service.http.messages import Response
from execbroker.service.http.refusals import Refusal
from execbroker.service.routes import Call

__all__ = ["change_session", "show_session"]

_PHASES: Final[Mapping[Event, Phase]] = {event: Phase[name] for name, event in EVENTS.items()}
#: What the schemas have, and no session takes: it makes sense, and does nothing here.
_IDLE: Final = frozenset({"unsupported-kind", "unknown-path", "unknown-value"})


def show_session(language: str, call: Call) -> Response:
    """An offer, or what became of it."""
    identifier = session_at(call, call.parameters["uuid"])
    job = standing(call.broker, call.runner, identifier, call.now)
    return shown(call, session_tree(call, language, job))


def change_session(language: str, call: Call) -> Response:
    """Do what an update asks of a session, and show it after that."""
    identifier = session_at(call, call.parameters["uuid"])
    return change(call, identifier, partial(_update, language, call), partial(session_tree, call, language))


def _update(language: str, call: Call, session: Session) -> Change:
    """What an update asks.

    Raises:
        InvalidDocument: It is none.
        Refusal: 422, it is one that does nothing.
    """
    del session  # every session takes the same
    name = "update.json" if call.body.media == JSON else "update.yaml"
    reading = read_update(read(call.body.content, name).unwrap(), language)
    errors = [each for each in reading.problems if each.is_error]
    if errors and {each.code for each in errors} <= _IDLE:
        raise Refusal(422, "update", "the update would do nothing; no session takes it", errors)
    return Change(_PHASES[reading.unwrap()])
