"""Several processes on one book, and processes that die."""

from __future__ import annotations

import json
import os
import signal
import sqlite3
import subprocess
import sys
import time
from collections import Counter
from collections.abc import Iterable
from pathlib import Path
from random import Random
from typing import Final

import pytest
from hypothesis import settings

import execbroker
from execbroker.adapters.books.broker import BookBroker
from execbroker.adapters.books.sqlite import SqliteStore
from execbroker.adapters.books.store import Page
from execbroker.core.holds import Placed, layers, taken_by
from execbroker.core.lifecycle import ACTIVE, Phase
from execbroker.core.platform import Booking
from execbroker.core.spans import Span
from tests.adapters import book_worker
from tests.adapters.book_worker import PLATFORM, clock, open_broker

#: Before a release, twenty times as much is tried.
IS_LONG: Final = settings().max_examples >= 10_000
PROCESSES: Final = 8
CALLS: Final = 2_000 if IS_LONG else 100
KILLS: Final = 200 if IS_LONG else 10
EVER: Final = Span(-(10**9), 10**9)


def worker(book: Path, seed: int, calls: int, begun: float) -> subprocess.Popen[str]:
    """A process that waits for a line."""
    assert book_worker.__file__ is not None
    process = subprocess.Popen(
        [sys.executable, "-W", "error", book_worker.__file__, book, str(seed), str(calls), str(begun)],
        env={**os.environ, "PYTHONPATH": str(Path(execbroker.__path__[0]).parent)},
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
    )
    assert process.stdout is not None
    assert process.stdout.readline() == "ready\n"
    return process


def go(process: subprocess.Popen[str]) -> None:
    """Let a worker begin."""
    assert process.stdin is not None
    process.stdin.write("\n")
    process.stdin.flush()


def overbooked(entries: Iterable[Booking]) -> list[str]:
    """Where more is taken than there is."""
    changes: dict[tuple[str, int | None], list[tuple[int, int, str]]] = {}
    for pool, span, amounts, node in ((e.pool, e.span, e.amounts, e.node) for e in entries):
        for name, amount in amounts.items():
            changes.setdefault((pool, node), []).extend(
                [(span.start, amount, name), (span.end, -amount, name)]
            )
    wrong = []
    for (pool, node), steps in changes.items():
        capacity = next(each.capacity for each in PLATFORM.pools if each.name == pool)
        taken: Counter[str] = Counter()
        for instant, amount, name in sorted(steps):
            taken[name] += amount
            if taken[name] > capacity[name]:
                wrong.append(f"{taken[name]} {name} at {instant} in {pool} {node}")
    return wrong


def expected(page: Page) -> list[Booking]:
    """What must be taken, by the records: the runs of accepted sessions, and what open offers hold."""
    entries, groups = [], {record.group for record in page.records()}
    for record in page.records():
        session = record.session
        if session.phase in ACTIVE:
            assert session.run is not None
            parts = taken_by(session.offer, PLATFORM, session.run)
            entries += [Booking(session.offer.pool, *part, session.run.node) for part in parts]
    for group in groups:
        placed = [
            Placed(record.session.offer, record.node, record.deadline)
            for record in page.group(group)
            if record.session.phase is Phase.OFFERED
        ]
        # Of offers that have expired, though nobody has looked since, nothing counts any more.
        entries += [layer.booking for layer in layers(placed, PLATFORM) if layer.until > page.now]
    return entries


def level(entries: Iterable[Booking]) -> dict[tuple[str, int | None, int, str], int]:
    """What is taken more or less from each instant on: equal for entries that take the same."""
    changes: Counter[tuple[str, int | None, int, str]] = Counter()
    for entry in entries:
        for name, amount in entry.amounts.items():
            changes[entry.pool, entry.node, entry.span.start, name] += amount
            changes[entry.pool, entry.node, entry.span.end, name] -= amount
    return {key: change for key, change in changes.items() if change}


