"""Local times and daily windows, held against a clock that is asked instant by instant, around clock changes."""

from __future__ import annotations

from datetime import UTC, date, datetime, time, timedelta
from functools import cache
from itertools import pairwise
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from execbroker.core.instants import EPOCH, LAST, parse_instant
from execbroker.core.problems import Unreadable
from execbroker.core.spans import Span, Spans
from execbroker.core.wallclock import (
    daily,
    day_end,
    day_start,
    doubt,
    format_local,
    local,
    pieces,
    to_instant,
    zone,
)

DAY = 86_400
MINUTE = 60

#: Zones and years with changes of every kind that there has been: an hour, half an hour (Lord Howe), a whole day
#: (Apia), at midnight (São Paulo, Havana), past midnight into the day before (St John's), four times a year
#: (Casablanca), to an offset with odd minutes (Chatham), of two hours (Troll), of seconds (Monrovia), and none.
PLACES = (
    ("UTC", 2023),
    ("Europe/London", 2023),
    ("Europe/Dublin", 2023),
    ("America/New_York", 2023),
    ("America/St_Johns", 2006),
    ("America/Havana", 2023),
    ("America/Sao_Paulo", 2018),
    ("America/Scoresbysund", 2024),
    ("Africa/Casablanca", 2023),
    ("Africa/Monrovia", 1972),
    ("Antarctica/Troll", 2023),
    ("Asia/Kathmandu", 2023),
    ("Asia/Pyongyang", 2015),
    ("Australia/Lord_Howe", 2023),
    ("Pacific/Apia", 2011),
    ("Pacific/Chatham", 2023),
)


def shown(instant: int, name: str) -> datetime:
    """What the clocks of a zone show, without the zone."""
    return datetime.fromtimestamp(instant, ZoneInfo(name)).replace(tzinfo=None)


def offset(instant: int, name: str) -> int:
    """Seconds east of UTC."""
    return (shown(instant, name) - shown(instant, "UTC")) // timedelta(seconds=1)


@cache
def changes(name: str, year: int) -> list[int]:
    """The instants of a year at which the offset differs from that of the second before."""
    start = int(datetime(year, 1, 1, tzinfo=UTC).timestamp())
    found = []
    for hour in range(start, start + 366 * DAY, 3600):
        if offset(hour, name) != offset(hour + 3600, name):
            found += [at for at in range(hour + 1, hour + 3601) if offset(at - 1, name) != offset(at, name)]
    return found


@cache
def turning_points() -> list[tuple[str, int]]:
    """Zones, each with an instant near which something happens, or in the middle of the year if nothing does."""
    return [
        (name, at)
        for name, year in PLACES
        for at in changes(name, year) or [int(datetime(year, 7, 1, tzinfo=UTC).timestamp())]
    ]


def is_open(instant: int, opens: int, closes: int, days: frozenset[int], name: str) -> bool:
    """Whether the clock shows a time from the opening to before the closing, of a window that opened on a day."""
    length = (closes - opens) % DAY or DAY
    reading = shown(instant, name)
    for back in (0, 1, 2):
        day = reading.date() - timedelta(days=back)
        since_midnight = (reading - datetime.combine(day, time.min)) // timedelta(seconds=1)
        if day.weekday() in days and opens <= since_midnight < opens + length:
            return True
    return False


turns = st.deferred(lambda: st.sampled_from(turning_points()))
#: Times of the day, often near the hours in which clocks change, some with odd seconds.
times = st.one_of(
    st.sampled_from([0, 1800, 3600, 5400, 7200, 10_800, 79_200, 82_800, DAY - 1, DAY]),
    st.integers(0, 24 * 12).map(lambda number: number * 300),
    st.integers(0, DAY),
)
weekdays = st.one_of(st.just(frozenset(range(7))), st.frozensets(st.integers(0, 6)))


