"""Dates, clock times and weekdays: what is read, what it stands for, and what is refused with which advice."""

from __future__ import annotations

from datetime import date, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from execbroker.core.instants import FIRST_YEAR, LAST, format_instant
from execbroker.core.problems import Unreadable
from execbroker.core.wallclock import day_end, day_start, to_instant
from execbroker.languages.dates.reading import (
    Doubt,
    Limit,
    read_clock,
    read_end,
    read_latest_start,
    read_local,
    read_moment,
    read_start,
    read_weekday,
)

LONDON = "Europe/London"

days = st.dates(date(FIRST_YEAR, 1, 1), date(9999, 12, 29))
zones = st.sampled_from(["UTC", LONDON, "America/Sao_Paulo", "Pacific/Apia"])
#: Month and weekday names are written out here, for `strftime` follows the machine's language.
MONTHS = (
    "January", "February", "March", "April", "May", "June",
    "July", "August", "September", "October", "November", "December",
)  # fmt: skip
WEEKDAYS = ("Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday")


def forms(day: date) -> list[str]:
    """A day in every form that is read."""
    month, number = MONTHS[day.month - 1], day.day
    people = [
        each
        for name in (month, month[:3])
        for each in (
            f"{number} {name} {day.year:04}",
            f"{number:02} {name.upper()} {day.year:04}",
            f"{name} {number}, {day.year:04}",
            f"{name.lower()} {number} {day.year:04}",
        )
    ]
    weekday = WEEKDAYS[day.weekday()]
    return [day.isoformat(), *people, f"{weekday[:3]} {people[0]}", f"{weekday}, {people[2]}"]


class TestDates:
    """Every form of a date stands for the same day."""

    @given(days, zones, st.data())
    def test_forms(self, day: date, zone: str, data: st.DataObject) -> None:
        """A date without a time covers that whole day."""
        text = data.draw(st.sampled_from(forms(day)))

        assert read_start(text, zone) == Limit(day_start(day, zone), is_day=True)
        assert read_end(text, zone) == Limit(day_end(day, zone), is_day=True)
        assert read_latest_start(text, zone) == Limit(day_end(day, zone) - 1, is_day=True)

    @given(days, st.integers(0, 86_399), zones, st.data())
    def test_times(self, day: date, clock: int, zone: str, data: st.DataObject) -> None:
        """A date with a time is a reading of the zone's clocks."""
        reading = datetime(day.year, day.month, day.day) + timedelta(seconds=clock)  # noqa: DTZ001
        text = data.draw(
            st.sampled_from(
                [f"{reading:%Y-%m-%dT%H:%M:%S}", *(f"{form} {reading:%H:%M:%S}" for form in forms(day))]
            )
        )

        assert read_start(text, zone).instant == to_instant(reading, zone, as_end=False)
        assert read_end(text, zone).instant == to_instant(reading, zone, as_end=True)
        assert read_latest_start(text, zone).instant == to_instant(reading, zone, as_end=True)
        assert read_local(text, zone) == reading

    @pytest.mark.parametrize(
        "text",
        ["11 May 2023 15:30", "11 May 2023 15:30:00", "2023-05-11T15:30", "2023-05-11 15:30",
         "2023-05-11T15:30:00.000", "2023-05-11T15:30+01:00", "2023-05-11T14:30Z", "2023-05-11 16:30 +02",
         "Thu 11 May 2023 15:30", "May 11, 2023 14:30Z"],
    )  # fmt: skip
    def test_one_instant(self, text: str) -> None:
        """With and without an offset, in all forms."""
        assert format_instant(read_start(text, LONDON).instant) == "2023-05-11T14:30:00Z"
        assert not read_start(text, LONDON).is_day

    def test_midnight_after(self) -> None:
        """24:00 is the midnight after, which is 0:00 of the next day."""
        assert read_end("11 May 2023 24:00", LONDON) == read_end("12 May 2023 0:00", LONDON)
        assert read_end("11 May 2023 24:00", LONDON).instant == read_end("11 May 2023", LONDON).instant
        assert read_local("11 May 2023", LONDON, as_end=True) == read_local("12 May 2023", LONDON)

    def test_local_with_offset(self) -> None:
        """A time with an offset is what the zone's clocks show then."""
        assert read_local("2023-05-11T14:30Z", LONDON) == datetime(2023, 5, 11, 15, 30)  # noqa: DTZ001

    @pytest.mark.parametrize("text", ["9999-12-31", "31 Dec 9999 24:00", "9999-12-31T23:59-11:00"])
    def test_no_end(self, text: str) -> None:
        """The last day that there is stands for no end, and is an instant all the same."""
        assert read_end(text, "Etc/GMT+12").instant == LAST
        assert read_local(text, "Etc/GMT+12", as_end=True).year == 9999


