"""Hypothesis strategies for platforms and their parts; `strategies` has them all."""

from __future__ import annotations

from collections.abc import Sequence
from fractions import Fraction

from attrs import evolve
from hypothesis import strategies as st

from execbroker.core.amounts import CORES, MEMORY, NONE, Amounts
from execbroker.core.answer import CARBON, ENERGY, METRIC, MONETARY
from execbroker.core.platform import (
    Booking,
    Closure,
    Costs,
    Defaults,
    Flavour,
    Hours,
    Measure,
    Platform,
    Pool,
    Transfer,
)
from execbroker.core.policy import Policy
from execbroker.core.spans import Span
from execbroker.core.task import DAY
from execbroker.testing.strategies_frames import (
    CLOCK_CHANGES,
    PLACES,
    PLAIN,
    SIZES,
    UNITS,
    Frame,
    amounts,
    few_of,
    given_or,
    instants,
    lengths,
    openings,
    weekdays,
)
from execbroker.testing.strategies_policies import measures, policies, rates
from execbroker.testing.worlds import Repeated

__all__ = [
    "bookings",
    "closures",
    "costs",
    "defaults",
    "flavours",
    "hours",
    "platforms",
    "pools",
    "routes",
    "transfers",
]


@st.composite
def hours(
    draw: st.DrawFn,
    frame: Frame = PLAIN,
    *,
    zone: str | None = None,
    days: st.SearchStrategy[frozenset[int]] | None = None,
) -> Hours:
    """Opening hours of a pool, whose clock is in `zone`, or that of the frame."""
    opens, closes = draw(openings(frame, frame.zone if zone is None else zone))
    return Hours(opens, closes, draw(given_or(days, weekdays())))


@st.composite
def flavours(
    draw: st.DrawFn,
    names: Sequence[str] = (CORES, MEMORY),
    *,
    name: str = "small",
    carried: st.SearchStrategy[Amounts] | None = None,
) -> Flavour:
    """Flavours that carry some of all of `names` or of all but one."""
    less = draw(st.sampled_from([None, None, None, *names]))
    held = [each for each in names if each != less] or names
    return Flavour(name, draw(given_or(carried, amounts(held, least=1, most=7))))


@st.composite
def pools(
    draw: st.DrawFn,
    frame: Frame = PLAIN,
    *,
    name: str = "batch",
    zone: str | None = None,
    capacity: st.SearchStrategy[Amounts] | None = None,
    nodes: st.SearchStrategy[int | None] | None = None,
    flavours: st.SearchStrategy[tuple[Flavour, ...]] | None = None,
    hours: st.SearchStrategy[tuple[Hours, ...]] | None = None,
) -> Pool:
    """Pools with the frame's resources, of which some have nodes, flavours, hours and limits of their own."""
    rare = draw(
        few_of(
            "less", "more", "nodes", "flavours", "hours", "max_duration", "max_scale", "prepare", "release"
        )
    )
    names = list(frame.names)
    if "less" in rare and len(names) > 1:
        names.remove(draw(st.sampled_from(names)))
    if "more" in rare:
        names.append(draw(st.sampled_from(sorted(UNITS))))
    sizes = st.integers(1, 3).flatmap(
        lambda count: st.tuples(*(_flavours(sorted({*names}), name=f"f{number}") for number in range(count)))
    )
    fixed = draw(given_or(flavours, sizes if "flavours" in rare else st.just(())))
    opening = st.lists(_hours(frame, zone=zone), min_size=1, max_size=2).map(tuple)
    scales = st.sampled_from([Fraction(1), Fraction(3, 2), Fraction(2), Fraction(10, 3)])
    return Pool(
        name,
        draw(given_or(capacity, amounts(sorted({*names}), least=4, most=8))),
        draw(given_or(nodes, st.integers(1, 3) if "nodes" in rare else st.none())),
        fixed,
        draw(given_or(hours, opening if "hours" in rare else st.just(()))),
        max_duration=draw(lengths(frame, frame.steps)) if "max_duration" in rare else None,
        max_scale=draw(scales) if "max_scale" in rare and not fixed else None,
        prepare=draw(_waits(frame)) if "prepare" in rare else None,
        release=draw(_waits(frame)) if "release" in rare else None,
        sizes=SIZES.intersection(names),
        metrics=draw(_own_metrics(frame)),
    )


