"""The search against its definition, which tries everything and shares no code with it; and what follows from both.

The definition is `execbroker.testing.definition`; `tests/testing/test_definition.py` holds it against offers that
were worked out by hand.
"""

from __future__ import annotations

import os
import pickle
import subprocess
import sys
from collections.abc import Sequence
from decimal import Decimal
from fractions import Fraction
from functools import cache
from itertools import product
from math import ceil
from pathlib import Path
from random import Random
from typing import Final, TypeAlias

import pytest
from attrs import evolve
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st

from execbroker.core.amounts import NONE, STORAGE, Amounts
from execbroker.core.answer import ENERGY, Offer
from execbroker.core.boxes import Work
from execbroker.core.choice import in_order
from execbroker.core.lanes import Lane
from execbroker.core.offers import offers_of
from execbroker.core.planner import PlatformPlanner, Query, plan
from execbroker.core.platform import Booking, Closure, Defaults, Flavour, Platform, Pool
from execbroker.core.ranges import Range
from execbroker.core.search import every_box
from execbroker.core.search import frontier as search
from execbroker.core.site import Site
from execbroker.core.spans import Span
from execbroker.core.survey import survey
from execbroker.core.task import Compute, Constraint, Schedule, Storage, Task
from execbroker.testing import strategies
from execbroker.testing.definition import all_offers, is_better, unbeaten
from execbroker.testing.definition_boxes import lowest
from execbroker.testing.definition_measures import Meter, breaches, costs_of, metrics_of
from execbroker.testing.definition_needs import durations, given_by_default, largest, totals
from execbroker.testing.rules import SOUNDNESS, judge
from execbroker.testing.strategies import Frame, worlds
from execbroker.testing.worlds import World

WHOLE_FRONTIER: Final = Query(max_offers=10**6)
EVERY_BOX: Final = Query(all_boxes=True)

#: Of what is many and alike, every run but the longer ones tries one in so many.
STRIDE: Final = 1 if settings().max_examples >= 1_000 else 4

#: The profile says how many cases; these tests multiply that, so that the long one tries 100,000.
CASES: Final = settings().max_examples


def assert_agrees(world: World) -> None:
    """The engine's frontier, its iterator and all its boxes are what the definition says."""
    task, now, client = world.task, world.now, world.client
    every = all_offers(task, world.platforms, now, client)
    best = unbeaten(every, totals(task))
    planner = PlatformPlanner(*world.platforms)
    answer = planner.plan(task, now, evolve(WHOLE_FRONTIER, client=client))

    assert list(answer.offers) == best
    assert answer.complete
    assert answer.is_yes is not bool(answer.reasons)
    iterated = list(planner.offers(task, now, client))
    assert [offer.minstart for offer in iterated] == [offer.minstart for offer in best]
    assert sorted(iterated, key=repr) == sorted(best, key=repr)
    if every:
        assert list(planner.plan(task, now, evolve(EVERY_BOX, client=client)).offers) == every


# Every small world.

STEPS: Final = 4
MINUTE: Final = 60
#: What is free of two resources, `a` and `b`, in one step.
Level: TypeAlias = tuple[int, int]
LEVELS: Final[tuple[Level, ...]] = tuple((a, b) for a in range(3) for b in range(3))
#: What a task may ask of the two: every kind of minimum and maximum that makes a difference.
ASKED: Final = (
    (Range(0), Range(0)),
    (Range(1), Range(0)),
    (Range(1), Range(1)),
    (Range(2), Range(0)),
    (Range(0, 1), Range(0)),
    (Range(0, 1), Range(1)),
    (Range(1, 1), Range(0, 2)),
)
#: The shortest and the longest run, in steps.
DURATIONS: Final = ((1, None), (2, None), (3, None), (1, 1), (1, 2), (2, 3))


@cache
def small_worlds() -> list[tuple[tuple[Level, ...], Platform, Site]]:
    """Every world of four steps and two resources with three levels each: 6,561 of them."""
    platforms = ((levels, small_platform(levels)) for levels in product(LEVELS, repeat=STEPS))
    return [(levels, platform, Site(platform)) for levels, platform in platforms]


