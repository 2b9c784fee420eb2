"""From candidates to the offers that a client gets."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence

from execbroker.core.amounts import STORAGE, Amounts
from execbroker.core.answer import Allotment, Figure, Offer
from execbroker.core.demand import Demand
from execbroker.core.frontier import Candidate
from execbroker.core.lanes import Lane
from execbroker.core.measures import Gauge, costs_in, metrics_in
from execbroker.core.ranges import Range
from execbroker.core.task import Task

__all__ = ["offers_of"]


def offers_of(lane: Lane, task: Task, now: int) -> Callable[[Candidate], Offer]:
    """How the candidates of a lane become offers, as of an instant; what all have in common is done once."""
    demand, platform, fields = lane.demand, lane.site.platform, lane.site.fields
    asking = _asking(task, demand)
    minima = [
        Amounts.trusted({name: wanted.minimum or 0 for name, wanted in ranges.items()})
        for _, ranges in asking
    ]
    wanted = [ranges for _, ranges in asking]
    storing, defaults = len(task.storage), dict(demand.defaults)
    flavour = lane.flavour.name if lane.flavour else None
    runner = demand.pool.runner or platform.runner
    cost_of = [_figures_of(gauge, demand) for gauge in costs_in(platform, demand.pool)]
    metric_of = [_figures_of(gauge, demand) for gauge in metrics_in(platform, demand.pool)]

    def offer(candidate: Candidate) -> Offer:
        amounts, longest = fields.unpack(-candidate.key, demand.asked) | defaults, lane.duration(candidate)
        dealt = _dealt(wanted, amounts)
        allotments = [
            Allotment(name, least, most) for (name, _), least, most in zip(asking, minima, dealt, strict=True)
        ]
        maxstart = -candidate.latest
        return Offer(
            platform=platform.name,
            pool=demand.pool.name,
            minstart=candidate.start,
            maxstart=maxstart,
            maxend=-candidate.end,
            minduration=demand.shortest,
            maxduration=longest,
            expires=min(now + platform.offer_lifetime, maxstart),
            compute=tuple(allotments[storing:]),
            storage=tuple(allotments[:storing]),
            runner=runner,
            preparation=demand.preparation,
            proximity=lane.rival.proximity,
            cost=lane.rival.cost,
            flavour=flavour,
            zone=task.schedule.zone,
            sizes=demand.pool.sizes,
            costs=tuple(figure(amounts, longest) for figure in cost_of),
            metrics=tuple(figure(amounts, longest) for figure in metric_of),
        )

    return offer


def _figures_of(gauge: Gauge, demand: Demand) -> Callable[[Mapping[str, int], int], Figure]:
    """How much a cost or a metric is of offers, by what they have at most."""
    least = gauge.figure(demand.least, demand.shortest)

    def figure(amounts: Mapping[str, int], longest: int) -> Figure:
        return Figure(gauge.meaning, least, gauge.figure(amounts, longest), gauge.description)

    return figure


def _asking(task: Task, demand: Demand) -> list[tuple[str | None, Mapping[str, Range]]]:
    """All that amounts are dealt out to: storage, then compute, the first of which also gets the defaults."""
    compute = [(compute.name, compute.ranges) for compute in task.compute]
    if demand.defaults:
        given = {name: Range.exactly(amount) for name, amount in demand.defaults.items()}
        name, ranges = compute[0] if compute else (None, {})
        compute[:1] = [(name, dict(sorted({**given, **ranges}.items())))]
    return [*((storage.name, {STORAGE: storage.size}) for storage in task.storage), *compute]


def _dealt(asking: Sequence[Mapping[str, Range]], amounts: Mapping[str, int]) -> list[Amounts]:
    """Amounts dealt out: each asker gets its minimum, and what is left goes to one after the other."""
    if len(asking) == 1:
        return [Amounts.trusted({name: amounts[name] for name in asking[0]})]
    left = dict(amounts)
    for ranges in asking:
        for name, wanted in ranges.items():
            left[name] -= wanted.minimum or 0
    dealt = []
    for ranges in asking:
        most = {}
        for name, wanted in ranges.items():
            least = wanted.minimum or 0
            more = left[name] if wanted.maximum is None else min(left[name], wanted.maximum - least)
            most[name] = least + more
            left[name] -= more
        dealt.append(Amounts.trusted(most))
    return dealt
