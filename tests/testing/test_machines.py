"""The machines: the reference passes, what is found can be read and pasted, and everything can be replaced."""

from __future__ import annotations

import contextlib
import io
import re
import shutil
import tempfile
from collections.abc import Sequence
from itertools import count
from pathlib import Path
from typing import Final

import pytest
from attrs import evolve
from hypothesis import HealthCheck, Phase, settings
from hypothesis import strategies as st

from execbroker.adapters.books.broker import BookBroker
from execbroker.adapters.books.memory import MemoryStore
from execbroker.adapters.books.sqlite import SqliteStore
from execbroker.core.amounts import CORES, Amounts
from execbroker.core.answer import Answer
from execbroker.core.interfaces import Broker, Planner
from execbroker.core.planner import PlatformPlanner
from execbroker.core.platform import Hold, Platform, Pool
from execbroker.core.ranges import Range
from execbroker.core.task import Compute, Schedule, Task
from execbroker.testing.histories import Accept, Call, Plan, put
from execbroker.testing.machines import Broken, BrokerMachine, PlannerMachine, run_machine
from execbroker.testing.machines.common import Machine
from execbroker.testing.machines.worlds import (
    FURTHER_PLATFORM_FEATURES,
    FURTHER_TASK_FEATURES,
    PLATFORM_FEATURES,
    TASK_FEATURES,
)
from execbroker.testing.rules import Level
from execbroker.testing.strategies import Frame, platforms, tasks
from tests.testing.wrong import WRONG, Wrong

HOUR: Final = 3600
BATCH: Final = Platform("here", (Pool("batch", Amounts({CORES: 8000})),), granularity=HOUR, horizon=8 * HOUR)
TASK: Final = Task(compute=(Compute(None, {CORES: Range(8000)}),), schedule=Schedule(Range(8 * HOUR)))

#: Finds what there is to be found, always the same, and makes it no smaller.
QUICK: Final = settings(
    max_examples=300,
    derandomize=True,
    database=None,
    deadline=None,
    phases=[Phase.generate],
    suppress_health_check=list(HealthCheck),
)


def cases(machine: type[Machine], share: float) -> settings:
    """Settings for a machine: so many times as many cases as others have."""
    return settings(machine.TestCase.settings, max_examples=max(1, int(share * settings().max_examples)))


class _Planner(PlannerMachine):
    """The reference."""

    platform_features = (*PLATFORM_FEATURES, *FURTHER_PLATFORM_FEATURES)
    task_features = (*TASK_FEATURES, *FURTHER_TASK_FEATURES)

    def make_planner(self, platforms: Sequence[Platform]) -> Planner:
        """For some platforms."""
        return PlatformPlanner(*platforms)


class _Large(_Planner):
    """The reference, with all that the strategies know."""

    frames = st.builds(Frame, steps=st.integers(3, 8), names=st.just(("cores", "memory", "storage")))
    platforms = st.tuples(platforms(Frame(names=("cores", "memory", "storage"))))
    tasks = tasks(Frame(names=("cores", "memory", "storage")))


class _InMemory(BrokerMachine):
    """The reference with a book in memory, for whose offers clients race in threads, too."""

    platform_features = (*PLATFORM_FEATURES, *FURTHER_PLATFORM_FEATURES)
    task_features = (*TASK_FEATURES, *FURTHER_TASK_FEATURES)
    threads = True

    def make_broker(self, platforms: Sequence[Platform]) -> Broker:
        """With an empty book."""
        numbers = count()
        return BookBroker(platforms, MemoryStore(), lambda: f"id{next(numbers)}")


class _InFile(BrokerMachine):
    """The reference with a book in a file."""

    def make_broker(self, platforms: Sequence[Platform]) -> Broker:
        """With an empty book."""
        numbers = count()
        self.folder = Path(tempfile.mkdtemp())
        self.store = SqliteStore(self.folder / "book")
        return BookBroker(platforms, self.store, lambda: f"id{next(numbers)}")

    def teardown(self) -> None:
        """Leave nothing behind."""
        if hasattr(self, "store"):
            self.store.close()
            shutil.rmtree(self.folder)


# Under the profile `long` these are some hundred thousand answers, of which the planner alone gives more than fifty
# thousand.
TestPlanner = _Planner.TestCase
TestPlanner.settings = cases(_Planner, 2)
TestLarge = _Large.TestCase
TestLarge.settings = cases(_Large, 0.2)
TestInMemory = _InMemory.TestCase
TestInMemory.settings = cases(_InMemory, 0.5)
TestInFile = _InFile.TestCase
TestInFile.settings = cases(_InFile, 0.1)


def broken_by(wrong: Wrong) -> tuple[Broken, type[Machine]]:
    """What a machine finds of what is wrong, and the machine."""
    machine = wrong.machine()
    with pytest.raises(Broken) as caught:
        run_machine(machine, settings(QUICK, stateful_step_count=machine.steps))
    return caught.value, machine


def named(name: str) -> Wrong:
    """One of the ways of being wrong."""
    return next(wrong for wrong in WRONG if wrong.name == name)


