"""The keys of the Calycopis schema, version 1.0, of 2026."""

from __future__ import annotations

from typing import Any, ClassVar, Final, final

from execbroker.languages.drafts.keys import BoundsDocument, ImageDocument, MessageDocument, NetworkDocument
from execbroker.languages.structuring.document_classes import Number, Scalar, document, meant, one, several

__all__ = [
    "DATA",
    "EXECUTABLES",
    "ComputeDocument",
    "FigureDocument",
    "OfferSetDocument",
    "RequestDocument",
    "SessionDocument",
    "StorageDocument",
]

_URI: Final = "https://www.purl.org/ivoa.net/Calycopis-openapi/schema/v1.0/kinds/"
_RUN: Final = '{start: "2031-03-04T20:30:00Z/PT10M", duration: PT2H}'


@final
@document
class _OptionDocument:
    noun: ClassVar[str] = "an option"
    example: ClassVar[str] = '{kind: "uri:enum-value-option", path: /phase, values: [ACCEPTED, REJECTED]}'
    path: str | None = meant("a path", "phase", is_required=True)
    pattern: str | None = meant("a regular expression", '"[A-Z]+"')
    values: list[str | None] | None = meant("a list", "[ACCEPTED, REJECTED]")
    min: int | None = meant("a whole number", "1")
    max: int | None = meant("a whole number", "8")
    units: str | None = meant("a unit", "GiB")
    kind: str | None = meant("a URI", '"uri:enum-value-option"', is_required=True)


@final
@document
class _MetaDocument:
    noun: ClassVar[str] = "what is known of a component"
    example: ClassVar[str] = "{name: node}"
    uuid: str | None = meant("a UUID", '"0b5c1f0e-1111-4a4a-8c8c-000000000001"')
    name: str | None = meant("a name", "node")
    url: str | None = meant("a URL", "https://eb.example.net/sessions/1")
    description: str | None = meant("a text", "the node")
    created: str | None = meant("an instant", '"2031-03-04T09:00:00Z"')
    modified: str | None = meant("an instant", '"2031-03-04T09:00:00Z"')
    messages: list[MessageDocument | None] | None = several(MessageDocument)
    options: list[_OptionDocument | None] | None = several(_OptionDocument)


@final
@document
class FigureDocument:
    """A cost or a metric, or what is demanded of one."""

    noun: ClassVar[str] = "a cost or a metric"
    example: ClassVar[str] = '{kind: …, type: "urn:ivoa:calycopis:cost:monetary", max: 2.5}'
    kind: str | None = meant("a URI", f"{_URI}costs/simple-minmax-float-cost.yaml", is_required=True)
    type: str | None = meant("a URI", '"urn:ivoa:calycopis:cost:monetary"')
    description: str | None = meant("a text", "EUR")
    min: Number | None = meant("a number", "0.5")
    max: Number | None = meant("a number", "2.5")


@document
class _Component:
    kind: str | None = meant("a URI", f"{_URI}…", is_required=True)
    meta: _MetaDocument | None = one(_MetaDocument)
    costs: list[FigureDocument | None] | None = several(FigureDocument)
    metrics: list[FigureDocument | None] | None = several(FigureDocument)


@final
@document
class _TimedDocument:
    noun: ClassVar[str] = "a start and a duration"
    example: ClassVar[str] = _RUN
    start: str | None = meant("an interval", '"2031-05-02T20:00:00Z/PT15M"')
    duration: str | None = meant("a duration", "PT3H")


@final
@document
class _LifeDocument:
    noun: ClassVar[str] = "a schedule"
    example: ClassVar[str] = f"{{available: {_RUN}}}"
    preparing: _TimedDocument | None = one(_TimedDocument)
    available: _TimedDocument | None = one(_TimedDocument)
    releasing: _TimedDocument | None = one(_TimedDocument)


@document
class _Living(_Component):
    phase: str | None = meant("a phase", "INITIALIZING")
    schedule: _LifeDocument | None = one(_LifeDocument)


@document
class _Executable(_Living):
    noun: ClassVar[str] = "an executable"
    example: ClassVar[str] = f"{{kind: {_URI}executable/docker-container.yaml}}"


@final
@document
class _DockerDocument(_Executable):
    image: ImageDocument | None = one(ImageDocument)
    privileged: bool | None = meant("`true` or `false`", "false")
    entrypoint: str | None = meant("a path", "/bin/run")
    environment: dict[str, str] | None = meant("a mapping of names to text", "{BAND: K}")
    network: NetworkDocument | None = one(NetworkDocument)
    command: list[str | None] | None = meant("a list", "[stack, --band, r]")


