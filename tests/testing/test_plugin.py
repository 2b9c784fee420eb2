"""What pytest and Hypothesis find by themselves: there when asked for, and free of cost when not."""

from __future__ import annotations

import os
import subprocess
import tomllib
from collections.abc import Sequence
from importlib.metadata import entry_points
from pathlib import Path
from typing import Final

import pytest

from execbroker.testing import strategies
from execbroker.testing.registration import STRATEGIES
from tests.fresh import LIBRARY, run_pytest, run_python

#: Where the library is installed, pytest brings the plugin; where it is only on the path, one says so.
IS_INSTALLED: Final = any(point.name == "execbroker" for point in entry_points(group="pytest11"))
BRINGS: Final = [] if IS_INSTALLED else ["-p", "execbroker.testing.plugin"]

PROJECT: Final = tomllib.loads((Path(__file__).parents[2] / "pyproject.toml").read_text("utf-8"))["project"]

PLATFORM: Final = """
from execbroker import Amounts, Platform, Pool, Task
PLATFORM = Platform("here", (Pool("batch", Amounts({"cores": 8000})),), granularity=3600, horizon=14400)
"""

PLANNERS: Final = """
from execbroker import Answer, PlatformPlanner

def right(platforms):
    return PlatformPlanner(*platforms)

class Silent:
    def __init__(self, platforms):
        pass

    def plan(self, task, now):
        return Answer()
"""


@pytest.fixture
def installed(tmp_path: Path) -> str:
    """A path on which the library is found as if it were installed there, with what it says of itself."""
    if IS_INSTALLED:
        return str(LIBRARY)
    metadata = tmp_path / "execbroker-0.dist-info"
    metadata.mkdir()
    (metadata / "METADATA").write_text("Metadata-Version: 2.1\nName: execbroker\nVersion: 0\n", "utf-8")
    groups = {group: PROJECT["entry-points"][group] for group in ("pytest11", "hypothesis")}
    lines = [
        line
        for group, points in groups.items()
        for line in (f"[{group}]", *(f"{name} = {target}" for name, target in points.items()))
    ]
    (metadata / "entry_points.txt").write_text("\n".join(lines), "utf-8")
    return os.pathsep.join([str(LIBRARY), str(tmp_path)])


def python(code: str, **variables: str) -> str:
    """What a fresh interpreter prints that can import the library under test."""
    done = run_python("-W", "error", "-c", code, folder=None, **variables)
    assert done.returncode == 0, done.stderr
    return done.stdout


def said_of(
    folder: Path, code: str, *options: str, brings: Sequence[str] = BRINGS, **variables: str
) -> subprocess.CompletedProcess[str]:
    """What pytest says of some tests, in a process of its own."""
    (folder / "my_planners.py").write_text(PLANNERS, "utf-8")
    (folder / "test_mine.py").write_text(code, "utf-8")
    return run_pytest(folder, "-rA", "-W", "error", *brings, *options, **variables)


class TestCost:
    """Where it is not used it costs nothing."""

    def test_the_plugin_imports_only_pytest(self) -> None:
        """Loading the plugin loads nothing of the library but the packages that it is in."""
        code = "import sys, pytest\nbefore = {*sys.modules}\nimport execbroker.testing.plugin\n"
        loaded = python(code + "print(*sorted({*sys.modules} - before))").split()

        assert loaded == ["execbroker", "execbroker.testing", "execbroker.testing.plugin"]

    def test_nothing_is_loaded_until_a_fixture_is(self, tmp_path: Path) -> None:
        """A run of pytest that does not use the fixtures loads neither values nor rules nor strategies."""
        code = """
import sys

def test_nothing_is_loaded():
    loaded = {name for name in sys.modules if name.startswith("execbroker.")}
    assert loaded <= {"execbroker.testing", "execbroker.testing.plugin"}

def test_the_fixture_does(judge):
    assert "execbroker.testing.rules" in sys.modules
"""
        done = said_of(tmp_path, code)

        assert "2 passed" in done.stdout, done.stdout

    def test_registering_loads_no_value(self) -> None:
        """What Hypothesis calls when it is imported loads neither values nor strategies."""
        code = "import sys\nfrom execbroker.testing.registration import register\nregister()\n"
        loaded = python(code + "print(*(name for name in sys.modules if name.startswith('execbroker.')))")

        assert loaded.split() == ["execbroker.testing", "execbroker.testing.registration"]


