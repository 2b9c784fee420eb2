"""The policy of a platform file: what tasks it takes, and from whom."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import Any, Final, TypeVar

from execbroker.core.amounts import Amounts
from execbroker.core.policy import Choice, Policy
from execbroker.core.problems import Unreadable, quoted
from execbroker.languages.platforms.policy_keys import (
    LimitsDocument,
    PolicyDocument,
    advise,
)
from execbroker.languages.platforms.pools import read_amounts, report_unknown_resource
from execbroker.languages.structuring.document_classes import similar
from execbroker.languages.structuring.findings import Findings
from execbroker.languages.structuring.ledger import Ledger
from execbroker.languages.structuring.quantities import read_duration
from execbroker.languages.structuring.structure import structure
from execbroker.languages.text.documents import Path

__all__ = ["read_policy"]

T = TypeVar("T")

_AT: Final = "policy"
_REQUIRED, _OPTIONAL = "required", "optional"
_PORTS: Final = re.compile(r"([0-9]{1,5})(?:-([0-9]{1,5}))?", re.ASCII)
_LAST_PORT: Final = 65_535
#: The only characters that names of images are made of.
_IMAGE: Final = re.compile(r"[\w./:@-]+", re.ASCII)


def read_policy(
    findings: Findings, given: Mapping[str, Any], ledger: Ledger, resources: Sequence[str] | None
) -> Policy:
    """The policy of a platform, as far as it is sound.

    Args:
        findings: Where problems go.
        given: What the file says under `policy`.
        ledger: Which further resources are sizes.
        resources: Those that the platform has; None if that could not be read, so that nothing is said of them.
    """
    found = structure(given, PolicyDocument, findings, advise, (_AT,))
    if found is None:
        return Policy()
    limits, longest = _limits(findings, found.limits, ledger, resources)
    return Policy(
        executables=_choice(findings, "executables", found.executables, _word),
        images=_choice(findings, "images", found.images, _image),
        needs_digest=_needs_digest(findings, found.images and found.images.digest),
        ports=_choice(findings, "ports", found.ports, _port),
        is_privileged_allowed=found.privileged is not False,
        data=_choice(findings, "data", found.data, _word),
        identities=_choice(findings, "identities", found.identities, _word),
        limits=limits,
        max_duration=longest,
    )


def _choice(findings: Findings, key: str, found: Any, parse: Callable[[str], T]) -> Choice[T]:
    """What is allowed and denied of a kind of thing."""
    if found is None:
        return Choice()
    at: Path = (_AT, key)
    allow = None if found.allow is None else _entries(findings, (*at, "allow"), found.allow, parse)
    if found.allow is not None and not found.allow:
        hint = f"name those that are, or leave out `allow` where all {key} are but those of `deny`"
        findings.warn("empty-list", f"no {key} are allowed", (*at, "allow"), hint=hint)
    return Choice(allow, _entries(findings, (*at, "deny"), found.deny or (), parse))


def _entries(findings: Findings, at: Path, given: Iterable[Any], parse: Callable[[str], T]) -> tuple[T, ...]:
    read = (findings.read(parse, (*at, index), each) for index, each in enumerate(given) if each is not None)
    return tuple(each for each in read if each is not None)


def _word(text: str) -> str:
    """Any text with something in it."""
    if not text.strip():
        raise Unreadable("empty-text", "there is nothing in it", "write what is meant, or leave it out")
    return text


def _image(text: str) -> str:
    """The name of an image, or what begins the names of some."""
    if "*" in text:
        hint = "write what comes before it: what lies below a name is meant, too"
        raise Unreadable("image", f"{quoted(text)} has a `*`", hint)
    if not _IMAGE.fullmatch(_word(text)):
        raise Unreadable("image", f"{quoted(text)} is no name of an image", "write it as ghcr.io/example")
    return text


def _port(text: str) -> tuple[int, int]:
    """A port, or some that follow each other: `8080`, `8000-8999`."""
    found = _PORTS.fullmatch(text)
    how = 'write a number from 1 to 65535, or two of them: "8000-8999"'
    if found is None:
        raise Unreadable("port", f"{quoted(text)} is no port", how)
    first, last = int(found[1]), int(found[2] or found[1])
    if not 1 <= first <= last <= _LAST_PORT:
        raise Unreadable("port", f"{quoted(text)} is beyond all ports, or backwards", how)
    return first, last


def _needs_digest(findings: Findings, word: str | None) -> bool:
    if word not in (None, _REQUIRED, _OPTIONAL):
        near = similar(word, (_REQUIRED, _OPTIONAL))
        hint = f"did you mean `{near}`?" if near else f"write `{_REQUIRED}`, or leave it out"
        findings.error("unknown-word", f"`digest` is {quoted(word)}", (_AT, "images", "digest"), hint=hint)
    return word == _REQUIRED


def _limits(
    findings: Findings, found: LimitsDocument | None, ledger: Ledger, resources: Sequence[str] | None
) -> tuple[Amounts, int | None]:
    """The most that one request may have of each resource, and for how long."""
    if found is None:
        return Amounts(), None
    at: Path = (_AT, "limits")
    known = {}
    for name, value in found.rest.items():
        if resources is not None and name not in resources:
            report_unknown_resource(
                findings, (*at, name), name, resources, LimitsDocument, "the platform", advise
            )
        else:
            known[name] = value
    longest = None
    if found.duration is not None:
        longest = read_duration(findings, (*at, "duration"), found.duration)
    return read_amounts(findings, at, known, ledger, up=False), longest