class TestDaily:
    """A daily window is meant pointwise: an instant is inside if its local wall-clock time is."""

    @given(turns, st.integers(0, 2 * DAY), st.integers(0, 2 * DAY), times, times, weekdays)
    def test_pointwise(
        self, turn: tuple[str, int], before: int, after: int, opens: int, closes: int, days: frozenset[int]
    ) -> None:
        """Around every clock change, the window holds just those instants at which the clock says so."""
        name, at = turn
        span = Span(at - before, at + after)

        found = daily(span, opens, closes, days, name)

        edges = {near for edge in (*found.edges, at, *span) for near in (edge - 1, edge, edge + 1)}
        for instant in edges | set(range(span.start, span.end, 900)):
            inside = span.start <= instant < span.end and is_open(instant, opens, closes, days, name)
            assert (instant in found) == inside, shown(instant, name)

    @given(turns, times)
    def test_equal_times_are_no_limit(self, turn: tuple[str, int], moment: int) -> None:
        """A window that opens every day and closes when it opens is always open."""
        name, at = turn
        span = Span(at - 3 * DAY, at + 3 * DAY)

        assert daily(span, moment, moment, range(7), name) == Spans.between(*span)

    @pytest.mark.parametrize(
        ("name", "day", "opens", "closes", "hours"),
        [
            ("Europe/London", "2023-03-25", 22, 6, [7]),
            ("Europe/London", "2023-10-28", 22, 6, [9]),
            ("Europe/London", "2023-06-01", 22, 6, [8]),
            ("Europe/London", "2023-03-26", 1, 2, []),
            ("Europe/London", "2023-10-29", 1, 2, [2]),
            ("Europe/London", "2023-10-29", 1.25, 1.75, [0.5, 0.5]),
            ("Australia/Lord_Howe", "2023-04-02", 1.5, 2, [1]),
            ("Pacific/Apia", "2011-12-29", 20, 20, [4]),
        ],
    )
    def test_known_nights(self, name: str, day: str, opens: float, closes: float, hours: list[float]) -> None:
        """Nights of seven and nine hours, an hour that is skipped, one that comes twice, a day that never was."""
        start = to_instant(datetime.fromisoformat(day), name, as_end=False)
        weekday = datetime.fromisoformat(day).weekday()

        found = daily(Span(start, start + 2 * DAY), int(opens * 3600), int(closes * 3600), [weekday], name)

        assert [span.duration / 3600 for span in found] == hours


class TestPieces:
    """A span is cut where clocks change, and nowhere else."""

    @given(turns, st.integers(0, 400 * DAY), st.integers(0, 400 * DAY))
    def test_constant_and_whole(self, turn: tuple[str, int], before: int, after: int) -> None:
        """The pieces make up the span, and the offset is one throughout each and changes between."""
        name, at = turn
        span = Span(at - before, at + after)

        found = pieces(span, name)

        assert [each.start for each, _ in found[1:]] == [each.end for each, _ in found[:-1]]
        assert (found[0][0].start, found[-1][0].end) == span if found else span.duration == 0
        for piece, seconds in found:
            assert piece.duration > 0
            assert {offset(at, name) for at in (*range(piece.start, piece.end, 3 * DAY), piece.end - 1)} == {
                seconds
            }
        assert all(one != other for (_, one), (_, other) in pairwise(found))

    def test_a_year(self) -> None:
        """London's clocks change twice in 2023."""
        year = Span(parse_instant("2023-01-01T00:00Z"), parse_instant("2024-01-01T00:00Z"))

        found = pieces(year, "Europe/London")

        assert [seconds for _, seconds in found] == [0, 3600, 0]
        assert found[1][0] == (parse_instant("2023-03-26T01:00Z"), parse_instant("2023-10-29T01:00Z"))


class TestReadings:
    """From what clocks show to instants, and back."""

    @given(turns, st.integers(-2 * DAY, 2 * DAY), st.booleans())
    def test_against_every_offset(self, turn: tuple[str, int], away: int, as_end: bool) -> None:
        """A reading is the instants that show it: one, the first or last of two, or else the change in between."""
        name, at = turn
        offsets = {offset(at + day * DAY, name) for day in (-3, -2, -1, 0, 1, 2, 3)}
        # A reading that some clock near the change shows, or would show if the change had not been.
        reading = shown(at + away, "UTC") + timedelta(seconds=min(offsets))
        wall = (reading.replace(tzinfo=UTC) - EPOCH) // timedelta(seconds=1)
        there = sorted(wall - east for east in offsets if shown(wall - east, name) == reading)

        found = to_instant(reading, name, as_end=as_end)

        assert doubt(reading, name) == {0: "skipped", 1: None, 2: "twice"}[len(there)]
        if there:
            assert found == there[-1 if as_end else 0]
        else:
            assert shown(found - 1, name) < reading < shown(found, name)

    @given(turns, st.integers(-2 * DAY, 2 * DAY))
    def test_there_and_back(self, turn: tuple[str, int], away: int) -> None:
        """What is shown at an instant leads back to it, as the first or as the second of that reading."""
        name, at = turn
        aware = local(at + away, name)

        assert aware.timestamp() == at + away
        assert at + away in {
            to_instant(aware.replace(tzinfo=None), name, as_end=as_end) for as_end in (False, True)
        }

    @given(turns, st.integers(-2 * DAY, 2 * DAY))
    def test_format_local(self, turn: tuple[str, int], away: int) -> None:
        """What is written leads back to the instant; the offset stands there only where it must."""
        name, at = turn
        text = format_local(at + away, name)
        back = datetime.fromisoformat(text)

        if doubt(back.replace(tzinfo=None), name) == "twice":
            assert back.timestamp() == at + away
        else:
            assert back.tzinfo is None
            assert to_instant(back, name, as_end=False) == at + away

    def test_the_end_of_time(self) -> None:
        """A date that stands for no end at all comes down to the last instant that every zone can show."""
        assert day_end(date.max, "Pacific/Kiritimati") == day_end(date.max, "Etc/GMT+12") == LAST
        assert to_instant(datetime.combine(date.max, time(23, 59, 59)), "UTC", as_end=True) == LAST
        assert local(LAST, "Pacific/Kiritimati").year == local(LAST, "Etc/GMT+12").year == 9999


