"""Dates, times of day, days of the week and zones of a document, with warnings where a local time is in doubt."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from execbroker.core.instants import LAST, LAST_YEAR, parse_instant
from execbroker.core.problems import Unreadable, quoted
from execbroker.core.wallclock import SHORT_DAYS, zone
from execbroker.languages.dates.reading import Limit, read_clock, read_weekday
from execbroker.languages.structuring.findings import Findings
from execbroker.languages.text.documents import Path

__all__ = ["read_clock_time", "read_days", "read_instant", "read_limit", "read_zone"]


def read_zone(findings: Findings, path: Path, value: str | None) -> str | None:
    """The name of a zone; UTC if there is none, and None if there is no such zone."""
    if value is None:
        return "UTC"
    return None if findings.read(zone, path, value) is None else value


def read_limit(
    findings: Findings, path: Path, value: object, read: Callable[[str, str], Limit], zone_name: str
) -> Limit | None:
    """The instant of a date, by one of the readers of `dates`."""
    limit = findings.read(lambda text: read(text, zone_name), path, value)
    if limit and limit.doubt:
        doubt = limit.doubt
        findings.warn(
            doubt.code,
            f"`{path[-1]}`: {doubt.message}",
            path,
            hint=doubt.hint,
            found=findings.text(path, value),
        )
    return limit


def read_instant(findings: Findings, path: Path, value: object) -> int | None:
    """An instant, which is a date, a time and a zone."""

    def parse(text: str) -> int:
        instant = parse_instant(text, last_year=LAST_YEAR)
        if not 0 <= instant <= LAST:
            when = "before 1970" if instant < 0 else "after all that clocks can show"
            raise Unreadable("instant", f"{quoted(text)} is {when}", "write a date that is nearer")
        return instant

    return findings.read(parse, path, value)


def read_clock_time(findings: Findings, path: Path, value: object) -> int | None:
    """Seconds after midnight."""
    return findings.read(read_clock, path, value)


def read_days(findings: Findings, path: Path, values: Sequence[str | None]) -> frozenset[int] | None:
    """Days of the week, Monday 0."""
    if not values:
        findings.error(
            "empty-list",
            "`days` is empty, so that there is never a day",
            path,
            hint=f"write days, such as [{', '.join(SHORT_DAYS[:5])}], or leave it out for every day",
        )
        return None
    days = [
        findings.read(_day, (*path, index), value) for index, value in enumerate(values) if value is not None
    ]
    return None if None in days else frozenset(day for day in days if day is not None)


def _day(text: str) -> int:
    """A day, or a span of days that is not one."""
    try:
        return read_weekday(text)
    except Unreadable as fault:
        first, dash, last = text.lower().partition("-")
        if dash and first.strip() in SHORT_DAYS and last.strip() in SHORT_DAYS:
            start, end = SHORT_DAYS.index(first.strip()), SHORT_DAYS.index(last.strip())
            days = [SHORT_DAYS[day % 7] for day in range(start, end + 1 + 7 * (end < start))]
            raise Unreadable(fault.code, fault.message, f"write each day: {', '.join(days)}") from None
        raise
