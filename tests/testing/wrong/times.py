"""Planners that are wrong about time."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import timedelta

from attrs import evolve

from execbroker.core.answer import Answer, Offer
from execbroker.core.interfaces import Planner
from execbroker.core.planner import PlatformPlanner
from execbroker.core.platform import Booking, Platform
from execbroker.core.ranges import Range
from execbroker.core.spans import Span
from execbroker.core.task import DAY, Schedule, Task
from execbroker.core.wallclock import local
from tests.testing.wrong.kinds import Wrong, having
from tests.testing.wrong.misled import (
    of_answer,
    of_bookings,
    of_offers,
    of_platform,
    of_pools,
    of_schedule,
    of_task,
)

__all__ = ["WRONG_TIMES"]


def end_off_by_one(platforms: Sequence[Platform]) -> Planner:
    """The last step of the grid is counted twice."""
    grids = {platform.name: platform.granularity for platform in platforms}

    def longer(offer: Offer, task: Task) -> Offer:
        step = grids[offer.platform]
        return evolve(offer, maxend=offer.maxend + step, maxduration=offer.maxduration + step)

    return of_offers(longer)(platforms)


def closed_bookings(booking: Booking) -> Booking:
    """The last instant of a booking is taken for booked, too."""
    return evolve(booking, span=Span(booking.span.start, booking.span.end + 1))


def without_running(platforms: Sequence[Platform]) -> Planner:
    """Only bookings that begin after the first question are looked at, not those that run already."""

    class Late(Planner):
        """Forgets what began before."""

        def plan(self, task: Task, now: int) -> Answer:
            """The answer without what runs."""
            ahead = [
                evolve(each, bookings=tuple(b for b in each.bookings if b.span.start >= now))
                for each in platforms
            ]
            return PlatformPlanner(*ahead).plan(task, now)

    return Late()


def in_winter_time(task: Task, now: int) -> Task:
    """Daily windows go by the difference from UTC that holds today."""
    daily = task.schedule.daily
    if daily is None:
        return task
    return evolve(task, schedule=evolve(task.schedule, daily=evolve(daily, zone=fixed(daily.zone, now))))


def fixed(zone: str, now: int) -> str:
    """The zone that is always as far from UTC as another one is now, where there is one."""
    hours, rest = divmod(local(now, zone).utcoffset() or timedelta(), timedelta(hours=1))
    return zone if rest else f"Etc/GMT{-hours:+d}" if hours else "UTC"


def days_from_sunday(schedule: Schedule, now: int) -> Schedule:
    """Sunday is the first day of the week."""
    if schedule.daily is None:
        return schedule
    return evolve(
        schedule, daily=evolve(schedule.daily, days=frozenset((d - 1) % 7 for d in schedule.daily.days))
    )


def not_over_midnight(schedule: Schedule, now: int) -> Schedule:
    """A window that closes before it opens is taken for one that was written the wrong way round."""
    daily = schedule.daily
    if daily is None or daily.closes is None or daily.closes >= daily.opens:
        return schedule
    return evolve(schedule, daily=evolve(daily, opens=daily.closes, closes=daily.opens))


def default_window(schedule: Schedule, now: int) -> Schedule:
    """Where what is asked can't be had any more, any time will do."""
    if schedule.latest is not None and schedule.latest < now:
        return Schedule(schedule.duration, zone=schedule.zone)
    return schedule


def first_interval(schedule: Schedule, now: int) -> Schedule:
    """Of several intervals in which the start may lie only the first counts."""
    return evolve(schedule, starts=schedule.starts[:1])


def later_than_asked(schedule: Schedule, now: int) -> Schedule:
    """The intervals in which the start may lie say when it may be at the earliest, and no more."""
    return evolve(schedule, starts=tuple(Span(each.start, each.end + DAY) for each in schedule.starts))


def without_daily(schedule: Schedule, now: int) -> Schedule:
    """The time of day at which a run may start is passed over."""
    return evolve(schedule, daily=None)


def exclusive_latest(schedule: Schedule, now: int) -> Schedule:
    """The latest start is not itself allowed."""
    return evolve(schedule, latest=None if schedule.latest is None else schedule.latest - 1)


def starts_now(schedule: Schedule, now: int) -> Schedule:
    """Only what can start at once is looked for."""
    return evolve(schedule, latest=now if schedule.latest is None else min(now, schedule.latest))


class StoppedClock(Planner):
    """Looks at the clock once, when it is first asked."""

    def __init__(self, platforms: Sequence[Platform]) -> None:
        self.planner, self.now = PlatformPlanner(*platforms), None

    def plan(self, task: Task, now: int) -> Answer:
        """The answer of then."""
        self.now = now if self.now is None else self.now
        return self.planner.plan(task, self.now)


