"""The resources of a task: compute, storage and data, and how they refer to one another."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

from execbroker.core.problems import nearest, quoted
from execbroker.core.ranges import Range
from execbroker.core.sizes import format_size
from execbroker.core.task import Compute, Data, Storage
from execbroker.languages.structuring.document_classes import similar
from execbroker.languages.structuring.findings import Findings, few, shown
from execbroker.languages.structuring.ledger import Ledger
from execbroker.languages.structuring.quantities import is_name, read_pair, read_size
from execbroker.languages.tdl.keys import (
    RESOURCES,
    ComputeDocument,
    DataDocument,
    StorageDocument,
    advise_compute,
)
from execbroker.languages.text.documents import Path

__all__ = ["check_names", "check_staging", "read_compute", "read_data", "read_storage"]

#: The ends of a range, as keys begin; the empty one is a bare name.
_ENDS: Final = ("min", "max", "")


def read_compute(
    findings: Findings, at: Path, found: ComputeDocument, known: frozenset[str], ledger: Ledger
) -> Compute:
    """One compute resource.

    Args:
        findings: Where problems go.
        at: Where the resource is.
        found: What the document says.
        known: The further resource names that the platforms have.
        ledger: What the task has said of further resources.
    """
    names: dict[str, None] = {}
    for key in found.rest:
        if name := _resource_of(findings, (*at, key), known, ledger):
            names[name] = None
    ranges = {}
    for name in names:

        def read(path: Path, value: object, up: bool, name: str = name) -> int | None:
            return ledger.read(findings, name, path, value, up=up)

        if (pair := read_pair(findings, at, name, found.rest, read)) is not None:
            ranges[name] = Range(pair.minimum or 0, pair.maximum)
    return Compute(found.name, ranges)


def _resource_of(findings: Findings, path: Path, known: frozenset[str], ledger: Ledger) -> str | None:
    """The resource that a key speaks of, or None after writing down that it speaks of none."""
    key = str(path[-1])
    for end in _ENDS:
        name = key.removeprefix(end)
        if key.startswith(end) and (name in RESOURCES or name in known or name in ledger.names):
            return name
    if findings.is_full:
        return None  # looking for advice takes time
    name = key.removeprefix("min") if key.startswith("min") else key.removeprefix("max")
    advice = advise_compute(key, known)
    if advice is None and not is_name(name):
        advice = "unknown-key", "write `min` or `max` and the name of a resource, such as `mincores`"
    if advice:
        code, hint = advice
        findings.error(code, f"unknown key {quoted(key)}", path, hint=hint, found=key, of_key=True)
        return None
    return name if ledger.takes(findings, name, path) else None


def read_storage(findings: Findings, at: Path, found: StorageDocument) -> Storage:
    """One storage resource."""
    given = {"minsize": found.minsize, "maxsize": found.maxsize, "size": found.size}
    values = {key: value for key, value in given.items() if value is not None}
    pair = read_pair(
        findings, at, "size", values, lambda path, value, up: read_size(findings, path, value, up=up)
    )
    return Storage(found.name, Range(pair.minimum or 0, pair.maximum) if pair else Range(0))


def read_data(findings: Findings, at: Path, found: DataDocument) -> Data:
    """One data resource."""
    size = None if found.size is None else read_size(findings, (*at, "size"), found.size)
    if found.location is not None and not found.location.strip():
        findings.error(
            "empty-text", "`location` is empty", (*at, "location"), hint="write where the data are"
        )
    return Data(found.location or "", found.name, size, found.storage)


def check_names(findings: Findings, named: Sequence[tuple[Path, str | None]]) -> None:
    """Names are unique in the task."""
    first: dict[str, Path] = {}
    for at, name in named:
        if name is None:
            continue
        if name in first:
            line = findings.line((*first[name], "name"))
            findings.error(
                "duplicate-name",
                f"the name {quoted(name)} is taken already, on line {line}",
                (*at, "name"),
                found=name,
                hint="give each resource of the task a name of its own",
            )
        first.setdefault(name, at)


def check_staging(
    findings: Findings, at: Path, storage: Sequence[Storage | None], data: Sequence[Data | None]
) -> None:
    """Data name a storage resource of the task, and fit into it."""
    staged = dict.fromkeys((each.name for each in storage if each and each.name is not None), 0)
    for index, each in enumerate(data):
        if each and each.storage in staged:
            staged[each.storage] += each.size or 0
        elif each and each.storage is not None:
            _report_storage(findings, (*at, "data-resources", index, "storage"), each.storage, list(staged))
    for index, place in enumerate(storage):
        if place and place.name is not None:
            _check_size(findings, (*at, "storage-resources", index), place, staged[place.name])


def _report_storage(findings: Findings, path: Path, name: str, names: list[str]) -> None:
    if findings.is_full:
        return
    if near := nearest(name, names) or similar(name, names):
        hint = f"did you mean `{near}`?"
    elif names:
        hint = f"the task has {few(names)}"
    else:
        hint = f"add `storage-resources: [{{name: {shown(name)}, minsize: 1T}}]`"
    findings.error(
        "unknown-storage", f"the task has no storage resource {quoted(name)}", path, hint=hint, found=name
    )


def _check_size(findings: Findings, at: Path, place: Storage, staged: int) -> None:
    """What is staged into a storage resource fits, if it is as large, and as small, as the task lets it be."""
    least, most, size = place.size.minimum or 0, place.size.maximum, format_size(staged)
    name, much = quoted(place.name or ""), f"{size} of data are staged into it"
    if most is not None and staged > most:
        key = "size" if least == most else "maxsize"
        message, hint = f"{name} is at most {format_size(most)}, but {much}", f"write `{key}: {size}` or more"
        findings.error("storage-too-small", message, at, hint=hint)
    elif staged > least:
        message, hint = (
            f"{name} may be as small as {format_size(least)}, but {much}",
            f"write `minsize: {size}`",
        )
        findings.warn("storage-too-small", message, at, hint=f"{hint} or more")
