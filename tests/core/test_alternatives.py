"""Alternatives: offers that are really to be had with the changes they name, and no nearer."""

from fractions import Fraction

from attrs import evolve
from hypothesis import given

from execbroker.core.amounts import Amounts
from execbroker.core.answer import Alternative
from execbroker.core.durations import parse_duration
from execbroker.core.instants import parse_instant
from execbroker.core.limits import limits_of
from execbroker.core.planner import PlatformPlanner, Query, plan
from execbroker.core.platform import Booking, Defaults, Platform, Pool
from execbroker.core.ranges import Range
from execbroker.core.spans import Span
from execbroker.core.task import Compute, Daily, Executable, Schedule, Storage, Task, Volume
from execbroker.testing.strategies import worlds
from execbroker.testing.worlds import World

HOUR, DAY = 3600, 86_400
POOL = Pool("batch", Amounts({"cores": 8000, "gpus": 2}))


def asking(cores: int, hours: int = 1, **schedule: object) -> Task:
    """A task for some cores and hours."""
    duration = Range(hours * HOUR)
    return Task(compute=(Compute(None, {"cores": Range(cores)}),), schedule=Schedule(duration, **schedule))  # type: ignore[arg-type]


def busy(*spans: tuple[int, int, int]) -> Platform:
    """A platform on which cores are taken over hours."""
    bookings = (Booking("batch", Span(a * HOUR, b * HOUR), Amounts({"cores": c})) for a, b, c in spans)
    return Platform("here", (POOL,), bookings=tuple(bookings), horizon=2 * DAY)


def changes(alternatives: tuple[Alternative, ...]) -> list[list[tuple[str, str | None, str | None]]]:
    """What changed, for each alternative."""
    return [[(change.path, change.old, change.new) for change in each.changes] for each in alternatives]


def test_each_limit_that_helps_gives_its_nearest_offer() -> None:
    """Fewer cores, a shorter run, a later end: each moves exactly as far as it must."""
    platform = busy((0, 1, 2000), (1, 20, 6000), (20, 48, 4000))
    answer = plan(asking(4000, hours=3, end=12 * HOUR), [platform], 0)

    assert sorted(changes(answer.alternatives)) == [
        [("compute-resources[0].mincores", "4", "2")],
        [("daterange.maxenddate", "1970-01-01T12:00:00Z", "1970-01-01T23:00:00Z")],
        [("minduration", "PT3H", "PT1H")],
    ]


def test_an_earlier_start_moves_back_no_further_than_it_must() -> None:
    """Of all earlier starts the latest is nearest."""
    platform = busy((10, 48, 8000))
    answer = plan(asking(4000, hours=2, earliest=12 * HOUR), [platform], 0)

    assert changes(answer.alternatives)[0] == [
        ("daterange.minstartdate", "1970-01-01T12:00:00Z", "1970-01-01T08:00:00Z")
    ]
    assert answer.alternatives[0].offer.minstart == 8 * HOUR


def test_an_earlier_start_is_nearest_though_a_much_earlier_one_has_more() -> None:
    """What counts is that there is enough: two hours at eight are nearer than a long morning at one."""
    platform = busy((0, 1, 8000), (5, 8, 6000), (10, 48, 8000))
    platform = evolve(
        platform,
        bookings=(*platform.bookings, Booking("batch", Span(8 * HOUR, 10 * HOUR), Amounts({"cores": 4000}))),
    )
    answer = plan(asking(4000, hours=1, earliest=12 * HOUR), [platform], 0)

    assert changes(answer.alternatives)[0] == [
        ("daterange.minstartdate", "1970-01-01T12:00:00Z", "1970-01-01T09:00:00Z")
    ]


def test_the_nearest_of_several_platforms() -> None:
    """Where runs are shorter by default, a later end is nearer, though another place could start earlier."""
    slow = evolve(busy(), name="slow", defaults=Defaults(Amounts({}), DAY))
    quick = evolve(busy((0, 13, 8000)), name="quick")
    task = Task(compute=(Compute(None, {"cores": Range(1000)}),), schedule=Schedule(end=1800))
    answer = plan(task, [slow, quick], 0)

    assert changes(answer.alternatives) == [
        [("daterange.maxenddate", "1970-01-01T00:30:00Z", "1970-01-01T14:00:00Z")]
    ]


def test_any_time_of_day() -> None:
    """A daily window is given up whole."""
    platform = busy((9, 17, 8000), (33, 41, 8000))
    office = Daily(opens=9 * HOUR, closes=17 * HOUR, days=frozenset({3, 4}))
    answer = plan(asking(1000, daily=office), [platform], 0)

    assert [("timerange", "from 09:00 to 17:00 on thu, fri", None)] in changes(answer.alternatives)


def test_at_any_other_time() -> None:
    """Intervals of starts are given up together."""
    platform = busy((9, 17, 8000))
    starts = (Span(9 * HOUR, 10 * HOUR + 1), Span(12 * HOUR, 12 * HOUR + 1))
    answer = plan(asking(1000, starts=starts), [platform], 0)
    said = "starting 1970-01-01T09:00:00Z to 1970-01-01T10:00:00Z or 1970-01-01T12:00:00Z to 1970-01-01T12:00:00Z"

    assert [("daterange", said, None)] in changes(answer.alternatives)


