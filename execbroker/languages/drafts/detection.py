"""Which of the dialects a document is in, by a look at its first keys.

Reading a task in the seed language comes by here, so nothing else is imported.
"""

from __future__ import annotations

from typing import Final

from execbroker.languages.text.documents import Document, Node

__all__ = ["CALYCOPIS", "DRAFT_2024", "DRAFT_2025", "dialect_of"]

#: The names of the dialects.
DRAFT_2024: Final = "IVOA-EB-2024"
DRAFT_2025: Final = "IVOA-EB-2025"
CALYCOPIS: Final = "Calycopis-1.0"

#: How the types of the schema of 2025 begin, and those of the text.
_TYPES_2025: Final = "https://www.purl.org/ivoa.net/EB/"
_TYPES_2024: Final = (
    "uri:",
    "https://www.purl.org/ivoa.net/executable-types/",
    "https://www.purl.org/ivoa.net/resource-types/",
)
#: The parts of a request of 2026.
_PARTS: Final = ("executable", "compute", "storage", "data", "costs", "metrics", "offers")


def dialect_of(document: Document) -> str | None:
    """The name of the dialect that a document is in, or None: then it is none of them."""
    root = document.root
    if not isinstance(root, dict) or "lang" in root or "task" in root:
        return None
    if isinstance(root.get("request"), dict) or isinstance(root.get("response"), dict):
        return DRAFT_2024
    if "result" in root:
        return _of_answer(root)
    if "phase" in root and "expires" in root:
        return CALYCOPIS if "kind" in root or "meta" in root else DRAFT_2025
    return _of_request(root)


def _of_answer(root: dict[str, Node]) -> str | None:
    if "kind" in root or "meta" in root or any("kind" in each for each in _mappings(root.get("offers"))):
        return CALYCOPIS
    is_draft = any(key in root for key in ("uuid", "href", "type", "messages"))
    return DRAFT_2025 if is_draft else None


def _of_request(root: dict[str, Node]) -> str | None:
    if any("kind" in each for part in _PARTS for each in _mappings(root.get(part))):
        return CALYCOPIS
    resources = root.get("resources")
    parts = [*_mappings(root.get("executable"))]
    if isinstance(resources, dict):
        parts += [each for part in resources.values() for each in _mappings(part)]
    types = [str(each.get("type")) for each in parts]
    if any(each.startswith(_TYPES_2025) for each in types):
        return DRAFT_2025
    if any(each.startswith(_TYPES_2024) for each in types):
        return DRAFT_2024
    schedule = root.get("schedule")
    requested = schedule.get("requested") if isinstance(schedule, dict) else None
    if not isinstance(requested, dict):
        return None
    return DRAFT_2025 if "resources" in root or isinstance(requested.get("start"), list) else CALYCOPIS


def _mappings(node: Node) -> list[dict[str, Node]]:
    """The mapping that a node is, or those in the list that it is."""
    nodes = node if isinstance(node, list) else [node]
    return [each for each in nodes if isinstance(each, dict)]
