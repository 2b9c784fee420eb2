"""Free room and offers over time as a picture (SVG) to put in a page.

It needs no script, no font and no other file; it follows the reader's light or dark scheme, is legible without
colour, and says what it shows to those who cannot see it.
"""

from __future__ import annotations

import textwrap
from collections.abc import Iterator
from html import escape
from typing import Final, final

from attrs import frozen

from execbroker.cli.reports.answered import Answered
from execbroker.cli.reports.axis import ticks
from execbroker.cli.reports.chart import FULL, Bar, Chart, Row, Step, chart_of
from execbroker.cli.reports.signs import safe
from execbroker.cli.reports.words import count, letter, offer_in_words, span_of_time
from execbroker.core.spans import Span

__all__ = ["draw"]

#: Sizes in the picture's own units, of which a letter is about 7 wide.
_WIDTH, _LEFT, _RIGHT, _TOP = 960, 160, 20, 52
_PLOT: Final = _WIDTH - _LEFT - _RIGHT
_ROOM, _BAR, _GAP, _LINE = 48, 22, 16, 18
_LETTER: Final = 7
#: Letters of a pool's name that fit beside its row.
_NAME: Final = 20

#: Every rule begins with the picture's own class, so that none touches the page that it is put into.
_STYLE: Final = """
  .execbroker { color-scheme: light dark;
    --ink: #1a1a1a; --faint: #8a8a8a; --room: #9ecae1; --run: #1b6e3c; --paper: #fff; }
  @media (prefers-color-scheme: dark) { .execbroker {
    --ink: #eaeaea; --faint: #8f8f8f; --room: #31597a; --run: #5fbf83; --paper: #16181a; } }
  .execbroker .paper { fill: var(--paper); }
  .execbroker text { fill: var(--ink); font: 12px system-ui, sans-serif;
    paint-order: stroke; stroke: var(--paper); stroke-width: 3px; }
  .execbroker .title { font-size: 14px; font-weight: 600; }
  .execbroker .small { font-size: 11px; }
  .execbroker .mark { font-weight: 600; }
  .execbroker .grid { stroke: var(--faint); stroke-width: .5; }
  .execbroker .day { stroke-width: 1.2; }
  .execbroker .frame { fill: none; stroke: var(--faint); }
  .execbroker .free { fill: var(--room); }
  .execbroker .hatch { stroke: var(--faint); stroke-width: 2; }
  .execbroker .closed { fill: url(#execbroker-closed); }
  .execbroker .run { fill: var(--run); }
  .execbroker .later { fill: none; stroke: var(--run); stroke-dasharray: 4 3; }
  .execbroker .preparation { fill: none; stroke: var(--run); }
"""
#: What closed time is filled with.
_HATCHES: Final = """<defs>
<pattern id="execbroker-closed" width="8" height="8" patternUnits="userSpaceOnUse"
 patternTransform="rotate(45)">
<line class="hatch" x1="0" y1="0" x2="0" y2="8"/>
</pattern>
</defs>"""


def draw(answered: Answered) -> str:
    """The picture as a whole SVG document."""
    chart = chart_of(answered)
    canvas = _Canvas(chart.span)
    heights = [_ROOM + _BAR * len(row.bars) + _GAP for row in chart.rows]
    bottom = _TOP + sum(heights)
    body = [*_axis(chart, canvas, bottom)]
    top = _TOP
    for row, height in zip(chart.rows, heights, strict=True):
        body += _row(row, canvas, top)
        top += height
    words = [*_reasons(answered), *_legend(chart)]
    for index, line in enumerate(words):
        body.append(f'<text class="small" x="{_GAP}" y="{bottom + 12 + _LINE * index}">{_text(line)}</text>')
    return _document(_headline(answered), _described(answered, chart), body, bottom + _LINE * len(words) + 6)


def _document(headline: str, description: str, body: list[str], height: int) -> str:
    opening = (
        f'<svg xmlns="http://www.w3.org/2000/svg" class="execbroker" viewBox="0 0 {_WIDTH} {height}"'
        f' style="width: 100%; max-width: {_WIDTH}px" role="img" aria-label="{_text(headline)}">'
    )
    lines = [
        opening,
        f"<title>{_text(headline)}</title>",
        f"<desc>{_text(description)}</desc>",
        f"<style>{_STYLE}</style>",
        _HATCHES,
        f'<rect class="paper" width="{_WIDTH}" height="{height}"/>',
        f'<text class="title" x="{_GAP}" y="22">{_text(headline)}</text>',
        *body,
        "</svg>",
    ]
    return "\n".join(lines) + "\n"


def _text(text: str) -> str:
    """A text that may come from anybody, fit for an element or an attribute."""
    return escape(safe(text), quote=True)


def _headline(answered: Answered) -> str:
    offers = answered.answer.offers
    name = answered.task.name or answered.name
    return f"{name}: " + (f"YES, {count(len(offers), 'offer')}" if offers else "NO")


def _described(answered: Answered, chart: Chart) -> str:
    """All of it in words."""
    bars = (bar for row in chart.rows for bar in row.bars)
    offers = [f"{bar.mark}: {offer_in_words(bar.offer)}." for bar in bars]
    reasons = [reason.message for reason in answered.answer.reasons]
    return " ".join([*offers, *reasons])


