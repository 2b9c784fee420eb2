"""What a picture of an answer shows, before it is drawn: free room and offers over time.

The terminal's timeline and the picture for web pages draw the same chart.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Final, final

from attrs import frozen

from execbroker.cli.reports.answered import Answered
from execbroker.cli.reports.words import in_order, letter
from execbroker.core.amounts import STORAGE, Amounts
from execbroker.core.answer import Offer
from execbroker.core.planner import PlatformPlanner
from execbroker.core.platform import Pool
from execbroker.core.spans import Span
from execbroker.core.task import Task

__all__ = ["FULL", "Bar", "Chart", "Row", "Step", "chart_of"]

#: All of a pool is free; levels are thousandths.
FULL: Final = 1000
#: More pools than these are drawn only if there are offers in them.
_MOST_POOLS: Final = 12
#: How much of the time up to the last offer is drawn behind it, so that one sees what stopped it.
_MARGIN: Final = 8


@final
@frozen
class Step:
    """How much of a pool is free over a span, in thousandths of the scarcest resource asked; None: closed."""

    span: Span
    level: int | None


@final
@frozen
class Bar:
    """An offer or, with a letter for its mark, an alternative."""

    mark: str
    offer: Offer

    @property
    def pieces(self) -> tuple[Span, Span, Span]:
        """Its preparation, its longest run from the earliest start, and the time into which it may be moved."""
        start, end = self.offer.minstart, self.offer.minstart + self.offer.maxduration
        return (
            Span(start - self.offer.preparation, start),
            Span(start, end),
            Span(end, max(end, self.offer.maxend)),
        )


@final
@frozen
class Row:
    """One pool.

    Attributes:
        title: What it is called.
        steps: What is free in it.
        bars: What is offered there.
        lacks: What the task needs and the pool never has.
    """

    title: str
    steps: tuple[Step, ...]
    bars: tuple[Bar, ...]
    lacks: tuple[str, ...] = ()


@final
@frozen
class Chart:
    """Free room and offers.

    Attributes:
        span: From when to when.
        zone: The zone of its clock.
        rows: One for each pool.
        resources: Those of which the scarcest is shown.
    """

    span: Span
    zone: str
    rows: tuple[Row, ...]
    resources: tuple[str, ...]


def chart_of(answered: Answered) -> Chart:
    """The chart of an answer."""
    bars = (*_bars(answered),)
    span = _span(answered, bars)
    asked = _asked(answered.task)
    rows = (*_rows(answered, bars, span, asked),)
    resources = in_order(
        set(asked) or {name for platform in answered.platforms for name in platform.resources}
    )
    return Chart(span, answered.zone, rows, tuple(resources))


def _bars(answered: Answered) -> Iterator[Bar]:
    for number, offer in enumerate(answered.answer.offers, 1):
        yield Bar(str(number), offer)
    for index, alternative in enumerate(answered.answer.alternatives):
        yield Bar(letter(index), alternative.offer)


def _span(answered: Answered, bars: tuple[Bar, ...]) -> Span:
    """From now, or the first start that the task allows, to a little behind the last offer or to the horizon."""
    schedule = answered.task.schedule
    horizon = answered.now + max(platform.horizon for platform in answered.platforms)
    begin = max(answered.now, schedule.earliest or 0)
    start = min([begin if begin < horizon else answered.now, *(bar.pieces[0].start for bar in bars)])
    end = min(schedule.end or horizon, horizon)
    end = end if end > start else horizon
    if bars:
        last = max(bar.offer.maxend for bar in bars)
        end = max(last, min(end, last + (last - start) // _MARGIN))
    return Span(start, end)


def _asked(task: Task) -> Mapping[str, int]:
    """The resources that a task asks for, with the largest minimum of each."""
    asked: dict[str, int] = {}
    for resource in task.compute:
        for name, limits in resource.ranges.items():
            asked[name] = max(asked.get(name, 0), limits.minimum or 0)
    for storage in task.storage:
        asked[STORAGE] = max(asked.get(STORAGE, 0), storage.size.minimum or 0)
    return asked


def _rows(answered: Answered, bars: tuple[Bar, ...], span: Span, asked: Mapping[str, int]) -> Iterator[Row]:
    is_crowded = sum(len(platform.pools) for platform in answered.platforms) > _MOST_POOLS
    for platform in answered.platforms:
        planner = PlatformPlanner(platform)
        for pool in platform.pools:
            place = (platform.name, pool.name)
            inside = tuple(bar for bar in bars if (bar.offer.platform, bar.offer.pool) == place)
            if inside or not is_crowded:
                lacks = [name for name, minimum in asked.items() if minimum and name not in pool.capacity]
                title, steps = answered.where(*place) or pool.name, _steps(planner, pool, span, asked)
                yield Row(title, steps, inside, tuple(in_order(set(lacks))))


def _steps(planner: PlatformPlanner, pool: Pool, span: Span, asked: Mapping[str, int]) -> tuple[Step, ...]:
    free = planner.free(pool.name, span)
    return tuple(
        Step(step, None if amounts is None else _level(amounts, pool, asked)) for step, amounts in free
    )


def _level(free: Amounts, pool: Pool, asked: Mapping[str, int]) -> int:
    shown = [name for name in pool.capacity if pool.capacity[name] and (name in asked or not asked)]
    # Rounded up: what is left of a pool is never drawn as nothing.
    return min((-(-free[name] * FULL // pool.capacity[name]) for name in shown), default=FULL)
