"""What a task asks of one pool: the pool's defaults and limits filled in, or the one limit that rules it out."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from math import floor
from typing import final

from attrs import evolve, frozen

from execbroker.core.amounts import NONE, STORAGE, Amounts
from execbroker.core.answer import Reason
from execbroker.core.causes import smallest_subset
from execbroker.core.durations import spell_duration
from execbroker.core.platform import Flavour, Platform, Pool
from execbroker.core.ranges import Range
from execbroker.core.sizes import format_amount, spell_amount
from execbroker.core.spans import round_down, round_up
from execbroker.core.task import Task

__all__ = ["Demand", "asked_in_words", "asked_of", "demand_of", "path_of"]


@final
@frozen
class Demand:
    """What is searched in one pool.

    Attributes:
        pool: The pool.
        asked: For each resource asked for, the sum of the minima, and the most that is of use or None.
        defaults: What is held beside, and is no part of the search.
        flavours: The flavours that serve, by their place in the pool; empty where the pool has none.
        shortest, longest: Seconds, multiples of the grid.
        preparation, release: Seconds before and after the run; over all of it storage is held.
        limits: The most of each resource that one request may have.
    """

    pool: Pool
    asked: Mapping[str, Range]
    defaults: Amounts
    flavours: Mapping[int, Flavour]
    shortest: int
    longest: int
    preparation: int
    release: int
    limits: Amounts = NONE

    @property
    def least(self) -> Amounts:
        """What must be free at every instant of a run."""
        return Amounts({**self.defaults, **{name: asked.minimum or 0 for name, asked in self.asked.items()}})

    def only(self, names: frozenset[str]) -> Demand:
        """The same demand with the minima of these resources alone; of the others anything will do."""
        asked = {
            name: wanted if name in names else Range(0, wanted.maximum) for name, wanted in self.asked.items()
        }
        defaults = Amounts({name: amount for name, amount in self.defaults.items() if name in names})
        relaxed = evolve(self, asked=asked, defaults=defaults)
        return evolve(relaxed, flavours=_serving(relaxed))

    def narrowed(self, maxima: Mapping[str, int], longest: int) -> Demand:
        """The same demand, but no more than this of some resources, and no longer run than this."""
        asked = {
            name: Range(wanted.minimum, maxima.get(name, wanted.maximum))
            for name, wanted in self.asked.items()
        }
        narrow = evolve(self, asked=asked, longest=longest)
        return evolve(narrow, flavours=_serving(narrow))

    def offered(self, flavour: Flavour) -> Amounts:
        """A flavour cut to the most that is of use, of what is asked for."""
        offered = {}
        for name, asked in self.asked.items():
            has = flavour.amounts.get(name, 0)
            offered[name] = has if asked.maximum is None else min(has, asked.maximum)
        return Amounts(offered)


def asked_of(task: Task) -> dict[str, Range]:
    """The sum of what all of a task's resources ask, by name. Open if one of them is."""
    asked: dict[str, Range] = {}
    for mentions in (
        *(compute.ranges for compute in task.compute),
        *({STORAGE: s.size} for s in task.storage),
    ):
        for name, wanted in mentions.items():
            asked[name] = asked.get(name, Range(0, 0)) + wanted
    return asked


def path_of(task: Task, name: str) -> str | None:
    """Where a task asks for a resource's minimum: the place that asks the most; None if it doesn't ask."""
    if name == STORAGE:
        sizes = [storage.size.minimum or 0 for storage in task.storage]
        return f"storage-resources[{sizes.index(max(sizes))}].minsize" if sizes else None
    minima = {
        place: compute.ranges[name].minimum or 0
        for place, compute in enumerate(task.compute)
        if name in compute.ranges
    }
    if not minima:
        return None
    return f"compute-resources[{max(minima, key=lambda place: minima[place])}].min{name}"


def asked_in_words(task: Task, name: str, amount: int, sizes: frozenset[str]) -> str:
    """That so much of a resource is asked for, by one of a task's resources, by several, or by none of them."""
    words = spell_amount(name, amount, sizes)
    asking = [each for each in task.compute if name in each.ranges] or (
        task.storage if name == STORAGE else ()
    )
    if not asking:
        return f"{words} given to tasks that ask for none"
    return f"{words} asked" if len(asking) == 1 else f"{words} asked together"


