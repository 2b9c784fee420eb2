"""Sessions as JSON text and back, for books that keep them in a database.

This is the library's own notation, which nobody else reads or writes: what cannot be read is a damaged book.
"""

from __future__ import annotations

import json
from decimal import Decimal
from fractions import Fraction
from functools import cache
from typing import Any

from cattrs import Converter

from execbroker.core.amounts import Amounts
from execbroker.core.ranges import Range
from execbroker.core.session import Session
from execbroker.core.task import Executable

__all__ = ["read_session", "write_session"]


def write_session(session: Session) -> str:
    """A session as JSON text, the same for equal sessions."""
    return json.dumps(_converter().unstructure(session), separators=(",", ":"), sort_keys=True)


def read_session(text: str) -> Session:
    """The session that a text was written from.

    Raises:
        ValueError: The text is no session.
    """
    try:
        return _converter().structure(json.loads(text), Session)
    except Exception as fault:
        raise ValueError("what the book holds is no session") from fault


@cache
def _converter() -> Converter:
    converter = Converter(
        forbid_extra_keys=True, detailed_validation=False, unstruct_collection_overrides={frozenset: sorted}
    )
    converter.register_unstructure_hook(Range, lambda given: [given.minimum, given.maximum])
    converter.register_structure_hook(Range, lambda given, _: Range(*given))
    converter.register_unstructure_hook(Amounts, dict)
    converter.register_structure_hook(Amounts, lambda given, _: Amounts(given))
    for exact in (Decimal, Fraction):
        converter.register_unstructure_hook(exact, str)
        converter.register_structure_hook(exact, lambda given, kind: kind(given))
    converter.register_unstructure_hook(Executable, lambda given: [given.type, _marked(given.details)])
    converter.register_structure_hook(Executable, lambda given, _: Executable(given[0], _exact(given[1])))
    return converter


def _marked(node: object) -> object:
    """A plain tree with its exact decimals as lists of one text; its own lists hold one list more."""
    if isinstance(node, Decimal):
        return [str(node)]
    if isinstance(node, dict):
        return {key: _marked(value) for key, value in node.items()}
    return [[_marked(item) for item in node]] if isinstance(node, list | tuple) else node


def _exact(node: Any) -> Any:
    """The tree that `_marked` made this of."""
    if isinstance(node, dict):
        return {key: _exact(value) for key, value in node.items()}
    if not isinstance(node, list):
        return node
    return Decimal(node[0]) if isinstance(node[0], str) else [_exact(item) for item in node[0]]
