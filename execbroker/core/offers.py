"""From a candidate to the offer that a client gets."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence

from execbroker.core.amounts import STORAGE, Amounts
from execbroker.core.answer import Allotment, Offer
from execbroker.core.demand import Demand
from execbroker.core.frontier import Candidate
from execbroker.core.lanes import Lane
from execbroker.core.ranges import Range
from execbroker.core.task import Task
from execbroker.core.vectors import WIDTH

__all__ = ["offer_of"]


def offer_of(candidate: Candidate, lane: Lane, task: Task, now: int) -> Offer:
    """The offer of a candidate's box, as of an instant."""
    demand, platform, fields = lane.demand, lane.site.platform, lane.site.fields
    amounts = fields.amounts(-candidate.key, demand.asked)
    maxstart = -candidate.latest
    return Offer(
        platform=platform.name,
        pool=demand.pool.name,
        runner=demand.pool.runner or platform.runner,
        expires=min(now + platform.offer_lifetime, maxstart),
        minstart=candidate.start,
        maxstart=maxstart,
        maxend=-candidate.end,
        minduration=demand.shortest,
        maxduration=-candidate.key >> len(fields.names) * WIDTH,
        preparation=demand.preparation,
        proximity=lane.proximity,
        cost=lane.cost,
        flavour=lane.flavour.name if lane.flavour else None,
        compute=_compute(task, demand, amounts),
        storage=tuple(
            _shared([(storage.name, {STORAGE: storage.size}) for storage in task.storage], amounts)
        ),
        zone=task.schedule.zone,
        sizes=demand.pool.sizes,
    )


def _compute(task: Task, demand: Demand, amounts: Amounts) -> tuple[Allotment, ...]:
    """What each compute resource gets; the first also what the task gets without asking."""
    given = demand.defaults
    allotments = list(_shared([(compute.name, compute.ranges) for compute in task.compute], amounts))
    if not allotments and not given:
        return ()
    first = allotments[0] if allotments else Allotment()
    more = Allotment(first.name, Amounts({**given, **first.minimum}), Amounts({**given, **first.maximum}))
    return (more, *allotments[1:])


def _shared(
    asking: Sequence[tuple[str | None, Mapping[str, Range]]], amounts: Amounts
) -> Iterator[Allotment]:
    """Amounts dealt out: each resource of the task gets its minimum, what is left goes to one after the other."""
    left = dict(amounts)
    for _, ranges in asking:
        for name, wanted in ranges.items():
            left[name] -= wanted.minimum or 0
    for resource, ranges in asking:
        least = {name: wanted.minimum or 0 for name, wanted in ranges.items()}
        most = {}
        for name, wanted in ranges.items():
            room = left[name] if wanted.maximum is None else min(left[name], wanted.maximum - least[name])
            most[name] = least[name] + room
            left[name] -= room
        yield Allotment(resource, Amounts(least), Amounts(most))
