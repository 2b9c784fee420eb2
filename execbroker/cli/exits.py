"""How the program ends: its exit codes."""

from __future__ import annotations

import enum
from typing import Final, final

__all__ = ["EPILOG", "EPILOG_OF_BOOKS", "Status"]

#: The exit codes as the help of a command tells them; `\b` keeps click from filling the lines.
EPILOG: Final = """\b
Exit codes:
  0   YES, for several tasks all of them; valid
  1   at least one NO
  2   wrong usage
  3   a task or platform file is invalid
  4   a file cannot be read, or output cannot be written
"""

#: The same for the commands that act on what a book holds.
EPILOG_OF_BOOKS: Final = """\b
Exit codes:
  0   done
  1   refused
  2   wrong usage
  4   the book cannot be used, or output cannot be written
"""


@final
class Status(enum.IntEnum):
    """Exit codes; of several files the highest one counts."""

    #: YES; valid; done.
    YES = 0
    #: At least one NO; refused.
    NO = 1
    #: Wrong options or arguments; click's own.
    USAGE = 2
    #: A task or platform file is invalid.
    INVALID = 3
    #: A file cannot be read, or output cannot be written.
    INACCESSIBLE = 4
    #: A fault of this program (EX_SOFTWARE of BSD's sysexits).
    BUG = 70
    #: A command could not be run (as `timeout` and `env` have it).
    NOT_RUN = 125
    #: Interrupted from the keyboard: 128 and the number of the signal, as shells count.
    INTERRUPTED = 130
    #: Nobody reads the output any more; likewise.
    PIPE = 141
