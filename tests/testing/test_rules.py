"""The rules on answers: right ones break none of them, and each alone notices what it is there for."""

from __future__ import annotations

from collections.abc import Iterable
from decimal import Decimal
from fractions import Fraction
from typing import Any

import pytest
from attrs import evolve
from hypothesis import given, settings
from hypothesis import strategies as st

from execbroker.core.amounts import NONE, Amounts
from execbroker.core.answer import CARBON, ENERGY, Allotment, Answer, Cost, Figure, Offer, Reason, Unanswered
from execbroker.core.planner import Query, plan
from execbroker.core.platform import Booking, Closure, Costs, Defaults, Flavour, Measure, Platform, Pool
from execbroker.core.policy import Choice, Policy
from execbroker.core.ranges import Range
from execbroker.core.spans import Span
from execbroker.core.task import Compute, Constraint, Daily, Data, Executable, Schedule, Storage, Task
from execbroker.testing import definition_boxes, strategies
from execbroker.testing.definition import all_offers, frontier
from execbroker.testing.room import Room
from execbroker.testing.rules import ANSWER_RULES, SOUNDNESS, Judge, Level, Violation, chosen, judge
from execbroker.testing.rules.effort import MOST_LOOKS, looks
from execbroker.testing.strategies import worlds
from execbroker.testing.worlds import World

HOUR = 3600
#: In the long run 50,000 answers.
CASES = settings().max_examples * (5 if settings().max_examples >= 10_000 else 1)
PLATFORM = Platform(
    "here",
    (
        Pool("p", Amounts({"gpus": 4, "storage": 100}), release=HOUR),
        Pool(
            "q",
            Amounts({"gpus": 2, "storage": 90}),
            flavours=(Flavour("f", Amounts({"gpus": 2, "storage": 60})),),
        ),
    ),
    granularity=HOUR,
    horizon=12 * HOUR,
    prepare=HOUR,
    defaults=Defaults(NONE, HOUR),
    bookings=(Booking("p", Span(6 * HOUR, 8 * HOUR), Amounts({"gpus": 2, "storage": 10})),),
)
TASK = Task(
    compute=(Compute("main", {"gpus": Range(1, 4)}),),
    storage=(Storage("scratch", Range(50, 100)),),
    schedule=Schedule(Range(2 * HOUR, 8 * HOUR), latest=9 * HOUR),
)
WORLD = World(TASK, (PLATFORM,), now=0)
OFFERS = tuple(frontier(TASK, [PLATFORM], 0))
#: A run of 8 hours that starts from 1:00 to 9:00, with 2 gpus and 90 bytes.
FIRST = next(offer for offer in OFFERS if offer.flavour is None)
FLAVOURED = next(offer for offer in OFFERS if offer.flavour is not None)


def names(violations: Iterable[Violation]) -> set[str]:
    """The rules that were broken."""
    return {violation.rule for violation in violations}


def at(hours: float) -> int:
    """The instant of an hour."""
    return round(hours * HOUR)


def gpus(least: int, most: int, name: str | None = "main") -> tuple[Allotment, ...]:
    """What is offered of the compute resource."""
    return (Allotment(name, Amounts({"gpus": least}), Amounts({"gpus": most})),)


def stored(least: int, most: int) -> tuple[Allotment, ...]:
    """What is offered of the storage resource."""
    return (Allotment("scratch", Amounts({"storage": least}), Amounts({"storage": most})),)


@settings(max_examples=CASES)
@given(worlds())
def test_reference(world: World) -> None:
    """What the reference answers breaks no rule, with alternatives beside a YES, and the reasons of a NO."""
    answer = plan(world.task, world.platforms, world.now, Query(alternatives=True))

    assert judge(world, answer) == []


@st.composite
def intervals(draw: st.DrawFn) -> World:
    """Worlds of a task that may start in one of several spans of time."""
    frame = draw(strategies.frames())
    schedule = strategies.schedules(frame, starts=strategies.starts(frame))
    return draw(worlds(frames=st.just(frame), tasks=strategies.tasks(frame, schedule=schedule)))


