"""The whole frontier, against one plain Python pass over the same steps."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Final

from execbroker.core.amounts import CORES, MEMORY
from execbroker.core.planner import PlatformPlanner
from execbroker.core.ranges import Range
from execbroker.core.task import Compute, Schedule, Task
from tests.bench.measure import Claim, side_by_side, spell, timed
from tests.bench.profiles import CAPACITY, Profile, falling_and_rising, first_come_first_served, platform_of

__all__ = ["a_million_steps", "quadratic", "two_weeks"]

_HOUR: Final = 3_600

#: Work enough to see any of these searches to their ends.
_UNLIMITED: Final = 10**9


def share_of_the_pool() -> Task:
    """A request of 30 to 90 % of the pool, for 2 to 72 hours."""
    ranges = {name: Range(CAPACITY[name] * 30 // 100, CAPACITY[name] * 90 // 100) for name in (CORES, MEMORY)}
    return Task(compute=(Compute(None, ranges),), schedule=Schedule(Range(2 * _HOUR, 72 * _HOUR)))


def one_pass(times: list[int], levels: list[tuple[int, int]]) -> Callable[[], int]:
    """The least that any answer has to do: look at every step once, and compare each of its resources.

    What it finds out is for how many seconds the least that is asked is free.
    """
    least_cores, least_memory = CAPACITY[CORES] * 30 // 100, CAPACITY[MEMORY] * 30 // 100

    def look() -> int:
        free = 0
        start = times[0]
        for end, (cores, memory) in zip(times[1:], levels, strict=True):
            has_cores = cores >= least_cores
            has_memory = memory >= least_memory
            if has_cores and has_memory:
                free += end - start
            start = end
        return free

    return look


def two_weeks() -> Iterator[Claim]:
    """Frontier: two weeks of 5,000 steps, a request of 30 to 90 % of the pool for 2 to 72 hours."""
    yield _within(first_come_first_served(70), passes=20, repeat=21)
    yield _within(first_come_first_served(40), passes=40, repeat=21)


def a_million_steps() -> Iterator[Claim]:
    """Frontier: the same request at 1,000,000 steps."""
    yield _within(first_come_first_served(70, steps=1_000_000), passes=30, repeat=5)
    yield _within(first_come_first_served(40, steps=1_000_000), passes=30, repeat=5)


def _within(profile: Profile, passes: int, repeat: int) -> Claim:
    """The claim that the whole frontier of a profile takes no longer than so many plain passes."""
    planner, task = PlatformPlanner(platform_of(profile), limit=_UNLIMITED), share_of_the_pool()
    times, levels = profile.steps()
    offers = list(planner.offers(task, 0))
    search, floor = side_by_side(lambda: list(planner.offers(task, 0)), one_pass(times, levels), repeat)
    return Claim(
        f"{profile.name}, {len(levels):,} steps: within {passes} plain passes",
        f"{search / floor:.1f} passes ({spell(search)}, a pass {spell(floor)}; {len(offers)} offers)",
        search <= passes * floor,
    )


def quadratic() -> Iterator[Claim]:
    """Frontier: the worst case, where every stretch of time is an offer of its own."""
    ranges = {CORES: Range(1_000), MEMORY: Range(1 << 30)}
    task = Task(compute=(Compute(None, ranges),), schedule=Schedule(Range(_HOUR)))
    for steps in (50, 100, 200):
        planner = PlatformPlanner(platform_of(falling_and_rising(steps)), limit=_UNLIMITED)
        found, expected = len(list(planner.offers(task, 0))), steps * (steps + 1) // 2
        yield Claim(f"{steps} steps: n (n + 1) / 2 offers", f"{found:,}", found == expected, is_exact=True)
    planner = PlatformPlanner(platform_of(falling_and_rising(5_000)))
    answer = planner.plan(task, 0)
    seconds = timed(lambda: planner.plan(task, 0))
    yield Claim(
        "5,000 steps: says that it is not complete", f"{answer.complete=}", not answer.complete, is_exact=True
    )
    yield Claim("5,000 steps: stops at its limit within a second", spell(seconds), seconds < 1)
