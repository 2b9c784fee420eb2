"""The search, defined: every offer for a task, found by trying everything.

This is what the engine is held against. It shares nothing with it but the values, and is written to be checked
against its rules by reading, not to be fast: use it on worlds of some hundred grid steps at most. Read
`definition_windows` (when), `definition_needs` (how much and how long), `definition_policy` (who and what is let
in), `definition_measures` (costs and metrics), `definition_boxes` (where there is room) and this module (what is
offered) in that order.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from fractions import Fraction

from attrs import evolve

from execbroker.core.amounts import STORAGE, Amounts
from execbroker.core.answer import Allotment, Cost, Offer
from execbroker.core.platform import Platform, Pool
from execbroker.core.ranges import Range
from execbroker.core.task import Task
from execbroker.testing.definition_boxes import Box, boxes, is_free
from execbroker.testing.definition_measures import costs_of, figures, metrics_of, rated
from execbroker.testing.definition_needs import durations, preparation, totals

__all__ = ["all_offers", "boxes", "frontier", "is_better", "is_free", "is_no_worse", "unbeaten"]


def frontier(task: Task, platforms: Sequence[Platform], now: int, client: str | None = None) -> list[Offer]:
    """The offers for a client with none better, in order."""
    return unbeaten(all_offers(task, platforms, now, client), totals(task))


def all_offers(task: Task, platforms: Sequence[Platform], now: int, client: str | None = None) -> list[Offer]:
    """The offer of every maximal box.

    In order: by start, then longest, then largest (amount by amount, in the order of the names of what is asked
    for), then latest start, then latest end, then platform and pool as they are listed, shorter rungs before longer
    ones, and flavours as they are listed.
    """
    asked = totals(task)
    offers = [
        _offer(task, platform, pool, box, now)
        for platform in platforms
        for pool in platform.pools
        for box in boxes(task, platform, pool, now, client)
    ]

    def order(offer: Offer) -> tuple[object, ...]:
        largest = tuple(-amount for amount in _compared(offer, asked))
        return (offer.minstart, -offer.maxduration, largest, -offer.maxstart, -offer.maxend)

    # Sorting is stable: what is equal stays as it is listed.
    return sorted(offers, key=order)


def unbeaten(offers: Sequence[Offer], asked: Iterable[str]) -> list[Offer]:
    """The offers, listed in order, that no other one is better than, by comparing every pair.

    Of offers that are equal in all that is compared stays the one with the latest `maxstart`, then the latest
    `maxend`, then the first in order.
    """
    names = list(asked)
    found = [(offer, _compared(offer, names), place) for place, offer in enumerate(offers)]

    def is_left_out(offer: Offer, amounts: Sequence[int], place: int) -> bool:
        for other, others, other_place in found:
            if _is_no_worse(other, others, offer, amounts):
                if not _is_no_worse(offer, amounts, other, others):
                    return True
                if (-other.maxstart, -other.maxend, other_place) < (-offer.maxstart, -offer.maxend, place):
                    return True
        return False

    return [offer for offer, amounts, place in found if not is_left_out(offer, amounts, place)]


def is_better(one: Offer, other: Offer, asked: Iterable[str]) -> bool:
    """Whether an offer for a task that asks for the resources `asked` is better than another.

    It starts no later, its longest run is no shorter, it has no less of anything asked for, is no farther and costs
    no more; and one of these is strictly better. Offers of different flavours, or of a flavour and of none, are
    never compared, nor are costs in different currencies; no proximity and no cost count as worst.
    """
    names = list(asked)
    return is_no_worse(one, other, names) and not is_no_worse(other, one, names)


def is_no_worse(one: Offer, other: Offer, asked: Iterable[str]) -> bool:
    """Whether an offer is better than another, as `is_better` says, or equal to it in all that is compared."""
    names = list(asked)
    return _is_no_worse(one, _compared(one, names), other, _compared(other, names))


def _compared(offer: Offer, asked: Iterable[str]) -> list[int]:
    amounts = offer.amounts
    return [amounts.get(name, 0) for name in asked]


def _is_no_worse(one: Offer, mine: Sequence[int], other: Offer, theirs: Sequence[int]) -> bool:
    return (
        one.minstart <= other.minstart
        and one.maxduration >= other.maxduration
        and all(more >= less for more, less in zip(mine, theirs, strict=True))
        and _is_comparable(one, other)
        and (other.proximity is None or (one.proximity is not None and one.proximity <= other.proximity))
        and (other.cost is None or (one.cost is not None and one.cost.amount <= other.cost.amount))
    )


def _is_comparable(one: Offer, other: Offer) -> bool:
    """Flavours belong to their pool: two pools' flavours are different even under one name."""
    if one.flavour != other.flavour:
        return False
    if one.flavour is not None and (one.platform, one.pool) != (other.platform, other.pool):
        return False
    return one.cost is None or other.cost is None or one.cost.currency == other.cost.currency


