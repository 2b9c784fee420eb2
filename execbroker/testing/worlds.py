"""A small world: all that an answer depends on."""

from __future__ import annotations

from typing import final

from attrs import frozen

from execbroker.core.platform import Platform
from execbroker.core.task import Task

__all__ = ["World"]


@final
@frozen
class World:
    """What a planner is asked: a task, the platforms that it may run on, and the time.

    Attributes:
        now: The instant at which the question is put, seconds UTC.
    """

    task: Task
    platforms: tuple[Platform, ...]
    now: int
