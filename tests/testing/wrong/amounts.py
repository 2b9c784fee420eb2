"""Planners that are wrong about amounts, and about what has to be there before a run."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from itertools import pairwise

from attrs import evolve

from execbroker.core.amounts import CORES, MEMORY, Amounts
from execbroker.core.answer import Allotment, Answer, Offer
from execbroker.core.interfaces import Planner
from execbroker.core.planner import PlatformPlanner
from execbroker.core.platform import Booking, Defaults, Platform
from execbroker.core.ranges import Range
from execbroker.core.spans import Span
from execbroker.core.task import Task
from execbroker.testing.definition_needs import preparation
from tests.testing.wrong.kinds import Wrong, having
from tests.testing.wrong.misled import of_allotments, of_bookings, of_offers, of_platform, of_pools, of_task

__all__ = ["WRONG_AMOUNTS"]

GIB = 2**30


def without_maxima(task: Task, now: int) -> Task:
    """Whatever a task can use at most, it is offered all that there is."""
    return evolve(
        task,
        compute=tuple(
            evolve(each, ranges={name: Range(asked.minimum) for name, asked in each.ranges.items()})
            for each in task.compute
        ),
    )


def in_gibibytes(booking: Booking) -> Booking:
    """What is booked of memory is counted in GiB, what there is in bytes."""
    return evolve(
        booking,
        amounts=Amounts({n: a // GIB if n == MEMORY else a for n, a in booking.amounts.items()}),
    )


def memory_is_cores(allotment: Allotment) -> Allotment:
    """The amount of memory that is written down is that of the cores."""
    if CORES not in allotment.maximum or MEMORY not in allotment.maximum:
        return allotment
    return evolve(
        allotment,
        minimum=Amounts({**allotment.minimum, MEMORY: allotment.minimum[CORES]}),
        maximum=Amounts({**allotment.maximum, MEMORY: allotment.maximum[CORES]}),
    )


def twice(amounts: Mapping[str, int]) -> Amounts:
    """Twice as much of everything."""
    return Amounts({name: 2 * amount for name, amount in amounts.items()})


def all_nodes_in_one(platform: Platform) -> Platform:
    """The nodes of a pool are put together to one large machine."""
    pools = tuple(
        pool if pool.nodes is None else evolve(pool, nodes=None, capacity=times(pool.capacity, pool.nodes))
        for pool in platform.pools
    )
    return evolve(
        platform, pools=pools, bookings=tuple(evolve(each, node=None) for each in platform.bookings)
    )


def times(amounts: Amounts, count: int) -> Amounts:
    """So many times as much."""
    return Amounts({name: count * amount for name, amount in amounts.items()})


def largest_booking_only(platform: Platform) -> Platform:
    """Where bookings overlap, only the largest is taken off."""
    borders = sorted({border for each in platform.bookings for border in each.span})
    places = {(each.pool, each.node) for each in platform.bookings}
    bookings = [
        Booking(pool, Span(start, end), Amounts(largest(here)), node)
        for pool, node in sorted(places, key=str)
        for start, end in pairwise(borders)
        if (
            here := [
                each.amounts
                for each in platform.bookings
                if (each.pool, each.node) == (pool, node)
                and each.span.start <= start
                and end <= each.span.end
            ]
        )
    ]
    return evolve(platform, bookings=tuple(bookings))


def largest(several: Sequence[Amounts]) -> dict[str, int]:
    """The largest amount of each name."""
    names = {name for each in several for name in each}
    return {name: max(each.get(name, 0) for each in several) for name in names}


def each_gets_all(offer: Offer, task: Task) -> Offer:
    """Each compute resource is offered all that all of them could have."""
    total = offer.amounts
    compute = (
        evolve(each, maximum=Amounts({name: total[name] for name in each.maximum})) for each in offer.compute
    )
    return evolve(offer, compute=tuple(compute))


def first_resource_only(task: Task, now: int) -> Task:
    """Only the first compute resource counts when it is asked what is free."""
    return evolve(
        task,
        compute=tuple(
            each if place == 0 else evolve(each, ranges={name: Range(0) for name in each.ranges})
            for place, each in enumerate(task.compute)
        ),
    )


def less_than_asked(task: Task, now: int) -> Task:
    """Half of what is asked for will do."""
    return evolve(
        task,
        compute=tuple(
            evolve(each, ranges={n: Range((r.minimum or 0) // 2, r.maximum) for n, r in each.ranges.items()})
            for each in task.compute
        ),
    )


def without_defaults(platform: Platform) -> Platform:
    """A task that doesn't say how many cores it needs is given none."""
    return evolve(platform, defaults=Defaults(Amounts(), platform.defaults.duration))


