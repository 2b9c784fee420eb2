"""Answers whether a task can be run, when, and with how much.

A task says the least it needs and the most it can use; a platform says what it has and what is booked. The answer
is YES with the offers that no other one beats, or NO with the reasons and with what would do instead.

`execbroker.languages` reads tasks and platforms from files and writes answers; `execbroker.testing` holds other
planners to the same rules. What is named here is the vocabulary of both. It is loaded when it is first used: a
plugin of pytest or Hypothesis that nobody uses costs nothing, and what is judged by does not load the search.
"""

from importlib import import_module
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from execbroker.core.amounts import Amounts
    from execbroker.core.answer import Alternative, Answer, Offer, Reason
    from execbroker.core.planner import PlatformPlanner, Query
    from execbroker.core.platform import Booking, Platform, Pool
    from execbroker.core.problems import InvalidDocument, Problem
    from execbroker.core.ranges import Range
    from execbroker.core.spans import Span
    from execbroker.core.task import Task

__all__ = [
    "Alternative",
    "Amounts",
    "Answer",
    "Booking",
    "InvalidDocument",
    "Offer",
    "Platform",
    "PlatformPlanner",
    "Pool",
    "Problem",
    "Query",
    "Range",
    "Reason",
    "Span",
    "Task",
]

#: The modules of the core in which these names are.
_HOMES = ("amounts", "answer", "task", "platform", "ranges", "spans", "problems", "planner")


def __getattr__(name: str) -> object:
    if name in __all__:
        for home in _HOMES:
            module = import_module(f"execbroker.core.{home}")
            if name in module.__all__:
                globals()[name] = getattr(module, name)
                return globals()[name]
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")


def __dir__() -> list[str]:
    return sorted({*globals(), *__all__})
