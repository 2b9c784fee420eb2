"""Tests of what demands on costs and metrics leave of what a task asks."""

from __future__ import annotations

from decimal import Decimal
from fractions import Fraction
from itertools import pairwise
from typing import Any

import pytest
from attrs import evolve
from hypothesis import given
from hypothesis import strategies as st

from execbroker.core.amounts import Amounts
from execbroker.core.answer import ENERGY, METRIC, MONETARY, Answer, Offer
from execbroker.core.planner import PlatformPlanner, Query
from execbroker.core.platform import Costs, Measure, Platform, Pool
from execbroker.core.ranges import Range
from execbroker.core.task import Compute, Constraint, Schedule, Task

HOUR = 3600
THROUGHPUT = f"{METRIC}io-throughput"
POOL = Pool("batch", Amounts({"cores": 64_000, "gpus": 4}))
PLATFORM = Platform(
    "here",
    (POOL,),
    granularity=60,
    horizon=100 * HOUR,
    costs=Costs({"cores": Decimal("0.02"), "gpus": Decimal("0.9")}, "EUR"),
    energy={"cores": Decimal("0.01")},
    metrics=(Measure(THROUGHPUT, fixed=Decimal(400)),),
)
FOUR = Task(compute=(Compute(ranges={"cores": Range(4000)}),), schedule=Schedule(Range(HOUR)))


def ask(task: Task, platform: Platform = PLATFORM, **query: Any) -> Answer:
    """An answer to a task now."""
    return PlatformPlanner(platform).plan(task, 0, Query(max_offers=100, **query))


def at_most(limit: str, meaning: str = MONETARY) -> Task:
    """The task with a most that it may cost."""
    return evolve(FOUR, costs=(Constraint(meaning, maximum=Decimal(limit)),))


def dearest(offer: Offer, meaning: str = MONETARY) -> Fraction:
    """What the dearest run of an offer costs."""
    return next(figure.most for figure in offer.costs if figure.meaning == meaning)


