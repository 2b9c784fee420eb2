"""Columns of text, and paragraphs where they do not fit."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Final, final

from attrs import field, frozen

from execbroker.cli.reports.signs import padded, width
from execbroker.cli.terminal import Look

__all__ = ["GAP", "Column", "lay_out"]

#: What stands before each column.
GAP: Final = "  "
#: No cell of a paragraph is filled narrower than this, and no last column narrower than that.
_NARROWEST, _FILLED = 16, 30


@final
@frozen
class Column:
    """One column: its heading, its cells from top to bottom, and whether they keep to the right."""

    heading: str
    cells: tuple[str, ...]
    is_figure: bool = False
    #: Its width on a terminal.
    columns: int = field(init=False)

    @columns.default
    def _measure(self) -> int:
        return max(map(width, (self.heading, *self.cells)))

    def aligned(self, text: str) -> str:
        """A text as wide as the column, on the side that it keeps to."""
        return " " * (self.columns - width(text)) + text if self.is_figure else padded(text, self.columns)


def lay_out(columns: Sequence[Column], look: Look) -> Iterator[str]:
    """The lines of a table with a heading; columns that are empty are left out.

    Where the terminal is too narrow, the text of the last column is filled, if it is no figure; or else each row
    becomes a paragraph.
    """
    shown = [column for column in columns if any(column.cells)]
    if look.width is None:
        return _rows(shown, look, None)
    room = look.width - sum(len(GAP) + column.columns for column in shown[:-1]) - len(GAP)
    if shown[-1].columns <= room:
        return _rows(shown, look, None)
    return _paragraphs(shown, look) if shown[-1].is_figure or room < _FILLED else _rows(shown, look, room)


def _rows(columns: Sequence[Column], look: Look, room: int | None) -> Iterator[str]:
    heading = GAP.join(column.aligned(column.heading) for column in columns)
    yield GAP + look.paint(heading.rstrip(), "faint")
    lead = " " * sum(len(GAP) + column.columns for column in columns[:-1])
    for cells in zip(*(column.cells for column in columns), strict=True):
        texts = [column.aligned(cell) for column, cell in zip(columns, cells, strict=True)]
        last, *more = _filled(cells[-1], room) or [""] if room else [texts[-1]]
        yield (GAP + GAP.join([*texts[:-1], last])).rstrip()
        yield from (lead + GAP + line for line in more)


def _paragraphs(columns: Sequence[Column], look: Look) -> Iterator[str]:
    headings = max(width(column.heading) for column in columns)
    room = max(_NARROWEST, (look.width or 0) - headings - 2 * len(GAP))
    for row in range(len(columns[0].cells)):
        if row:
            yield ""
        for column in columns:
            heading = padded(column.heading, headings)
            for line in _filled(column.cells[row], room):
                yield f"{GAP}{look.paint(heading, 'faint')}{GAP}{line}"
                heading = " " * headings


def _filled(text: str, columns: int) -> list[str]:
    import textwrap  # wide terminals and files need none of it

    return textwrap.wrap(text, columns)
