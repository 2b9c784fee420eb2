"""Instants in ISO 8601: with a zone, in whole seconds, both ways."""

from __future__ import annotations

from datetime import datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from execbroker.core.instants import EPOCH, LAST, format_instant, parse_instant
from execbroker.core.problems import Unreadable

#: The years 1970 to 2999.
instants = st.integers(0, 32_503_679_999)


@given(instants)
def test_round_trip(instant: int) -> None:
    """What is written reads back as the same, here and by the standard library."""
    text = format_instant(instant)

    assert parse_instant(text) == instant
    assert datetime.fromisoformat(text) - EPOCH == timedelta(seconds=instant)


@given(instants, st.integers(-23 * 60 - 59, 23 * 60 + 59))
def test_offsets(instant: int, minutes: int) -> None:
    """An offset is time that the clock is ahead of UTC."""
    sign, size = "-" if minutes < 0 else "+", abs(minutes)
    clock = EPOCH + timedelta(seconds=instant, minutes=minutes)
    text = f"{clock:%Y-%m-%dT%H:%M:%S}{sign}{size // 60:02}:{size % 60:02}"

    if 1970 <= clock.year <= 2999:
        assert parse_instant(text) == instant


@pytest.mark.parametrize(
    "text",
    ["2023-05-11T09:00:00Z", "2023-05-11T09:00Z", "2023-05-11 09:00Z", "2023-05-11T10:00+01:00",
     "2023-05-11T10:00+01", "2023-05-11T09:00:00.000Z", "2023-05-10T24:00-09:00"],
)  # fmt: skip
def test_forms(text: str) -> None:
    """Seconds may be left out, and a fraction may stand there if it is nothing."""
    assert format_instant(parse_instant(text)) == "2023-05-11T09:00:00Z"


@pytest.mark.parametrize(
    ("text", "code", "hint"),
    [
        (
            "2023-05-11T09:00",
            "instant-zone",
            "write 2023-05-11T09:00Z for UTC, or an offset such as 2023-05-11T09:00+01:00",
        ),
        ("2023-05-11", "instant", "write 2023-05-11T00:00:00Z"),
        ("2023-05-11t09:00z", "instant", "write 2023-05-11T09:00Z"),
        ("2023-05-11T09:00:00.5Z", "instant", "write whole seconds"),
        ("2023-05-11T09:00+25:00", "instant", "write an offset such as +01:00"),
    ],
)
def test_slips(text: str, code: str, hint: str) -> None:
    """No zone, no time, lower case, a fraction: the hint says what to write."""
    with pytest.raises(Unreadable) as raised:
        parse_instant(text)

    assert (raised.value.code, raised.value.hint) == (code, hint)


@pytest.mark.parametrize(
    "text",
    ["", "now", "0", "1683795600", "2023-02-30T09:00Z", "2023-13-01T09:00Z", "2023-05-11T24:01Z",
     "2023-05-11T09:60Z", "2023-05-11T09:00:60Z", "2023-05-11x09:00Z", "20230511T0900Z",
     "2023-W19-4T09:00Z", "11 May 2023 09:00Z", "1969-12-31T23:59Z", "3000-01-01T00:00Z",
     "0000-01-01T00:00Z", "2023-05-11T09:00+0100", "2023-05-11T09:00Z\n", "２023-05-11T09:00Z", "9" * 5000],
)  # fmt: skip
def test_refused(text: str) -> None:
    """Everything else is refused in one short line, with the form that is read."""
    with pytest.raises(Unreadable, match="write it as 2023-05-11T09:00:00Z") as raised:
        parse_instant(text)

    assert raised.value.code == "instant"
    assert str(raised.value).isprintable()


def test_later_years_are_read_where_they_are_wanted() -> None:
    """Nobody asks a planner so late, but what it answers may lie beyond."""
    assert format_instant(parse_instant("9999-12-30T00:00Z", last_year=9999)) == "9999-12-30T00:00:00Z"
    with pytest.raises(Unreadable, match="is not in the years 1970 to 2024"):
        parse_instant("2025-01-01T00:00Z", last_year=2024)


@given(st.text(max_size=30) | st.text("0123456789-:TZ+. ", max_size=26))
def test_any_text(text: str) -> None:
    """Any text is an instant of these years, or refused."""
    try:
        value = parse_instant(text)
    except Unreadable as refused:
        value = 0
        text = str(refused)

    assert -86_400 < value < LAST
    assert text.isprintable()
