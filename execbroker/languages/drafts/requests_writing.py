"""Requests in the schemas of 2025 and 2026: from a task to a document."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from execbroker.core.amounts import CORES, MEMORY, STORAGE
from execbroker.core.sizes import format_amount
from execbroker.core.task import Compute, Constraint, Storage, Task
from execbroker.languages.drafts.amounts import write_bounds
from execbroker.languages.drafts.dialects import BY_NAME, Dialect
from execbroker.languages.drafts.starts import duration_of, starts_of
from execbroker.languages.drafts.times import write_interval
from execbroker.languages.drafts.trees import (
    component,
    data_tree,
    executable_tree,
    volume_trees,
)
from execbroker.languages.drafts.uris import uri_of
from execbroker.languages.text.documents import Node, Tree, present
from execbroker.languages.written import Losses, Written

__all__ = ["figure_tree", "requested_tree", "write_task"]


def write_task(task: Task, name: str) -> Written:
    """The request of a task in the dialect of a name."""
    losses, dialect = Losses(), BY_NAME[name]
    compute: list[Node] = [
        _compute(task, index, each, dialect, losses) for index, each in enumerate(task.compute)
    ]
    storage: list[Node] = [_storage(index, each, dialect, losses) for index, each in enumerate(task.storage)]
    data: list[Node] = [
        data_tree(each, dialect, losses, f"data-resources[{index}]", each.storage)
        for index, each in enumerate(task.data)
    ]
    tree: Tree = {"executable": task.executable and executable_tree(task.executable, dialect, losses)}
    if dialect.resources:
        resources: Tree = {"compute": compute, "storage": storage, "data": data}
        tree = {"name": task.name, **tree, "resources": present(resources)}
    else:
        if task.name is not None:
            losses.note("name", task.name, "the language has no name for the whole of a request")
        for index, each in enumerate(task.compute[1:], 1):
            what = ", ".join(each.ranges) or "no amounts"
            losses.note(f"compute-resources[{index}]", what, "the language has one compute resource")
        tree |= {"compute": compute[0] if compute else None, "storage": storage, "data": data}
    requested = requested_tree(task, dialect, losses)
    tree = present({**tree, "schedule": {"requested": requested} if requested else None})
    for group, constraints in (("costs", task.costs), ("metrics", task.metrics)):
        tree |= _constraints(group, constraints, dialect, losses)
    return Written(_telling(tree, dialect), tuple(losses.found))


def _telling(tree: Tree, dialect: Dialect) -> Tree:
    """A request that shows which dialect it is in, even if there is next to nothing in it."""
    kind = tree["executable"].get(dialect.type_key) if isinstance(tree.get("executable"), dict) else None  # type: ignore[union-attr]
    is_known = isinstance(kind, str) and (
        dialect.has_meta or kind.startswith("https://www.purl.org/ivoa.net/EB/")
    )
    if (
        is_known
        or any(key in tree for key in ("compute", "storage", "data", "costs", "metrics"))
        or tree.get("resources")
    ):
        return tree
    resources: Tree = {"resources": {}} if dialect.resources else {}
    return {**tree, **resources, "schedule": tree.get("schedule", {"requested": {}})}


def _compute(task: Task, index: int, compute: Compute, dialect: Dialect, losses: Losses) -> Tree:
    is_written = index == 0 or dialect.resources
    noted = losses if is_written else Losses()  # of one that is left out nothing more need be said
    path = f"compute-resources[{index}]"
    amounts: Tree = {}
    for resource, asked in compute.ranges.items():
        if resource in (CORES, MEMORY):
            bounds = write_bounds(resource, asked, noted, f"{path}.?{resource}")
            amounts[resource] = {"requested": bounds} if dialect.has_sides else bounds
        else:
            ends = (
                None if end is None else format_amount(resource, end, task.sizes)
                for end in (asked.minimum, asked.maximum)
            )
            what = " to ".join(end for end in ends if end is not None)
            noted.note(f"{path}.{resource}", what, "the language has cores and memory only")
    return present(
        {
            **component(dialect, "compute", name=compute.name),
            **amounts,
            "volumes": volume_trees(compute.volumes, dialect),
        }
    )


def _storage(index: int, storage: Storage, dialect: Dialect, losses: Losses) -> Tree:
    bounds = write_bounds(STORAGE, storage.size, losses, f"storage-resources[{index}].?size")
    size: Tree = {"requested": bounds} if dialect.has_sides else bounds
    return {**component(dialect, "storage", name=storage.name), "size": size}


def requested_tree(task: Task, dialect: Dialect, losses: Losses) -> Tree:
    """What is asked of the time: a duration, and when to start."""
    duration, spans = duration_of(task.schedule, losses), starts_of(task.schedule, losses)
    intervals = [write_interval(each) for each in spans]
    if dialect.resources:
        return present({"duration": duration, "start": [*intervals]})
    for interval in intervals[1:]:
        losses.note("starts", interval, "the language has one interval of starts; the first is written")
    return present({"duration": duration, "start": intervals[0] if intervals else None})


def _constraints(group: str, constraints: Sequence[Constraint], dialect: Dialect, losses: Losses) -> Tree:
    if uri_of(dialect.name, group) is None:
        for each in constraints:
            losses.note(group, each.meaning, f"the language has no {group}")
        return {}
    trees: list[Node] = [
        figure_tree(dialect, group, each.meaning, each.minimum, each.maximum, each.description)
        for each in constraints
    ]
    return present({group: trees})


def figure_tree(
    dialect: Dialect, group: str, meaning: str, least: Any, most: Any, description: str | None = None
) -> Tree:
    """A cost or a metric, or what is demanded of one."""
    return present(
        {
            "kind": uri_of(dialect.name, group),
            "type": meaning,
            "description": description,
            "min": least,
            "max": most,
        }
    )
