"""Text from anywhere, made safe to show and measured."""

from __future__ import annotations

import unicodedata

__all__ = ["padded", "safe", "width"]


def safe(text: str) -> str:
    r"""The text with everything escaped that could move a cursor, hide, or turn other text around.

    >>> safe("a\x1b[2Jb")
    'a\\x1b[2Jb'
    """
    if text.isprintable():
        return text
    return "".join(sign if sign.isprintable() else _escaped(sign) for sign in text)


def _escaped(sign: str) -> str:
    return sign.encode("unicode_escape").decode("ascii")


def width(text: str) -> int:
    """The columns that a text takes on a terminal: two for wide characters, none for combining ones."""
    if text.isascii():
        return len(text)
    return sum(_columns(sign) for sign in text)


def _columns(sign: str) -> int:
    if unicodedata.combining(sign):
        return 0
    return 2 if unicodedata.east_asian_width(sign) in "WF" else 1


def padded(text: str, columns: int) -> str:
    """The text with blanks behind it, `columns` wide; what is wider stays as it is."""
    return text + " " * (columns - width(text))
