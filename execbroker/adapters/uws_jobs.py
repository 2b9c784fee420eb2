"""The jobs of a UWS service: what a broker offers and a runner runs, as `languages.uws.requests` wants to see it.

Each offer is a PENDING job; to run it is to accept it, and to hand it to the runner. What UWS knows beyond a
session (the text of the task, the duration and the destruction that a client asked for, that a job was deleted) is
kept here, as long as the process lives.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from threading import RLock
from typing import final

from attrs import define, evolve

from execbroker.adapters.books.broker import BookBroker
from execbroker.core.answer import Answer
from execbroker.core.interfaces import Refused, Runner
from execbroker.core.lifecycle import ACTIVE, FINAL, Phase
from execbroker.core.problems import Reading
from execbroker.core.session import Job, Session
from execbroker.core.task import Task
from execbroker.languages import read_task
from execbroker.languages.uws.requests import Jobs
from execbroker.languages.uws.sessions import TASK, from_job
from execbroker.languages.uws.values import Parameter, UwsJob

__all__ = ["BrokeredJobs"]


@define
class _Wishes:
    """What a client asked of one job beyond the offer."""

    task: str
    duration: int | None = None
    destruction: int | None = None
    is_deleted: bool = False


@final
class BrokeredJobs(Jobs):
    """Jobs that a broker holds and a runner runs. Calls may come from several threads at once."""

    def __init__(
        self, broker: BookBroker, runner: Runner, read: Callable[[str], Reading[Task]] = read_task
    ) -> None:
        """Show what a broker and a runner do as jobs.

        Args:
            broker: Plans, holds and books.
            runner: Runs what was accepted.
            read: Reads the TASK parameter.
        """
        self._broker, self._runner, self._read = broker, runner, read
        self._wishes: dict[str, _Wishes] = {}
        self._lock = RLock()

    def jobs(self, now: int) -> Iterable[UwsJob]:
        """All jobs that were made here, and are not deleted."""
        with self._lock:
            self._destroy(now)
            return [self.job(name, now) for name, wishes in self._wishes.items() if not wishes.is_deleted]

    def job(self, identifier: str, now: int) -> UwsJob:
        """A job as it stands."""
        with self._lock:
            self._destroy(now)
            wishes = self._known(identifier)
            job = self._job(identifier, now)
            shown = from_job(job, task=wishes.task, destruction=wishes.destruction)
            if job.phase is not Phase.OFFERED or wishes.duration is None:
                return shown
            return evolve(shown, duration=wishes.duration)

    def create(self, parameters: tuple[Parameter, ...], run_id: str | None, now: int) -> str | Answer:
        """Ask for offers; each becomes a job."""
        text = next((each.value for each in parameters if each.identifier == TASK), "")
        task = self._read(text).unwrap()
        answer = self._broker.plan(evolve(task, name=run_id or task.name), now)
        with self._lock:
            offered = [offer.identifier for offer in answer.offers if offer.identifier is not None]
            self._wishes |= {identifier: _Wishes(text) for identifier in offered}
        return offered[0] if offered else answer

    def run(self, identifier: str, now: int) -> None:
        """Accept an offer, and hand it to the runner."""
        with self._lock:
            duration = self._known(identifier).duration
        session = self._broker.accept(identifier, now, duration=duration)
        self._runner.run(session, now)

    def abort(self, identifier: str, now: int) -> None:
        """Reject an offer, or stop a job."""
        with self._lock:
            self._known(identifier)
        phase = self._broker.session(identifier, now).phase
        if phase is Phase.OFFERED:
            self._broker.reject(identifier, now)
        elif phase in FINAL:
            raise Refused("phase", f"the job is over: it is {phase.value}")
        else:
            self._stop(identifier, now)

    def delete(self, identifier: str, now: int) -> None:
        """Stop a job, if it is to be stopped, and forget it."""
        with self._lock:
            wishes = self._known(identifier)
        phase = self._broker.session(identifier, now).phase
        if phase is Phase.OFFERED:
            self._broker.reject(identifier, now)
        elif phase in ACTIVE:
            self._stop(identifier, now)
        wishes.is_deleted = True

    def set_duration(self, identifier: str, seconds: int, now: int) -> None:
        """Choose a duration within the offer; 0 is the longest."""
        with self._lock:
            offer = self._offered(identifier, now).offer
            wanted = min(seconds or offer.maxduration, offer.maxduration)
            self._known(identifier).duration = max(offer.minduration, wanted)

    def set_destruction(self, identifier: str, instant: int, now: int) -> None:
        """Choose when a job is forgotten; an offer is not kept any longer than it lasts."""
        with self._lock:
            session = self._broker.session(identifier, now)
            is_open = session.phase is Phase.OFFERED
            self._known(identifier).destruction = min(instant, session.offer.expires) if is_open else instant

    def set_parameters(self, identifier: str, parameters: tuple[Parameter, ...], now: int) -> None:
        """Nothing can be changed: another task is another offer."""
        with self._lock:
            self._known(identifier)
        raise Refused(
            "parameters-settled", "what was offered is for this task; make a new job for another one"
        )

    def error(self, identifier: str, now: int) -> str | None:
        """No more than the job's document says."""
        return None

    def _known(self, identifier: str) -> _Wishes:
        wishes = self._wishes.get(identifier)
        if wishes is None or wishes.is_deleted:
            raise Refused("job-unknown", f"there is no job {identifier}")
        return wishes

    def _job(self, identifier: str, now: int) -> Job:
        """The runner's job, or before there is one the bare session."""
        try:
            return self._runner.job(identifier, now)
        except Refused:
            return Job(self._broker.session(identifier, now))

    def _offered(self, identifier: str, now: int) -> Session:
        self._known(identifier)
        session = self._broker.session(identifier, now)
        if session.phase is not Phase.OFFERED:
            raise Refused("phase", "the duration was settled when the offer was accepted")
        return session

    def _stop(self, identifier: str, now: int) -> None:
        """Stop it where it runs, or where it is booked if no runner has it."""
        try:
            self._runner.abort(identifier, now)
        except Refused:
            self._broker.cancel(identifier, now)

    def _destroy(self, now: int) -> None:
        """Forget the jobs whose time has come."""
        for identifier, wishes in self._wishes.items():
            if not wishes.is_deleted and wishes.destruction is not None and wishes.destruction <= now:
                self.delete(identifier, now)
