"""Strategies for the worlds of machines: a few steps of the grid, few draws, and one or two rare things at a time.

What a machine finds is shrunk by trying hundreds of smaller worlds, so a world is drawn from as few choices as can
be, and what has several parts comes from tables. A call that matters nothing to what was found is dropped at one
stroke if it took two choices at most. `strategies` has more of everything; a machine takes that, too.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from decimal import Decimal
from fractions import Fraction
from typing import Final

from attrs import evolve
from hypothesis import strategies as st

from execbroker.core.amounts import CORES, GPUS, MEMORY, STORAGE, Amounts
from execbroker.core.answer import ENERGY
from execbroker.core.platform import (
    Booking,
    Closure,
    Defaults,
    Flavour,
    Hold,
    Hours,
    Platform,
    Pool,
    Transfer,
)
from execbroker.core.policy import Choice, Policy
from execbroker.core.ranges import Range
from execbroker.core.spans import Span
from execbroker.core.task import DAY, Compute, Constraint, Daily, Data, Executable, Schedule, Storage, Task
from execbroker.testing.definition_windows import wall_clock
from execbroker.testing.strategies import CLOCK_CHANGES, PLAIN, UNITS, Frame
from execbroker.testing.strategies_frames import SIZES, few_of

__all__ = [
    "FURTHER_PLATFORM_FEATURES",
    "FURTHER_TASK_FEATURES",
    "PLATFORM_FEATURES",
    "TASK_FEATURES",
    "frame_of",
    "most_of",
    "plain_task",
    "small_frames",
    "small_platform",
    "small_platforms",
    "small_task",
    "small_tasks",
]

#: The rare things that a small platform may have, two at a time at most.
PLATFORM_FEATURES: Final = (
    "nodes", "flavours", "hours", "closure", "prepare", "release", "limit", "scale", "executables", "second",
    "defaults",
)  # fmt: skip
#: Those that a small task may have.
TASK_FEATURES: Final = (
    "daily", "latest", "earliest", "end", "starts", "longest", "default duration", "executable", "data", "second",
    "nothing", "odd", "unstored",
)  # fmt: skip
#: What platforms and tasks have only for those machines that ask for it: what is let in, and what a run may take.
FURTHER_PLATFORM_FEATURES: Final = ("policy", "energy")
FURTHER_TASK_FEATURES: Final = ("budget",)

#: No more steps of the grid than this are looked at in a platform of somebody's own.
_STEPS: Final = 24

_NAMES: Final = (
    (CORES,),
    (CORES,),
    (CORES, MEMORY),
    (CORES, STORAGE),
    (CORES, MEMORY, STORAGE),
    (GPUS, MEMORY),
)
#: From midnight, and over midnight.
_QUIET: Final = tuple(
    Frame(PLAIN.now - before * 3600, steps=steps, names=names)
    for steps, before in ((4, 0), (6, 0), (8, 0), (6, 2))
    for names in _NAMES
)
#: Two hours before a clock change, and at the beginning of the day before.
_CHANGING: Final = tuple(
    Frame(change - change % 3600 - before * 3600, steps=before + 6, zone=zone, names=(CORES,))
    for zone, changes in CLOCK_CHANGES.items()
    for change in changes
    for before in (2, 26)
)

#: Strategies are made once: to make one costs more than to draw from it.
_FEW: Final = st.integers(0, 3)
_SOME: Final = st.integers(1, 3)
_STEP: Final = st.integers(-1, 5)
_WHEN: Final = st.integers(-3, 5)
_EVEN: Final = st.booleans()
#: The steps of the shortest run, and how much is asked for: at least, and how much more at most. Mostly little,
#: with no maximum, for a short run: then there is a choice of offers.
_SIZES: Final = [
    (short, least, more) for more in (None, None, 0, 1) for least in (1, 0, 2, 1, 3) for short in (1, 1, 2, 3)
]
_SIZE: Final = st.sampled_from(_SIZES)
#: A plain question is one choice; three of four are not, and have more.
_PLAIN_OR_NOT: Final = st.sampled_from([*_SIZES, *[None] * (3 * len(_SIZES))])
_HOLDS: Final = st.sampled_from([Hold.MINIMUM, Hold.ALL, Hold.NONE])
_LIFETIMES: Final = st.sampled_from([300, 2 * 3600, DAY])
_DAYS: Final = st.sampled_from(
    [*[frozenset(range(7))] * 2, frozenset({0, 1, 2}), frozenset({2, 6}), frozenset({6})]
)
_FRAMES: Final = st.sampled_from(_QUIET) | st.sampled_from(_QUIET + _CHANGING)


def small_frames() -> st.SearchStrategy[Frame]:
    """Frames of a few hours with one to three resources, some of them on a day on which the clocks change."""
    return _FRAMES


@st.composite
def small_platforms(
    draw: st.DrawFn, frame: Frame = PLAIN, *, features: Collection[str] = PLATFORM_FEATURES
) -> Platform:
    """Platforms of one pool, or two, with some bookings and up to two of the rare `features`."""
    return small_platform(draw, frame, features)


@st.composite
def small_tasks(
    draw: st.DrawFn,
    frame: Frame = PLAIN,
    most: Mapping[str, int] | None = None,
    *,
    features: Collection[str] = TASK_FEATURES,
) -> Task:
    """Tasks that ask for some of the frame's resources, with up to two of the rare `features`; see `small_task`."""
    return small_task(draw, frame, most, features)


