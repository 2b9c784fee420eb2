"""What machines for planners and for brokers share: a world, a clock, the calls so far, and how they are judged."""

from __future__ import annotations

import sys
from collections.abc import Collection, Iterator, Sequence
from contextlib import contextmanager
from typing import Any, ClassVar, Final, final

from attrs import evolve
from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.errors import HypothesisException
from hypothesis.stateful import RuleBasedStateMachine, initialize, run_state_machine_as_test

from execbroker.core.platform import Platform
from execbroker.core.task import Task
from execbroker.testing.histories import Call, Request
from execbroker.testing.machines.worlds import (
    PLATFORM_FEATURES,
    TASK_FEATURES,
    frame_of,
    most_of,
    plain_task,
    small_frames,
    small_platform,
    small_task,
)
from execbroker.testing.notation import written
from execbroker.testing.rules import ANSWER_RULES, Judge
from execbroker.testing.rules.exchange import Exchange
from execbroker.testing.rules.rule import Level, Rule, Violation
from execbroker.testing.strategies import Frame
from execbroker.testing.transcripts import Maker, report, transcript

__all__ = ["Broken", "Machine", "beginnings", "questions", "run_machine"]


@final
class Broken(AssertionError):
    """Rules were broken; its text says which, and how to see it again.

    Attributes:
        violations: Which, and how.
        platforms: Where.
        calls: What led to it, the last of them last.
        maker: How what was tested is made.
    """

    def __init__(
        self,
        violations: Sequence[Violation],
        platforms: Sequence[Platform],
        calls: Sequence[Call],
        maker: Maker,
    ) -> None:
        super().__init__(violations, platforms, calls, maker)
        self.violations, self.platforms = tuple(violations), tuple(platforms)
        self.calls, self.maker = tuple(calls), maker

    def __str__(self) -> str:
        # Only now: while a case is made smaller, hundreds of these are raised that nobody reads.
        return report(self.violations, self.platforms, self.calls, self.maker)


#: The machine that draws.
_RUNNER: Final[st.SearchStrategy[Any]] = st.runner()


@st.composite
def beginnings(draw: st.DrawFn) -> tuple[tuple[Platform, ...], Frame]:
    """The platforms and the frame of a case."""
    kind = type(draw(_RUNNER))
    if kind.platforms is not None:
        given = tuple(draw(kind.platforms))
        return given, frame_of(given) if kind.frames is None else draw(kind.frames)
    frame = draw(small_frames() if kind.frames is None else kind.frames)
    return (small_platform(draw, frame, kind.platform_features),), frame


@st.composite
def questions(draw: st.DrawFn) -> Task:
    """What may be asked now."""
    machine: Machine = draw(_RUNNER)
    if machine.tasks is not None:
        return draw(machine.tasks)
    frame = evolve(machine.frame, now=machine.now)
    return small_task(draw, frame, machine.most, machine.task_features)


class Machine(RuleBasedStateMachine):
    """What both machines are made of; subclass one of those.

    All that is drawn and judged can be replaced in a subclass.

    Attributes:
        frames: When, how fine, how far and with which resources: what platforms and tasks are drawn for.
        platforms: Where tasks may run; left out: whatever fits the frame. Give yours, and the frame is theirs.
        tasks: What is asked; left out: whatever fits the frame at the time of asking.
        platform_features, task_features: The rare things that platforms and tasks may have where they are not
            given, of those in `worlds`. A planner that has no nodes, say, is spared them; one that knows policies
            and costs is given the further features, too.
        answer_rules: What every answer is held against.
        levels: Only what binds so much is judged.
        steps: How much happens in one case, at most.
    """

    frames: ClassVar[st.SearchStrategy[Frame] | None] = None
    platforms: ClassVar[st.SearchStrategy[Sequence[Platform]] | None] = None
    tasks: ClassVar[st.SearchStrategy[Task] | None] = None
    platform_features: ClassVar[Collection[str]] = PLATFORM_FEATURES
    task_features: ClassVar[Collection[str]] = TASK_FEATURES
    answer_rules: ClassVar[Collection[Rule[Exchange]]] = ANSWER_RULES
    levels: ClassVar[Collection[Level]] = tuple(Level)
    steps: ClassVar[int] = 8

    #: `planner` or `broker`.
    _makes: ClassVar[str]

    def __init_subclass__(cls, **others: Any) -> None:
        super().__init_subclass__(**others)
        cls.TestCase.settings = settings(cls.TestCase.settings, stateful_step_count=cls.steps)

    def __init__(self) -> None:
        super().__init__()
        self.calls: list[Call] = []

    @initialize(beginning=beginnings())
    def begin(self, beginning: tuple[tuple[Platform, ...], Frame]) -> None:
        """There is a world, and something to be tested in it."""
        self.here, self.frame = beginning
        self.now = self.frame.now
        self.most = most_of(self.here)
        self.judge = self.make_judge()
        self.start(self.here)

    def make_judge(self) -> Judge:
        """Whoever judges, by the rules that bind as much as is judged."""
        return Judge(each for each in self.answer_rules if each.level in self.levels)

    def start(self, platforms: Sequence[Platform]) -> None:
        """Make what is to be tested; for the two machines to say."""
        raise NotImplementedError

    def plain_question(self) -> Task | None:
        """The plainest thing that can be asked; None where only the subclass knows what can."""
        return plain_task(self.frame, self.most) if self.tasks is None else None

    def insist(self, violations: Sequence[Violation]) -> None:
        """Go on if nothing was broken that binds as much as is judged.

        Raises:
            Broken: One was.
        """
        broken = [each for each in violations if each.level in self.levels]
        if broken:
            raise Broken(broken, self.here, self.calls, self.maker())

    @contextmanager
    def telling(self, *requests: Request) -> Iterator[None]:
        """Whatever a request raises says what led to it."""
        try:
            yield
        except HypothesisException:
            raise
        except Exception as error:
            error.add_note("\n".join(transcript(self.here, self.calls, self.maker())))
            error.add_note(f"# and then, at {self.now}: {', '.join(map(written, requests))}")
            raise

    def maker(self) -> Maker:
        """How what is tested is made, for whoever wants to see it again."""
        kind = type(self)
        found = vars(sys.modules.get(kind.__module__, object)).get(kind.__qualname__)
        is_importable = found is kind and kind.__module__ != "__main__"
        return Maker(self._makes, kind.__qualname__, kind.__module__ if is_importable else None)


def run_machine(machine: type[RuleBasedStateMachine], chosen: settings | None = None) -> None:
    """Run a machine where there is no pytest or unittest to do it.

    Args:
        machine: The class.
        chosen: How many cases, how many steps each, and so on; left out: as for a `TestCase` of it.

    Raises:
        Broken: A rule was broken.
    """
    run_state_machine_as_test(machine, settings=machine.TestCase.settings if chosen is None else chosen)
