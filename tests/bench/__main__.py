"""The command: `python -m tests.bench [--lenient] [NAME…]`."""

from __future__ import annotations

import argparse
import platform
import sys
from collections.abc import Callable, Iterator
from typing import Final

from tests.bench.book import books, eight_processes
from tests.bench.command import start_up, thousand_tasks
from tests.bench.frontier import a_million_steps, quadratic, two_weeks
from tests.bench.judging import judged_answers
from tests.bench.measure import Claim
from tests.bench.peers import spans
from tests.bench.solver import optima
from tests.bench.updates import updates

#: What can be measured, by the name to ask for it.
BENCHMARKS: Final[dict[str, Callable[[], Iterator[Claim]]]] = {
    "two-weeks": two_weeks,
    "million": a_million_steps,
    "quadratic": quadratic,
    "updates": updates,
    "book": books,
    "processes": eight_processes,
    "spans": spans,
    "optima": optima,
    "start": start_up,
    "batch": thousand_tasks,
    "judge": judged_answers,
}


def main() -> int:
    """Measure what is asked for and print it; 0 where everything holds."""
    parser = argparse.ArgumentParser(prog="python -m tests.bench", description="Measure what is claimed.")
    parser.add_argument("names", nargs="*", metavar="NAME", help=f"one of {', '.join(BENCHMARKS)}; none: all")
    parser.add_argument(
        "--lenient", action="store_true", help="a time that falls short is no failure, only a wrong result is"
    )
    chosen = parser.parse_args()
    if unknown := set(chosen.names) - set(BENCHMARKS):
        parser.error(f"unknown: {', '.join(sorted(unknown))}; there are {', '.join(BENCHMARKS)}")
    print(f"Python {platform.python_version()} on {platform.machine()}\n")
    failed = 0
    for name in chosen.names or BENCHMARKS:
        print(f"{name}: {(BENCHMARKS[name].__doc__ or '').splitlines()[0]}", flush=True)
        for claim in BENCHMARKS[name]():
            print(
                f"  {'holds      ' if claim.holds else 'FALLS SHORT'}  {claim.text}: {claim.measured}",
                flush=True,
            )
            failed += not claim.holds and (claim.is_exact or not chosen.lenient)
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main())
