"""Rules for repeating, held against a calendar that is asked day by day; and what is refused."""

from __future__ import annotations

import pickle
import subprocess
import sys
import time
from calendar import monthrange
from collections.abc import Iterator
from datetime import date, datetime, timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from execbroker.core.instants import format_instant, parse_instant
from execbroker.core.platform import Closure
from execbroker.core.problems import Unreadable
from execbroker.core.spans import NOTHING, Span, Spans
from execbroker.core.wallclock import to_instant
from execbroker.languages.dates.reading import read_local
from execbroker.languages.dates.recurrence import Repetition, parse_recurrence

DAY = 86_400
LONDON = "Europe/London"
WEEKDAYS = ("MO", "TU", "WE", "TH", "FR", "SA", "SU")


def repetition(
    rule: str, start: str = "2023-05-02T08:00", end: str = "2023-05-02T10:00", zone: str = LONDON
) -> Repetition:
    """A repetition by its texts; it starts on the first Tuesday of May."""
    return parse_recurrence(rule, read_local(start, zone), read_local(end, zone), zone)


def starts(rule: str, since: str = "2023-05-01T00:00Z", days: int = 31, **more: str) -> list[str]:
    """When the occurrences of a rule start, UTC."""
    since_then = parse_instant(since)
    found = repetition(rule, **more).spans(Span(since_then, since_then + days * DAY))
    return [format_instant(span.start)[5:16] for span in found]


