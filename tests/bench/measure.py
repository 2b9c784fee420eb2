"""How a claim is measured, and how it is told."""

from __future__ import annotations

import gc
import statistics
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import NamedTuple

__all__ = ["Claim", "clocked", "side_by_side", "spell", "timed", "undisturbed"]


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


def clocked(run: Callable[[], object]) -> float:
    """Seconds that one run takes."""
    start = time.perf_counter()
    run()
    return time.perf_counter() - start


def timed(run: Callable[[], object]) -> float:
    """Seconds that one undisturbed run takes."""
    with undisturbed():
        return clocked(run)


def side_by_side(
    one: Callable[[], object], other: Callable[[], object], repeat: int = 7
) -> tuple[float, float]:
    """The median seconds of two things, run by turns, so that what else the machine does meets both."""
    times = [(timed(one), timed(other)) for _ in range(repeat)]
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
