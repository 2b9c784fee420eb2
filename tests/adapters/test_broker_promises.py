"""What a broker with a book promises its clients, case by case."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager
from itertools import count
from pathlib import Path
from threading import Barrier, Thread
from typing import Final

import pytest
from attrs import evolve

from execbroker.adapters.books.broker import BookBroker
from execbroker.adapters.books.memory import MemoryStore
from execbroker.adapters.books.sqlite import SqliteStore
from execbroker.adapters.books.store import Page, Store, WritablePage
from execbroker.core.amounts import CORES, STORAGE, Amounts
from execbroker.core.answer import Offer
from execbroker.core.interfaces import Refused
from execbroker.core.lifecycle import Event, Phase
from execbroker.core.planner import PlatformPlanner
from execbroker.core.platform import Booking, Hold, Platform, Pool
from execbroker.core.ranges import Range
from execbroker.core.spans import Span
from execbroker.core.task import Compute, Schedule, Storage, Task

HOUR: Final = 3600
ANY_TIME: Final = Schedule()
BATCH: Final = Platform("here", (Pool("batch", Amounts({CORES: 1_024_000})),))
KINDS: Final[dict[str, Callable[[Path], Store]]] = {"memory": lambda _: MemoryStore(), "sqlite": SqliteStore}

Opened = Callable[..., BookBroker]


@pytest.fixture(params=KINDS)
def opened(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Opened]:
    """Opens brokers on one book of each kind."""
    stores = [KINDS[request.param](tmp_path / "book")]
    numbers = count()

    def open_again(*platforms: Platform) -> BookBroker:
        if request.param == "sqlite":
            stores.append(SqliteStore(tmp_path / "book"))
        return BookBroker(platforms, stores[-1], lambda: f"id{next(numbers)}")

    yield open_again
    for store in stores:
        store.close()


def wish(cores: int = 4, most: int | None = None, schedule: Schedule = ANY_TIME) -> Task:
    """A task for some cores."""
    ranges = {CORES: Range(cores * 1000, None if most is None else most * 1000)}
    return Task(compute=(Compute(None, ranges),), schedule=schedule)


def name_of(offer: Offer) -> str:
    """The identifier that the book gave."""
    assert offer.identifier is not None
    return offer.identifier


def test_twenty_small_clients(opened: Opened) -> None:
    """On an idle platform all of them hear YES at once and can accept: none locks it by asking."""
    broker = opened(BATCH)
    answers = [broker.plan(wish(), now=1000) for _ in range(20)]

    assert all(answer.is_yes and answer.offers[0].minstart == 1020 for answer in answers)
    for answer in answers:
        offer = answer.offers[0]
        session = broker.accept(name_of(offer), 1010, duration=offer.minduration, amounts=offer.minima)
        assert session.run is not None
        assert (session.run.start, session.run.amounts) == (1020, offer.minima)


def test_another_process(opened: Opened) -> None:
    """An offer is in the book, not in the broker that made it."""
    offer = opened(BATCH).plan(wish(), now=0).offers[0]
    other = opened(BATCH)

    assert other.accept(name_of(offer), 1).phase is Phase.ACCEPTED
    assert opened(BATCH).session(name_of(offer), 2).phase is Phase.ACCEPTED


def test_what_was_not_held_is_busy(opened: Opened) -> None:
    """Beyond its minimum an offer holds nothing by default; who comes late hears what is left."""
    broker = opened(BATCH)
    first, second = (broker.plan(wish(), now=0).offers[0] for _ in range(2))
    broker.accept(name_of(first), 0, amounts=Amounts({CORES: 1_000_000}))

    with pytest.raises(Refused) as caught:
        broker.accept(name_of(second), 0)
    assert caught.value.code == "busy"
    assert caught.value.available == Amounts({CORES: 24_000})
    assert broker.accept(name_of(second), 0, amounts=Amounts({CORES: 24_000})).phase is Phase.ACCEPTED


@pytest.mark.parametrize(
    ("hold", "offered"), [(Hold.MINIMUM, 1_020_000), (Hold.ALL, None), (Hold.NONE, 1_024_000)]
)
def test_what_is_held(opened: Opened, hold: Hold, offered: int | None) -> None:
    """What a second client can be offered now is what the first one's offer does not hold."""
    broker = opened(evolve(BATCH, hold=hold))
    now = Schedule(Range(None, HOUR), latest=0)
    broker.plan(wish(schedule=now), 0)
    answer = broker.plan(wish(schedule=now), 0)

    assert [offer.amounts[CORES] for offer in answer.offers] == ([] if offered is None else [offered])