class TestDoubts:
    """Where clocks change, the reading says what was taken."""

    def test_twice(self) -> None:
        """A time that comes twice is the first as a start and the second as an end."""
        text = "29 Oct 2023 01:30"
        start, end = read_start(text, LONDON), read_end(text, LONDON)

        assert (format_instant(start.instant), format_instant(end.instant)) == (
            "2023-10-29T00:30:00Z",
            "2023-10-29T01:30:00Z",
        )
        hint = "write 2023-10-29T01:30+01:00 or 2023-10-29T01:30+00:00"
        message = f"`{text}` comes twice in Europe/London, where clocks go back"
        assert start.doubt == Doubt("time-twice", f"{message}; the first is taken", hint)
        assert end.doubt == Doubt("time-twice", f"{message}; the second is taken", hint)
        assert read_latest_start(text, LONDON) == end

    def test_skipped(self) -> None:
        """A time that is skipped is the instant of the change, both ways."""
        start, end = read_start("2023-03-26T01:30", LONDON), read_end("2023-03-26T01:30", LONDON)

        assert format_instant(start.instant) == format_instant(end.instant) == "2023-03-26T01:00:00Z"
        assert start.doubt == end.doubt
        assert start.doubt
        assert (start.doubt.code, start.doubt.hint) == ("time-skipped", "write 2023-03-26T02:00")

    @pytest.mark.parametrize(
        "text", ["29 Oct 2023", "26 Mar 2023", "2023-10-29T01:30Z", "2023-10-29T01:30+01:00"]
    )
    def test_none(self, text: str) -> None:
        """A whole day and a time with an offset leave none."""
        assert read_start(text, LONDON).doubt is None
        assert read_end(text, LONDON).doubt is None


