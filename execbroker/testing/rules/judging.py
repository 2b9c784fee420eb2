"""Judging: rules put to answers, with what was worked out for one answer kept for the next."""

from __future__ import annotations

from collections.abc import Iterable
from typing import final

from execbroker.core.answer import Answer
from execbroker.testing.rules.exchange import Exchange, Known
from execbroker.testing.rules.rule import Rule, Violation
from execbroker.testing.worlds import World

__all__ = ["Judge"]


@final
class Judge:
    """Judges any number of answers by the same rules.

    What it works out about a platform it keeps as long as the platform is the same value, object for object. So who
    judges many answers of one platform makes it once. A judge serves one thread.
    """

    def __init__(self, rules: Iterable[Rule[Exchange]]) -> None:
        self.rules = tuple(rules)
        self._known = Known()

    def judge(self, world: World, answer: Answer) -> list[Violation]:
        """All that is wrong with an answer, rule by rule."""
        exchange = Exchange(world, answer, self._known)
        return [violation for each in self.rules for violation in each.check(exchange)]
