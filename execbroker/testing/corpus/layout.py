"""How the files of the corpus are written: a case is a block, and what fits into a line is on one."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Final

__all__ = ["lay_out"]

#: How wide a line may be that holds a whole object or array.
_WIDTH: Final = 120


def lay_out(tree: object) -> str:
    r"""A file of the corpus as text; whoever adds a case writes it so.

    >>> print(lay_out({"version": 1, "cases": [{"name": "one", "rules": ["within-capacity"]}]}), end="")
    {
      "version": 1,
      "cases": [
        {
          "name": "one",
          "rules": ["within-capacity"]
        }
      ]
    }
    """
    # The file, its cases, and each case.
    return _laid_out(tree, 0, 0, blocks=3) + "\n"


def _laid_out(node: object, margin: int, before: int, blocks: int) -> str:
    """A value.

    Args:
        node: The value.
        margin: Where its lines begin.
        before: How much stands before it on its first line.
        blocks: So many levels are always broken into lines.
    """
    line = json.dumps(node, ensure_ascii=False)
    if (
        not node
        or not isinstance(node, (Mapping, list))
        or (not blocks and margin + before + len(line) < _WIDTH)
    ):
        return line
    inner = margin + 2
    if isinstance(node, Mapping):
        items = [_entry(key, value, inner, blocks) for key, value in node.items()]
        opener, closer = "{", "}"
    else:
        items = [_laid_out(item, inner, 0, max(0, blocks - 1)) for item in node]
        opener, closer = "[", "]"
    separator = ",\n" + " " * inner
    return f"{opener}\n{' ' * inner}{separator.join(items)}\n{' ' * margin}{closer}"


def _entry(key: str, value: object, margin: int, blocks: int) -> str:
    head = f"{json.dumps(key, ensure_ascii=False)}: "
    return head + _laid_out(value, margin, len(head), blocks - 1 if key == "cases" else 0)
