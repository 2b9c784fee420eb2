"""What a pool could give: every box, by trying every span, and the maximal ones, by trying to make each larger.

The search counts in *cells*, the steps of the platform's grid. What is free in a cell is what is free at every
instant of it, so that nothing is lost by looking at cells: every run consists of whole ones.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from typing import final

from attrs import frozen

from execbroker.core.amounts import STORAGE, Amounts
from execbroker.core.platform import Platform, Pool
from execbroker.core.spans import Span, round_down, round_up
from execbroker.core.task import Task
from execbroker.testing.definition_measures import rungs
from execbroker.testing.definition_needs import (
    Need,
    durations,
    is_counted_alike,
    is_supported,
    needs,
    preparation,
    release,
)
from execbroker.testing.definition_policy import is_let_in
from execbroker.testing.definition_windows import Window, opening_spans, windows

__all__ = ["Box", "Levels", "boxes", "is_free", "lowest", "maximal"]

#: What is free of each resource, in the order of the resources' names.
Levels = tuple[int, ...]


@final
@frozen
class Box:
    """A span and amounts that are free throughout it.

    Attributes:
        span: Instants on the grid.
        amounts: Of the resources asked for and the defaults; with a flavour, all that it carries.
        latest: The latest start that the window allows, on the grid.
        need: What it was found for.
        longest: Seconds that a run in it lasts at most; None: as long as there is room.
    """

    span: Span
    amounts: Amounts
    latest: int
    need: Need
    longest: int | None


def lowest(platform: Platform, pool: Pool, node: int, name: str, span: Span) -> int:
    """The least of a resource that a node has free at any instant of a span: capacity less bookings, never below 0.

    That can only fall where the span or a booking starts, so these are the instants to look at.
    """
    bookings = [each for each in platform.bookings if each.pool == pool.name and each.node in (None, node)]
    instants = [
        span.start,
        *(each.span.start for each in bookings if span.start < each.span.start < span.end),
    ]
    taken = (
        sum(each.amounts.get(name, 0) for each in bookings if each.span.start <= instant < each.span.end)
        for instant in instants
    )
    return max(0, pool.capacity.get(name, 0) - max(taken))


def _is_open(platform: Platform, pool: Pool, opening: Sequence[Span], span: Span) -> bool:
    """Whether a span lies within one of the pool's `opening` spans and touches no closure of it or of all pools."""
    is_closed = any(
        each.spans(span).edges for each in platform.closures if each.pool is None or each.pool == pool.name
    )
    return not is_closed and any(hours.start <= span.start and span.end <= hours.end for hours in opening)


def is_free(
    platform: Platform,
    pool: Pool,
    span: Span,
    amounts: Mapping[str, int],
    *,
    before: int = 0,
    after: int = 0,
) -> bool:
    """Whether some one node of the pool has the amounts free at every instant of the span, and is open.

    Storage is held from `before` seconds before the span to `after` seconds after it; where it is among the
    amounts, be it none, the pool must be open as long.
    """
    storage_span = Span(span.start - before, span.end + after)
    held = storage_span if STORAGE in amounts else span
    if not _is_open(platform, pool, opening_spans(pool.hours, platform.zone, held), held):
        return False
    return any(
        all(
            lowest(platform, pool, node, name, storage_span if name == STORAGE else span) >= value
            for name, value in amounts.items()
        )
        for node in range(pool.nodes or 1)
    )


def maximal(
    rows: Sequence[Sequence[Levels | None]],
    minimum: Levels,
    maximum: Sequence[int | None],
    starts: range,
    end: int,
    shortest: int,
) -> list[tuple[int, int, Levels]]:
    """All maximal boxes `(start, end, levels)` in cells, of a pool whose nodes are `rows` of free levels.

    A box is maximal if nothing can be added, on any node: neither end moved outwards, no resource raised. Since
    whatever lies inside a free box is free itself, it is enough to try one cell more at either end.

    Args:
        rows: What is free in each cell of each node; None where it is closed.
        minimum: At least this of each resource.
        maximum: At most this of each; None is open.
        starts: The cells in which a box may start.
        end: The first cell that no box reaches.
        shortest: The fewest cells of a box.
    """
    found: dict[tuple[int, int], set[Levels]] = defaultdict(set)
    for row in rows:
        for start in starts:
            for stop, levels in _longer_and_longer(row, start, end, maximum):
                if not _is_no_more(minimum, levels):
                    break
                if stop - start >= shortest:
                    found[start, stop].add(levels)

    def can_grow(start: int, stop: int, levels: Levels) -> bool:
        spans = [(start, stop), (start - 1, stop), (start, stop + 1)]
        larger = {(span, other) for span in spans for other in found.get(span, ())} - {(spans[0], levels)}
        return any(_is_no_more(levels, other) for _, other in larger)

    return [
        (start, stop, levels)
        for (start, stop), each in sorted(found.items())
        for levels in sorted(each)
        if not can_grow(start, stop, levels)
    ]


