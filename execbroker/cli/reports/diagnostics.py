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
    lines = source.decode("utf-8-sig", "replace").split("\n")
    ordered = sorted(problems, key=lambda problem: problem.position or _FIRST)
    return "".join(f"{line}\n" for problem in ordered for line in _diagnosis(problem, lines, name, look))


def _diagnosis(problem: Problem, lines: list[str], name: str, look: Look) -> Iterator[str]:
    position = problem.position
    place = look.paint(safe(str(position or name)) + ":", "strong")
    severity = look.paint(f"{problem.severity}:", "bad" if problem.is_error else "warning")
    yield f"{place} {severity} {look.paint(safe(problem.message), 'strong')}"
    if position and position.line <= len(lines):
        yield from _excerpt(position, lines[position.line - 1].rstrip(), problem, look)
    if problem.hint:
        yield f"  {look.paint('help:', 'hint')} {safe(problem.hint)}"


def _excerpt(position: Position, line: str, problem: Problem, look: Look) -> Iterator[str]:
    """The source line with the spot underlined; of a long line the part around the spot."""
    at = position.column - 1
    if not line.strip() or at > len(line):
        return
    end = at + max(1, _extent(line, at, problem))
    first, last = (
        (0, len(line)) if len(line) <= _LONG else (max(0, at - _MARGIN), min(len(line), at + _MARGIN))
    )
    before, spot, behind = (
        _shown(part) for part in (line[first:at], line[at : min(end, last)], line[end:last])
    )
    more = "…" if look.has_unicode else "..."
    before = f"{more if first else ''}{before}"
    behind = f"{behind}{more if last < len(line) else ''}"
    number, gutter = str(position.line), " " * len(str(position.line))
    paint = "bad" if problem.is_error else "warning"
    yield f"  {look.paint(f'{number} |', 'faint')} {before}{spot}{behind}"
    underline = look.paint("^" * max(1, width(spot)), paint)
    yield f"  {look.paint(f'{gutter} |', 'faint')} {' ' * width(before)}{underline}"


def _extent(line: str, at: int, problem: Problem) -> int:
    """How many characters of the line are meant: what was found, if it stands there, else the word."""
    found = problem.found or ""
    for written in (found, f'"{found}"', f"'{found}'"):
        if found and line.startswith(written, at):
            return len(written)
    word = _WORD.match(line, at)
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
