"""Durations: the forms that are read, how they are written, and what is refused."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from execbroker.core.durations import LONGEST, format_duration, parse_duration, spell_duration
from execbroker.core.problems import Unreadable

MINUTE, HOUR, DAY, WEEK = 60, 3600, 86_400, 604_800

seconds = (
    st.integers(0, LONGEST) | st.integers(0, 4 * DAY) | st.integers(0, 500).map(lambda number: number * HOUR)
)


class TestRead:
    """Numbers with units, colons, and ISO 8601."""

    @pytest.mark.parametrize(
        ("text", "expected"),
        [
            ("2hr", 2 * HOUR),
            ("90 min", 90 * MINUTE),
            ("90m", 90 * MINUTE),
            ("1d12h", 36 * HOUR),
            ("1d 12h", 36 * HOUR),
            ("2 hours 30 minutes", 150 * MINUTE),
            ("1 week 2 days", 9 * DAY),
            ("45s", 45),
            ("2:30:00", 150 * MINUTE),
            ("100:00:01", 100 * HOUR + 1),
            ("PT2H", 2 * HOUR),
            ("P1DT2H", 26 * HOUR),
            ("PT90M", 90 * MINUTE),
            ("P1W", WEEK),
            ("1.5h", 90 * MINUTE),
            ("1d 1.5h", 25 * HOUR + 30 * MINUTE),
            ("PT1.5H", 90 * MINUTE),
            ("0.5d", 12 * HOUR),
            ("0", 0),
            ("0s", 0),
            ("PT0S", 0),
            ("36525d", LONGEST),
        ],
    )
    def test_forms(self, text: str, expected: int) -> None:
        """Each unit once, the larger first; a fraction in the last; a day is 24 hours."""
        assert parse_duration(text) == expected

    @given(seconds)
    def test_round_trips(self, duration: int) -> None:
        """What is written reads back as the same, in ISO 8601 and in words."""
        assert parse_duration(format_duration(duration)) == duration
        assert parse_duration(spell_duration(duration)) == duration

    @given(st.integers(0, 999), st.integers(0, 59), st.integers(0, 59))
    def test_colons(self, hours: int, minutes: int, rest: int) -> None:
        """Hours, minutes and seconds with colons are what they are with letters."""
        assert parse_duration(f"{hours}:{minutes:02}:{rest:02}") == parse_duration(
            f"{hours}h{minutes}m{rest}s"
        )


class TestWritten:
    """ISO 8601 for programs, words for people."""

    @pytest.mark.parametrize(
        ("duration", "iso", "words"),
        [
            (0, "PT0S", "0 seconds"),
            (1, "PT1S", "1 second"),
            (90, "PT1M30S", "90 seconds"),
            (MINUTE, "PT1M", "1 minute"),
            (35 * MINUTE, "PT35M", "35 minutes"),
            (HOUR, "PT1H", "1 hour"),
            (90 * MINUTE, "PT1H30M", "90 minutes"),
            (4 * HOUR, "PT4H", "4 hours"),
            (DAY, "P1D", "24 hours"),
            (51 * HOUR, "P2DT3H", "2 days 3 hours"),
            (2 * DAY + MINUTE, "P2DT1M", "2 days 1 minute"),
        ],
    )
    def test_examples(self, duration: int, iso: str, words: str) -> None:
        """As people would say it: a day is 24 hours, and one hour and a half are 90 minutes."""
        assert format_duration(duration) == iso
        assert spell_duration(duration) == words


class TestRefused:
    """What can be read in two ways, has no fixed length, or is no duration."""

    @pytest.mark.parametrize(
        ("text", "code", "hint"),
        [
            ("10", "duration-unit", "write 10s, 10min, 10h or 10d"),
            ("1.5", "duration-unit", "write 1.5min, 1.5h or 1.5d"),
            ("1:30", "duration-ambiguous", "write 1h30min or 1min30s"),
            ("P1H", "duration", "write PT1H"),
            ("P30S", "duration", "write PT30S"),
            ("P1D2H", "duration", "write P1DT2H"),
            ("90M", "duration-ambiguous", "write 90min; months have no fixed length"),
            ("2H", "duration-unit", "write 2h"),
            ("2 Hours", "duration-unit", "write 2hours"),
            ("pt2h", "duration", "write PT2H"),
            ("P1M", "duration-unit", "write days, such as 30d"),
            ("P1Y", "duration-unit", "write days, such as 365d"),
            ("2 months", "duration-unit", "write days, such as 60d"),
            ("1y", "duration-unit", "write days, such as 365d"),
            ("1-12:30:00", "duration", "write 1d12h30min"),
            ("30m 2h", "duration", "write 2h30m"),
            ("1,5h", "duration", "write 1.5h"),
            ("500ms", "duration-too-fine", "write 1s or more"),
            ("1.5s", "duration-too-fine", "write 2 seconds"),
            ("0.0001h", "duration-too-fine", "write 1 second"),
            ("36526d", "duration-too-long", "write 36525d or less"),
        ],
    )
    def test_slips(self, text: str, code: str, hint: str) -> None:
        """The hint says what to write, and that is read."""
        with pytest.raises(Unreadable) as raised:
            parse_duration(text)

        assert (raised.value.code, raised.value.hint) == (code, hint)
        written = hint.removeprefix("write ").removeprefix("days, such as ")
        for end in (",", ";", " or "):
            written = written.split(end)[0]
        assert parse_duration(written) > 0

    @pytest.mark.parametrize(
        "text",
        ["", " ", "h", "P", "PT", "P1DT", "-1h", "+1h", "-PT1H", "1h 1h", "1.5h 30m", "1h,30m", "2h\n",
         " 2h", "２h", "1e3s", "1_0s", "two hours", "2 fortnights", "1:2:3", "1:60:00", "2:30:00:00",
         "P1W2D3W", "PT1H1D", "inf", "nan", "9" * 5000 + "s", "1h" * 5000, "P" + "9" * 5000 + "D"],
    )  # fmt: skip
    def test_no_durations(self, text: str) -> None:
        """Everything else is refused in one short line, with the forms that are read."""
        with pytest.raises(Unreadable, match="such as 2h, 90min or 1d12h") as raised:
            parse_duration(text)

        assert raised.value.code.startswith("duration")
        assert str(raised.value).isprintable()
        assert len(str(raised.value)) < 250

    @given(st.text(max_size=12) | st.text("0123456789.:PTWDHMSdhmins ", max_size=12))
    def test_any_text(self, text: str) -> None:
        """Any text is whole seconds within bounds, or refused."""
        try:
            value = parse_duration(text)
        except Unreadable as refused:
            value = 0
            text = str(refused)

        assert 0 <= value <= LONGEST
        assert text.isprintable()