def small_platform(draw: st.DrawFn, frame: Frame, features: Collection[str] = PLATFORM_FEATURES) -> Platform:
    """Draw one of `small_platforms`, in somebody else's strategy."""
    rare, grid = draw(few_of(*features, most=2)), frame.grid
    pool = _pool(draw, frame, rare)
    more = (Pool("other", Amounts({name: _unit(name) for name in frame.names})),) if "second" in rare else ()
    closed = frame.now + draw(_STEP) * grid if "closure" in rare else None
    return Platform(
        "here",
        (pool, *more),
        zone=frame.zone,
        granularity=grid,
        horizon=frame.steps * grid,
        offer_lifetime=draw(_LIFETIMES),
        hold=draw(_HOLDS),
        max_duration=draw(_SOME) * grid if "limit" in rare else None,
        defaults=Defaults(duration=2 * grid if "defaults" in rare else grid),
        executables=frozenset({"python"}) if "executables" in rare else None,
        policy=_policy(draw, frame) if "policy" in rare else Policy(),
        energy={frame.names[0]: Decimal(1)} if "energy" in rare else {},
        prepare=grid if "prepare" in rare else 0,
        release=grid if "release" in rare else 0,
        bookings=tuple(_booking(draw, frame, pool) for _ in range(draw(_FEW))),
        closures=() if closed is None else (Closure(Span(closed, closed + grid)),),
        transfers=(Transfer("*", 1),),
    )


def _policy(draw: st.DrawFn, frame: Frame) -> Policy:
    """Little of the first resource, not for long, and no containers."""
    name = frame.names[0]
    return Policy(
        executables=Choice(deny=("docker-container",)),
        limits=Amounts({name: draw(_SOME) * _unit(name)}),
        max_duration=draw(_SOME) * frame.grid,
    )


def _pool(draw: st.DrawFn, frame: Frame, rare: frozenset[str]) -> Pool:
    capacity = Amounts({name: (1 + draw(_SOME)) * _unit(name) for name in frame.names})
    hours: tuple[Hours, ...] = ()
    if "hours" in rare:
        opens, length = frame.now + draw(_STEP) * frame.grid, draw(_SOME) * 2 * frame.grid
        first, last = (wall_clock(edge, frame.zone) % DAY for edge in (opens, opens + length))
        hours = (Hours(first, last, draw(_DAYS)),)
    return Pool(
        "batch",
        capacity,
        nodes=2 if "nodes" in rare else None,
        flavours=_flavours(capacity, draw(_SOME)) if "flavours" in rare else (),
        hours=hours,
        max_scale=Fraction(3, 2) if "scale" in rare and "flavours" not in rare else None,
    )


def _unit(name: str) -> int:
    return 2 * UNITS.get(name, 1)


