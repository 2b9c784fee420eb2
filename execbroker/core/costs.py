"""What a run costs, computed from the platform's rates, exactly."""

from __future__ import annotations

from collections.abc import Mapping
from fractions import Fraction
from typing import Final

from execbroker.core.amounts import Unit, unit_of
from execbroker.core.answer import Cost
from execbroker.core.platform import Costs

__all__ = ["cost_of"]

#: How many of a resource's smallest unit one priced unit has: rates are per core, GiB and whole thing.
_PRICED: Final = {Unit.THOUSANDTH: 1000, Unit.BYTE: 2**30, Unit.WHOLE: 1}


def cost_of(amounts: Mapping[str, int], seconds: int, costs: Costs, sizes: frozenset[str]) -> Cost:
    """The cost of holding amounts for so many seconds; what has no rate is free of charge."""
    hourly = sum(
        (
            Fraction(rate) * Fraction(amounts.get(name, 0), _PRICED[unit_of(name, sizes)])
            for name, rate in costs.rates.items()
        ),
        Fraction(0),
    )
    return Cost(hourly * Fraction(seconds, 3600), costs.currency)
