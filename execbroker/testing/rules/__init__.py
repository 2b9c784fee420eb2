"""The rules of conformance, as data: what must hold of every answer and of every history, whoever gives it."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Final, TypeVar

from execbroker.core.answer import Answer
from execbroker.core.problems import nearest
from execbroker.testing.histories import History
from execbroker.testing.rules import offers
from execbroker.testing.rules.exchange import Exchange
from execbroker.testing.rules.rule import Finding, Level, Rule, Unchecked, Violation
from execbroker.testing.worlds import World

__all__ = [
    "ANSWER_RULES",
    "HISTORY_RULES",
    "SOUNDNESS",
    "UNCHECKED",
    "Exchange",
    "Finding",
    "Level",
    "Rule",
    "Unchecked",
    "Violation",
    "chosen",
    "judge",
    "judge_history",
]

T = TypeVar("T")

#: The rules on single answers.
ANSWER_RULES: Final[tuple[Rule[Exchange], ...]] = (
    offers.unsupported_offers,
    offers.unasked_times,
    offers.unasked_amounts,
    offers.broken_promises,
    offers.beaten_offers,
    offers.unordered_offers,
)

#: Those that need no search.
SOUNDNESS: Final[tuple[Rule[Exchange], ...]] = ANSWER_RULES

#: The rules on what a broker says over time.
HISTORY_RULES: Final[tuple[Rule[History], ...]] = ()

#: What the draft says and nothing here checks.
UNCHECKED: Final[tuple[Unchecked, ...]] = ()


def judge(world: World, answer: Answer, rules: Iterable[Rule[Exchange]] = ANSWER_RULES) -> list[Violation]:
    """All that is wrong with an answer.

    >>> from execbroker.core.amounts import Amounts
    >>> from execbroker.core.answer import Offer
    >>> from execbroker.core.platform import Platform, Pool
    >>> from execbroker.core.task import Task
    >>> world = World(Task(), (Platform("here", (Pool("batch", Amounts({"cores": 1000})),)),), now=0)
    >>> answer = Answer((Offer("there", "batch", 0, 0, 3600, 3600, 3600, 0),))
    >>> print(*judge(world, answer))
    offers[0]: there is no pool batch on a platform there (unsupported-offers, must)
    """
    exchange = Exchange(world, answer)
    return [violation for each in rules for violation in each.check(exchange)]


def judge_history(history: History, rules: Iterable[Rule[History]] = HISTORY_RULES) -> list[Violation]:
    """All that is wrong with a history."""
    return [violation for each in rules for violation in each.check(history)]


def chosen(names: Iterable[str], among: Iterable[Rule[T]] = ANSWER_RULES) -> tuple[Rule[T], ...]:  # type: ignore[assignment]
    """The rules of some names or levels (`must`, `should`, `quality`), in their own order.

    Raises:
        LookupError: There is no rule and no level of a name.
    """
    rules = tuple(among)
    wanted = list(names)
    known = {*(each.name for each in rules), *(level.value for level in Level)}
    for name in wanted:
        if name not in known:
            near = nearest(name, sorted(known))
            raise LookupError(f"there is no rule {name}" + (f"; did you mean {near}?" if near else ""))
    return tuple(each for each in rules if each.name in wanted or each.level.value in wanted)
