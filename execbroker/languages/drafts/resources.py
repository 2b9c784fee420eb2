"""Executables, compute, storage, data and volumes of a request, as the core has them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, Final, final

from attrs import field, frozen

from execbroker.core.amounts import CORES, MEMORY, STORAGE
from execbroker.core.problems import nearest, quoted
from execbroker.core.ranges import Range
from execbroker.core.task import Compute, Data, Executable, Storage, Volume
from execbroker.languages.drafts.amounts import UNIT, read_bounds
from execbroker.languages.drafts.components import (
    Component,
    check_word,
    details_of,
    open_component,
    short_type,
    warn_not_kept,
)
from execbroker.languages.drafts.dialects import Dialect
from execbroker.languages.drafts.uris import short_of
from execbroker.languages.structuring.findings import Findings, few
from execbroker.languages.text.documents import Node, Path

__all__ = [
    "MODES",
    "References",
    "read_compute",
    "read_data",
    "read_executable",
    "read_storage",
    "read_volumes",
]

#: How a volume may be used, and whether that is for writing.
MODES: Final = {"READONLY": False, "READWRITE": True}


@final
@frozen(eq=False)
class References:
    """What the parts of a request may call one another: by name or by UUID.

    Attributes:
        storage, data: From each to what the core calls it.
        is_sound: Whether all that may be meant could be read; if not, nothing is said of references.
    """

    storage: Mapping[str, str] = field(factory=dict)
    data: Mapping[str, str] = field(factory=dict)
    is_sound: bool = True

    @classmethod
    def of(cls, storage: Sequence[Component | None], data: Sequence[Component | None]) -> References:
        """The references that may be made to these."""
        return cls(_names(storage), _names(data), None not in (*storage, *data))

    def resolve(self, findings: Findings, path: Path, given: str | None, *, in_data: bool) -> str | None:
        """What the core calls what a component refers to; None after writing down that there is nothing."""
        if given is None:
            return None
        known = {**self.storage, **(self.data if in_data else {})}
        if given in known:
            return known[given]
        if self.is_sound:
            near = nearest(given, known)
            there = f"there are {few(known)}" if known else "there is nothing that it could mean"
            hint = f"did you mean `{near}`?" if near else there
            findings.error(
                "unknown-resource",
                f"`{path[-1]}`: nothing in the request is called {quoted(given)}",
                path,
                hint=hint,
                found=given,
            )
        return None


def _names(group: Sequence[Component | None]) -> dict[str, str]:
    return {
        name: each.called for each in group if each and each.called for name in (each.name, each.uuid) if name
    }


def read_executable(
    findings: Findings, at: Path, node: Mapping[str, Node], dialect: Dialect
) -> Executable | None:
    """What is to be run.

    One whose type is none of the schema's is a task for whoever knows the type, and a NO from everybody else.
    """
    given = node.get(dialect.type_key)
    short = short_type(findings, at, node, dialect, "executable")
    if short is None and isinstance(given, str):
        near = nearest(given, short_of(dialect.name, "executable"))
        if near:
            message = f"{quoted(given)} is none of the schema's executables"
            findings.warn(
                "unknown-type", message, (*at, dialect.type_key), hint=f"did you mean `{near}`?", found=given
            )
        return Executable(given, {key: value for key, value in node.items() if key != dialect.type_key})
    component = open_component(findings, at, node, dialect, "executable", dialect.executables)
    if component is None:
        return None
    warn_not_kept(findings, component)
    called = {} if component.called is None else {"name": component.called}
    return Executable(component.short, {**called, **details_of(node)})


def _asked(findings: Findings, at: Path, found: Any, resource: str, dialect: Dialect) -> Range | None:
    """The range that is asked of a resource; one that is mentioned has a minimum of 1, unless its maximum is 0."""
    if dialect.has_sides:
        if found.offered is not None:
            findings.warn(
                "not-kept",
                "`offered` of a request is not kept",
                (*at, "offered"),
                of_key=True,
                hint="leave it out",
            )
        if found.requested is None:
            return None
        at, found = (*at, "requested"), found.requested
    bounds = read_bounds(findings, at, found, resource)
    if bounds is None or bounds.minimum is not None:
        return bounds
    unit = UNIT[resource]
    return Range(unit if bounds.maximum is None else min(unit, bounds.maximum), bounds.maximum)


def read_compute(findings: Findings, component: Component, dialect: Dialect, known: References) -> Compute:
    """One compute resource."""
    warn_not_kept(findings, component)
    ranges = {}
    for resource in (CORES, MEMORY):
        found = getattr(component.found, resource)
        bounds = found and _asked(findings, (*component.at, resource), found, resource, dialect)
        if bounds:
            ranges[resource] = bounds
    return Compute(component.called, ranges, read_volumes(findings, component, dialect, known))


def read_volumes(
    findings: Findings, component: Component, dialect: Dialect, known: References
) -> tuple[Volume, ...]:
    """What a compute resource has in its files."""
    volumes = []
    for index, found in enumerate(component.found.volumes or ()):
        if found is None:
            continue
        at: Path = (*component.at, "volumes", index)
        check_word(findings, (*at, "mode"), found.mode, MODES)
        if dialect.has_meta and found.kind is not None and found.kind not in short_of(dialect.name, "volume"):
            check_word(findings, (*at, "kind"), found.kind, short_of(dialect.name, "volume"))
        about = found.meta if dialect.has_meta else found
        name = about.name if about else None
        warn_not_kept(findings, Component(at, "", found, at, name, about.uuid if about else None))
        resource = known.resolve(findings, (*at, "resource"), found.resource, in_data=True)
        volumes.append(Volume(resource, found.path, MODES.get(found.mode or "", False), name))
    return tuple(volumes)


def read_storage(findings: Findings, component: Component, dialect: Dialect) -> Storage:
    """One storage resource; without a size it is of 1 GiB or more."""
    warn_not_kept(findings, component, "data")
    size = component.found.size
    bounds = size and _asked(findings, (*component.at, "size"), size, STORAGE, dialect)
    return Storage(component.called, bounds or Range(UNIT[STORAGE]))


def read_data(
    findings: Findings, component: Component, node: Mapping[str, Node], dialect: Dialect, known: References
) -> Data:
    """One data resource, with its location: where it is by its kind's own names."""
    warn_not_kept(findings, component)
    at, kind = component.at, component.short or None
    storage = known.resolve(findings, (*at, "storage"), component.found.storage, in_data=False)
    details: Mapping[str, Any] = details_of(node)
    size = None
    if kind is None:
        location = component.found.location
        return Data(location or "", component.called, None, storage)
    if kind == "rucio":
        details = details["rucio"] if dialect.has_meta and isinstance(details.get("rucio"), dict) else details
        details = {("scope" if key == "domain" else key): value for key, value in details.items()}
    elif kind == "skao" and component.found.skao:
        size = component.found.skao.datasize
    location = _location(kind, details) if findings.is_sound_at(at) else ""
    return Data(location, component.called, size, storage, kind, details)


def _location(kind: str, details: Mapping[str, Any]) -> str:
    """Where data of a kind is: the most exact that its names say, so that the roads to it can be told."""
    if kind == "s3":
        return _joined("s3:/", details, "bucket", "object")
    if kind == "rucio":
        return _joined("rucio:/", details, "scope", "object")
    ivoa, skao = details.get("ivoa") or {}, details.get("skao") or {}
    replicas = [each.get("dataurl") for each in skao.get("replicas") or () if each.get("dataurl")]
    return str(
        replicas[0] if replicas else ivoa.get("ivoid") or _joined("skao:/", skao, "namespace", "objectname")
    )


def _joined(scheme: str, details: Mapping[str, Any], *keys: str) -> str:
    parts = [str(details.get("endpoint") or scheme).rstrip("/") or scheme]
    if parts[0].endswith(":"):
        parts = [f"{parts[0]}/"]
    return "/".join([*parts, *(str(details[key]).strip("/") for key in keys if details.get(key))])
