"""Judging answers from outside, by lines."""

from __future__ import annotations

import json
import os
import random
import subprocess
import sys
import time
from collections import Counter
from collections.abc import Iterable, Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Final

from execbroker.core.instants import parse_instant
from execbroker.core.planner import PlatformPlanner
from execbroker.languages import read_platform, read_task, write_answer
from execbroker.languages.text.documents import Node
from execbroker.languages.text.writer import to_json
from execbroker.testing.corpus import Case, Kind, cases
from execbroker.testing.rules import SOUNDNESS
from tests.bench.measure import Claim, spell
from tests.bench.profiles import first_come_first_served

__all__ = ["judged_answers"]

_ROOT: Final = Path(__file__).parents[2]
_ANSWERS: Final = 10_000
_BUSY: Final = 1_000
_GIB: Final = 1 << 30
_MONDAY: Final = datetime(2023, 5, 8, tzinfo=UTC)
#: Seconds that either may take.
_LIMIT: Final = 60


def judged_answers() -> Iterator[Claim]:
    """Judge: `execbroker judge --stdio`, by all rules on small worlds, by those of soundness on a busy platform."""
    lines, expected = _small_worlds()
    seconds, verdicts = _judged(lines)
    yield Claim("each verdict is as it should be", f"{dict(verdicts)}", verdicts == expected, is_exact=True)
    yield Claim(
        f"{_ANSWERS:,} answers on worlds of the corpus, by all rules, in under {_LIMIT} s",
        f"{spell(seconds)}, {spell(seconds / _ANSWERS)} each",
        seconds < _LIMIT,
    )
    busy = [*_busy_platform()]
    names = ",".join(rule.name for rule in SOUNDNESS)
    seconds, verdicts = _judged(busy, "--rules", names)
    yield Claim(
        "what the planner answers is sound",
        f"{dict(verdicts)}",
        verdicts == Counter(sound=_BUSY),
        is_exact=True,
    )
    yield Claim(
        f"{_BUSY:,} answers on a platform with 1,000 bookings, by the rules of soundness, in under {_LIMIT} s",
        f"{spell(seconds)}, {spell(seconds / _BUSY)} each",
        seconds < _LIMIT,
    )


def _judged(lines: Iterable[str], *options: str) -> tuple[float, Counter[str]]:
    """How long a process takes for some lines, and how many verdicts there are of each kind."""
    source = "".join(f"{line}\n" for line in lines).encode()
    begun = time.perf_counter()
    done = subprocess.run(
        [sys.executable, "-m", "execbroker", "judge", "--stdio", *options],
        cwd=_ROOT,
        env={**os.environ, "PYTHONHASHSEED": "0"},
        input=source,
        capture_output=True,
        check=False,
    )
    seconds = time.perf_counter() - begun
    if done.stderr:
        raise RuntimeError(done.stderr.decode())
    return seconds, Counter(json.loads(line)["verdict"] for line in done.stdout.splitlines())


def _small_worlds() -> tuple[list[str], Counter[str]]:
    """Right and wrong answers of the corpus by turns, each on platforms of names of their own."""
    known = [(line, word) for case in cases() for line, word in _lines_of(case)]
    lines = []
    for number in range(_ANSWERS):
        line, _ = known[number % len(known)]
        # No two lines are alike, so that nothing of one can be used for another.
        lines.append(line.replace('"platform": "', f'"platform": "n{number}-'))
    return lines, Counter(known[number % len(known)][1] for number in range(_ANSWERS))


def _lines_of(case: Case) -> Iterator[tuple[str, str]]:
    """The lines that a case of the corpus gives, and the verdicts."""
    if case.kind is Kind.ANSWER:
        yield _line(case, case.tree["answer"]), "violated"
    elif case.kind is Kind.QUESTION and "frontier" in case.tree["admissible"]:
        offers = [
            {"offer": f"offer-{place}", **offer}
            for place, offer in enumerate(case.tree["admissible"]["frontier"])
        ]
        yield _line(case, {"result": "YES", "offers": offers}), "sound"


def _line(case: Case, answer: Node) -> str:
    tree = {key: case.tree[key] for key in ("now", "client", "platforms", "task") if key in case.tree}
    return to_json({**tree, "answer": answer})


def _busy_platform() -> Iterator[str]:
    """Lines with a platform that has 1,000 bookings, and what the planner answers to a task."""
    profile = first_come_first_served(70, steps=1_700)
    bookings: list[Node] = [
        {
            "pool": "pool",
            "start": _instant(job.start),
            "end": _instant(job.end),
            "cores": job.cores // 1000,
            "memory": f"{job.memory // _GIB}G",
        }
        for job in profile.jobs[:1_000]
    ]
    pools: list[Node] = [{"name": "pool", "cores": 1024, "memory": "4T"}]
    tree: Node = {"platform": "busy", "pools": pools, "bookings": bookings}
    platform = read_platform(to_json(tree)).unwrap()
    planner, now = PlatformPlanner(platform), _instant(0)
    draw = random.Random("a thousand answers")
    for _ in range(_BUSY):
        task = _task(draw)
        answer = planner.plan(read_task(to_json(task)).unwrap(), parse_instant(now))
        yield to_json({"now": now, "platform": tree, "task": task, "answer": write_answer(answer)})


def _task(draw: random.Random) -> dict[str, Node]:
    cores, memory, hours = draw.randint(1, 700), draw.randint(1, 2_800), draw.randint(1, 24)
    return {
        "compute-resources": {
            "mincores": cores,
            "minmemory": f"{memory}G",
            "maxcores": cores + draw.randint(1, 300),
        },
        "minduration": f"{hours}h",
        "maxduration": f"{hours + draw.randint(1, 48)}h",
    }


def _instant(seconds: int) -> str:
    return (_MONDAY + timedelta(seconds=seconds)).strftime("%Y-%m-%dT%H:%M:%SZ")
