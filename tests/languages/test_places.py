"""Tests of which zone a clock can be in that is so many seconds ahead of UTC."""

from datetime import timedelta
from zoneinfo import available_timezones

import pytest
from hypothesis import given
from hypothesis import strategies as st

from execbroker.core.instants import LAST, parse_instant
from execbroker.core.wallclock import local
from execbroker.languages.dates.places import zone_with_offset

NOW = parse_instant("2023-05-11T09:00:00Z")
HOUR = 3600


@pytest.mark.parametrize("hours", range(-12, 15))
def test_whole_hours(hours: int) -> None:
    """From the date line to the date line, at every instant."""
    for instant in (0, NOW, LAST):
        zone = zone_with_offset(instant, hours * HOUR)
        assert zone is not None
        assert local(instant, zone).utcoffset() == timedelta(hours=hours)


@pytest.mark.parametrize(
    "offset", [-13 * HOUR, 15 * HOUR, 60, 1, -1, 7 * HOUR + 900, 24 * HOUR, -(10**9), 10**12 + 1]
)
def test_nowhere(offset: int) -> None:
    """Beyond the date line, or by minutes and seconds."""
    assert zone_with_offset(NOW, offset) is None


def test_offsets_have_their_time() -> None:
    """An offset of other days is none of today's: Pyongyang was half an hour behind from 2015 to 2018."""
    then = parse_instant("2016-05-11T09:00:00Z")
    assert zone_with_offset(then, 8 * HOUR + 1800) == "Asia/Pyongyang"
    assert zone_with_offset(NOW, 8 * HOUR + 1800) is None


@given(st.sampled_from(sorted(available_timezones() - {"EST", "MST", "HST", "Factory", "localtime"})),
       st.integers(10**9, 4 * 10**9))  # fmt: skip
def test_everywhere(zone: str, instant: int) -> None:
    """Each place of the world has a zone that shows the same as its clocks."""
    offset = local(instant, zone).utcoffset()
    assert offset is not None
    found = zone_with_offset(instant, int(offset.total_seconds()))
    assert found is not None
    assert local(instant, found).utcoffset() == offset
