"""The forms in which a document may give the same thing, brought into one before it is structured.

The proposal writes a resource as a list of single pairs (`[mincores: 4, minmemory: 80G]`), and one resource may
stand where a list of them may. Afterwards there is always a list of mappings; where the nodes really are in the
file is noted in the findings.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import TypeGuard

from execbroker.languages.structuring.findings import Findings
from execbroker.languages.text.documents import Path

__all__ = ["as_list", "as_mapping", "as_resources", "merged"]

Pair = dict[str, object]


def merged(tree: Mapping[str, object], changes: Mapping[str, object]) -> dict[str, object]:
    """A copy of a mapping with some values exchanged, in the same order."""
    return {key: changes.get(key, value) for key, value in tree.items()}


def as_list(value: object, path: Path, findings: Findings) -> object:
    """A list, also where the document has one mapping; anything else as it is."""
    if not isinstance(value, dict):
        return value
    findings.moves[*path, 0] = path
    return [value]


def as_resources(value: object, path: Path, findings: Findings) -> object:
    """A list of resources, whether the document has one mapping, one list of pairs or a list of either."""
    if not isinstance(value, list):
        return as_list(value, path, findings)
    if len(value) > 1 and _are_pairs(value):
        findings.moves[*path, 0] = path
        return [_merge(value, path, (*path, 0), findings)]
    return [as_mapping(item, (*path, index), findings) for index, item in enumerate(value)]


def as_mapping(value: object, path: Path, findings: Findings) -> object:
    """A mapping, also where the document has a list of single pairs; anything else as it is."""
    return _merge(value, path, path, findings) if _are_pairs(value) else value


def _are_pairs(value: object) -> TypeGuard[list[Pair]]:
    if not isinstance(value, list) or not value:
        return False
    if not all(isinstance(item, dict) and len(item) == 1 for item in value):
        return False
    keys = [key for item in value for key in item]
    return len(set(keys)) == len(keys)


def _merge(pairs: list[Pair], path: Path, target: Path, findings: Findings) -> Pair:
    together: Pair = {}
    for index, pair in enumerate(pairs):
        for key, value in pair.items():
            together[key] = value
            findings.moves[*target, key] = (*findings.origin(path), index, key)
    if len(pairs) > 1 and _are_in_braces(pairs, path, findings):
        findings.warn(
            "pairs-read-as-one",
            f"these {len(pairs)} single pairs are read as one",
            path,
            hint="write one mapping with all of them or, if they are several, give each a `name`",
        )
    return together


def _are_in_braces(pairs: list[Pair], path: Path, findings: Findings) -> bool:
    """Whether each pair is a mapping in braces of its own, which looks like a thing of its own."""
    where = findings.document.position
    origin = findings.origin(path)
    return all(
        where((*origin, index)) != where((*origin, index, key), "key")
        for index, pair in enumerate(pairs)
        for key in pair
    )
