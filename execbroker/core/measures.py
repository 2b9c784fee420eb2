"""What a run costs and what else is said of it, computed from the platform's rates, exactly."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from decimal import Decimal
from fractions import Fraction
from typing import Final, NamedTuple, final

from execbroker.core.amounts import Unit, unit_of
from execbroker.core.answer import CARBON, ENERGY, MONETARY, Cost
from execbroker.core.platform import Platform, Pool

__all__ = ["RATED", "Gauge", "cost_of", "costs_in", "metrics_in"]

#: How many of a resource's smallest unit one rated unit has: rates are per core, GiB and whole thing.
RATED: Final = {Unit.THOUSANDTH: 1000, Unit.BYTE: 2**30, Unit.WHOLE: 1}


@final
class Gauge(NamedTuple):
    """A cost or a metric as it is measured in one pool.

    Attributes:
        meaning: What is measured, a URI.
        rates: How much the smallest unit of each resource adds, in an hour where time counts. Never negative.
        fixed: How much there is anyway.
        is_timed: Whether time counts.
        description: In words, such as the unit that it is measured in.
    """

    meaning: str
    rates: Mapping[str, Fraction]
    fixed: Fraction = Fraction(0)
    is_timed: bool = True
    description: str | None = None

    def figure(self, amounts: Mapping[str, int], seconds: int) -> Fraction:
        """How much it is for amounts that are held for so many seconds."""
        grown = sum((rate * amounts.get(name, 0) for name, rate in self.rates.items()), Fraction(0))
        return self.fixed + grown * (Fraction(seconds, 3600) if self.is_timed else 1)


def _fine(rates: Mapping[str, Decimal], pool: Pool) -> dict[str, Fraction]:
    """Rates for the smallest units; what has none adds nothing."""
    return {name: Fraction(rate) / RATED[unit_of(name, pool.sizes)] for name, rate in rates.items() if rate}


def costs_in(platform: Platform, pool: Pool) -> Iterator[Gauge]:
    """What is known of costs in a pool: money, energy, carbon."""
    if platform.costs is not None and platform.costs.rates:
        yield Gauge(MONETARY, _fine(platform.costs.rates, pool), description=platform.costs.currency)
    if platform.energy:
        yield Gauge(ENERGY, _fine(platform.energy, pool), description="kWh")
    if platform.carbon:
        yield Gauge(CARBON, _fine(platform.carbon, pool), description="g CO2e")


def metrics_in(platform: Platform, pool: Pool) -> Iterator[Gauge]:
    """What is known of metrics in a pool, whose own replace the platform's."""
    known = {measure.meaning: measure for measure in (*platform.metrics, *pool.metrics)}
    for measure in known.values():
        rates, fixed = _fine(measure.rates, pool), Fraction(measure.fixed)
        yield Gauge(measure.meaning, rates, fixed, is_timed=False, description=measure.description)


def cost_of(amounts: Mapping[str, int], seconds: int, platform: Platform, pool: Pool) -> Cost | None:
    """The money for holding amounts for so many seconds, where the platform has rates."""
    for gauge in costs_in(platform, pool):
        if gauge.meaning == MONETARY:
            return Cost(gauge.figure(amounts, seconds), gauge.description)
    return None
