"""The keys of the draft's text of 2024.

It has two layers that disagree: the older one, with `spec`, and the newer. It shows examples and no schema, so
executables take any keys.
"""

from __future__ import annotations

from typing import Any, ClassVar, Final, final

from execbroker.languages.structuring.document_classes import Scalar, document, meant, one, several

__all__ = [
    "AnswerDocument",
    "NewComputeDocument",
    "NewRequestDocument",
    "NewStorageDocument",
    "OldComputeDocument",
    "OldRequestDocument",
    "OldStorageDocument",
    "RangeDocument",
    "StartDocument",
    "VolumeDocument",
]

_OLD: Final = "https://www.purl.org/ivoa.net"
_START: Final = '{start: "2031-03-04T20:00:00Z/PT8H", duration: {min: PT1H, max: PT2H}}'


@final
@document
class RangeDocument:
    """The least and the most of an amount or a duration."""

    noun: ClassVar[str] = "a range"
    example: ClassVar[str] = "{min: 4, max: 8}"
    min: Scalar | None = meant("an amount", "4")
    max: Scalar | None = meant("an amount", "8")
    units: str | None = meant("a unit", "GiB")


@final
@document
class _PairDocument:
    noun: ClassVar[str] = "an amount"
    example: ClassVar[str] = "{requested: {min: 4}}"
    requested: RangeDocument | None = one(RangeDocument)
    offered: RangeDocument | None = one(RangeDocument)


@final
@document
class VolumeDocument:
    """A volume of either layer."""

    noun: ClassVar[str] = "a volume"
    example: ClassVar[str] = "{resource: scratch, path: /scratch, mode: rw}"
    name: str | None = meant("a name", "scratch")
    resource: str | None = meant("the name of a resource", "scratch")
    parameter: str | None = meant("the name of a parameter", "input")
    path: str | None = meant("a path", "/scratch")
    filepath: str | None = meant("a path", "/scratch")
    mode: str | None = meant("`rw` or `ro`", "rw", word="rw")


@final
@document
class _ExecutableDocument:
    noun: ClassVar[str] = "an executable"
    example: ClassVar[str] = '{type: "uri:docker-container-1.0", repository: ghcr.io, image: fringe}'
    type: str | None = meant("a URI", '"uri:docker-container-1.0"', is_required=True)
    rest: dict[str, Any]


@final
@document
class StartDocument:
    """When to start, and how long it takes."""

    noun: ClassVar[str] = "a time to start"
    example: ClassVar[str] = _START
    start: Scalar | None = meant("an interval", '"2031-03-04T20:00:00Z/PT8H"')
    duration: RangeDocument | None = meant("a range", "{min: PT1H, max: PT2H}")


@final
@document
class _ComputeSpecDocument:
    noun: ClassVar[str] = "the amounts of a compute resource"
    example: ClassVar[str] = "{cores: {min: 4}, memory: {min: 16}}"
    cores: RangeDocument | None = one(RangeDocument)
    memory: RangeDocument | None = one(RangeDocument)
    volumes: list[VolumeDocument | None] | None = several(VolumeDocument)


@final
@document
class OldComputeDocument:
    """A compute resource of the older layer."""

    noun: ClassVar[str] = "a compute resource"
    example: ClassVar[str] = f"{{type: {_OLD}/resource-types/generic-compute, spec: {{cores: {{min: 4}}}}}}"
    name: str | None = meant("a name", "node")
    type: str | None = meant("a URI", f"{_OLD}/resource-types/generic-compute", is_required=True)
    replicas: int | None = meant("a whole number", "2")
    spec: _ComputeSpecDocument | None = one(_ComputeSpecDocument)


@final
@document
class _StorageSpecDocument:
    noun: ClassVar[str] = "the size of a storage resource"
    example: ClassVar[str] = "{size: {min: 200}}"
    size: RangeDocument | None = one(RangeDocument)


@final
@document
class OldStorageDocument:
    """A storage resource of the older layer, whose section of the text is empty."""

    noun: ClassVar[str] = "a storage resource"
    example: ClassVar[str] = "{name: scratch, type: …, spec: {size: {min: 200}}}"
    name: str | None = meant("a name", "scratch")
    type: str | None = meant("a URI", f"{_OLD}/storage-types/ephemeral-storage")
    spec: _StorageSpecDocument | None = one(_StorageSpecDocument)


@final
@document
class _OldResourcesDocument:
    noun: ClassVar[str] = "resources"
    example: ClassVar[str] = "{compute: […], storage: […]}"
    compute: list[OldComputeDocument | None] | None = several(OldComputeDocument)
    storage: list[OldStorageDocument | None] | None = several(OldStorageDocument)


