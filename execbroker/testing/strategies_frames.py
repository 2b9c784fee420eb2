"""What strategies for tasks and for platforms share: the frame that they fit in, times, amounts, rare things.

This module needs Hypothesis.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from functools import lru_cache
from itertools import combinations
from typing import Final, TypeVar, final

from attrs import frozen
from hypothesis import strategies as st

from execbroker.core.amounts import CORES, GPUS, MEMORY, STORAGE, Amounts
from execbroker.core.ranges import EMPTY, Range
from execbroker.core.spans import Span, Spans
from execbroker.core.task import DAY
from execbroker.testing.definition_windows import wall_clock

__all__ = [
    "CLOCK_CHANGES",
    "PLACES",
    "PLAIN",
    "SIZES",
    "UNITS",
    "Frame",
    "amounts",
    "few_of",
    "frames",
    "given_or",
    "instants",
    "lengths",
    "odd_seconds",
    "openings",
    "ranges",
    "span_sets",
    "spans",
    "weekdays",
]

T = TypeVar("T")

#: What amounts are multiples of. Platforms are free to name further resources: `licences` are counted, `burst` is a
#: size in bytes.
UNITS: Final[Mapping[str, int]] = {
    CORES: 500,
    MEMORY: 2**29,
    GPUS: 1,
    STORAGE: 10**9,
    "burst": 2**28,
    "licences": 1,
}

#: The further resources that are sizes.
SIZES: Final = frozenset({"burst"})

#: Instants at which the clocks of a zone change: an hour on and back, half an hour on and back, a whole day on.
CLOCK_CHANGES: Final[Mapping[str, tuple[int, ...]]] = {
    "Europe/London": (1_679_792_400, 1_698_541_200),
    "America/New_York": (1_678_604_400, 1_699_164_000),
    "Australia/Lord_Howe": (1_696_087_800, 1_680_361_200),
    "Pacific/Apia": (1_325_239_200,),
}

#: Where data are.
PLACES: Final = ("https://far.example.org/a", "https://far.example.org/ab", "https://near.example.org/x")

#: Wednesday, 10 May 2023, 00:00 UTC: a day on which nothing changes.
_QUIET: Final = 1_683_676_800

#: Grids in seconds, with the most steps of them that a world has: up to two days, and no more than 48 steps.
_GRIDS: Final = ((60, 24), (900, 32), (3600, 48), (1800, 48), (10_800, 16), (21_600, 8))


@final
@frozen
class Frame:
    """What the parts of one world have in common.

    Attributes:
        now: Seconds UTC.
        grid: Instants and durations are multiples of these seconds, but for some that are `odd` seconds off.
        odd: 0: all of them are multiples.
        steps: What matters lies within so many steps of the grid from now.
        zone: The zone of clocks.
        names: The resources that are about.
        measured: The costs and metrics that are about.
        has_policy: Whether platforms let in some tasks and not others.
    """

    now: int = _QUIET
    grid: int = 3600
    odd: int = 0
    steps: int = 12
    zone: str = "UTC"
    names: tuple[str, ...] = (CORES, MEMORY)
    measured: tuple[str, ...] = ()
    has_policy: bool = False

    @property
    def start(self) -> int:
        """Now, or the last instant on the grid before it."""
        return self.now - self.now % self.grid


#: The frame of what is drawn without one.
PLAIN: Final = Frame()


def given_or(strategy: st.SearchStrategy[T] | None, otherwise: st.SearchStrategy[T]) -> st.SearchStrategy[T]:
    """The caller's strategy, if there is one."""
    return otherwise if strategy is None else strategy


@lru_cache
def few_of(*rare: str, most: int = 3) -> st.SearchStrategy[frozenset[str]]:
    """A few of the rare things, or none: if all of them met in one world, every answer would be NO."""
    chosen = [frozenset(each) for size in range(most + 1) for each in combinations(rare, size)]
    chosen = [frozenset[str]()] * len(rare) + chosen
    return st.sampled_from(chosen)


