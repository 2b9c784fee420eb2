"""How a claim is measured, and how it is told."""

from __future__ import annotations

import gc
import statistics
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import NamedTuple, TypeAlias

__all__ = ["Claim", "clocked", "side_by_side", "spell", "timed", "undisturbed"]

Clock: TypeAlias = Callable[[], float]


class Claim(NamedTuple):
    """Something that the library says of itself, and what was found.

    Attributes:
        text: What is claimed.
        measured: What was found, with its unit.
        holds: Whether the claim was met here and now.
        is_exact: Whether it is about a result, not a time: then it must hold on every machine.
    """

    text: str
    measured: str
    holds: bool
    is_exact: bool = False


@contextmanager
def undisturbed() -> Iterator[None]:
    """Keep the garbage collector at rest, as `timeit` does."""
    gc.collect()
    gc.disable()
    try:
        yield
    finally:
        gc.enable()


def clocked(run: Callable[[], object], clock: Clock = time.perf_counter) -> float:
    """Seconds that one run takes."""
    start = clock()
    run()
    return clock() - start


def timed(run: Callable[[], object], clock: Clock = time.perf_counter) -> float:
    """Seconds that one undisturbed run takes."""
    with undisturbed():
        return clocked(run, clock)


def side_by_side(
    one: Callable[[], object], other: Callable[[], object], repeat: int = 7, clock: Clock = time.process_time
) -> tuple[float, float]:
    """The median seconds of two things, run by turns, so that what else the machine does meets both.

    What is counted is the time that this process is given, unless another clock is.
    """
    times = [(timed(one, clock), timed(other, clock)) for _ in range(repeat)]
    return statistics.median(first for first, _ in times), statistics.median(second for _, second in times)


def spell(seconds: float) -> str:
    """A time as people write it: `3.1 ms`.

    >>> spell(0.00312)
    '3.1 ms'
    """
    for unit, factor in (("s", 1), ("ms", 1e3), ("µs", 1e6)):
        if seconds * factor >= 1:
            return f"{seconds * factor:.3g} {unit}"
    return f"{seconds * 1e9:.3g} ns"
