"""Runners and a broker with a book: what runs is what was accepted, and what is over is free again."""

from __future__ import annotations

import os
import subprocess
import sys
from itertools import count
from pathlib import Path

import pytest

import execbroker
from execbroker.adapters.books.broker import BookBroker
from execbroker.adapters.books.memory import MemoryStore
from execbroker.adapters.runners.local import LocalRunner
from execbroker.adapters.runners.virtual import Script, VirtualRunner
from execbroker.core.amounts import Amounts
from execbroker.core.interfaces import Refused, Runner
from execbroker.core.lifecycle import FINAL, Phase
from execbroker.core.platform import Platform, Pool
from execbroker.core.ranges import Range
from execbroker.core.session import Session
from execbroker.core.task import Compute, Executable, Schedule, Task

NOW = 1_000_000
EXAMPLES = Path(__file__).parent.parent.parent / "examples"

POOL = Pool("pool", Amounts({"cores": 2000, "memory": 2**30}))
#: A task that takes the whole pool for a minute.
TASK = Task(
    executable=Executable("command", {"command": ["sleep", "60"]}),
    compute=(Compute(ranges={"cores": Range(2000), "memory": Range(2**30)}),),
    schedule=Schedule(duration=Range(60, 60), latest=NOW),
)


def broker() -> BookBroker:
    """A broker of one pool."""
    numbers = count()
    platform = Platform("here", (POOL,), granularity=1)
    return BookBroker([platform], MemoryStore(), lambda: f"session-{next(numbers)}")


def accepted(broker: BookBroker) -> Session:
    """A session that has the whole pool."""
    (offer,) = broker.plan(TASK, NOW).offers
    return broker.accept(offer.identifier or "", NOW)


def test_what_is_over_is_free(tmp_path: Path) -> None:
    """While a job runs its room is taken; when it is aborted, or has failed, that is free at once."""
    ledger = broker()
    runners: list[Runner] = [
        LocalRunner(ledger, tmp_path),
        VirtualRunner(ledger, script=lambda _: Script(fails=Phase.PREPARING)),
    ]
    for runner in runners:
        session = accepted(ledger)
        assert not ledger.plan(TASK, NOW).is_yes
        runner.run(session, NOW)
        job = runner.abort(session.identifier, NOW)
        assert job.phase in (Phase.CANCELLED, Phase.FAILED)
        (offer,) = ledger.plan(TASK, NOW).offers
        ledger.reject(offer.identifier or "", NOW)


def test_cancelled_at_the_broker(tmp_path: Path) -> None:
    """What is given up at the broker is not started."""
    ledger = broker()
    runner = LocalRunner(ledger, tmp_path)
    session = accepted(ledger)
    ledger.cancel(session.identifier, NOW)
    with pytest.raises(Refused):
        runner.run(session, NOW)
    again = accepted(ledger)
    assert runner.run(again, NOW).phase is Phase.RUNNING
    ledger.cancel(again.identifier, NOW)
    runner.poll(NOW)
    assert runner.wait(again.identifier, 60)
    runner.poll(NOW)
    assert runner.job(again.identifier, NOW).phase in FINAL


def test_example() -> None:
    """The example runs, from the task to its output."""
    done = subprocess.run(
        [sys.executable, "-W", "error", str(EXAMPLES / "run_locally.py")],
        env={**os.environ, "PYTHONPATH": str(Path(execbroker.__path__[0]).parent)},
        capture_output=True,
        text=True,
        check=False,
    )

    assert done.stderr == ""
    assert done.stdout.splitlines() == [
        "hello from 1 core",
        "OFFERED => ACCEPTED => WAITING => PREPARING => AVAILABLE => RUNNING => RELEASING => COMPLETED",
    ]
