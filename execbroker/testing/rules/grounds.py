"""What a pool has for a task that was told NO, as far as reasons speak of it."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from functools import cached_property
from typing import final

from attrs import evolve, frozen

from execbroker.core.amounts import STORAGE, Amounts
from execbroker.core.answer import Reason
from execbroker.core.platform import Flavour, Platform, Pool
from execbroker.core.ranges import Range
from execbroker.core.spans import Span, Spans
from execbroker.core.task import Task
from execbroker.testing.definition_needs import given_by_default, permitted_flavours, preparation, release
from execbroker.testing.room import Demand, Room, nodes_of
from execbroker.testing.rules.chances import earliest, first_run, shortest_run
from execbroker.testing.rules.exchange import Exchange

__all__ = ["Ground"]


@final
@frozen(eq=False)
class Ground:
    """A pool of which reasons are given, and all those of one code that are given of it."""

    exchange: Exchange
    platform: Platform
    pool: Pool
    reasons: tuple[Reason, ...]

    @property
    def task(self) -> Task:
        """What was asked."""
        return self.exchange.world.task

    @property
    def room(self) -> Room:
        """What the platform has free."""
        return self.exchange.known.room(self.platform)

    @cached_property
    def least(self) -> Mapping[str, int]:
        """What must be free of each resource: the minima of all the task's resources together, and the defaults."""
        minima = {name: asked.minimum or 0 for name, asked in self.exchange.asked.items()}
        return {**minima, **given_by_default(self.task, self.platform, self.pool)}

    @cached_property
    def within(self) -> Span:
        """From the first instant at which a run could start to the last at which one could end."""
        now = self.exchange.world.now
        return Span(
            now + (preparation(self.task, self.platform, self.pool) or 0), now + self.platform.horizon
        )

    @cached_property
    def named(self) -> frozenset[str]:
        """The resources that the reasons name."""
        return frozenset(each.resource for each in self.reasons if each.resource is not None)

    @cached_property
    def flavours(self) -> list[Flavour]:
        """The flavours that are no larger than the pool, and that one request may have."""
        return [
            each
            for each in permitted_flavours(self.platform, self.pool)
            if each.amounts.fits_in(self.pool.capacity)
        ]

    def is_busy(self, names: Collection[str]) -> bool:
        """Whether there is no run even for a task that asks no minimum of any resources but these."""
        task, platform = _asking_only(self.task, names), self.platform
        given = {name: amount for name, amount in platform.defaults.amounts.items() if name in names}
        platform = evolve(platform, defaults=evolve(platform.defaults, amounts=Amounts(given)))
        world = evolve(self.exchange.world, task=task)
        return first_run(world, platform, self.pool, self.room, self.exchange.known) is None

    def has_run(self, amounts: Mapping[str, int]) -> bool:
        """Whether there is a shortest run with some amounts, all that are asked for being mentioned."""
        shortest = shortest_run(self.task, self.platform, self.pool)
        if shortest is None:
            return False
        held = {**dict.fromkeys(self.exchange.asked, 0), **amounts}
        lead = self.within.start - self.exchange.world.now
        demand = Demand(held, lead, release(self.platform, self.pool))
        spans = self.room.runs_for(self.pool, demand, self.within)
        windows = self.exchange.known.windows(self.task.schedule, self.within)
        return earliest(windows, spans, shortest, self.platform.granularity, self.within.start) is not None

    def is_free_over(self, span: Span, reason: Reason) -> bool:
        """Whether what a reason says is available is, throughout a span, with enough of what else is named."""
        amounts = {name: self.least.get(name, 0) for name in self.named}
        amounts[reason.resource or ""] = int(reason.available or 0)
        lead = self.within.start - self.exchange.world.now
        lag, asked = release(self.platform, self.pool), dict.fromkeys(self.exchange.asked, 0)
        carried = [each.amounts for each in self.flavours if Amounts(amounts).fits_in(each.amounts)]
        sets = (
            spans
            for held in (carried if self.pool.flavours else [Amounts(amounts)])
            for spans in self.room.runs_for(self.pool, Demand({**asked, **held}, lead, lag), span)
        )
        return any(spans == Spans.between(*span) for spans in sets)

    def fits_range(self, within: Span) -> bool:
        """Whether the schedule has room for a shortest run within a span, whatever is free."""
        shortest = shortest_run(self.task, self.platform, self.pool)
        if shortest is None or within.start >= within.end:
            return False
        windows = self.exchange.known.windows(self.task.schedule, within)
        grid = self.platform.granularity
        return earliest(windows, [Spans.between(*within)], shortest, grid, within.start) is not None

    def most_beside(self, name: str, others: Collection[str]) -> int:
        """How much of a resource a shortest run could have, at most what is asked, with enough of the others."""
        enough = {other: self.least.get(other, 0) for other in others}
        if self.pool.flavours:
            return self._most_of_flavours(name, enough)
        span = Span(self.exchange.world.now, self.within.end + release(self.platform, self.pool))
        found = set().union(*(self.room.levels(self.pool, node, name, span) for node in nodes_of(self.pool)))
        levels = [0, *sorted(level for level in found if 0 < level <= self.least.get(name, 0))]
        # Whatever serves a run with more serves one with less.
        low, high = 0, len(levels)
        while high - low > 1:
            middle = (low + high) // 2
            low, high = (middle, high) if self.has_run({**enough, name: levels[middle]}) else (low, middle)
        return levels[low]

    def _most_of_flavours(self, name: str, enough: Mapping[str, int]) -> int:
        asked = self.least.get(name, 0)
        held = (
            min(asked, flavour.amounts.get(name, 0))
            for flavour in self.flavours
            if Amounts(enough).fits_in(flavour.amounts) and self.has_run(flavour.amounts)
        )
        return max(held, default=0)


def _asking_only(task: Task, names: Collection[str]) -> Task:
    """A task without the minima of all resources but some."""

    def without(name: str, asked: Range) -> Range:
        return asked if name in names else Range(0, asked.maximum)

    compute = tuple(
        evolve(each, ranges={name: without(name, asked) for name, asked in each.ranges.items()})
        for each in task.compute
    )
    storage = tuple(evolve(each, size=without(STORAGE, each.size)) for each in task.storage)
    return evolve(task, compute=compute, storage=storage)
