"""The names that the dialects give to types and kinds, exactly as their schemas spell them."""

from __future__ import annotations

import uuid
from collections.abc import Mapping
from typing import Final

from execbroker.languages.drafts.detection import CALYCOPIS, DRAFT_2025

__all__ = [
    "ENUM_OPTION",
    "ENUM_UPDATE",
    "PROXIMITY",
    "UPDATES",
    "code_of",
    "is_reason",
    "is_uuid",
    "message_kind",
    "part_uuid",
    "problem_kind",
    "remark_kind",
    "short_of",
    "uri_of",
    "uuid_of",
]

_EB: Final = "https://www.purl.org/ivoa.net/EB/schema/types/"
_K: Final = "https://www.purl.org/ivoa.net/Calycopis-openapi/schema/v1.0/kinds/"

#: For each dialect, the URI of each thing: `executable/docker-container`, `data/s3`, ….
_URIS: Final[Mapping[str, Mapping[str, str]]] = {
    DRAFT_2025: {
        "offerset": f"{_EB}offersets/offerset-response-1.0",
        "session": f"{_EB}sessions/execution-session-response-1.0",
        "executable/docker-container": f"{_EB}executables/docker-container-1.0",
        "executable/jupyter-notebook": f"{_EB}executables/jupyter-notebook-1.0",
        "executable/singularity-container": f"{_EB}executables/singularity-container-1.0",
        "compute": f"{_EB}resources/compute/simple-compute-resource-1.0",
        "storage": f"{_EB}resources/storage/simple-storage-resource-1.0",
        "data": f"{_EB}resources/data/simple-data-resource-1.0",
        "data/rucio": f"{_EB}resources/data/Rucio-data-resource-1.0",
        "data/s3": f"{_EB}resources/data/S3-data-resource-1.0",
    },
    CALYCOPIS: {
        "offerset": f"{_K}offerset/execution-offerset.yaml",
        # Generated clients recurse for ever on the simple kind of session.
        "session": f"{_K}session/scheduled-execution-session.yaml",
        "session/simple": f"{_K}session/simple-execution-session.yaml",
        "executable/docker-container": f"{_K}executable/docker-container.yaml",
        "executable/jupyter-notebook": f"{_K}executable/jupyter-notebook.yaml",
        "executable/singularity-container": f"{_K}executable/singularity-container.yaml",
        "compute": f"{_K}compute/simple-compute-resource.yaml",
        "storage": f"{_K}storage/simple-storage-resource.yaml",
        "volume": f"{_K}volume/simple-volume-mount.yaml",
        "data": f"{_K}data/simple-data-resource.yaml",
        "data/s3": f"{_K}data/S3-data-resource.yaml",
        "data/rucio": f"{_K}data/rucio-data-resource.yaml",
        "data/ivoa": f"{_K}data/ivoa-data-resource.yaml",
        "data/skao": f"{_K}data/skao-data-resource.yaml",
        "costs": f"{_K}costs/simple-minmax-float-cost.yaml",
        "metrics": f"{_K}metrics/simple-minmax-float-metric.yaml",
    },
}

#: How near a platform is to the data.
PROXIMITY: Final = "urn:execbroker:metric:proximity"

ENUM_OPTION: Final = "uri:enum-value-option"
ENUM_UPDATE: Final = "uri:enum-value-update"
#: All kinds of updates that the schemas have.
UPDATES: Final = (
    ENUM_UPDATE,
    "uri:string-value-update",
    "uri:integer-value-update",
    "uri:integer-delta-update",
)

_MESSAGE: Final = "urn:execbroker:message:"
_PROBLEM: Final = "urn:execbroker:problem:"
_REMARK: Final = "urn:execbroker:remark:"
#: Under this, identifiers and paths are made UUIDs of (RFC 9562, section 5.5).
_NAMESPACE: Final = uuid.UUID("8d2f1c36-6a5e-5b0e-9f3c-5a1c7c0be7a1")
_HEX_DIGITS: Final = 32


def uri_of(dialect: str, thing: str) -> str | None:
    """The URI of a thing in a dialect, if it has that thing."""
    return _URIS[dialect].get(thing)


def short_of(dialect: str, group: str) -> dict[str, str]:
    """What each URI of a group of things stands for: the last part of the thing's name."""
    found = {uri: thing for thing, uri in _URIS[dialect].items() if thing.split("/")[0] == group}
    return {uri: thing.partition("/")[2] for uri, thing in found.items()}


def message_kind(code: str) -> str:
    """What a message about a reason is called.

    >>> message_kind("busy")
    'urn:execbroker:message:busy'
    """
    return _MESSAGE + code


def problem_kind(code: str) -> str:
    """What a message about a problem of a document is called.

    >>> problem_kind("not-kept")
    'urn:execbroker:problem:not-kept'
    """
    return _PROBLEM + code


def remark_kind(code: str) -> str:
    """What a message is called that says something beside.

    >>> remark_kind("omitted")
    'urn:execbroker:remark:omitted'
    """
    return _REMARK + code


def is_reason(kind: str, *, is_yes: bool) -> bool:
    """Whether a message may say why not; beside offers only those do that this library wrote as reasons."""
    return kind.startswith(_MESSAGE) or not (is_yes or kind.startswith((_PROBLEM, _REMARK)))


def code_of(kind: str) -> str:
    """The code of the reason that a message is about, whoever wrote it.

    >>> code_of("urn:execbroker:message:busy"), code_of("urn:resource-limit"), code_of("uri:unknown-type")
    ('busy', 'resource-limit', 'unknown-type')
    """
    return (
        kind.removeprefix(_MESSAGE)
        .removeprefix(_PROBLEM)
        .removeprefix("urn:")
        .removeprefix("uri:")
        .rstrip("/")
        .split("/")[-1]
    )


def is_uuid(text: str) -> bool:
    """Whether a text is a UUID as schemas want it, with its four hyphens."""
    try:
        return str(uuid.UUID(text)) == text.lower()
    except ValueError:
        return False


def uuid_of(identifier: str) -> str:
    """The UUID that stands for an identifier of ours: the same digits, where it is 32 hexadecimal digits.

    >>> uuid_of("5f0c0000000040008000000000000001")
    '5f0c0000-0000-4000-8000-000000000001'
    """
    if is_uuid(identifier):
        return identifier.lower()
    digits = identifier.lower()
    if len(digits) == _HEX_DIGITS and set(digits) <= set("0123456789abcdef"):
        return str(uuid.UUID(digits))
    return str(uuid.uuid5(_NAMESPACE, identifier))


def part_uuid(identifier: str, path: str) -> str:
    """The UUID of a part of what an identifier names, always the same."""
    return str(uuid.uuid5(_NAMESPACE, f"{identifier} {path}"))
