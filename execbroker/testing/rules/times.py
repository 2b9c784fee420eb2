"""Rules on when an offer lets runs be: on the grid, within what was asked, and so that something can come of it."""

from __future__ import annotations

from collections.abc import Iterator

from execbroker.core.durations import spell_duration
from execbroker.core.spans import Span
from execbroker.testing.definition_needs import duration_limits
from execbroker.testing.rules.exchange import Exchange, Place
from execbroker.testing.rules.rule import DRAFT, Finding, Level, rule
from execbroker.testing.rules.runs import Reach, Runs
from execbroker.testing.rules.wording import OURS, at, lasting, over

__all__ = [
    "after_preparation",
    "bounded_expiry",
    "coherent_times",
    "maximum_duration_respected",
    "minimum_duration_met",
    "on_grid",
    "one_slot",
    "platform_lifetime",
    "preparation_said",
    "reachable_limits",
    "run_in_range",
    "start_in_range",
    "within_duration_limit",
    "within_horizon",
]


@rule("A20", Level.MUST, f"{DRAFT} 2.2.2")
def on_grid(exchange: Exchange) -> Iterator[Finding]:
    """Starts, ends and durations are multiples of the platform's granularity, counted from the epoch.

    The draft does not speak of a grid; a platform that has one can provide nothing else.
    """
    for place in exchange.places:
        grid = place.platform.granularity
        for key in ("minstart", "maxstart", "maxend", "minduration", "maxduration"):
            value: int = getattr(place.offer, key)
            if value % grid:
                said = lasting(value) if key.endswith("duration") else at(value)
                yield Finding(
                    f"{said} is not on the grid of {spell_duration(grid)}", f"{place.where}.{key}", value
                )


@rule("A21", Level.MUST, f"{DRAFT} 2.2.2")
def coherent_times(exchange: Exchange) -> Iterator[Finding]:
    """An offer holds at least one run: no least time is above the greatest, and the first start lets one end."""
    for place in exchange.places:
        offer = place.offer
        if offer.minstart > offer.maxstart:
            what = f"starts {over(Span(offer.minstart, offer.maxstart))} are none"
            yield Finding(what, f"{place.where}.maxstart", offer.minstart, offer.maxstart)
        elif not 0 < offer.minduration <= offer.maxduration:
            what = f"durations from {lasting(offer.minduration)} to {lasting(offer.maxduration)} are none"
            yield Finding(what, f"{place.where}.maxduration", offer.minduration, offer.maxduration)
        elif offer.minstart + offer.minduration > offer.maxend:
            what = f"a run of {lasting(offer.minduration)} from {at(offer.minstart)}"
            what += f" is not over by {at(offer.maxend)}"
            yield Finding(what, f"{place.where}.maxend", offer.minstart + offer.minduration, offer.maxend)


def _is_coherent(place: Place) -> bool:
    offer = place.offer
    return (
        offer.minstart <= offer.maxstart
        and 0 < offer.minduration <= offer.maxduration
        and offer.minstart + offer.minduration <= offer.maxend
    )


@rule("A22", Level.SHOULD, OURS)
def reachable_limits(exchange: Exchange) -> Iterator[Finding]:
    """The latest start, the longest duration and the last end of an offer are each those of some run."""
    for place in filter(_is_coherent, exchange.places):
        offer = place.offer
        latest, longest = offer.maxend - offer.minduration, offer.maxend - offer.minstart
        last = offer.maxstart + offer.maxduration
        if offer.maxstart > latest:
            what = f"no run that starts after {at(latest)} is over by the last end"
            yield Finding(what, f"{place.where}.maxstart", offer.maxstart, latest)
        if offer.maxduration > longest:
            what = f"no run lasts longer than {lasting(longest)} from the first start to the last end"
            yield Finding(what, f"{place.where}.maxduration", offer.maxduration, longest)
        if offer.maxend > last:
            what = f"no run ends later than {at(last)}"
            yield Finding(what, f"{place.where}.maxend", offer.maxend, last)


@rule("A23", Level.MUST, f"{DRAFT} 2.2.2")
def minimum_duration_met(exchange: Exchange) -> Iterator[Finding]:
    """Every run that is offered lasts at least as long as was asked; it may last longer."""
    asked = exchange.world.task.schedule.duration.minimum
    for place in exchange.places:
        if asked is not None and place.offer.minduration < asked:
            what = f"at least {lasting(asked)} asked, runs from {lasting(place.offer.minduration)} on offered"
            yield Finding(what, f"{place.where}.minduration", asked, place.offer.minduration)


@rule("A24", Level.SHOULD, f"{DRAFT} 2.2.2")
def maximum_duration_respected(exchange: Exchange) -> Iterator[Finding]:
    """No run that is offered lasts longer than was asked."""
    asked = exchange.world.task.schedule.duration.maximum
    for place in exchange.places:
        if asked is not None and place.offer.maxduration > asked:
            what = f"at most {lasting(asked)} asked, runs up to {lasting(place.offer.maxduration)} offered"
            yield Finding(what, f"{place.where}.maxduration", asked, place.offer.maxduration)


