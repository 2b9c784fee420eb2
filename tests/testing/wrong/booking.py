"""Brokers that are wrong about what they book, and what they give back."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from attrs import evolve
from hypothesis import strategies as st

from execbroker.adapters.books.store import Record, WritablePage
from execbroker.core.amounts import CORES, Amounts
from execbroker.core.answer import Answer
from execbroker.core.holds import taken_by
from execbroker.core.interfaces import Refused
from execbroker.core.lifecycle import Event, Phase
from execbroker.core.platform import Booking, Platform, Pool
from execbroker.core.session import Passage, Run, Session
from execbroker.core.spans import Span
from execbroker.core.task import DAY, Task
from tests.testing.wrong.careless import Careless, Misquoting, wrong_broker

__all__ = ["WRONG_BOOKINGS"]


class Overbooks(Careless):
    """What was not held is booked without another look."""

    def _booked(self, page: WritablePage, record: Record, run: Run) -> Run:
        offer = record.session.offer
        parts = taken_by(offer, self._sites[offer.platform].platform, run)
        bookings = [Booking(offer.pool, span, amounts, record.node) for span, amounts in parts]
        page.add(record.session.identifier, offer.platform, bookings)
        return evolve(run, node=record.node)


class BooksTheLeast(Careless):
    """The minimum is booked, whatever was chosen."""

    def _booked(self, page: WritablePage, record: Record, run: Run) -> Run:
        booked = super()._booked(page, record, evolve(run, amounts=record.session.offer.minima))
        return evolve(booked, amounts=run.amounts)


class BooksTheShortest(Careless):
    """The shortest run is booked, whatever was chosen."""

    def _booked(self, page: WritablePage, record: Record, run: Run) -> Run:
        booked = super()._booked(page, record, evolve(run, duration=record.session.offer.minduration))
        return evolve(booked, duration=run.duration)


class BooksStorageForTheRun(Careless):
    """Storage is booked from the start to the end of the run, not while it is prepared and released."""

    def _booked(self, page: WritablePage, record: Record, run: Run) -> Run:
        booked = super()._booked(page, record, run)
        name, offer = record.session.identifier, record.session.offer
        page.remove(name)
        page.add(
            name, offer.platform, [Booking(offer.pool, Span(run.start, run.end), run.amounts, booked.node)]
        )
        return booked


class IgnoresChoices(Misquoting):
    """Whatever a client chooses, it gets all that was offered."""

    def accept(self, offer: str, now: int, **chosen: Any) -> Session:
        """Take an offer as it is."""
        return self.broker.accept(offer, now)


class CutsChoices(Misquoting):
    """A choice outside of the offer is silently brought inside."""

    def accept(self, offer: str, now: int, **chosen: Any) -> Session:
        """Take what comes next to what was chosen."""
        try:
            return self.broker.accept(offer, now, **chosen)
        except Refused as refused:
            if refused.code != "outside-offer":
                raise
            return self.broker.accept(offer, now)


class AnyStart(Careless):
    """A run may start whenever the client likes."""

    def accept(self, offer: str, now: int, **chosen: Any) -> Session:
        """Take an offer without a look at its starts."""
        start = chosen.pop("start", None)
        session = super().accept(offer, now, **chosen)
        if start is None or session.run is None:
            return session
        return self.changed(offer, run=evolve(session.run, start=start))


class StartsInThePast(Careless):
    """Who takes an offer late gets its earliest start, though that is over."""

    def accept(self, offer: str, now: int, **chosen: Any) -> Session:
        """Take an offer from its beginning."""
        session = super().accept(offer, now, **chosen)
        if chosen.get("start") is not None or session.run is None:
            return session
        return self.changed(offer, run=evolve(session.run, start=session.offer.minstart))


class AcceptsTwice(Careless):
    """An offer that was taken can be taken again."""

    def accept(self, offer: str, now: int, **chosen: Any) -> Session:
        """Take an offer, or say that it is taken as if that were an answer."""
        record = self.kept(offer)
        if record is not None and record.session.phase is Phase.ACCEPTED:
            return record.session
        return super().accept(offer, now, **chosen)


class SaysYes(Misquoting):
    """What can't be done is answered as if it had been: with the session as it stands."""

    def accept(self, offer: str, now: int, **chosen: Any) -> Session:
        """Take an offer if that can be."""
        try:
            return self.broker.accept(offer, now, **chosen)
        except Refused:
            return self.broker.session(offer, now)


class SpoilsWhatItRefuses(Misquoting):
    """A refused choice costs the client the offer."""

    def accept(self, offer: str, now: int, **chosen: Any) -> Session:
        """Take an offer, or lose it."""
        try:
            return self.broker.accept(offer, now, **chosen)
        except Refused as refused:
            if refused.code in ("outside-offer", "busy"):
                self.broker.reject(offer, now)
            raise


