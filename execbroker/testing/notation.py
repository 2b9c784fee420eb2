"""Values as Python source, which can be pasted and gives the same values again.

`repr` shows all fields and not all values can be read back from it; here only what is not a default is written.
"""

from __future__ import annotations

import enum
from collections.abc import Iterable, Iterator, Mapping
from typing import Any

import attrs

from execbroker.core.amounts import Amounts

__all__ = ["imports_of", "written"]

#: How wide a line may be before it is broken; what can't be broken may be wider.
_WIDTH = 100


def written(value: object, indent: int = 0) -> str:
    """The source of a value, in as many lines as it takes; those after the first begin with `indent` spaces.

    >>> from execbroker.core.ranges import Range
    >>> from execbroker.core.task import Compute, Task
    >>> print(written(Task(compute=(Compute("main", {"cores": Range(2000)}),))))
    Task(compute=(Compute(name='main', ranges={'cores': Range(minimum=2000)}),))
    """
    opening, parts, closing = _parts(value)
    in_one_line = opening + ", ".join(key + written(part) for key, part in parts) + closing
    if isinstance(value, tuple) and len(parts) == 1 and opening == "(":
        in_one_line = in_one_line[:-1] + ",)"
    if not parts or indent + len(in_one_line) <= _WIDTH:
        return in_one_line
    inner = " " * (indent + 4)
    lines = [f"{inner}{key}{written(part, indent + 4)},\n" for key, part in parts]
    return f"{opening}\n{''.join(lines)}{' ' * indent}{closing}"


def imports_of(values: Iterable[object], *others: tuple[str, str]) -> list[str]:
    """The lines that import what the source of some values names, and other names, each with its module.

    >>> imports_of([Amounts({"cores": 1000})], ("execbroker.core.amounts", "CORES"))
    ['from execbroker.core.amounts import Amounts, CORES']
    """
    named: dict[str, set[str]] = {}
    for module, name in others:
        named.setdefault(module, set()).add(name)
    for each in values:
        for kind in _types(each):
            named.setdefault(kind.__module__, set()).add(kind.__qualname__.split(".")[0])
    return [f"from {module} import {', '.join(sorted(names))}" for module, names in sorted(named.items())]


def _parts(value: object) -> tuple[str, list[tuple[str, object]], str]:
    """How the source of a value begins, what stands in it, each with its key, and how it ends."""
    if isinstance(value, enum.Enum):
        return f"{type(value).__qualname__}.{value.name}", [], ""
    if isinstance(value, Amounts):
        return "Amounts(", [("", dict(value))], ")"
    if attrs.has(type(value)):
        return f"{type(value).__qualname__}(", list(_fields(value)), ")"
    if isinstance(value, tuple):
        name = type(value).__qualname__ if hasattr(value, "_fields") else ""
        return f"{name}(", [("", each) for each in value], ")"
    if isinstance(value, list):
        return "[", [("", each) for each in value], "]"
    if isinstance(value, frozenset) and value:
        return "frozenset({", [("", each) for each in sorted(value)], "})"
    if isinstance(value, Mapping):
        return "{", [(f"{key!r}: ", each) for key, each in value.items()], "}"
    return repr(value), [], ""


def _fields(value: Any) -> Iterator[tuple[str, object]]:
    """The arguments that make a value: those without a default by place, others by name where they differ."""
    for field in attrs.fields(type(value)):
        if not field.init:
            continue
        given = getattr(value, field.name)
        if field.default is attrs.NOTHING:
            yield "", given
        elif given != _default(field):
            yield f"{field.alias}=", given


def _default(field: Any) -> object:
    """What a field holds that is not given."""
    made = field.default
    if isinstance(made, attrs.Factory):  # type: ignore[arg-type]
        made = made.factory()
    return made if field.converter is None else field.converter(made)


def _types(value: object) -> Iterator[type]:
    """The types that the source of a value names."""
    _, parts, _ = _parts(value)
    kind = type(value)
    if kind.__module__ != "builtins":
        yield kind
    for _, part in parts:
        yield from _types(part)
