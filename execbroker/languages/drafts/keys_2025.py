"""The keys of the draft's schema of 2025."""

from __future__ import annotations

from typing import Any, ClassVar, Final, final

from execbroker.languages.drafts.keys import BoundsDocument, ImageDocument, MessageDocument, NetworkDocument
from execbroker.languages.structuring.document_classes import Scalar, document, meant, one, several

__all__ = [
    "DATA",
    "EXECUTABLES",
    "AccessDocument",
    "ComputeDocument",
    "OfferSetDocument",
    "RequestDocument",
    "SessionDocument",
    "StorageDocument",
]

_RUN: Final = '{start: "2031-05-02T20:00:00Z/PT15M", duration: PT4H}'
_URI: Final = "https://www.purl.org/ivoa.net/EB/schema/types/"


@document
class _Component:
    name: str | None = meant("a name", "node")
    uuid: str | None = meant("a UUID", '"6d0a0000-0000-4000-8000-000000000001"')
    href: str | None = meant("a URL", "https://eb.example.net/sessions/1")
    created: str | None = meant("an instant", '"2031-05-02T08:00:00Z"')
    messages: list[MessageDocument | None] | None = several(MessageDocument)


@document
class _Typed(_Component):
    type: str | None = meant("a URI", f"{_URI}…", is_required=True)


@final
@document
class AccessDocument:
    """A way in to what runs."""

    noun: ClassVar[str] = "a way in"
    example: ClassVar[str] = "{status: ACTIVE, protocol: HTTP}"
    status: str | None = meant("a status", "ACTIVE")
    protocol: str | None = meant("the name of a protocol", "HTTP")
    locations: list[str | None] | None = meant("a list", '["https://eb.example.net/x"]')


@document
class _Executable(_Typed):
    noun: ClassVar[str] = "an executable"
    example: ClassVar[str] = f"{{type: {_URI}executables/docker-container-1.0}}"
    access: list[AccessDocument | None] | None = several(AccessDocument)


@final
@document
class _DockerDocument(_Executable):
    image: ImageDocument | None = one(ImageDocument)
    privileged: bool | None = meant("`true` or `false`", "false")
    entrypoint: str | None = meant("a path", "/bin/run")
    environment: dict[str, str] | None = meant("a mapping of names to text", "{BAND: K}")
    network: NetworkDocument | None = one(NetworkDocument)


@final
@document
class _LocatedDocument(_Executable):
    location: str | None = meant("a location", "https://data.example.net/notebook.ipynb")


@final
@document
class _PairDocument:
    noun: ClassVar[str] = "an amount"
    example: ClassVar[str] = "{requested: {min: 4, max: 8}}"
    requested: BoundsDocument | None = one(BoundsDocument)
    offered: BoundsDocument | None = one(BoundsDocument)


@final
@document
class _VolumeDocument(_Component):
    noun: ClassVar[str] = "a volume"
    example: ClassVar[str] = "{path: /in, mode: READONLY, resource: scan42}"
    type: str | None = meant("a URI", f"{_URI}…")
    path: str | None = meant("a path", "/in")
    mode: str | None = meant("`READONLY` or `READWRITE`", "READONLY", word="READONLY")
    resource: str | None = meant("the name of a resource", "scan42")


@final
@document
class ComputeDocument(_Typed):
    """A compute resource."""

    noun: ClassVar[str] = "a compute resource"
    example: ClassVar[str] = f"{{type: {_URI}resources/compute/simple-compute-resource-1.0}}"
    cores: _PairDocument | None = one(_PairDocument)
    memory: _PairDocument | None = one(_PairDocument)
    volumes: list[_VolumeDocument | None] | None = several(_VolumeDocument)


@final
@document
class StorageDocument(_Typed):
    """A storage resource."""

    noun: ClassVar[str] = "a storage resource"
    example: ClassVar[str] = f"{{type: {_URI}resources/storage/simple-storage-resource-1.0}}"
    size: _PairDocument | None = one(_PairDocument)


@document
class _Data(_Typed):
    noun: ClassVar[str] = "a data resource"
    example: ClassVar[str] = f"{{type: {_URI}resources/data/simple-data-resource-1.0}}"
    storage: str | None = meant("the name of a storage resource", "scratch")


@final
@document
class _SimpleDataDocument(_Data):
    location: str | None = meant("a location", "https://data.example.net/scan42.uvfits", is_required=True)


@final
@document
class _RucioDataDocument(_Data):
    endpoint: str | None = meant("a URL", "https://rucio.example.net")
    domain: str | None = meant("a domain", "testing")
    object: str | None = meant("the name of an object", "scan42", is_required=True)


