"""From a task to its output, in one process: this machine offers, the book holds, the runner runs.

Run it from anywhere: `python examples/run_locally.py`.
"""

import secrets
import sys
import tempfile
import time
from pathlib import Path

from attrs import evolve

from execbroker.adapters.books.broker import BookBroker
from execbroker.adapters.books.memory import MemoryStore
from execbroker.adapters.machine import this_machine
from execbroker.adapters.runners.local import LocalRunner
from execbroker.core.lifecycle import FINAL
from execbroker.languages import read_task

TASK = b"""
executable:
  type: command
  command: [sh, -c, 'echo "$GREETING from $EXECBROKER_CORES core"']
  environment: {GREETING: hello}
compute-resources: {cores: 1, memory: 64M}
duration: 1 min
"""


def now() -> int:
    """The library reads no clock, so here is one."""
    return int(time.time())


# Starts on whole seconds, so that nobody has to wait for the next minute.
machine = evolve(this_machine(), granularity=1)
broker = BookBroker([machine], MemoryStore(), lambda: secrets.token_hex(8))
answer = broker.plan(read_task(TASK).unwrap(), now())
if not answer.is_yes:
    sys.exit(f"not now: {answer.reasons[0].message}")
session = broker.accept(answer.offers[0].identifier or "", now())

with tempfile.TemporaryDirectory() as folder:
    # A runner with the same folder would find its jobs again, had this one been killed in between.
    runner = LocalRunner(broker, Path(folder))
    job = runner.run(session, now())
    while job.phase not in FINAL:
        runner.wait(job.identifier, 0.1)
        runner.poll(now())
        job = runner.job(job.identifier, now())
    print(Path(job.folder or "", "stdout").read_text("utf-8"), end="")
    print(" => ".join(passage.phase.value for passage in job.session.history))
    runner.close()
