"""Whether a pool could give a task anything at all: the earliest run that is as short and as small as may be."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping

from execbroker.core.platform import Platform, Pool
from execbroker.core.spans import Span, Spans, round_down, round_up
from execbroker.core.task import Task
from execbroker.testing.definition_measures import breaches
from execbroker.testing.definition_needs import (
    durations,
    is_counted_alike,
    is_supported,
    needs,
    preparation,
    release,
    totals,
)
from execbroker.testing.definition_policy import is_let_in
from execbroker.testing.room import Demand, Room
from execbroker.testing.rules.exchange import Exchange, Known
from execbroker.testing.rules.runs import Reach
from execbroker.testing.worlds import World

__all__ = ["demands", "earliest", "first_run", "possible_runs", "shortest_run"]


def shortest_run(task: Task, platform: Platform, pool: Pool) -> int | None:
    """Seconds that the shortest run lasts; None if the limits leave none."""
    shortest, longest = durations(task, platform, pool)
    return None if longest is not None and longest < shortest else shortest


def demands(world: World, platform: Platform, pool: Pool) -> Iterator[Demand]:
    """What the smallest runs hold: the minima, or each flavour that serves; nothing where a task can't be run."""
    task = world.task
    lead = preparation(task, platform, pool)
    if lead is None or not is_supported(task, platform) or not is_counted_alike(task, pool):
        return
    if not is_let_in(task, platform, world.client) or any(breaches(task, platform, pool)):
        return
    asked = dict.fromkeys(totals(task), 0)
    for need in needs(task, platform, pool):
        held: Mapping[str, int] = {**asked, **need.minimum}
        yield Demand(held, lead, release(platform, pool))


def earliest(
    windows: Iterable[Reach], spans: Iterable[Spans], shortest: int, grid: int, ready: int
) -> Span | None:
    """The earliest run of so many seconds from `ready` on that lies in a window and in one of the spans."""
    free = [span for each in spans for span in each]
    starts = (
        start
        for window in windows
        for span in free
        if (start := round_up(max(window.first, span.start, ready), grid))
        <= min(window.last, round_down(min(window.end, span.end), grid) - shortest)
    )
    first = min(starts, default=None)
    return None if first is None else Span(first, first + shortest)


def first_run(world: World, platform: Platform, pool: Pool, room: Room, known: Known) -> Span | None:
    """The earliest shortest run of a world's task that a pool has room for; None if there is none.

    The platform says what a task needs, the room what is free: that is another platform's where more is to be taken
    than is booked, or less asked than is usual.
    """
    task, now = world.task, world.now
    within = Span(now, now + platform.horizon)
    shortest = shortest_run(task, platform, pool)
    if shortest is None:
        return None
    windows, grid = known.windows(task.schedule, within), platform.granularity
    found = (
        earliest(windows, room.runs_for(pool, demand, within), shortest, grid, now + demand.before)
        for demand in demands(world, platform, pool)
    )
    return min(filter(None, found), default=None)


def possible_runs(exchange: Exchange) -> Iterator[tuple[Platform, Pool, Span]]:
    """The earliest shortest run of each pool that has room for one."""
    world = exchange.world
    for platform, pool in exchange.pools.values():
        room = exchange.known.room(platform)
        if run := first_run(world, platform, pool, room, exchange.known):
            yield platform, pool, run
