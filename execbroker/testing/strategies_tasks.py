"""Hypothesis strategies for tasks and their parts; `strategies` has them all."""

from __future__ import annotations

from collections.abc import Sequence

from hypothesis import strategies as st

from execbroker.core.amounts import CORES, MEMORY, STORAGE
from execbroker.core.answer import METRIC
from execbroker.core.ranges import Range
from execbroker.core.spans import Span
from execbroker.core.task import DAY, Compute, Constraint, Daily, Data, Executable, Schedule, Storage, Task
from execbroker.testing.strategies_frames import (
    CLOCK_CHANGES,
    PLACES,
    PLAIN,
    SIZES,
    UNITS,
    Frame,
    few_of,
    given_or,
    instants,
    lengths,
    openings,
    spans,
    weekdays,
)
from execbroker.testing.strategies_policies import constraints, containers

__all__ = ["computes", "dailies", "data", "executables", "schedules", "starts", "storages", "tasks"]


def executables() -> st.SearchStrategy[Executable]:
    """Executables of a few types."""
    return st.sampled_from(["docker-container", "jupyter-notebook", "python"]).map(Executable)


@st.composite
def _asked(draw: st.DrawFn, name: str, least: int = 3) -> Range:
    """What a task asks of a resource: a minimum, and mostly no maximum."""
    minimum = draw(st.integers(0, least))
    more = draw(st.sampled_from([None, None, None, 0, 1, 3]))
    unit = UNITS.get(name, 1)
    return Range(minimum * unit, None if more is None else (minimum + more) * unit)


@st.composite
def computes(draw: st.DrawFn, names: Sequence[str] = (CORES, MEMORY), *, name: str | None = None) -> Compute:
    """A compute resource that mentions some of `names`."""
    known = [each for each in names if each != STORAGE]
    mentioned = draw(st.lists(st.sampled_from(known), unique=True, max_size=4)) if known else []
    return Compute(name, {each: draw(_asked(each)) for each in mentioned})


@st.composite
def storages(
    draw: st.DrawFn, *, name: str | None = None, size: st.SearchStrategy[Range] | None = None
) -> Storage:
    """A storage resource."""
    return Storage(name, draw(given_or(size, _asked(STORAGE, 2))))


@st.composite
def data(draw: st.DrawFn, frame: Frame = PLAIN) -> Data:
    """Data in one of a few places, whose staging takes a few steps of the grid at the usual rate of `transfers`."""
    location = draw(st.sampled_from(PLACES)) + draw(st.sampled_from(["", "/", "/one"]))
    size = draw(st.integers(0, 2 * frame.grid) | st.sampled_from([frame.grid, 2 * frame.grid]))
    return Data(location, size=draw(st.sampled_from([size] * 15 + [None])))


@st.composite
def dailies(
    draw: st.DrawFn,
    frame: Frame = PLAIN,
    *,
    zone: st.SearchStrategy[str] | None = None,
    days: st.SearchStrategy[frozenset[int]] | None = None,
) -> Daily:
    """Daily windows of all kinds: with a closing, with a latest start, with both, with neither, over midnight."""
    where = draw(given_or(zone, st.sampled_from([frame.zone] * 4 + sorted(CLOCK_CHANGES))))
    opens, closes = draw(openings(frame, where))
    latest = draw(st.sampled_from([(opens + 2 * frame.grid) % DAY, closes, opens]))
    kind = draw(st.sampled_from(["closes", "latest", "both", "neither"]))
    return Daily(
        opens,
        closes if kind in ("closes", "both") else None,
        latest if kind in ("latest", "both") else None,
        draw(given_or(days, weekdays())),
        where,
    )