class TestRefusedDates:
    """What can be read in two ways, or is no date, is answered with how to write it."""

    @pytest.mark.parametrize(
        ("text", "code", "hint"),
        [
            ("05/06/2023", "date-ambiguous", "write 2023-06-05 or 2023-05-06"),
            ("5.6.2023 15:30", "date-ambiguous", "write 2023-06-05 15:30 or 2023-05-06 15:30"),
            ("09 05 2023", "date-ambiguous", "write 2023-05-09 or 2023-09-05"),
            ("13/02/2023", "date", "write 2023-02-13"),
            ("02-13-2023", "date", "write 2023-02-13"),
            ("05/05/2023", "date", "write 2023-05-05"),
            ("5/6/23", "date-ambiguous", "write all four, year first, as in 2023-05-09"),
            ("9 May 23", "date-ambiguous", "write all four, such as 9 May 2023"),
            ("May 9, '23", "date-ambiguous", "write all four, such as May 9, 2023"),
            ("9 May", "date-ambiguous", "write the year too, as in 09 May 2023"),
            ("May 9 15:30", "date-ambiguous", "write the year too, as in 09 May 2023"),
            ("May 2023", "date-ambiguous", "write the day too, as in 09 May 2023"),
            ("2023-05", "date-ambiguous", "write the day too, as in 09 May 2023"),
            ("10", "date-ambiguous", "write day, month and year, as in 09 May 2023"),
            ("2023", "date-ambiguous", "write day, month and year, as in 09 May 2023"),
            ("Mon 9 May 2023", "date-weekday", "write Tuesday, or the date of the Monday that is meant"),
            ("Tusday 9 May 2023", "date", "write Tuesday 2023-05-09"),
            ("30 February 2023", "date", "write 2023-02-28, the last day of that month, or another"),
            ("2023-02-29", "date", "write 2023-02-28, the last day of that month, or another"),
            ("2023-13-01", "date", "write 2023-01-13"),
            ("2023-00-10", "date", "write the month as 01 to 12"),
            ("9 Juny 2023", "date", "did you mean June?"),
            ("9 août 2023", "date", "write the month in English, such as May"),
            ("1969-07-20", "date", "write a year from 1970 on"),
            ("9th May 2023", "date", "write 9 May 2023"),
            ("9-May-2023", "date", "write 9 May 2023"),
            ("9  May 2023", "date", "write 9 May 2023"),
            (" 9 May 2023", "date", "write 9 May 2023"),
            ("20230509", "date", "write 2023-05-09"),
            ("2023/05/09", "date", "write 2023-05-09"),
            ("2023-5-9", "date", "write 2023-05-09"),
            ("2023-05-11T9:00", "date", "write 2023-05-11T09:00"),
            ("2023-05-11t09:00z", "date", "write 2023-05-11T09:00Z"),
            ("2023-05-11T15:30+0100", "date", "write 2023-05-11T15:30+01:00"),
            ("20230511T1530Z", "date", "write 2023-05-11T15:30Z"),
            ("2023-05-11 15:30 UTC", "date", "write 2023-05-11 15:30Z"),
            ("11 May 2023, 15:30", "date", "write 11 May 2023 15:30"),
            ("11 May 2023 at 3:30 pm", "date", "write 11 May 2023 15:30"),
            ("11 May 2023 12 am", "date", "write 11 May 2023 0:00"),
            ("11 May 2023 15.30", "date", "write 11 May 2023 15:30"),
            ("11 May 2023 15h30", "date", "write 11 May 2023 15:30"),
            ("15:30 11 May 2023", "date", "write 11 May 2023 15:30"),
            ("2023-05-11T15", "date", "write 2023-05-11T15:00"),
            ("11 May 2023 24:30", "clock", "write 0:30 of the next day"),
            ("11 May 2023 15:61", "clock", "write a time from 0:00 to 24:00"),
            ("2023-05-11T15:30:00.5", "date", "write whole seconds"),
            (
                "11 May 2023 15:30 BST",
                "date-ambiguous",
                "write an offset such as +01:00, or none and a `timezone`",
            ),
        ],
    )
    def test_slips(self, text: str, code: str, hint: str) -> None:
        """The hint says what to write; where it is a date, that date is read."""
        with pytest.raises(Unreadable) as raised:
            read_start(text, LONDON)

        assert (raised.value.code, raised.value.hint) == (code, hint)
        for written in (
            hint.removeprefix("write ").split(" or ") if code in ("date", "date-ambiguous") else ()
        ):
            if (
                written[-1].isdigit()
                and "as in" not in written
                and "such as" not in written
                and "to" not in written
            ):
                assert read_moment(written).day.year == 2023

    @pytest.mark.parametrize(
        "text",
        ["", " ", "tomorrow", "today", "now", "next monday", "monday", "in 3 days", "9:00", "5 pm",
         "1/2/3", "1.2.3", "1e400", "2023-W19-2", "2023-129", "9 May 2023 +01:00", "9 May 2023 9:00 9:00",
         "-1 May 2023", "9 May 02023", "２ May 2023", "1683795600", "P1D", "2023-05-09/2023-05-11",
         "x" * 5000, "9" * 5000, "9 May 2023" * 500],
    )  # fmt: skip
    def test_no_dates(self, text: str) -> None:
        """Everything else is refused in one short line, with the forms that are read."""
        with pytest.raises(Unreadable, match="09 May 2023") as raised:
            read_start(text, LONDON)

        assert raised.value.code in ("date", "date-ambiguous")
        assert str(raised.value).isprintable()
        assert len(str(raised.value)) < 250

    @given(st.text(max_size=20) | st.text("0123456789 -/.:TZ+MayJunep,", max_size=24))
    def test_any_text(self, text: str) -> None:
        """Any text is a date or refused, and nothing else happens."""
        for read in (read_start, read_end, read_latest_start):
            try:
                instant = read(text, LONDON).instant
            except Unreadable as refused:
                instant = 0
                shown = str(refused)
            else:
                shown = text

            assert -2 * 86_400 < instant <= LAST
            assert shown.isprintable()


