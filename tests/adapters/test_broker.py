"""A broker that keeps its word, against lists and loops, on each kind of book."""

from __future__ import annotations

import shutil
import tempfile
from collections.abc import Callable, Iterator, Mapping
from itertools import count
from pathlib import Path
from typing import Any, Final

import pytest
from attrs import define, evolve
from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, precondition, rule

from execbroker.adapters.books.broker import BookBroker
from execbroker.adapters.books.memory import MemoryStore
from execbroker.adapters.books.sqlite import SqliteStore
from execbroker.adapters.books.store import Store
from execbroker.core.amounts import CORES, STORAGE, Amounts
from execbroker.core.answer import Offer
from execbroker.core.interfaces import Refused
from execbroker.core.lifecycle import ACTIVE, TRANSITIONS, Event, IllegalStep, Phase
from execbroker.core.planner import PlatformPlanner, Query
from execbroker.core.platform import Booking, Flavour, Hold, Platform, Pool
from execbroker.core.ranges import Range
from execbroker.core.spans import Span
from execbroker.core.task import Compute, Schedule, Task
from execbroker.core.task import Storage as Stored

#: The grid, on which everything happens but the calls.
STEP: Final = 60
KINDS: Final[dict[str, Callable[[Path], Store]]] = {"memory": lambda _: MemoryStore(), "sqlite": SqliteStore}

small = Flavour("small", Amounts({CORES: 2}))
large = Flavour("large", Amounts({CORES: 4, STORAGE: 3}))
POOLS: Final = (
    Pool("batch", Amounts({CORES: 8, STORAGE: 6}), release=STEP),
    Pool("nodes", Amounts({CORES: 4}), nodes=3),
    Pool("cloud", Amounts({CORES: 9, STORAGE: 6}), flavours=(small, large), prepare=STEP, release=2 * STEP),
)


@st.composite
def places(draw: st.DrawFn, name: str) -> Platform:
    """A platform with two pools, one of which has something booked."""
    pools = draw(st.sampled_from([(one, two) for one in POOLS for two in POOLS if one is not two]))
    node = None if pools[0].nodes is None else 0
    booked = Booking(pools[0].name, Span(4 * STEP, 7 * STEP), Amounts({CORES: 3}), node)
    return Platform(
        name,
        pools,
        granularity=STEP,
        horizon=14 * STEP,
        offer_lifetime=draw(st.sampled_from([300, 300, 10 * STEP, 3 * STEP, 50, 0])),
        hold=draw(st.sampled_from([Hold.MINIMUM, Hold.NONE, Hold.ALL])),
        prepare=draw(st.sampled_from([0, STEP])),
        bookings=draw(st.sampled_from([(), (booked,)])),
    )


@st.composite
def wishes(draw: st.DrawFn, now: int) -> Task:
    """Small tasks for the next minutes, some of which are not possible."""
    cores, stored = draw(st.integers(0, 4)), draw(st.sampled_from([None, None, 0, 2]))
    shortest = draw(st.integers(1, 3)) * STEP
    more = draw(st.sampled_from([None, 0, 2]))
    latest = draw(st.sampled_from([None, None, 0, 3 * STEP]))
    return Task(
        compute=(Compute("main", {CORES: Range(cores, draw(st.sampled_from([None, cores, cores + 2])))}),),
        storage=() if stored is None else (Stored("disk", Range(stored, draw(st.sampled_from([None, 4])))),),
        schedule=Schedule(
            Range(shortest, None if more is None else shortest + more * STEP),
            latest=None if latest is None else now + latest,
        ),
    )


@define
class Kept:
    """An offer as the model knows it."""

    offer: Offer
    group: int
    node: int | None
    created: int
    phase: Phase = Phase.OFFERED
    run: tuple[int, int, Mapping[str, int], int | None] | None = None

    @property
    def deadline(self) -> int:
        """When it is open no more; never within the second in which it was made."""
        return max(self.offer.expires, self.created + 1)


Room = tuple[str, str, int | None]
Usage = dict[tuple[Room, int, str], int]


