"""What an offer keeps for its client, and what a run takes: pure arithmetic over bookings.

The offers of one answer are alternatives: together they hold the largest of what each holds, at each instant, never
the sum. They may expire one after the other, so what they hold is laid in layers: the offer that expires last at
the bottom, and on it what each earlier one holds *more*. Whatever the clock says, the layers that still count add
up to the largest of the offers that are still open, and nobody has to take part in an expiry but the clock.
"""

from __future__ import annotations

import operator
from collections.abc import Iterator, Mapping, Sequence
from functools import partial
from itertools import groupby
from operator import itemgetter
from typing import NamedTuple, final

from execbroker.core.amounts import STORAGE, Amounts
from execbroker.core.answer import Offer
from execbroker.core.availability import Availability, Steps
from execbroker.core.interfaces import Refused
from execbroker.core.platform import Booking, Hold, Platform
from execbroker.core.profile import combined
from execbroker.core.session import Run
from execbroker.core.spans import Span, round_up
from execbroker.core.vectors import Fields, larger

__all__ = ["Layer", "Placed", "chosen_run", "held_by", "layers", "taken_by"]


@final
class Placed(NamedTuple):
    """An offer and the node that it is held on; None in a pool without nodes."""

    offer: Offer
    node: int | None


@final
class Layer(NamedTuple):
    """What is held until an instant."""

    until: int
    booking: Booking


def chosen_run(
    offer: Offer,
    now: int,
    grid: int,
    start: int | None = None,
    duration: int | None = None,
    amounts: Mapping[str, int] | None = None,
) -> Run:
    """The run that a client chose of an offer; starts and ends fall on the grid of so many seconds.

    What is left out is the earliest start from now on, the longest duration from that start, and the maximum of
    each amount.

    Raises:
        Refused: `outside-offer`.
    """
    first = round_up(max(offer.minstart, now), grid)
    start = first if start is None else start
    if not first <= start <= offer.maxstart:
        raise _outside("start", start, first, offer.maxstart)
    longest = min(offer.maxduration, offer.maxend - start)
    duration = longest if duration is None else duration
    if not offer.minduration <= duration <= longest:
        raise _outside("duration", duration, offer.minduration, longest)
    if start % grid or duration % grid:
        raise Refused("outside-offer", f"starts and durations are multiples of {grid} seconds here")
    most, least = offer.amounts, offer.minima
    chosen = {**most, **(amounts or {})}
    for name, amount in chosen.items():
        if not least.get(name, 0) <= amount <= most.get(name, 0):
            raise _outside(name, amount, least.get(name, 0), most.get(name, 0))
    return Run(start, duration, Amounts(chosen))


def held_by(offer: Offer, platform: Platform, hold: Hold) -> list[tuple[Span, Amounts]]:
    """What is kept for the client of an offer: amounts over spans, those of storage apart."""
    if hold is Hold.NONE:
        return []
    if hold is Hold.MINIMUM:
        run = Span(offer.minstart, offer.maxstart + offer.minduration)
        return _held(offer, platform, run, offer.minima)
    return _held(offer, platform, Span(offer.minstart, offer.maxend), offer.amounts)


def taken_by(offer: Offer, platform: Platform, run: Run) -> list[tuple[Span, Amounts]]:
    """What a run of an offer takes: amounts over spans, those of storage apart."""
    return _held(offer, platform, Span(run.start, run.end), run.amounts)


def layers(offers: Sequence[Placed], platform: Platform) -> Iterator[Layer]:
    """What the offers of one answer hold together, each layer until an offer expires."""
    rooms = {(placed.offer.pool, placed.node) for placed in offers}
    for pool, node in sorted(rooms, key=str):
        here = [placed.offer for placed in offers if (placed.offer.pool, placed.node) == (pool, node)]
        yield from _layers_of_room(here, platform, node)


def _held(
    offer: Offer, platform: Platform, run: Span, amounts: Mapping[str, int]
) -> list[tuple[Span, Amounts]]:
    """Amounts over a run, and storage from the start of the preparation to the end of the release.

    Of a flavour it is all that it carries, whatever part of it is used.
    """
    pool = next(pool for pool in platform.pools if pool.name == offer.pool)
    if offer.flavour is not None:
        amounts = next(flavour.amounts for flavour in pool.flavours if flavour.name == offer.flavour)
    release = platform.release if pool.release is None else pool.release
    storing = Span(run.start - offer.preparation, run.end + release)
    parts = {
        run: {name: amount for name, amount in amounts.items() if amount and name != STORAGE},
        storing: {name: amount for name, amount in amounts.items() if amount and name == STORAGE},
    }
    if run == storing:
        parts = {run: {name: amount for name, amount in amounts.items() if amount}}
    return [(span, Amounts(part)) for span, part in parts.items() if part]


def _layers_of_room(offers: Sequence[Offer], platform: Platform, node: int | None) -> Iterator[Layer]:
    pool = offers[0].pool
    held = {offer: held_by(offer, platform, platform.hold) for offer in offers}
    spans = [span for parts in held.values() for span, _ in parts]
    if not spans:
        return
    whole = Span(min(span.start for span in spans), max(span.end for span in spans))
    fields = Fields.of(name for parts in held.values() for _, amounts in parts for name in amounts)
    below = Steps([*whole], [0])
    for offer in sorted(offers, key=lambda offer: -offer.expires):
        packed = ((span, fields.pack(amounts)) for span, amounts in held[offer])
        top = combined(below, Availability(fields, packed).steps(whole), partial(larger, guard=fields.guard))
        for span, vector in _stretches(combined(top, below, operator.sub)):
            amounts = {name: amount for name, amount in fields.amounts(vector).items() if amount}
            yield Layer(offer.expires, Booking(pool, span, Amounts(amounts), node))
        below = top


def _stretches(steps: Steps) -> Iterator[tuple[Span, int]]:
    """The longest spans over which something, and always the same, is taken."""
    for vector, group in groupby(
        zip(steps.times, steps.times[1:], steps.taken, strict=False), key=itemgetter(2)
    ):
        edges = [edge for start, end, _ in group for edge in (start, end)]
        if vector:
            yield Span(edges[0], edges[-1]), vector


def _outside(what: str, chosen: int, least: int, most: int) -> Refused:
    return Refused("outside-offer", f"{what} {chosen} is not within the offer's {least} to {most}")
