"""Seals: what a runner believes of an offer that a client brings."""

from collections.abc import Callable
from decimal import Decimal
from fractions import Fraction

import pytest
from attrs import evolve
from hypothesis import assume, given
from hypothesis import strategies as st

from execbroker.core.amounts import Amounts
from execbroker.core.answer import Allotment, Cost, Offer
from execbroker.core.interfaces import Refused
from execbroker.core.planner import PlatformPlanner
from execbroker.core.seal import Key, canonical, check, seal
from execbroker.testing.strategies import offers, worlds
from execbroker.testing.worlds import World

HERE, ELSEWHERE = "https://runner.example.org/jobs", "https://other.example.org/jobs"
OLD, NEW = Key("2023-04", b"an old secret, long enough"), Key("2023-05", b"a new secret, long enough too")
STRANGE = Key("2023-05", b"somebody's guess of a secret")
NOW = 1_683_633_600

OFFER = Offer(
    platform="edinburgh",
    pool="batch",
    minstart=NOW + 600,
    maxstart=NOW + 1200,
    maxend=NOW + 8400,
    minduration=3600,
    maxduration=7200,
    expires=NOW + 300,
    compute=(Allotment("main", Amounts({"cores": 4000}), Amounts({"cores": 8000})),),
    storage=(Allotment("scratch", Amounts({"storage": 1000}), Amounts({"storage": 2000})),),
    runner=HERE,
    preparation=60,
    proximity=Decimal("35.0"),
    cost=Cost(Fraction(1, 3), "EUR"),
    identifier="5f0c",
)


def refusal(
    offer: Offer, text: str | None, *, now: int = NOW, runner: str = HERE, used: set[str] | None = None
) -> str:
    """The code with which an offer is refused, or nothing."""
    try:
        check(offer, text, [NEW, OLD], runner=runner, now=now, used=used or set())
    except Refused as refused:
        return refused.code
    return ""


def more(allotment: Allotment, **amounts: int) -> Allotment:
    """An allotment with other maxima."""
    return evolve(allotment, maximum=Amounts({**allotment.maximum, **amounts}))


CHANGES: dict[str, Callable[[Offer], Offer]] = {
    "more cores": lambda offer: evolve(offer, compute=(more(offer.compute[0], cores=9000),)),
    "another resource": lambda offer: evolve(offer, compute=(more(offer.compute[0], gpus=1),)),
    "less than the minimum": lambda offer: evolve(
        offer, compute=(evolve(offer.compute[0], minimum=Amounts({})),)
    ),
    "more storage": lambda offer: evolve(offer, storage=(more(offer.storage[0], storage=3000),)),
    "storage as compute": lambda offer: evolve(offer, compute=offer.compute + offer.storage, storage=()),
    "an earlier start": lambda offer: evolve(offer, minstart=offer.minstart - 60),
    "a later start": lambda offer: evolve(offer, maxstart=offer.maxstart + 60),
    "a later end": lambda offer: evolve(offer, maxend=offer.maxend + 60),
    "a longer run": lambda offer: evolve(offer, maxduration=offer.maxduration + 60),
    "a shorter run": lambda offer: evolve(offer, minduration=60),
    "a later expiry": lambda offer: evolve(offer, expires=offer.expires + 86_400),
    "a lower price": lambda offer: evolve(offer, cost=Cost(Fraction(1, 4), "EUR")),
    "no price": lambda offer: evolve(offer, cost=None),
    "another pool": lambda offer: evolve(offer, pool="nights"),
    "another platform": lambda offer: evolve(offer, platform="groningen"),
    "another runner": lambda offer: evolve(offer, runner=ELSEWHERE),
    "another identifier": lambda offer: evolve(offer, identifier="5f0d"),
    "a flavour": lambda offer: evolve(offer, flavour="large"),
    "no preparation": lambda offer: evolve(offer, preparation=0),
}


@pytest.mark.parametrize("what", sorted(CHANGES))
def test_whatever_is_changed_breaks_the_seal(what: str) -> None:
    """No part of an offer can be changed."""
    assert refusal(CHANGES[what](OFFER), seal(OFFER, NEW)) == "seal-broken"


def test_what_is_true_is_taken() -> None:
    """An offer that is as it was sealed, in time and new."""
    assert refusal(OFFER, seal(OFFER, NEW)) == ""


