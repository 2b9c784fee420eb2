"""What every store of a book does, tried on each of them."""

from __future__ import annotations

import shutil
import tempfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from itertools import count
from pathlib import Path
from threading import Barrier, Thread

import pytest
from attrs import evolve, frozen
from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, precondition, rule

from execbroker.adapters.books.memory import MemoryStore
from execbroker.adapters.books.sqlite import SqliteStore
from execbroker.adapters.books.store import Record, Store, WritablePage
from execbroker.core.amounts import Amounts
from execbroker.core.answer import Offer
from execbroker.core.holds import Layer
from execbroker.core.lifecycle import Event, Phase
from execbroker.core.platform import Booking
from execbroker.core.session import Passage, Session
from execbroker.core.spans import Span
from execbroker.core.task import Task

KINDS: dict[str, Callable[[Path], Store]] = {"memory": lambda _: MemoryStore(), "sqlite": SqliteStore}


@pytest.fixture(params=KINDS)
def store(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Store]:
    """An empty book of each kind."""
    opened = KINDS[request.param](tmp_path / "book")
    yield opened
    opened.close()


def record(
    identifier: str, group: str = "g", expires: int = 10, created: int = 0, owner: str | None = None
) -> Record:
    """An offer that is open."""
    offer = Offer("here", "batch", 60, 600, 900, 60, 120, expires, identifier=identifier)
    session = Session(identifier, offer, Task(), created, (Passage(Phase.OFFERED, created),))
    return Record(session, group, owner=owner)


def booking(start: int, end: int, cores: int = 1, pool: str = "batch", node: int | None = None) -> Booking:
    """Some cores."""
    return Booking(pool, Span(start, end), Amounts({"cores": cores}), node)


def by_start(bookings: list[Booking]) -> list[Booking]:
    """Bookings in an order of their own."""
    return sorted(bookings, key=repr)


class TestEntries:
    """What is taken."""

    @pytest.mark.parametrize(
        ("start", "end", "overlaps"),
        [(0, 10, False), (0, 11, True), (19, 30, True), (20, 30, False), (12, 13, True), (0, 10**9, True)],
    )
    def test_overlap(self, store: Store, start: int, end: int, overlaps: bool) -> None:
        """What shares an instant with a span is found, what only touches it is not."""
        taken = booking(start, end)
        with store.write() as page:
            page.add("me", "here", [taken])

        with store.read() as page:
            assert page.entries("here", Span(10, 20)) == ([taken] if overlaps else [])

    def test_all_that_is_taken_comes_back(self, store: Store) -> None:
        """Pool, node, span and amounts are as they were, also where there are none or very many."""
        taken = [
            Booking("batch", Span(0, 5), Amounts({"cores": 2**61, "memory": 0}), 3),
            Booking("ü", Span(-5, 5), Amounts()),
        ]
        with store.write() as page:
            page.add("me", "here", taken)

        with store.read() as page:
            assert by_start(page.entries("here", Span(0, 5))) == by_start(taken)

    def test_platforms_are_apart(self, store: Store) -> None:
        """What is taken on one platform is not taken on another."""
        with store.write() as page:
            page.add("me", "here", [booking(0, 5)])

        with store.read() as page:
            assert page.entries("there", Span(0, 5)) == []

    def test_equal_entries_count_each(self, store: Store) -> None:
        """The same booking twice is two, also of one owner."""
        with store.write() as page:
            page.add("me", "here", [booking(0, 5), booking(0, 5)])
            page.add("you", "here", [booking(0, 5)])
            page.remove("you")

        with store.read() as page:
            assert page.entries("here", Span(0, 5)) == [booking(0, 5)] * 2

    def test_removal(self, store: Store) -> None:
        """All of an owner goes, on every platform, and nothing else; to remove nothing is no error."""
        with store.write() as page:
            page.add("me", "here", [booking(0, 5), Layer(9, booking(3, 8))])
            page.add("me", "there", [booking(0, 5)])
            page.add("you", "here", [booking(1, 5)])
            page.remove("me")
            page.remove("nobody")

        with store.read() as page:
            assert page.entries("here", Span(0, 9)) == [booking(1, 5)]
            assert page.entries("there", Span(0, 9)) == []

    def test_layers_pass(self, store: Store) -> None:
        """A layer counts until its instant, and not at it."""
        with store.write() as page:
            page.add("me", "here", [Layer(7, booking(0, 100)), booking(0, 50)])
            page.see(6)
        with store.read() as page:
            assert len(page.entries("here", Span(0, 5))) == 2
        with store.write() as page:
            page.see(7)
        with store.read() as page:
            assert page.entries("here", Span(0, 5)) == [booking(0, 50)]

    def test_revision(self, store: Store) -> None:
        """It grows when something is taken, and not when something is given back or kept."""
        with store.write() as page:
            before = page.revision
            page.keep(record("a"))
            page.see(3)
            page.remove("me")
            assert page.revision == before
            page.add("me", "here", [booking(0, 5)])
            assert page.revision > before


