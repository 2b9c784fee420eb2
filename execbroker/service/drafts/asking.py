"""The question in the draft's languages: offers, or a run at once."""

from __future__ import annotations

from contextlib import suppress
from typing import Final

from attrs import evolve

from execbroker.adapters.taking import standing, take
from execbroker.core.amounts import STORAGE, Amounts
from execbroker.core.answer import Answer, Offer
from execbroker.core.interfaces import Refused
from execbroker.core.lifecycle import IllegalStep, Phase
from execbroker.core.problems import Problem
from execbroker.core.session import Job, Passage, Session
from execbroker.core.task import Task
from execbroker.languages import read_task
from execbroker.languages.drafts.dialects import BY_NAME
from execbroker.languages.drafts.messages import problem_tree, reason_tree
from execbroker.languages.drafts.remarks import remarks_on_answer
from execbroker.languages.schemas.drafts import PREFIXES
from execbroker.languages.tdl.answers import identify
from execbroker.languages.text.documents import Node
from execbroker.service.changing import shown
from execbroker.service.drafts.documents import offers_at, session_tree, set_tree
from execbroker.service.http.media import JSON
from execbroker.service.http.messages import Response
from execbroker.service.http.refusals import Refusal
from execbroker.service.memory import Said
from execbroker.service.preferences import query_of
from execbroker.service.routes import Call

__all__ = ["ask", "in_its_place", "offered", "run_directly", "show_offers"]

#: Where what is answered can be read again.
_WHERE: Final = "Content-Location"


def ask(language: str, call: Call) -> Response:
    """Offers for a task, or NO with the reasons."""
    query, (task, problems) = query_of(call), _task(language, call)
    return offered(call, language, task, call.broker.plan(task, call.now, query), problems)


def in_its_place(call: Call, language: str) -> Call | None:
    """A question that came to another place, as if it had come to that of its language; None if there is none."""
    route = call.table.by_name.get(f"ask{PREFIXES[language]}") if language in PREFIXES else None
    if route is None:
        return None
    return evolve(call, request=evolve(call.request, root=call.head.root.rstrip("/") + route.mount))


def offered(call: Call, language: str, task: Task, answer: Answer, problems: tuple[Problem, ...]) -> Response:
    """The answer for a task, which can be read again."""
    name, is_own = _name(call, answer)
    said = Said(call.identity, call.now, evolve(answer, offers=()), answer.is_yes, problems)
    call.memory.note(name, said)
    offers: list[Node] = [
        session_tree(call, language, Job(_session(each, task, call.now)), is_changeable=is_own)
        for each in answer.offers
    ]
    url = f"{call.request.root}/offersets/{call.memory.uuid(name)}"
    return shown(call, set_tree(call, language, name, offers, said), ((_WHERE, url),))


def show_offers(language: str, call: Call) -> Response:
    """A set of offers, with the phases that they have by now."""
    return shown(call, offers_at(call, language, call.parameters["uuid"]))


def run_directly(language: str, call: Call) -> Response:
    """Take what was asked for of the first offer: the earliest, unless the client prefers another."""
    query, (task, problems) = query_of(call), _task(language, call)
    answer = call.broker.plan(task, call.now, query)
    first = next((each for each in answer.offers if each.identifier is not None), None)
    if first is None or first.identifier is None:
        raise _refusal(language, call, answer, problems)
    try:
        _take(call, task, first, first.identifier)
    except (Refused, IllegalStep) as refused:
        for each in answer.offers:
            with suppress(Refused, IllegalStep):
                call.broker.reject(each.identifier or "", call.now)
        code = refused.code if isinstance(refused, Refused) else "phase"
        why = refused.message if isinstance(refused, Refused) else str(refused)
        raise Refusal(400, code, f"what was found could not be taken: {why}") from refused
    call.memory.note(first.identifier, Said(call.identity, call.now, problems=problems))
    job = standing(call.broker, call.runner, first.identifier, call.now)
    url = f"{call.request.root}/sessions/{call.memory.uuid(first.identifier)}"
    return shown(call, session_tree(call, language, job), ((_WHERE, url),))


def _take(call: Call, task: Task, offer: Offer, identifier: str) -> None:
    """Accept of an offer what was asked for; if others took what was not held of that, accept what was.

    Nobody has seen the offer, so nobody has chosen to have all of it: the run is as short as can be, and has more
    than the minimum only of what the task says it can use more of.
    """
    duration = offer.minduration
    try:
        take(call.broker, call.runner, identifier, call.now, duration=duration, amounts=_usable(task, offer))
    except Refused as refused:
        if refused.code != "busy":
            raise
        take(call.broker, call.runner, identifier, call.now, duration=duration, amounts=offer.minima)


def _usable(task: Task, offer: Offer) -> Amounts:
    """The most of each resource where all who ask for it say how much they can use, else the least."""
    ends: dict[str, list[int | None]] = {STORAGE: [each.size.maximum for each in task.storage]}
    for compute in task.compute:
        for name, asked in compute.ranges.items():
            ends.setdefault(name, []).append(asked.maximum)
    least, most = offer.minima, offer.amounts
    return Amounts({name: least[name] if None in ends.get(name, ()) else most[name] for name in most})


def _task(language: str, call: Call) -> tuple[Task, tuple[Problem, ...]]:
    """The task of a request, and what of it is in doubt."""
    name = "request.json" if call.body.media == JSON else "request.yaml"
    reading = read_task(call.body.content, name, call.resources, lang=language)
    return reading.unwrap(), reading.problems


def _name(call: Call, answer: Answer) -> tuple[str, bool]:
    """What an answer's set is called, and whether what it offers is the client's to change.

    What nobody with a name asked for may be nobody's to see, and is never found again.
    """
    names = [offer.identifier for offer in answer.offers if offer.identifier is not None]
    if names:
        with suppress(Refused):
            return call.broker.group(names[0]), call.broker.may_change(names[0])
    return call.memory.new(), False


def _session(offer: Offer, task: Task, now: int) -> Session:
    """The session that an offer is from now on."""
    return Session(offer.identifier or identify(offer), offer, task, now, (Passage(Phase.OFFERED, now),))


def _refusal(language: str, call: Call, answer: Answer, problems: tuple[Problem, ...]) -> Refusal:
    """That nothing can be run, and why; no session comes of it."""
    dialect = BY_NAME[language]
    messages: list[Node] = [
        *(reason_tree(each, dialect, call.now) for each in answer.reasons),
        *remarks_on_answer(answer, dialect, call.now),
        *(problem_tree(each, dialect, call.now) for each in problems),
    ]
    why = "; ".join(each.message for each in answer.reasons[:3]) or "there are no offers"
    return Refusal(400, "no-offer", f"it cannot be run: {why}", more={"messages": messages})
