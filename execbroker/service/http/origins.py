"""Requests that a page of another site makes a browser send, in the name of whoever sits before it.

Browsers let any page send forms anywhere, with the passwords and cookies that they keep for that place; so a
service on one's own machine can be reached, too. But they say so (Fetch Metadata, RFC 6454), and programs that
are no browsers say nothing.
"""

from __future__ import annotations

from urllib.parse import urlsplit

from execbroker.service.http.messages import Head
from execbroker.service.http.refusals import Refusal

__all__ = ["check_origin"]


def check_origin(head: Head) -> None:
    """Let pass what no other site's page has sent.

    Raises:
        Refusal: 403.
    """
    site, origin = head.header("Sec-Fetch-Site"), head.header("Origin")
    if site is None and origin is not None:
        site = "same-origin" if _host(origin) == (_host(head.root) or head.header("Host")) else "cross-site"
    if site == "cross-site":
        raise Refusal(403, "cross-site", "a page of another site may not change anything here")


def _host(url: str) -> str | None:
    """The host and port of a URL; None if it is none."""
    try:
        return urlsplit(url).netloc or None
    except ValueError:
        return None
