"""The keys of `IVOA-TDL-1.0`: what a task document may hold, and what people write instead."""

from __future__ import annotations

from typing import Any, ClassVar, Final, final

from execbroker.languages.structuring.document_classes import (
    Advice,
    Scalar,
    document,
    fold,
    meant,
    one,
    similar,
)

__all__ = [
    "RESOURCES",
    "ComputeDocument",
    "DataDocument",
    "DateRangeDocument",
    "ExecutableDocument",
    "StorageDocument",
    "TaskDocument",
    "TimeRangeDocument",
    "advise",
    "advise_compute",
    "resource_meant",
]

#: The compute resources that every platform means the same by.
RESOURCES: Final = ("cores", "memory", "gpus")


@final
@document
class ExecutableDocument:
    """What is to be run: a type, and any keys of that type."""

    noun: ClassVar[str] = "an executable"
    example: ClassVar[str] = '{type: docker-container, image: "ghcr.io/example/fringe:4.1"}'
    type: str | None = meant("a type", "docker-container", is_required=True)
    rest: dict[str, Any]


@final
@document
class ComputeDocument:
    """One compute resource; `rest` holds its amounts."""

    noun: ClassVar[str] = "a compute resource"
    example: ClassVar[str] = "{mincores: 4, minmemory: 80G}"
    name: str | None = meant("a name", "main")
    rest: dict[str, Scalar]


@final
@document
class StorageDocument:
    """One storage resource."""

    noun: ClassVar[str] = "a storage resource"
    example: ClassVar[str] = "{name: scratch, minsize: 1T}"
    name: str | None = meant("a name", "scratch")
    minsize: Scalar | None = meant("a size", "1T")
    maxsize: Scalar | None = meant("a size", "2T")
    size: Scalar | None = meant("a size", "1T")


@final
@document
class DataDocument:
    """Data that the task reads."""

    noun: ClassVar[str] = "a data resource"
    example: ClassVar[str] = '{location: "https://data.example.org/scan42.uvfits", size: 300G}'
    name: str | None = meant("a name", "scan42")
    location: str | None = meant("a location", "https://data.example.org/scan42.uvfits", is_required=True)
    size: Scalar | None = meant("a size", "300G")
    storage: str | None = meant("the name of a storage resource", "scratch")


@final
@document
class DateRangeDocument:
    """The days on which the task may run."""

    noun: ClassVar[str] = "a date range"
    example: ClassVar[str] = "{minstartdate: 09 May 2023, maxenddate: 11 May 2023}"
    minstartdate: Scalar | None = meant("a date", "09 May 2023")
    maxstartdate: Scalar | None = meant("a date", "10 May 2023")
    startdate: Scalar | None = meant("a date", "09 May 2023")
    maxenddate: Scalar | None = meant("a date", "11 May 2023")


@final
@document
class TimeRangeDocument:
    """The time of day at which the task may run."""

    noun: ClassVar[str] = "a time range"
    example: ClassVar[str] = "{minstarttime: 9:00, maxendtime: 17:00}"
    minstarttime: Scalar | None = meant("a time of day", "9:00")
    maxstarttime: Scalar | None = meant("a time of day", "12:00")
    starttime: Scalar | None = meant("a time of day", "9:00")
    maxendtime: Scalar | None = meant("a time of day", "17:00")
    days: list[str | None] | None = meant("a list of days", "[mon, tue, wed, thu, fri]", word="mon")


@final
@document
class TaskDocument:
    """A task, with its resources always in lists."""

    noun: ClassVar[str] = "a task"
    example: ClassVar[str] = "{minduration: 2hr}"
    name: str | None = meant("a name", "fringe fit")
    executable: ExecutableDocument | None = one(ExecutableDocument)
    compute_resources: list[ComputeDocument | None] | None = one(ComputeDocument)
    storage_resources: list[StorageDocument | None] | None = one(StorageDocument)
    data_resources: list[DataDocument | None] | None = one(DataDocument)
    minduration: Scalar | None = meant("a duration", "2hr")
    maxduration: Scalar | None = meant("a duration", "4hr")
    duration: Scalar | None = meant("a duration", "2hr")
    daterange: DateRangeDocument | None = one(DateRangeDocument)
    timerange: TimeRangeDocument | None = one(TimeRangeDocument)
    timezone: str | None = meant("a time zone", "Europe/London", word="Europe/London")


