"""JSON Schema (2020-12) of task files in `IVOA-TDL-1.0`."""

from __future__ import annotations

from execbroker.languages.schemas.forms import DIALECT, FORMS, Schema, described, keyed, listed
from execbroker.languages.tdl.keys import RESOURCES
from execbroker.languages.tdl.tasks import NAME

__all__ = ["task_schema"]


def _pairs(mapping: Schema) -> Schema:
    """A mapping, also as a list of its single pairs."""
    pair = {key: value for key, value in mapping.items() if key != "required"}
    pairs = listed({**pair, "minProperties": 1, "maxProperties": 1}, "The same, as a list of single pairs.")
    return {"description": mapping["description"], "anyOf": [mapping, pairs]}


def _range(form: str, name: str, what: str) -> Schema:
    """The keys of a range: minimum, maximum, and the bare name for exactly that."""
    return {
        f"min{name}": described(form, f"At least so much: {what}."),
        f"max{name}": described(form, f"At most so much: {what}."),
        name: described(form, f"Exactly so much: {what}."),
    }


def task_schema() -> Schema:
    """The schema of a task file in `IVOA-TDL-1.0`."""
    language = {"const": NAME, "description": "The language of the task."}
    task = keyed("What is to be run.", _task_keys())
    return {
        "$schema": DIALECT,
        "title": f"A task in {NAME}",
        "type": "object",
        "if": {"required": ["task"]},
        "then": keyed(
            "A task with its language.", {"lang": language, "task": described("task", "The task itself.")}
        ),
        "else": keyed("A task.", {"lang": language, **_task_keys()}),
        "$defs": {**FORMS, "task": task},
    }


def _task_keys() -> dict[str, Schema]:
    return {
        "name": described("name", "What the task is called."),
        "executable": _pairs(
            keyed(
                "What is to be run: a type, and any keys of that type.",
                {"type": described("name", "The type of executable.", examples=["docker-container"])},
                required=("type",),
                rest=True,
            )
        ),
        "compute-resources": _resources(_compute(), "What the task computes on; one resource, or a list of them."),
        "storage-resources": _resources(_storage(), "Where the task stores data; one resource, or a list of them."),
        "data-resources": _resources(_data(), "What the task reads; one resource, or a list of them."),
        **_range("duration", "duration", "how long the task runs"),
        "daterange": _pairs(_dates()),
        "timerange": _pairs(_times()),
        "timezone": described("name", "The IANA zone of dates and times without one; UTC if left out.",
                              examples=["Europe/London"]),
    }  # fmt: skip


def _resources(resource: Schema, description: str) -> Schema:
    item = _pairs(resource)
    return {"description": description, "anyOf": [*item["anyOf"], listed(item, description)]}


def _compute() -> Schema:
    forms = dict(zip(RESOURCES, ("cores", "size", "count"), strict=True))
    keys = {key: form for name in RESOURCES for key, form in _range(forms[name], name, name).items()}
    return keyed(
        "A compute resource: `min…`, `max…` or bare amounts, also of what a platform has beside these.",
        {"name": described("name", "Its name, unique in the task."), **keys},
        rest={"$ref": "#/$defs/amount"},
    )


def _storage() -> Schema:
    return keyed(
        "A storage resource.",
        {"name": described("name", "Its name, unique in the task."), **_range("size", "size", "its size")},
    )


def _data() -> Schema:
    return keyed(
        "Data that the task reads.",
        {
            "name": described("name", "Its name, unique in the task."),
            "location": described(
                "name", "Where the data are.", examples=["https://data.example.org/scan42.uvfits"]
            ),
            "size": described("size", "How large the data are."),
            "storage": described("name", "The name of the storage resource that the data are staged to."),
        },
        required=("location",),
    )


def _dates() -> Schema:
    return keyed(
        "The days on which the task may run; a date without a time is that whole day.",
        {
            "minstartdate": described("date", "No start before this."),
            "maxstartdate": described("date", "No start after this."),
            "startdate": described("date", "The start is on this day, or at this time exactly."),
            "maxenddate": described("date", "No run reaches beyond this."),
        },
    )


def _times() -> Schema:
    return keyed(
        "The time of day at which the task may run.",
        {
            "minstarttime": described("clock", "No start before this; 0:00 if left out."),
            "maxstarttime": described(
                "clock", "No start after this; before `minstarttime` it is on the next day."
            ),
            "starttime": described("clock", "The start is at this time exactly."),
            "maxendtime": described(
                "clock", "The whole run lies before this; at or before the opening it is on the next day."
            ),
            "days": described("days", "The days on which the daily window opens; every day if left out."),
        },
    )
