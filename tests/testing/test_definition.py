"""The definition of the search, held against offers that were worked out by hand, rule by rule.

Hours count from Wednesday, 10 May 2023, 00:00 UTC, and are the grid, unless a test says otherwise.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from decimal import Decimal
from fractions import Fraction
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from execbroker.core.amounts import NONE, Amounts
from execbroker.core.answer import ENERGY, MONETARY, Allotment, Cost, Figure, Offer
from execbroker.core.platform import (
    Booking,
    Closure,
    Costs,
    Defaults,
    Flavour,
    Hours,
    Measure,
    Platform,
    Pool,
    Transfer,
)
from execbroker.core.ranges import FULL, Range
from execbroker.core.spans import Span, Spans
from execbroker.core.task import DAY, Compute, Daily, Data, Executable, Schedule, Storage, Task
from execbroker.testing.definition import all_offers, frontier, is_better
from execbroker.testing.definition_boxes import is_free
from execbroker.testing.definition_needs import preparation
from execbroker.testing.definition_windows import is_in_daily_window, unbroken_spans, wall_clock, windows
from execbroker.testing.strategies import CLOCK_CHANGES, Frame, dailies, frames

HOUR = 3600
MINUTE = 60
NOW = 1_683_676_800
GIB = 2**30
NO_DEFAULTS = Defaults(NONE, HOUR)
ANY_TIME = Schedule()


def at(hour: float) -> int:
    """The instant of an hour."""
    return NOW + round(hour * HOUR)


def over(start: float, end: float) -> Span:
    """The span between two hours."""
    return Span(at(start), at(end))


def platform(
    *pools: Pool,
    bookings: Sequence[Booking] = (),
    hours: int = 8,
    **policy: object,
) -> Platform:
    """A platform that looks `hours` ahead on a grid of hours and gives nothing that isn't asked for."""
    given = {"granularity": HOUR, "horizon": hours * HOUR, "defaults": NO_DEFAULTS, **policy}
    return Platform("here", pools, bookings=tuple(bookings), **given)  # type: ignore[arg-type]


def booked(start: float, end: float, node: int | None = None, pool: str = "p", **amounts: int) -> Booking:
    """A booking between two hours."""
    return Booking(pool, over(start, end), Amounts(amounts), node)


def asking(
    schedule: Schedule = ANY_TIME, minduration: float = 1, maxduration: float | None = None, **ranges: Range
) -> Task:
    """A task with one compute resource, whose shortest run is an hour unless said otherwise."""
    longest = None if maxduration is None else round(maxduration * HOUR)
    duration = Range(round(minduration * HOUR), longest) if schedule.duration == FULL else schedule.duration
    timed = Schedule(
        duration, schedule.earliest, schedule.latest, schedule.end, schedule.daily, schedule.zone
    )
    return Task(compute=(Compute(None, ranges),), schedule=timed)


def short(offers: Sequence[Offer]) -> list[tuple[float, float, float, float, float, dict[str, int]]]:
    """Offers as (minstart, maxstart, maxend, minduration, maxduration, most of each), in hours."""
    return [
        (
            (offer.minstart - NOW) / HOUR,
            (offer.maxstart - NOW) / HOUR,
            (offer.maxend - NOW) / HOUR,
            offer.minduration / HOUR,
            offer.maxduration / HOUR,
            dict(offer.amounts),
        )
        for offer in offers
    ]


POOL = Pool("p", Amounts({"gpus": 4}))
#: Free gpus, hour by hour: 4 2 2 1 3 3 3 3.
STEPS = platform(POOL, bookings=[booked(1, 3, gpus=2), booked(3, 4, gpus=3), booked(4, 8, gpus=1)])


