"""Three planners and three runners: a federation asks all, and tells the client how near each is to the data.

Run it from anywhere: `python examples/topologies/three_and_three.py`.
"""

from secrets import token_hex

from execbroker import Amounts, Platform, Pool, Range, Task
from execbroker.adapters.books.broker import BookBroker
from execbroker.adapters.books.memory import MemoryStore
from execbroker.adapters.federation import Federation, Member, Mode
from execbroker.adapters.runners.virtual import VirtualRunner
from execbroker.core.instants import parse_instant
from execbroker.core.platform import Transfer
from execbroker.core.proximity import StagingTime
from execbroker.core.task import Compute, Data, Schedule

now = parse_instant("2023-05-09T12:00:00Z")
scan = Data("https://data.example.org/scan42.uvfits", size=360 * 2**30)
task = Task(compute=(Compute("main", {"cores": Range(4_000)}),), data=(scan,), schedule=Schedule(Range(3600)))


def place(name: str, cores: int, rate: int) -> Platform:
    """A platform with a runner of its own, and a line to the data, of so many bytes a second."""
    line = Transfer("*", rate)
    runner = f"https://{name}.example.org"
    return Platform(name, (Pool("batch", Amounts({"cores": cores})),), runner=runner, transfers=(line,))


# Each has a planner with a book of its own, and a runner that looks there. They know nothing of each other.
platforms = [
    place("edinburgh", 64_000, 2**27),
    place("groningen", 16_000, 2**29),
    place("cape-town", 8_000, 2**26),
]
brokers = {
    platform.name: BookBroker([platform], MemoryStore(), identifiers=lambda: token_hex(16))
    for platform in platforms
}
runners = {
    platform.runner: VirtualRunner(brokers[platform.name], name=platform.runner) for platform in platforms
}
members = {platform.name: Member(brokers[platform.name], StagingTime(platform)) for platform in platforms}

# Told how many seconds away the data are, the client chooses. Cape Town is beaten in everything.
told = Federation(members, timeout=10).plan(task, now)
for offer in told.offers:
    print(offer.platform, offer.amounts["cores"] // 1000, "cores,", offer.proximity, "seconds from the data")

# Or the federation chooses, and asks nobody but the nearest that can take it.
federation = Federation(members, timeout=10, mode=Mode.CHOOSE)
(offer,) = federation.plan(task, now).offers
assert offer.identifier is not None
session = federation.accept(offer.identifier, now, duration=3600)
runner = runners[offer.runner]
runner.run(session, now)
while (instant := runner.due()) is not None:
    job = runner.job(session.identifier, instant)
print("run in", offer.platform, "until it was", job.phase.value)
