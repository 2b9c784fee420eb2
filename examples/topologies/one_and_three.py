"""One planner in front of three runners: it knows three platforms, and each offer says which runner it is for.

Run it from anywhere: `python examples/topologies/one_and_three.py`.
"""

from secrets import token_hex

from execbroker import Amounts, Platform, Pool, Range, Task
from execbroker.adapters.books.broker import BookBroker
from execbroker.adapters.books.memory import MemoryStore
from execbroker.adapters.runners.virtual import VirtualRunner
from execbroker.core.instants import parse_instant
from execbroker.core.task import Compute, Schedule

now = parse_instant("2023-05-09T12:00:00Z")
compute = (Compute("main", {"cores": Range(4_000), "gpus": Range(0, 2)}),)
task = Task(name="training", compute=compute, schedule=Schedule(Range(3600)))

platforms = [
    Platform(
        "edinburgh", (Pool("batch", Amounts({"cores": 64_000})),), runner="https://edinburgh.example.org"
    ),
    Platform(
        "groningen",
        (Pool("batch", Amounts({"cores": 16_000, "gpus": 2})),),
        runner="https://groningen.example.org",
    ),
    Platform(
        "cape-town", (Pool("batch", Amounts({"cores": 2_000})),), runner="https://cape-town.example.org"
    ),
]
broker = BookBroker(platforms, MemoryStore(), identifiers=lambda: token_hex(16))
runners = {platform.runner: VirtualRunner(broker, name=platform.runner) for platform in platforms}

# Neither of two offers beats the other, one has more cores and one has gpus; the third platform is too small.
answer = broker.plan(task, now)
for offer in answer.offers:
    print(offer.platform, dict(offer.amounts))

offer = next(offer for offer in answer.offers if offer.amounts["gpus"])
assert offer.identifier is not None
session = broker.accept(offer.identifier, now, duration=3600)
runner = runners[offer.runner]
runner.run(session, now)
while (instant := runner.due()) is not None:
    job = runner.job(session.identifier, instant)
print(offer.platform, job.phase.value)
