"""Lines of JSON, taken apart without being understood: the documents in a line are for the readers of documents.

A reader wants the text of a document, and says where in it something is wrong. So a line is not turned into values
as a whole; each part of it is known by where it begins and ends, and is read by whoever knows what it is.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from json.decoder import scanstring  # type: ignore[attr-defined]
from typing import Final, TypeVar, final

from attrs import evolve, frozen

from execbroker.core.problems import Position, Problem, Reading, Unreadable, quoted
from execbroker.languages.text.reader import read

__all__ = ["SOMEWHERE", "Part", "Unintelligible", "fault", "part_of"]

T = TypeVar("T")

#: What may stand between tokens: RFC 8259, section 2.
_BLANKS: Final = " \t\r\n"
#: Where a line is from, if nobody says.
SOMEWHERE: Final = Position("<line>", 1, 1)


@final
class Unintelligible(Exception):
    """A line that does not say what a line should; it never leaves this package.

    Attributes:
        problems: What is wrong with it.
    """

    def __init__(self, problems: tuple[Problem, ...]) -> None:
        super().__init__(problems)
        self.problems = problems


def _refuse(word: str) -> object:
    raise ValueError(f"{word} is no number")


#: Says where a value ends; what it makes of the value is thrown away, but for single words and numbers.
_DECODER: Final = json.JSONDecoder(parse_constant=_refuse)


@final
@frozen
class Part:
    """A value in a line of JSON.

    Attributes:
        text: The whole line.
        start, end: Where the value is.
        path: How to come there, such as `calls[3].answer`.
        origin: Where the line is from: its name, and its number.
    """

    text: str
    start: int
    end: int
    path: str = ""
    origin: Position = SOMEWHERE

    @property
    def source(self) -> str:
        """The value as it is written."""
        return self.text[self.start : self.end]

    @property
    def is_null(self) -> bool:
        """Whether there is nothing."""
        return self.source == "null"

    def members(self) -> dict[str, Part]:
        """The values of an object by their keys.

        Raises:
            Unintelligible: It is no object, or has a key twice.
        """
        if self.text[self.start] != "{":
            raise fault(self, "wrong-type", "this is no object", "write keys and values between braces")
        return dict(self._members())

    def _members(self) -> Iterator[tuple[str, Part]]:
        seen = set()
        at = self._after(self.start + 1)
        while self.text[at] != "}":
            key, at = scanstring(self.text, at + 1)
            if key in seen:
                raise fault(self, "duplicate-key", f"{quoted(key)} is there twice", "leave one of them out")
            seen.add(key)
            value = self._value(self._after(at) + 1, f"{self.path}.{key}".removeprefix("."))
            yield key, value
            at = self._next(value)

    def items(self) -> list[Part]:
        """The values of an array.

        Raises:
            Unintelligible: It is no array.
        """
        if self.text[self.start] != "[":
            raise fault(self, "wrong-type", "this is no array", "write values between brackets")
        found: list[Part] = []
        at = self._after(self.start + 1)
        while self.text[at] != "]":
            found.append(self._value(at, f"{self.path}[{len(found)}]"))
            at = self._next(found[-1])
        return found

    def scalar(self) -> str | int | float | bool | None:
        """A text, a number or a word.

        Raises:
            Unintelligible: It is an object or an array.
        """
        if self.text[self.start] in "{[":
            raise fault(self, "wrong-type", "here is a single value wanted", "write a text or a number")
        found: str | int | float | bool | None = _DECODER.raw_decode(self.text, self.start)[0]
        return found

    def words(self) -> str:
        """A text.

        Raises:
            Unintelligible: It is something else.
        """
        found = self.scalar()
        if not isinstance(found, str):
            raise fault(self, "wrong-type", f"{quoted(self.source)} is no text", "write it in quotes")
        return found

    def parsed(self, parse: Callable[[str], T]) -> T:
        """What a text, or the digits of a number, stand for.

        Raises:
            Unintelligible: The parser refuses them.
        """
        found = self.scalar()
        try:
            return parse(found if isinstance(found, str) else self.source)
        except Unreadable as error:
            raise fault(self, error.code, error.message, error.hint, self.source) from error

    def document(self, reader: Callable[[str], Reading[T]]) -> tuple[T, tuple[Problem, ...]]:
        """The value that a reader of documents makes of it, and the reader's warnings, with places in the line.

        Raises:
            Unintelligible: The reader finds that it is none.
        """
        reading = reader(self.source)
        problems = tuple(map(self._placed, reading.problems))
        if reading.value is None:
            raise Unintelligible(problems)
        return reading.value, problems

    def _placed(self, problem: Problem) -> Problem:
        path = f"{self.path}.{problem.path}" if problem.path and self.path else self.path or problem.path
        column = self.start + (problem.position.column if problem.position else 1)
        return evolve(problem, path=path, position=evolve(self.origin, column=column))

    def _after(self, at: int) -> int:
        """The next sign that is no blank."""
        while self.text[at] in _BLANKS:
            at += 1
        return at

    def _value(self, at: int, path: str) -> Part:
        start = self._after(at)
        return evolve(self, start=start, end=_DECODER.raw_decode(self.text, start)[1], path=path)

    def _next(self, value: Part) -> int:
        """Where the one after a value begins, or the bracket."""
        at = self._after(value.end)
        return self._after(at + 1) if self.text[at] == "," else at


def fault(
    part: Part, code: str, message: str, hint: str | None = None, found: str | None = None
) -> Unintelligible:
    """What to raise where a part of a line is not what it should be."""
    position = evolve(part.origin, column=part.start + 1)
    shown = f"`{part.path}`: {message}" if part.path else message
    return Unintelligible((Problem(code, shown, part.path, found, hint, position),))


def part_of(line: str, origin: Position = SOMEWHERE) -> Part:
    """A line as a part that holds all of it.

    >>> part_of('{"id": 7, "answer": {"result": "NO"}}').members()["answer"].source
    '{"result": "NO"}'

    Raises:
        Unintelligible: It is no JSON.
    """
    start = len(line) - len(line.lstrip(_BLANKS))
    try:
        end = _DECODER.raw_decode(line, start)[1]
        if not line[end:].strip(_BLANKS):
            return Part(line, start, end, "", origin)
    except (ValueError, RecursionError):
        pass
    raise _explained(line, origin)


def _explained(line: str, origin: Position) -> Unintelligible:
    """What is wrong with a line, in the words of the reader of documents."""
    reading = read(line, "line.json")
    problems = reading.problems or (Problem("json-syntax", "this is no JSON"),)
    placed = (
        evolve(each, position=evolve(origin, column=each.position.column if each.position else 1))
        for each in problems
    )
    return Unintelligible(tuple(placed))
