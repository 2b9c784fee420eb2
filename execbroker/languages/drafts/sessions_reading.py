"""Sessions in the schemas of 2025 and 2026, of whatever broker: from a document to what it says."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any, Final

from execbroker.core.lifecycle import Phase
from execbroker.core.problems import Reading
from execbroker.core.session import Connector
from execbroker.languages.drafts.answers_reading import check_messages, known_of, read_offer
from execbroker.languages.drafts.components import check_word
from execbroker.languages.drafts.dialects import BY_NAME, Dialect
from execbroker.languages.drafts.keys import advise
from execbroker.languages.drafts.keys_2025 import AccessDocument
from execbroker.languages.drafts.messages import read_reason
from execbroker.languages.drafts.times import read_moment
from execbroker.languages.drafts.uris import ENUM_OPTION
from execbroker.languages.seen import Notice, SeenSession
from execbroker.languages.structuring.findings import Findings
from execbroker.languages.structuring.roots import read_root
from execbroker.languages.structuring.structure import structure
from execbroker.languages.text.documents import Document, Path

__all__ = ["read_session"]

#: What the schemas call phases otherwise than the core does. What is not offered yet can only become so.
_PHASES: Final = {"READY": Phase.AVAILABLE, "PROPOSED": Phase.OFFERED, "INITIAL": Phase.OFFERED}
_STATUSES: Final = ("PREPARING", "ACTIVE", "AVAILABLE", "FINISHED")
_PATHS: Final = ("phase", "/phase")


def read_session(document: Document, name: str) -> Reading[SeenSession]:
    """What a document in the dialect of a name says of a session, or all that is wrong with it."""
    findings, dialect = Findings(document), BY_NAME[name]
    root = read_root(findings, "a session", f"write {dialect.session.example}")
    found = None if root is None else structure(root, dialect.session, findings, advise)
    return findings.reading(found and _session(findings, found, dialect))


def _session(findings: Findings, found: Any, dialect: Dialect) -> SeenSession:
    known, at = known_of(found, (), dialect)
    offer, times = read_offer(findings, (), found, dialect)
    created, url = (
        getattr(known, "created", None),
        getattr(known, "url" if dialect.has_meta else "href", None),
    )
    options = getattr(known if dialect.has_meta else found, "options", None)
    return SeenSession(
        phase=_phase(findings, found),
        offer=offer,
        running=times.running,
        created=None if created is None else read_moment(findings, (*at, "created"), created),
        location=url,
        preparing=times.preparing,
        releasing=times.releasing,
        options=tuple(_options(findings, (*at, "options"), options, dialect)),
        notices=tuple(_notices(findings, (*at, "messages"), getattr(known, "messages", None))),
        connectors=tuple(
            _connectors(findings, found.connectors) if dialect.has_meta else _access(findings, found)
        ),
    )


def _phase(findings: Findings, found: Any) -> Phase:
    """Where it stands; a word that is no phase was told of already."""
    if found.phase in ("PROPOSED", "INITIAL"):
        message = f"a session that is {found.phase} is read as one that is OFFERED"
        findings.warn("not-kept", message, ("phase",), found=found.phase)
    return _PHASES.get(found.phase) or Phase.__members__.get(found.phase, Phase.OFFERED)


def _options(findings: Findings, at: Path, found: Any, dialect: Dialect) -> Iterator[Phase]:
    """The phases that may be asked for; of a session nothing else is changed."""
    for index, each in enumerate(found or ()):
        if each is None:
            continue
        is_of_phases = getattr(each, dialect.type_key) == ENUM_OPTION and each.path in _PATHS
        known = [
            Phase.__members__.get(value or "") for value in (each.values if is_of_phases else None) or ()
        ]
        yield from filter(None, known)
        if None in known or not is_of_phases:
            hint = (
                f"of options those are that have phases as values, with the path {_PATHS[dialect.has_meta]}"
            )
            findings.warn("not-kept", "this option is not kept", (*at, index), hint=hint)


def _notices(findings: Findings, at: Path, found: Any) -> Iterator[Notice]:
    messages = [each for each in found or () if each]
    check_messages(findings, messages, at)
    for index, each in enumerate(messages):
        reason = read_reason(each)
        instant = None if each.time is None else read_moment(findings, (*at, index, "time"), each.time)
        yield Notice(reason.message, reason.code, each.level, instant)


def _connectors(findings: Findings, found: Any) -> Iterator[Connector]:
    """The ways in, as the schema of 2026 has them."""
    for index, each in enumerate(found or ()):
        if each is not None:
            at: Path = ("connectors", index)
            check_word(findings, (*at, "status"), each.status, _STATUSES)
            yield from _connector(findings, at, each.location, each.protocol, each.kind)


def _access(findings: Findings, found: Any) -> Iterator[Connector]:
    """The ways in, as the schema of 2025 has them: in what is run, whatever type that is of."""
    given, place = (found.executable or {}).get("access"), ("executable", "access")
    if not isinstance(given, list) or not findings.is_sound_at(place):
        return
    for index, node in enumerate(given):
        at: Path = (*place, index)
        each = structure(node, AccessDocument, findings, advise, at)
        if each is not None:
            check_word(findings, (*at, "status"), each.status, _STATUSES)
            for location in each.locations or (None,):
                yield from _connector(findings, at, location, each.protocol, None)


def _connector(
    findings: Findings, at: Path, location: str | None, protocol: str | None, kind: str | None
) -> Iterator[Connector]:
    if not location:
        findings.warn("not-kept", "a way in that leads nowhere is not kept", at, hint="write its location")
        return
    spoken = protocol or "HTTP"
    yield Connector(location, spoken, kind or f"urn:execbroker:connector:{spoken.lower()}")