def _flavours(capacity: Amounts, number: int) -> tuple[Flavour, ...]:
    """A flavour for half of what there is, and perhaps one for all, and one with little of the first resource."""
    half = {name: max(1, amount // 2) for name, amount in capacity.items()}
    odd = {
        name: amount if place else max(1, amount // 4)
        for place, (name, amount) in enumerate(capacity.items())
    }
    several = (Flavour("half", Amounts(half)), Flavour("whole", capacity), Flavour("odd", Amounts(odd)))
    return several[:number]


def _booking(draw: st.DrawFn, frame: Frame, pool: Pool) -> Booking:
    start, length, amount = draw(_STEP), draw(_SOME), draw(_SOME)
    taken = {name: min(most, amount * _unit(name)) for name, most in pool.capacity.items()}
    node = None if pool.nodes is None else int(draw(_EVEN))
    first = frame.start + start * frame.grid
    return Booking(pool.name, Span(first, first + length * frame.grid), Amounts(taken), node)


def plain_task(frame: Frame, most: Mapping[str, int] | None = None) -> Task:
    """The simplest of `small_tasks`: a little of everything, for a step of the grid."""
    return _task(frame, _asked(frame, most, 1, None), Schedule(Range(frame.grid), zone=frame.zone))


def small_task(
    draw: st.DrawFn,
    frame: Frame,
    most: Mapping[str, int] | None = None,
    features: Collection[str] = TASK_FEATURES,
) -> Task:
    """Draw one of `small_tasks`, in somebody else's strategy.

    Args:
        draw: Hypothesis's own.
        frame: When, and with which resources.
        most: What the largest pool has of each resource, where that is known: tasks ask for quarters of it.
        features: The rare things that a task may have.
    """
    size, rare = draw(_PLAIN_OR_NOT), frozenset[str]()
    if size is None:
        size, rare = draw(_SIZE), draw(few_of(*features, most=2))
    shortest, least, more = size
    task = _task(frame, _asked(frame, most, least, more), _schedule(draw, frame, rare, shortest * frame.grid))
    if "second" in rare:
        _, least, more = draw(_SIZE)
        other = _task(frame, _asked(frame, most, least, more), task.schedule).compute
        task = evolve(task, compute=(*task.compute, *(evolve(each, name="c1") for each in other)))
    if "nothing" in rare:
        task = evolve(task, compute=())
    if "unstored" in rare:
        task = evolve(task, storage=())
    if "executable" in rare:
        task = evolve(task, executable=Executable("docker-container" if draw(_EVEN) else "python"))
    if "budget" in rare:
        energy = Decimal(draw(_SOME) * 2 * frame.grid) / 3600
        task = evolve(task, costs=(Constraint(ENERGY, None, energy),))
    if "data" in rare:
        task = evolve(task, data=(Data("https://far.example.org/a", size=draw(_SOME) * frame.grid),))
    return task


def _asked(frame: Frame, most: Mapping[str, int] | None, least: int, more: int | None) -> dict[str, Range]:
    """So many units of every resource at least, and so many more at most."""
    units = {name: _unit(name) if most is None else max(1, most.get(name, 4) // 4) for name in frame.names}
    return {
        name: Range(least * unit, None if more is None else (least + more) * unit)
        for name, unit in units.items()
    }


def _task(frame: Frame, asked: dict[str, Range], schedule: Schedule) -> Task:
    ranges = {name: each for name, each in asked.items() if name != STORAGE}
    storage = (Storage("disk", asked[STORAGE]),) if STORAGE in asked else ()
    return Task(
        compute=(Compute("c0", ranges),),
        storage=storage,
        schedule=schedule,
        sizes=SIZES.intersection(frame.names),
    )


def _schedule(draw: st.DrawFn, frame: Frame, rare: frozenset[str], shortest: int) -> Schedule:
    grid, earliest, latest, end = frame.grid, None, None, None
    odd = grid // 60 * draw(_SOME) if "odd" in rare else 0
    if rare & {"earliest", "latest", "end"}:
        first = frame.start + draw(_WHEN) * grid + odd
        earliest = first if "earliest" in rare else None
        latest = first + draw(_FEW) * grid if "latest" in rare else None
        end = first + draw(_SOME) * 2 * grid if "end" in rare else None
    return Schedule(
        Range(
            None if "default duration" in rare else shortest - odd,
            shortest + draw(_FEW) * grid if "longest" in rare else None,
        ),
        earliest=earliest,
        latest=latest,
        end=end,
        daily=_daily(draw, frame) if "daily" in rare else None,
        zone=frame.zone,
        starts=_starts(draw, frame) if "starts" in rare else (),
    )


def _starts(draw: st.DrawFn, frame: Frame) -> tuple[Span, Span]:
    """Two intervals in which the start may lie; the instants at their ends are theirs no more."""
    first, grid = frame.start + draw(_WHEN) * frame.grid, frame.grid
    second = first + draw(_SOME) * 2 * grid
    return Span(first, first + grid), Span(second, second + grid + 1)


def _daily(draw: st.DrawFn, frame: Frame) -> Daily:
    """A daily window on the wall clock, with a closing, or with a latest start, or with both."""
    opens = frame.now + draw(_STEP) * frame.grid
    closes, latest = opens + draw(_SOME) * 2 * frame.grid, opens + draw(_FEW) * frame.grid
    first, last, late = (wall_clock(edge, frame.zone) % DAY for edge in (opens, closes, latest))
    kind = draw(_SOME)
    return Daily(first, None if kind == 2 else last, None if kind == 1 else late, draw(_DAYS), frame.zone)


def frame_of(platforms: Sequence[Platform]) -> Frame:
    """The frame of some platforms of one's own: it begins with the first of their bookings."""
    first = platforms[0]
    starts = [booking.span.start for platform in platforms for booking in platform.bookings]
    grid = max(platform.granularity for platform in platforms)
    return Frame(
        min(starts, default=PLAIN.now),
        grid,
        steps=max(1, min(_STEPS, first.horizon // grid)),
        zone=first.zone,
        names=tuple(sorted({name for platform in platforms for name in platform.resources})),
    )


def most_of(platforms: Iterable[Platform]) -> dict[str, int]:
    """The most that any pool, or any node of one, has of each resource."""
    most: dict[str, int] = {}
    for pool in (pool for platform in platforms for pool in platform.pools):
        most.update((name, max(amount, most.get(name, 0))) for name, amount in pool.capacity.items())
    return most