def small_platform(levels: Sequence[Level]) -> Platform:
    """A platform with one pool in which so much is free, step by step."""
    bookings = tuple(
        Booking("p", Span(step * MINUTE, (step + 1) * MINUTE), Amounts({"a": 2 - a, "b": 2 - b}))
        for step, (a, b) in enumerate(levels)
        if (a, b) != (2, 2)
    )
    return Platform(
        "here",
        (Pool("p", Amounts({"a": 2, "b": 2})),),
        horizon=STEPS * MINUTE,
        defaults=Defaults(NONE, MINUTE),
        bookings=bookings,
    )


def useful(level: int, asked: Range) -> int | None:
    """What a task can use of what is free: nothing if it is too little, and no more than it can use."""
    if asked.minimum is not None and level < asked.minimum:
        return None
    return level if asked.maximum is None else min(level, asked.maximum)


@pytest.mark.parametrize("asked", ASKED, ids=repr)
def test_every_small_world(asked: tuple[Range, Range]) -> None:
    """Every world of four steps and two resources with three levels, and every task: 275,562 cases.

    For the definition, worlds are alike that differ only in what the task can't use: it takes the lesser of what is
    free and the maximum first, and skips what is below the minimum. So it is asked only once for them.
    """
    a, b = asked
    for shortest, longest in DURATIONS:
        duration = Range(shortest * MINUTE, None if longest is None else longest * MINUTE)
        task = Task(compute=(Compute(None, {"a": a, "b": b}),), schedule=Schedule(duration))
        lane = lane_of(task)
        offer = offers_of(lane, task, 0)
        known: dict[object, tuple[list[Offer], list[Offer]]] = {}
        for levels, platform, site in small_worlds():
            of_use = [(useful(x, a), useful(y, b)) for x, y in levels]
            key = tuple(None if None in level else level for level in of_use)
            if key not in known:
                every = all_offers(task, [platform], 0)
                known[key] = (unbeaten(every, ("a", "b")), every)
            steps = site.rooms[0][0].steps(Span(0, STEPS * MINUTE))
            lanes = [evolve(lane, rooms=(steps,))]
            found = [
                [offer(candidate) for candidate in in_order(list(searched), lanes, None)]
                for searched in (search(lanes, Work(10**6)), every_box(lanes, Work(10**6)))
            ]
            assert found == list(known[key]), (levels, task)


#: What a run may take, of a resource that takes one a step, and of both, of which the other takes three.
BUDGETS: Final = tuple(Decimal(each) / 4 for each in range(25))
#: Steps in which all is free, less and less, more and more, and now less, now more.
LEVELS_OF_STEPS: Final[tuple[tuple[Level, ...], ...]] = (
    ((2, 2),) * STEPS, ((2, 2), (2, 1), (1, 1), (1, 0)), ((1, 0), (0, 2), (2, 1), (2, 2)),
    ((1, 2), (2, 2), (2, 0), (2, 1)),
)  # fmt: skip


@pytest.mark.parametrize("rates", [{"a": 60}, {"a": 60, "b": 180}], ids=["one", "both"])
@pytest.mark.parametrize("asked", ASKED, ids=repr)
def test_every_small_budget(asked: tuple[Range, Range], rates: dict[str, int]) -> None:
    """In worlds of four steps every budget that makes a difference, for every task: 8,400 cases."""
    a, b = asked
    energy = {name: Decimal(rate) for name, rate in rates.items()}
    planners = [
        (here, PlatformPlanner(here))
        for here in (evolve(small_platform(levels), energy=energy) for levels in LEVELS_OF_STEPS[::-STRIDE])
    ]
    for shortest, longest in DURATIONS[::STRIDE]:
        duration = Range(shortest * MINUTE, None if longest is None else longest * MINUTE)
        task = Task(compute=(Compute(None, {"a": a, "b": b}),), schedule=Schedule(duration))
        for most in BUDGETS[::STRIDE]:
            within = evolve(task, costs=(Constraint(ENERGY, None, most),))
            for here, planner in planners:
                every = all_offers(within, [here], 0)
                assert list(planner.plan(within, 0, WHOLE_FRONTIER).offers) == unbeaten(every, ("a", "b"))
                assert not every or list(planner.plan(within, 0, EVERY_BOX).offers) == every