@final
@document
class _LocatedDocument(_Executable):
    location: str | None = meant("a location", "https://data.example.net/notebook.ipynb")


@final
@document
class _VolumeDocument(_Component):
    noun: ClassVar[str] = "a volume"
    example: ClassVar[str] = f"{{kind: {_URI}volume/simple-volume-mount.yaml, path: /in, resource: raw}}"
    path: str | None = meant("a path", "/in")
    mode: str | None = meant("`READONLY` or `READWRITE`", "READONLY", word="READONLY")
    resource: str | None = meant("the name of a resource", "raw")


@final
@document
class ComputeDocument(_Living):
    """A compute resource."""

    noun: ClassVar[str] = "a compute resource"
    example: ClassVar[str] = f"{{kind: {_URI}compute/simple-compute-resource.yaml}}"
    cores: BoundsDocument | None = one(BoundsDocument)
    memory: BoundsDocument | None = one(BoundsDocument)
    volumes: list[_VolumeDocument | None] | None = several(_VolumeDocument)


@final
@document
class StorageDocument(_Living):
    """A storage resource."""

    noun: ClassVar[str] = "a storage resource"
    example: ClassVar[str] = f"{{kind: {_URI}storage/simple-storage-resource.yaml}}"
    size: BoundsDocument | None = one(BoundsDocument)
    data: list[str | None] | None = meant("a list", "[raw]")


@document
class _Data(_Living):
    noun: ClassVar[str] = "a data resource"
    example: ClassVar[str] = f"{{kind: {_URI}data/simple-data-resource.yaml}}"
    storage: str | None = meant("the name of a storage resource", "scratch")


@final
@document
class _SimpleDataDocument(_Data):
    location: str | None = meant("a location", "https://data.example.net/scan42.uvfits", is_required=True)


@final
@document
class _S3DataDocument(_Data):
    endpoint: str | None = meant("a URL", "https://s3.example.net")
    template: str | None = meant("a template", '"https://s3.example.net/{bucket}/{object}"')
    bucket: str | None = meant("the name of a bucket", "scans", is_required=True)
    object: str | None = meant("the name of an object", "scan42")


@final
@document
class _RucioDocument:
    noun: ClassVar[str] = "a name in Rucio"
    example: ClassVar[str] = "{scope: testing, object: scan42}"
    endpoint: str | None = meant("a URL", "https://rucio.example.net")
    scope: str | None = meant("a scope", "testing")
    object: str | None = meant("the name of an object", "scan42", is_required=True)
    type: str | None = meant("`FILE`, `CONTAINER` or `DATASET`", "FILE", word="FILE")


@final
@document
class _RucioDataDocument(_Data):
    rucio: _RucioDocument | None = meant("a name in Rucio", "{object: scan42}", is_required=True)


@final
@document
class _IvoaDocument:
    noun: ClassVar[str] = "a name in the registry"
    example: ClassVar[str] = '{ivoid: "ivo://example.net/scans?42"}'
    ivoid: str | None = meant("an IVOA identifier", '"ivo://example.net/scans?42"', is_required=True)
    obscore: dict[str, Any] | None = meant("a mapping", "{obs_id: scan42}")
    datalink: dict[str, Any] | None = meant("a mapping", "{id: scan42}")


@final
@document
class _IvoaDataDocument(_Data):
    ivoa: _IvoaDocument | None = meant(
        "a name in the registry", '{ivoid: "ivo://example.net/x"}', is_required=True
    )


@final
@document
class _ChecksumDocument:
    noun: ClassVar[str] = "a checksum"
    example: ClassVar[str] = '{type: md5, value: "9f0c"}'
    type: str | None = meant("the name of a sum", "md5")
    value: str | None = meant("the digits of a sum", '"9f0c"')


@final
@document
class _ReplicaDocument:
    noun: ClassVar[str] = "a replica"
    example: ClassVar[str] = '{rsename: SITE_A, dataurl: "https://data.example.net/scan42"}'
    rsename: str | None = meant("the name of a store", "SITE_A")
    dataurl: str | None = meant("a URL", "https://data.example.net/scan42")


