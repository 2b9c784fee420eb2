"""The schedule of a task: how long, on which days, and at what time of day."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from execbroker.core.durations import spell_duration
from execbroker.core.instants import LAST, format_instant
from execbroker.core.ranges import FULL
from execbroker.core.task import DAY, EVERY_DAY, Daily, Schedule
from execbroker.languages.dates.moments import read_clock_time, read_days, read_limit, read_zone
from execbroker.languages.dates.reading import Limit, read_end, read_latest_start, read_start
from execbroker.languages.structuring.document_classes import given_keys
from execbroker.languages.structuring.findings import Findings, shown
from execbroker.languages.structuring.quantities import read_duration, read_pair, report_bare
from execbroker.languages.tdl.keys import DateRangeDocument, TaskDocument, TimeRangeDocument
from execbroker.languages.text.documents import Path

__all__ = ["read_schedule"]

#: How each key of a date range is read, in order.
_DATES: Final = {
    "minstartdate": read_start,
    "maxstartdate": read_latest_start,
    "maxenddate": read_end,
}


def read_schedule(findings: Findings, at: Path, found: TaskDocument) -> Schedule:
    """When a task may run, and for how long, as far as it can be read."""
    given = given_keys(found)
    duration = read_pair(
        findings, at, "duration", given, lambda path, value, _: read_duration(findings, path, value)
    )
    # Without its zone a date has no instant, but it may be misspelt all the same.
    zone = read_zone(findings, (*at, "timezone"), found.timezone) or "UTC"
    limits = _dates(findings, (*at, "daterange"), found.daterange, zone) if found.daterange else {}
    daily = _daily(findings, (*at, "timerange"), found.timerange, zone) if found.timerange else None
    if daily and duration:
        _check_length(
            findings,
            at,
            daily,
            duration.minimum or 0,
            "minduration" if "minduration" in given else "duration",
        )
    return Schedule(
        duration=duration or FULL,
        earliest=limits.get("minstartdate"),
        latest=limits.get("maxstartdate"),
        end=limits.get("maxenddate"),
        daily=daily,
        zone=zone,
    )


def _dates(findings: Findings, at: Path, found: DateRangeDocument, zone: str) -> dict[str, int]:
    """The instants of a date range by their keys; `startdate` is both the first and the last day to start."""
    given = given_keys(found)
    if "startdate" in given and (
        other := next((key for key in ("minstartdate", "maxstartdate") if key in given), None)
    ):
        report_bare(findings, at, "startdate", other)
    limits: dict[str, Limit] = {}
    for key, read in _DATES.items():
        written = "startdate" if key not in given and key != "maxenddate" else key
        # A bare date is read twice, but what is wrong with it is said once.
        if written in given and not (written != key == "maxstartdate" and "minstartdate" not in limits):
            limit = read_limit(findings, (*at, written), given[written], read, zone)
            if limit:
                limits[key] = limit
    _check_order(findings, at, given, limits)
    return {key: limit.instant for key, limit in limits.items()}


def _check_order(
    findings: Findings, at: Path, given: Mapping[str, object], limits: Mapping[str, Limit]
) -> None:
    """The range holds some time, and each limit limits."""
    earliest, latest, end = (limits.get(key) for key in _DATES)
    first = "minstartdate" if "minstartdate" in given else "startdate"
    last = "maxstartdate" if "maxstartdate" in given else "startdate"
    if earliest and earliest.instant >= LAST and (end or (latest and first != last)):
        _report_beyond(findings, (*at, first), given[first])
    elif earliest and latest and latest.instant < earliest.instant and first != last:
        _report_order(findings, at, given, first, last)
    elif earliest and end and end.instant <= earliest.instant:
        _report_order(findings, at, given, first, "maxenddate")
    elif latest and end and latest.instant >= end.instant:
        text = shown(findings.text((*at, last), given[last]))
        findings.warn(
            "no-effect",
            f"`{last}` ({text}) is not before `maxenddate`, so it limits nothing",
            (*at, last),
            found=text,
            hint="leave it out, or write an earlier one",
        )


def _report_beyond(findings: Findings, path: Path, value: object) -> None:
    """Nothing ends after the last instant, so nothing can start then; a date brought down to it leaves no day."""
    text = shown(findings.text(path, value))
    findings.error(
        "empty-range",
        f"`{path[-1]}` ({text}) is beyond the last day that can be used",
        path,
        found=text,
        hint=f"write a date before {format_instant(LAST)[:10]}, or leave it out",
    )


def _report_order(findings: Findings, at: Path, given: Mapping[str, object], low: str, high: str) -> None:
    first, last = (shown(findings.text((*at, key), given[key])) for key in (low, high))
    if first == last:
        findings.error(
            "empty-range",
            f"`{low}` and `{high}` are the same instant ({first})",
            (*at, high),
            found=last,
            hint=f"write a later `{high}`",
        )
        return
    findings.error(
        "empty-range",
        f"`{high}` ({last}) is before `{low}` ({first})",
        (*at, high),
        found=last,
        hint=f"swap them: `{low}: {last}`, `{high}: {first}`",
    )


def _daily(findings: Findings, at: Path, found: TimeRangeDocument, zone: str) -> Daily | None:
    """The daily window; None if there is nothing in it that limits anything."""
    given = given_keys(found)
    days = read_days(findings, (*at, "days"), found.days) if found.days is not None else EVERY_DAY
    times = {
        key: read_clock_time(findings, (*at, key), value) for key, value in given.items() if key != "days"
    }
    if "starttime" in times:
        if other := next((key for key in ("minstarttime", "maxstarttime") if key in times), None):
            report_bare(findings, at, "starttime", other)
            return None
        times["minstarttime"] = times["maxstarttime"] = times["starttime"]
    if days is None or None in times.values() or not given:
        return None
    daily = Daily(
        times.get("minstarttime") or 0, times.get("maxendtime"), times.get("maxstarttime"), days, zone
    )
    if daily.latest is not None and "maxstarttime" in given:
        _check_latest(findings, (*at, "maxstarttime"), daily, given["maxstarttime"])
    return daily


def _length(daily: Daily) -> int:
    """Seconds from opening to closing."""
    return DAY if daily.closes is None else (daily.closes - daily.opens) % DAY or DAY


def _check_latest(findings: Findings, path: Path, daily: Daily, value: object) -> None:
    assert daily.latest is not None
    if daily.closes is not None and (daily.latest - daily.opens) % DAY >= _length(daily) < DAY:
        text = shown(findings.text(path, value))
        findings.warn(
            "no-effect",
            f"`maxstarttime` ({text}) is not between `minstarttime` and `maxendtime`, so it limits nothing",
            path,
            found=text,
            hint="leave it out, or write a time inside the window",
        )


def _check_length(findings: Findings, at: Path, daily: Daily, least: int, key: str) -> None:
    """A run lies in one daily window, so one that is longer never fits."""
    if _length(daily) < least and daily.closes is not None and _length(daily) < DAY:
        findings.warn(
            "window-too-short",
            f"`{key}` ({spell_duration(least)}) is longer than the daily window"
            f" ({spell_duration(_length(daily))}), and a run lies inside one",
            (*at, key),
            hint="write a shorter duration or a wider `timerange`, or bound only the start, with `maxstarttime`",
        )
