"""Classes of length, by which stores find what overlaps a span without reading what does not.

"Starts before the end and ends after the start" is no single range of a sorted list. But what lasts at most so long
and overlaps a span starts within one: from that long before the span up to its end. Sorted by length into classes,
each some four times as long as the one before, entries are found by one short look into each class.
"""

from __future__ import annotations

from typing import Final

from execbroker.core.spans import Span

__all__ = ["CLASSES", "length_class", "longest_in"]

#: How many classes there are: the last one reaches up to 70,000 years.
CLASSES: Final = 21


def length_class(span: Span) -> int:
    """The class of a span.

    >>> [length_class(Span(0, seconds)) for seconds in (1, 2, 7, 8, 3600, 86_400)]
    [0, 1, 1, 2, 6, 8]
    """
    return min(span.duration.bit_length() // 2, CLASSES - 1)


def longest_in(number: int) -> int:
    """Seconds that every span of a class is shorter than."""
    return 2 << 2 * number