class TestBoxes:
    """A box is a span and amounts that are free throughout it; it is maximal if nothing can be added."""

    def test_idle_pool(self) -> None:
        """An idle pool makes one box, as long as the horizon and as large as the pool."""
        expected = [(0, 7, 8, 1, 8, {"gpus": 4})]

        assert short(all_offers(asking(gpus=Range(1)), [platform(POOL)], NOW)) == expected

    def test_every_maximal_box(self) -> None:
        """Each level has its box, as wide as it is free, in order of start, longest first."""
        expected = [
            (0, 7, 8, 1, 8, {"gpus": 1}),
            (0, 2, 3, 1, 3, {"gpus": 2}),
            (0, 0, 1, 1, 1, {"gpus": 4}),
            (4, 7, 8, 1, 4, {"gpus": 3}),
        ]

        assert short(all_offers(asking(gpus=Range(1)), [STEPS], NOW)) == expected

    def test_frontier(self) -> None:
        """The last box starts later than the first, but is larger and longer than the second: all are on it."""
        offers = frontier(asking(gpus=Range(1)), [STEPS], NOW)

        assert offers == all_offers(asking(gpus=Range(1)), [STEPS], NOW)

    def test_minimum(self) -> None:
        """Boxes with less than the minimum are none."""
        expected = [(0, 2, 3, 1, 3, {"gpus": 2}), (0, 0, 1, 1, 1, {"gpus": 4}), (4, 7, 8, 1, 4, {"gpus": 3})]

        assert short(frontier(asking(gpus=Range(2)), [STEPS], NOW)) == expected

    def test_maximum(self) -> None:
        """Nobody is offered more than they can use, so what differs only beyond it is one box."""
        expected = [(0, 7, 8, 1, 8, {"gpus": 1})]

        assert short(all_offers(asking(gpus=Range(1, 1)), [STEPS], NOW)) == expected

    def test_shortest_run(self) -> None:
        """A run of the shortest duration fits in each box, and no box is shorter."""
        expected = [(0, 5, 8, 3, 8, {"gpus": 1}), (0, 0, 3, 3, 3, {"gpus": 2}), (4, 5, 8, 3, 4, {"gpus": 3})]

        assert short(all_offers(asking(minduration=3, gpus=Range(1)), [STEPS], NOW)) == expected

    def test_box_longer_than_longest_run(self) -> None:
        """A box may be longer than the longest run: then length no longer sets the smallest apart."""
        task = asking(minduration=2, maxduration=2, gpus=Range(1))

        assert short(all_offers(task, [STEPS], NOW)) == [
            (0, 1, 3, 2, 2, {"gpus": 2}),
            (0, 6, 8, 2, 2, {"gpus": 1}),
            (4, 6, 8, 2, 2, {"gpus": 3}),
        ]
        assert short(frontier(task, [STEPS], NOW)) == [
            (0, 1, 3, 2, 2, {"gpus": 2}),
            (4, 6, 8, 2, 2, {"gpus": 3}),
        ]

    def test_two_resources(self) -> None:
        """Amounts of one span are one box: free cores 2 and gpus 1, then 1 and 2."""
        pool = Pool("p", Amounts({"cores": 2000, "gpus": 2}))
        busy = [booked(0, 1, gpus=1), booked(1, 2, cores=1000)]
        task = asking(cores=Range(1000), gpus=Range(1))

        assert short(frontier(task, [platform(pool, bookings=busy, hours=2)], NOW)) == [
            (0, 1, 2, 1, 2, {"cores": 1000, "gpus": 1}),
            (0, 0, 1, 1, 1, {"cores": 2000, "gpus": 1}),
            (1, 1, 2, 1, 1, {"cores": 1000, "gpus": 2}),
        ]

    def test_more_than_there_is(self) -> None:
        """Bookings beyond the capacity leave nothing, not less than nothing."""
        crowded = platform(POOL, bookings=[booked(0, 2, gpus=9), booked(1, 3, gpus=3)], hours=4)

        assert short(frontier(asking(gpus=Range(0)), [crowded], NOW)) == [
            (0, 3, 4, 1, 4, {"gpus": 0}),
            (2, 3, 4, 1, 2, {"gpus": 1}),
            (3, 3, 4, 1, 1, {"gpus": 4}),
        ]

    def test_proposal(self) -> None:
        """The example that the interface was proposed with: a trade-off, and another one in a wider range."""
        pool = Pool("p", Amounts({"cores": 56_000, "memory": 512 * GIB}))
        busy = [
            booked(0, 10, cores=56_000),
            booked(10, 14, cores=52_000, memory=432 * GIB),
            booked(14, 16, cores=56_000),
            booked(16, 17, cores=44_000, memory=384 * GIB),
            booked(17, 74, cores=56_000),
        ]
        task = asking(cores=Range(4000), memory=Range(80 * GIB))
        narrow = platform(pool, bookings=busy, hours=48)
        wide = platform(pool, bookings=busy, hours=98)
        near = [
            (10, 13, 14, 1, 4, {"cores": 4000, "memory": 80 * GIB}),
            (16, 16, 17, 1, 1, {"cores": 12_000, "memory": 128 * GIB}),
        ]

        assert short(frontier(task, [narrow], NOW)) == near
        assert short(frontier(task, [wide], NOW)) == [
            *near,
            (74, 97, 98, 1, 24, {"cores": 56_000, "memory": 512 * GIB}),
        ]


class TestOffer:
    """The offer of a box says which runs there are in it."""

    def test_whole_offer(self) -> None:
        """Everything that an offer says, in one."""
        here = Platform(
            "here",
            (
                Pool(
                    "p",
                    Amounts({"cores": 8000, "memory": 16 * GIB, "gpus": 2}),
                    prepare=600,
                    metrics=(
                        Measure("urn:two", fixed=Decimal(7)),
                        Measure("urn:three", {"cores": Decimal(3)}),
                    ),
                ),
            ),
            runner="https://run.example.org",
            granularity=HOUR,
            horizon=4 * HOUR,
            offer_lifetime=2 * HOUR,
            costs=Costs({"cores": Decimal("0.5"), "memory": Decimal("0.25")}, "EUR"),
            energy={"cores": Decimal("0.1")},
            metrics=(Measure("urn:one", {"memory": Decimal(2)}, Decimal(5), "MB/s"), Measure("urn:two")),
        )
        task = Task(
            compute=(Compute("main", {"cores": Range(2000, 4000)}),),
            schedule=Schedule(Range(2 * HOUR, 3 * HOUR), zone="Europe/London"),
        )

        assert frontier(task, [here], NOW) == [
            Offer(
                platform="here",
                pool="p",
                minstart=at(1),
                maxstart=at(2),
                maxend=at(4),
                minduration=2 * HOUR,
                maxduration=3 * HOUR,
                expires=at(2),
                compute=(
                    Allotment(
                        "main",
                        Amounts({"cores": 2000, "memory": GIB}),
                        Amounts({"cores": 4000, "memory": GIB}),
                    ),
                ),
                runner="https://run.example.org",
                preparation=600,
                # (2 cores at 0.5 and 1 GiB at 0.25) for 2 hours
                cost=Cost(Fraction(5, 2), "EUR"),
                zone="Europe/London",
                costs=(
                    # from that to (4 cores at 0.5 and 1 GiB at 0.25) for 3 hours
                    Figure(MONETARY, Fraction(5, 2), Fraction(27, 4), "EUR"),
                    Figure(ENERGY, Fraction(4, 10), Fraction(12, 10), "kWh"),
                ),
                metrics=(
                    Figure("urn:one", Fraction(7), Fraction(7), "MB/s"),
                    Figure("urn:two", Fraction(7), Fraction(7)),
                    Figure("urn:three", Fraction(6), Fraction(12)),
                ),
            )
        ]

    def test_latest_start(self) -> None:
        """No start after the latest, and then no end that no run can reach: 2 + 3 hours."""
        task = asking(Schedule(latest=at(2.5)), maxduration=3, gpus=Range(1))

        assert short(frontier(task, [platform(POOL)], NOW)) == [(0, 2, 5, 1, 3, {"gpus": 4})]

    def test_expiry(self) -> None:
        """An offer lives as long as the platform says, but not beyond its last start."""
        here = platform(POOL, hours=3, offer_lifetime=90 * MINUTE)
        early = frontier(asking(minduration=3, gpus=Range(1)), [here], NOW)
        late = frontier(asking(minduration=1, gpus=Range(1)), [here], NOW)

        assert [offer.expires for offer in (*early, *late)] == [at(0), at(1.5)]

    def test_runner_of_the_pool(self) -> None:
        """A pool's own runner goes before the platform's."""
        own = platform(Pool("p", POOL.capacity, runner="https://own.example.org"), runner="https://run")

        assert frontier(asking(gpus=Range(1)), [own], NOW)[0].runner == "https://own.example.org"

    def test_several_compute_resources(self) -> None:
        """Each gets its minimum; what is left goes to them in their order, up to each one's maximum."""
        task = Task(
            compute=(
                Compute("a", {"gpus": Range(1, 2)}),
                Compute("b", {"gpus": Range(0, 1), "fpgas": Range(1)}),
                Compute("c", {"gpus": Range(2)}),
            ),
            schedule=Schedule(Range(HOUR, None)),
        )
        pool = Pool("p", Amounts({"gpus": 9, "fpgas": 3}))
        tight = Pool("p", Amounts({"gpus": 4, "fpgas": 3}))

        def shares(pool: Pool) -> list[tuple[Amounts, Amounts]]:
            (offer,) = frontier(task, [platform(pool)], NOW)
            return [(each.minimum, each.maximum) for each in offer.compute]

        def gpus(count: int, **others: int) -> Amounts:
            return Amounts({"gpus": count, **others})

        assert shares(pool) == [
            (gpus(1), gpus(2)),
            (gpus(0, fpgas=1), gpus(1, fpgas=3)),
            (gpus(2), gpus(6)),
        ]
        assert shares(tight) == [
            (gpus(1), gpus(2)),
            (gpus(0, fpgas=1), gpus(0, fpgas=3)),
            (gpus(2), gpus(2)),
        ]

    def test_several_storage_resources(self) -> None:
        """Storage is shared likewise, and its maxima add up."""
        task = Task(
            storage=(Storage("in", Range(10, 30)), Storage("out", Range(20, 25))),
            schedule=Schedule(Range(HOUR, None)),
        )
        (offer,) = frontier(task, [platform(Pool("p", Amounts({"storage": 52})))], NOW)

        assert offer.compute == ()
        assert [(each.name, each.minimum["storage"], each.maximum["storage"]) for each in offer.storage] == [
            ("in", 10, 30),
            ("out", 20, 22),
        ]


