"""What a platform says of costs and metrics, and what follows from a task's constraints on them; rule by rule."""

from __future__ import annotations

from collections.abc import Mapping
from decimal import Decimal
from fractions import Fraction
from typing import Final, final

from attrs import frozen

from execbroker.core.amounts import Unit, unit_of
from execbroker.core.answer import CARBON, ENERGY, MONETARY, Figure
from execbroker.core.platform import Platform, Pool

__all__ = ["Meter", "costs_of", "figures", "metrics_of", "rated"]

#: How many of a resource's smallest units its rate is for: a core, a GiB, one of anything else.
_RATED: Final = {Unit.THOUSANDTH: 1000, Unit.BYTE: 2**30, Unit.WHOLE: 1}


def rated(rates: Mapping[str, Decimal], amounts: Mapping[str, int], sizes: frozenset[str]) -> Fraction:
    """What amounts come to at some rates, each for a core, a GiB or one of anything else."""
    return sum(
        (
            Fraction(amount, _RATED[unit_of(name, sizes)]) * Fraction(rates.get(name, 0))
            for name, amount in amounts.items()
        ),
        Fraction(),
    )


@final
@frozen
class Meter:
    """How one cost or metric is worked out in a pool.

    Attributes:
        meaning, description: What is measured, and in which unit.
        rates: What a unit of each resource adds, by the hour if `is_by_hour`.
        fixed: What there is anyway.
        sizes: The pool's further resources that are sizes.
    """

    meaning: str
    description: str | None
    rates: Mapping[str, Decimal]
    fixed: Decimal
    is_by_hour: bool
    sizes: frozenset[str]

    def of(self, amounts: Mapping[str, int], seconds: int) -> Fraction:
        """What a run comes to."""
        hours = Fraction(seconds, 3600) if self.is_by_hour else 1
        return Fraction(self.fixed) + rated(self.rates, amounts, self.sizes) * hours


def costs_of(platform: Platform, pool: Pool) -> list[Meter]:
    """Money, energy and carbon, in this order, as far as the platform has rates for them."""
    money = platform.costs
    said = [
        (MONETARY, money.currency if money else None, money.rates if money else {}),
        (ENERGY, "kWh", platform.energy),
        (CARBON, "g CO2e", platform.carbon),
    ]
    return [
        Meter(meaning, unit, rates, Decimal(0), True, pool.sizes) for meaning, unit, rates in said if rates
    ]


def metrics_of(platform: Platform, pool: Pool) -> list[Meter]:
    """The platform's metrics, each replaced by the pool's of the same meaning, and then what only the pool has."""
    own = {each.meaning: each for each in pool.metrics}
    known = {each.meaning for each in platform.metrics}
    said = [own.get(each.meaning, each) for each in platform.metrics]
    said += [each for each in pool.metrics if each.meaning not in known]
    return [Meter(each.meaning, each.description, each.rates, each.fixed, False, pool.sizes) for each in said]


def figures(
    meters: list[Meter], least: tuple[Mapping[str, int], int], most: tuple[Mapping[str, int], int]
) -> tuple[Figure, ...]:
    """What is said of an offer whose smallest and shortest, and largest and longest, run are these."""
    return tuple(Figure(each.meaning, each.of(*least), each.of(*most), each.description) for each in meters)
