"""JSON Schema (2020-12) of answers in `IVOA-TDL-1.0`."""

from __future__ import annotations

from typing import Final

from execbroker.languages.schemas.forms import DIALECT, FORMS, Schema, described, keyed, listed
from execbroker.languages.tdl.keys import RESOURCES
from execbroker.languages.tdl.tasks import NAME

__all__ = ["answer_schema"]

_DATE: Final = "[0-9]{4}-[0-9]{2}-[0-9]{2}"
_CLOCK: Final = r"[0-9]{2}:[0-9]{2}(:[0-9]{2}(\.0{1,9})?)?"
_ZONE: Final = "(Z|[+-][0-9]{2}(:[0-9]{2})?)"
#: The scalars that only answers have.
_MORE_FORMS: Final[Schema] = {
    "instant": {
        "type": "string",
        "pattern": f"^{_DATE}[T ]{_CLOCK}{_ZONE}$",
        "examples": ["2023-05-11T09:00:00Z"],
    },
    "money": {"type": "string", "pattern": r"^[0-9]+(\.[0-9]+)?$", "examples": ["0.64"]},
    "figure": {
        "anyOf": [{"$ref": "#/$defs/amount"}, {"$ref": "#/$defs/duration"}],
        "examples": [64, "80GiB", "PT2H"],
    },
    "limit": {"type": ["string", "number"], "examples": [64, "80GiB", "PT2H"]},
}
_SHARED: Final = ("cores", "count", "size", "amount", "duration", "date", "clock", "name")


def answer_schema() -> Schema:
    """The schema of an answer in `IVOA-TDL-1.0`."""
    offers = "What the task is offered; an answer with offers is a YES."
    return {
        "$schema": DIALECT,
        "title": f"An answer in {NAME}",
        **keyed("What a planner says to a task.", _answer_keys(offers), required=("result",)),
        "if": {"properties": {"result": {"const": "YES", "description": "Whether the task can be run."}}},
        "then": {
            "required": ["offers"],
            "properties": {"offers": {"minItems": 1, "description": offers}},
        },
        "else": {"properties": {"offers": {"maxItems": 0, "description": offers}}},
        "$defs": {**{form: FORMS[form] for form in _SHARED}, **_MORE_FORMS, **_parts()},
    }


def _parts() -> dict[str, Schema]:
    """What an answer consists of, each under a name that other schemas may refer to."""
    changes = {"changes": _several("change", "The limits of the task that would have to be other.")}
    return {
        "offer": _offer({}, ()),
        "alternative": _offer(changes, ("changes",)),
        "change": _change(),
        "reason": _reason(),
        "unanswered": _texts(
            "A planner that gave no answer.",
            planner="Its name.",
            code="What happened: `failed` or `timed-out`.",
            message="What happened, in a sentence.",
        ),
        "compute-allotment": _compute(),
        "storage-allotment": _storage(),
    }


def _several(part: str, description: str) -> Schema:
    return listed({"$ref": f"#/$defs/{part}"}, description)


def _answer_keys(offers: str) -> dict[str, Schema]:
    return {
        "lang": {"const": NAME, "description": "The language of the answer, which is that of the task."},
        "result": {"enum": ["YES", "NO"], "description": "Whether the task can be run."},
        "complete": {
            "type": "boolean",
            "description": "False if the search stopped early: there may be better offers.",
            "default": True,
        },
        "omitted": described("count", "How many offers were left out, for there are too many.", default=0),
        "offers": _several("offer", offers),
        "reasons": _several("reason", "Why the task cannot be run."),
        "alternatives": _several(
            "alternative", "Offers that break some of the task's limits, the nearest first."
        ),
        "unanswered": _several("unanswered", "Planners that were asked and gave no answer."),
    }


def _texts(description: str, **texts: str) -> Schema:
    """A mapping of texts, all of which must be there."""
    return keyed(
        description, {key: described("name", text) for key, text in texts.items()}, required=tuple(texts)
    )


