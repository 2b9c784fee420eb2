"""What a task's demands on costs and metrics leave of what it asks of a pool.

A demand must hold of every run that is offered, so of the dearest: the largest and longest. How large and how long
it may be at most is a matter of choice between the two, and the choice is the client's. So a task with a limit on
what it may cost is looked at as some narrower ones: for a longest run that is doubled again and again, as much as
can be had for the money in that time, in whole units; and then for as long as there is money for that much.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from decimal import Decimal
from fractions import Fraction
from math import floor
from typing import Final, NamedTuple, final

from execbroker.core.amounts import unit_of
from execbroker.core.answer import Reason
from execbroker.core.demand import Demand
from execbroker.core.measures import RATED, Gauge, costs_in, metrics_in
from execbroker.core.platform import Platform, Pool
from execbroker.core.problems import quoted
from execbroker.core.spans import round_down
from execbroker.core.task import Constraint, Task

__all__ = ["affordable", "gauges_of", "rounded"]

_HOUR: Final = 3600


@final
class _Bound(NamedTuple):
    """A most that is demanded of a gauge, over a demand whose amounts may grow.

    Attributes:
        most: What is demanded.
        start: What the least amounts come to, in an hour where time counts.
        growth: What all the room above them would add.
        is_timed: Whether time counts.
    """

    most: Fraction
    start: Fraction
    growth: Fraction
    is_timed: bool

    def share(self, seconds: int) -> Fraction:
        """How much of the room can be had for so many seconds; above 1 if there is money left."""
        most = self.most / Fraction(seconds, _HOUR) if self.is_timed else self.most
        return (most - self.start) / self.growth if self.growth else Fraction(1)

    def lasting(self, share: Fraction, longest: int) -> int:
        """For how many seconds so much of the room can be had, at most the longest."""
        hourly = self.start + share * self.growth
        return _paid_for(self.most, hourly, longest) if self.is_timed else longest


def gauges_of(platform: Platform, pool: Pool) -> dict[str, dict[str, Gauge]]:
    """All that is known of costs and of metrics in a pool, by meaning."""
    return {
        "costs": {gauge.meaning: gauge for gauge in costs_in(platform, pool)},
        "metrics": {gauge.meaning: gauge for gauge in metrics_in(platform, pool)},
    }


def affordable(task: Task, platform: Platform, demand: Demand) -> tuple[Demand, ...] | Reason:
    """A demand in the narrower ones that keep to what its task demands of costs and metrics, or why there are none.

    They come by their longest runs; there is one alone, and that unchanged, where nothing is limited.
    """
    if not task.costs and not task.metrics:
        return (demand,)
    gauges, limited = gauges_of(platform, demand.pool), []
    for group, constraints in (("costs", task.costs), ("metrics", task.metrics)):
        for place, constraint in enumerate(constraints):
            gauge = gauges[group].get(constraint.meaning)
            if reason := _unmet(gauge, constraint, f"{group}[{place}]", platform, demand):
                return reason
            if gauge is not None and constraint.maximum is not None:
                limited.append((gauge, Fraction(constraint.maximum)))
    return tuple(_ladder(demand, limited, platform.granularity)) if limited else (demand,)


def _unmet(
    gauge: Gauge | None, constraint: Constraint, path: str, platform: Platform, demand: Demand
) -> Reason | None:
    """Why a demand cannot be met even by a shortest run with the least amounts, if it can't."""
    code = "cost-exceeds-limit" if path.startswith("costs") else "metric-not-met"
    where = platform.name, demand.pool.name
    least, most, what = constraint.minimum, constraint.maximum, _called(constraint.meaning, path)
    if least is None and most is None:
        return None
    if gauge is None:
        asked, end = (least, "min") if most is None else (most, "max")
        message = f"nothing is known of {what} in {demand.pool.name}, so nothing can be promised"
        return Reason(code, message, *where, f"{path}.{end}", asked=asked)
    figure = gauge.figure(demand.least, demand.shortest)
    said = f" {gauge.description}" if gauge.description else ""
    if most is not None and figure > Fraction(most):
        there = rounded(figure, up=True)
        message = f"{what} of at most {most} asked, a run comes to at least {there}{said}"
        return Reason(code, message, *where, f"{path}.max", asked=most, available=there)
    if least is not None and figure < Fraction(least):
        there = rounded(figure, up=False)
        message = f"{what} of at least {least} asked, a run may come to no more than {there}{said}"
        return Reason("metric-not-met", message, *where, f"{path}.min", asked=least, available=there)
    return None


