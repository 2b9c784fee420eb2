"""The windows in which a task's schedule lets it run.

A run `[s, e)` fits a window if `start <= s <= latest` and `e <= end`, and it fits the task if it fits one window;
windows may overlap. They are formed to the second first, and rounded to the platform's grid afterwards.
"""

from __future__ import annotations

from bisect import bisect_right
from typing import NamedTuple, final

from execbroker.core.spans import Span, Spans, round_down, round_up
from execbroker.core.task import DAY, Daily, Schedule
from execbroker.core.wallclock import pieces, repeated

__all__ = ["Window", "rounded", "windows"]


@final
class Window(NamedTuple):
    """Where a run may lie: it starts from `start` to `latest` and is over by `end` (seconds UTC)."""

    start: int
    end: int
    latest: int


def windows(schedule: Schedule, within: Span) -> tuple[Window, ...]:
    """The windows of a schedule, by their starts.

    Args:
        schedule: What the task allows.
        within: What the platform can do: from the first possible start to the last possible end.

    Returns:
        None of them is empty: a run of one second fits each. With a closing time there is one for every unbroken
        daily span (if the start is bound too, for every unbroken span of allowed starts in one). Without, every
        unbroken span of allowed starts opens a window that reaches to the end of the range.

    >>> office = Schedule(daily=Daily(opens=9 * 3600, closes=17 * 3600))
    >>> windows(office, Span(0, 86_400))
    (Window(start=32400, end=61200, latest=61199),)
    """
    first = within.start if schedule.earliest is None else max(within.start, schedule.earliest)
    end = within.end if schedule.end is None else min(within.end, schedule.end)
    latest = end - 1 if schedule.latest is None else min(end - 1, schedule.latest)
    if latest < first:
        return ()
    starts = Spans.between(first, latest + 1)
    if schedule.starts:
        starts &= Spans.of(schedule.starts)
    if schedule.daily is None:
        return tuple(Window(opening, end, closing - 1) for opening, closing in starts)
    return tuple(_daily_windows(schedule.daily, Span(first, end), starts))


def rounded(given: tuple[Window, ...], grid: int, shortest: int) -> tuple[Window, ...]:
    """Windows rounded inwards to a grid, without those that hold no run any more.

    Args:
        given: Windows to the second.
        grid: Starts and ends fall on its multiples, counted from the epoch, in seconds.
        shortest: The shortest run in seconds, a multiple of the grid.

    >>> rounded((Window(10, 200, 100),), 60, 60)
    (Window(start=60, end=180, latest=60),)
    """
    inner = []
    for window in given:
        start, end = round_up(window.start, grid), round_down(window.end, grid)
        latest = min(round_down(window.latest, grid), end - shortest)
        if start <= latest:
            inner.append(Window(start, end, latest))
    return tuple(inner)


def _daily_windows(clock: Daily, span: Span, allowed: Spans) -> list[Window]:
    """The windows that a daily window leaves of a span; all starts are among those that are allowed."""
    stretches = pieces(span, clock.zone)
    starts = _starts(clock, stretches) & allowed
    if clock.closes is None:
        return [Window(first, span.end, last - 1) for first, last in starts]
    opened = repeated(stretches, clock.opens, (clock.closes - clock.opens) % DAY or DAY, clock.days)
    # The edge after a start is the end of the span that it is in.
    edges = opened.edges
    return [Window(first, edges[bisect_right(edges, first)], last - 1) for first, last in starts & opened]


def _starts(clock: Daily, stretches: list[tuple[Span, int]]) -> Spans:
    """The instants at which the clock lets a run start, as far as closing does not forbid it."""
    if clock.latest is not None:
        # The last start is itself allowed, hence one second more; before the opening it is on the next day.
        length = clock.latest - clock.opens + (DAY if clock.latest < clock.opens else 0) + 1
    elif clock.closes is not None:
        length = DAY
    else:
        length = DAY - clock.opens or DAY
    return repeated(stretches, clock.opens, length, clock.days)
