"""Free room and offers over time, drawn with the characters of a terminal.

            Wed 10 May                      Thu 11 May
                   06:00   12:00   18:00           06:00
batch       ▇▇▇▇▇▇▇▇▂▂▂▂▂▂▂▂████████████████░░░░░░░░
  1                 ██████████┄┄┄┄
"""

from __future__ import annotations

import textwrap
from collections.abc import Iterator, Sequence
from typing import Final, final

from attrs import frozen

from execbroker.cli.reports.answered import Answered
from execbroker.cli.reports.axis import Tick, ticks
from execbroker.cli.reports.chart import FULL, Bar, Chart, Row, Step, chart_of
from execbroker.cli.reports.signs import padded, safe, width
from execbroker.cli.terminal import Look
from execbroker.core.spans import Span
from execbroker.core.wallclock import local

__all__ = ["draw"]

#: The least and the most columns that are drawn on; where there is less room, nothing is.
_LEAST, _MOST = 20, 160
#: So much of the width at most goes to the names of pools: a third.
_SHARE: Final = 3
#: The width where there is no terminal to ask.
_USUAL: Final = 80


@final
@frozen
class _Signs:
    """The characters of a drawing: levels from nothing to all free, closed, and the pieces of a bar."""

    levels: str
    closed: str
    preparation: str
    run: str
    room: str
    cut: str


_UNICODE: Final = _Signs(" ▁▂▃▄▅▆▇█", "░", "▒", "█", "┄", "…")
_ASCII: Final = _Signs(" 12345678", "x", "~", "#", "-", ".")


def draw(answered: Answered, look: Look) -> str:
    """The timeline, never wider than the terminal; nothing where that is too narrow."""
    chart = chart_of(answered)
    signs = _UNICODE if look.has_unicode else _ASCII
    total = look.width or _USUAL
    names = min(total // _SHARE, max((width(safe(row.title)) for row in chart.rows), default=0)) + 4
    columns = min(_MOST, total - names)
    if columns < _LEAST or not chart.rows:
        return ""
    lines = [" " * names + line for line in _axis(chart, columns)]
    for row in chart.rows:
        title = padded(_cut(safe(row.title), names - 4, signs.cut), names - 2)
        lines.append(f"  {title}{look.paint(_room(row, chart.span, columns, signs), 'hint')}")
        marks = (f"{bar.mark:>4}".ljust(names) for bar in row.bars)
        lines += (
            mark + _bar(bar, chart.span, columns, signs, look)
            for mark, bar in zip(marks, row.bars, strict=True)
        )
    return "".join(f"{line.rstrip()}\n" for line in [*lines, "", *_legend(chart, signs, total)])


def _cut(text: str, columns: int, sign: str) -> str:
    if width(text) <= columns:
        return text
    while width(text) > columns - 1:
        text = text[:-1]
    return text + sign


def _axis(chart: Chart, columns: int) -> Iterator[str]:
    """A line of days and, where there are any, a line of hours."""
    marks = ticks(chart.span, chart.zone, columns)
    there = local(chart.span.start, chart.zone)
    first = Tick(chart.span.start, f"{there:%a} {there.day} {there:%b}", is_day=True)
    days = [tick for tick in marks if tick.is_day]
    yield _labels(
        days if _leaves_no_room(days, first, chart.span, columns) else [first, *days], chart.span, columns
    )
    if len(days) < len(marks):
        yield _labels([tick for tick in marks if not tick.is_day], chart.span, columns)


def _leaves_no_room(days: Sequence[Tick], first: Tick, span: Span, columns: int) -> bool:
    """Whether the first day's name would push away that of the next one."""
    return bool(days) and _column(days[0].instant, span, columns) <= len(first.label)


def _labels(marks: Sequence[Tick], span: Span, columns: int) -> str:
    line = ""
    for tick in marks:
        at = _column(tick.instant, span, columns)
        if at >= len(line) + bool(line) and at + len(tick.label) <= columns:
            line = line.ljust(at) + tick.label
    return line


def _column(instant: int, span: Span, columns: int) -> int:
    """The column whose left edge is nearest to an instant."""
    at = (2 * (instant - span.start) * columns + span.duration) // (2 * span.duration)
    return max(0, min(columns, at))


def _room(row: Row, span: Span, columns: int, signs: _Signs) -> str:
    """For each column the mean of what is free in it; closed where it is closed for the better part.

    Of a pool that never has what is needed, the want of it.
    """
    if row.lacks:
        return _cut(f"no {', no '.join(map(safe, row.lacks))}", columns, signs.cut)
    levels, closed = _sums(row.steps, span, columns)
    cell = span.duration
    top = len(signs.levels) - 1
    return "".join(
        signs.closed if 2 * shut > cell else signs.levels[-(-level * top // (FULL * cell))]
        for level, shut in zip(levels, closed, strict=True)
    )


def _sums(steps: Sequence[Step], span: Span, columns: int) -> tuple[list[int], list[int]]:
    """For each column the levels summed over its time, and its closed time.

    Time is counted in parts of a second: as many of them as there are columns, so that edges of columns are whole.
    """
    levels, closed = [0] * columns, [0] * columns
    for step in steps:
        start, end = ((instant - span.start) * columns for instant in step.span)
        while start < end:
            column, rest = divmod(start, span.duration)
            length = min(end - start, span.duration - rest)
            if step.level is None:
                closed[column] += length
            else:
                levels[column] += length * step.level
            start += length
    return levels, closed


def _bar(bar: Bar, span: Span, columns: int, signs: _Signs, look: Look) -> str:
    preparation, run, room = bar.pieces
    edges = [_column(instant, span, columns) for instant in (preparation.start, run.start, run.end, room.end)]
    begin = min(edges[1], columns - 1)
    end = max(edges[2], begin + 1)
    lead = " " * min(edges[0], begin)
    parts = (
        signs.preparation * (begin - len(lead)),
        signs.run * (end - begin),
        signs.room * (edges[3] - end),
    )
    return lead + look.paint("".join(parts), "good")


def _legend(chart: Chart, signs: _Signs, columns: int) -> Iterator[str]:
    """What the signs mean, filled to the width."""
    low, high = signs.levels[1], signs.levels[-1]
    scarcest = (
        f" (the scarcest of {', '.join(map(safe, chart.resources))})" if len(chart.resources) > 1 else ""
    )
    entries = [f"{low} to {high} free{scarcest}"]
    if any(step.level is None for row in chart.rows if not row.lacks for step in row.steps):
        entries.append(f"{signs.closed} closed")
    bars = [bar for row in chart.rows for bar in row.bars]
    if any(bar.offer.preparation for bar in bars):
        entries.append(f"{signs.preparation} preparation")
    if bars:
        entries += [f"{signs.run} longest run from the earliest start", f"{signs.room} or later, until here"]
    entries.append(f"times in {chart.zone}")
    line = ""
    for entry in entries:
        if line and len(line) + 5 + len(entry) > columns:
            yield from textwrap.wrap(line, columns, initial_indent="  ", subsequent_indent="    ")
            line = ""
        line = f"{line}   {entry}" if line else entry
    yield from textwrap.wrap(line, columns, initial_indent="  ", subsequent_indent="    ")
