"""What became of an offer that was accepted: the amounts that each of its resources got."""

from __future__ import annotations

from attrs import evolve

from execbroker.core.amounts import Amounts
from execbroker.core.answer import Allotment, Offer
from execbroker.core.session import Run

__all__ = ["settled"]


def settled(offer: Offer, run: Run) -> Offer:
    """The offer with the amounts of a run, which go to its resources as those of an offer do.

    Each gets its minimum; what is left goes to them in their order, up to each one's maximum.
    """
    left = {name: value - offer.minima.get(name, 0) for name, value in run.amounts.items()}

    def dealt(allotment: Allotment) -> Allotment:
        amounts = dict(allotment.minimum)
        for name, least in allotment.minimum.items():
            more = min(left.get(name, 0), allotment.maximum[name] - least)
            amounts[name] += more
            left[name] = left.get(name, 0) - more
        return Allotment(allotment.name, Amounts(amounts), Amounts(amounts))

    return evolve(offer, compute=tuple(map(dealt, offer.compute)), storage=tuple(map(dealt, offer.storage)))
