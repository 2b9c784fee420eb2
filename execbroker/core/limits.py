"""The limits of a task, one by one: what they say, how to move them, and how far an offer is beyond each."""

from __future__ import annotations

from collections.abc import Iterator
from decimal import Decimal
from fractions import Fraction
from typing import Any, ClassVar, Final, Protocol, TypeVar, final

from attrs import evolve, frozen

from execbroker.core.amounts import STORAGE
from execbroker.core.budget import gauges_of, rounded
from execbroker.core.durations import format_duration
from execbroker.core.frontier import Candidate
from execbroker.core.instants import format_instant
from execbroker.core.lanes import Lane
from execbroker.core.ranges import Range
from execbroker.core.sizes import format_amount
from execbroker.core.spans import Span
from execbroker.core.task import DAY, EVERY_DAY, Daily, Schedule, Task
from execbroker.core.wallclock import SHORT_DAYS, format_clock

__all__ = ["Limit", "limits_of"]

T = TypeVar("T")


class Limit(Protocol):
    """What the limits of all kinds can be asked."""

    @property
    def path(self) -> str:
        """Where the limit stands."""

    @property
    def value(self) -> Any:
        """What it says; None if it can only go as a whole."""

    @property
    def old(self) -> str:
        """The same as text."""

    @property
    def is_about_time(self) -> bool:
        """Whether what is nearest to it is looked for among all runs with the least amounts."""

    def relaxed(self, task: Task) -> Task:
        """The task with the limit out of the way."""

    def moved(self, task: Task, value: Any) -> Task:
        """The task with the limit at another value."""

    def needed(self, candidate: Candidate, lane: Lane, duration: int) -> Any:
        """The value at which a candidate's run is allowed; None if the limit must go."""

    def distance(self, value: Any) -> Fraction:
        """How far such a value is away, from 0 to 1, so that limits of all kinds compare."""

    def written(self, value: Any) -> str | None:
        """A value as a task's author writes it."""


#: How far away "at any time of day" is.
_HALF: Final = Fraction(1, 2)


@final
@frozen
class _Amount:
    """The minimum of a resource, in one of the task's compute or storage resources."""

    path: str
    place: int
    name: str
    asked: Range
    sizes: frozenset[str]
    is_about_time: ClassVar = False

    @property
    def value(self) -> int:
        return self.asked.minimum or 0

    @property
    def old(self) -> str:
        return self.written(self.value)

    def relaxed(self, task: Task) -> Task:
        # More than was asked is of no interest here, and a low ceiling keeps the search small.
        return self._with(task, Range(0, self.value))

    def moved(self, task: Task, value: int | None) -> Task:
        return self._with(task, Range(value or 0, self.asked.maximum))

    def needed(self, candidate: Candidate, lane: Lane, duration: int) -> int:
        # While this limit is out of the way, the minimum of all is what the task's other resources ask.
        others = lane.demand.asked[self.name].minimum or 0
        return min(self.value, max(0, lane.amount(candidate, self.name) - others))

    def distance(self, value: int | None) -> Fraction:
        return Fraction(self.value - (value or 0), self.value)

    def written(self, value: int | None) -> str:
        return format_amount(self.name, value or 0, self.sizes)

    def _with(self, task: Task, wanted: Range) -> Task:
        if self.path.startswith("storage"):
            resized = evolve(task.storage[self.place], size=wanted)
            return evolve(task, storage=_put(task.storage, self.place, resized))
        compute = task.compute[self.place]
        changed = evolve(compute, ranges={**compute.ranges, self.name: wanted})
        return evolve(task, compute=_put(task.compute, self.place, changed))


@final
@frozen
class _ShortestRun:
    """The shortest run, in seconds."""

    asked: Range
    path: ClassVar = "minduration"
    is_about_time: ClassVar = False

    @property
    def value(self) -> int:
        return self.asked.minimum or 0

    @property
    def old(self) -> str:
        return self.written(self.value)

    def relaxed(self, task: Task) -> Task:
        return self._with(task, Range(1, self.value))

    def moved(self, task: Task, value: int | None) -> Task:
        return self._with(task, Range(value, self.asked.maximum))

    def needed(self, candidate: Candidate, lane: Lane, duration: int) -> int:
        return min(self.value, lane.duration(candidate))

    def distance(self, value: int | None) -> Fraction:
        return Fraction(self.value - (value or 0), self.value)

    def written(self, value: int | None) -> str:
        return format_duration(value or 0)

    def _with(self, task: Task, wanted: Range) -> Task:
        return evolve(task, schedule=evolve(task.schedule, duration=wanted))


@final
@frozen
class _LongestRun:
    """The longest run, in seconds: less than the grid has room for, or less than there is."""

    asked: Range
    path: ClassVar = "maxduration"
    is_about_time: ClassVar = True

    @property
    def value(self) -> int:
        return self.asked.maximum or 0

    @property
    def old(self) -> str:
        return self.written(self.value)

    def relaxed(self, task: Task) -> Task:
        return self.moved(task, None)

    def moved(self, task: Task, value: int | None) -> Task:
        duration = Range(self.asked.minimum, value)
        return evolve(task, schedule=evolve(task.schedule, duration=duration))

    def needed(self, candidate: Candidate, lane: Lane, duration: int) -> int:
        return max(self.value, duration)

    def distance(self, value: int | None) -> Fraction:
        longest = max(self.value, value or 0)
        return Fraction(longest - self.value, longest)

    def written(self, value: int | None) -> str:
        return format_duration(value or 0)


