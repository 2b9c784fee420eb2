"""Paths of limits: as the core names them, by the keys of the seed language, and as the schemas do."""

from __future__ import annotations

import re
from typing import Final

from execbroker.languages.drafts.dialects import Dialect

__all__ = ["path_in", "path_of"]

_INDEXED: Final = re.compile(r"(compute|storage|data)-resources\[([0-9]{1,9})\](?:\.(.+))?", re.ASCII)
_AMOUNT: Final = re.compile(r"(min|max)(cores|memory|size)", re.ASCII)
#: Limits that are not among the resources.
_OTHERS: Final = {"minduration": "schedule.requested.duration", "daterange": "schedule.requested.start"}


def path_in(path: str, dialect: Dialect) -> str:
    """The path of a limit in a request; as it is, where a request has no such place."""
    if path.split(".")[0] == "daterange":
        return _OTHERS["daterange"]
    if path in ("executable", "executable.type"):
        return f"executable.{dialect.type_key}"
    found = _INDEXED.fullmatch(path)
    if found is None:
        return _OTHERS.get(path, path)
    group, index, key = found.groups()
    is_alone = group == "compute" and not dialect.resources
    if is_alone and index != "0":
        return path
    amount = _AMOUNT.fullmatch(key or "")
    if amount:
        key = f"{amount[2]}.{'requested.' if dialect.has_sides else ''}{amount[1]}"
    parts = [*map(str, dialect.resources), group if is_alone else f"{group}[{index}]", key]
    return ".".join(part for part in parts if part)


_THERE: Final = re.compile(
    r"(?:resources\.)?(compute|storage|data)(?:\[([0-9]{1,9})\])?(?:\.(cores|memory|size)(?:\.requested)?\.(min|max)|\.(.+))?",
    re.ASCII,
)


def path_of(path: str) -> str:
    """The path of a limit as the core names it, of one in a request; as it is, if the core has none.

    >>> path_of("resources.compute[0].cores.requested.min"), path_of("compute.cores.min")
    ('compute-resources[0].mincores', 'compute-resources[0].mincores')
    """
    for ours, theirs in _OTHERS.items():
        if path == theirs:
            return ours
    if path in ("executable.type", "executable.kind"):
        return "executable.type"
    found = _THERE.fullmatch(path)
    if found is None:
        return path
    group, index, resource, end, rest = found.groups()
    key = f"{end}{resource}" if resource else rest
    return f"{group}-resources[{index or 0}]" + (f".{key}" if key else "")