class TestClock:
    """Times of the day."""

    @given(st.integers(0, 86_399))
    def test_all(self, seconds: int) -> None:
        """Every second of the day, with and without a leading zero, seconds where there are any."""
        hour, minute, second = seconds // 3600, seconds // 60 % 60, seconds % 60

        assert read_clock(f"{hour:02}:{minute:02}:{second:02}") == seconds
        assert read_clock(f"{hour}:{minute:02}") == seconds - second

    def test_midnight_after(self) -> None:
        """24:00 is the midnight after."""
        assert read_clock("24:00") == 86_400

    @pytest.mark.parametrize(
        ("text", "hint"),
        [
            ("9", "write 9:00"),
            ("9.30", "write 9:30"),
            ("9,30", "write 9:30"),
            ("9h30", "write 9:30"),
            ("0930", "write 09:30"),
            ("9:5", "write 9:05 or 9:50"),
            ("9 am", "write 9:00"),
            ("5pm", "write 17:00"),
            ("5:30 p.m.", "write 17:30"),
            ("12 am", "write 0:00"),
            ("12 pm", "write 12:00"),
            ("noon", "write 12:00"),
            ("midnight", "write 0:00 or 24:00"),
            ("24:01", "write 0:01 of the next day"),
            ("25:00", "write a time from 0:00 to 24:00"),
            ("9:60", "write a time from 0:00 to 24:00"),
            ("9:00Z", "write 9:00 alone; a zone is said with `timezone`, another time with its own key"),
            ("9:00 BST", "write 9:00 alone; a zone is said with `timezone`, another time with its own key"),
            ("9:00-17:00", "write 9:00 alone; a zone is said with `timezone`, another time with its own key"),
        ],
    )
    def test_slips(self, text: str, hint: str) -> None:
        """The hint says what to write, and that is read."""
        with pytest.raises(Unreadable) as raised:
            read_clock(text)

        assert (raised.value.code, raised.value.hint) == ("clock", hint)
        if not hint.startswith("write a time"):
            assert read_clock(hint.split()[1]) >= 0

    @pytest.mark.parametrize(
        "text",
        [
            "",
            "am",
            "13 pm",
            "9:00:00.5",
            "-9:00",
            "T09:00",
            "９:00",
            "9:00\n",
            "540",
            "32400",
            "2023-05-09",
            "2h",
            "x" * 5000,
        ],
    )
    def test_no_times(self, text: str) -> None:
        """Everything else is refused with the forms that are read."""
        with pytest.raises(Unreadable, match="write it as 9:00, 17:30 or 24:00") as raised:
            read_clock(text)

        assert raised.value.code == "clock"

    @given(st.text(max_size=12) | st.text("0123456789:.,hapm Z+-", max_size=12))
    def test_any_text(self, text: str) -> None:
        """Any text is a time of the day or refused."""
        try:
            seconds = read_clock(text)
        except Unreadable as refused:
            seconds = 0
            text = str(refused)

        assert 0 <= seconds <= 86_400
        assert text.isprintable()


class TestWeekdays:
    """Weekdays by their English names."""

    @pytest.mark.parametrize(("number", "name"), list(enumerate(WEEKDAYS)))
    def test_names(self, number: int, name: str) -> None:
        """Whole or short, in capitals or not; Monday is 0."""
        assert [read_weekday(each) for each in (name, name[:3], name.lower(), name[:3].upper())] == [
            number
        ] * 4

    @pytest.mark.parametrize(
        ("text", "hint"),
        [
            ("wensday", "did you mean wed?"),
            ("mo", "did you mean mon?"),
            ("mon-fri", "write the list [mon, tue, wed, thu, fri]"),
            ("weekdays", "write the list [mon, tue, wed, thu, fri]"),
            ("weekend", "write the list [sat, sun]"),
            ("mon,tue", "write a list of days, such as [mon, tue, wed]"),
            ("daily", "leave `days` out for every day"),
            ("1", "write mon, tue, wed, thu, fri, sat or sun"),
            ("montag", "write mon, tue, wed, thu, fri, sat or sun"),
            ("", "write mon, tue, wed, thu, fri, sat or sun"),
            ("x" * 5000, "write mon, tue, wed, thu, fri, sat or sun"),
        ],
    )
    def test_slips(self, text: str, hint: str) -> None:
        """Spans of days, numbers and other languages each have their hint."""
        with pytest.raises(Unreadable) as raised:
            read_weekday(text)

        assert (raised.value.code, raised.value.hint) == ("weekday", hint)
