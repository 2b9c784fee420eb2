"""The rules of conformance, as data: what must hold of every answer and of every history, whoever gives it.

A rule has a name, a number, a level, the clause that it comes from, a sentence and a function. `ANSWER_RULES` look
at one answer, `HISTORY_RULES` at what a broker says over time. `UNCHECKED` has what the IVOA ExecutionBroker draft
says and no rule looks at, and why. What the draft leaves open is decided where the rule is, and said there.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Final, TypeVar

from execbroker.core.answer import Answer
from execbroker.core.problems import nearest
from execbroker.testing.histories import History
from execbroker.testing.rules import alternatives, quality, reasons
from execbroker.testing.rules import histories_acceptance as acceptance
from execbroker.testing.rules import histories_calls as calls
from execbroker.testing.rules import histories_phases as phases
from execbroker.testing.rules import histories_room as room
from execbroker.testing.rules.exchange import Exchange
from execbroker.testing.rules.judging import Judge
from execbroker.testing.rules.moments import Moment
from execbroker.testing.rules.rule import Finding, Level, OutOfReach, Rule, Unchecked, Violation
from execbroker.testing.rules.soundness import SOUNDNESS
from execbroker.testing.rules.unchecked import UNCHECKED
from execbroker.testing.worlds import World

__all__ = [
    "ANSWER_RULES",
    "HISTORY_RULES",
    "SOUNDNESS",
    "UNCHECKED",
    "Exchange",
    "Finding",
    "Judge",
    "Level",
    "Moment",
    "OutOfReach",
    "Rule",
    "Unchecked",
    "Violation",
    "chosen",
    "judge",
    "judge_history",
]

Subject = TypeVar("Subject")

#: The rules on single answers: those by which an answer is sound, and those that ask what there would have been.
ANSWER_RULES: Final[tuple[Rule[Exchange], ...]] = (
    *SOUNDNESS,
    quality.spurious_no,
    quality.room_left_out,
    quality.counted_omissions,
    reasons.true_reasons,
    reasons.true_figures,
    reasons.sufficient_reasons,
    reasons.needless_reasons,
    alternatives.real_alternatives,
)

#: The rules on what a broker says over time: each looks at one call, and at all that was before.
HISTORY_RULES: Final[tuple[Rule[Moment], ...]] = (
    calls.identified_offers,
    calls.answered_in_kind,
    calls.unknown_refused,
    calls.must_be_done,
    calls.repeated_without_harm,
    calls.time_goes_on,
    calls.known_codes,
    calls.right_codes,
    phases.same_session,
    phases.legal_phases,
    phases.kept_past,
    phases.expiry_enforced,
    phases.open_until_expiry,
    phases.siblings_rejected,
    phases.takes_effect,
    phases.caused_phases,
    phases.refused_without_trace,
    phases.prepared_in_time,
    phases.started_in_range,
    acceptance.accepted_once,
    acceptance.held_accepted,
    acceptance.good_faith,
    acceptance.freed_room_accepted,
    acceptance.run_within_offer,
    acceptance.run_as_chosen,
    acceptance.run_as_large_as_may_be,
    room.known_node,
    room.never_overbooked,
    room.held_for_others,
    room.offered_beside_held,
    room.freed_room,
    room.true_rest,
)


def judge(world: World, answer: Answer, rules: Iterable[Rule[Exchange]] = ANSWER_RULES) -> list[Violation]:
    """All that is wrong with an answer. Who judges many, or asks which rules were passed over, keeps a `Judge`.

    >>> from execbroker.core.amounts import Amounts
    >>> from execbroker.core.answer import Offer
    >>> from execbroker.core.platform import Platform, Pool
    >>> from execbroker.core.task import Task
    >>> world = World(Task(), (Platform("here", (Pool("batch", Amounts({"cores": 1000})),)),), now=0)
    >>> answer = Answer((Offer("there", "batch", 0, 0, 3600, 3600, 3600, 0),))
    >>> print(*judge(world, answer, SOUNDNESS))
    offers[0].pool: there is no pool `batch` on a platform `there` (known-pool, must)
    """
    return Judge(rules).judge(world, answer)


def judge_history(
    history: History,
    rules: Iterable[Rule[Moment]] = HISTORY_RULES,
    answer_rules: Iterable[Rule[Exchange]] = ANSWER_RULES,
    since: int = 0,
) -> list[Violation]:
    """All that is wrong with a history, the answers in it included.

    Args:
        history: All calls.
        rules: What every call is judged by.
        answer_rules: What every answer is judged by, as things stand when it is given.
        since: The number of the first call that is judged; who judges call by call needs only the last.
    """
    return Judge(answer_rules, rules).judge_history(history, since)


def chosen(names: Iterable[str], among: Iterable[Rule[Subject]]) -> tuple[Rule[Subject], ...]:
    """The rules of some names or levels (`must`, `should`, `quality`), in their own order.

    >>> [rule.name for rule in chosen(["spurious-no", "within-capacity"], ANSWER_RULES)]
    ['within-capacity', 'spurious-no']

    Raises:
        LookupError: There is no rule and no level of a name.
    """
    rules, wanted = tuple(among), list(names)
    known = {*(each.name for each in rules), *(level.value for level in Level)}
    for name in wanted:
        if name not in known:
            near = nearest(name, sorted(known))
            raise LookupError(f"there is no rule {name}" + (f"; did you mean {near}?" if near else ""))
    return tuple(each for each in rules if each.name in wanted or each.level.value in wanted)
