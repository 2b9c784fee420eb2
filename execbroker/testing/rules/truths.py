"""For each code of a reason, whether it is true of a pool, and what figures it may give."""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping
from decimal import Decimal
from fractions import Fraction
from math import ceil, floor
from typing import Final, final

from attrs import frozen

from execbroker.core.answer import Reason
from execbroker.core.spans import Span, round_down, round_up
from execbroker.core.task import DAY
from execbroker.testing.definition_measures import breaches
from execbroker.testing.definition_needs import (
    duration_limits,
    durations,
    is_counted_alike,
    is_held,
    is_supported,
    rate_of,
)
from execbroker.testing.definition_policy import Refusal, refusals
from execbroker.testing.rules.grounds import Ground
from execbroker.testing.rules.wording import key_of

__all__ = ["TOGETHER", "TRUTHS", "Truth"]

#: Reasons with these codes against one pool are one: there isn't enough of all that they name at once.
TOGETHER: Final = frozenset({"busy", "resource-exceeds-flavours"})

#: How far around now and the horizon is looked for what they cut off: every weekly window comes in so much time.
_AROUND: Final = 8 * DAY


@final
@frozen
class Truth:
    """What there is to a reason.

    Attributes:
        holds: Whether it rules the task out in a pool.
        instead: What is the case if it doesn't.
        asked, available: The figures that it may give; none here: whatever it gives is believed.
    """

    holds: bool
    instead: str
    asked: Collection[int | Decimal] = ()
    available: Collection[int | Decimal] = ()


def _executable(ground: Ground, reason: Reason) -> Truth:
    return Truth(not is_supported(ground.task, ground.platform), "the executable is one that runs there")


def _unreachable(ground: Ground, reason: Reason) -> Truth:
    missing = [each for each in ground.task.data if not is_held(each, ground.platform)]
    holds = any(rate_of(each, ground.platform) is None for each in missing)
    return Truth(holds, "all data are held there or can be fetched")


def _size_unknown(ground: Ground, reason: Reason) -> Truth:
    missing = [each for each in ground.task.data if not is_held(each, ground.platform)]
    return Truth(
        any(each.size is None for each in missing), "the size of all that has to be fetched is given"
    )


def _names(ground: Ground, reason: Reason) -> Collection[str]:
    """The resources that a reason may mean."""
    return ground.least if reason.resource is None else {reason.resource}


def _unknown(ground: Ground, reason: Reason) -> Truth:
    """A resource that the platform doesn't have, or that the pool counts otherwise."""
    names = _names(ground, reason)
    absent = [name for name in names if ground.least.get(name) and name not in ground.platform.resources]
    otherwise = not is_counted_alike(ground.task, ground.pool)
    asked = {ground.least[name] for name in absent}
    return Truth(bool(absent) or otherwise, "the platform has it, and counts it alike", asked, {0})


def _exceeds_capacity(ground: Ground, reason: Reason) -> Truth:
    capacity = ground.pool.capacity
    beyond = [name for name in _names(ground, reason) if ground.least.get(name, 0) > capacity.get(name, 0)]
    asked, available = {ground.least[name] for name in beyond}, {capacity.get(name, 0) for name in beyond}
    return Truth(bool(beyond), "the pool has as much, when it is empty", asked, available)


def _exceeds_flavours(ground: Ground, reason: Reason) -> Truth:
    """No flavour that the pool can hold has enough of all that the reasons name."""
    named, least = ground.named or frozenset(ground.least), ground.least

    def holding(names: Collection[str]) -> list[Mapping[str, int]]:
        carried = (flavour.amounts for flavour in ground.flavours)
        return [each for each in carried if all(each.get(name, 0) >= least.get(name, 0) for name in names)]

    holds = bool(ground.pool.flavours) and not holding(named)
    if reason.resource is None:
        return Truth(holds, "a flavour has enough")
    most = max((each.get(reason.resource, 0) for each in holding(named - {reason.resource})), default=0)
    return Truth(holds, "a flavour has enough", {least.get(reason.resource, 0)}, {most})


def _exceeds_limit(ground: Ground, reason: Reason) -> Truth:
    limits = duration_limits(ground.platform, ground.pool)
    asked = ground.task.schedule.duration.minimum
    if asked is None or not limits:
        return Truth(False, "no duration is asked for, or none is too long")
    grid = ground.platform.granularity
    return Truth(asked > min(limits), "runs may last so long", {asked, round_up(asked, grid)}, {min(limits)})


def _in_the_past(ground: Ground, reason: Reason) -> Truth:
    """The range ends before a run can start, or it would have had room before."""
    schedule, within = ground.task.schedule, ground.within
    ends = [end for end in (schedule.end, schedule.latest) if end is not None]
    if schedule.starts:
        ends.append(max(end for _, end in schedule.starts))
    is_over = any(end <= within.start for end in ends)
    had_room = ground.fits_range(Span(within.start - _AROUND, within.end))
    holds = not ground.fits_range(within) and (is_over or had_room)
    return Truth(holds, "the range is not over", *_figures(ground))


