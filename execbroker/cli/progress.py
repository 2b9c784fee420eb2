"""How far a long batch is, for those who wait at a terminal."""

from __future__ import annotations

import time
from typing import Final, final

from execbroker.cli.streams import say

__all__ = ["Progress"]

#: Of fewer tasks than these nobody asks how far they are.
_LONG: Final = 20
#: Seconds between two looks; nobody reads faster.
_PAUSE: Final = 0.1
#: Back to the first column, and clear the line (ECMA-48: CR, EL).
_CLEAR: Final = "\r\x1b[K"


@final
class Progress:
    """One line on the standard error that counts, and goes away before anything else is said there.

    Attributes:
        total: How many tasks there are.
        is_wanted: Whether somebody looks at the standard error, and not at the answers themselves.
    """

    __slots__ = ("_done", "_is_shown", "_last", "is_wanted", "total")

    def __init__(self, total: int, is_wanted: bool) -> None:
        self.total, self.is_wanted = total, is_wanted
        self._done, self._is_shown, self._last = 0, False, time.monotonic()

    def advance(self) -> None:
        """Count one more."""
        self._done += 1
        if self.is_wanted and self.total >= _LONG and time.monotonic() - self._last >= _PAUSE:
            say(f"{_CLEAR}{self._done} of {self.total} tasks")
            self._is_shown, self._last = True, time.monotonic()

    def clear(self) -> None:
        """Take the line away, if it is there."""
        if self._is_shown:
            say(_CLEAR)
            self._is_shown = False