class SaysWhatThereWas(Misquoting):
    """Who comes late hears what the pool has, not what is left of it."""

    def accept(self, offer: str, now: int, **chosen: Any) -> Session:
        """Take an offer, or hear of all that there is."""
        try:
            return self.broker.accept(offer, now, **chosen)
        except Refused as refused:
            if refused.available is None:
                raise
            record = self.broker.kept(offer)
            assert record is not None
            capacity = self.broker._pool(record.session.offer).capacity
            there = Amounts({name: capacity.get(name, 0) for name in refused.available})
            raise Refused(refused.code, refused.message, there) from refused


class RunsAtOnce(Careless):
    """A session is running as soon as it is accepted."""

    def accept(self, offer: str, now: int, **chosen: Any) -> Session:
        """Take an offer and skip what comes before the run."""
        session = super().accept(offer, now, **chosen)
        return self.changed(offer, history=(*session.history, Passage(Phase.RUNNING, now)))


class WritesBackdated(Careless):
    """That an offer was taken is written down with the instant at which it was made, less one."""

    def accept(self, offer: str, now: int, **chosen: Any) -> Session:
        """Take an offer before it was there."""
        session = super().accept(offer, now, **chosen)
        return self.changed(offer, history=(session.history[0], Passage(Phase.ACCEPTED, session.created - 1)))


class ForgetsAccepted(Careless):
    """What is accepted and does not run yet does not count as booked."""

    def accept(self, offer: str, now: int, **chosen: Any) -> Session:
        """Take an offer and book nothing."""
        session = super().accept(offer, now, **chosen)
        self.freed(offer)
        return session


class ForgetsAvailable(Careless):
    """Sessions go on by themselves as time does, and those that are ready to start do not count as booked."""

    def _note(self, now: int) -> None:
        super()._note(now)
        for session in self.sessions_kept():
            run = session.run
            if session.phase is Phase.ACCEPTED and run and run.start - session.offer.preparation <= now:
                waiting = session.after(Event.WAIT, now)
                ready = waiting.after(Event.PREPARE, now).after(Event.READY, now)
                self.changed(session.identifier, history=ready.history)
                self.freed(session.identifier)

    def sessions_kept(self) -> list[Session]:
        """All sessions."""
        with self._store.read() as page:
            return [record.session for record in page.records()]


class ForgetsRunning(Careless):
    """Runs that have begun are not found when somebody asks what is free."""

    def plan(self, task: Task, now: int, *others: Any, **more: Any) -> Answer:
        """Plan without what has begun."""
        with self._store.write() as page:
            for record in page.records():
                if record.session.run is not None and record.session.run.start <= now:
                    page.remove(record.session.identifier)
        return super().plan(task, now, *others, **more)


class BooksOnTheFirstNode(Careless):
    """Whatever node an offer was found on, it is booked on the first."""

    def _booked(self, page: WritablePage, record: Record, run: Run) -> Run:
        booked = super()._booked(page, record, run)
        if booked.node is None:
            return booked
        name, offer = record.session.identifier, record.session.offer
        page.remove(name)
        parts = taken_by(offer, self._sites[offer.platform].platform, run)
        page.add(name, offer.platform, [Booking(offer.pool, span, amounts, 0) for span, amounts in parts])
        return evolve(booked, node=0)


class CancelFreesNothing(Careless):
    """What a cancelled session had booked stays booked."""

    def cancel(self, session: str, now: int) -> Session:
        """Give up a session on paper."""
        with self._store.read() as page:
            owned = list(page._owned.get(session, ()))
        cancelled = super().cancel(session, now)
        with self._store.write() as page:
            page.add(session, cancelled.offer.platform, [entry.booking for entry in owned])
        return cancelled


class CancelFreesHolds(Careless):
    """With what a session had booked all that is held for others is given back."""

    def cancel(self, session: str, now: int) -> Session:
        """Give up a session and what it never had."""
        cancelled = super().cancel(session, now)
        with self._store.write() as page:
            for owner in {entry.owner for _, _, entry in page._passing}:
                page.remove(owner)
        return cancelled


class CancelFails(Careless):
    """A session that is given up is called failed."""

    def cancel(self, session: str, now: int) -> Session:
        """Give up a session as if something had gone wrong."""
        cancelled = super().cancel(session, now)
        return self.changed(session, history=(*cancelled.history[:-1], Passage(Phase.FAILED, now)))


class CancelsOffers(Careless):
    """What was never accepted can be cancelled."""

    def cancel(self, session: str, now: int) -> Session:
        """Give up whatever it is."""
        self._note(now)
        record = self.kept(session)
        if record is None or record.session.phase is not Phase.OFFERED:
            return super().cancel(session, now)
        return self.changed(session, history=(*record.session.history, Passage(Phase.CANCELLED, now)))


class RejectsTaken(Careless):
    """What was taken can be let go as if it had not been."""

    def reject(self, offer: str, now: int) -> Session:
        """Let an offer go, whatever became of it."""
        record = self.kept(offer)
        if record is None or record.session.phase is not Phase.ACCEPTED:
            return super().reject(offer, now)
        return self.changed(offer, history=(*record.session.history, Passage(Phase.REJECTED, now)))