def lane_of(task: Task) -> Lane:
    """How the search sees the small platform for a task, as long as nothing is booked."""
    (ground,) = survey(task, [Site(small_platform([]))], 0).grounds
    (lane,) = ground.lanes
    return lane


# Random worlds.


@settings(max_examples=CASES * 3)
@given(worlds())
def test_worlds(world: World) -> None:
    """All features together."""
    assert_agrees(world)


#: Half-hours before a clock change: enough of them for the night before and the day after.
NIGHTS: Final = st.sampled_from(
    [(zone, change) for zone, all_ in strategies.CLOCK_CHANGES.items() for change in all_]
)


@st.composite
def nights(draw: st.DrawFn) -> World:
    """A pool with opening hours, and a task with a daily window, in a night in which the clocks change."""
    zone, change = draw(NIGHTS)
    before, odd = draw(st.integers(0, 30)), draw(st.sampled_from([0, 0, 0, 899, 1]))
    frame = Frame(change - before * 1800, 1800, odd, draw(st.integers(12, 48)), zone, ("gpus",))
    daily = strategies.dailies(frame, zone=st.just(zone))
    hours = st.sampled_from([(), None]).flatmap(
        lambda none: st.just(()) if none is not None else st.tuples(strategies.hours(frame, zone=zone))
    )
    pool = st.builds(Pool, st.just("p"), st.just(Amounts({"gpus": 4})), hours=hours)
    platform = draw(strategies.platforms(frame, pools=st.tuples(pool), costs=st.none()))
    task = strategies.tasks(frame, data=st.just(()), schedule=strategies.schedules(frame, daily=daily))
    return World(draw(task), (evolve(platform, zone=zone),), frame.now)


@settings(max_examples=CASES * 2)
@given(nights())
def test_nights(world: World) -> None:
    """Daily windows and opening hours around clock changes."""
    assert_agrees(world)


@st.composite
def stagings(draw: st.DrawFn) -> World:
    """Storage, flavours and nodes beside closures, with time needed before and after each run."""
    frame = Frame(
        grid=60,
        steps=draw(st.integers(4, 20)),
        odd=draw(st.sampled_from([0, 0, 7])),
        names=("cores", STORAGE),
    )
    waits = st.sampled_from([None, 60, 90, 120])
    pool = st.builds(
        evolve,
        strategies.pools(frame, hours=st.just(()), capacity=strategies.amounts(frame.names, least=4)),
        prepare=waits,
        release=waits,
        flavours=st.just(())
        | st.lists(strategies.flavours(frame.names), min_size=2, max_size=3).map(renamed),
        max_scale=st.none(),
    )
    closures = st.lists(strategies.closures(frame), max_size=1).map(tuple)
    platform = strategies.platforms(frame, pools=st.tuples(pool), closures=closures, costs=st.none())
    return World(draw(strategies.tasks(frame)), (draw(platform),), frame.now)


def renamed(flavours: Sequence[Flavour]) -> tuple[Flavour, ...]:
    """Flavours whose names differ."""
    return tuple(evolve(flavour, name=f"f{number}") for number, flavour in enumerate(flavours))


@settings(max_examples=CASES * 2)
@given(stagings())
def test_stagings(world: World) -> None:
    """Storage that is held before and after a run, alone and in flavours."""
    assert_agrees(world)


@st.composite
def intervals(draw: st.DrawFn) -> World:
    """A task that may start in one of several spans of time, also with a daily window."""
    frame = draw(strategies.frames())
    schedule = strategies.schedules(frame, starts=strategies.starts(frame))
    return draw(worlds(frames=st.just(frame), tasks=strategies.tasks(frame, schedule=schedule)))


@given(intervals())
def test_intervals(world: World) -> None:
    """Several intervals of starts, which may touch, overlap, be over or lie beyond the horizon."""
    assert_agrees(world)


