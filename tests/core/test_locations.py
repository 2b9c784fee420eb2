"""Locations: what lies below what, in all spellings."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from execbroker.core.locations import is_below, is_plain
from execbroker.testing.definition_needs import leads_somewhere, lies_below


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
        ("/data/one", "file:///data", True),
        ("/etc/passwd", "file://", True),
        ("file:///data/one", "/data", True),
        ("//other.example/data", "file://", False),
        ("data/one", "file://", False),
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
