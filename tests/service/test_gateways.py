"""From what servers hand over to the head of a request."""

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from execbroker.service import Head, from_asgi, from_wsgi

ENVIRON = {
    "REQUEST_METHOD": "POST",
    "SCRIPT_NAME": "/exec",
    "PATH_INFO": "/sessions/\u00c3\u00bc",  # ü in UTF-8, as WSGI has bytes
    "QUERY_STRING": "a=%20",
    "CONTENT_TYPE": "application/json",
    "CONTENT_LENGTH": "4",
    "HTTP_IF_MATCH": '"x"',
    "HTTP_HOST": "broker.example.org",
    "wsgi.url_scheme": "https",
    "REMOTE_USER": "ann",
}
SCOPE: dict[str, Any] = {
    "method": "POST",
    "scheme": "https",
    "path": "/exec/sessions/ü",
    "raw_path": b"/exec/sessions/%C3%BC",
    "root_path": "/exec",
    "query_string": b"a=%20",
    "headers": [
        (b"content-type", b"application/json"),
        (b"content-length", b"4"),
        (b"if-match", b'"x"'),
        (b"host", b"broker.example.org"),
    ],
}


@pytest.mark.parametrize(
    "head", [from_wsgi(ENVIRON, 7), from_asgi(SCOPE, 7), from_asgi(SCOPE | {"raw_path": None}, 7)]
)
def test_both_say_the_same(head: Head) -> None:
    """Path, query and headers are as they came, below the service's own URL."""
    assert (head.method, head.path, head.query, head.now) == ("POST", "/sessions/%C3%BC", "a=%20", 7)
    assert head.root == "https://broker.example.org/exec"
    assert head.header("Content-Type") == "application/json"
    assert head.header("content-length") == "4"
    assert head.header("If-Match") == '"x"'


def test_the_root_can_be_said() -> None:
    """Who stands behind a proxy says where the service is."""
    assert (
        from_wsgi(ENVIRON, 7, "https://x/y").root == from_asgi(SCOPE, 7, "https://x/y").root == "https://x/y"
    )
    assert from_wsgi(ENVIRON, 7).user == "ann"
    assert [from_wsgi(ENVIRON | {"wsgi.input_terminated": each}, 7).finds_end for each in (0, 1)] == [
        False,
        True,
    ]
    assert not from_wsgi(ENVIRON, 7).finds_end
    assert from_wsgi(ENVIRON | {"HTTP_CONTENT_LENGTH": "9"}, 7).header("Content-Length") == "4"
    assert from_wsgi({"REQUEST_METHOD": "OPTIONS", "PATH_INFO": "*"}, 7).path == "*"


@given(st.text(st.characters(max_codepoint=255), max_size=10), st.binary(max_size=10))
def test_any_bytes(text: str, raw: bytes) -> None:
    """Whatever a server lets through, a head comes of it."""
    assert from_wsgi(ENVIRON | {"PATH_INFO": text, "HTTP_X": text}, 7).path.isascii()
    assert from_asgi(SCOPE | {"raw_path": raw, "headers": [(b"x", raw)]}, 7).header("X") is not None