class TestFixtures:
    """What pytest finds."""

    def test_planner(self, tmp_path: Path) -> None:
        """`planner` makes what `--planner` names, and `judge` fails for what breaks a rule."""
        code = f"""
{PLATFORM}
from execbroker.testing.worlds import World

def test_it(planner, judge, virtual_clock):
    judge(World(Task(), (PLATFORM,), virtual_clock.now), planner(PLATFORM).plan(Task(), virtual_clock()))
"""
        right = said_of(tmp_path, code, "--planner", "my_planners:right")
        wrong = said_of(tmp_path, code, "--planner", "my_planners:Silent")
        nobody = said_of(tmp_path, code)

        assert right.returncode == 0, right.stdout
        assert wrong.returncode == 1
        assert (
            "a NO should say why (reasons-given, should)" in wrong.stdout or "reasons-given" in wrong.stdout
        )
        assert "1 skipped" in nobody.stdout

    @pytest.mark.parametrize("named", ["nothing:make", "my_planners:nothing", "my_planners", ":right"])
    def test_planner_that_is_not_there(self, tmp_path: Path, named: str) -> None:
        """A name that leads nowhere is said to."""
        done = said_of(tmp_path, "def test_it(planner):\n    planner()\n", "--planner", named)

        assert done.returncode == 1
        assert f"--planner {named}: " in done.stdout
        assert "write module:name" in done.stdout

    def test_reference_and_clock(self, tmp_path: Path) -> None:
        """`reference_planner` is right, and `virtual_clock` goes on when it is told to."""
        code = f"""
{PLATFORM}
from execbroker.testing.worlds import World

def test_it(reference_planner, judge, virtual_clock):
    virtual_clock.wait(90)
    answer = reference_planner(PLATFORM).plan(Task(), virtual_clock.now)
    assert answer.offers[0].minstart == virtual_clock.wait_until(answer.offers[0].minstart)
    judge(World(Task(), (PLATFORM,), virtual_clock.now - 3510), answer)
"""
        done = said_of(tmp_path, code)

        assert done.returncode == 0, done.stdout

    def test_judge_of_histories(self, tmp_path: Path) -> None:
        """`judge` takes histories, too, and holds them against the naive broker."""
        code = f"""
{PLATFORM}
import pytest
from execbroker.testing.histories import Call, History, Look, Plan, Refusal, put
from execbroker.testing.naive import NaiveBroker

def test_it(judge):
    calls = (put(NaiveBroker((PLATFORM,)), Plan(Task()), 0),)
    judge(History((PLATFORM,), calls))
    name = calls[0].outcome.offers[0].identifier
    calls += (Call(Look(name), 0, Refusal("offer-unknown", "there is none")),)
    with pytest.raises(AssertionError, match="lets-go-what-is-given-up, must"):
        judge(History((PLATFORM,), calls))
"""
        done = said_of(tmp_path, code)

        assert done.returncode == 0, done.stdout

    def test_is_found(self, tmp_path: Path, installed: str) -> None:
        """Where the library is installed, pytest finds the plugin, and `-p no:execbroker` leaves it out."""
        code = "def test_it(judge):\n    pass\n"
        found = said_of(tmp_path, code, brings=(), PYTHONPATH=installed)
        left_out = said_of(tmp_path, code, "-p", "no:execbroker", brings=(), PYTHONPATH=installed)

        assert found.returncode == 0, found.stdout
        assert "fixture 'judge' not found" in left_out.stdout

    def test_machines_are_not_collected(self, tmp_path: Path) -> None:
        """Of a file that imports the machines and subclasses one, only that one is a test."""
        code = """
from execbroker.testing.machines import BrokerMachine, PlannerMachine
from execbroker.testing.naive import NaivePlanner

class Mine(PlannerMachine):
    steps = 2

    def make_planner(self, platforms):
        return NaivePlanner(*platforms)

TestMine = Mine.TestCase
"""
        done = said_of(tmp_path, code, "--collect-only")

        assert [line for line in done.stdout.splitlines() if "::" in line] == [
            "test_mine.py::TestMine::runTest"
        ]


class TestTypes:
    """What Hypothesis finds."""

    def test_every_value_is_known(self) -> None:
        """Whether a type is imported before Hypothesis or after it, values of it are drawn without a word."""
        code = """
from execbroker.core.task import Task
from execbroker.testing.registration import register
import hypothesis
register()
register()
from execbroker.core.platform import Platform
from execbroker.testing.worlds import World

@hypothesis.settings(max_examples=5, database=None, deadline=None)
@hypothesis.given(*map(hypothesis.strategies.from_type, (Task, Platform, World)))
def draw(task, platform, world):
    assert [type(each) for each in (task, platform, world)] == [Task, Platform, World]

draw()
print("drawn")
"""
        assert python(code).split() == ["drawn"]

    def test_every_strategy_is_there(self) -> None:
        """Every type has a strategy, and every strategy a type that its module has."""
        for module, kinds in STRATEGIES.items():
            names = vars(__import__(module, fromlist=["*"]))
            assert [kind for kind in kinds if kind not in names] == []
            assert [name for name in kinds.values() if not callable(getattr(strategies, name, None))] == []

    def test_is_found(self, installed: str) -> None:
        """Where the library is installed, Hypothesis needs no telling; `HYPOTHESIS_NO_PLUGINS` stops it."""
        code = "import sys, hypothesis\nprint('execbroker.testing.registration' in sys.modules)"

        assert python(code, PYTHONPATH=installed).strip() == "True"
        assert python(code, PYTHONPATH=installed, HYPOTHESIS_NO_PLUGINS="1").strip() == "False"
