"""A runner that runs commands on this machine.

Each job has a folder below the runner's (`folders` says what is in it), and each command a supervisor beside it
that outlives the runner: a runner that was killed and started again finds its jobs as they are. Several runners, in
several processes, may share a folder of jobs: each job has one that cares for it, and if that one dies, another
takes over at its next `poll`.

A command runs in a group of processes of its own, in the job's folder `work`, as the runner's own user:

* on as many CPUs as the cores that were accepted, rounded up, of those that the runner may use itself, the least
  used first (where the system binds processes to CPUs, as Linux does);
* each of its processes with no more address space than the memory that was accepted (`RLIMIT_AS`), and on Linux all
  of them together with no more memory in use than that, looked at twice a second; if they have more, it is ended.
  What reserves far more than it uses, as some languages' runtimes do, has to be told not to, or offered more;
* until it ends, or its run does: then it gets SIGTERM, and SIGKILL some seconds later. What it leaves running when
  it ends is ended likewise.

Its environment is `PATH` (the system's usual one), `LANG=C.UTF-8`, `HOME` and `PWD` (`work`), `TMPDIR`,
`EXECBROKER_SESSION`, `EXECBROKER_CORES`, `EXECBROKER_MEMORY` (bytes), the folders `EXECBROKER_JOB`,
`EXECBROKER_DATA` and `EXECBROKER_STORAGE`, and what the task adds; nothing of the runner's own.

A job is complete if its command ended by itself with status 0, and failed otherwise.

This needs POSIX: groups of processes, `posix_spawn`, locks on files. It is no wall between a command and other
files of the same user, and it counts neither what is written to disk nor what goes over the network. On systems
other than Linux, neither CPUs nor memory taken together are bound, a process that leaves the command's group is not
found again, and `wait` looks ten times a second instead of being told.
"""

from __future__ import annotations

import os
import threading
import time
from collections.abc import Iterator, Mapping
from contextlib import suppress
from pathlib import Path
from typing import Final, final

from execbroker.adapters.runners.connections import Connect, nowhere
from execbroker.adapters.runners.folders import Folder
from execbroker.adapters.runners.ledger import Ledger, admitted
from execbroker.adapters.runners.outcomes import Outcome, due
from execbroker.adapters.runners.processes import await_end
from execbroker.adapters.runners.staging import Fetcher, Stager
from execbroker.adapters.runners.steps import Steps
from execbroker.core.interfaces import Refused, Runner
from execbroker.core.lifecycle import FINAL, Event, IllegalStep
from execbroker.core.session import Job, Session

__all__ = ["LocalRunner"]

#: How long a job that is told to stop has between SIGTERM and SIGKILL, in seconds, if nobody says otherwise.
_GRACE: Final = 5.0
#: How much longer than that an aborted job is waited for, in seconds: a busy machine kills slowly.
_MARGIN: Final = 10.0
#: How long it is waited for a supervisor to say which process it is, at a time, in seconds.
_GLANCE: Final = 0.05
#: The events that end a session.
_ENDS: Final = frozenset({Event.COMPLETE, Event.CANCEL, Event.FAIL})


