"""Hypothesis strategies for tasks, platforms and whole worlds.

Everything is small, so that the definition can try everything, and yet every feature turns up: a grid of a minute
to six hours and some fifty steps of it, few amounts, nights in which the clocks change. Each strategy draws valid
values, and what it draws can be replaced by keyword: `platforms(pools=st.just((mine,)))`. A platform and a task fit
together if they are drawn for one `Frame`, which `worlds` does.

This module needs Hypothesis, which the package doesn't install by itself.
"""

from __future__ import annotations

from fractions import Fraction

from hypothesis import strategies as st

from execbroker.core.amounts import CORES
from execbroker.core.answer import Allotment, Cost, Offer
from execbroker.core.platform import Platform
from execbroker.core.task import Task
from execbroker.testing.strategies_frames import (
    CLOCK_CHANGES,
    PLAIN,
    UNITS,
    Frame,
    amounts,
    frames,
    given_or,
    instants,
    ranges,
    spans,
)
from execbroker.testing.strategies_platforms import (
    bookings,
    closures,
    costs,
    flavours,
    hours,
    platforms,
    pools,
    transfers,
)
from execbroker.testing.strategies_tasks import (
    computes,
    dailies,
    data,
    executables,
    schedules,
    storages,
    tasks,
)
from execbroker.testing.worlds import World

__all__ = [
    "CLOCK_CHANGES",
    "PLAIN",
    "UNITS",
    "Frame",
    "amounts",
    "bookings",
    "closures",
    "computes",
    "costs",
    "dailies",
    "data",
    "executables",
    "flavours",
    "frames",
    "hours",
    "instants",
    "offers",
    "platforms",
    "pools",
    "ranges",
    "schedules",
    "spans",
    "storages",
    "tasks",
    "transfers",
    "worlds",
]


@st.composite
def offers(
    draw: st.DrawFn,
    frame: Frame = PLAIN,
    *,
    compute: st.SearchStrategy[tuple[Allotment, ...]] | None = None,
    cost: st.SearchStrategy[Cost | None] | None = None,
    flavour: st.SearchStrategy[str | None] | None = None,
) -> Offer:
    """Offers of a few platforms and pools, as they might come out of any search."""
    steps = st.integers(1, 3).map(lambda count: count * frame.grid)
    start, shortest, more = draw(instants(frame, 0, 3)), draw(steps), draw(steps) - frame.grid
    last = start + draw(steps) - frame.grid
    least, most = draw(amounts((CORES,), most=2)), draw(amounts((CORES,), least=2, most=4))
    prices = st.builds(Cost, st.sampled_from([Fraction(1, 2), Fraction(2)]), st.sampled_from(["EUR", None]))
    return Offer(
        platform=draw(st.sampled_from(["here", "there"])),
        pool=draw(st.sampled_from(["batch", "cloud"])),
        minstart=start,
        maxstart=last,
        maxend=last + shortest + draw(st.integers(0, more // frame.grid)) * frame.grid,
        minduration=shortest,
        maxduration=shortest + more,
        expires=min(frame.now + 300, last),
        compute=draw(given_or(compute, st.just((Allotment("main", least, most),)))),
        cost=draw(given_or(cost, st.none() | prices)),
        flavour=draw(given_or(flavour, st.sampled_from([None, None, "small"]))),
    )


@st.composite
def worlds(
    draw: st.DrawFn,
    *,
    frames: st.SearchStrategy[Frame] | None = None,
    tasks: st.SearchStrategy[Task] | None = None,
    platforms: st.SearchStrategy[tuple[Platform, ...]] | None = None,
) -> World:
    """Worlds of one to three platforms and a task that may well run there."""
    frame = draw(given_or(frames, _frames()))
    count = draw(st.sampled_from([1, 1, 1, 1, 2, 3]))
    several = st.tuples(*(_platforms(frame, name=f"here{number}") for number in range(count)))
    task = draw(given_or(tasks, _tasks(frame)))
    return World(task, draw(given_or(platforms, several)), frame.now)


#: `worlds` has keywords of the same names.
_frames, _tasks, _platforms = frames, tasks, platforms
