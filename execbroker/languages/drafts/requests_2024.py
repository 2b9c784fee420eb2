"""Requests in the draft's text of 2024, in either of its layers: from a document to a task.

Cores and memory that are mentioned have a minimum of 1, and in the older layer a maximum that is the minimum unless
it is given (IVOA ExecutionBroker draft, section 6.2.7).
"""

from __future__ import annotations

from collections.abc import Sequence
from decimal import Decimal
from fractions import Fraction
from math import ceil, floor
from typing import Any, Final

from execbroker.core.amounts import CORES, MEMORY, STORAGE
from execbroker.core.problems import Reading, Unreadable, nearest, quoted
from execbroker.core.ranges import FULL, Range
from execbroker.core.sizes import LARGEST, parse_size
from execbroker.core.spans import Span
from execbroker.core.task import Compute, Data, Executable, Schedule, Storage, Task, Volume
from execbroker.languages.drafts.amounts import UNIT
from execbroker.languages.drafts.components import check_word
from execbroker.languages.drafts.detection import DRAFT_2024
from execbroker.languages.drafts.keys import advise
from execbroker.languages.drafts.keys_2024 import NewRequestDocument, OldRequestDocument, VolumeDocument
from execbroker.languages.drafts.times import Forms, read_interval, read_length
from execbroker.languages.structuring.faults import report_unknown
from execbroker.languages.structuring.findings import Findings, few
from execbroker.languages.structuring.quantities import digits, read_pair
from execbroker.languages.structuring.roots import read_root
from execbroker.languages.structuring.structure import structure
from execbroker.languages.text.documents import Document, Path

__all__ = ["EXECUTABLES", "read", "read_older"]

_FORMS: Final = Forms(is_loose=True)
_PURL: Final = "https://www.purl.org/ivoa.net"
#: What this library calls the executables of both layers.
EXECUTABLES: Final = {
    f"{_PURL}/executable-types/docker-container": "docker-container",
    f"{_PURL}/executable-types/oci-container": "oci-container",
    f"{_PURL}/executable-types/singularity-container": "singularity-container",
    f"{_PURL}/executable-types/jupyter-notebook": "jupyter-notebook",
    f"{_PURL}/executable-types/zeppelin-notebook": "zeppelin-notebook",
    "uri:docker-container-1.0": "docker-container",
    "uri:singular-container-1.0": "singularity-container",
    "uri:jupyter-notebook-1.0": "jupyter-notebook",
    "uri:python-program-1.0": "python-program",
    "uri:java-program-1.0": "java-program",
}
_COMPUTE: Final = ("uri:generic-compute", f"{_PURL}/resource-types/generic-compute")
_STORAGE: Final = tuple(
    f"{before}{name}-storage"
    for before in ("uri:", f"{_PURL}/storage-types/")
    for name in ("ephemeral", "persistent", "amazon-s3", "rucio", "vospace")
)
_MODES: Final = {"r": False, "ro": False, "readonly": False, "rw": True, "readwrite": True}
_MOST_REPLICAS: Final = 1000


def read(document: Document) -> Reading[Task]:
    """The task of a request, or all its problems."""
    findings = Findings(document)
    root = read_root(findings, "a request", f"write {{request: {OldRequestDocument.example}}}")
    if root is None:
        return findings.reading(None)
    if "request" not in root:
        new = structure(root, NewRequestDocument, findings, advise)
        return findings.reading(new and _task(findings, (), new, new.schedule, "schedule", is_old=False))
    for key in root:
        if key != "request":
            report_unknown(findings, (key,), OldRequestDocument, advise)
    return findings.reading(read_older(findings, ("request",), root["request"]))


def read_older(findings: Findings, at: Path, node: object) -> Task | None:
    """The task of what is inside `request` in the older layer, as far as it is sound."""
    old = structure(node, OldRequestDocument, findings, advise, at)
    return old and _task(findings, at, old, old.datetime, "datetime", is_old=True)