class RejectsOnce(Careless):
    """To let go what is gone already is an error."""

    def reject(self, offer: str, now: int) -> Session:
        """Let an offer go once."""
        self._note(now)
        record = self.kept(offer)
        if record is not None and record.session.phase is Phase.REJECTED:
            raise Refused("phase", "this offer was let go before")
        return super().reject(offer, now)


class NamesAnew(Misquoting):
    """Offers are numbered from nought in every answer."""

    def __init__(self, platforms: Sequence[Platform]) -> None:
        super().__init__(platforms)
        self.names: dict[str, str] = {}

    def plan(self, task: Task, now: int) -> Answer:
        """An answer whose offers are called as others were before."""
        answer = self.broker.plan(task, now)
        offers = []
        for place, offer in enumerate(answer.offers):
            self.names[f"offer-{place}"] = str(offer.identifier)
            offers.append(evolve(offer, identifier=f"offer-{place}"))
        return evolve(answer, offers=tuple(offers))

    def accept(self, offer: str, now: int, **chosen: Any) -> Session:
        """Take the last offer of that name."""
        return self.renamed(self.broker.accept(self.names[offer], now, **chosen), offer)

    def reject(self, offer: str, now: int) -> Session:
        """Let the last offer of that name go."""
        return self.renamed(self.broker.reject(self.names[offer], now), offer)

    def cancel(self, session: str, now: int) -> Session:
        """Give up the last session of that name."""
        return self.renamed(self.broker.cancel(self.names[session], now), session)

    def session(self, identifier: str, now: int) -> Session:
        """The last session of that name."""
        return self.renamed(self.broker.session(self.names[identifier], now), identifier)

    def renamed(self, session: Session, name: str) -> Session:
        """A session by another name."""
        return evolve(session, identifier=name, offer=evolve(session.offer, identifier=name))


#: All that is ever taken here is what the broker itself holds and books.
IDLE = Platform(
    "idle",
    (Pool("batch", Amounts({CORES: 2000})),),
    granularity=3600,
    horizon=4 * 3600,
    offer_lifetime=DAY,
)

_OVERBOOKED = (
    "never-overbooked",
    "held-for-others",
    "within-capacity",
    "books-where-there-is-room",
    "refuses-what-it-must",
)
_CHOSEN = ("run-as-chosen", "run-within-offer", "run-as-large-as-may-be", "books-what-was-chosen")
_ILLEGAL = ("legal-phases", "takes-effect", "kept-past", "is-where-it-should-be", "must-be-done")
_SPOILT = ("refused-without-trace", "open-until-expiry", "offered-beside-held")
_NOT_FREED = ("freed-room", "room-left-out", "spurious-no", "freed-room-accepted", "accepts-what-is-free")

WRONG_BOOKINGS = (
    wrong_broker("overbooks", Overbooks, *_OVERBOOKED),
    wrong_broker("books-the-least", BooksTheLeast, *_OVERBOOKED),
    wrong_broker("books-the-shortest", BooksTheShortest, *_OVERBOOKED),
    wrong_broker(
        "books-storage-for-the-run", BooksStorageForTheRun, *_OVERBOOKED, features=["release", "prepare"]
    ),
    wrong_broker("books-on-the-first-node", BooksOnTheFirstNode, *_OVERBOOKED, features=["nodes"]),
    wrong_broker("forgets-accepted", ForgetsAccepted, *_OVERBOOKED),
    wrong_broker("forgets-available", ForgetsAvailable, *_OVERBOOKED),
    wrong_broker("forgets-running", ForgetsRunning, *_OVERBOOKED),
    wrong_broker("ignores-choices", IgnoresChoices, *_CHOSEN),
    wrong_broker("cuts-choices", CutsChoices, *_CHOSEN, "refuses-what-it-must"),
    wrong_broker("any-start", AnyStart, *_CHOSEN),
    wrong_broker("starts-in-the-past", StartsInThePast, *_CHOSEN),
    wrong_broker("accepts-twice", AcceptsTwice, "accepted-once", "refuses-what-it-must"),
    wrong_broker("says-yes", SaysYes, "takes-effect", "refuses-what-it-must"),
    wrong_broker("spoils-what-it-refuses", SpoilsWhatItRefuses, *_SPOILT),
    wrong_broker("says-what-there-was", SaysWhatThereWas, "true-rest", "says-what-is-left"),
    wrong_broker("runs-at-once", RunsAtOnce, *_ILLEGAL),
    wrong_broker("writes-backdated", WritesBackdated, *_ILLEGAL),
    wrong_broker("cancel-frees-nothing", CancelFreesNothing, *_NOT_FREED),
    wrong_broker("cancel-frees-holds", CancelFreesHolds, "offered-beside-held", platforms=st.just((IDLE,))),
    wrong_broker("cancel-fails", CancelFails, *_ILLEGAL),
    wrong_broker("cancels-offers", CancelsOffers, *_ILLEGAL),
    wrong_broker("rejects-taken", RejectsTaken, *_ILLEGAL),
    wrong_broker("rejects-once", RejectsOnce, "repeated-without-harm", "lets-go-what-is-given-up"),
    wrong_broker("names-anew", NamesAnew, "identified-offers"),
)
