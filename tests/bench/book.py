"""Books: what holding costs, how it grows with what is booked, and how many calls several processes get through."""

from __future__ import annotations

import json
import os
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from functools import partial
from itertools import count
from pathlib import Path
from random import Random
from typing import Final

from attrs import evolve

import execbroker
from execbroker.adapters.books.broker import BookBroker
from execbroker.adapters.books.memory import MemoryStore
from execbroker.adapters.books.sqlite import SqliteStore
from execbroker.adapters.books.store import Store
from execbroker.core.amounts import CORES, MEMORY, Amounts
from execbroker.core.planner import PlatformPlanner, plan
from execbroker.core.platform import Booking, Platform, Pool
from execbroker.core.ranges import Range
from execbroker.core.spans import Span
from execbroker.core.task import Compute, Schedule, Task
from tests.bench.measure import Claim, clocked, spell, undisturbed
from tests.bench.profiles import CAPACITY, DAY, Job, first_come_first_served

__all__ = ["books", "eight_processes"]

_LIVE: Final = 1_000
_MANY: Final = 100_000
_TASKS: Final = 40
_PROCESSES: Final = 8
_CALLS: Final = 500


def books() -> Iterator[Claim]:
    """Books: holding what is offered against planning it, in memory and in a file, with up to 100,000 bookings."""
    inside = [_booking(job) for job in first_come_first_served(70, steps=1_600).jobs[:_LIVE]]
    end = max(booking.span.end for booking in inside)
    draw = Random("elsewhere")
    elsewhere = [
        evolve(each, span=Span(each.span.start + later, each.span.end + later))
        for each in draw.choices(inside, k=_MANY - _LIVE)
        for later in [draw.choice([-1, 1]) * draw.randrange(end // DAY + 2, 1000) * DAY]
    ]
    platform = Platform("here", (Pool("pool", CAPACITY),), horizon=5000 * DAY)
    tasks = _feasible(evolve(platform, bookings=tuple(inside)), end)
    busy = evolve(platform, bookings=tuple(inside))
    planner = PlatformPlanner(busy)
    prepared = _median(lambda task: planner.plan(task, 0), tasks)
    plain = _median(lambda task: plan(task, [busy], 0), tasks)
    with tempfile.TemporaryDirectory() as folder:
        few = _median_with(MemoryStore(), platform, inside, tasks)
        many = _median_with(MemoryStore(), platform, inside + elsewhere, tasks)
        filed = _median_with(SqliteStore(Path(folder, "few")), platform, inside, tasks)
        filed_many = _median_with(SqliteStore(Path(folder, "many")), platform, inside + elsewhere, tasks)
        commit = _commit(SqliteStore(Path(folder, "commit")))
    yield Claim(
        f"holding in memory costs no more than planning among {_LIVE:,} bookings",
        f"{spell(few)} with holding, {spell(plain)} to read the bookings and plan, {spell(prepared)} to plan alone",
        few <= 2 * plain,
    )
    yield Claim(
        "in a file it costs a commit more, and to read the bookings from there",
        f"{spell(filed)}, a commit {spell(commit)}",
        filed <= 3 * plain + 2 * commit,
    )
    for where, one, other in (("memory", few, many), ("a file", filed, filed_many)):
        yield Claim(
            f"with {_MANY:,} live bookings in {where}, a plan takes at most twice what it takes with {_LIVE:,}",
            f"{spell(other)} against {spell(one)}",
            other <= 2 * one,
        )


def eight_processes() -> Iterator[Claim]:
    """Processes: eight of them plan, accept, reject and look on one book in a file."""
    worker = Path(__file__).parents[1] / "adapters" / "book_worker.py"
    with tempfile.TemporaryDirectory() as folder:
        begun = time.monotonic()
        processes = [
            subprocess.Popen(
                [sys.executable, worker, Path(folder, "book"), str(seed), str(_CALLS), str(begun)],
                env={**os.environ, "PYTHONPATH": str(Path(execbroker.__path__[0]).parent)},
                stdin=subprocess.PIPE,
                stdout=subprocess.PIPE,
                text=True,
            )
            for seed in range(_PROCESSES)
        ]
        for process in processes:
            assert process.stdout is not None
            process.stdout.readline()
        start = time.perf_counter()
        for process in processes:
            assert process.stdin is not None
            process.stdin.write("\n")
            process.stdin.flush()
        for process in processes:
            process.communicate()
        seconds = time.perf_counter() - start
        results = [json.loads(path.read_text("utf-8")) for path in Path(folder).glob("*.json")]
    waits = sorted(wait for result in results for wait in result["waits"])
    yield Claim("no call is lost", f"{len(waits):,} calls", len(waits) == _PROCESSES * _CALLS, is_exact=True)
    yield Claim(
        "99 of 100 calls within 200 ms, and none over 1 s",
        f"{len(waits) / seconds:,.0f} calls a second, 99 of 100 within "
        f"{spell(waits[len(waits) * 99 // 100])}, the longest {spell(waits[-1])}",
        waits[len(waits) * 99 // 100] < 0.2 and waits[-1] < 1,
    )


def _booking(job: Job) -> Booking:
    return Booking("pool", Span(job.start, job.end), Amounts({CORES: job.cores, MEMORY: job.memory}))


def _feasible(platform: Platform, end: int) -> list[Task]:
    """Tasks for which there is something among what is booked: a NO costs what it takes to say why."""
    draw, planner = Random("tasks"), PlatformPlanner(platform)
    tasks: list[Task] = []
    while len(tasks) < _TASKS:
        ranges = {CORES: Range(draw.randint(1, 400) * 1000), MEMORY: Range(draw.randint(1, 1600) << 30)}
        schedule = Schedule(Range(draw.randint(1, 24) * 3600), end=end)
        task = Task(compute=(Compute(None, ranges),), schedule=schedule)
        if planner.offered(task, 0):
            tasks.append(task)
    return tasks


def _median(run: Callable[[Task], object], tasks: list[Task]) -> float:
    with undisturbed():
        return statistics.median(clocked(partial(run, task), time.process_time) for task in tasks)


def _median_with(store: Store, platform: Platform, bookings: list[Booking], tasks: list[Task]) -> float:
    """What a plan takes with a book in which something is booked; each time it is let go again."""
    with store.write() as page:
        page.add("others", platform.name, bookings)
    numbers = count()
    broker = BookBroker([platform], store, lambda: f"id{next(numbers)}")
    times = []
    with undisturbed():
        for task in tasks:
            start = time.process_time()
            answer = broker.plan(task, 0)
            times.append(time.process_time() - start)
            for offer in answer.offers:
                broker.reject(offer.identifier or "", 0)
    store.close()
    return statistics.median(times)


def _commit(store: Store) -> float:
    """What it takes to write nothing but the time."""
    times = []
    for now in range(1, 200):
        start = time.process_time()
        with store.write() as page:
            page.see(now)
        times.append(time.process_time() - start)
    store.close()
    return statistics.median(times)