@st.composite
def frames(
    draw: st.DrawFn,
    *,
    names: st.SearchStrategy[tuple[str, ...]] | None = None,
    measured: st.SearchStrategy[tuple[str, ...]] | None = None,
    has_policy: st.SearchStrategy[bool] | None = None,
    most_steps: int = 48,
) -> Frame:
    """Frames on quiet days and shortly before a clock change, with one to four resources.

    What platforms measure, and whom and what they let in, matters only where that is given.
    """
    grid, most = draw(st.sampled_from(_GRIDS))
    steps = draw(st.integers(3, max(3, min(most, most_steps))))
    zone, changes = draw(st.sampled_from([("UTC", (_QUIET,)), *CLOCK_CHANGES.items()]))
    change = draw(st.sampled_from(changes))
    rare = draw(few_of("odd now", "odd"))
    odd = st.integers(1, grid - 1)
    now = change - change % grid - draw(st.integers(0, steps)) * grid
    some = st.lists(st.sampled_from(sorted(UNITS)), min_size=1, max_size=4, unique=True).map(tuple)
    return Frame(
        now + draw(odd) if "odd now" in rare else now,
        grid,
        draw(odd) if "odd" in rare else 0,
        steps,
        zone,
        draw(given_or(names, some)),
        draw(given_or(measured, st.just(()))),
        draw(given_or(has_policy, st.just(False))),
    )


@st.composite
def ranges(draw: st.DrawFn, min_value: int = -4, max_value: int = 8) -> Range:
    """Any range: open at either end, both or none, of one value, or empty."""
    ends = st.none() | st.integers(min_value, max_value)
    low, high = draw(ends), draw(ends)
    if low is None or high is None:
        return Range(low, high)
    return Range(low, high) if low <= high else draw(st.sampled_from([EMPTY, Range(high, low)]))


@st.composite
def spans(draw: st.DrawFn, min_value: int = 0, max_value: int = 24, *, grid: int = 1) -> Span:
    """Spans that are not empty, with ends that are multiples of `grid` from `min_value` to `max_value`."""
    first, last = -(-min_value // grid), max_value // grid
    start = draw(st.integers(first, last - 1))
    return Span(start * grid, draw(st.integers(start + 1, last)) * grid)


def span_sets(min_value: int = 0, max_value: int = 24, *, grid: int = 1) -> st.SearchStrategy[Spans]:
    """Sets of instants of up to three spans, which may overlap or touch."""
    return st.lists(spans(min_value, max_value, grid=grid), max_size=3).map(Spans.of)


@st.composite
def amounts(
    draw: st.DrawFn, names: Sequence[str] = (CORES, MEMORY, GPUS), *, least: int = 0, most: int = 8
) -> Amounts:
    """Amounts of all of `names`, each `least` to `most` times its unit."""
    return Amounts({name: draw(st.integers(least, most)) * UNITS.get(name, 1) for name in names})


@st.composite
def instants(draw: st.DrawFn, frame: Frame = PLAIN, first: int = 0, last: int | None = None) -> int:
    """Instants from `first` to `last` steps from now."""
    step = draw(st.integers(first, frame.steps if last is None else max(first, last)))
    return frame.start + step * frame.grid + draw(odd_seconds(frame))


@st.composite
def lengths(draw: st.DrawFn, frame: Frame, most: int) -> int:
    """Seconds of one to `most` steps."""
    return draw(st.integers(1, max(1, most))) * frame.grid - draw(odd_seconds(frame))


def odd_seconds(frame: Frame) -> st.SearchStrategy[int]:
    """None, or the seconds by which some of the frame's times are off its grid."""
    return st.sampled_from([0, 0, frame.odd]) if frame.odd else st.just(0)


@st.composite
def openings(draw: st.DrawFn, frame: Frame, zone: str) -> tuple[int, int]:
    """Two times of day, of which the first comes about before much of the frame is over, on the wall clock."""
    opens = wall_clock(draw(instants(frame, -frame.steps // 2, frame.steps // 3)), zone)
    closes = opens + draw(lengths(frame, frame.steps))
    if draw(st.integers(0, 7)) == 7:
        midnights = [
            (0, DAY),
            (0, 0),
            (0, closes % DAY),
            (DAY, closes % DAY),
            (opens % DAY, DAY),
            (opens % DAY, 0),
        ]
        return draw(st.sampled_from(midnights))
    return opens % DAY, closes % DAY


def weekdays() -> st.SearchStrategy[frozenset[int]]:
    """Every day, or some days of the week."""
    chosen = (range(7), range(7), range(7), range(5), (0, 4, 5, 6), (1, 2, 3, 6))
    return st.sampled_from(chosen).map(frozenset)