def test_keys_rotate() -> None:
    """What was sealed with the key before counts as long as that key is known."""
    assert refusal(OFFER, seal(OFFER, OLD)) == ""
    with pytest.raises(Refused) as refused:
        check(OFFER, seal(OFFER, OLD), [NEW], runner=HERE, now=NOW, used=())
    assert refused.value.code == "seal-key-unknown"


def test_other_ways_to_cheat() -> None:
    """Each is refused with its code."""
    good = seal(OFFER, NEW)
    foreign = evolve(OFFER, runner=ELSEWHERE)
    version, key, code = good.split(".")

    assert refusal(OFFER, None) == refusal(OFFER, "") == "seal-missing"
    assert refusal(OFFER, good[:-1]) == refusal(OFFER, good + "A") == "seal-malformed"
    assert refusal(OFFER, f"{version}.{code}") == refusal(OFFER, f"eb0.{key}.{code}") == "seal-malformed"
    assert refusal(OFFER, f"{good}\n") == "seal-malformed"
    assert refusal(evolve(OFFER, identifier=None), good) == "seal-malformed"
    assert refusal(OFFER, f"{version}.nobody.{code}") == "seal-key-unknown"
    assert refusal(OFFER, f"{version}.{OLD.identifier}.{code}") == "seal-broken"
    assert refusal(OFFER, f"{version}.{key}.{'A' * 43}") == "seal-broken"
    assert refusal(OFFER, seal(OFFER, STRANGE)) == "seal-broken"
    assert refusal(OFFER, seal(evolve(OFFER, identifier="5f0d"), NEW)) == "seal-broken"
    assert refusal(foreign, seal(foreign, NEW)) == "seal-foreign"
    assert refusal(OFFER, good, runner=ELSEWHERE) == "seal-foreign"
    assert refusal(OFFER, good, now=OFFER.expires) == "seal-expired"
    assert refusal(OFFER, good, used={"5f0c"}) == "seal-replayed"


def test_what_cannot_be_sealed() -> None:
    """Without an identifier nobody could tell a replay; and a secret has to be one."""
    with pytest.raises(ValueError, match="identifier"):
        seal(evolve(OFFER, identifier=None), NEW)
    with pytest.raises(ValueError, match="at least"):
        Key("short", b"123")
    with pytest.raises(ValueError, match="must match"):
        Key("two.parts", b"long enough, to be sure")
    assert "secret" not in repr(NEW).split("(", 1)[1]


def test_equal_offers_have_equal_bytes() -> None:
    """However they were made."""
    same = evolve(OFFER, proximity=Decimal(35), sizes=frozenset({"b", "a"}))

    assert canonical(same) == canonical(evolve(OFFER, sizes=frozenset({"a", "b"})))
    assert canonical(same) != canonical(OFFER)


@given(worlds(), st.integers(0, 5), st.integers(0, 5))
def test_bytes_tell_offers_apart(world: World, one: int, other: int) -> None:
    """Offers are equal exactly if their bytes are."""
    offers = list(PlatformPlanner(*world.platforms).offers(world.task, world.now))
    assume(offers)
    first, second = offers[one % len(offers)], offers[other % len(offers)]

    assert (canonical(first) == canonical(second)) == (first == second)


@given(offers(), offers(), st.sampled_from(["one", "two"]))
def test_bytes_tell_any_offers_apart(one: Offer, other: Offer, name: str) -> None:
    """Also of offers of any platforms, of which some are equal, and some differ in one thing alone."""
    for each in (other, evolve(one), evolve(one, pool=other.pool), evolve(one, compute=other.compute)):
        assert (canonical(one) == canonical(each)) == (one == each)
    assert canonical(evolve(one, identifier=name)) != canonical(one)


@given(st.lists(st.text(max_size=3), max_size=3), st.lists(st.text(max_size=3), max_size=3))
def test_names_do_not_run_into_each_other(one: list[str], other: list[str]) -> None:
    """Texts that look like parts of others stay apart."""
    offers = [evolve(OFFER, compute=tuple(Allotment(name) for name in names)) for names in (one, other)]

    assert (canonical(offers[0]) == canonical(offers[1])) == (one == other)