_TOP: Final = "at the top of the task"
_COMPUTE: Final = "under `compute-resources`"
_STORAGE: Final = "under `storage-resources`"
_DATES: Final = "under `daterange`"
_TIMES: Final = "under `timerange`"

#: Where each key belongs that belongs in one place only.
_PLACES: Final = {
    **dict.fromkeys(
        (
            "executable",
            "compute-resources",
            "storage-resources",
            "data-resources",
            "minduration",
            "maxduration",
            "duration",
            "daterange",
            "timerange",
            "timezone",
        ),
        _TOP,
    ),
    **dict.fromkeys((f"{end}{name}" for name in RESOURCES for end in ("min", "max", "")), _COMPUTE),
    **dict.fromkeys(("minsize", "maxsize"), _STORAGE),
    "location": "under `data-resources`",
    **dict.fromkeys(("minstartdate", "maxstartdate", "maxenddate", "startdate"), _DATES),
    **dict.fromkeys(("minstarttime", "maxstarttime", "maxendtime", "starttime", "days"), _TIMES),
    "image": "under `executable`",
    "lang": "at the top of the file, beside `task`",
}

#: Where the keys of each class stand.
_PLACE_OF: Final[dict[type, str]] = {
    TaskDocument: _TOP,
    ComputeDocument: _COMPUTE,
    StorageDocument: _STORAGE,
    DateRangeDocument: _DATES,
    TimeRangeDocument: _TIMES,
}

#: Other words for the resources.
_OTHER_NAMES: Final = {
    **dict.fromkeys(
        ("cpu", "cpus", "core", "vcpu", "vcpus", "ncpu", "ncpus", "ncores", "processors", "threads"), "cores"
    ),
    **dict.fromkeys(("ram", "mem", "memorysize", "memory_size"), "memory"),
    **dict.fromkeys(("gpu", "ngpu", "ngpus", "accelerators", "cuda"), "gpus"),
}

#: Resources of platforms that look like a slip of the pen for `gpus`, and are none.
_FURTHER: Final = frozenset({"dpus", "ipus", "npus", "qpus", "tpus", "vpus"})

_DURATION: Final = "what the task needs is `minduration`, what it can use at most `maxduration`"
_START: Final = "write `daterange: {minstartdate: 09 May 2023}`"
_END: Final = "write `daterange: {maxenddate: 11 May 2023}`"
_SCHEDULE: Final = "write `daterange` for days and `timerange` for times of day"
_SPACE: Final = "write `storage-resources: {minsize: 1T}`"

