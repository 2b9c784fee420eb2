"""The seed language `IVOA-TDL-1.0`: from a task to a document."""

from __future__ import annotations

from collections.abc import Mapping
from typing import cast

from execbroker.core.amounts import STORAGE
from execbroker.core.durations import format_duration
from execbroker.core.instants import format_instant
from execbroker.core.ranges import Range
from execbroker.core.sizes import format_size
from execbroker.core.task import EVERY_DAY, Compute, Daily, Data, Executable, Schedule, Storage, Task
from execbroker.core.wallclock import SHORT_DAYS, format_clock
from execbroker.languages.tdl.figures import figure
from execbroker.languages.tdl.tasks import NAME
from execbroker.languages.text.documents import Node, Tree, present
from execbroker.languages.written import Losses, Written

__all__ = ["write_task"]


def write_task(task: Task) -> Written:
    """The document of a task."""
    losses = Losses()
    for group, constraints in (("costs", task.costs), ("metrics", task.metrics)):
        for each in constraints:
            losses.note(group, each.meaning, f"the language has no {group}")
    tree = {
        "name": task.name,
        "executable": task.executable and _executable(task.executable, losses),
        "compute-resources": [
            _compute(each, f"compute-resources[{index}]", task.sizes, losses)
            for index, each in enumerate(task.compute)
        ],
        "storage-resources": [_storage(each) for each in task.storage],
        "data-resources": [
            _data(each, f"data-resources[{index}]", losses) for index, each in enumerate(task.data)
        ],
        **_schedule(task.schedule, losses),
    }
    return Written({"lang": NAME, "task": present(cast("Tree", tree))}, tuple(losses.found))


def _executable(executable: Executable, losses: Losses) -> Tree:
    details = dict(cast("Mapping[str, Node]", executable.details))
    if "type" in details:
        losses.note("executable.type", details.pop("type"), "the language means the kind of executable by it")
    return {"type": executable.type, **details}


def _compute(compute: Compute, path: str, sizes: frozenset[str], losses: Losses) -> Tree:
    tree: Tree = {"name": compute.name}
    for name, asked in compute.ranges.items():
        tree |= _ends(name, name, asked, sizes)
    for index, volume in enumerate(compute.volumes):
        what = volume.path or volume.resource or "a volume"
        losses.note(f"{path}.volumes[{index}]", what, "the language has no volumes")
    return present(tree)


def _ends(key: str, resource: str, asked: Range, sizes: frozenset[str]) -> Tree:
    """The least and, if there is one, the most."""
    tree: Tree = {f"min{key}": figure(resource, asked.minimum or 0, sizes)}
    if asked.maximum is not None:
        tree[f"max{key}"] = figure(resource, asked.maximum, sizes)
    return tree


def _storage(storage: Storage) -> Tree:
    return present({"name": storage.name, **_ends("size", STORAGE, storage.size, frozenset())})


def _data(data: Data, path: str, losses: Losses) -> Tree:
    if data.kind is not None:
        losses.note(f"{path}.kind", data.kind, "the language has no kinds of data; the location is written")
    size = None if data.size is None else format_size(data.size)
    return present({"name": data.name, "location": data.location, "size": size, "storage": data.storage})


def _schedule(schedule: Schedule, losses: Losses) -> Tree:
    daily, zone = schedule.daily, schedule.zone
    if daily is not None and daily.zone != zone:
        if zone != "UTC":
            losses.note(
                "timezone", zone, f"the language has one zone; that of the clock, {daily.zone}, is written"
            )
        zone = daily.zone
    return {
        **_durations(schedule.duration),
        "daterange": _dates(schedule, losses) or None,
        "timerange": None if daily is None else _times(daily),
        "timezone": None if zone == "UTC" else zone,
    }


def _durations(duration: Range) -> Tree:
    ends = {"minduration": duration.minimum, "maxduration": duration.maximum}
    return {key: format_duration(value) for key, value in ends.items() if value}


def _dates(schedule: Schedule, losses: Losses) -> Tree:
    """The limits of the start and the end; of several intervals of starts the first."""
    earliest, latest = schedule.earliest, schedule.latest
    for span in schedule.starts[1:]:
        what = f"{format_instant(span.start)} to {format_instant(span.end - 1)}"
        losses.note("starts", what, "the language has one range of starts; the first is written")
    for span in schedule.starts[:1]:
        earliest = span.start if earliest is None else max(earliest, span.start)
        latest = span.end - 1 if latest is None else min(latest, span.end - 1)
    ends = {"minstartdate": earliest, "maxstartdate": latest, "maxenddate": schedule.end}
    return {key: format_instant(value) for key, value in ends.items() if value is not None}


def _times(daily: Daily) -> Tree:
    tree: Tree = {
        "minstarttime": format_clock(daily.opens),
        "maxstarttime": None if daily.latest is None else format_clock(daily.latest),
        "maxendtime": None if daily.closes is None else format_clock(daily.closes),
    }
    if daily.days != EVERY_DAY:
        tree["days"] = [SHORT_DAYS[day] for day in sorted(daily.days)]
    return present(tree)