def _offer(task: Task, platform: Platform, pool: Pool, box: Box, now: int) -> Offer:
    """The offer of a box.

    It starts as early as the box does, lasts at most as long as the box or the longest run, starts no later than
    lets a shortest run end inside and the window allows, and ends with the box, or when the longest run that starts
    last does. Its amounts are at least what is asked and at most the box's, cut to what the task can use.
    """
    (shortest, _), longest = durations(task, platform, pool), box.longest
    room = box.span.end - box.span.start
    maxduration = room if longest is None else min(room, longest)
    maxstart = min(box.span.end - shortest, box.latest)
    amounts = _amounts(box)
    compute, storage = _shared_compute(task, box, amounts), _shared_storage(task, amounts)
    said = Offer(
        platform=platform.name,
        pool=pool.name,
        minstart=box.span.start,
        maxstart=maxstart,
        maxend=min(box.span.end, maxstart + maxduration),
        minduration=shortest,
        maxduration=maxduration,
        expires=min(now + platform.offer_lifetime, maxstart),
        compute=compute,
        storage=storage,
        runner=platform.runner if pool.runner is None else pool.runner,
        preparation=preparation(task, platform, pool) or 0,
        flavour=None if box.need.flavour is None else box.need.flavour.name,
        zone=task.schedule.zone,
        sizes=pool.sizes,
    )
    return _with_figures(said, platform, pool)


def _amounts(box: Box) -> dict[str, int]:
    """What the box holds of each resource asked for: a flavour is cut to the task's maxima."""
    held = {name: (box.amounts.get(name, 0), most) for name, most in box.need.asked.items()}
    return {name: value if most is None else min(value, most) for name, (value, most) in held.items()}


def _shares(ranges: Sequence[Range], amount: int) -> list[int]:
    """Each gets its minimum; what is left goes to them in the order they are listed, up to each one's maximum."""
    shares = [each.minimum or 0 for each in ranges]
    left = amount - sum(shares)
    for position, each in enumerate(ranges):
        more = left if each.maximum is None else min(left, each.maximum - shares[position])
        shares[position] += more
        left -= more
    return shares


def _shared_compute(task: Task, box: Box, amounts: Mapping[str, int]) -> tuple[Allotment, ...]:
    """What each compute resource gets of what it mentions; the first one gets the defaults, too.

    A task without any shows one without a name, if there is something to show.
    """
    minima: list[dict[str, int]] = [{} for _ in task.compute or [None]]
    maxima: list[dict[str, int]] = [{} for _ in minima]
    for name, amount in amounts.items():
        mentioning = [index for index, each in enumerate(task.compute) if name in each.ranges]
        ranges = [task.compute[index].ranges[name] for index in mentioning]
        for index, asked, share in zip(mentioning, ranges, _shares(ranges, amount), strict=False):
            minima[index][name], maxima[index][name] = asked.minimum or 0, share
    minima[0] |= box.need.defaults
    maxima[0] |= box.need.defaults
    if not task.compute and not box.need.defaults:
        return ()
    names = [each.name for each in task.compute] or [None]
    return tuple(
        Allotment(name, Amounts(least), Amounts(most))
        for name, least, most in zip(names, minima, maxima, strict=True)
    )


def _shared_storage(task: Task, amounts: Mapping[str, int]) -> tuple[Allotment, ...]:
    """What each storage resource gets, likewise."""
    sizes = [each.size for each in task.storage]
    return tuple(
        Allotment(each.name, Amounts({STORAGE: each.size.minimum or 0}), Amounts({STORAGE: share}))
        for each, share in zip(task.storage, _shares(sizes, amounts.get(STORAGE, 0)), strict=True)
    )


def _with_figures(offer: Offer, platform: Platform, pool: Pool) -> Offer:
    """An offer with what the platform and the pool say of costs and metrics."""
    costs, metrics = costs_of(platform, pool), metrics_of(platform, pool)
    if not (costs or metrics or platform.costs):
        return offer
    least, most = (offer.minima, offer.minduration), (offer.amounts, offer.maxduration)
    return evolve(
        offer,
        cost=_cost(offer, platform, pool),
        costs=figures(costs, least, most),
        metrics=figures(metrics, least, most),
    )


def _cost(offer: Offer, platform: Platform, pool: Pool) -> Cost | None:
    """The minimum amounts for the minimum duration, where there are rates (by the hour and unit)."""
    if platform.costs is None:
        return None
    an_hour = rated(platform.costs.rates, offer.minima, pool.sizes)
    return Cost(an_hour * Fraction(offer.minduration, 3600), platform.costs.currency)
