"""The folder of a job, and what is known from it of the job's command, whoever asks and whenever.

    stdout, stderr    what the command wrote; they stay, as does `work`
    work, tmp         where it runs, and its temporary files
    data, storage     what was staged, and its storage resources; gone with the end of the job
    .control          what runner and supervisor tell each other

The folder belongs to the user whom the runner runs as, and is closed to others.
"""

from __future__ import annotations

import fcntl
import hashlib
import json
import os
import re
import shutil
import signal
import sys
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Any, Final, final

from attrs import field, frozen

from execbroker.adapters.runners.outcomes import Verdict
from execbroker.adapters.runners.processes import Identity, await_end, has_ended, marked, send
from execbroker.adapters.runners.supervisor import keep, settle

__all__ = ["Folder"]

_CONTROL: Final = ".control"
#: Identifiers that are taken as names of folders; another one's folder is called by its digest.
_PLAIN: Final = re.compile(r"[a-z0-9][a-z0-9-]{0,63}")
#: How often what a killed supervisor left is killed, and for how many seconds it is then waited for: what is killed
#: may just have forked, and is gone in a moment unless the system is stuck.
_TRIES: Final = 20
_PATIENCE: Final = 0.2
#: Signals that a runner may have set aside; a supervisor must not start without them.
_SIGNALS: Final = (signal.SIGCHLD, signal.SIGHUP, signal.SIGINT, signal.SIGTERM, signal.SIGPIPE)


