"""Hypothesis strategies for answers and their parts; `strategies` has them all.

What they draw is well formed, as any planner might write it; whether it is true is for rules to say. The answers of
a planner that is right come from asking one: `histories` does.
"""

from __future__ import annotations

from fractions import Fraction

from attrs import evolve
from hypothesis import strategies as st

from execbroker.core.amounts import CORES, MEMORY, Amounts
from execbroker.core.answer import (
    Allotment,
    Alternative,
    Answer,
    Change,
    Cost,
    Offer,
    Reason,
    Unanswered,
)
from execbroker.testing.strategies_frames import PLAIN, UNITS, Frame, amounts, given_or, instants

__all__ = [
    "allotments",
    "alternatives",
    "answers",
    "changes",
    "offers",
    "prices",
    "reasons",
    "unanswered",
]


def prices() -> st.SearchStrategy[Cost]:
    """What an offer may cost, in one of two currencies or none."""
    return st.builds(
        Cost,
        st.sampled_from([Fraction(1, 2), Fraction(2), Fraction(1, 3)]),
        st.sampled_from(["EUR", "GBP", None]),
    )


@st.composite
def allotments(
    draw: st.DrawFn,
    names: tuple[str, ...] = (CORES, MEMORY),
    *,
    name: str | None = "main",
    minimum: st.SearchStrategy[Amounts] | None = None,
) -> Allotment:
    """What one resource of a task gets, no minimum above its maximum."""
    least = draw(given_or(minimum, amounts(names, most=2)))
    more = draw(amounts(tuple(least), most=2))
    return Allotment(name, least, Amounts({each: least[each] + more[each] for each in least}))


@st.composite
def offers(
    draw: st.DrawFn,
    frame: Frame = PLAIN,
    *,
    compute: st.SearchStrategy[tuple[Allotment, ...]] | None = None,
    cost: st.SearchStrategy[Cost | None] | None = None,
    flavour: st.SearchStrategy[str | None] | None = None,
) -> Offer:
    """Offers of a few platforms and pools, as they might come out of any search."""
    steps = st.integers(1, 3).map(lambda count: count * frame.grid)
    start, shortest, more = draw(instants(frame, 0, 3)), draw(steps), draw(steps) - frame.grid
    last = start + draw(steps) - frame.grid
    return Offer(
        platform=draw(st.sampled_from(["here", "there"])),
        pool=draw(st.sampled_from(["batch", "cloud"])),
        minstart=start,
        maxstart=last,
        maxend=last + shortest + draw(st.integers(0, more // frame.grid)) * frame.grid,
        minduration=shortest,
        maxduration=shortest + more,
        expires=min(frame.now + 300, last),
        compute=draw(given_or(compute, st.tuples(allotments((CORES,))))),
        cost=draw(given_or(cost, st.none() | prices())),
        flavour=draw(given_or(flavour, st.sampled_from([None, None, "small"]))),
    )


@st.composite
def reasons(draw: st.DrawFn, frame: Frame = PLAIN, *, code: st.SearchStrategy[str] | None = None) -> Reason:
    """Why not: with figures of a resource and when they hold, with figures in seconds, or without."""
    code = given_or(code, st.sampled_from(["busy", "policy", "duration-exceeds-limit", "resource-unknown"]))
    plain = Reason(
        draw(code),
        "It can't be done.",
        draw(st.sampled_from([None, "here"])),
        draw(st.sampled_from([None, "batch"])),
        draw(st.sampled_from([None, "compute-resources[0].mincores", "minduration"])),
    )
    if plain.path is None:
        return plain
    resource = CORES if "cores" in plain.path else None
    unit = UNITS[CORES] if resource else frame.grid
    available = draw(st.integers(0, 3)) * unit
    asked = available + draw(st.integers(1, 3)) * unit
    start = draw(instants(frame))
    end = start + draw(st.integers(1, 3)) * frame.grid
    figures = evolve(plain, resource=resource, asked=asked, available=available)
    return evolve(figures, start=start, end=end) if draw(st.booleans()) else figures


def changes() -> st.SearchStrategy[Change]:
    """Limits of a task that would have to be other, or go."""
    return st.sampled_from(
        [
            Change("compute-resources[0].mincores", "8", "4"),
            Change("minduration", "PT4H", "PT2H"),
            Change("timerange.maxendtime", "17:00", None),
        ]
    )


@st.composite
def alternatives(
    draw: st.DrawFn, frame: Frame = PLAIN, *, offer: st.SearchStrategy[Offer] | None = None
) -> Alternative:
    """Offers that break one or two limits."""
    broken = draw(st.lists(changes(), min_size=1, max_size=2, unique=True))
    return Alternative(draw(given_or(offer, offers(frame))), tuple(broken))


def unanswered() -> st.SearchStrategy[Unanswered]:
    """Planners of a federation that gave no answer."""
    return st.sampled_from(
        [
            Unanswered("there", "timed-out", "There was no answer after 10 seconds."),
            Unanswered("elsewhere", "failed", "It can't be reached."),
        ]
    )


@st.composite
def answers(
    draw: st.DrawFn,
    frame: Frame = PLAIN,
    *,
    offers: st.SearchStrategy[tuple[Offer, ...]] | None = None,
    reasons: st.SearchStrategy[tuple[Reason, ...]] | None = None,
    alternatives: st.SearchStrategy[tuple[Alternative, ...]] | None = None,
) -> Answer:
    """YES with one to three offers, all with identifiers or none, or NO with one or two reasons."""
    several = st.lists(_offers(frame), max_size=3).map(tuple)
    found = draw(given_or(offers, several))
    if offers is None and draw(st.booleans()):
        found = tuple(evolve(offer, identifier=f"offer-{number}") for number, offer in enumerate(found, 1))
    why = st.lists(_reasons(frame), min_size=1, max_size=2).map(tuple)
    instead = st.lists(_alternatives(frame), max_size=1).map(tuple)
    return Answer(
        found,
        () if found else draw(given_or(reasons, why)),
        draw(given_or(alternatives, instead)),
        omitted=draw(st.sampled_from([0, 0, 2])) if found else 0,
        unanswered=tuple(draw(st.lists(unanswered(), max_size=1))),
    )


#: `answers` has keywords of the same names.
_offers, _reasons, _alternatives = offers, reasons, alternatives