def _beyond_horizon(ground: Ground, reason: Reason) -> Truth:
    """No run can end before the horizon, or there is no room before it, and there would be some beyond."""
    schedule, within = ground.task.schedule, ground.within
    shortest, _ = durations(ground.task, ground.platform, ground.pool)
    openings = (schedule.earliest or 0, *(first for first, _ in schedule.starts))
    beyond = max(*openings, within.end) + _AROUND + shortest
    is_cut = max(within.start, schedule.earliest or 0) + shortest > within.end
    is_cut = is_cut or ground.fits_range(Span(within.start, beyond))
    holds = not ground.fits_range(within) and is_cut
    return Truth(holds, "the horizon cuts nothing off", *_figures(ground))


def _too_short(ground: Ground, reason: Reason) -> Truth:
    holds = not ground.fits_range(ground.within)
    return Truth(holds, "the range has room for a shortest run", *_figures(ground))


def _figures(ground: Ground) -> tuple[Collection[int], Collection[int]]:
    """What reasons about time may give: how long a run is to last, and how long one could."""
    asked, grid = ground.task.schedule.duration, ground.platform.granularity
    shortest, longest = durations(ground.task, ground.platform, ground.pool)
    said = {shortest, asked.minimum, asked.maximum}
    within = Span(ground.within.start, max(ground.within))
    windows = ground.exchange.known.windows(ground.task.schedule, within)
    room = max((each.end - each.first for each in windows), default=0)
    on_grid = max((round_down(each.end, grid) - round_up(each.first, grid) for each in windows), default=0)
    limits = {room, max(0, on_grid), longest, ground.platform.horizon}
    limits |= {*duration_limits(ground.platform, ground.pool)}
    return {each for each in said if each is not None}, {each for each in limits if each is not None}


def _busy(ground: Ground, reason: Reason) -> Truth:
    """There is no run even for a task that asks for no more than what the reasons name."""
    holds = ground.is_busy(ground.named)
    instead = f"there is enough {' and '.join(sorted(ground.named)) or 'time'} for a shortest run"
    if reason.resource is None or not holds:
        return Truth(holds, instead)
    most = ground.most_beside(reason.resource, ground.named - {reason.resource})
    return Truth(holds, instead, {ground.least.get(reason.resource, 0)}, {most})


def _policy(ground: Ground, reason: Reason) -> Truth:
    """Something in the task that the platform does not let in.

    A reason that names no limit of the task is the planner's own, or about who asks, and is believed.
    """
    if reason.path is None and reason.resource is None:
        return Truth(True, "")
    against = refusals(ground.task, ground.platform, ground.exchange.world.client)
    found = [each for each in against if _is_meant(each, reason)]
    asked = {each.asked for each in found if each.asked is not None}
    available = {each.available for each in found if each.available is not None}
    return Truth(bool(found), "what it names is let in there", asked, available)


def _is_meant(refusal: Refusal, reason: Reason) -> bool:
    """Whether a reason's path and resource are those of a refusal, as far as it says them."""
    path = reason.path or ""
    if refusal.resource is not None:
        is_there = reason.path is None or path.endswith(key_of("min", refusal.resource))
        return is_there and reason.resource in (None, refusal.resource)
    return reason.resource is None and refusal.path is not None and refusal.path.startswith(path)


def _unmet(ground: Ground, reason: Reason) -> Truth:
    """A cost or a metric of which not even the smallest and shortest run is what is demanded.

    A reason without a path and figures is the planner's own, and is believed.
    """
    if reason.path is None and reason.asked is None and reason.available is None:
        return Truth(True, "")
    found = [
        each
        for each in breaches(ground.task, ground.platform, ground.pool)
        if each.code == reason.code and each.path.startswith(reason.path or "")
    ]
    available = {
        _outwards(each.available, up=each.path.endswith("max"))
        for each in found
        if each.available is not None
    }
    return Truth(
        bool(found), "the smallest and shortest run is within it", {each.asked for each in found}, available
    )


def _outwards(figure: Fraction, *, up: bool) -> Decimal:
    """A figure to six places, rounded away from what would be within the limit."""
    millionths = ceil(figure * 10**6) if up else floor(figure * 10**6)
    return Decimal(millionths) / 10**6


#: What can be checked; all other codes are believed.
TRUTHS: Final[Mapping[str, Callable[[Ground, Reason], Truth]]] = {
    "executable-unsupported": _executable,
    "resource-unknown": _unknown,
    "resource-exceeds-capacity": _exceeds_capacity,
    "resource-exceeds-flavours": _exceeds_flavours,
    "duration-exceeds-limit": _exceeds_limit,
    "range-in-the-past": _in_the_past,
    "range-beyond-horizon": _beyond_horizon,
    "range-too-short": _too_short,
    "busy": _busy,
    "data-unreachable": _unreachable,
    "data-size-unknown": _size_unknown,
    "policy": _policy,
    "cost-exceeds-limit": _unmet,
    "metric-not-met": _unmet,
}
