"""What the search sees of a pool: step functions that are combined, widened and laid on a grid.

All functions take and return `Steps` and leave their arguments alone.
"""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections import deque
from collections.abc import Callable

from execbroker.core.availability import Steps
from execbroker.core.spans import Span, round_down, round_up
from execbroker.core.vectors import larger

__all__ = ["combined", "cut", "masked", "snapped", "widened"]


def masked(steps: Steps, mask: int) -> Steps:
    """Only some fields of a step function."""
    return Steps(steps.times, [taken & mask for taken in steps.taken])


def combined(one: Steps, other: Steps, together: Callable[[int, int], int]) -> Steps:
    """Two step functions over the same span made one, instant by instant. O(n + m)."""
    times, taken = [one.times[0]], []
    mine = theirs = 0
    while mine < len(one.taken):
        taken.append(together(one.taken[mine], other.taken[theirs]))
        my_end, their_end = one.times[mine + 1], other.times[theirs + 1]
        times.append(min(my_end, their_end))
        mine += my_end <= their_end
        theirs += their_end <= my_end
    return Steps(times, taken)


def cut(steps: Steps, span: Span) -> Steps:
    """A step function over a part of its span. O(log n + steps in the part)."""
    first = bisect_right(steps.times, span.start) - 1
    last = bisect_left(steps.times, span.end)
    return Steps([span.start, *steps.times[first + 1 : last], span.end], steps.taken[first:last])


def widened(steps: Steps, lead: int, lag: int) -> Steps:
    """The most that is taken from `lead` before to `lag` after each instant, in *one* field.

    What a run holds from `lead` seconds before its start to `lag` seconds after its end is free exactly where this
    leaves room during the run itself. The result covers the span without its first `lead` and last `lag` seconds.
    O(n): a queue of falling values (a vector with a single field compares like a number).
    """
    if not lead and not lag:
        return steps
    first, last = steps.times[0] + lead, steps.times[-1] - lag
    times, taken = [first], []
    entering = leaving = 0
    within: deque[int] = deque()
    count = len(steps.taken)
    while times[-1] < last:
        here = times[-1]
        while entering < count and steps.times[entering] - lag <= here:
            while within and steps.taken[within[-1]] <= steps.taken[entering]:
                within.pop()
            within.append(entering)
            entering += 1
        while steps.times[leaving + 1] + lead <= here:
            leaving += 1
        while within[0] < leaving:
            within.popleft()
        following = steps.times[leaving + 1] + lead
        if entering < count:
            following = min(following, steps.times[entering] - lag)
        taken.append(steps.taken[within[0]])
        times.append(min(following, last))
    return Steps(times, taken)


def snapped(steps: Steps, grid: int, guard: int) -> Steps:
    """Every cell of a grid takes the most that any of its instants takes, so that free spans are rounded inwards.

    The span must begin and end on the grid. Adding up bookings that are rounded outwards one by one would take too
    much: two of them may share a cell without sharing an instant.
    """
    if not any(time % grid for time in steps.times):
        return steps
    times: list[int] = [steps.times[0]]
    taken: list[int] = []
    for start, end, level in zip(steps.times, steps.times[1:], steps.taken, strict=False):
        covered = times[-1]
        shared = round_down(start, grid)
        if shared < covered:
            level_before = taken[-1]
            both = larger(level_before, level, guard)
            if times[-2] == shared:
                taken[-1] = both
            elif both != level_before:
                times[-1:] = [shared, covered]
                taken.append(both)
        if (reach := round_up(end, grid)) > covered:
            times.append(reach)
            taken.append(level)
    return Steps(times, taken)
