"""What a server hands over of a request, before anything of it is believed."""

from __future__ import annotations

from typing import Final, final

from attrs import frozen

from execbroker.languages.uws.exchange import Request, Response

__all__ = ["ANY_PATH", "Head", "Pairs", "Request", "Response"]

Pairs = tuple[tuple[str, str], ...]

#: The path of a request that is about the whole server (RFC 9110, section 9.3.7).
ANY_PATH: Final = "*"


@final
@frozen
class Head:
    """A request without its body, as it came: nothing is decoded.

    Attributes:
        method: GET, POST, …
        path: What follows the URL of the service, as it is in the URL: `/offers`.
        now: The instant, seconds UTC; it never goes back from request to request.
        query: What follows the question mark in the URL.
        headers: Names and values. Names are the same in capitals, and one may come more than once.
        root: The URL of the service, as clients see it: whole, or its path alone. It has no slash at its end.
        user: Who the client is, where the server in front has found that out.
        finds_end: Whether the server knows where a body ends whose length the request does not say.
    """

    method: str
    path: str
    now: int
    query: str = ""
    headers: Pairs = ()
    root: str = ""
    user: str | None = None
    finds_end: bool = True

    def header(self, name: str) -> str | None:
        """The value of a header, if it is there; of one that comes more than once, all of them in a list.

        >>> Head("GET", "/", 0, headers=(("accept", "text/html"), ("Accept", "*/*"))).header("Accept")
        'text/html, */*'
        """
        values = [value.strip() for key, value in self.headers if key.lower() == name.lower()]
        return ", ".join(values) if values else None
