"""The promise: when the answer is given, every run within an offer's limits is free, with all that is offered.

The draft does not say for which of the starts of an offer, and for how much of what lies between minimum and
maximum, the room must be there. Here it must for all of them: nothing else is of use to a client who may choose.
Spans are half-open, so what ends at an instant leaves room for what starts then. The offers of one answer are
alternatives: each is judged as if the others were not. Storage is held from the start of the preparation to the end
of the release, everything else for the run.
"""

from __future__ import annotations

from collections.abc import Iterator
from functools import partial

from execbroker.core.amounts import STORAGE
from execbroker.core.sizes import format_amount
from execbroker.core.spans import Span
from execbroker.testing.room import Demand, nodes_of
from execbroker.testing.rules.exchange import Exchange, Place
from execbroker.testing.rules.rule import DRAFT, Finding, Level, rule
from execbroker.testing.rules.runs import Runs, reaches_of
from execbroker.testing.rules.wording import key_of, over

__all__ = ["overtaken", "while_open", "within_capacity"]


@rule("A40", Level.MUST, f"{DRAFT} 2.2.2")
def within_capacity(exchange: Exchange) -> Iterator[Finding]:
    """Every run that is offered is free when the answer is given, with every amount that is offered.

    Of a flavour all that it carries must be free. In a pool with nodes, some one node must have it for all the run.
    """
    for place in exchange.places:
        yield from overtaken(place)


def overtaken(place: Place) -> Iterator[Finding]:
    """What is promised at a place and not free, the earliest run of it."""
    if (runs := place.runs) is None or (
        run := _taken(place, runs, place.demand(place.offer.amounts))
    ) is None:
        return
    end = "max"
    if _taken(place, runs, least := place.demand(place.offer.minima)):
        end, run = "min", _taken(place, runs, least) or run
    demand = least if end == "min" else place.demand(place.offer.amounts)
    name, wanted, free = _scarcest(place, demand, run)
    spelt = partial(format_amount, name, sizes=place.pool.sizes)
    what = f"{spelt(wanted)} of {name} promised for a run {over(run)}, {spelt(free)} free"
    if end == "min":
        what += "; that is the least that is offered"
    key = key_of(end, name) if place.flavour is None else "flavour"
    yield Finding(what, f"{place.where}.{key}", wanted, free, *run)


def _taken(place: Place, runs: Runs, demand: Demand) -> Span | None:
    """The earliest run for which no node has all of a demand."""
    free = (place.room.free_for(place.pool, node, demand, runs.whole) for node in nodes_of(place.pool))
    return runs.misfit(reaches_of(free))


def _scarcest(place: Place, demand: Demand, run: Span) -> tuple[str, int, int]:
    """The resource of which a run lacks most, by its part, on the node that has most of it; wanted, and free."""
    held = Span(run.start - demand.before, run.end + demand.after)

    def lacking(node: int) -> tuple[float, str, int, int]:
        found = []
        for name, wanted in demand.amounts.items():
            free = place.room.lowest(place.pool, node, name, held if name == STORAGE else run)
            found.append(((wanted - free) / max(wanted, 1), name, wanted, free))
        return max(found)

    return min(map(lacking, nodes_of(place.pool)))[1:]


@rule("A41", Level.MUST, f"{DRAFT} 2.2.2")
def while_open(exchange: Exchange) -> Iterator[Finding]:
    """No run that is offered touches a time at which its pool is closed.

    Where storage is part of what is offered, that holds for the preparation and the release as well.
    """
    for place in exchange.places:
        if (runs := place.runs) is None:
            continue
        demand = place.demand(place.offer.amounts)
        opened = place.room.opened_for(place.pool, demand, runs.whole)
        if run := runs.misfit(reaches_of([opened])):
            what = f"{place.pool.name} is not open throughout a run {over(run)}"
            yield Finding(what, f"{place.where}.pool", start=run.start, end=run.end)
