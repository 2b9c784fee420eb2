"""Sessions and sets of offers as documents in the draft's languages, and how their UUIDs lead back to them."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from typing import Final, TypeVar

from execbroker.adapters.taking import standing
from execbroker.core.interfaces import Refused
from execbroker.core.session import Job, Session
from execbroker.languages.drafts.dialects import BY_NAME
from execbroker.languages.drafts.messages import problem_tree, reason_tree
from execbroker.languages.drafts.remarks import remarks_on_answer, remarks_on_job
from execbroker.languages.drafts.sessions_writing import write_offer_set, write_session
from execbroker.languages.drafts.uris import uuid_of
from execbroker.languages.text.documents import Node, Tree
from execbroker.languages.written import Occasion
from execbroker.service.memory import Said
from execbroker.service.routes import Call
from execbroker.service.uws.results import linked

__all__ = ["offers_at", "session_at", "session_tree", "set_tree"]

T = TypeVar("T")

#: So many of the newest sessions are looked at for one that was sent out by another process.
_LOOKED_AT: Final = 200


def session_tree(call: Call, language: str, job: Job, *, is_changeable: bool | None = None) -> Tree:
    """A session as the client is shown it.

    Args:
        call: The request.
        language: The name of the language.
        job: The runner's job, or the bare session as one.
        is_changeable: Whether the client may change it; None: as the broker says.
    """
    session, dialect = job.session, BY_NAME[language]
    call.memory.uuid(session.identifier)
    said = call.memory.said(session.identifier)
    doubts = [] if said is None else [problem_tree(each, dialect, said.created) for each in said.problems]
    may_change = call.broker.may_change(job.identifier) if is_changeable is None else is_changeable
    written = write_session(
        session,
        Occasion(root=call.request.root, release=call.broker.release(session.offer)),
        language,
        connectors=job.connectors,
        messages=[*doubts, *remarks_on_job(linked(job, call.table, call.head.root), dialect)],
        is_changeable=may_change,
    )
    return dict(written.tree)


def set_tree(call: Call, language: str, name: str, offers: list[Node], said: Said) -> Tree:
    """A set of offers, in whatever phases they are.

    Args:
        call: The request.
        language: The name of the language.
        name: What the set is called.
        offers: The documents of its sessions.
        said: What is said beside them.
    """
    dialect = BY_NAME[language]
    messages: list[Node] = [
        *(reason_tree(each, dialect, said.created) for each in said.answer.reasons),
        *remarks_on_answer(said.answer, dialect, said.created),
        *(problem_tree(each, dialect, said.created) for each in said.problems),
    ]
    occasion = Occasion(created=said.created, root=call.request.root, identifier=call.memory.uuid(name))
    return write_offer_set(offers, messages, occasion, language)


def session_at(call: Call, given: str) -> str:
    """What the broker calls the session of a UUID.

    Raises:
        Refused: `offer-unknown`: There is none that the client may see.
    """

    def known(name: str) -> str:
        call.broker.owner(name)
        return name

    others = (each.identifier for each in _newest(call))
    return _found(call, given, known, others, "offer")


def offers_at(call: Call, language: str, given: str) -> Tree:
    """The set of offers of a UUID, with the phases that its offers have by now.

    Raises:
        Refused: `offer-unknown`: There is none that the client may see.
    """

    def known(name: str) -> Tree:
        said = call.memory.said(name)
        if said is not None and not said.is_yes and call.broker.may_see(said.owner):
            return set_tree(call, language, name, [], said)
        sessions = call.broker.grouped(name, call.now)
        offers: list[Node] = [session_tree(call, language, _job(call, each)) for each in sessions]
        return set_tree(call, language, name, offers, said or Said(None, sessions[0].created))

    others = (call.broker.group(each.identifier) for each in _newest(call))
    return _found(call, given, known, others, "set of offers")


def _job(call: Call, session: Session) -> Job:
    return standing(call.broker, call.runner, session.identifier, call.now)


def _newest(call: Call) -> Iterator[Session]:
    yield from call.broker.sessions(call.now, _LOOKED_AT)


def _found(call: Call, given: str, known: Callable[[str], T], others: Iterable[str], what: str) -> T:
    """What is known by a UUID; what is another's is not there, in the same words."""
    for name in call.memory.names(given):
        try:
            return known(name)
        except Refused as refused:
            if refused.code != "offer-unknown":
                raise
    for name in others:
        if uuid_of(name) == given.lower():
            return known(name)
    raise Refused("offer-unknown", f"there is no {what} {given[:60]}")
