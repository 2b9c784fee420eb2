"""Updates: what a client asks of a session, or what is wrong with the asking."""

from __future__ import annotations

from typing import Any, ClassVar, Final, final

from execbroker.core.lifecycle import Event
from execbroker.core.problems import Reading, quoted
from execbroker.languages.drafts.detection import DRAFT_2025
from execbroker.languages.drafts.uris import ENUM_UPDATE, UPDATES
from execbroker.languages.structuring.document_classes import (
    Advice,
    Scalar,
    document,
    fold,
    keys_of,
    meant,
    one,
    similar,
)
from execbroker.languages.structuring.findings import Findings, few
from execbroker.languages.structuring.roots import read_root
from execbroker.languages.structuring.structure import structure
from execbroker.languages.text.documents import Document, Path, Tree

__all__ = ["EVENTS", "read_update"]

#: The phases that may be asked for, and what is asked by that.
EVENTS: Final = {"ACCEPTED": Event.ACCEPT, "REJECTED": Event.REJECT, "CANCELLED": Event.CANCEL}
#: Both are meant by the same: recorded clients write either.
_PATHS: Final = ("phase", "/phase")


#: Whole bodies, in JSON, so that they may be sent as they are whatever type of document is sent.
_BARE: Final = f'{{"kind": "{ENUM_UPDATE}", "path": "/phase", "value": "ACCEPTED"}}'
_INNER: Final = f'{{"type": "{ENUM_UPDATE}", "path": "phase", "value": "ACCEPTED"}}'
_WRAPPED: Final = f'{{"update": {_INNER}}}'


@final
@document
class _UpdateDocument:
    noun: ClassVar[str] = "an update"
    example: ClassVar[str] = _BARE
    kind: str | None = meant("a URI", f'"{ENUM_UPDATE}"')
    type: str | None = meant("a URI", f'"{ENUM_UPDATE}"')
    path: str | None = meant("a path", "/phase", is_required=True)
    value: Scalar | None = meant("a value", "ACCEPTED")
    delta: Scalar | None = meant("a whole number", "1")
    units: str | None = meant("a unit", "GiB")


@final
@document
class _WrapperDocument:
    noun: ClassVar[str] = "the body of an update"
    example: ClassVar[str] = _WRAPPED
    update: dict[str, Any] | None = one(_UpdateDocument)


def _advise(kind: type, key: str) -> Advice | None:
    if kind is _UpdateDocument and fold(key) in ("phase", "status", "state"):
        return "unknown-key", "write the phase that is wanted as `value`, and where it goes as `path`"
    return None


def read_update(document: Document, name: str) -> Reading[Event]:
    """What a client asks of a session, in the dialect of a name.

    What the schemas have and no session takes has the codes `unsupported-kind`, `unknown-path` and `unknown-value`;
    a kind that is none of theirs has `unknown-kind`.
    """
    findings = Findings(document)
    key, at, body = ("type", ("update",), _WRAPPED) if name == DRAFT_2025 else ("kind", (), _BARE)
    hint = f"send `{body}`"
    is_none = "an update is a mapping of keys to values"
    if (root := read_root(findings, "an update", hint, empty=is_none)) is None:
        return findings.reading(None)
    node = _node(findings, root, at, key, hint)
    found = None if node is None else structure(node, _UpdateDocument, findings, _advise, at)
    return findings.reading(None if found is None else _event(findings, found, at, key))


def _node(findings: Findings, root: Tree, at: Path, key: str, hint: str) -> Tree | None:
    """The mapping of an update; None after writing down that there is none, with a whole body to send instead."""
    node: Any = root
    if at:
        if "update" not in root:
            findings.error("missing-key", "`update` is missing", (), hint=hint)
            return None
        node = root["update"]
        if not isinstance(node, dict):
            findings.error("wrong-type", "`update` is no mapping of keys to values", at, hint=hint)
            return None
        structure(root, _WrapperDocument, findings, _advise)  # says what stands beside it
    if not any(each in node for each in keys_of(_UpdateDocument)):
        findings.error("missing-key", f"`{key}`, `path` and `value` are missing", at, hint=hint)
        return None
    update: Tree = node
    return update


def _event(findings: Findings, found: _UpdateDocument, at: Path, key: str) -> Event | None:
    kind = found.kind if found.kind is not None else found.type
    written = "kind" if found.kind is not None else "type" if found.type is not None else key
    if kind is None and findings.is_sound_at(at, key):
        findings.error("missing-key", f"`{key}` is missing", at, hint=f'write `{key}: "{ENUM_UPDATE}"`')
    elif kind is not None and kind != ENUM_UPDATE:
        code = "unsupported-kind" if kind in UPDATES else "unknown-kind"
        what = "does nothing to a session here" if kind in UPDATES else "is no kind of update"
        findings.error(
            code, f"{quoted(kind)} {what}", (*at, written), hint=f'write "{ENUM_UPDATE}"', found=kind
        )
    if found.path is not None and found.path not in _PATHS:
        message = f"{quoted(found.path)} is nothing that can be changed"
        findings.error(
            "unknown-path",
            message,
            (*at, "path"),
            hint=f"write {'phase' if at else '/phase'}",
            found=found.path,
        )
    return _wanted(findings, found.value, at)


def _wanted(findings: Findings, value: object, at: Path) -> Event | None:
    if value is None:
        if findings.is_sound_at(at, "value"):
            findings.error("missing-key", "`value` is missing", at, hint="write `value: ACCEPTED`")
        return None
    text = findings.text((*at, "value"), value)
    if text not in EVENTS:
        near = similar(text, EVENTS)
        hint = f"did you mean `{near}`?" if near else f"write one of {few(EVENTS)}"
        message = f"{quoted(text)} is no phase that can be asked for"
        findings.error("unknown-value", message, (*at, "value"), hint=hint, found=text)
        return None
    return EVENTS[text]