class TestDefaults:
    """Cores and memory that aren't asked for get exactly the default and are no part of the search."""

    def test_defaults(self) -> None:
        """The first compute resource has them, they are taken, and no more of them is offered."""
        pool = Pool("p", Amounts({"cores": 4000, "memory": 4 * GIB, "gpus": 2}))
        here = platform(
            pool, bookings=[booked(2, 8, cores=3500)], defaults=Defaults(Amounts({"cores": 1000}), HOUR)
        )
        (offer,) = frontier(asking(gpus=Range(1)), [here], NOW)

        assert offer.compute == (
            Allotment(None, Amounts({"cores": 1000, "gpus": 1}), Amounts({"cores": 1000, "gpus": 2})),
        )
        assert offer.maxend == at(2)

    def test_never_more_than_the_pool_has(self) -> None:
        """A pool with half a core gives that; one that names no memory gives none."""
        here = platform(Pool("p", Amounts({"cores": 500})), defaults=Defaults())
        (offer,) = frontier(Task(), [here], NOW)

        assert offer.compute == (Allotment(None, Amounts({"cores": 500}), Amounts({"cores": 500})),)

    def test_by_the_task(self) -> None:
        """Cores are asked for if any of the compute resources mentions them; the others then get none."""
        task = Task(compute=(Compute("a", {"gpus": Range(1)}), Compute("b", {"cores": Range(1000)})))
        pool = Pool("p", Amounts({"cores": 4000, "gpus": 2}))
        (offer,) = frontier(task, [platform(pool, defaults=Defaults())], NOW)

        assert [dict(each.maximum) for each in offer.compute] == [{"gpus": 2}, {"cores": 4000}]

    def test_default_duration(self) -> None:
        """Without a shortest run it is the platform's, never above the task's longest or the pool's limit."""
        limited = platform(
            Pool("p", POOL.capacity, max_duration=2 * HOUR), defaults=Defaults(NONE, 3 * HOUR), hours=4
        )
        open_ended = platform(POOL, defaults=Defaults(NONE, 3 * HOUR), hours=4)
        free = Task(compute=(Compute(None, {"gpus": Range(1)}),))
        brief = Task(compute=free.compute, schedule=Schedule(Range(None, HOUR)))

        assert short(frontier(free, [open_ended], NOW)) == [(0, 1, 4, 3, 4, {"gpus": 4})]
        assert short(frontier(free, [limited], NOW)) == [(0, 2, 4, 2, 2, {"gpus": 4})]
        assert short(frontier(brief, [open_ended], NOW)) == [(0, 3, 4, 1, 1, {"gpus": 4})]

    def test_missing_resource(self) -> None:
        """A pool without a resource of which nothing is the least serves, with none of it."""
        task = asking(gpus=Range(1), fpgas=Range(0, 3))

        assert short(frontier(task, [platform(POOL)], NOW)) == [(0, 7, 8, 1, 8, {"gpus": 4, "fpgas": 0})]
        assert frontier(asking(fpgas=Range(1)), [platform(POOL)], NOW) == []

    def test_counts_and_sizes(self) -> None:
        """A pool that counts a resource doesn't serve a task that gives it as a size, nor the other way round."""
        counted, sized = Pool("p", Amounts({"x": 4})), Pool("p", Amounts({"x": 4}), sizes=frozenset({"x"}))
        count = asking(x=Range(1))
        size = Task(compute=count.compute, schedule=count.schedule, sizes=frozenset({"x"}))

        for task, pool, serves in (
            (count, counted, True),
            (size, sized, True),
            (count, sized, False),
            (size, counted, False),
        ):
            assert bool(frontier(task, [platform(pool)], NOW)) is serves