class TestDays:
    """A calendar day is all instants that show its date."""

    @pytest.mark.parametrize(
        ("name", "day", "hours"),
        [
            ("Europe/London", "2023-05-09", 24),
            ("Europe/London", "2023-03-26", 23),
            ("Europe/London", "2023-10-29", 25),
            ("America/Sao_Paulo", "2018-11-03", 24),
            ("America/Sao_Paulo", "2018-11-04", 23),
            ("America/Sao_Paulo", "2018-02-17", 25),
            ("America/Sao_Paulo", "2018-02-18", 24),
            ("America/Havana", "2023-11-04", 24),
            ("America/Havana", "2023-11-05", 25),
            ("America/St_Johns", "2006-10-28", 25),
            ("Pacific/Apia", "2011-12-29", 24),
            ("Pacific/Apia", "2011-12-31", 24),
        ],
    )
    def test_from_first_to_last(self, name: str, day: str, hours: int) -> None:
        """It lasts from the first instant of its date to the last, also where midnight is skipped or doubled."""
        wanted = date.fromisoformat(day)
        noon = int(datetime(wanted.year, wanted.month, wanted.day, 12, tzinfo=UTC).timestamp())
        there = [
            at for at in range(noon - 2 * DAY, noon + 2 * DAY, MINUTE) if shown(at, name).date() == wanted
        ]

        start, end = day_start(wanted, name), day_end(wanted, name)

        assert (start, end) == (there[0], there[-1] + MINUTE)
        assert end - start == hours * 3600

    def test_a_day_that_never_was(self) -> None:
        """Apia had no 30 December 2011: the day is empty, and lies where the clocks changed."""
        missing = date(2011, 12, 30)

        assert day_start(missing, "Pacific/Apia") == day_end(missing, "Pacific/Apia")
        assert day_end(missing, "Pacific/Apia") == day_start(date(2011, 12, 31), "Pacific/Apia")


class TestZones:
    """Zones are found by their names alone, and what is no zone is answered with what was likely meant."""

    @pytest.mark.parametrize(
        "name", ["UTC", "Europe/London", "America/Argentina/Buenos_Aires", "Etc/GMT-3", "CET"]
    )
    def test_known(self, name: str) -> None:
        """Every name of the database will do."""
        assert zone(name) == ZoneInfo(name)

    @pytest.mark.parametrize(
        ("name", "meant"),
        [
            ("europe/london", "did you mean Europe/London?"),
            ("Europe/london", "did you mean Europe/London?"),
            ("Europe/Lodnon", "did you mean Europe/London?"),
            ("London", "did you mean Europe/London?"),
            ("America/New York", "did you mean America/New_York?"),
            ("new-york", "did you mean America/New_York?"),
            ("Europe/London\n", "did you mean Europe/London?"),
            ("utc", "did you mean UTC?"),
            ("Z", "write UTC"),
            ("UTC+0", "write UTC"),
            ("UTC+3", "write Etc/GMT-3, or better a place"),
            ("GMT-5", "write Etc/GMT+5, or better a place"),
            ("+02:00", "write Etc/GMT-2, or better a place"),
            ("UTC+5:30", "write a place"),
            ("CEST", "such as Europe/Berlin"),
            ("EST", "such as America/New_York"),
            ("Mars/Olympus", "write a place"),
        ],
    )
    def test_unknown(self, name: str, meant: str) -> None:
        """Case, spaces, abbreviations and offsets each have their hint."""
        with pytest.raises(Unreadable) as raised:
            zone(name)

        assert raised.value.code == "zone-unknown"
        assert meant in (raised.value.hint or "")

    @pytest.mark.parametrize(
        "name",
        ["", ".", "..", "/", "../../etc/passwd", "/etc/localtime", "localtime", "posixrules", "Factory", "Europe",
         "Europe/", "right/UTC", "posix/UTC", "zone.tab", "tzdata.zi", "\0", "UTC\0", "x" * 5000, "é/è", "\ud800",
         "C:\\zone", "UTC/.", "nul"],
    )  # fmt: skip
    def test_tricks(self, name: str) -> None:
        """Paths, files that are no zones, names that each machine has its own idea of: all refused, in one line."""
        with pytest.raises(Unreadable) as raised:
            zone(name)

        assert raised.value.code == "zone-unknown"
        assert str(raised.value).isprintable()

    @given(st.text(max_size=30))
    def test_any_text(self, name: str) -> None:
        """Any text is a zone or is refused."""
        try:
            found = zone(name).key
        except Unreadable as refused:
            found = refused.code

        assert found in (name, "zone-unknown")