@final
@document
class _SkaoDocument:
    noun: ClassVar[str] = "a name in the SKAO"
    example: ClassVar[str] = "{namespace: testing, objectname: scan42}"
    namespace: str | None = meant("a name", "testing")
    objectname: str | None = meant("a name", "scan42", is_required=True)
    objecttype: str | None = meant("a kind of object", "FILE")
    datasize: int | None = meant("a number of bytes", "1048576")
    checksum: _ChecksumDocument | None = one(_ChecksumDocument)
    replicas: list[_ReplicaDocument | None] | None = several(_ReplicaDocument)


@final
@document
class _SkaoDataDocument(_Data):
    ivoa: _IvoaDocument | None = one(_IvoaDocument)
    skao: _SkaoDocument | None = meant("a name in the SKAO", "{objectname: scan42}", is_required=True)


#: The class of each kind of executable and of data, by what this library calls it.
EXECUTABLES: Final[dict[str, type[Any]]] = {
    "docker-container": _DockerDocument,
    "jupyter-notebook": _LocatedDocument,
    "singularity-container": _LocatedDocument,
}
DATA: Final[dict[str, type[Any]]] = {
    "": _SimpleDataDocument,
    "s3": _S3DataDocument,
    "rucio": _RucioDataDocument,
    "ivoa": _IvoaDataDocument,
    "skao": _SkaoDataDocument,
}


@final
@document
class _RequestedDocument:
    noun: ClassVar[str] = "a requested time"
    example: ClassVar[str] = '{duration: PT1H30M, start: "2031-03-04T20:00:00Z/PT8H"}'
    duration: Scalar | None = meant("a duration", "PT1H30M")
    start: Scalar | None = meant("an interval", '"2031-03-04T20:00:00Z/PT8H"')


@final
@document
class _ScheduleDocument:
    noun: ClassVar[str] = "a schedule"
    example: ClassVar[str] = "{requested: {duration: PT1H30M}}"
    requested: _RequestedDocument | None = one(_RequestedDocument)


@final
@document
class RequestDocument:
    """A request for offers."""

    noun: ClassVar[str] = "a request"
    example: ClassVar[str] = "{executable: {…}, compute: {…}, schedule: {…}}"
    executable: dict[str, Any] | None = one(_Executable)
    compute: dict[str, Any] | None = one(ComputeDocument)
    storage: list[dict[str, Any] | None] | None = several(StorageDocument)
    data: list[dict[str, Any] | None] | None = several(_Data)
    schedule: _ScheduleDocument | None = one(_ScheduleDocument)
    costs: list[FigureDocument | None] | None = several(FigureDocument)
    metrics: list[FigureDocument | None] | None = several(FigureDocument)


@final
@document
class _ConnectorDocument:
    noun: ClassVar[str] = "a way in"
    example: ClassVar[str] = '{kind: "urn:example:http", status: AVAILABLE, protocol: HTTP}'
    kind: str | None = meant("a URI", '"urn:example:http"')
    meta: _MetaDocument | None = one(_MetaDocument)
    status: str | None = meant("a status", "AVAILABLE")
    protocol: str | None = meant("the name of a protocol", "HTTP")
    location: str | None = meant("a URL", "https://eb.example.net/x")


@final
@document
class SessionDocument(_Component):
    """An offer, or what became of one."""

    noun: ClassVar[str] = "an offer"
    example: ClassVar[str] = "{kind: …, phase: OFFERED, schedule: {…}, …}"
    phase: str | None = meant("a phase", "OFFERED", is_required=True)
    expires: str | None = meant("an instant", '"2031-03-04T09:05:00Z"', is_required=True)
    executable: dict[str, Any] | None = one(_Executable)
    compute: dict[str, Any] | None = one(ComputeDocument)
    storage: list[dict[str, Any] | None] | None = several(StorageDocument)
    data: list[dict[str, Any] | None] | None = several(_Data)
    schedule: _LifeDocument | None = one(_LifeDocument)
    connectors: list[_ConnectorDocument | None] | None = several(_ConnectorDocument)


@final
@document
class OfferSetDocument:
    """An answer."""

    noun: ClassVar[str] = "a set of offers"
    example: ClassVar[str] = '{result: "YES", offers: […]}'
    kind: str | None = meant("a URI", f"{_URI}offerset/execution-offerset.yaml")
    meta: _MetaDocument | None = one(_MetaDocument)
    description: str | None = meant("a text", "offers of today")
    costs: list[FigureDocument | None] | None = several(FigureDocument)
    metrics: list[FigureDocument | None] | None = several(FigureDocument)
    result: Scalar | None = meant('`"YES"` or `"NO"`', '"YES"', is_required=True)
    offers: list[SessionDocument | None] | None = several(SessionDocument)
