"""Planners that are wrong about what a platform lets in, what a task may cost, and what it does."""

from __future__ import annotations

from typing import Any

from attrs import evolve

from execbroker.core.amounts import NONE
from execbroker.core.answer import Answer, Offer
from execbroker.core.platform import Platform
from execbroker.core.policy import Choice
from execbroker.core.task import Task
from tests.testing.wrong.kinds import Wrong, having
from tests.testing.wrong.misled import Misled, of_offers, of_platform, of_task

__all__ = ["WRONG_POLICIES"]


def anything_goes(platform: Platform) -> Platform:
    """Whatever type an executable is of, it is let in."""
    return with_policy(platform, executables=Choice())


def as_much_as_there_is(platform: Platform) -> Platform:
    """One request may have all that there is."""
    return with_policy(platform, limits=NONE)


def as_long_as_there_is_room(platform: Platform) -> Platform:
    """One request may last as long as there is room."""
    return with_policy(platform, max_duration=None)


def with_policy(platform: Platform, **rules: Any) -> Platform:
    """A platform with some of its policy changed."""
    return evolve(platform, policy=evolve(platform.policy, **rules))


def whatever_it_costs(task: Task, now: int) -> Task:
    """What a task may cost is not looked at."""
    return evolve(task, costs=())


def within_reach(answer: Answer, task: Task) -> Answer:
    """It is enough that the cheapest run of an offer costs no more than is asked."""
    most = {each.meaning: each.maximum for each in task.costs if each.maximum is not None}
    offers = tuple(
        offer
        for offer in answer.offers
        if all(each.least <= most[each.meaning] for each in offer.costs if each.meaning in most)
    )
    return evolve(answer, offers=offers)


def of_the_least(offer: Offer, task: Task) -> Offer:
    """What the dearest run costs is said to be what the cheapest does."""
    return evolve(offer, costs=tuple(evolve(each, most=each.least) for each in offer.costs))


_BUDGET = having("energy", task="budget")

WRONG_POLICIES = (
    Wrong(
        "policy-ignored", of_platform(anything_goes), ["permitted-task"], having("policy", task="executable")
    ),
    Wrong(
        "request-limits-ignored",
        of_platform(as_much_as_there_is),
        ["within-request-limits"],
        having("policy"),
    ),
    Wrong(
        "request-length-ignored",
        of_platform(as_long_as_there_is_room),
        ["within-duration-limit"],
        having("policy"),
    ),
    Wrong("budget-ignored", of_task(whatever_it_costs), ["within-budget"], _BUDGET),
    Wrong(
        "budget-of-the-cheapest",
        lambda platforms: Misled(platforms, task=whatever_it_costs, answer=within_reach),
        ["within-budget"],
        _BUDGET,
    ),
    Wrong("dearest-run-is-cheapest", of_offers(of_the_least), ["right-figures"], having("energy")),
)
