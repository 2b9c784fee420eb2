"""Locations of data: whether one lies below another, in whatever way they are spelt.

All spellings of a URL are one (RFC 3986, section 6.2): scheme and host have no case, a name of a user, a usual port
and a query say nothing, `%61` is `a`.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Final

__all__ = ["is_below", "is_plain"]

#: The ports that need not be said.
_PORTS: Final[Mapping[str, str]] = {"http": ":80", "https": ":443", "ftp": ":21"}
_SCHEME: Final = re.compile("[A-Za-z][A-Za-z0-9+.-]*")
_QUERY: Final = re.compile("[?#].*", re.DOTALL)
#: What is a file: a URL, or a path alone.
_FILE: Final = re.compile("(?:file:)?(?=/(?!/))", re.IGNORECASE)
#: What some read as a URL with a host, and others don't.
_BARE: Final = re.compile("(?:https?|ftp):(?!//)|file:(?!/)", re.IGNORECASE)
#: What no host has.
_ODD: Final = re.compile(r"[\s%/]")
_ESCAPES: Final = re.compile("(?:%[0-9A-Fa-f]{2})+")
_SLASHES: Final = re.compile(r"[/\\]")


def is_below(location: str, place: str) -> bool:
    """Whether a location is a place or lies below it, by whole path segments; `*` is above everything.

    A place that is a scheme alone, such as `file://`, is above all that has it. What is not plain is below nothing
    but `*`: where it leads is not for us to say.

    >>> is_below("https://a.example/x/y", "https://A.example/x"), is_below("file:/x", "file://")
    (True, True)
    >>> is_below("https://a.example/xy", "https://a.example/x")
    False
    """
    if place == "*":
        return True
    segments, above = _segments(location), _segments(place)
    return segments[: len(above)] == above and is_plain(location)


def is_plain(location: str) -> bool:
    """Whether it can be told where a location leads.

    Not so if a segment of its path is empty, a dot or two, or hides a slash; if its host is not ASCII; or if there
    is something in it that cannot be seen.
    """
    scheme, *segments = _segments(location)
    host, *path = segments or [""]
    if not scheme:
        path = segments if host else path
    is_seen = location.isprintable() and location == location.strip() and "\\" not in location
    is_host = not scheme or (host.isascii() and not _ODD.search(host))
    return is_seen and is_host and not _BARE.match(location) and not any(map(_is_unclear, path))


def _is_unclear(segment: str) -> bool:
    """Whether a segment of a path is none, to some who read it: `..`, `..;`, or with an escape in an escape."""
    once_more = _unescaped(segment)
    return once_more.partition(";")[0] in ("", ".", "..") or bool(_SLASHES.search(segment + once_more))


def _segments(location: str) -> list[str]:
    """The path segments of a URL, with its scheme and host before them; in what is no URL, all are segments."""
    scheme, mark, rest = location.partition("://")
    is_url = bool(mark) and _SCHEME.fullmatch(scheme) is not None
    if not is_url and (found := _FILE.match(location)):  # as short as it may be (RFC 8089, appendix B)
        scheme, rest, is_url = "file", location[len(found[0]) :], True
    if not is_url:
        return ["", *map(_unescaped, location.rstrip("/").split("/"))]
    host, *path = _QUERY.sub("", rest).rstrip("/").split("/")
    if not rest:
        return [scheme.lower()]
    scheme, host = scheme.lower(), _unescaped(host).rpartition("@")[2].lower()
    host = host.removesuffix(_PORTS.get(scheme, ":")).rstrip(".:")
    is_here = scheme == "file" and host == "localhost"
    return [scheme, "" if is_here else host, *map(_unescaped, path)]


def _unescaped(text: str) -> str:
    """A text without its escapes, which are UTF-8 (RFC 3986, section 2.5)."""
    return _ESCAPES.sub(lambda run: bytes.fromhex(run[0].replace("%", "")).decode("utf-8", "replace"), text)
