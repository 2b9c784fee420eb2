"""Durations as text: `2hr`, `90 min`, `1d12h`, `2:30:00`, `PT2H`; elapsed time, in whole seconds.

A day in a duration is 24 hours, whatever the clocks do. Months and years have no fixed length and are refused,
as is what two tools read in two ways: `10`, `1:30` and `P1H`.
"""

from __future__ import annotations

import re
from fractions import Fraction
from typing import Final

from execbroker.core.problems import Unreadable, quoted

__all__ = ["LONGEST", "format_duration", "parse_duration", "spell_duration"]

#: The longest duration, in seconds: a hundred years. What is longer is a slip, and no search should have to look
#: that far ahead.
LONGEST: Final = 36_525 * 86_400

#: Seconds of each unit, largest first, and the words for it.
_UNITS: Final = (
    (604_800, ("w", "wk", "wks", "week", "weeks")),
    (86_400, ("d", "day", "days")),
    (3600, ("h", "hr", "hrs", "hour", "hours")),
    (60, ("m", "min", "mins", "minute", "minutes")),
    (1, ("s", "sec", "secs", "second", "seconds")),
)
_SECONDS: Final = {word: seconds for seconds, words in _UNITS for word in words}
_MONTHS: Final = {"mo": 30, "mon": 30, "month": 30, "months": 30}
_YEARS: Final = {"y": 365, "yr": 365, "yrs": 365, "year": 365, "years": 365}
#: Units that have no fixed length, in days, for the hint.
_ABOUT: Final = {**_MONTHS, **_YEARS}

#: That a number is too large is said of it by its value, if Python reads so many digits.
_NUMBER: Final = r"[0-9]{1,4000}(?:\.[0-9]{1,12})?"
_PART: Final = re.compile(rf"({_NUMBER}) ?([A-Za-zµ]{{1,12}})", re.ASCII)
#: At most nine parts: one for each unit, and some more, so that a unit that stands twice is named.
_WORDS: Final = re.compile(
    rf"{_NUMBER} ?[A-Za-zµ]{{1,12}}(?: ?{_NUMBER} ?[A-Za-zµ]{{1,12}}){{0,8}}", re.ASCII
)
_CLOCK: Final = re.compile(r"([0-9]{1,6}):([0-5][0-9]):([0-5][0-9])", re.ASCII)
_ISO: Final = re.compile(
    r"P(?=[0-9T])"
    + "".join(rf"(?:({_NUMBER}){letter})?" for letter in "YM")
    + "".join(rf"(?:({_NUMBER}){letter})?" for letter in "WD")
    + r"(?:T(?=[0-9])"
    + "".join(rf"(?:({_NUMBER}){letter})?" for letter in "HMS")
    + r")?",
    re.ASCII,
)

_HOW: Final = "write a number and a unit, such as 2h, 90min or 1d12h, or ISO 8601, such as PT2H"


def parse_duration(text: str) -> int:
    """The seconds that a duration stands for.

    Args:
        text: Numbers with units, each unit once and the larger first; hours, minutes and seconds with colons; or
            ISO 8601 without months and years. The last number may have a fraction that comes to whole seconds.
            `0` needs no unit.

    Raises:
        Unreadable: It is no duration, can be read in two ways, is not in whole seconds or longer than a hundred
            years.

    >>> parse_duration("2hr"), parse_duration("1d12h"), parse_duration("2:30:00"), parse_duration("PT1.5H")
    (7200, 129600, 9000, 5400)
    """
    if iso := _ISO.fullmatch(text):
        return _whole(text, _iso_parts(text, iso))
    if clock := _CLOCK.fullmatch(text):
        return _whole(text, list(zip(clock.groups(), (3600, 60, 1), strict=True)))
    if _WORDS.fullmatch(text):
        return _whole(text, _word_parts(text))
    if re.fullmatch("0{1,12}", text):
        return 0
    raise _unreadable(text)


def format_duration(seconds: int) -> str:
    """A duration as ISO 8601 writes it; `parse_duration` reads it back.

    >>> format_duration(9000), format_duration(2 * 86_400), format_duration(0)
    ('PT2H30M', 'P2D', 'PT0S')
    """
    days, rest = divmod(seconds, 86_400)
    date = f"{days}D" if days else ""
    hours, minutes, seconds = rest // 3600, rest // 60 % 60, rest % 60
    clock = "".join(f"{n}{letter}" for n, letter in ((hours, "H"), (minutes, "M"), (seconds, "S")) if n)
    return f"P{date}T{clock}" if clock else f"P{date or 'T0S'}"


def spell_duration(seconds: int) -> str:
    """A duration as people say it; `parse_duration` reads it back.

    A larger unit is used from two of it on, or for exactly one hour or minute: a machine is given for 24 hours,
    and 90 minutes are no hour and a half.

    >>> spell_duration(3600), spell_duration(5400), spell_duration(86_400), spell_duration(51 * 3600)
    ('1 hour', '90 minutes', '24 hours', '2 days 3 hours')
    """
    parts: list[str] = []
    for unit, word in ((86_400, "day"), (3600, "hour"), (60, "minute"), (1, "second")):
        number = seconds // unit
        if parts or number > 1 or (seconds == unit < 86_400):
            seconds -= number * unit
            if number:
                parts.append(f"{number} {word}{'' if number == 1 else 's'}")
    return " ".join(parts) or "0 seconds"


