"""Free room and offers over time, in characters."""

from __future__ import annotations

import pytest
from attrs import evolve
from hypothesis import given
from hypothesis import strategies as st

from execbroker.cli.reports import timeline
from execbroker.cli.reports.answered import Answered
from execbroker.cli.reports.axis import ticks
from execbroker.cli.reports.signs import width
from execbroker.cli.terminal import Look
from execbroker.core.answer import Answer
from execbroker.core.spans import Span
from execbroker.core.wallclock import local


def test_whole(granted: Answered) -> None:
    """Per pool the room and its offers, under the task's clock."""
    assert (
        timeline.draw(granted, Look(width=80))
        == """\
          Wed 10 May                                                Thu 11 May
          09:00       12:00      15:00       18:00       21:00
  batch   ███████████████▆▂▂▂▂▂▂▂▂▂▂▂▂▂▂▂▂▂▂▂▂▂▂▃███████████████████████░░░░░░░░
   1        ▒▒████████████
   2                                             ████████┄┄┄┄┄┄┄┄┄┄┄┄┄┄┄
  nights  no gpus

  ▁ to █ free (the scarcest of cores, memory, gpus)   ░ closed   ▒ preparation
  █ longest run from the earliest start   ┄ or later, until here
  times in Europe/London
"""
    )


def test_ascii(granted: Answered) -> None:
    """The same in ASCII."""
    assert (
        timeline.draw(granted, Look(width=80, has_unicode=False))
        == """\
          Wed 10 May                                                Thu 11 May
          09:00       12:00      15:00       18:00       21:00
  batch   88888888888888862222222222222222222222388888888888888888888888xxxxxxxx
   1        ~~############
   2                                             ########---------------
  nights  no gpus

  1 to 8 free (the scarcest of cores, memory, gpus)   x closed   ~ preparation
  # longest run from the earliest start   - or later, until here
  times in Europe/London
"""
    )


def test_no(refused: Answered) -> None:
    """A NO shows the room up to the end of what was asked, and what would do instead."""
    drawn = timeline.draw(refused, Look(width=80)).splitlines()
    assert [line.split()[0] for line in drawn[2:6]] == ["batch", "a", "b", "nights"]


def test_nothing_at_all(refused: Answered) -> None:
    """Where nothing would do, the room is drawn all the same."""
    bare = evolve(refused, answer=Answer(reasons=refused.answer.reasons))
    drawn = timeline.draw(bare, Look(width=80))
    assert "batch" in drawn
    assert "longest run" not in drawn


@pytest.mark.parametrize("columns", [*range(30, 100), 500])
@pytest.mark.parametrize("has_unicode", [True, False])
def test_never_wraps(granted: Answered, columns: int, has_unicode: bool) -> None:
    """No line is wider than the terminal."""
    drawn = timeline.draw(granted, Look(width=columns, has_unicode=has_unicode))
    assert drawn
    assert max(map(len, drawn.splitlines())) <= columns


@pytest.mark.parametrize("columns", [1, 10, 20, 25])
def test_too_narrow(granted: Answered, columns: int) -> None:
    """Where nothing could be seen, nothing is drawn."""
    assert timeline.draw(granted, Look(width=columns)) == ""


def test_long_names(granted: Answered) -> None:
    """A long name is cut, also where its characters are wide."""
    (platform,) = granted.platforms
    for name in ("n" * 200, "核" * 100):
        pools = (evolve(platform.pools[0], name=name), platform.pools[1])
        renamed = evolve(granted, platforms=(evolve(platform, pools=pools, bookings=()),))
        lines = timeline.draw(renamed, Look(width=60)).splitlines()
        assert max(map(width, lines)) <= 60
        assert any(f"{name[0]}…" in line for line in lines)


def test_crowded(granted: Answered) -> None:
    """Of many pools only those with offers are drawn."""
    (platform,) = granted.platforms
    more = tuple(evolve(platform.pools[1], name=f"pool{number}") for number in range(20))
    crowded = evolve(granted, platforms=(evolve(platform, pools=platform.pools + more),))
    drawn = timeline.draw(crowded, Look(width=80))
    assert "batch" in drawn
    assert "pool1" not in drawn


def test_hostile_names(hostile: Answered) -> None:
    """Whatever a file calls things, the terminal is not steered by it."""
    drawn = timeline.draw(hostile, Look(width=80))
    assert drawn
    assert drawn.replace("\n", "").isprintable()


@given(st.integers(0, 2**31), st.integers(1, 10**8), st.integers(20, 200))
def test_ticks(start: int, length: int, characters: int) -> None:
    """Marks lie inside the span, in order, at full minutes of the clock, and have room for their labels."""
    marks = ticks(Span(start, start + length), "Europe/London", characters)
    instants = [mark.instant for mark in marks]
    assert instants == sorted(set(instants))
    assert all(start <= instant < start + length for instant in instants)
    assert all(local(instant, "Europe/London").second == 0 for instant in instants)
    # Where clocks change, two marks may be an hour nearer or a change apart.
    assert len(marks) <= characters // 5 + 2