class BrokerMachine(RuleBasedStateMachine):
    """Clients that ask, accept, reject and cancel, runners that go on, and time that passes."""

    kind: str

    def __init__(self) -> None:
        super().__init__()
        self.folder = Path(tempfile.mkdtemp())
        self.names, self.groups = count(), count()
        self.clock = 0
        self.kept: dict[str, Kept] = {}

    def teardown(self) -> None:
        """Leave nothing behind."""
        for store in self.stores:
            store.close()
        shutil.rmtree(self.folder)

    @initialize(here=places("here"), there=st.none() | places("there"))
    def begin(self, here: Platform, there: Platform | None) -> None:
        """Open one book twice, as two processes would; what is in memory, only once."""
        self.platforms = {each.name: each for each in (here, there) if each is not None}
        first = KINDS[self.kind](self.folder / "book")
        self.stores = [first, first if self.kind == "memory" else SqliteStore(self.folder / "book")]
        self.brokers = [
            BookBroker(list(self.platforms.values()), store, lambda: f"id{next(self.names)}")
            for store in self.stores
        ]

    # The model.

    def pass_time(self, now: int) -> int:
        """Time goes on, or stays, and offers expire."""
        self.clock = max(self.clock, now)
        for each in self.kept.values():
            if each.phase is Phase.OFFERED and each.deadline <= self.clock:
                each.phase = Phase.EXPIRED
        return self.clock

    def pool(self, offer: Offer) -> Pool:
        """The pool that an offer is from."""
        return next(pool for pool in self.platforms[offer.platform].pools if pool.name == offer.pool)

    def rooms(self, offer: Offer) -> list[Room]:
        """Where an offer may be held."""
        nodes = self.pool(offer).nodes
        return [(offer.platform, offer.pool, node) for node in ([None] if nodes is None else range(nodes))]

    def parts(
        self, offer: Offer, start: int, end: int, amounts: Mapping[str, int]
    ) -> Iterator[tuple[int, str, int]]:
        """What a run takes: in which cell, of what, how much."""
        pool, platform = self.pool(offer), self.platforms[offer.platform]
        if offer.flavour is not None:
            amounts = next(each.amounts for each in pool.flavours if each.name == offer.flavour)
        release = platform.release if pool.release is None else pool.release
        for name, amount in amounts.items():
            first = start - offer.preparation if name == STORAGE else start
            last = end + release if name == STORAGE else end
            yield from ((cell, name, amount) for cell in range(first, last, STEP))

    def held(self, kept: Kept) -> Iterator[tuple[int, str, int]]:
        """What an open offer holds."""
        offer, hold = kept.offer, self.platforms[kept.offer.platform].hold
        if hold is Hold.ALL:
            yield from self.parts(offer, offer.minstart, offer.maxend, offer.amounts)
        elif hold is Hold.MINIMUM:
            yield from self.parts(offer, offer.minstart, offer.maxstart + offer.minduration, offer.minima)

    def usage(self, without: int | None = None) -> Usage:
        """What is booked and held in each cell, but for what the offers of one answer hold."""
        used: Usage = {}
        for group in {each.group for each in self.kept.values()} - {without}:
            largest: Usage = {}
            for each in self.kept.values():
                if each.group == group and each.phase is Phase.OFFERED:
                    room = (each.offer.platform, each.offer.pool, each.node)
                    for cell, name, amount in self.held(each):
                        largest[room, cell, name] = max(largest.get((room, cell, name), 0), amount)
            for key, amount in largest.items():
                used[key] = used.get(key, 0) + amount
        for each in self.kept.values():
            if each.phase in ACTIVE and each.run is not None:
                start, duration, amounts, node = each.run
                room = (each.offer.platform, each.offer.pool, node)
                for cell, name, amount in self.parts(each.offer, start, start + duration, amounts):
                    used[room, cell, name] = used.get((room, cell, name), 0) + amount
        return {key: amount for key, amount in used.items() if amount}

    def outside(self) -> Usage:
        """What the platforms have booked themselves."""
        used: Usage = {}
        for platform in self.platforms.values():
            for booking in platform.bookings:
                for cell in range(*booking.span, STEP):
                    for name, amount in booking.amounts.items():
                        used[(platform.name, booking.pool, booking.node), cell, name] = amount
        return used

    def fits(self, offer: Offer, room: Room, run: tuple[int, int, Mapping[str, int]], without: int) -> bool:
        """Whether a run has room, once the offers of its answer are gone."""
        used, outside, capacity = self.usage(without), self.outside(), self.pool(offer).capacity
        return all(
            used.get((room, cell, name), 0) + outside.get((room, cell, name), 0) + amount
            <= capacity.get(name, 0)
            for cell, name, amount in self.parts(offer, run[0], run[0] + run[1], run[2])
        )

    # What clients and runners do.

    def broker(self, data: st.DataObject) -> BookBroker:
        """One of the two."""
        return data.draw(st.sampled_from(self.brokers))

    def names_of(self, *phases: Phase) -> list[str]:
        """The offers that are in some phases, the newest first."""
        return [name for name, each in reversed(self.kept.items()) if each.phase in phases]

    def some(self, data: st.DataObject, *phases: Phase) -> str:
        """One of the offers that are in some phases."""
        return str(data.draw(st.sampled_from(self.names_of(*phases))))

    @rule(data=st.data(), later=st.sampled_from([0, 0, 0, 20, STEP]), extend=st.booleans())
    def plan(self, data: st.DataObject, later: int, extend: bool) -> None:
        """Somebody asks, and perhaps others with them."""
        now = self.pass_time(self.clock + later)
        for _ in range(data.draw(st.integers(1, 3))):
            self.plan_one(data, now, extend)

    def plan_one(self, data: st.DataObject, now: int, extend: bool) -> None:
        """The answer is the one that a planner gives for what is free; what it offers is held from then on."""
        task = data.draw(wishes(now))
        query = Query(alternatives=extend)
        taken: dict[str, list[Booking]] = {name: [] for name in self.platforms}
        for ((name, pool, node), cell, resource), amount in self.usage().items():
            booking = Booking(pool, Span(cell, cell + STEP), Amounts({resource: amount}), node)
            taken[name].append(booking)
        busy = [
            evolve(each, bookings=(*each.bookings, *taken[name])) for name, each in self.platforms.items()
        ]
        answer = self.broker(data).plan(task, now, query)

        nameless = tuple(evolve(offer, identifier=None) for offer in answer.offers)
        assert evolve(answer, offers=nameless) == PlatformPlanner(*busy).plan(task, now, query)
        group = next(self.groups)
        with self.stores[0].read() as page:
            for offer in answer.offers:
                assert offer.identifier is not None
                record = page.record(offer.identifier)
                assert record is not None
                self.kept[offer.identifier] = Kept(offer, group, record.node, now)

    @precondition(lambda self: self.names_of(Phase.OFFERED))
    @rule(data=st.data(), later=st.sampled_from([0, 0, -STEP, 20, 50]))
    def accept_least(self, data: st.DataObject, later: int) -> None:
        """A shortest run with the minimum, at any start that is not past, is never refused if it was held."""
        kept, name = self.open_offer(data, later)
        if kept is None:
            return
        offer = kept.offer
        starts = range(self.first_start(offer), offer.maxstart + 1, STEP)
        start = data.draw(st.sampled_from(starts))
        can = self.accept(data, name, later, start, offer.minduration, dict(offer.minima))
        assert can or self.platforms[offer.platform].hold is Hold.NONE

    @precondition(lambda self: self.names_of(Phase.OFFERED))
    @rule(data=st.data(), later=st.sampled_from([0, 0, -STEP, 20, 50]))
    def accept_any(self, data: st.DataObject, later: int) -> None:
        """Any choice is booked if it lies within the offer and there is room for it."""
        kept, name = self.open_offer(data, later)
        if kept is None:
            return
        if data.draw(st.booleans()):
            self.accept(data, name, later, None, None, {})
            return
        near = st.integers(-1, (kept.offer.maxstart - kept.offer.minstart) // STEP + 1)
        start = data.draw(st.none() | near.map(lambda steps: kept.offer.minstart + steps * STEP))
        lengths = st.sampled_from(
            [kept.offer.maxduration, kept.offer.minduration, STEP, STEP // 2, 15 * STEP]
        )
        some = st.dictionaries(st.sampled_from([CORES, STORAGE, "gpus"]), st.integers(0, 6), max_size=1)
        self.accept(data, name, later, start, data.draw(st.none() | lengths), data.draw(some))

    def open_offer(self, data: st.DataObject, later: int) -> tuple[Kept | None, str]:
        """An offer that was open; none if it expires before it can be accepted, which is refused."""
        name, broker = self.some(data, Phase.OFFERED), self.broker(data)
        kept, called = self.kept[name], self.clock + later
        self.pass_time(called)
        if kept.phase is Phase.OFFERED:
            return kept, name
        self.refused("offer-expired", lambda: broker.accept(name, called))
        return None, name

    def first_start(self, offer: Offer) -> int:
        """The earliest start that is not past."""
        return max(offer.minstart, -(-self.clock // STEP) * STEP)

    def accept(
        self,
        data: st.DataObject,
        name: str,
        later: int,
        start: int | None,
        duration: int | None,
        amounts: Mapping[str, int],
    ) -> bool:
        """Accept an open offer, and see that what comes of it is right; whether it could be done."""
        kept, broker = self.kept[name], self.broker(data)
        offer, now = kept.offer, min(self.clock, self.clock + later)
        chosen: dict[str, Any] = {"start": start, "duration": duration, "amounts": Amounts(amounts)}
        run = self.chosen(offer, self.first_start(offer), start, duration, amounts)
        if run is None:
            self.refused("outside-offer", lambda: broker.accept(name, now, **chosen))
            return False
        roomy = [room for room in self.rooms(offer) if self.fits(offer, room, run, kept.group)]
        if not roomy:
            refusal = self.refused("busy", lambda: broker.accept(name, now, **chosen))
            assert refusal.available is not None
            needed = Amounts({key: amount for key, amount in self.whole(offer, run[2]).items() if amount})
            assert len(self.rooms(offer)) > 1 or not needed.fits_in(refusal.available)
            return False
        session = broker.accept(name, now, **chosen)

        assert session.run is not None
        assert (session.run.start, session.run.duration, dict(session.run.amounts)) == run
        assert (offer.platform, offer.pool, session.run.node) in roomy
        assert session.run.node == kept.node or (offer.platform, offer.pool, kept.node) not in roomy
        for each in self.kept.values():
            if each.group == kept.group and each.phase is Phase.OFFERED:
                each.phase = Phase.REJECTED
        kept.phase, kept.run = Phase.ACCEPTED, (*run, session.run.node)
        return True

    def whole(self, offer: Offer, amounts: Mapping[str, int]) -> Mapping[str, int]:
        """What is booked for some amounts: with a flavour, all of it."""
        flavours = self.pool(offer).flavours
        return next((each.amounts for each in flavours if each.name == offer.flavour), amounts)

    @staticmethod
    def chosen(
        offer: Offer, first: int, start: int | None, duration: int | None, amounts: Mapping[str, int]
    ) -> tuple[int, int, Mapping[str, int]] | None:
        """The run that is meant, if it lies within the offer."""
        start = first if start is None else start
        longest = min(offer.maxduration, offer.maxend - start)
        duration = longest if duration is None else duration
        every = {**offer.amounts, **amounts}
        is_within = (
            first <= start <= offer.maxstart
            and offer.minduration <= duration <= longest
            and duration % STEP == 0
            and all(
                offer.minima.get(name, 0) <= amount <= offer.amounts.get(name, 0)
                for name, amount in every.items()
            )
        )
        return (start, duration, every) if is_within else None

    @precondition(lambda self: self.kept)
    @rule(data=st.data(), later=st.sampled_from([0, -20, 20]))
    def reject(self, data: st.DataObject, later: int) -> None:
        """An open offer is let go; one that is gone already stays as it is, and one that was taken, too."""
        name, broker = self.some(data, *Phase), self.broker(data)
        kept, now = self.kept[name], self.clock + later
        self.pass_time(now)
        if kept.phase not in (Phase.OFFERED, Phase.REJECTED, Phase.EXPIRED):
            self.refused("phase", lambda: broker.reject(name, now))
            return
        if kept.phase is Phase.OFFERED:
            kept.phase = Phase.REJECTED
        assert broker.reject(name, now).phase is kept.phase

    @precondition(lambda self: self.names_of(*ACTIVE, Phase.CANCELLED))
    @rule(data=st.data(), later=st.sampled_from([0, -20, 20]))
    def cancel(self, data: st.DataObject, later: int) -> None:
        """An accepted session is given up unless it is being released."""
        name, broker = self.some(data, *ACTIVE, Phase.CANCELLED), self.broker(data)
        kept, now = self.kept[name], self.clock + later
        self.pass_time(now)
        if kept.phase is Phase.RELEASING:
            self.refused("phase", lambda: broker.cancel(name, now))
            return
        kept.phase = Phase.CANCELLED
        assert broker.cancel(name, now).phase is Phase.CANCELLED

    @precondition(lambda self: self.names_of(*ACTIVE))
    @rule(data=st.data(), event=st.none() | st.sampled_from(Event))
    def advance(self, data: st.DataObject, event: Event | None) -> None:
        """A runner notes what happens, which is mostly what comes next; what cannot happen changes nothing."""
        name, broker = self.some(data, *ACTIVE), self.broker(data)
        kept = self.kept[name]
        if event is None:
            event = next(after for phase, after in TRANSITIONS if phase is kept.phase)
        following = TRANSITIONS.get((kept.phase, event))
        if following is None:
            with pytest.raises(IllegalStep):
                broker.advance(name, event, self.clock)
            return
        kept.phase = following
        session = broker.advance(name, event, self.clock, "so it is")
        assert (session.phase, session.message) == (following, "so it is")

    @precondition(lambda self: self.kept)
    @rule(data=st.data(), event=st.sampled_from(Event))
    def try_what_cannot_be(self, data: st.DataObject, event: Event) -> None:
        """What is gone cannot be accepted, what was not accepted or is over neither cancelled nor moved."""
        name, broker = self.some(data, *Phase), self.broker(data)
        phase = self.kept[name].phase
        if phase is not Phase.OFFERED:
            code = "offer-expired" if phase is Phase.EXPIRED else "phase"
            self.refused(code, lambda: broker.accept(name, self.clock))
        if phase not in (*ACTIVE, Phase.CANCELLED):
            self.refused("phase", lambda: broker.cancel(name, self.clock))
        if phase not in ACTIVE:
            with pytest.raises(Refused if phase is Phase.OFFERED else IllegalStep):
                broker.advance(name, event, self.clock)

    @rule(data=st.data(), later=st.sampled_from([20, STEP, 3 * STEP]))
    def look(self, data: st.DataObject, later: int) -> None:
        """Time passes, and somebody looks; what was seen stays so, whatever others' clocks say."""
        now, broker = self.pass_time(self.clock + later), self.broker(data)
        sessions = broker.sessions(now, 3)
        assert [each.phase for each in sessions] == [each.phase for each in [*self.kept.values()][:-4:-1]]
        for each in sessions:
            assert broker.session(each.identifier, now - STEP) == each

    @staticmethod
    def refused(code: str, call: Callable[[], object]) -> Refused:
        """A call that is refused; that it changed nothing, the invariants see."""
        with pytest.raises(Refused) as caught:
            call()
        assert caught.value.code == code
        return caught.value

    # What must hold after every step.

    @invariant()
    def nothing_is_overbooked(self) -> None:
        """No pool and no node is ever booked or held beyond what it has."""
        outside = self.outside()
        for (room, cell, name), amount in self.usage().items():
            pool = next(each for each in self.platforms[room[0]].pools if each.name == room[1])
            assert amount + outside.get((room, cell, name), 0) <= pool.capacity.get(name, 0)

    @invariant()
    def the_book_has_what_the_model_has(self) -> None:
        """Every cell takes what the model says: bookings, and the largest of the open offers of each answer."""
        taken: Usage = {}
        with self.stores[0].read() as page:
            now = page.now
            for name in self.platforms:
                for booking in page.entries(name, Span(-100 * STEP, 10_000 * STEP)):
                    room = (name, booking.pool, booking.node)
                    for cell in range(*booking.span, STEP):
                        for resource, amount in booking.amounts.items():
                            key = room, cell, resource
                            taken[key] = taken.get(key, 0) + amount
        assert now == self.clock
        assert taken == self.usage()

    @invariant()
    def sessions_are_as_the_model_says(self) -> None:
        """All are there, the newest first, in their phases, and time never went back for any."""
        sessions = self.brokers[0].sessions(self.clock)
        assert [(each.identifier, each.phase) for each in sessions] == [
            (name, each.phase) for name, each in reversed(self.kept.items())
        ]
        for each in sessions:
            instants = [passage.instant for passage in each.history]
            assert instants == sorted(instants)
            assert each.offer.identifier == each.identifier
            assert (each.run is None) is (self.kept[each.identifier].run is None)
        for phase in {each.phase for each in sessions}:
            chosen = self.brokers[0].sessions(self.clock, 2, phases={phase})
            assert chosen == [each for each in sessions if each.phase is phase][:2]


class _Memory(BrokerMachine):
    kind = "memory"


class _Sqlite(BrokerMachine):
    kind = "sqlite"


TestBrokerInMemory = _Memory.TestCase
TestBrokerInMemory.settings = settings(stateful_step_count=15)
TestBrokerInFile = _Sqlite.TestCase
TestBrokerInFile.settings = settings(
    stateful_step_count=15, max_examples=max(1, settings().max_examples // 4)
)
