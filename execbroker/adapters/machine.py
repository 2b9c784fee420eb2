"""The machine that this runs on as a platform: its cores and its memory, all free."""

from __future__ import annotations

import os
import socket
from contextlib import suppress
from fractions import Fraction
from pathlib import Path
from typing import Final

from execbroker.core.amounts import CORES, MEMORY, Amounts
from execbroker.core.platform import Defaults, Platform, Pool

__all__ = ["this_machine"]

#: Where Linux tells a process in a container what it may use (the second version of control groups).
_LIMITS: Final = Path("/sys/fs/cgroup")
#: One core, in thousandths.
_CORE: Final = 1000
#: What is offered where the machine does not say how much memory it has: a task's default.
_MEMORY: Final = Defaults().amounts[MEMORY]
#: Whoever asks the machine that he sits at wants to start now, and not at the next full minute.
_GRANULARITY: Final = 1


def this_machine(limits: Path = _LIMITS) -> Platform:
    """The platform of one pool, `machine`, with the cores and the memory that this process may use.

    Args:
        limits: The directory of the process's control group.
    """
    capacity = Amounts({CORES: _cores(limits), MEMORY: _memory(limits)})
    return Platform(name=_name(), pools=(Pool("machine", capacity),), granularity=_GRANULARITY)


def _name() -> str:
    """The host's name, without what cannot be in one."""
    name = "".join(sign for sign in socket.gethostname() if sign.isalnum() or sign in "-._")
    return name or "localhost"


def _cores(limits: Path) -> int:
    """Thousandths of a core: what the process is bound to, and what its group may use if that is less."""
    bound = len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1
    quota, _, period = _line(limits / "cpu.max").partition(" ")
    with suppress(ValueError, ZeroDivisionError):
        return max(1, min(bound * _CORE, int(Fraction(int(quota), int(period)) * _CORE)))
    return bound * _CORE


def _memory(limits: Path) -> int:
    """Bytes: what the machine has, and what the process's group may use if that is less."""
    total = _MEMORY
    with suppress(AttributeError, ValueError, OSError):
        total = os.sysconf("SC_PHYS_PAGES") * os.sysconf("SC_PAGE_SIZE")
    with suppress(ValueError):
        return min(total, int(_line(limits / "memory.max")))
    return total


def _line(path: Path) -> str:
    """The first line of a file; empty where there is none."""
    try:
        return path.read_text("ascii").partition("\n")[0]
    except (OSError, ValueError):
        return ""