def test_alternatives_share_a_node(opened: Opened) -> None:
    """The offers of one answer are held on one node where one can hold each, so another client has the other."""
    nodes = Platform("here", (Pool("nodes", Amounts({CORES: 8000}), nodes=2),), hold=Hold.ALL)
    # The freest runs for the largest offer are on node 1.
    taken = Booking("nodes", Span(2 * HOUR, 3 * HOUR), Amounts({CORES: 4000}), 0)
    broker = opened(evolve(nodes, bookings=(taken,), horizon=8 * HOUR))
    first = broker.plan(wish(), 0)

    assert len(first.offers) >= 1
    assert broker.plan(wish(2, schedule=Schedule(latest=0)), 0).is_yes


def test_offers_stay_in_order(opened: Opened) -> None:
    """The offers of several platforms come in the order in which they were found, not platform by platform."""
    one = Platform("one", (Pool("p", Amounts({CORES: 8000})),))
    early = Booking("p", Span(0, HOUR), Amounts({CORES: 6000}))
    both = (evolve(one, bookings=(early,)), Platform("two", (Pool("p", Amounts({CORES: 7000})),)))
    task = wish(1, schedule=Schedule(Range(HOUR, HOUR), end=4 * HOUR))
    plain = PlatformPlanner(*both).plan(task, 0)

    answer = opened(*both).plan(task, 0)

    assert len({offer.platform for offer in answer.offers}) == 2
    assert [evolve(offer, identifier=None) for offer in answer.offers] == list(plain.offers)


def test_time_does_not_go_back(opened: Opened) -> None:
    """What one client saw expire, no other can take, however slow its clock; a refused call counts, too."""
    broker = opened(BATCH)
    first, second = (broker.plan(wish(), now=0).offers[0] for _ in range(2))

    assert opened(BATCH).session(name_of(first), 300).phase is Phase.EXPIRED
    with pytest.raises(Refused) as caught:
        broker.accept(name_of(first), 10)
    assert caught.value.code == "offer-expired"
    third = broker.plan(wish(), now=0).offers[0]
    assert third.expires == 600
    with pytest.raises(Refused):
        broker.accept("nothing", 600)
    assert broker.session(name_of(third), 0).phase is Phase.EXPIRED
    assert broker.session(name_of(second), 0).history[-1].instant == 300


def test_now_or_never(opened: Opened) -> None:
    """An offer whose only start is now can be taken in the second in which it is made, and not later."""
    broker = opened(evolve(BATCH, hold=Hold.ALL))
    now_or_never = wish(schedule=Schedule(Range(HOUR, HOUR), latest=600))
    for late in (0, 1):
        offer = broker.plan(now_or_never, 600).offers[0]
        assert offer.expires == offer.maxstart == 600
        if late:
            with pytest.raises(Refused, match="expired"):
                broker.accept(name_of(offer), 601)
        else:
            session = broker.accept(name_of(offer), 600, amounts=Amounts({CORES: 4000}))
            assert session.phase is Phase.ACCEPTED


def test_siblings_are_let_go(opened: Opened) -> None:
    """Whoever takes one offer of an answer gives back the others, and they cannot be taken any more."""
    early = Booking("batch", Span(0, HOUR), Amounts({CORES: 1_000_000}))
    broker = opened(evolve(BATCH, bookings=(early,), hold=Hold.ALL))
    offers = broker.plan(wish(schedule=Schedule(end=3 * HOUR)), 0).offers
    assert len(offers) > 1
    broker.accept(name_of(offers[0]), 0, duration=HOUR, amounts=Amounts({CORES: 4000}))

    for sibling in offers[1:]:
        assert broker.session(name_of(sibling), 0).phase is Phase.REJECTED
        with pytest.raises(Refused) as caught:
            broker.accept(name_of(sibling), 0)
        assert caught.value.code == "phase"
    free = broker.plan(wish(1020, schedule=Schedule(end=3 * HOUR)), 0)
    assert free.is_yes