@final
@frozen
class _Canvas:
    """Where instants lie from left to right."""

    span: Span

    def x(self, instant: int) -> str:
        """The place of an instant to a hundredth of a unit; what lies outside is drawn at the edge."""
        inside = max(self.span.start, min(instant, self.span.end)) - self.span.start
        hundredths = _LEFT * 100 + (inside * _PLOT * 100) // self.span.duration
        return f"{hundredths // 100}.{hundredths % 100:02}"

    def box(self, kind: str, span: Span, top: int, height: int) -> str:
        """A rectangle over a span."""
        left, right = self.x(span.start), self.x(span.end)
        width = float(right) - float(left)
        return f'<rect class="{kind}" x="{left}" y="{top}" width="{width:.2f}" height="{height}"/>'


def _axis(chart: Chart, canvas: _Canvas, bottom: int) -> Iterator[str]:
    for tick in ticks(chart.span, chart.zone, _PLOT // _LETTER):
        x, kind = canvas.x(tick.instant), "grid day" if tick.is_day else "grid"
        yield f'<line class="{kind}" x1="{x}" y1="{_TOP - 4}" x2="{x}" y2="{bottom - _GAP}"/>'
        yield f'<text class="small" x="{x}" y="{_TOP - 8}" text-anchor="middle">{_text(tick.label)}</text>'


def _row(row: Row, canvas: _Canvas, top: int) -> Iterator[str]:
    yield f"<g><title>{_text(row.title)}</title>"
    shown = row.title if len(row.title) <= _NAME else row.title[: _NAME - 1] + "…"
    yield f'<text x="{_GAP}" y="{top + _ROOM // 2 + 4}">{_text(shown)}</text>'
    if row.lacks:
        want = _text(f"no {', no '.join(row.lacks)}")
        yield f'<text x="{_LEFT + 8}" y="{top + _ROOM // 2 + 4}">{want}</text>'
    else:
        yield f'<path class="free" d="{_area(row.steps, canvas, top)}"/>'
        closed = (step.span for step in row.steps if step.level is None)
        yield from (canvas.box("closed", span, top, _ROOM) for span in closed)
    yield canvas.box("frame", canvas.span, top, _ROOM)
    yield "</g>"
    for index, bar in enumerate(row.bars):
        yield from _bar(bar, canvas, top + _ROOM + 4 + index * _BAR)


def _area(steps: tuple[Step, ...], canvas: _Canvas, top: int) -> str:
    """The outline of what is free, step by step."""
    floor = top + _ROOM
    path = [f"M{canvas.x(canvas.span.start)} {floor}"]
    for step in steps:
        y = floor - (step.level or 0) * _ROOM / FULL
        path.append(f"L{canvas.x(step.span.start)} {y:.2f}H{canvas.x(step.span.end)}")
    return "".join([*path, f"L{canvas.x(canvas.span.end)} {floor}Z"])


def _bar(bar: Bar, canvas: _Canvas, top: int) -> Iterator[str]:
    preparation, run, later = bar.pieces
    words = offer_in_words(bar.offer)
    yield f"<g><title>{_text(f'{bar.mark}: {words}')}</title>"
    yield f'<text class="mark" x="{_LEFT - 8}" y="{top + 13}" text-anchor="end">{_text(bar.mark)}</text>'
    if preparation.duration:
        yield canvas.box("preparation", preparation, top + 4, _BAR - 14)
    if later.duration:
        yield canvas.box("later", later, top, _BAR - 6)
    yield canvas.box("run", run, top, _BAR - 6)
    yield from _beside(words.partition(" => ")[2], bar, canvas, top + 12)
    yield "</g>"


def _beside(words: str, bar: Bar, canvas: _Canvas, y: int) -> Iterator[str]:
    """What is offered, behind its bar or before it, wherever there is room."""
    begin, end = float(canvas.x(bar.pieces[0].start)), float(canvas.x(bar.pieces[2].end))
    length = len(words) * _LETTER
    if end + 6 + length <= _WIDTH:
        yield f'<text class="small" x="{end + 6:.2f}" y="{y}">{_text(words)}</text>'
    elif begin - 6 - length >= _LEFT:
        yield f'<text class="small" x="{begin - 6:.2f}" y="{y}" text-anchor="end">{_text(words)}</text>'


def _reasons(answered: Answered) -> Iterator[str]:
    """Why not, and which limits are other in what is marked by a letter; filled to the width of the picture."""
    for reason in answered.answer.reasons:
        where = answered.where(reason.platform, reason.pool)
        yield from textwrap.wrap(f"{where}: {reason.message}" if where else reason.message, _WIDTH // _LETTER)
    for index, alternative in enumerate(answered.answer.alternatives):
        changes = ", ".join(map(answered.change, alternative.changes))
        yield from textwrap.wrap(f"{letter(index)}: if {changes}", _WIDTH // _LETTER)


def _legend(chart: Chart) -> Iterator[str]:
    """What the shapes mean, in words."""
    scarcest = f" of the scarcest of {', '.join(chart.resources)}" if len(chart.resources) > 1 else ""
    yield f"Filled area: what is free{scarcest}, from nothing to all. Hatched: closed."
    run = "Solid bar: the longest run from the earliest start."
    yield f"{run} Dashed: it may start later and end by the right edge. Thin frame in front: preparation."
    yield f"{span_of_time(*chart.span, chart.zone, '–')}, times in {chart.zone}."
