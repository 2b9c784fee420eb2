"""What the rules on answers look at: a question and its answer, and what follows from both without a search."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from functools import cached_property
from typing import Final, final

from attrs import field, frozen

from execbroker.core.amounts import STORAGE, Amounts
from execbroker.core.answer import Allotment, Answer, Offer
from execbroker.core.platform import Flavour, Platform, Pool
from execbroker.core.ranges import Range
from execbroker.core.spans import Span
from execbroker.core.task import Schedule
from execbroker.testing.definition import all_offers, unbeaten
from execbroker.testing.definition_needs import durations, preparation, release, totals
from execbroker.testing.definition_windows import windows
from execbroker.testing.room import Demand, Room
from execbroker.testing.rules.effort import MOST_LOOKS, MOST_OFFERS, looks
from execbroker.testing.rules.rule import OutOfReach
from execbroker.testing.rules.runs import Reach, Runs
from execbroker.testing.worlds import World

__all__ = ["Exchange", "Known", "Place"]

#: So many platforms and so many schedules are kept in mind at once.
_KEPT: Final = 64


@final
class Known:
    """What was worked out of platforms and schedules already; whoever judges many answers holds one.

    It holds on to the values that it knows something of, so that none can be taken for another, and forgets all of
    them when they are too many.
    """

    def __init__(self) -> None:
        self._rooms: dict[int, Room] = {}
        self._windows: dict[tuple[Schedule, Span], list[Reach]] = {}

    def room(self, platform: Platform) -> Room:
        """The room of a platform."""
        if (known := self._rooms.get(id(platform))) is not None:
            return known
        if len(self._rooms) >= _KEPT:
            self._rooms.clear()
        return self._rooms.setdefault(id(platform), Room(platform))

    def keep(self, room: Room) -> None:
        """Take over a room that somebody else made."""
        self._rooms[id(room.platform)] = room

    def windows(self, schedule: Schedule, within: Span) -> list[Reach]:
        """Where a schedule lets runs lie, within a span."""
        key = schedule, within
        if (known := self._windows.get(key)) is not None:
            return known
        if len(self._windows) >= _KEPT:
            self._windows.clear()
        found = [Reach(each.start, each.latest, each.end) for each in windows(schedule, *within)]
        return self._windows.setdefault(key, found)


@final
@frozen(eq=False)
class Place:
    """An offer, and what its platform and its pool make of it.

    Attributes:
        where: What a violation calls the offer.
        world: What was asked, when.
    """

    where: str
    offer: Offer
    platform: Platform
    pool: Pool
    world: World
    known: Known = field(repr=False)

    @property
    def room(self) -> Room:
        """What its platform has free."""
        return self.known.room(self.platform)

    @cached_property
    def lead(self) -> int | None:
        """Seconds of preparation; None if the data can't be brought."""
        return preparation(self.world.task, self.platform, self.pool)

    @cached_property
    def durations(self) -> tuple[int, int | None]:
        """The shortest and the longest run that may be had here, in seconds; None: as long as there is room."""
        return durations(self.world.task, self.platform, self.pool)

    @cached_property
    def within(self) -> Span:
        """From now to the horizon: of what is said beyond speak rules of their own."""
        return Span(self.world.now, self.world.now + self.platform.horizon)

    @cached_property
    def runs(self) -> Runs | None:
        """What is promised from now to the horizon, on the grid; None if nothing is."""
        return Runs.of(self.offer, self.platform.granularity, self.within)

    @cached_property
    def flavour(self) -> Flavour | None:
        """What is booked, if the offer names a flavour of its pool."""
        return next((each for each in self.pool.flavours if each.name == self.offer.flavour), None)

    def demand(self, amounts: Amounts) -> Demand:
        """What a run with some amounts holds: with a flavour, all that it carries."""
        held = amounts if self.flavour is None else {**dict.fromkeys(amounts, 0), **self.flavour.amounts}
        return Demand(held, self.lead or 0, release(self.platform, self.pool))

    @property
    def windows(self) -> list[Reach]:
        """Where the task's schedule lets runs lie from now to the horizon."""
        return self.known.windows(self.world.task.schedule, self.within)

    @property
    def said(self) -> Iterator[tuple[str, Allotment, Mapping[str, Range]]]:
        """What is offered for each of the task's resources, by what a violation calls it, and what was asked.

        A task without compute resources may be offered one without a name.
        """
        task, offer = self.world.task, self.offer
        computes = [each.ranges for each in task.compute] or [{}]
        for number, (allotment, ranges) in enumerate(zip(offer.compute, computes, strict=False)):
            yield f"{self.where}.compute-resources[{number}]", allotment, ranges
        for number, (allotment, each) in enumerate(zip(offer.storage, task.storage, strict=False)):
            yield f"{self.where}.storage-resources[{number}]", allotment, {STORAGE: each.size}


@final
@frozen(eq=False)
class Exchange:
    """What was asked, where and when, and what was answered.

    Attributes:
        known: What was worked out already, in this exchange and perhaps in others.
    """

    world: World
    answer: Answer
    known: Known = field(factory=Known, repr=False)

    @cached_property
    def asked(self) -> dict[str, Range]:
        """What all the task's resources ask for together, in the order of the names."""
        return totals(self.world.task)

    @cached_property
    def pools(self) -> dict[tuple[str, str], tuple[Platform, Pool]]:
        """Every pool of the world, by its platform's name and its own."""
        return {
            (platform.name, pool.name): (platform, pool)
            for platform in self.world.platforms
            for pool in platform.pools
        }

    @cached_property
    def places(self) -> tuple[Place, ...]:
        """Each offer that is from somewhere; of those from nowhere speaks one rule alone."""
        return tuple(
            Place(f"offers[{number}]", offer, *found, self.world, self.known)
            for number, offer in enumerate(self.answer.offers)
            if (found := self.pools.get((offer.platform, offer.pool)))
        )

    @cached_property
    def frontier(self) -> list[Offer]:
        """What the definition says that the answer should be. This is the one thing here that searches.

        Raises:
            OutOfReach: The world is too large to try everything.
        """
        task, now, client = self.world.task, self.world.now, self.world.client
        tried = 0
        for platform in self.world.platforms:
            for more in looks(task, self.known.room(platform), now, client):
                if (tried := tried + more) > MOST_LOOKS:
                    raise OutOfReach
        offers = all_offers(task, self.world.platforms, now, client)
        if len(offers) > MOST_OFFERS:
            raise OutOfReach
        return unbeaten(offers, self.asked)
