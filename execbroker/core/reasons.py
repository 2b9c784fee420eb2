"""Why a pool that comes into question has no room: the fewest resources that are to blame, with figures."""

from __future__ import annotations

from attrs import evolve

from execbroker.core.answer import Reason
from execbroker.core.boxes import Work
from execbroker.core.causes import smallest_subset
from execbroker.core.demand import asked_in_words, path_of
from execbroker.core.durations import spell_duration
from execbroker.core.frontier import Candidate
from execbroker.core.instants import format_instant
from execbroker.core.ranges import Range
from execbroker.core.search import frontier
from execbroker.core.sizes import format_amount
from execbroker.core.spans import Span
from execbroker.core.survey import Ground
from execbroker.core.task import Task

__all__ = ["why_busy"]


def why_busy(task: Task, ground: Ground, work: int) -> tuple[Reason, ...]:
    """Reasons against a pool in which nothing was found: a smallest set of limits that rules the task out.

    Args:
        task: What was asked.
        ground: The pool.
        work: The limit on the work of each search that this takes.
    """
    demand = ground.demand
    asked = [name for name, amount in demand.least.items() if amount]
    guilty = smallest_subset(asked, lambda names: _any(_only(ground, names), work) is None)
    if not guilty:
        return (_closed(ground),)
    return tuple(_busy(task, ground, name, guilty, work) for name in sorted(guilty))


def _only(ground: Ground, names: frozenset[str]) -> Ground:
    return evolve(ground, demands=(ground.demand.only(names),))


def _any(ground: Ground, work: int) -> Candidate | None:
    """The first offer that a pool has for a demand."""
    return next(frontier(ground.lanes, Work(work)), None)


def _busy(task: Task, ground: Ground, name: str, guilty: frozenset[str], work: int) -> Reason:
    """How much of a guilty resource there would be, where the other guilty ones are free."""
    demand, fields, sizes = ground.demand, ground.site.fields, ground.demand.pool.sizes
    asked = demand.least[name]
    others = guilty - {name}
    freed = demand.only(others)
    ground = evolve(ground, demands=(evolve(freed, asked={**freed.asked, name: Range(0, asked)}),))
    most = max(frontier(ground.lanes, Work(work)), key=lambda c: fields.amount(-c.key, name), default=None)
    available = 0 if most is None else fields.amount(-most.key, name)
    words, most_left = asked_in_words(task, name, asked, sizes), format_amount(name, available, sizes)
    beside = f" beside enough {' and '.join(sorted(others))}" if others else ""
    message = f"{words}, at most {most_left} free{beside} for {spell_duration(demand.shortest)}"
    if most is not None:
        message += f", from {format_instant(most.start)}"
    return Reason(
        "busy", message, ground.site.platform.name, demand.pool.name, path_of(task, name), name, asked, available,
        start=None if most is None else most.start,
        end=None if most is None else most.start + demand.shortest,
        sizes=sizes,
    )  # fmt: skip


def _closed(ground: Ground) -> Reason:
    """Nothing is asked for that is taken: the pool is closed, or open for less than a run at a time."""
    pool, platform = ground.demand.pool, ground.site.platform
    whole = Span(ground.windows[0].start, max(window.end for window in ground.windows))
    message = (
        f"{pool.name} is not open for {spell_duration(ground.demand.shortest)} at a time within the range"
    )
    closures = (closure for closure in platform.closures if closure.pool in (None, pool.name))
    said = sorted({closure.reason for closure in closures if closure.reason and closure.spans(whole)})
    if said:
        message += f" ({', '.join(said)})"
    return Reason("busy", message, platform.name, pool.name, "daterange", start=whole.start, end=whole.end)
