"""Problems as compilers show them."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from execbroker.cli.reports.diagnostics import diagnose, total
from execbroker.cli.reports.signs import width
from execbroker.cli.terminal import PLAIN, Look
from execbroker.core.problems import WARNING, Position, Problem


def problem(line: int, column: int, found: str | None = None, **more: str) -> Problem:
    """A problem at a place of `a.yaml`."""
    return Problem("code", "it is wrong", found=found, position=Position("a.yaml", line, column), **more)


def underlined(text: str, spot: Problem) -> str:
    """What is underlined of the line that is shown."""
    _, line, marks, *_ = diagnose([spot], text.encode(), "a.yaml", PLAIN).splitlines()
    return "".join(sign for sign, mark in zip(line, marks.ljust(len(line)), strict=False) if mark == "^")


def test_whole() -> None:
    """Place, severity, message; the line with the spot underlined; the remedy."""
    text = b"name: x\nminmemory: 80g\n"
    shown = diagnose([problem(2, 12, "80g", hint="write 80G")], text, "a.yaml", PLAIN)
    assert shown == (
        "a.yaml:2:12: error: it is wrong\n"
        "  2 | minmemory: 80g\n"
        "    |            ^^^\n"
        "  help: write 80G\n"
    )  # fmt: skip


def test_order() -> None:
    """Problems come in the order of their places, those without one first."""
    problems = [problem(2, 1), problem(1, 5), Problem("code", "the whole is wrong"), problem(1, 1)]
    lines = diagnose(problems, b"abc def\nxyz\n", "a.yaml", PLAIN).splitlines()
    assert [line.partition(" ")[0] for line in lines if "wrong" in line] == [
        "a.yaml:", "a.yaml:1:1:", "a.yaml:1:5:", "a.yaml:2:1:",
    ]  # fmt: skip


@pytest.mark.parametrize(
    ("text", "found", "column", "spot"),
    [
        ("a: 80g", "80g", 4, "80g"),
        ('a: "80g"', "80g", 4, '"80g"'),
        ("a: [b, c]", None, 4, "["),
        ("minmemroy: 4", None, 1, "minmemroy"),
        ("a: 4 # no", "other", 4, "4"),
        ("a:", None, 3, ""),
    ],
)
def test_underline(text: str, found: str | None, column: int, spot: str) -> None:
    """What was found is underlined whole, with its quotes; else the word; else one character."""
    assert underlined(text, problem(1, column, found)) == spot


def test_long_line() -> None:
    """Of a long line the part around the spot is shown."""
    line = "{" + "a" * 5000 + ": 1, wrong: 2, " + "b" * 5000 + ": 3}"
    shown = diagnose([problem(1, line.index("wrong") + 1)], line.encode(), "a.yaml", PLAIN).splitlines()
    assert max(map(len, shown)) < 130
    assert shown[1].startswith("  1 | …a")
    assert shown[1].endswith("b…")
    assert shown[2].index("^") == shown[1].index("wrong")


def test_many_lines() -> None:
    """Far lines are found without taking the file apart, and in time also on a very long line."""
    many = b"\n" * 3_000_000 + b"a: 1\n" + b"b" * 3_000_000 + b"\nc: 2"
    spots = [problem(3_000_002, column) for column in range(1, 2000)]
    shown = diagnose(
        [problem(3_000_003, 4), *spots, problem(3_000_001, 4)], many, "a.yaml", PLAIN
    ).splitlines()
    assert shown[1] == "  3000001 | a: 1"
    assert shown[-2] == "  3000003 | c: 2"


def test_wide_characters() -> None:
    """Characters that take two columns move the underline by two."""
    _, line, marks = diagnose([problem(1, 5)], "核心: x".encode(), "a.yaml", PLAIN).splitlines()
    assert marks.index("^") == width(line[: line.index("x")])


def test_bytes_that_are_no_text() -> None:
    """A file that is no text has its problems shown all the same."""
    assert diagnose([problem(1, 1)], b"\xff\xfe\x00", "a.yaml", PLAIN).startswith("a.yaml:1:1: error: ")


def test_position_beyond_the_file() -> None:
    """A place that the file doesn't have is named and not shown."""
    assert diagnose([problem(9, 9)], b"a: 1\n", "a.yaml", PLAIN) == "a.yaml:9:9: error: it is wrong\n"


@given(st.text(max_size=60), st.integers(1, 4), st.integers(1, 70), st.text(max_size=5))
def test_any_text(text: str, line: int, column: int, found: str) -> None:
    """Whatever stands in the file, it neither breaks the report nor steers the terminal."""
    source = text.encode("utf-8", "surrogatepass")
    shown = diagnose([problem(line, column, found, hint=text)], source, "a.yaml", PLAIN)
    assert shown.replace("\n", "").isprintable()


def test_colour_changes_no_text() -> None:
    """Colours come and go without a change to the text."""
    spots = [problem(1, 1, hint="write b"), problem(1, 4, severity=WARNING)]
    dressed = diagnose(spots, b"a: 1\n", "a.yaml", Look(has_colour=True))
    for code in ("1;31", "1;35", "36", "1", "2", "0"):
        dressed = dressed.replace(f"\x1b[{code}m", "")
    assert dressed == diagnose(spots, b"a: 1\n", "a.yaml", PLAIN)


def test_total() -> None:
    """The last line counts errors and warnings, and files where there are several."""
    error, warning = problem(1, 1), problem(1, 1, severity=WARNING)
    assert total([], 0, PLAIN) == ""
    assert total([error], 1, PLAIN) == "1 error\n"
    assert total([error, error, warning], 2, PLAIN) == "2 errors and 1 warning in 2 files\n"
