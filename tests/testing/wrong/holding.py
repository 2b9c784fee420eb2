"""Brokers that are wrong about what they hold for whom, and until when."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from typing import Any

from attrs import evolve

from execbroker.adapters.books.store import Record, WritablePage
from execbroker.core.interfaces import Broker
from execbroker.core.lifecycle import Phase
from execbroker.core.platform import Hold, Platform
from execbroker.core.session import Session
from tests.testing.wrong.careless import Careless, wrong_broker

__all__ = ["WRONG_HOLDS"]


class HoldsNothing(Careless):
    """Nothing that is offered is held."""

    def _hold(self, page: WritablePage, group: str, records: Iterable[Record]) -> None:
        pass


class HoldsSums(Careless):
    """Each offer of an answer is held by itself, so that alternatives add up."""

    def _hold(self, page: WritablePage, group: str, records: Iterable[Record]) -> None:
        for record in records:
            super()._hold(page, group, [record])


def offering(record: Record, **changes: Any) -> Record:
    """A record of another offer."""
    return evolve(record, session=evolve(record.session, offer=evolve(record.session.offer, **changes)))


class HoldsOneStart(Careless):
    """What is held is enough for the earliest start only."""

    def _hold(self, page: WritablePage, group: str, records: Iterable[Record]) -> None:
        early = [offering(each, maxstart=each.session.offer.minstart) for each in records]
        super()._hold(page, group, early)


class HoldsForEver(Careless):
    """What was held is not given back when an offer expires."""

    def _hold(self, page: WritablePage, group: str, records: Iterable[Record]) -> None:
        longer = [offering(each, expires=10**10) for each in records]
        super()._hold(page, group, longer)


class NeverExpires(Careless):
    """Expiry is shown and not enforced."""

    def _note(self, now: int) -> None:
        with self._store.write() as page:
            page.see(now)


class ExpiresLate(Careless):
    """An offer can still be taken at the instant at which it expires."""

    def accept(self, offer: str, now: int, **chosen: Any) -> Session:
        """Take an offer that is only just gone."""
        record = self.kept(offer)
        is_last = record is not None and record.deadline == now
        return super().accept(offer, now - 1 if is_last else now, **chosen)


class KeepsSiblings(Careless):
    """Taking an offer leaves its siblings open, and what they hold held."""

    def accept(self, offer: str, now: int, **chosen: Any) -> Session:
        """Take one offer and forget the others."""
        record = self.kept(offer)
        session = super().accept(offer, now, **chosen)
        with self._store.write() as page:
            assert record is not None
            siblings = [
                evolve(each, session=evolve(each.session, history=each.session.history[:1]))
                for each in page.group(record.group)
                if each.session.phase is Phase.REJECTED
            ]
            for each in siblings:
                page.keep(each)
            self._hold(page, record.group, siblings)
        return session


class HoldsSiblings(Careless):
    """Taking an offer lets its siblings go, but what they hold stays held."""

    def accept(self, offer: str, now: int, **chosen: Any) -> Session:
        """Take one offer and hold the others."""
        record = self.kept(offer)
        session = super().accept(offer, now, **chosen)
        with self._store.write() as page:
            assert record is not None
            siblings = [each for each in page.group(record.group) if each.session.identifier != offer]
            still = [
                evolve(each, session=evolve(each.session, history=each.session.history[:1]))
                for each in siblings
            ]
            self._hold(page, record.group, still)
        return session


class RejectFreesSiblings(Careless):
    """Letting one offer go gives back what its siblings hold."""

    def reject(self, offer: str, now: int) -> Session:
        """Let an offer go, and what is held for its answer."""
        rejected = super().reject(offer, now)
        record = self.kept(offer)
        assert record is not None
        self.freed(record.group)
        return rejected


class RejectsSiblings(Careless):
    """Letting one offer go lets its siblings go, too."""

    def reject(self, offer: str, now: int) -> Session:
        """Let an offer go, and all others of its answer."""
        rejected = super().reject(offer, now)
        record = self.kept(offer)
        assert record is not None
        with self._store.read() as page:
            open_siblings = [each for each in page.group(record.group) if each.session.phase is Phase.OFFERED]
        for sibling in open_siblings:
            super().reject(sibling.session.identifier, now)
        return rejected


class RejectFreesNothing(Careless):
    """What an offer held stays held when it is let go."""

    def reject(self, offer: str, now: int) -> Session:
        """Let an offer go on paper."""
        record = self.kept(offer)
        rejected = super().reject(offer, now)
        if record is not None and record.session.phase is Phase.OFFERED:
            with self._store.write() as page:
                self._hold(page, record.group, [record])
        return rejected


def holding(kind: type[Broker], hold: Hold) -> Callable[[Sequence[Platform]], Broker]:
    """A broker that holds what it offers otherwise than its platforms say."""
    return lambda platforms: kind([evolve(platform, hold=hold) for platform in platforms])


_HELD = (
    "offered-beside-held",
    "held-for-others",
    "accepts-what-is-held",
    "held-accepted",
    "refuses-what-it-must",
)
_NOT_FREED = (
    "freed-room",
    "room-left-out",
    "spurious-no",
    "freed-room-accepted",
    "accepts-what-is-free",
    "true-rest",
    "says-what-is-left",
)

WRONG_HOLDS = (
    wrong_broker("holds-nothing", HoldsNothing, *_HELD),
    wrong_broker("holds-sums", HoldsSums, *_NOT_FREED),
    wrong_broker("holds-one-start", HoldsOneStart, *_HELD),
    wrong_broker("holds-for-ever", HoldsForEver, *_NOT_FREED),
    wrong_broker("holds-too-much", holding(Careless, Hold.ALL), *_NOT_FREED),
    wrong_broker("never-expires", NeverExpires, "expiry-enforced"),
    wrong_broker("expires-late", ExpiresLate, "expiry-enforced", "refuses-what-it-must"),
    wrong_broker("keeps-siblings", KeepsSiblings, "siblings-rejected", *_NOT_FREED),
    wrong_broker("holds-siblings", HoldsSiblings, *_NOT_FREED),
    wrong_broker("reject-frees-siblings", RejectFreesSiblings, *_HELD),
    wrong_broker("rejects-siblings", RejectsSiblings, "open-until-expiry", *_HELD),
    wrong_broker("reject-frees-nothing", RejectFreesNothing, *_NOT_FREED),
)
