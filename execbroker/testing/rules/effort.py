"""How long the definition would take for a task on a platform, without asking it.

The definition tries every span of the grid. Over a month of minutes those are too many, and nobody would see the
end of it. What is counted here are *looks*, at a booking in a cell or at a cell in a span, of which there are about
four million in a second. It is an estimate, and rather too large than too small.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Final

from execbroker.core.amounts import STORAGE
from execbroker.core.platform import Platform, Pool
from execbroker.core.spans import Span, Spans, round_down, round_up
from execbroker.core.task import Task
from execbroker.testing.definition_measures import rungs
from execbroker.testing.definition_needs import (
    durations,
    is_counted_alike,
    is_supported,
    needs,
    preparation,
    release,
)
from execbroker.testing.definition_policy import is_let_in
from execbroker.testing.definition_windows import Window, windows
from execbroker.testing.room import Demand, Room, nodes_of

__all__ = ["MOST_LOOKS", "MOST_OFFERS", "looks"]

#: What is tried at most, in a few seconds: all spans of a month of hours, on one or two nodes.
MOST_LOOKS: Final = 20_000_000
#: So many offers are compared at most, each with each other.
MOST_OFFERS: Final = 2_500

#: Looks that a cell takes whatever is booked there, and that each closure takes in it, one that repeats more.
_CELL, _CLOSURE, _REPETITION = 40, 4, 220
#: Looks that a length of a span takes, with what is kept of it, and each further node there with levels of its own.
_LENGTH, _NODE = 25, 4
#: Looks that it takes to tell how much can be paid for, for each duration.
_PRICE: Final = 60


def looks(task: Task, room: Room, now: int, client: str | None) -> Iterator[int]:
    """The looks that the definition takes for a task on a room's platform, piece by piece.

    What is dear to tell comes behind what is cheap: whoever has had enough asks for no more.
    """
    platform = room.platform
    served = [pool for pool in platform.pools if _is_tried(task, platform, pool, client)]
    cells = platform.horizon // platform.granularity
    if not served:
        return
    if task.costs or task.metrics:
        yield cells * _PRICE * len(served)
    allowed = windows(task.schedule, now, now + platform.horizon)
    for pool in served:
        lead, lag = preparation(task, platform, pool) or 0, release(platform, pool)
        for rung in rungs(task, platform, pool):
            for need in needs(task, platform, pool, rung.most):
                demand = Demand(need.minimum, lead, lag)
                yield _in_rows(platform, pool, demand, cells)
                yield from _in_spans(room, pool, demand, now, allowed)


def _is_tried(task: Task, platform: Platform, pool: Pool, client: str | None) -> bool:
    """Whether the definition looks at the grid at all."""
    shortest, longest = durations(task, platform, pool)
    return (
        preparation(task, platform, pool) is not None
        and is_supported(task, platform)
        and is_counted_alike(task, pool)
        and is_let_in(task, platform, client)
        and (longest is None or longest >= shortest)
    )


def _in_rows(platform: Platform, pool: Pool, demand: Demand, cells: int) -> int:
    """At each cell, and there at every booking: once, and again for each that starts in what the cell holds."""
    grid, bookings = platform.granularity, sum(each.pool == pool.name for each in platform.bookings)
    closed = sum(_CLOSURE if isinstance(each.when, Span) else _REPETITION for each in platform.closures)
    held = min(cells, round_up(demand.before + demand.after, grid) // grid + 1)
    counts = (cells + bookings * (held if name == STORAGE else 1) for name in demand.amounts)
    return len(nodes_of(pool)) * (cells * (_CELL + closed + len(pool.hours)) + bookings * sum(counts))


def _in_spans(room: Room, pool: Pool, demand: Demand, now: int, allowed: Iterable[Window]) -> Iterator[int]:
    """At the cells of every span that is free, node by node."""
    platform = room.platform
    within = Span(now + demand.before, now + platform.horizon)
    if within.start >= within.end:
        return
    differing = {each.node for each in platform.bookings if each.pool == pool.name} - {None}
    weight = _LENGTH + _NODE * min(len(differing), len(nodes_of(pool)) - 1)
    free = room.runs_for(pool, demand, within)
    for window in allowed:
        yield weight * sum(_lengths(spans, window, platform.granularity) for spans in free)


def _lengths(free: Spans, window: Window, grid: int) -> int:
    """How many lengths there are to try, from all starts of a window together."""
    found = 0
    for span in free:
        first = round_up(max(span.start, window.start), grid)
        end = round_down(min(span.end, window.end), grid)
        cells = (end - first) // grid
        starts = min(cells, (round_down(window.latest, grid) - first) // grid + 1)
        if starts > 0:
            found += starts * cells - starts * (starts - 1) // 2
    return found
