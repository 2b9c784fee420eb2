"""What happens to a job next, and the doing of it: one small function for each phase.

Each looks at the job's folder and at the session, does what can be done at this instant, and says which event
follows. They may be asked again at any time, also by another process after this one was killed; so each begins by
finding out what was done already.
"""

from __future__ import annotations

import os
from collections.abc import Callable, Mapping
from contextlib import suppress
from typing import TypeAlias, final

from execbroker.adapters.runners.commands import read_command
from execbroker.adapters.runners.folders import Folder
from execbroker.adapters.runners.ledger import run_of
from execbroker.adapters.runners.orders import order_for
from execbroker.adapters.runners.outcomes import Outcome, Verdict, failure_of, judged, too_late
from execbroker.adapters.runners.processes import Identity, identify
from execbroker.adapters.runners.staging import Stager, Staging, StagingFailed, clear
from execbroker.core.lifecycle import CANCELLABLE, Event, Phase
from execbroker.core.problems import Unreadable
from execbroker.core.session import Session

__all__ = ["Steps"]

_Step: TypeAlias = Callable[[Folder, Session, int], Outcome | None]


@final
class Steps:
    """Does the steps of jobs, and remembers what of it goes on in this process: staging, and supervisors."""

    def __init__(self, stager: Stager, grace: float) -> None:
        """Steps of jobs whose data a stager brings, and whose commands have so many seconds to stop."""
        self._stager, self._grace = stager, grace
        self._stagings: dict[str, Staging] = {}
        self._supervisors: dict[str, int] = {}
        self._by_phase: Mapping[Phase, _Step] = {
            Phase.ACCEPTED: self._accepted,
            Phase.WAITING: self._waiting,
            Phase.PREPARING: self._preparing,
            Phase.AVAILABLE: self._available,
            Phase.RUNNING: self._running,
            Phase.RELEASING: self._releasing,
        }

    def next(self, folder: Folder, session: Session, now: int) -> Outcome | None:
        """Do what can be done now for a job that is not over; None: there is nothing, or it goes on."""
        try:
            if folder.is_to_stop and session.phase in CANCELLABLE:
                return Outcome(Event.CANCEL) if self._is_settled(folder, Verdict("stop")) else None
            return self._by_phase[session.phase](folder, session, now)
        except OSError as error:
            return self._given_up(folder, failure_of(error))
        except (Unreadable, StagingFailed) as error:
            return self._given_up(folder, str(error))

    def clear(self, folder: Folder) -> None:
        """Remove what a job has no more right to: staged data and storage."""
        staging = self._stagings.pop(folder.identifier, None)
        if staging:
            staging.stop()
        clear(folder.path)

    def close(self, folder: Folder) -> bool:
        """See to it that nothing is left of a job that is over; whether nothing is."""
        if not self._is_settled(folder, Verdict("stop")):
            return False
        self.clear(folder)
        if self._has_ended(folder) is False:
            return False  # it is about to end; whoever starts a process takes note of its end
        folder.close()
        return True

    def stop_staging(self) -> None:
        """Stop all staging."""
        for staging in self._stagings.values():
            staging.stop()
        self._stagings.clear()

    def staging(self, folder: Folder) -> Staging | None:
        """The staging of a job that goes on in this process."""
        return self._stagings.get(folder.identifier)

    def supervisor(self, folder: Folder) -> Identity | None:
        """The process beside a job's command, if it is known by now."""
        number = self._supervisors.get(folder.identifier)
        return folder.supervisor() or (identify(number) if number else None)

    def _accepted(self, folder: Folder, session: Session, now: int) -> Outcome | None:
        # What cannot be run fails here, and not when its time has come.
        read_command(session.task.executable)
        self._stager.targets(session.task)
        return too_late(session, now) or Outcome(Event.WAIT)

    def _waiting(self, folder: Folder, session: Session, now: int) -> Outcome | None:
        if now < run_of(session).start - session.offer.preparation:
            return None
        return too_late(session, now) or Outcome(Event.PREPARE)

    def _preparing(self, folder: Folder, session: Session, now: int) -> Outcome | None:
        if late := too_late(session, now):
            return late
        if not session.task.data:
            self._stager.stage(session.task, folder.path)
            return Outcome(Event.READY)
        staging = self._stagings.get(folder.identifier)
        if staging is None:
            self._stagings[folder.identifier] = Staging(
                lambda is_stopped: self._stager.stage(
                    session.task, folder.path, lambda: is_stopped() or folder.is_to_stop
                )
            )
            return None
        if not staging.await_end(0.0):
            return None
        del self._stagings[folder.identifier]
        return Outcome(Event.FAIL, staging.failure) if staging.failure else Outcome(Event.READY)

    def _available(self, folder: Folder, session: Session, now: int) -> Outcome | None:
        if now < run_of(session).start:
            return None
        return too_late(session, now) or Outcome(Event.START)

    def _running(self, folder: Folder, session: Session, now: int) -> Outcome | None:
        # It is written down as running before its command is started, so this is where that is done.
        ended = self._has_ended(folder)
        if ended is False or folder.is_supervised():
            return None
        if folder.verdict():
            return Outcome(Event.END)
        if folder.supervisor() or too_late(session, now):
            # Nobody will tell any more; a command that was begun counts as lost, whatever is said here.
            return Outcome(Event.END) if folder.conclude(Verdict("time")) else None
        if ended:
            return self._given_up(folder, "the command's supervisor could not be started")
        order = order_for(session, folder, now, self._grace, folder.orders_beside())
        self._supervisors[folder.identifier] = folder.order(order)
        return None

    def _releasing(self, folder: Folder, session: Session, now: int) -> Outcome | None:
        verdict = folder.conclude(Verdict("lost"))
        return verdict and judged(verdict, run_of(session))

    def _is_settled(self, folder: Folder, verdict: Verdict) -> bool:
        """Whether nothing of the command runs, nor ever will; if it does, it is told to stop."""
        if folder.conclude(verdict) is not None:
            return True
        folder.stop()
        return False

    def _given_up(self, folder: Folder, message: str) -> Outcome | None:
        """The end of a job for which something could not be done, once nothing of it runs."""
        try:
            settled = self._is_settled(folder, Verdict("error", message=message))
        except OSError:
            # Not even that can be written down.
            settled = not folder.is_supervised()
        return Outcome(Event.FAIL, message) if settled else None

    def _has_ended(self, folder: Folder) -> bool | None:
        """Whether the supervisor that this process started has ended; None: it started none."""
        number = self._supervisors.get(folder.identifier)
        if not number:
            return None if number is None else True
        with suppress(ChildProcessError):
            if not os.waitpid(number, os.WNOHANG)[0]:
                return False
        # From now on the number may be another process's.
        self._supervisors[folder.identifier] = 0
        return True
