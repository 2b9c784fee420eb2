"""What is wrong with a document, as values.

Nothing in the library raises at the first fault it meets: a reader collects every problem of a document and
hands them over together, each with a code for programs and a sentence for people.
"""

from __future__ import annotations

import difflib
from collections.abc import Iterable
from typing import Final, Generic, TypeVar, final

from attrs import frozen

__all__ = [
    "ERROR",
    "WARNING",
    "InvalidDocument",
    "Position",
    "Problem",
    "Reading",
    "Unreadable",
    "nearest",
    "quoted",
]

T = TypeVar("T")

ERROR: Final = "error"
WARNING: Final = "warning"

#: How alike two words must be before one is suggested for the other (`difflib` ratio, 0 to 1). At 0.7 a word of
#: six letters may have two of them swapped or one wrong, and `nodes` is not offered for `cores`.
_ALIKE: Final = 0.7

#: How much of a text a message shows, in characters: enough to find it, too little to fill a screen.
_SHOWN: Final = 60


@final
@frozen(order=True)
class Position:
    """A place in a file: the file's name as it was given, line and column counted from 1."""

    file: str
    line: int
    column: int

    def __str__(self) -> str:
        return f"{self.file}:{self.line}:{self.column}"


@final
@frozen
class Problem:
    """One fault of a document.

    Attributes:
        code: Stable, for programs: `unknown-key`, `size-unit`, …
        message: What is wrong, one sentence without the position.
        path: Where in the document, such as `task.compute-resources[0].mincores`; empty for the whole of it.
        found: The text or value that was found, where there is one.
        hint: What to write instead.
        position: File, line and column.
        severity: `error`, or `warning` for what is read all the same.
    """

    code: str
    message: str
    path: str = ""
    found: str | None = None
    hint: str | None = None
    position: Position | None = None
    severity: str = ERROR

    @property
    def is_error(self) -> bool:
        """Whether this stops the document from being used."""
        return self.severity == ERROR

    def __str__(self) -> str:
        where = f"{self.position}: " if self.position else ""
        advice = f"; {self.hint}" if self.hint else ""
        return f"{where}{self.severity}: {self.message}{advice}"


@final
class InvalidDocument(ValueError):
    """A document that cannot be used, with all its problems."""

    def __init__(self, problems: Iterable[Problem]) -> None:
        self.problems = tuple(problems)
        super().__init__(self.problems)

    def __str__(self) -> str:
        return "\n".join(map(str, self.problems))

    def __eq__(self, other: object) -> bool:
        return isinstance(other, InvalidDocument) and self.problems == other.problems

    def __hash__(self) -> int:
        return hash(self.problems)


@final
@frozen
class Reading(Generic[T]):
    """What came of reading a document: a value, or problems, or a value with warnings.

    >>> Reading(value=3).unwrap()
    3
    """

    value: T | None = None
    problems: tuple[Problem, ...] = ()

    @property
    def is_valid(self) -> bool:
        """Whether there is a value to use; warnings do not count against it."""
        return self.value is not None

    def unwrap(self) -> T:
        """The value.

        Raises:
            InvalidDocument: There is none; the exception carries the problems.
        """
        if self.value is None:
            raise InvalidDocument(self.problems)
        return self.value


def nearest(word: str, known: Iterable[str]) -> str | None:
    """The known word that somebody who wrote `word` most likely meant, if one is near.

    >>> nearest("minmemroy", ["mincores", "minmemory"])
    'minmemory'
    >>> nearest("frobnicate", ["mincores", "minmemory"]) is None
    True
    """
    close = difflib.get_close_matches(word, list(known), n=1, cutoff=_ALIKE)
    return close[0] if close else None


def quoted(text: str) -> str:
    """A text as messages show it: between backticks, on one line, cut if it is long.

    >>> print(quoted("80g"))
    `80g`
    """
    shown = text if len(text) <= _SHOWN else text[: _SHOWN - 1] + "…"
    return f"`{''.join(letter if letter.isprintable() else repr(letter)[1:-1] for letter in shown)}`"


@final
class Unreadable(ValueError):
    """A text that does not say what it should; the reader that knows the place makes a `Problem` of it.

    Attributes:
        code: As in `Problem`.
        message: What is wrong, one sentence.
        hint: What to write instead, if that can be said.
    """

    def __init__(self, code: str, message: str, hint: str | None = None) -> None:
        super().__init__(code, message, hint)
        self.code, self.message, self.hint = code, message, hint

    def __str__(self) -> str:
        return f"{self.message}; {self.hint}" if self.hint else self.message