def _longer_and_longer(
    row: Sequence[Levels | None], start: int, end: int, maximum: Sequence[int | None]
) -> Iterator[tuple[int, Levels]]:
    """The ends of the open spans from `start` on, with what is free throughout each, cut to the maxima."""
    least: Levels | None = None
    for cell in range(start, end):
        free = row[cell]
        if free is None:
            return
        free = tuple(
            level if most is None else min(level, most) for level, most in zip(free, maximum, strict=True)
        )
        least = free if least is None else tuple(map(min, least, free))
        yield cell + 1, least


def _is_no_more(one: Levels, other: Levels) -> bool:
    return all(mine <= theirs for mine, theirs in zip(one, other, strict=True))


def boxes(task: Task, platform: Platform, pool: Pool, now: int, client: str | None = None) -> list[Box]:
    """Every maximal box that a pool could give the task, rung by rung, flavour by flavour and window by window.

    A box lies in one window, starts no earlier than now plus the preparation and no later than the latest start,
    ends by the horizon, and a run of the shortest duration fits in it. All that falls on the grid: windows are
    formed first and rounded afterwards.
    """
    lead = preparation(task, platform, pool)
    shortest, longest = durations(task, platform, pool)
    if lead is None or not is_supported(task, platform) or not is_counted_alike(task, pool):
        return []
    if not is_let_in(task, platform, client) or (longest is not None and longest < shortest):
        return []
    grid, horizon = platform.granularity, now + platform.horizon
    cells = range(round_up(now + lead, grid), round_down(horizon, grid), grid)
    opening = opening_spans(pool.hours, platform.zone, Span(now, horizon + release(platform, pool)))
    allowed = windows(task.schedule, now, horizon)
    found: list[Box] = []
    for rung in rungs(task, platform, pool):
        for need in needs(task, platform, pool, rung.most):
            rows = _rows(platform, pool, need, lead, opening, cells)
            for window in allowed:
                found += _boxes_of_window(rows, cells, need, window, shortest, rung.longest)
    return found


def _rows(
    platform: Platform, pool: Pool, need: Need, lead: int, opening: Sequence[Span], cells: range
) -> list[list[Levels | None]]:
    """What each node has free in each cell; None where the pool is closed.

    Storage is held from the lead before a run to the release after it: a cell counts for a run only if storage
    is free, and the pool open, for that much longer at both ends.
    """
    grid, lag, names = platform.granularity, release(platform, pool), sorted(need.minimum)

    def free(node: int, cell: int) -> Levels | None:
        run, storage = Span(cell, cell + grid), Span(cell - lead, cell + grid + lag)
        if not _is_open(platform, pool, opening, storage if need.holds_storage else run):
            return None
        return tuple(
            lowest(platform, pool, node, name, storage if name == STORAGE else run) for name in names
        )

    return [[free(node, cell) for cell in cells] for node in range(pool.nodes or 1)]


def _boxes_of_window(
    rows: Sequence[Sequence[Levels | None]],
    cells: range,
    need: Need,
    window: Window,
    shortest: int,
    longest: int | None,
) -> list[Box]:
    """The maximal boxes of one window, which is rounded inwards to the grid."""
    first, grid, names = cells.start, cells.step, sorted(need.minimum)
    latest = round_down(window.latest, grid)
    end = (min(round_down(window.end, grid), cells.stop) - first) // grid
    found = maximal(
        rows,
        tuple(need.minimum[name] for name in names),
        [need.maximum[name] for name in names],
        range(max(0, (round_up(window.start, grid) - first) // grid), min((latest - first) // grid + 1, end)),
        end,
        shortest // grid,
    )
    return [
        Box(
            Span(cells[start], first + stop * grid),
            Amounts(dict(zip(names, levels, strict=True))),
            latest,
            need,
            longest,
        )
        for start, stop, levels in found
    ]
