"""Judging what is on a line: one answer, or the whole history of a broker."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from typing import Any, Final, final

from attrs import frozen

from execbroker.core.answer import Answer
from execbroker.core.instants import parse_instant
from execbroker.core.problems import Position
from execbroker.languages import LANGUAGE_UNKNOWN
from execbroker.languages.text.documents import Tree
from execbroker.testing.histories import History
from execbroker.testing.rules import (
    ANSWER_RULES,
    HISTORY_RULES,
    Exchange,
    Judge,
    Level,
    Moment,
    Rule,
    Violation,
    chosen,
)
from execbroker.testing.wire.calls import Scene, read_client, read_history, read_platforms
from execbroker.testing.wire.lines import SOMEWHERE, Part, Unintelligible, fault, part_of
from execbroker.testing.wire.verdicts import Verdict
from execbroker.testing.worlds import World

__all__ = ["ALL_RULES", "Court", "Rules", "choose", "of_unknown_language"]


@final
@frozen
class Rules:
    """What answers and histories are judged by.

    Attributes:
        answers, histories: The rules.
        names: The names and levels by which they were chosen; none: all rules.
    """

    answers: tuple[Rule[Exchange], ...] = ANSWER_RULES
    histories: tuple[Rule[Moment], ...] = HISTORY_RULES
    names: frozenset[str] = frozenset()

    def admits(self, violation: Violation) -> bool:
        """Whether a violation is of interest that was found without a rule."""
        return not self.names or not self.names.isdisjoint({violation.rule, violation.level.value})


#: All that there are.
ALL_RULES: Final = Rules()


def choose(names: Iterable[str]) -> Rules:
    """The rules of some names or levels (`must`, `should`, `quality`); without any, all of them.

    Raises:
        LookupError: There is no rule and no level of a name.
    """
    wanted = [*names]
    if not wanted:
        return ALL_RULES
    everything: tuple[Rule[Any], ...] = (*ANSWER_RULES, *HISTORY_RULES)
    found = {rule.number for rule in chosen(wanted, everything)}
    return Rules(
        tuple(rule for rule in ANSWER_RULES if rule.number in found),
        tuple(rule for rule in HISTORY_RULES if rule.number in found),
        frozenset(wanted),
    )


@final
class Court:
    """Judges answers and histories by the same rules. What it works out about a platform it keeps for the next."""

    def __init__(self, rules: Rules = ALL_RULES) -> None:
        self.rules = rules
        self._judge = Judge(rules.answers, rules.histories)

    @property
    def unjudged(self) -> tuple[str, ...]:
        """The names of the rules that what was judged last is too large for."""
        return self._judge.unjudged

    def of_answer(self, world: World, answer: Answer) -> list[Violation]:
        """All that is wrong with an answer."""
        return self._judge.judge(world, answer)

    def of_history(self, history: History) -> list[Violation]:
        """All that is wrong with a history, the answers in it included."""
        return self._judge.judge_history(history)

    def of_line(self, line: str, origin: Position = SOMEWHERE) -> Tree:
        """The verdict on what is on a line, whatever that is.

        >>> Court().of_line('{"id": 7}')["verdict"]
        'invalid'

        Args:
            line: With an answer (`now`, `platforms`, `task`, `answer`, perhaps `client`) or a history
                (`platforms`, `calls`).
            origin: The name and number of the line, for messages.
        """
        identifier: str | int | None = None
        try:
            part = part_of(line, origin)
            members = part.members()
            if "id" in members:
                identifier = _identifier(members["id"])
            verdict = self._verdict(part, members)
        except Unintelligible as error:
            verdict = Verdict(problems=error.problems)
        return verdict.tree(id=identifier) if identifier is not None else verdict.tree()

    def _verdict(self, part: Part, members: Mapping[str, Part]) -> Verdict:
        platforms, warnings = read_platforms(members, part)
        if "calls" in members:
            history, told = read_history(members["calls"], platforms)
            return Verdict(tuple(self.of_history(history)), (*warnings, *told), self.unjudged)
        for key in ("now", "task", "answer"):
            if key not in members:
                hint = "a line has `now`, `task` and `answer`, or `calls`"
                raise fault(part, "missing-key", f"`{key}` is missing", hint)
        scene = Scene(platforms)
        now = members["now"].parsed(parse_instant)
        answer = scene.read_answer(members["answer"])
        try:
            task = scene.read_task(members["task"])
        except Unintelligible as error:
            if not any(problem.code == LANGUAGE_UNKNOWN for problem in error.problems):
                raise
            return Verdict(tuple(of_unknown_language(answer, error.problems[0].message)), warnings)
        violations = self.of_answer(World(task, platforms, now, read_client(members)), answer)
        return Verdict(tuple(violations), (*warnings, *scene.warnings), self.unjudged)


def _identifier(part: Part) -> str | int | None:
    found = part.scalar()
    if isinstance(found, (bool, float)):
        raise fault(part, "wrong-type", "an `id` is a text or a whole number")
    return found


def of_unknown_language(answer: Answer, message: str) -> Iterator[Violation]:
    """What can be said of the answer to a task in a language that nobody here knows: that it should be NO.

    >>> [*of_unknown_language(Answer(), "the language `X` is not known")]
    []
    """
    if answer.is_yes:
        said = f"{message}, and the answer is YES"
        yield Violation("known-language", Level.MUST, "ExecPlanner proposal", said, "result")