def _whole(text: str, parts: list[tuple[str, int]]) -> int:
    """The sum of numbers times the seconds of their units, if that is a duration."""
    if any("." in number for number, _ in parts[:-1]):
        raise Unreadable("duration", f"{quoted(text)} has a fraction before its last unit", _HOW)
    total = sum((Fraction(number) * seconds for number, seconds in parts), Fraction())
    if total.denominator != 1:
        instead = f"write {spell_duration(-(-total // 1))}" if total <= LONGEST else None
        raise Unreadable("duration-too-fine", f"{quoted(text)} is not in whole seconds", instead)
    if total > LONGEST:
        raise Unreadable(
            "duration-too-long", f"{quoted(text)} is longer than a hundred years", "write 36525d or less"
        )
    return int(total)


def _iso_parts(text: str, iso: re.Match[str]) -> list[tuple[str, int]]:
    """Number and seconds of each part of an ISO 8601 duration."""
    years, months, *others = iso.groups()
    if years or months:
        days = 365 * Fraction(years or 0) + 30 * Fraction(months or 0)
        raise _no_fixed_length(text, days)
    return [(number, unit[0]) for number, unit in zip(others, _UNITS, strict=True) if number]


def _word_parts(text: str) -> list[tuple[str, int]]:
    """Number and seconds of each part of a duration such as `2 hours 30 min`."""
    found = _PART.findall(text)
    for number, word in found:
        if word not in _SECONDS:
            raise _unknown_unit(text, number, word)
    parts = [(number, _SECONDS[word]) for number, word in found]
    units = [seconds for _, seconds in parts]
    if len(set(units)) < len(units):
        raise Unreadable("duration", f"{quoted(text)} names a unit twice", _HOW)
    if units != sorted(units, reverse=True):
        ordered = sorted(zip(units, found, strict=True), reverse=True)
        instead = f"write {''.join(number + word for _, (number, word) in ordered)}"
        raise Unreadable("duration", f"{quoted(text)} has a larger unit after a smaller one", instead)
    return parts


def _unknown_unit(text: str, number: str, word: str) -> Unreadable:
    """The error for a unit that isn't one, with what was likely meant."""
    if word.lower() in _ABOUT:
        return _no_fixed_length(text, Fraction(number) * _ABOUT[word.lower()])
    if word == "M":
        instead = f"write {number}min; months have no fixed length"
        return Unreadable("duration-ambiguous", f"{quoted(text)} could be minutes or months", instead)
    if word.lower() in _SECONDS:
        return Unreadable(
            "duration-unit", f"{quoted(text)} has a unit in capitals", f"write {number}{word.lower()}"
        )
    if word in ("ms", "us", "µs", "ns"):
        return Unreadable("duration-too-fine", f"{quoted(text)} is not in whole seconds", "write 1s or more")
    return Unreadable("duration-unit", f"{quoted(text)} has the unknown unit {quoted(word)}", _HOW)


def _no_fixed_length(text: str, days: Fraction) -> Unreadable:
    """The error for months and years."""
    message = f"{quoted(text)} has no fixed length: months and years differ"
    return Unreadable("duration-unit", message, f"write days, such as {-(-days // 1)}d")


def _unreadable(text: str) -> Unreadable:
    """The error for what has not even the form of a duration, with what was likely meant."""
    if re.fullmatch(r"[0-9]{1,12}(\.[0-9]{1,12})?", text, re.ASCII):
        seconds = "" if "." in text else f"{text}s, "
        instead = f"write {seconds}{text}min, {text}h or {text}d"
        return Unreadable("duration-unit", f"{quoted(text)} has no unit", instead)
    if pair := re.fullmatch(r"([0-9]{1,6}):([0-9]{2})", text, re.ASCII):
        first, second = pair.groups()
        instead = f"write {first}h{second}min or {first}min{second}s"
        return Unreadable("duration-ambiguous", f"{quoted(text)} could be hours or minutes", instead)
    if slurm := re.fullmatch(r"([0-9]{1,6})-([0-9]{1,2})(?::([0-9]{2}))?(?::([0-9]{2}))?", text, re.ASCII):
        named = zip(slurm.groups(), ("d", "h", "min", "s"), strict=True)
        instead = "".join(number + unit for number, unit in named if number and int(number)) or "0s"
        return Unreadable("duration", f"{quoted(text)} is not a duration", f"write {instead}")
    if late := re.fullmatch(r"P([0-9.]{1,25}D)?((?:[0-9.]{1,25}[HMS]){1,3})", text, re.ASCII):
        instead = f"write P{late[1] or ''}T{late[2]}"
        return Unreadable("duration", f"{quoted(text)} lacks the T before its time", instead)
    if text.startswith(("-", "−")):
        return Unreadable("duration", f"{quoted(text)} is below zero", _HOW)
    if text != text.upper() and _ISO.fullmatch(text.upper()):
        return Unreadable("duration", f"{quoted(text)} is in lower case", f"write {text.upper()}")
    if re.fullmatch(r"[0-9]{1,12},[0-9]{1,12} ?[A-Za-z]{1,12}", text, re.ASCII):
        return Unreadable("duration", f"{quoted(text)} is not a duration", f"write {text.replace(',', '.')}")
    return Unreadable("duration", f"{quoted(text)} is not a duration", _HOW)
