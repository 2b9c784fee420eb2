"""The seed language `IVOA-TDL-1.0`: from a document to a task.

The wrappers `lang` and `task` may be left out; then the whole file is the task. What each key means is said in
`core.task`, how sizes, durations, dates and times are written in `core.sizes`, `core.durations` and `dates`.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Final

from execbroker.core.problems import Reading, quoted
from execbroker.core.task import Compute, Data, Executable, Storage, Task
from execbroker.languages.structuring.faults import report_unknown
from execbroker.languages.structuring.findings import Findings
from execbroker.languages.structuring.ledger import Ledger
from execbroker.languages.structuring.roots import read_root
from execbroker.languages.structuring.shapes import as_mapping, as_resources, merged
from execbroker.languages.structuring.structure import structure
from execbroker.languages.tdl.keys import TaskDocument, advise
from execbroker.languages.tdl.resources import (
    check_names,
    check_staging,
    read_compute,
    read_data,
    read_storage,
)
from execbroker.languages.tdl.schedule import read_schedule
from execbroker.languages.text.documents import Document, Path

__all__ = ["NAME", "read", "reads"]

#: The name of the language.
NAME: Final = "IVOA-TDL-1.0"

_LISTS: Final = ("compute-resources", "storage-resources", "data-resources")
_MAPPINGS: Final = ("executable", "daterange", "timerange")


def reads(document: Document) -> bool:
    """Whether a document is in this language: it says so, or it says nothing."""
    return not isinstance(document.root, dict) or document.root.get("lang", NAME) == NAME


def read(document: Document, resources: frozenset[str] = frozenset()) -> Reading[Task]:
    """The task of a document, or all its problems.

    Args:
        document: What the file holds.
        resources: Names of further resources that are known; others are taken too, unless they look like a slip
            of the pen for one that is known.
    """
    findings = Findings(document)
    opened = _open(findings)
    task = None
    if opened is not None:
        at, tree = opened
        found = structure(_in_one_shape(tree, at, findings), TaskDocument, findings, advise, at)
        task = found and _task(findings, at, found, resources)
    return findings.reading(task)


def _open(findings: Findings) -> tuple[Path, Mapping[str, object]] | None:
    """The mapping that holds the task, and where it is."""
    root = read_root(findings, "a task", "write keys and values, such as `minduration: 2hr`")
    if root is None:
        return None
    if "task" not in root:
        return (), {key: value for key, value in root.items() if key != "lang"}
    for key in root:
        if key not in ("lang", "task"):
            _report_beside(findings, key)
    task = root["task"]
    if isinstance(task, dict):
        return ("task",), task
    if task is None:
        findings.error(
            "missing-value",
            "`task` has no value",
            ("task",),
            of_key=True,
            hint="indent the keys of the task below it",
        )
    else:
        findings.error(
            "wrong-type",
            "`task` is not a mapping",
            ("task",),
            hint="write keys and values below it, indented",
        )
    return None


def _report_beside(findings: Findings, key: str) -> None:
    if key in TaskDocument.__annotations__ or key.replace("-", "_") in TaskDocument.__annotations__:
        findings.error(
            "misplaced-key",
            f"unknown key {quoted(key)} beside `task`",
            (key,),
            of_key=True,
            found=key,
            hint="it belongs inside the task: indent it below `task`",
        )
    else:
        report_unknown(findings, (key,), TaskDocument, advise)


def _in_one_shape(tree: Mapping[str, object], at: Path, findings: Findings) -> Mapping[str, object]:
    changes = {key: as_resources(tree[key], (*at, key), findings) for key in _LISTS if key in tree}
    changes |= {key: as_mapping(tree[key], (*at, key), findings) for key in _MAPPINGS if key in tree}
    return merged(tree, changes)


def _task(findings: Findings, at: Path, found: TaskDocument, resources: frozenset[str]) -> Task:
    """The task that a document means, as far as it is sound."""
    ledger = Ledger()
    compute: list[Compute | None] = [
        each and read_compute(findings, (*at, "compute-resources", index), each, resources, ledger)
        for index, each in enumerate(found.compute_resources or ())
    ]
    storage: list[Storage | None] = [
        each and read_storage(findings, (*at, "storage-resources", index), each)
        for index, each in enumerate(found.storage_resources or ())
    ]
    data: list[Data | None] = [
        each and read_data(findings, (*at, "data-resources", index), each)
        for index, each in enumerate(found.data_resources or ())
    ]
    groups: dict[str, Sequence[Compute | Storage | Data | None]] = dict(
        zip(_LISTS, (compute, storage, data), strict=True)
    )
    # A name that was not text, or a resource that was none, may be what data refer to.
    if findings.is_sound_at((*at, "storage-resources"), "name"):
        check_staging(findings, at, storage, data)
    places = [((*at, key, index), each) for key, group in groups.items() for index, each in enumerate(group)]
    check_names(findings, [(place, each.name) for place, each in places if each])
    return Task(
        name=found.name,
        executable=found.executable and Executable(found.executable.type or "", found.executable.rest),
        compute=tuple(filter(None, compute)),
        storage=tuple(filter(None, storage)),
        data=tuple(filter(None, data)),
        schedule=read_schedule(findings, at, found),
        sizes=ledger.sizes,
        language=NAME,
    )
