"""The resources of a task: compute, storage and data, and how they refer to one another."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

from execbroker.core.problems import nearest, quoted
from execbroker.core.ranges import Range
from execbroker.core.sizes import format_size
from execbroker.core.task import Compute, Data, Storage
from execbroker.languages.document_classes import similar
from execbroker.languages.documents import Path
from execbroker.languages.findings import Findings, shown
from execbroker.languages.quantities import Amount, read_amount, read_pair, read_size
from execbroker.languages.tdl_keys import (
    RESOURCES,
    ComputeDocument,
    DataDocument,
    StorageDocument,
    advise_compute,
)

__all__ = ["check_names", "check_staging", "read_compute", "read_data", "read_storage"]

#: The ends of a range, as keys begin; the empty one is a bare name.
_ENDS: Final = ("min", "max", "")


def read_compute(
    findings: Findings, at: Path, found: ComputeDocument, known: frozenset[str], kinds: dict[str, bool]
) -> Compute:
    """One compute resource.

    Args:
        findings: Where problems go.
        at: Where the resource is.
        found: What the document says.
        known: The further resource names that the platforms have.
        kinds: Which further names are sizes, as far as the task has shown; this is added to.
    """
    names: dict[str, None] = {}
    for key in found.rest:
        if name := _resource_of(findings, (*at, key), known):
            names[name] = None
    ranges = {}
    for name in names:

        def read(path: Path, value: object, up: bool, name: str = name) -> int | None:
            amount = read_amount(findings, name, path, value, up=up)
            return amount and _consistent(findings, name, path, amount, kinds)

        if (pair := read_pair(findings, at, name, found.rest, read)) is not None:
            ranges[name] = Range(pair.minimum or 0, pair.maximum)
    return Compute(found.name, ranges)


def _resource_of(findings: Findings, path: Path, known: frozenset[str]) -> str | None:
    """The resource that a key speaks of, or None after writing down that it speaks of none."""
    key = str(path[-1])
    for end in _ENDS:
        name = key.removeprefix(end)
        if key.startswith(end) and (name in RESOURCES or name in known):
            return name
    if advice := advise_compute(key, known):
        code, hint = advice
        findings.error(code, f"unknown key {quoted(key)}", path, hint=hint, found=key, of_key=True)
        return None
    name = key.removeprefix("min") if key.startswith("min") else key.removeprefix("max")
    if not name.isidentifier() and not name.replace("-", "_").replace(".", "_").isidentifier():
        findings.error(
            "unknown-key",
            f"unknown key {quoted(key)}",
            path,
            found=key,
            of_key=True,
            hint="write `min` or `max` and the name of a resource, such as `mincores`",
        )
        return None
    return name


def _consistent(
    findings: Findings, name: str, path: Path, amount: Amount, kinds: dict[str, bool]
) -> int | None:
    """The value of an amount, unless the task gives the same resource as a size here and as a count there."""
    if amount.is_size is not None and kinds.setdefault(name, amount.is_size) != amount.is_size:
        this, other = ("a size", "a count") if amount.is_size else ("a count", "a size")
        findings.error(
            "mixed-units",
            f"`{path[-1]}` is {this}, but elsewhere the task gives `{name}` as {other}",
            path,
            hint="write all of them with a unit (`80G`), or none",
        )
        return None
    return amount.value


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
    names = list(dict.fromkeys(each.name for each in storage if each and each.name is not None))
    for index, each in enumerate(data):
        if each and each.storage is not None and each.storage not in names:
            _report_storage(findings, (*at, "data-resources", index, "storage"), each.storage, names)
    for index, place in enumerate(storage):
        if place and place.name is not None:
            staged = sum(each.size or 0 for each in data if each and each.storage == place.name)
            if staged > (place.size.minimum or 0):
                _warn_small(findings, (*at, "storage-resources", index), place, staged)


def _report_storage(findings: Findings, path: Path, name: str, names: list[str]) -> None:
    if near := nearest(name, names) or similar(name, names):
        hint = f"did you mean `{near}`?"
    elif names:
        hint = f"the task has {', '.join(f'{quoted(each)}' for each in names)}"
    else:
        hint = f"add `storage-resources: [{{name: {shown(name)}, minsize: 1T}}]`"
    findings.error(
        "unknown-storage", f"the task has no storage resource {quoted(name)}", path, hint=hint, found=name
    )


def _warn_small(findings: Findings, at: Path, place: Storage, staged: int) -> None:
    least = format_size(place.size.minimum or 0)
    size = format_size(staged)
    findings.warn(
        "storage-too-small",
        f"{quoted(place.name or '')} may be as small as {least}, but {size} of data are staged into it",
        at,
        hint=f"write `minsize: {size}` or more",
    )
