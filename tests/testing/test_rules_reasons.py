"""The rules on what a NO says: its reasons, their figures, and the alternatives; and what stands behind them."""

from __future__ import annotations

from collections.abc import Iterable
from decimal import Decimal
from typing import Any

import pytest
from attrs import evolve
from hypothesis import given
from hypothesis.strategies import booleans

from execbroker.core.amounts import NONE, Amounts
from execbroker.core.answer import ENERGY, MEASURED, Answer, Change, Reason
from execbroker.core.planner import Query, plan
from execbroker.core.platform import Booking, Closure, Defaults, Flavour, Measure, Platform, Pool, Transfer
from execbroker.core.policy import Choice, Policy
from execbroker.core.ranges import Range
from execbroker.core.spans import Span
from execbroker.core.task import Compute, Constraint, Daily, Data, Executable, Schedule, Storage, Task
from execbroker.testing.definition import frontier
from execbroker.testing.definition_needs import durations
from execbroker.testing.room import Room
from execbroker.testing.rules import ANSWER_RULES, Violation, chosen, judge
from execbroker.testing.rules.alternatives import changed
from execbroker.testing.rules.chances import first_run, possible_runs
from execbroker.testing.rules.exchange import Exchange, Known
from execbroker.testing.rules.result import points_into
from execbroker.testing.strategies import frames, measured, worlds
from execbroker.testing.worlds import World

HOUR = 3600
#: Eight cores and two gpus, of which at 4:00 six and at 8:00 two are taken for an hour; twelve hours ahead.
POOL = Pool("p", Amounts({"cores": 8000, "gpus": 2, "storage": 10}))


def names(violations: Iterable[Violation]) -> set[str]:
    """The rules that were broken."""
    return {violation.rule for violation in violations}


def hours(start: float, end: float) -> Span:
    """The span between two hours."""
    return Span(round(start * HOUR), round(end * HOUR))


def here(**policy: Any) -> Platform:
    """A platform on a grid of hours."""
    given: dict[str, Any] = {
        "granularity": HOUR,
        "horizon": 12 * HOUR,
        "defaults": Defaults(NONE, HOUR),
        **policy,
    }
    return Platform("here", given.pop("pools", (POOL,)), **given)


def task(least: float = 1, schedule: Schedule = Schedule(), **minima: int) -> Task:  # noqa: B008
    """A task for so many hours at least that asks so much at least."""
    ranges = {name: Range(amount) for name, amount in minima.items()}
    duration = Range(round(least * HOUR)) if schedule.duration.minimum is None else schedule.duration
    return Task(compute=(Compute(None, ranges),), schedule=evolve(schedule, duration=duration))


def booked(start: float, end: float, **amounts: int) -> Booking:
    """A booking between two hours."""
    return Booking("p", hours(start, end), Amounts(amounts))


@given(worlds() | worlds(frames=frames(measured=measured())) | worlds(frames=frames(has_policy=booleans())))
def test_possible_runs(world: World) -> None:
    """A pool has room for a run exactly if the definition has an offer of it, and none of these starts earlier."""
    exchange = Exchange(world, Answer())
    found = {(platform.name, pool.name): run for platform, pool, run in possible_runs(exchange)}
    offers = frontier(world.task, world.platforms, world.now, world.client)

    assert {(offer.platform, offer.pool) for offer in offers} <= set(found)
    assert bool(found) is bool(offers)
    for platform in world.platforms:
        for pool in platform.pools:
            alone = frontier(world.task, [evolve(platform, pools=(pool,))], world.now, world.client)
            run = found.get((platform.name, pool.name))
            assert (run and run.start) == min((offer.minstart for offer in alone), default=None)
            if run is not None:
                assert run.duration == durations(world.task, platform, pool)[0]