def _called(meaning: str, path: str) -> str:
    """What is measured, as people call it: the last part of a name, or the whole URI."""
    scheme, _, word = meaning.rpartition(":")
    called = word if scheme.startswith("urn:") and word else quoted(meaning)
    return f"{called} costs" if path.startswith("costs") else called


def rounded(figure: Fraction, *, up: bool) -> Decimal:
    """A figure in six decimal places at most.

    >>> rounded(Fraction(1, 3), up=True), rounded(Fraction(5, 2), up=True), rounded(Fraction(400), up=False)
    (Decimal('0.333334'), Decimal('2.5'), Decimal('400'))
    """
    millions = figure * 10**6
    whole = -floor(-millions) if up else floor(millions)
    text = Decimal(whole).scaleb(-6)
    return text.quantize(Decimal(1)) if text == text.to_integral() else text.normalize()


def _ladder(demand: Demand, limited: Sequence[tuple[Gauge, Fraction]], grid: int) -> Iterator[Demand]:
    """The narrower demands, by their longest runs; of those with equal amounts the longest alone."""
    room = _room(demand, limited)
    bounds = [_bound(gauge, most, demand, room) for gauge, most in limited]
    longest = round_down(min(bound.lasting(Fraction(0), demand.longest) for bound in bounds), grid)
    share = _share(bounds, demand.shortest)
    growing = [bound for bound in bounds if bound.growth]
    seconds = round_down(min((bound.lasting(share, longest) for bound in growing), default=longest), grid)
    found: dict[tuple[int, ...], Demand] = {}
    while True:
        share = _share(bounds, seconds)
        maxima = {name: _part(demand, name, share, more) for name, more in room.items()}
        lasting = _lasting(limited, {**demand.least, **maxima}, demand.longest)
        found[tuple(maxima.values())] = demand.narrowed(maxima, round_down(lasting, grid))
        if seconds >= longest:
            yield from found.values()
            return
        seconds = min(longest, 2 * seconds)


def _room(demand: Demand, limited: Sequence[tuple[Gauge, Fraction]]) -> dict[str, int]:
    """How much more than the least could be had of each resource that a limit is about."""
    room = {}
    for name, asked in demand.asked.items():
        if any(gauge.rates.get(name) for gauge, _ in limited):
            has = demand.pool.capacity.get(name, 0)
            room[name] = (has if asked.maximum is None else min(has, asked.maximum)) - (asked.minimum or 0)
    return room


def _part(demand: Demand, name: str, share: Fraction, room: int) -> int:
    """The least of a resource and so much of the room above it, in whole units if it is not all of it."""
    least, unit = demand.asked[name].minimum or 0, RATED[unit_of(name, demand.pool.sizes)]
    most = least + floor(share * room)
    return most if share == 1 or most < unit else max(least, most - most % unit)


def _lasting(limited: Sequence[tuple[Gauge, Fraction]], amounts: Mapping[str, int], longest: int) -> int:
    """For how many seconds amounts can be had, at most the longest."""
    for gauge, most in limited:
        if gauge.is_timed:
            longest = _paid_for(most, gauge.figure(amounts, _HOUR), longest)
    return longest


def _paid_for(most: Fraction, hourly: Fraction, longest: int) -> int:
    """For how many seconds a rate keeps to a sum, at most the longest."""
    return min(longest, floor(most / hourly * _HOUR)) if hourly else longest


def _bound(gauge: Gauge, most: Fraction, demand: Demand, room: Mapping[str, int]) -> _Bound:
    start = gauge.figure(demand.least, _HOUR)
    full = {name: amount + room.get(name, 0) for name, amount in demand.least.items()}
    return _Bound(most, start, gauge.figure(full, _HOUR) - start, gauge.is_timed)


def _share(bounds: Sequence[_Bound], seconds: int) -> Fraction:
    """How much of the room above the least amounts can be had for so many seconds."""
    return min(Fraction(1), *(bound.share(seconds) for bound in bounds))
