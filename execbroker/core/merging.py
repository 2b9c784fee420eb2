"""The answers of several planners as one: the offers that no other one beats, whoever made them."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import chain

from execbroker.core.answer import Answer, Offer
from execbroker.core.boxes import Work
from execbroker.core.demand import asked_of
from execbroker.core.frontier import Archive, Candidate, Rival, best
from execbroker.core.task import Task
from execbroker.core.vectors import WIDTH, Fields

__all__ = ["merged"]


def merged(task: Task, answers: Sequence[Answer]) -> Answer:
    """One answer that says what all of them say.

    Of equal offers stays the one that can start latest, then that of the first answer. Reasons stay, and so do
    alternatives, only where nobody has an offer.

    Args:
        task: What was asked; only resources that it asks for are compared.
        answers: In the order in which equal offers are ranked.
    """
    offers = list(chain.from_iterable(answer.offers for answer in answers))
    names = asked_of(task)
    fields = Fields.of(names)
    candidates = sorted(_candidate(offer, fields, place) for place, offer in enumerate(offers))
    rivals = [_rival(offer) for offer in offers]
    guard = fields.guard | 1 << (fields.width + WIDTH - 1)
    # Every answer was bounded where it was made: there is work enough to compare each offer with each.
    archives = {rival: Archive(guard) for rival in rivals}
    standing = list(best(candidates, rivals, archives, Work(len(offers) ** 2)))
    standing.sort(key=lambda c: (c.start, c.key, c.latest, c.end, c.lane))
    return Answer(
        offers=tuple(offers[candidate.lane] for candidate in standing),
        reasons=() if offers else tuple(chain.from_iterable(answer.reasons for answer in answers)),
        alternatives=() if offers else tuple(chain.from_iterable(answer.alternatives for answer in answers)),
        complete=all(answer.complete for answer in answers),
        omitted=sum(answer.omitted for answer in answers),
        unanswered=tuple(chain.from_iterable(answer.unanswered for answer in answers)),
        language=task.language,
    )


def _candidate(offer: Offer, fields: Fields, place: int) -> Candidate:
    amounts = {name: amount for name, amount in offer.amounts.items() if name in fields.shifts}
    key = offer.maxduration << fields.width | fields.pack(amounts)
    rival = _rival(offer)
    return Candidate(offer.minstart, -key, rival.nearness, rival.price, -offer.maxstart, -offer.maxend, place)


def _rival(offer: Offer) -> Rival:
    flavour = offer.flavour and (offer.platform, offer.pool, offer.flavour)
    return Rival(flavour, offer.cost, offer.proximity)