@final
@frozen
class Folder:
    """A job's folder."""

    identifier: str
    path: Path
    _control: Path = field(init=False)

    def __attrs_post_init__(self) -> None:
        object.__setattr__(self, "_control", self.path / _CONTROL)

    @classmethod
    def at(cls, state: Path, identifier: str) -> Folder:
        """The folder of a session's job below a runner's, whether it is there or not."""
        name = identifier
        if not _PLAIN.fullmatch(identifier):
            name = "=" + hashlib.sha256(identifier.encode("utf-8", "surrogatepass")).hexdigest()
        return cls(identifier, state / name)

    @classmethod
    def found(cls, path: Path) -> Folder | None:
        """The job whose folder this is; None if there is none, or not yet."""
        tree = _read(path / _CONTROL / "job.json")
        identifier = tree.get("identifier")
        return cls(identifier, path) if isinstance(identifier, str) else None

    def create(self) -> None:
        """Make it, empty; it counts as there once all of it is."""
        for path in (self.path, *(self.path / name for name in (_CONTROL, "work", "tmp"))):
            path.mkdir(mode=0o700, exist_ok=True)
        keep(self._control / "job.json", {"identifier": self.identifier})
        settle(self.path)
        settle(self.path.parent)

    @property
    def is_there(self) -> bool:
        """Whether the job was taken."""
        return (self._control / "job.json").exists()

    @property
    def is_over(self) -> bool:
        """Whether nothing is left to do for the job."""
        return (self._control / "over").exists()

    @property
    def is_to_stop(self) -> bool:
        """Whether somebody wants the job stopped."""
        return (self._control / "stop").exists()

    def discard(self) -> None:
        """Remove it, with all that is in it."""
        shutil.rmtree(self.path, ignore_errors=True)

    def close(self) -> None:
        """Note that nothing is left to do."""
        (self._control / "over").touch()

    @property
    def mark(self) -> tuple[str, str]:
        """The variable, and its value, that tell the job's processes from all others."""
        return "EXECBROKER_JOB", str(self.path)

    def own(self) -> int | None:
        """Become the one runner that cares for the job, until the descriptor is closed or this process dies."""
        return self._lock("owner", fcntl.LOCK_EX)

    def stop(self) -> None:
        """Have the command ended, or never started."""
        if not self.is_to_stop:
            keep(self._control / "stop", {})
        if self.is_supervised() and (supervisor := self.supervisor()):
            send(supervisor, signal.SIGTERM)

    def supervisor(self) -> Identity | None:
        """The process that stands beside the command, or did."""
        return self._process("begun.json")

    def is_supervised(self) -> bool:
        """Whether somebody stands beside the command at this moment."""
        descriptor = self._lock("alive", fcntl.LOCK_SH)
        if descriptor is None:
            return True
        os.close(descriptor)
        return False

    def verdict(self) -> Verdict | None:
        """What became of the command; None: it has not ended, or was never begun."""
        tree = _read(self._control / "status.json")
        return Verdict(tree["why"], tree["status"], tree["message"]) if tree else None

    def order(self, order: dict[str, Any]) -> int:
        """Start a supervisor with an order; gives the number of its process.

        Raises:
            OSError: There is no room for another process, or for the order.
        """
        keep(self._control / "order.json", order)
        with _descriptor(self._control / "supervisor.log", os.O_WRONLY | os.O_CREAT) as log:
            program = str(Path(__file__).with_name("supervisor.py"))
            return os.posix_spawn(
                sys.executable,
                [sys.executable, "-I", "-S", "-X", "utf8", program, str(self._control)],
                os.environ,
                file_actions=[
                    (os.POSIX_SPAWN_OPEN, 0, os.devnull, os.O_RDONLY, 0),
                    (os.POSIX_SPAWN_DUP2, log, 1),
                    (os.POSIX_SPAWN_DUP2, log, 2),
                ],
                setsigmask=[signal.SIGTERM],
                setsigdef=_SIGNALS,
            )

    def orders_beside(self) -> Iterator[dict[str, Any]]:
        """The orders of the other commands below the same runner's folder that are running."""
        for path in self.path.parent.iterdir():
            if path != self.path and not (path / _CONTROL / "status.json").exists():
                order = _read(path / _CONTROL / "order.json")
                if order:
                    yield order

    def conclude(self, verdict: Verdict) -> Verdict | None:
        """Settle what became of a command that has no supervisor; gives what holds now.

        If the supervisor did come to write it, that holds; if there is one, None. Afterwards none will ever start
        the command. What a killed supervisor left running is killed.
        """
        descriptor = self._lock("alive", fcntl.LOCK_EX)
        if descriptor is None:
            return None
        try:
            if known := self.verdict():
                return known
            if (self._control / "begun.json").exists():
                self._kill()
                verdict = Verdict("lost")
            tree = {"why": verdict.why, "status": verdict.status, "message": verdict.message}
            keep(self._control / "status.json", tree)
            return verdict
        finally:
            os.close(descriptor)

    def _kill(self) -> None:
        """Kill what is left of a command whose supervisor is gone."""
        command = self._process("command.json")
        if command is not None and not has_ended(command):
            # As long as the command is there, its group is no other's.
            with suppress(ProcessLookupError):
                os.killpg(command.pid, signal.SIGKILL)
        for _ in range(_TRIES):
            left = list(marked(self.mark))
            for each in left:
                send(each, signal.SIGKILL)
            if not left:
                return
            for each in left:
                await_end(each, _PATIENCE)

    def _process(self, name: str) -> Identity | None:
        tree = _read(self._control / name)
        return Identity(tree["pid"], tree["ticks"], tree["boot"]) if tree else None

    def _lock(self, name: str, kind: int) -> int | None:
        """A lock on one of the control files, until the descriptor is closed; None if somebody else has it."""
        descriptor = os.open(self._control / name, os.O_RDWR | os.O_CREAT, 0o600)
        try:
            fcntl.flock(descriptor, kind | fcntl.LOCK_NB)
        except BlockingIOError:
            os.close(descriptor)
            return None
        return descriptor


@contextmanager
def _descriptor(path: Path, flags: int) -> Iterator[int]:
    descriptor = os.open(path, flags, 0o600)
    try:
        yield descriptor
    finally:
        os.close(descriptor)


def _read(path: Path) -> dict[str, Any]:
    """What `keep` wrote; empty if there is nothing."""
    with suppress(FileNotFoundError, NotADirectoryError, ValueError):
        tree = json.loads(path.read_text("utf-8"))
        if isinstance(tree, dict):
            return tree
    return {}
