"""What is said of something that was judged: that it is sound, or what it violates, or why it cannot be judged."""

from __future__ import annotations

from collections.abc import Iterable
from typing import final

from attrs import frozen

from execbroker.core.instants import format_instant
from execbroker.core.problems import Problem
from execbroker.languages.problems import write_problem
from execbroker.languages.text.documents import Node, Tree, present
from execbroker.testing.rules import Violation

__all__ = ["INVALID", "SOUND", "VIOLATED", "Verdict", "violation_tree"]

SOUND, VIOLATED, INVALID = "sound", "violated", "invalid"


@final
@frozen
class Verdict:
    """What came of judging one thing.

    Attributes:
        violations: The rules that it breaks, and how.
        problems: Why it cannot be judged; or warnings, of what was judged all the same.
        unjudged: The names of the rules that it is too large for.
    """

    violations: tuple[Violation, ...] = ()
    problems: tuple[Problem, ...] = ()
    unjudged: tuple[str, ...] = ()

    @property
    def word(self) -> str:
        """`sound`, `violated` or `invalid`."""
        if any(problem.is_error for problem in self.problems):
            return INVALID
        return VIOLATED if self.violations else SOUND

    def tree(self, **head: Node) -> Tree:
        """The verdict as a plain tree.

        >>> Verdict().tree(id=7)
        {'id': 7, 'verdict': 'sound'}

        Args:
            **head: What stands before it.
        """
        told: Tree = {
            "violations": _list(violation_tree(each) for each in self.violations),
            "unjudged": [*self.unjudged],
            "problems": _list(write_problem(each) for each in self.problems),
        }
        return {**head, "verdict": self.word, **present(told)}


def _list(trees: Iterable[Tree]) -> Node:
    return [*trees]


def violation_tree(violation: Violation) -> Tree:
    """A violation as a plain tree; the figures are in the resource's smallest unit, or in seconds."""
    return present(
        {
            "rule": violation.rule,
            "number": violation.number or None,
            "level": violation.level.value,
            "clause": violation.clause,
            "where": violation.where,
            "message": violation.message,
            "asked": violation.asked,
            "available": violation.available,
            "start": None if violation.start is None else format_instant(violation.start),
            "end": None if violation.end is None else format_instant(violation.end),
        }
    )