class TestCosts:
    """A most that a run may cost."""

    def test_every_run_is_within_it(self) -> None:
        """The longest with the most cores, and all others with it."""
        for offer in ask(at_most("2")).offers:
            assert dearest(offer) <= 2

    def test_size_and_time_are_traded(self) -> None:
        """Twice the time is half the cores, from the shortest run to the longest that can be paid for."""
        offers = sorted(ask(at_most("2")).offers, key=lambda offer: offer.maxduration)
        assert [offer.maxduration // 60 for offer in offers][-1] == 25 * 60
        assert all(one.amounts["cores"] > two.amounts["cores"] for one, two in pairwise(offers))
        for offer in offers:
            assert offer.amounts["cores"] % 1000 == 0
            # For a minute more, or with a core more, it would be too dear.
            assert dearest(offer) * Fraction(offer.maxduration + 60, offer.maxduration) > 2

    def test_a_limit_that_nothing_reaches_changes_nothing(self) -> None:
        """The same offers as without."""
        free, limited = ask(FOUR).offers, ask(at_most("1000000")).offers
        assert limited == free

    @pytest.mark.parametrize(("limit", "is_yes"), [("0.08", True), ("0.079999", False), ("0", False)])
    def test_the_cheapest_run_decides(self, limit: str, is_yes: bool) -> None:
        """Four cores for an hour cost 0.08."""
        answer = ask(at_most(limit))
        assert answer.is_yes is is_yes
        if not is_yes:
            (reason,) = answer.reasons
            assert (reason.code, reason.path, reason.asked, reason.available) == (
                "cost-exceeds-limit", "costs[0].max", Decimal(limit), Decimal("0.08"),
            )  # fmt: skip

    def test_what_is_not_known_is_not_promised(self) -> None:
        """A platform without rates may be dear or not."""
        (reason,) = ask(at_most("5"), evolve(PLATFORM, costs=None)).reasons
        assert (reason.code, reason.path, reason.available) == ("cost-exceeds-limit", "costs[0].max", None)

    def test_all_demands_count_at_once(self) -> None:
        """Money and energy, each of which leaves something else."""
        task = evolve(at_most("2"), costs=(*at_most("2").costs, *at_most("0.1", ENERGY).costs))
        offers = ask(task).offers
        assert offers
        for offer in offers:
            assert dearest(offer) <= 2
            assert dearest(offer, ENERGY) <= Fraction(1, 10)

    def test_accepting_the_most_is_within_it(self) -> None:
        """Whoever accepts without a choice gets the longest run with the most of all, and can pay for it."""
        task = evolve(FOUR, compute=(Compute(ranges={"cores": Range(1000), "gpus": Range(0)}),))
        task = evolve(task, costs=(Constraint(MONETARY, maximum=Decimal(3)),))
        for offer in ask(task).offers:
            hours = Fraction(offer.maxduration, HOUR)
            cores, gpus = Fraction(offer.amounts["cores"], 1000), offer.amounts["gpus"]
            assert hours * (cores * Fraction(2, 100) + gpus * Fraction(9, 10)) <= 3

    def test_alternatives_say_what_it_would_cost(self) -> None:
        """The limit has to go up to the cheapest run, or what is asked has to become less."""
        answer = ask(at_most("0.05"))
        changes = {change.path: change.new for each in answer.alternatives for change in each.changes}
        assert changes["costs[0].max"] == "0.08"
        assert changes["compute-resources[0].mincores"] == "2"

    @given(st.integers(1, 64), st.integers(1, 30), st.decimals(0, 50, places=3), st.booleans())
    def test_whatever_is_asked(self, cores: int, hours: int, limit: Decimal, everything: bool) -> None:
        """There is an offer if and only if the cheapest run can be paid for, and no run of any is dearer."""
        task = Task(
            compute=(Compute(ranges={"cores": Range(cores * 1000)}),),
            schedule=Schedule(Range(hours * HOUR)),
            costs=(Constraint(MONETARY, maximum=limit),),
        )
        offers = ask(task, all_boxes=everything).offers
        assert bool(offers) is (Fraction(cores * hours, 50) <= Fraction(limit))
        assert all(dearest(offer) <= Fraction(limit) for offer in offers)


class TestMetrics:
    """What is demanded of a metric."""

    def test_the_least(self) -> None:
        """A pool that has it says YES, and another one says what it has."""
        for least, is_yes in ((Decimal(400), True), (Decimal("400.5"), False)):
            answer = ask(evolve(FOUR, metrics=(Constraint(THROUGHPUT, least),)))
            assert answer.is_yes is is_yes
        (reason,) = answer.reasons
        assert (reason.code, reason.path, reason.asked, reason.available) == (
            "metric-not-met", "metrics[0].min", Decimal("400.5"), Decimal(400),
        )  # fmt: skip

    def test_a_pool_may_have_its_own(self) -> None:
        """Only the fast one is offered."""
        fast = evolve(POOL, name="fast", metrics=(Measure(THROUGHPUT, fixed=Decimal(900)),))
        platform = evolve(PLATFORM, pools=(POOL, fast))
        answer = ask(evolve(FOUR, metrics=(Constraint(THROUGHPUT, Decimal(500)),)), platform)
        assert {offer.pool for offer in answer.offers} == {"fast"}

    def test_the_most_narrows_the_amounts(self) -> None:
        """Ten for each core, and no more than a hundred."""
        power = Measure("urn:example:heat", {"cores": Decimal(10)})
        task = evolve(FOUR, metrics=(Constraint("urn:example:heat", maximum=Decimal(100)),))
        (offer,) = ask(task, evolve(PLATFORM, metrics=(power,))).offers
        assert offer.amounts["cores"] == 10_000
        assert offer.maxduration == 100 * HOUR

    def test_nothing_demanded_is_nothing_demanded(self) -> None:
        """Not even of what nobody knows."""
        assert ask(evolve(FOUR, metrics=(Constraint("urn:example:unknown"),))).is_yes