class TestLimits:
    """What the platform limits."""

    def test_max_duration(self) -> None:
        """No run is longer than the smaller of the platform's and the pool's limit."""
        pool = Pool("p", POOL.capacity, max_duration=3 * HOUR)

        assert short(frontier(asking(gpus=Range(1)), [platform(pool, max_duration=5 * HOUR)], NOW)) == [
            (0, 7, 8, 1, 3, {"gpus": 4})
        ]
        assert frontier(asking(minduration=4, gpus=Range(1)), [platform(pool)], NOW) == []

    def test_max_scale(self) -> None:
        """Never more than so many times the minimum, rounded down; a minimum of nothing isn't scaled."""
        pool = Pool("p", Amounts({"gpus": 9, "fpgas": 9}), max_scale=Fraction(3, 2))
        task = asking(gpus=Range(3), fpgas=Range(0))

        assert short(frontier(task, [platform(pool)], NOW)) == [(0, 7, 8, 1, 8, {"gpus": 4, "fpgas": 9})]

    def test_horizon(self) -> None:
        """Nothing ends after the horizon, which is rounded down to the grid."""
        here = platform(POOL, horizon=round(5.9 * HOUR))

        assert short(frontier(asking(Schedule(end=at(7)), gpus=Range(1)), [here], NOW)) == [
            (0, 4, 5, 1, 5, {"gpus": 4})
        ]

    def test_preparation(self) -> None:
        """No start before now and the preparation, rounded up to the grid."""
        here = platform(POOL, prepare=35 * MINUTE, hours=4)
        (offer,) = frontier(asking(gpus=Range(1)), [here], NOW - 40 * MINUTE)
        (later,) = frontier(asking(gpus=Range(1)), [here], NOW - 30 * MINUTE)

        assert [offer.minstart, offer.preparation] == [at(0), 35 * MINUTE]
        assert later.minstart == at(1)

    def test_executables(self) -> None:
        """A platform that names what it runs takes nothing else; a task without an executable runs anywhere."""
        here = platform(POOL, executables=frozenset({"docker"}))
        task = asking(gpus=Range(1))

        assert frontier(task, [here], NOW) != []
        for type_, runs in (("docker", True), ("notebook", False)):
            given = Task(executable=Executable(type_), compute=task.compute)
            assert bool(frontier(given, [here], NOW)) is runs


class TestGrid:
    """Starts and ends fall on the grid; windows are formed first and rounded afterwards."""

    def test_inwards(self) -> None:
        """Free spans and windows are rounded inwards, the shortest run up, the longest down."""
        here = platform(POOL, bookings=[booked(5.01, 6, gpus=4)])
        schedule = Schedule(Range(4000, 3 * HOUR + 3599), earliest=at(0.5), end=at(7.99))

        assert short(frontier(asking(schedule, gpus=Range(1)), [here], NOW)) == [(1, 3, 5, 2, 3, {"gpus": 4})]

    def test_no_whole_cell(self) -> None:
        """Two hours that lie across the grid hold one whole hour, and no run of 61 minutes."""
        within = Schedule(Range(HOUR, None), earliest=at(1.5), end=at(3.5))
        longer = Schedule(Range(HOUR + 60, None), earliest=at(1.5), end=at(3.5))

        assert short(frontier(asking(within, gpus=Range(1)), [platform(POOL)], NOW)) == [
            (2, 2, 3, 1, 1, {"gpus": 4})
        ]
        assert frontier(asking(longer, gpus=Range(1)), [platform(POOL)], NOW) == []

    def test_bookings_that_touch_within_a_cell(self) -> None:
        """A cell has what is free at every instant of it: two bookings one after the other take the larger."""
        here = platform(POOL, bookings=[booked(0, 0.5, gpus=1), booked(0.5, 1, gpus=3)], hours=1)

        assert short(frontier(asking(gpus=Range(1)), [here], NOW)) == [(0, 0, 1, 1, 1, {"gpus": 1})]

    def test_windows_first(self) -> None:
        """A second that is not allowed between two starts parts two windows, even where the grid can't see it."""
        whole = Schedule(daily=Daily(0, None, None))
        parted = Schedule(daily=Daily(0, None, 86_398))
        here = platform(POOL, bookings=[booked(0, 23, gpus=4)], hours=26)

        assert short(frontier(asking(whole, gpus=Range(1)), [here], NOW)) == [(23, 25, 26, 1, 3, {"gpus": 4})]
        assert short(frontier(asking(parted, gpus=Range(1)), [here], NOW)) == [
            (23, 23, 26, 1, 3, {"gpus": 4})
        ]
        assert short(all_offers(asking(parted, gpus=Range(1)), [here], NOW)) == [
            (23, 23, 26, 1, 3, {"gpus": 4}),
            (24, 25, 26, 1, 2, {"gpus": 4}),
        ]


def local(text: str) -> int:
    """The instant of an ISO 8601 time with its distance from UTC."""
    return round(datetime.fromisoformat(text).timestamp())


