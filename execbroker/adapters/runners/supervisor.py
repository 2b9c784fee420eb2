"""The small program that stands beside one command, whatever becomes of the runner.

It is started by path, with the folder of a job's control files as its argument, and uses nothing but the standard
library. It starts the command that `order.json` names, within its limits, ends it when its time is over, takes more
memory than it has, or is told to stop (SIGTERM), and writes what became of it to `status.json`.

Two rules make it safe to start it twice, and to look at its files at any time:

* it holds a lock on `alive` from before it looks at anything until it is gone, and does nothing if it finds that
  the command was begun or has a status already: a command is never started twice;
* `begun.json` is written before the command is started, and every file is complete or not there.

On Linux, the command's descendants stay in its care even if they leave the group of processes, nothing that it
starts can gain privileges, and it dies if the supervisor is killed. Elsewhere only the group is known.
"""

from __future__ import annotations

import fcntl
import json
import os
import resource
import select
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import suppress
from pathlib import Path
from typing import Any, Final

__all__ = ["boot", "clock", "keep", "main", "settle", "stat"]

_PROC: Final = Path("/proc")
_IS_LINUX: Final = sys.platform.startswith("linux")
_PAGE: Final = resource.getpagesize()
#: How often the memory of all processes together is looked at, in seconds, ...
_LOOK: Final = 0.5
#: ... but so seldom that looking takes no more than this share of a core.
_SHARE: Final = 0.02
#: How often killing is repeated while something is left, in seconds: what is killed may just have forked.
_AGAIN: Final = 0.05
#: `prctl`: the signal that comes when the parent dies, who inherits orphans, and no more privileges.
_PDEATHSIG, _SUBREAPER, _NO_NEW_PRIVS = 1, 36, 38
#: Counts on while the machine sleeps, where the system has such a clock, for bookings do so too.
_CLOCK: Final = getattr(time, "CLOCK_BOOTTIME", time.CLOCK_MONOTONIC)


def clock() -> float:
    """Seconds on a clock that all processes of this machine share, and that nobody sets."""
    return time.clock_gettime(_CLOCK)


def keep(path: Path, tree: object) -> None:
    """Write a JSON file that is there whole or not at all, whenever the machine stops."""
    part = path.with_name(f"{path.name}.{os.getpid()}-{threading.get_ident()}")
    with part.open("w", encoding="utf-8") as file:
        json.dump(tree, file)
        file.flush()
        os.fsync(file.fileno())
    part.replace(path)
    settle(path.parent)


def settle(folder: Path) -> None:
    """See to it that what is in a folder is there after a power cut, too."""
    descriptor = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)


def stat(pid: int) -> list[str] | None:
    """What Linux says of a process, from its state on; None where there is none."""
    try:
        text = (_PROC / str(pid) / "stat").read_bytes().decode("ascii", "replace")
    except OSError:
        return None
    # Before that comes the program's name in parentheses, which may itself hold some, and spaces.
    return text.rpartition(")")[2].split() or None


def boot() -> str:
    """What tells this run of the system from others; empty where it does not say."""
    try:
        return (_PROC / "sys/kernel/random/boot_id").read_text("ascii").strip()
    except OSError:
        return ""


def main(folder: Path) -> None:
    """Run the command whose control files are in a folder, unless that was done before."""
    with suppress(PermissionError):
        os.setsid()
    with (folder / "alive").open("a") as alive:
        fcntl.flock(alive, fcntl.LOCK_EX)
        if any((folder / name).exists() for name in ("begun.json", "status.json", "stop")):
            return
        order = json.loads((folder / "order.json").read_text("utf-8"))
        keep(folder / "begun.json", _noted(os.getpid()))
        # Whoever wants it stopped writes that down, and then signals if he finds it begun; so look again.
        if (folder / "stop").exists():
            outcome: dict[str, Any] = {"status": None, "why": "stop", "message": None}
        else:
            outcome = _supervise(folder, order)
        keep(folder / "status.json", outcome)


def _supervise(folder: Path, order: dict[str, Any]) -> dict[str, Any]:
    """Start the command and stay until nothing of it is left: what became of it."""
    prctl = _prctl()
    prctl(_SUBREAPER, 1)
    wake, waker = os.pipe()
    for end in (wake, waker):
        os.set_blocking(end, False)
    signal.set_wakeup_fd(waker, warn_on_full_buffer=False)
    told: list[int] = []
    signal.signal(signal.SIGTERM, lambda number, _: told.append(number))
    # No handler may be SIG_IGN: the command would inherit it.
    for number in (signal.SIGCHLD, signal.SIGINT, signal.SIGHUP):
        signal.signal(number, lambda *_: None)
    # The runner starts this with SIGTERM blocked, so that none is lost before now.
    signal.pthread_sigmask(signal.SIG_SETMASK, ())
    try:
        command = _start(order, prctl)
    except (OSError, ValueError, subprocess.SubprocessError) as error:
        return {"status": None, "why": "error", "message": _reason(error)}
    keep(folder / "command.json", _noted(command.pid))
    return _follow(command, order, wake, told)


