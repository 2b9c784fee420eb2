"""Where the marks of a time axis go: at full hours and midnights of the task's wall clock."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, datetime, time, timedelta
from itertools import takewhile
from typing import Final, final

from attrs import frozen

from execbroker.core.spans import Span
from execbroker.core.task import DAY
from execbroker.core.wallclock import local, to_instant

__all__ = ["Tick", "ticks"]

#: Seconds between two marks of hours, all of which divide a day.
_HOURS: Final = (300, 900, 1800, 3600, 7200, 3 * 3600, 6 * 3600, 12 * 3600)
#: Days between two marks of days.
_DAYS: Final = (1, 2, 7, 14, 30, 60, 120, 365, 730, 1825, 3650)
#: Characters that the label of a time (`06:00`) and of a day (`Wed 10 May`) take, with some air.
_TIME, _DAY = 8, 13


@final
@frozen
class Tick:
    """One mark: where, what it says, and whether a day begins there."""

    instant: int
    label: str
    is_day: bool


def ticks(span: Span, zone: str, characters: int) -> list[Tick]:
    """The marks of a span, as many as have room.

    Args:
        span: What the axis covers.
        zone: The zone whose clock it shows; where clocks change, marks keep to the clock.
        characters: How many characters fit along the axis.
    """
    step = next((each for each in _HOURS if span.duration * _TIME <= each * characters), None)
    found = _times(span, zone, step) if step else _days(span, zone, characters)
    by_instant = {tick.instant: tick for tick in found if tick.instant in range(*span)}
    return [by_instant[instant] for instant in sorted(by_instant)]


def _times(span: Span, zone: str, step: int) -> Iterator[Tick]:
    for midnight in _midnights(span, zone):
        for seconds in range(0, DAY, step):
            reading = midnight + timedelta(seconds=seconds)
            instant = to_instant(reading, zone, as_end=False)
            yield Tick(
                instant, _day(reading) if seconds == 0 else f"{local(instant, zone):%H:%M}", seconds == 0
            )


def _days(span: Span, zone: str, characters: int) -> Iterator[Tick]:
    days = next((each for each in _DAYS if span.duration * _DAY <= each * DAY * characters), _DAYS[-1])
    for midnight in _midnights(span, zone):
        # Counted from the first of all Mondays, so that weekly marks are Mondays.
        if (midnight.toordinal() - 1) % days == 0:
            yield Tick(to_instant(midnight, zone, as_end=False), _day(midnight), is_day=True)


def _midnights(span: Span, zone: str) -> Iterator[datetime]:
    first, last = local(span.start, zone).date(), local(span.end, zone).date()
    days = (date.fromordinal(number) for number in range(first.toordinal(), last.toordinal() + 1))
    return (datetime.combine(day, time()) for day in takewhile(lambda day: day.year < 9999, days))


def _day(reading: datetime) -> str:
    return f"{reading:%a} {reading.day} {reading:%b}"
