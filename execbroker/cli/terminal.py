"""What a stream can show: colours, characters, columns."""

from __future__ import annotations

import os
from collections.abc import Mapping
from typing import Final, TextIO, final

from attrs import frozen

__all__ = ["COLOURS", "PLAIN", "Look", "look_of"]

#: The choices of `--color`.
COLOURS: Final = ("auto", "always", "never")

#: Select Graphic Rendition parameters (ECMA-48, 8.3.117) of what is said in colour.
_PAINTS: Final = {"good": "1;32", "bad": "1;31", "warning": "1;35", "hint": "36", "strong": "1", "faint": "2"}

#: The columns of a terminal that does not say how many it has.
_USUAL: Final = 80


@final
@frozen
class Look:
    """How text is dressed for one stream.

    Attributes:
        has_colour: Whether escape sequences for colour are welcome.
        has_unicode: Whether dashes, boxes and blocks can be shown; else ASCII stands in for them.
        width: The columns of the terminal; None: no terminal, lines may be as long as they like.
    """

    has_colour: bool = False
    has_unicode: bool = True
    width: int | None = None

    def paint(self, text: str, paint: str) -> str:
        """The text in one of the named paints: good, bad, warning, hint, strong, faint."""
        return f"\x1b[{_PAINTS[paint]}m{text}\x1b[0m" if self.has_colour and text else text

    @property
    def dash(self) -> str:
        """What stands between the two ends of a range."""
        return "–" if self.has_unicode else "-"


#: For files and pipes.
PLAIN: Final = Look()


def look_of(stream: TextIO | None, colour: str = "auto", *, ascii_only: bool = False) -> Look:
    """The look of a stream.

    Args:
        stream: The standard output or error; None where it is closed.
        colour: One of `COLOURS`; `auto` follows `NO_COLOR`, `FORCE_COLOR`, `TERM` and whether it is a terminal.
        ascii_only: Keep to ASCII whatever the stream's encoding.
    """
    is_terminal = stream is not None and not stream.closed and stream.isatty()
    return Look(
        has_colour=_wants_colour(colour, is_terminal, os.environ),
        has_unicode=not ascii_only and _is_unicode(stream),
        width=_columns(stream, os.environ) if stream is not None and is_terminal else None,
    )


def _columns(stream: TextIO, environment: Mapping[str, str]) -> int:
    """The width of a terminal: `COLUMNS`, else what it says itself, else the 80 that it most likely has.

    The standard library's own function for this loads all that it needs to unpack archives.
    """
    given = environment.get("COLUMNS", "")
    if given.isdecimal() and int(given):
        return int(given)
    try:
        return os.get_terminal_size(stream.fileno()).columns or _USUAL
    except (OSError, ValueError):
        return _USUAL


def _wants_colour(colour: str, is_terminal: bool, environment: Mapping[str, str]) -> bool:
    if colour != "auto":
        return colour == "always"
    if environment.get("NO_COLOR"):  # no-color.org: present and not empty
        return False
    if environment.get("FORCE_COLOR"):
        return True
    return is_terminal and environment.get("TERM") != "dumb"


def _is_unicode(stream: TextIO | None) -> bool:
    encoding = (getattr(stream, "encoding", None) or "ascii").replace("-", "").replace("_", "").lower()
    return encoding.startswith("utf")
