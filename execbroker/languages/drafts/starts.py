"""The schedule of a task in languages that know no more of it than when it may start and how long it is."""

from __future__ import annotations

from execbroker.core.durations import LONGEST, format_duration
from execbroker.core.instants import LAST, format_instant
from execbroker.core.spans import Span
from execbroker.core.task import EVERY_DAY, Daily, Schedule
from execbroker.core.wallclock import format_clock
from execbroker.languages.written import Losses

__all__ = ["duration_of", "spell_daily", "starts_of"]


def duration_of(schedule: Schedule, losses: Losses) -> str | None:
    """The one duration that the drafts have, which is the shortest that will do."""
    duration = schedule.duration
    if duration.maximum is not None:
        losses.note(
            "maxduration", format_duration(duration.maximum), "the language has one duration, the shortest"
        )
    return format_duration(duration.minimum) if duration.minimum else None


def starts_of(schedule: Schedule, losses: Losses) -> list[Span]:
    """The intervals in one of which the task must start; none: whenever.

    An end that is open is a hundred years away.
    """
    if schedule.daily is not None:
        losses.note("timerange", spell_daily(schedule.daily), "the language has no times of the day")
    if schedule.zone != "UTC":
        losses.note("timezone", schedule.zone, "the language has no zone; its times are UTC")
    first, last = schedule.earliest, schedule.latest
    if schedule.end is not None:
        latest = max(0, schedule.end - max(1, schedule.duration.minimum or 0))
        last = latest if last is None else min(last, latest)
        why = f"the language has no end; the last start is {format_instant(last)}"
        losses.note("daterange.maxenddate", format_instant(schedule.end), why)
    if first is None and last is None:
        return list(schedule.starts)
    return _within(schedule, first, last, losses)


def _within(schedule: Schedule, first: int | None, last: int | None, losses: Losses) -> list[Span]:
    lower = first if first is not None else max(0, (last or 0) - LONGEST)
    upper = last if last is not None else min(LAST, lower + LONGEST)
    cut = [
        Span(max(each.start, lower), min(each.end, upper + 1))
        for each in schedule.starts or (Span(lower, upper + 1),)
    ]
    kept = [each for each in cut if each.start < each.end]
    if not kept:
        losses.note(
            "daterange",
            f"no start from {format_instant(lower)}",
            "the language cannot say that there is none",
        )
        return [Span(lower, lower + 1)]
    return kept


def spell_daily(daily: Daily) -> str:
    """A daily window in short.

    >>> spell_daily(Daily(opens=9 * 3600, closes=17 * 3600))
    '09:00 to 17:00'
    """
    text = f"{format_clock(daily.opens)} to {format_clock(daily.closes) if daily.closes is not None else 'any end'}"
    if daily.latest is not None:
        text += f", starting by {format_clock(daily.latest)}"
    return text if daily.days == EVERY_DAY else f"{text}, on some days"