@settings(max_examples=CASES // 4)
@given(
    worlds(frames=strategies.frames(measured=strategies.measured()))
    | worlds(frames=strategies.frames(has_policy=st.just(True)))
)
def test_reference_with_policy_and_budget(world: World) -> None:
    """Nor does it where platforms don't let in everything, or the task demands something of what it costs."""
    query = Query(alternatives=True, client=world.client)

    assert judge(world, plan(world.task, world.platforms, world.now, query)) == []


@settings(max_examples=CASES // 2)
@given(intervals())
def test_reference_with_intervals(world: World) -> None:
    """Nor does it where the task may start in one of several spans of time."""
    answer = plan(world.task, world.platforms, world.now, Query(alternatives=True))

    assert judge(world, answer) == []


def test_right_answer() -> None:
    """The answer that is tampered with below is right, has several offers and one of a flavour."""
    assert judge(WORLD, Answer(OFFERS)) == []
    assert {offer.flavour for offer in OFFERS} == {None, "f"}
    assert len(OFFERS) >= 4


#: What is done to the first offer, which rule notices, where, and the figures.
TAMPERED: tuple[tuple[str, dict[str, object], str, str, tuple[int | None, int | None]], ...] = (
    ("another platform", {"platform": "there"}, "known-pool", "pool", (None, None)),
    ("another pool", {"pool": "z"}, "known-pool", "pool", (None, None)),
    ("flavour in a pool without", {"flavour": "f"}, "known-flavour", "flavour", (None, None)),
    ("another runner", {"runner": "https://elsewhere.example.org"}, "named-runner", "runner", (None, None)),
    ("no compute resource", {"compute": ()}, "matched-resources", "compute-resources", (1, 0)),
    ("no storage resource", {"storage": ()}, "matched-resources", "storage-resources", (1, 0)),
    ("another name", {"compute": gpus(1, 2, "other")}, "matched-resources", "compute-resources", (1, 1)),
    ("less than asked", {"compute": gpus(0, 2)}, "minimum-met", "compute-resources[0].mingpus", (1, 0)),
    ("less is stored", {"storage": stored(49, 60)}, "minimum-met", "storage-resources[0].minsize", (50, 49)),
    ("least above most", {"compute": gpus(2, 1)}, "ordered-amounts", "compute-resources[0].mingpus", (2, 1)),
    ("start off the grid", {"minstart": at(1) + 1}, "on-grid", "minstart", (at(1) + 1, None)),
    ("duration off the grid", {"maxduration": at(8) - 1}, "on-grid", "maxduration", (at(8) - 1, None)),
    ("last start before the first", {"maxstart": 0, "expires": 0}, "coherent-times", "maxstart", (at(1), 0)),
    ("shortest above longest", {"maxduration": at(1)}, "coherent-times", "maxduration", (at(2), at(1))),
    ("no run is over", {"maxend": at(2)}, "coherent-times", "maxend", (at(3), at(2))),
    ("longest that no run is", {"maxend": at(8)}, "reachable-limits", "maxduration", (at(8), at(7))),
    ("start that no run has", {"maxend": at(10)}, "reachable-limits", "maxstart", (at(9), at(8))),
    ("end that no run has", {"maxstart": at(2)}, "reachable-limits", "maxend", (at(12), at(10))),
    ("shorter than asked", {"minduration": at(1)}, "minimum-duration-met", "minduration", (at(2), at(1))),
    ("start before it is ready", {"minstart": 0}, "after-preparation", "minstart", (0, at(1))),
    ("other preparation", {"preparation": 0}, "preparation-said", "preparation", (0, at(1))),
    ("expiry after the last start", {"expires": at(10)}, "bounded-expiry", "expires", (at(10), at(9))),
    ("expired already", {"expires": -1}, "bounded-expiry", "expires", (-1, 0)),
    ("expiry after a minute", {"expires": 60}, "platform-lifetime", "expires", (60, 300)),
    ("more gpus than free", {"compute": gpus(1, 3)}, "within-capacity", "maxgpus", (3, 2)),
    ("not even the least", {"compute": gpus(3, 4)}, "within-capacity", "mingpus", (3, 2)),
    ("more is stored than free", {"storage": stored(50, 91)}, "within-capacity", "maxsize", (91, 90)),
)


@pytest.mark.parametrize(
    ("what", "change", "rule", "where", "figures"), TAMPERED, ids=[t[0] for t in TAMPERED]
)
def test_tampered_offer(
    what: str, change: dict[str, Any], rule: str, where: str, figures: tuple[int | None, int | None]
) -> None:
    """An offer that says what it shouldn't is noticed by the one rule that is there for it."""
    assert judge(WORLD, Answer((FIRST,)), SOUNDNESS) == []
    found = judge(WORLD, Answer((evolve(FIRST, **change),)), SOUNDNESS)

    assert names(found) == {rule}, what
    assert (f"offers[0].{where}", *figures) in [(each.where, each.asked, each.available) for each in found]


#: A world for a rule that the first one has no use for, with an answer that breaks this rule alone.
CORES = Task(compute=(Compute(None, {"cores": Range(1000, 3000)}),), schedule=Schedule(Range(HOUR)))


def small(**policy: object) -> Platform:
    """A platform with eight cores, and what is said of it beside."""
    given: dict[str, Any] = {
        "defaults": Defaults(NONE, HOUR),
        "horizon": at(12),
        "granularity": HOUR,
        **policy,
    }
    pool = given.pop("pool", Pool("p", Amounts({"cores": 8000})))
    return Platform("here", (pool,), **given)


def offered(task: Task, platform: Platform, now: int = 0, **change: Any) -> tuple[Offer, ...]:
    """The first offer that there is, changed."""
    return (evolve(frontier(task, [platform], now)[0], **change),)


def cores(least: int, most: int) -> tuple[Allotment, ...]:
    """What is offered of the compute resource."""
    return (Allotment(None, Amounts({"cores": least}), Amounts({"cores": most})),)


def scheduled(**limits: Any) -> Task:
    """The small task with a schedule."""
    return evolve(CORES, schedule=evolve(CORES.schedule, **limits))


NO_GPUS = Policy(limits=Amounts({"gpus": 0}))
TWO_SIZES = Pool(
    "p",
    Amounts({"cores": 8000, "gpus": 1}),
    flavours=(Flavour("f", Amounts({"cores": 2000})), Flavour("g", Amounts({"cores": 2000, "gpus": 1}))),
)
TWICE = Daily(opens=at(1), closes=at(3))
SPECIAL: dict[str, tuple[Task, Platform, dict[str, Any]]] = {
    "gpus that nobody asked for": (
        CORES,
        small(pool=Pool("p", Amounts({"cores": 8000, "gpus": 1}))),
        {"compute": (Allotment(None, Amounts({"cores": 1000}), Amounts({"cores": 3000, "gpus": 1})),)},
    ),
    "more cores than asked": (CORES, small(), {"compute": cores(1000, 4000)}),
    "more than the scale": (
        evolve(CORES, compute=(Compute(None, {"cores": Range(1000)}),)),
        small(pool=Pool("p", Amounts({"cores": 8000}), max_scale=Fraction(5, 2))),
        {"compute": cores(1000, 2501)},
    ),
    "flavour that there isn't": (
        CORES,
        small(pool=Pool("p", Amounts({"cores": 8000}), flavours=(Flavour("f", Amounts({"cores": 2000})),))),
        {"flavour": "g"},
    ),
    "no flavour": (
        CORES,
        small(pool=Pool("p", Amounts({"cores": 8000}), flavours=(Flavour("f", Amounts({"cores": 2000})),))),
        {"flavour": None},
    ),
    "more than the flavour": (
        CORES,
        small(pool=Pool("p", Amounts({"cores": 8000}), flavours=(Flavour("f", Amounts({"cores": 2000})),))),
        {"compute": cores(1000, 2001)},
    ),
    "flavour that isn't free": (
        CORES,
        small(
            pool=Pool(
                "p",
                Amounts({"cores": 8000, "gpus": 1}),
                flavours=(Flavour("f", Amounts({"cores": 2000, "gpus": 1})),),
            ),
            bookings=(Booking("p", Span(at(2), at(3)), Amounts({"gpus": 1})),),
        ),
        {"maxend": at(3), "maxduration": at(3), "maxstart": at(2)},
    ),
    "longer than asked": (
        scheduled(duration=Range(HOUR, 2 * HOUR)),
        small(),
        {"maxduration": at(3)},
    ),
    "longer than runs last here": (CORES, small(max_duration=at(2)), {"maxduration": at(3)}),
    "after the horizon": (CORES, small(), {"maxend": at(13), "maxduration": at(13)}),
    "start before it was asked": (scheduled(earliest=at(2)), small(), {"minstart": at(1)}),
    "start after it was asked": (scheduled(latest=at(2)), small(), {"maxstart": at(3)}),
    "two slots": (
        evolve(
            scheduled(daily=evolve(TWICE, closes=None, latest=at(2))),
            schedule=Schedule(Range(HOUR), daily=evolve(TWICE, closes=None, latest=at(2))),
        ),
        small(horizon=at(48)),
        {"maxstart": at(26)},
    ),
    "over too late": (scheduled(end=at(5)), small(), {"maxend": at(6), "maxduration": at(6)}),
    "closed": (
        CORES,
        small(closures=(Closure(Span(at(4), at(5))),)),
        {"maxend": at(5), "maxduration": at(5), "maxstart": at(4)},
    ),
    "booked": (
        CORES,
        small(bookings=(Booking("p", Span(at(4), at(5)), Amounts({"cores": 8000})),)),
        {"maxend": at(5), "maxduration": at(5), "maxstart": at(4)},
    ),
    "no default": (
        evolve(CORES, schedule=Schedule()),
        small(defaults=Defaults(NONE, at(2))),
        {"minduration": at(1), "maxstart": at(11)},
    ),
    "no cores by default": (
        Task(schedule=Schedule(Range(HOUR))),
        small(defaults=Defaults(Amounts({"cores": 1000}))),
        {"compute": ()},
    ),
    "another price": (
        CORES,
        small(costs=Costs({"cores": Decimal(2)}, "EUR")),
        {"cost": Cost(Fraction(3), "EUR")},
    ),
    "no price": (CORES, small(costs=Costs({"cores": Decimal(2)}, "EUR")), {"cost": None}),
    "more than one request may have": (
        CORES,
        small(policy=Policy(limits=Amounts({"cores": 2000}))),
        {"compute": cores(1000, 2001)},
    ),
    "flavour with more than one request may have": (
        CORES,
        small(pool=TWO_SIZES, policy=NO_GPUS),
        {"flavour": "g"},
    ),
    "longer than one request may": (CORES, small(policy=Policy(max_duration=at(2))), {"maxduration": at(3)}),
    "dearer than asked": (
        evolve(CORES, costs=(Constraint(ENERGY, None, Decimal(3)),)),
        small(energy={"cores": Decimal(1)}),
        {"compute": cores(1000, 1001), "costs": ()},
    ),
    "another figure": (
        CORES,
        small(carbon={"cores": Decimal(1)}),
        {"costs": (Figure(CARBON, Fraction(1), Fraction(35)),)},
    ),
}
EXPECTED = {
    "gpus that nobody asked for": "nothing-unasked",
    "more cores than asked": "maximum-respected",
    "more than the scale": "within-scale",
    "flavour that there isn't": "known-flavour",
    "no flavour": "known-flavour",
    "more than the flavour": "flavour-holds",
    "flavour that isn't free": "within-capacity",
    "longer than asked": "maximum-duration-respected",
    "longer than runs last here": "within-duration-limit",
    "after the horizon": "within-horizon",
    "start before it was asked": "start-in-range",
    "start after it was asked": "start-in-range",
    "two slots": "one-slot",
    "over too late": "run-in-range",
    "closed": "while-open",
    "booked": "within-capacity",
    "no default": "defaults-given",
    "no cores by default": "defaults-given",
    "another price": "right-cost",
    "no price": "right-cost",
    "more than one request may have": "within-request-limits",
    "flavour with more than one request may have": "within-request-limits",
    "longer than one request may": "within-duration-limit",
    "dearer than asked": "within-budget",
    "another figure": "right-figures",
}  # fmt: skip


@pytest.mark.parametrize("what", SPECIAL)
def test_special_worlds(what: str) -> None:
    """In a world of its own, too, the one rule that is there for it notices a wrong offer."""
    task, platform, change = SPECIAL[what]
    world = World(task, (platform,), 0)
    assert judge(world, Answer(offered(task, platform)), SOUNDNESS) == []

    assert names(judge(world, Answer(offered(task, platform, **change)), SOUNDNESS)) == {EXPECTED[what]}


NOWHERE: dict[str, tuple[dict[str, Any], dict[str, Any]]] = {
    "supported-executable": ({"executable": Executable("java")}, {"executables": frozenset({"python"})}),
    "reachable-data": ({"data": (Data("https://far.example.org/a", size=1),)}, {}),
    "resolved-names": ({"data": (Data("here/a", storage="scratch"),)}, {"held": ("here",)}),
    "permitted-task": (
        {"executable": Executable("java")},
        {"policy": Policy(executables=Choice(deny=("java",)), identities=Choice(("ada",)))},
    ),
    "within-budget": ({"costs": (Constraint(ENERGY, None, Decimal(3)),)}, {}),
    "alike-counted": ({"sizes": frozenset({"cores"})}, {}),
    "same-language": ({"language": "OTHER-TDL"}, {}),
}


@pytest.mark.parametrize("rule", NOWHERE)
def test_no_offer_is_right(rule: str) -> None:
    """Where a task can't be run, no offer is right, however right it looks."""
    asked, policy = NOWHERE[rule]
    world = World(evolve(CORES, **asked), (small(**policy),), 0)

    assert names(judge(world, Answer(offered(CORES, small())), SOUNDNESS)) == {rule}


def test_what_costs_too_little() -> None:
    """A least figure holds of the cheapest run; who demands neither a least nor a most demands nothing."""
    here = small(energy={"cores": Decimal(1)}, metrics=(Measure("urn:speed", fixed=Decimal(5)),))
    asked = evolve(CORES, costs=(Constraint(ENERGY, Decimal(1)),), metrics=(Constraint("urn:heat"),))
    more = evolve(
        CORES, costs=(Constraint(ENERGY, Decimal("1.5")),), metrics=(Constraint("urn:speed", Decimal(6)),)
    )
    answer = Answer(offered(CORES, here))

    assert judge(World(asked, (here,), 0), answer, SOUNDNESS) == []
    found = judge(World(more, (here,), 0), answer, SOUNDNESS)
    assert [(each.rule, each.where) for each in found] == [
        ("within-budget", "offers[0].costs"),
        ("within-budget", "offers[0].metrics"),
    ]


def test_who_asks() -> None:
    """Who is not let in is offered nothing; where nobody says who asks, that can't be told."""
    here = small(policy=Policy(identities=Choice(("ada",))))
    answer = Answer(offered(CORES, small()))

    for client, expected in (("ada", set()), ("bob", {"permitted-task"}), (None, set())):
        assert names(judge(World(CORES, (here,), 0, client), answer, SOUNDNESS)) == expected


def test_names_that_are_taken() -> None:
    """A task in which two resources have the same name is offered nothing."""
    twice = evolve(CORES, compute=(Compute("x", {"cores": Range(1000)}),), storage=(Storage("x", Range(0)),))
    where = small(pool=Pool("p", Amounts({"cores": 8000, "storage": 1})))

    found = judge(World(twice, (where,), 0), Answer(offered(twice, where)), SOUNDNESS)
    assert [(each.rule, each.asked) for each in found] == [("resolved-names", 2)]


def test_answers_as_a_whole() -> None:
    """Identifiers are distinct, a NO has a reason that can be read, and a YES has none."""
    one, other, *_ = OFFERS
    same = (evolve(one, identifier="x"), evolve(other, identifier="x"))
    reason = Reason("busy", "for a reason")
    wrong = (
        (Answer(same), {"distinct-identifiers"}),
        (Answer(OFFERS, (reason,)), {"one-result"}),
        (Answer(), {"reasons-given"}),
        (Answer(unanswered=(Unanswered("a", "failed", "it is away"),)), set()),
        (Answer(reasons=(evolve(reason, message=" "),)), {"legible-reasons"}),
        (Answer(reasons=(evolve(reason, path="compute-resources[1].mingpus"),)), {"legible-reasons"}),
        (Answer(reasons=(evolve(reason, path="compute-resources[0].mincores"),)), {"legible-reasons"}),
        (Answer(reasons=(evolve(reason, path="storage-resources[0].minsize"),)), set()),
        (Answer(OFFERS[::-1]), {"ordered-offers"}),
        (
            Answer((FIRST, evolve(FIRST, minstart=FIRST.minstart + HOUR))),
            {"beaten-offer"},
        ),
    )
    for answer, expected in wrong:
        assert names(judge(WORLD, answer, SOUNDNESS)) == expected


def test_what_is_never_compared() -> None:
    """An offer that is nearer is beaten by none that is farther, nor is one of another flavour."""
    worse = evolve(FIRST, compute=gpus(1, 1))

    assert names(judge(WORLD, Answer((FIRST, worse)), SOUNDNESS)) == {"beaten-offer"}
    assert judge(WORLD, Answer((FIRST, evolve(worse, proximity=Decimal(1)))), SOUNDNESS) == []
    assert judge(WORLD, Answer((FIRST, FLAVOURED)), SOUNDNESS) == []


class TestWhatElseThereWas:
    """The rules that ask what there would have been."""

    def test_spurious_no(self) -> None:
        """A NO where there is room is noticed, unless the planner has a reason of its own, or did not look."""
        no = Answer(reasons=(Reason("busy", "no room"),))
        policy = Answer(reasons=(Reason("policy", "not today"),))
        away = evolve(no, unanswered=(Unanswered("a", "failed", "it is away"),))

        assert "spurious-no" in names(judge(WORLD, no))
        for answer in (policy, away, evolve(no, complete=False)):
            assert "spurious-no" not in names(judge(WORLD, answer))

    @pytest.mark.parametrize("place", range(len(OFFERS)))
    def test_room_left_out(self, place: int) -> None:
        """Whichever offer of a frontier is missing, it is missed, unless the answer says that it is not whole."""
        some = Answer((*OFFERS[:place], *OFFERS[place + 1 :]))

        assert names(judge(WORLD, some)) == {"room-left-out"}
        assert judge(WORLD, evolve(some, complete=False)) == []
        assert judge(WORLD, evolve(some, omitted=1)) == []
        assert names(judge(WORLD, evolve(some, omitted=2))) == {"counted-omissions"}

    def test_less_is_offered(self) -> None:
        """An offer that stays below what there is breaks no rule but that on the room that it leaves out."""
        less = evolve(FIRST, compute=gpus(1, 1))
        answer = Answer(tuple(less if offer is FIRST else offer for offer in OFFERS))

        assert {each.level for each in judge(WORLD, answer)} <= {Level.QUALITY}
        assert "room-left-out" in names(judge(WORLD, answer))

    def test_costs_that_nobody_names(self) -> None:
        """Where no offer names a cost, what is left out is not missed for its price."""
        dear = small(costs=Costs({"cores": Decimal(2)}))
        offers = tuple(evolve(offer, cost=None) for offer in frontier(CORES, [dear], 0))

        assert names(judge(World(CORES, (dear,), 0), Answer(offers))) == {"right-cost"}

    def test_few_offers(self) -> None:
        """No more offers than a platform gives at once."""
        world = World(TASK, (evolve(PLATFORM, max_offers=2),), 0)

        assert names(judge(world, Answer(OFFERS))) == {"few-offers"}
        assert judge(world, Answer(OFFERS[:2], omitted=len(OFFERS) - 2)) == []


class TestEffort:
    """Whether a world is small enough to try everything is told without trying."""

    #: A whole month, with something booked.
    MONTH = Platform(
        "here",
        (Pool("p", Amounts({"gpus": 4})),),
        bookings=(Booking("p", Span(0, 10 * HOUR), Amounts({"gpus": 1})),),
        horizon=30 * 24 * HOUR,
    )
    TASK = Task((Compute("c", {"gpus": Range(1, 4)}),), schedule=Schedule(Range(HOUR, HOUR)))

    @given(worlds())
    def test_no_more_is_tried(self, world: World) -> None:
        """The definition tries no more lengths of spans than is foretold, and small worlds are judged whole."""
        tried = 0

        def count(*arguments: Any) -> Any:
            nonlocal tried
            for each in longer(*arguments):
                tried += 1
                yield each

        longer = definition_boxes._longer_and_longer
        with pytest.MonkeyPatch.context() as patch:
            patch.setattr(definition_boxes, "_longer_and_longer", count)
            offers = all_offers(world.task, world.platforms, world.now, world.client)
        foretold = sum(
            sum(looks(world.task, Room(platform), world.now, world.client)) for platform in world.platforms
        )

        assert 25 * tried <= foretold <= MOST_LOOKS
        judge = Judge(ANSWER_RULES)
        judge.judge(world, Answer(tuple(offers)))
        assert judge.unjudged == ()

    @pytest.mark.parametrize("grid", [1, 60, HOUR])
    def test_a_month(self, grid: int) -> None:
        """A month of hours is tried, one of minutes is not: that is said, until something else is judged."""
        world = World(self.TASK, (evolve(self.MONTH, granularity=grid),), 0)
        offers = offered(self.TASK, evolve(self.MONTH, granularity=HOUR))
        judge = Judge(ANSWER_RULES)

        judge.judge(world, Answer(offers))
        assert judge.unjudged == (() if grid == HOUR else ("room-left-out",))
        judge.judge(WORLD, Answer(OFFERS))
        assert judge.unjudged == ()

    def test_what_is_left_out(self) -> None:
        """What an answer says that it left out can't be counted either; a NO is judged whole."""
        world = World(self.TASK, (evolve(self.MONTH, granularity=1),), 0)
        judge = Judge(ANSWER_RULES)

        judge.judge(world, Answer(offered(self.TASK, evolve(self.MONTH, granularity=HOUR)), omitted=7))
        assert judge.unjudged == ("counted-omissions",)
        assert "spurious-no" in names(judge.judge(world, Answer()))
        assert judge.unjudged == ()


class TestChoice:
    """Rules are chosen by name and by level."""

    def test_names_and_levels(self) -> None:
        """In the order in which they stand, each once."""
        found = chosen(["quality", "within-capacity", "spurious-no"], ANSWER_RULES)

        assert found[0].name == "platform-lifetime"
        assert {each.level for each in found} == {Level.QUALITY, Level.MUST}
        assert len({each.name for each in found}) == len(found)

    def test_unknown(self) -> None:
        """A name that nothing has is an error that says what was meant."""
        with pytest.raises(LookupError, match="did you mean within-capacity"):
            chosen(["within-capacities"], ANSWER_RULES)
        with pytest.raises(LookupError, match=r"there is no rule xyzzy$"):
            chosen(["xyzzy"], ANSWER_RULES)

    def test_numbers_and_names_are_unique(self) -> None:
        """A rule is found by its number, by its name, and by a sentence with a full stop."""
        assert len({each.name for each in ANSWER_RULES}) == len({each.number for each in ANSWER_RULES})
        assert len({each.name for each in ANSWER_RULES}) == len(ANSWER_RULES)
        for each in ANSWER_RULES:
            assert each.text.endswith(".")
            assert "\n" not in each.text


def test_every_rule_is_broken_here() -> None:
    """Of the rules by which an answer is sound there is none that the answers above don't break."""
    broken = {rule for _, _, rule, *_ in TAMPERED} | set(EXPECTED.values()) | set(NOWHERE)
    whole = {"distinct-identifiers", "one-result", "reasons-given", "legible-reasons", "beaten-offer",
             "ordered-offers", "few-offers"}  # fmt: skip

    assert {each.name for each in SOUNDNESS} - broken - whole == set()


def test_a_judge_may_be_kept() -> None:
    """A judge that has judged something else judges as a new one does."""
    kept = Judge(ANSWER_RULES)
    for _ in range(2):
        for platform in (PLATFORM, evolve(PLATFORM, bookings=())):
            for answer in (Answer(OFFERS), Answer(OFFERS[1:]), Answer()):
                world = World(TASK, (platform,), 0)
                assert kept.judge(world, answer) == judge(world, answer)


def test_the_absurd() -> None:
    """Times that nobody lives to see neither hang a judge nor break it."""
    absurd = evolve(FIRST, minstart=-(10**18), maxstart=10**18, maxend=10**18, maxduration=10**18)

    assert {"within-horizon", "after-preparation"} <= names(judge(WORLD, Answer((absurd,)), SOUNDNESS))
