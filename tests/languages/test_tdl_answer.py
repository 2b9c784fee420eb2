"""Tests of how answers are written in the seed language: keys, their order, forms and identifiers."""

from decimal import Decimal
from fractions import Fraction
from typing import Any

import pytest
from attrs import evolve, fields_dict
from hypothesis import given
from hypothesis import strategies as st

from execbroker.core.amounts import Amounts
from execbroker.core.answer import (
    ENERGY,
    Allotment,
    Alternative,
    Answer,
    Change,
    Cost,
    Figure,
    Offer,
    Reason,
    Unanswered,
)
from execbroker.core.instants import parse_instant
from execbroker.languages import write_answer
from execbroker.languages.tdl.answers import identify, spell_cost
from execbroker.languages.text.reader import read
from execbroker.languages.text.writer import to_json, to_yaml

GIB = 2**30


def written(answer: Answer) -> Any:
    """The document of an answer."""
    return write_answer(answer)


#: An offer that has everything.
FULL = Offer(
    platform="edinburgh",
    pool="batch",
    minstart=parse_instant("2023-05-11T09:00:00Z"),
    maxstart=parse_instant("2023-05-11T11:00:00Z"),
    maxend=parse_instant("2023-05-11T13:00:00Z"),
    minduration=7200,
    maxduration=14_400,
    expires=parse_instant("2023-05-09T15:30:00Z"),
    compute=(
        Allotment(
            "main",
            Amounts({"cores": 4000, "memory": 80 * GIB}),
            Amounts({"cores": 8000, "memory": 120 * GIB}),
        ),
    ),
    storage=(Allotment("scratch", Amounts({"storage": 2**40}), Amounts({"storage": 2**41})),),
    runner="https://runner.example.org/jobs",
    preparation=35 * 60,
    proximity=Decimal("35.0"),
    cost=Cost(Fraction(16, 25), "EUR"),
    flavour="large",
    zone="Europe/London",
    identifier="5f0c",
)

#: An offer that has only what every offer has.
BARE = Offer("here", "all", 0, 0, 3600, 3600, 3600, 300)


def test_a_yes_is_written_as_the_language_says() -> None:
    """Every key, in its order and form."""
    document = written(Answer((FULL,), omitted=14))
    assert to_yaml(document) == (
        "lang: IVOA-TDL-1.0\n"
        'result: "YES"\n'
        "complete: true\n"
        "omitted: 14\n"
        "offers:\n"
        "  - offer: 5f0c\n"
        "    platform: edinburgh\n"
        "    pool: batch\n"
        "    runner: https://runner.example.org/jobs\n"
        '    expires: "2023-05-09T15:30:00Z"\n'
        '    startdate: "2023-05-11"\n'
        '    starttime: "10:00"\n'
        '    minstart: "2023-05-11T09:00:00Z"\n'
        '    maxstart: "2023-05-11T11:00:00Z"\n'
        '    maxend: "2023-05-11T13:00:00Z"\n'
        "    minduration: PT2H\n"
        "    maxduration: PT4H\n"
        "    preparation: PT35M\n"
        "    proximity: 35.0\n"
        '    cost: {amount: "0.64", currency: EUR}\n'
        "    flavour: large\n"
        "    compute-resources: [{name: main, mincores: 4, maxcores: 8, minmemory: 80GiB, maxmemory: 120GiB}]\n"
        "    storage-resources: [{name: scratch, minsize: 1TiB, maxsize: 2TiB}]\n"
    )


def test_what_has_nothing_to_say_is_absent() -> None:
    """The least that an offer and an answer can be."""
    document = written(Answer((BARE,)))
    assert list(document) == ["lang", "result", "complete", "offers"]
    (offer,) = document["offers"]
    assert list(offer) == [
        "offer", "platform", "pool", "expires", "startdate", "starttime", "minstart", "maxstart", "maxend",
        "minduration", "maxduration",
    ]  # fmt: skip


