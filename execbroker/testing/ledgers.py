"""A ledger without a book, for tests of runners, one's own too: what it is told was accepted, was.

It keeps to the lifecycle, and holds what a session books until an event ends the session.
"""

from __future__ import annotations

import pickle
from collections.abc import Callable
from pathlib import Path
from threading import RLock
from typing import TypeVar, final

from attrs import evolve

from execbroker.core.answer import Offer
from execbroker.core.interfaces import Refused
from execbroker.core.lifecycle import FINAL, Event, Phase
from execbroker.core.session import Passage, Run, Session
from execbroker.core.task import Task

__all__ = ["FileLedger"]

T = TypeVar("T")


@final
class FileLedger:
    """Sessions in a file, or in memory. The file survives whoever is killed, and may be shared by processes."""

    def __init__(self, path: Path | None = None) -> None:
        """A ledger in a file, which is made if it is not there; without one, in memory."""
        self._path = path
        self._sessions: dict[str, Session] = {}
        self._guard = RLock()

    def offer(
        self,
        identifier: str,
        task: Task,
        run: Run,
        *,
        runner: str | None = None,
        preparation: int = 0,
    ) -> Session:
        """A session that was offered just now, for no run but this one."""
        created = run.start - preparation
        offer = Offer(
            platform="somewhere",
            pool="pool",
            minstart=run.start,
            maxstart=run.start,
            maxend=run.end,
            minduration=run.duration,
            maxduration=run.duration,
            expires=run.start,
            runner=runner,
            preparation=preparation,
            identifier=identifier,
        )
        session = Session(identifier, offer, task, created, (Passage(Phase.OFFERED, created),))
        return self.put(session)

    def accept(
        self,
        identifier: str,
        task: Task,
        run: Run,
        *,
        runner: str | None = None,
        preparation: int = 0,
    ) -> Session:
        """A session that was offered, and accepted for this run."""
        offered = self.offer(identifier, task, run, runner=runner, preparation=preparation)
        accepted = offered.after(Event.ACCEPT, offered.created)
        return self.put(evolve(accepted, run=run))

    def put(self, session: Session) -> Session:
        """Have a session stand as it is given, whatever was there."""

        def change(sessions: dict[str, Session]) -> Session:
            sessions[session.identifier] = session
            return session

        return self._changed(change)

    def session(self, identifier: str, now: int) -> Session:
        """A session as it stands.

        Raises:
            Refused: `offer-unknown`.
        """
        with self._guard:
            return _of(self._read(), identifier)

    def advance(self, identifier: str, event: Event, now: int, message: str | None = None) -> Session:
        """Write down that something happened to a session.

        Raises:
            Refused: `offer-unknown`.
            IllegalStep: It cannot happen in this phase; nothing was changed.
        """

        def change(sessions: dict[str, Session]) -> Session:
            session = _of(sessions, identifier)
            sessions[identifier] = session.after(event, max(now, session.history[-1].instant), message)
            return sessions[identifier]

        return self._changed(change)

    def held(self) -> list[str]:
        """The sessions that still hold what they booked."""
        with self._guard:
            return [name for name, session in self._read().items() if session.phase not in FINAL]

    def _read(self) -> dict[str, Session]:
        if self._path is None:
            return self._sessions
        try:
            found: dict[str, Session] = pickle.loads(self._path.read_bytes())
        except FileNotFoundError:
            return {}
        return found

    def _changed(self, change: Callable[[dict[str, Session]], T]) -> T:
        with self._guard:
            if self._path is None:
                return change(self._sessions)
            # Only where there are POSIX systems is a ledger shared.
            import fcntl

            with self._path.with_suffix(".lock").open("a") as lock:
                fcntl.flock(lock, fcntl.LOCK_EX)
                sessions = self._read()
                result = change(sessions)
                part = self._path.with_suffix(".part")
                part.write_bytes(pickle.dumps(sessions))
                part.replace(self._path)
                return result


def _of(sessions: dict[str, Session], identifier: str) -> Session:
    if identifier not in sessions:
        raise Refused("offer-unknown", "there is no such offer")
    return sessions[identifier]
