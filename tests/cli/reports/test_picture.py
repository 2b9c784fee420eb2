"""Free room and offers over time, as a picture for a page."""

from __future__ import annotations

import re
from collections.abc import Iterator
from xml.etree import ElementTree as ET

import pytest

from execbroker.cli.reports import picture
from execbroker.cli.reports.answered import Answered

SVG = "{http://www.w3.org/2000/svg}"


def parts(answered: Answered, tag: str, kind: str | None = None) -> Iterator[ET.Element]:
    """All elements of a kind in the picture of an answer."""
    for element in ET.fromstring(picture.draw(answered)).iter(SVG + tag):
        if kind in (None, element.get("class")):
            yield element


def test_says_what_it_shows(granted: Answered) -> None:
    """It has a role, a label, a title and a description."""
    root = ET.fromstring(picture.draw(granted))
    assert (root.tag, root.get("role"), root.get("aria-label")) == (
        f"{SVG}svg",
        "img",
        "fringe fit: YES, 2 offers",
    )
    assert root.findtext(f"{SVG}title") == "fringe fit: YES, 2 offers"
    assert root.findtext(f"{SVG}desc") == (
        "1: 2023-05-10 10:00 => 3 hours, 8 cores, 120GiB, 1 gpu. "
        "2: 2023-05-10 19:00 => 2 hours, 4 cores, 80GiB, 4 gpus."
    )


def test_bars(granted: Answered) -> None:
    """Every offer is a bar with a title, its preparation and where it may be moved to."""
    bars = [title.text for title in parts(granted, "title")][1:]
    assert bars == [
        "batch",
        "1: 2023-05-10 10:00 => 3 hours, 8 cores, 120GiB, 1 gpu",
        "2: 2023-05-10 19:00 => 2 hours, 4 cores, 80GiB, 4 gpus",
        "nights",
    ]
    assert [len(list(parts(granted, "rect", kind))) for kind in ("run", "preparation", "later")] == [2, 1, 1]


def test_lengths_are_durations(granted: Answered) -> None:
    """A bar is as long as its run: three hours and two."""
    first, second = (float(bar.get("width") or 0) for bar in parts(granted, "rect", "run"))
    assert first / second == pytest.approx(1.5, rel=0.01)


def test_closed(granted: Answered) -> None:
    """Closed time is hatched, once, in the pool that serves."""
    assert len(list(parts(granted, "rect", "closed"))) == 1


def test_no(refused: Answered) -> None:
    """A NO says why not, and what would have to be other."""
    words = " ".join(text.text or "" for text in parts(refused, "text"))
    assert "fringe fit: NO" in words
    assert "batch: 64 cores asked, at most 48 free for 2 hours" in words
    assert "a: if mincores 4 instead of 64" in words


def test_nothing_leaves_the_page(granted: Answered, refused: Answered) -> None:
    """Everything is drawn inside the picture."""
    for answered in (granted, refused):
        root = ET.fromstring(picture.draw(answered))
        _, _, wide, high = map(float, (root.get("viewBox") or "").split())
        for rect in root.iter(f"{SVG}rect"):
            x, y, width, height = (float(rect.get(name, 0)) for name in ("x", "y", "width", "height"))
            assert x >= 0
            assert y >= 0
            assert x + width <= wide + 0.01
            assert y + height <= high


def test_hostile_names(hostile: Answered) -> None:
    """Whatever a file calls things, it stays text."""
    drawn = picture.draw(hostile)
    root = ET.fromstring(drawn)
    assert {element.tag.removeprefix(SVG) for element in root.iter()} <= {
        "svg", "title", "desc", "style", "defs", "pattern", "line", "rect", "text", "g", "path",
    }  # fmt: skip
    assert "<script" not in drawn
    assert drawn.replace("\n", "").isprintable()


def test_needs_nothing_else(granted: Answered) -> None:
    """It loads nothing, runs nothing, and its rules touch only itself."""
    drawn = picture.draw(granted)
    assert not re.search(r"<script|<image|<foreignObject|\bon\w+=|@import|url\((?!#)|href=", drawn)
    style = ET.fromstring(drawn).findtext(f"{SVG}style") or ""
    selectors = re.findall(r"([^{};]+)\{", style)
    assert all(".execbroker" in each or each.strip().startswith("@media") for each in selectors)
