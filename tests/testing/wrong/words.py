"""Planners that find what is right and say something else, or say it wrong."""

from __future__ import annotations

from attrs import evolve

from execbroker.core.answer import Answer, Offer
from execbroker.core.planner import Query
from execbroker.core.platform import Platform
from execbroker.core.task import Task
from tests.testing.wrong.kinds import Wrong, having
from tests.testing.wrong.misled import Misled, of_answer, of_offers, of_platform

__all__ = ["WRONG_WORDS"]


def without_the_largest(answer: Answer, task: Task) -> Answer:
    """The largest of several offers is dropped."""
    if len(answer.offers) < 2:
        return answer
    largest_one = max(answer.offers, key=lambda offer: tuple(offer.amounts.values()))
    return evolve(answer, offers=tuple(each for each in answer.offers if each is not largest_one))


def wrong_figures(answer: Answer, task: Task) -> Answer:
    """What is asked for is said to be what there is."""
    return evolve(
        answer,
        reasons=tuple(evolve(each, available=each.asked and each.asked + 1) for each in answer.reasons),
    )


def named_alike(answer: Answer, task: Task) -> Answer:
    """All offers have one name."""
    return evolve(answer, offers=tuple(evolve(each, identifier="offer-0") for each in answer.offers))


def mute(answer: Answer, task: Task) -> Answer:
    """A NO says nothing more."""
    return evolve(answer, reasons=())


def too_late(offer: Offer, task: Task) -> Offer:
    """An offer can be taken when it is too late to start."""
    return evolve(offer, expires=offer.maxstart + 1)


def reversed_order(answer: Answer, task: Task) -> Answer:
    """The last comes first."""
    return evolve(answer, offers=answer.offers[::-1])


def runs_anything(platform: Platform) -> Platform:
    """Whatever type an executable is of, it is run."""
    return evolve(platform, executables=None)


RUNS_SOME = having("executables", task="executable")

WRONG_WORDS = (
    Wrong("unknown-executable", of_platform(runs_anything), ["supported-executable"], RUNS_SOME),
    Wrong("largest-dropped", of_answer(without_the_largest), ["room-left-out"]),
    Wrong("beaten-offers-kept", lambda all_of: Misled(all_of, query=Query(all_boxes=True)), ["beaten-offer"]),
    Wrong("no-without-reason", of_answer(mute), ["reasons-given"]),
    Wrong("wrong-figures", of_answer(wrong_figures), ["true-figures"]),
    Wrong("named-alike", of_answer(named_alike), ["distinct-identifiers"]),
    Wrong("expires-too-late", of_offers(too_late), ["bounded-expiry"]),
    Wrong(
        "backwards",
        of_answer(reversed_order),
        ["ordered-offers"],
    ),
)