class TestWindows:
    """The windows of a schedule, pointwise on the wall clock, written as local times with their offset."""

    #: Midnight in London before the clocks go back at 2:00 on Sunday, 29 October 2023.
    AUTUMN = local("2023-10-28T12:00+01:00")
    #: … and before they go forward at 1:00 on Sunday, 26 March 2023.
    SPRING = local("2023-03-25T12:00+00:00")

    def daily(
        self,
        now: int,
        opens: str,
        closes: str | None = None,
        latest: str | None = None,
        days: str = "0123456",
    ) -> list[tuple[str, str, str]]:
        """The windows of two days, (start, end, latest), as hours and minutes in London."""

        def seconds(text: str | None) -> int | None:
            return None if text is None else int(text[:-3]) * HOUR + int(text[-2:]) * MINUTE

        daily = Daily(
            seconds(opens) or 0, seconds(closes), seconds(latest), frozenset(map(int, days)), "Europe/London"
        )
        zone = ZoneInfo("Europe/London")

        def show(instant: int) -> str:
            return f"{datetime.fromtimestamp(instant, zone):%d %H:%M:%S%z}".replace(":00+", "+")

        found = windows(Schedule(daily=daily), now, now + 36 * HOUR)
        return [(show(each.start), show(each.end), show(each.latest)) for each in found]

    def test_night_of_nine_hours(self) -> None:
        """A night from 22:00 to 06:00 lasts nine hours when the clocks go back, seven when they go forward."""
        (autumn,) = self.daily(self.AUTUMN, "22:00", "6:00", days="5")
        (spring,) = self.daily(self.SPRING, "22:00", "6:00", days="5")

        assert autumn[:2] == ("28 22:00+0100", "29 06:00+0000")
        assert spring[:2] == ("25 22:00+0000", "26 06:00+0100")

    def test_skipped_hour(self) -> None:
        """A window inside the hour that is skipped is empty that day."""
        assert self.daily(self.SPRING, "1:15", "1:45", days="6") == []

    def test_hour_that_comes_twice(self) -> None:
        """A window inside the hour that comes twice comes twice; the whole hour is one window of two hours."""
        half = self.daily(self.AUTUMN, "1:15", "1:45", days="6")
        whole = self.daily(self.AUTUMN, "1:00", "2:00", days="6")

        assert [each[:2] for each in half] == [
            ("29 01:15+0100", "29 01:45+0100"),
            ("29 01:15+0000", "29 01:45+0000"),
        ]
        assert [each[:2] for each in whole] == [("29 01:00+0100", "29 02:00+0000")]

    def test_close_in_the_hour_that_comes_twice(self) -> None:
        """A night that closes at 1:30 opens again when it is 1:00 for the second time."""
        assert [each[:2] for each in self.daily(self.AUTUMN, "22:00", "1:30", days="5")] == [
            ("28 22:00+0100", "29 01:30+0100"),
            ("29 01:00+0000", "29 01:30+0000"),
        ]

    def test_starts_only(self) -> None:
        """Without a closing only the start is bound, and the window reaches to the end of the range."""
        assert self.daily(self.SPRING, "9:00", None, "10:00", days="6") == [
            ("26 09:00+0100", "27 01:00+0100", "26 10:00+0100")
        ]

    def test_starts_before_midnight(self) -> None:
        """Left out, every start before midnight is allowed; written out, 24:00 is, too."""
        left_out = self.daily(self.SPRING, "20:00", days="5")
        written = self.daily(self.SPRING, "20:00", None, "24:00", days="5")

        assert left_out == [("25 20:00+0000", "27 01:00+0100", "25 23:59:59+0000")]
        assert written == [("25 20:00+0000", "27 01:00+0100", "26 00:00+0000")]

    def test_latest_on_the_next_day(self) -> None:
        """A latest start before the opening is on the next day; equal to it, that one time is allowed."""
        assert self.daily(self.SPRING, "22:00", None, "3:00", days="5") == [
            ("25 22:00+0000", "27 01:00+0100", "26 03:00+0100")
        ]
        assert self.daily(self.SPRING, "22:00", None, "22:00", days="5") == [
            ("25 22:00+0000", "27 01:00+0100", "25 22:00+0000")
        ]

    def test_every_day_from_midnight(self) -> None:
        """Starts of one day that touch those of the next are one unbroken span."""
        assert self.daily(self.SPRING, "0:00") == [("25 12:00+0000", "27 01:00+0100", "27 00:59:59+0100")]

    def test_no_limit(self) -> None:
        """A closing equal to the opening is no limit: the days touch."""
        assert [each[:2] for each in self.daily(self.SPRING, "9:00", "9:00")] == [
            ("25 12:00+0000", "27 01:00+0100")
        ]
        assert [each[:2] for each in self.daily(self.SPRING, "0:00", "0:00")] == [
            ("25 12:00+0000", "27 01:00+0100")
        ]

    def test_closing_and_latest(self) -> None:
        """With both, the run lies in the daily window and starts by the latest."""
        assert self.daily(self.SPRING, "9:00", "17:00", "10:30", days="6") == [
            ("26 09:00+0100", "26 17:00+0100", "26 10:30+0100")
        ]

    def test_starts_that_come_twice(self) -> None:
        """Starts up to 1:30 are allowed again in the second hour: two windows with one closing."""
        assert self.daily(self.AUTUMN, "0:30", "5:00", "1:30", days="6") == [
            ("29 00:30+0100", "29 05:00+0000", "29 01:30+0100"),
            ("29 01:00+0000", "29 05:00+0000", "29 01:30+0000"),
        ]

    def test_days(self) -> None:
        """The days are those on which the window opens: Saturday's night ends on Sunday."""
        assert [each[:2] for each in self.daily(self.SPRING, "20:00", "4:00", days="56")] == [
            ("25 20:00+0000", "26 04:00+0100"),
            ("26 20:00+0100", "27 01:00+0100"),
        ]

    def test_date_range(self) -> None:
        """Without daily times the range is one window, cut at now and the horizon; its latest start is allowed."""
        schedule = Schedule(earliest=5, latest=70, end=200)

        assert windows(schedule, 0, 100) == [(5, 100, 70)]
        assert windows(schedule, 30, 900) == [(30, 200, 70)]
        assert windows(schedule, 71, 900) == []
        assert windows(schedule, 0, 4) == []

    def test_day_that_is_skipped(self) -> None:
        """In Apia there was no 30 December 2011: a window of that Friday is empty."""
        now = local("2011-12-29T00:00-10:00")
        friday = Schedule(daily=Daily(9 * HOUR, 17 * HOUR, None, frozenset({4}), "Pacific/Apia"))
        saturday = Schedule(daily=Daily(9 * HOUR, 17 * HOUR, None, frozenset({5}), "Pacific/Apia"))

        assert windows(friday, now, now + 48 * HOUR) == []
        assert [each[:2] for each in windows(saturday, now, now + 48 * HOUR)] == [
            (local("2011-12-31T09:00+14:00"), local("2011-12-31T17:00+14:00"))
        ]

    def test_one_window_at_a_time(self) -> None:
        """A run fits one window or none: two hours don't fit in two windows of an hour and a half."""
        daily = Daily(10 * HOUR, 11 * HOUR + 30 * MINUTE)
        here = platform(POOL, hours=48, granularity=30 * MINUTE)

        assert frontier(asking(Schedule(daily=daily), minduration=2, gpus=Range(1)), [here], NOW) == []
        assert short(frontier(asking(Schedule(daily=daily), gpus=Range(1)), [here], NOW)) == [
            (10, 10.5, 11.5, 1, 1.5, {"gpus": 4})
        ]


@given(frames(), st.data())
def test_unbroken_spans(frame: Frame, data: st.DataObject) -> None:
    """To ask only when something can change gives what asking at every second would."""
    daily = data.draw(dailies(frame))
    opens, closes = daily.opens, daily.opens + data.draw(st.integers(1, DAY + HOUR))
    changes = CLOCK_CHANGES.get(daily.zone, ())
    start = data.draw(st.sampled_from([frame.now, *(change - 2 * HOUR for change in changes)]))
    within = Span(start, start + data.draw(st.integers(1, 4 * HOUR)))

    def is_inside(instant: int) -> bool:
        return is_in_daily_window(wall_clock(instant, daily.zone), opens, closes, daily.days)

    found = unbroken_spans(is_inside, within, (opens, closes), daily.zone)
    assert Spans.of(found) == Spans.of((second, second + 1) for second in range(*within) if is_inside(second))
    assert [*Spans.of(found)] == found


