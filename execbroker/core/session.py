"""Sessions and jobs: an offer on its way from being held to being done."""

from __future__ import annotations

from typing import final

from attrs import evolve, frozen

from execbroker.core.amounts import NONE, Amounts
from execbroker.core.answer import Offer
from execbroker.core.lifecycle import Event, Phase, step
from execbroker.core.task import Task

__all__ = ["Connector", "Job", "Passage", "Run", "Session"]


@final
@frozen
class Run:
    """What was accepted of an offer: a start, a duration in seconds, and amounts, all resources together.

    `node` is the machine it runs on, in a pool with nodes.
    """

    start: int
    duration: int
    amounts: Amounts = NONE
    node: int | None = None

    @property
    def end(self) -> int:
        """The instant at which it is over."""
        return self.start + self.duration


@final
@frozen
class Passage:
    """That a phase was entered at an instant."""

    phase: Phase
    instant: int


@final
@frozen
class Session:
    """An offer, and what became of it.

    Attributes:
        identifier: The offer's, which comes from the book.
        offer: What was offered.
        task: What for.
        created: When it was offered.
        history: The phases so far, the first being OFFERED.
        run: What was accepted, if it was.
        message: Why it failed, if it did.
    """

    identifier: str
    offer: Offer
    task: Task
    created: int
    history: tuple[Passage, ...]
    run: Run | None = None
    message: str | None = None

    @property
    def phase(self) -> Phase:
        """Where it stands."""
        return self.history[-1].phase

    def after(self, event: Event, now: int, message: str | None = None) -> Session:
        """The session after an event.

        Raises:
            IllegalStep: The event cannot happen in this phase.
        """
        passage = Passage(step(self.phase, event), now)
        return evolve(self, history=(*self.history, passage), message=message or self.message)

    def entered(self, phase: Phase) -> int | None:
        """When a phase was entered, if it was."""
        return next((each.instant for each in self.history if each.phase is phase), None)


@final
@frozen
class Connector:
    """A way in to what runs; it is open while the session is AVAILABLE or RUNNING.

    Attributes:
        location: Its address, a URL.
        protocol: How to speak there: HTTP, HTTPS, TCP, UDP or another.
        kind: What it is, a URI.
    """

    location: str
    protocol: str = "HTTP"
    kind: str = "urn:execbroker:connector:http"


@final
@frozen
class Job:
    """What a runner makes of a session.

    Attributes:
        session: The session, as far as the runner knows.
        folder: Where the job's files are, if anywhere.
        exit_status: The command's own, once it has ended; minus the signal's number where one ended it.
        results: Names of results, and where they are.
        connectors: The ways in to what runs.
    """

    session: Session
    folder: str | None = None
    exit_status: int | None = None
    results: tuple[tuple[str, str], ...] = ()
    connectors: tuple[Connector, ...] = ()

    @property
    def identifier(self) -> str:
        """The session's."""
        return self.session.identifier

    @property
    def phase(self) -> Phase:
        """The session's."""
        return self.session.phase
