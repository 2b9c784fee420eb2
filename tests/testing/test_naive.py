"""The naive planner and broker: right by the definition, and by every rule that does not ask for figures."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

import pytest
from attrs import evolve
from hypothesis import given, settings

from execbroker.core.amounts import CORES, STORAGE, Amounts
from execbroker.core.answer import Offer
from execbroker.core.interfaces import Broker, Refused
from execbroker.core.lifecycle import Event, Phase
from execbroker.core.planner import PlatformPlanner
from execbroker.core.platform import Booking, Flavour, Hold, Platform, Pool
from execbroker.core.ranges import Range
from execbroker.core.session import Run, Session
from execbroker.core.spans import Span
from execbroker.core.task import Compute, Schedule, Task
from execbroker.testing.comparison import differences
from execbroker.testing.histories import Accept, Call, Look, Refusal
from execbroker.testing.machines import BrokerMachine
from execbroker.testing.naive import NaiveBroker, NaivePlanner
from execbroker.testing.naive_book import NaiveBook
from execbroker.testing.strategies import worlds
from execbroker.testing.worlds import World

HOUR: Final = 3600
BATCH: Final = Platform(
    "here",
    (Pool("batch", Amounts({CORES: 8000})),),
    granularity=HOUR,
    horizon=8 * HOUR,
    offer_lifetime=2 * HOUR,
)


def wish(cores: int = 4, hours: int = 1, most: int | None = None, schedule: Schedule | None = None) -> Task:
    """A task for some cores and hours, at any time."""
    asked = Range(cores * 1000, None if most is None else most * 1000)
    return Task(
        compute=(Compute(None, {CORES: asked}),),
        schedule=schedule or Schedule(Range(hours * HOUR, hours * HOUR)),
    )


def name_of(offer: Offer) -> str:
    """The identifier that the broker gave."""
    assert offer.identifier is not None
    return offer.identifier


def code_of(caught: pytest.ExceptionInfo[Refused]) -> str:
    """Why something was refused."""
    return caught.value.code


class TestNaivePlanner:
    """It answers what is defined."""

    @given(worlds())
    @settings(max_examples=max(1, settings().max_examples // 2))
    def test_offers_what_the_engine_offers(self, world: World) -> None:
        """As many offers as there are found, and the same where none has to be left out."""
        naive = NaivePlanner(*world.platforms).plan(world.task, world.now)
        engine = PlatformPlanner(*world.platforms).plan(world.task, world.now)

        assert len(naive.offers) == len(engine.offers)
        assert naive.omitted == engine.omitted
        assert naive.omitted or naive.offers == engine.offers
        assert naive.is_yes or naive.reasons


class TestNaiveBroker:
    """It keeps its word."""

    def test_holds_the_largest_of_alternatives(self) -> None:
        """Of the offers of one answer the largest counts at each instant, never the sum."""
        early = Booking("batch", Span(0, HOUR), Amounts({CORES: 4000}))
        broker = NaiveBroker([evolve(BATCH, bookings=(early,), hold=Hold.ALL)])
        first = broker.plan(wish(1, most=6), 0)

        assert [offer.amounts[CORES] for offer in first.offers] == [4000, 6000]
        assert broker.plan(wish(1), 0).offers[0].amounts[CORES] == 2000

    def test_lets_siblings_go(self) -> None:
        """Whoever takes one offer gives the others back."""
        early = Booking("batch", Span(0, HOUR), Amounts({CORES: 4000}))
        broker = NaiveBroker([evolve(BATCH, bookings=(early,), hold=Hold.ALL)])
        first, second = broker.plan(wish(1, most=6), 0).offers
        broker.accept(name_of(first), 0, amounts=Amounts({CORES: 1000}))

        assert broker.session(name_of(second), 0).phase is Phase.REJECTED
        with pytest.raises(Refused) as caught:
            broker.accept(name_of(second), 0)
        assert code_of(caught) == "phase"

    def test_forgets_what_expires(self) -> None:
        """An expired offer holds nothing and can't be taken."""
        broker = NaiveBroker([evolve(BATCH, hold=Hold.ALL)])
        offer = broker.plan(wish(8, 8), 0).offers[0]

        assert broker.plan(wish(1), 0).is_yes is False
        assert offer.expires == 0
        with pytest.raises(Refused) as caught:
            broker.accept(name_of(offer), 1)
        assert code_of(caught) == "offer-expired"
        assert broker.plan(wish(1), 1).is_yes

    @pytest.mark.parametrize(
        ("choice", "code"),
        [
            ({"start": 30}, "outside-offer"),
            ({"duration": 2 * HOUR}, "outside-offer"),
            ({"amounts": Amounts({CORES: 3999})}, "outside-offer"),
            ({"amounts": Amounts({"gpus": 1})}, "outside-offer"),
            ({"amounts": Amounts({CORES: 8000})}, "busy"),
        ],
    )
    def test_says_why_not(self, choice: dict[str, object], code: str) -> None:
        """What was not offered, or is gone, is refused, and nothing changes."""
        broker = NaiveBroker([BATCH])
        one, other = (broker.plan(wish(), 0).offers[0] for _ in range(2))
        broker.accept(name_of(other), 0, amounts=Amounts({CORES: 4000}))

        with pytest.raises(Refused) as caught:
            broker.accept(name_of(one), 0, **choice)  # type: ignore[arg-type]
        assert code_of(caught) == code
        assert caught.value.available == (Amounts({CORES: 4000}) if code == "busy" else None)
        assert broker.accept(name_of(one), 0, amounts=Amounts({CORES: 4000})).phase is Phase.ACCEPTED

    def test_gives_back(self) -> None:
        """A rejected offer and a cancelled session hold nothing; to do it twice is no error."""
        broker = NaiveBroker([evolve(BATCH, hold=Hold.ALL)])
        first = name_of(broker.plan(wish(8, 8), 0).offers[0])
        assert broker.reject(first, 0) == broker.reject(first, 0)
        second = name_of(broker.plan(wish(8, 8), 0).offers[0])
        broker.accept(second, 0)
        for refused in (lambda: broker.reject(second, 0), lambda: broker.cancel(first, 0)):
            with pytest.raises(Refused, match="phase"):
                refused()

        assert broker.plan(wish(1), 0).is_yes is False
        assert broker.cancel(second, 0) == broker.cancel(second, 0)
        assert broker.plan(wish(1), 0).is_yes

    def test_what_was_never_offered(self) -> None:
        """There is nothing to be done about an offer that there is not."""
        broker = NaiveBroker([BATCH])
        for call in (broker.accept, broker.reject, broker.cancel, broker.session):
            with pytest.raises(Refused) as caught:
                call("nothing", 0)
            assert code_of(caught) == "offer-unknown"

    def test_takes_a_flavour_whole_and_storage_longer(self) -> None:
        """Of a flavour all is booked, and of storage as long as it is prepared and released."""
        large = Flavour("large", Amounts({CORES: 4000, STORAGE: 5}))
        pool = Pool("cloud", Amounts({CORES: 8000, STORAGE: 8}), flavours=(large,))
        broker = NaiveBroker([evolve(BATCH, pools=(pool,), prepare=HOUR, release=HOUR, hold=Hold.NONE)])
        offer = broker.plan(wish(1, most=1), 0).offers[0]
        broker.accept(name_of(offer), 0, start=2 * HOUR, duration=HOUR)

        taken = [(each.span, each.amounts) for each in broker.book.as_it_stands()[0].bookings]
        assert taken == [
            (Span(2 * HOUR, 3 * HOUR), Amounts({CORES: 4000})),
            (Span(HOUR, 4 * HOUR), Amounts({STORAGE: 5})),
        ]