@final
class LocalRunner(Runner):
    """Runs commands (`commands` says how they are written) on this machine.

    Nothing happens by itself: `poll` moves all jobs on to where they are at an instant, and has to be called again
    and again; `due` says when next, and `wait` waits for what takes its own time. Only the end of a run's time is
    enforced whether or not anybody polls.
    """

    def __init__(
        self,
        ledger: Ledger,
        folder: Path,
        *,
        name: str | None = None,
        fetchers: Mapping[str, Fetcher] | None = None,
        checksums: Mapping[str, str] | None = None,
        grace: float = _GRACE,
        connect: Connect = nowhere,
    ) -> None:
        """Take care of the jobs below a folder, which is made if it is not there.

        Args:
            ledger: Says what was accepted, and is told what becomes of it.
            folder: Where the jobs are kept, each in a folder of its own.
            name: The endpoint that offers for this runner name; None: those that name none.
            fetchers: Who opens the data, by scheme; others are not fetched.
            checksums: What data must have, by location, as in `staging`.
            grace: Seconds between SIGTERM and SIGKILL.
            connect: Says how to get in to what runs, such as `connections.at_host("node7.example.org")`.
        """
        folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        self._ledger, self._folder, self._name, self._grace = ledger, folder.resolve(), name, grace
        self._steps = Steps(Stager(fetchers or {}, checksums or {}), grace)
        self._connect = connect
        self._moved = threading.Condition(threading.RLock())
        self._now = 0
        self._over: set[str] = set()
        self._owned: dict[str, int] = {}

    def run(self, session: Session, now: int) -> Job:
        """Take a session, to be run when its time comes. To pass it again gives the job that is there.

        A task that this runner cannot run is taken too, and fails at once, so that it holds nothing any more.

        Raises:
            Refused: As `ledger.admitted` says.
        """
        with self._moved:
            now = self._see(now)
            folder = Folder.at(self._folder, session.identifier)
            if not folder.is_there:
                admitted(self._ledger, session, now, self._name)
                folder.create()
            self._move(folder, now)
            if not folder.is_there:
                raise Refused("offer-taken", "another runner was faster")
            return self._job(folder, now)

    def job(self, identifier: str, now: int) -> Job:
        """A job as it stands; only `poll` moves it.

        Raises:
            Refused: `job-unknown`.
        """
        with self._moved:
            return self._job(self._known(identifier), self._see(now))

    def abort(self, identifier: str, now: int) -> Job:
        """Stop a job; what it held is given back once nothing of it runs. To stop one that is over is no error.

        This waits until the command is gone: a moment, or the seconds of grace if it does not heed SIGTERM.

        Raises:
            Refused: `job-unknown`.
        """
        with self._moved:
            now = self._see(now)
            folder = self._known(identifier)
            job = self._job(folder, now)
            if folder.is_over:
                return job
            if job.phase not in FINAL:
                folder.stop()
            self._go(folder, now)
        deadline = time.monotonic() + self._grace + _MARGIN
        while folder.is_supervised() and (left := deadline - time.monotonic()) > 0:
            self._await(folder, left)
        with self._moved:
            now = self._see(now)
            # The runner that cares for the job may be another one; but it is to be over now.
            self._go(folder, now)
            return self._job(folder, now)

    def poll(self, now: int) -> None:
        """Move all jobs on to where they are now, and take up those that another runner left behind.

        What goes wrong with a job ends that job. What the ledger raises, such as that its book cannot be reached,
        goes through; the next poll goes on from there.
        """
        with self._moved:
            now = self._see(now)
            for folder in self._alive():
                self._move(folder, now)

    def wait(self, identifier: str, seconds: float) -> bool:
        """Wait until there is something to do for a job that the time alone does not bring.

        That is when its staging or its command has ended, or somebody moved it on; the next `poll` sees it. It does
        not wait longer than so many seconds, real ones; whether there is something.

        Raises:
            Refused: `job-unknown`.
        """
        with self._moved:
            folder = self._known(identifier)
        return self._await(folder, seconds)

    def due(self, now: int) -> int | None:
        """The next instant at which the time alone moves a job on; None if none waits for its time."""
        with self._moved:
            now = self._see(now)
            sessions = filter(None, (self._session(folder, now) for folder in self._alive()))
            return min((at for at in map(due, sessions) if at is not None), default=None)

    def close(self) -> None:
        """Stop staging and let all jobs go, for another runner to take up; commands run on."""
        with self._moved:
            self._steps.stop_staging()
            for descriptor in self._owned.values():
                os.close(descriptor)
            self._owned.clear()

    def _see(self, now: int) -> int:
        self._now = max(self._now, now)
        return self._now

    def _known(self, identifier: str) -> Folder:
        folder = Folder.at(self._folder, identifier)
        if not folder.is_there:
            raise Refused("job-unknown", "there is no such job here")
        return folder

    def _alive(self) -> Iterator[Folder]:
        """The jobs that may have something left to do."""
        for path in sorted(self._folder.iterdir()):
            folder = None if path.name in self._over else Folder.found(path)
            if folder:
                yield folder

    def _job(self, folder: Folder, now: int) -> Job:
        verdict = folder.verdict()
        files = (folder.path / name for name in ("stdout", "stderr"))
        session = self._ledger.session(folder.identifier, now)
        return Job(
            session=session,
            folder=str(folder.path),
            exit_status=verdict.status if verdict else None,
            results=tuple((file.name, file.as_uri()) for file in files if file.exists()),
            connectors=self._connect(session),
        )

    def _session(self, folder: Folder, now: int) -> Session | None:
        """A job's session; None if the ledger does not know it any more, so that nobody will ask for it."""
        try:
            return self._ledger.session(folder.identifier, now)
        except Refused as refusal:
            if refusal.code == "offer-unknown":
                return None
            raise

    def _move(self, folder: Folder, now: int) -> None:
        """Move a job on as far as it goes now, unless another runner cares for it."""
        if folder.is_over:
            self._let_go(folder)
        elif self._is_own(folder):
            self._go(folder, now)

    def _is_own(self, folder: Folder) -> bool:
        if folder.identifier not in self._owned:
            descriptor = folder.own()
            if descriptor is None:
                return False
            self._owned[folder.identifier] = descriptor
        return True

    def _go(self, folder: Folder, now: int) -> None:
        while session := self._session(folder, now):
            if session.phase in FINAL:
                break
            outcome = self._steps.next(folder, session, now)
            if outcome is None or not self._record(folder, outcome, now):
                return
        # What cannot be cleared away now may be at the next poll.
        with suppress(OSError):
            if self._steps.close(folder):
                self._let_go(folder)

    def _record(self, folder: Folder, outcome: Outcome, now: int) -> bool:
        """Write down what happened; whether it was as we thought."""
        if outcome.event in _ENDS:
            # First it is gone, then it counts as given back.
            self._steps.clear(folder)
        try:
            self._ledger.advance(folder.identifier, outcome.event, now, outcome.message)
        except IllegalStep as illegal:
            # Somebody else moved it; the next poll sees where to. What another runner has taken is not ours.
            if outcome.event is Event.WAIT and illegal.phase not in FINAL:
                folder.discard()
                self._let_go(folder)
            return False
        except Refused as refusal:
            if refusal.code != "offer-unknown":
                raise
            return False
        self._moved.notify_all()
        return True

    def _let_go(self, folder: Folder) -> None:
        self._over.add(folder.path.name)
        descriptor = self._owned.pop(folder.identifier, None)
        if descriptor is not None:
            os.close(descriptor)

    def _await(self, folder: Folder, seconds: float) -> bool:
        with self._moved:
            if folder.is_over:
                return True
            staging, supervisor = self._steps.staging(folder), self._steps.supervisor(folder)
            if not staging and not supervisor:
                # A supervisor that another runner started says in a moment which process it is.
                return self._moved.wait(min(seconds, _GLANCE) if folder.is_supervised() else seconds)
        if staging:
            return staging.await_end(seconds)
        return supervisor is None or await_end(supervisor, seconds)