def demand_of(task: Task, platform: Platform, pool: Pool, staged: int) -> Demand | tuple[Reason, ...]:
    """What a task asks of a pool, or the reasons that rule it out whatever is booked.

    `staged` are the seconds of staging, as `preparation.staging` says.
    """
    asked = asked_of(task)
    for name, wanted in asked.items():
        if reason := _out_of_reach(task, platform, pool, name, wanted.minimum or 0):
            return (reason,)
    shortest, longest = _durations(task, platform, pool)
    if shortest > longest:
        return (_no_duration(task, platform, pool, shortest, longest),)
    limits = platform.policy.limits
    demand = Demand(
        pool=pool,
        asked={name: _capped(wanted, pool, limits.get(name)) for name, wanted in asked.items()},
        defaults=_defaults(platform, pool, asked),
        flavours={},
        shortest=shortest,
        longest=longest,
        preparation=staged + platform.prepare_in(pool),
        release=platform.release_in(pool),
        limits=limits,
    )
    if not pool.flavours:
        return demand
    serving = _serving(demand)
    return evolve(demand, flavours=serving) if serving else _too_small(task, platform, demand)


def _out_of_reach(task: Task, platform: Platform, pool: Pool, name: str, asked: int) -> Reason | None:
    """Why a pool could never give that much of a resource."""
    path = path_of(task, name)
    in_bytes = name in task.sizes
    if name in pool.capacity and name in platform.resources and in_bytes != (name in pool.sizes):
        counted = "as a size in bytes" if name in pool.sizes else "by number"
        message = f"{pool.name} counts {name} {counted}, the task does not"
        return Reason("resource-unknown", message, platform.name, pool.name, path, name)
    if asked and name not in platform.resources:
        message = f"{platform.name} has no {name}"
        unknown = Reason("resource-unknown", message, platform.name, pool.name, path, name, asked, 0)
        return evolve(unknown, sizes=task.sizes)
    available = pool.capacity.get(name, 0)
    if asked <= available or pool.flavours:
        return None
    whole = "a node" if pool.nodes else "the pool"
    most = format_amount(name, available, pool.sizes)
    message = f"{asked_in_words(task, name, asked, pool.sizes)}, {whole} has {most}"
    return Reason(
        "resource-exceeds-capacity", message, platform.name, pool.name, path, name, asked, available,
        sizes=pool.sizes,
    )  # fmt: skip


def _capped(wanted: Range, pool: Pool, limit: int | None) -> Range:
    """What is of use, no more than the pool's `max-scale` times the minimum, or than one request may have."""
    least = wanted.minimum or 0
    is_scaled = pool.max_scale is not None and least and not pool.flavours
    scaled = floor((pool.max_scale or 0) * least) if is_scaled else None
    most = [each for each in (wanted.maximum, scaled, limit) if each is not None]
    return Range(least, min(most)) if most else wanted


def _defaults(platform: Platform, pool: Pool, asked: Mapping[str, Range]) -> Amounts:
    """The cores and memory of a task that doesn't ask for them, as far as the pool has any."""
    limits = platform.policy.limits
    return Amounts(
        {
            name: min(amount, pool.capacity[name], limits.get(name, amount))
            for name, amount in platform.defaults.amounts.items()
            if name not in asked and name in pool.capacity
        }
    )


def _durations(task: Task, platform: Platform, pool: Pool) -> tuple[int, int]:
    """The shortest and the longest run in seconds, on the grid; the shortest is above the longest if none fits."""
    asked = task.schedule.duration
    most = _limits_in_time(platform, pool) + ([] if asked.maximum is None else [asked.maximum])
    least = min([platform.defaults.duration, *most]) if asked.minimum is None else asked.minimum
    longest = min([platform.horizon, *most])
    return round_up(least, platform.granularity), round_down(longest, platform.granularity)


def _limits_in_time(platform: Platform, pool: Pool) -> list[int]:
    limits = (platform.max_duration, pool.max_duration, platform.policy.max_duration)
    return [limit for limit in limits if limit is not None]