def test_what_ends_early_gives_back(opened: Opened) -> None:
    """When a session is over, however it ended, nothing of it is booked any more."""
    broker = opened(evolve(BATCH, hold=Hold.NONE))
    events = [Event.WAIT, Event.PREPARE, Event.READY, Event.START, Event.END, Event.COMPLETE]
    for ending in ([*events], [*events[:2], Event.FAIL], [Event.CANCEL]):
        session = name_of(broker.plan(wish(1024), 0).offers[0])
        broker.accept(session, 0)
        assert broker.plan(wish(schedule=Schedule(Range(HOUR), latest=0)), 0).is_yes is False
        for event in ending:
            broker.advance(session, event, 0)


def test_a_broker_that_does_not_know_the_pool(opened: Opened) -> None:
    """An offer of a pool that this broker does not know is refused; it can still be looked at."""
    offer = opened(BATCH).plan(wish(), 0).offers[0]
    stranger = opened(Platform("there", BATCH.pools))

    for call in (stranger.accept, stranger.reject):
        with pytest.raises(Refused, match="does not know the pool batch of here") as caught:
            call(name_of(offer), 0)
        assert caught.value.code == "offer-unknown"
    assert stranger.session(name_of(offer), 0).phase is Phase.OFFERED
    assert opened(BATCH).accept(name_of(offer), 0).phase is Phase.ACCEPTED


@pytest.mark.parametrize("hold", [Hold.MINIMUM, Hold.NONE])
def test_a_race(opened: Opened, hold: Hold) -> None:
    """Eight threads that ask for a third of the pool each, at once: three of them get it, whatever is held."""
    platform = Platform("here", (Pool("batch", Amounts({CORES: 12_000})),), hold=hold, horizon=HOUR)
    broker = opened(platform)
    third = wish(4, 4, Schedule(Range(HOUR, HOUR)))
    start, won, lost = Barrier(8), [], []

    def race() -> None:
        start.wait()
        answer = broker.plan(third, 0)
        for offer in answer.offers:
            try:
                won.append(broker.accept(name_of(offer), 0))
            except Refused as refused:
                lost.append(refused.code)
        lost.extend(reason.code for reason in answer.reasons)

    threads = [Thread(target=race) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    assert len(won) == 3
    assert lost == ["busy"] * 5


class Overtaken(Store):
    """A store whose writers always find that somebody was there before them."""

    def __init__(self, store: Store, before: Callable[[], object]) -> None:
        self._store, self._before = store, before

    def read(self) -> AbstractContextManager[Page]:
        """As the store does."""
        return self._store.read()

    def write(self) -> AbstractContextManager[WritablePage]:
        """First the others, then the store."""
        self._before()
        return self._store.write()

    def close(self) -> None:
        """As the store does."""
        self._store.close()


@pytest.mark.parametrize(("cores", "offered"), [(8, []), (2, [1])])
def test_who_is_overtaken(cores: int, offered: list[int]) -> None:
    """Whom others forestall each time hears that, or is offered what they left of what was found; it is held."""
    pools = (Pool("one", Amounts({CORES: 8000})), Pool("two", Amounts({CORES: 7000})))
    platform = Platform("here", pools, hold=Hold.ALL, horizon=8 * HOUR)
    store, numbers = MemoryStore(), count()
    rival = BookBroker([platform], store, lambda: f"rival{next(numbers)}")
    hours = iter(range(8))

    def forestall() -> None:
        hour = next(hours)
        rival.plan(wish(8, 8, Schedule(Range(HOUR, HOUR), hour * HOUR, hour * HOUR)), 0)

    broker = BookBroker([platform], Overtaken(store, forestall), lambda: f"id{next(numbers)}")
    answer = broker.plan(wish(cores, 8), 0)

    assert not answer.complete
    assert [reason.code for reason in answer.reasons] == ([] if offered else ["busy"])
    assert [offer.pool for offer in answer.offers] == ["two"] * len(offered)
    for offer in answer.offers:
        assert rival.accept(name_of(offer), 0).phase is Phase.ACCEPTED


def test_what_is_after_the_horizon(opened: Opened) -> None:
    """What is booked there counts for the release after the last run, also where the answer is NO."""
    batch = Pool("batch", Amounts({STORAGE: 2}), release=60)
    later = Booking("batch", Span(120, 180), Amounts({STORAGE: 2}))
    platform = Platform("here", (batch,), horizon=120, bookings=(later,))
    task = Task(storage=(Storage(None, Range(1)),), schedule=Schedule(Range(60, 60), earliest=60))

    answer = opened(platform).plan(task, 0)

    assert not answer.is_yes
    assert answer == PlatformPlanner(platform).plan(task, 0)