class TestTime:
    """The latest instant that was seen."""

    def test_never_back(self, store: Store) -> None:
        """It begins with 0 and never goes back."""
        with store.read() as page:
            assert page.now == 0
        with store.write() as page:
            assert [page.see(5), page.see(3), page.see(9)] == [5, 5, 9]
        with store.read() as page:
            assert page.now == 9


class TestRecords:
    """What became of offers."""

    def test_kept(self, store: Store) -> None:
        """A record is found by its identifier, and replaced in its place by one that has the same."""
        first, second = record("a"), record("b")
        accepted = evolve(first, session=first.session.after(Event.ACCEPT, 3), node=2)
        with store.write() as page:
            for each in (first, second, accepted):
                page.keep(each)

        with store.read() as page:
            assert page.record("a") == accepted
            assert page.record("c") is None
            assert page.group("g") == [accepted, second]
            assert page.records() == [second, accepted]

    def test_groups(self, store: Store) -> None:
        """Siblings are found by their group, in the order in which they were kept."""
        several = [record("z"), record("a"), record("m", "other"), record("b")]
        with store.write() as page:
            for each in several:
                page.keep(each)

        with store.read() as page:
            assert page.group("g") == [several[0], several[1], several[3]]
            assert page.group("none") == []

    @pytest.mark.parametrize("last", [0, 1, 2, 3, 4, 10**30, None])
    def test_the_last(self, store: Store, last: int | None) -> None:
        """The newest come first, and no more than are asked for."""
        with store.write() as page:
            for name in "abc":
                page.keep(record(name))

        with store.read() as page:
            assert [each.session.identifier for each in page.records(last)] == ["c", "b", "a"][:last]

    def test_phases(self, store: Store) -> None:
        """Phases choose before they are counted off; a record is found by the phase that it has by now."""
        taken = evolve(record("b"), session=record("b").session.after(Event.ACCEPT, 1))
        with store.write() as page:
            for name in "abcd":
                page.keep(record(name))
            page.keep(taken)

        with store.read() as page:
            assert page.records(1, phases=[Phase.ACCEPTED]) == [taken]
            assert [each.session.identifier for each in page.records(2, phases={Phase.OFFERED})] == ["d", "c"]
            assert page.records(phases=[Phase.OFFERED, Phase.ACCEPTED]) == page.records()
            assert page.records(phases=[Phase.FAILED]) == []

    def test_expired(self, store: Store) -> None:
        """Open offers are due at their deadline, the earliest first, but not those that were taken."""
        taken = evolve(record("t", expires=5), session=record("t").session.after(Event.ACCEPT, 1))
        late, early = record("late", expires=8), record("early", expires=6)
        with store.write() as page:
            for each in (late, early, taken, record("open", expires=9), record("new", expires=3, created=8)):
                page.keep(each)
            assert page.expired() == []
            page.see(8)
            assert page.expired() == [early, late]
            page.keep(evolve(early, session=early.session.after(Event.EXPIRE, 8)))
            assert page.expired() == [late]


class Boom(Exception):
    """Something went wrong."""


