"""A machine for planners."""

from __future__ import annotations

from collections.abc import Sequence
from typing import ClassVar

from hypothesis import strategies as st
from hypothesis.stateful import rule

from execbroker.core.interfaces import Planner
from execbroker.core.platform import Platform
from execbroker.core.task import Task
from execbroker.testing.histories import Call, Plan
from execbroker.testing.machines.common import Machine, questions
from execbroker.testing.worlds import World

__all__ = ["PlannerMachine"]


class PlannerMachine(Machine):
    """Asks a planner one thing after the other, while time goes on, and judges every answer.

    Subclass it and override `make_planner`; `Mine.TestCase` is then a test for pytest and unittest.
    """

    _makes: ClassVar[str] = "planner"

    def make_planner(self, platforms: Sequence[Platform]) -> Planner:
        """The planner to be tested, new, for some platforms and what is booked there. Yours to say."""
        raise NotImplementedError("override make_planner: it returns your planner for the platforms")

    def start(self, platforms: Sequence[Platform]) -> None:
        """Make the planner."""
        self.planner = self.make_planner(platforms)

    @rule(task=questions())
    def plan(self, task: Task) -> None:
        """Ask, and judge the answer."""
        with self.telling(Plan(task)):
            answer = self.planner.plan(task, self.now)
        self.calls.append(Call(Plan(task), self.now, answer))
        self.insist(self.judge.judge(World(task, tuple(self.here), self.now), answer))

    @rule(steps=st.integers(1, 3), odd=st.booleans())
    def wait(self, steps: int, odd: bool) -> None:
        """Time goes on."""
        self.now += steps * self.frame.grid + (self.frame.odd if odd else 0)