@st.composite
def _own_metrics(draw: st.DrawFn, frame: Frame) -> tuple[Measure, ...]:
    """The few metrics that a pool says itself."""
    meanings = [each for each in frame.measured if each.startswith(METRIC)]
    return tuple(
        draw(measures(each, frame.names)) for each in meanings if draw(st.sampled_from([False, False, True]))
    )


def _waits(frame: Frame) -> st.SearchStrategy[int]:
    """Seconds before a start or after an end: none, a few steps, or a part of one."""
    return st.sampled_from([0, frame.grid, 2 * frame.grid]) | st.integers(0, frame.grid)


#: `pools` has keywords of the same names.
_flavours, _hours = flavours, hours


@st.composite
def bookings(
    draw: st.DrawFn,
    pool: Pool | None = None,
    frame: Frame = PLAIN,
    *,
    taken: st.SearchStrategy[Amounts] | None = None,
) -> Booking:
    """Bookings of a pool, before, in and beyond the frame; many of them together may be more than the pool has."""
    pool = draw(pools(frame)) if pool is None else pool
    start = draw(instants(frame, -2, frame.steps + 1))
    end = start + draw(lengths(frame, frame.steps // 2))
    names = draw(few_of(*sorted(pool.capacity), most=len(pool.capacity))) or frozenset(pool.capacity)
    amount = draw(given_or(taken, amounts(sorted(names), least=1, most=5)))
    node = None if pool.nodes is None else draw(st.integers(0, pool.nodes - 1))
    return Booking(pool.name, Span(start, end), amount, node)


@st.composite
def closures(draw: st.DrawFn, frame: Frame = PLAIN, *, pools: Sequence[str | None] = (None,)) -> Closure:
    """Closures of a few steps, of all pools or one, some of which come again."""
    start = draw(instants(frame, -2, frame.steps + 1))
    once = Span(start, start + draw(lengths(frame, frame.steps // 6)))
    every = draw(st.sampled_from([None, None, DAY, frame.grid * frame.steps // 3]))
    again = every and Repeated(once, once.duration + every, 3)
    return Closure(again or once, draw(st.sampled_from(pools)))


def routes(rate: int = 1) -> st.SearchStrategy[Transfer]:
    """One way to bring data from somewhere."""
    return transfers(rate).flatmap(st.sampled_from)


def transfers(rate: int = 1) -> st.SearchStrategy[tuple[Transfer, ...]]:
    """Ways to bring data from elsewhere; `rate` in bytes a second is the usual one."""
    anywhere = Transfer("*", rate)
    near = (Transfer("https://far.example.org/", 3 * rate), Transfer("https://far.example.org/a", 2 * rate))
    return st.sampled_from([(anywhere,), (anywhere, *near), (*near, anywhere), near])


@st.composite
def defaults(
    draw: st.DrawFn, frame: Frame = PLAIN, *, given: st.SearchStrategy[Amounts] | None = None
) -> Defaults:
    """What a task gets that doesn't ask, of cores, or of cores and memory, or of neither."""
    gives = st.sampled_from([NONE, Amounts({CORES: 500}), Amounts({CORES: 1500, MEMORY: 2**30})])
    return Defaults(draw(given_or(given, gives)), draw(lengths(frame, frame.steps // 3)))


@st.composite
def costs(draw: st.DrawFn, names: Sequence[str] = (CORES, MEMORY)) -> Costs:
    """Rates of some resources in one of two currencies or none."""
    return Costs(draw(rates(names)), draw(st.sampled_from(["EUR", "EUR", "GBP", None])))


@st.composite
def platforms(
    draw: st.DrawFn,
    frame: Frame = PLAIN,
    *,
    name: str = "here",
    pools: st.SearchStrategy[tuple[Pool, ...]] | None = None,
    bookings: st.SearchStrategy[tuple[Booking, ...]] | None = None,
    closures: st.SearchStrategy[tuple[Closure, ...]] | None = None,
    costs: st.SearchStrategy[Costs | None] | None = None,
) -> Platform:
    """Platforms of one to three pools, some of them busy, with all kinds of policy."""
    rare = draw(few_of("zone", "grid", "closures", "costs", "horizon", most=2))
    zone = draw(st.sampled_from(sorted(CLOCK_CHANGES))) if "zone" in rare else frame.zone
    count = draw(st.sampled_from([1, 1, 1, 2, 3]))
    named = st.tuples(*(_pools(frame, name=f"p{number}", zone=zone) for number in range(count)))
    given = draw(given_or(pools, named))
    booked = st.sampled_from(given).flatmap(lambda pool: _bookings(pool, frame))
    busy = st.lists(booked, min_size=draw(st.sampled_from([0, 4])), max_size=9).map(tuple)
    where = [None, *(pool.name for pool in given)]
    closed = st.lists(_closures(frame, pools=where), min_size=1, max_size=2).map(tuple)
    grids = [each for each in (2 * frame.grid, max(60, frame.grid // 2)) if DAY % each == 0]
    is_priced = "costs" in rare or MONETARY in frame.measured
    platform = Platform(
        name,
        given,
        zone=zone,
        granularity=draw(st.sampled_from(grids)) if "grid" in rare else frame.grid,
        horizon=frame.steps * frame.grid + (draw(st.integers(0, frame.grid)) if "horizon" in rare else 0),
        bookings=draw(given_or(bookings, busy)),
        closures=draw(given_or(closures, closed if "closures" in rare else st.just(()))),
        costs=draw(given_or(costs, _costs(frame.names) if is_priced else st.none())),
    )
    return draw(_policies(draw(_measuring(platform, frame)), frame))


#: `platforms` has keywords of the same names.
_pools, _bookings, _closures, _costs = pools, bookings, closures, costs


@st.composite
def _measuring(draw: st.DrawFn, platform: Platform, frame: Frame) -> Platform:
    """A platform that says most of what is measured, and may have a policy."""
    said = [each for each in frame.measured if draw(st.sampled_from([True] * 15 + [False]))]
    metrics = [each for each in said if each.startswith(METRIC)]
    return evolve(
        platform,
        energy=draw(rates(frame.names)) if ENERGY in said else {},
        carbon=draw(rates(frame.names)) if CARBON in said else {},
        metrics=tuple(draw(measures(each, frame.names)) for each in metrics),
        policy=draw(policies(frame)) if frame.has_policy else Policy(),
    )


@st.composite
def _policies(draw: st.DrawFn, platform: Platform, frame: Frame) -> Platform:
    """A platform with some of what only few platforms have."""
    rare = draw(
        few_of("max_duration", "amounts", "duration", "executables", "prepare", "release", "runner", most=2)
    )
    gives = st.sampled_from([NONE, Amounts({CORES: 500}), Amounts({CORES: 1500, MEMORY: 2**30})])
    default = Defaults(
        draw(gives) if "amounts" in rare else Defaults().amounts,
        draw(lengths(frame, frame.steps // 3)) if "duration" in rare else frame.grid,
    )
    return evolve(
        platform,
        offer_lifetime=draw(st.sampled_from([300, 2 * frame.grid, DAY])),
        max_duration=draw(lengths(frame, frame.steps)) if "max_duration" in rare else None,
        defaults=default,
        executables=frozenset({"docker-container", "python"}) if "executables" in rare else None,
        prepare=draw(_waits(frame)) if "prepare" in rare else 0,
        release=draw(_waits(frame)) if "release" in rare else 0,
        held=draw(st.sampled_from([(), ("https://near.example.org/",), PLACES[:1], ("*",)])),
        transfers=draw(transfers(draw(st.sampled_from([1, 2, 7])))),
        runner="https://run.example.org" if "runner" in rare else None,
    )
