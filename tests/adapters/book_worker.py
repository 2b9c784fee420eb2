"""A process that works on a book as a client of it does; run by the tests of several processes.

    python book_worker.py BOOK SEED CALLS BEGUN

prints `ready`, waits for a line, makes so many calls (0: until it is killed), and writes what came of them to
`BOOK.SEED.json`. The clock of all workers started at the instant `BEGUN` of the system's monotonic clock, and a
second of theirs takes a few hundredths of one, so that offers expire while they work.
"""

from __future__ import annotations

import json
import random
import sys
import time
from itertools import count
from pathlib import Path
from typing import Final
from uuid import UUID

from execbroker.adapters.books.broker import BookBroker
from execbroker.adapters.books.sqlite import SqliteStore
from execbroker.core.amounts import CORES, MEMORY, Amounts
from execbroker.core.interfaces import Refused
from execbroker.core.platform import Platform, Pool
from execbroker.core.ranges import Range
from execbroker.core.task import Compute, Schedule, Task

__all__ = ["PLATFORM", "clock", "open_broker"]

HOUR: Final = 3600
#: Seconds of the workers' time in one of ours.
PACE: Final = 20
PLATFORM: Final = Platform(
    "here",
    (
        Pool("batch", Amounts({CORES: 64_000, MEMORY: 256 << 30})),
        Pool("nodes", Amounts({CORES: 16_000, MEMORY: 64 << 30}), nodes=3),
    ),
    horizon=48 * HOUR,
    offer_lifetime=20,
)


def clock(begun: float) -> int:
    """What the workers' clock says."""
    return int((time.monotonic() - begun) * PACE)


def open_broker(store: SqliteStore, seed: int) -> BookBroker:
    """A broker with the book; its identifiers are all different from those of other seeds."""
    numbers = count()
    return BookBroker([PLATFORM], store, lambda: str(UUID(int=seed << 64 | next(numbers))))


def a_task(draw: random.Random) -> Task:
    """A task for some cores and memory, for some hours of the next two days."""
    least = {CORES: draw.randrange(1, 8) * 1000, MEMORY: draw.randrange(1, 16) << 30}
    ranges = {name: Range(amount, 2 * amount) for name, amount in least.items()}
    hours = draw.randrange(1, 5)
    return Task(compute=(Compute(None, ranges),), schedule=Schedule(Range(hours * HOUR, (hours + 2) * HOUR)))


def one_call(broker: BookBroker, draw: random.Random, now: int, mine: list[str]) -> str:
    """Do one of the things that clients do; what became of it."""
    kind = draw.random()
    if kind < 0.4 or not mine:
        answer = broker.plan(a_task(draw), now)
        mine += [offer.identifier or "" for offer in answer.offers]
        return "YES" if answer.is_yes else "NO"
    offer = mine.pop(draw.randrange(len(mine)))
    try:
        if kind < 0.65:
            return broker.accept(offer, now).phase.value
        if kind < 0.9:
            return broker.reject(offer, now).phase.value
        return broker.session(offer, now).phase.value
    except Refused as refused:
        return refused.code


def main(path: str, seed: str, calls: str, begun: str) -> None:
    """Work."""
    broker, draw = open_broker(SqliteStore(path), int(seed)), random.Random(int(seed))
    sys.stdout.write("ready\n")
    sys.stdout.flush()
    sys.stdin.readline()
    mine: list[str] = []
    outcomes, waits = [], []
    for _ in range(int(calls)) if int(calls) else count():
        start = time.perf_counter()
        outcomes.append(one_call(broker, draw, clock(float(begun)), mine))
        waits.append(time.perf_counter() - start)
    Path(f"{path}.{seed}.json").write_text(json.dumps({"outcomes": outcomes, "waits": waits}), "utf-8")


if __name__ == "__main__":
    main(*sys.argv[1:])
