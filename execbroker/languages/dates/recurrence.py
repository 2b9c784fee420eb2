"""Spans that repeat: RFC 5545 recurrence rules (section 3.3.10) on the clocks of a zone, expanded by dateutil.

A repetition keeps its times on the wall: patch day is from 08:00 to 10:00 in summer and in winter. Where the
standard leaves a rule's meaning open, or a rule would give more closures than anybody means, the rule is refused;
so whatever is read here can be expanded, and soon.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Final, cast, final

from attrs import frozen

from execbroker.core.instants import EPOCH, FIRST_YEAR, LAST
from execbroker.core.platform import Recurrence
from execbroker.core.problems import Unreadable, nearest, quoted
from execbroker.core.spans import Span, Spans
from execbroker.core.wallclock import local, to_instant

if TYPE_CHECKING:
    from dateutil.rrule import rrule

__all__ = ["Repetition", "parse_recurrence"]

_HOW: Final = "write a rule of RFC 5545, such as FREQ=WEEKLY;BYDAY=TU or FREQ=MONTHLY;BYDAY=1TU"
#: No rule needs more characters than this.
_LONGEST_RULE: Final = 500
#: So many times a day a rule may come at most; what comes more often is not a closure but a slip.
_MOST_A_DAY: Final = 24
#: One occurrence may not last longer than this.
_LONGEST: Final = timedelta(days=366)
#: The calendar repeats after so many years, weekdays included, and `datetime` ends with the year 9999.
_CYCLE: Final = 400

#: The days of one step of each frequency that a rule may have, where they are always the same.
_FREQUENCIES: Final = {"DAILY": 1, "WEEKLY": 7, "MONTHLY": None, "YEARLY": None}
_TOO_OFTEN: Final = ("HOURLY", "MINUTELY", "SECONDLY")
_WEEKDAYS: Final = ("MO", "TU", "WE", "TH", "FR", "SA", "SU")
#: The keys whose values are lists of numbers: the least, the largest, and whether they may be counted from the end.
_NUMBERS: Final = {
    "BYMONTH": (1, 12, False),
    "BYWEEKNO": (1, 53, True),
    "BYYEARDAY": (1, 366, True),
    "BYMONTHDAY": (1, 31, True),
    "BYHOUR": (0, 23, False),
    "BYMINUTE": (0, 59, False),
    "BYSECOND": (0, 59, False),
    "BYSETPOS": (1, 366, True),
}
_SINGLE: Final = {"INTERVAL": 1000, "COUNT": 100_000}
_KEYS: Final = ("FREQ", "UNTIL", "BYDAY", "WKST", *_SINGLE, *_NUMBERS)
#: The frequencies that the standard lets each key stand with; the others stand with all.
_ALLOWED: Final = {
    "BYWEEKNO": ("YEARLY",),
    "BYYEARDAY": ("YEARLY",),
    "BYMONTHDAY": ("DAILY", "MONTHLY", "YEARLY"),
}

_BYDAY: Final = re.compile(r"([+-]?[0-9]{1,2})?([A-Z]{2})", re.ASCII)
_UNTIL: Final = re.compile(
    r"([0-9]{4})([0-9]{2})([0-9]{2})(?:T([0-9]{2})([0-9]{2})([0-9]{2})(Z?))?", re.ASCII
)


@final
@frozen
class Repetition(Recurrence):
    """A span on the clocks of a zone that repeats.

    Attributes:
        rule: When it repeats, in RFC 5545's words but without UNTIL.
        start: The first occurrence's start on the wall, without a zone; likewise `end`.
        until: No occurrence starts after this reading of the clocks.
        zone: The IANA zone of the clocks.
    """

    rule: str
    start: datetime
    end: datetime
    zone: str
    until: datetime | None = None

    def spans(self, within: Span) -> Spans:
        """The instants of all occurrences, cut to `within`.

        An end that comes twice is the second, a start the first; what is skipped is the instant of the change.
        """
        return Spans.of(self._occurrences(within)) & Spans.between(*within)

    def _occurrences(self, within: Span) -> Iterator[tuple[int, int]]:
        """The spans of all occurrences that may reach into `within`, and perhaps some more."""
        # A day more at either end is more than any clock was ever changed.
        day, length = timedelta(days=1), self.end - self.start
        first = local(min(max(within.start, 0), LAST), self.zone).replace(tzinfo=None) - length - day
        last = local(min(max(within.end, 0), LAST), self.zone).replace(tzinfo=None) + day
        rule = _expanded(self.rule, _later_start(self.rule, self.start, first), self.until)
        for start in rule.between(first, last, inc=True):
            yield (
                to_instant(start, self.zone, as_end=False),
                to_instant(start + length, self.zone, as_end=True),
            )


def parse_recurrence(rule: str, start: datetime, end: datetime, zone: str) -> Repetition:
    """The repetition of a span by a rule such as `FREQ=MONTHLY;BYDAY=1TU`.

    Args:
        rule: An RFC 5545 recurrence rule. UNTIL may be a date, which includes that day, a time in the zone, or a
            time in UTC.
        start: The start of the first occurrence on the clocks of the zone, without a zone. The rule must give it:
            what else it would mean, the standard leaves open.
        end: Its end.
        zone: The IANA zone.

    Raises:
        Unreadable: It is no such rule, never gives an occurrence, or gives too many.

    >>> patch_day = parse_recurrence("FREQ=WEEKLY", datetime(1970, 1, 1, 8), datetime(1970, 1, 1, 10), "UTC")
    >>> patch_day.spans(Span(0, 10 * 86_400))
    [28800, 36000) | [633600, 640800)
    """
    parts = _parts(rule)
    for key, value in parts.items():
        _check_part(key, value)
    _check_together(parts)
    if not timedelta() < end - start <= _LONGEST:
        raise Unreadable(
            "recurrence", "what repeats lasts no time, or more than a year", "write a nearer `end`"
        )
    until = _read_until(parts.pop("UNTIL"), zone) if "UNTIL" in parts else None
    if until and until < start:
        raise Unreadable("recurrence", "the repetition is over before it starts", "write a later UNTIL")
    if "BYDAY" in parts:
        parts["BYDAY"] = _alike(parts["BYDAY"], _most_weekdays(parts))
    plain = ";".join(f"{key}={value}" for key, value in parts.items())
    _check_start(rule, plain, start)
    return Repetition(plain, start, end, zone, until)


def _parts(rule: str) -> dict[str, str]:
    """The values of a rule by their keys, in capitals."""
    if len(rule) > _LONGEST_RULE:
        raise Unreadable("recurrence", f"the rule {quoted(rule)} is too long", _HOW)
    parts: dict[str, str] = {}
    for part in rule.upper().split(";"):
        key, equals, value = part.partition("=")
        if not equals or not value or not part.isascii():
            hint = f"write {rule[6:]}" if rule.upper().startswith("RRULE:") else _HOW
            raise Unreadable("recurrence", f"{quoted(rule)} is not a rule for repeating", hint)
        if key not in _KEYS:
            like = nearest(key, _KEYS)
            hint = (
                f"write {rule[6:]}" if key.startswith("RRULE:") else f"did you mean {like}?" if like else _HOW
            )
            raise Unreadable("recurrence", f"there is no {quoted(key)} in rules for repeating", hint)
        if key in parts:
            raise Unreadable("recurrence", f"{key} stands twice", f"write {key} once, with a list")
        parts[key] = value
    if "FREQ" not in parts:
        raise Unreadable("recurrence", f"{quoted(rule)} does not say how often", _HOW)
    return parts


def _check_part(key: str, value: str) -> None:
    """Refuse a value that its key cannot have."""
    if key == "FREQ" and value not in _FREQUENCIES:
        if value in _TOO_OFTEN:
            raise Unreadable(
                "recurrence-frequency", f"FREQ={value} is too often", "write FREQ=DAILY and BYHOUR=…"
            )
        raise _bad(key, value, _FREQUENCIES)
    if key == "WKST" and value not in _WEEKDAYS:
        raise _bad(key, value, _WEEKDAYS)
    if key == "BYDAY":
        for each in value.split(","):
            _check_weekday(each)
    elif key in _SINGLE and not (re.fullmatch("[0-9]{1,6}", value) and 1 <= int(value) <= _SINGLE[key]):
        raise Unreadable(
            "recurrence", f"{key}={value} is no count", f"write a number from 1 to {_SINGLE[key]}"
        )
    elif key in _NUMBERS:
        least, largest, is_signed = _NUMBERS[key]
        for each in value.split(","):
            number = re.fullmatch("([+-]?)([0-9]{1,3})", each)
            if not number or (number[1] and not is_signed) or not least <= int(number[2]) <= largest:
                also = f", or from -{largest} to -{least}" if is_signed else ""
                hint = f"write numbers from {least} to {largest}{also}"
                raise Unreadable("recurrence", f"{key} cannot be {quoted(each)}", hint)


def _check_weekday(text: str) -> None:
    """Refuse what is no weekday, with or without a number before it."""
    found = _BYDAY.fullmatch(text)
    if not found or found[2] not in _WEEKDAYS:
        raise _bad("BYDAY", text, _WEEKDAYS)


def _check_together(parts: Mapping[str, str]) -> None:
    """Refuse keys that the standard does not let stand together."""
    frequency = parts["FREQ"]
    for key, allowed in _ALLOWED.items():
        if key in parts and frequency not in allowed:
            hint = f"write {key} with FREQ={' or FREQ='.join(allowed)}"
            raise Unreadable("recurrence", f"{key} does not go with FREQ={frequency}", hint)
    _check_counted_weekdays(parts)
    if "COUNT" in parts and "UNTIL" in parts:
        raise Unreadable("recurrence", "COUNT and UNTIL both say when it ends", "write one of them")
    if "BYSETPOS" in parts and not any(key.startswith("BY") and key != "BYSETPOS" for key in parts):
        raise Unreadable("recurrence", "BYSETPOS has nothing to choose from", "write another BY… beside it")
    times = 1
    for key in ("BYHOUR", "BYMINUTE", "BYSECOND"):
        times *= len(set(parts.get(key, "0").split(",")))
    if times > _MOST_A_DAY:
        message = f"the rule comes {times} times a day"
        raise Unreadable("recurrence-frequency", message, f"write at most {_MOST_A_DAY} times a day")


def _check_counted_weekdays(parts: Mapping[str, str]) -> None:
    """Refuse weekdays with numbers where there is nothing to count them in, or never so many."""
    numbers = [int(number) for number in re.findall("-?[0-9]+", parts.get("BYDAY", ""))]
    if not numbers:
        return
    if parts["FREQ"] not in ("MONTHLY", "YEARLY") or "BYWEEKNO" in parts:
        message = f"BYDAY={parts['BYDAY']} counts weekdays of a month or year"
        raise Unreadable("recurrence", message, "write FREQ=MONTHLY, or the weekdays without numbers")
    if not all(1 <= abs(number) <= _most_weekdays(parts) for number in numbers):
        message = f"BYDAY={parts['BYDAY']} counts further than there are weekdays"
        raise Unreadable("recurrence", message, "write 1TU for the first Tuesday, -1TU for the last")


def _most_weekdays(parts: Mapping[str, str]) -> int:
    """How many Mondays there can be in what a rule counts weekdays of: a year, or a month."""
    return 53 if parts["FREQ"] == "YEARLY" and "BYMONTH" not in parts else 5


def _alike(weekdays: str, most: int) -> str:
    """A list of weekdays, all of them with numbers if one is: `MO,1TU` is the first to the last Monday, and `1TU`.

    For the standard the list is the union of its parts, but dateutil takes what is in both kinds of them.
    """
    each = weekdays.split(",")
    if all(len(day) == 2 for day in each) or all(len(day) > 2 for day in each):
        return weekdays
    return ",".join(
        ",".join(f"{number}{day}" for number in range(1, most + 1)) if len(day) == 2 else day for day in each
    )


def _bad(key: str, value: str, known: Mapping[str, object] | tuple[str, ...]) -> Unreadable:
    """The error for a word that its key cannot have, with the one that was likely meant."""
    # `TUE` and `DAY` begin like the right word or hold it.
    like = value[:2] if value[:2] in known else nearest(value, known)
    hint = f"did you mean {key}={like}?" if like else f"write {', '.join(known)}"
    return Unreadable("recurrence", f"{key} cannot be {quoted(value)}", hint)


def _read_until(text: str, zone: str) -> datetime:
    """The last reading of the clocks at which an occurrence may start."""
    found = _UNTIL.fullmatch(text)
    parts = [int(part or 0) for part in found.groups()[:6]] if found else []
    try:
        if not found or parts[0] < FIRST_YEAR:
            raise ValueError
        until = datetime(*parts)  # type: ignore[arg-type]  # noqa: DTZ001 (a reading of clocks has no zone)
    except ValueError:
        hint = "write it as 20231231, 20231231T235959 or 20231231T235959Z"
        raise Unreadable("recurrence", f"UNTIL cannot be {quoted(text)}", hint) from None
    if found[7]:
        instant = (until.replace(tzinfo=UTC) - EPOCH) // timedelta(seconds=1)
        return local(min(instant, LAST), zone).replace(tzinfo=None)
    return until if found[4] else until.replace(hour=23, minute=59, second=59)


def _check_start(rule: str, plain: str, start: datetime) -> None:
    """Refuse a rule that does not give the start, as it must for others to read it alike."""
    # Looked for near the end of the calendar, which is alike every 400 years, a rule that never gives anything is
    # noticed when dateutil comes to the year 9999, hundreds of years later and not thousands.
    later = start.replace(year=start.year + (9599 - start.year) // _CYCLE * _CYCLE)
    first = next(iter(_expanded(plain, later, None)), None)
    if first is None:
        raise Unreadable("recurrence", f"there is no day that {quoted(rule)} gives", _HOW)
    if first != later:
        there = first.replace(year=first.year - later.year + start.year)
        message = f"{quoted(rule)} does not give its own start, {start:%Y-%m-%d %H:%M}"
        raise Unreadable(
            "recurrence", message, f"start on the first day that it gives, {there:%Y-%m-%d %H:%M}"
        )


def _later_start(rule: str, start: datetime, first: datetime) -> datetime:
    """A start from which a rule gives the same occurrences after `first`, with less to step over before."""
    parts = dict(part.split("=") for part in rule.split(";"))
    days = _FREQUENCIES[parts["FREQ"]]
    if days is None or "COUNT" in parts:
        return start
    step = timedelta(days=days) * int(parts.get("INTERVAL", 1))
    # One step less: what comes before the start in its own day or week is cut off.
    return start + step * max(0, (first - start) // step - 1)


def _expanded(rule: str, start: datetime, until: datetime | None) -> rrule:
    """The rule as dateutil has it."""
    from dateutil.rrule import rrulestr

    try:
        # UNTIL is not part of the text: for it, dateutil would load its parser, and ask for another zone.
        return cast("rrule", rrulestr(rule, dtstart=start)).replace(until=until)
    except (ValueError, OverflowError) as fault:
        raise Unreadable(
            "recurrence", f"{quoted(rule)} is not a rule for repeating", f"{fault}; {_HOW}"
        ) from None
