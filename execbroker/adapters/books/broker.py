"""A broker that keeps its word with a book."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from typing import Final, final

from attrs import evolve

from execbroker.adapters.books.store import Page, Record, Store, WritablePage
from execbroker.core.amounts import Amounts
from execbroker.core.answer import Answer, Offer, Reason
from execbroker.core.holds import Placed, chosen_run, held_by, layers, taken_by
from execbroker.core.instants import format_instant
from execbroker.core.interfaces import Broker, Refused
from execbroker.core.lifecycle import FINAL, Event, IllegalStep, Phase
from execbroker.core.planner import PlatformPlanner, Query
from execbroker.core.platform import Booking, Platform
from execbroker.core.session import Passage, Run, Session
from execbroker.core.site import Site
from execbroker.core.spans import Span
from execbroker.core.task import Task

__all__ = ["BookBroker"]

#: How often a plan is made anew because somebody was faster, before what is still free of it is offered alone.
_TRIES: Final = 4
#: What a client that has not chosen is offered.
_PLAIN: Final = Query()
#: What a client hears to whom others were faster at every try.
_RACED: Final = Reason("busy", "what was found was taken by others before it could be held; ask again")


@final
class BookBroker(Broker):
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
        self._planner = PlatformPlanner(*platforms)
        self._store = store
        self._identifiers = identifiers

    def plan(self, task: Task, now: int, query: Query = _PLAIN) -> Answer:
        """The answer for a task; what it offers is held as the platforms' `hold` says, until it expires."""
        for _ in range(_TRIES):
            answer, now = self._search(task, now, query)
            if not answer.is_yes:
                return answer
            with self._store.write() as page:
                now = self._begin(page, now)
                placed = self._placed(page, answer.offers, now)
                if len(placed) == len(answer.offers):
                    return evolve(answer, offers=self._offered(page, task, placed, now))
        # Others were faster each time: what they left of the last answer is true, too.
        with self._store.write() as page:
            now = self._begin(page, now)
            placed = self._placed(page, answer.offers, now)
            offers = self._offered(page, task, placed, now)
        return evolve(answer, offers=offers, reasons=() if offers else (_RACED,), complete=False)

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
        with self._store.write() as page:
            now = self._begin(page, now)
            record = _found(page, offer)
            session = _moved(record.session, Event.ACCEPT, now)
            offered = session.offer
            platform = self._sites[offered.platform].platform
            run = chosen_run(offered, now, platform.granularity, start, duration, amounts)
            page.remove(record.group)
            run = self._booked(page, record, run, now)
            page.keep(evolve(record, session=evolve(session, run=run)))
            for sibling in page.group(record.group):
                if sibling.session.phase is Phase.OFFERED:
                    page.keep(evolve(sibling, session=sibling.session.after(Event.REJECT, now)))
            return evolve(session, run=run)

    def reject(self, offer: str, now: int) -> Session:
        """Let an offer go; see `Broker.reject`."""
        with self._store.write() as page:
            now = self._begin(page, now)
            record = _found(page, offer)
            if record.session.phase in (Phase.REJECTED, Phase.EXPIRED):
                return record.session
            rejected = evolve(record, session=_moved(record.session, Event.REJECT, now))
            page.keep(rejected)
            self._hold(page, record.group)
            return rejected.session

    def cancel(self, session: str, now: int) -> Session:
        """Give up an accepted session; see `Broker.cancel`."""
        with self._store.write() as page:
            now = self._begin(page, now)
            record = _found(page, session)
            if record.session.phase is Phase.CANCELLED:
                return record.session
            return self._advanced(page, record, Event.CANCEL, now, None)

    def session(self, identifier: str, now: int) -> Session:
        """A session as it stands; see `Broker.session`."""
        with self._store.read() as page:
            return _as_of(_found(page, identifier).session, max(now, page.now))

    def sessions(self, now: int, last: int | None = None) -> list[Session]:
        """All sessions as they stand, or the last so many, the newest first."""
        with self._store.read() as page:
            return [_as_of(record.session, max(now, page.now)) for record in page.records(last)]

    def advance(self, session: str, event: Event, now: int, message: str | None = None) -> Session:
        """Note what happens to an accepted session; at its end, what it booked is free again. For runners.

        Raises:
            Refused: `offer-unknown`, `phase` (that cannot happen to it now).
        """
        with self._store.write() as page:
            now = self._begin(page, now)
            return self._advanced(page, _found(page, session), event, now, message)

    def _search(self, task: Task, now: int, query: Query) -> tuple[Answer, int]:
        """An answer to what the book says now. Only for a NO is more read than what the task's range needs."""
        with self._store.read() as page:
            now = max(now, page.now)
            near = self._planner.reach(task, now)
            taken = {name: (span, page.entries(name, span, now)) for name, span in near.items()}
        answer = self._planner.beside(taken).plan(task, now, query)
        if answer.is_yes and not query.alternatives:
            return answer, now
        with self._store.read() as page:
            far = {name: _all_that_counts(site.platform, now) for name, site in self._sites.items()}
            taken = {name: (span, page.entries(name, span, now)) for name, span in far.items()}
        return self._planner.beside(taken).plan(task, now, query), now

    def _placed(self, page: Page, offers: Iterable[Offer], now: int) -> list[Placed]:
        """The offers for which what they are to hold is free, and where."""
        placed = []
        for name, site in self._sites.items():
            here = [offer for offer in offers if offer.platform == name]
            held = {offer: held_by(offer, site.platform, site.platform.hold) for offer in here}
            booked = _beside(site, page, [part for parts in held.values() for part in parts], now)
            for offer, parts in held.items():
                nodes = [node for node in _nodes(site, offer) if booked.fits(offer.pool, node, parts)]
                placed += [Placed(offer, nodes[0])] if nodes else []
        return placed

    def _offered(
        self, page: WritablePage, task: Task, placed: Iterable[Placed], now: int
    ) -> tuple[Offer, ...]:
        """Keep and hold offers as alternatives of each other."""
        group = self._identifiers()
        offers = []
        for offer, node in placed:
            offers.append(evolve(offer, identifier=(identifier := self._identifiers())))
            offered = Session(identifier, offers[-1], task, now, (Passage(Phase.OFFERED, now),))
            page.keep(Record(offered, group, node))
        self._hold(page, group)
        return tuple(offers)

    def _hold(self, page: WritablePage, group: str) -> None:
        """Hold the offers of a group that are open, and nothing else."""
        page.remove(group)
        open_offers = [record for record in page.group(group) if record.session.phase is Phase.OFFERED]
        for name, site in self._sites.items():
            here = [
                Placed(each.session.offer, each.node)
                for each in open_offers
                if each.session.offer.platform == name
            ]
            page.add(group, name, layers(here, site.platform))

    def _booked(self, page: WritablePage, record: Record, run: Run, now: int) -> Run:
        """Book a run: where its offer was held, or on another node if there is room."""
        offer = record.session.offer
        site = self._sites[offer.platform]
        parts = taken_by(offer, site.platform, run)
        site = _beside(site, page, parts, now)
        for node in sorted(_nodes(site, offer), key=lambda node: node != record.node):
            if site.fits(offer.pool, node, parts):
                bookings = [Booking(offer.pool, span, amounts, node) for span, amounts in parts]
                page.add(record.session.identifier, offer.platform, bookings)
                return evolve(run, node=node)
        left = site.left(offer.pool, record.node, Span(run.start, run.end))
        raise Refused("busy", "what was not held of the offer was taken by others", left)

    def _begin(self, page: WritablePage, now: int) -> int:
        """Enforce expiry before anything else."""
        now = page.see(now)
        for record in page.expired(now):
            page.keep(evolve(record, session=record.session.after(Event.EXPIRE, now)))
            if not any(sibling.session.phase is Phase.OFFERED for sibling in page.group(record.group)):
                page.remove(record.group)
        return now

    def _advanced(
        self, page: WritablePage, record: Record, event: Event, now: int, message: str | None
    ) -> Session:
        session = _moved(record.session, event, now, message)
        page.keep(evolve(record, session=session))
        if session.phase in FINAL:
            page.remove(session.identifier)
        return session


