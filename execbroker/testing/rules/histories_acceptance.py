"""Rules on accepting: what has to be accepted, what must not be, and what is booked."""

from __future__ import annotations

from collections.abc import Iterator

from execbroker.core.lifecycle import Phase
from execbroker.core.platform import Platform, Pool
from execbroker.core.session import Run
from execbroker.core.spans import Span
from execbroker.testing.histories import Accept
from execbroker.testing.rules.histories_phases import GONE
from execbroker.testing.rules.moments import Moment
from execbroker.testing.rules.rule import DRAFT, Finding, Level, rule
from execbroker.testing.rules.standing import Entry
from execbroker.testing.rules.taking import Part, held_by, is_free, is_within, lies_in, taken_by
from execbroker.testing.rules.wording import OURS, at, lasting, over

__all__ = [
    "accepted_once",
    "freed_room_accepted",
    "good_faith",
    "held_accepted",
    "run_as_chosen",
    "run_as_large_as_may_be",
    "run_within_offer",
]


def _accepted(moment: Moment) -> tuple[Entry, Run] | None:
    """What was taken, and the run that was booked."""
    session = moment.session
    if not isinstance(moment.call.request, Accept) or moment.entry is None or session is None:
        return None
    return None if session.run is None else (moment.entry, session.run)


def _refused(moment: Moment) -> tuple[Entry, Run, Platform, Pool, list[Part]] | None:
    """What was refused though the offer is open and the run is one of it, and what that would take."""
    entry, run, refusal = moment.entry, moment.run, moment.refusal
    if (
        refusal is None
        or refusal.code in GONE
        or entry is None
        or run is None
        or not entry.is_open(moment.clock)
    ):
        return None
    if (place := moment.place(entry.offer)) is None:
        return None
    if not is_within(entry.offer, run, moment.clock, place[0].granularity):
        return None
    parts = taken_by(entry.offer, entry.task, *place, Span(run.start, run.end), run.amounts)
    return entry, run, *place, parts


@rule("H30", Level.MUST, f"{DRAFT} 2.2.5")
def accepted_once(moment: Moment) -> Iterator[Finding]:
    """An offer that was accepted or let go before can't be accepted.

    To be shown once more what was accepted does no harm.
    """
    if (found := _accepted(moment)) is None or moment.session is None:
        return
    entry, _ = found
    is_new = moment.session.history != entry.shown
    if entry.phase not in (Phase.OFFERED, Phase.EXPIRED) and not entry.lost and is_new:
        yield Finding(f"it was {entry.phase.value}, and is accepted", moment.where)


@rule("H31", Level.MUST, f"{DRAFT} 2.2.5")
def held_accepted(moment: Moment) -> Iterator[Finding]:
    """What is held of an open offer can be accepted.

    How much is held the platform says: nothing, the minimum amounts for every shortest run, or all that was
    offered.
    """
    if (found := _refused(moment)) is None or moment.refusal is None:
        return
    entry, run, platform, pool, parts = found
    if _is_held(entry, platform, pool, parts):
        what = f"a run {over(Span(run.start, run.end))} is refused as {moment.refusal.code}"
        yield Finding(f"{what}, though it is held until {at(entry.offer.expires)}", moment.where)


def _is_held(entry: Entry, platform: Platform, pool: Pool, parts: list[Part]) -> bool:
    return lies_in(parts, held_by(entry.offer, entry.task, platform, pool))


@rule("H32", Level.SHOULD, f"{DRAFT} 2.2.2")
def good_faith(moment: Moment) -> Iterator[Finding]:
    """An open offer can be accepted for a run that is not held, as long as there is room for it."""
    yield from _without_cause(moment, "though there is room for it", is_given_back=False)


@rule("H33", Level.SHOULD, f"{DRAFT} 2.2.5")
def freed_room_accepted(moment: Moment) -> Iterator[Finding]:
    """An open offer is not refused for want of room that was given back.

    That is: there is room for the run, and there would be none if all that has expired, was let go or was given up
    were still taken.
    """
    yield from _without_cause(moment, "and what is in its way was given back", is_given_back=True)


