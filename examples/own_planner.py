"""A planner of one's own, as small as can be: the first run that fits, with just what is asked.

What it does not understand it answers with NO, as anybody may. `tests/testing/test_own_planner.py` and the README
have the ten lines that test it.
"""

from collections.abc import Iterator, Sequence

from execbroker import Amounts, Answer, Offer, Platform, Pool, Reason, Span, Task
from execbroker.core.answer import Allotment
from execbroker.core.interfaces import Planner
from execbroker.core.policy import Policy
from execbroker.core.spans import round_up

NO = Answer(reasons=(Reason("policy", "this planner found nothing among the little that it understands"),))


class FirstFit(Planner):
    """Offers the first run that fits in one of the pools, and nothing else."""

    def __init__(self, platforms: Sequence[Platform]) -> None:
        self.platforms = platforms

    def plan(self, task: Task, now: int) -> Answer:
        """YES with one offer, or NO."""
        offers = (
            offer
            for platform in self.platforms
            for pool in platform.pools
            if is_plain(platform, pool, task)
            for offer in runs(platform, pool, task, now)
        )
        return next((Answer((offer,), language=task.language) for offer in offers), NO)


def is_plain(platform: Platform, pool: Pool, task: Task) -> bool:
    """Whether the task is for one compute resource with all that the pool has, and there is nothing special."""
    schedule, asked = task.schedule, task.compute[0].ranges if len(task.compute) == 1 else {}
    special = (
        *(pool.nodes, pool.flavours, pool.hours, platform.closures, platform.executables, platform.costs),
        *(task.storage, task.data, task.costs, task.metrics, task.sizes, schedule.daily, schedule.starts),
        platform.policy != Policy(),
    )
    return not any(special) and bool(asked) and asked.keys() == pool.capacity.keys()


def runs(platform: Platform, pool: Pool, task: Task, now: int) -> Iterator[Offer]:
    """Every run that fits, the earliest first."""
    schedule, grid = task.schedule, platform.granularity
    limits = [schedule.duration.maximum, platform.max_duration, pool.max_duration]
    most = min((each for each in limits if each is not None), default=platform.horizon)
    shortest = schedule.duration.minimum
    length = round_up(min(platform.defaults.duration, most) if shortest is None else shortest, grid)
    lead = platform.prepare if pool.prepare is None else pool.prepare
    end = min(now + platform.horizon, now + platform.horizon if schedule.end is None else schedule.end)
    first = round_up(max(now + lead, schedule.earliest or 0), grid)
    last = end - length if schedule.latest is None else min(end - length, schedule.latest)
    least = Amounts({name: each.minimum or 0 for name, each in task.compute[0].ranges.items()})
    for start in range(first, last + 1, grid):
        if length <= most and is_free(platform, pool, Span(start, start + length), least):
            yield Offer(
                platform.name,
                pool.name,
                minstart=start,
                maxstart=start,
                maxend=start + length,
                minduration=length,
                maxduration=length,
                expires=min(now + platform.offer_lifetime, start),
                compute=(Allotment(task.compute[0].name, least, least),),
                runner=platform.runner if pool.runner is None else pool.runner,
                preparation=lead,
                zone=schedule.zone,
            )


def is_free(platform: Platform, pool: Pool, run: Span, least: Amounts) -> bool:
    """Whether there is enough of everything throughout a run."""
    near = [
        each
        for each in platform.bookings
        if each.pool == pool.name and each.span.start < run.end and run.start < each.span.end
    ]
    # It can get less only where the run or a booking begins.
    for instant in {run.start, *(each.span.start for each in near if each.span.start > run.start)}:
        taken = [each.amounts for each in near if each.span.start <= instant < each.span.end]
        for name, amount in least.items():
            if sum(each.get(name, 0) for each in taken) + amount > pool.capacity[name]:
                return False
    return True