def _start(order: dict[str, Any], prctl: Callable[[int, int], None]) -> subprocess.Popen[bytes]:
    def confine() -> None:
        prctl(_PDEATHSIG, signal.SIGKILL)
        prctl(_NO_NEW_PRIVS, 1)
        if order["cpus"]:
            os.sched_setaffinity(0, order["cpus"])
        _limit(resource.RLIMIT_CORE, 0)
        if order["memory"] is not None:
            # macOS has this limit, but takes none that is less than what a process has already.
            with suppress(*(() if _IS_LINUX else (ValueError, OSError))):
                _limit(resource.RLIMIT_AS, order["memory"])

    with (
        Path(order["stdin"]).open("rb") as stdin,
        Path(order["stdout"]).open("wb") as stdout,
        Path(order["stderr"]).open("wb") as stderr,
    ):
        return subprocess.Popen(
            order["arguments"],
            cwd=order["folder"],
            env=order["environment"],
            stdin=stdin,
            stdout=stdout,
            stderr=stderr,
            start_new_session=True,
            # There is one thread here, so what this runs between fork and exec is safe.
            preexec_fn=confine,  # noqa: PLW1509
        )


def _reason(error: Exception) -> str:
    if isinstance(error, OSError) and error.strerror:
        return f"{error.strerror} ({error.filename})" if error.filename else error.strerror
    return str(error)


def _limit(which: int, most: int) -> None:
    hard = resource.getrlimit(which)[1]
    most = most if hard == resource.RLIM_INFINITY else min(most, hard)
    resource.setrlimit(which, (most, most))


def _follow(
    command: subprocess.Popen[bytes], order: dict[str, Any], wake: int, told: list[int]
) -> dict[str, Any]:
    why, kill_at, look_at = None, 0.0, 0.0
    while _reap(command):
        now = clock()
        if why is None:
            why, look_at = _reason_to_end(command, order, told, look_at)
            if why is not None:
                kill_at = clock() + order["grace"]
                _signal(command, signal.SIGTERM, signal.SIGCONT)
            pause = min(order["until"], look_at) - now if why is None else order["grace"]
        elif now >= kill_at:
            _signal(command, signal.SIGKILL)
            pause = _AGAIN
        else:
            pause = kill_at - now
        select.select([wake], [], [], max(0.0, pause))
        with suppress(BlockingIOError):
            os.read(wake, 4096)
    if not _PROC.is_dir():
        # Only the command itself was waited for: what it left behind in its group goes now.
        _signal(command, signal.SIGKILL)
    return {"status": command.returncode, "why": why or "end", "message": None}


def _reason_to_end(
    command: subprocess.Popen[bytes], order: dict[str, Any], told: list[int], look_at: float
) -> tuple[str | None, float]:
    """Why all that is left must end now, if it must; and when to look at the memory again."""
    now = clock()
    if command.returncode is not None:
        return "end", look_at
    if told:
        return "stop", look_at
    if now >= order["until"]:
        return "time", look_at
    if order["memory"] is None or now < look_at:
        return None, look_at if order["memory"] is not None else order["until"]
    if _takes_more(order["memory"]):
        return "memory", look_at
    return None, clock() + max(_LOOK, (clock() - now) / _SHARE)


def _reap(command: subprocess.Popen[bytes]) -> bool:
    """Take note of every process that has ended; whether any is left."""
    while True:
        try:
            pid, status = os.waitpid(-1, os.WNOHANG)
        except ChildProcessError:
            return False
        if not pid:
            return True
        if pid == command.pid:
            command.returncode = os.waitstatus_to_exitcode(status)


def _signal(command: subprocess.Popen[bytes], *numbers: int) -> None:
    """Signal the command's group, and all other descendants."""
    found = list(_descendants())
    # A group that nobody is in any more may soon be a stranger's.
    whole = not _PROC.is_dir() or any(int(fields[2]) == command.pid for _, fields in found)
    for number in numbers:
        if whole:
            with suppress(ProcessLookupError, PermissionError):
                os.killpg(command.pid, number)
        for pid, fields in found:
            if int(fields[2]) != command.pid:
                with suppress(ProcessLookupError, PermissionError):
                    os.kill(pid, number)


def _takes_more(most: int) -> bool:
    """Whether all processes together have more bytes in memory than that; shared pages count once."""
    found = list(_descendants())
    # The resident size is at hand, but counts what is shared for each; only if that is too much, look closer.
    if sum(int(fields[21]) * _PAGE for _, fields in found) <= most:
        return False
    return sum(_proportional(pid) or int(fields[21]) * _PAGE for pid, fields in found) > most


def _proportional(pid: int) -> int | None:
    """The bytes that a process has in memory, its share of what it shares."""
    with suppress(OSError, ValueError):
        for line in (_PROC / str(pid) / "smaps_rollup").read_text("ascii").splitlines():
            if line.startswith("Pss:"):
                return int(line.split()[1]) * 1024
    return None


def _descendants() -> Iterator[tuple[int, list[str]]]:
    """The processes that stem from this one, each with what Linux says of it."""
    children: dict[int, list[tuple[int, list[str]]]] = {}
    for entry in _PROC.glob("[0-9]*"):
        if fields := stat(int(entry.name)):
            children.setdefault(int(fields[1]), []).append((int(entry.name), fields))
    ahead = [os.getpid()]
    while ahead:
        for pid, fields in children.pop(ahead.pop(), ()):
            ahead.append(pid)
            yield pid, fields


def _noted(pid: int) -> dict[str, object]:
    """A process as it is noted, so that another one with its number is not taken for it."""
    fields = stat(pid)
    return {"pid": pid, "ticks": int(fields[19]) if fields else 0, "boot": boot()}


def _prctl() -> Callable[[int, int], None]:
    """Linux's `prctl`; elsewhere a function that does nothing."""
    if not _IS_LINUX:
        return lambda option, value: None
    # Whoever only wants to write files need not load it.
    import ctypes

    call = ctypes.CDLL(None).prctl
    call.argtypes = [ctypes.c_int, *[ctypes.c_ulong] * 4]
    return lambda option, value: call(option, value, 0, 0, 0)


if __name__ == "__main__":
    main(Path(sys.argv[1]))
