"""All maximal boxes of a step function: the spans and amounts that are free throughout, and cannot be enlarged.

The chain
---------
One sweep over the steps, earliest first. At every instant keep, for the box that could reach up to here, each
*distinct* amount it could have with the earliest start that has it: the further back a box reaches, the less is
free all the way, so these form a chain `v1 < v2 < … < vk` with starts `s1 < s2 < … < sk`, and the newest entry is
what is free right now. When the level changes to F,

* entries with `v <= F` are not touched;
* every other entry is a box that ends here, and can be enlarged in no direction: to the left it would not be the
  earliest start with v, to the right and upwards it is blocked by F. It goes on as `min(v, F)`;
* of entries that became equal the earliest stays.

Every change of an entry reports one maximal box, so the sweep takes O(d (n + m)) for n steps, d resources and m
boxes (m can be n (n + 1) / 2 for two or more resources).

Levels are first cut to the most that is wanted. Where less than the least is free, all boxes end.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Final, final

from attrs import frozen

from execbroker.core.availability import Steps
from execbroker.core.vectors import WIDTH

__all__ = ["Box", "Limits", "Work", "maximal_boxes"]

#: Start, end, and the vector that is free throughout. (Plain tuples: a search makes thousands.)
Box = tuple[int, int, int]

#: How many boxes of full length are remembered to discard later starts by. More discard no more on real profiles.
_REMEMBERED: Final = 4
#: The level where less than the least is free. (A vector is never negative.)
_BLOCKED: Final = -1
#: Longer than any box.
_FOREVER: Final = 1 << 62
#: Starts after all that are allowed.
_NEVER: Final = (_FOREVER, _FOREVER)
#: The bits from a field's lowest to its guard.
_TOP: Final = WIDTH - 1


@final
@frozen
class Limits:
    """What a box must have, and what is of no use to it, as vectors of one pool's fields.

    Attributes:
        capacity: What the pool has.
        least: What every instant of a box must have free.
        most: What a box is cut to; 0 in the fields that are not searched.
        shortest: Seconds that a box must last.
        longest: Seconds beyond which a longer box is no better, if only the best offers are wanted; else None.
        guard: The guards of all fields.
        needed: The guards of the fields in which `least` is above 0.
    """

    capacity: int
    least: int
    most: int
    shortest: int
    longest: int | None
    guard: int
    needed: int


@final
class Work:
    """How much work a search may still do; where either runs out, it stops with what it has.

    In the bad case, where two resources run against each other, there are quadratically many of both.

    Attributes:
        sweeping: Changes of the sweep's chain, and candidates.
        comparing: Comparisons of offers.
    """

    __slots__ = ("comparing", "sweeping")

    def __init__(self, limit: int) -> None:
        self.sweeping = self.comparing = limit

    @property
    def is_spent(self) -> bool:
        """Whether the search stopped before it was through."""
        return self.sweeping < 0 or self.comparing < 0


def maximal_boxes(
    steps: Steps, starts: Sequence[tuple[int, int]], limits: Limits, work: Work, live: list[int] | None = None
) -> Iterator[Box]:
    """The maximal boxes whose start is allowed, in the order of their ends.

    Args:
        steps: What is taken, over the span that boxes may lie in.
        starts: The allowed starts, sorted disjoint pairs of the first and the last instant, both allowed.
        limits: What is asked. With `longest`, what comes is enough for the best offers; not all of it is maximal.
        work: Counts down; the iterator ends early when nothing is left.
        live: Kept up to date: the starts that are still followed, the earliest first.
    """
    guard, shortest, enough = limits.guard, limits.shortest, limits.longest or _FOREVER
    chain: list[int] = []
    since: list[int] = [] if live is None else live
    settled: list[int] = []  # levels of boxes that last long enough; a later start must have more than any
    openings = _Openings(starts)
    times, levels = _levels(steps, limits)
    for begin, level, finish in zip(times, levels, (*times[1:], times[-1]), strict=True):
        floor = level | guard
        place = before = len(chain)
        while place:
            reached = chain[place - 1]
            # Guards stand where the new level is at least the box's own: there the box keeps what it has.
            fits = (floor - reached) & guard if level != _BLOCKED else 0
            if fits == guard:
                break
            place -= 1
            start = since[place]
            if begin - start >= shortest:
                yield start, begin, reached
                if begin - start >= enough:
                    settled = [reached, *settled[: _REMEMBERED - 1]]
                    del chain[place], since[place]
                    continue
            chain[place] = level ^ ((level ^ reached) & (fits - (fits >> _TOP)))
            if place + 1 < len(chain) and chain[place + 1] == chain[place]:
                del chain[place + 1], since[place + 1]
        if place and place < len(chain) and chain[place] == chain[place - 1]:
            del chain[place], since[place]
        work.sweeping -= before - place
        if work.sweeping < 0:
            return
        if level == _BLOCKED:
            del chain[:], since[:]
        elif not chain or chain[-1] != level:
            start = openings.after(begin)
            if start < finish and not _is_within_any(level, settled, guard):
                chain.append(level)
                since.append(start)


@final
class _Openings:
    """The allowed starts, for instants that only go forward."""

    __slots__ = ("_closing", "_opening", "_rest")

    def __init__(self, starts: Sequence[tuple[int, int]]) -> None:
        self._rest = iter(starts)
        self._opening, self._closing = next(self._rest, _NEVER)

    def after(self, instant: int) -> int:
        """The first allowed start at or after an instant."""
        while self._closing < instant:
            self._opening, self._closing = next(self._rest, _NEVER)
        return instant if instant > self._opening else self._opening


def _is_within_any(level: int, others: list[int], guard: int) -> bool:
    for other in others:  # noqa: SIM110 (most often there are none, and a generator costs more than the loop)
        if ((other | guard) - level) & guard == guard:
            return True
    return False


def _levels(steps: Steps, limits: Limits) -> tuple[list[int], list[int]]:
    """Where what is free and wanted changes, and to which vector or `_BLOCKED`; at the end nothing is free."""
    guard, needed, most = limits.guard, limits.needed, limits.most
    whole = limits.capacity | guard
    room = whole - limits.least
    ceiling = most | guard
    times: list[int] = []
    levels: list[int] = []
    previous = _BLOCKED
    for begin, taken in zip(steps.times, steps.taken, strict=False):
        if (room - taken) & needed != needed:
            level = _BLOCKED
        else:
            level = whole - taken
            free = level & guard
            # Where more is taken than there is, in a field of which nothing is needed, nothing is free.
            level = level ^ guard if free == guard else level & (free - (free >> _TOP))
            kept = (ceiling - level) & guard
            if kept != guard:
                level = most ^ ((most ^ level) & (kept - (kept >> _TOP)))
        if level != previous:
            times.append(begin)
            levels.append(level)
            previous = level
    times.append(steps.times[-1])
    levels.append(_BLOCKED)
    return times, levels
