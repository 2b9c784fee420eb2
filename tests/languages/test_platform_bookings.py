"""Bookings in a file of their own are read as those of a platform file."""

from __future__ import annotations

import pytest

from execbroker.core.platform import Platform
from execbroker.languages import read_bookings, read_platform

FILE = """\
platform: here
timezone: Europe/Madrid
pools:
  - {name: batch, cores: 8, licences: 3, burst: 4G}
  - {name: nodes, nodes: 2, cores: 4}
"""

GOOD = """\
- {pool: batch, start: 2023-05-10T08:00Z, end: 2023-05-10T16:00Z, cores: 6, burst: 1G}
- {pool: nodes, node: 1, start: 10 May 2023 20:00, end: 11 May 2023, cores: 4}
"""


@pytest.fixture(scope="module")
def platform() -> Platform:
    """A platform with a pool of each kind, in a zone of its own."""
    return read_platform(FILE).unwrap()


@pytest.mark.parametrize("form", ["list", "mapping", "json"])
def test_as_in_a_platform_file(platform: Platform, form: str) -> None:
    """What a list of bookings means does not depend on where it stands."""
    text = {
        "list": GOOD,
        "mapping": f"bookings:\n{GOOD}",
        "json": '[{"pool": "batch", "start": "2023-05-10T08:00Z", "end": "2023-05-10T16:00Z",'
        ' "cores": 6, "burst": "1G"}, {"pool": "nodes", "node": 1, "start": "10 May 2023 20:00",'
        ' "end": "11 May 2023", "cores": 4}]',
    }[form]

    assert (
        read_bookings(text, "bookings", platform).unwrap()
        == read_platform(f"{FILE}bookings:\n{GOOD}").unwrap().bookings
    )


def test_none(platform: Platform) -> None:
    """There may be none."""
    assert read_bookings("[]", "bookings", platform).unwrap() == ()


@pytest.mark.parametrize(
    ("text", "message"),
    [
        (GOOD.replace("batch", "bach"), "b.yaml:1:10: error: there is no pool `bach`; did you mean `batch`?"),
        (
            GOOD.replace("cores: 6", "coers: 6"),
            "b.yaml:1:67: error: the pool has no `coers`; did you mean `cores`?",
        ),
        (GOOD.replace(", node: 1", ""), "b.yaml:2:3: error: `node` is missing"),
        (GOOD.replace("node: 1", "node: 2"), "b.yaml:2:23: error: the pool `nodes` has no node 2"),
        (GOOD.replace("cores: 6", "licences: 2G"), "b.yaml:1:77: error: `licences` is a size here"),
        ("platform: here\npools: []\n", "b.yaml:1:1: error: `bookings` is missing"),
        ("8 cores\n", "b.yaml:1:1: error: bookings are a list"),
        ("null\n", "b.yaml:1:1: error: the file is empty"),
        ("- {pool: batch", "b.yaml:1:"),
    ],
)
def test_mistakes(platform: Platform, text: str, message: str) -> None:
    """A mistake is told with its place in this file."""
    reading = read_bookings(text, "b.yaml", platform)

    assert reading.value is None
    assert any(str(problem).startswith(message) for problem in reading.problems), reading.problems


def test_booked_beyond_what_there_is(platform: Platform) -> None:
    """More than the pool has is a warning."""
    reading = read_bookings(GOOD.replace("cores: 6", "cores: 9"), "b.yaml", platform)

    assert reading.is_valid
    assert [problem.code for problem in reading.problems] == ["overbooked"]
