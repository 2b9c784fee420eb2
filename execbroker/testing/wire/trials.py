"""Cases of the corpus, put to a harness."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from typing import Any, Final

from execbroker.core.answer import Answer
from execbroker.core.durations import parse_duration
from execbroker.core.instants import parse_instant
from execbroker.core.session import Session
from execbroker.core.sizes import parse_amount
from execbroker.core.task import Task
from execbroker.testing.corpus import Case, Kind
from execbroker.testing.histories import (
    Accept,
    Call,
    Cancel,
    History,
    Look,
    Plan,
    Refusal,
    Reject,
    Request,
)
from execbroker.testing.rules import Level, Violation
from execbroker.testing.wire.calls import REQUESTS
from execbroker.testing.wire.dialogue import Dialogue, Greeting
from execbroker.testing.wire.judging import Court, of_unknown_language
from execbroker.testing.worlds import World

__all__ = ["AS_EXPECTED", "try_case", "unspoken"]

#: What a violation is called where something else came of a call than a case says.
AS_EXPECTED: Final = "as-expected"

#: An offer of an answer that a case has named.
_REFERENCE: Final = re.compile(r"([a-z]+)\[(\d+)\]")


def unspoken(case: Case, greeting: Greeting) -> str | None:
    """What a case asks for that a harness does not speak, if there is something."""
    asked = {key for call in case.tree.get("calls", ()) for key in REQUESTS if key in call}
    missing = [key for key in REQUESTS if key in asked - greeting.speaks]
    return ", ".join(missing) or None


def try_case(case: Case, dialogue: Dialogue, court: Court) -> list[Violation]:
    """All that is wrong with what a harness makes of a case that has something to ask.

    Raises:
        NoAnswer, NotSpoken: As in `Dialogue.put`.
    """
    platforms = case.platforms
    dialogue.begin(platforms, case.tree["platforms"])
    if case.kind is Kind.QUESTION:
        return _question(case, dialogue, court)
    calls, told = _calls(case, dialogue)
    found = court.of_history(History(platforms, tuple(calls)))
    return [*found, *filter(court.rules.admits, told)]


def _question(case: Case, dialogue: Dialogue, court: Court) -> list[Violation]:
    reading = case.task
    call = dialogue.put(Plan(reading.value or Task(), case.client), case.now, case.tree["task"])
    if not isinstance(call.outcome, Answer):
        return court.of_history(History(case.platforms, (call,)))
    if reading.value is None:
        return [*of_unknown_language(call.outcome, reading.problems[0].message)]
    return court.of_answer(World(reading.value, case.platforms, case.now, case.client), call.outcome)


def _calls(case: Case, dialogue: Dialogue) -> tuple[list[Call], list[Violation]]:
    """The calls of a case, as far as they can be made, and where something else came of them than it says.

    A broker may say NO to anything. Then there is no offer to go on with, and the case is over.
    """
    labels: dict[str, Answer] = {}
    calls: list[Call] = []
    told: list[Violation] = []
    for tree in case.tree["calls"]:
        request = _request(tree, labels, dialogue)
        if request is None:
            break
        call = dialogue.put(request, parse_instant(tree["now"]), tree.get("plan"))
        told += _unexpected(case, tree["expect"], call, f"calls[{len(calls)}]")
        calls.append(call)
        if isinstance(call.outcome, Answer):
            labels[tree.get("label", "")] = call.outcome
    return calls, told


def _request(tree: Mapping[str, Any], labels: Mapping[str, Answer], dialogue: Dialogue) -> Request | None:
    (kind,) = (key for key in REQUESTS if key in tree)
    if kind == "plan":
        return Plan(dialogue.scene.task_of(tree["plan"]), tree.get("client"))
    name = _named(tree[kind], labels)
    if name is None:
        return None
    if kind == "accept":
        amounts = tree.get("amounts")
        return Accept(
            name,
            parse_instant(tree["start"]) if "start" in tree else None,
            parse_duration(tree["duration"]) if "duration" in tree else None,
            amounts and dialogue.scene.amounts_of(amounts),
        )
    return Reject(name) if kind == "reject" else Cancel(name) if kind == "cancel" else Look(name)


def _named(name: str, labels: Mapping[str, Answer]) -> str | None:
    """The identifier of an offer that is named by its place in an answer; any other name is one itself."""
    reference = _REFERENCE.fullmatch(name)
    if reference is None:
        return name
    offers = labels[reference[1]].offers
    place = int(reference[2])
    return str(offers[place].identifier) if place < len(offers) else None


def _unexpected(case: Case, expect: Mapping[str, Any], call: Call, where: str) -> Iterator[Violation]:
    outcome = call.outcome
    said = _said(outcome)
    if "refused" in expect:
        wanted = f"refused as {' or '.join(expect['refused'])}"
        level = Level.SHOULD if isinstance(outcome, Refusal) else Level.MUST
        is_met = isinstance(outcome, Refusal) and outcome.code in expect["refused"]
    elif "result" in expect:
        # A YES that is left out is a matter of quality, and other rules say so.
        wanted, level = str(expect["result"]), Level.QUALITY if expect["result"] == "YES" else Level.MUST
        is_met = isinstance(outcome, Answer) and outcome.is_yes is (wanted == "YES")
    else:
        wanted, level = str(expect["phase"]), Level.MUST
        is_met = isinstance(outcome, Session) and outcome.phase.value == wanted
    if not is_met:
        message = f"this is {said}, where it should be {wanted}"
        yield Violation(AS_EXPECTED, level, case.clause, message, where)
    elif "run" in expect and isinstance(outcome, Session):
        yield from _other_run(case, expect["run"], outcome, where)


def _said(outcome: object) -> str:
    if isinstance(outcome, Answer):
        return "YES" if outcome.is_yes else "NO"
    if isinstance(outcome, Refusal):
        return f"refused as {outcome.code}"
    assert isinstance(outcome, Session)
    return outcome.phase.value


def _other_run(case: Case, run: Mapping[str, Any], session: Session, where: str) -> Iterator[Violation]:
    """That a run is not the one that was chosen."""
    sizes = session.offer.sizes
    wanted = {
        name: parse_amount(name, str(value), sizes=sizes)
        for name, value in run.items()
        if name not in ("start", "duration")
    }
    start, duration = parse_instant(run["start"]), parse_duration(run["duration"])
    found = session.run
    if found is None or (found.start, found.duration, dict(found.amounts)) != (start, duration, wanted):
        yield Violation(
            AS_EXPECTED, Level.MUST, case.clause, f"{found} is booked, where {dict(run)} was chosen", where
        )