BUSY = (here(bookings=(booked(3, 5, cores=6000), booked(8, 9, cores=2000), booked(0, 12, gpus=1))),)
#: For each code a world in which it is true, and how its figures are.
TRUE: dict[str, tuple[Task, tuple[Platform, ...], dict[str, Any]]] = {
    "executable-unsupported": (
        evolve(task(), executable=Executable("java")), (here(executables=frozenset()),), {},
    ),
    "resource-unknown": (task(fpgas=2), (here(),), {"resource": "fpgas", "asked": 2, "available": 0}),
    "resource-exceeds-capacity": (
        task(cores=9000), (here(),), {"resource": "cores", "asked": 9000, "available": 8000},
    ),
    "resource-exceeds-flavours": (
        task(cores=4000),
        (here(pools=(evolve(POOL, flavours=(Flavour("f", Amounts({"cores": 3000})),)),)),),
        {"resource": "cores", "asked": 4000, "available": 3000},
    ),
    "duration-exceeds-limit": (
        task(5), (here(max_duration=4 * HOUR),), {"asked": 5 * HOUR, "available": 4 * HOUR},
    ),
    "range-in-the-past": (
        task(schedule=Schedule(end=-HOUR)), (here(),), {"asked": HOUR, "available": 0},
    ),
    "range-beyond-horizon": (
        task(2, Schedule(earliest=11 * HOUR)), (here(),), {"asked": 2 * HOUR, "available": HOUR},
    ),
    "range-too-short": (
        task(3, Schedule(earliest=2 * HOUR, end=4 * HOUR)), (here(),), {"asked": 3 * HOUR, "available": 2 * HOUR},
    ),
    "busy": (
        task(6, cores=7000), BUSY,
        {"resource": "cores", "asked": 7000, "available": 6000, "start": 5 * HOUR, "end": 11 * HOUR},
    ),
    "data-unreachable": (evolve(task(), data=(Data("far/a", size=1),)), (here(),), {}),
    "policy": (
        task(cores=9000), (here(policy=Policy(limits=Amounts({"cores": 7000}))),),
        {"resource": "cores", "asked": 9000, "available": 7000},
    ),
    "cost-exceeds-limit": (
        evolve(task(3, cores=1000), costs=(Constraint(ENERGY, None, Decimal(2)),)),
        (here(energy={"cores": Decimal("0.7")}),),
        {"path": "costs[0].max", "asked": Decimal(2), "available": Decimal("2.1")},
    ),
    "metric-not-met": (
        evolve(task(cores=1000), metrics=(Constraint("urn:speed"), Constraint("urn:speed", Decimal(2)))),
        (here(metrics=(Measure("urn:speed", fixed=Decimal("1.5")),)),),
        {"path": "metrics[1].min", "asked": Decimal(2), "available": Decimal("1.5")},
    ),
    "data-size-unknown": (
        evolve(task(), data=(Data("far/a"),)), (here(transfers=(Transfer("*", 1),)),), {},
    ),
}  # fmt: skip


def no(code: str, **figures: Any) -> Answer:
    """A NO with one reason against the one pool."""
    return Answer(reasons=(Reason(code, "so it is", "here", "p", **figures),))


@pytest.mark.parametrize("code", TRUE)
def test_true_reasons(code: str) -> None:
    """A reason that is true may be given, of the pool or of all, but only with the right figures."""
    asked, platforms, figures = TRUE[code]
    world = World(asked, platforms, 0)

    assert judge(world, no(code, **figures)) == []
    assert judge(world, no(code)) == [] or code == "busy"
    assert judge(world, Answer(reasons=(Reason(code, "so it is", **figures),))) == []
    for key, more in (("asked", 1), ("available", 1), ("start", -1)):
        if key in figures:
            found = judge(world, no(code, **{**figures, key: figures[key] + more}))
            assert names(found) == {"true-figures"}
            assert f"reasons[0].{key}" in {each.where for each in found}


