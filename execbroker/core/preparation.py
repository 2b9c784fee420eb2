"""What has to happen before a run: staging the data that a platform doesn't hold.

Data are staged one after another, each at the rate of the most specific transfer that covers it.
"""

from __future__ import annotations

from collections.abc import Iterable
from fractions import Fraction
from math import ceil

from execbroker.core.answer import Reason
from execbroker.core.locations import is_below
from execbroker.core.platform import Platform
from execbroker.core.problems import quoted
from execbroker.core.task import Task

__all__ = ["is_held", "rate_from", "staging"]


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
            message = f"{platform.name} neither holds {quoted(data.location)} nor can fetch it"
            return Reason("data-unreachable", message, platform.name, path=f"{path}.location")
        if data.size is None:
            message = f"how long staging {quoted(data.location)} takes cannot be said without its size"
            return Reason("data-size-unknown", message, platform.name, path=f"{path}.size")
        seconds += Fraction(data.size, rate)
    return ceil(seconds)
