"""The schemas that the description names, each under a name of its own.

Those of tasks and answers, and of the languages of the draft, are the ones of `languages.schemas`, with their
definitions beside them, not within.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final

from execbroker.core.lifecycle import WISHES, Phase
from execbroker.languages.schemas.answer import answer_schema
from execbroker.languages.schemas.drafts import PREFIXES, draft_definitions
from execbroker.languages.schemas.task import task_schema
from execbroker.languages.tdl.tasks import NAME
from execbroker.service.routes import Schema

__all__ = [
    "ASKING_SCHEMAS",
    "DRAFT_SCHEMAS",
    "JOB_SCHEMAS",
    "PROBLEM_SCHEMAS",
    "SESSION_SCHEMAS",
    "hoisted",
    "named",
]

_WITHIN: Final = "#/$defs/"
_BESIDE: Final = "#/components/schemas/"
_TEXT: Final[Schema] = {"type": "string"}
_INSTANT: Final[Schema] = {"type": "string", "format": "date-time"}
_PHASE: Final[Schema] = {"enum": [each.value for each in Phase]}


def named(name: str) -> Schema:
    """A schema by its name."""
    return {"$ref": _BESIDE + name}


def hoisted(name: str, schema: Schema) -> dict[str, Schema]:
    """A schema and its definitions, each under a name of its own.

    >>> hoisted("A", {"$ref": "#/$defs/b", "$defs": {"b": {"type": "string"}}})
    {'A': {'$ref': '#/components/schemas/b'}, 'b': {'type': 'string'}}
    """
    # Who makes classes of schemas calls them by their titles, if they have any.
    own = {key: value for key, value in schema.items() if key not in ("$defs", "$schema", "title")}
    moved: dict[str, Schema] = _moved({name: own, **schema.get("$defs", {})})
    return moved


def _moved(node: Any) -> Any:
    if isinstance(node, Mapping):
        return {
            key: _BESIDE + value.removeprefix(_WITHIN) if key == "$ref" else _moved(value)
            for key, value in node.items()
        }
    return [_moved(each) for each in node] if isinstance(node, list) else node


def _mapping(properties: dict[str, Schema], *required: str) -> Schema:
    return {
        "type": "object",
        "properties": properties,
        "required": list(required),
        "additionalProperties": False,
    }


def _all(of: Schema) -> Schema:
    return {"type": "array", "items": of}


_OTHER: Final[Schema] = {
    "description": "A document in another language; if nobody here knows it, the answer is NO.",
    "type": "object",
    "properties": {"lang": {"type": "string", "not": {"const": NAME}}},
    "required": ["lang"],
}
_OTHER_ANSWER: Final[Schema] = {
    **_OTHER,
    "description": "An answer in the language of a task in another one.",
}

_ANSWER: Final = hoisted("AnswerDocument", answer_schema())
_OFFER: Final[Schema] = _ANSWER["AnswerDocument"]["properties"]["offers"]["items"]

#: The documents of the draft's languages and their parts, by the language.
DRAFT_SCHEMAS: Final[Mapping[str, Mapping[str, Schema]]] = {
    language: _moved(draft_definitions(language)) for language in PREFIXES
}


def _drafts(name: str) -> list[Schema]:
    """A document in each of the draft's languages."""
    return [named(prefix + name) for prefix in PREFIXES.values()]


def _key(key: str) -> Schema:
    """A document of the draft's text of 2024, which is all under one key."""
    return {"type": "object", "properties": {key: {"type": "object"}}, "required": [key]}


ASKING_SCHEMAS: Final[Mapping[str, Schema]] = {
    **hoisted("TaskDocument", task_schema()),
    **_ANSWER,
    **{name: schema for language in DRAFT_SCHEMAS.values() for name, schema in language.items()},
    "Text2024Request": _key("request"),
    "Text2024Answer": _key("response"),
    "Question": {"anyOf": [named("TaskDocument"), *_drafts("Request"), named("Text2024Request"), _OTHER]},
    "Reply": {
        "anyOf": [named("AnswerDocument"), *_drafts("OfferSet"), named("Text2024Answer"), _OTHER_ANSWER]
    },
    "QuestionForm": _mapping(
        {
            "lang": {"type": "string", "description": "The language of the task.", "examples": [NAME]},
            "task": {"type": "string", "description": "The document of the task, in YAML or JSON."},
        },
        "task",
    ),
}