@pytest.mark.parametrize("code", TRUE)
def test_untrue_reasons(code: str) -> None:
    """In a world in which another reason is true, a reason is not believed."""
    said = ("resource", "asked") if code in MEASURED else ("resource",)
    figures = {key: value for key, value in TRUE[code][2].items() if key in said}
    closed = here(closures=(Closure(hours(-1, 13)),))
    asked = Task(schedule=Schedule(Range(HOUR)), storage=(Storage(None, Range(0)),))
    world = World(asked, (closed,), 0)

    found = judge(world, no(code, **figures))
    assert names(found) == (set() if code == "busy" else {"true-reasons"})


def test_reasons_of_its_own() -> None:
    """A policy, a metric, a price are believed as long as they name nothing in the task; and what nobody knows."""
    for code in ("policy", "metric-not-met", "cost-exceeds-limit", "language-unknown", "search-incomplete"):
        assert judge(World(task(), (here(),), 0), no(code)) == []
    assert names(judge(World(task(), (here(),), 0), no("moonlight"))) == {"spurious-no"}


POLICY = Policy(
    images=Choice(("ghcr.io/vlbi",)), ports=Choice((), ((1, 1023),)), max_duration=4 * HOUR, needs_digest=True
)
CONTAINER = Executable("docker-container", {"image": "ubuntu", "ports": [8080], "privileged": True})


@pytest.mark.parametrize(
    ("path", "is_true"),
    [
        ("executable.image", True),
        ("executable.ports[0]", True),
        ("executable.privileged", False),
        ("executable.type", False),
        ("minduration", True),
        ("data-resources[0].location", False),
        ("compute-resources[0].mincores", False),
    ],
)
def test_policies(path: str, is_true: bool) -> None:
    """A policy that names something in the task is what the platform's policy says of it."""
    asked = evolve(task(5, cores=1000), executable=CONTAINER, data=(Data("held/a", size=1),))
    world = World(asked, (here(policy=POLICY, held=("held",)),), 0)

    assert names(judge(world, no("policy", path=path))) == (set() if is_true else {"true-reasons"})


def test_a_demand_that_is_met_is_no_reason() -> None:
    """Another demand than the one that is named, or the other end of it, does not make a reason true."""
    demands = (Constraint(ENERGY, Decimal(0), Decimal(9)), Constraint(ENERGY, None, Decimal(2)))
    world = World(evolve(task(3, cores=1000), costs=demands), (here(energy={"cores": Decimal("0.7")}),), 0)

    for path, is_true in (("costs[0].max", False), ("costs[0].min", False), ("costs[1].max", True)):
        found = judge(world, no("cost-exceeds-limit", path=path))
        assert names(found) == (set() if is_true else {"true-reasons"})
    unsaid = World(world.task, (here(),), 0)
    assert judge(unsaid, no("cost-exceeds-limit", path="costs[0].max", asked=Decimal(9))) == []


def test_reasons_of_nowhere() -> None:
    """A reason speaks of a pool that there is."""
    world = World(task(cores=9000), (here(),), 0)
    nowhere = Answer(
        reasons=(Reason("resource-exceeds-capacity", "so it is", "here", "z", resource="cores"),)
    )

    assert names(judge(world, nowhere)) == {"true-reasons", "sufficient-reasons"}


