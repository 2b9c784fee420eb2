"""Hypothesis strategies for tasks, platforms, answers, histories and whole worlds.

Everything is small, so that the definition can try everything, and yet every feature turns up: a grid of a minute
to six hours and some fifty steps of it, few amounts, nights in which the clocks change. Each strategy draws valid
values, and what it draws can be replaced by keyword: `platforms(pools=st.just((mine,)))`. A platform and a task fit
together if they are drawn for one `Frame`, which `worlds` does.

This module needs Hypothesis, which the package doesn't install by itself.
"""

from __future__ import annotations

from hypothesis import strategies as st

from execbroker.core.platform import Platform
from execbroker.core.task import Task
from execbroker.testing.strategies_answers import (
    allotments,
    alternatives,
    answers,
    changes,
    offers,
    prices,
    reasons,
    unanswered,
)
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
    span_sets,
    spans,
)
from execbroker.testing.strategies_histories import (
    acceptances,
    calls,
    cancellations,
    histories,
    jobs,
    looks,
    passages,
    plans,
    refusals,
    rejections,
    runs,
    sessions,
)
from execbroker.testing.strategies_platforms import (
    bookings,
    closures,
    costs,
    defaults,
    flavours,
    hours,
    platforms,
    pools,
    routes,
    transfers,
)
from execbroker.testing.strategies_policies import (
    CLIENTS,
    MEASURED,
    choices,
    constraints,
    containers,
    measured,
    measures,
    policies,
    rates,
)
from execbroker.testing.strategies_tasks import (
    computes,
    dailies,
    data,
    executables,
    schedules,
    starts,
    storages,
    tasks,
)
from execbroker.testing.worlds import World

__all__ = [
    "CLIENTS",
    "CLOCK_CHANGES",
    "MEASURED",
    "PLAIN",
    "UNITS",
    "Frame",
    "acceptances",
    "allotments",
    "alternatives",
    "amounts",
    "answers",
    "bookings",
    "calls",
    "cancellations",
    "changes",
    "choices",
    "closures",
    "computes",
    "constraints",
    "containers",
    "costs",
    "dailies",
    "data",
    "defaults",
    "executables",
    "flavours",
    "frames",
    "histories",
    "hours",
    "instants",
    "jobs",
    "looks",
    "measured",
    "measures",
    "offers",
    "passages",
    "plans",
    "platforms",
    "policies",
    "pools",
    "prices",
    "ranges",
    "rates",
    "reasons",
    "refusals",
    "rejections",
    "routes",
    "runs",
    "schedules",
    "sessions",
    "span_sets",
    "spans",
    "starts",
    "storages",
    "tasks",
    "transfers",
    "unanswered",
    "worlds",
]


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
    count = draw(st.sampled_from([1, 1, 1, 2, 3]))
    several = st.tuples(*(_platforms(frame, name=f"here{number}") for number in range(count)))
    task = draw(given_or(tasks, _tasks(frame)))
    given = draw(given_or(platforms, several))
    return World(task, given, frame.now, draw(st.sampled_from(CLIENTS)) if frame.has_policy else None)


#: `worlds` has keywords of the same names.
_frames, _tasks, _platforms = frames, tasks, platforms
