"""Plain assertions for tests: nothing is wrong with an answer, or with a history."""

from __future__ import annotations

from collections.abc import Collection, Iterable

from execbroker.core.answer import Answer
from execbroker.testing.comparison import compared
from execbroker.testing.histories import History
from execbroker.testing.rules import ANSWER_RULES, HISTORY_RULES, Judge
from execbroker.testing.rules.exchange import Exchange
from execbroker.testing.rules.moments import Moment
from execbroker.testing.rules.rule import Level, Rule
from execbroker.testing.worlds import World

__all__ = ["assert_conforms"]


def assert_conforms(
    subject: World | History,
    answer: Answer | None = None,
    *,
    answer_rules: Iterable[Rule[Exchange]] = ANSWER_RULES,
    history_rules: Iterable[Rule[Moment]] = HISTORY_RULES,
    levels: Collection[Level] = tuple(Level),
) -> None:
    """Assert that an answer in a world, or a history, breaks no rule.

    Args:
        subject: The world in which the answer was given, or a history.
        answer: With a world, what was answered.
        answer_rules: What answers are judged by, also those in histories.
        history_rules: What calls are judged by.
        levels: Only what binds so much counts.

    Raises:
        AssertionError: Something is wrong; its text says what.
    """
    judge = Judge(answer_rules, history_rules)
    if isinstance(subject, History):
        found = [*judge.judge_history(subject), *compared(subject)]
    else:
        found = judge.judge(subject, Answer() if answer is None else answer)
    violations = [violation for violation in found if violation.level in levels]
    assert not violations, "\n".join(map(str, violations))
