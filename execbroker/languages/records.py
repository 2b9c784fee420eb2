"""Sessions as JSON text and back, for books that keep them in a database.

This is the library's own notation, which nobody else reads or writes: what cannot be read is a damaged book.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from decimal import Decimal
from fractions import Fraction
from functools import cache
from typing import Any, TypeVar

from cattrs import Converter
from cattrs.gen import make_dict_structure_fn, make_dict_unstructure_fn, override

from execbroker.core.amounts import Amounts
from execbroker.core.ranges import Range
from execbroker.core.session import Session
from execbroker.core.spans import Span
from execbroker.core.task import Data, Executable

__all__ = ["read_session", "write_session"]

_Plain = TypeVar("_Plain", int, str)


def write_session(session: Session) -> str:
    """A session as JSON text, the same for equal sessions, whatever the order in which their parts were given.

    Numbers are kept as they are written, so that 35.0 and 35, which are equal, are two texts.
    """
    return json.dumps(_converter().unstructure(session), separators=(",", ":"), sort_keys=True)


def read_session(text: str) -> Session:
    """The session that a text was written from.

    Raises:
        ValueError: The text is no session.
    """
    try:
        session = _converter().structure(json.loads(text), Session)
    except Exception as fault:
        raise ValueError("what the book holds is no session") from fault
    if not session.history:
        raise ValueError("what the book holds is a session without a phase")
    return session


@cache
def _converter() -> Converter:
    converter = Converter(
        forbid_extra_keys=True, detailed_validation=False, unstruct_collection_overrides={frozenset: sorted}
    )
    # By themselves, both are made of anything.
    for plain in (int, str):
        converter.register_structure_hook(plain, _unconverted)
    converter.register_structure_hook(bool, _truth)  # or it would go by the hook of `int`
    converter.register_unstructure_hook(Range, lambda given: [given.minimum, given.maximum])
    converter.register_structure_hook(Range, lambda given, _: Range(*given))
    converter.register_structure_hook(
        Span, lambda given, _: Span(*converter.structure(given, tuple[int, int]))
    )
    converter.register_unstructure_hook(Amounts, dict)
    converter.register_structure_hook(
        Amounts, lambda given, _: Amounts(converter.structure(given, dict[str, int]))
    )
    for exact in (Decimal, Fraction):
        converter.register_unstructure_hook(exact, str)
        converter.register_structure_hook(exact, lambda given, kind: kind(_unconverted(given, str)))
    converter.register_unstructure_hook(Executable, lambda given: [given.type, _marked(given.details)])
    converter.register_structure_hook(Executable, lambda given, _: Executable(given[0], _exact(given[1])))
    details = override(unstruct_hook=_marked, struct_hook=lambda given, _: _exact(given))
    converter.register_unstructure_hook(Data, make_dict_unstructure_fn(Data, converter, details=details))
    converter.register_structure_hook(Data, make_dict_structure_fn(Data, converter, details=details))
    return converter


def _unconverted(given: object, kind: type[_Plain]) -> _Plain:
    """A value that is of its kind already."""
    if not isinstance(given, kind) or isinstance(given, bool):
        raise TypeError(f"{given!r} is no {kind.__name__}")
    return given


def _truth(given: object, _: object) -> bool:
    """A truth value."""
    if not isinstance(given, bool):
        raise TypeError(f"{given!r} is no truth value")
    return given


def _marked(node: object) -> object:
    """A plain tree with its exact decimals as lists of one text; its own lists hold one list more."""
    if isinstance(node, Decimal):
        return [str(node)]
    if isinstance(node, Mapping):
        return {key: _marked(value) for key, value in node.items()}
    return [[_marked(item) for item in node]] if isinstance(node, list | tuple) else node


def _exact(node: Any) -> Any:
    """The tree that `_marked` made this of."""
    if isinstance(node, dict):
        return {key: _exact(value) for key, value in node.items()}
    if not isinstance(node, list):
        return node
    (only,) = node
    return Decimal(only) if isinstance(only, str) else [_exact(item) for item in only]