@st.composite
def federations(draw: st.DrawFn) -> World:
    """Two or three platforms that differ little: their offers are often equal, or better only in cost."""
    frame = Frame(
        grid=60, steps=draw(st.integers(3, 8)), names=draw(st.sampled_from([("gpus",), ("cores", "gpus")]))
    )
    pool = st.builds(
        evolve,
        strategies.pools(frame, capacity=strategies.amounts(frame.names, least=3, most=4), hours=st.just(())),
        flavours=st.just(()),
    )
    several = st.tuples(*(strategies.platforms(frame, name=name, pools=st.tuples(pool)) for name in "ab"))
    return World(draw(strategies.tasks(frame)), draw(several), frame.now)


@given(federations())
def test_federations(world: World) -> None:
    """Several platforms: equal offers, costs, currencies."""
    assert_agrees(world)


def lettings() -> st.SearchStrategy[World]:
    """Tasks and clients of all kinds on platforms that let in some of them."""
    return worlds(frames=strategies.frames(has_policy=st.just(True)))


@given(lettings())
def test_policies(world: World) -> None:
    """What platforms let in, and how much of it."""
    assert_agrees(world)


@st.composite
def bounds(draw: st.DrawFn) -> World:
    """A task that demands something of costs and metrics, mostly what some pool's smaller runs are within."""
    world = draw(worlds(frames=strategies.frames(measured=strategies.measured())))
    platform = draw(st.sampled_from(world.platforms))
    pool = draw(st.sampled_from(platform.pools))
    meters = [*costs_of(platform, pool), *metrics_of(platform, pool)]

    def tightened(constraint: Constraint) -> Constraint:
        meter = next((each for each in meters if each.meaning == constraint.meaning), None)
        if meter is None or constraint.maximum is None:
            return constraint
        low, high = extremes(world.task, platform, pool, meter)
        share = draw(st.sampled_from([Fraction(1, 8), Fraction(1, 3), Fraction(1, 32), 0, 1, 2]))
        figure = Decimal(ceil((low + share * (high - low)) * 1000)) / 1000
        return evolve(
            constraint, minimum=constraint.minimum and min(constraint.minimum, figure), maximum=figure
        )

    costs = tuple(tightened(each) for each in world.task.costs)
    metrics = tuple(tightened(each) for each in world.task.metrics)
    return evolve(world, task=evolve(world.task, costs=costs, metrics=metrics))


def extremes(task: Task, platform: Platform, pool: Pool, meter: Meter) -> tuple[Fraction, Fraction]:
    """What the smallest and shortest run comes to, and the largest and longest that is thinkable."""
    shortest, longest = durations(task, platform, pool)
    least = {name: asked.minimum or 0 for name, asked in totals(task).items()}
    given = given_by_default(task, platform, pool)
    most = {
        name: pool.capacity.get(name, 0) if limit is None else limit
        for name, limit in largest(task, platform, pool).items()
    }
    return meter.of({**least, **given}, shortest), meter.of({**most, **given}, longest or platform.horizon)


@given(bounds())
def test_measures(world: World) -> None:
    """Costs and metrics, within limits and beyond, in one rung and in several."""
    assert_agrees(world)


# What random worlds seldom hit.


def flavour(name: str, **amounts: int) -> Flavour:
    """A flavour of some amounts."""
    return Flavour(name, Amounts(amounts))


def pool(**amounts: int) -> Pool:
    """A pool of some amounts, with a minute before and after each run."""
    return Pool("p", Amounts(amounts), prepare=MINUTE, release=MINUTE)


def disk_or_bare(bare: int) -> Pool:
    """A pool with two flavours, of which one carries storage and the other so many cores."""
    flavours = (flavour("disk", cores=1000, storage=10), flavour("bare", cores=bare))
    return evolve(pool(cores=8000, storage=10), flavours=flavours)


