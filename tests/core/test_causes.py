"""Smallest sets of causes."""

from hypothesis import given
from hypothesis import strategies as st

from execbroker.core.causes import smallest_subset

families = st.lists(st.frozensets(st.integers(0, 8), max_size=4), min_size=1, max_size=4)


@given(families, st.integers(1, 9))
def test_no_member_can_leave(guilty: list[frozenset[int]], count: int) -> None:
    """What is found rules out, and without any one member it doesn't."""
    limits = range(count)

    def rules_out(some: frozenset[int]) -> bool:
        return some == frozenset(limits) or any(each <= some for each in guilty)

    found = smallest_subset(limits, rules_out)

    assert rules_out(found)
    assert not any(rules_out(found - {member}) for member in found)


@given(families, st.integers(1, 6))
def test_among_few_limits_none_is_smaller(guilty: list[frozenset[int]], count: int) -> None:
    """With up to six limits the set has the fewest members that any has."""
    limits = frozenset(range(count))
    sets = [each for each in guilty if each <= limits] or [limits]

    found = smallest_subset(sorted(limits), lambda some: any(each <= some for each in sets))

    assert len(found) == min(map(len, sets))
