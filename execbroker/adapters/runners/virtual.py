"""A runner on a virtual clock, for tests and rehearsals: no process runs, nothing is staged, and no time passes.

Everything happens at the instants that follow from the runs that were accepted and from a script for each job, as
`now` goes on from call to call. A month with its failures is rehearsed in a moment, and alike each time.
"""

from __future__ import annotations

import heapq
import signal
import threading
from collections.abc import Callable
from contextlib import suppress
from typing import Final, final

from attrs import frozen

from execbroker.adapters.runners.connections import Connect, nowhere
from execbroker.adapters.runners.ledger import Ledger, admitted, run_of
from execbroker.adapters.runners.outcomes import Outcome, Verdict, judged, too_late
from execbroker.core.interfaces import Refused, Runner
from execbroker.core.lifecycle import CANCELLABLE, FINAL, Event, IllegalStep, Phase
from execbroker.core.session import Job, Session

__all__ = ["Script", "VirtualRunner"]


@final
@frozen
class Script:
    """What is to happen to a job. Left out: all goes as it was offered.

    Attributes:
        preparation: How many seconds staging and preparing take; None: as many as the offer says.
        duration: How many seconds the command takes; None: all that were accepted. What takes longer than that is
            ended in time, and fails.
        release: How many seconds it takes to give everything back.
        exit_status: The command's; another one than 0 is a failure.
        fails: The phase at whose end the world outside fails, instead of what would follow.
        message: Why, then.
    """

    preparation: int | None = None
    duration: int | None = None
    release: int = 0
    exit_status: int = 0
    fails: Phase | None = None
    message: str = "it was to fail here"


#: The phases before the command starts: they end with the time that was accepted at the latest.
_BEFORE: Final = (Phase.WAITING, Phase.PREPARING, Phase.AVAILABLE)
#: How many sessions can be taken at the same time.
_TAKERS: Final = 64
#: A job to which nothing special happens.
_PLAIN: Final = Script()


@final
class VirtualRunner(Runner):
    """Pretends to run what was accepted. Every call first lets happen what is to happen until its `now`."""

    def __init__(
        self,
        ledger: Ledger,
        *,
        name: str | None = None,
        script: Callable[[Session], Script] = lambda _: _PLAIN,
        connect: Connect = nowhere,
    ) -> None:
        """Pretend for the offers of one endpoint.

        Args:
            ledger: Says what was accepted, and is told what becomes of it.
            name: The endpoint that offers for this runner name; None: those that name none.
            script: What is to happen to a session's job; asked once, when it is taken.
            connect: Says how one would get in to what runs.
        """
        self._ledger, self._name, self._script, self._connect = ledger, name, script, connect
        #: Over what is below. Nobody holds it for what the ledger may make them wait for, but to let time pass.
        self._guard = threading.Lock()
        #: One of them, the same each time, is over the taking of a session.
        self._takers = [threading.Lock() for _ in range(_TAKERS)]
        self._now = 0
        self._scripts: dict[str, Script] = {}
        #: The next thing to happen to each job that is not over: when, the how manieth job it is, and which.
        self._agenda: list[tuple[int, int, str]] = []

    def run(self, session: Session, now: int) -> Job:
        """Take a session, to be run when its time comes. To pass it again gives the job that is there.

        Raises:
            Refused: As `ledger.admitted` says.
        """
        self.poll(now)
        with self._takers[hash(session.identifier) % _TAKERS]:
            if session.identifier not in self._scripts:
                self._take(admitted(self._ledger, session, self._now, self._name), self._now)
        return self.job(session.identifier, now)

    def job(self, identifier: str, now: int) -> Job:
        """A job as it stands.

        Raises:
            Refused: `job-unknown`.
        """
        self.poll(now)
        if identifier not in self._scripts:
            raise Refused("job-unknown", "there is no such job here")
        session = self._ledger.session(identifier, self._now)
        has_ended = session.entered(Phase.RELEASING) is not None
        status = self._verdict(session).status if has_ended else None
        return Job(session, exit_status=status, connectors=self._connect(session))

    def abort(self, identifier: str, now: int) -> Job:
        """Stop a job; what it held is given back. To stop one that is over is no error.

        Raises:
            Refused: `job-unknown`.
        """
        job = self.job(identifier, now)
        if job.phase not in CANCELLABLE:
            return job
        with suppress(IllegalStep):  # it has come to its end just now
            self._ledger.advance(identifier, Event.CANCEL, self._now)
        return self.job(identifier, now)

    def poll(self, now: int) -> None:
        """Let happen what is to happen until now."""
        with self._guard:
            self._now = max(self._now, now)
            while self._agenda and self._agenda[0][0] <= self._now:
                instant, place, identifier = self._agenda[0]
                moved = None
                # What somebody else has ended, or the ledger has lost, drops out.
                with suppress(IllegalStep, Refused):
                    session = self._ledger.session(identifier, instant)
                    if session.phase not in FINAL:
                        event, message = self._next(session)[1]
                        moved = self._ledger.advance(identifier, event, instant, message)
                # Not before: what else the ledger raises goes through, and the next poll tries again.
                heapq.heappop(self._agenda)
                if moved is not None:
                    self._put_down(moved, place)

    def due(self) -> int | None:
        """The next instant at which something is to happen; None if nothing is left to happen.

        A job that was cancelled elsewhere may still have its instant here, at which nothing happens then.
        """
        with self._guard:
            return self._agenda[0][0] if self._agenda else None

    def _take(self, session: Session, now: int) -> None:
        script = self._script(session)
        outcome = too_late(session, now) or Outcome(Event.WAIT)
        if script.fails is session.phase:
            outcome = Outcome(Event.FAIL, script.message)
        try:
            taken = self._ledger.advance(session.identifier, outcome.event, now, outcome.message)
        except IllegalStep as illegal:
            raise Refused("offer-taken", "another runner was faster") from illegal
        with self._guard:
            self._scripts[session.identifier] = script
            self._put_down(taken, len(self._scripts))

    def _put_down(self, session: Session, place: int) -> None:
        if session.phase not in FINAL:
            heapq.heappush(self._agenda, (self._next(session)[0], place, session.identifier))

    def _next(self, session: Session) -> tuple[int, Outcome]:
        """What happens to a job next, and when."""
        script, run = self._scripts[session.identifier], run_of(session)
        since = session.history[-1].instant
        preparation = session.offer.preparation
        if session.phase is Phase.WAITING:
            at, outcome = run.start - preparation, Outcome(Event.PREPARE)
        elif session.phase is Phase.PREPARING:
            takes = preparation if script.preparation is None else script.preparation
            at, outcome = min(since + takes, run.end), Outcome(Event.READY)
        elif session.phase is Phase.AVAILABLE:
            at, outcome = run.start, Outcome(Event.START)
        elif session.phase is Phase.RUNNING:
            takes = run.duration if script.duration is None else script.duration
            at, outcome = min(since + takes, run.end), Outcome(Event.END)
        else:
            at, outcome = since + script.release, judged(self._verdict(session), run)
        at = max(at, since)
        if script.fails is session.phase:
            outcome = Outcome(Event.FAIL, script.message)
        elif session.phase in _BEFORE:
            outcome = too_late(session, at) or outcome
        return at, outcome

    def _verdict(self, session: Session) -> Verdict:
        """What became of the command of a session that has run."""
        script, run = self._scripts[session.identifier], run_of(session)
        left = run.end - (session.entered(Phase.RUNNING) or run.start)
        if script.duration is not None and script.duration > left:
            return Verdict("time", -signal.SIGTERM)
        return Verdict("end", script.exit_status)