def _offer(more: dict[str, Schema], required: tuple[str, ...]) -> Schema:
    """An offer, with further keys behind."""
    always = {
        "offer": described("name", "The identifier of the offer.", minLength=1),
        "platform": described("name", "The platform."),
        "pool": described("name", "The pool of the platform."),
        "expires": described("instant", "The instant until which the offer can be accepted."),
        "startdate": described("date", "The date of the earliest start, in the task's zone."),
        "starttime": described("clock", "The time of the earliest start, in the task's zone."),
        "minstart": described("instant", "The earliest start."),
        "maxstart": described("instant", "The latest start."),
        "maxend": described("instant", "The latest end."),
        "minduration": described("duration", "The shortest run."),
        "maxduration": described("duration", "The longest run."),
    }
    at_times = {
        "runner": described("name", "The endpoint that runs what is offered."),
        "preparation": described("duration", "What staging and preparing take before the start."),
        "proximity": {"type": "number", "description": "How far the platform is from the task's data."},
        "cost": keyed(
            "Of the minimum amounts for the minimum duration.",
            {
                "amount": described("money", "How much, exact in six decimal places."),
                "currency": described("name", "The currency.", examples=["EUR"]),
            },
            required=("amount",),
        ),
        "costs": listed(_gauged(), "All costs, where there are others than money."),
        "metrics": listed(_gauged(), "What else the platform says of the offer."),
        "flavour": described("name", "What is booked, in a pool with flavours."),
        "compute-resources": _several("compute-allotment", "What each compute resource of the task gets."),
        "storage-resources": _several("storage-allotment", "What each storage resource of the task gets."),
    }
    return keyed(
        "An offer: any run within its limits may be chosen.",
        {**always, **at_times, **more},
        required=(*always, *required),
    )


def _gauged() -> Schema:
    return keyed(
        "A cost or a metric.",
        {
            "type": described("name", "What is measured, a URI."),
            "min": described("money", "Of the minimum amounts and the shortest run."),
            "max": described("money", "Of the maximum amounts and the longest run."),
            "description": described("name", "In words, such as its unit.", examples=["kWh"]),
        },
        required=("type", "min", "max"),
    )


def _both(form: str, name: str, what: str) -> dict[str, Schema]:
    """The two ends of a range."""
    return {
        f"min{name}": described(form, f"The least: {what}."),
        f"max{name}": described(form, f"The most: {what}."),
    }


def _compute() -> Schema:
    forms = dict(zip(RESOURCES, ("cores", "size", "count"), strict=True))
    keys = {key: form for name in RESOURCES for key, form in _both(forms[name], name, name).items()}
    pairs = [(f"min{name}", f"max{name}") for name in RESOURCES]
    return {
        **keyed(
            "What a compute resource gets: `min…` and `max…` of each of its amounts.",
            {"name": described("name", "Its name in the task."), **keys},
        ),
        "patternProperties": {"^(min|max).": {"$ref": "#/$defs/amount"}},
        "dependentRequired": {one: [other] for pair in pairs for one, other in (pair, pair[::-1])},
    }


def _storage() -> Schema:
    return keyed(
        "What a storage resource gets.",
        {"name": described("name", "Its name in the task."), **_both("size", "size", "its size")},
        required=("minsize", "maxsize"),
    )


def _reason() -> Schema:
    keys = {
        "code": described("name", "For programs.", examples=["busy", "resource-exceeds-capacity"]),
        "platform": described("name", "The platform where this stands in the way; everywhere if left out."),
        "pool": described("name", "The pool where this stands in the way; everywhere if left out."),
        "path": described("name", "The limit in the task.", examples=["compute-resources[0].mincores"]),
        "message": described("name", "For people, with the figures."),
        "asked": described("figure", "What was asked for."),
        "available": described("figure", "What there is."),
        "start": described("instant", "From when."),
        "end": described("instant", "Until when."),
    }
    return keyed("Why not.", keys, required=("code", "message"))


def _change() -> Schema:
    keys = {
        "path": described("name", "The limit in the task.", examples=["minduration"]),
        "from": described("limit", "What it says."),
        "to": described("limit", "What it would have to say; if left out, it would have to go."),
    }
    return keyed("A limit of the task that would have to be other.", keys, required=("path",))
