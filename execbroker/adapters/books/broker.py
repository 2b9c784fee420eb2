"""A broker that keeps its word with a book."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Sequence
from typing import Final, NamedTuple, TypeAlias, final

from attrs import evolve

from execbroker.adapters.books.store import Page, Record, Store, WritablePage
from execbroker.adapters.owners import PLAIN, Keeper
from execbroker.core.amounts import Amounts
from execbroker.core.answer import Answer, Offer, Reason
from execbroker.core.holds import Placed, chosen_run, deadline, held_by, layers, sharing, taken_by
from execbroker.core.instants import format_instant
from execbroker.core.interfaces import Refused
from execbroker.core.lifecycle import FINAL, Event, IllegalStep, Phase
from execbroker.core.planner import PlatformPlanner, Query
from execbroker.core.platform import Booking, Platform, Pool
from execbroker.core.session import Passage, Run, Session
from execbroker.core.site import Site
from execbroker.core.spans import Span
from execbroker.core.task import Task

__all__ = ["BookBroker"]

#: A platform, its pool, and the node, in a pool with nodes.
_Room: TypeAlias = tuple[str, str, int | None]

#: How often a plan is made anew because somebody was faster, before what is still free of it is offered alone.
_TRIES: Final = 4
#: What a client hears to whom others were faster at every try.
_RACED: Final = Reason("busy", "what was found was taken by others before it could be held; ask again")


@final
class _Found(NamedTuple):
    """What a search found, as of which instant and which state of the book."""

    answer: Answer
    now: int
    revision: int


@final
class BookBroker(Keeper):
    """Plans on what its platforms and its book say is free, and books what is accepted.

    Searching happens outside the book; what was found is checked and held in one step. Any number of brokers in any
    number of processes may share one book, if they share the platforms.
    """

    def __init__(self, platforms: Sequence[Platform], store: Store, identifiers: Callable[[], str]) -> None:
        """Keep a book for some platforms.

        Args:
            platforms: With what is booked there outside the book.
            store: The book.
            identifiers: Gives a new, unguessable identifier at each call.
        """
        self._sites = {platform.name: Site(platform) for platform in platforms}
        self._pools = {(platform.name, pool.name): pool for platform in platforms for pool in platform.pools}
        self._planner = PlatformPlanner(*platforms)
        self._store = store
        self._identifiers = identifiers

    def plan(self, task: Task, now: int, query: Query = PLAIN, *, owner: str | None = None) -> Answer:
        """The answer for a task; what it offers is held as the platforms' `hold` says, until it expires.

        Args:
            task: The task.
            now: The instant.
            query: What the client wants of the answer.
            owner: Who asks, and whose the offers are; the book keeps it, and leaves it to others to ask.
        """
        self._note(now)
        query = query if owner is None else evolve(query, client=owner)
        for _ in range(_TRIES):
            found = self._search(task, query)
            if not found.answer.is_yes:
                return found.answer
            with self._store.write() as page:
                placed = self._placed(page, found)
                if len(placed) == len(found.answer.offers):
                    return evolve(found.answer, offers=self._offered(page, task, placed, found.now, owner))
        # Others were faster each time: what they left of the last answer is true, too.
        with self._store.write() as page:
            offers = self._offered(page, task, self._placed(page, found), found.now, owner)
        return evolve(found.answer, offers=offers, reasons=() if offers else (_RACED,), complete=False)

    def accept(
        self,
        offer: str,
        now: int,
        *,
        start: int | None = None,
        duration: int | None = None,
        amounts: Amounts | None = None,
    ) -> Session:
        """Take an offer; see `Broker.accept`."""
        self._note(now)
        with self._store.write() as page:
            record = self._record(page, offer)
            if record.session.phase is Phase.EXPIRED:
                raise Refused("offer-expired", f"the offer expired at {format_instant(record.deadline)}")
            session = _moved(record.session, Event.ACCEPT, page.now)
            siblings = self._siblings(page, record)
            grid = self._sites[session.offer.platform].platform.granularity
            run = chosen_run(session.offer, page.now, grid, start, duration, amounts)
            page.remove(record.group)
            session = evolve(session, run=self._booked(page, record, run))
            page.keep(evolve(record, session=session))
            for sibling in siblings:
                if sibling.session.identifier != offer and sibling.session.phase is Phase.OFFERED:
                    page.keep(evolve(sibling, session=sibling.session.after(Event.REJECT, page.now)))
            return session

    def reject(self, offer: str, now: int) -> Session:
        """Let an offer go; see `Broker.reject`."""
        self._note(now)
        with self._store.write() as page:
            record = self._record(page, offer)
            if record.session.phase in (Phase.REJECTED, Phase.EXPIRED):
                return record.session
            session = _moved(record.session, Event.REJECT, page.now)
            siblings = self._siblings(page, record)
            page.keep(evolve(record, session=session))
            page.remove(record.group)
            self._hold(page, record.group, (each for each in siblings if each.session.identifier != offer))
            return session

    def cancel(self, session: str, now: int) -> Session:
        """Give up an accepted session; see `Broker.cancel`."""
        self._note(now)
        with self._store.write() as page:
            record = self._record(page, session)
            if record.session.phase is Phase.CANCELLED:
                return record.session
            return _advanced(page, record, _moved(record.session, Event.CANCEL, page.now))

    def session(self, identifier: str, now: int) -> Session:
        """A session as it stands; see `Broker.session`."""
        self._note(now)
        with self._store.read() as page:
            return self._record(page, identifier).session

    def sessions(
        self, now: int, last: int | None = None, owner: str | None = None, phases: Collection[Phase] = ()
    ) -> list[Session]:
        """The newest of some sessions; see `Keeper.sessions`."""
        self._note(now)
        with self._store.read() as page:
            return [record.session for record in page.records(last, owner, phases)]

    def owner(self, identifier: str) -> str | None:
        """Whose a session is, where that was said when it was offered.

        Raises:
            Refused: `offer-unknown`.
        """
        with self._store.read() as page:
            return self._record(page, identifier).owner

    def group(self, identifier: str) -> str:
        """What the book calls the offers of one answer.

        Raises:
            Refused: `offer-unknown`.
        """
        with self._store.read() as page:
            return self._record(page, identifier).group

    def grouped(self, group: str, now: int) -> list[Session]:
        """The sessions of one answer's offers as they stand; see `Keeper.grouped`."""
        self._note(now)
        with self._store.read() as page:
            records = page.group(group)
        if not records:
            raise Refused("offer-unknown", f"there is no answer {group} in this book")
        return [record.session for record in records]

    def release(self, offer: Offer) -> int:
        """Seconds for which a pool is held after a run; see `Keeper.release`."""
        pool = self._pools.get((offer.platform, offer.pool))
        if pool is None:
            return 0
        return self._sites[offer.platform].platform.release_in(pool)

    def advance(self, identifier: str, event: Event, now: int, message: str | None = None) -> Session:
        """Write down what happens to an accepted session; at its end, what it booked is free again. For runners.

        Raises:
            Refused: `offer-unknown`; `phase`: it was not accepted yet, and that is not for runners to change.
            IllegalStep: That cannot happen to it now; nothing was changed.
        """
        self._note(now)
        with self._store.write() as page:
            record = self._record(page, identifier)
            if record.session.phase is Phase.OFFERED:
                raise Refused("phase", "this offer was not accepted yet")
            return _advanced(page, record, record.session.after(event, page.now, message))

    def _note(self, now: int) -> None:
        """Note an instant, and what has expired by it, in a step of its own.

        So time does not go back, whatever becomes of the call; and whoever opens a page finds expiry enforced.
        """
        with self._store.read() as page:
            if now <= page.now:
                return
        with self._store.write() as page:
            page.see(now)
            for record in page.expired():
                page.keep(evolve(record, session=record.session.after(Event.EXPIRE, record.deadline)))

    def _search(self, task: Task, query: Query) -> _Found:
        """An answer to what the book says. Only for a NO is more read than what the task's range needs."""
        if not query.alternatives:
            with self._store.read() as page:
                now, revision = page.now, page.revision
                near = self._planner.reach(task, now, query.client)
                taken = {name: (span, page.entries(name, span)) for name, span in near.items()}
            if answer := self._planner.beside(taken).offered(task, now, query):
                return _Found(answer, now, revision)
        with self._store.read() as page:
            now, revision = page.now, page.revision
            far = {name: _all_that_counts(site.platform, now) for name, site in self._sites.items()}
            taken = {name: (span, page.entries(name, span)) for name, span in far.items()}
        return _Found(self._planner.beside(taken).plan(task, now, query), now, revision)

    def _placed(self, page: Page, found: _Found) -> list[Placed]:
        """The offers that are open and for which what they are to hold is free, and where; in the same order."""
        offers = [offer for offer in found.answer.offers if deadline(offer, found.now) > page.now]
        if page.revision == found.revision and not any(self._pool(offer).nodes for offer in offers):
            rooms: Sequence[_Room | None] = [(offer.platform, offer.pool, None) for offer in offers]
        else:
            rooms = sharing(self._rooms(page, offers))
        return [
            Placed(offer, room[2], deadline(offer, found.now))
            for offer, room in zip(offers, rooms, strict=True)
            if room is not None
        ]

    def _rooms(self, page: Page, offers: Sequence[Offer]) -> list[list[_Room]]:
        """For each offer the rooms in which what it is to hold is free."""
        held = [
            held_by(offer, site.platform, site.platform.hold)
            for offer in offers
            for site in [self._sites[offer.platform]]
        ]
        wanted: dict[str, list[tuple[Span, Amounts]]] = {offer.platform: [] for offer in offers}
        for offer, parts in zip(offers, held, strict=True):
            wanted[offer.platform] += parts
        booked = {name: _beside(self._sites[name], page, parts) for name, parts in wanted.items()}
        return [
            [
                (offer.platform, offer.pool, node)
                for node in _nodes(self._pool(offer))
                if booked[offer.platform].fits(offer.pool, node, parts)
            ]
            for offer, parts in zip(offers, held, strict=True)
        ]

    def _offered(
        self, page: WritablePage, task: Task, placed: Iterable[Placed], now: int, owner: str | None
    ) -> tuple[Offer, ...]:
        """Keep and hold offers as alternatives of each other."""
        group = self._identifiers()
        records = []
        for offer, node, _ in placed:
            identifier = self._identifiers()
            history = (Passage(Phase.OFFERED, now),)
            session = Session(identifier, evolve(offer, identifier=identifier), task, now, history)
            records.append(Record(session, group, node, owner))
            page.keep(records[-1])
        self._hold(page, group, records)
        return tuple(record.session.offer for record in records)

    def _hold(self, page: WritablePage, group: str, records: Iterable[Record]) -> None:
        """Hold those offers of a group that are open."""
        by_platform: dict[str, list[Placed]] = {}
        for record in records:
            if record.session.phase is Phase.OFFERED:
                offer = record.session.offer
                placed = Placed(offer, record.node, record.deadline)
                by_platform.setdefault(offer.platform, []).append(placed)
        for name, placed_here in by_platform.items():
            page.add(group, name, layers(placed_here, self._sites[name].platform))

    def _booked(self, page: WritablePage, record: Record, run: Run) -> Run:
        """Book a run: where its offer was held, or on another node if there is room."""
        offer = record.session.offer
        site = self._sites[offer.platform]
        parts = taken_by(offer, site.platform, run)
        site = _beside(site, page, parts)
        nodes = sorted(_nodes(self._pool(offer)), key=lambda node: node != record.node)
        for node in nodes:
            if site.fits(offer.pool, node, parts):
                bookings = [Booking(offer.pool, span, amounts, node) for span, amounts in parts]
                page.add(record.session.identifier, offer.platform, bookings)
                return evolve(run, node=node)
        left = {
            name: max(site.left(offer.pool, node, span)[name] for node in nodes)
            for span, amounts in parts
            for name in amounts
        }
        raise Refused("busy", "what was not held of the offer was taken by others", Amounts(left))

    def _record(self, page: Page, identifier: str) -> Record:
        record = page.record(identifier)
        if record is None:
            raise Refused("offer-unknown", f"there is no offer {identifier} in this book")
        return record

    def _siblings(self, page: Page, record: Record) -> list[Record]:
        """All offers of an answer, of which the broker must know every pool to do anything about one of them."""
        siblings = page.group(record.group)
        for offer in (sibling.session.offer for sibling in siblings):
            if (offer.platform, offer.pool) not in self._pools:
                message = f"this broker does not know the pool {offer.pool} of {offer.platform}"
                raise Refused("offer-unknown", message)
        return siblings

    def _pool(self, offer: Offer) -> Pool:
        return self._pools[offer.platform, offer.pool]


def _moved(session: Session, event: Event, now: int) -> Session:
    """A session after an event, or a refusal in the words of brokers."""
    try:
        return session.after(event, now)
    except IllegalStep as illegal:
        raise Refused("phase", str(illegal)) from illegal


def _advanced(page: WritablePage, record: Record, session: Session) -> Session:
    """Keep a session that went on; if it is at its end, free what it booked."""
    page.keep(evolve(record, session=session))
    if session.phase in FINAL:
        page.remove(session.identifier)
    return session


def _beside(site: Site, page: Page, parts: Sequence[tuple[Span, Amounts]]) -> Site:
    """A site as the book has it, over the time that some amounts are wanted."""
    if not parts:
        return site
    whole = Span(min(span.start for span, _ in parts), max(span.end for span, _ in parts))
    return site.beside(page.entries(site.platform.name, whole), whole)


def _nodes(pool: Pool) -> Sequence[int | None]:
    """Where in a pool something may be held."""
    return [None] if pool.nodes is None else range(pool.nodes)


def _all_that_counts(platform: Platform, now: int) -> Span:
    """From now to the end of the release after the last run that could be offered."""
    release = max(map(platform.release_in, platform.pools))
    return Span(now, now + platform.horizon + release)
