"""A request and a response of HTTP as values, as far as UWS needs them."""

from __future__ import annotations

from typing import Final, final

from attrs import evolve, frozen

__all__ = ["TEXT", "XML", "Request", "Response"]

Pairs = tuple[tuple[str, str], ...]

TEXT: Final = "text/plain; charset=utf-8"
XML: Final = "application/xml"


@final
@frozen
class Request:
    """What a client asks.

    Attributes:
        method: GET, POST, …
        path: What follows the URL of the job list, as it is in the URL: `` for the list, `/7/phase`.
        query: The decoded pairs of the URL's query, in their order.
        form: The decoded pairs of the body, where that is a form.
        body: The body, where it is something else.
        now: The instant, seconds UTC; it never goes back from request to request.
        root: The URL of the job list, as clients see it: whole, or its path alone. It has no slash at its end.
    """

    method: str
    path: str
    now: int
    query: Pairs = ()
    form: Pairs = ()
    body: bytes = b""
    root: str = ""

    def values(self, name: str) -> list[str]:
        """What the request gives a name, in the query and in the form; names are the same in capitals."""
        return [value for key, value in (*self.query, *self.form) if key.upper() == name]


@final
@frozen
class Response:
    """What is answered.

    Attributes:
        status: As in HTTP.
        body: As in HTTP, and of the type that the headers say.
        headers: Names and values.
        until: The client wants to wait: the response is to be sent only at this instant, or as soon as the job's
            phase changes, and then to be made anew by the same request without its WAIT. To send it at once does
            no harm.
    """

    status: int
    body: bytes = b""
    headers: Pairs = ()
    until: int | None = None

    @classmethod
    def text(cls, text: str, status: int = 200) -> Response:
        """A response of plain text."""
        return cls(status, text.encode("utf-8", "replace"), (("Content-Type", TEXT),))

    @classmethod
    def xml(cls, document: bytes) -> Response:
        """A response of XML."""
        return cls(200, document, (("Content-Type", XML),))

    @classmethod
    def see(cls, url: str) -> Response:
        """A response that sends the client to another URL, to GET that."""
        return cls(303, b"", (("Location", url),))

    def header(self, name: str) -> str | None:
        """The value of a header, if it is there."""
        return next((value for key, value in self.headers if key.lower() == name.lower()), None)

    def having(self, name: str, value: str) -> Response:
        """The same response with one more header."""
        return evolve(self, headers=(*self.headers, (name, value)))
