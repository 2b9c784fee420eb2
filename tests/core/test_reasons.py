"""A NO names the fewest limits that rule the task out, with the figures that are true."""

from attrs import evolve
from hypothesis import HealthCheck, assume, given, settings

from execbroker.core.amounts import STORAGE, Amounts
from execbroker.core.instants import LAST
from execbroker.core.planner import PlatformPlanner, plan
from execbroker.core.platform import Booking, Closure, Flavour, Platform, Pool
from execbroker.core.ranges import Range
from execbroker.core.spans import Span
from execbroker.core.task import Compute, Daily, Data, Executable, Schedule, Storage, Task
from execbroker.testing.strategies import worlds
from execbroker.testing.worlds import World

HOUR = 3600
POOL = Pool("batch", Amounts({"cores": 8000, "memory": 2**34}))


def asking(cores: int = 0, memory: int = 0, **schedule: object) -> Task:
    """A task for an hour."""
    ranges = {"cores": Range(cores), "memory": Range(memory)}
    return Task(compute=(Compute(None, ranges),), schedule=Schedule(Range(HOUR), **schedule))  # type: ignore[arg-type]


def reasons(task: Task, platform: Platform, now: int = 0) -> list[tuple[object, ...]]:
    """What stands in the way, without the words."""
    answer = plan(task, [platform], now)
    assert not answer.is_yes
    return [(reason.code, reason.path, reason.asked, reason.available) for reason in answer.reasons]


def test_an_executable_that_is_not_run_here() -> None:
    """The platform's list of executables counts, once for all pools."""
    platform = Platform(
        "here", (POOL, evolve(POOL, name="other")), executables=frozenset({"docker-container"})
    )

    assert reasons(evolve(asking(), executable=Executable("java")), platform) == [
        ("executable-unsupported", "executable.type", None, None)
    ]


def test_what_is_not_there_and_what_is_too_much() -> None:
    """A resource that no pool has is unknown; more than there is exceeds the capacity."""
    platform = Platform("here", (POOL,))
    gpus = Task(compute=(Compute(None, {"gpus": Range(1)}),))

    assert reasons(gpus, platform) == [("resource-unknown", "compute-resources[0].mingpus", 1, 0)]
    assert reasons(asking(cores=9000), platform) == [
        ("resource-exceeds-capacity", "compute-resources[0].mincores", 9000, 8000)
    ]


def test_a_size_is_no_number() -> None:
    """What the platform counts by number cannot be asked for as a size."""
    task = Task(compute=(Compute(None, {"tapes": Range(2**30)}),), sizes=frozenset({"tapes"}))
    platform = Platform("here", (Pool("batch", Amounts({"tapes": 4})),))

    assert [code for code, *_ in reasons(task, platform)] == ["resource-unknown"]


def test_flavours_that_have_enough_of_one_thing_only() -> None:
    """Where one flavour has the cores and another the memory, both limits are to blame."""
    wide, tall = (
        Flavour("wide", Amounts({"cores": 8000, "memory": 1})),
        Flavour("tall", Amounts({"cores": 1, "memory": 8})),
    )
    platform = Platform("here", (evolve(POOL, flavours=(wide, tall)),))

    assert reasons(asking(cores=4000, memory=8), platform) == [
        ("resource-exceeds-flavours", "compute-resources[0].mincores", 4000, 1),
        ("resource-exceeds-flavours", "compute-resources[0].minmemory", 8, 1),
    ]
    assert reasons(asking(cores=4000, memory=9), platform) == [
        ("resource-exceeds-flavours", "compute-resources[0].minmemory", 9, 8)
    ]


def test_flavours_that_the_pool_cannot_hold() -> None:
    """A size that is never free is none to be had."""
    huge = Flavour("huge", Amounts({"cores": 9000}))
    small = Flavour("small", Amounts({"cores": 2000, "memory": 2**30}))

    assert reasons(asking(cores=1000), Platform("here", (evolve(POOL, flavours=(huge,)),))) == [
        ("resource-exceeds-flavours", None, None, None)
    ]
    assert reasons(asking(cores=4000), Platform("here", (evolve(POOL, flavours=(huge, small)),))) == [
        ("resource-exceeds-flavours", "compute-resources[0].mincores", 4000, 2000)
    ]


