"""What of a task is in doubt, said beside an answer that has no place for it.

Answers in the seed language are offers and reasons; a reader's warnings go into a header, as a list of display
strings (RFC 9651, section 3.3.8). The draft's languages have messages for them.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Final

from execbroker.core.problems import Problem

__all__ = ["DOUBTS", "display", "doubtful"]

#: The name of the header.
DOUBTS: Final = "Execbroker-Warnings"
#: The most characters of it; servers and proxies in front take some thousands.
_MOST: Final = 4000


def doubtful(problems: Iterable[Problem]) -> str:
    """What a header says of problems: each with its path, and what to write instead."""
    return display(str(problem) for problem in problems)


def display(texts: Iterable[str]) -> str:
    """Texts as a list of display strings, as many of them as have room.

    >>> display(["5 % of 30 €"])
    '%"5 %25 of 30 %e2%82%ac"'
    """
    listed = ""
    for text in texts:
        item = '%"' + "".join(map(_escaped, text.encode("utf-8", "replace"))) + '"'
        if len(listed) + len(item) > _MOST:
            break
        listed += f", {item}" if listed else item
    return listed


def _escaped(byte: int) -> str:
    is_plain = 0x20 <= byte < 0x7F and byte not in b'%"'
    return chr(byte) if is_plain else f"%{byte:02x}"
