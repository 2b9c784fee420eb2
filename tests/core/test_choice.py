"""A few offers that speak for all."""

from decimal import Decimal
from itertools import pairwise

import pytest
from attrs import evolve
from hypothesis import assume, given
from hypothesis import strategies as st

from execbroker.core.amounts import Amounts
from execbroker.core.answer import Answer, Offer
from execbroker.core.choice import MEASURES
from execbroker.core.planner import PlatformPlanner, Query
from execbroker.core.platform import Booking, Costs, Flavour, Platform, Pool
from execbroker.core.ranges import Range
from execbroker.core.spans import Span
from execbroker.core.task import Compute, Schedule, Task
from execbroker.testing.strategies import worlds
from execbroker.testing.worlds import World

HOUR = 3600
CAPACITY = Amounts({"cores": 40_000, "memory": 40})
TASK = Task(
    compute=(Compute(None, {"cores": Range(0), "memory": Range(0)}),),
    schedule=Schedule(Range(HOUR, 30 * HOUR)),
)


def falling_and_rising(steps: int) -> Platform:
    """Cores are given back hour by hour while memory is taken: every stretch is an offer of its own."""
    bookings = (
        Booking("p", Span(t * HOUR, (t + 1) * HOUR), Amounts({"cores": 1000 * t, "memory": steps - t}))
        for t in range(steps)
    )
    return Platform("here", (Pool("p", CAPACITY),), horizon=steps * HOUR, bookings=tuple(bookings))


def chosen(limit: int, platform: Platform | None = None, prefer: str | None = None) -> Answer:
    """The answer with so many offers at most."""
    return PlatformPlanner(platform or falling_and_rising(20)).plan(
        TASK, 0, Query(max_offers=limit, prefer=prefer)
    )


FRONTIER = chosen(10**6).offers


@pytest.mark.parametrize("limit", [1, 2, 3, 4, 5, 8, 50, len(FRONTIER), len(FRONTIER) + 1])
def test_no_more_than_asked_and_the_rest_is_counted(limit: int) -> None:
    """What is left out is said; what is there is of the frontier, in its order."""
    answer = chosen(limit)

    assert len(answer.offers) == min(limit, len(FRONTIER))
    assert answer.omitted == len(FRONTIER) - len(answer.offers)
    assert [offer for offer in FRONTIER if offer in answer.offers] == list(answer.offers)


def test_the_extremes_come_first() -> None:
    """With room for four: the earliest, the longest, the largest in each resource."""
    kept = chosen(4).offers

    assert FRONTIER[0] in kept
    assert max(offer.maxduration for offer in FRONTIER) in {offer.maxduration for offer in kept}
    for name in CAPACITY:
        assert max(offer.amounts[name] for offer in FRONTIER) in {offer.amounts[name] for offer in kept}


def test_the_smallest_flavour_is_kept() -> None:
    """Sizes are never compared; the smallest is one of those that must be there."""
    sizes = [Flavour(f"f{n}", Amounts({"cores": 1000 * n, "memory": n})) for n in (9, 7, 2, 5, 30)]
    platform = Platform("here", (Pool("p", CAPACITY, flavours=tuple(sizes)),))

    assert "f2" in {offer.flavour for offer in chosen(3, platform).offers}


def test_what_is_added_covers_more_than_the_first_in_order_would() -> None:
    """Eight chosen offers are spread out: no two of them start within an hour and end within an hour."""
    kept = chosen(8).offers

    assert len({(offer.minstart, offer.maxduration) for offer in kept}) == 8
    assert max(offer.minstart for offer in kept) - min(offer.minstart for offer in kept) >= 10 * HOUR


@pytest.mark.parametrize("measure", sorted(MEASURES))
def test_a_preference_puts_its_best_first_and_drops_none(measure: str) -> None:
    """The same offers, in another order; and where some are left out, never the preferred one."""
    assert sorted(chosen(10**6, prefer=measure).offers, key=repr) == sorted(FRONTIER, key=repr)
    best = chosen(10**6, prefer=measure).offers[0]
    assert chosen(1, prefer=measure).offers == (best,)


def test_preferences_mean_what_they_say() -> None:
    """Longest, largest: by hand."""
    assert chosen(1, prefer="longest").offers[0].maxduration == max(o.maxduration for o in FRONTIER)
    assert chosen(1, prefer="largest").offers[0].amounts["cores"] == max(o.amounts["cores"] for o in FRONTIER)


def standing(offer: Offer) -> tuple[object, ...]:
    """What the order goes by, as far as an offer of one pool shows it."""
    return (offer.minstart, -offer.maxduration, [-amount for amount in offer.amounts.values()])


@given(worlds(), st.integers(1, 5))
def test_any_choice_is_a_part_of_the_frontier_in_order(world: World, limit: int) -> None:
    """Choosing neither invents nor reorders, and the earliest offer is always there."""
    planner = PlatformPlanner(*world.platforms)
    whole = planner.plan(world.task, world.now, Query(max_offers=10**6)).offers
    assume(whole)
    few = planner.plan(world.task, world.now, Query(max_offers=limit)).offers

    places = [whole.index(offer) for offer in few]
    assert len(few) == min(limit, len(whole))
    assert all(before < after for before, after in pairwise(places))
    assert places[0] == 0


def test_the_order_is_by_start_then_longest_then_largest() -> None:
    """One resource after the other in the order of their names."""
    assert sorted(FRONTIER, key=standing) == list(FRONTIER)


def test_cheapest_compares_within_a_currency() -> None:
    """Offers in another currency come after those in that of the first offer, and offers without a cost last."""
    names = [("a", "USD", 5), ("b", "EUR", 1), ("c", "USD", 2), ("d", None, 0)]
    platforms = [
        Platform(
            name, (Pool("p", Amounts({"cores": 1000})),), costs=Costs({"cores": Decimal(rate)}, currency)
        )
        if rate
        else Platform(name, (Pool("p", Amounts({"cores": 1000})),))
        for name, currency, rate in names
    ]
    sizes = [evolve(each, horizon=(9 - place) * HOUR) for place, each in enumerate(platforms)]
    later = Booking("p", Span(0, HOUR), Amounts({"cores": 1000}))
    sizes[2] = evolve(sizes[2], horizon=9 * HOUR, bookings=(later,))
    task = Task(compute=(Compute(None, {"cores": Range(1000)}),))

    offers = PlatformPlanner(*sizes).plan(task, 0, Query(prefer="cheapest")).offers
    currencies = [offer.cost.currency if offer.cost else None for offer in offers]
    prices = [offer.cost.amount for offer in offers if offer.cost and offer.cost.currency == "USD"]
    assert currencies == sorted(currencies, key=["USD", "EUR", None].index)
    assert prices == sorted(prices)
