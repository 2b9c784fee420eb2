"""A ledger for a runner that has no book: what it knows of sessions are the sealed offers that clients bring."""

from __future__ import annotations

from collections.abc import Iterable
from threading import Lock
from typing import final

from attrs import evolve

from execbroker.adapters.runners.ledger import Ledger
from execbroker.core.amounts import Amounts
from execbroker.core.answer import Offer
from execbroker.core.holds import chosen_run
from execbroker.core.interfaces import Refused
from execbroker.core.lifecycle import Event, Phase
from execbroker.core.seal import Key, check
from execbroker.core.session import Passage, Session
from execbroker.core.task import Task

__all__ = ["SealedOffers"]


@final
class SealedOffers(Ledger):
    """Takes each sealed offer once, and keeps what becomes of it as long as the process lives."""

    def __init__(self, runner: str, keys: Iterable[Key], *, grid: int = 60) -> None:
        """Take offers for one runner.

        Args:
            runner: Its endpoint; offers name the runner that they are for.
            keys: The secrets that it shares with brokers, the newest and those before.
            grid: Starts and durations are multiples of so many seconds.
        """
        self._runner, self._keys, self._grid = runner, tuple(keys), grid
        self._sessions: dict[str, Session] = {}
        self._lock = Lock()

    def admit(
        self,
        offer: Offer,
        seal: str | None,
        task: Task,
        now: int,
        *,
        start: int | None = None,
        duration: int | None = None,
        amounts: Amounts | None = None,
    ) -> Session:
        """Take an offer that a client brings, with the run that it chooses; what it leaves out is as for a broker.

        Raises:
            Refused: As `seal.check` says; `outside-offer` (the run is not within what was offered).
        """
        with self._lock:
            check(offer, seal, self._keys, runner=self._runner, now=now, used=self._sessions)
            identifier = offer.identifier or ""
            run = chosen_run(offer, now, self._grid, start, duration, amounts)
            offered = Session(identifier, offer, task, now, (Passage(Phase.OFFERED, now),))
            self._sessions[identifier] = evolve(offered.after(Event.ACCEPT, now), run=run)
            return self._sessions[identifier]

    def session(self, identifier: str, now: int) -> Session:
        """A session as it stands; see `Ledger.session`."""
        session = self._sessions.get(identifier)
        if session is None:
            raise Refused("offer-unknown", f"no offer {identifier} was taken here")
        return session

    def advance(self, identifier: str, event: Event, now: int, message: str | None = None) -> Session:
        """Write down what happened; see `Ledger.advance`."""
        with self._lock:
            self._sessions[identifier] = self.session(identifier, now).after(event, now, message)
            return self._sessions[identifier]
