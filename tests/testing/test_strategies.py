"""The strategies: what they draw is valid, reaches every feature, and mostly has an answer."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator

import pytest
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st

from execbroker.core.amounts import CORES, STORAGE, Amounts
from execbroker.core.answer import Answer
from execbroker.core.planner import Query, plan
from execbroker.core.platform import Platform, Pool
from execbroker.core.ranges import EMPTY, FULL, Range
from execbroker.core.spans import Span
from execbroker.core.task import DAY, Compute, Daily, Task
from execbroker.testing import strategies
from execbroker.testing.definition import frontier
from execbroker.testing.definition_measures import breaches, rungs
from execbroker.testing.definition_needs import permitted_flavours
from execbroker.testing.definition_policy import is_let_in, refusals
from execbroker.testing.rules import SOUNDNESS, chosen, judge
from execbroker.testing.strategies import CLOCK_CHANGES, Frame
from execbroker.testing.worlds import World

#: What some of three hundred worlds must have.
FEATURES = (
    "one resource", "four resources", "maximum", "several compute resources", "no compute resource",
    "several storage resources", "flavours", "nodes", "hours", "weekdays", "end of day",
    "start of day", "both of day", "neither of day", "over midnight", "clock change", "closures",
    "closures that come again", "staging", "max_scale", "duration limit", "defaults", "odd seconds",
    "odd horizon", "overbooked", "costs", "two currencies", "several platforms", "two grids",
    "six hours", "a minute", "release", "executables",
)  # fmt: skip


def features(world: World) -> Iterator[str]:
    """What there is in a world."""
    yield from features_of_task(world.task)
    for platform in world.platforms:
        yield from features_of_platform(platform)
        changes = (change for zone in CLOCK_CHANGES.values() for change in zone)
        if any(world.now <= change < world.now + platform.horizon for change in changes):
            yield "clock change"
    if len(world.platforms) > 1:
        yield "several platforms"
    currencies = {platform.costs.currency for platform in world.platforms if platform.costs}
    yield from ["two currencies"] * (len(currencies) > 1)
    yield from ["two grids"] * (len({platform.granularity for platform in world.platforms}) > 1)


def features_of_task(task: Task) -> Iterator[str]:
    """What there is in a task."""
    asked = {name for compute in task.compute for name in compute.ranges} | {STORAGE for _ in task.storage}
    yield {1: "one resource", 4: "four resources"}.get(len(asked), "resources")
    if any(each.maximum is not None for compute in task.compute for each in compute.ranges.values()):
        yield "maximum"
    yield {0: "no compute resource", 1: "compute"}.get(len(task.compute), "several compute resources")
    yield from ["several storage resources"] * (len(task.storage) > 1)
    yield from ["staging"] * bool(task.data)
    daily = task.schedule.daily
    if daily is not None:
        yield from features_of_day(daily)


def features_of_day(daily: Daily) -> Iterator[str]:
    """What kind a daily window is of."""
    closes, latest = daily.closes is not None, daily.latest is not None
    yield {
        (True, True): "both of day",
        (True, False): "end of day",
        (False, True): "start of day",
        (False, False): "neither of day",
    }[closes, latest]
    if daily.closes is not None and daily.closes < daily.opens:
        yield "over midnight"
    if len(daily.days) < 7:
        yield "weekdays"


def features_of_platform(platform: Platform) -> Iterator[str]:
    """What there is in a platform."""
    for name in ("flavours", "nodes", "hours", "max_scale"):
        yield from [name] * any(getattr(pool, name) for pool in platform.pools)
    yield from ["duration limit"] * any(pool.max_duration for pool in platform.pools)
    yield from ["closures"] * bool(platform.closures)
    if any(not isinstance(closure.when, Span) for closure in platform.closures):
        yield "closures that come again"
    yield from ["defaults"] * (CORES in platform.defaults.amounts)
    yield from ["costs"] * (platform.costs is not None)
    yield from ["release"] * bool(platform.release)
    yield from ["executables"] * (platform.executables is not None)
    yield from ["odd horizon"] * bool(platform.horizon % platform.granularity)
    yield from ["odd seconds"] * any(booking.span.start % 60 for booking in platform.bookings)
    yield {60: "a minute", 21_600: "six hours"}.get(platform.granularity, "grid")
    for pool in platform.pools:
        for booking in platform.bookings:
            if booking.pool == pool.name and not booking.amounts.fits_in(pool.capacity):
                yield "overbooked"


def test_worlds_reach_everything_and_mostly_have_an_answer() -> None:
    """In 300 worlds every feature turns up, most have an answer, and many of those a choice of offers.

    Some 60 % have one. Which worlds are drawn depends on the versions of Python and Hypothesis, so half is asked.
    """
    seen: Counter[str] = Counter()

    @settings(
        max_examples=300,
        database=None,
        deadline=None,
        derandomize=True,
        phases=[Phase.generate],
        suppress_health_check=list(HealthCheck),
    )
    @given(strategies.worlds())
    def draw(world: World) -> None:
        offers = plan(world.task, world.platforms, world.now).offers
        seen.update({"worlds", *["YES"] * bool(offers), *["choice"] * (len(offers) > 1), *features(world)})

    draw()

    assert [feature for feature in FEATURES if feature not in seen] == []
    assert seen["YES"] / seen["worlds"] > 0.5
    assert seen["choice"] / seen["worlds"] > 0.12


#: What turns up in some sixty worlds with policies and demands, and what else does in some hundreds.
OFTEN = ("limited", "kept")
SELDOM = (
    "client", "executable.type", "executable.image", "executable.ports", "executable.privileged",
    "data-resources", "minduration", "too much", "costs", "fewer flavours", "metrics", "unsaid", "rungs",
)  # fmt: skip


def test_worlds_are_let_in_and_within_budgets() -> None:
    """Of worlds with policies or demands some are refused, for each reason that there is, and many are not."""
    is_long = settings().max_examples >= 1_000
    seen: Counter[str] = Counter()

    @settings(
        max_examples=1_000 if is_long else 60,
        database=None,
        deadline=None,
        derandomize=True,
        phases=[Phase.generate],
        suppress_health_check=list(HealthCheck),
    )
    @given(
        strategies.worlds(frames=strategies.frames(has_policy=st.just(True)))
        | strategies.worlds(frames=strategies.frames(measured=strategies.measured()))
    )
    def draw(world: World) -> None:
        offers = plan(world.task, world.platforms, world.now, Query(client=world.client)).offers
        seen.update({"worlds", *["YES"] * bool(offers), *what_is_refused(world), *what_is_left(world)})

    draw()

    assert [what for what in OFTEN + SELDOM * is_long if what not in seen] == []
    assert 0.2 < seen["YES"] / seen["worlds"] < 0.9


def what_is_refused(world: World) -> Iterator[str]:
    """What platforms and pools have against a task."""
    for platform in world.platforms:
        for refusal in refusals(world.task, platform, world.client):
            yield "client" if refusal.is_of_client else re.split(r"[\[]", refusal.path or "too much")[0]
        for pool in platform.pools:
            for breach in breaches(world.task, platform, pool):
                yield re.split(r"[\[]", breach.path)[0]
                yield from ["unsaid"] * (breach.available is None)


def what_is_left(world: World) -> Iterator[str]:
    """What of a task is let in, and how."""
    has_demands = any(each.maximum is not None for each in (*world.task.costs, *world.task.metrics))
    for platform in world.platforms:
        if is_let_in(world.task, platform, world.client):
            yield from ["limited"] * bool(platform.policy.limits)
            for pool in platform.pools:
                number = len(rungs(world.task, platform, pool))
                yield from ["kept"] * (has_demands and number > 0) + ["rungs"] * (number > 1)
                yield from ["fewer flavours"] * (len(permitted_flavours(platform, pool)) < len(pool.flavours))


@given(strategies.worlds())
def test_worlds_are_valid(world: World) -> None:
    """What is drawn could have been read from files: it names what there is, and the grid divides a day."""
    for platform in world.platforms:
        pools = {pool.name: pool for pool in platform.pools}
        assert len(pools) == len(platform.pools)
        assert DAY % platform.granularity == 0
        assert platform.horizon <= 3 * DAY
        for booking in platform.bookings:
            pool = pools[booking.pool]
            assert booking.span.start < booking.span.end
            assert set(booking.amounts) <= set(pool.capacity)
            assert booking.node is None if pool.nodes is None else booking.node in range(pool.nodes)
        for closure in platform.closures:
            assert closure.pool is None or closure.pool in pools
        for pool in platform.pools:
            assert not (pool.flavours and pool.max_scale)
            assert all(set(flavour.amounts) <= set(pool.capacity) for flavour in pool.flavours)
    # And so is what the definition says of them.
    answer = Answer(tuple(frontier(world.task, world.platforms, world.now)))
    assert judge(world, answer, chosen(["must"], SOUNDNESS)) == []


@given(st.data())
def test_arithmetic(data: st.DataObject) -> None:
    """Ranges, spans and amounts lie within the limits that are asked for."""
    drawn = data.draw(strategies.ranges(2, 5))
    span = data.draw(strategies.spans(10, 40, grid=10))
    amounts = data.draw(strategies.amounts(["gpus", "fpgas"], least=1, most=3))

    assert drawn in (EMPTY, FULL) or {drawn.minimum, drawn.maximum} <= {None, 2, 3, 4, 5}
    assert span in {Span(start, end) for start in (10, 20, 30) for end in (20, 30, 40) if start < end}
    assert set(amounts) == {"gpus", "fpgas"}
    assert set(amounts.values()) <= {1, 2, 3}


@given(st.data())
def test_everything_can_be_given(data: st.DataObject) -> None:
    """What is given by keyword is what is drawn."""
    pool = Pool("mine", Amounts({"gpus": 3}))
    frame = Frame(now=60_000, grid=60, steps=5)
    compute = (Compute("main", {"gpus": Range(1)}),)

    world = data.draw(
        strategies.worlds(
            frames=st.just(frame),
            tasks=strategies.tasks(frame, compute=st.just(compute)),
            platforms=st.tuples(strategies.platforms(frame, name="mine", pools=st.just((pool,)))),
        )
    )

    assert world.now == 60_000
    assert world.task.compute == compute
    assert [platform.pools for platform in world.platforms] == [(pool,)]


@pytest.mark.parametrize("name", [name for name in strategies.__all__ if name.islower()])
def test_every_strategy_draws(name: str) -> None:
    """Every strategy stands alone: it needs no more than its defaults, and a booking its pool."""
    given_first = [Pool("batch", Amounts({"cores": 4000}), nodes=2)] if name == "bookings" else []

    @settings(max_examples=5, database=None)
    @given(getattr(strategies, name)(*given_first))
    def draw(value: object) -> None:
        assert value == value
        assert repr(value)

    draw()
