"""What the JSON Schemas of task and platform files have in common: the forms of scalars, and mappings of them."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final

__all__ = ["DIALECT", "FORMS", "Schema", "described", "keyed", "listed", "one_or_more"]

Schema = dict[str, Any]

#: The version of JSON Schema.
DIALECT: Final = "https://json-schema.org/draft/2020-12/schema"

_NUMBER: Final = r"[0-9]+(\.[0-9]+)?"
_UNIT: Final = r"(w|wks?|weeks?|d|days?|h|hrs?|hours?|m|mins?|minutes?|s|secs?|seconds?)"
_CLOCK: Final = r"[0-9]{1,2}:[0-9]{2}(:[0-9]{2}(\.0{1,9})?)?"
_DATE: Final = (
    r"([0-9]{4}-[0-9]{2}-[0-9]{2}|[0-9]{1,2} [A-Za-z]{3,12} [0-9]{4}|[A-Za-z]{3,12} [0-9]{1,2},? [0-9]{4})"
)


def _text(pattern: str, *examples: str) -> Schema:
    return {"type": "string", "pattern": f"^({pattern})$", "examples": list(examples)}


#: Not `const`, which those who make classes of schemas take for the only value of the whole form.
_ZERO: Final[Schema] = {"type": "number", "minimum": 0, "maximum": 0}
_SIZE: Final = _text(rf"0+(\.0+)?|{_NUMBER} ?(B|[KMGTP](iB|B)?)", "80G", "1.5TiB", "500MB")

#: The scalars that files share. Numbers stand where there is no unit, text where there is one.
FORMS: Final[Schema] = {
    "cores": {"type": "number", "minimum": 0, "examples": [4, 0.5]},
    "count": {"type": "number", "minimum": 0, "multipleOf": 1, "examples": [1]},
    "size": {"anyOf": [_SIZE, _ZERO]},
    "amount": {"anyOf": [_SIZE, {"type": "number", "minimum": 0}]},
    "duration": {
        "anyOf": [
            _text(
                rf"{_NUMBER} ?{_UNIT}( ?{_NUMBER} ?{_UNIT})*|[0-9]{{1,6}}:[0-5][0-9]:[0-5][0-9]|P[0-9.WDTHMS]+|0+",
                "2hr", "90 min", "1d12h", "2:30:00", "PT2H",
            ),
            _ZERO,
        ]
    },
    "date": _text(
        rf"([A-Za-z]{{3,12}},? )?{_DATE}([T ]{_CLOCK} ?(Z|[+-][0-9]{{2}}(:[0-9]{{2}})?)?)?",
        "09 May 2023", "2023-05-09", "11 May 2023 15:30", "2023-05-11T15:30Z",
    ),
    "clock": _text(_CLOCK, "9:00", "24:00"),
    "days": {
        "type": "array",
        "minItems": 1,
        "items": _text(
            "[Mm][Oo][Nn]([Dd][Aa][Yy])?|[Tt][Uu][Ee][A-Za-z]*|[Ww][Ee][Dd][A-Za-z]*|[Tt][Hh][Uu][A-Za-z]*"
            "|[Ff][Rr][Ii][A-Za-z]*|[Ss][Aa][Tt][A-Za-z]*|[Ss][Uu][Nn][A-Za-z]*",
            "mon",
        ),
    },
    "name": {"type": "string"},
    "rate": _text(rf"{_NUMBER} ?(B|[KMGTP](iB|B)?) ?/ ?s", "100M/s", "1G/s"),
}  # fmt: skip


def described(form: str, description: str, **more: object) -> Schema:
    """A scalar of one of the shared forms, with what it means."""
    return {"$ref": f"#/$defs/{form}", "description": description, **more}


def keyed(
    description: str,
    properties: Mapping[str, Schema],
    *,
    required: tuple[str, ...] = (),
    rest: object = False,
) -> Schema:
    """A mapping with these keys; `rest` is what further keys may hold, and False that there are none."""
    mapping: Schema = {"type": "object", "description": description, "properties": dict(properties)}
    if required:
        mapping["required"] = list(required)
    return {**mapping, "additionalProperties": rest}


def listed(items: Schema, description: str) -> Schema:
    """A list of things of one kind."""
    return {"type": "array", "items": items, "description": description}


def one_or_more(item: Schema, description: str) -> Schema:
    """One thing, or a list of them."""
    return {"anyOf": [item, listed(item, description)], "description": description}