def test_a_no_has_reasons_and_alternatives() -> None:
    """Figures are in the unit of their resource; an alternative is an offer and what changed."""
    reasons = (
        Reason("busy", "There is not enough.", "edinburgh", "batch", "compute-resources[0].mincores", "cores",
               64_000, 48_500, 0, 3600),
        Reason("resource-exceeds-capacity", "Too much.", path="compute-resources[0].minmemory", resource="memory",
               asked=80 * GIB, available=0),
        Reason("resource-exceeds-capacity", "Too much.", path="compute-resources[0].minbuffer", resource="buffer",
               asked=80 * GIB, available=0, sizes=frozenset({"buffer"})),
        Reason("duration-exceeds-limit", "Too long.", path="minduration", asked=7200, available=3600),
        Reason("policy", "No."),
    )  # fmt: skip
    changes = (Change("maxduration", "2hr", "PT4H"), Change("timerange", "9:00 to 17:00", None))
    document = written(Answer((), reasons, (Alternative(BARE, changes),), complete=False))
    assert list(document) == ["lang", "result", "complete", "reasons", "alternatives"]
    assert (document["result"], document["complete"]) == ("NO", False)
    assert document["reasons"] == [
        {
            "code": "busy",
            "platform": "edinburgh",
            "pool": "batch",
            "path": "compute-resources[0].mincores",
            "message": "There is not enough.",
            "asked": 64,
            "available": Decimal("48.5"),
            "start": "1970-01-01T00:00:00Z",
            "end": "1970-01-01T01:00:00Z",
        },
        {
            "code": "resource-exceeds-capacity",
            "path": "compute-resources[0].minmemory",
            "message": "Too much.",
            "asked": "80GiB",
            "available": "0B",
        },
        {
            "code": "resource-exceeds-capacity",
            "path": "compute-resources[0].minbuffer",
            "message": "Too much.",
            "asked": "80GiB",
            "available": "0B",
        },
        {
            "code": "duration-exceeds-limit",
            "path": "minduration",
            "message": "Too long.",
            "asked": "PT2H",
            "available": "PT1H",
        },
        {"code": "policy", "message": "No."},
    ]
    (alternative,) = document["alternatives"]
    assert list(alternative)[-1] == "changes"
    assert alternative["changes"] == [
        {"path": "maxduration", "from": "2hr", "to": "PT4H"},
        {"path": "timerange", "from": "9:00 to 17:00"},
    ]


def test_amounts_come_in_one_order_with_both_ends() -> None:
    """Cores, memory, gpus, then the others by name; a resource that is asked for with 0 is there."""
    least = Amounts({"zinc": 1, "gpus": 0, "memory": GIB, "cores": 500, "buffer": 0})
    most = Amounts({"zinc": 2, "gpus": 0, "memory": GIB, "cores": 1000, "buffer": 10**9})
    offer = evolve(BARE, compute=(Allotment(None, least, most),), sizes=frozenset({"buffer"}))
    (offer,) = written(Answer((offer,)))["offers"]
    assert list(offer["compute-resources"][0].items()) == [
        ("mincores", Decimal("0.5")),
        ("maxcores", 1),
        ("minmemory", "1GiB"),
        ("maxmemory", "1GiB"),
        ("mingpus", 0),
        ("maxgpus", 0),
        ("minbuffer", "0B"),
        ("maxbuffer", "1GB"),
        ("minzinc", 1),
        ("maxzinc", 2),
    ]


def test_the_start_is_shown_in_the_zone() -> None:
    """On the day and at the time that its clocks show, with seconds only where there are some."""
    late = evolve(BARE, minstart=parse_instant("2023-05-10T20:00:00Z"), zone="Asia/Tokyo")
    odd = evolve(BARE, minstart=parse_instant("2023-05-10T20:00:07Z"))
    shown = [written(Answer((offer,)))["offers"][0] for offer in (late, odd)]
    assert [(each["startdate"], each["starttime"]) for each in shown] == [
        ("2023-05-11", "05:00"),
        ("2023-05-10", "20:00:07"),
    ]


@pytest.mark.parametrize(
    ("amount", "text"),
    [
        (Fraction(0), "0.00"),
        (Fraction(16, 25), "0.64"),
        (Fraction(5), "5.00"),
        (Fraction(1, 2), "0.50"),
        (Fraction(1, 8), "0.125"),
        (Fraction(1, 10**6), "0.000001"),
        (Fraction(1, 3), "0.333333"),
        (Fraction(2, 3), "0.666667"),
        (Fraction(199_999_999, 100_000_000), "2.00"),
        (Fraction(1, 2 * 10**6), "0.00"),
        (Fraction(3, 2 * 10**6), "0.000002"),
        (Fraction(5, 2 * 10**6), "0.000002"),
    ],
)
def test_costs_are_decimals(amount: Fraction, text: str) -> None:
    """Exact within six places, else rounded, half to even; two places at least."""
    assert spell_cost(amount) == text