CORES: Final = Compute(None, {"cores": Range(1000)})
SELDOM: Final[dict[str, tuple[Task, Pool]]] = {
    "a resource that no pool has": (Task(compute=(Compute(None, {"cores": Range(0)}),)), pool(gpus=1)),
    "two minima that are too much together": (Task(compute=(CORES, CORES)), pool(cores=1500)),
    "two storages that are too much together": (
        Task(storage=(Storage("a", Range(9)),) * 2),
        pool(storage=10),
    ),
    "only some flavours carry storage": (Task(compute=(CORES,)), disk_or_bare(2000)),
    "storage is asked for and not carried": (
        Task(compute=(CORES,), storage=(Storage("a"),)),
        disk_or_bare(2000),
    ),
    "a flavour lacks what is of no use": (
        Task(compute=(CORES,), storage=(Storage("a", Range(0, 0)),)),
        disk_or_bare(1000),
    ),
}


@pytest.mark.parametrize("seldom", SELDOM)
def test_seldom(seldom: str) -> None:
    """Pairs of a task and a pool that the search once got wrong."""
    task, given_pool = SELDOM[seldom]
    closed = (Closure(Span(5 * MINUTE, 6 * MINUTE)),)
    policy = Defaults(NONE, MINUTE)
    here = Platform("here", (given_pool,), horizon=10 * MINUTE, defaults=policy, closures=closed)

    assert_agrees(World(task, (here,), now=0))


# Laws.


@given(worlds() | lettings() | bounds())
def test_sound(world: World) -> None:
    """No offer lies outside what was asked, what is free, let in and paid for; none beats another."""
    query = evolve(WHOLE_FRONTIER, client=world.client)
    answer = plan(world.task, world.platforms, world.now, query)

    whole = [each for each in SOUNDNESS if each.name != "few-offers"]
    assert judge(world, answer, whole) == []


