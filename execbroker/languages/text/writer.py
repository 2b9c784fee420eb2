"""From plain trees to YAML and JSON, so that every reader takes them for the same.

What a reader of YAML 1.1 or 1.2 could take for something other than text (`NO`, `9:00`, `2023-05-09`, `1e3`, `=`,
an odd line end) goes out in double quotes, in which YAML means what JSON means.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from decimal import Decimal
from typing import Final

from execbroker.languages.text.documents import Node

__all__ = ["to_json", "to_yaml"]

#: How many columns a line may take that holds a whole collection.
_WIDTH: Final = 110

#: How many collections may lie within each other on one line: a list of mappings, a mapping with lists.
_HEIGHT: Final = 2

#: Longer keys have to be announced by `?`: YAML 1.2.2, section 7.4.2, allows 1,024 characters.
_LONGEST_KEY: Final = 1000

#: Words with a space between them, none of which begins with a sign. Old readers end a key at any colon between
#: brackets, so there it is left out.
_PLAIN_BETWEEN_BRACKETS: Final = re.compile(r"[^\W_][\w./@+-]*(?: [\w(][\w./@+()-]*)*")
_PLAIN: Final = re.compile(r"[^\W_][\w./@+-]*(?::[\w/][\w./@+-]*)*(?: [\w(][\w./@+()-]*)*")

#: What looks like a word and is none, or is a number, a date or a time, by YAML 1.1, by YAML 1.2, or by a reader
#: that keeps to neither: https://yaml.org/type/ and YAML 1.2.2, section 10.3.2.
_AMBIGUOUS: Final = re.compile(
    r"""
      y | yes | n | no | on | off | true | false | null | none | nan | inf
    | [0-9][0-9_,.]* (?: e [-+]? [0-9_.]* )?
    | 0 [xob] [0-9a-f_]*
    | [0-9][0-9_.]* (?: : [0-9_.]* )+
    | [0-9]{4} - [0-9] .*
    """,
    re.VERBOSE | re.IGNORECASE | re.DOTALL,
)

#: What is not to be seen, turns text around, or ends a line for some readers.
_UNFIT: Final = re.compile(
    "[\x7f-\x9f\xad\u061c\u200b-\u200f\u2028-\u202e\u2060-\u206f\ud800-\udfff\ufeff\ufffe\uffff]"
)


def to_yaml(tree: Node) -> str:
    """A tree as YAML: keys in their order, small collections on one line, a line feed at the end.

    >>> print(to_yaml({"result": "YES", "offers": [{"mincores": 4, "starttime": "10:00"}]}), end="")
    result: "YES"
    offers: [{mincores: 4, starttime: "10:00"}]

    Raises:
        TypeError: There is something in it that a document cannot hold.
        ValueError: There is a number in it that is not finite.
    """
    is_block = isinstance(tree, dict | list) and tree
    lines = _lines(tree, "") if is_block else [_in_line(tree)]
    return "".join(f"{line}\n" for line in lines)


def to_json(tree: Node, indent: int | None = None) -> str:
    """A tree as JSON: keys in their order, on one line unless `indent` says by how many spaces to indent.

    >>> to_json({"start": "10:00", "cost": Decimal("0.50")})
    '{"start": "10:00", "cost": 0.50}'

    Raises:
        TypeError: There is something in it that a document cannot hold.
        ValueError: There is a number in it that is not finite.
    """
    return _json(tree, None if indent is None else " " * indent, "\n")


def _json(node: Node, step: str | None, line_end: str) -> str:
    if isinstance(node, dict):
        items = [
            f"{_quoted(key)}: {_json(value, step, line_end + (step or ''))}" for key, value in node.items()
        ]
        opener, closer = "{", "}"
    elif isinstance(node, list):
        items = [_json(item, step, line_end + (step or "")) for item in node]
        opener, closer = "[", "]"
    else:
        return _quoted(node) if isinstance(node, str) else _bare(node)
    if step is None or not items:
        return opener + ", ".join(items) + closer
    inner = line_end + step
    return opener + inner + f",{inner}".join(items) + line_end + closer


def _lines(node: Node, margin: str) -> Iterator[str]:
    """A collection that isn't empty, an entry a line; entries that don't fit take several."""
    if isinstance(node, dict):
        for key, value in node.items():
            head = f"{margin}{_text(key, _PLAIN)}:"
            if len(head) > _LONGEST_KEY:
                yield f"{margin}? {head[len(margin) : -1]}"
                head = f"{margin}:"
            if (rest := _fitting(value, len(head) + 1)) is not None:
                yield f"{head} {rest}"
            else:
                yield head
                yield from _lines(value, margin + "  ")
    elif isinstance(node, list):
        for item in node:
            if (rest := _fitting(item, len(margin) + 2)) is not None:
                yield f"{margin}- {rest}"
            else:
                first, *others = _lines(item, margin + "  ")
                yield f"{margin}- {first[len(margin) + 2 :]}"
                yield from others


def _fitting(node: Node, column: int) -> str | None:
    """A value as it stands on the line of its key; None for a collection that is too large for that."""
    if isinstance(node, str):
        return _text(node, _PLAIN)
    if not isinstance(node, dict | list) or not node:
        return _in_line(node)
    if _height(node) > _HEIGHT:
        return None
    line = _in_line(node)
    return line if column + len(line) <= _WIDTH else None


def _height(node: Node) -> int:
    """How many collections lie within each other."""
    inner = node.values() if isinstance(node, dict) else node if isinstance(node, list) else None
    return 0 if inner is None else 1 + max(map(_height, inner), default=0)


def _in_line(node: Node) -> str:
    """A node on one line."""
    if isinstance(node, dict):
        plain = _PLAIN_BETWEEN_BRACKETS
        return "{" + ", ".join(f"{_text(key, plain)}: {_in_line(value)}" for key, value in node.items()) + "}"
    if isinstance(node, list):
        return "[" + ", ".join(map(_in_line, node)) + "]"
    return _text(node, _PLAIN_BETWEEN_BRACKETS) if isinstance(node, str) else _bare(node)


def _text(text: str, plain: re.Pattern[str]) -> str:
    is_plain = plain.fullmatch(text) and not _AMBIGUOUS.fullmatch(text)
    return text if is_plain else _quoted(text)


def _quoted(text: str) -> str:
    """A text as JSON and YAML write it, with nothing in it that cannot be seen."""
    if not isinstance(text, str):
        raise TypeError(f"a key must be text, not {type(text).__name__}")
    return _UNFIT.sub(lambda sign: f"\\u{ord(sign[0]):04x}", json.dumps(text, ensure_ascii=False))


def _bare(node: Node) -> str:
    """What stands without quotes in both languages."""
    if node is None:
        return "null"
    if isinstance(node, bool):
        return "true" if node else "false"
    if isinstance(node, int):
        return str(node)
    if not isinstance(node, Decimal):
        raise TypeError(f"a document cannot hold {type(node).__name__}")
    if not node.is_finite():
        raise ValueError(f"a document cannot hold {node}")
    return f"{node:f}"  # written out, for YAML 1.1 wants a point where there is an exponent
