"""Sessions as documents, and the documents that ask for a change of one."""

from __future__ import annotations

from collections.abc import Callable
from decimal import Decimal
from typing import Final, TypeVar

from attrs import define, field

from execbroker.core.amounts import Amounts
from execbroker.core.answer import Answer, Offer
from execbroker.core.durations import format_duration, parse_duration
from execbroker.core.instants import format_instant, parse_instant
from execbroker.core.lifecycle import WISHES, Phase, options
from execbroker.core.problems import InvalidDocument, Problem, Unreadable, nearest, quoted
from execbroker.core.session import Job, Run, Session
from execbroker.core.sizes import format_amount, parse_amount
from execbroker.languages import write_answer
from execbroker.languages.structuring.quantities import digits
from execbroker.languages.text.documents import Document, Node, Path, present, spell_path
from execbroker.languages.text.reader import read
from execbroker.service.changing import Change

__all__ = ["read_change", "session_document", "session_entry"]

T = TypeVar("T")

_KEYS: Final = ("session", "phase", "start", "duration", "amounts")
#: The most problems of one document that are told.
_MOST_PROBLEMS: Final = 100
#: Those that name a run, and so go with an acceptance alone.
_OF_A_RUN: Final = ("start", "duration", "amounts")


def session_entry(session: Session) -> dict[str, Node]:
    """A session as lists show it."""
    return present(
        {
            "session": session.identifier,
            "phase": session.phase.value,
            "task": session.task.name,
            "created": format_instant(session.created),
        }
    )


def session_document(job: Job, *, is_changeable: bool, job_at: str | None) -> dict[str, Node]:
    """A session as a document, in the order of its life.

    Args:
        job: The runner's job, or the bare session as one.
        is_changeable: Whether whoever reads it may change it.
        job_at: The URL of its job, where there is a runner.
    """
    session = job.session
    offers = write_answer(Answer(offers=(session.offer,)))["offers"]
    assert isinstance(offers, list)
    return present(
        {
            **session_entry(session),
            "options": [phase.value for phase in options(session.phase)] if is_changeable else [],
            "message": session.message,
            "history": [
                {"phase": each.phase.value, "instant": format_instant(each.instant)}
                for each in session.history
            ],
            "run": _run(session.run, session.offer) if session.run else None,
            "job": job_at if session.run else None,
            "exit-status": job.exit_status,
            "connectors": [
                {"location": each.location, "protocol": each.protocol, "kind": each.kind}
                for each in job.connectors
            ],
            "results": [{"name": name, "location": where} for name, where in job.results],
            "offer": offers[0],
        }
    )


def _run(run: Run, offer: Offer) -> Node:
    amounts: dict[str, Node] = {
        name: format_amount(name, value, offer.sizes) for name, value in run.amounts.items()
    }
    return present(
        {
            "start": format_instant(run.start),
            "end": format_instant(run.end),
            "duration": format_duration(run.duration),
            "node": run.node,
            "amounts": amounts,
        }
    )


@define
class _Reader:
    """Reads a change, and collects all that is wrong with it."""

    document: Document
    offer: Offer
    problems: list[Problem] = field(factory=list)

    def fault(self, path: Path, code: str, message: str, hint: str | None = None) -> None:
        """Note that something is wrong, unless so much is that nobody would read it."""
        if len(self.problems) >= _MOST_PROBLEMS:
            return
        position = self.document.position(path)
        found = self.document.text(path)
        self.problems.append(Problem(code, message, spell_path(path), found and found[:60], hint, position))

    def scalar(self, path: Path, value: Node, read: Callable[[str], T]) -> T | None:
        """A text or a number, as something reads it."""
        if isinstance(value, bool) or not isinstance(value, str | int | Decimal):
            self.fault(path, "wrong-type", f"{quoted(spell_path(path))} is no text")
            return None
        try:
            return read(value if isinstance(value, str) else digits(value))
        except Unreadable as error:
            self.fault(path, error.code, f"{quoted(spell_path(path))}: {error.message}", error.hint)
            return None

    def amounts(self, node: Node) -> Amounts | None:
        """The amounts as the offer counts them."""
        if not isinstance(node, dict):
            self.fault(("amounts",), "wrong-type", "`amounts` is no mapping", "write it as {cores: 4}")
            return None
        offered, found = self.offer.amounts, {}
        for name, value in node.items():
            path = ("amounts", name)
            if name not in offered:
                near = nearest(name, offered)
                hint = f"did you mean {quoted(near)}?" if near else f"it has {', '.join(offered) or 'none'}"
                self.fault(path, "resource-unknown", f"nothing called {quoted(name)} is offered", hint)
                continue
            amount = self.scalar(path, value, lambda text, name=name: self._amount(name, text))  # type: ignore[misc]
            if amount is not None:
                found[name] = amount
        return Amounts(found)

    def _amount(self, name: str, text: str) -> int:
        return parse_amount(name, text, sizes=self.offer.sizes)


def read_change(content: bytes, name: str, identifier: str, offer: Offer) -> Change:
    """What a document asks of a session.

    Args:
        content: The document: YAML 1.2 or JSON.
        name: What it is called.
        identifier: The session's; the document may repeat it (draft, section 5.2.3).
        offer: What was offered.

    Raises:
        InvalidDocument: It is none, or something in it makes no sense; all of it is named.
    """
    document = read(content, name).unwrap()
    reader = _Reader(document, offer)
    root = document.root
    if not isinstance(root, dict):
        reader.fault((), "wrong-type", "a change is a mapping", "write it as {phase: ACCEPTED}")
        raise InvalidDocument(reader.problems)
    _check_keys(reader, root)
    repeated = root.get("session", identifier)
    if repeated != identifier:
        reader.fault(("session",), "another-session", "the URL names another session", "leave it out")
    phase = _phase(reader, root)
    change = Change(
        phase or Phase.ACCEPTED,
        reader.scalar(("start",), root["start"], parse_instant) if "start" in root else None,
        reader.scalar(("duration",), root["duration"], parse_duration) if "duration" in root else None,
        reader.amounts(root["amounts"]) if "amounts" in root else None,
    )
    if reader.problems:
        raise InvalidDocument(reader.problems)
    return change


def _check_keys(reader: _Reader, root: dict[str, Node]) -> None:
    for key in root:
        if key not in _KEYS:
            near = nearest(key, _KEYS)
            hint = f"did you mean {quoted(near)}?" if near else f"known is {', '.join(_KEYS)}"
            reader.fault((key,), "unknown-key", f"unknown key {quoted(key)}", hint)


def _phase(reader: _Reader, root: dict[str, Node]) -> Phase | None:
    """The phase that is asked for; what goes with an acceptance alone goes with no other."""
    asked = root.get("phase")
    phase = next((each for each in WISHES if each.value == asked), None)
    if phase is None:
        code = "missing-key" if "phase" not in root else "phase-not-settable"
        message = f"{quoted(str(asked))} is no phase to ask for" if "phase" in root else "`phase` is missing"
        reader.fault(("phase",), code, message, f"write one of {', '.join(each.value for each in WISHES)}")
    elif phase is not Phase.ACCEPTED:
        for key in _OF_A_RUN:
            if key in root:
                reader.fault((key,), "no-run", f"`{key}` goes with ACCEPTED alone", "leave it out")
    return phase