def check(book: Path) -> None:
    """The file is whole, what is taken is what the records say, and nothing is taken twice."""
    connection = sqlite3.connect(book)
    assert connection.execute("pragma integrity_check").fetchall() == [("ok",)]
    connection.close()
    store = SqliteStore(book)
    with store.read() as page:
        entries = page.entries("here", EVER)
        assert overbooked(entries) == []
        assert level(entries) == level(expected(page))
        assert all(
            record.deadline > page.now for record in page.records() if record.session.phase is Phase.OFFERED
        )
    store.close()


def test_eight_processes(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """Nothing is ever overbooked, no call is lost, and nobody waits long."""
    is_idle = os.getloadavg()[0] < 0.5 * (os.cpu_count() or 1)
    book, begun = tmp_path / "book", time.monotonic()
    store = SqliteStore(book)
    processes = [worker(book, seed, CALLS, begun) for seed in range(PROCESSES)]
    start = time.perf_counter()
    for process in processes:
        go(process)
    looks = 0
    while any(process.poll() is None for process in processes):
        with store.read() as page:
            assert overbooked(page.entries("here", EVER)) == []
        looks += 1
        time.sleep(0.05)
    seconds = time.perf_counter() - start
    for process in processes:
        process.communicate()

    assert [process.returncode for process in processes] == [0] * PROCESSES
    results = [json.loads(Path(f"{book}.{seed}.json").read_text("utf-8")) for seed in range(PROCESSES)]
    assert [len(result["outcomes"]) for result in results] == [CALLS] * PROCESSES
    outcomes = Counter(outcome for result in results for outcome in result["outcomes"])
    with store.read() as page:
        phases = Counter(record.session.phase for record in page.records())
        planned = {record.group for record in page.records()}
    assert len(planned) == outcomes["YES"]
    assert phases[Phase.ACCEPTED] == outcomes["ACCEPTED"] > 0
    store.close()
    check(book)
    waits = sorted(wait for result in results for wait in result["waits"])
    longest, most = waits[-1], waits[len(waits) * 99 // 100]
    with capsys.disabled():
        sys.stdout.write(
            f"\n{len(waits):,} calls by {PROCESSES} processes, {len(waits) / seconds:,.0f} a second; "
            f"99 of 100 within {most * 1000:.0f} ms, the longest {longest * 1000:.0f} ms; "
            f"{looks} looks meanwhile; {dict(outcomes)}\n"
        )
    # A queue that isn't fair lets somebody wait for half a minute; a machine that others use, for much less.
    assert longest < 10
    if IS_LONG and is_idle:
        assert longest < 1
        assert most < 0.2


def test_killed_at_any_moment(tmp_path: Path) -> None:
    """Whenever a process dies, the book is whole, others go on at once, and nothing is held past its expiry."""
    book, begun, draw = tmp_path / "book", time.monotonic(), Random("killed")
    SqliteStore(book).close()
    for number in range(KILLS):
        process = worker(book, number + 1, 0, begun)
        go(process)
        time.sleep(draw.uniform(0, 0.1))
        process.send_signal(signal.SIGKILL)
        process.communicate()
        check(book)
        assert process.returncode == -signal.SIGKILL
        start = time.perf_counter()
        store = SqliteStore(book)
        open_broker(store, 1000 + number).sessions(clock(begun) + 1)
        assert time.perf_counter() - start < 5
        store.close()
        check(book)
    store = SqliteStore(book)
    let_all_expire(open_broker(store, 1000 + KILLS))
    with store.read() as page:
        standing = [record for record in page.records() if record.session.phase in ACTIVE]
        assert all(record.session.phase is not Phase.OFFERED for record in page.records())
        assert len(page.entries("here", EVER)) == len(standing)
    store.close()


def let_all_expire(broker: BookBroker) -> None:
    """Let time pass until no offer is open."""
    newest = broker.sessions(0, 1)
    broker.sessions(max((each.offer.expires for each in newest), default=0) + 10**6)
