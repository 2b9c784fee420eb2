"""A small platform, tasks for it, and a way to run the program inside the test."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import NamedTuple

import pytest

from execbroker.cli.main import run

PLATFORM = """\
platform: edinburgh
pools:
  - {name: batch, cores: 8, memory: 32G}
bookings:
  - {pool: batch, start: 2023-05-10T12:00Z, end: 2023-05-10T16:00Z, cores: 6, memory: 8G}
closures:
  - {start: 2023-05-10T18:00Z, end: 2023-05-10T19:00Z}
"""

TASK = """\
compute-resources: {mincores: 2, maxcores: 4, minmemory: 4G}
minduration: 1h
maxduration: 3h
daterange: {minstartdate: 2023-05-10 10:00, maxenddate: 2023-05-10 20:00}
"""

NOW = "2023-05-09T12:00:00Z"


class Run(NamedTuple):
    """How a run of the program came out."""

    status: int
    output: str
    errors: str


@pytest.fixture
def here(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A working directory with a platform, a task that fits, one that does not, and one that is wrong."""
    monkeypatch.chdir(tmp_path)
    files = {
        "platform.yaml": PLATFORM,
        "fits.yaml": TASK,
        "huge.yaml": TASK.replace("mincores: 2, maxcores: 4", "mincores: 16"),
        "wrong.yaml": TASK.replace("minmemory", "minmemroy"),
        "foreign.yaml": "lang: KLINGON-1\ntask: {}\n",
    }
    for name, text in files.items():
        (tmp_path / name).write_text(text, encoding="utf-8")
    return tmp_path


@pytest.fixture
def execbroker(capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch) -> Callable[..., Run]:
    """Run the program with some arguments, in an environment that asks for nothing special."""
    for name in ("NO_COLOR", "FORCE_COLOR", "EXECBROKER_DEBUG", "_EXECBROKER_COMPLETE"):
        monkeypatch.delenv(name, raising=False)

    def call(*arguments: str) -> Run:
        capsys.readouterr()
        status = run(arguments)
        return Run(status, *capsys.readouterr())

    return call


@pytest.fixture
def ask(execbroker: Callable[..., Run]) -> Callable[..., Run]:
    """Run `execbroker offers` on the small platform, at a fixed instant."""

    def call(*arguments: str) -> Run:
        return execbroker("offers", *arguments, "--platform", "platform.yaml", "--now", NOW)

    return call
