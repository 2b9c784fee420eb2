"""Amounts are read-only mappings from resources to whole numbers, and compare by what they hold."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from execbroker.core.amounts import NONE, Amounts, Unit, unit_of

NAMES = ("cores", "memory", "gpus", "licences")

plain = st.dictionaries(st.sampled_from(NAMES), st.integers(0, 4))


class TestMapping:
    """An `Amounts` is the mapping that it was made of."""

    @given(plain)
    def test_content(self, given_amounts: dict[str, int]) -> None:
        """It holds the same, with names in order, and changes with nothing outside."""
        amounts = Amounts(given_amounts)
        before = dict(given_amounts)
        given_amounts["cores"] = 99

        assert dict(amounts) == before
        assert list(amounts) == sorted(before)
        assert len(amounts) == len(before)

    @given(plain, plain)
    def test_equality(self, one: dict[str, int], other: dict[str, int]) -> None:
        """Equal if the same names have the same amounts, in whatever order they came; a zero is not nothing."""
        assert (Amounts(one) == Amounts(other)) == (one == other)
        assert hash(Amounts(one)) == hash(Amounts(dict(reversed(one.items()))))

    def test_negative(self) -> None:
        """There is less than nothing of no resource."""
        with pytest.raises(ValueError, match="a negative amount of gpus: -1"):
            Amounts({"cores": 1, "gpus": -1})

    def test_cannot_be_changed(self) -> None:
        """No item can be set."""
        with pytest.raises(TypeError):
            NONE["cores"] = 1  # type: ignore[index]

    def test_repr(self) -> None:
        """It is shown as what makes it."""
        assert repr(Amounts({"gpus": 1, "cores": 2000})) == "Amounts({'cores': 2000, 'gpus': 1})"


class TestFitting:
    """`fits_in` is a partial order over the names that matter."""

    @given(plain, plain)
    def test_by_name(self, one: dict[str, int], other: dict[str, int]) -> None:
        """It fits if there is enough of everything; a name that isn't there is none of it."""
        enough = all(other.get(name, 0) >= one.get(name, 0) for name in NAMES)

        assert Amounts(one).fits_in(Amounts(other)) == enough

    @given(plain, plain, plain)
    def test_order(self, a: dict[str, int], b: dict[str, int], c: dict[str, int]) -> None:
        """It is reflexive and transitive, and nothing fits everywhere."""
        assert Amounts(a).fits_in(a)
        assert NONE.fits_in(a)
        assert not (Amounts(a).fits_in(b) and Amounts(b).fits_in(c)) or Amounts(a).fits_in(c)


@pytest.mark.parametrize(
    ("name", "unit"),
    [
        ("cores", Unit.THOUSANDTH),
        ("memory", Unit.BYTE),
        ("storage", Unit.BYTE),
        ("gpus", Unit.WHOLE),
        ("licences", Unit.WHOLE),
        ("scratch", Unit.BYTE),
    ],
)
def test_units(name: str, unit: Unit) -> None:
    """Cores are counted in thousandths, sizes in bytes, everything else in whole ones."""
    assert unit_of(name, frozenset({"scratch"})) is unit
