"""Components of requests and offers: what they are, what they are called, and what of them is not kept."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any, Final, NamedTuple, final

from execbroker.core.problems import nearest, quoted
from execbroker.languages.drafts.dialects import Dialect
from execbroker.languages.drafts.keys import advise
from execbroker.languages.drafts.uris import is_uuid, short_of
from execbroker.languages.structuring.document_classes import given_keys, similar
from execbroker.languages.structuring.findings import Findings, few
from execbroker.languages.structuring.structure import structure
from execbroker.languages.text.documents import Node, Path

__all__ = [
    "NOT_DETAILS",
    "Component",
    "check_details",
    "check_word",
    "details_of",
    "open_component",
    "short_type",
    "warn_not_kept",
]

#: The keys of a component that are no keys of its type.
NOT_DETAILS: Final = frozenset(
    {
        "type", "kind", "meta", "name", "uuid", "href", "created", "messages", "access", "costs", "metrics",
        "phase", "schedule", "storage",
    }
)  # fmt: skip
#: What a service writes and a client may leave out.
_OF_SERVICES: Final = (
    "href", "url", "created", "modified", "description", "messages", "options", "access", "phase", "schedule",
    "costs", "metrics",
)  # fmt: skip


_PROTOCOLS: Final = ("UDP", "TCP", "HTTP", "HTTPS")
_RUCIO: Final = ("FILE", "CONTAINER", "DATASET")


@final
class Component(NamedTuple):
    """A component of a document.

    Attributes:
        at: Where it is.
        short: What this library calls its type.
        found: The document class that it was structured into.
        known_at: Where its name and its UUID are.
        name, uuid: What it is called, if it is.
    """

    at: Path
    short: str
    found: Any
    known_at: Path
    name: str | None
    uuid: str | None

    @property
    def called(self) -> str | None:
        """What others call it in their documents' place."""
        return self.name if self.name is not None else self.uuid


def short_type(
    findings: Findings, at: Path, node: Mapping[str, Node], dialect: Dialect, group: str
) -> str | None:
    """What this library calls the type of a component; None if it is none of the schema's.

    Types that are no text, or missing, are told of where the component is structured.
    """
    given = node.get(dialect.type_key)
    shorts = short_of(dialect.name, group)
    return shorts.get(given) if isinstance(given, str) else None


def open_component(
    findings: Findings,
    at: Path,
    node: Mapping[str, Node] | None,
    dialect: Dialect,
    group: str,
    classes: Mapping[str, type[Any]],
) -> Component | None:
    """A component whose type is one of the schema's; None after writing down that it is not."""
    if node is None:
        return None
    short = short_type(findings, at, node, dialect, group)
    given = node.get(dialect.type_key)
    if short is None and isinstance(given, str):
        _report_type(findings, (*at, dialect.type_key), given, short_of(dialect.name, group))
        return None
    # What has no type is looked at as the simplest of its group, so that the rest of it is not left unread.
    kind = classes.get(short or "") or next(iter(classes.values()))
    found = structure(dict(node), kind, findings, advise, at)
    if found is not None:
        check_details(findings, at, found)
    return None if found is None else _labelled(findings, at, short or "", found, dialect)


def _report_type(findings: Findings, path: Path, given: str, known: Iterable[str]) -> None:
    near = nearest(given, known) or similar(given, known)
    hint = f"did you mean `{near}`?" if near else f"the schema has {few(known)}"
    findings.error(
        "unknown-type", f"`{path[-1]}`: {quoted(given)} is not known", path, hint=hint, found=given
    )


def _labelled(findings: Findings, at: Path, short: str, found: Any, dialect: Dialect) -> Component:
    known, known_at = (found.meta, (*at, "meta")) if dialect.has_meta else (found, at)
    name, identifier = (known.name, known.uuid) if known is not None else (None, None)
    if identifier is not None and not is_uuid(identifier):
        findings.error(
            "uuid",
            f"`uuid`: {quoted(identifier)} is not a UUID",
            (*known_at, "uuid"),
            hint="write one such as 0b5c1f0e-1111-4a4a-8c8c-000000000001, or leave it out",
            found=identifier,
        )
    return Component(at, short, found, known_at, name, identifier)


def warn_not_kept(findings: Findings, component: Component, *more: str) -> None:
    """Warn of what a request says of a component and nobody reads: most of it the service says itself."""
    meta = getattr(component.found, "meta", None)
    given = [*given_keys(component.found), *(given_keys(meta) if meta else ())]
    lost = [key for key in given if key in (*_OF_SERVICES, *more)]
    if component.name is not None and component.uuid is not None:
        lost.append("uuid")
    if lost:
        is_one = len(lost) == 1
        findings.warn(
            "not-kept",
            f"{few(dict.fromkeys(lost))} of a request {'is' if is_one else 'are'} not kept",
            component.at,
            hint="leave it out" if is_one else "leave them out",
        )


def details_of(node: Mapping[str, Node]) -> dict[str, Node]:
    """The keys of a component that belong to its type alone, as they were written."""
    return {key: value for key, value in node.items() if key not in NOT_DETAILS}


def check_word(findings: Findings, path: Path, value: str | None, words: Iterable[str]) -> bool:
    """Whether a value is one of some words, or is left out; if not, that is written down."""
    known = list(words)
    if value is None or value in known:
        return True
    near = similar(value, known)
    hint = f"did you mean `{near}`?" if near else f"write one of {few(known)}"
    findings.error(
        "unknown-word", f"`{path[-1]}`: {quoted(value)} is not known", path, hint=hint, found=value
    )
    return False


def check_details(findings: Findings, at: Path, found: Any) -> None:
    """What the keys of some types may hold, beside being of the right kind."""
    network, rucio, skao = (getattr(found, key, None) for key in ("network", "rucio", "skao"))
    for index, port in enumerate((network and network.ports) or ()):
        if port is not None:
            check_word(findings, (*at, "network", "ports", index, "protocol"), port.protocol, _PROTOCOLS)
    if rucio:
        check_word(findings, (*at, "rucio", "type"), rucio.type, _RUCIO)
    if skao and skao.datasize is not None and skao.datasize < 0:
        path = (*at, "skao", "datasize")
        findings.error("negative-amount", "`datasize` is below zero", path, hint="write 0 or more")
