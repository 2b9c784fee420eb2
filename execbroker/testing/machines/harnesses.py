"""The machines, for whoever is spoken to by lines: random worlds and calls, shrunk to the few that it takes."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Final, TypeVar, final

from attrs import frozen
from hypothesis import HealthCheck, Verbosity, reject, settings

from execbroker.core.answer import Answer
from execbroker.core.interfaces import Broker, Planner
from execbroker.core.platform import Platform
from execbroker.core.task import Task
from execbroker.languages import read_platform, read_task
from execbroker.languages.text.documents import Node
from execbroker.languages.text.writer import to_json
from execbroker.testing.histories import Plan, Request
from execbroker.testing.machines.brokers import BrokerMachine
from execbroker.testing.machines.common import Broken, Machine, run_machine
from execbroker.testing.machines.planners import PlannerMachine
from execbroker.testing.rules.rule import Violation
from execbroker.testing.wire.dialogue import Dialogue, Greeting, NoAnswer, NotSpoken, WireBroker
from execbroker.testing.wire.documents import platform_document, task_document
from execbroker.testing.wire.judging import Rules

__all__ = ["Found", "try_examples"]

T = TypeVar("T")

#: Everything is drawn anew from the same seed, and nothing is written to the standard output or to the disk.
_QUIET: Final = settings(
    verbosity=Verbosity.quiet,
    database=None,
    derandomize=True,
    deadline=None,
    print_blob=False,
    suppress_health_check=[*HealthCheck],
)


@final
@frozen
class Found:
    """What was found, shrunk.

    Attributes:
        violations: What is wrong, and how.
        platforms, calls: What leads there, as documents: a line with both can be judged again.
    """

    violations: tuple[Violation, ...]
    platforms: list[Node]
    calls: list[Node]


@final
class _GivenUp(BaseException):
    """There is nobody to talk to any more. As no `Exception` it is not taken for a fault to be shrunk."""

    def __init__(self, error: NoAnswer) -> None:
        super().__init__(error)
        self.error = error


def try_examples(talk: Callable[[], tuple[Dialogue, Greeting]], rules: Rules, examples: int) -> Found | None:
    """Put a harness through random histories: of calls to a broker, or of questions to a planner.

    Args:
        talk: Gives the talk with it.
        rules: What is judged.
        examples: How many histories.

    Raises:
        NoAnswer: What came back at some time was no answer.
    """
    dialogue, greeting = talk()
    machine = _broker_machine(dialogue, rules) if greeting.is_broker else _planner_machine(dialogue, rules)
    chosen = settings(_QUIET, max_examples=examples, stateful_step_count=machine.steps)
    try:
        run_machine(machine, chosen)
    except _GivenUp as given_up:
        raise given_up.error from None
    except Broken as broken:
        platforms: list[Node] = [platform_document(platform) for platform in broken.platforms]
        return Found(broken.violations, platforms, dialogue.transcript)
    return None


def _broker_machine(dialogue: Dialogue, rules: Rules) -> type[Machine]:
    class HarnessMachine(BrokerMachine):
        """A broker at the other end."""

        answer_rules = rules.answers
        history_rules = rules.histories

        def start(self, platforms: Sequence[Platform]) -> None:
            self.here = _readable(platforms)
            super().start(self.here)

        def make_broker(self, platforms: Sequence[Platform]) -> Broker:
            return _talked(lambda: WireBroker(dialogue, platforms))

        def ask(self, request: Request) -> None:
            if isinstance(request, Plan):
                request = Plan(_readable_task(request.task, self.here))
            _talked(lambda: super(HarnessMachine, self).ask(request))

        def insist(self, violations: Sequence[Violation]) -> None:
            super().insist([*filter(rules.admits, violations)])

    return HarnessMachine


def _planner_machine(dialogue: Dialogue, rules: Rules) -> type[Machine]:
    class HarnessMachine(PlannerMachine):
        """A planner at the other end."""

        answer_rules = rules.answers

        def start(self, platforms: Sequence[Platform]) -> None:
            self.here = _readable(platforms)
            super().start(self.here)

        def make_planner(self, platforms: Sequence[Platform]) -> Planner:
            return _WirePlanner(_talked(lambda: WireBroker(dialogue, platforms)), platforms)

    return HarnessMachine


@final
class _WirePlanner(Planner):
    """Passes on what can be passed on."""

    def __init__(self, broker: Broker, platforms: Sequence[Platform]) -> None:
        self._broker, self._platforms = broker, platforms

    def plan(self, task: Task, now: int) -> Answer:
        readable = _readable_task(task, self._platforms)
        return _talked(lambda: self._broker.plan(readable, now))


def _talked(say: Callable[[], T]) -> T:
    """What comes of saying something; what the other end does not speak of is no example."""
    try:
        return say()
    except NotSpoken:
        reject()
    except NoAnswer as error:
        raise _GivenUp(error) from error


def _readable(platforms: Sequence[Platform]) -> tuple[Platform, ...]:
    """Platforms as the other end reads them; those that can't be written or read are no example."""
    try:
        readings = [read_platform(to_json(platform_document(platform))) for platform in platforms]
    except ValueError:
        reject()
    if not all(reading.is_valid for reading in readings):
        reject()
    return tuple(reading.unwrap() for reading in readings)


def _readable_task(task: Task, platforms: Sequence[Platform]) -> Task:
    """Likewise a task."""
    resources = frozenset[str]().union(*(platform.resources for platform in platforms))
    try:
        reading = read_task(to_json(task_document(task)), "task.json", resources)
    except ValueError:
        reject()
    if reading.value is None:
        reject()
    return reading.value
