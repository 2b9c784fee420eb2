"""One planner and one runner: ask, accept, run. The clock is a virtual one, so that an hour passes at once.

Run it from anywhere: `python examples/topologies/one_and_one.py`.
"""

from secrets import token_hex

from execbroker import Amounts, Platform, Pool, Range, Task
from execbroker.adapters.books.broker import BookBroker
from execbroker.adapters.books.memory import MemoryStore
from execbroker.adapters.runners.virtual import VirtualRunner
from execbroker.core.instants import format_instant, parse_instant
from execbroker.core.task import Compute

now = parse_instant("2023-05-09T12:00:00Z")
task = Task(name="fringe fit", compute=(Compute("main", {"cores": Range(4_000, 8_000)}),))

# The planner holds what it offers in a book, and the runner looks up in the same book what was accepted.
endpoint = "https://runner.example.org/jobs"
platform = Platform("edinburgh", (Pool("batch", Amounts({"cores": 64_000})),), runner=endpoint)
broker = BookBroker([platform], MemoryStore(), identifiers=lambda: token_hex(16))
runner = VirtualRunner(broker, name=endpoint)

offer = broker.plan(task, now).offers[0]
assert offer.identifier is not None
session = broker.accept(offer.identifier, now, duration=3600)
runner.run(session, now)

while (instant := runner.due()) is not None:
    job = runner.job(session.identifier, instant)
for passage in job.session.history:
    print(format_instant(passage.instant), passage.phase.value)
