"""Answers whether a task can be run, when, and with how much.

A task says the least it needs and the most it can use; a platform says what it has and what is booked. The answer
is YES with the offers that no other one beats, or NO with the reasons and with what would do instead.

`execbroker.languages` reads tasks and platforms from files and writes answers; `execbroker.testing` holds other
planners to the same rules. What is named here is the vocabulary of both.
"""

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