def _task(
    findings: Findings, at: Path, found: Any, starts: Sequence[Any] | None, key: str, *, is_old: bool
) -> Task:
    holder = found.resources
    groups = {group: getattr(holder, group, None) or [] for group in ("compute", "storage", "data")}
    places = {
        group: [((*at, "resources", group, index), each) for index, each in enumerate(nodes) if each]
        for group, nodes in groups.items()
    }
    _check_names(findings, [place for group in places.values() for place in group])
    known = [each.name for group in ("storage", "data") for _, each in places[group] if each.name is not None]
    return Task(
        name=getattr(found, "name", None),
        executable=found.executable and _executable(findings, (*at, "executable"), found.executable, is_old),
        compute=tuple(
            one for place, each in places["compute"] for one in _compute(findings, place, each, known, is_old)
        ),
        storage=tuple(_storage(findings, place, each, is_old) for place, each in places["storage"]),
        data=tuple(Data(each.location or "", each.name) for _, each in places["data"]),
        schedule=_schedule(findings, (*at, key), starts or ()),
        language=DRAFT_2024,
    )


def _check_names(findings: Findings, places: Sequence[tuple[Path, Any]]) -> None:
    first: dict[str, Path] = {}
    for at, each in places:
        if each.name is None:
            continue
        if each.name in first:
            line = findings.line(first[each.name])
            message = f"the name {quoted(each.name)} is taken already, on line {line}"
            hint = "give each resource of the request one of its own"
            findings.error("duplicate-name", message, (*at, "name"), hint=hint, found=each.name)
        first.setdefault(each.name, (*at, "name"))


def _executable(findings: Findings, at: Path, found: Any, is_old: bool) -> Executable:
    """What is to be run; types that nobody knows are for whoever does."""
    details = dict(found.rest)
    if is_old and "spec" in details:
        spec = details.pop("spec")
        if not isinstance(spec, dict):
            findings.error(
                "wrong-type", "`spec` is not a mapping", (*at, "spec"), hint="write keys and values"
            )
        else:
            details |= spec
    given = found.type or ""
    if given not in EXECUTABLES and (near := nearest(given, EXECUTABLES)):
        message = f"{quoted(given)} is none of the draft's executables"
        findings.warn("unknown-type", message, (*at, "type"), hint=f"did you mean `{near}`?", found=given)
    return Executable(EXECUTABLES.get(given, given), details)


def _compute(findings: Findings, at: Path, found: Any, known: Sequence[str], is_old: bool) -> list[Compute]:
    """A compute resource, as often as it is asked for."""
    check_word(findings, (*at, "type"), found.type, _COMPUTE)
    holder, where = (found.spec, (*at, "spec")) if is_old else (found, at)
    ranges = {}
    for resource in (CORES, MEMORY):
        asked = _asked(findings, (*where, resource), getattr(holder, resource, None), resource, is_old)
        if asked is not None:
            ranges[resource] = asked
    volumes = tuple(
        _volume(findings, (*where, "volumes", index), each, known)
        for index, each in enumerate(getattr(holder, "volumes", None) or ())
        if each
    )
    replicas = 1 if not is_old or found.replicas is None else found.replicas
    if not 1 <= replicas <= _MOST_REPLICAS:
        hint = f"write 1 to {_MOST_REPLICAS}"
        findings.error(
            "replicas", f"`replicas`: {replicas} is no number of machines", (*at, "replicas"), hint=hint
        )
        replicas = 1
    names = [found.name] + [found.name and f"{found.name}-{number}" for number in range(2, replicas + 1)]
    return [Compute(name, ranges, volumes) for name in names]


def _volume(findings: Findings, at: Path, found: VolumeDocument, known: Sequence[str]) -> Volume:
    check_word(findings, (*at, "mode"), found.mode, _MODES)
    if found.parameter is not None:
        message = "parameters are not kept, and so nothing is where they should be"
        findings.warn("not-kept", message, (*at, "parameter"), hint="name a resource")
    if found.resource is not None and found.resource not in known:
        near = nearest(found.resource, known)
        hint = f"did you mean `{near}`?" if near else f"there are {few(known)}" if known else "there are none"
        message = f"`resource`: nothing in the request is called {quoted(found.resource)}"
        findings.error("unknown-resource", message, (*at, "resource"), hint=hint, found=found.resource)
    path = found.path if found.path is not None else found.filepath
    return Volume(found.resource, path, _MODES.get(found.mode or "", False), found.name)