def test_where_no_single_limit_helps_the_fewest_do() -> None:
    """A task that is too large and too late needs both to change."""
    platform = busy((0, 48, 6000))
    task = asking(16_000, latest=0, hours=3)
    answer = plan(
        evolve(task, compute=(Compute(None, {"cores": Range(16_000), "gpus": Range(4)}),)), [platform], 0
    )

    (alternative,) = answer.alternatives
    assert [change.path for change in alternative.changes] == [
        "compute-resources[0].mincores",
        "compute-resources[0].mingpus",
    ]
    assert alternative.offer.amounts == Amounts({"cores": 2000, "gpus": 2})


def test_nothing_helps() -> None:
    """An unknown executable cannot be relaxed away, and no alternative is made up."""
    platform = evolve(busy(), executables=frozenset())
    assert plan(evolve(asking(1), executable=Executable("java")), [platform], 0).alternatives == ()


def test_beside_a_yes_the_range_may_be_extended() -> None:
    """The offers that a limit keeps out come with how far it would have to move."""
    platform = busy((2, 30, 6000))
    answer = plan(asking(1000, hours=1, end=20 * HOUR), [platform], 0, Query(alternatives=True))

    assert answer.is_yes
    assert [("daterange.maxenddate", "1970-01-01T20:00:00Z", "1970-01-03T00:00:00Z")] in changes(
        answer.alternatives
    )


def moved(task: Task, alternative: Alternative) -> Task:
    """The task with the changes of an alternative made."""
    by_path = {limit.path: limit for limit in limits_of(task)}
    for change in alternative.changes:
        limit = by_path[change.path]
        if change.new is None:
            value = None
        elif change.path.startswith("daterange"):
            value = parse_instant(change.new)
        elif change.path in ("minduration", "maxduration"):
            value = parse_duration(change.new)
        else:
            kind, place = change.path.split("[")[0], int(change.path.split("[")[1].split("]")[0])
            allotments = (
                alternative.offer.compute if kind == "compute-resources" else alternative.offer.storage
            )
            value = allotments[place].minimum[change.path.split(".min")[1].replace("size", "storage")]
        task = limit.moved(task, value)
    return task


@given(worlds())
def test_alternatives_are_really_to_be_had(world: World) -> None:
    """With its changes made, the task is offered what the alternative says; and without changes there is none."""
    planner = PlatformPlanner(*world.platforms)
    for alternative in planner.plan(world.task, world.now).alternatives:
        offers = list(planner.offers(moved(world.task, alternative), world.now))
        assert alternative.changes
        assert alternative.offer in offers


@given(worlds())
def test_extensions_are_new(world: World) -> None:
    """What an alternative beside a YES offers is not offered without it, and is with its changes made."""
    planner = PlatformPlanner(*world.platforms)
    answer = planner.plan(world.task, world.now, Query(alternatives=True))
    if answer.is_yes:
        known = list(planner.offers(world.task, world.now))
        for alternative in answer.alternatives:
            assert alternative.offer not in known
            assert [each for each in alternative.changes if each.old != each.new]
            extended = list(planner.offers(moved(world.task, alternative), world.now))
            assert alternative.offer in extended


@given(worlds())
def test_limits_know_where_they_stand(world: World) -> None:
    """A limit moved to its own value leaves the task as it is, and is no distance away."""
    for limit in limits_of(world.task):
        if limit.value is not None:
            assert limit.moved(world.task, limit.value) == world.task
            assert limit.distance(limit.value) == 0
        assert 0 <= limit.distance(None if limit.value is None else 0) <= Fraction(1)


def test_relaxing_loses_nothing_else() -> None:
    """A task with a limit out of the way has all the rest as it was, such as what its resources have mounted."""
    volumes = (Volume("scratch", "/scratch", is_writable=True),)
    whole = Task(
        compute=(Compute("node", {"cores": Range(4000), "memory": Range(2**30)}, volumes),),
        storage=(Storage("scratch", Range(2**30)),),
        schedule=Schedule(Range(HOUR, DAY), 0, HOUR, DAY, Daily(0, DAY), "Europe/London", (Span(0, HOUR),)),
    )
    for limit in limits_of(whole):
        relaxed = limit.relaxed(whole)
        assert relaxed != whole
        assert [(each.name, each.volumes) for each in relaxed.compute] == [("node", volumes)]
        assert [each.name for each in relaxed.storage] == ["scratch"]
        assert relaxed.schedule.zone == "Europe/London"


def test_a_task_with_very_many_limits_is_told_of_no_alternatives() -> None:
    """Each limit is some searches over the whole task, so a small document could keep it busy for minutes."""
    many = Task(compute=(Compute(None, {"cores": Range(100)}),) * 200)
    few = Task(compute=many.compute[:60], schedule=Schedule(Range(HOUR), end=2 * HOUR))
    alone = Task(compute=(Compute(None, {"cores": Range(9000)}),))

    assert [reason.code for reason in plan(many, [busy()], 0).reasons] == ["resource-exceeds-capacity"]
    assert not plan(many, [busy()], 0).alternatives
    assert not plan(evolve(many, compute=many.compute[:70]), [busy((0, 48, 4000))], 0).alternatives
    assert plan(few, [busy((0, 3, 4000))], 0).alternatives
    assert plan(alone, [busy()], 0).alternatives