def second_slot(answer: Answer, task: Task) -> Answer:
    """Two slots of the same pool in one offer: from the start of the first to the end of the last."""
    if len(answer.offers) < 2:
        return answer
    first, last = answer.offers[0], answer.offers[-1]
    if (first.pool, first.flavour) != (last.pool, last.flavour):
        return answer
    both = evolve(first, maxstart=max(first.maxstart, last.maxstart), maxend=max(first.maxend, last.maxend))
    return evolve(answer, offers=(both,))


def short_sighted(platform: Platform) -> Platform:
    """The look-ahead is half of what it should be."""
    half = platform.horizon // 2
    return evolve(platform, horizon=half - half % platform.granularity)


def without_limits(platform: Platform) -> Platform:
    """Runs may last as long as they like."""
    pools = tuple(evolve(pool, max_duration=None) for pool in platform.pools)
    return evolve(platform, max_duration=None, pools=pools)


def longest_ignored(schedule: Schedule, now: int) -> Schedule:
    """However long a task may run at most, it is offered all that there is."""
    return evolve(schedule, duration=Range(schedule.duration.minimum))


def shortest_ignored(schedule: Schedule, now: int) -> Schedule:
    """A task has to be content with whatever time there is."""
    return evolve(schedule, duration=Range(None, schedule.duration.maximum))


_STARTS = ("start-in-range", "one-slot", "run-in-range")
_LEFT_OUT = ("room-left-out", "spurious-no")
_TOO_LONG = ("maximum-duration-respected",)
_TAKEN = ("within-capacity", "while-open")

WRONG_TIMES = (
    Wrong(
        "end-off-by-one", end_off_by_one, (*_TAKEN, "within-horizon", "run-in-range", "within-duration-limit")
    ),
    Wrong("closed-bookings", of_bookings(closed_bookings), _LEFT_OUT),
    Wrong("running-bookings-forgotten", without_running, ["within-capacity"]),
    Wrong("daylight-saving-ignored", of_task(in_winter_time), (*_STARTS, *_LEFT_OUT), having(task="daily")),
    Wrong("days-from-sunday", of_schedule(days_from_sunday), (*_STARTS, *_LEFT_OUT), having(task="daily")),
    Wrong("not-over-midnight", of_schedule(not_over_midnight), (*_STARTS, *_LEFT_OUT), having(task="daily")),
    Wrong("time-of-day-ignored", of_schedule(without_daily), _STARTS),
    Wrong("default-window", of_schedule(default_window), _STARTS, having(task="latest")),
    Wrong("first-interval-only", of_schedule(first_interval), _LEFT_OUT),
    Wrong("end-of-interval-ignored", of_schedule(later_than_asked), _STARTS),
    Wrong("only-now", of_schedule(starts_now), _LEFT_OUT),
    Wrong("latest-start-excluded", of_schedule(exclusive_latest), _LEFT_OUT, having(task="latest")),
    Wrong("latest-start-ignored", of_schedule(lambda s, now: evolve(s, latest=None)), _STARTS),
    Wrong("earliest-start-ignored", of_schedule(lambda s, now: evolve(s, earliest=None)), _STARTS),
    Wrong("end-ignored", of_schedule(lambda s, now: evolve(s, end=None)), _STARTS),
    Wrong(
        "longest-run-ignored",
        of_schedule(longest_ignored),
        ["maximum-duration-respected"],
        having(task="longest"),
    ),
    Wrong("shortest-run-ignored", of_schedule(shortest_ignored), ["minimum-duration-met"]),
    Wrong("duration-limit-ignored", of_platform(without_limits), ["within-duration-limit"]),
    Wrong("stopped-clock", StoppedClock, ["after-preparation", "bounded-expiry"]),
    Wrong("second-slot", of_answer(second_slot), ["within-capacity", "reachable-limits", "room-left-out"]),
    Wrong("short-sighted", of_platform(short_sighted), _LEFT_OUT),
    Wrong("beyond-the-horizon", of_platform(lambda p: evolve(p, horizon=2 * p.horizon)), ["within-horizon"]),
    Wrong("hours-ignored", of_pools(lambda pool: evolve(pool, hours=())), ["while-open"]),
    Wrong("closures-ignored", of_platform(lambda p: evolve(p, closures=())), ["while-open"]),
    Wrong("grid-ignored", of_platform(lambda p: evolve(p, granularity=1)), ["on-grid"]),
)
