"""The README's way from an offer to a finished job works as shown, and its table is the one that the code has."""

from __future__ import annotations

import os
import re
import shlex
import subprocess
import sys
from collections.abc import Iterator
from functools import reduce
from pathlib import Path

import execbroker
from execbroker.core.lifecycle import TRANSITIONS, Phase

ROOT = Path(__file__).parents[1]
README = (ROOT / "README.rst").read_text("utf-8")

#: What differs from call to call: identifiers, days and times, hosts, and the width of columns.
MARK = re.compile(r"^ *([0-9a-f]{8})\b", re.MULTILINE)
PASSING = [
    (MARK, "MARK"),
    (re.compile(r"(?:[A-Z][a-z]{2} )?\d{4}-\d\d-\d\d \d\d:\d\d(:\d\d)?"), "TIME"),
    (re.compile(r"\S+/machine"), "HOST/machine"),
    (re.compile(r" +"), " "),
]


def shown() -> Iterator[tuple[str, list[str]]]:
    """The commands of the block that holds offers in a book, each with the lines below it."""
    blocks = re.findall(r"^\.\. code-block:: console\n\n((?:   .*\n|\n)+)", README, re.MULTILINE)
    (block,) = (block for block in blocks if "--book" in block)
    for each in re.split(r"^   \$ ", block, flags=re.MULTILINE)[1:]:
        line, *output = each.rstrip().split("\n")
        yield line, [below.removeprefix("   ") for below in output]


def lasting(text: str) -> str:
    """A line without what differs from call to call."""
    for pattern, name in PASSING:
        text = pattern.sub(name, text)
    return text.strip()


def run(line: str, folder: Path) -> str:
    """What a command prints in a folder."""
    library = str(Path(execbroker.__path__[0]).parent)
    done = subprocess.run(
        [sys.executable, "-m", *shlex.split(line)],
        cwd=folder,
        env={**os.environ, "NO_COLOR": "1", "PYTHONPATH": library},
        capture_output=True,
        encoding="utf-8",
        check=True,
    )
    assert done.stderr == ""
    return done.stdout


def test_from_an_offer_to_a_finished_job(tmp_path: Path) -> None:
    """What is offered can be run by the mark that is shown, and prints what the README says."""
    (tmp_path / "examples").symlink_to(ROOT / "examples")
    marks: dict[str, str] = {}
    commands = [*shown()]
    assert [shlex.split(line)[1] for line, _ in commands] == ["offers", "run", "jobs"]
    for line, below in commands:
        named = reduce(lambda text, mark: text.replace(mark, marks[mark]), marks, line)
        printed = run(named, tmp_path).splitlines()
        assert [lasting(each) for each in printed] == [lasting(each) for each in below]
        marks |= dict(zip(MARK.findall("\n".join(below)), MARK.findall("\n".join(printed)), strict=True))


def table() -> str:
    """The table of the README, drawn from the code's."""
    rows = [("phase", "what can happen, and what comes of it")]
    for phase in Phase:
        steps = [
            f"{event.value} → {after.value}"
            for (before, event), after in TRANSITIONS.items()
            if before is phase
        ]
        rows.append((phase.value, ", ".join(steps) or "nothing more"))
    widths = [max(len(row[column]) for row in rows) for column in range(2)]
    rule = "  ".join("=" * width for width in widths)
    lines = ["  ".join((row[0].ljust(widths[0]), row[1])) for row in rows]
    return "\n".join([rule, lines[0], rule, *lines[1:], rule])


def test_lifecycle() -> None:
    """The table of the lifecycle is the one that holds."""
    assert table() in README
