"""Staging: where data are, and how long they take."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from execbroker.core.answer import Reason
from execbroker.core.platform import Platform, Transfer
from execbroker.core.preparation import is_below, is_plain, staging
from execbroker.core.task import Data, Task
from execbroker.testing.definition_needs import leads_somewhere, lies_below

HERE = Platform(
    "here",
    (),
    held=("https://a.example/held/",),
    transfers=(Transfer("*", 100), Transfer("https://b.example/fast", 1000)),
)


def stage(*data: Data, platform: Platform = HERE) -> int | Reason:
    """The staging of a task that reads these data."""
    return staging(Task(data=data), platform)


@pytest.mark.parametrize(
    ("location", "place", "expected"),
    [
        ("https://a.example/held/x", "https://a.example/held", True),
        ("https://a.example/held/x", "https://a.example/held/", True),
        ("https://a.example/held", "https://a.example/held/", True),
        ("https://a.example/heldover", "https://a.example/held", False),
        ("https://a.example.org/x", "https://a.example", False),
        ("https://A.example/held/x", "HTTPS://a.example/held", True),
        ("https://a.example/HELD/x", "https://a.example/held", False),
        ("https://a.example/held/../secret", "https://a.example/held", False),
        ("https://a.example/held/%2e%2E/secret", "https://a.example/held", False),
        ("file:///data/x", "file:///data", True),
        ("anything", "*", True),
        ("https://a.example/x/../y", "*", True),
        ("file://localhost/etc/passwd", "file:///etc", True),
        ("file:/etc/passwd", "file:///etc", True),
        ("file://other.example/etc/passwd", "file:///etc", False),
        ("file://other.example/etc/passwd", "file://", True),
        ("file:///etc/x://y", "file://", False),
        ("file:/etc/x:/y", "file://", True),
        ("https://a.example:443/x", "https://a.example", True),
        ("https://a.example:8443/x", "https://a.example", False),
        ("https://somebody@a.example./x", "https://a.example", True),
        ("https://a.example@evil.example/x", "https://a.example", False),
        ("https://a.example?x", "https://a.example", True),
        ("https://a.example/%68eld/x", "https://a.example/held", True),
        ("https://a.example/held/..%2fsecret", "https://a.example/held", False),
        ("https://a.example/held/%252e%252e/secret", "https://a.example/held", False),
        ("https://a.example/held/..;/secret", "https://a.example/held", False),
        ("https://a.example//held", "https://a.example", False),
        ("https:/a.example/held", "https:", False),
        (" file:///etc/passwd", " file:///etc", False),
        ("ivo://a.example/collection?one", "ivo://a.example/collection", True),
        ("/data/one", "/data", True),
        ("../data/one", "..", False),
    ],
)
def test_places_hold_what_lies_below_them(location: str, place: str, expected: bool) -> None:
    """Only whole path segments count."""
    assert is_below(location, place) is expected


PIECES = ["file", "https", "ftp", "ivo", ":", "/", "//", "://", "a.example", "A.example.", "localhost", "u@"]
# fmt: off
PIECES += [":443", "x", "X", "é", "%C3%A9", "%E2", "%78", ".", "..", "%2e", "%252E", "%2f", "%5C", "\\", ";", "?"]
PIECES += ["#", "*", " ", "\t"]
# fmt: on
URLS = st.lists(st.sampled_from(PIECES), max_size=9).map("".join)
WHOLE = st.tuples(st.sampled_from(["file://", "https://a.example", "FTP://a.example:21"]), URLS).map("/".join)


@given(URLS | WHOLE, URLS | WHOLE)
def test_places_are_as_the_definition_says(location: str, place: str) -> None:
    """Two readings of what a URL may look like, written apart, agree; what leads somewhere is below itself."""
    assert is_plain(location) is leads_somewhere(location)
    assert is_below(location, place) is (place == "*" or lies_below(location, place))
    assert is_below(location, location) is (location == "*" or is_plain(location))


def test_held_data_need_nothing() -> None:
    """Data that are there take no time, whether their size is known or not."""
    assert stage(Data("https://a.example/held/x")) == 0


def test_the_most_specific_rate_counts_and_the_sum_is_rounded_once() -> None:
    """Two thirds of a second and two thirds more are a second and a third, which is two whole seconds."""
    slow, fast = Data("https://c.example/x", size=150), Data("https://b.example/fast/x", size=1500)

    assert stage(slow) == 2
    assert stage(fast) == 2
    assert stage(slow, fast) == 3


def test_what_cannot_be_fetched_or_measured_says_so() -> None:
    """No transfer and no size are reasons with the path of what is missing."""
    nowhere = stage(Data("https://c.example/x", size=1), platform=Platform("p", ()))
    unknown = stage(Data("https://a.example/held/x"), Data("https://c.example/x"))

    assert isinstance(nowhere, Reason)
    assert (nowhere.code, nowhere.path) == ("data-unreachable", "data-resources[0].location")
    assert isinstance(unknown, Reason)
    assert (unknown.code, unknown.path) == ("data-size-unknown", "data-resources[1].size")


def test_what_is_said_of_a_location_is_short() -> None:
    """A message shows the beginning of what a client wrote, on one line; services keep messages for a while."""
    long = "https://a.example/\n" + 100_000 * "x"
    reasons = [stage(Data(long, size=None)), staging(Task(data=(Data(long),)), Platform("here", ()))]

    for reason in reasons:
        assert isinstance(reason, Reason)
        assert "a.example" in reason.message
        assert len(reason.message) < 200
        assert reason.message.isprintable()
