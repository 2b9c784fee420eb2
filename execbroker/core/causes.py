"""Which of several limits are to blame: smallest sets that rule something out."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from itertools import combinations
from typing import Final, TypeVar

__all__ = ["smallest_subset"]

T = TypeVar("T")

#: Up to so many limits every subset is tried (at most 2**6 times the work of one), beyond that one is dropped
#: after the other, which gives a set that no member can leave, but perhaps not one of the fewest members.
_ALL_SUBSETS: Final = 6


def smallest_subset(limits: Iterable[T], rules_out: Callable[[frozenset[T]], bool]) -> frozenset[T]:
    """A smallest set of limits that rules out by itself; of equally small ones the first in the given order.

    >>> sorted(smallest_subset("abc", lambda limits: {"a", "c"} <= limits))
    ['a', 'c']

    Args:
        limits: All limits, which together do rule out.
        rules_out: Whether some limits do; more of them never do less.
    """
    everything = tuple(limits)
    if len(everything) <= _ALL_SUBSETS:
        for size in range(len(everything)):
            for chosen in combinations(everything, size):
                if rules_out(frozenset(chosen)):
                    return frozenset(chosen)
        return frozenset(everything)
    guilty = set(everything)
    for limit in everything:
        if rules_out(frozenset(guilty - {limit})):
            guilty.remove(limit)
    return frozenset(guilty)
