"""Telling processes apart, though their numbers come round again.

A process is known by its number, the tick at which it started and the boot of the system, as Linux's `/proc` shows
them. Where there is no `/proc`, it is known by its number alone; so whoever asks there needs another sign, such as
a lock, that it is still the same.
"""

from __future__ import annotations

import os
import select
import signal
import time
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path
from typing import Final, final

from attrs import frozen

from execbroker.adapters.runners.supervisor import boot, stat

__all__ = ["Identity", "await_end", "has_ended", "identify", "marked", "send"]

_PROC: Final = Path("/proc")
#: Where the system cannot tell when a process ends, it is looked at every so many seconds.
_GLANCE: Final = 0.1


@final
@frozen
class Identity:
    """What no two processes of this machine have in common: number, starting tick, boot."""

    pid: int
    ticks: int
    boot: str


def identify(pid: int) -> Identity | None:
    """The process that has this number now; None if there is none."""
    if fields := stat(pid):
        return Identity(pid, int(fields[19]), boot())
    if _PROC.joinpath("self").exists():
        return None
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return None
    except PermissionError:
        pass
    return Identity(pid, 0, "")


def has_ended(process: Identity) -> bool:
    """Whether a process is gone, or only waits for its parent to take note."""
    fields = stat(process.pid)
    return (fields is not None and fields[0] in "ZX") or identify(process.pid) != process


def marked(mark: tuple[str, str]) -> Iterator[Identity]:
    """The processes, not counting those that have ended, whose environment holds a name with a value."""
    sought = os.fsencode("=".join(mark))
    for entry in _PROC.glob("[0-9]*"):
        # First whose number it is: if it is another's by the time that it is read, it is gone when it is signalled.
        process = identify(int(entry.name))
        if process and sought in _environment(entry) and not has_ended(process):
            yield process


def send(process: Identity, number: int) -> None:
    """Send a signal to a process, and to no other that has its number since; nothing if it is gone."""
    with suppress(ProcessLookupError):
        descriptor = _descriptor(process.pid)
        if descriptor is None:
            if not has_ended(process):
                os.kill(process.pid, number)
            return
        # What the descriptor stands for is fixed before it is compared, so nothing can come between.
        try:
            if not has_ended(process):
                signal.pidfd_send_signal(descriptor, number)
        finally:
            os.close(descriptor)


def await_end(process: Identity, seconds: float) -> bool:
    """Wait until a process has ended, but no longer than so many seconds; whether it has."""
    deadline = time.monotonic() + seconds
    try:
        descriptor = _descriptor(process.pid)
    except ProcessLookupError:
        return True
    if descriptor is None:
        while not has_ended(process) and time.monotonic() < deadline:
            time.sleep(_GLANCE)
        return has_ended(process)
    try:
        if not has_ended(process):
            # `poll` and not `select`, which takes no descriptors above 1023.
            watch = select.poll()
            watch.register(descriptor, select.POLLIN)
            watch.poll(max(0.0, seconds) * 1000)
    finally:
        os.close(descriptor)
    return has_ended(process)


def _descriptor(pid: int) -> int | None:
    """A descriptor of a process; None where the system has no such thing.

    Raises:
        ProcessLookupError: There is no such process.
    """
    try:
        return os.pidfd_open(pid)
    except ProcessLookupError:
        raise
    except (AttributeError, OSError):
        return None


def _environment(entry: Path) -> list[bytes]:
    try:
        return (entry / "environ").read_bytes().split(b"\0")
    except OSError:
        return []