def _storage(findings: Findings, at: Path, found: Any, is_old: bool) -> Storage:
    check_word(findings, (*at, "type"), found.type, _STORAGE)
    if not is_old and found.rest:
        findings.warn("not-kept", f"{few(found.rest)} of storage is not kept", at, hint="leave it out")
    holder, where = (found.spec, (*at, "spec")) if is_old else (found, at)
    asked = _asked(findings, (*where, "size"), getattr(holder, "size", None), STORAGE, is_old)
    return Storage(found.name, asked or Range(UNIT[STORAGE]))


def _asked(findings: Findings, at: Path, found: Any, resource: str, is_old: bool) -> Range | None:
    """The range that is asked of a resource, if it is mentioned."""
    if found is not None and not is_old:
        if found.offered is not None:
            findings.warn("not-kept", "`offered` of a request is not kept", (*at, "offered"), of_key=True)
        at, found = (*at, "requested"), found.requested
    if found is None:
        return None
    given = {key: value for key in ("min", "max") if (value := getattr(found, key)) is not None}

    def read(path: Path, value: object, up: bool) -> int | None:
        return findings.read(lambda text: _whole(text, value, resource, found.units, up=up), path, value)

    pair = read_pair(findings, at, "", given, read) if given else Range()
    if pair is None:
        return None
    least, most, one = pair.minimum, pair.maximum, UNIT[resource]
    if least is None:
        least = one if most is None else min(one, most)
    if most is None and is_old and resource != STORAGE:
        most = least
    return Range(least, most)


def _whole(text: str, value: object, resource: str, units: str | None, *, up: bool) -> int:
    """An amount in its resource's unit: of cores and GiB, or of other units of size where they are named."""
    if isinstance(value, str):
        raise Unreadable("not-a-number", f"{quoted(text)} is not a number", "write a number, such as 4")
    assert isinstance(value, int | Decimal)
    if value < 0:
        raise Unreadable("negative-amount", f"{quoted(text)} is below zero", "write 0 or more")
    if units is not None and resource != CORES:
        return parse_size(f"{digits(value)}{units}", up=up)
    exact = Fraction(value) * UNIT[resource]
    if exact > LARGEST:
        raise Unreadable("too-large", f"{quoted(text)} is more than anybody has", "write less")
    if resource == CORES and exact.denominator != 1:
        message = f"{quoted(text)} is finer than a thousandth of a core"
        raise Unreadable("amount-too-fine", message, "write three decimals or fewer")
    return ceil(exact) if up else floor(exact)


def _schedule(findings: Findings, at: Path, starts: Sequence[Any]) -> Schedule:
    """The starts; of several durations the first counts, for the core has one."""
    spans: list[Span] = []
    duration: Range | None = None
    for index, each in enumerate(starts):
        if each is None:
            continue
        place: Path = (*at, index)
        length = _duration(findings, (*place, "duration"), each.duration) if each.duration else FULL
        span = None if each.start is None else read_interval(findings, (*place, "start"), each.start, _FORMS)
        duration = length if duration is None else duration
        if length != duration:
            message = "this is not kept: its duration is another than that of the first"
            findings.warn("not-kept", message, place, hint="ask for each duration by itself")
        elif span is not None:
            spans.append(span)
    return Schedule(duration=duration or FULL, starts=tuple(spans))


def _duration(findings: Findings, at: Path, found: Any) -> Range:
    given = {key: value for key in ("min", "max") if (value := getattr(found, key)) is not None}
    if found.units is not None:
        findings.error("unknown-key", "unknown key `units`", (*at, "units"), of_key=True, hint="leave it out")

    def read(path: Path, value: object, _: bool) -> int | None:
        return read_length(findings, path, value)

    return (read_pair(findings, at, "", given, read) if given else None) or FULL
