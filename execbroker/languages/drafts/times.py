"""Durations, instants and intervals of the dialects, by the patterns of their schemas.

They are read exactly, also with fractions of a second, and then made whole inwards: a minimum up, a start up, an
end down.
"""

from __future__ import annotations

import re
from fractions import Fraction
from math import ceil, floor
from typing import Final, NamedTuple, final

from execbroker.core.durations import LONGEST, format_duration, parse_duration
from execbroker.core.instants import LAST, LAST_YEAR, format_instant, parse_instant
from execbroker.core.problems import Unreadable, quoted
from execbroker.core.spans import Span
from execbroker.languages.structuring.findings import Findings, shown
from execbroker.languages.text.documents import Path

__all__ = ["Forms", "read_interval", "read_length", "read_moment", "write_interval"]

_DAY: Final = 86_400
_HOW: Final = "write it as PT2H30M"
_HOW_INTERVAL: Final = "write a start and how much later it may be, such as 2031-03-04T20:00:00Z/PT8H"

_DURATION: Final = re.compile(
    r"P(?=[0-9T])(?:([0-9]{1,9})Y)?(?:([0-9]{1,9})M)?(?:([0-9]{1,9})W|([0-9]{1,9})D)?"
    r"(?:T(?=[0-9])(?:([0-9]{1,9})H)?(?:([0-9]{1,9})M)?(?:([0-9]{1,9}(?:\.[0-9]{1,9})?)S)?)?",
    re.ASCII,
)
_UNITS: Final = (7 * _DAY, _DAY, 3600, 60, 1)
#: The drafts' own slip: a time without the T before it. Minutes alone would be months.
_WITHOUT_T: Final = re.compile(
    r"P([0-9]{1,9}D)?([0-9]{1,9}H(?:[0-9]{1,9}M)?(?:[0-9]{1,9}S)?|[0-9]{1,9}S)", re.ASCII
)
_INSTANT: Final = re.compile(
    r"([0-9]{4}-[0-9]{2}-[0-9]{2})(?:T([0-9]{2}:[0-9]{2})(:[0-9]{2})?(\.[0-9]{1,9})?(Z|[+-][0-9]{2}(?::[0-9]{2})?)?)?",
    re.ASCII,
)
_SHORT_END: Final = re.compile(r"T?[0-9]{2}:[0-9]{2}.*", re.ASCII)


@final
class Forms(NamedTuple):
    """What forms of intervals a dialect takes.

    Attributes:
        has_ends: Whether an interval may be a start and an end, as well as a start and a duration.
        has_durations_first: Whether it may be a duration and an end.
        is_exact: Whether instants have seconds and a zone, and durations neither weeks nor fractions.
        is_loose: Whether an instant alone will do, and an end without its date.
    """

    has_ends: bool = True
    has_durations_first: bool = False
    is_exact: bool = False
    is_loose: bool = False


@final
class _Instant(NamedTuple):
    """An instant as it was written: its date alone stands for the whole day, from `first` up to `after`."""

    first: Fraction
    after: Fraction | None
    has_zone: bool = True


def _seconds(text: str) -> Fraction:
    """The exact seconds of a duration as the schemas have it."""
    found = _DURATION.fullmatch(text)
    if found is None:
        raise _no_duration(text)
    years, months, *others = found.groups()
    if int(years or 0) or int(months or 0):
        days = 365 * int(years or 0) + 30 * int(months or 0)
        message = f"{quoted(text)} has no fixed length: months and years differ"
        raise Unreadable("duration-unit", message, f"write days, such as P{days}D")
    return sum((Fraction(n) * unit for n, unit in zip(others, _UNITS, strict=True) if n), Fraction())


def _no_duration(text: str) -> Unreadable:
    if text.startswith(("-", "−")):
        return Unreadable("duration", f"{quoted(text)} is below zero", _HOW)
    try:
        instead = f"write {format_duration(parse_duration(text))}"
    except Unreadable as fault:
        if fault.code == "duration-too-long":
            return _too_long(text)
        instead = _HOW
    return Unreadable("duration", f"{quoted(text)} is not a duration of ISO 8601", instead)


def _too_long(text: str) -> Unreadable:
    message = f"{quoted(text)} is longer than a hundred years"
    return Unreadable("duration-too-long", message, "write P36525D or less")


def _length(findings: Findings, path: Path, text: str) -> Fraction:
    """The same, and with a warning what lacks nothing but its T."""
    found = _WITHOUT_T.fullmatch(text)
    if not found:
        return _seconds(text)
    meant = f"P{found[1] or ''}T{found[2]}"
    message = f"{quoted(text)} lacks the T before its time, and is read as {meant}"
    findings.warn("duration-form", message, path, hint=f"write {meant}", found=text)
    return _seconds(meant)


def read_length(
    findings: Findings, path: Path, value: object, *, is_zero_allowed: bool = False
) -> int | None:
    """A duration in seconds; a fraction of one is rounded up, with a warning."""

    def parse(text: str) -> int:
        exact = _length(findings, path, text)
        if exact == 0 and not is_zero_allowed:
            raise Unreadable("zero-duration", f"{quoted(text)} is no time at all", "write more, such as PT1H")
        if exact > LONGEST:
            raise _too_long(text)
        if exact.denominator != 1:
            whole = format_duration(ceil(exact))
            findings.warn(
                "rounded", f"{quoted(text)} is read as {whole}", path, hint=f"write {whole}", found=text
            )
        return ceil(exact)

    return findings.read(parse, path, value)