@rule("A25", Level.MUST, f"{DRAFT} 2.2.2")
def within_duration_limit(exchange: Exchange) -> Iterator[Finding]:
    """No run that is offered lasts longer than the platform, its policy and the pool let runs last."""
    for place in exchange.places:
        limits = duration_limits(place.platform, place.pool)
        if limits and place.offer.maxduration > (most := min(limits)):
            what = f"runs up to {lasting(place.offer.maxduration)} offered, {lasting(most)} is the limit"
            yield Finding(what, f"{place.where}.maxduration", place.offer.maxduration, most)


@rule("A26", Level.MUST, f"{DRAFT} 2.2.6")
def after_preparation(exchange: Exchange) -> Iterator[Finding]:
    """No run that is offered starts before now and the time that it takes to prepare it."""
    for place in exchange.places:
        ready = exchange.world.now + (place.lead or 0)
        if place.offer.minstart < ready:
            what = f"starts from {at(place.offer.minstart)} on, when nothing can be ready before {at(ready)}"
            yield Finding(what, f"{place.where}.minstart", place.offer.minstart, ready)


@rule("A27", Level.SHOULD, OURS)
def preparation_said(exchange: Exchange) -> Iterator[Finding]:
    """An offer says how long its preparation takes."""
    for place in exchange.places:
        said = place.offer.preparation
        if place.lead is not None and said != place.lead:
            what = f"the preparation takes {lasting(place.lead)}, the offer says {lasting(said)}"
            yield Finding(what, f"{place.where}.preparation", said, place.lead)


@rule("A28", Level.MUST, f"{DRAFT} 2.2.2")
def within_horizon(exchange: Exchange) -> Iterator[Finding]:
    """No run that is offered ends after the platform's horizon."""
    for place in exchange.places:
        horizon = place.within.end
        if place.offer.maxend > horizon:
            what = f"runs may end at {at(place.offer.maxend)}, the horizon is {at(horizon)}"
            yield Finding(what, f"{place.where}.maxend", place.offer.maxend, horizon)


def _starting(windows: list[Reach], start: int) -> list[Reach]:
    return [each for each in windows if each.first <= start <= each.last]


def _slots(place: Place, runs: Runs) -> tuple[list[Reach], list[Reach]]:
    """The windows that allow the first start, and those that allow the last one."""
    return _starting(place.windows, runs.first), _starting(place.windows, runs.last)


@rule("A29", Level.MUST, f"{DRAFT} 3.3")
def start_in_range(exchange: Exchange) -> Iterator[Finding]:
    """The first and the last start that are offered lie in a range that was asked for."""
    for place in exchange.places:
        if (runs := place.runs) is None:
            continue
        for key, start, slots in zip(("minstart", "maxstart"), runs[:2], _slots(place, runs), strict=True):
            if not slots:
                yield Finding(f"nobody asked for a start at {at(start)}", f"{place.where}.{key}", start=start)


@rule("A30", Level.MUST, f"{DRAFT} 3.3")
def one_slot(exchange: Exchange) -> Iterator[Finding]:
    """An offer has one slot of time: all its starts lie in the same of the ranges that were asked for."""
    for place in exchange.places:
        if (runs := place.runs) is None:
            continue
        first, last = _slots(place, runs)
        if first and last and not set(first) & set(last):
            what = f"starts {over(Span(runs.first, runs.last))} are in two ranges, which make two offers"
            yield Finding(what, place.where, start=runs.first, end=runs.last)


@rule("A31", Level.MUST, f"{DRAFT} 3.3")
def run_in_range(exchange: Exchange) -> Iterator[Finding]:
    """Every run from an allowed start ends within the same range that was asked for.

    The draft's ranges bind the start alone. Where a task says when it must be over, no run that is offered may last
    longer.
    """
    for place in exchange.places:
        if (runs := place.runs) is None:
            continue
        slots = set.intersection(*map(set, _slots(place, runs)))
        if slots and (run := runs.misfit([*slots])):
            end = max(slot.end for slot in slots)
            what = f"a run {over(run)} is offered, and has to be over by {at(end)}"
            yield Finding(what, f"{place.where}.maxend", run.end, end, *run)


@rule("A32", Level.MUST, f"{DRAFT} 2.2.4")
def bounded_expiry(exchange: Exchange) -> Iterator[Finding]:
    """An offer expires at an instant of its own, not before it is made and not after its last start."""
    for place in exchange.places:
        expires, last = place.offer.expires, place.offer.maxstart
        if expires < exchange.world.now:
            what = f"it expires at {at(expires)} and is made at {at(exchange.world.now)}"
            yield Finding(what, f"{place.where}.expires", expires, exchange.world.now)
        elif expires > last:
            what = f"it expires at {at(expires)}, after its last start at {at(last)}"
            yield Finding(what, f"{place.where}.expires", expires, last)


@rule("A33", Level.QUALITY, OURS)
def platform_lifetime(exchange: Exchange) -> Iterator[Finding]:
    """An offer is open for as long as the platform says, or until its last start, if that is sooner."""
    for place in exchange.places:
        now, offer = exchange.world.now, place.offer
        expires = min(now + place.platform.offer_lifetime, offer.maxstart)
        if now <= offer.expires <= offer.maxstart and offer.expires != expires:
            what = f"it expires at {at(offer.expires)}, where {at(expires)} is usual here"
            yield Finding(what, f"{place.where}.expires", offer.expires, expires)
