"""Tags by which a client knows whether it has what is there (RFC 9110, sections 8.8.3 and 13.1).

A tag names a state, and the type that it is written as. A change may be bound to a state, in whatever type the
client has seen it.
"""

from __future__ import annotations

import re
from typing import Final

from execbroker.service.http.messages import Head, Pairs
from execbroker.service.http.refusals import Refusal

__all__ = ["check_state", "fresh", "is_bound", "is_unchanged"]

_TAG: Final = re.compile(r'(?:W/)?"([\x21\x23-\x7e\x80-\xff]*)"')
_ANY: Final = "*"


def fresh(state: str, media: str, caching: str = "private, no-cache") -> Pairs:
    """The headers of a response that shows a state."""
    return (
        ("ETag", f'"{_tag(state, media)}"'),
        ("Cache-Control", caching),
        ("Vary", "Accept, Authorization"),
    )


def is_unchanged(head: Head, state: str, media: str) -> bool:
    """Whether the client has the state already (If-None-Match)."""
    given = head.header("If-None-Match")
    return given is not None and (given == _ANY or _tag(state, media) in _TAG.findall(given))


def is_bound(head: Head) -> bool:
    """Whether a change is meant for one state alone (If-Match)."""
    return head.header("If-Match") is not None


def check_state(head: Head, state: str) -> None:
    """Let pass a change that is meant for the state as it is (If-Match), or for any.

    Raises:
        Refusal: 412.
    """
    given = head.header("If-Match")
    if given is None or given == _ANY:
        return
    tags = (each.strip() for each in given.split(","))
    strong = [tag for tag in tags if not tag.startswith("W/")]
    if state not in (tag.strip('"').partition(".")[0] for tag in strong):
        raise Refusal(412, "changed", "it is not as the client saw it; look again")


def _tag(state: str, media: str) -> str:
    return f"{state}.{media.rpartition('/')[2]}"
