"""Bugs that somebody could have written, planted in a copy of the library: the tests must notice each.

`python -m tests.mutation --planted` copies the library and its tests to a temporary folder, runs there for each bug
the tests that should notice it, first without it (they must pass), then with it (some must fail).
"""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Final, NamedTuple

from tests.mutation.mutant import PACKAGE, source_of

__all__ = ["BUGS", "Bug", "copied", "noticed", "plant", "show"]

_TESTS: Final = Path(__file__).parents[1]


class Bug(NamedTuple):
    """A small change of one module of the core, and who should notice.

    Attributes:
        text: What is wrong with it.
        module: Its name in the core.
        was: What is replaced; it stands there once.
        becomes: What stands there instead.
        tests: Those that should notice it, as pytest takes them.
    """

    text: str
    module: str
    was: str
    becomes: str
    tests: Sequence[str]


_SEARCH: Final = (
    "tests/core/test_search.py::test_worlds",
    "tests/core/test_search.py::test_federations",
    "tests/core/test_search.py::test_nights",
    "tests/core/test_search.py::test_sound",
)

BUGS: Final[Mapping[str, Bug]] = {
    "availability": Bug(
        "of two bookings that begin at the same instant only one counts",
        "availability",
        "changes[start] += vector",
        "changes[start] = vector",
        ["tests/core/test_availability.py", *_SEARCH],
    ),
    "boxes": Bug(
        "what is free just as long as a shortest run is taken for too short",
        "boxes",
        "if begin - start >= shortest:",
        "if begin - start > shortest:",
        ["tests/core/test_boxes.py", *_SEARCH],
    ),
    "frontier": Bug(
        "a cheaper offer is dropped for one that is as good otherwise",
        "frontier",
        "return self.nearness <= other.nearness and self.price <= other.price",
        "return self.nearness <= other.nearness",
        ["tests/core/test_frontier.py", *_SEARCH],
    ),
    "holds": Bug(
        "the offers of one answer hold their sum, not the largest of them",
        "holds",
        "largest = partial(larger, guard=fields.guard)",
        "largest = operator.add",
        [
            "tests/core/test_holds.py",
            "tests/adapters/test_broker.py",
            "tests/adapters/test_broker_promises.py",
        ],
    ),
    "windows": Bug(
        "daily windows go by the offset from UTC that the range begins with, past all clock changes",
        "windows",
        "stretches = pieces(span, clock.zone)",
        "stretches = [(span, pieces(span, clock.zone)[0][1])]",
        ["tests/core/test_windows.py", *_SEARCH],
    ),
}


def plant(bug: Bug) -> str:
    """The source of the module with the bug in it.

    Raises:
        ValueError: What it replaces does not stand there once.
    """
    source = source_of(bug.module)
    if source.count(bug.was) != 1:
        raise ValueError(f"{bug.module} has {source.count(bug.was)} times: {bug.was}")
    return source.replace(bug.was, bug.becomes)


def copied(folder: Path) -> Path:
    """Copy the library and its tests to an empty folder, and return where its core is."""
    nothing = shutil.ignore_patterns("__pycache__", ".hypothesis")
    shutil.copytree(PACKAGE, folder / "execbroker", ignore=nothing)
    shutil.copytree(_TESTS, folder / "tests", ignore=nothing)
    shutil.copy(_TESTS.parent / "pyproject.toml", folder)
    return folder / "execbroker" / "core"


def noticed(folder: Path, tests: Sequence[str]) -> list[str]:
    """The tests that fail in a copy, by their names.

    Raises:
        RuntimeError: They could not be run.
    """
    done = subprocess.run(
        [
            *(sys.executable, "-m", "pytest", "-q", "-rfE", "--tb=no", "--color=no"),
            *("-p", "no:cacheprovider", "-p", "tests.mutation.profile", *tests),
        ],
        cwd=folder,
        env={
            **{
                name: value
                for name, value in os.environ.items()
                if not name.startswith(("PYTEST_", "HYPOTHESIS_"))
            },
            "CI": "true",
            "COLUMNS": "200",
            "HYPOTHESIS_PROFILE": "mutation",
            "PYTHONPATH": str(folder),
        },
        capture_output=True,
        text=True,
        check=False,
    )
    found = re.findall(r"^(?:FAILED|ERROR) (\S+)", done.stdout, re.MULTILINE)
    if done.returncode != (1 if found else 0):
        raise RuntimeError(f"pytest ended with {done.returncode}:\n{done.stdout}{done.stderr}")
    return found


def show(names: Sequence[str]) -> int:
    """Plant some bugs, one after the other, and print who notices; 0 if each is noticed, and nothing else is."""
    missed = 0
    with tempfile.TemporaryDirectory() as place:
        folder = Path(place)
        core = copied(folder)
        every = dict.fromkeys(test for name in names for test in BUGS[name].tests)
        if failing := noticed(folder, list(every)):
            print(f"without any bug, there fail: {', '.join(failing)}")
            return 1
        print(f"without any bug, nothing fails: {', '.join(every)}\n", flush=True)
        for name in names:
            bug = BUGS[name]
            path = core / f"{bug.module}.py"
            original = path.read_text("utf-8")
            path.write_text(plant(bug), "utf-8")
            found = noticed(folder, bug.tests)
            path.write_text(original, "utf-8")
            missed += not found
            print(f"{'noticed' if found else 'MISSED '}  {name}: {bug.text}", flush=True)
            for test in found:
                print(f"           {test}", flush=True)
    return 1 if missed else 0
