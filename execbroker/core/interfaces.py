"""What can be asked of planners, brokers and runners. Whoever fronts a scheduler implements these and nothing else.

None of them reads a clock: every call takes `now`, in seconds UTC, which never goes back from call to call (an
earlier one counts as the latest that was seen). Calls may come from several threads at once.
"""

from __future__ import annotations

from abc import ABC, abstractmethod
from typing import final

from execbroker.core.amounts import Amounts
from execbroker.core.answer import Answer
from execbroker.core.session import Job, Session
from execbroker.core.task import Task

__all__ = ["Attentive", "Broker", "Planner", "Refused", "Runner", "ask"]


@final
class Refused(Exception):
    """What was asked cannot be done as things stand; nothing was changed.

    Attributes:
        code: For programs: `offer-unknown`, `offer-expired`, `offer-taken`, `outside-offer`, `busy`, `phase`,
            `seal-missing`, `seal-broken`, `seal-foreign`, `seal-expired`, `seal-replayed`, …
        message: Why, one sentence, for people.
        available: With `busy`: what is left, where that can be said.
    """

    def __init__(self, code: str, message: str, available: Amounts | None = None) -> None:
        super().__init__(code, message, available)
        self.code, self.message, self.available = code, message, available

    def __str__(self) -> str:
        return f"{self.message} ({self.code})"


class Planner(ABC):
    """Answers whether a task can be run, when, and with how much."""

    @abstractmethod
    def plan(self, task: Task, now: int) -> Answer:
        """The answer for a task; never raises for what a task asks.

        What is offered is free when the answer is given. A planner that is no broker promises nothing beyond.
        """


class Attentive(Planner):
    """A planner to which it matters who asks, as it does to the policies of platforms."""

    @abstractmethod
    def plan(self, task: Task, now: int, *, owner: str | None = None) -> Answer:
        """The answer for a task; see `Planner.plan`.

        Args:
            task: The task.
            now: The instant.
            owner: Who asks, and whose the offers are; None: nobody who is named.
        """


def ask(planner: Planner, task: Task, now: int, owner: str | None) -> Answer:
    """The answer of any planner, which is told who asks if that matters to it."""
    if isinstance(planner, Attentive):
        return planner.plan(task, now, owner=owner)
    return planner.plan(task, now)


class Broker(Planner):
    """A planner that keeps its word: what it offers is held until it expires, and can be accepted."""

    @abstractmethod
    def accept(
        self,
        offer: str,
        now: int,
        *,
        start: int | None = None,
        duration: int | None = None,
        amounts: Amounts | None = None,
    ) -> Session:
        """Take an offer: book a run, and let the offer's siblings go, in one step.

        Args:
            offer: Its identifier.
            now: The instant.
            start: When; left out: as early as can be, no earlier than now.
            duration: How long, in seconds; left out: as long as can be from that start.
            amounts: How much of each resource, all of the task's resources together; what is left out: the most
                that was offered.

        Raises:
            Refused: `offer-unknown`, `offer-expired`, `phase` (it was taken or rejected before), `outside-offer`
                (the run or the amounts are not within what was offered), `busy` (what was not held is gone).
        """

    @abstractmethod
    def reject(self, offer: str, now: int) -> Session:
        """Let an offer go; what it alone held is free again. To reject twice is no error.

        Raises:
            Refused: `offer-unknown`, `phase` (it was taken).
        """

    @abstractmethod
    def cancel(self, session: str, now: int) -> Session:
        """Give up an accepted session; what it booked from now on is free again. To cancel twice is no error.

        Raises:
            Refused: `offer-unknown`, `phase` (it is at its end, or being released).
        """

    @abstractmethod
    def session(self, identifier: str, now: int) -> Session:
        """A session as it stands; offers that have expired by now are.

        Raises:
            Refused: `offer-unknown`.
        """


class Runner(ABC):
    """Runs what was accepted."""

    @abstractmethod
    def run(self, session: Session, now: int) -> Job:
        """Take a session, to be run when its time comes. To pass it again gives the job that is there.

        The session that is passed is a client's copy: nothing in it is believed but its identifier.

        Raises:
            Refused: It was not accepted here, is not for this runner, or is changed, expired or over.
        """

    @abstractmethod
    def job(self, identifier: str, now: int) -> Job:
        """A job as it stands.

        Raises:
            Refused: `job-unknown`.
        """

    @abstractmethod
    def abort(self, identifier: str, now: int) -> Job:
        """Stop a job; what it held is given back. To stop one that is over is no error.

        Raises:
            Refused: `job-unknown`.
        """
