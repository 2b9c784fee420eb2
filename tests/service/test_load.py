"""Many clients at one process with a book in a file: no error, nothing booked twice, and figures.

For a minute in the profile `long`, for a twentieth of that otherwise.
"""

from __future__ import annotations

import random
import threading
import time
from collections import Counter
from pathlib import Path

import pytest
from attrs import define, field
from hypothesis import settings

from execbroker.adapters.books.sqlite import SqliteStore
from execbroker.core.lifecycle import Phase
from execbroker.core.session import Run
from execbroker.languages.text.reader import read
from tests.service.servers import Server, started

CLIENTS = 32
#: The cores of the examples' platform, in thousandths.
CORES = 64_000
LONG = settings.get_profile("long").max_examples
TASK = b"{compute-resources: {mincores: 1, maxcores: 24}, minduration: 2s, maxduration: 600s}"


def seconds() -> float:
    """How long the clients go on."""
    return 60 if settings().max_examples >= LONG else 3


@define
class Tally:
    """What the clients saw."""

    times: list[float] = field(factory=list)
    statuses: Counter[tuple[str, int]] = field(factory=Counter)
    faults: list[str] = field(factory=list)


@define
class Client:
    """Asks, and then accepts, rejects, cancels or looks."""

    server: Server
    who: str
    dice: random.Random
    tally: Tally

    def go_on(self, until: float) -> None:
        """Until the time is over, or something is wrong."""
        try:
            while time.monotonic() < until:
                self.once()
        except Exception as error:  # noqa: BLE001 (whatever it is, it is a fault of the server)
            self.tally.faults.append(f"{type(error).__name__}: {error}")

    def once(self) -> None:
        """A question, and what comes of it."""
        root = self.ask("POST", "/offers", TASK)
        offers = root.get("offers")
        if not isinstance(offers, list):
            return
        path = f"/sessions/{self.dice.choice(offers)['offer']}"  # type: ignore[index, call-overload]
        phase = self.dice.choice(["ACCEPTED", "ACCEPTED", "ACCEPTED", "REJECTED"])
        self.ask("POST", path, f"phase: {phase}".encode())
        self.ask("GET", path)
        if self.dice.random() < 0.1:
            self.ask("GET", "/sessions", query="?last=5")
        if self.dice.random() < 0.7:
            self.ask("POST", path, b"phase: CANCELLED")

    def ask(self, method: str, path: str, body: bytes = b"", query: str = "") -> dict[str, object]:
        """What is answered, and how long it took."""
        begun = time.perf_counter()
        answer = self.server.ask(method, path + query, body, who=self.who)
        self.tally.times.append(time.perf_counter() - begun)
        self.tally.statuses[path.split("/")[1], answer.status] += 1
        root = read(answer.body, "answer").unwrap().root
        assert isinstance(root, dict)
        return root


def most_taken(runs: list[Run]) -> int:
    """The most that several runs take at the same time, in thousandths of a core."""
    starts = {run.start for run in runs}
    return max((sum(r.amounts["cores"] for r in runs if r.start <= at < r.end) for at in starts), default=0)


def booked(book: Path) -> list[Run]:
    """The runs that a book has room taken for."""
    store = SqliteStore(book)
    with store.read() as page:
        sessions = [record.session for record in page.records()]
    store.close()
    over = (Phase.CANCELLED, Phase.COMPLETED, Phase.FAILED)
    return [each.run for each in sessions if each.run is not None and each.phase not in over]


def test_many_clients(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """None of them sees an error, and what is booked at any instant is never more than there is."""
    tally, lasting = Tally(), seconds()
    with started("wsgiref", tmp_path) as server:
        until = time.monotonic() + lasting
        clients = [
            Client(server, ["ann:apple", "bob:banana"][number % 2], random.Random(number), tally)
            for number in range(CLIENTS)
        ]
        threads = [threading.Thread(target=each.go_on, args=(until,)) for each in clients]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        assert server.process.poll() is None

    assert tally.faults == []
    assert {status for _, status in tally.statuses} <= {200, 409}
    assert tally.statuses["sessions", 200] > 0
    assert most_taken(booked(server.book)) <= CORES
    times = sorted(tally.times)
    with capsys.disabled():
        rate, p99 = len(times) / lasting, times[len(times) * 99 // 100]
        print(f"\n{CLIENTS} clients: {rate:.0f} requests/s, 99 % within {p99:.2f} s")  # noqa: T201