#: What people write in each place, and what they should.
_ADVICE: Final[dict[type, dict[str, str]]] = {
    TaskDocument: {
        **dict.fromkeys(
            ("walltime", "time", "runtime", "maxruntime", "timelimit", "maxtime", "mintime", "hours"),
            _DURATION,
        ),
        **dict.fromkeys(("start", "minstart", "begin", "after", "notbefore", "maxstart", "from"), _START),
        **dict.fromkeys(("end", "maxend", "enddate", "deadline", "before", "notafter", "until", "to"), _END),
        **dict.fromkeys(("schedule", "dates", "times", "window", "date"), _SCHEDULE),
        **dict.fromkeys(("tz", "zone"), "write `timezone`"),
        **dict.fromkeys(
            ("container", "docker", "command", "script", "exec"),
            "write `executable: {type: docker-container, image: …}`",
        ),
        **dict.fromkeys(
            ("resources", "resource"), "write `compute-resources`, `storage-resources` or `data-resources`"
        ),
        **dict.fromkeys(("compute", "computer"), "write `compute-resources`"),
        **dict.fromkeys(("storage", "volumes", "volume"), "write `storage-resources`"),
        **dict.fromkeys(("data", "inputs", "input", "datasets"), "write `data-resources`"),
        **dict.fromkeys(("disk", "scratch", "mindisk"), _SPACE),
        **dict.fromkeys(("id", "title", "label"), "write `name`"),
        **dict.fromkeys(("language", "version"), "write `lang`, at the top of the file"),
        **dict.fromkeys(("tasks", "job", "jobs", "request"), "write `task`, one to a file"),
        **dict.fromkeys(("platform", "platforms", "site"), "leave it out: a task names no platform"),
        "minenddate": "there is no earliest end; write `minduration` for how long the task takes",
    },
    StorageDocument: {
        **dict.fromkeys(
            ("capacity", "space", "amount", "mincapacity", "minspace", "minstorage", "storage", "minmemory"),
            "write `minsize`",
        ),
    },
    DataDocument: {
        **dict.fromkeys(("url", "uri", "href", "path", "source", "link", "file"), "write `location`"),
        **dict.fromkeys(("minsize", "maxsize", "bytes", "length"), "write `size`; data have one size"),
        **dict.fromkeys(("volume", "target", "destination", "stage"), "write `storage`"),
    },
    DateRangeDocument: {
        **dict.fromkeys(("start", "minstart", "from", "mindate", "begin", "after"), "write `minstartdate`"),
        **dict.fromkeys(
            ("end", "maxend", "enddate", "to", "until", "maxdate", "before"), "write `maxenddate`"
        ),
        "maxstart": "write `maxstartdate`",
        "minenddate": "there is no earliest end; write `minduration` for how long the task takes",
    },
    TimeRangeDocument: {
        **dict.fromkeys(("start", "minstart", "from", "mintime", "begin", "after"), "write `minstarttime`"),
        **dict.fromkeys(
            ("end", "maxend", "endtime", "to", "until", "maxtime", "before"), "write `maxendtime`"
        ),
        **dict.fromkeys(("maxstart",), "write `maxstarttime`"),
        **dict.fromkeys(("day", "weekdays", "dayofweek"), "write `days`"),
        "minendtime": "there is no earliest end; write `minduration` for how long the task takes",
    },
    ComputeDocument: {
        **dict.fromkeys(
            ("disk", "mindisk", "storage", "minstorage", "scratch", "volume", "minscratch", "size"), _SPACE
        ),
        **dict.fromkeys(("walltime", "time", "runtime"), f"{_DURATION}; both are {_TOP}"),
        **dict.fromkeys(
            ("nodes", "node", "minnodes", "instances", "replicas"),
            "leave it out: a task runs on one machine; write what it needs there, such as `mincores`",
        ),
        **dict.fromkeys(("type", "arch", "architecture"), "write it under `executable`"),
    },
}


def advise(kind: type, key: str) -> Advice | None:
    """What to write instead of an unknown key of a task document, if that is known."""
    if ":" in key:
        first, rest = key.split(":", 1)
        return "missing-space", f"a space is missing after the colon: write `{first}: {rest}`"
    folded = fold(key)
    if hint := _ADVICE.get(kind, {}).get(folded):
        return "unknown-key", hint
    place = _PLACES.get(key.casefold())
    if place and place != _PLACE_OF.get(kind):
        return "misplaced-key", f"it belongs {place}"
    if kind is not ComputeDocument and (resource := resource_meant(folded)):
        return "misplaced-key", f"write `{resource}`, {_COMPUTE}"
    return None


def advise_compute(key: str, known: frozenset[str]) -> Advice | None:
    """What to write instead of a key of a compute resource that is not exactly a known one, if it is like one."""
    if advice := advise(ComputeDocument, key):
        return advice
    folded = fold(key)
    if resource := resource_meant(folded):
        ends = f" (exactly so much) or `min{resource}` (at least)" if resource in RESOURCES else ""
        return "unknown-key", f"write `{resource}`{ends}"
    if key.removeprefix("min").removeprefix("max") in _FURTHER:
        return None
    names = [f"{end}{name}" for name in (*RESOURCES, *sorted(known)) for end in ("min", "max", "")]
    near = similar(key, ["name", *names, *_PLACES])
    if near is None:
        return None
    place = _PLACES.get(near, _COMPUTE)
    return (
        "unknown-key",
        f"did you mean `{near}`?" if place == _COMPUTE else f"did you mean `{near}`, {place}?",
    )


def resource_meant(folded: str) -> str | None:
    """The key of a resource that another word, folded, stands for: `mincores` for `mincpu`."""
    for end in ("min", "max", ""):
        if folded.startswith(end) and (name := _OTHER_NAMES.get(folded.removeprefix(end))):
            return f"{end}{name}"
    return None
