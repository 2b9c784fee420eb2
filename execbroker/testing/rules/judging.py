"""Judging: rules put to answers and to histories, with what was worked out once kept for the next time."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Final, final

from attrs import evolve

from execbroker.core.answer import Answer
from execbroker.testing.histories import History
from execbroker.testing.rules.exchange import Exchange, Known
from execbroker.testing.rules.moments import Moment, moments_of
from execbroker.testing.rules.rule import OutOfReach, Rule, Violation
from execbroker.testing.rules.soundness import SOUNDNESS
from execbroker.testing.worlds import World

__all__ = ["Judge"]

#: What is taken for certain is enough to judge by these; the others ask what there would have been.
_SOUND: Final = frozenset(each.number for each in SOUNDNESS)


@final
class Judge:
    """Judges any number of answers and histories by the same rules.

    What it works out about a platform it keeps as long as the platform is the same value, object for object. So who
    judges many answers of one platform makes it once. A judge serves one thread.

    Attributes:
        answer_rules: What every answer is judged by, also those in histories.
        history_rules: What every call of a history is judged by.
    """

    def __init__(
        self, answer_rules: Iterable[Rule[Exchange]] = (), history_rules: Iterable[Rule[Moment]] = ()
    ) -> None:
        self.answer_rules, self.history_rules = tuple(answer_rules), tuple(history_rules)
        self._known = Known()
        self._unjudged: set[str] = set()

    @property
    def unjudged(self) -> tuple[str, ...]:
        """The names of the rules that what was judged last is too large for; nothing is known of these."""
        return tuple(rule.name for rule in self.answer_rules if rule.name in self._unjudged)

    def judge(self, world: World, answer: Answer) -> list[Violation]:
        """All that is wrong with an answer, rule by rule."""
        self._unjudged.clear()
        exchange = Exchange(world, answer, self._known)
        return [violation for each in self.answer_rules for violation in self._by(each, exchange)]

    def judge_history(self, history: History, since: int = 0) -> list[Violation]:
        """All that is wrong with the calls of a history, call by call.

        An answer is judged by what was booked when it was given. What there would have been to offer is known only
        where what is held is known, too.

        Args:
            history: All calls.
            since: The number of the first one that is judged; who judges call by call needs only the last.
        """
        self._unjudged.clear()
        judged = (each for each in moments_of(history, self._known) if each.number >= since)
        return [violation for moment in judged for violation in self._of(moment)]

    def _of(self, moment: Moment) -> Iterator[Violation]:
        for history_rule in self.history_rules:
            yield from history_rule.check(moment)
        sound = moment.exchange(moment.booked)
        if sound is None:
            return
        whole = moment.exchange(moment.held) if moment.knows_all else None
        for rule in self.answer_rules:
            exchange = sound if rule.number in _SOUND else whole
            if exchange is not None:
                for each in self._by(rule, exchange):
                    yield evolve(each, where=f"{moment.where}.{each.where}" if each.where else moment.where)

    def _by(self, rule: Rule[Exchange], exchange: Exchange) -> Iterator[Violation]:
        try:
            yield from rule.check(exchange)
        except OutOfReach:
            self._unjudged.add(rule.name)