@pytest.mark.parametrize(
    ("location", "held"),
    [
        ("https://a.example/x", True),
        ("HTTPS://A.example/x/y", True),
        ("https://a.example/xy", False),
        ("https://a.example/X/y", False),
        ("https://a.example/x/../z", False),
        ("https://a.example/x/%2E%2e/z", False),
    ],
)
def test_data_that_are_held(location: str, held: bool) -> None:
    """Whole segments count; scheme and host have no case; nobody knows where dots lead."""
    where = platform(Pool("p", NONE), held=("https://a.example/x/",))

    assert preparation(Task(data=(Data(location, size=1),)), where, where.pools[0]) == (0 if held else None)


class TestClosed:
    """Nothing runs in a closure or outside a pool's hours."""

    def test_closure(self) -> None:
        """A closure parts the boxes on either side, also one that lies within one step of the grid."""
        closed = platform(POOL, closures=(Closure(over(2.25, 2.5)),), hours=4)

        assert short(frontier(asking(gpus=Range(0)), [closed], NOW)) == [(0, 1, 2, 1, 2, {"gpus": 4})]
        assert short(all_offers(asking(gpus=Range(0)), [closed], NOW)) == [
            (0, 1, 2, 1, 2, {"gpus": 4}),
            (3, 3, 4, 1, 1, {"gpus": 4}),
        ]

    def test_closure_of_another_pool(self) -> None:
        """A closure that names a pool closes only that."""
        here = platform(POOL, closures=(Closure(over(0, 8), "q"),))

        assert short(frontier(asking(gpus=Range(1)), [here], NOW)) == [(0, 7, 8, 1, 8, {"gpus": 4})]

    def test_hours(self) -> None:
        """A pool with several hours is open in each; those that touch are one."""
        pool = Pool(
            "p",
            POOL.capacity,
            hours=(Hours(HOUR, 2 * HOUR), Hours(2 * HOUR, 4 * HOUR), Hours(6 * HOUR, 7 * HOUR)),
        )

        assert short(all_offers(asking(gpus=Range(1)), [platform(pool)], NOW)) == [
            (1, 3, 4, 1, 3, {"gpus": 4}),
            (6, 6, 7, 1, 1, {"gpus": 4}),
        ]

    def test_hours_in_the_platforms_zone(self) -> None:
        """Hours are those of the platform's wall clock, an hour ahead of UTC in a London summer."""
        pool = Pool("p", POOL.capacity, hours=(Hours(2 * HOUR, 4 * HOUR, frozenset({2})),))

        assert short(frontier(asking(gpus=Range(1)), [platform(pool, zone="Europe/London")], NOW)) == [
            (1, 2, 3, 1, 2, {"gpus": 4})
        ]


class TestNodes:
    """A box of a pool with nodes is free on some one node; which, is nobody's business."""

    POOL = Pool("p", Amounts({"gpus": 4}), nodes=2)

    def test_not_the_sum(self) -> None:
        """Two nodes of four are not eight."""
        assert frontier(asking(gpus=Range(5)), [platform(self.POOL)], NOW) == []

    def test_over_all_nodes(self) -> None:
        """What one node gives is left out where another one gives more, or as much."""
        # Node 0 has 1 4 4 4 free, node 1 has 3 3 0 0.
        busy = [booked(0, 1, node=0, gpus=3), booked(0, 2, node=1, gpus=1), booked(2, 4, node=1, gpus=4)]

        assert short(
            all_offers(asking(gpus=Range(1)), [platform(self.POOL, bookings=busy, hours=4)], NOW)
        ) == [
            (0, 3, 4, 1, 4, {"gpus": 1}),
            (0, 1, 2, 1, 2, {"gpus": 3}),
            (1, 3, 4, 1, 3, {"gpus": 4}),
        ]

    def test_alike(self) -> None:
        """Nodes that give the same give one offer."""
        assert len(all_offers(asking(gpus=Range(1)), [platform(self.POOL)], NOW)) == 1

    def test_no_run_across_nodes(self) -> None:
        """A run doesn't move from node to node."""
        busy = [booked(0, 2, node=0, gpus=4), booked(2, 4, node=1, gpus=4)]
        here = platform(self.POOL, bookings=busy, hours=4)

        assert frontier(asking(minduration=3, gpus=Range(1)), [here], NOW) == []


def flavour(name: str, **amounts: int) -> Flavour:
    """A flavour of some amounts."""
    return Flavour(name, Amounts(amounts))


def with_flavours(*flavours: Flavour) -> Pool:
    """A pool of 8 cores and 8 gpus that hands out these only."""
    return Pool("p", Amounts({"cores": 8000, "gpus": 8}), flavours=flavours)


