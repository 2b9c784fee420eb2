"""The command line, from the first instruction to the last line."""

from __future__ import annotations

import json
import os
import random
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from functools import partial
from pathlib import Path
from typing import Final

from tests.bench.measure import Claim, side_by_side, spell, timed
from tests.bench.profiles import Profile, first_come_first_served

__all__ = ["start_up", "thousand_tasks"]

_ROOT: Final = Path(__file__).parents[2]
_GIB: Final = 1 << 30

#: What the installed command does.
_COMMAND: Final = "from execbroker.cli.main import main; main()"

#: What a command cannot do without that reads such files.
_LIBRARIES: Final = "import click, yaml, attrs, cattrs, dateutil.parser"

_EXAMPLE: Final = (
    "offers",
    "examples/tasks/proposal.yaml",
    "--platform",
    "examples/platforms/proposal.yaml",
    "--now",
    "2023-05-09T12:00:00Z",
)

#: The instant 0 of the profile, for files speak of no such distant past.
_MONDAY: Final = datetime(2023, 5, 8, tzinfo=UTC)

_TASKS: Final = 1_000
_BOOKINGS: Final = 1_000


def start_up() -> Iterator[Claim]:
    """Start: `execbroker offers` on the README's example, against loading the libraries it builds on."""
    command, libraries = side_by_side(
        partial(_python, _COMMAND, *_EXAMPLE), partial(_python, _LIBRARIES), 15, time.perf_counter
    )
    yield Claim(
        f"within 1.5 times `{_LIBRARIES}`",
        f"{command / libraries:.2f} times ({spell(command)}, the libraries {spell(libraries)})",
        command <= 1.5 * libraries,
    )


def thousand_tasks() -> Iterator[Claim]:
    """Batch: 1,000 tasks, half of them with maxima, against a platform with 1,000 bookings, in one call."""
    profile = first_come_first_served(70, steps=1_700)
    with tempfile.TemporaryDirectory() as folder:
        platform = Path(folder, "platform.yaml")
        platform.write_text(_platform(profile), "utf-8")
        draw = random.Random("a thousand tasks")
        tasks = [Path(folder, f"{number:04}.yaml") for number in range(_TASKS)]
        for number, path in enumerate(tasks):
            path.write_text(_task(draw, with_maxima=number % 2 == 0), "utf-8")
        output: list[str] = []
        arguments = ["--platform", platform, "--now", _instant(0), "--output", "json"]
        seconds = timed(lambda: output.append(_python(_COMMAND, "offers", *map(str, [*tasks, *arguments]))))
    answers = [json.loads(line) for line in output[0].splitlines()]
    offers = sum(len(answer.get("offers", ())) for answer in answers)
    yield Claim(
        "every task has its answer",
        f"{len(answers):,} answers, {offers:,} offers",
        len(answers) == _TASKS,
        is_exact=True,
    )
    yield Claim(
        f"{_TASKS:,} tasks against {_BOOKINGS:,} bookings in under 10 s",
        f"{spell(seconds)}, {spell(seconds / _TASKS)} a task",
        seconds < 10,
    )


def _python(code: str, *arguments: str) -> str:
    """What a fresh interpreter prints that runs this code; the exit codes 0 and 1 are both answers."""
    done = subprocess.run(
        [sys.executable, "-c", code, *arguments],
        cwd=_ROOT,
        env={**os.environ, "COLUMNS": "80"},
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
        check=False,
    )
    if done.returncode not in (0, 1):
        raise RuntimeError(done.stderr)
    return done.stdout


def _platform(profile: Profile) -> str:
    lines = ["platform: busy", "pools:", "  - {name: pool, cores: 1024, memory: 4T}", "bookings:"]
    lines += [
        f"  - {{pool: pool, start: {_instant(job.start)}, end: {_instant(job.end)},"
        f" cores: {job.cores // 1000}, memory: {job.memory // _GIB}G}}"
        for job in profile.jobs[:_BOOKINGS]
    ]
    return "\n".join(lines) + "\n"


def _task(draw: random.Random, *, with_maxima: bool) -> str:
    cores, memory, hours = draw.randint(1, 700), draw.randint(1, 2_800), draw.randint(1, 24)
    lines = ["task:", "  compute-resources:", f"    mincores: {cores}", f"    minmemory: {memory}G"]
    if with_maxima:
        lines += [
            f"    maxcores: {cores + draw.randint(1, 300)}",
            f"    maxmemory: {memory + draw.randint(1, 1_000)}G",
        ]
    lines += [f"  minduration: {hours}h", f"  maxduration: {hours + draw.randint(1, 48)}h"]
    return "\n".join(lines) + "\n"


def _instant(seconds: int) -> str:
    return (_MONDAY + timedelta(seconds=seconds)).strftime("%Y-%m-%dT%H:%M:%SZ")