class TestTogether:
    """Several resources of which there isn't enough at once."""

    #: From 0:00 to 6:00 there are gpus, from 6:00 on there are cores.
    platform = here(bookings=(booked(0, 6, cores=8000), booked(6, 12, gpus=2)))
    world = World(task(2, cores=1000, gpus=1), (platform,), 0)
    cores = Reason("busy", "no cores", "here", "p", resource="cores", asked=1000, available=0)
    gpus = Reason("busy", "no gpus", "here", "p", resource="gpus", asked=1, available=0)

    def test_both(self) -> None:
        """Both together are true, and neither alone."""
        assert judge(self.world, Answer(reasons=(self.cores, self.gpus))) == []
        for alone in (self.cores, self.gpus):
            found = judge(self.world, Answer(reasons=(alone,)))
            assert names(found) == {"true-reasons"}

    def test_one_too_many(self) -> None:
        """What need not be named is not."""
        never = World(
            self.world.task, (here(bookings=(booked(0, 12, cores=8000), booked(6, 12, gpus=2))),), 0
        )

        found = judge(never, Answer(reasons=(self.cores, self.gpus)))
        assert names(found) == {"needless-reasons"}
        assert [each.where for each in found] == ["reasons[1]"]

    def test_flavours(self) -> None:
        """No flavour has enough of both."""
        small, large = (
            Flavour("s", Amounts({"cores": 1000, "gpus": 2})),
            Flavour("l", Amounts({"cores": 8000})),
        )
        world = World(task(cores=2000, gpus=1), (here(pools=(evolve(POOL, flavours=(small, large)),)),), 0)
        code = "resource-exceeds-flavours"
        cores = evolve(self.cores, code=code, asked=2000, available=1000)
        gpus = evolve(self.gpus, code=code, asked=1, available=0)

        assert judge(world, Answer(reasons=(cores, gpus))) == []
        assert names(judge(world, Answer(reasons=(cores,)))) == {"true-reasons"}
        assert names(judge(world, Answer(reasons=(evolve(cores, available=8000), gpus)))) == {"true-figures"}


def test_no_pool_is_left_out() -> None:
    """Of each pool something is said."""
    other = evolve(POOL, name="q")
    world = World(task(cores=9000), (here(pools=(POOL, other)),), 0)
    reason = Reason("resource-exceeds-capacity", "so it is", "here", "p", resource="cores")

    found = judge(world, Answer(reasons=(reason,)))
    assert names(found) == {"sufficient-reasons"}
    assert "pool q of here" in found[0].message
    assert judge(world, Answer(reasons=(evolve(reason, pool=None),))) == []


class TestAlternatives:
    """Alternatives are offers that there would be."""

    world = World(task(6, cores=7000), BUSY, 0)
    answer = plan(world.task, world.platforms, world.now)
    first = next(each for each in answer.alternatives if each.changes[0].path == "minduration")

    def wrong(self, **change: Any) -> set[str]:
        """What is wrong if the one change that helps is another one."""
        [only] = self.first.changes
        alternative = evolve(self.first, changes=(evolve(only, **change),))
        found = judge(self.world, evolve(self.answer, alternatives=(alternative,)))
        assert names(found) <= {"real-alternatives"}
        return {each.where or "" for each in found}

    def test_right(self) -> None:
        """Those of the reference are."""
        assert len(self.answer.alternatives) >= 2
        assert judge(self.world, self.answer) == []

    def test_changes_that_are_none(self) -> None:
        """A change is of a limit that there is, from what it says, to something else that helps."""
        assert self.wrong() == set()
        place = {"alternatives[0].changes[0]"}
        assert self.wrong(old="9") == place
        assert self.wrong(new=self.first.changes[0].old) == place
        assert self.wrong(new="many") == place
        assert self.wrong(path="compute-resources[7].mincores") == place
        assert self.wrong(path="timerange", new=None) == place

    def test_changes_that_do_not_help(self) -> None:
        """With its changes made, the offer is one, and without them it is none."""
        assert self.wrong(new="PT5H59M") == {"alternatives[0].minduration"}
        offer = plan(task(1, cores=1000), BUSY, 0).offers[0]
        easy = World(task(1, cores=1000), BUSY, 0)
        found = judge(easy, Answer((offer,), alternatives=(evolve(self.first, offer=offer, changes=()),)))
        assert "real-alternatives" in names(found)

    def test_what_cannot_be_followed(self) -> None:
        """A change of something that is looked at nowhere here is believed."""
        assert self.wrong(path="executable.type", old="a", new="b") == set()

    @given(worlds())
    def test_changed(self, world: World) -> None:
        """A task with the changes of the reference made has the offer among those that it could be given."""
        answer = plan(world.task, world.platforms, world.now, Query(alternatives=True))
        for alternative in answer.alternatives:
            moved: Task | None = world.task
            for change in alternative.changes:
                assert points_into(world.task, change.path)
                moved = moved and changed(moved, change)
            assert moved is not None
            assert moved != world.task
            assert alternative.offer in frontier(moved, world.platforms, world.now)


