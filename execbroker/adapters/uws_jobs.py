"""The jobs of a UWS service: what a broker offers and a runner runs, as `languages.uws.requests` wants to see it.

Each offer is a PENDING job, whoever asked for it and how; to run it is to accept it, and to hand it to the runner.
What UWS knows beyond a session (the text of the task, the duration and the destruction that a client asked for,
that a job was deleted) are wishes. They are kept as long as the process lives.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import suppress
from threading import Lock
from typing import Any, Final, final

from attrs import evolve, frozen

from execbroker.adapters.owners import Keeper
from execbroker.adapters.taking import standing, stop, take
from execbroker.core.answer import Answer
from execbroker.core.interfaces import Refused, Runner
from execbroker.core.lifecycle import ACTIVE, FINAL, Phase
from execbroker.core.problems import InvalidDocument, Problem, Reading
from execbroker.core.session import Job, Session
from execbroker.core.task import Task
from execbroker.languages import read_task
from execbroker.languages.uws.requests import Jobs
from execbroker.languages.uws.selection import Selection
from execbroker.languages.uws.sessions import OFFER, TASK, from_job
from execbroker.languages.uws.tables import PHASES
from execbroker.languages.uws.values import Parameter, UwsJob

__all__ = ["BrokeredJobs", "Wishes"]

#: The most jobs of which wishes are kept, and characters of all their tasks together; the oldest are forgotten.
_MOST: Final = 10_000
_MOST_TEXT: Final = 1 << 26


@final
@frozen
class _Wish:
    """What a client asked of one job beyond the offer."""

    task: str | None = None
    duration: int | None = None
    destruction: int | None = None
    is_deleted: bool = False


@final
class Wishes:
    """What clients asked of jobs beyond their offers. Calls may come from several threads at once."""

    def __init__(self) -> None:
        """Begin with none."""
        self._wishes: dict[str, _Wish] = {}
        self._size = 0
        self._lock = Lock()

    def of(self, identifier: str) -> _Wish:
        """What was asked of a job."""
        with self._lock:
            return self._wishes.get(identifier, _Wish())

    def note(self, identifier: str, **asked: Any) -> None:
        """Add to what was asked of a job."""
        with self._lock:
            wish = evolve(self._wishes.pop(identifier, _Wish()), **asked)
            self._size += len(wish.task or "") if "task" in asked else 0
            self._wishes[identifier] = wish
            while len(self._wishes) > _MOST or self._size > _MOST_TEXT:
                forgotten = self._wishes.pop(next(iter(self._wishes)))
                self._size -= len(forgotten.task or "")


def _as_it_is(job: Job) -> Job:
    return job


@final
class BrokeredJobs(Jobs):
    """Jobs that a broker holds and a runner runs. Calls may come from several threads at once."""

    def __init__(
        self,
        broker: Keeper,
        runner: Runner | None,
        read: Callable[[str], Reading[Task]] = read_task,
        wishes: Wishes | None = None,
        shown: Callable[[Job], Job] = _as_it_is,
    ) -> None:
        """Show what a broker and a runner do as jobs.

        Args:
            broker: Plans, holds and books.
            runner: Runs what was accepted; None: somebody else does.
            read: Reads the TASK parameter.
            wishes: What clients asked of jobs, to be shared by all that show the same ones.
            shown: Makes of a runner's job what clients are to see of it, such as other places of its results.
        """
        self._broker, self._runner, self._read, self._outside = broker, runner, read, shown
        self._wishes = wishes or Wishes()

    def jobs(self, now: int, wanted: Selection) -> Iterator[UwsJob]:
        """The jobs of the broker that are not deleted, the latest first.

        What is over stays as it is, so the broker can tell whether it is wanted; all else may have moved on.
        """
        phases = [phase for phase in Phase if phase not in FINAL or PHASES[phase] in wanted.phases]
        sessions = self._broker.sessions(now, phases=phases)
        for session in sorted(sessions, key=lambda session: session.created, reverse=True):
            if wanted.after is not None and session.created <= wanted.after:
                return  # so are all that follow
            if self._is_kept(session, now):
                yield self._shown(session.identifier, now)

    def job(self, identifier: str, now: int) -> UwsJob:
        """A job as it stands."""
        if not self._is_kept(self._known(identifier, now), now):
            raise _unknown(identifier)
        return self._shown(identifier, now)

    def create(self, parameters: tuple[Parameter, ...], run_id: str | None, now: int) -> str | Answer:
        """Ask for offers; each becomes a job. With OFFER, the job is that of an offer that is there already."""
        given = {each.identifier.upper(): each.value for each in parameters}
        if OFFER in given:
            if TASK in given:
                problem = Problem(
                    "two-tasks", "an offer is for its own task", OFFER, hint="give OFFER or TASK"
                )
                raise InvalidDocument([problem])
            return self._known(given[OFFER], now).identifier
        text = given.get(TASK, "")
        task = self._read(text).unwrap()
        answer = self._broker.plan(evolve(task, name=run_id or task.name), now)
        offered = [offer.identifier for offer in answer.offers if offer.identifier is not None]
        for identifier in offered:
            self._wishes.note(identifier, task=text)
        return offered[0] if offered else answer

    def run(self, identifier: str, now: int) -> None:
        """Accept an offer, and hand it to the runner."""
        self._known(identifier, now)
        take(self._broker, self._runner, identifier, now, duration=self._wishes.of(identifier).duration)

    def abort(self, identifier: str, now: int) -> None:
        """Reject an offer, or stop a job."""
        phase = self._known(identifier, now).phase
        if phase is Phase.OFFERED:
            self._broker.reject(identifier, now)
        elif phase in FINAL:
            raise Refused("phase", f"the job is over: it is {phase.value}")
        else:
            stop(self._broker, self._runner, identifier, now)

    def delete(self, identifier: str, now: int) -> None:
        """Stop a job, if it is to be stopped, and forget it."""
        phase = self._known(identifier, now).phase
        if phase is Phase.OFFERED:
            self._broker.reject(identifier, now)
        elif phase in ACTIVE:
            stop(self._broker, self._runner, identifier, now)
        self._wishes.note(identifier, is_deleted=True)

    def set_duration(self, identifier: str, seconds: int, now: int) -> None:
        """Choose a duration within the offer; 0 is the longest."""
        session = self._known(identifier, now)
        if session.phase is not Phase.OFFERED:
            raise Refused("phase", "the duration was settled when the offer was accepted")
        offer = session.offer
        wanted = min(seconds or offer.maxduration, offer.maxduration)
        self._wishes.note(identifier, duration=max(offer.minduration, wanted))

    def set_destruction(self, identifier: str, instant: int, now: int) -> None:
        """Choose when a job is forgotten; as long as it is an offer, that is when it expires at the latest."""
        self._known(identifier, now)
        self._wishes.note(identifier, destruction=instant)

    def set_parameters(self, identifier: str, parameters: tuple[Parameter, ...], now: int) -> None:
        """Nothing can be changed: another task is another offer."""
        self._known(identifier, now)
        raise Refused(
            "parameters-settled", "what was offered is for this task; make a new job for another one"
        )

    def error(self, identifier: str, now: int) -> str | None:
        """No more than the job's document says."""
        self._known(identifier, now)
        return None

    def _known(self, identifier: str, now: int) -> Session:
        # The broker first, so that only its own client hears that a job was there.
        session = self._broker.session(identifier, now)
        if self._wishes.of(identifier).is_deleted:
            raise _unknown(identifier)
        return session

    def _shown(self, identifier: str, now: int) -> UwsJob:
        wish = self._wishes.of(identifier)
        job = self._outside(standing(self._broker, self._runner, identifier, now))
        owner = self._broker.owner(identifier)
        shown = from_job(job, owner=owner, task=wish.task, destruction=self._destruction(job.session))
        if job.phase is not Phase.OFFERED or wish.duration is None:
            return shown
        return evolve(shown, duration=wish.duration)

    def _destruction(self, session: Session) -> int | None:
        """When a job is to be forgotten, if that was asked; clients ask for it before they run an offer."""
        wished = self._wishes.of(session.identifier).destruction
        return wished if wished is None or session.run else min(wished, session.offer.expires)

    def _is_kept(self, session: Session, now: int) -> bool:
        """Whether a job is still there. It is forgotten when its time has come; another's, by its own client."""
        due, is_deleted = self._destruction(session), self._wishes.of(session.identifier).is_deleted
        if due is None or due > now or is_deleted:
            return not is_deleted
        with suppress(Refused):
            self.delete(session.identifier, now)
        return not self._wishes.of(session.identifier).is_deleted


def _unknown(identifier: str) -> Refused:
    return Refused("job-unknown", f"there is no job {identifier}")
