"""Where runners look sessions up, and write down what becomes of them."""

from __future__ import annotations

from abc import abstractmethod
from typing import Protocol

from execbroker.core.interfaces import Refused
from execbroker.core.lifecycle import ACTIVE, FINAL, Event, Phase
from execbroker.core.session import Run, Session

__all__ = ["Ledger", "admitted", "run_of"]


class Ledger(Protocol):
    """The sessions that a runner answers for. Whatever a client says of a session, this is what holds.

    Calls may come from several threads, and from several processes, at once.
    """

    @abstractmethod
    def session(self, identifier: str, now: int) -> Session:
        """A session as it stands.

        Raises:
            Refused: `offer-unknown`.
        """

    @abstractmethod
    def advance(self, identifier: str, event: Event, now: int, message: str | None = None) -> Session:
        """Write down that something happened to a session, and give it as it stands then.

        An event that ends a session (complete, cancel, fail) gives back what it still books, in the same step: at
        no moment is a session over and still holds something, and there is no second call that could be lost.

        Raises:
            Refused: `offer-unknown`.
            IllegalStep: The event cannot happen in the session's phase; nothing was changed.
        """


def admitted(ledger: Ledger, copy: Session, now: int, runner: str | None) -> Session:
    """The session that a client's copy speaks of, if it was accepted for this runner and the copy is true to it.

    Args:
        ledger: Where it is looked up.
        copy: The client's; nothing in it is believed but its identifier.
        now: The instant.
        runner: This runner's endpoint; offers name the one that they are for.

    Raises:
        Refused: `offer-unknown`, `offer-expired`, `phase` (it was not accepted, or is over), `offer-taken` (a
            runner has it already), `runner-foreign`, `session-changed` (the copy says something else).
    """
    session = ledger.session(copy.identifier, now)
    if session.phase is Phase.EXPIRED:
        raise Refused("offer-expired", "this offer has expired")
    if session.phase in FINAL:
        raise Refused("phase", f"this session is over: it is {session.phase.value}")
    if session.phase not in ACTIVE or session.run is None:
        raise Refused("phase", f"this offer was not accepted: it is {session.phase.value}")
    if session.offer.runner != runner:
        raise Refused("runner-foreign", "this offer is for another runner")
    if session.phase is not Phase.ACCEPTED:
        raise Refused("offer-taken", f"a runner has this session already: it is {session.phase.value}")
    if not _is_true(copy, session):
        raise Refused("session-changed", "this is not what was accepted")
    return session


def run_of(session: Session) -> Run:
    """What was accepted.

    Raises:
        Refused: `phase`: nothing was.
    """
    if session.run is None:
        raise Refused("phase", f"nothing of this offer was accepted: it is {session.phase.value}")
    return session.run


def _is_true(copy: Session, session: Session) -> bool:
    """Whether a copy says what holds; one from before the acceptance has no run yet."""
    same_run = copy.run is None or copy.run == session.run
    return same_run and copy.offer == session.offer and copy.task == session.task