def test_a_book_that_follows_knows_no_nodes() -> None:
    """Nobody says on which node an offer is held, so only what runs have booked is known to be taken."""
    nodes = evolve(BATCH, pools=(Pool("batch", Amounts({CORES: 8000}), nodes=2),), hold=Hold.ALL)
    broker, book = NaiveBroker([nodes]), NaiveBook([nodes], follows=True)
    task = wish(8, 8)
    answer = broker.plan(task, 0)
    book.note(task, answer, 0)
    kept = book.kept[name_of(answer.offers[0])]

    assert len(broker.book.as_it_stands()[0].bookings) == 1
    assert book.is_in_doubt(kept.offer)
    assert book.as_it_stands() == (nodes,)
    assert book.is_held(kept, Run(0, 8 * HOUR, Amounts({CORES: 8000})))


def test_an_offer_that_is_only_just_open() -> None:
    """Others may say that an offer which is for this second only has expired already."""
    book = NaiveBook([BATCH], follows=True)
    model = NaiveBroker([BATCH], book=book)
    task = wish(8, 8)
    answer = NaiveBroker([BATCH]).plan(task, 0)
    book.note(task, answer, 0)
    name = name_of(answer.offers[0])

    def found(outcome: Session | Refusal, request: Accept | Look) -> list[str]:
        return [each.rule for each in differences(model, Call(request, 0, outcome))]

    assert answer.offers[0].expires == 0
    assert found(Refusal("offer-expired", "too late"), Accept(name)) == []
    assert found(Refusal("busy", "no room"), Accept(name)) == ["accepts-what-is-held"]
    assert found(book.kept[name].session.after(Event.EXPIRE, 0), Look(name)) == []
    assert found(book.kept[name].session.after(Event.REJECT, 0), Look(name)) == ["is-where-it-should-be"]


class _Naive(BrokerMachine):
    """The naive broker gives no figures with a NO; all else must be right."""

    answer_rules = tuple(rule for rule in BrokerMachine.answer_rules if rule.name != "true-reasons")

    def make_broker(self, platforms: Sequence[Platform]) -> Broker:
        """A new one."""
        return NaiveBroker(platforms)


TestNaiveByMachine = _Naive.TestCase
TestNaiveByMachine.settings = settings(
    TestNaiveByMachine.settings, max_examples=max(1, settings().max_examples // 2)
)
