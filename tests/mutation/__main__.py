"""The command: `python -m tests.mutation [MODULE…]`, or `--planted [BUG…]`."""

from __future__ import annotations

import argparse
import os
import random
import sys
import time
from collections.abc import Sequence
from importlib.util import find_spec
from typing import Final, NamedTuple

from tests.mutation import planted
from tests.mutation.equivalent import listed
from tests.mutation.mutant import Mutant

#: What is mutated, and for each module the few tests that decide; those that notice most come first.
MODULES: Final = {
    "ranges": ["tests/core/test_ranges.py"],
    "spans": ["tests/core/test_spans.py"],
    "windows": ["tests/core/test_windows.py"],
    "boxes": ["tests/core/test_boxes.py"],
    "frontier": ["tests/core/test_frontier.py"],
    "holds": ["tests/core/test_holds.py"],
}

#: What part of the mutants must be noticed, in percent: of all of them, equivalent ones as well.
ENOUGH: Final = 90


class Result(NamedTuple):
    """What became of the mutants of a module.

    Attributes:
        killed: How many of them the tests noticed.
        all: How many there are.
        wrong: What is wrong with the list of equivalent ones, in sentences.
    """

    killed: int
    all: int
    wrong: Sequence[str]


def main() -> int:
    """Do what is asked for and print it; 0 where everything is as it should be."""
    parser = argparse.ArgumentParser(
        prog="python -m tests.mutation", description="Look whether the tests notice changes of the engine."
    )
    parser.add_argument(
        "names",
        nargs="*",
        metavar="NAME",
        help=f"some of {', '.join(MODULES)}, or with --planted of {', '.join(planted.BUGS)}; none: all",
    )
    parser.add_argument(
        "--planted", action="store_true", help="plant bugs in a copy instead of making mutants"
    )
    parser.add_argument("--jobs", type=int, default=os.cpu_count() or 1, help="how many run at a time")
    parser.add_argument("--sample", type=int, metavar="N", help="only N mutants of each module")
    chosen = parser.parse_args()
    known = planted.BUGS if chosen.planted else MODULES
    if unknown := set(chosen.names) - set(known):
        parser.error(f"unknown: {', '.join(sorted(unknown))}; there are {', '.join(known)}")
    if not chosen.planted and find_spec("cosmic_ray") is None:
        parser.error("mutants are made by Cosmic Ray, which `pip install '.[mutation]'` brings")
    names = chosen.names or list(known)
    return planted.show(names) if chosen.planted else _mutate(names, chosen.jobs, chosen.sample)


def _mutate(names: Sequence[str], jobs: int, sample: int | None) -> int:
    began = time.monotonic()
    results = [_mutate_one(name, jobs, sample) for name in names]
    killed, all_ = sum(result.killed for result in results), sum(result.all for result in results)
    rate = 100 * killed / all_
    print(f"\n{killed:,} of {all_:,} mutants are noticed, {rate:.1f} %", end=" ")
    print(f"(at least {ENOUGH} % must be); {time.monotonic() - began:.0f} s")
    wrong = [sentence for result in results for sentence in result.wrong]
    for sentence in wrong:
        print(f"  {sentence}")
    return 1 if wrong or rate < ENOUGH else 0


def _mutate_one(module: str, jobs: int, sample: int | None) -> Result:
    """Run the tests of a module on its mutants, and print which survive."""
    # They take a while to load, and planted bugs need neither.
    from tests.mutation.mutants import mutants_of
    from tests.mutation.runner import patience, prepare, run_all

    prepare()
    tests = MODULES[module]
    mutants = list(mutants_of(module))
    reasons = {place: why for place, why in listed().items() if place[0] == module}
    wrong = [f"vanished: {_spelt(place)}" for place in reasons.keys() - {mutant[:4] for mutant in mutants}]
    if sample is not None:
        mutants = random.Random(module).sample(mutants, min(sample, len(mutants)))
    ((_, original),) = run_all([None], tests, 600, 1)
    if not original.is_passed:
        raise RuntimeError(f"the tests of {module} fail without any change: {' '.join(tests)}")
    survivors: list[Mutant] = []
    total = 0.0
    for mutant, run in run_all(mutants, tests, patience(original), jobs):
        assert mutant is not None
        total += run.seconds
        if run.is_passed:
            survivors.append(mutant)
        elif mutant[:4] in reasons:
            wrong.append(f"noticed, and so not equivalent: {mutant.name}")
    unexplained = [mutant for mutant in survivors if mutant[:4] not in reasons]
    killed, equal = len(mutants) - len(survivors), len(survivors) - len(unexplained)
    print(
        f"{module}: {killed} of {len(mutants)} noticed, {100 * killed / len(mutants):.1f} %;"
        f" {equal} equivalent, {len(unexplained)} others survive"
        f" ({total / len(mutants):.2f} s each)",
        flush=True,
    )
    for mutant in sorted(unexplained):
        print(f"  survives: {mutant.name}", flush=True)
    return Result(killed, len(mutants), sorted(wrong))


def _spelt(place: tuple[str, str, str, str]) -> str:
    return Mutant(*place, source="").name


if __name__ == "__main__":
    sys.exit(main())
