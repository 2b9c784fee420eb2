"""Dates, clock times and weekdays as people write them, and as ISO 8601: `09 May 2023`, `2023-05-11T15:30`, `9:00`.

Only listed forms are read (`date_forms`), with English month names, and nothing is filled in from today's date.
What can be read in two ways is refused with an error that says how to write it (`date_slips`): `05/06/2023`, a
two-digit year, no year, `10`.

A date without a time covers its whole day. A time without an offset is on the clocks of a zone; where they change,
a reading says that it was in doubt and what was taken.
"""

from __future__ import annotations

from datetime import date, datetime, timedelta
from typing import Final, final

from attrs import frozen

from execbroker.core.instants import EPOCH, LAST
from execbroker.core.problems import quoted
from execbroker.core.wallclock import TWICE, day_end, day_start, doubt, format_local, local, to_instant
from execbroker.languages.dates.forms import WEEKDAYS, Moment, match_clock, match_moment
from execbroker.languages.dates.slips import clock_error, moment_error, weekday_error

__all__ = [
    "Doubt",
    "Limit",
    "read_clock",
    "read_end",
    "read_latest_start",
    "read_local",
    "read_moment",
    "read_start",
    "read_weekday",
]

_DAY: Final = 86_400


@final
@frozen
class Doubt:
    """Why a time may not be what its author meant; the parts of a warning, as in `Problem`."""

    code: str
    message: str
    hint: str


@final
@frozen
class Limit:
    """An instant that a date stands for.

    Attributes:
        instant: Seconds since the epoch, UTC.
        is_day: Whether it was a date without a time.
        doubt: Set where the time comes twice in its zone, or is skipped.
    """

    instant: int
    is_day: bool = False
    doubt: Doubt | None = None


def read_start(text: str, zone: str) -> Limit:
    """The instant at which something starts: of a date without a time, the first of that day.

    Args:
        text: A date, with or without a time and an offset.
        zone: The IANA zone of a date or time without an offset.

    Raises:
        Unreadable: It is no date, or can be read in two ways, or there is no such zone.

    >>> read_start("09 May 2023", "Europe/London").instant == read_start("2023-05-08T23:00Z", "UTC").instant
    True
    """
    moment = read_moment(text)
    if moment.clock is None:
        return Limit(day_start(moment.day, zone), is_day=True)
    return _limit(text, moment, moment.clock, zone, as_end=False)


def read_end(text: str, zone: str) -> Limit:
    """The instant at which something is over: of a date without a time, the midnight after it.

    Args, Raises: As in `read_start`.
    """
    moment = read_moment(text)
    if moment.clock is None:
        return Limit(day_end(moment.day, zone), is_day=True)
    return _limit(text, moment, moment.clock, zone, as_end=True)


def read_latest_start(text: str, zone: str) -> Limit:
    """The last instant at which something may start: of a date without a time, the last second of that day.

    Args, Raises: As in `read_start`.
    """
    moment = read_moment(text)
    if moment.clock is None:
        return Limit(day_end(moment.day, zone) - 1, is_day=True)
    return _limit(text, moment, moment.clock, zone, as_end=True)


def read_local(text: str, zone: str, *, as_end: bool = False) -> datetime:
    """What the clocks of a zone show at a date and time, as a datetime without a zone.

    Args:
        text: A date, with or without a time and an offset.
        zone: The IANA zone.
        as_end: Whether a date without a time means the midnight after it, or that before.

    Raises:
        Unreadable: As in `read_start`.
    """
    moment = read_moment(text)
    if moment.clock is None:
        moment = Moment(moment.day, _DAY if as_end else 0)
    if moment.offset is not None:
        return local(_limit(text, moment, moment.clock or 0, zone, as_end=as_end).instant, zone).replace(
            tzinfo=None
        )
    return _reading(moment.day, moment.clock or 0)


def read_moment(text: str) -> Moment:
    """A date as it was written.

    Raises:
        Unreadable: It is no date, or can be read in two ways.
    """
    moment = match_moment(text)
    if moment is None:
        raise moment_error(text)
    return moment


def read_clock(text: str) -> int:
    """The seconds after midnight of a time of the day; `24:00` is the midnight after.

    Raises:
        Unreadable: It is no time of the day, or can be read in two ways.

    >>> read_clock("9:00"), read_clock("24:00")
    (32400, 86400)
    """
    seconds = match_clock(text)
    if seconds is None:
        raise clock_error(text)
    return seconds


def read_weekday(text: str) -> int:
    """The number of a weekday, Monday 0, by its English name, whole or short.

    Raises:
        Unreadable: There is none of that name.

    >>> read_weekday("mon"), read_weekday("Sunday")
    (0, 6)
    """
    number = WEEKDAYS.get(text.lower())
    if number is None:
        raise weekday_error(text)
    return number


def _reading(day: date, clock: int) -> datetime:
    """What clocks show, that many seconds after midnight of a day."""
    midnight = datetime(day.year, day.month, day.day)  # noqa: DTZ001 (what a wall clock shows has no zone)
    if clock == _DAY and day == date.max:
        # The midnight after the last day that there is: nothing is ever compared with what comes after it.
        clock -= 1
    return midnight + timedelta(seconds=clock)


def _limit(text: str, moment: Moment, clock: int, zone: str, *, as_end: bool) -> Limit:
    """The instant of a date with a time."""
    if moment.offset is not None:
        instant = (moment.day - EPOCH.date()).days * _DAY + clock - moment.offset
        return Limit(min(instant, LAST))
    reading = _reading(moment.day, clock)
    instant = to_instant(reading, zone, as_end=as_end)
    return Limit(instant, doubt=_doubt(text, reading, zone, as_end=as_end))


def _doubt(text: str, reading: datetime, zone: str, *, as_end: bool) -> Doubt | None:
    """The warning for a time that comes twice or not at all."""
    why = doubt(reading, zone)
    if why is None:
        return None
    first, second = (format_local(to_instant(reading, zone, as_end=last), zone) for last in (False, True))
    if why == TWICE:
        message = f"{quoted(text)} comes twice in {zone}, where clocks go back"
        return Doubt(
            "time-twice",
            f"{message}; the {'second' if as_end else 'first'} is taken",
            f"write {first} or {second}",
        )
    message = f"{quoted(text)} is skipped in {zone}, where clocks go forward"
    return Doubt("time-skipped", f"{message}; the change is taken", f"write {first}")
