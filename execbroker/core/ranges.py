"""Closed ranges of whole numbers, either end of which may be open.

"Everything has a minimum and a maximum": what a task asks and what an offer grants are both ranges. The set of
ranges with `&` (intersection) and `|` (hull) is a bounded lattice. `|` is the smallest range that covers both, not
the union of two sets, so these laws of sets do *not* hold:

>>> a, b, c = Range(1, 2), Range(5, 6), Range(3, 4)
>>> (a | b) & c == (a & c) | (b & c)      # distributivity
False
>>> 3 in a | b                            # membership: neither holds 3
True
"""

from __future__ import annotations

from typing import Final, final

from attrs import field, frozen

__all__ = ["EMPTY", "FULL", "Range"]


def _later(one: int | None, other: int | None) -> int | None:
    """The larger of two lower ends, where None is below every number."""
    return other if one is None else one if other is None else max(one, other)


def _sooner(one: int | None, other: int | None) -> int | None:
    """The smaller of two upper ends, where None is above every number."""
    return other if one is None else one if other is None else min(one, other)


@final
@frozen(repr=False)
class Range:
    """All whole numbers from `minimum` to `maximum`, both included; None leaves an end open.

    There is one empty range, `EMPTY`: operations that leave nothing return it.

    >>> Range(2, 8) & Range(4, None)
    Range[4, 8]
    >>> Range(2, 3) & Range(5, 6)
    Range[empty]

    Raises:
        ValueError: The minimum is above the maximum.
    """

    minimum: int | None = None
    maximum: int | None = None
    is_empty: bool = field(default=False, init=False)

    def __attrs_post_init__(self) -> None:
        if self.minimum is not None and self.maximum is not None and self.minimum > self.maximum:
            raise ValueError(f"the minimum {self.minimum} is above the maximum {self.maximum}")

    @classmethod
    def exactly(cls, value: int) -> Range:
        """The range that holds one value."""
        return cls(value, value)

    def intersection(self, other: Range) -> Range:
        """What both hold; `&`. Associative, commutative and idempotent."""
        if self.is_empty or other.is_empty:
            return EMPTY
        low, high = _later(self.minimum, other.minimum), _sooner(self.maximum, other.maximum)
        return EMPTY if low is not None and high is not None and low > high else Range(low, high)

    def hull(self, other: Range) -> Range:
        """The smallest range that covers both; `|`. Associative, commutative and idempotent."""
        if self.is_empty or other.is_empty:
            return self if other.is_empty else other
        low = None if None in (self.minimum, other.minimum) else _sooner(self.minimum, other.minimum)
        high = None if None in (self.maximum, other.maximum) else _later(self.maximum, other.maximum)
        return Range(low, high)

    def is_subset(self, other: Range) -> bool:
        """Whether `other` holds everything that this one holds."""
        return self & other == self

    def sums(self, other: Range) -> Range:
        """All sums of a number from each; `+`. An open end stays open."""
        if self.is_empty or other.is_empty:
            return EMPTY
        low = None if self.minimum is None or other.minimum is None else self.minimum + other.minimum
        high = None if self.maximum is None or other.maximum is None else self.maximum + other.maximum
        return Range(low, high)

    __add__ = sums
    __and__ = intersection
    __or__ = hull

    def __contains__(self, value: int) -> bool:
        return (
            not self.is_empty
            and (self.minimum is None or self.minimum <= value)
            and (self.maximum is None or value <= self.maximum)
        )

    def __repr__(self) -> str:
        if self.is_empty:
            return "Range[empty]"
        low = "-∞" if self.minimum is None else self.minimum
        high = "∞" if self.maximum is None else self.maximum
        return f"Range[{low}, {high}]"


def _empty() -> Range:
    nothing = Range()
    object.__setattr__(nothing, "is_empty", True)
    return nothing


#: The range that holds every number.
FULL: Final = Range()
#: The range that holds none.
EMPTY: Final = _empty()