class TestExamples:
    """From Tuesday 2 May 2023, 8:00 to 10:00 in London, which is 7:00 to 9:00 UTC."""

    @pytest.mark.parametrize(
        ("rule", "expected"),
        [
            ("FREQ=MONTHLY;BYDAY=1TU", ["05-02T07:00"]),
            ("freq=monthly;byday=1tu", ["05-02T07:00"]),
            ("FREQ=MONTHLY;BYDAY=TU;BYSETPOS=1", ["05-02T07:00"]),
            ("FREQ=MONTHLY;BYMONTHDAY=2,-1", ["05-02T07:00", "05-31T07:00"]),
            ("FREQ=WEEKLY;BYDAY=TU,SA;COUNT=3", ["05-02T07:00", "05-06T07:00", "05-09T07:00"]),
            ("FREQ=WEEKLY;INTERVAL=2", ["05-02T07:00", "05-16T07:00", "05-30T07:00"]),
            ("FREQ=DAILY;UNTIL=20230504", ["05-02T07:00", "05-03T07:00", "05-04T07:00"]),
            ("FREQ=DAILY;UNTIL=20230503T080000", ["05-02T07:00", "05-03T07:00"]),
            ("FREQ=DAILY;UNTIL=20230503T075959", ["05-02T07:00"]),
            ("FREQ=DAILY;UNTIL=20230503T070000Z", ["05-02T07:00", "05-03T07:00"]),
            ("FREQ=DAILY;UNTIL=20230503T065959Z", ["05-02T07:00"]),
            ("FREQ=DAILY;BYHOUR=8,20;COUNT=3", ["05-02T07:00", "05-02T19:00", "05-03T07:00"]),
            ("FREQ=YEARLY;BYWEEKNO=18,20;BYDAY=TU", ["05-02T07:00", "05-16T07:00"]),
            ("FREQ=YEARLY;BYYEARDAY=122", ["05-02T07:00"]),
            ("FREQ=YEARLY", ["05-02T07:00"]),
        ],
    )
    def test_rules(self, rule: str, expected: list[str]) -> None:
        """What a rule gives in May."""
        assert starts(rule) == expected

    def test_on_the_wall(self) -> None:
        """Times stay on the wall: at 8:00 in winter, too, which is then 8:00 UTC."""
        assert starts("FREQ=MONTHLY;BYDAY=1TU", "2023-10-01T00:00Z", 62) == ["10-03T07:00", "11-07T08:00"]

    def test_length_on_the_wall(self) -> None:
        """A night from 22:00 to 6:00 lasts seven hours when clocks go forward, nine when they go back."""
        nights = repetition("FREQ=DAILY", "2023-03-01T22:00", "2023-03-02T06:00")

        for noon, hours in (("2023-03-25T12:00Z", 7), ("2023-03-26T12:00Z", 8), ("2023-10-28T12:00Z", 9)):
            start = parse_instant(noon)
            assert [span.duration / 3600 for span in nights.spans(Span(start, start + DAY - 7200))] == [hours]

    def test_doubtful_times(self) -> None:
        """A start that comes twice is the first, an end the second; what is skipped lasts no time."""
        hour = repetition("FREQ=DAILY", "2023-01-01T01:15", "2023-01-01T01:45")
        autumn, spring = parse_instant("2023-10-29T00:00Z"), parse_instant("2023-03-26T00:00Z")

        assert hour.spans(Span(autumn, autumn + DAY // 2)) == Spans.between(
            autumn + 900, autumn + 3600 + 2700
        )
        assert hour.spans(Span(spring, spring + DAY // 2)) == NOTHING

    def test_cut(self) -> None:
        """Occurrences are cut to the span that is asked about, also those that began before it."""
        start = parse_instant("2023-05-09T08:00Z")

        assert repetition("FREQ=WEEKLY").spans(Span(start, start + 7 * DAY)) == Spans.of(
            [(start, start + 3600), (start + 7 * DAY - 3600, start + 7 * DAY)]
        )

    def test_overlaps_merge(self) -> None:
        """Occurrences longer than the time between them are one span."""
        start = parse_instant("2023-06-01T00:00Z")
        long = repetition("FREQ=DAILY", end="2023-05-05T08:00")

        assert long.spans(Span(start, start + DAY)) == Spans.between(start, start + DAY)

    def test_far_away(self) -> None:
        """Before the first occurrence there is none; long after it, and at the end of time, all is well."""
        daily = repetition("FREQ=DAILY")

        assert daily.spans(Span(0, DAY)) == NOTHING
        assert daily.spans(Span(DAY, DAY)) == NOTHING
        assert starts("FREQ=DAILY", "2999-01-01T00:00Z", 2) == ["01-01T08:00", "01-02T08:00"]
        assert len(daily.spans(Span(2**61, 2**61 + DAY))) == 0

    def test_closure(self) -> None:
        """A repetition is what a platform's closure takes."""
        within = Span(parse_instant("2023-05-01T00:00Z"), parse_instant("2023-06-01T00:00Z"))
        patch_day = repetition("FREQ=WEEKLY")

        assert Closure(patch_day, reason="patch day").spans(within) == patch_day.spans(within)

    def test_value(self) -> None:
        """It compares by what it says, is a key, and travels."""
        one, other = repetition("FREQ=WEEKLY"), repetition("freq=weekly")

        assert one == other == pickle.loads(pickle.dumps(one))
        assert hash(one) == hash(other)
        assert one != repetition("FREQ=DAILY")


@st.composite
def rules(draw: st.DrawFn) -> dict[str, Any]:
    """The parts of a rule."""
    frequency = draw(st.sampled_from(["DAILY", "WEEKLY", "MONTHLY", "YEARLY"]))
    parts: dict[str, Any] = {"FREQ": frequency, "INTERVAL": draw(st.sampled_from([1, 1, 2, 3, 7]))}
    if draw(st.booleans()) or frequency == "YEARLY":
        parts["BYMONTH"] = draw(st.lists(st.integers(1, 12), min_size=1, max_size=6, unique=True))
    if frequency in ("MONTHLY", "YEARLY"):
        day = st.integers(1, 31) | st.integers(-31, -1)
        counted = st.tuples(st.sampled_from([0, 0, 1, 2, 5, -1, -2]), st.integers(0, 6))
        key, values = draw(st.sampled_from([("BYMONTHDAY", day), ("BYDAY", counted)]))
        parts[key] = draw(st.lists(values, min_size=1, max_size=4, unique=True))
    elif draw(st.booleans()):
        weekday = st.tuples(st.just(0), st.integers(0, 6))
        parts["BYDAY"] = draw(st.lists(weekday, min_size=1, max_size=4, unique=True))
    if draw(st.booleans()):
        parts["COUNT"] = draw(st.integers(1, 30))
    return parts


def written(parts: dict[str, Any]) -> str:
    """A rule as text."""

    def value(key: str, given: Any) -> str:
        if key == "BYDAY":
            return ",".join(f"{number or ''}{WEEKDAYS[weekday]}" for number, weekday in given)
        return ",".join(map(str, given)) if isinstance(given, list) else str(given)

    return ";".join(f"{key}={value(key, given)}" for key, given in parts.items())


def is_given(day: date, parts: dict[str, Any], start: date) -> bool:
    """Whether a rule gives a day, apart from its count."""
    frequency = parts["FREQ"]
    monday = timedelta(days=1)
    steps = {
        "DAILY": (day - start).days,
        "WEEKLY": ((day - day.weekday() * monday) - (start - start.weekday() * monday)).days // 7,
        "MONTHLY": (day.year - start.year) * 12 + day.month - start.month,
        "YEARLY": day.year - start.year,
    }[frequency]
    if steps % parts["INTERVAL"] or day.month not in parts.get("BYMONTH", range(1, 13)):
        return False
    last = monthrange(day.year, day.month)[1]
    if "BYMONTHDAY" in parts and not {day.day, day.day - last - 1} & set(parts["BYMONTHDAY"]):
        return False
    if "BYDAY" in parts:
        return any(
            weekday == day.weekday() and number in (0, (day.day + 6) // 7, -((last - day.day) // 7 + 1))
            for number, weekday in parts["BYDAY"]
        )
    return frequency != "WEEKLY" or day.weekday() == start.weekday()


def occurrences(parts: dict[str, Any], start: date, last: date) -> Iterator[date]:
    """The days that a rule gives, one after the other."""
    left = parts.get("COUNT", -1)
    day = start
    while day <= last and left:
        if is_given(day, parts, start):
            left -= 1
            yield day
        day += timedelta(days=1)


class TestAgainstTheCalendar:
    """A rule gives what a look at each day of the calendar says."""

    @given(
        rules(),
        st.dates(date(2019, 12, 20), date(2021, 3, 10)),
        st.integers(0, 3 * 366),
        st.sampled_from([1, 30, 400]),
        st.integers(1, 100),
        st.integers(0, 3),
    )
    def test_same_days(
        self, parts: dict[str, Any], start: date, later: int, days: int, hours: int, slip: int
    ) -> None:
        """Day by day, from any start that the rule gives, looked at any time after."""
        rule = written(parts)
        if slip:
            # Mostly it starts as it should, on a day that the rule gives, if there is one soon.
            soon = (start + timedelta(days=ahead) for ahead in range(400))
            start = next((day for day in soon if is_given(day, parts, day)), start)
        morning = datetime.combine(start, datetime.min.time()).replace(hour=8)
        length = timedelta(hours=hours)
        if not is_given(start, parts, start):
            with pytest.raises(Unreadable, match=r"does not give its own start|no day"):
                parse_recurrence(rule, morning, morning + length, LONDON)
            return
        since = to_instant(morning + timedelta(days=later), LONDON, as_end=False)
        within = Span(since, since + days * DAY)

        found = parse_recurrence(rule, morning, morning + length, LONDON).spans(within)

        expected = [
            datetime.combine(day, morning.time())
            for day in occurrences(parts, start, start + timedelta(days=later + days + 1))
        ]
        assert found == Spans.of(
            (to_instant(each, LONDON, as_end=False), to_instant(each + length, LONDON, as_end=True))
            for each in expected
        ) & Spans.between(*within)


class TestRefused:
    """What is no rule, or one that the standard leaves open, never comes or comes too often."""

    @pytest.mark.parametrize(
        ("rule", "code", "hint"),
        [
            ("every tuesday", "recurrence", "write a rule of RFC 5545"),
            ("", "recurrence", "write a rule of RFC 5545"),
            ("FREQ=DAILY;", "recurrence", "write a rule of RFC 5545"),
            ("BYDAY=TU", "recurrence", "write a rule of RFC 5545"),
            ("RRULE:FREQ=DAILY", "recurrence", "write FREQ=DAILY"),
            ("FREQ=WEKLY", "recurrence", "did you mean FREQ=WEEKLY?"),
            ("FREQ=HOURLY", "recurrence-frequency", "write FREQ=DAILY and BYHOUR=…"),
            ("FREQ=MINUTELY", "recurrence-frequency", "write FREQ=DAILY and BYHOUR=…"),
            ("FREQ=SECONDLY;COUNT=2", "recurrence-frequency", "write FREQ=DAILY and BYHOUR=…"),
            (
                "FREQ=DAILY;BYMINUTE=" + ",".join(map(str, range(60))),
                "recurrence-frequency",
                "at most 24 times a day",
            ),
            ("FREQ=DAILY;FREQ=DAILY", "recurrence", "write FREQ once"),
            ("FREQ=DAILY;BYEASTER=0", "recurrence", "write a rule of RFC 5545"),
            ("FREQ=DAILY;INTERVALL=2", "recurrence", "did you mean INTERVAL?"),
            ("FREQ=DAILY;INTERVAL=0", "recurrence", "write a number from 1 to 1000"),
            ("FREQ=DAILY;INTERVAL=-1", "recurrence", "write a number from 1 to 1000"),
            ("FREQ=DAILY;COUNT=0", "recurrence", "write a number from 1 to 100000"),
            ("FREQ=DAILY;COUNT=2;UNTIL=20230601", "recurrence", "write one of them"),
            ("FREQ=DAILY;UNTIL=20220601", "recurrence", "write a later UNTIL"),
            ("FREQ=DAILY;UNTIL=2023-06-01", "recurrence", "write it as 20231231"),
            ("FREQ=DAILY;UNTIL=20230230", "recurrence", "write it as 20231231"),
            ("FREQ=DAILY;UNTIL=00010101T000000Z", "recurrence", "write it as 20231231"),
            ("FREQ=WEEKLY;BYDAY=TUE", "recurrence", "did you mean BYDAY=TU?"),
            ("FREQ=WEEKLY;BYDAY=1TU", "recurrence", "write FREQ=MONTHLY"),
            ("FREQ=MONTHLY;BYDAY=9TU", "recurrence", "write 1TU for the first"),
            ("FREQ=YEARLY;BYMONTH=5;BYDAY=53TU", "recurrence", "write 1TU for the first"),
            ("FREQ=MONTHLY;BYDAY=0TU", "recurrence", "write 1TU for the first"),
            ("FREQ=MONTHLY;BYMONTHDAY=32", "recurrence", "write numbers from 1 to 31, or from -31 to -1"),
            ("FREQ=MONTHLY;BYMONTHDAY=2,,3", "recurrence", "write numbers from 1 to 31, or from -31 to -1"),
            ("FREQ=YEARLY;BYMONTH=-5", "recurrence", "write numbers from 1 to 12"),
            ("FREQ=DAILY;BYHOUR=24", "recurrence", "write numbers from 0 to 23"),
            ("FREQ=MONTHLY;BYWEEKNO=18", "recurrence", "write BYWEEKNO with FREQ=YEARLY"),
            ("FREQ=WEEKLY;BYMONTHDAY=2", "recurrence", "write BYMONTHDAY with FREQ=DAILY or FREQ=MONTHLY"),
            ("FREQ=MONTHLY;BYSETPOS=1", "recurrence", "write another BY… beside it"),
            ("FREQ=WEEKLY;WKST=XX", "recurrence", "write MO, TU, WE"),
            ("FREQ=WEEKLY;BYDAY=MO", "recurrence", "start on the first day that it gives, 2023-05-08 08:00"),
            ("FREQ=DAILY;BYHOUR=9", "recurrence", "start on the first day that it gives, 2023-05-02 09:00"),
            ("FREQ=YEARLY;BYMONTH=2;BYMONTHDAY=30", "recurrence", "write a rule of RFC 5545"),
            ("FREQ=DAILY;BYMONTH=2;BYMONTHDAY=30", "recurrence", "write a rule of RFC 5545"),
            ("FREQ=ＤAILY", "recurrence", "write a rule of RFC 5545"),
            ("FREQ=DAILY;COUNT=" + "9" * 5000, "recurrence", "write a rule of RFC 5545"),
        ],
    )
    def test_slips(self, rule: str, code: str, hint: str) -> None:
        """Each has its hint, and none takes long: not even what dateutil would look for until the year 9999."""
        begun = time.monotonic()
        with pytest.raises(Unreadable) as raised:
            repetition(rule)

        assert raised.value.code == code
        assert hint in (raised.value.hint or "")
        assert len(str(raised.value)) < 400
        assert time.monotonic() - begun < 30

    @pytest.mark.parametrize("end", ["2023-05-02T08:00", "2023-05-02T07:00", "2024-06-01T00:00"])
    def test_lengths(self, end: str) -> None:
        """What repeats lasts some time, and no more than a year."""
        with pytest.raises(Unreadable, match="lasts no time, or more than a year; write a nearer `end`"):
            repetition("FREQ=DAILY", end=end)

    @given(
        st.lists(
            st.sampled_from(
                [
                    "FREQ=YEARLY",
                    "FREQ=MONTHLY",
                    "FREQ=WEEKLY",
                    "FREQ=DAILY",
                    "INTERVAL=3",
                    "INTERVAL=1000",
                    "COUNT=5",
                    "UNTIL=20240101",
                    "BYMONTH=5,12",
                    "BYMONTH=2",
                    "BYMONTHDAY=2,31",
                    "BYMONTHDAY=-31",
                    "BYYEARDAY=122,-366",
                    "BYWEEKNO=18,-53",
                    "BYDAY=TU,SU",
                    "BYDAY=1TU,-5MO",
                    "BYDAY=53TU,-53MO",
                    "BYHOUR=8,23",
                    "BYMINUTE=0,59",
                    "BYSECOND=0,59",
                    "BYSETPOS=1,-1",
                    "BYSETPOS=366",
                    "WKST=SU",
                    "X=1",
                    "",
                ]
            ),
            max_size=7,
        )
    )
    def test_any_rule(self, parts: list[str]) -> None:
        """Any rule can be expanded or is refused, and nothing else happens."""
        within = Span(parse_instant("2023-04-01T00:00Z"), parse_instant("2025-04-01T00:00Z"))
        try:
            found = repetition(";".join(parts)).spans(within)
        except Unreadable as refused:
            assert refused.code in ("recurrence", "recurrence-frequency")  # noqa: PT017 (either outcome is right)
        else:
            assert found.edges[0] == parse_instant("2023-05-02T07:00Z")


def test_parser_stays_out() -> None:
    """Expanding a rule loads dateutil's rules, but not its parser of dates, which takes far longer."""
    code = (
        "import sys; from datetime import datetime;"
        "from execbroker.languages.dates.recurrence import parse_recurrence;"
        "assert not [name for name in sys.modules if name.startswith('dateutil')];"
        "start, end = datetime(2023, 5, 2, 8), datetime(2023, 5, 2, 9);"
        "parse_recurrence('FREQ=DAILY;UNTIL=20230601T000000Z', start, end, 'UTC');"
        "assert 'dateutil.rrule' in sys.modules; assert 'dateutil.parser' not in sys.modules"
    )

    assert subprocess.run([sys.executable, "-c", code], check=False).returncode == 0
