"""The invariants: the right answer breaks none of them, and each notices what it is there for."""

from __future__ import annotations

from decimal import Decimal

import pytest
from attrs import evolve

from execbroker.core.amounts import Amounts
from execbroker.core.answer import Allotment, Answer, Offer
from execbroker.core.platform import Booking, Defaults, Flavour, Platform, Pool
from execbroker.core.ranges import Range
from execbroker.core.spans import Span
from execbroker.core.task import Compute, Data, Schedule, Storage, Task
from execbroker.testing.definition import frontier
from execbroker.testing.rules import Exchange, Rule, judge, offers
from execbroker.testing.rules.offers import runs
from execbroker.testing.worlds import World

HOUR = 3600
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
    defaults=Defaults(Amounts(), HOUR),
    bookings=(Booking("p", Span(6 * HOUR, 8 * HOUR), Amounts({"gpus": 2, "storage": 10})),),
)
TASK = Task(
    compute=(Compute("main", {"gpus": Range(1, 4)}),),
    storage=(Storage("scratch", Range(50, 100)),),
    schedule=Schedule(Range(2 * HOUR, 8 * HOUR), latest=9 * HOUR),
)
WORLD = World(TASK, (PLATFORM,), now=0)
OFFERS = tuple(frontier(TASK, [PLATFORM], 0))


def test_right_answer() -> None:
    """The answer that is tampered with below is right, has several offers and one of a flavour."""
    assert judge(WORLD, Answer(OFFERS)) == []
    assert {offer.flavour for offer in OFFERS} == {None, "f"}
    assert len(OFFERS) >= 4


#: What is done to the first offer, a run of 8 hours that starts from 1:00, and who notices.
TAMPERED: tuple[tuple[str, dict[str, object], Rule[Exchange]], ...] = (
    ("another platform", {"platform": "there"}, offers.unsupported_offers),
    ("another pool", {"pool": "z"}, offers.unsupported_offers),
    ("start before the preparation", {"minstart": 0}, offers.unsupported_offers),
    ("end after the horizon", {"maxend": 13 * HOUR}, offers.unsupported_offers),
    ("other preparation", {"preparation": 0}, offers.unsupported_offers),
    ("expiry after the last start", {"expires": 10 * HOUR}, offers.unsupported_offers),
    ("flavour in a pool without", {"flavour": "f"}, offers.unsupported_offers),
    ("flavour that there isn't", {"pool": "q", "flavour": "g"}, offers.broken_promises),
    ("start off the grid", {"minstart": HOUR + 1}, offers.unasked_times),
    ("last start before the first", {"maxstart": 0}, offers.unasked_times),
    ("longer than asked", {"maxduration": 9 * HOUR}, offers.unasked_times),
    ("shorter than asked", {"minduration": HOUR}, offers.unasked_times),
    ("start after the latest", {"maxstart": 10 * HOUR}, offers.unasked_times),
    ("end that no run reaches", {"maxstart": HOUR, "maxend": 12 * HOUR}, offers.unasked_times),
    ("no compute resource", {"compute": ()}, offers.unasked_amounts),
    ("no storage resource", {"storage": ()}, offers.unasked_amounts),
    (
        "another name",
        {"compute": (Allotment("other", Amounts({"gpus": 1}), Amounts({"gpus": 2})),)},
        offers.unasked_amounts,
    ),
    (
        "less than asked",
        {"compute": (Allotment("main", Amounts({"gpus": 0}), Amounts({"gpus": 2})),)},
        offers.unasked_amounts,
    ),
    (
        "more than asked",
        {"compute": (Allotment("main", Amounts({"gpus": 1}), Amounts({"gpus": 5})),)},
        offers.unasked_amounts,
    ),
    (
        "something else",
        {"compute": (Allotment("main", Amounts({"gpus": 1, "fpgas": 1}), Amounts({"gpus": 2, "fpgas": 1})),)},
        offers.unasked_amounts,
    ),
    (
        "more gpus than are free",
        {"compute": (Allotment("main", Amounts({"gpus": 1}), Amounts({"gpus": 3})),)},
        offers.broken_promises,
    ),
    (
        "more storage than is free",
        {"storage": (Allotment("scratch", Amounts({"storage": 50}), Amounts({"storage": 91})),)},
        offers.broken_promises,
    ),
)


@pytest.mark.parametrize(("what", "change", "invariant"), TAMPERED, ids=[each[0] for each in TAMPERED])
def test_tampered_offer(what: str, change: dict[str, object], invariant: Rule[Exchange]) -> None:
    """An offer that says what it shouldn't is noticed, by the invariant that is there for it."""
    first = next(offer for offer in OFFERS if offer.flavour is None)
    wrong = evolve(first, **change)  # type: ignore[arg-type]

    assert judge(WORLD, Answer((first,)), [invariant]) == [], what
    assert judge(WORLD, Answer((wrong,)), [invariant]) != [], what


def test_beaten_offer() -> None:
    """An offer that another one beats doesn't belong on a frontier."""
    first = OFFERS[0]
    worse = evolve(first, minstart=first.minstart + HOUR)

    assert judge(WORLD, Answer(OFFERS), [offers.beaten_offers]) == []
    assert len(judge(WORLD, Answer((first, worse)), [offers.beaten_offers])) == 1
    assert judge(WORLD, Answer((first, evolve(worse, proximity=Decimal(1)))), [offers.beaten_offers]) == []


def test_order() -> None:
    """Offers in another order are noticed."""
    assert judge(WORLD, Answer(OFFERS), [offers.unordered_offers]) == []
    assert judge(WORLD, Answer(OFFERS[::-1]), [offers.unordered_offers]) != []


def test_data_that_cannot_be_brought() -> None:
    """No offer is right where the data can't be staged."""
    unreachable = World(evolve(TASK, data=(Data("far/a", size=1),)), (PLATFORM,), 0)

    assert [each.message for each in judge(unreachable, Answer(OFFERS[:1]), [offers.unsupported_offers])] == [
        "the task's data can't be brought there"
    ]


def test_runs() -> None:
    """Few runs are all listed; of many those at the limits."""
    offer = Offer("here", "p", 0, 2, 4, 1, 3, 0)
    wide = Offer("here", "p", 0, 90, 100, 10, 60, 0)

    assert sorted(runs(offer, 1)) == [(0, 1), (0, 2), (0, 3), (1, 2), (1, 3), (1, 4), (2, 3), (2, 4)]
    assert sorted(set(runs(wide, 1))) == [(0, 10), (0, 60), (40, 100), (90, 100)]