def uncut_flavours(platforms: Sequence[Platform]) -> Planner:
    """A flavour is offered whole, whatever the task can use."""
    carried = {
        (platform.name, pool.name, flavour.name): flavour.amounts
        for platform in platforms
        for pool in platform.pools
        for flavour in pool.flavours
    }

    def uncut(offer: Offer, task: Task) -> Offer:
        if offer.flavour is None or len(offer.compute) != 1:
            return offer
        whole = carried[offer.platform, offer.pool, offer.flavour]
        only = offer.compute[0]
        return evolve(
            offer,
            compute=(evolve(only, maximum=Amounts({name: whole.get(name, 0) for name in only.maximum})),),
        )

    return of_offers(uncut)(platforms)


def flavours_by_what_is_asked(platform: Platform) -> Platform:
    """Of a flavour only the cores have to be free."""
    pools = tuple(
        evolve(
            pool,
            capacity=Amounts({n: a if n == CORES else 1000 * a for n, a in pool.capacity.items()})
            if pool.flavours
            else pool.capacity,
        )
        for pool in platform.pools
    )
    return evolve(platform, pools=pools)


class Unprepared(Planner):
    """Finds what is free of storage as if it were needed from the start of the run only."""

    def __init__(self, platforms: Sequence[Platform]) -> None:
        self.platforms = platforms

    def plan(self, task: Task, now: int) -> Answer:
        """The right answer, for storage that is only needed from the start."""
        here, pool = self.platforms[0], self.platforms[0].pools[0]
        lead = preparation(task, here, pool) or 0
        ready = evolve(here, prepare=0, pools=(evolve(pool, prepare=0),))
        schedule = evolve(task.schedule, earliest=max(now + lead, task.schedule.earliest or 0))
        answer = PlatformPlanner(ready).plan(evolve(task, data=(), schedule=schedule), now)
        offers = tuple(evolve(offer, preparation=lead) for offer in answer.offers)
        return evolve(answer, offers=offers, alternatives=())


def unprepared(platform: Platform) -> Platform:
    """Nothing has to be prepared."""
    return evolve(platform, prepare=0, pools=tuple(evolve(pool, prepare=0) for pool in platform.pools))


def unreleased(platform: Platform) -> Platform:
    """Nothing is held after the end."""
    return evolve(platform, release=0, pools=tuple(evolve(pool, release=0) for pool in platform.pools))


class Remembering(Planner):
    """Keeps in mind, from one question to the next, what was the most that somebody could use."""

    def __init__(self, platforms: Sequence[Platform]) -> None:
        self.planner = PlatformPlanner(*platforms)
        self.seen: dict[str, Range] = {}

    def plan(self, task: Task, now: int) -> Answer:
        """The answer for the first who asked for such a thing."""
        compute = tuple(
            evolve(
                each, ranges={name: self.seen.setdefault(name, asked) for name, asked in each.ranges.items()}
            )
            for each in task.compute
        )
        return self.planner.plan(evolve(task, compute=compute), now)


def doubled(allotment: Allotment) -> Allotment:
    """Twice as much can be used as is there."""
    return evolve(allotment, maximum=twice(allotment.maximum))


_OVER = ("within-capacity", "maximum-respected")
_SOON = ("after-preparation", "preparation-said")
_HELD = ("within-capacity", "while-open")

WRONG_AMOUNTS = (
    Wrong("maxima-ignored", of_task(without_maxima), ["maximum-respected"]),
    Wrong("memory-in-gibibytes", of_bookings(in_gibibytes), ["within-capacity", "real-alternatives"]),
    Wrong(
        "memory-is-cores", of_allotments(memory_is_cores), ["minimum-met", "defaults-given", "room-left-out"]
    ),
    Wrong("twice-the-maximum", of_allotments(doubled), _OVER),
    Wrong("above-the-limit", of_pools(lambda p: evolve(p, capacity=twice(p.capacity))), ["within-capacity"]),
    Wrong(
        "scale-ignored",
        of_pools(lambda pool: evolve(pool, max_scale=None)),
        ["within-scale"],
        having("scale"),
    ),
    Wrong("nodes-together", of_platform(all_nodes_in_one), ["within-capacity"]),
    Wrong("largest-booking-only", of_platform(largest_booking_only), ["within-capacity"]),
    Wrong("each-gets-all", of_offers(each_gets_all), _OVER),
    Wrong("first-resource-only", of_task(first_resource_only), ["minimum-met"]),
    Wrong("less-than-asked", of_task(less_than_asked), ["minimum-met"]),
    Wrong("defaults-forgotten", of_platform(without_defaults), ["defaults-given"]),
    Wrong("flavours-uncut", uncut_flavours, ["maximum-respected"], having("flavours")),
    Wrong(
        "flavours-by-cores", of_platform(flavours_by_what_is_asked), ["within-capacity"], having("flavours")
    ),
    Wrong("remembers-maxima", Remembering, ["minimum-met", "maximum-respected", "room-left-out"]),
    Wrong("preparation-forgotten", of_platform(unprepared), _SOON),
    Wrong("staging-forgotten", of_task(lambda task, now: evolve(task, data=())), _SOON),
    Wrong("release-forgotten", of_platform(unreleased), _HELD, having("release")),
    Wrong("storage-from-the-start", Unprepared, _HELD, having("prepare")),
)
