"""What an offer costs where it is made narrower: to one duration, or to the run that was accepted."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

from attrs import evolve
from hypothesis import given
from hypothesis import strategies as st

from execbroker.core.amounts import Amounts
from execbroker.core.answer import Allotment, Cost, Figure, Offer
from execbroker.core.platform import Costs, Platform, Pool
from execbroker.core.session import Run
from execbroker.languages.drafts.settled import lasting, settled
from execbroker.testing.definition_measures import costs_of, figures

POOL = Pool("batch", Amounts({"cores": 8000, "gpus": 4}))
HERE = Platform(
    "here",
    (POOL,),
    costs=Costs({"cores": Decimal("0.02"), "gpus": Decimal("0.9")}, "EUR"),
    energy={"cores": Decimal("0.012"), "gpus": Decimal("0.35")},
)


def costs(least: dict[str, int], shortest: int, most: dict[str, int], longest: int) -> tuple[Figure, ...]:
    """What runs between two cost, by definition."""
    return figures(costs_of(HERE, POOL), (least, shortest), (most, longest))


@st.composite
def offered(draw: st.DrawFn) -> tuple[Offer, dict[str, int], dict[str, int], Run]:
    """An offer with what it costs, its least and its most amounts, and a run of it."""

    def between(least: int, most: int) -> tuple[int, int, int]:
        low, middle, high = sorted(draw(st.lists(st.integers(least, most), min_size=3, max_size=3)))
        return low, draw(st.sampled_from([low, middle, high])), high

    cores, gpus, lengths = between(1, 8000), between(0, 4), between(60, 7200)
    least, chosen, most = ({"cores": one, "gpus": other} for one, other in zip(cores, gpus, strict=True))
    known = costs(least, lengths[0], most, lengths[2])
    offer = Offer(
        "here", "batch", 0, 0, lengths[2], lengths[0], lengths[2], 60,
        compute=(Allotment(None, Amounts(least), Amounts(most)),), costs=known,
        cost=Cost(known[0].least, "EUR"),
    )  # fmt: skip
    return offer, least, most, Run(0, lengths[1], Amounts(chosen))


@given(offered())
def test_of_one_duration(found: Any) -> None:
    """The least and the most of all runs that last so long are known exactly, and nothing else changes."""
    offer, least, most, run = found
    narrow = lasting(offer, run.duration)

    assert narrow.costs == costs(least, run.duration, most, run.duration)
    assert narrow.cost == Cost(narrow.costs[0].least, "EUR")
    assert evolve(narrow, cost=offer.cost, costs=offer.costs) == offer


@given(offered())
def test_of_a_run(found: Any) -> None:
    """A run's own costs are within what is said of it, which is exact for the least and for the most amounts."""
    offer, least, most, run = found
    exact = costs(run.amounts, run.duration, run.amounts, run.duration)
    said = settled(offer, run).costs

    assert all(one.least <= own.least <= one.most for one, own in zip(said, exact, strict=True))
    if dict(run.amounts) in (least, most):
        assert said == exact


def test_what_others_offer_for_no_time() -> None:
    """An offer of no duration, as others may make, costs what it says."""
    offer = Offer("here", "batch", 0, 0, 0, 0, 0, 60, costs=costs({"cores": 1}, 60, {"cores": 1}, 60))

    assert lasting(offer, 0) == offer
