"""Windows, held against what a schedule says of each single run."""

from __future__ import annotations

from datetime import date, datetime, timedelta
from itertools import pairwise
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from execbroker.core.instants import parse_instant
from execbroker.core.spans import Span
from execbroker.core.task import DAY, EVERY_DAY, Daily, Schedule
from execbroker.core.windows import Window, rounded, windows

HOUR = 3600
#: All times and offsets of the drawn cases are multiples of this, so one look at the clock says what holds for as
#: many seconds.
CELL = 300

#: Instants near which clocks change, or a day is missing, and one ordinary one.
TURNS = (
    ("Europe/London", "2023-03-26T01:00Z"),
    ("Europe/London", "2023-10-29T01:00Z"),
    ("Europe/London", "2023-06-14T01:00Z"),
    ("America/Sao_Paulo", "2018-11-04T03:00Z"),
    ("America/Sao_Paulo", "2018-02-18T02:00Z"),
    ("Australia/Lord_Howe", "2023-04-01T15:00Z"),
    ("Australia/Lord_Howe", "2023-09-30T15:30Z"),
    ("Africa/Casablanca", "2023-03-19T02:00Z"),
    ("Pacific/Apia", "2011-12-30T10:00Z"),
)

spans = st.tuples(
    st.sampled_from(TURNS), st.integers(-2 * DAY // CELL, 0), st.integers(0, 2 * DAY // CELL)
).map(lambda drawn: (drawn[0][0], Span(*(parse_instant(drawn[0][1]) + cells * CELL for cells in drawn[1:]))))
times = st.one_of(
    st.sampled_from([0, HOUR, 2 * HOUR, 9 * HOUR, 22 * HOUR, 23 * HOUR, DAY]),
    st.integers(0, DAY // CELL).map(lambda cells: cells * CELL),
)
weekdays = st.just(EVERY_DAY) | st.frozensets(st.integers(0, 6), min_size=1)


@st.composite
def cases(draw: st.DrawFn) -> tuple[Schedule, Span]:
    """A schedule of any kind, and what the platform can do, around a clock change."""
    zone, within = draw(spans)
    some = st.integers(-10, 10 + within.duration // CELL).map(lambda n: within.start + n * CELL)
    near = st.none() | some
    clock = st.builds(Daily, times, st.none() | times, st.none() | times, weekdays, st.just(zone))
    starts = st.lists(st.builds(lambda at, cells: Span(at, at + cells * CELL), some, st.integers(1, 40)))
    schedule = st.builds(
        Schedule,
        earliest=near,
        latest=near,
        end=near,
        daily=st.none() | clock,
        starts=st.just(()) | starts.map(tuple),
    )
    return draw(schedule), within


def since_midnight(instant: int, back: int, zone: str) -> tuple[int, int]:
    """What the clock shows, as seconds after the midnight some days back, and the weekday of that day."""
    reading = datetime.fromtimestamp(instant, ZoneInfo(zone)).replace(tzinfo=None)
    day = reading.date() - timedelta(days=back)
    midnight = datetime.combine(day, datetime.min.time())
    return (reading - midnight) // timedelta(seconds=1), day.weekday()


def is_open(instant: int, clock: Daily) -> bool:
    """Whether the daily window is open: a closing at or before the opening is on the next day."""
    assert clock.closes is not None
    closes = clock.closes
    while closes <= clock.opens:
        closes += DAY
    shown = (since_midnight(instant, back, clock.zone) for back in (0, 1, 2))
    return any(weekday in clock.days and clock.opens <= seconds < closes for seconds, weekday in shown)


def may_start(instant: int, clock: Daily) -> bool:
    """Whether the clock lets a run start, apart from any closing."""
    if clock.latest is None:
        if clock.closes is not None:
            return True
        # Every start before midnight; a day that begins to be open at 24:00 is the next day, whole.
        latest = (2 * DAY if clock.opens == DAY else DAY) - 1
    else:
        latest = clock.latest + (DAY if clock.latest < clock.opens else 0)
    shown = (since_midnight(instant, back, clock.zone) for back in (0, 1, 2))
    return any(weekday in clock.days and clock.opens <= seconds <= latest for seconds, weekday in shown)


def is_allowed(start: int, end: int, schedule: Schedule, within: Span) -> bool:
    """Whether a run is what the schedule allows, by looking at every cell of time that it touches."""
    if start < within.start or end > within.end:
        return False
    if schedule.earliest is not None and start < schedule.earliest:
        return False
    if schedule.latest is not None and start > schedule.latest:
        return False
    if schedule.end is not None and end > schedule.end:
        return False
    if schedule.starts and not any(first <= start < last for first, last in schedule.starts):
        return False
    clock = schedule.daily
    if clock is None:
        return True
    return may_start(start, clock) and (
        clock.closes is None
        or all(is_open(at, clock) for at in (start, *range(start - start % CELL + CELL, end, CELL)))
    )


def fits(start: int, end: int, found: tuple[Window, ...]) -> bool:
    """Whether a run fits one of the windows."""
    return any(window.start <= start <= window.latest and end <= window.end for window in found)


class TestRuns:
    """A run fits one window just if the schedule allows it, whatever the clocks do in between."""

    @settings(max_examples=settings().max_examples * 2)
    @given(cases(), st.data())
    def test_one_by_one(self, case: tuple[Schedule, Span], data: st.DataObject) -> None:
        """Runs that begin and end near the edges of windows, and anywhere."""
        schedule, within = case
        found = windows(schedule, within)
        starts = {
            edge + near for window in found for edge in (window.start, window.latest) for near in (-1, 0, 1)
        }
        ends = {edge + near for window in found for edge in (window.start, window.end) for near in (0, 1)}
        anywhere = st.integers(within.start - CELL, within.end + CELL)

        for _ in range(8):
            start = data.draw(st.sampled_from(sorted(starts)) | anywhere if starts else anywhere)
            end = data.draw(st.sampled_from(sorted(ends)) | anywhere if ends else anywhere)
            if start < end:
                assert fits(start, end, found) == is_allowed(start, end, schedule, within), (start, end)

    @given(cases())
    def test_form(self, case: tuple[Schedule, Span]) -> None:
        """Windows are sorted, hold a run of a second each, lie in range, and their starts don't overlap."""
        schedule, within = case
        found = windows(schedule, within)

        assert list(found) == sorted(found)
        assert all(
            within.start <= window.start <= window.latest < window.end <= within.end for window in found
        )
        assert all(one.latest < other.start for one, other in pairwise(found))

    @given(cases(), st.integers(1, 12), st.integers(1, 20))
    def test_rounded(self, case: tuple[Schedule, Span], grid: int, length: int) -> None:
        """Rounding keeps the runs of the grid that are long enough, and no window without one."""
        schedule, within = case
        exact = windows(schedule, within)
        grid *= CELL
        shortest = length * grid
        found = rounded(exact, grid, shortest)

        first = within.start - within.start % grid
        for start in range(first, within.end, grid):
            for end in (start + shortest, start + shortest + grid):
                assert fits(start, end, found) == fits(start, end, exact), (start, end)
        assert all(
            window.start % grid == window.end % grid == window.latest % grid == 0
            and window.start <= window.latest <= window.end - shortest
            for window in found
        )


def shown(found: tuple[Window, ...], zone: str) -> list[str]:
    """Windows as a zone's clocks show them: start, latest start and end."""
    return [
        " ".join(
            f"{datetime.fromtimestamp(at, ZoneInfo(zone)):%d %H:%M:%S}" for at in (w.start, w.latest, w.end)
        )
        for w in found
    ]


def at(text: str, zone: str = "Europe/London") -> int:
    """The instant that the clocks of a zone show a time of May 2023."""
    return int(datetime.fromisoformat(f"2023-05-{text}").replace(tzinfo=ZoneInfo(zone)).timestamp())


class TestExamples:
    """Tuesday 9 May 2023, in London, and the days after it."""

    within = Span(at("09T08:00"), at("12T00:00"))

    def found(self, **daily: Any) -> list[str]:
        """The windows of a daily window, as London's clocks show them."""
        schedule = Schedule(daily=Daily(zone="Europe/London", **daily))
        return shown(windows(schedule, self.within), "Europe/London")

    def test_no_daily_window(self) -> None:
        """One window, as wide as the date range and the platform allow; its latest start is itself allowed."""
        schedule = Schedule(earliest=at("09T00:00"), latest=at("10T23:59:59"), end=at("11T12:00"))

        assert windows(schedule, self.within) == (Window(at("09T08:00"), at("11T12:00"), at("10T23:59:59")),)

    def test_office_hours(self) -> None:
        """With a closing, every day has a window."""
        assert self.found(opens=9 * HOUR, closes=17 * HOUR, days=frozenset({1, 2})) == [
            "09 09:00:00 09 16:59:59 09 17:00:00",
            "10 09:00:00 10 16:59:59 10 17:00:00",
        ]

    def test_nights(self) -> None:
        """A closing before the opening is on the next day; a window that is open already is cut."""
        assert self.found(opens=22 * HOUR, closes=10 * HOUR) == [
            "09 08:00:00 09 09:59:59 09 10:00:00",
            "09 22:00:00 10 09:59:59 10 10:00:00",
            "10 22:00:00 11 09:59:59 11 10:00:00",
            "11 22:00:00 11 23:59:59 12 00:00:00",
        ]

    def test_start_bound_only(self) -> None:
        """Without a closing, every span of starts opens a window to the end of the range; they overlap."""
        assert self.found(opens=9 * HOUR, latest=10 * HOUR) == [
            "09 09:00:00 09 10:00:00 12 00:00:00",
            "10 09:00:00 10 10:00:00 12 00:00:00",
            "11 09:00:00 11 10:00:00 12 00:00:00",
        ]

    def test_intervals_of_starts(self) -> None:
        """Intervals that touch are one; each opens a window that reaches to the end of the range."""
        schedule = Schedule(starts=(Span(50, 60), Span(10, 20), Span(20, 31), Span(400, 500)), end=200)

        assert windows(schedule, Span(0, 300)) == (Window(10, 200, 30), Window(50, 200, 59))

    def test_before_midnight(self) -> None:
        """A latest start that is left out is every start before midnight; 24:00 is allowed if it is written."""
        assert self.found(opens=23 * HOUR)[0] == "09 23:00:00 09 23:59:59 12 00:00:00"
        assert self.found(opens=23 * HOUR, latest=DAY)[0] == "09 23:00:00 10 00:00:00 12 00:00:00"
        assert self.found() == ["09 08:00:00 11 23:59:59 12 00:00:00"]

    def test_midnight_is_of_the_day_before(self) -> None:
        """A start at 24:00 belongs to the day before: here, to Monday, of which nothing else is left."""
        monday = Daily(latest=DAY, days=frozenset({0}), zone="Europe/London")
        within = Span(at("09T00:00"), at("12T00:00"))

        assert windows(Schedule(daily=monday), within) == (Window(within.start, within.end, within.start),)

    def test_to_the_second(self) -> None:
        """All seconds up to the last start are allowed, up to the last second before the end."""
        assert self.found(opens=9 * HOUR, latest=9 * HOUR + 1)[0] == "09 09:00:00 09 09:00:01 12 00:00:00"
        for latest in (self.within.end - 2, self.within.end - 1, self.within.end):
            assert windows(Schedule(latest=latest), self.within) == (
                Window(*self.within, min(latest, self.within.end - 1)),
            )

    def test_latest_on_the_next_day(self) -> None:
        """A latest start before the opening is on the next day; one at the opening is that one time."""
        assert self.found(opens=22 * HOUR, latest=2 * HOUR)[0] == "09 22:00:00 10 02:00:00 12 00:00:00"
        assert self.found(opens=9 * HOUR, latest=9 * HOUR)[0] == "09 09:00:00 09 09:00:00 12 00:00:00"

    def test_closing_and_latest(self) -> None:
        """With both, the start is bound within each day's window, and never beyond the closing."""
        assert self.found(opens=9 * HOUR, closes=17 * HOUR, latest=12 * HOUR, days=frozenset({2})) == [
            "10 09:00:00 10 12:00:00 10 17:00:00"
        ]
        assert self.found(opens=9 * HOUR, closes=17 * HOUR, latest=20 * HOUR, days=frozenset({2})) == [
            "10 09:00:00 10 16:59:59 10 17:00:00"
        ]

    def test_closing_at_the_opening(self) -> None:
        """That is no limit in time; with days, it is 24 hours from the opening, and those that touch are one."""
        assert (
            self.found(closes=0)
            == self.found(opens=9 * HOUR, closes=9 * HOUR)
            == ["09 08:00:00 11 23:59:59 12 00:00:00"]
        )
        assert self.found(opens=9 * HOUR, closes=9 * HOUR, days=frozenset({1, 2})) == [
            "09 09:00:00 11 08:59:59 11 09:00:00"
        ]

    def test_an_open_night_with_starts_by_day(self) -> None:
        """Within one unbroken daily span every span of starts has its own window, to the end of the daily span."""
        assert self.found(closes=0, opens=0, latest=HOUR) == [
            "10 00:00:00 10 01:00:00 12 00:00:00",
            "11 00:00:00 11 01:00:00 12 00:00:00",
        ]

    def test_a_night_with_a_clock_change(self) -> None:
        """London's clocks go forward on 26 March 2023: the night has seven hours, and 1:30 is not in it."""
        within = Span(parse_instant("2023-03-25T12:00Z"), parse_instant("2023-03-26T12:00Z"))
        night = Daily(opens=22 * HOUR, closes=6 * HOUR, zone="Europe/London")

        (window,) = windows(Schedule(daily=night), within)

        assert window.end - window.start == 7 * HOUR

    @pytest.mark.parametrize(
        "schedule",
        [
            Schedule(end=at("09T08:00")),
            Schedule(latest=at("09T07:59:59")),
            Schedule(earliest=at("12T00:00")),
            Schedule(earliest=at("11T00:00"), end=at("10T00:00")),
            Schedule(daily=Daily(days=frozenset({6}))),
        ],
    )
    def test_none(self, schedule: Schedule) -> None:
        """Ranges that are past, too late, the wrong way round, or without one of their days hold nothing."""
        assert windows(schedule, self.within) == ()

    def test_one_second(self) -> None:
        """A window of one second is one."""
        assert windows(Schedule(end=self.within.start + 1), self.within) == (
            Window(self.within.start, self.within.start + 1, self.within.start),
        )

    def test_formed_first_and_rounded_afterwards(self) -> None:
        """A latest start of 9:59:59 is 9:00 on a grid of hours, and no window at all for a run of two."""
        exact = (Window(8 * HOUR, 11 * HOUR, 10 * HOUR - 1),)

        assert rounded(exact, HOUR, HOUR) == (Window(8 * HOUR, 11 * HOUR, 9 * HOUR),)
        assert rounded(exact, HOUR, 3 * HOUR) == (Window(8 * HOUR, 11 * HOUR, 8 * HOUR),)
        assert rounded(exact, HOUR, 4 * HOUR) == ()

    def test_weekdays_are_those_of_the_opening(self) -> None:
        """A Tuesday's night is still open on Wednesday morning, and that is no Wednesday's window."""
        tuesday = date(2023, 5, 9).weekday()

        assert self.found(opens=20 * HOUR, closes=10 * HOUR, days=frozenset({tuesday})) == [
            "09 20:00:00 10 09:59:59 10 10:00:00"
        ]