class TestReports:
    """What is found can be read, and pasted."""

    @pytest.mark.parametrize("name", ["maxima-ignored", "cancel-fails", "holds-nothing", "cuts-choices"])
    def test_can_be_pasted(self, name: str) -> None:
        """The text of what was found is Python from its first import on, and prints the same violations."""
        broken, machine = broken_by(named(name))
        text = str(broken)
        source = text[re.search(r"^from \w+", text, re.MULTILINE).start() :]  # type: ignore[union-attr]

        printed = io.StringIO()
        with contextlib.redirect_stdout(printed):
            exec(compile(source, "<pasted>", "exec"), {machine.__name__: machine})

        found = {violation.rule for violation in broken.violations}
        assert all(f"({rule}, " in printed.getvalue() for rule in found)

    def test_names_rules_and_calls(self) -> None:
        """The text names the machine, counts rules and calls, and says of each rule where it comes from."""
        broken, _ = broken_by(named("runs-at-once"))
        lines = str(broken).splitlines()

        assert re.fullmatch(r"RunsAtOnce: \d rules? broken, after \d+ calls?", lines[0])
        assert "  MUST legal-phases (IVOA ExecutionBroker draft, section 2.2.5 and 2.2.6)" in lines
        assert [line for line in lines if line.startswith("# calls[0]: YES")]

    def test_imports_what_can_be_imported(self) -> None:
        """A machine that is in a module is imported from there."""
        machine = _Planner()
        machine.here, machine.calls = (BATCH,), []

        assert machine.maker().module == __name__
        assert machine.maker().machine == "_Planner"

    def test_a_crash_says_what_led_to_it(self) -> None:
        """Whatever else a planner raises has the calls with it."""

        class Crashing(PlannerMachine):
            """Its planner knows no tasks."""

            def make_planner(self, platforms: Sequence[Platform]) -> Planner:
                """A planner that falls over."""

                class Falling(Planner):
                    """Falls over."""

                    def plan(self, task: Task, now: int) -> Answer:
                        """Fall over."""
                        raise KeyError("cores")

                return Falling()

        with pytest.raises(KeyError) as caught:
            run_machine(Crashing, QUICK)
        notes = "\n".join(caught.value.__notes__)
        assert "planner = " in notes
        assert "# and then, at " in notes


class _Seen(_Planner):
    """Notes what it is given."""

    platforms = st.just((BATCH,))
    tasks = st.just(TASK)
    given: list[object] = []  # noqa: RUF012 (all of its machines note it in one list)

    def make_planner(self, platforms: Sequence[Platform]) -> Planner:
        """The reference; which platforms it has is noted."""
        self.given.append(tuple(platforms))
        return super().make_planner(platforms)

    def teardown(self) -> None:
        """Note what was asked."""
        self.given.extend(call.request for call in self.calls)


class TestReplacing:
    """Everything that is drawn and judged can be replaced."""

    def test_platforms_and_tasks(self) -> None:
        """A machine takes the platforms and tasks of its class."""
        _Seen.given.clear()
        run_machine(_Seen, settings(QUICK, max_examples=10))

        assert set(_Seen.given) == {(BATCH,), Plan(TASK)}

    def test_levels(self) -> None:
        """What binds less than is judged is let pass."""
        machine = named("largest-dropped").machine()
        machine.levels = (Level.MUST, Level.SHOULD)

        run_machine(machine, settings(QUICK, max_examples=60))

    def test_rules(self) -> None:
        """Only the rules of the class are judged."""
        machine = named("maxima-ignored").machine()
        machine.answer_rules = [rule for rule in machine.answer_rules if rule.name != "maximum-respected"]

        run_machine(machine, settings(QUICK, max_examples=50))

    def test_features(self) -> None:
        """What a planner does not have it can be spared."""
        machine = named("closures-ignored").machine()
        machine.platform_features = ["nodes"]

        run_machine(machine, settings(QUICK, max_examples=60))

    @pytest.mark.parametrize(("machine", "what"), [(PlannerMachine, "planner"), (BrokerMachine, "broker")])
    def test_must_be_subclassed(self, machine: type[Machine], what: str) -> None:
        """What makes a planner or broker is for the subclass to say."""
        with pytest.raises(NotImplementedError, match=f"override make_{what}"):
            run_machine(machine, settings(QUICK, max_examples=1))


class _Overbooking(_InMemory):
    """Any number of clients may have the same room."""

    def make_broker(self, platforms: Sequence[Platform]) -> Broker:
        """One that looks only once."""
        return named("overbooks").make(platforms)  # type: ignore[return-value]


def after_two_plans(machine: BrokerMachine) -> list[Call]:
    """What comes of it that two clients take the same room, which is held for neither."""
    machine.begin(((evolve(BATCH, hold=Hold.NONE),), Frame(now=0, steps=8, names=(CORES,))))
    for _ in range(2):
        machine.plan(TASK)
    names = [kept.session.identifier for kept in machine.book.open_offers()]
    return [put(machine.broker, Accept(name), machine.now) for name in names]


class TestRaces:
    """Of what happens at the same time it is enough if it could have happened one after the other."""

    def test_both_cannot_win(self) -> None:
        """In whatever order, two clients can't have one room."""
        machine = _Overbooking()
        calls = after_two_plans(machine)

        with pytest.raises(Broken, match="never-overbooked"):
            machine.settle(calls)

    def test_either_can_win(self) -> None:
        """That the call that is noted second was served first is found out."""
        machine = _InMemory()
        won, lost = after_two_plans(machine)

        machine.settle([lost, won])

        assert machine.calls[-2:] == [won, lost]