@st.composite
def schedules(
    draw: st.DrawFn,
    frame: Frame = PLAIN,
    *,
    duration: st.SearchStrategy[Range] | None = None,
    daily: st.SearchStrategy[Daily | None] | None = None,
    starts: st.SearchStrategy[tuple[Span, ...]] | None = None,
) -> Schedule:
    """Schedules with and without a date range, a daily window and limits on the duration.

    The spans of starts, which the seed language does not have, are there only if they are given.
    """
    third = max(1, frame.steps // 3)
    rare = draw(few_of("earliest", "latest", "end", "daily"))
    return Schedule(
        draw(given_or(duration, _durations(frame))),
        draw(instants(frame, -2, third)) if "earliest" in rare else None,
        draw(instants(frame, third)) if "latest" in rare else None,
        draw(instants(frame, third + 1, frame.steps + 2)) if "end" in rare else None,
        draw(given_or(daily, dailies(frame) if "daily" in rare else st.none())),
        frame.zone,
        draw(given_or(starts, st.just(()))),
    )


def starts(frame: Frame = PLAIN) -> st.SearchStrategy[tuple[Span, ...]]:
    """Spans of starts: some touch or overlap, some are over."""
    near = spans(frame.now - 2 * frame.grid, frame.now + frame.steps * frame.grid)
    return st.lists(near, min_size=1, max_size=4).map(tuple)


@st.composite
def _durations(draw: st.DrawFn, frame: Frame) -> Range:
    """Few longest runs are less than two steps: most of those would have no room on the grid."""
    kind = draw(st.sampled_from(["least", "none", "both", "most"]))
    shortest = draw(lengths(frame, frame.steps // 4)) if kind in ("least", "both") else None
    longest = (shortest or frame.grid) + draw(lengths(frame, frame.steps // 2))
    return Range(shortest, longest if kind in ("both", "most") else None)


@st.composite
def tasks(
    draw: st.DrawFn,
    frame: Frame = PLAIN,
    *,
    compute: st.SearchStrategy[tuple[Compute, ...]] | None = None,
    storage: st.SearchStrategy[tuple[Storage, ...]] | None = None,
    schedule: st.SearchStrategy[Schedule] | None = None,
    data: st.SearchStrategy[tuple[Data, ...]] | None = None,
    executable: st.SearchStrategy[Executable | None] | None = None,
) -> Task:
    """Tasks for some of the frame's resources, with one compute resource, several or none."""
    rare = draw(few_of("executable", "data", most=1))
    number = draw(st.sampled_from([1, 1, 1, 2, 3, 0]))
    several = st.tuples(*(computes(frame.names, name=f"c{each}") for each in range(number)))
    stores = draw(st.integers(0, 2)) if STORAGE in frame.names else 0
    ways = containers() if frame.has_policy else executables()
    has_executable = "executable" in rare or (frame.has_policy and "data" not in rare)
    brought = st.lists(_data(frame), min_size=1, max_size=3).map(tuple) if "data" in rare else st.just(())
    mentioning = draw(given_or(compute, several))
    demanded = draw(_demanded(frame))
    return Task(
        executable=draw(given_or(executable, ways if has_executable else st.none())),
        compute=mentioning,
        storage=draw(given_or(storage, st.tuples(*(storages(name=f"s{each}") for each in range(stores))))),
        data=draw(given_or(data, brought)),
        schedule=draw(given_or(schedule, schedules(frame))),
        sizes=SIZES.intersection(name for each in mentioning for name in each.ranges),
        costs=tuple(each for each in demanded if not each.meaning.startswith(METRIC)),
        metrics=tuple(each for each in demanded if each.meaning.startswith(METRIC)),
    )


@st.composite
def _demanded(draw: st.DrawFn, frame: Frame) -> list[Constraint]:
    """One constraint, two or none, mostly on something that is measured."""
    meanings = [*frame.measured * 15, METRIC + "unheard-of"] if frame.measured else []
    count = draw(st.sampled_from([1, 1, 1, 2, 0])) if meanings else 0
    return [draw(constraints(frame, meaning=draw(st.sampled_from(meanings)))) for _ in range(count)]


#: `tasks` has a keyword of the same name.
_data = data
