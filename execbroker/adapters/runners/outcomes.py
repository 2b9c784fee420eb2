"""What a runner makes of what became of a command: which event of the lifecycle, and in which words."""

from __future__ import annotations

import signal
from contextlib import suppress
from typing import Final, NamedTuple, final

from attrs import frozen

from execbroker.adapters.runners.ledger import run_of
from execbroker.core.durations import spell_duration
from execbroker.core.lifecycle import Event, Phase
from execbroker.core.session import Run, Session

__all__ = ["Outcome", "Verdict", "due", "failure_of", "judged", "too_late"]

_LOST: Final = "the command's supervisor was killed, and the command with it"
_MEMORY: Final = "the command was ended: its processes together took more memory than was accepted"


@final
@frozen
class Verdict:
    """What became of a command.

    Attributes:
        why: What ended it: `end` (itself), `time`, `memory`, `stop`, `error` (it could not be started), `lost` (its
            supervisor was killed).
        status: Its exit status, or minus the signal's number; None if there is none.
        message: With `error`: why not.
    """

    why: str
    status: int | None = None
    message: str | None = None


@final
class Outcome(NamedTuple):
    """What is to be written down: an event, and why if something failed."""

    event: Event
    message: str | None = None


def judged(verdict: Verdict, run: Run) -> Outcome:
    """How a job ends whose command is gone: only what ended by itself, with status 0, is complete."""
    if verdict.why == "end" and verdict.status == 0:
        return Outcome(Event.COMPLETE)
    return Outcome(Event.FAIL, _words(verdict, run))


def too_late(session: Session, now: int) -> Outcome | None:
    """The end of a job that was not started in its time; None if there is still time."""
    if now < run_of(session).end:
        return None
    return Outcome(Event.FAIL, "the time that was accepted was over before the command could be started")


def due(session: Session) -> int | None:
    """The instant at which the time alone moves a session on; None if it does not wait for that."""
    if session.phase is Phase.WAITING:
        return run_of(session).start - session.offer.preparation
    return run_of(session).start if session.phase is Phase.AVAILABLE else None


def failure_of(error: OSError) -> str:
    """What went wrong with a job's files or processes."""
    where = f" ({error.filename})" if error.filename else ""
    return f"this machine could not run it: {error.strerror or error}{where}"


def _words(verdict: Verdict, run: Run) -> str:
    if verdict.why == "end":
        return _ended(verdict.status)
    if verdict.why == "time" and verdict.status is None:
        return "the time that was accepted was over before the command could be started"
    return {
        "time": f"the command was ended after its time of {spell_duration(run.duration)}",
        "memory": _MEMORY,
        "stop": "the command was told to stop",
        "error": f"the command could not be started: {verdict.message}",
    }.get(verdict.why, _LOST)


def _ended(status: int | None) -> str:
    if status is None or status >= 0:
        return f"the command ended with status {status}"
    name = f"signal {-status}"
    with suppress(ValueError):
        name = signal.Signals(-status).name
    return f"the command was ended by {name}"
