"""Costs are exact."""

from decimal import Decimal
from fractions import Fraction

from hypothesis import given
from hypothesis import strategies as st

from execbroker.core.answer import Cost
from execbroker.core.costs import cost_of
from execbroker.core.platform import Costs

RATES = Costs({"cores": Decimal("0.02"), "memory": Decimal("0.003"), "gpus": Decimal("0.9")}, "EUR")


def test_units_are_cores_gibibytes_and_whole_things() -> None:
    """Four cores, eight GiB and a gpu for two hours, by hand."""
    amounts = {"cores": 4000, "memory": 8 * 2**30, "gpus": 1}

    hourly = Fraction(8, 100) + Fraction(24, 1000) + Fraction(9, 10)
    assert cost_of(amounts, 7200, RATES, frozenset()) == Cost(2 * hourly, "EUR")


@given(st.integers(0, 10**6), st.integers(1, 10**6), st.integers(1, 10**6))
def test_cost_is_additive_in_time_and_amount(cores: int, first: int, second: int) -> None:
    """Two runs cost what one of their length does, and half the cores half of it; nothing is rounded."""
    whole = cost_of({"cores": 2 * cores}, first + second, RATES, frozenset()).amount
    parts = [cost_of({"cores": cores}, seconds, RATES, frozenset()).amount for seconds in (first, second)]

    assert whole == 2 * sum(parts)


def test_what_has_no_rate_is_free() -> None:
    """Storage without a rate costs nothing."""
    assert cost_of({"storage": 10**15}, 3600, RATES, frozenset()).amount == 0
