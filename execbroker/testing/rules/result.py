"""Rules on an answer as a whole: YES or NO, with what belongs to it."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Container, Iterator
from typing import Final

from execbroker.core.amounts import STORAGE
from execbroker.core.problems import quoted
from execbroker.core.task import Task
from execbroker.testing.rules.exchange import Exchange
from execbroker.testing.rules.rule import DRAFT, Finding, Level, rule
from execbroker.testing.rules.wording import OURS

__all__ = [
    "distinct_identifiers",
    "legible_reasons",
    "one_result",
    "points_into",
    "reasons_given",
    "same_language",
]

#: Where in a task a limit may stand that is not in a list.
_KEYS: Final = frozenset(
    {
        "lang", "task", "executable", "executable.type", "minduration", "maxduration", "duration",
        "daterange", "daterange.minstartdate", "daterange.maxstartdate", "daterange.maxenddate",
        "timerange", "timerange.minstarttime", "timerange.maxstarttime", "timerange.maxendtime", "timerange.days",
        "timezone",
    }
)  # fmt: skip
_IN_LIST: Final = re.compile(r"(compute|storage|data)-resources\[(\d{1,6})\](?:\.([^.\[\]]+))?")
_DEMAND: Final = re.compile(r"(costs|metrics)\[(\d{1,6})\](?:\.(?:min|max|type))?")
_END: Final = re.compile(r"(?:min|max)(.+)")


@rule("A50", Level.MUST, f"{DRAFT} 2.2.4")
def distinct_identifiers(exchange: Exchange) -> Iterator[Finding]:
    """No two offers of an answer have the same identifier."""
    counts = Counter(offer.identifier for offer in exchange.answer.offers)
    for number, offer in enumerate(exchange.answer.offers):
        if offer.identifier is not None and (count := counts[offer.identifier]) > 1:
            yield Finding(
                f"{count} offers are called {quoted(str(offer.identifier))}", f"offers[{number}].offer"
            )


@rule("A51", Level.SHOULD, f"{DRAFT} 2.2.1 and 6.3.1")
def one_result(exchange: Exchange) -> Iterator[Finding]:
    """An answer is YES with offers or NO with reasons, not both."""
    answer = exchange.answer
    if answer.offers and answer.reasons:
        what = f"{len(answer.offers)} offers, and {len(answer.reasons)} reasons why there are none"
        yield Finding(what, "reasons")


@rule("A52", Level.SHOULD, f"{DRAFT} 6.3.3")
def reasons_given(exchange: Exchange) -> Iterator[Finding]:
    """A NO carries at least one reason, or says which planners gave no answer."""
    answer = exchange.answer
    if not (answer.is_yes or answer.reasons or answer.unanswered):
        yield Finding("NO without a reason", "reasons")


@rule("A53", Level.SHOULD, f"{DRAFT} 6.3.3")
def legible_reasons(exchange: Exchange) -> Iterator[Finding]:
    """A reason has a code, a text, and, where it is about a limit of the task, a path that leads there."""
    for number, reason in enumerate(exchange.answer.reasons):
        if not (reason.code.strip() and reason.message.strip()):
            yield Finding("a reason without a code or without a text", f"reasons[{number}]")
        if reason.path is not None and not points_into(exchange.world.task, reason.path):
            yield Finding(f"{quoted(reason.path)} is nothing in the task", f"reasons[{number}].path")


def points_into(task: Task, path: str) -> bool:
    """Whether a path is one of a limit that a task has or could have.

    >>> points_into(Task(), "daterange"), points_into(Task(), "compute-resources[0].mincores")
    (True, False)
    """
    path = path.removeprefix("task.")
    if path in _KEYS or path.startswith("executable."):
        return True
    if (found := _DEMAND.fullmatch(path)) is not None:
        return int(found[2]) < len(task.costs if found[1] == "costs" else task.metrics)
    if not (found := _IN_LIST.fullmatch(path)):
        return False
    kind, number, key = found[1], int(found[2]), found[3]
    if kind == "compute":
        return number < len(task.compute) and (key is None or _names(key, task.compute[number].ranges))
    if kind == "storage":
        return number < len(task.storage) and key in (None, "name", "minsize", "maxsize", "size", STORAGE)
    return number < len(task.data) and key in (None, "name", "location", "size", "storage")


def _names(key: str, ranges: Container[str]) -> bool:
    """Whether a key is one of a resource that is asked for."""
    end = _END.fullmatch(key)
    return key in ranges or key == "name" or (end is not None and end[1] in ranges)


@rule("A54", Level.SHOULD, OURS)
def same_language(exchange: Exchange) -> Iterator[Finding]:
    """An answer goes out in the language in which its task came in."""
    asked, said = exchange.world.task.language, exchange.answer.language
    if asked != said:
        yield Finding(f"the task is in {quoted(asked)}, the answer in {quoted(said)}", "lang")
