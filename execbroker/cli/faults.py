"""What is wrong with the files of one call: told on the standard error as it is found, and counted."""

from __future__ import annotations

from collections.abc import Callable
from typing import Final, TypeVar, final

from execbroker.cli.exits import Status
from execbroker.cli.reports.diagnostics import diagnose, total
from execbroker.cli.streams import CannotRead, name_of, read_source, say
from execbroker.cli.terminal import Look
from execbroker.core.problems import Problem, Reading
from execbroker.languages.text.reader import Limits

__all__ = ["CANNOT_READ", "Faults"]

T = TypeVar("T")

#: The code of the problem that a file cannot be read.
CANNOT_READ: Final = "cannot-read"

#: The readers take no more bytes than these, and say so where there are more.
_MOST: Final = Limits().size


@final
class Faults:
    """The faults of one call's files.

    Attributes:
        look: How to dress what is said.
        make_room: Called before anything is said.
        problems: All that was found wrong so far, warnings included.
    """

    __slots__ = ("_files", "look", "make_room", "problems")

    def __init__(self, look: Look, make_room: Callable[[], None] = lambda: None) -> None:
        self.look, self.make_room = look, make_room
        self.problems: list[Problem] = []
        self._files = 0

    def read(self, path: str, reader: Callable[[bytes, str], Reading[T]]) -> tuple[Reading[T], Status]:
        """What a reader makes of a file, after telling what is wrong with it, and what the exit code is for that.

        A file that cannot be read comes back as one that has this problem.
        """
        name, source = name_of(path), b""
        try:
            source = read_source(path, _MOST)
        except CannotRead as error:
            reading, status = Reading[T](None, (Problem(CANNOT_READ, error.reason),)), Status.INACCESSIBLE
        else:
            reading = reader(source, name)
            status = Status.YES if reading.is_valid else Status.INVALID
        self._tell(reading.problems, source, name)
        return reading, status

    def _tell(self, problems: tuple[Problem, ...], source: bytes, name: str) -> None:
        if problems:
            self.make_room()
            say(diagnose(problems, source, name, self.look))
            self.problems += problems
            self._files += 1

    def finish(self) -> None:
        """Say how many there were, if there were any."""
        say(total(self.problems, self._files, self.look))