def _instant(text: str) -> _Instant:
    found = _INSTANT.fullmatch(text)
    if found is None:
        parse_instant(text, last_year=LAST_YEAR)  # says what is wrong with it
        raise Unreadable("instant", f"{quoted(text)} is not an instant", "write it as 2031-03-04T20:00:00Z")
    day, clock, seconds, fraction, zone = found.groups()
    if fraction and not seconds:
        raise Unreadable("instant", f"{quoted(text)} has a fraction of a minute", "write seconds")
    whole = parse_instant(f"{day}T{clock or '00:00'}{seconds or ':00'}{zone or 'Z'}", last_year=LAST_YEAR)
    if not 0 <= whole <= LAST:
        raise Unreadable("instant", f"{quoted(text)} is before 1970 or after all that clocks can show")
    exact = whole + Fraction(f"0{fraction or ''}")
    return _Instant(exact, None if clock else exact + _DAY, bool(zone or not clock))


def read_moment(findings: Findings, path: Path, value: object) -> int | None:
    """An instant, with its date, time and zone; a fraction of a second is passed over."""

    def parse(text: str) -> int:
        instant = _instant(text)
        if instant.after is not None or not instant.has_zone:
            parse_instant(text, last_year=LAST_YEAR)  # says what is missing
        return floor(instant.first)

    return findings.read(parse, path, value)


def read_interval(findings: Findings, path: Path, value: object, forms: Forms) -> Span | None:
    """The instants of an interval, both of whose ends are allowed."""

    def parse(text: str) -> Span:
        span = _span(findings, path, text, forms)
        if forms.is_exact and not _is_exact(text):
            message = f"{quoted(text)} is not a start, with its seconds and its zone, and a duration"
            raise Unreadable("interval", message, f"write {write_interval(span)}")
        return span

    return findings.read(parse, path, value)


def _is_exact(text: str) -> bool:
    start, _, length = text.partition("/")
    found = _INSTANT.fullmatch(start)
    return (
        bool(found and found[3] and found[5] and not found[4])
        and length[:1] == "P"
        and not set("W.") & set(length)
    )


def _span(findings: Findings, path: Path, text: str, forms: Forms) -> Span:
    first, slash, second = text.partition("/")
    if "/" in second or text.startswith("R"):
        raise Unreadable("interval", f"{quoted(text)} repeats, or has three parts", _HOW_INTERVAL)
    if not slash:
        return _alone(findings, path, text, forms)
    if first.startswith(("P", "-P")):
        if second.startswith(("P", "-P")) or not (forms.has_durations_first or forms.is_exact):
            raise Unreadable("interval", f"{quoted(text)} does not begin with its start", _HOW_INTERVAL)
        end = _told(findings, path, second)
        start = (end.after or end.first) - _length(findings, path, first)
    else:
        begin = _told(findings, path, first)
        start = begin.first
        if second.startswith(("P", "-P")):
            end = _Instant(start + _length(findings, path, second), None)
        elif forms.has_ends or forms.is_exact:
            end = _told(findings, path, _whole_end(findings, path, first, second, forms))
        else:
            raise Unreadable("interval", f"{quoted(text)} has no duration", _HOW_INTERVAL)
    return _between(text, start, end)


def _between(text: str, start: Fraction, end: _Instant) -> Span:
    """The whole seconds from a start to an end, which is the last of them unless it is a whole day."""
    after = floor(end.first) + 1 if end.after is None else floor(end.after)
    if start > end.first and not (end.after is not None and start < end.after):
        raise Unreadable("empty-range", f"{quoted(text)} ends before it starts", "swap start and end")
    if ceil(start) >= after:
        raise Unreadable("empty-range", f"{quoted(text)} holds no whole second", _HOW_INTERVAL)
    return Span(max(0, ceil(start)), min(after, LAST + 1))


def _alone(findings: Findings, path: Path, text: str, forms: Forms) -> Span:
    """An instant that stands for an interval."""
    if not forms.is_loose:
        instead = f"write {shown(text)}/PT0S" if _INSTANT.fullmatch(text) else _HOW_INTERVAL
        raise Unreadable("interval", f"{quoted(text)} is not an interval", instead)
    instant = _told(findings, path, text)
    return _between(text, instant.first, instant)


def _told(findings: Findings, path: Path, text: str) -> _Instant:
    """An instant, with a warning if it has no zone."""
    instant = _instant(text)
    if not instant.has_zone:
        message = f"{quoted(text)} does not say in which zone, and is read as UTC"
        findings.warn("instant-zone", message, path, hint=f"write {shown(text)}Z", found=text)
    return instant


def _whole_end(findings: Findings, path: Path, start: str, end: str, forms: Forms) -> str:
    """The end of an interval, which may lack the date that its start has."""
    if not (forms.is_loose and _SHORT_END.fullmatch(end)):
        return end
    meant = f"{start[:10]}T{end.removeprefix('T')}"
    message = f"the end {quoted(end)} has no date, and is read as {shown(meant)}"
    findings.warn("interval-form", message, path, hint=f"write {shown(start)}/{shown(meant)}", found=end)
    return meant


def write_interval(span: Span) -> str:
    """The interval of some instants, its last one included, as every dialect takes it.

    >>> write_interval(Span(0, 3601))
    '1970-01-01T00:00:00Z/PT1H'
    """
    return f"{format_instant(span.start)}/{format_duration(span.end - 1 - span.start)}"
