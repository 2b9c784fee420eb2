"""When a task may run and when a pool is open, by asking the wall clock at every instant that can matter.

No clock change has a rule here: an instant is inside a daily window if the wall clock says so at that instant.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from datetime import datetime
from functools import lru_cache
from typing import NamedTuple, final
from zoneinfo import ZoneInfo

from execbroker.core.platform import Hours
from execbroker.core.spans import Span
from execbroker.core.task import DAY, Daily, Schedule

__all__ = ["Window", "is_in_daily_window", "opening_spans", "unbroken_spans", "wall_clock", "windows"]

#: Since 1972 every zone's distance from UTC is a whole number of minutes, and changes on a whole minute.
_MINUTE = 60
_HOUR = 60 * _MINUTE


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

    Both count seconds from the midnight with which the day begins; `closes` may be on one of the two days after.
    """
    today = wall // DAY
    for day in (today - 2, today - 1, today):
        if day % 7 in days and day * DAY + opens <= wall < day * DAY + closes:
            return True
    return False


def unbroken_spans(
    is_inside: Callable[[int], bool], within: Span, times: Iterable[int], zone: str
) -> list[Span]:
    """The longest spans of `within` of which every instant is inside.

    Not every instant is asked, only those at which the answer can change: when the wall clock of the zone shows one
    of the `times` of day, at which something begins or ends, or when it changes.
    """
    asked = [
        within.start,
        *(turn for turn in _turns(within, times, zone) if within.start < turn < within.end),
    ]
    spans: list[Span] = []
    for start, end in zip(asked, [*asked[1:], within.end], strict=True):
        if start >= end or not is_inside(start):
            continue
        if spans and spans[-1].end == start:
            spans[-1] = Span(spans[-1].start, end)
        else:
            spans.append(Span(start, end))
    return spans


def _turns(within: Span, times: Iterable[int], zone: str) -> Iterator[int]:
    """The instants of a span, rising, at which the wall clock shows one of some times of day, or may change.

    Clocks change on whole minutes, and not twice within an hour: in an hour in which they change, or at whose end
    they do, every minute may be such an instant, with the seconds of the times.
    """
    sought = sorted({time % DAY for time in times})
    seconds = sorted({0, *(time % _MINUTE for time in sought)})
    hour = within.start - within.start % _HOUR
    wall = wall_clock(hour, zone)
    while hour < within.end:
        following = wall_clock(hour + _HOUR, zone)
        if following - wall == _HOUR:
            yield from sorted(hour + ahead for time in sought if (ahead := (time - wall) % DAY) < _HOUR)
        else:
            yield from (hour + minute + second for minute in range(0, _HOUR, _MINUTE) for second in seconds)
            yield hour + _HOUR
        hour, wall = hour + _HOUR, following


def _after(opens: int, time: int) -> int:
    """A time of day that is at or before the opening is on the next day."""
    while time <= opens:
        time += DAY
    return time


def opening_spans(hours: Sequence[Hours], zone: str, within: Span) -> list[Span]:
    """When a pool is open: always without hours, else at every instant at which one of them is."""
    if not hours:
        return [within]
    daily = [(each.opens, _after(each.opens, each.closes), each.days) for each in hours]

    def is_open(instant: int) -> bool:
        wall = wall_clock(instant, zone)
        return any(is_in_daily_window(wall, *each) for each in daily)

    return unbroken_spans(
        is_open, within, [time for each in hours for time in (each.opens, each.closes)], zone
    )


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
    within = Span(start, end)
    found = [Window(*within, end)] if schedule.daily is None else _daily_windows(schedule.daily, within)
    latest = end if schedule.latest is None else schedule.latest
    bound = [Window(*window[:2], min(window.latest, latest)) for window in found if window.start <= latest]
    return sorted(_in_intervals(bound, schedule.starts)) if schedule.starts else bound


def _in_intervals(found: Iterable[Window], intervals: Iterable[Span]) -> Iterator[Window]:
    """Each window with the starts that lie in one of the intervals; intervals that touch or overlap are one."""
    joined: list[Span] = []
    for interval in sorted(interval for interval in intervals if interval.start < interval.end):
        if joined and interval.start <= joined[-1].end:
            joined[-1] = Span(joined[-1].start, max(joined[-1].end, interval.end))
        else:
            joined.append(interval)
    for window in found:
        for interval in joined:
            first, last = max(window.start, interval.start), min(window.latest, interval.end - 1)
            if first <= last:
                yield Window(first, window.end, last)


def _daily_windows(daily: Daily, within: Span) -> list[Window]:
    """The whole run lies in one unbroken daily window if that closes, the start in one span of allowed starts."""
    ends = _end_of_starts(daily)

    def is_inside(instant: int) -> bool:
        wall = wall_clock(instant, daily.zone)
        return is_in_daily_window(wall, daily.opens, _after(daily.opens, daily.closes or 0), daily.days)

    def may_start(instant: int) -> bool:
        return is_in_daily_window(wall_clock(instant, daily.zone), daily.opens, ends, daily.days)

    times = (daily.opens, daily.closes or 0, ends)
    return [
        Window(starts.start, run.end, starts.end - 1)
        for run in (
            [within] if daily.closes is None else unbroken_spans(is_inside, within, times, daily.zone)
        )
        for starts in unbroken_spans(may_start, run, times, daily.zone)
    ]


def _end_of_starts(daily: Daily) -> int:
    """The first time of day after the opening at which no run may start any more.

    A latest start is itself allowed, and before the opening it is on the next day. Where none is given, a run may
    start until the window closes, or before midnight if it has no closing.
    """
    if daily.latest is not None:
        return 1 + (daily.latest if daily.latest >= daily.opens else daily.latest + DAY)
    return _after(daily.opens, DAY if daily.closes is None else daily.closes)
