"""The search, defined: every offer for a task, found by trying everything.

This is what the engine is held against. It shares nothing with it but the values, and is written to be checked
against its rules by reading, not to be fast: use it on worlds of some hundred grid steps at most. Read
`definition_windows` (when), `definition_needs` (how much and how long), `definition_boxes` (where there is room)
and this module (what is offered) in that order.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from fractions import Fraction
from typing import final

from attrs import frozen

from execbroker.core.amounts import STORAGE, Amounts, Unit, unit_of
from execbroker.core.answer import Allotment, Cost, Offer
from execbroker.core.platform import Platform, Pool
from execbroker.core.ranges import Range
from execbroker.core.task import Task
from execbroker.testing.definition_boxes import Box, boxes, is_free
from execbroker.testing.definition_needs import durations, preparation, totals

__all__ = ["all_offers", "boxes", "frontier", "is_better", "is_free"]

#: How many of a resource's smallest units its rate is for: a core, a GiB, one of anything else.
_RATED = {Unit.THOUSANDTH: 1000, Unit.BYTE: 2**30, Unit.WHOLE: 1}


@final
@frozen
class _Found:
    """An offer, with what it is compared by.

    Attributes:
        amounts: Of each resource asked for, in the order of their names.
        place: The positions of platform, pool and flavour in their lists.
    """

    offer: Offer
    amounts: tuple[int, ...]
    place: tuple[int, int, int]


def frontier(task: Task, platforms: Sequence[Platform], now: int) -> list[Offer]:
    """The offers with none better, in order; of equal ones the one that leaves the client the most time.

    Of offers that are equal in all that is compared stays the one with the latest `maxstart`, then the latest
    `maxend`, then the first in order.
    """
    found = _found(task, platforms, now)

    def is_left_out(one: _Found) -> bool:
        return any(
            _is_no_worse(other, one) and (not _is_no_worse(one, other) or _leeway(other) < _leeway(one))
            for other in found
        )

    return [each.offer for each in found if not is_left_out(each)]


def all_offers(task: Task, platforms: Sequence[Platform], now: int) -> list[Offer]:
    """The offer of every maximal box, in order."""
    return [each.offer for each in _found(task, platforms, now)]


def is_better(one: Offer, other: Offer, asked: Sequence[str]) -> bool:
    """Whether an offer for a task that asks for the resources `asked` is better than another.

    It starts no later, its longest run is no shorter, it has no less of anything asked for, is no farther and costs
    no more; and one of these is strictly better. Offers of different flavours, or of a flavour and of none, are
    never compared, nor are costs in different currencies; no proximity and no cost count as worst.
    """
    first, second = ([offer.amounts.get(name, 0) for name in asked] for offer in (one, other))
    left, right = _Found(one, tuple(first), (0, 0, 0)), _Found(other, tuple(second), (0, 0, 0))
    return _is_no_worse(left, right) and not _is_no_worse(right, left)


def _is_no_worse(one: _Found, other: _Found) -> bool:
    mine, theirs = one.offer, other.offer
    return (
        _is_comparable(mine, theirs)
        and mine.minstart <= theirs.minstart
        and mine.maxduration >= theirs.maxduration
        and all(amount >= less for amount, less in zip(one.amounts, other.amounts, strict=True))
        and (theirs.proximity is None or (mine.proximity is not None and mine.proximity <= theirs.proximity))
        and (theirs.cost is None or (mine.cost is not None and mine.cost.amount <= theirs.cost.amount))
    )


def _is_comparable(one: Offer, other: Offer) -> bool:
    """Flavours belong to their pool: two pools' flavours are different even under one name."""
    if one.flavour != other.flavour:
        return False
    if one.flavour is not None and (one.platform, one.pool) != (other.platform, other.pool):
        return False
    return one.cost is None or other.cost is None or one.cost.currency == other.cost.currency


def _leeway(one: _Found) -> tuple[object, ...]:
    return (-one.offer.maxstart, -one.offer.maxend, *_order(one))


def _order(one: _Found) -> tuple[object, ...]:
    """By start, then longest, then largest, then latest start, then latest end, then as the files list them."""
    offer = one.offer
    largest = tuple(-amount for amount in one.amounts)
    return (offer.minstart, -offer.maxduration, largest, -offer.maxstart, -offer.maxend, one.place)


def _found(task: Task, platforms: Sequence[Platform], now: int) -> list[_Found]:
    return sorted(
        (
            _offered(task, platform, pool, box, now, (first, second))
            for first, platform in enumerate(platforms)
            for second, pool in enumerate(platform.pools)
            for box in boxes(task, platform, pool, now)
        ),
        key=_order,
    )


def _offered(
    task: Task, platform: Platform, pool: Pool, box: Box, now: int, place: tuple[int, int]
) -> _Found:
    """The offer of a box.

    It starts as early as the box does, lasts at most as long as the box or the longest run, starts no later than
    lets a shortest run end inside and the window allows, and ends with the box, or when the longest run that starts
    last does. Its amounts are at least what is asked and at most the box's, cut to what the task can use.
    """
    shortest, longest = durations(task, platform, pool)
    room = box.span.end - box.span.start
    maxduration = room if longest is None else min(room, longest)
    maxstart = min(box.span.end - shortest, box.latest)
    amounts = _amounts(box)
    compute, storage = _shared_compute(task, box, amounts), _shared_storage(task, amounts)
    offer = Offer(
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
        cost=_cost((*compute, *storage), shortest, platform, pool),
        flavour=box.flavour and box.flavour.name,
        zone=task.schedule.zone,
        sizes=pool.sizes | task.sizes,
    )
    flavour = pool.flavours.index(box.flavour) if box.flavour else 0
    return _Found(offer, tuple(amounts[name] for name in totals(task)), (*place, flavour))


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


def _cost(allotments: Sequence[Allotment], duration: int, platform: Platform, pool: Pool) -> Cost | None:
    """The minimum amounts for the minimum duration, where there are rates (by the hour and unit)."""
    if platform.costs is None:
        return None
    total = Fraction(0)
    for allotment in allotments:
        for name, amount in allotment.minimum.items():
            units = Fraction(amount, _RATED[unit_of(name, pool.sizes)])
            total += units * Fraction(platform.costs.rates.get(name, 0)) * Fraction(duration, 3600)
    return Cost(total, platform.costs.currency)