def _without_cause(moment: Moment, why: str, *, is_given_back: bool) -> Iterator[Finding]:
    """A refusal of a run that is not held and has room, be it only in what was given back."""
    if (found := _refused(moment)) is None or moment.refusal is None:
        return
    entry, run, platform, pool, parts = found
    if _is_held(entry, platform, pool, parts) or not moment.knows(platform, pool):
        return
    if not is_free(moment.held_but_for(entry.answer)[platform.name], pool, parts):
        return
    if is_free(moment.leaked_but_for(entry.answer)[platform.name], pool, parts) != is_given_back:
        what = f"a run {over(Span(run.start, run.end))} is refused as {moment.refusal.code}"
        yield Finding(f"{what}, {why}", moment.where)


@rule("H34", Level.MUST, f"{DRAFT} 2.2.2")
def run_within_offer(moment: Moment) -> Iterator[Finding]:
    """The run that is booked is one of those that were offered, with amounts that were, and not in the past.

    So an acceptance of anything else has to be refused.
    """
    if (found := _accepted(moment)) is None or (place := moment.place(found[0].offer)) is None:
        return
    (entry, run), grid = found, place[0].granularity
    # Another rule speaks of one that has expired; what starts before it was accepted is wrong all the same.
    if not is_within(entry.offer, run, moment.clock, grid):
        what = f"the run {over(Span(run.start, run.end))} with {dict(run.amounts)} is none that was offered"
        yield Finding(what, f"{moment.where}.run", start=run.start, end=run.end)


@rule("H35", Level.MUST, OURS)
def run_as_chosen(moment: Moment) -> Iterator[Finding]:
    """The start, the duration and the amounts that a client chooses are those that are booked."""
    if (found := _accepted(moment)) is None or not isinstance(asked := moment.call.request, Accept):
        return
    _, run = found
    if asked.start is not None and run.start != asked.start:
        what = f"a start at {at(asked.start)} was chosen, it is {at(run.start)}"
        yield Finding(what, f"{moment.where}.run", asked.start, run.start)
    if asked.duration is not None and run.duration != asked.duration:
        what = f"{lasting(asked.duration)} was chosen, it is {lasting(run.duration)}"
        yield Finding(what, f"{moment.where}.run", asked.duration, run.duration)
    for name, amount in (asked.amounts or {}).items():
        if run.amounts.get(name, 0) != amount:
            what = f"{amount} of {name} were chosen, {run.amounts.get(name, 0)} are booked"
            yield Finding(what, f"{moment.where}.run", amount, run.amounts.get(name, 0))


@rule("H36", Level.SHOULD, OURS)
def run_as_large_as_may_be(moment: Moment) -> Iterator[Finding]:
    """What a client does not choose is as early, as long and as much as was offered."""
    if (found := _accepted(moment)) is None or not isinstance(asked := moment.call.request, Accept):
        return
    (entry, run), right = found, moment.run
    if right is None:
        return
    if asked.start is None and run.start != right.start:
        what = f"it starts at {at(run.start)}, and could at {at(right.start)}"
        yield Finding(what, f"{moment.where}.run", right.start, run.start)
    longest = min(entry.offer.maxduration, entry.offer.maxend - run.start)
    if asked.duration is None and run.duration != longest:
        what = f"it lasts {lasting(run.duration)}, and could {lasting(longest)}"
        yield Finding(what, f"{moment.where}.run", longest, run.duration)
    for name, amount in entry.offer.amounts.items():
        if name not in (asked.amounts or {}) and run.amounts.get(name, 0) != amount:
            what = f"it has {run.amounts.get(name, 0)} of {name}, and could have {amount}"
            yield Finding(what, f"{moment.where}.run", amount, run.amounts.get(name, 0))