def _found(page: Page, identifier: str) -> Record:
    record = page.record(identifier)
    if record is None:
        raise Refused("offer-unknown", f"there is no offer {identifier} in this book")
    return record


def _moved(session: Session, event: Event, now: int, message: str | None = None) -> Session:
    """A session after an event, or a refusal in the words of brokers."""
    if session.phase is Phase.EXPIRED:
        raise Refused("offer-expired", f"the offer expired at {format_instant(session.offer.expires)}")
    try:
        return session.after(event, now, message)
    except IllegalStep as illegal:
        raise Refused("phase", str(illegal)) from illegal


def _as_of(session: Session, now: int) -> Session:
    """A session with its expiry noted, whether anybody wrote it down yet or not."""
    is_over = session.phase is Phase.OFFERED and session.offer.expires <= now
    return session.after(Event.EXPIRE, session.offer.expires) if is_over else session


def _beside(site: Site, page: Page, parts: Sequence[tuple[Span, Amounts]], now: int) -> Site:
    """A site as the book has it, over the time that some amounts are wanted."""
    if not parts:
        return site
    whole = Span(min(span.start for span, _ in parts), max(span.end for span, _ in parts))
    return site.beside(page.entries(site.platform.name, whole, now), whole)


def _nodes(site: Site, offer: Offer) -> Sequence[int | None]:
    pool = next(pool for pool in site.platform.pools if pool.name == offer.pool)
    return [None] if pool.nodes is None else range(pool.nodes)


def _all_that_counts(platform: Platform, now: int) -> Span:
    """From now to the end of the release after the last run that could be offered."""
    release = max(pool.release if pool.release is not None else platform.release for pool in platform.pools)
    return Span(now, now + platform.horizon + release)
