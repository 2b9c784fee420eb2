"""The invariants: the right answer breaks none of them, and each notices what it is there for."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from decimal import Decimal

import pytest
from attrs import evolve

from execbroker.core.amounts import Amounts
from execbroker.core.answer import Allotment, Offer
from execbroker.core.platform import Booking, Defaults, Flavour, Platform, Pool
from execbroker.core.ranges import Range
from execbroker.core.spans import Span
from execbroker.core.task import Compute, Data, Schedule, Storage, Task
from execbroker.testing import invariants
from execbroker.testing.definition import frontier
from execbroker.testing.invariants import runs, violations
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

Invariant = Callable[[World, Sequence[Offer]], Iterator[str]]


def test_right_answer() -> None:
    """The answer that is tampered with below is right, has several offers and one of a flavour."""
    assert list(violations(WORLD, OFFERS)) == []
    assert {offer.flavour for offer in OFFERS} == {None, "f"}
    assert len(OFFERS) >= 4


#: What is done to the first offer, a run of 8 hours that starts from 1:00, and who notices.
TAMPERED: tuple[tuple[str, dict[str, object], Invariant], ...] = (
    ("another platform", {"platform": "there"}, invariants.unsupported_offers),
    ("another pool", {"pool": "z"}, invariants.unsupported_offers),
    ("start before the preparation", {"minstart": 0}, invariants.unsupported_offers),
    ("end after the horizon", {"maxend": 13 * HOUR}, invariants.unsupported_offers),
    ("other preparation", {"preparation": 0}, invariants.unsupported_offers),
    ("expiry after the last start", {"expires": 10 * HOUR}, invariants.unsupported_offers),
    ("flavour in a pool without", {"flavour": "f"}, invariants.unsupported_offers),
    ("flavour that there isn't", {"pool": "q", "flavour": "g"}, invariants.broken_promises),
    ("start off the grid", {"minstart": HOUR + 1}, invariants.unasked_times),
    ("last start before the first", {"maxstart": 0}, invariants.unasked_times),
    ("longer than asked", {"maxduration": 9 * HOUR}, invariants.unasked_times),
    ("shorter than asked", {"minduration": HOUR}, invariants.unasked_times),
    ("start after the latest", {"maxstart": 10 * HOUR}, invariants.unasked_times),
    ("end that no run reaches", {"maxstart": HOUR, "maxend": 12 * HOUR}, invariants.unasked_times),
    ("no compute resource", {"compute": ()}, invariants.unasked_amounts),
    ("no storage resource", {"storage": ()}, invariants.unasked_amounts),
    (
        "another name",
        {"compute": (Allotment("other", Amounts({"gpus": 1}), Amounts({"gpus": 2})),)},
        invariants.unasked_amounts,
    ),
    (
        "less than asked",
        {"compute": (Allotment("main", Amounts({"gpus": 0}), Amounts({"gpus": 2})),)},
        invariants.unasked_amounts,
    ),
    (
        "more than asked",
        {"compute": (Allotment("main", Amounts({"gpus": 1}), Amounts({"gpus": 5})),)},
        invariants.unasked_amounts,
    ),
    (
        "something else",
        {"compute": (Allotment("main", Amounts({"gpus": 1, "fpgas": 1}), Amounts({"gpus": 2, "fpgas": 1})),)},
        invariants.unasked_amounts,
    ),
    (
        "more gpus than are free",
        {"compute": (Allotment("main", Amounts({"gpus": 1}), Amounts({"gpus": 3})),)},
        invariants.broken_promises,
    ),
    (
        "more storage than is free",
        {"storage": (Allotment("scratch", Amounts({"storage": 50}), Amounts({"storage": 91})),)},
        invariants.broken_promises,
    ),
)


@pytest.mark.parametrize(("what", "change", "invariant"), TAMPERED, ids=[each[0] for each in TAMPERED])
def test_tampered_offer(what: str, change: dict[str, object], invariant: Invariant) -> None:
    """An offer that says what it shouldn't is noticed, by the invariant that is there for it."""
    first = next(offer for offer in OFFERS if offer.flavour is None)
    wrong = evolve(first, **change)  # type: ignore[arg-type]

    assert list(invariant(WORLD, [first])) == [], what
    assert list(invariant(WORLD, [wrong])) != [], what


def test_beaten_offer() -> None:
    """An offer that another one beats doesn't belong on a frontier."""
    first = OFFERS[0]
    worse = evolve(first, minstart=first.minstart + HOUR)

    assert list(invariants.beaten_offers(WORLD, OFFERS)) == []
    assert list(invariants.beaten_offers(WORLD, [first, worse])) == ["offer 1 is better than offer 2"]
    assert list(invariants.beaten_offers(WORLD, [first, evolve(worse, proximity=Decimal(1))])) == []


def test_order() -> None:
    """Offers in another order are noticed."""
    assert list(invariants.unordered_offers(WORLD, OFFERS)) == []
    assert list(invariants.unordered_offers(WORLD, OFFERS[::-1])) != []


def test_data_that_cannot_be_brought() -> None:
    """No offer is right where the data can't be staged."""
    unreachable = World(evolve(TASK, data=(Data("far/a", size=1),)), (PLATFORM,), 0)

    assert list(invariants.unsupported_offers(unreachable, OFFERS[:1])) == [
        "offer 1: the task's data can't be brought there"
    ]


def test_runs() -> None:
    """Few runs are all listed; of many those at the limits."""
    offer = Offer("here", "p", 0, 2, 4, 1, 3, 0)
    wide = Offer("here", "p", 0, 90, 100, 10, 60, 0)

    assert sorted(runs(offer, 1)) == [(0, 1), (0, 2), (0, 3), (1, 2), (1, 3), (1, 4), (2, 3), (2, 4)]
    assert sorted(set(runs(wide, 1))) == [(0, 10), (0, 60), (40, 100), (90, 100)]
