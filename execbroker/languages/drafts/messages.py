"""Reasons as messages and back: with the sentence filled in, and with its template and its values beside it."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from decimal import Decimal
from typing import Any, Final, TypeVar

from execbroker.core.answer import MEASURED, Reason
from execbroker.core.durations import format_duration, parse_duration
from execbroker.core.instants import format_instant, parse_instant
from execbroker.core.problems import Problem, Unreadable, quoted
from execbroker.core.sizes import format_amount, parse_amount
from execbroker.languages.drafts.dialects import Dialect
from execbroker.languages.drafts.paths import path_in, path_of
from execbroker.languages.drafts.uris import code_of, message_kind, problem_kind
from execbroker.languages.text.documents import Tree, present

__all__ = [
    "LEVELS",
    "fill",
    "kind_tree",
    "message_tree",
    "problem_tree",
    "read_reason",
    "reason_tree",
    "template_of",
]

T = TypeVar("T")

LEVELS: Final = ("DEBUG", "INFO", "WARN", "ERROR", "OTHER")

_NAMED: Final = re.compile(r"\$\{([^{}]*)\}")
_DECIMAL: Final = re.compile(r"[0-9]{1,50}(?:\.[0-9]{1,50})?", re.ASCII)


def fill(template: str, values: Mapping[str, str]) -> str:
    """The sentence of a template; a name that has no value stays as it is.

    >>> fill("${asked} cores asked, at most ${available} free", {"asked": "64", "available": "48"})
    '64 cores asked, at most 48 free'
    """
    return _NAMED.sub(lambda found: values.get(found[1], found[0]), template)


def template_of(message: str, values: Mapping[str, str]) -> str:
    """A template that makes this sentence of these values.

    >>> template_of("64 cores asked, at most 48 free", {"asked": "64", "available": "48"})
    '${asked} cores asked, at most ${available} free'
    """
    names = {text: name for name, text in reversed([*values.items()]) if text}
    if not names:
        return message
    words = "|".join(re.escape(text) for text in sorted(names, key=len, reverse=True))
    template = re.sub(rf"(?<![\w.:-])(?:{words})(?![\w:-])", lambda found: f"${{{names[found[0]]}}}", message)
    return template if fill(template, values) == message else message


def message_tree(
    dialect: Dialect, code: str, message: str, values: Mapping[str, str], level: str, time: int | None
) -> Tree:
    """A message about a reason."""
    return kind_tree(dialect, message_kind(code), message, values, level, time)


def kind_tree(
    dialect: Dialect, kind: str, message: str, values: Mapping[str, str], level: str, time: int | None
) -> Tree:
    """A message of a kind."""
    return present(
        {
            dialect.type_key: kind,
            "time": None if time is None else format_instant(time),
            "level": level,
            "template": template_of(message, values),
            "values": dict(values),
            "message": message,
        }
    )


def problem_tree(problem: Problem, dialect: Dialect, time: int | None) -> Tree:
    """The message that says what of a document is in doubt, or wrong."""
    position = problem.position
    values = {
        "path": problem.path,
        "found": problem.found,
        "line": position and str(position.line),
        "column": position and str(position.column),
        "hint": problem.hint,
    }
    message = f"{problem.message}; {problem.hint}" if problem.hint else problem.message
    level = "ERROR" if problem.is_error else "WARN"
    given = {name: text for name, text in values.items() if text}
    return kind_tree(dialect, problem_kind(problem.code), message, given, level, time)


def reason_tree(reason: Reason, dialect: Dialect, time: int | None) -> Tree:
    """The message that says why not."""
    values = {
        "platform": reason.platform,
        "pool": reason.pool,
        "path": None if reason.path is None else path_in(reason.path, dialect),
        "resource": reason.resource,
        "asked": _figure(reason, reason.asked),
        "available": _figure(reason, reason.available),
        "start": None if reason.start is None else format_instant(reason.start),
        "end": None if reason.end is None else format_instant(reason.end),
    }
    given = {name: text for name, text in values.items() if text is not None}
    return message_tree(dialect, reason.code, reason.message, given, "WARN", time)


def _figure(reason: Reason, value: int | Decimal | None) -> str | None:
    if value is None or isinstance(value, Decimal):
        return None if value is None else str(value)
    return (
        format_duration(value)
        if reason.resource is None
        else format_amount(reason.resource, value, reason.sizes)
    )


def read_reason(found: Any) -> Reason:
    """Why not, from a message of any broker: filled in if its sender did not do it."""
    values = {name: str(value) for name, value in (found.values or {}).items() if value is not None}
    code = code_of(found.type or found.kind or "") or "unknown"
    message = found.message or fill(found.template or "", values) or code
    resource, path = values.get("resource"), values.get("path")
    figures = [values.get(key) for key in ("asked", "available")]
    is_size = resource is not None and any(figure and figure[-1].isalpha() for figure in figures)
    sizes = frozenset({resource}) if is_size and resource is not None else frozenset[str]()

    def read(text: str) -> int | Decimal:
        if code in MEASURED:
            return _decimal(text)
        return parse_duration(text) if resource is None else parse_amount(resource, text, sizes=sizes)

    asked, available = (_tried(read, figure) for figure in figures)
    start, end = (_tried(parse_instant, values.get(key)) for key in ("start", "end"))
    return Reason(
        code, message, values.get("platform"), values.get("pool"), None if path is None else path_of(path),
        resource, asked, available, start, end, sizes,
    )  # fmt: skip


def _decimal(text: str) -> Decimal:
    if not _DECIMAL.fullmatch(text):
        raise Unreadable("number", f"{quoted(text)} is no number", "write it in decimals")
    return Decimal(text)


def _tried(read: Callable[[str], T], text: str | None) -> T | None:
    """What a reader makes of a text; None where it makes nothing of it, for others may mean anything by a name."""
    if text is None:
        return None
    try:
        return read(text)
    except Unreadable:
        return None
