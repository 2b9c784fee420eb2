"""What clocks on the wall show: zones, local times, and daily windows, pointwise.

An instant is inside a daily window if its local time is. Clock changes then need no rules of their own: a night
from 22:00 to 06:00 lasts 7 or 9 hours twice a year, a window inside the hour that is skipped is empty that day, and
one inside the hour that comes twice comes twice.

The trap that this module avoids: arithmetic with aware datetimes of one zone is arithmetic on the wall, so 22:00
plus 8 hours is always 06:00. Here everything is seconds, and the zone is asked only for its offset from UTC.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from datetime import date, datetime, timedelta
from typing import Final
from zoneinfo import ZoneInfo, available_timezones

from execbroker.core.instants import EPOCH, LAST
from execbroker.core.problems import Unreadable, nearest, quoted
from execbroker.core.spans import Span, Spans

__all__ = [
    "SHORT_DAYS",
    "SKIPPED",
    "TWICE",
    "daily",
    "day_end",
    "day_start",
    "doubt",
    "format_clock",
    "format_local",
    "local",
    "pieces",
    "repeated",
    "to_instant",
    "zone",
]

_DAY: Final = 86_400
_SECOND: Final = timedelta(seconds=1)
_NO_TIME: Final = timedelta()
_MIDNIGHT: Final = datetime(1970, 1, 1)  # noqa: DTZ001 (a reading of a wall clock has no zone)

#: How days are written, Monday first.
SHORT_DAYS: Final = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")

#: Why a local time is in doubt: clocks went back, and showed it twice; or forward, and never showed it.
TWICE: Final = "twice"
SKIPPED: Final = "skipped"

#: Zone data knows these, but the same letters are used for a clock with summer time, which is another thing.
_FIXED: Final = {"EST": "America/New_York", "MST": "America/Denver", "HST": "Pacific/Honolulu"}
#: What people write for a zone, and the place that most of them mean.
_PLACES: Final = {
    "BST": "Europe/London",
    "IST": "Asia/Kolkata",
    "CEST": "Europe/Berlin",
    "EEST": "Europe/Helsinki",
    "EDT": "America/New_York",
    "CST": "America/Chicago",
    "CDT": "America/Chicago",
    "MDT": "America/Denver",
    "PST": "America/Los_Angeles",
    "PDT": "America/Los_Angeles",
    "AEST": "Australia/Sydney",
    "AEDT": "Australia/Sydney",
    "AWST": "Australia/Perth",
    "SAST": "Africa/Johannesburg",
    "JST": "Asia/Tokyo",
    **_FIXED,
}
#: Files that lie beside the zones and are none, or that mean another thing on each machine.
_NO_ZONES: Final = ("localtime", "posixrules", "Factory")

_OFFSET: Final = re.compile(r"(?:UTC|GMT|Z)? ?([+-])([0-9]{1,2})(?::?([0-9]{2}))?", re.ASCII | re.IGNORECASE)
_HOW: Final = "write a place of the IANA time zone database, such as Europe/London, or UTC"


def zone(name: str) -> ZoneInfo:
    """A time zone by its IANA name.

    Raises:
        Unreadable: There is none of that name; the hint names the one that was likely meant.

    >>> zone("Europe/London").key
    'Europe/London'
    """
    if name not in _FIXED and name not in _NO_ZONES and not name.startswith(("posix/", "right/")):
        try:
            return ZoneInfo(name)
        except (ValueError, KeyError, OSError):
            pass
    raise Unreadable("zone-unknown", f"there is no time zone {quoted(name)}", _instead_of_zone(name))


def local(instant: int, zone_name: str) -> datetime:
    """What the clocks of a zone show at an instant, as an aware datetime."""
    return (EPOCH + timedelta(seconds=instant)).astimezone(zone(zone_name))


def format_clock(seconds: int) -> str:
    """A time of day, in seconds after midnight, with its seconds only where there are any.

    >>> format_clock(9 * 3600), format_clock(86_400), format_clock(61)
    ('09:00', '24:00', '00:01:01')
    """
    text = f"{seconds // 3600:02}:{seconds // 60 % 60:02}"
    return f"{text}:{seconds % 60:02}" if seconds % 60 else text


def format_local(instant: int, zone_name: str) -> str:
    """What the clocks of a zone show, as ISO 8601 and no finer than needed; with the offset if it comes twice.

    >>> format_local(1_683_720_000, "Europe/London")
    '2023-05-10T13:00'
    """
    shown = local(instant, zone_name)
    text = shown.strftime("%Y-%m-%dT%H:%M:%S" if shown.second else "%Y-%m-%dT%H:%M")
    offset = shown.isoformat()[-6:] if doubt(shown.replace(tzinfo=None, fold=0), zone_name) else ""
    return text + offset


def to_instant(reading: datetime, zone_name: str, *, as_end: bool) -> int:
    """The instant at which the clocks of a zone show a reading.

    Args:
        reading: What they show; without a zone.
        zone_name: The zone.
        as_end: Of a time that comes twice, whether the second is meant (for the end of something) or the first.

    Returns:
        The instant in seconds, at most `LAST`; for a time that is skipped, the instant of the change.
    """
    first, second = _both(reading, zone_name)
    if first <= second:
        return min(second if as_end else first, LAST)
    # Skipped: clocks went from before to after the reading at one instant between these two.
    return _change(second, first, zone(zone_name))


def doubt(reading: datetime, zone_name: str) -> str | None:
    """Whether a local time comes `"twice"` or is `"skipped"`; None if it comes once, as most do."""
    first, second = _both(reading, zone_name)
    return None if first == second else TWICE if first < second else SKIPPED


def day_start(day: date, zone_name: str) -> int:
    """The first instant of a calendar day."""
    return to_instant(datetime(day.year, day.month, day.day), zone_name, as_end=False)  # noqa: DTZ001


def day_end(day: date, zone_name: str) -> int:
    """The end of a calendar day: the instant after its last one; at most `LAST`."""
    if day >= date(9999, 12, 30):
        return LAST
    first, second = _both(datetime(day.year, day.month, day.day) + timedelta(days=1), zone_name)  # noqa: DTZ001
    if first > second:
        return _change(second, first, zone(zone_name))
    # Midnight may come twice. The clocks may have gone back to it, and then the day ended at the first; or past
    # it, into the day, which then ended at the second.
    return second if local(second - 1, zone_name).date() == day else first


def pieces(span: Span, zone_name: str) -> list[tuple[Span, int]]:
    """A span cut where clocks change: each piece with its offset from UTC in seconds (east is positive).

    Two changes within 24 hours that cancel each other out would be missed; no zone has ever had any.
    """
    where, found = zone(zone_name), []
    start, end = span
    offset = _offset(start, where)
    at = start
    while at < end:
        ahead = min(at + _DAY, end)
        if (later := _offset(ahead, where)) != offset:
            change = _change(at, ahead, where)
            found.append((Span(start, change), offset))
            start, offset = change, later
        at = ahead
    return [*found, (Span(start, end), offset)] if start < end else found


def daily(span: Span, opens: int, closes: int, days: Iterable[int], zone_name: str) -> Spans:
    """The instants of a span at which a daily window is open.

    Args:
        span: Where to look.
        opens: Seconds after midnight, 0 to 86,400.
        closes: The same; at or before `opens` it is on the next day.
        days: The weekdays on which the window opens, Monday 0.
        zone_name: The zone of the clock.

    >>> daily(Span(0, 2 * 86_400), 79_200, 21_600, range(7), "UTC")
    [0, 21600) | [79200, 108000) | [165600, 172800)
    """
    return repeated(pieces(span, zone_name), opens, (closes - opens) % _DAY or _DAY, days)


def repeated(stretches: Iterable[tuple[Span, int]], opens: int, length: int, days: Iterable[int]) -> Spans:
    """Daily windows, as `daily` gives them, in what `pieces` found.

    Args:
        stretches: Spans of constant offset.
        opens: Seconds after midnight, 0 to 86,400.
        length: Seconds that the window stays open on a day without a clock change, 1 to 86,401.
        days: The weekdays on which the window opens, Monday 0.
    """
    return Spans.of(_repeated(stretches, opens, length, frozenset(days)))


def _repeated(
    stretches: Iterable[tuple[Span, int]], opens: int, length: int, days: frozenset[int]
) -> Iterator[tuple[int, int]]:
    for (start, end), offset in stretches:
        # The first window that can reach into this piece opened when the clock showed this or later.
        for day in range((start + offset - opens - length) // _DAY, (end + offset) // _DAY + 1):
            # The epoch was a Thursday.
            if (day + 3) % 7 in days:
                opening = day * _DAY + opens - offset
                yield max(start, opening), min(end, opening + length)


def _offset(instant: int, where: ZoneInfo) -> int:
    """Seconds east of UTC. Beyond what `datetime` knows, as at the last instant that it does."""
    return (datetime.fromtimestamp(min(instant, LAST), where).utcoffset() or _NO_TIME) // _SECOND


def _change(before: int, after: int, where: ZoneInfo) -> int:
    """The first instant of a new offset, where the offset differs from `before` to `after`."""
    old = _offset(before, where)
    while after - before > 1:
        middle = (before + after) // 2
        if _offset(middle, where) == old:
            before = middle
        else:
            after = middle
    return after


def _both(reading: datetime, zone_name: str) -> tuple[int, int]:
    """The instants of a reading by the offset before and after a clock change; equal if there is none near."""
    where = zone(zone_name)
    wall = (reading - _MIDNIGHT) // _SECOND
    before, after = ((reading.replace(tzinfo=where, fold=fold).utcoffset() or _NO_TIME) for fold in (0, 1))
    return wall - before // _SECOND, wall - after // _SECOND


def _instead_of_zone(name: str) -> str:
    """What to write instead of the name of a zone that isn't one."""
    if name.upper() in ("Z", "ZULU"):
        return "write UTC"
    if name in _PLACES:
        return f"the letters are not clear; write a place, such as {_PLACES[name]}"
    if offset := _OFFSET.fullmatch(name):
        sign, hours, minutes = offset.groups()
        if not int(hours):
            return "write UTC"
        if int(minutes or 0) or int(hours) > 12:
            return _HOW
        # POSIX counts west as positive, and so do these names.
        return f"write Etc/GMT{'-' if sign == '+' else '+'}{int(hours)}, or better a place, such as Europe/London"
    if not name or len(name) > 64:
        return _HOW
    return _like_zone(name)


def _like_zone(name: str) -> str:
    """The zone whose name is most like another one."""
    plain = {known.lower(): known for known in sorted(available_timezones().difference(_NO_ZONES, _FIXED))}
    cities = {known.rpartition("/")[2]: known for known in plain}
    wanted = name.strip().lower().replace(" ", "_").replace("-", "_")
    found = plain.get(wanted) or plain.get(cities.get(wanted.rpartition("/")[2], ""))
    found = found or plain.get(nearest(wanted, plain) or "")
    return f"did you mean {found}?" if found else _HOW
