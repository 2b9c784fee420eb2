"""The README's ten lines test a planner, and notice when it is wrong."""

from __future__ import annotations

import re
import subprocess
from pathlib import Path
from typing import Final

from tests.fresh import run_pytest

ROOT: Final = Path(__file__).parents[2]

SECTION: Final = (ROOT / "README.rst").read_text("utf-8").partition("\nTest your own planner\n")[2]
BLOCK: Final = re.search(r"^\.\. code-block:: python\n\n((?:   .*\n|\n)+)", SECTION, re.MULTILINE)

#: What the README shows.
SHOWN: Final = BLOCK[1].replace("\n   ", "\n").removeprefix("   ").strip() if BLOCK else ""


def run_lines(folder: Path, planner: str) -> subprocess.CompletedProcess[str]:
    """Run the lines as a test of a planner, in a process of their own."""
    (folder / "own_planner.py").write_text(planner, "utf-8")
    (folder / "test_mine.py").write_text(SHOWN, "utf-8")
    return run_pytest(folder, "--rootdir", str(folder), "test_mine.py", CI="true")


def test_ten_lines() -> None:
    """They are no more than ten, without the empty ones."""
    assert 0 < len([line for line in SHOWN.splitlines() if line.strip()]) <= 10


def test_the_example_is_right(tmp_path: Path) -> None:
    """The planner of the examples breaks no rule that binds."""
    done = run_lines(tmp_path, (ROOT / "examples/own_planner.py").read_text("utf-8"))

    assert done.returncode == 0, done.stdout
    assert "1 passed" in done.stdout


def test_a_wrong_one_is_noticed(tmp_path: Path) -> None:
    """The same planner, which overlooks what began before the run, is told so."""
    right = (ROOT / "examples/own_planner.py").read_text("utf-8")
    wrong = right.replace("run.start < each.span.end\n", "run.start <= each.span.start\n")
    assert wrong != right

    done = run_lines(tmp_path, wrong)

    assert done.returncode == 1
    assert "Mine: 1 rule broken, after 1 call" in done.stdout
    assert "MUST within-capacity" in done.stdout
    assert "planner = Mine().make_planner(platforms)" in done.stdout
