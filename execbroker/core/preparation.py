"""What has to happen before a run: staging the data that a platform doesn't hold.

Data are staged one after another, each at the rate of the most specific transfer that covers it.
"""

from __future__ import annotations

from collections.abc import Iterable
from fractions import Fraction
from math import ceil

from execbroker.core.answer import Reason
from execbroker.core.platform import Platform
from execbroker.core.task import Task

__all__ = ["is_below", "is_held", "is_plain", "rate_from", "staging"]


def is_below(location: str, place: str) -> bool:
    """Whether a location is a place or lies below it, by whole path segments; `*` is above everything.

    Scheme and host have no case (RFC 3986, section 6.2.2.1). A location with `.` or `..` among its segments is
    below nothing but `*`: where it leads is not for us to say.

    >>> is_below("https://a.example/x/y", "https://A.example/x")
    True
    >>> is_below("https://a.example/xy", "https://a.example/x")
    False
    """
    if place == "*":
        return True
    segments, above = _segments(location), _segments(place)
    return segments[: len(above)] == above and is_plain(location)


def is_plain(location: str) -> bool:
    """Whether it can be told where a location leads: no segment of it is a dot or two."""
    return not {".", ".."} & set(_segments(location))


def _segments(location: str) -> list[str]:
    """The path segments of a URL, with its scheme and host in small letters before them."""
    scheme, mark, rest = location.rpartition("://")
    host, *path = rest.rstrip("/").split("/")
    dotted = [segment.replace("%2e", ".").replace("%2E", ".") for segment in path]
    return [scheme.lower() + mark, host.lower() if mark else host, *dotted]


def is_held(location: str, held: Iterable[str]) -> bool:
    """Whether data are there already."""
    return any(is_below(location, place) for place in held)


def rate_from(location: str, platform: Platform) -> int | None:
    """Bytes a second at which data come from a location; None: they don't come at all."""
    covering = [transfer for transfer in platform.transfers if is_below(location, transfer.location)]
    specific = max(covering, key=lambda transfer: len(transfer.location), default=None)
    return specific.rate if specific else None


def staging(task: Task, platform: Platform) -> int | Reason:
    """How many seconds it takes to stage a task's data, rounded up once; or why that cannot be said."""
    seconds = Fraction(0)
    for place, data in enumerate(task.data):
        if is_held(data.location, platform.held):
            continue
        path = f"data-resources[{place}]"
        if (rate := rate_from(data.location, platform)) is None:
            message = f"{platform.name} neither holds {data.location} nor can fetch it"
            return Reason("data-unreachable", message, platform.name, path=f"{path}.location")
        if data.size is None:
            message = f"how long staging {data.location} takes cannot be said without its size"
            return Reason("data-size-unknown", message, platform.name, path=f"{path}.size")
        seconds += Fraction(data.size, rate)
    return ceil(seconds)
