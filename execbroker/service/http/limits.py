"""What a request may cost, and the refusal of those that cost more before they are looked at."""

from __future__ import annotations

import re
from typing import Final, final

from attrs import frozen

from execbroker.service.http.messages import Head
from execbroker.service.http.refusals import Refusal

__all__ = ["Limits", "check_body", "check_head", "declared_length"]

_LENGTH: Final = re.compile(r"[0-9]{1,18}")
#: A name or an address, and a port (RFC 3986, section 3.2.2); HTTP/1.0 does without.
_HOST: Final = re.compile(r"(?:[A-Za-z0-9._~!$&'()*+,;=%-]*|\[[0-9A-Fa-f:.]+\])(?::[0-9]*)?")
_METHOD: Final = re.compile(r"[!#$%&'*+.^_`|~0-9A-Za-z-]{1,32}")


@final
@frozen
class Limits:
    """What a request may cost.

    Attributes:
        body: Bytes of the body.
        path, query: Characters of the URL.
        headers: Headers, by number.
        header_size: Characters of all of them together.
        pairs: Parameters, in the query and in a form each.
        listed: Sessions in a list; the newest are shown.
        result: Bytes of a result that are sent at once; more of it comes piece by piece.
    """

    body: int = 2**18
    path: int = 1024
    query: int = 8192
    headers: int = 100
    header_size: int = 32_768
    pairs: int = 64
    listed: int = 1000
    result: int = 2**25


def check_head(head: Head, limits: Limits) -> None:
    """Let pass what is not too much.

    Raises:
        Refusal: 414 for the URL, 431 for the headers, 400 for a method that is no word and a host that is none (RFC
            9112, section 3.2).
    """
    if len(head.path) > limits.path or len(head.query) > limits.query:
        most = f"{limits.path} characters of path and {limits.query} of query"
        raise Refusal(414, "url-too-long", f"the URL has more than {most}")
    size = sum(len(key) + len(value) for key, value in head.headers)
    if len(head.headers) > limits.headers or size > limits.header_size:
        most = f"{limits.headers} headers of {limits.header_size} characters together"
        raise Refusal(431, "headers-too-large", f"there are more than {most}")
    if not _METHOD.fullmatch(head.method):
        raise Refusal(400, "method", "the method is no word")
    if not _HOST.fullmatch(head.header("Host") or ""):
        raise Refusal(400, "host", "the header Host is no name of a host")


def declared_length(head: Head) -> int | None:
    """How many bytes the body has, as the request says; None if it doesn't.

    Raises:
        Refusal: What it says is no number.
    """
    lengths = {value.strip() for key, value in head.headers if key.lower() == "content-length"}
    if not lengths:
        return None
    (length, *others) = lengths
    if others or not _LENGTH.fullmatch(length):
        raise Refusal(400, "content-length", "Content-Length is no number, or several")
    return int(length)


def check_body(head: Head, body: bytes, limits: Limits) -> None:
    """Let pass a body that is there whole and not too large.

    A body of which only a part came is never acted on: its client is gone, or something on the way is broken.

    Raises:
        Refusal: 413, 411 where the server could not read a body of unknown length, or 400 for a part of a body.
    """
    declared = declared_length(head)
    if len(body) > limits.body or (declared or 0) > limits.body:
        raise Refusal(413, "body-too-large", f"the body has more than {limits.body:,} bytes")
    if declared is None:
        if head.header("Transfer-Encoding") and not head.finds_end:
            raise Refusal(411, "length-required", "the length of the body is not known; send Content-Length")
    elif len(body) != declared:
        message = f"the body has {len(body):,} bytes, and should have {declared:,}"
        raise Refusal(400, "body-incomplete", message)