@final
@document
class _S3DataDocument(_Data):
    endpoint: str | None = meant("a URL", "https://s3.example.net")
    template: str | None = meant("a template", '"https://s3.example.net/{bucket}/{object}"')
    bucket: str | None = meant("the name of a bucket", "scans", is_required=True)
    object: str | None = meant("the name of an object", "scan42")


#: The class of each type of executable and of data, by what this library calls it.
EXECUTABLES: Final[dict[str, type[Any]]] = {
    "docker-container": _DockerDocument,
    "jupyter-notebook": _LocatedDocument,
    "singularity-container": _LocatedDocument,
}
DATA: Final[dict[str, type[Any]]] = {
    "": _SimpleDataDocument,
    "rucio": _RucioDataDocument,
    "s3": _S3DataDocument,
}


@final
@document
class _ResourcesDocument:
    noun: ClassVar[str] = "resources"
    example: ClassVar[str] = "{compute: […], storage: […], data: […]}"
    compute: list[dict[str, Any] | None] | None = several(ComputeDocument)
    storage: list[dict[str, Any] | None] | None = several(StorageDocument)
    data: list[dict[str, Any] | None] | None = several(_Data)


@final
@document
class _RequestedDocument:
    noun: ClassVar[str] = "a requested time"
    example: ClassVar[str] = '{duration: PT3H, start: ["2031-05-02T19:00:00Z/PT4H"]}'
    duration: Scalar | None = meant("a duration", "PT3H")
    start: list[Scalar | None] | None = meant("a list of intervals", '["2031-05-02T19:00:00Z/PT4H"]')


@final
@document
class _TimedDocument:
    noun: ClassVar[str] = "a start and a duration"
    example: ClassVar[str] = _RUN
    start: str | None = meant("an interval", '"2031-05-02T20:00:00Z/PT15M"')
    duration: str | None = meant("a duration", "PT3H")


@final
@document
class _ScheduleDocument:
    noun: ClassVar[str] = "a schedule"
    example: ClassVar[str] = "{requested: {duration: PT3H}}"
    requested: _RequestedDocument | None = one(_RequestedDocument)


@final
@document
class RequestDocument:
    """A request for offers."""

    noun: ClassVar[str] = "a request"
    example: ClassVar[str] = "{executable: {…}, resources: {…}, schedule: {…}}"
    name: str | None = meant("a name", "fringe-fit")
    executable: dict[str, Any] | None = one(_Executable)
    resources: _ResourcesDocument | None = one(_ResourcesDocument)
    schedule: _ScheduleDocument | None = one(_ScheduleDocument)


@final
@document
class _OfferedDocument:
    noun: ClassVar[str] = "the schedule of an offer"
    example: ClassVar[str] = f"{{executing: {_RUN}}}"
    requested: _RequestedDocument | None = one(_RequestedDocument)
    preparing: _TimedDocument | None = one(_TimedDocument)
    executing: _TimedDocument | None = meant("a start and a duration", _RUN, is_required=True)
    releasing: _TimedDocument | None = one(_TimedDocument)


@final
@document
class _OptionDocument:
    noun: ClassVar[str] = "an option"
    example: ClassVar[str] = '{type: "uri:enum-value-option", path: phase, values: [ACCEPTED, REJECTED]}'
    path: str | None = meant("a path", "phase", is_required=True)
    pattern: str | None = meant("a regular expression", '"[A-Z]+"')
    values: list[str | None] | None = meant("a list", "[ACCEPTED, REJECTED]")
    min: int | None = meant("a whole number", "1")
    max: int | None = meant("a whole number", "8")
    units: str | None = meant("a unit", "GiB")
    type: str | None = meant("a URI", '"uri:enum-value-option"', is_required=True)


@final
@document
class SessionDocument(_Typed):
    """An offer, or what became of one."""

    noun: ClassVar[str] = "an offer"
    example: ClassVar[str] = "{type: …, phase: OFFERED, schedule: {…}, …}"
    phase: str | None = meant("a phase", "OFFERED", is_required=True)
    state: str | None = meant("a phase", "OFFERED")
    expires: str | None = meant("an instant", '"2031-05-02T08:05:00Z"', is_required=True)
    executable: dict[str, Any] | None = one(_Executable)
    resources: _ResourcesDocument | None = one(_ResourcesDocument)
    schedule: _OfferedDocument | None = meant("a schedule", f"{{executing: {_RUN}}}", is_required=True)
    options: list[_OptionDocument | None] | None = several(_OptionDocument)


@final
@document
class OfferSetDocument(_Component):
    """An answer."""

    noun: ClassVar[str] = "a set of offers"
    example: ClassVar[str] = '{result: "YES", offers: […]}'
    type: str | None = meant("a URI", f"{_URI}…")
    result: Scalar | None = meant('`"YES"` or `"NO"`', '"YES"', is_required=True)
    offers: list[SessionDocument | None] | None = several(SessionDocument)
