"""Where a reader writes down what it finds wrong, with the place in the file."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import Final, TypeVar, final

from attrs import define, field

from execbroker.core.problems import ERROR, WARNING, Problem, Reading, Unreadable, quoted
from execbroker.languages.text.documents import Document, Path, spell_path

__all__ = ["MOST_PROBLEMS", "Findings", "few", "shown"]

T = TypeVar("T")

#: So many names are listed in a message.
_FEW: Final = 12

#: So many errors of one document are told, and so many warnings. Nobody reads more, and a hostile file should not
#: have us look for a hundred thousand suggestions.
MOST_PROBLEMS: Final = 200


def shown(text: str) -> str:
    """A text as a message shows it that has it between other words: short and on one line."""
    return quoted(text)[1:-1]


def few(names: Iterable[str]) -> str:
    """Names for a message, not all of them if they are many."""
    known = list(names)
    return ", ".join(map(quoted, known[:_FEW])) + (", …" if len(known) > _FEW else "")


@final
@define(eq=False, repr=False, slots=False)
class Findings:
    """The problems of one document, collected while it is read.

    Readers bring a document into one shape first (a single resource becomes a list of one); `moves` says where the
    nodes that were moved stand in the file, so that every problem has the path and position that its author sees.

    Attributes:
        document: What is read.
        problems: What was found so far.
        moves: From the path of a moved node, as the reader has it, to its path in the file.
        faulty: The paths of the errors, as the file has them.
    """

    document: Document
    problems: list[Problem] = field(factory=list)
    moves: dict[Path, Path] = field(factory=dict)
    faulty: list[Path] = field(factory=list)

    def origin(self, path: Path) -> Path:
        """The path in the file of what the reader has at `path`."""
        if self.moves:
            for length in range(len(path), -1, -1):
                if (moved := self.moves.get(path[:length])) is not None:
                    return moved + path[length:]
        return path

    def text(self, path: Path, value: object) -> str:
        """A scalar as the file has it, without quotes: `1e3`, not 1000."""
        return value if isinstance(value, str) else self.document.text(self.origin(path)) or str(value)

    def line(self, path: Path) -> int:
        """The line of the file that a node is on."""
        return self.document.position(self.origin(path)).line

    def error(
        self,
        code: str,
        message: str,
        path: Path,
        *,
        hint: str | None = None,
        found: str | None = None,
        of_key: bool = False,
    ) -> None:
        """Write down a fault that makes the document unusable."""
        if not self.is_full:
            self.faulty.append(self.origin(path))
            self._add(ERROR, code, message, path, hint, found, of_key)

    def warn(
        self,
        code: str,
        message: str,
        path: Path,
        *,
        hint: str | None = None,
        found: str | None = None,
        of_key: bool = False,
    ) -> None:
        """Write down what is read all the same, but may not be meant."""
        if len(self.problems) - len(self.faulty) < MOST_PROBLEMS:
            self._add(WARNING, code, message, path, hint, found, of_key)

    def _add(
        self,
        severity: str,
        code: str,
        message: str,
        path: Path,
        hint: str | None,
        found: str | None,
        of_key: bool,
    ) -> None:
        origin = self.origin(path)
        position = self.document.position(origin, "key" if of_key else "value")
        self.problems.append(Problem(code, message, spell_path(origin), found, hint, position, severity))

    @property
    def is_full(self) -> bool:
        """Whether there are so many errors that no more are told."""
        return len(self.faulty) >= MOST_PROBLEMS

    def read(self, parse: Callable[[str], T], path: Path, value: object) -> T | None:
        """What `parse` makes of a scalar, or None after writing down why it makes nothing of it."""
        if self.is_full:
            return None
        text = self.text(path, value)
        try:
            return parse(text)
        except Unreadable as fault:
            key = next((step for step in reversed(path) if isinstance(step, str)), "")
            message = f"`{key}`: {fault.message}" if key else fault.message
            self.error(fault.code, message, path, hint=fault.hint, found=text)
            return None

    @property
    def is_sound(self) -> bool:
        """Whether nothing was found that makes the document unusable."""
        return not self.faulty

    def is_sound_at(self, path: Path, key: str | None = None) -> bool:
        """Whether no error lies at or below `path`, so that references to what is there can be checked.

        With a `key`, errors below other keys than this one don't count.
        """
        origin = self.origin(path)
        below = [each[len(origin) :] for each in self.faulty if each[: len(origin)] == origin]
        return not any(key is None or each[-1:] == (key,) or not any(map(_is_key, each)) for each in below)

    def reading(self, value: T | None) -> Reading[T]:
        """The value, if no error was found, and all problems in the order of the file."""
        problems = tuple(sorted(self.problems, key=_place))
        if self.is_full:
            problems += (
                Problem(
                    "too-many-problems",
                    f"there are {MOST_PROBLEMS} errors or more; only these are shown",
                    position=problems[-1].position,
                ),
            )
        return Reading(value if self.is_sound else None, problems)


def _is_key(step: str | int) -> bool:
    return isinstance(step, str)


def _place(problem: Problem) -> tuple[int, int]:
    position = problem.position
    return (position.line, position.column) if position else (0, 0)
