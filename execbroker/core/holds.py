"""What an offer keeps for its client, and what a run takes: pure arithmetic over bookings.

The offers of one answer are alternatives: together they hold the largest of what each holds, at each instant, never
the sum. They may expire one after the other, so what they hold is laid in layers: the offer that expires last at
the bottom, and on it what each earlier one holds *more*. Whatever the clock says, the layers that still count add
up to the largest of the offers that are still open, and nobody has to take part in an expiry but the clock.

On two nodes even alternatives hold a sum. So they are put on as few nodes as can be found at once.
"""

from __future__ import annotations

import operator
from collections import Counter
from collections.abc import Callable, Hashable, Iterable, Iterator, Mapping, Sequence
from functools import partial
from itertools import groupby
from operator import itemgetter
from typing import NamedTuple, TypeVar, final

from execbroker.core.amounts import STORAGE, Amounts
from execbroker.core.answer import Offer
from execbroker.core.availability import Availability, Steps
from execbroker.core.durations import spell_duration
from execbroker.core.instants import format_instant
from execbroker.core.interfaces import Refused
from execbroker.core.platform import Booking, Flavour, Hold, Platform, Pool
from execbroker.core.profile import combined
from execbroker.core.session import Run
from execbroker.core.sizes import format_amount
from execbroker.core.spans import Span, round_up
from execbroker.core.vectors import Fields, larger

__all__ = ["Layer", "Placed", "chosen_run", "deadline", "held_by", "layers", "sharing", "taken_by"]

_Room = TypeVar("_Room", bound=Hashable)
_Named = TypeVar("_Named", Pool, Flavour)


@final
class Placed(NamedTuple):
    """An offer that is held, on which node (None in a pool without nodes), and until which instant."""

    offer: Offer
    node: int | None
    until: int


@final
class Layer(NamedTuple):
    """What is held until an instant."""

    until: int
    booking: Booking


def deadline(offer: Offer, created: int) -> int:
    """The instant at which an offer is open no more.

    However soon its last possible start is, it is open in the second in which it was made.
    """
    return max(offer.expires, created + 1)


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
        raise _outside("a start at", format_instant, start, first, offer.maxstart)
    longest = min(offer.maxduration, offer.maxend - start)
    duration = longest if duration is None else duration
    if not offer.minduration <= duration <= longest:
        raise _outside("a duration of", spell_duration, duration, offer.minduration, longest)
    if start % grid or duration % grid:
        raise Refused("outside-offer", f"starts and durations are multiples of {grid} seconds here")
    most, least = offer.amounts, offer.minima
    chosen = {**most, **(amounts or {})}
    for name, amount in chosen.items():
        if not least.get(name, 0) <= amount <= most.get(name, 0):
            spelt = partial(format_amount, name, sizes=offer.sizes)
            raise _outside(name, spelt, amount, least.get(name, 0), most.get(name, 0))
    return Run(start, duration, Amounts(chosen))


def held_by(offer: Offer, platform: Platform, hold: Hold) -> list[tuple[Span, Amounts]]:
    """What is kept for the client of an offer: amounts over spans, those of storage apart.

    The minimum is what every shortest run needs; all is what any run could use.

    Raises:
        LookupError: The platform has no such pool or flavour.
    """
    if hold is Hold.NONE:
        return []
    if hold is Hold.MINIMUM:
        run = Span(offer.minstart, offer.maxstart + offer.minduration)
        return _held(offer, platform, run, offer.minima)
    return _held(offer, platform, Span(offer.minstart, offer.maxend), offer.amounts)


def taken_by(offer: Offer, platform: Platform, run: Run) -> list[tuple[Span, Amounts]]:
    """What a run of an offer takes: amounts over spans, those of storage apart.

    Raises:
        LookupError: The platform has no such pool or flavour.
    """
    return _held(offer, platform, Span(run.start, run.end), run.amounts)


