"""What is wrong with a file, as compilers say it: the place, the line with the spot underlined, and the remedy."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from typing import Final

from execbroker.cli.reports.signs import safe, width
from execbroker.cli.reports.words import count
from execbroker.cli.terminal import Look
from execbroker.core.problems import Position, Problem

__all__ = ["diagnose", "total"]

#: A source line of more characters than this is long, and so many are shown on each side of the spot.
_LONG, _MARGIN = 120, 50
#: Characters among which line breaks are counted at once.
_STRETCH: Final = 4096
_WORD: Final = re.compile(r"[^\s:,{}\[\]]+")
#: Above every place in a file.
_FIRST: Final = Position("", 0, 0)


def diagnose(problems: Iterable[Problem], source: bytes, name: str, look: Look) -> str:
    """All problems of one file, in the order of their places.

    Args:
        problems: What was found.
        source: The bytes of the file, for the lines to show.
        name: The file's name, for problems that have no place in it.
        look: How to dress it.
    """
    lines = _Lines(source.decode("utf-8-sig", "replace"))
    ordered = sorted(problems, key=lambda problem: problem.position or _FIRST)
    return "".join(f"{line}\n" for problem in ordered for line in _diagnosis(problem, lines, name, look))


class _Lines:
    """The lines of a text, asked for in rising order; a line ends with a line feed.

    A text may have millions of lines, or one that is millions of characters long.
    """

    def __init__(self, text: str) -> None:
        self.text = text
        self._number, self._bounds = 1, (0, self._end(0))

    def bounds(self, number: int) -> tuple[int, int]:
        """Where a line begins and ends; beyond the last one, an empty line at the end."""
        start, end = self._bounds
        if number > self._number:
            start = self._skip(end + 1, number - self._number - 1)
            self._number, self._bounds = number, (start, self._end(start))
        return self._bounds

    def _skip(self, at: int, lines: int) -> int:
        """Where the line begins that is so many lines behind the one at `at`."""
        while at < len(self.text) and (inside := self.text.count("\n", at, at + _STRETCH)) < lines:
            at, lines = at + _STRETCH, lines - inside
        for _ in range(lines):
            at = self._end(at) + 1
        return min(at, len(self.text))

    def _end(self, start: int) -> int:
        end = self.text.find("\n", start)
        return len(self.text) if end < 0 else end


def _diagnosis(problem: Problem, lines: _Lines, name: str, look: Look) -> Iterator[str]:
    position = problem.position
    place = look.paint(safe(str(position or name)) + ":", "strong")
    severity = look.paint(f"{problem.severity}:", "bad" if problem.is_error else "warning")
    yield f"{place} {severity} {look.paint(safe(problem.message), 'strong')}"
    if position:
        yield from _excerpt(position, lines, problem, look)
    if problem.hint:
        yield f"  {look.paint('help:', 'hint')} {safe(problem.hint)}"


def _excerpt(position: Position, lines: _Lines, problem: Problem, look: Look) -> Iterator[str]:
    """The source line with the spot underlined; of a long line the part around the spot."""
    text, (start, end) = lines.text, lines.bounds(position.line)
    at = start + position.column - 1
    if start == end or at > end:
        return
    is_long = end - start > _LONG
    first, last = (max(start, at - _MARGIN), min(end, at + _MARGIN)) if is_long else (start, end)
    behind = min(last, at + max(1, _extent(text[at:last], problem)))
    more = "…" if look.has_unicode else "..."
    before = (more if first > start else "") + _shown(text[first:at])
    spot, rest = _shown(text[at:behind]), _shown(text[behind:last].rstrip())
    number = str(position.line)
    yield f"  {look.paint(f'{number} |', 'faint')} {before}{spot}{rest}{more if last < end else ''}"
    underline = look.paint("^" * max(1, width(spot)), "bad" if problem.is_error else "warning")
    gutter = look.paint(f"{' ' * len(number)} |", "faint")
    yield f"  {gutter} {' ' * width(before)}{underline}"


def _extent(text: str, problem: Problem) -> int:
    """How many characters are meant: what was found, if it stands here, else the word."""
    found = problem.found or ""
    for written in (found, f'"{found}"', f"'{found}'"):
        if found and text.startswith(written):
            return len(written)
    word = _WORD.match(text)
    return len(word[0]) if word else 1


def _shown(text: str) -> str:
    return safe(text.replace("\t", " "))


def total(problems: Iterable[Problem], files: int, look: Look) -> str:
    """The last line: how many errors and warnings there are, in how many files; empty if there are none."""
    tally = _tally(problems)
    if not any(tally.values()):
        return ""
    parts = " and ".join(count(number, severity) for severity, number in tally.items() if number)
    where = f" in {count(files, 'file')}" if files > 1 else ""
    return look.paint(f"{parts}{where}", "strong") + "\n"


def _tally(problems: Iterable[Problem]) -> Mapping[str, int]:
    tally = {"error": 0, "warning": 0}
    for problem in problems:
        tally[problem.severity] += 1
    return tally
