"""The optimum of each single objective, beside that of an exact solver (OR-Tools CP-SAT)."""

from __future__ import annotations

import random
import time
from collections.abc import Iterator
from typing import Final, NamedTuple

from execbroker.core.amounts import CORES, MEMORY, Amounts
from execbroker.core.planner import PlatformPlanner
from execbroker.core.platform import Booking, Platform, Pool
from execbroker.core.ranges import Range
from execbroker.core.spans import Span
from execbroker.core.task import Compute, Schedule, Task
from tests.bench.measure import Claim, spell

__all__ = ["optima"]

_CASES: Final = 1_000
_MINUTE: Final = 60
_CORE: Final = 1_000
_GIB: Final = 1 << 30

#: What is optimised, one at a time: earliest start, longest run, most cores, most memory.
Optima = tuple[int, int, int, int]


class World(NamedTuple):
    """A small pool and a task, in minutes, cores and GiB.

    Attributes:
        edges: The instants at which what is free changes, from 0 to the horizon.
        free: Cores and memory from each edge to the next.
        duration, cores, memory: The least and the most that the task can use.
        latest: The latest start, itself allowed.
    """

    edges: list[int]
    free: list[tuple[int, int]]
    duration: tuple[int, int]
    cores: tuple[int, int]
    memory: tuple[int, int]
    latest: int


def optima() -> Iterator[Claim]:
    """Single objectives: CP-SAT finds the same optima in 1,000 random cases."""
    try:
        from ortools.sat.python import cp_model  # noqa: F401  # the import is what is tried
    except ImportError as missing:
        yield Claim("the optima of an exact solver", f"not measured: {missing}; install [bench]", True)
        return
    worlds = [_world(random.Random(f"world {number}")) for number in range(_CASES)]
    start = time.perf_counter()
    ours = [_by_frontier(world) for world in worlds]
    between = time.perf_counter()
    theirs = [_by_solver(world) for world in worlds]
    end = time.perf_counter()
    agree = sum(mine == exact for mine, exact in zip(ours, theirs, strict=True))
    impossible = sum(exact is None for exact in theirs)
    yield Claim(
        f"CP-SAT finds the same earliest start, longest run and most of each resource in {_CASES:,} cases",
        f"{agree:,} agree, {impossible} of them without any offer "
        f"(a case takes {spell((between - start) / _CASES)} for the whole frontier, "
        f"CP-SAT {spell((end - between) / _CASES)} for four optima)",
        agree == _CASES,
        is_exact=True,
    )


def _world(draw: random.Random) -> World:
    steps = draw.randint(3, 12)
    edges = [0, *sorted(draw.sample(range(10, 24 * 60, 10), steps - 1)), 24 * 60]
    free = [(draw.randint(0, 8), draw.randint(0, 8)) for _ in range(steps)]
    shortest = draw.randrange(10, 300, 10)
    cores, memory = draw.randint(0, 5), draw.randint(0, 5)
    return World(
        edges=edges,
        free=free,
        duration=(shortest, shortest + draw.randrange(0, 600, 10)),
        cores=(cores, cores + draw.randint(0, 4)),
        memory=(memory, memory + draw.randint(0, 4)),
        latest=draw.randrange(0, 24 * 60),
    )


def _by_frontier(world: World) -> Optima | None:
    """The best of each among the offers of the frontier."""
    whole = Amounts({CORES: 8 * _CORE, MEMORY: 8 * _GIB})
    bookings = [
        Booking(
            "pool",
            Span(start * _MINUTE, end * _MINUTE),
            Amounts({CORES: (8 - cores) * _CORE, MEMORY: (8 - memory) * _GIB}),
        )
        for start, end, (cores, memory) in zip(world.edges, world.edges[1:], world.free, strict=False)
    ]
    horizon = world.edges[-1] * _MINUTE
    platform = Platform("world", (Pool("pool", whole),), horizon=horizon, bookings=tuple(bookings))
    ranges = {
        CORES: Range(*(bound * _CORE for bound in world.cores)),
        MEMORY: Range(*(bound * _GIB for bound in world.memory)),
    }
    schedule = Schedule(Range(*(bound * _MINUTE for bound in world.duration)), latest=world.latest * _MINUTE)
    offers = list(
        PlatformPlanner(platform).offers(Task(compute=(Compute(None, ranges),), schedule=schedule), 0)
    )
    if not offers:
        return None
    return (
        min(offer.minstart for offer in offers) // _MINUTE,
        max(offer.maxduration for offer in offers) // _MINUTE,
        max(offer.amounts[CORES] for offer in offers) // _CORE,
        max(offer.amounts[MEMORY] for offer in offers) // _GIB,
    )


def _by_solver(world: World) -> Optima | None:
    """The optimum of each, from a model that knows runs and steps and nothing of boxes."""
    from ortools.sat.python import cp_model

    horizon = world.edges[-1]
    model = cp_model.CpModel()
    start = model.new_int_var(0, min(world.latest, horizon), "start")
    duration = model.new_int_var(*world.duration, "duration")
    cores = model.new_int_var(*world.cores, "cores")
    memory = model.new_int_var(*world.memory, "memory")
    model.add(start + duration <= horizon)
    for begin, end, (free_cores, free_memory) in zip(world.edges, world.edges[1:], world.free, strict=False):
        before, after, fits = (model.new_bool_var("") for _ in range(3))
        model.add(start + duration <= begin).only_enforce_if(before)
        model.add(start >= end).only_enforce_if(after)
        model.add(cores <= free_cores).only_enforce_if(fits)
        model.add(memory <= free_memory).only_enforce_if(fits)
        model.add_bool_or(before, after, fits)
    solver = cp_model.CpSolver()
    solver.parameters.num_workers = 1
    found = []
    for objective, set_objective in (
        (start, model.minimize),
        (duration, model.maximize),
        (cores, model.maximize),
        (memory, model.maximize),
    ):
        model.clear_objective()
        set_objective(objective)
        if solver.solve(model) != cp_model.OPTIMAL:
            return None
        found.append(solver.value(objective))
    return found[0], found[1], found[2], found[3]
