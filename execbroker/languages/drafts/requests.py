"""Requests in the schemas of 2025 and 2026: from a document to a task."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from decimal import Decimal
from typing import Any

from execbroker.core.problems import Reading, quoted
from execbroker.core.ranges import FULL, Range
from execbroker.core.spans import Span
from execbroker.core.task import Constraint, Data, Schedule, Task
from execbroker.languages.drafts.components import Component, check_word, open_component
from execbroker.languages.drafts.dialects import BY_NAME, Dialect
from execbroker.languages.drafts.keys import advise
from execbroker.languages.drafts.resources import (
    References,
    read_compute,
    read_data,
    read_executable,
    read_storage,
)
from execbroker.languages.drafts.times import read_interval, read_length
from execbroker.languages.drafts.uris import short_of
from execbroker.languages.structuring.findings import Findings
from execbroker.languages.structuring.roots import read_root
from execbroker.languages.structuring.structure import structure
from execbroker.languages.text.documents import Document, Node, Path

__all__ = ["read"]

Nodes = Sequence[Mapping[str, Node] | None]


def read(document: Document, name: str) -> Reading[Task]:
    """The task of a request in the dialect of a name, or all its problems."""
    findings, dialect = Findings(document), BY_NAME[name]
    root = read_root(findings, "a request", f"write {dialect.request.example}")
    found = None if root is None else structure(root, dialect.request, findings, advise)
    return findings.reading(found and _task(findings, found, dialect))


def _task(findings: Findings, found: Any, dialect: Dialect) -> Task:
    """The task that a request means, as far as it is sound."""
    holder = found.resources if dialect.resources else found
    given: dict[str, Nodes] = {
        group: _nodes(getattr(holder, group, None)) for group in ("compute", "storage", "data")
    }
    classes = {"compute": {"": dialect.compute}, "storage": {"": dialect.storage}, "data": dialect.data}
    opened: dict[str, list[Component | None]] = {
        group: [
            open_component(findings, _place(dialect, group, index), node, dialect, group, classes[group])
            for index, node in enumerate(nodes)
        ]
        for group, nodes in given.items()
    }
    _check_names(findings, [each for group in opened.values() for each in group if each])
    known = References.of(opened["storage"], opened["data"])
    return Task(
        name=getattr(found, "name", None),
        executable=None
        if found.executable is None
        else read_executable(findings, ("executable",), found.executable, dialect),
        compute=tuple(read_compute(findings, each, dialect, known) for each in opened["compute"] if each),
        storage=tuple(read_storage(findings, each, dialect) for each in opened["storage"] if each),
        data=tuple(_data(findings, given["data"], opened["data"], dialect, known)),
        schedule=_schedule(findings, found.schedule, dialect),
        language=dialect.name,
        costs=_constraints(findings, "costs", getattr(found, "costs", None), dialect),
        metrics=_constraints(findings, "metrics", getattr(found, "metrics", None), dialect),
    )


def _nodes(given: Any) -> Nodes:
    """The components of one group: a list of them, or one."""
    return given if isinstance(given, list) else [] if given is None else [given]


def _place(dialect: Dialect, group: str, index: int) -> Path:
    is_alone = group == "compute" and not dialect.resources
    return (*dialect.resources, group) if is_alone else (*dialect.resources, group, index)


def _data(
    findings: Findings, nodes: Nodes, opened: Sequence[Component | None], dialect: Dialect, known: References
) -> list[Data]:
    pairs = zip(opened, nodes, strict=True)
    return [
        read_data(findings, each, node, dialect, known) for each, node in pairs if each and node is not None
    ]


def _check_names(findings: Findings, components: Sequence[Component]) -> None:
    """Names and UUIDs are unique in the request (IVOA ExecutionBroker draft, section 6.2.8)."""
    first: dict[str, Path] = {}
    for each in components:
        for key, given in (("name", each.name), ("uuid", each.uuid)):
            if given is None:
                continue
            path = (*each.known_at, key)
            if given in first:
                findings.error(
                    "duplicate-name",
                    f"the {key} {quoted(given)} is taken already, on line {findings.line(first[given])}",
                    path,
                    found=given,
                    hint="give each resource of the request one of its own",
                )
            first.setdefault(given, path)


def _schedule(findings: Findings, found: Any, dialect: Dialect) -> Schedule:
    requested = found and found.requested
    if not requested:
        return Schedule()
    at: Path = ("schedule", "requested")
    least = (
        None if requested.duration is None else read_length(findings, (*at, "duration"), requested.duration)
    )
    starts: list[tuple[Path, object]] = []
    if isinstance(requested.start, list):
        starts = [((*at, "start", index), each) for index, each in enumerate(requested.start)]
    elif requested.start is not None:
        starts = [((*at, "start"), requested.start)]
    spans: list[Span] = []
    for path, each in starts:
        span = None if each is None else read_interval(findings, path, each, dialect.forms)
        if span is not None:
            spans.append(span)
    return Schedule(duration=FULL if least is None else Range(least), starts=tuple(spans))


def _constraints(findings: Findings, group: str, found: Any, dialect: Dialect) -> tuple[Constraint, ...]:
    constraints = []
    for index, each in enumerate(found or ()):
        at: Path = (group, index)
        if each is None or not check_word(findings, (*at, "kind"), each.kind, short_of(dialect.name, group)):
            continue
        if each.type is None:
            hint = 'write what is measured, such as `type: "urn:ivoa:calycopis:cost:monetary"`'
            findings.error("missing-key", "`type` is missing", at, hint=hint)
            continue
        least, most = (None if value is None else Decimal(value) for value in (each.min, each.max))
        if least is not None and most is not None and least > most:
            message = f"`min` ({least}) is above `max` ({most})"
            findings.error(
                "min-above-max", message, (*at, "min"), hint=f"swap them: `min: {most}`, `max: {least}`"
            )
            continue
        constraints.append(Constraint(each.type, least, most, each.description))
    return tuple(constraints)
