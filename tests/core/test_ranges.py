"""`Range` against sets of numbers, and the laws that it keeps."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from execbroker.core.ranges import EMPTY, FULL, Range

#: Ends lie well within these numbers, so an open end shows.
NUMBERS = range(-20, 21)

ends = st.none() | st.integers(-8, 8)


def _range(low: int | None, high: int | None) -> Range:
    return Range(high, low) if low is not None and high is not None and low > high else Range(low, high)


ranges = st.builds(_range, ends, ends) | st.just(EMPTY)


def members(of: Range) -> set[int]:
    """The numbers of a range, asked one by one."""
    return {number for number in NUMBERS if number in of}


class TestPointwise:
    """A range is a set of numbers."""

    @given(ranges)
    def test_membership(self, one: Range) -> None:
        """A number is in it if neither end is beyond it."""
        low = NUMBERS.start if one.minimum is None else one.minimum
        high = NUMBERS.stop - 1 if one.maximum is None else one.maximum

        assert members(one) == (set() if one.is_empty else set(range(low, high + 1)))

    @given(ranges, ranges)
    def test_intersection(self, one: Range, other: Range) -> None:
        """What both hold."""
        assert members(one & other) == members(one) & members(other)

    @given(ranges, ranges)
    def test_hull(self, one: Range, other: Range) -> None:
        """The smallest range that holds what either holds."""
        both = members(one) | members(other)
        hull = members(one | other)

        assert hull == (set(range(min(both), max(both) + 1)) if both else set())

    @given(ranges, ranges)
    def test_sums(self, one: Range, other: Range) -> None:
        """All sums of a number from each; the numbers are far enough out to reach whatever is looked at."""
        sums = {a + b for a in range(-40, 41) if a in one for b in range(-40, 41) if b in other}

        assert members(one + other) == sums & set(NUMBERS)

    @given(ranges, ranges)
    def test_subset(self, one: Range, other: Range) -> None:
        """One is a subset if the other holds all that it holds."""
        assert one.is_subset(other) == (members(one) <= members(other))

    @given(ranges, ranges)
    def test_equality(self, one: Range, other: Range) -> None:
        """Equal ranges hold the same, and there is one empty range."""
        assert (one == other) == (members(one) == members(other))
        assert one != other or hash(one) == hash(other)


class TestLaws:
    """The ranges with `&` and `|` are a bounded lattice."""

    @given(ranges, ranges, ranges)
    def test_lattice(self, a: Range, b: Range, c: Range) -> None:
        """Associative, commutative, idempotent, absorbing."""
        assert (a & b) & c == a & (b & c)
        assert (a | b) | c == a | (b | c)
        assert a & b == b & a
        assert a | b == b | a
        assert a & a == a | a == a
        assert a & (a | b) == a | (a & b) == a

    @given(ranges, ranges, ranges)
    def test_sums(self, a: Range, b: Range, c: Range) -> None:
        """Addition is associative and commutative, 0 changes nothing, and a hull of sums is a sum of the hull."""
        assert (a + b) + c == a + (b + c)
        assert a + b == b + a
        assert a + Range.exactly(0) == a
        assert (b | c) + a == (b + a) | (c + a)

    @given(ranges)
    def test_bounds(self, a: Range) -> None:
        """Everything and nothing are its ends."""
        assert a & FULL == a | EMPTY == a
        assert a | FULL == FULL
        assert a & EMPTY == EMPTY

    def test_law_that_fails(self) -> None:
        """The lattice is not distributive: a hull holds what lies between."""
        a, b, c = Range(1, 2), Range(5, 6), Range(3, 4)

        assert (a | b) & c != (a & c) | (b & c)


class TestMaking:
    """What a range can be made of."""

    def test_minimum_above_maximum(self) -> None:
        """There is no range that ends before it begins."""
        with pytest.raises(ValueError, match="3 is above the maximum 2"):
            Range(3, 2)

    def test_empty(self) -> None:
        """Nobody makes a second empty range."""
        with pytest.raises(TypeError):
            Range(2, 3, True)  # type: ignore[call-arg]

    def test_exactly(self) -> None:
        """One value is a range, too."""
        assert members(Range.exactly(4)) == {4}

    @pytest.mark.parametrize(
        ("one", "text"),
        [
            (Range(2, 8), "Range[2, 8]"),
            (FULL, "Range[-∞, ∞]"),
            (Range(2), "Range[2, ∞]"),
            (EMPTY, "Range[empty]"),
        ],
    )
    def test_repr(self, one: Range, text: str) -> None:
        """It is shown as an interval."""
        assert repr(one) == text
