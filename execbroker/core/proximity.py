"""How near a platform is to the data of a task: a metric, of which less is nearer."""

from __future__ import annotations

from abc import abstractmethod
from decimal import Decimal
from typing import Protocol, final

from attrs import frozen

from execbroker.core.answer import Reason
from execbroker.core.platform import Platform
from execbroker.core.preparation import staging
from execbroker.core.task import Task

__all__ = ["Proximity", "StagingTime"]


class Proximity(Protocol):
    """A metric for a task and one place."""

    @abstractmethod
    def __call__(self, task: Task) -> Decimal | None:
        """How far the place is from the task's data; None if that cannot be said. Reads no clock."""


@final
@frozen
class StagingTime:
    """The seconds that it takes to stage a task's data, from their sizes and the platform's rates.

    >>> StagingTime(Platform("here", ()))(Task())
    Decimal('0')
    """

    platform: Platform

    def __call__(self, task: Task) -> Decimal | None:
        """Seconds; None where data cannot be fetched, or have no size."""
        seconds = staging(task, self.platform)
        return None if isinstance(seconds, Reason) else Decimal(seconds)
