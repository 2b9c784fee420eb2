"""What is likely meant by dates, clock times and weekdays that are not read, and how to write that instead."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Final

from execbroker.core.problems import Unreadable, nearest, quoted
from execbroker.languages.dates.forms import WEEKDAYS, check_date, match_clock, match_moment

__all__ = ["clock_error", "moment_error", "weekday_error"]

_NOT_USUAL: Final = "is not written as dates are written here"
_HOW_DATE: Final = "write it as 2023-05-09, 09 May 2023, 2023-05-09T15:30 or 09 May 2023 15:30"
_HOW_CLOCK: Final = "write it as 9:00, 17:30 or 24:00"
_HOW_DAYS: Final = "write mon, tue, wed, thu, fri, sat or sun"

#: Three numbers between slashes, dots or dashes, and perhaps a time behind them.
_NUMBERS: Final = re.compile(r"([0-9]{1,2})([./ -])([0-9]{1,2})\2([0-9]{2}|[0-9]{4})((?:[T ].{1,20})?)")
#: A date and no year, or one of two digits.
_SHORT_YEAR: Final = re.compile(
    r"(.*?(?:[0-9]{1,2} [A-Za-z]{3,9}|[A-Za-z]{3,9} [0-9]{1,2},?)) ['’]?([0-9]{2})"
)
_NO_YEAR: Final = re.compile(
    r"(?:[0-9]{1,2} [A-Za-z]{3,9}|[A-Za-z]{3,9} [0-9]{1,2})(?: [0-9]{1,2}:[0-9]{2})?"
)
_NO_DAY: Final = re.compile(r"[A-Za-z]{3,9} [0-9]{4}|[0-9]{4}-[0-9]{2}")
_RELATIVE: Final = re.compile(
    r"(?:now|today|tomorrow|yesterday|tonight|(?:next|this|last|in) .{1,30})", re.IGNORECASE
)
_ZONE_LETTERS: Final = re.compile(r".{4,40}[0-9] ?([A-Z]{2,5})")
_FRACTION: Final = re.compile(r".{4,30}:[0-9]{2}\.[0-9]{1,30}(?:Z|[+-][0-9:]{2,5})?")
_TWELVE_HOURS: Final = re.compile(r"([0-9]{1,2})(?:[:.]([0-9]{2}))? ?([ap])\.?m\.?(?![a-z])", re.IGNORECASE)


def _full_hours(found: re.Match[str]) -> str:
    """A time of twelve hours in twenty-four."""
    hour = int(found[1]) % 12 + (12 if found[3].lower() == "p" else 0)
    return f"{hour}:{found[2] or '00'}" if int(found[1]) <= 12 else found[0]


#: Other ways to write what is read, each with the usual one; applied in this order, all of them.
_USUAL: Final[tuple[tuple[str, str | Callable[[re.Match[str]], str]], ...]] = (
    (r"\s+", " "),
    (r"^ | $", ""),
    (r"^([0-9]{1,2}:[0-9]{2}(?::[0-9]{2})?),? (.{8,30})$", r"\2 \1"),
    (r"\b([0-9]{1,2})(?:st|nd|rd|th)\b", r"\1"),
    (r"\b([0-9]{1,2})[-/. ]{1,2}([A-Za-z]{3,9})[-/., ]{1,2}([0-9]{4})\b", r"\1 \2 \3"),
    (r"\b([A-Za-z]{3,9})\.? ([0-9]{1,2}),? ?([0-9]{4})\b", r"\1 \2 \3"),
    (r"\b([0-9]{4})([0-9]{2})([0-9]{2})(?=$|[T ])", r"\1-\2-\3"),
    (r"\b([0-9]{4})[-/.]([0-9]{1,2})[-/.]([0-9]{1,2})\b", lambda m: f"{m[1]}-{m[2]:0>2}-{m[3]:0>2}"),
    (r"(?<=[0-9])(?:,| at| um)(?= [0-9])", ""),
    (r"(?<=[0-9])t(?=[0-9])", "T"),
    (r"(?<=[0-9])z$", "Z"),
    (r"(?<=[0-9]) ?(?:UTC|GMT)$", "Z"),
    (_TWELVE_HOURS.pattern, _full_hours),
    (r"(?<=[0-9]{2}[T ])([0-9]{2})([0-9]{2})(?=$|Z|[+-])", r"\1:\2"),
    (r"(?<=[0-9]{2}[T ])([0-9]{1,2})[.hH]([0-9]{2})(?=$|Z|[+-])", r"\1:\2"),
    (r"(?<=[0-9]{2}[T ])([0-9]{1,2})h?$", r"\1:00"),
    (r"T([0-9]:)", r"T0\1"),
    (r"([+-][0-9]{2})([0-9]{2})$", r"\1:\2"),
)


def moment_error(text: str) -> Unreadable:
    """The error for a text that is no date."""
    if numbers := _NUMBERS.fullmatch(text):
        return _about_numbers(text, numbers)
    if _FRACTION.fullmatch(text):
        return Unreadable("date", f"{quoted(text)} has a fraction of a second", "write whole seconds")
    if len(text) <= 40 and (usual := _tidied(text)):
        return Unreadable("date", f"{quoted(text)} {_NOT_USUAL}", f"write {usual}")
    if short := _SHORT_YEAR.fullmatch(text):
        message = f"{quoted(text)} has a year of two digits"
        return Unreadable("date-ambiguous", message, f"write all four, such as {short[1]} 20{short[2]}")
    if _NO_YEAR.fullmatch(text):
        return Unreadable(
            "date-ambiguous", f"{quoted(text)} has no year", "write the year too, as in 09 May 2023"
        )
    if _NO_DAY.fullmatch(text):
        return Unreadable(
            "date-ambiguous", f"{quoted(text)} is a whole month", "write the day too, as in 09 May 2023"
        )
    if text.isascii() and text.isdigit():
        message = f"{quoted(text)} could be a day, a month, a year or a time"
        return Unreadable("date-ambiguous", message, "write day, month and year, as in 09 May 2023")
    if _RELATIVE.fullmatch(text) or text.lower() in WEEKDAYS:
        return Unreadable("date", f"{quoted(text)} depends on when it is read", _HOW_DATE)
    if letters := _ZONE_LETTERS.fullmatch(text):
        message = f"{quoted(letters[1])} in {quoted(text)} does not say which offset from UTC is meant"
        return Unreadable(
            "date-ambiguous", message, "write an offset such as +01:00, or none and a `timezone`"
        )
    if _is_clock(text) or _TWELVE_HOURS.fullmatch(text):
        return Unreadable("date", f"{quoted(text)} is a time without a date", _HOW_DATE)
    return Unreadable("date", f"{quoted(text)} is not a date", _HOW_DATE)


def clock_error(text: str) -> Unreadable:
    """The error for a text that is no clock time."""
    if re.fullmatch(r"[0-9]{1,2}", text):
        return Unreadable("clock", f"{quoted(text)} could be an hour or a day", f"write {text}:00")
    if short := re.fullmatch(r"([0-9]{1,2}):([0-9])", text):
        both = dict.fromkeys((f"{short[1]}:0{short[2]}", f"{short[1]}:{short[2]}0"))
        hint = f"write {' or '.join(both)}"
        return Unreadable("clock", f"the minutes of {quoted(text)} have one digit", hint)
    more = re.fullmatch(r"([0-9:]{4,8}) ?(?:Z|(?:[+–-]|to) ?[0-9:]{2,5}|[A-Z]{3,5})", text)
    if more and _is_clock(more[1]):
        hint = f"write {more[1]} alone; a zone is said with `timezone`, another time with its own key"
        return Unreadable("clock", f"{quoted(text)} is more than a time of the day", hint)
    words = {"noon": "12:00", "midday": "12:00", "midnight": "0:00 or 24:00"}
    if word := words.get(text.lower()):
        return Unreadable("clock", f"{quoted(text)} is not a time as it is written here", f"write {word}")
    usual = re.sub(r"^([0-9]{1,2})[.,hH]([0-9]{2})$|^([0-9]{2})([0-9]{2})$", r"\1\3:\2\4", text[:20])
    usual = _TWELVE_HOURS.sub(_full_hours, usual)
    if usual != text and _is_clock(usual):
        return Unreadable("clock", f"{quoted(text)} is not a time as it is written here", f"write {usual}")
    if _is_date(text):
        return Unreadable("clock", f"{quoted(text)} is a date, not a time of the day", _HOW_CLOCK)
    return Unreadable("clock", f"{quoted(text)} is not a time of the day", _HOW_CLOCK)


def weekday_error(text: str) -> Unreadable:
    """The error for a text that is no weekday."""
    message = f"{quoted(text)} is not a weekday"
    word = text.lower()
    if word in ("weekday", "weekdays", "workdays", "mon-fri", "monday-friday"):
        return Unreadable("weekday", message, "write the list [mon, tue, wed, thu, fri]")
    if word in ("weekend", "weekends"):
        return Unreadable("weekday", message, "write the list [sat, sun]")
    if word in ("daily", "all", "every day", "everyday", "*"):
        return Unreadable("weekday", message, "leave `days` out for every day")
    if re.fullmatch(r"[a-z]{2,9} ?(?:-|to|,|/) ?[a-z]{2,9}.{0,40}", word):
        return Unreadable("weekday", message, "write a list of days, such as [mon, tue, wed]")
    like = nearest(word, WEEKDAYS) if len(word) <= 20 else None
    return Unreadable("weekday", message, f"did you mean {like[:3]}?" if like else _HOW_DAYS)


def _is_date(text: str) -> bool:
    """Whether a text is a date."""
    try:
        return match_moment(text) is not None
    except Unreadable:
        return False


def _is_clock(text: str) -> bool:
    try:
        return match_clock(text) is not None
    except Unreadable:
        return False


def _tidied(text: str) -> str | None:
    """The usual way to write a date that is written in another one, if it is a date then."""
    for other, usual in _USUAL:
        text = re.sub(other, usual, text, flags=re.ASCII)
    return text if _is_date(text) else None


def _about_numbers(text: str, found: re.Match[str]) -> Unreadable:
    """The error for a date in numbers alone that doesn't begin with the year."""
    first, _, second, year, time = found.groups()
    if len(year) == 2:
        message = f"{quoted(text)} has a year of two digits"
        return Unreadable("date-ambiguous", message, "write all four, year first, as in 2023-05-09")
    readings = {_written(year, second, first): None, _written(year, first, second): None}
    there = [reading + (time if _is_date(reading + time) else "") for reading in readings if reading]
    if len(there) == 2:
        message = f"{quoted(text)} can be read in two ways"
        return Unreadable("date-ambiguous", message, f"write {there[0]} or {there[1]}")
    return Unreadable("date", f"{quoted(text)} {_NOT_USUAL}", f"write {there[0]}" if there else _HOW_DATE)


def _written(year: str, month: str, day: str) -> str | None:
    """Three numbers as an ISO date, if the calendar has it."""
    try:
        return check_date(int(year), int(month), int(day)).isoformat()
    except Unreadable:
        return None
