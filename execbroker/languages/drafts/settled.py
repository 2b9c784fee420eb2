"""Offers made narrower: to the one duration that the language has, or to the run that was accepted of one.

What they cost narrows with them: money, energy and carbon grow with time alone, metrics don't.
"""

from __future__ import annotations

from fractions import Fraction

from attrs import evolve

from execbroker.core.amounts import Amounts
from execbroker.core.answer import Allotment, Figure, Offer
from execbroker.core.session import Run

__all__ = ["lasting", "settled"]


def lasting(offer: Offer, seconds: int) -> Offer:
    """The offer with what its runs of one duration cost, from the least amounts to the most.

    >>> offer = Offer("here", "batch", 0, 0, 7200, 3600, 7200, 60, costs=(Figure("c", Fraction(1), Fraction(6)),))
    >>> [(int(each.least), int(each.most)) for each in lasting(offer, 7200).costs]
    [(2, 6)]
    """
    longer, shorter = _ratio(seconds, offer.minduration), _ratio(seconds, offer.maxduration)
    costs = tuple(evolve(each, least=each.least * longer, most=each.most * shorter) for each in offer.costs)
    cost = offer.cost and evolve(offer.cost, amount=offer.cost.amount * longer)
    return evolve(offer, cost=cost, costs=costs)


def settled(offer: Offer, run: Run) -> Offer:
    """The offer with the amounts of a run, which go to its resources as those of an offer do, and what that costs.

    Each gets its minimum; what is left goes to them in their order, up to each one's maximum. What a run costs is
    known of the least and of the most amounts; of others, that it is in between.
    """
    left = {name: value - offer.minima.get(name, 0) for name, value in run.amounts.items()}

    def dealt(allotment: Allotment) -> Allotment:
        amounts = dict(allotment.minimum)
        for name, least in allotment.minimum.items():
            more = min(left.get(name, 0), allotment.maximum[name] - least)
            amounts[name] += more
            left[name] = left.get(name, 0) - more
        return Allotment(allotment.name, Amounts(amounts), Amounts(amounts))

    def known(figure: Figure) -> Figure:
        if run.amounts == offer.amounts:
            return evolve(figure, least=figure.most)
        return evolve(figure, most=figure.least) if run.amounts == offer.minima else figure

    timed = lasting(offer, run.duration)
    return evolve(
        timed,
        compute=tuple(map(dealt, offer.compute)),
        storage=tuple(map(dealt, offer.storage)),
        costs=tuple(map(known, timed.costs)),
        metrics=tuple(map(known, timed.metrics)),
    )


def _ratio(one: int, other: int) -> Fraction:
    """How many times one goes into another; nothing lasts for no time but what others have so offered."""
    return Fraction(one, other) if other else Fraction(1)