class TestWriting:
    """All or nothing, one after the other."""

    def test_rollback(self, store: Store) -> None:
        """An exception leaves everything as it was, and the store fit for use."""
        with store.write() as page:
            page.see(4)
            page.keep(record("a"))
            page.add("me", "here", [booking(0, 5), Layer(9, booking(0, 5))])
        before = snapshot(store)
        with pytest.raises(Boom):
            self.change_and_fail(store)
        assert snapshot(store) == before
        with store.write() as page:
            page.remove("me")
        assert snapshot(store) != before

    def change_and_fail(self, store: Store) -> None:
        """Change whatever can be changed, and then go wrong."""
        with store.write() as page:
            page.see(20)
            page.keep(evolve(record("a"), session=record("a").session.after(Event.ACCEPT, 5)))
            page.keep(record("b", "h"))
            page.remove("me")
            page.add("you", "there", [booking(0, 5)])
            raise Boom

    def test_writers_see_what_earlier_ones_wrote(self, store: Store) -> None:
        """Eight threads that each count on what is there lose nothing."""
        start = Barrier(8)

        def write() -> None:
            start.wait()
            for _ in range(10):
                with store.write() as page:
                    page.see(page.now + 1)

        threads = [Thread(target=write) for _ in range(8)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()

        with store.read() as page:
            assert page.now == 80

    def test_readers_see_what_was_finished(self, store: Store) -> None:
        """What is being written is not seen by others before it is done."""
        seen: list[int] = []

        def read() -> None:
            with store.read() as page:
                seen.append(page.now)

        thread = Thread(target=read)
        with store.write() as page:
            page.see(1)
            thread.start()
            thread.join(0.05)
            page.see(2)
        thread.join()

        assert seen in ([0], [2])

    def test_close_twice(self, store: Store) -> None:
        """To close twice is no error."""
        store.close()
        store.close()


def snapshot(store: Store) -> dict[str, object]:
    """All that can be seen of a store."""
    everything = Span(-(10**6), 10**6)
    with store.read() as page:
        return {
            "now": page.now,
            "revision": page.revision,
            "records": page.records(),
            "groups": [page.group(each.group) for each in page.records()],
            "here": by_start(page.entries("here", everything)),
            "there": by_start(page.entries("there", everything)),
        }


@frozen
class Taken:
    """An entry of the model."""

    owner: str
    platform: str
    until: int | None
    booking: Booking


@frozen
class Model:
    """A book as lists."""

    now: int = 0
    taken: tuple[Taken, ...] = ()
    records: tuple[Record, ...] = ()


owners = st.sampled_from(["ann", "bob", "cy"])
platforms = st.sampled_from(["here", "there"])
spans = st.tuples(st.integers(0, 40), st.sampled_from([1, 2, 3, 7, 20, 300])).map(
    lambda pair: Span(pair[0], sum(pair))
)
entries = st.lists(
    st.tuples(
        st.none() | st.integers(0, 12),
        st.builds(
            Booking,
            st.sampled_from(["batch", "nodes"]),
            spans,
            st.integers(1, 4).map(lambda cores: Amounts({"cores": cores})),
            st.none() | st.integers(0, 2),
        ),
    ),
    max_size=3,
)


class StoreMachine(RuleBasedStateMachine):
    """Writes what may happen in a book, several changes at a time, and reads it back."""

    kind: str

    def __init__(self) -> None:
        super().__init__()
        self.folder = Path(tempfile.mkdtemp())
        self.store = KINDS[self.kind](self.folder / "book")
        self.model = Model()
        self.names = count()

    def teardown(self) -> None:
        """Leave nothing behind."""
        self.store.close()
        shutil.rmtree(self.folder)

    @rule(changes=st.data(), fails=st.sampled_from([False, False, False, True]))
    def write(self, changes: st.DataObject, fails: bool) -> None:
        """Some changes together; if something goes wrong at the end, none of them."""
        model = self.model
        kinds = changes.draw(st.lists(st.sampled_from("sarkk"), min_size=1, max_size=4))
        with _maybe(fails), self.store.write() as page:
            for kind in kinds:
                model = getattr(self, f"_{kind}")(page, model, changes)
                assert page.now == model.now
            if fails:
                raise Boom
        if not fails:
            self.model = model

    def _s(self, page: WritablePage, model: Model, data: st.DataObject) -> Model:
        now = max(model.now, data.draw(st.integers(0, 14)))
        assert page.see(now) == now
        standing = tuple(each for each in model.taken if each.until is None or each.until > now)
        return evolve(model, now=now, taken=standing)

    def _a(self, page: WritablePage, model: Model, data: st.DataObject) -> Model:
        owner, platform, parts = data.draw(owners), data.draw(platforms), data.draw(entries)
        # What has passed already is not added by anybody.
        parts = [(None if until is None else model.now + until + 1, each) for until, each in parts]
        before = page.revision
        page.add(owner, platform, [each if until is None else Layer(until, each) for until, each in parts])
        assert page.revision > before
        return evolve(model, taken=(*model.taken, *(Taken(owner, platform, *part) for part in parts)))

    def _r(self, page: WritablePage, model: Model, data: st.DataObject) -> Model:
        owner = data.draw(owners)
        page.remove(owner)
        return evolve(model, taken=tuple(each for each in model.taken if each.owner != owner))

    def _k(self, page: WritablePage, model: Model, data: st.DataObject) -> Model:
        is_change: bool = data.draw(st.booleans())
        if model.records and is_change:
            place = data.draw(st.integers(0, len(model.records) - 1))
            old = model.records[place]
            if old.session.phase is not Phase.OFFERED:
                return model
            event = data.draw(st.sampled_from([Event.ACCEPT, Event.REJECT, Event.EXPIRE]))
            kept = evolve(old, session=old.session.after(event, model.now), node=data.draw(st.integers(0, 2)))
            records = (*model.records[:place], kept, *model.records[place + 1 :])
        else:
            expires = data.draw(st.integers(0, 14))
            whose = data.draw(st.none() | owners)
            kept = record(f"r{next(self.names)}", data.draw(owners), expires, model.now, whose)
            records = (*model.records, kept)
        page.keep(kept)
        return evolve(model, records=records)

    @invariant()
    def expires(self) -> None:
        """What is due is what the model says, the earliest first."""
        due = [
            each
            for each in self.model.records
            if each.session.phase is Phase.OFFERED and each.deadline <= self.model.now
        ]
        with self.store.write() as page:
            found = page.expired()
        assert sorted(found, key=repr) == sorted(due, key=repr)
        assert [each.deadline for each in found] == sorted(each.deadline for each in due)

    @invariant()
    def is_as_the_model(self) -> None:
        """Time, records and groups are those of the model."""
        with self.store.read() as page:
            assert page.now == self.model.now
            assert page.records() == list(reversed(self.model.records))
            assert page.records(2) == list(reversed(self.model.records))[:2]
            for group in ("ann", "bob", "cy"):
                assert page.group(group) == [each for each in self.model.records if each.group == group]
            for owner in ("ann", "bob", "cy"):
                own = [each for each in reversed(self.model.records) if each.owner == owner]
                assert page.records(None, owner) == own
                assert page.records(1, owner) == own[:1]
                open_or_gone = [each for each in own if each.session.phase in (Phase.OFFERED, Phase.EXPIRED)]
                assert page.records(2, owner, {Phase.OFFERED, Phase.EXPIRED}) == open_or_gone[:2]
            for each in self.model.records:
                assert page.record(each.session.identifier) == each

    @rule(platform=platforms, span=spans)
    def look(self, platform: str, span: Span) -> None:
        """What is taken over a span is what the model says overlaps it."""
        expected = [
            each.booking
            for each in self.model.taken
            if each.platform == platform
            and each.booking.span.start < span.end
            and span.start < each.booking.span.end
        ]
        with self.store.read() as page:
            assert by_start(page.entries(platform, span)) == by_start(expected)


@contextmanager
def _maybe(fails: bool) -> Iterator[None]:
    if not fails:
        yield
        return
    with pytest.raises(Boom):
        yield


class _Memory(StoreMachine):
    kind = "memory"


class _Sqlite(StoreMachine):
    kind = "sqlite"

    @precondition(lambda self: self.model.records or self.model.taken)
    @rule()
    def open_again(self) -> None:
        """What was written is there after the file was closed and opened again."""
        self.store.close()
        self.store = SqliteStore(self.folder / "book")


TestMemoryStore = _Memory.TestCase
TestMemoryStore.settings = settings(stateful_step_count=15)
TestSqliteStore = _Sqlite.TestCase
TestSqliteStore.settings = settings(stateful_step_count=15, max_examples=max(1, settings().max_examples // 4))
