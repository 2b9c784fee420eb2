"""From what servers hand over to a `Head`: the dictionaries of WSGI (PEP 3333) and of ASGI (HTTP, version 3)."""

from __future__ import annotations

from collections.abc import Mapping
from http import HTTPStatus
from typing import Any, Final
from urllib.parse import quote

from execbroker.service.http.messages import Head, Response

__all__ = ["from_asgi", "from_wsgi", "status_line"]

#: What may stand in a path as it is.
_SAFE: Final = "/!$&'()*+,;=:@~"

#: The headers that WSGI has under their own names.
_NAKED: Final = ("CONTENT_TYPE", "CONTENT_LENGTH")


def from_wsgi(environ: Mapping[str, Any], now: int, root: str | None = None) -> Head:
    """The head of a request that a WSGI server read.

    Args:
        environ: The server's.
        now: The instant, seconds UTC.
        root: The URL of the service; left out, it is what the client calls the server by.
    """
    # A header `Content_Length` of a client's own making must not pass for the true one.
    given = {
        key.removeprefix("HTTP_").replace("_", "-"): str(value)
        for key, value in environ.items()
        if value and (key in _NAKED or (key.startswith("HTTP_") and key.removeprefix("HTTP_") not in _NAKED))
    }
    script = quote(environ.get("SCRIPT_NAME", "").encode("latin-1", "replace"), _SAFE)
    host = given.get("HOST") or f"{environ.get('SERVER_NAME', '')}:{environ.get('SERVER_PORT', '')}"
    path = environ.get("PATH_INFO", "")
    return Head(
        environ["REQUEST_METHOD"],
        path if path == "*" else quote(path.encode("latin-1", "replace"), _SAFE),
        now,
        environ.get("QUERY_STRING", ""),
        tuple(given.items()),
        root if root is not None else f"{environ.get('wsgi.url_scheme', 'http')}://{host}{script}",
        environ.get("REMOTE_USER") or None,
        bool(environ.get("wsgi.input_terminated")),
    )


def from_asgi(scope: Mapping[str, Any], now: int, root: str | None = None) -> Head:
    """The head of a request that an ASGI server read.

    Args:
        scope: The server's.
        now: The instant, seconds UTC.
        root: The URL of the service; left out, it is what the client calls the server by.
    """
    headers = tuple((key.decode("latin-1"), value.decode("latin-1")) for key, value in scope["headers"])
    script = quote(scope.get("root_path", ""), _SAFE)
    raw = scope.get("raw_path")
    path = quote(scope["path"], _SAFE) if raw is None else raw.decode("latin-1")
    head = Head(
        scope["method"],
        path.removeprefix(script),
        now,
        scope.get("query_string", b"").decode("latin-1"),
        headers,
    )
    where = head.header("Host") or ":".join(str(part) for part in scope.get("server") or ("localhost",))
    url = f"{scope.get('scheme', 'http')}://{where}{script}"
    return Head(head.method, head.path, now, head.query, headers, url if root is None else root)


def status_line(response: Response) -> str:
    """The status of a response as WSGI wants it.

    >>> status_line(Response(404))
    '404 Not Found'
    """
    return f"{response.status} {HTTPStatus(response.status).phrase}"
