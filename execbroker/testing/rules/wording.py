"""How violations say things: instants, durations and amounts as people write them, and the keys of documents."""

from __future__ import annotations

from typing import Final

from execbroker.core.amounts import STORAGE
from execbroker.core.durations import spell_duration
from execbroker.core.instants import format_instant
from execbroker.core.spans import Span

__all__ = ["OURS", "at", "key_of", "lasting", "over"]

#: The clause of what the draft does not speak of and this library defines.
OURS: Final = "execbroker, definition of an answer"


def at(instant: int) -> str:
    """An instant in words, or its number, if it is in no year that people count."""
    try:
        return format_instant(instant)
    except (OverflowError, ValueError):
        return str(instant)


def over(span: Span) -> str:
    """A span in words.

    >>> over(Span(0, 60))
    'from 1970-01-01T00:00:00Z to 1970-01-01T00:01:00Z'
    """
    return f"from {at(span.start)} to {at(span.end)}"


def lasting(seconds: int) -> str:
    """A duration in words, be it one that makes no sense.

    >>> lasting(3600), lasting(-1)
    ('1 hour', '-1 seconds')
    """
    return f"{seconds} seconds" if seconds < 0 else spell_duration(seconds)


def key_of(end: str, name: str) -> str:
    """The key of a resource's `min` or `max` in a document.

    >>> key_of("max", "cores"), key_of("min", "storage")
    ('maxcores', 'minsize')
    """
    return end + ("size" if name == STORAGE else name)
