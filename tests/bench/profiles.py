"""The load that is measured on: jobs that came, and were served in the order in which they came.

A profile has a name, `fcfs-70` or `fcfs-40`, and is made from a seed: the same name and length always give the
same jobs. Jobs arrive as a Poisson process; durations are log-uniform from ten minutes to a day, sizes log-uniform
within a factor of 32, with the usual memory for each core times a log-uniform factor from 1/2 to 2. Each job starts
as soon as it is there, every earlier job has started, and both its cores and its memory are free. All times are
whole minutes, as most schedulers have them.
"""

from __future__ import annotations

import heapq
import math
import random
from collections.abc import Iterator
from typing import Final, NamedTuple

from execbroker.core.amounts import CORES, MEMORY, Amounts
from execbroker.core.platform import Booking, Platform, Pool
from execbroker.core.spans import Span

__all__ = [
    "CAPACITY",
    "DAY",
    "Job",
    "Profile",
    "falling_and_rising",
    "first_come_first_served",
    "platform_of",
]

DAY: Final = 86_400
_MINUTE: Final = 60
_GIB: Final = 1 << 30

#: The machine: 1,024 cores with 4 GiB each.
CAPACITY: Final = Amounts({CORES: 1024 * 1000, MEMORY: 4096 * _GIB})

#: How densely a profile is stepped: 5,000 changes in two weeks.
_STEPS_PER_DAY: Final = 5_000 / 14

#: Changes that must be drawn for one to be left: some cancel where one job ends and the next begins.
_DRAWN: Final = 1.045

#: Jobs from before the first instant, so that the machine is as busy at the start as later.
_LEAD: Final = 3 * DAY


class Job(NamedTuple):
    """What one job takes, and when."""

    start: int
    end: int
    cores: int
    memory: int


class Profile(NamedTuple):
    """A load: its name, its jobs, and the two ends of the time that is looked at."""

    name: str
    jobs: list[Job]
    span: Span

    def steps(self) -> tuple[list[int], list[tuple[int, int]]]:
        """What is free, the plain way: the instants of change and, from each to the next, cores and memory."""
        changes = [(job.start, -job.cores, -job.memory) for job in self.jobs]
        changes += [(job.end, job.cores, job.memory) for job in self.jobs]
        cores, memory = CAPACITY[CORES], CAPACITY[MEMORY]
        level_at: dict[int, tuple[int, int]] = {self.span.start: (cores, memory)}
        for time, more_cores, more_memory in sorted(changes):
            cores, memory = cores + more_cores, memory + more_memory
            level_at[max(time, self.span.start)] = (cores, memory)
        inside = [(time, level) for time, level in level_at.items() if time < self.span.end]
        # Where one job ends and another of the same size begins, nothing changes.
        seen = [
            one
            for one, before in zip(inside, [None, *inside], strict=False)
            if not before or one[1] != before[1]
        ]
        return [time for time, _ in seen] + [self.span.end], [level for _, level in seen]


def first_come_first_served(load: int, steps: int = 5_000, seed: int = 2023) -> Profile:
    """The profile of a machine that is busy to `load` per cent, with about `steps` changes from instant 0 on."""
    length = round(steps / _STEPS_PER_DAY) * DAY
    draw = random.Random(f"fcfs-{load} {steps} {seed}")
    jobs = [job for job in _served(_arrivals(draw, load, length)) if job.end > 0 and job.start < length]
    return Profile(f"fcfs-{load}", jobs, Span(0, length))


def _arrivals(draw: random.Random, load: int, length: int) -> Iterator[Job]:
    """Jobs as they arrive, each `start` the arrival; together they ask for `load` per cent of the machine."""
    # Two changes a job, some of which fall on the same minute.
    minutes = DAY / _MINUTE
    per_minute = -math.log(1 - _DRAWN * _STEPS_PER_DAY / minutes) / 2
    lengths = _log_uniform_mean(10, 24 * 60)
    largest = load / 100 * CAPACITY[CORES] / (per_minute * lengths) / _log_uniform_mean(1 / 32, 1)
    usual = CAPACITY[MEMORY] / CAPACITY[CORES] / _log_uniform_mean(1 / 2, 2)
    time = -_LEAD / _MINUTE
    while (time := time + draw.expovariate(per_minute)) * _MINUTE < length:
        cores = max(1, round(_log_uniform(draw, largest / 32, largest) / 1000)) * 1000
        memory = round(cores * usual * _log_uniform(draw, 1 / 2, 2) / _GIB) * _GIB
        start = math.ceil(time) * _MINUTE
        yield Job(start, start + math.ceil(_log_uniform(draw, 10, 24 * 60)) * _MINUTE, cores, memory)


def _served(arrivals: Iterator[Job]) -> Iterator[Job]:
    """The same jobs, each started when it is its turn and there is room."""
    running: list[Job] = []
    ends: list[tuple[int, int]] = []
    cores, memory, turn = CAPACITY[CORES], CAPACITY[MEMORY], -_LEAD
    for number, job in enumerate(arrivals):
        turn = max(turn, job.start)
        while ends and (ends[0][0] <= turn or cores < job.cores or memory < job.memory):
            end, which = heapq.heappop(ends)
            turn = max(turn, end)
            cores, memory = cores + running[which].cores, memory + running[which].memory
        served = job._replace(start=turn, end=turn + job.end - job.start)
        cores, memory = cores - job.cores, memory - job.memory
        running.append(served)
        heapq.heappush(ends, (served.end, number))
        yield served


def _log_uniform(draw: random.Random, low: float, high: float) -> float:
    return low * math.exp(draw.random() * math.log(high / low))


def _log_uniform_mean(low: float, high: float) -> float:
    return (high - low) / math.log(high / low)


def falling_and_rising(steps: int) -> Profile:
    """The worst case for two resources: free cores fall at every step and free memory rises.

    Each stretch of neighbouring steps is a box of its own that nothing else holds: n (n + 1) / 2 of them.
    """
    hour = 3600
    cores, memory = CAPACITY[CORES] // (2 * steps), CAPACITY[MEMORY] // (2 * steps)
    jobs = [Job(i * hour, (i + 1) * hour, cores * i, memory * (steps - i)) for i in range(steps)]
    return Profile("falling-and-rising", jobs, Span(0, steps * hour))


def platform_of(profile: Profile) -> Platform:
    """A platform whose one pool is booked by the jobs of a profile, and which looks exactly as far ahead."""
    bookings = tuple(
        Booking("pool", Span(job.start, job.end), Amounts({CORES: job.cores, MEMORY: job.memory}))
        for job in profile.jobs
    )
    return Platform(
        name=profile.name,
        pools=(Pool("pool", CAPACITY),),
        horizon=profile.span.end - profile.span.start,
        bookings=bookings,
    )