@settings(max_examples=CASES // 4)
@given(bounds())
def test_what_is_demanded_is_no_more_in_the_way_than_it_says(world: World) -> None:
    """Where the smallest and shortest run keeps what is demanded, there are offers as there are without demands."""
    free = evolve(world.task, costs=(), metrics=())
    for platform in world.platforms:
        for pool in platform.pools:
            bookings = tuple(each for each in platform.bookings if each.pool == pool.name)
            here = [evolve(platform, pools=(pool,), bookings=bookings)]
            is_kept = next(breaches(world.task, platform, pool), None) is None
            assert is_yes(world.task, here, world.now) is (is_kept and is_yes(free, here, world.now))


@given(worlds(), st.data())
def test_more_room_and_time_never_turn_yes_into_no(world: World, data: st.DataObject) -> None:
    """More capacity, fewer bookings and closures, a farther horizon, a wider range: YES stays YES."""
    if not is_yes(world.task, world.platforms, world.now):
        return
    more = tuple(enlarged(platform, data) for platform in world.platforms)
    schedule = world.task.schedule
    lifted = data.draw(st.sampled_from(["earliest", "latest", "end", "daily"]))
    wider = evolve(world.task, schedule=without(schedule, lifted))

    assert is_yes(world.task, more, world.now)
    assert is_yes(wider, world.platforms, world.now)
    assert is_yes(wider, more, world.now)


def without(schedule: Schedule, limit: str) -> Schedule:
    """The schedule without one of its limits."""
    return Schedule(
        schedule.duration,
        None if limit == "earliest" else schedule.earliest,
        None if limit == "latest" else schedule.latest,
        None if limit == "end" else schedule.end,
        None if limit == "daily" else schedule.daily,
    )


def is_yes(task: Task, platforms: Sequence[Platform], now: int) -> bool:
    """Whether there is any offer."""
    return next(PlatformPlanner(*platforms).offers(task, now), None) is not None


def enlarged(platform: Platform, data: st.DataObject) -> Platform:
    """The platform with more of something."""
    what = data.draw(st.sampled_from(["capacity", "nodes", "bookings", "closures", "hours", "horizon"]))
    if what in ("bookings", "closures"):
        return evolve(platform, **{what: getattr(platform, what)[1:]})
    if what == "horizon":
        return evolve(
            platform, horizon=platform.horizon + data.draw(st.integers(1, 2 * platform.granularity))
        )
    return evolve(platform, pools=tuple(enlarged_pool(pool, what, data) for pool in platform.pools))


def enlarged_pool(pool: Pool, what: str, data: st.DataObject) -> Pool:
    """The pool with more of something."""
    if what == "hours":
        return evolve(pool, hours=())
    if what == "nodes":
        return evolve(pool, nodes=pool.nodes and pool.nodes + 1)
    # Pools that have less than the default give what they have; these all have more, so that it stays the same.
    more = {name: value + data.draw(st.integers(0, 1000)) for name, value in pool.capacity.items()}
    return evolve(pool, capacity=Amounts(more))


@given(worlds(), st.randoms(use_true_random=False))
def test_same_answer(world: World, random: Random) -> None:
    """Who asks again gets the same answer, also if bookings and closures are listed in another order."""

    def shuffled(platform: Platform) -> Platform:
        bookings, closures = list(platform.bookings), list(platform.closures)
        random.shuffle(bookings)
        random.shuffle(closures)
        return evolve(platform, bookings=tuple(bookings), closures=tuple(closures))

    planner = PlatformPlanner(*world.platforms)
    answer = planner.plan(world.task, world.now)

    assert planner.plan(world.task, world.now) == answer
    assert plan(world.task, [shuffled(platform) for platform in world.platforms], world.now) == answer


def test_same_answer_in_another_process(tmp_path: Path) -> None:
    """The answer doesn't depend on how a process happens to order sets."""
    drawn: list[World] = []

    @settings(
        max_examples=30,
        database=None,
        derandomize=True,
        phases=[Phase.generate],
        suppress_health_check=list(HealthCheck),
    )
    @given(worlds())
    def draw(world: World) -> None:
        drawn.append(world)

    draw()
    (tmp_path / "worlds").write_bytes(pickle.dumps(drawn))
    code = f"""
import pickle
from execbroker.core.planner import plan
with open({str(tmp_path / "worlds")!r}, "rb") as file:
    for world in pickle.load(file):
        print(plan(world.task, world.platforms, world.now))
"""

    def answers(seed: str) -> bytes:
        environment = {**os.environ, "PYTHONHASHSEED": seed, "PYTHONPATH": os.pathsep.join(sys.path)}
        return subprocess.run(
            [sys.executable, "-c", code], env=environment, capture_output=True, check=True
        ).stdout

    assert answers("1") == answers("2")


@given(st.tuples(*[strategies.offers()] * 3))
def test_dominance_is_a_strict_order(three: tuple[Offer, Offer, Offer]) -> None:
    """What is better than something better is better; nothing is better than itself."""
    one, two, three_ = three
    asked = ["cores"]

    assert not is_better(one, one, asked)
    assert not (is_better(one, two, asked) and is_better(two, one, asked))
    if is_better(one, two, asked) and is_better(two, three_, asked):
        assert is_better(one, three_, asked)


@given(strategies.platforms(), st.data())
def test_booking_in_any_order(platform: Platform, data: st.DataObject) -> None:
    """Booking and releasing in any order leaves the same availability as building it anew."""
    order = data.draw(st.permutations(platform.bookings))
    others = [data.draw(strategies.bookings(data.draw(st.sampled_from(platform.pools)))) for _ in range(3)]
    site = Site(evolve(platform, bookings=()))
    for booking in [*others, *order]:
        site.book(booking)
    for booking in data.draw(st.permutations(others)):
        site.release(booking)

    assert site.rooms == Site(platform).rooms


@given(strategies.platforms(), strategies.spans(-20_000, 50_000))
def test_free_room(platform: Platform, span: Span) -> None:
    """Free room is, at each instant, what the freest node has of each resource."""
    around = Span(span.start + strategies.PLAIN.now, span.end + strategies.PLAIN.now)
    planner = PlatformPlanner(platform)
    for pool in platform.pools:
        pieces = planner.free(pool.name, around)
        assert [piece.start for piece, _ in pieces] + [around.end] == [around.start] + [
            piece.end for piece, _ in pieces
        ]
        for piece, room in pieces:
            for instant in {piece.start, piece.end - 1} if room is not None else ():
                free = {
                    name: max(
                        lowest(platform, pool, node, name, Span(instant, instant + 1))
                        for node in range(pool.nodes or 1)
                    )
                    for name in pool.capacity
                }
                assert dict(room or {}) == free
