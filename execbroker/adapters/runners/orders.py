"""What a supervisor is told: the command, its surroundings and its limits."""

from __future__ import annotations

import os
from collections.abc import Iterable, Mapping
from fractions import Fraction
from typing import Any, Final

from execbroker.adapters.runners.commands import read_command
from execbroker.adapters.runners.folders import Folder
from execbroker.adapters.runners.ledger import run_of
from execbroker.adapters.runners.staging import DATA, STORAGE
from execbroker.adapters.runners.supervisor import clock
from execbroker.core.amounts import CORES, MEMORY
from execbroker.core.session import Session

__all__ = ["least_used", "order_for"]

#: Where programs are looked for, and how text is written, unless the task says otherwise.
_SURROUNDINGS: Final = {"PATH": "/usr/local/bin:/usr/bin:/bin", "LANG": "C.UTF-8"}
#: One core, in thousandths.
_CORE: Final = 1000


def order_for(
    session: Session, folder: Folder, now: int, grace: float, others: Iterable[Mapping[str, Any]]
) -> dict[str, Any]:
    """The order for a session's command, to be started at once.

    Args:
        session: What was accepted.
        folder: The job's.
        now: The instant; the command may run from now to the end of its run.
        grace: Seconds between SIGTERM and SIGKILL.
        others: The orders of the commands that are running.

    Raises:
        Unreadable: The task has no command.
        OSError: The folder cannot be written.
    """
    run, command = run_of(session), read_command(session.task.executable)
    stdin = os.devnull
    if command.stdin is not None:
        path = folder.path / "stdin"
        path.write_bytes(command.stdin.encode())
        stdin = str(path)
    cores = run.amounts.get(CORES)
    return {
        "arguments": command.arguments,
        "environment": _environment(session, folder, command.environment),
        "folder": str(folder.path / "work"),
        "stdin": stdin,
        "stdout": str(folder.path / "stdout"),
        "stderr": str(folder.path / "stderr"),
        "cores": cores,
        "cpus": None if cores is None else least_used(cores, others),
        "memory": run.amounts.get(MEMORY),
        # On the clock that the supervisor reads: however long its own start takes, the end is the same.
        "until": clock() + run.end - now,
        "grace": grace,
    }


def least_used(cores: int, others: Iterable[Mapping[str, Any]]) -> list[int] | None:
    """As many CPUs as cores (in thousandths) need, those with the least to do first; None where none can be chosen.

    No more than there are, and not fewer than one.
    """
    if not hasattr(os, "sched_getaffinity"):
        return None
    used: dict[int, Fraction] = {}
    for order in others:
        cpus = order.get("cpus") or ()
        for cpu in cpus:
            used[cpu] = used.get(cpu, Fraction(0)) + Fraction(order["cores"], len(cpus))
    free = sorted(os.sched_getaffinity(0), key=lambda cpu: (used.get(cpu, 0), cpu))
    return sorted(free[: max(1, -(-cores // _CORE))])


def _environment(session: Session, folder: Folder, own: Mapping[str, str]) -> dict[str, str]:
    work = str(folder.path / "work")
    amounts = run_of(session).amounts
    offered = {
        "EXECBROKER_CORES": amounts.get(CORES) and f"{max(1, -(-amounts[CORES] // _CORE))}",
        "EXECBROKER_MEMORY": amounts.get(MEMORY) and f"{amounts[MEMORY]}",
    }
    return {
        **_SURROUNDINGS,
        **own,
        "HOME": work,
        "PWD": work,
        "TMPDIR": str(folder.path / "tmp"),
        "EXECBROKER_DATA": str(folder.path / DATA),
        "EXECBROKER_STORAGE": str(folder.path / STORAGE),
        "EXECBROKER_SESSION": session.identifier,
        **dict([folder.mark]),
        **{name: value for name, value in offered.items() if value},
    }