_ENTRY: Final[dict[str, Schema]] = {"session": _TEXT, "phase": _PHASE, "task": _TEXT, "created": _INSTANT}
_RUN: Final = _mapping(
    {
        "start": _INSTANT,
        "end": _INSTANT,
        "duration": _TEXT,
        "node": {"type": "integer"},
        "amounts": {"type": "object", "additionalProperties": _TEXT},
    },
    "start", "end", "duration",
)  # fmt: skip
_CHOICE: Final[dict[str, Schema]] = {
    "session": {"type": "string", "description": "If it is there, it must be the one of the URL."},
    "phase": {"enum": [each.value for each in WISHES]},
    "start": {"type": "string", "description": "When, as an instant.", "examples": ["2023-05-11T09:00:00Z"]},
    "duration": {"type": "string", "description": "How long.", "examples": ["PT2H", "2hr"]},
    "amounts": {
        "type": "object",
        "description": "How much of each resource, all of the task's resources together.",
        "additionalProperties": {"type": ["number", "string"]},
        "examples": [{"cores": 4, "memory": "80GiB"}],
    },
}

SESSION_SCHEMAS: Final[Mapping[str, Schema]] = {
    "Session": _mapping(
        {
            **_ENTRY,
            "options": {**_all({"enum": [each.value for each in WISHES]}),
                        "description": "The phases that the client may ask for now."},
            "message": _TEXT,
            "history": _all(_mapping({"phase": _PHASE, "instant": _INSTANT}, "phase", "instant")),
            "run": _RUN,
            "job": {"type": "string", "description": "The URL of the job that UWS clients see."},
            "exit-status": {"type": "integer"},
            "connectors": {
                **_all(
                    _mapping(
                        {"location": _TEXT, "protocol": _TEXT, "kind": _TEXT}, "location", "protocol", "kind"
                    )
                ),
                "description": "The ways in to what runs.",
            },
            "results": _all(_mapping({"name": _TEXT, "location": _TEXT}, "name", "location")),
            "offer": {**_OFFER, "description": "What was offered."},
        },
        "session", "phase", "created", "history", "offer",
    ),
    "Sessions": _mapping(
        {"sessions": _all(_mapping(_ENTRY, "session", "phase", "created"))}, "sessions"
    ),
    "SessionChange": _mapping(_CHOICE, "phase"),
}  # fmt: skip


def _form(name: str, schema: Schema) -> Schema:
    return {"type": "object", "properties": {name: schema}, "required": [name]}


JOB_SCHEMAS: Final[Mapping[str, Schema]] = {
    "JobForm": {
        "type": "object",
        "properties": {
            "TASK": {"type": "string", "description": "The document of the task."},
            "OFFER": {"type": "string", "description": "Or the identifier of an offer that is there."},
            "RUNID": {"type": "string", "description": "What the client calls the job."},
            "PHASE": {"const": "RUN", "description": "Run it at once."},
        },
    },
    "ActionForm": _form("ACTION", {"const": "DELETE"}),
    "PhaseForm": _form("PHASE", {"enum": ["RUN", "ABORT"]}),
    "DurationForm": _form("EXECUTIONDURATION", {"type": "integer", "minimum": 0, "maximum": 2**31 - 1}),
    "DestructionForm": _form("DESTRUCTION", _INSTANT),
    "ParametersForm": {"type": "object"},
}

PROBLEM_SCHEMAS: Final[Mapping[str, Schema]] = {
    "Problem": {
        "description": "Why a request was not answered as it would be (RFC 9457).",
        "type": "object",
        "properties": {
            "type": {"type": "string", "format": "uri"},
            "title": _TEXT,
            "status": {"type": "integer"},
            "detail": _TEXT,
            "code": {"type": "string", "description": "For programs."},
            "problems": _all(
                _mapping(
                    {
                        "code": _TEXT,
                        "message": _TEXT,
                        "severity": {"enum": ["error", "warning"]},
                        "path": _TEXT,
                        "found": _TEXT,
                        "hint": _TEXT,
                        "line": {"type": "integer", "minimum": 1},
                        "column": {"type": "integer", "minimum": 1},
                    },
                    "code", "message", "severity", "path",
                )
            ),
            "available": {"type": "object", "additionalProperties": _TEXT},
            "options": _all(_TEXT),
            "phase": _PHASE,
            "messages": {**_all({"type": "object"}), "description": "Why not, as the draft's languages have it."},
        },
        "required": ["type", "title", "status", "detail", "code"],
    }
}  # fmt: skip