@final
@frozen
class _Date:
    """An end of the date range: `earliest`, `latest` or `end` of the schedule."""

    path: str
    key: str
    value: int

    is_about_time: ClassVar = True

    @property
    def old(self) -> str:
        return self.written(self.value)

    def relaxed(self, task: Task) -> Task:
        return self.moved(task, None)

    def moved(self, task: Task, value: int | None) -> Task:
        bound: dict[str, Any] = {self.key: value}
        return evolve(task, schedule=evolve(task.schedule, **bound))

    def needed(self, candidate: Candidate, lane: Lane, duration: int) -> int:
        if self.key == "earliest":
            return min(self.value, -candidate.latest)
        return max(self.value, candidate.start + (duration if self.key == "end" else 0))

    def distance(self, value: int | None) -> Fraction:
        shift = abs(self.value - (value or 0))
        return Fraction(shift, shift + DAY)

    def written(self, value: int | None) -> str:
        return format_instant(value or 0)


@final
@frozen
class _Whole:
    """A part of the schedule that is given up whole: the daily window, or the spans in which the run starts."""

    path: str
    key: str
    old: str
    value: ClassVar = None
    is_about_time: ClassVar = True

    def relaxed(self, task: Task) -> Task:
        nothing: dict[str, Any] = {self.key: getattr(Schedule(), self.key)}
        return evolve(task, schedule=evolve(task.schedule, **nothing))

    def moved(self, task: Task, value: int | None) -> Task:
        return self.relaxed(task)

    def needed(self, candidate: Candidate, lane: Lane, duration: int) -> None:
        return None

    def distance(self, value: int | None) -> Fraction:
        return _HALF

    def written(self, value: int | None) -> None:
        return None


@final
@frozen
class _Demanded:
    """The most or the least that a task demands of a cost or a metric."""

    group: str
    place: int
    end: str
    meaning: str
    value: Decimal
    is_about_time: ClassVar = True

    @property
    def path(self) -> str:
        return f"{self.group}[{self.place}].{self.end[:3]}"

    @property
    def old(self) -> str:
        return str(self.value)

    def relaxed(self, task: Task) -> Task:
        return self.moved(task, None)

    def moved(self, task: Task, value: Decimal | None) -> Task:
        constraints = getattr(task, self.group)
        bound: dict[str, Any] = {self.end: value}
        moved: dict[str, Any] = {
            self.group: _put(constraints, self.place, evolve(constraints[self.place], **bound))
        }
        return evolve(task, **moved)

    def needed(self, candidate: Candidate, lane: Lane, duration: int) -> Decimal | None:
        demand, is_most = lane.demand, self.end == "maximum"
        gauge = gauges_of(lane.site.platform, demand.pool)[self.group].get(self.meaning)
        if gauge is None:
            return None
        amounts = {**demand.least, **{name: lane.amount(candidate, name) for name in demand.asked}}
        figure = gauge.figure(amounts, duration) if is_most else gauge.figure(demand.least, demand.shortest)
        return (max if is_most else min)(self.value, rounded(figure, up=is_most))

    def distance(self, value: Decimal | None) -> Fraction:
        if value is None:
            return _HALF
        one, other = Fraction(self.value), Fraction(value)
        return abs(one - other) / max(one, other) if one != other else Fraction(0)

    def written(self, value: Decimal | None) -> str | None:
        return None if value is None else str(value)


def limits_of(task: Task) -> Iterator[Limit]:
    """The limits that more could be had without, in the order in which a task is written."""
    storage = [
        (f"storage-resources[{place}].minsize", place, {STORAGE: s.size})
        for place, s in enumerate(task.storage)
    ]
    compute = [(f"compute-resources[{place}].min", place, c.ranges) for place, c in enumerate(task.compute)]
    for path, place, ranges in (*compute, *storage):
        for name, asked in ranges.items():
            if asked.minimum:
                full_path = path if name == STORAGE else path + name
                yield _Amount(full_path, place, name, asked, task.sizes)
    yield from _demands(task)
    schedule = task.schedule
    if schedule.duration.minimum is not None:
        yield _ShortestRun(schedule.duration)
    if schedule.duration.maximum is not None:
        yield _LongestRun(schedule.duration)
    for key, path in (("earliest", "minstartdate"), ("latest", "maxstartdate"), ("end", "maxenddate")):
        if (value := getattr(schedule, key)) is not None:
            yield _Date(f"daterange.{path}", key, value)
    if schedule.starts:
        yield _Whole("daterange", "starts", _spelt_starts(schedule.starts))
    if schedule.daily is not None:
        yield _Whole("timerange", "daily", _spelt_window(schedule.daily))


def _demands(task: Task) -> Iterator[_Demanded]:
    for group, constraints in (("costs", task.costs), ("metrics", task.metrics)):
        for place, constraint in enumerate(constraints):
            for end, value in (("minimum", constraint.minimum), ("maximum", constraint.maximum)):
                if value is not None:
                    yield _Demanded(group, place, end, constraint.meaning, value)


def _spelt_starts(starts: tuple[Span, ...]) -> str:
    spelt = (f"{format_instant(first)} to {format_instant(end - 1)}" for first, end in starts)
    return f"starting {' or '.join(spelt)}"


def _spelt_window(daily: Daily) -> str:
    text = f"from {format_clock(daily.opens)}"
    if daily.closes is not None:
        text += f" to {format_clock(daily.closes)}"
    if daily.latest is not None:
        text += f", starting by {format_clock(daily.latest)}"
    if daily.days != EVERY_DAY:
        text += f" on {', '.join(SHORT_DAYS[day] for day in sorted(daily.days))}"
    return text


def _put(values: tuple[T, ...], place: int, value: T) -> tuple[T, ...]:
    return (*values[:place], value, *values[place + 1 :])
