"""How the reference is made to be wrong: it is told something else than what there is, or misquoted."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from attrs import evolve

from execbroker.core.answer import Allotment, Answer, Offer
from execbroker.core.interfaces import Planner
from execbroker.core.planner import PlatformPlanner, Query
from execbroker.core.platform import Booking, Platform, Pool
from execbroker.core.task import Schedule, Task

__all__ = [
    "Misled",
    "of_allotments",
    "of_answer",
    "of_bookings",
    "of_offers",
    "of_platform",
    "of_pools",
    "of_schedule",
    "of_task",
]


#: What a client that has not chosen is offered.
PLAIN = Query()


class Misled(Planner):
    """The reference, to which platforms and tasks are told otherwise, or whose answers are changed."""

    def __init__(
        self,
        platforms: Sequence[Platform],
        *,
        platform: Callable[[Platform], Platform] = lambda platform: platform,
        task: Callable[[Task, int], Task] = lambda task, now: task,
        answer: Callable[[Answer, Task], Answer] = lambda answer, task: answer,
        query: Query = PLAIN,
    ) -> None:
        self.planner = PlatformPlanner(*map(platform, platforms))
        self.task, self.answer, self.query = task, answer, query

    def plan(self, task: Task, now: int) -> Answer:
        """The answer to something else, or another answer."""
        return self.answer(self.planner.plan(self.task(task, now), now, self.query), task)


def of_platform(change: Callable[[Platform], Platform]) -> Callable[[Sequence[Platform]], Planner]:
    """A planner that sees other platforms than there are."""
    return lambda platforms: Misled(platforms, platform=change)


def of_pools(change: Callable[[Pool], Pool]) -> Callable[[Sequence[Platform]], Planner]:
    """A planner that sees other pools than there are."""
    return of_platform(lambda platform: evolve(platform, pools=tuple(map(change, platform.pools))))


def of_bookings(change: Callable[[Booking], Booking]) -> Callable[[Sequence[Platform]], Planner]:
    """A planner that sees other bookings than there are."""
    return of_platform(lambda platform: evolve(platform, bookings=tuple(map(change, platform.bookings))))


def of_task(change: Callable[[Task, int], Task]) -> Callable[[Sequence[Platform]], Planner]:
    """A planner that understands another task than was asked."""
    return lambda platforms: Misled(platforms, task=change)


def of_schedule(change: Callable[[Schedule, int], Schedule]) -> Callable[[Sequence[Platform]], Planner]:
    """A planner that understands another schedule than was asked."""
    return of_task(lambda task, now: evolve(task, schedule=change(task.schedule, now)))


def of_offers(change: Callable[[Offer, Task], Offer]) -> Callable[[Sequence[Platform]], Planner]:
    """A planner that finds what is right and writes something else down."""

    def changed(answer: Answer, task: Task) -> Answer:
        return evolve(answer, offers=tuple(change(offer, task) for offer in answer.offers))

    return lambda platforms: Misled(platforms, answer=changed)


def of_allotments(change: Callable[[Allotment], Allotment]) -> Callable[[Sequence[Platform]], Planner]:
    """A planner that writes other amounts down."""
    return of_offers(
        lambda offer, task: evolve(
            offer, compute=tuple(map(change, offer.compute)), storage=tuple(map(change, offer.storage))
        )
    )


def of_answer(change: Callable[[Answer, Task], Answer]) -> Callable[[Sequence[Platform]], Planner]:
    """A planner that finds what is right and says something else."""
    return lambda platforms: Misled(platforms, answer=change)
