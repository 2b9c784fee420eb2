"""The machine that the tests run on, as a platform."""

from __future__ import annotations

import os
import socket
from pathlib import Path

import pytest

from execbroker.adapters.machine import this_machine
from execbroker.core.planner import plan
from execbroker.core.task import Task


def test_it_is_all_free(tmp_path: Path) -> None:
    """It has one pool with cores and memory, of which nothing is booked."""
    machine = this_machine(tmp_path)
    (pool,) = machine.pools
    assert pool.capacity["cores"] % 1000 == 0
    assert 1000 <= pool.capacity["cores"] <= 1000 * (os.cpu_count() or 1)
    assert pool.capacity["memory"] >= 2**20
    assert (machine.bookings, machine.closures) == ((), ())


def test_it_runs_anything() -> None:
    """A task that asks for nothing can be run here at once."""
    answer = plan(Task(), [this_machine()], now=1_700_000_007)
    assert answer.offers[0].minstart == 1_700_000_007


@pytest.mark.parametrize(
    ("quota", "cores"),
    [("50000 100000", 500), ("150 100000", 1), ("max 100000", None), ("0 0", None), ("nonsense", None)],
)
def test_quota(tmp_path: Path, quota: str, cores: int | None) -> None:
    """A control group's share of the cores counts where it is less; what cannot be understood does not."""
    (tmp_path / "cpu.max").write_text(f"{quota}\n", encoding="ascii")
    expected = cores or this_machine(tmp_path / "elsewhere").pools[0].capacity["cores"]
    assert this_machine(tmp_path).pools[0].capacity["cores"] == expected


@pytest.mark.parametrize(("limit", "memory"), [("1048576", 2**20), ("max", None), (str(2**62), None)])
def test_memory_limit(tmp_path: Path, limit: str, memory: int | None) -> None:
    """A control group's limit on memory counts where it is less."""
    (tmp_path / "memory.max").write_text(f"{limit}\n", encoding="ascii")
    expected = memory or this_machine(tmp_path / "elsewhere").pools[0].capacity["memory"]
    assert this_machine(tmp_path).pools[0].capacity["memory"] == expected


@pytest.mark.parametrize(
    ("host", "name"),
    [("node-3.example.org", "node-3.example.org"), ("a\x1b[2J b", "a2Jb"), ("", "localhost")],
)
def test_name(monkeypatch: pytest.MonkeyPatch, host: str, name: str) -> None:
    """It is called as its host is, without what cannot be in a name."""
    monkeypatch.setattr(socket, "gethostname", lambda: host)
    assert this_machine().name == name


@pytest.mark.parametrize("missing", ["sched_getaffinity", "sysconf"])
def test_other_systems(monkeypatch: pytest.MonkeyPatch, tmp_path: Path, missing: str) -> None:
    """Where the system does not tell, something sensible is assumed."""
    monkeypatch.delattr(os, missing, raising=False)
    capacity = this_machine(tmp_path).pools[0].capacity
    assert capacity["cores"] >= 1000
    assert capacity["memory"] >= 2**20