def test_each_limit_can_be_changed() -> None:
    """Every limit that an alternative of the reference may move, to a value or away."""
    schedule = Schedule(Range(60, 120), 0, 60, 120, Daily())
    asked = Task(
        compute=(Compute(None, {"cores": Range(1000, 2000)}),),
        storage=(Storage(None, Range(2**30, 2**31)),),
        schedule=schedule,
        costs=(Constraint(ENERGY, Decimal(1), Decimal("2.5")),),
    )
    for path, old, new, value in (
        ("task.compute-resources[0].mincores", "1", "0.5", ("compute", Range(500, 2000))),
        ("compute-resources[0].maxcores", "2", "4", ("compute", Range(1000, 4000))),
        ("storage-resources[0].minsize", "1GiB", "0", ("storage", Range(0, 2**31))),
        ("storage-resources[0].maxsize", "2GiB", None, ("storage", Range(2**30))),
        ("costs[0].max", "2.5", "3", ("costs", (Constraint(ENERGY, Decimal(1), Decimal(3)),))),
        ("costs[0].min", "1", None, ("costs", (Constraint(ENERGY, None, Decimal("2.5")),))),
        ("minduration", "PT1M", "PT30S", ("duration", Range(30, 120))),
        ("maxduration", "PT2M", "PT3M", ("duration", Range(60, 180))),
        ("daterange.minstartdate", "1970-01-01T00:00:00Z", None, ("earliest", None)),
        ("daterange.maxstartdate", "1970-01-01T00:01:00Z", "1970-01-01T00:02:00Z", ("latest", 120)),
        ("daterange.maxenddate", "1970-01-01T00:02:00Z", None, ("end", None)),
        ("timerange", "from 00:00", None, ("daily", None)),
    ):
        moved = changed(asked, Change(path, old, new))
        assert moved is not None
        kind, expected = value
        if kind == "compute":
            assert moved.compute[0].ranges["cores"] == expected
        elif kind == "storage":
            assert moved.storage[0].size == expected
        elif kind == "costs":
            assert moved.costs == expected
        else:
            assert getattr(moved.schedule, kind) == expected
    with pytest.raises(ValueError, match="is above the maximum"):
        changed(asked, Change("minduration", "PT1M", "PT1H"))


def test_paths() -> None:
    """A path leads to what a task has, or could have."""
    asked = evolve(task(cores=1), data=(Data("a"),))
    right = ("daterange", "task.timerange.days", "executable.image", "compute-resources[0].mincores",
             "compute-resources[0]", "data-resources[0].size")  # fmt: skip
    wrong = ("", "dates", "compute-resources[1]", "compute-resources[0].mingpus", "storage-resources[0].minsize",
             "data-resources[1].size", "data-resources[0].mincores")  # fmt: skip

    assert [path for path in right if not points_into(asked, path)] == []
    assert [path for path in wrong if points_into(asked, path)] == []


def test_first_run_of_another_room() -> None:
    """What is free may be said by another platform than what is asked for."""
    platform = here()
    room = Room(platform).beside([booked(0, 3, cores=8000)])

    assert first_run(World(task(cores=1000), (platform,), 0), platform, POOL, room, Known()) == hours(3, 4)


def test_every_rule_is_broken_here() -> None:
    """Of the rules that ask what there would have been, all on reasons and alternatives are broken above."""
    seen = ("true-reasons", "true-figures", "sufficient-reasons", "needless-reasons", "real-alternatives")
    assert [each.name for each in chosen(seen, ANSWER_RULES)] == [*seen]