@final
@document
class OldRequestDocument:
    """What is inside `request` in the older layer."""

    noun: ClassVar[str] = "a request"
    example: ClassVar[str] = "{executable: {…}, resources: {…}, datetime: […]}"
    executable: _ExecutableDocument | None = one(_ExecutableDocument)
    resources: _OldResourcesDocument | None = one(_OldResourcesDocument)
    datetime: list[StartDocument | None] | None = several(StartDocument)


@final
@document
class NewComputeDocument:
    """A compute resource of the newer layer."""

    noun: ClassVar[str] = "a compute resource"
    example: ClassVar[str] = '{type: "uri:generic-compute", cores: {requested: {min: 4}}}'
    name: str | None = meant("a name", "node")
    type: str | None = meant("a URI", '"uri:generic-compute"', is_required=True)
    cores: _PairDocument | None = one(_PairDocument)
    memory: _PairDocument | None = one(_PairDocument)
    volumes: list[VolumeDocument | None] | None = several(VolumeDocument)


@final
@document
class NewStorageDocument:
    """A storage resource of the newer layer; `rest` holds the keys of its type."""

    noun: ClassVar[str] = "a storage resource"
    example: ClassVar[str] = '{name: scratch, type: "uri:ephemeral-storage", size: {requested: {min: 200}}}'
    name: str | None = meant("a name", "scratch")
    type: str | None = meant("a URI", '"uri:ephemeral-storage"', is_required=True)
    size: _PairDocument | None = one(_PairDocument)
    rest: dict[str, Any]


@final
@document
class _DataDocument:
    noun: ClassVar[str] = "a data resource"
    example: ClassVar[str] = '{name: raw, type: "uri:simple-data", location: "https://data.example.net/raw"}'
    name: str | None = meant("a name", "raw")
    type: str | None = meant("a URI", '"uri:simple-data"')
    location: str | None = meant("a location", "https://data.example.net/raw", is_required=True)


@final
@document
class _NewResourcesDocument:
    noun: ClassVar[str] = "resources"
    example: ClassVar[str] = "{compute: […], storage: […], data: […]}"
    compute: list[NewComputeDocument | None] | None = several(NewComputeDocument)
    storage: list[NewStorageDocument | None] | None = several(NewStorageDocument)
    data: list[_DataDocument | None] | None = several(_DataDocument)


@final
@document
class NewRequestDocument:
    """A request of the newer layer."""

    noun: ClassVar[str] = "a request"
    example: ClassVar[str] = "{executable: {…}, resources: {…}, schedule: […]}"
    name: str | None = meant("a name", "fringe-fit")
    executable: _ExecutableDocument | None = one(_ExecutableDocument)
    resources: _NewResourcesDocument | None = one(_NewResourcesDocument)
    schedule: list[StartDocument | None] | None = several(StartDocument)


@final
@document
class _ReasonDocument:
    noun: ClassVar[str] = "a reason"
    example: ClassVar[str] = '{path: executable.type, text: "not here"}'
    path: str | None = meant("a path in the request", "executable.type")
    text: str | None = meant("a sentence", '"not here"', is_required=True)


@final
@document
class _OfferDocument:
    noun: ClassVar[str] = "an offer"
    example: ClassVar[str] = '{ident: "5f0c", status: OFFERED, expires: "2031-06-01T08:05:00Z", request: {…}}'
    ident: str | None = meant("an identifier", '"5f0c"', is_required=True)
    status: str | None = meant("a status", "OFFERED")
    expires: Scalar | None = meant("an instant", '"2031-06-01T08:05:00Z"', is_required=True)
    request: dict[str, Any] | None = meant("a request", "{resources: {…}, datetime: […]}", is_required=True)


@final
@document
class _ResponseDocument:
    noun: ClassVar[str] = "a response"
    example: ClassVar[str] = '{result: "YES", offers: […]}'
    result: Scalar | None = meant('`"YES"` or `"NO"`', '"YES"', is_required=True)
    offers: list[_OfferDocument | None] | None = several(_OfferDocument)
    reasons: list[_ReasonDocument | None] | None = several(_ReasonDocument)


@final
@document
class AnswerDocument:
    """An answer of the older layer."""

    noun: ClassVar[str] = "an answer"
    example: ClassVar[str] = '{response: {result: "NO", reasons: […]}}'
    response: _ResponseDocument | None = meant("a response", '{result: "NO"}', is_required=True)
