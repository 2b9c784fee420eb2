"""A small world: all that an answer depends on."""

from __future__ import annotations

from typing import final

from attrs import frozen

from execbroker.core.platform import Platform
from execbroker.core.spans import Span, Spans
from execbroker.core.task import Task

__all__ = ["Repeated", "World"]


@final
@frozen
class World:
    """What a planner is asked: a task, the platforms that it may run on, and the time.

    Attributes:
        now: The instant at which the question is put, seconds UTC.
        client: Who asks, if that is known.
    """

    task: Task
    platforms: tuple[Platform, ...]
    now: int
    client: str | None = None


@final
@frozen
class Repeated:
    """A span that comes again every so many seconds: the plainest recurrence that a closure can have.

    >>> Repeated(Span(0, 2), every=10, times=3).spans(Span(1, 100))
    [1, 2) | [10, 12) | [20, 22)
    """

    first: Span
    every: int
    times: int

    def spans(self, within: Span) -> Spans:
        """The instants of all occurrences, cut to `within`."""
        return Spans.between(*within) & Spans.of(
            (self.first.start + turn * self.every, self.first.end + turn * self.every)
            for turn in range(self.times)
        )