def flavoured(offers: Sequence[Offer]) -> list[tuple[str | None, int, int, dict[str, int]]]:
    """Offers as (flavour, hour of the start, hours of the longest run, most of each)."""
    return [
        (each.flavour, (each.minstart - NOW) // HOUR, each.maxduration // HOUR, dict(each.amounts))
        for each in offers
    ]


class TestFlavours:
    """What is booked is one flavour whole."""

    SMALL = flavour("small", cores=2000, gpus=1)
    LARGE = flavour("large", cores=8000, gpus=4)

    def test_each_its_boxes(self) -> None:
        """Every flavour that holds the minima is offered; two flavours are never compared."""
        here = platform(with_flavours(self.SMALL, self.LARGE), bookings=[booked(0, 2, cores=1000)], hours=4)

        assert flavoured(frontier(asking(gpus=Range(1)), [here], NOW)) == [
            ("small", 0, 4, {"gpus": 1}),
            ("large", 2, 2, {"gpus": 4}),
        ]

    def test_all_that_it_carries_is_free(self) -> None:
        """Cores that nobody asks for are taken all the same."""
        here = platform(with_flavours(self.LARGE), bookings=[booked(3, 8, cores=1000)])

        assert flavoured(frontier(asking(gpus=Range(1)), [here], NOW)) == [("large", 0, 3, {"gpus": 4})]

    def test_cut_to_the_maxima(self) -> None:
        """Of two that offer the same, cut to the maxima, the one that carries no more of anything stays."""
        here = platform(with_flavours(self.LARGE, self.SMALL))

        assert flavoured(frontier(asking(gpus=Range(1, 1)), [here], NOW)) == [("small", 0, 8, {"gpus": 1})]
        assert [each[0] for each in flavoured(frontier(asking(gpus=Range(1, 2)), [here], NOW))] == [
            "large",
            "small",
        ]

    def test_each_more_of_something(self) -> None:
        """Where each carries more of something, both serve; of equal ones the first stays."""
        narrow, wide = flavour("narrow", cores=1000, gpus=3), flavour("wide", cores=4000, gpus=2)
        again = flavour("again", cores=1000, gpus=3)
        here = platform(with_flavours(narrow, wide, again))

        assert [each[0] for each in flavoured(frontier(asking(gpus=Range(1, 2)), [here], NOW))] == [
            "narrow",
            "wide",
        ]

    def test_minima_and_defaults(self) -> None:
        """A flavour that doesn't hold the minima, or the default, doesn't serve."""
        here = platform(
            with_flavours(self.SMALL, self.LARGE), defaults=Defaults(Amounts({"cores": 3000}), HOUR)
        )

        assert flavoured(frontier(asking(gpus=Range(0)), [here], NOW)) == [
            ("large", 0, 8, {"cores": 3000, "gpus": 4})
        ]
        assert frontier(asking(gpus=Range(5)), [here], NOW) == []

    def test_missing_resource(self) -> None:
        """A flavour without a resource of which nothing is the least offers none of it."""
        here = platform(with_flavours(flavour("plain", cores=1000)))

        assert flavoured(frontier(asking(cores=Range(1000), gpus=Range(0)), [here], NOW)) == [
            ("plain", 0, 8, {"cores": 1000, "gpus": 0})
        ]

    def test_of_no_use(self) -> None:
        """A flavour that lacks what is of no use offers the same as one that carries it, and replaces it."""
        here = platform(with_flavours(flavour("both", cores=1000, gpus=1), flavour("bare", cores=1000)))

        assert flavoured(frontier(asking(cores=Range(1000), gpus=Range(0, 0)), [here], NOW)) == [
            ("bare", 0, 8, {"cores": 1000, "gpus": 0})
        ]

    def test_storage_is_held_longer(self) -> None:
        """A flavour that carries storage needs it from staging to release, though nobody asks for storage."""
        pool = Pool(
            "p",
            Amounts({"cores": 8000, "storage": 10}),
            flavours=(flavour("disk", cores=1000, storage=10), flavour("bare", cores=2000)),
            prepare=HOUR,
            release=HOUR,
        )
        here = platform(pool, bookings=[booked(5, 6, storage=1)])

        # With its disk it must be done an hour before the booking, or start an hour after it.
        assert flavoured(frontier(asking(cores=Range(1000)), [here], NOW)) == [
            ("bare", 1, 7, {"cores": 2000}),
            ("disk", 1, 3, {"cores": 1000}),
        ]
        assert flavoured(all_offers(asking(cores=Range(1000)), [here], NOW))[2:] == [
            ("disk", 7, 1, {"cores": 1000})
        ]


class TestStorage:
    """Compute is held over the run, storage from the start of staging to the end of release."""

    POOL = Pool("p", Amounts({"gpus": 4, "storage": 100}), prepare=HOUR, release=2 * HOUR)

    def asking(self, minsize: int = 50) -> Task:
        """A task for a gpu and some storage."""
        return Task(
            compute=(Compute(None, {"gpus": Range(1)}),),
            storage=(Storage(None, Range(minsize)),),
            schedule=Schedule(Range(HOUR, None)),
        )

    def test_eroded(self) -> None:
        """A booking of storage from 5 to 6 keeps runs from 3 to 7; one of gpus only its own time."""
        here = platform(self.POOL, bookings=[booked(5, 6, storage=60, gpus=3)], hours=10)

        assert short(all_offers(self.asking(), [here], NOW)) == [
            (1, 2, 3, 1, 2, {"gpus": 4, "storage": 100}),
            (7, 9, 10, 1, 3, {"gpus": 4, "storage": 100}),
        ]
        assert short(all_offers(self.asking(0), [here], NOW)) == [
            (1, 9, 10, 1, 9, {"gpus": 1, "storage": 40}),
            (1, 4, 5, 1, 4, {"gpus": 4, "storage": 40}),
            (1, 2, 3, 1, 2, {"gpus": 4, "storage": 100}),
            (6, 9, 10, 1, 4, {"gpus": 4, "storage": 40}),
            (7, 9, 10, 1, 3, {"gpus": 4, "storage": 100}),
        ]

    def test_beyond_the_horizon(self) -> None:
        """The run ends by the horizon; what is booked after it still counts for the release."""
        here = platform(self.POOL, bookings=[booked(9, 12, storage=60)], hours=8)

        assert short(frontier(self.asking(), [here], NOW)) == [(1, 6, 7, 1, 6, {"gpus": 4, "storage": 100})]

    def test_closures(self) -> None:
        """Where storage is held the pool must be open; without storage only the run minds."""
        here = platform(self.POOL, closures=(Closure(over(5, 6)),), hours=10)

        assert short(all_offers(self.asking(), [here], NOW)) == [
            (1, 2, 3, 1, 2, {"gpus": 4, "storage": 100}),
            (7, 9, 10, 1, 3, {"gpus": 4, "storage": 100}),
        ]
        assert short(all_offers(asking(gpus=Range(1)), [here], NOW)) == [
            (1, 4, 5, 1, 4, {"gpus": 4}),
            (6, 9, 10, 1, 4, {"gpus": 4}),
        ]

    def test_shares_of_a_second(self) -> None:
        """Staging is the exact sum of all that is not held, rounded up once: 2/3 and 2/3 of a second are 2."""
        task = Task(data=(Data("far/a", size=2), Data("far/b", size=2), Data("near/c", size=900)))
        here = platform(POOL, transfers=(Transfer("*", 3),), held=("near",))

        assert [each.preparation for each in frontier(task, [here], NOW)] == [2]

    @pytest.mark.parametrize(
        ("location", "seconds"),
        [
            ("https://far.example.org/data/one", 10),
            ("https://far.example.org/data/", 10),
            ("https://far.example.org/database", 100),
            ("https://elsewhere.example.org/data", 1000),
            ("https://here.example.org/one", 0),
        ],
    )
    def test_rates(self, location: str, seconds: int) -> None:
        """The longest location above the data says the rate; whole segments of the path count."""
        transfers = (
            Transfer("*", 1),
            Transfer("https://far.example.org/", 10),
            Transfer("https://far.example.org/data", 100),
        )
        here = platform(POOL, transfers=transfers, held=("https://here.example.org",))

        assert [
            each.preparation for each in frontier(Task(data=(Data(location, size=1000),)), [here], NOW)
        ] == [seconds]

    def test_unreachable(self) -> None:
        """Data that can't be brought, or whose size nobody says, can't be staged; held data need neither."""
        near = platform(POOL, transfers=(Transfer("near/", 1),), held=("here/",))

        assert frontier(Task(data=(Data("far/a", size=1),)), [near], NOW) == []
        assert frontier(Task(data=(Data("near/a"),)), [near], NOW) == []
        assert frontier(Task(data=(Data("here/a"),)), [near], NOW) != []
        assert frontier(Task(data=(Data("far/a"),)), [platform(POOL, held=("*",))], NOW) != []


def priced(name: str, rate: str, currency: str | None, **policy: object) -> Platform:
    """A platform with four gpus at a rate."""
    given = {"granularity": HOUR, "horizon": 4 * HOUR, "defaults": NO_DEFAULTS, **policy}
    return Platform(name, (POOL,), costs=Costs({"gpus": Decimal(rate)}, currency), **given)  # type: ignore[arg-type]


class TestFrontier:
    """One offer is better than another if it is no worse in anything that counts, and better in something."""

    TASK = asking(gpus=Range(1))

    def places(self, *platforms: Platform) -> list[str]:
        """The platforms whose offers are on the frontier, in order."""
        return [each.platform for each in frontier(self.TASK, platforms, NOW)]

    def test_cheaper(self) -> None:
        """What costs more is worse; no cost counts as worst."""
        free = Platform("free", (POOL,), granularity=HOUR, horizon=4 * HOUR, defaults=NO_DEFAULTS)

        assert self.places(priced("dear", "2", "EUR"), priced("cheap", "1", "EUR"), free) == ["cheap"]

    def test_currencies(self) -> None:
        """Costs in different currencies are never compared, nor are their offers, better or not."""
        short_one = priced("short", "1", "GBP", horizon=2 * HOUR)

        assert self.places(priced("long", "1", "EUR"), short_one) == ["long", "short"]

    def test_dearer_but_earlier(self) -> None:
        """What is dearer stays if it is earlier."""
        late = priced("late", "1", "EUR", prepare=HOUR)

        assert self.places(late, priced("soon", "2", "EUR")) == ["soon", "late"]

    def test_equal_offers(self) -> None:
        """Of equal offers stays the one with the latest start, then the one that is listed first."""
        task = asking(maxduration=2, gpus=Range(1))
        one, two, longer = (
            Platform(name, (POOL,), granularity=HOUR, horizon=hours * HOUR, defaults=NO_DEFAULTS)
            for name, hours in (("one", 4), ("two", 4), ("longer", 5))
        )

        assert [each.platform for each in frontier(task, [one, two], NOW)] == ["one"]
        assert [each.platform for each in frontier(task, [two, one], NOW)] == ["two"]
        assert [each.platform for each in frontier(task, [one, two, longer], NOW)] == ["longer"]

    def test_pools(self) -> None:
        """Pools without flavours are compared; a flavour is compared with nothing outside its own."""
        small, plain = Pool("small", Amounts({"gpus": 2})), Pool("plain", Amounts({"gpus": 4}))
        sized = Pool("sized", Amounts({"gpus": 2}), flavours=(flavour("two", gpus=2),))
        here = platform(small, sized, plain)

        assert [(each.pool, each.flavour) for each in frontier(self.TASK, [here], NOW)] == [
            ("plain", None),
            ("sized", "two"),
        ]
        assert [each.pool for each in all_offers(self.TASK, [here], NOW)] == ["plain", "small", "sized"]

    def test_order(self) -> None:
        """By start, longest, then largest amount by amount in the order of the names."""
        pool = Pool("p", Amounts({"cores": 2000, "gpus": 2}))
        busy = [booked(0, 1, cores=1000), booked(1, 2, gpus=1), booked(2, 3, gpus=2)]
        busy += [booked(2, 3, cores=1000)]
        task = asking(cores=Range(0), gpus=Range(0))

        assert short(frontier(task, [platform(pool, bookings=busy, hours=3)], NOW)) == [
            (0, 2, 3, 1, 3, {"cores": 1000, "gpus": 0}),
            (0, 1, 2, 1, 2, {"cores": 1000, "gpus": 1}),
            (0, 0, 1, 1, 1, {"cores": 1000, "gpus": 2}),
            (1, 1, 2, 1, 1, {"cores": 2000, "gpus": 1}),
        ]

    def test_better(self) -> None:
        """Starting later, being shorter or smaller isn't better; being equal isn't either."""
        first, second, third = frontier(asking(gpus=Range(2)), [STEPS], NOW)

        for one in (first, second, third):
            for other in (first, second, third):
                assert not is_better(one, other, ["gpus"])
        (smaller,) = frontier(asking(gpus=Range(2, 2), maxduration=2), [STEPS], NOW)
        assert is_better(first, smaller, ["gpus"])
        assert not is_better(smaller, first, ["gpus"])


class TestFree:
    """Whether a run with given amounts is free."""

    def test_open_and_free(self) -> None:
        """At every instant, on some one node, and with storage before and after."""
        pool = Pool("p", Amounts({"gpus": 4, "storage": 10}), nodes=2)
        busy = [booked(0, 2, node=0, gpus=1), booked(2, 4, node=1, gpus=1), booked(6, 7, node=0, storage=1)]
        here = platform(pool, bookings=busy, closures=(Closure(over(9, 10)),))

        assert is_free(here, pool, over(0, 2), {"gpus": 4})
        assert not is_free(here, pool, over(1, 3), {"gpus": 4})
        assert is_free(here, pool, over(1, 3), {"gpus": 3})
        assert is_free(here, pool, over(7, 9), {"gpus": 4})
        assert not is_free(here, pool, over(8, 9.5), {"gpus": 0})
        assert not is_free(here, pool, over(7, 8), {"storage": 1}, after=2 * HOUR)
        assert is_free(here, pool, over(7, 8), {"gpus": 1}, after=2 * HOUR)
