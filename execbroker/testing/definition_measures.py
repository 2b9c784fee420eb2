"""What a platform says of costs and metrics, and what follows from a task's constraints on them; rule by rule.

A constraint must hold of every run that is offered. Rates are never below zero. So a run that is shorter or smaller
than one within a maximum is within it, too; and if the smallest and shortest run is not below a minimum, no run is.

Several offers can come of one maximum: much for a short time, less for a longer one. Of all these a few are looked
for, each of which is a `Rung`: runs up to twice as long as those of the rung before, and so much less of what the
maximum is about that the largest and longest of them is within it.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from decimal import Decimal
from fractions import Fraction
from itertools import pairwise
from math import floor
from typing import Final, final

from attrs import frozen

from execbroker.core.amounts import Unit, unit_of
from execbroker.core.answer import CARBON, ENERGY, MONETARY, Figure
from execbroker.core.platform import Platform, Pool
from execbroker.core.spans import round_down
from execbroker.core.task import Constraint, Task
from execbroker.testing.definition_needs import durations, given_by_default, largest, totals

__all__ = [
    "Breach",
    "Meter",
    "Rung",
    "breaches",
    "costs_of",
    "demands_of",
    "figures",
    "metrics_of",
    "rated",
    "rungs",
]

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


@final
@frozen
class Breach:
    """A constraint that not even the smallest and shortest run of a pool keeps.

    Attributes:
        code: The code of the reason for that.
        path: Where the task says it.
        asked: The limit.
        available: What that run comes to; None: the platform doesn't say.
    """

    code: str
    path: str
    asked: Decimal
    available: Fraction | None


def breaches(task: Task, platform: Platform, pool: Pool) -> Iterator[Breach]:
    """The constraints that no run of a pool keeps, in the order in which they are looked at.

    What the platform says nothing of can't be promised.
    """
    shortest, _ = durations(task, platform, pool)
    least = _least(task, platform, pool)
    for code, path, constraint, meter in demands_of(task, platform, pool):
        lowest, highest = constraint.minimum, constraint.maximum
        figure = None if meter is None else meter.of(least, shortest)
        if highest is not None and (figure is None or figure > highest):
            yield Breach(code, f"{path}.max", highest, figure)
        if lowest is not None and (figure is None or figure < lowest):
            yield Breach(code if figure is None else "metric-not-met", f"{path}.min", lowest, figure)


def demands_of(
    task: Task, platform: Platform, pool: Pool
) -> Iterator[tuple[str, str, Constraint, Meter | None]]:
    """Each constraint with its reason's code, its place in the task, and how what it is about is worked out."""
    for code, key, constraints, meters in (
        ("cost-exceeds-limit", "costs", task.costs, costs_of(platform, pool)),
        ("metric-not-met", "metrics", task.metrics, metrics_of(platform, pool)),
    ):
        known = {each.meaning: each for each in meters}
        for place, each in enumerate(constraints):
            yield code, f"{key}[{place}]", each, known.get(each.meaning)


def _least(task: Task, platform: Platform, pool: Pool) -> dict[str, int]:
    minima = {name: asked.minimum or 0 for name, asked in totals(task).items()}
    return {**minima, **given_by_default(task, platform, pool)}


@final
@frozen
class Rung:
    """Some of the runs that keep a task's constraints.

    Attributes:
        longest: Seconds that they last at most; None: as long as there is room.
        most: The most of each resource asked for; None: as much as there is.
    """

    longest: int | None
    most: Mapping[str, int | None]


def rungs(task: Task, platform: Platform, pool: Pool) -> list[Rung]:
    """What to look for in a pool: one thing without maxima of costs and metrics, else rung by rung.

    The first rung is for the longest runs for which there is as much as for the shortest; each that follows for
    runs twice as long, and the last one for the longest that there can be. Each has whole units, where it has at
    least one and not all that there is, and then runs as long as so much can be had. Of those that have the same
    amounts one counts.
    """
    shortest, longest = durations(task, platform, pool)
    if not (task.costs or task.metrics):
        return [Rung(longest, largest(task, platform, pool))]
    if next(breaches(task, platform, pool), None) is not None:
        return []
    ladder = _Ladder(task, platform, pool)
    if not ladder.bounds:
        return [Rung(longest, largest(task, platform, pool))]
    grid = platform.granularity
    end = min(each for each in (longest, round_down(platform.horizon, grid)) if each is not None)
    shares = {cell: ladder.share(cell) for cell in range(shortest, end + 1, grid)}
    affordable = [cell for cell, share in shares.items() if share is not None]
    if not affordable:
        return []
    steps = [max(cell for cell in affordable if shares[cell] == shares[shortest])]
    while steps[-1] < affordable[-1]:
        steps.append(min(2 * steps[-1], affordable[-1]))
    amounts = [ladder.most(shares[each] or Fraction(0)) for each in steps]
    distinct = [each for each, after in pairwise(amounts) if each != after] + amounts[-1:]
    return [Rung(max(cell for cell in affordable if ladder.keeps(each, cell)), each) for each in distinct]


def _smaller(has: int, most: int | None) -> int:
    return has if most is None else min(has, most)


@final
class _Ladder:
    """How much of what is limited there may be, from the least to the most that could be had, by the longest run.

    Attributes:
        bounds: The maxima of the task's constraints, and how what they are about is worked out.
    """

    def __init__(self, task: Task, platform: Platform, pool: Pool) -> None:
        self.bounds = [
            (Fraction(constraint.maximum), meter)
            for _, _, constraint, meter in demands_of(task, platform, pool)
            if constraint.maximum is not None and meter is not None
        ]
        self._sizes = pool.sizes
        self._least = _least(task, platform, pool)
        self._largest = largest(task, platform, pool)
        self._room = {
            # A pool that has less than is asked for serves nobody, whatever it would cost.
            name: max(0, _smaller(pool.capacity.get(name, 0), most) - self._least[name])
            for name, most in self._largest.items()
            if any(meter.rates.get(name, 0) > 0 for _, meter in self.bounds)
        }

    def share(self, seconds: int) -> Fraction | None:
        """The largest share, from 0 to 1, of the way up that is within all maxima for so many seconds, if any."""
        found = Fraction(1)
        for limit, meter in self.bounds:
            low = meter.of(self._least, seconds)
            high = meter.of({**self._least, **self._at(Fraction(1))}, seconds)
            if low > limit:
                return None
            if high > limit:
                found = min(found, (limit - low) / (high - low))
        return found

    def most(self, share: Fraction) -> dict[str, int | None]:
        """The most of each resource asked for, so far up, in whole units unless that is all the way."""
        return {
            **self._largest,
            **{name: self._whole(name, most, share) for name, most in self._at(share).items()},
        }

    def keeps(self, most: Mapping[str, int | None], seconds: int) -> bool:
        """Whether so much for so many seconds is within all maxima."""
        amounts = {**self._least, **{name: most[name] or 0 for name in self._room}}
        return all(meter.of(amounts, seconds) <= limit for limit, meter in self.bounds)

    def _whole(self, name: str, most: int, share: Fraction) -> int:
        unit = _RATED[unit_of(name, self._sizes)]
        return most if share == 1 or most < unit else max(self._least[name], most // unit * unit)

    def _at(self, share: Fraction) -> dict[str, int]:
        return {name: self._least[name] + floor(share * room) for name, room in self._room.items()}