def test_costs_need_no_currency() -> None:
    """A platform may have a unit of its own."""
    (offer,) = written(Answer((evolve(BARE, cost=Cost(Fraction(2))),)))["offers"]
    assert offer["cost"] == {"amount": "2.00"}


@given(st.fractions(min_value=0, max_value=10**6))
def test_costs_are_near(amount: Fraction) -> None:
    """Never farther off than half of the last place, and exact where six places can be."""
    said = Fraction(spell_cost(amount))
    assert abs(said - amount) <= Fraction(1, 2 * 10**6)
    if (amount * 10**6).denominator == 1:
        assert said == amount


class TestIdentifiers:
    """Without a book, an offer's identifier is a hash of its content."""

    def test_it_never_changes(self) -> None:
        """Clients may keep it: this is part of the language."""
        assert identify(BARE) == "80a2e6e37985248d6ecec6a7f1f361a1"

    def test_one_from_a_book_is_kept(self) -> None:
        """It comes from elsewhere."""
        assert identify(FULL) == "5f0c"

    def test_it_is_what_is_written(self) -> None:
        """In offers and in alternatives."""
        document = written(Answer((BARE,), (), (Alternative(BARE, ()),)))
        for key in ("offers", "alternatives"):
            assert document[key][0]["offer"] == identify(BARE)

    def test_whatever_differs_shows(self) -> None:
        """No two offers of different content share one."""
        others = {
            "platform": "there", "pool": "some", "minstart": 60, "maxstart": 60, "maxend": 7200,
            "minduration": 60,
            "maxduration": 60, "expires": 0, "compute": (Allotment("x"),), "storage": (Allotment("x"),),
            "runner": "x",
            "preparation": 1, "proximity": Decimal(1), "cost": Cost(Fraction(1)), "flavour": "x",
            "zone": "Asia/Tokyo",
            "costs": (Figure(ENERGY, Fraction(1), Fraction(2)),),
            "metrics": (Figure("urn:x", Fraction(1), Fraction(2)),),
        }  # fmt: skip
        assert set(others) == set(fields_dict(Offer)) - {"sizes", "identifier"}
        seen = {identify(evolve(BARE, **{name: value})) for name, value in others.items()}
        assert len(seen | {identify(BARE)}) == len(others) + 1


def amounts(resources: list[str]) -> st.SearchStrategy[Amounts]:
    """Amounts of some resources."""
    return st.fixed_dictionaries(dict.fromkeys(resources, st.integers(0, 2**45))).map(Amounts)


texts = st.text(st.characters(codec="utf-8"), max_size=6)
names = st.none() | texts
instants = st.integers(0, 4_000_000_000)
money = st.fractions(min_value=0, max_value=10**6)
metrics = st.decimals(0, 10**6, allow_nan=False, allow_infinity=False, places=2)
compute = st.builds(Allotment, names, amounts(["cores", "memory"]), amounts(["cores", "memory"]))
storage = st.builds(Allotment, names, amounts(["storage"]), amounts(["storage"]))
offers = st.builds(
    Offer,
    platform=texts,
    pool=texts,
    minstart=instants,
    maxstart=instants,
    maxend=instants,
    minduration=instants,
    maxduration=instants,
    expires=instants,
    compute=st.lists(compute, max_size=2).map(tuple),
    storage=st.lists(storage, max_size=2).map(tuple),
    runner=names,
    preparation=instants,
    proximity=st.none() | metrics,
    cost=st.none() | st.builds(Cost, money, names),
    flavour=names,
    zone=st.sampled_from(["UTC", "Europe/London", "Australia/Lord_Howe"]),
)


@given(st.lists(offers, max_size=2).map(tuple), st.sampled_from([to_yaml, to_json]))
def test_what_is_written_reads_back(drawn: tuple[Offer, ...], write: Any) -> None:
    """An answer is a document that our own reader takes, in both formats, for what it is."""
    document = written(Answer(drawn))
    assert read(write(document), "answer").unwrap().root == document


@given(offers)
def test_the_same_offer_gives_the_same_bytes(offer: Offer) -> None:
    """A copy of an offer is written alike, identifier and all."""
    assert to_json(written(Answer((offer,)))) == to_json(written(Answer((evolve(offer),))))


def test_planners_that_gave_no_answer_are_named() -> None:
    """What a federation could not find out comes last."""
    silent = Unanswered("far", "timed-out", "no answer within 2 seconds")

    assert write_answer(Answer(unanswered=(silent,)))["unanswered"] == [
        {"planner": "far", "code": "timed-out", "message": "no answer within 2 seconds"}
    ]
