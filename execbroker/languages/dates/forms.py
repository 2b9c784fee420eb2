"""The forms in which dates and clock times are read, and no others."""

from __future__ import annotations

import calendar
import re
from datetime import date
from typing import Final, final

from attrs import frozen

from execbroker.core.instants import FIRST_YEAR, parse_offset
from execbroker.core.problems import Unreadable, nearest, quoted

__all__ = ["MONTHS", "WEEKDAYS", "Moment", "check_date", "match_clock", "match_moment", "month_number"]

_MONTH_NAMES: Final = (
    "January", "February", "March", "April", "May", "June",
    "July", "August", "September", "October", "November", "December",
)  # fmt: skip
_WEEKDAY_NAMES: Final = ("Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday")

#: The number of each month, by its English name in small letters, whole or short. (The names in `calendar` follow
#: the machine's language.)
MONTHS: Final = {
    **{name.lower(): number for number, name in enumerate(_MONTH_NAMES, 1)},
    **{name[:3].lower(): number for number, name in enumerate(_MONTH_NAMES, 1)},
    "sept": 9,
}
#: The number of each weekday, Monday 0, by its English name in small letters, whole or short.
WEEKDAYS: Final = {
    **{name.lower(): number for number, name in enumerate(_WEEKDAY_NAMES)},
    **{name[:3].lower(): number for number, name in enumerate(_WEEKDAY_NAMES)},
    "tues": 1,
    "thur": 3,
    "thurs": 3,
}

# A letter is any letter here, so that `août` is answered as a month that is not English.
_WORD: Final = r"[^\W\d_]{3,12}"
_CLOCK_FORM: Final = r"(?P<hour>[0-9]{1,2}):(?P<minute>[0-9]{2})(?::(?P<second>[0-9]{2})(?:\.0{1,9})?)?"
_CLOCK: Final = re.compile(_CLOCK_FORM)
_MOMENT: Final = re.compile(
    rf"(?:(?P<weekday>{_WORD}),? )?"
    r"(?:(?P<iso>(?P<year>[0-9]{4})-(?P<month>[0-9]{2})-(?P<day>[0-9]{2}))"
    rf"|(?P<day1>[0-9]{{1,2}}) (?P<name1>{_WORD}) (?P<year1>[0-9]{{4}})"
    rf"|(?P<name2>{_WORD}) (?P<day2>[0-9]{{1,2}}),? (?P<year2>[0-9]{{4}}))"
    # ISO 8601's T wants two digits after it and an ISO date before it.
    rf"(?:(?:(?(iso)T(?=[0-9]{{2}}:)|(?!))| ){_CLOCK_FORM} ?(?P<offset>Z|[+-][0-9]{{2}}(?::[0-9]{{2}})?)?)?"
)


@final
@frozen
class Moment:
    """A date as it was written, perhaps with a time, perhaps with an offset from UTC.

    Attributes:
        day: The date.
        clock: Seconds after midnight, 0 to 86,400, or None: the date stands alone.
        offset: Seconds east of UTC, or None: what it means depends on the zone.
    """

    day: date
    clock: int | None = None
    offset: int | None = None


def match_moment(text: str) -> Moment | None:
    """The date that a text of one of the known forms stands for; None for any other form.

    Raises:
        Unreadable: The form is right, but there is no such day, time, month or offset, or the weekday is wrong.
    """
    found = _MOMENT.fullmatch(text)
    if not found:
        return None
    part = found.groupdict()
    year = int(part["year"] or part["year1"] or part["year2"])
    number = int(part["day"] or part["day1"] or part["day2"])
    month = int(part["month"]) if part["month"] else month_number(part["name1"] or part["name2"])
    day = check_date(year, month, number)
    if part["weekday"]:
        _check_weekday(part["weekday"], day)
    clock = _seconds(text, found) if part["hour"] else None
    return Moment(day, clock, parse_offset(part["offset"]) if part["offset"] else None)


def match_clock(text: str) -> int | None:
    """Seconds after midnight that a time such as `9:00` stands for; None for any other form.

    Raises:
        Unreadable: The form is right, but no clock shows this.
    """
    found = _CLOCK.fullmatch(text)
    return _seconds(text, found) if found else None


def month_number(name: str) -> int:
    """The number of a month, 1 to 12.

    Raises:
        Unreadable: There is none of that name in English.
    """
    if (number := MONTHS.get(name.lower())) is None:
        like = nearest(name.lower(), MONTHS)
        hint = (
            f"did you mean {_MONTH_NAMES[MONTHS[like] - 1]}?"
            if like
            else "write the month in English, such as May"
        )
        raise Unreadable("date", f"there is no month {quoted(name)}", hint)
    return number


def check_date(year: int, month: int, day: int) -> date:
    """The date of these numbers.

    Raises:
        Unreadable: The calendar has no such day, or it is before 1970.
    """
    if year < FIRST_YEAR:
        raise Unreadable("date", f"the year {year:04} is too long ago", f"write a year from {FIRST_YEAR} on")
    if not 1 <= month <= 12:
        is_swapped = 1 <= day <= 12 < month <= 31
        hint = f"write {year}-{day:02}-{month:02}" if is_swapped else "write the month as 01 to 12"
        raise Unreadable("date", f"there is no month {month}", hint)
    days = calendar.monthrange(year, month)[1]
    if not 1 <= day <= days:
        missing = f"there is no {day} {_MONTH_NAMES[month - 1]} {year}"
        raise Unreadable(
            "date", missing, f"write {year}-{month:02}-{days}, the last day of that month, or another"
        )
    return date(year, month, day)


def _check_weekday(name: str, day: date) -> None:
    """Refuse a weekday that the date is not."""
    right, number = _WEEKDAY_NAMES[day.weekday()], WEEKDAYS.get(name.lower())
    if number is None:
        raise Unreadable("date", f"there is no weekday {quoted(name)}", f"write {right} {day}")
    if number != day.weekday():
        wrong = _WEEKDAY_NAMES[number]
        hint = f"write {right}, or the date of the {wrong} that is meant"
        raise Unreadable("date-weekday", f"{day} is a {right}, not a {wrong}", hint)


def _seconds(text: str, found: re.Match[str]) -> int:
    """Seconds after midnight, from the parts of a time."""
    hour, minute, second = (int(found[part] or 0) for part in ("hour", "minute", "second"))
    if minute > 59 or second > 59 or hour > 24:
        raise Unreadable(
            "clock", f"no clock shows the time in {quoted(text)}", "write a time from 0:00 to 24:00"
        )
    if hour == 24 and (minute or second):
        raise Unreadable("clock", f"{quoted(text)} is after midnight", f"write 0:{minute:02} of the next day")
    return hour * 3600 + minute * 60 + second