def test_too_long_a_run() -> None:
    """The shorter of the platform's and the pool's limit counts."""
    platform = Platform("here", (evolve(POOL, max_duration=HOUR // 2),), max_duration=HOUR)

    assert reasons(asking(), platform) == [("duration-exceeds-limit", "minduration", HOUR, HOUR // 2)]


def test_ranges_that_are_over_too_far_off_or_too_short() -> None:
    """Each way in which a range leaves no window has its code."""
    platform = Platform("here", (POOL,), horizon=86_400)
    late = 10 * 86_400

    assert [code for code, *_ in reasons(asking(end=late - 1), platform, now=late)] == ["range-in-the-past"]
    assert [code for code, *_ in reasons(asking(end=late + 60), platform, now=late)] == ["range-too-short"]
    assert [code for code, *_ in reasons(asking(earliest=86_000), platform)] == ["range-beyond-horizon"]
    assert reasons(asking(earliest=0, end=HOUR - 1), platform) == [
        ("range-too-short", "daterange", HOUR, HOUR - 1)
    ]
    noon = Daily(opens=43_200, closes=45_000)
    assert reasons(asking(daily=noon), platform) == [("range-too-short", "timerange", HOUR, 1800)]


def test_a_range_that_has_only_its_end_left() -> None:
    """A range that began before now is in the past; what opens only after the horizon is beyond it."""
    morning, evening = Daily(opens=0, closes=HOUR), Daily(opens=82_000, closes=86_000)
    platform = Platform("here", (POOL,), horizon=80_000)

    def code(**schedule: object) -> object:
        return reasons(asking(**schedule), platform, now=60)[0][0]  # type: ignore[arg-type]

    assert code(daily=morning, earliest=0, end=86_400) == "range-in-the-past"
    assert code(daily=morning, end=80_000) == "range-too-short"
    assert code(daily=morning) == "range-beyond-horizon"
    assert code(daily=evening) == "range-beyond-horizon"


def test_intervals_that_are_over() -> None:
    """Intervals of starts that are over are a range in the past; one that is too far off is beyond the horizon."""
    platform = Platform("here", (POOL,), horizon=80_000)

    def said(*starts: Span) -> object:
        return reasons(asking(starts=starts), platform, now=7200)[0][:2]  # type: ignore[arg-type]

    assert said(Span(0, 60), Span(3600, 7200)) == ("range-in-the-past", "daterange")
    assert said(Span(90_000, 90_001)) == ("range-beyond-horizon", "daterange")
    assert said(Span(LAST - 86_400, LAST - 7200)) == ("range-beyond-horizon", "daterange")
    assert said(Span(LAST - 7200, LAST), Span(90_000, 90_001)) == ("range-beyond-horizon", "daterange")


def test_a_grid_that_leaves_nothing_is_named() -> None:
    """Where only rounding is in the way, the reason says which grid."""
    platform = Platform("here", (POOL,), granularity=HOUR, horizon=86_400)
    answer = plan(asking(earliest=1800, end=1800 + HOUR), [platform], 0)

    assert [reason.code for reason in answer.reasons] == ["range-too-short"]
    assert "grid of 1 hour" in answer.reasons[0].message


def test_data_that_cannot_come() -> None:
    """Data from elsewhere need a transfer."""
    task = evolve(asking(), data=(Data("https://far.example/x", size=1),))

    assert reasons(task, Platform("here", (POOL,))) == [
        ("data-unreachable", "data-resources[0].location", None, None)
    ]


def test_busy_resources_are_named_with_what_is_left() -> None:
    """Only the resource that is short is to blame, with the most that is ever free for long enough."""
    taken = [
        Booking("batch", Span(0, 7200), Amounts({"cores": 6000})),
        Booking("batch", Span(7200, 90_000), Amounts({"cores": 7000})),
    ]
    platform = Platform("here", (POOL,), bookings=tuple(taken), horizon=86_400)

    assert reasons(asking(cores=4000, memory=2**33), platform) == [
        ("busy", "compute-resources[0].mincores", 4000, 2000)
    ]


def test_resources_that_are_never_free_together_are_both_named() -> None:
    """Each says what there is of it where the other is free."""
    taken = [
        Booking("batch", Span(0, 7200), Amounts({"cores": 6000})),
        Booking("batch", Span(7200, 90_000), Amounts({"memory": 2**34 - 5})),
    ]
    platform = Platform("here", (POOL,), bookings=tuple(taken), horizon=86_400)

    assert reasons(asking(cores=4000, memory=2**33), platform) == [
        ("busy", "compute-resources[0].mincores", 4000, 2000),
        ("busy", "compute-resources[0].minmemory", 2**33, 5),
    ]


def test_a_pool_that_is_closed() -> None:
    """Closures are a reason of their own, with no resource to blame."""
    platform = Platform("here", (POOL,), closures=(Closure(Span(0, 10**9)),))
    (reason,) = plan(asking(cores=4000), [platform], 0).reasons

    assert (reason.code, reason.resource) == ("busy", None)
    assert "not open" in reason.message


def test_a_search_that_stopped_does_not_say_that_there_is_no_room() -> None:
    """With no work allowed nothing is found, and the answer says why."""
    busy = [Booking("batch", Span(t * 60, t * 60 + 60), Amounts({"cores": 10 + t % 7})) for t in range(500)]
    planner = PlatformPlanner(Platform("here", (POOL,), bookings=tuple(busy)), limit=1)
    answer = planner.plan(asking(cores=1000), 0)

    assert not answer.complete
    assert [reason.code for reason in answer.reasons] == ["search-incomplete"]


def only(task: Task, resources: set[str]) -> Task:
    """The task with the minima of these resources alone."""
    compute = tuple(
        evolve(each, ranges={n: r if n in resources else Range(0, r.maximum) for n, r in each.ranges.items()})
        for each in task.compute
    )
    storage = tuple(
        each if STORAGE in resources else Storage(each.name, Range(0, each.size.maximum))
        for each in task.storage
    )
    return evolve(task, compute=compute, storage=storage)


@settings(suppress_health_check=[HealthCheck.filter_too_much, HealthCheck.too_slow])
@given(worlds())
def test_busy_reasons_rule_out_together_and_not_without_one(world: World) -> None:
    """What is named rules the task out by itself; with any one of it left out there is an offer."""
    platform = evolve(world.platforms[0], defaults=evolve(world.platforms[0].defaults, amounts=Amounts({})))
    alone = [
        (
            pool,
            evolve(platform, pools=(pool,), bookings=_of(platform, pool), closures=_closing(platform, pool)),
        )
        for pool in platform.pools
    ]
    for _, here in alone:
        answer = plan(world.task, [here], world.now)
        named = {reason.resource for reason in answer.reasons if reason.code == "busy"} - {None}
        if answer.is_yes or not named:
            continue
        assert not plan(only(world.task, named), [here], world.now).is_yes
        for resource in named:
            assert plan(only(world.task, named - {resource}), [here], world.now).is_yes
    assume(any(not plan(world.task, [here], world.now).is_yes for _, here in alone))


def _of(platform: Platform, pool: Pool) -> tuple[Booking, ...]:
    return tuple(booking for booking in platform.bookings if booking.pool == pool.name)


def _closing(platform: Platform, pool: Pool) -> tuple[Closure, ...]:
    return tuple(closure for closure in platform.closures if closure.pool in (None, pool.name))


def test_a_duration_that_the_grid_has_no_room_for() -> None:
    """Whose limit it is decides what is said, and the figures are those that were asked."""
    coarse = Platform("here", (POOL,), granularity=HOUR, horizon=86_400)
    half = Task(schedule=Schedule(Range(1800, 1800)))

    assert reasons(half, coarse) == [("range-too-short", "maxduration", 1800, 0)]
    (alternative,) = plan(half, [coarse], 0).alternatives
    assert [(each.path, each.old, each.new) for each in alternative.changes] == [
        ("maxduration", "PT30M", "PT1H")
    ]
    limited = evolve(coarse, pools=(evolve(POOL, max_duration=1800),))
    assert "runs here last at most 30 minutes" in plan(Task(), [limited], 0).reasons[0].message