def layers(placed: Sequence[Placed], platform: Platform) -> Iterator[Layer]:
    """What the offers of one answer hold together on a platform, each layer until an offer is open no more.

    Raises:
        LookupError: The platform has no such pool or flavour.
    """
    rooms: dict[tuple[str, int | None], list[Placed]] = {}
    for each in placed:
        rooms.setdefault((each.offer.pool, each.node), []).append(each)
    for (pool, node), here in rooms.items():
        for until, span, amounts in _layers_of_room(here, platform):
            yield Layer(until, Booking(pool, span, amounts, node))


def sharing(choices: Sequence[Sequence[_Room]]) -> list[_Room | None]:
    """For each of some alternatives one of the rooms that it may have, or None if it has none; few rooms in all.

    First the room that serves most of them, then the one that serves most of the others, and so on.

    >>> sharing([["a", "b"], ["b"], []])
    ['b', 'b', None]
    """
    chosen: dict[int, _Room] = {}
    while open_choices := [place for place, rooms in enumerate(choices) if rooms and place not in chosen]:
        # Of equal ones the one that is counted first.
        counted = Counter(room for place in open_choices for room in choices[place])
        best = max(counted, key=counted.__getitem__)
        chosen.update((place, best) for place in open_choices if best in choices[place])
    return [chosen.get(place) for place in range(len(choices))]


def _held(
    offer: Offer, platform: Platform, run: Span, amounts: Mapping[str, int]
) -> list[tuple[Span, Amounts]]:
    """Amounts over a run, and storage from the start of the preparation to the end of the release.

    Of a flavour it is all that it carries, whatever part of it is used.
    """
    pool = _named(platform.pools, offer.pool)
    if offer.flavour is not None:
        amounts = _named(pool.flavours, offer.flavour).amounts
    release = platform.release_in(pool)
    storing = Span(run.start - offer.preparation, run.end + release)
    parts: dict[Span, dict[str, int]] = {}
    for name, amount in amounts.items():
        if amount:
            parts.setdefault(storing if name == STORAGE else run, {})[name] = amount
    return [(span, Amounts(part)) for span, part in parts.items()]


def _named(several: Iterable[_Named], name: str) -> _Named:
    """The pool or flavour of that name."""
    for each in several:
        if each.name == name:
            return each
    raise LookupError(f"there is no {name} here")


def _layers_of_room(placed: Sequence[Placed], platform: Platform) -> Iterator[tuple[int, Span, Amounts]]:
    """The layers of offers that are held in the same pool or on the same node."""
    held = [(each.until, held_by(each.offer, platform, platform.hold)) for each in placed]
    spans = [span for _, parts in held for span, _ in parts]
    if not spans:
        return
    whole = Span(min(span.start for span in spans), max(span.end for span in spans))
    fields = Fields.of(name for _, parts in held for _, amounts in parts for name in amounts)
    largest = partial(larger, guard=fields.guard)
    below = Steps([*whole], [0])
    for until, group in groupby(sorted(held, key=itemgetter(0), reverse=True), key=itemgetter(0)):
        top = below
        for _, parts in group:
            packed = ((span, fields.pack(amounts)) for span, amounts in parts)
            top = combined(top, Availability(fields, packed).steps(whole), largest)
        for span, vector in _stretches(combined(top, below, operator.sub)):
            amounts = {name: amount for name, amount in fields.amounts(vector).items() if amount}
            yield until, span, Amounts(amounts)
        below = top


def _stretches(steps: Steps) -> Iterator[tuple[Span, int]]:
    """The longest spans over which something, and always the same, is taken."""
    levels = zip(steps.times, steps.times[1:], steps.taken, strict=False)
    for vector, group in groupby(levels, key=itemgetter(2)):
        edges = [edge for start, end, _ in group for edge in (start, end)]
        if vector:
            yield Span(edges[0], edges[-1]), vector


def _outside(what: str, spelt: Callable[[int], str], chosen: int, least: int, most: int) -> Refused:
    offered = f"from {spelt(least)} to {spelt(most)}"
    return Refused("outside-offer", f"{what} {spelt(chosen)} is not within what is offered, {offered}")
