"""Instants as text: ISO 8601 with a zone, `2023-05-11T09:00:00Z`; inside, whole seconds since the epoch, UTC."""

from __future__ import annotations

import re
from datetime import UTC, date, datetime, timedelta
from typing import Final

from execbroker.core.problems import Unreadable, quoted

__all__ = ["EPOCH", "FIRST_YEAR", "LAST", "LAST_YEAR", "format_instant", "parse_instant", "parse_offset"]

#: The instant 0.
EPOCH: Final = datetime(1970, 1, 1, tzinfo=UTC)
#: The years that dates may be in.
FIRST_YEAR: Final = 1970
LAST_YEAR: Final = 9999
#: The last instant that any zone still shows within the years that `datetime` knows. `9999-12-31` is how people
#: write "no end", so a limit that lies later is brought down to this one.
LAST: Final = 253_402_128_000

#: No planner is asked about a later year than this, so what it answers stays well before `LAST`.
_LAST_NOW: Final = 2999

_INSTANT: Final = re.compile(
    r"([0-9]{4})-([0-9]{2})-([0-9]{2})[T ]([0-9]{2}):([0-9]{2})(?::([0-9]{2})(?:\.0{1,9})?)?"
    r"(Z|[+-][0-9]{2}(?::[0-9]{2})?)",
    re.ASCII,
)
_HOW: Final = "write it as 2023-05-11T09:00:00Z or 2023-05-11T10:00:00+01:00"


def parse_instant(text: str, *, last_year: int = _LAST_NOW) -> int:
    """The instant that an ISO 8601 date and time with `Z` or an offset stands for, in seconds since the epoch.

    Args:
        text: The date and time.
        last_year: No later year is read; by default the last one in which a planner is asked.

    Raises:
        Unreadable: It is no instant, has no zone or a fraction of a second, or is not in the years from 1970 to
            `last_year`.

    >>> parse_instant("2023-05-11T10:00+01:00") == parse_instant("2023-05-11T09:00:00Z")
    True
    """
    found = _INSTANT.fullmatch(text)
    if not found:
        raise _unreadable(text)
    year, month, day, hour, minute, second = (int(part or 0) for part in found.groups()[:6])
    if not FIRST_YEAR <= year <= last_year:
        raise Unreadable("instant", f"{quoted(text)} is not in the years {FIRST_YEAR} to {last_year}", _HOW)
    try:
        midnight = (date(year, month, day) - EPOCH.date()).days * 86_400
    except ValueError:
        raise Unreadable("instant", f"{quoted(text)} is no day of the calendar", _HOW) from None
    clock = hour * 3600 + minute * 60 + second
    if minute > 59 or second > 59 or clock > 86_400:
        raise Unreadable("instant", f"{quoted(text)} is no time of the day", _HOW)
    return midnight + clock - parse_offset(found[7])


def parse_offset(text: str) -> int:
    """The seconds east of UTC that `Z`, `+01:00` or `+01` stands for.

    Raises:
        Unreadable: It is a day or more, or has more than 59 minutes.
    """
    if text == "Z":
        return 0
    hours, minutes = int(text[1:3]), int(text[4:] or 0)
    if hours > 23 or minutes > 59:
        raise Unreadable("instant", f"there is no offset {quoted(text)}", "write an offset such as +01:00")
    return (-1 if text[0] == "-" else 1) * (hours * 3600 + minutes * 60)


def format_instant(instant: int) -> str:
    """Seconds since the epoch as ISO 8601, UTC.

    >>> format_instant(0)
    '1970-01-01T00:00:00Z'
    """
    return (EPOCH + timedelta(seconds=instant)).strftime("%Y-%m-%dT%H:%M:%SZ")


def _unreadable(text: str) -> Unreadable:
    """The error for what has not the form of an instant, with what was likely meant."""
    if _INSTANT.fullmatch(text + "Z"):
        instead = f"write {text}Z for UTC, or an offset such as {text}+01:00"
        return Unreadable("instant-zone", f"{quoted(text)} does not say in which zone", instead)
    if _INSTANT.fullmatch(text.upper()):
        return Unreadable("instant", f"{quoted(text)} is not an instant", f"write {text.upper()}")
    if re.fullmatch(r"[0-9]{4}-[0-9]{2}-[0-9]{2}", text, re.ASCII):
        return Unreadable("instant", f"{quoted(text)} has no time", f"write {text}T00:00:00Z")
    if re.fullmatch(r".{1,20}:[0-9]{2}\.[0-9]{1,30}(Z|[+-][0-9:]{2,5})?", text, re.ASCII):
        return Unreadable("instant", f"{quoted(text)} has a fraction of a second", "write whole seconds")
    return Unreadable("instant", f"{quoted(text)} is not an instant", _HOW)