def _no_duration(task: Task, platform: Platform, pool: Pool, shortest: int, longest: int) -> Reason:
    """Why no duration is left."""
    asked = task.schedule.duration
    limits = _limits_in_time(platform, pool)
    grid = f"runs start and end on a grid of {spell_duration(platform.granularity)}"
    path, asks, available = "minduration", asked.minimum, longest
    if asks is not None and limits and asks > min(limits):
        code, available = "duration-exceeds-limit", min(limits)
        message = f"{spell_duration(asks)} asked, runs here last at most {spell_duration(available)}"
    elif shortest > platform.horizon:
        code, available = "range-beyond-horizon", platform.horizon
        message = f"{spell_duration(shortest)} asked, the horizon is {spell_duration(available)} away"
    elif limits and (asked.maximum is None or min(limits) <= asked.maximum):
        code = "range-too-short"
        message = f"runs here last at most {spell_duration(min(limits))}, but {grid}"
    else:
        code, path, asks = "range-too-short", "maxduration", asked.maximum
        message = f"at most {spell_duration(asks or 0)} asked, but {grid}"
    return Reason(code, message, platform.name, pool.name, path, None, asks, available)


def _serving(demand: Demand) -> dict[int, Flavour]:
    """The flavours that hold what is asked, but none that another one replaces, or that the pool cannot hold."""
    holding = {
        place: flavour for place, flavour in _handed_out(demand) if demand.least.fits_in(flavour.amounts)
    }
    return {
        place: flavour
        for place, flavour in holding.items()
        if not any(_replaces(demand, other, holding, place) for other in holding if other != place)
    }


def _handed_out(demand: Demand) -> Iterator[tuple[int, Flavour]]:
    """The flavours that the pool can hold, and that one request may have, with their places."""
    for place, flavour in enumerate(demand.pool.flavours):
        is_allowed = all(flavour.amounts.get(name, 0) <= most for name, most in demand.limits.items())
        if is_allowed and flavour.amounts.fits_in(demand.pool.capacity):
            yield place, flavour


def _replaces(demand: Demand, other: int, flavours: Mapping[int, Flavour], place: int) -> bool:
    """Whether another flavour offers the same, and carries no more of anything; of equal ones the first stays."""
    one, instead = flavours[place], flavours[other]
    if demand.offered(one) != demand.offered(instead) or not instead.amounts.fits_in(one.amounts):
        return False
    return other < place or not one.amounts.fits_in(instead.amounts)


def _none_handed_out(platform: Platform, pool: Pool) -> Reason:
    """That a pool has no flavour that anybody could be given."""
    code, message = "resource-exceeds-flavours", f"every flavour of {pool.name} is larger than the pool"
    if any(flavour.amounts.fits_in(pool.capacity) for flavour in pool.flavours):
        code = "policy"
        message = f"every flavour of {pool.name} has more than {platform.name} lets one request have"
    return Reason(code, message, platform.name, pool.name)


def _too_small(task: Task, platform: Platform, demand: Demand) -> tuple[Reason, ...]:
    """The fewest resources of which no flavour holds enough."""
    least = demand.least
    flavours = [flavour for _, flavour in _handed_out(demand)]
    if not flavours:
        return (_none_handed_out(platform, demand.pool),)

    def holding(names: frozenset[str]) -> list[Flavour]:
        return [f for f in flavours if all(least[name] <= f.amounts.get(name, 0) for name in names)]

    guilty = smallest_subset(least, lambda names: not holding(names))
    name, pool = platform.name, demand.pool.name
    reasons = []
    for resource in sorted(guilty):
        others = guilty - {resource}
        asked = least[resource]
        available = max((f.amounts.get(resource, 0) for f in holding(others)), default=0)
        most = format_amount(resource, available, demand.pool.sizes)
        beside = f" with enough {' and '.join(sorted(others))}" if others else ""
        words = asked_in_words(task, resource, asked, demand.pool.sizes)
        message = f"{words}, the largest flavour{beside} has {most}"
        reason = Reason(
            "resource-exceeds-flavours",
            message,
            name,
            pool,
            path_of(task, resource),
            resource,
            asked,
            available,
        )
        reasons.append(evolve(reason, sizes=demand.pool.sizes))
    return tuple(reasons)
