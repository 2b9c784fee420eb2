"""Rules on what a broker gives to several clients: nothing twice, nothing held for another, all that is free.

A session counts as taking its room until it is shown to be at its end, or its run is over. On which of several
nodes an open offer is held nobody sees; that it is held shows when it is accepted.
"""

from __future__ import annotations

from collections.abc import Iterator

from attrs import evolve

from execbroker.core.platform import Platform, Pool
from execbroker.core.session import Run
from execbroker.core.sizes import format_amount
from execbroker.core.spans import Span
from execbroker.testing.histories import Accept
from execbroker.testing.room import Room, nodes_of
from execbroker.testing.rules.chances import first_run
from execbroker.testing.rules.moments import Moment
from execbroker.testing.rules.promise import overtaken
from execbroker.testing.rules.quality import is_exhaustive
from execbroker.testing.rules.rule import DRAFT, Finding, Level, rule
from execbroker.testing.rules.standing import Entry
from execbroker.testing.rules.taking import Part, is_hidden, taken_by
from execbroker.testing.rules.wording import OURS, over

__all__ = [
    "freed_room",
    "held_for_others",
    "known_node",
    "never_overbooked",
    "offered_beside_held",
    "true_rest",
]


def _booked(moment: Moment) -> tuple[Entry, Run, Platform, Pool, list[Part]] | None:
    """A run that is shown for the first time, and what it takes."""
    entry, session = moment.entry, moment.session
    if entry is None or entry.run is not None or session is None or session.run is None:
        return None
    if (place := moment.place(entry.offer)) is None:
        return None
    span = Span(session.run.start, session.run.end)
    parts = taken_by(entry.offer, entry.task, *place, span, session.run.amounts)
    return entry, session.run, *place, parts


def _nodes(run: Run, pool: Pool) -> list[int]:
    """Where a run may be."""
    return [*nodes_of(pool)] if run.node is None else [run.node]


def _missing(
    room: Room, pool: Pool, nodes: list[int], parts: list[Part]
) -> tuple[str, Span, int, int] | None:
    """What is not free on any of some nodes: the resource, when, how much is wanted and how much there is."""
    missing = None
    for node in nodes:
        found = (
            (name, span, amount, free)
            for span, taken in parts
            for name, amount in taken.items()
            if span.start < span.end and (free := room.lowest(pool, node, name, span)) < amount
        )
        if (missing := next(found, None)) is None:
            return None
    return missing


@rule("H40", Level.MUST, OURS)
def known_node(moment: Moment) -> Iterator[Finding]:
    """A run is on a node that its pool has."""
    if (found := _booked(moment)) is None:
        return
    node, pool = found[1].node, found[3]
    if node not in (None, *nodes_of(pool)):
        what = f"{pool.name} has {pool.nodes or 'no'} nodes, and this is number {node}, from 0"
        yield Finding(what, f"{moment.where}.run.node", node, pool.nodes)


@rule("H41", Level.MUST, f"{DRAFT} 2.2.2")
def never_overbooked(moment: Moment) -> Iterator[Finding]:
    """At no instant is more booked than a pool, or each of its nodes, has, all that was accepted together.

    Where a session does not say on which node it is, it must have room on one of them beside all that do say.
    """
    if (found := _booked(moment)) is None or found[1].node not in (None, *nodes_of(found[3])):
        return
    _, run, platform, pool, parts = found
    if missing := _missing(moment.booked[platform.name], pool, _nodes(run, pool), parts):
        name, span, wanted, free = missing
        most, left = (format_amount(name, amount, pool.sizes) for amount in (wanted, free))
        what = f"{most} of {name} booked {over(span)}, {left} left of all that others have"
        yield Finding(what, f"{moment.where}.run", wanted, free, *span)


@rule("H42", Level.MUST, f"{DRAFT} 2.2.5")
def held_for_others(moment: Moment) -> Iterator[Finding]:
    """Nothing is booked that is held for the client of another answer."""
    if (found := _booked(moment)) is None or not isinstance(moment.call.request, Accept):
        return
    entry, run, platform, pool, parts = found
    if is_hidden(platform, pool) or _missing(moment.booked[platform.name], pool, _nodes(run, pool), parts):
        return
    room = moment.held_but_for(entry.answer)[platform.name]
    if missing := _missing(room, pool, _nodes(run, pool), parts):
        name, span, wanted, free = missing
        most, left = (format_amount(name, amount, pool.sizes) for amount in (wanted, free))
        what = f"{most} of {name} booked {over(span)}, {left} left of what is held for others"
        yield Finding(what, f"{moment.where}.run", wanted, free, *span)


@rule("H43", Level.MUST, f"{DRAFT} 2.2.5")
def offered_beside_held(moment: Moment) -> Iterator[Finding]:
    """No run is offered with what is held for the client of another answer."""
    alone, beside = moment.exchange(moment.booked), moment.exchange(moment.held)
    if alone is None or beside is None:
        return
    for free, held in zip(alone.places, beside.places, strict=True):
        if is_hidden(held.platform, held.pool) or next(overtaken(free), None):
            continue
        for each in overtaken(held):
            what, where = f"{each.message} beside what is held", f"{moment.where}.{each.where}"
            yield evolve(each, message=what, where=where)


@rule("H44", Level.SHOULD, f"{DRAFT} 2.2.5")
def freed_room(moment: Moment) -> Iterator[Finding]:
    """No answer is NO for want of room that was given back.

    That is: there is room for a run, and there would be none if all that has expired, was let go or was given up
    were still taken.
    """
    exchange = moment.exchange(moment.held)
    if (
        exchange is None
        or exchange.answer.is_yes
        or not moment.knows_all
        or not is_exhaustive(exchange.answer)
    ):
        return
    leaked, world = moment.leaked_but_for(None), exchange.world
    runs = [
        (pool, run, first_run(world, platform, pool, leaked[platform.name], moment.known))
        for platform, pool in exchange.pools.values()
        if (run := first_run(world, platform, pool, moment.held[platform.name], moment.known))
    ]
    if runs and all(still is None for _, _, still in runs):
        pool, run, _ = runs[0]
        what = f"NO, but what was given back of {pool.name} leaves room for a run {over(run)}"
        yield Finding(what, f"{moment.where}.result", start=run.start, end=run.end)


@rule("H45", Level.QUALITY, OURS)
def true_rest(moment: Moment) -> Iterator[Finding]:
    """What a refusal says is left, is, beside all that is booked and held for others."""
    entry, run, refusal = moment.entry, moment.run, moment.refusal
    if refusal is None or refusal.available is None or entry is None or run is None:
        return
    if (place := moment.place(entry.offer)) is None or not moment.knows(*place):
        return
    room = moment.held_but_for(entry.answer)[place[0].name]
    for span, taken in taken_by(entry.offer, entry.task, *place, Span(run.start, run.end), run.amounts):
        for name in taken:
            said = refusal.available.get(name)
            most = max(room.lowest(place[1], node, name, span) for node in nodes_of(place[1]))
            if said is not None and said != most:
                spelt = [format_amount(name, amount, place[1].sizes) for amount in (said, most)]
                what = f"{spelt[0]} of {name} said to be left, {spelt[1]} are"
                yield Finding(what, f"{moment.where}.available", said, most)
