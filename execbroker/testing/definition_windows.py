"""When a task may run and when a pool is open, by asking the wall clock instant by instant.

No clock change has a rule here: an instant is inside a daily window if the wall clock says so at that instant.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import datetime
from functools import lru_cache
from math import gcd
from typing import NamedTuple, final
from zoneinfo import ZoneInfo

from execbroker.core.platform import Hours
from execbroker.core.spans import Span
from execbroker.core.task import DAY, Daily, Schedule

__all__ = ["Window", "is_in_daily_window", "opening_spans", "unbroken_spans", "wall_clock", "windows"]

#: Since 1972 every zone's distance from UTC is a whole number of minutes, and changes on a whole minute.
_MINUTE = 60


@final
class Window(NamedTuple):
    """A span `[start, end)` that the schedule allows, and the latest start in it, which is itself allowed."""

    start: int
    end: int
    latest: int


@lru_cache(maxsize=1 << 16)
def _wall_clock_at_minute(minute: int, zone: str) -> int:
    local = datetime.fromtimestamp(minute * _MINUTE, ZoneInfo(zone))
    return (local.toordinal() - 1) * DAY + local.hour * 3600 + local.minute * 60 + local.second


def wall_clock(instant: int, zone: str) -> int:
    """What the wall clock shows: its day (from Monday, 1 January 1) times 86,400, plus seconds after midnight."""
    return _wall_clock_at_minute(instant // _MINUTE, zone) + instant % _MINUTE


def is_in_daily_window(wall: int, opens: int, closes: int, days: frozenset[int]) -> bool:
    """Whether the wall clock shows a time from `opens` to before `closes` of one of the `days`.

    Both count seconds from the midnight with which the day begins; `closes` is itself outside.
    """
    today = wall // DAY
    return any(
        day * DAY + opens <= wall < day * DAY + closes
        for day in (today - 2, today - 1, today)
        if day % 7 in days
    )


def unbroken_spans(is_inside: Callable[[int], bool], within: Span, tick: int) -> list[Span]:
    """The longest spans of `within` of which every instant is inside.

    Every instant is not asked, only those at which the answer can change: each multiple of `tick` and, because
    a latest start is itself allowed, the second after it.
    """
    first = within.start - within.start % tick
    turns = (turn for multiple in range(first, within.end, tick) for turn in (multiple, multiple + 1))
    asked = sorted({within.start, *(turn for turn in turns if within.start < turn < within.end)})
    spans: list[Span] = []
    for start, end in zip(asked, [*asked[1:], within.end], strict=True):
        if not is_inside(start):
            continue
        if spans and spans[-1].end == start:
            spans[-1] = Span(spans[-1].start, end)
        else:
            spans.append(Span(start, end))
    return spans


def _after(opens: int, time: int) -> int:
    """A time of day that is at or before the opening is on the next day."""
    while time <= opens:
        time += DAY
    return time


def opening_spans(hours: Sequence[Hours], zone: str, within: Span) -> list[Span]:
    """When a pool is open: always without hours, else at every instant at which one of them is."""
    if not hours:
        return [within]
    tick = gcd(_MINUTE, *(time for each in hours for time in (each.opens, each.closes)))

    def is_open(instant: int) -> bool:
        wall = wall_clock(instant, zone)
        return any(
            is_in_daily_window(wall, each.opens, _after(each.opens, each.closes), each.days) for each in hours
        )

    return unbroken_spans(is_open, within, tick)


def _daily_spans(daily: Daily, within: Span, tick: int) -> list[Span]:
    """Where a whole run must lie: in one unbroken daily window if it has a closing, else anywhere."""
    if daily.closes is None:
        return [within]
    closes = _after(daily.opens, daily.closes)
    return unbroken_spans(
        lambda instant: is_in_daily_window(wall_clock(instant, daily.zone), daily.opens, closes, daily.days),
        within,
        tick,
    )


def _last_start(daily: Daily) -> int:
    """The first time of day after the opening at which no run may start any more.

    A latest start is itself allowed, and before the opening it is on the next day. Where none is given, a run may
    start until the window closes, or before midnight if it has no closing.
    """
    if daily.latest is not None:
        return daily.latest + 1 if daily.latest >= daily.opens else daily.latest + DAY + 1
    return _after(daily.opens, DAY if daily.closes is None else daily.closes)


def windows(schedule: Schedule, now: int, horizon: int) -> list[Window]:
    """The windows of a schedule, before any rounding, in order of time.

    The range is from `now`, or the earliest start, to the instant `horizon`, or the end if that is sooner. Every
    unbroken span of allowed starts opens a window of its own. It reaches to the end of the daily window that the
    starts lie in, or, where the daily window binds the start only, to the end of the range.
    """
    start = now if schedule.earliest is None else max(now, schedule.earliest)
    end = horizon if schedule.end is None else min(horizon, schedule.end)
    if start >= end:
        return []
    if schedule.daily is None:
        found = [Window(start, end, end - 1)]
    else:
        found = _windows_of_days(schedule.daily, Span(start, end))
    latest = end if schedule.latest is None else schedule.latest
    return [Window(*window[:2], min(window.latest, latest)) for window in found if window.start <= latest]


def _windows_of_days(daily: Daily, within: Span) -> list[Window]:
    tick = gcd(_MINUTE, daily.opens, daily.closes or 0, daily.latest or 0)
    closes = _last_start(daily)

    def may_start(instant: int) -> bool:
        return is_in_daily_window(wall_clock(instant, daily.zone), daily.opens, closes, daily.days)

    return [
        Window(starts.start, body.end, starts.end - 1)
        for body in _daily_spans(daily, within, tick)
        for starts in unbroken_spans(may_start, body, tick)
    ]
