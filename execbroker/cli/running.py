"""One job on this machine, from its offer to its end, with its output passed on as it comes."""

from __future__ import annotations

import sys
import time
from contextlib import suppress
from pathlib import Path
from types import TracebackType
from typing import Final, Self, TextIO, final

from execbroker.adapters.runners.connections import at_host
from execbroker.adapters.runners.local import LocalRunner
from execbroker.adapters.runners.staging import files_below
from execbroker.cli.books import Book
from execbroker.cli.exits import Status
from execbroker.cli.reports.signs import safe
from execbroker.cli.reports.words import abbreviated, day_and_time
from execbroker.cli.streams import pass_on, say
from execbroker.cli.terminal import Look
from execbroker.core.instants import format_instant
from execbroker.core.interfaces import Refused
from execbroker.core.lifecycle import FINAL, Phase
from execbroker.core.session import Job, Session

__all__ = ["Running"]

#: Seconds between two looks at a job that is doing something, and at one that waits for its time.
_GLANCE, _NAP = 0.1, 1.0
#: The least time between two looks, whatever there is to see.
_BREATH: Final = 0.01
#: A start that is so many seconds ahead is worth a word.
_SOON: Final = 2
#: How much output is passed on at a time, in bytes.
_CHUNK: Final = 1 << 16
#: What ended by a signal ends with this and the signal's number, as shells have it.
_SIGNALLED: Final = 128
#: How phases are painted.
_PAINTS: Final = {Phase.COMPLETED: "good", Phase.FAILED: "bad", Phase.CANCELLED: "warning"}


@final
class Running:
    """The runner of this machine, and the book that it looks offers up in."""

    def __init__(self, book: Book, now: int, state: str | None = None) -> None:
        """Make ready to run; the clock goes on from `now`, or from the latest instant that the book saw."""
        self._book = book
        self._clock = book.clock(now)
        folder = Path(state) if state is not None else book.state
        self._runner = LocalRunner(
            book.broker, folder, fetchers={"file": files_below("/")}, connect=at_host("localhost")
        )

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._runner.close()

    def run(self, text: str, look: Look) -> int:
        """Run an offer that is meant by an identifier or the beginning of one: the exit code of its command.

        Raises:
            Refused: It cannot be run, now or here.
            Refusal: It could not be accepted.
        """
        now = self._now
        session = self._book.find(text, now)
        _look_at(session)
        if session.phase is Phase.OFFERED:
            session = self._book.accept(session, now)
        try:
            job = self._follow(session, now, look)
        except Refused:
            # Then it is not ours to stop.
            raise
        except BaseException:
            self._stop(session)
            raise
        return _status(job)

    @property
    def _now(self) -> int:
        return int(self._clock())

    def _follow(self, session: Session, now: int, look: Look) -> Job:
        """Wait for the end of a job, pass its output on, and tell its phases on a terminal."""
        identifier = session.identifier
        told = _Teller(session, look)
        job = self._runner.run(session, now)
        outputs = [
            _Output(Path(job.folder or "", name), stream)
            for name, stream in (("stdout", sys.stdout), ("stderr", sys.stderr))
        ]
        told.waits(job, self._clock())
        while True:
            for output in outputs:
                output.pass_on()
            told.tell(job)
            if job.phase in FINAL:
                told.end(job)
                return job
            self._runner.wait(identifier, self._pause(job))
            time.sleep(_BREATH)
            self._runner.poll(self._now)
            job = self._runner.job(identifier, self._now)

    def _pause(self, job: Job) -> float:
        """Seconds until it is worth looking at a job again."""
        due = {Phase.WAITING: job.session.offer.preparation, Phase.AVAILABLE: 0}.get(job.phase)
        if due is None or job.session.run is None:
            return _GLANCE
        return max(0.0, min(_NAP, job.session.run.start - due - self._clock()))

    def _stop(self, session: Session) -> None:
        """Stop what was accepted, whether or not the runner has it already."""
        # What goes wrong now is told by what went wrong before.
        with suppress(Exception):
            try:
                self._runner.abort(session.identifier, self._now)
            except Refused:
                # The runner does not have it yet.
                self._book.broker.cancel(session.identifier, self._now)


@final
class _Output:
    """A file that grows, and the stream that what is new in it goes to."""

    def __init__(self, path: Path, stream: TextIO | None) -> None:
        self._path, self._stream, self._passed = path, stream, 0

    def pass_on(self) -> None:
        """Pass on what is new."""
        with suppress(FileNotFoundError), self._path.open("rb") as file:
            file.seek(self._passed)
            while chunk := file.read(_CHUNK):
                self._passed += len(chunk)
                pass_on(chunk, self._stream)


@final
class _Teller:
    """Tells on the standard error how a job goes: each phase on a terminal, else only what went wrong."""

    def __init__(self, session: Session, look: Look) -> None:
        self._mark, self._zone, self._look = abbreviated(session.identifier), session.offer.zone, look
        self._is_watched = look.width is not None
        # Of a job that is taken up, all that it went through; of one that was offered, not that.
        self._told = 1

    def waits(self, job: Job, now: float) -> None:
        """Say for what is waited, if it is long."""
        run, before = job.session.run, job.phase in (Phase.WAITING, Phase.AVAILABLE)
        if run is not None and before and run.start - now >= _SOON:
            self._say(f"starts at {day_and_time(run.start, self._zone)} ({self._zone})")

    def tell(self, job: Job) -> None:
        """Say which phases were entered since."""
        history = job.session.history
        for passage in history[self._told :] if self._is_watched else ():
            phase = passage.phase
            word = self._look.paint(phase.value, _PAINTS[phase]) if phase in _PAINTS else phase.value
            self._say(f"{day_and_time(passage.instant, self._zone)}  {word}")
        self._told = len(history)

    def end(self, job: Job) -> None:
        """Say what went wrong, and on a terminal where the files are."""
        if job.phase is not Phase.COMPLETED:
            self._say(safe(job.session.message or "it was stopped"))
        if self._is_watched and job.folder is not None:
            self._say(f"its files are in {safe(job.folder)}")

    def _say(self, text: str) -> None:
        say(f"{self._look.paint(self._mark, 'faint')}  {text}\n")


def _look_at(session: Session) -> None:
    """Refuse what is over, or for another runner, before anything is done."""
    if session.phase is Phase.EXPIRED:
        raise Refused("offer-expired", f"the offer expired at {format_instant(session.offer.expires)}")
    if session.phase in FINAL:
        raise Refused("phase", f"this is over: it is {session.phase.value}")
    if session.offer.runner is not None:
        raise Refused(
            "runner-foreign", f"this is for the runner {session.offer.runner}, not for this machine"
        )


def _status(job: Job) -> int:
    """The command's own exit status; one of a job that failed all the same is not taken for success."""
    status = job.exit_status
    if status is None or (status == 0 and job.phase is not Phase.COMPLETED):
        return Status.NOT_RUN
    return status if status >= 0 else _SIGNALLED - status
