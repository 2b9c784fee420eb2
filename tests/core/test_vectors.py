"""Vectors against mappings, field by field."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from execbroker.core.vectors import LIMIT, OPEN, Fields, is_within, larger, smaller

NAMES = ("cores", "gpus", "memory")
FIELDS = Fields.of(NAMES)
amounts = st.fixed_dictionaries(
    {name: st.one_of(st.integers(0, 3), st.integers(0, LIMIT - 1)) for name in (OPEN, *NAMES)}
)


@given(amounts)
def test_what_is_packed_comes_out_again(one: dict[str, int]) -> None:
    """Packing loses nothing."""
    vector = FIELDS.pack(one)

    assert FIELDS.unpack(vector, one) == one
    assert dict(FIELDS.amounts(vector)) == {name: one[name] for name in NAMES}
    assert not vector & FIELDS.guard


@given(amounts, amounts)
def test_comparison_and_extremes_go_field_by_field(one: dict[str, int], other: dict[str, int]) -> None:
    """One vector is within another if every field is; the smaller and the larger are made of fields."""
    a, b = FIELDS.pack(one), FIELDS.pack(other)

    assert is_within(a, b, FIELDS.guard) == all(one[name] <= other[name] for name in one)
    assert smaller(a, b, FIELDS.guard) == FIELDS.pack({name: min(one[name], other[name]) for name in one})
    assert larger(a, b, FIELDS.guard) == FIELDS.pack({name: max(one[name], other[name]) for name in one})


@given(amounts, amounts)
def test_vectors_sort_by_one_name_after_the_other(one: dict[str, int], other: dict[str, int]) -> None:
    """As numbers, vectors compare by the amounts in the order of their names."""
    one, other = {**one, OPEN: 0}, {**other, OPEN: 0}
    listed = [[each[name] for name in NAMES] for each in (one, other)]

    assert (FIELDS.pack(one) < FIELDS.pack(other)) == (listed[0] < listed[1])


@given(st.lists(amounts, max_size=20))
def test_sums_do_not_spill_over(many: list[dict[str, int]]) -> None:
    """The sum of vectors is the vector of sums, also where the sums are above what one amount may be."""
    total = sum(map(FIELDS.pack, many))

    assert FIELDS.unpack(total, NAMES) == {name: sum(one[name] for one in many) for name in NAMES}


def test_what_has_no_field_is_refused_unless_it_is_nothing() -> None:
    """None of an unknown resource can be packed, more of it cannot."""
    assert FIELDS.pack({"licences": 0}) == 0
    assert FIELDS.unpack(FIELDS.pack({"cores": 5}), ["licences"]) == {"licences": 0}
    with pytest.raises(KeyError):
        FIELDS.pack({"licences": 1})


def test_too_much_is_refused() -> None:
    """An amount at the limit is an error, not a wrong vector."""
    with pytest.raises(OverflowError):
        FIELDS.pack({"cores": LIMIT})
