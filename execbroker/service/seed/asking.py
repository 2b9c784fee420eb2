"""The question whether a task can be run, when, and with how much."""

from __future__ import annotations

from typing import Final

from attrs import evolve

from execbroker.core.answer import Answer, Reason
from execbroker.core.problems import InvalidDocument, Problem, Reading
from execbroker.core.task import Task
from execbroker.languages import (
    LANGUAGE_UNKNOWN,
    Language,
    is_unknown_language,
    language,
    read_task,
    write_answer,
)
from execbroker.languages.text.reader import read
from execbroker.languages.written import Occasion
from execbroker.service.drafts.asking import in_its_place, offered
from execbroker.service.http.bodies import check_names, only
from execbroker.service.http.media import DOCUMENTS, FORM, JSON, YAML, written
from execbroker.service.http.messages import Response
from execbroker.service.http.refusals import Refusal
from execbroker.service.preferences import ALTERNATIVES, MAX_OFFERS, PREFER, query_of
from execbroker.service.routes import Call, Endpoints, Needs, Outcome, Route
from execbroker.service.schemas import ASKING_SCHEMAS, named
from execbroker.service.seed.doubts import DOUBTS, doubtful

__all__ = ["ASKING", "answered"]

#: The names of the form: the language of the task, and the task.
_LANG: Final = "lang"
_TASK: Final = "task"


def answered(call: Call, answer: Answer, task: Task | None = None) -> Response:
    """An answer as a response, in the language of its task; offers that name no runner name this service's."""
    jobs = None if call.runner is None else call.url("listJobs")
    offers = tuple(evolve(each, runner=each.runner or jobs) for each in answer.offers)
    occasion = Occasion(task, call.now, call.request.root)
    body = written(write_answer(evolve(answer, offers=offers), occasion), call.media)
    return Response(200, body, (("Content-Type", call.media), ("Vary", "Accept")))


def _ask(call: Call) -> Response:
    query, reading = query_of(call), _task(call)
    if is_unknown_language(reading):
        return answered(call, _unknown(reading.problems[0]))
    task = reading.unwrap()
    answer = call.broker.plan(task, call.now, query)
    if (spoken := in_its_place(call, answer.language)) is not None:
        return offered(spoken, answer.language, task, answer, reading.problems)
    response = answered(call, answer, task)
    doubts = doubtful(reading.problems)
    return response.having(DOUBTS, doubts) if doubts else response


def _task(call: Call) -> Reading[Task]:
    """The task of a request: the body is it, or a form has it."""
    if call.body.media != FORM:
        return read_task(call.body.content, _name(call.body.media), call.resources)
    check_names(call.body.form, (_LANG, _TASK))
    named_language, text = only(call.body.form, _LANG), only(call.body.form, _TASK)
    if text is None:
        hint = "put the document of the task there"
        missing = Problem("missing-parameter", "the form has no `task`", _TASK, hint=hint)
        raise Refusal(400, "missing-parameter", "the form has no task", [missing])
    if named_language is None:
        return read_task(text, _TASK, call.resources)
    found = language(named_language)
    if found is None:
        message = f"the language {named_language[:60]!r} is not known"
        return Reading(None, (Problem(LANGUAGE_UNKNOWN, message, _LANG, named_language[:60]),))
    return _read_in(found, text, call.resources)


def _name(media: str) -> str:
    """What the body is called, by which the reader knows what it is."""
    return "task.json" if media == JSON else "task.yaml"


def _read_in(found: Language, text: str, resources: frozenset[str]) -> Reading[Task]:
    """A task in the language that the form names; a task that names another one is in neither."""
    document = read(text, _TASK)
    if document.value is None:
        return Reading(None, document.problems)
    root = document.value.root
    inside = root.get(_LANG) if isinstance(root, dict) else None
    if isinstance(inside, str) and inside != found.name:
        message = f"the form says that the task is in {found.name}, and the task says something else"
        where = document.value.position((_LANG,))
        raise InvalidDocument([Problem("two-languages", message, _LANG, inside[:60], position=where)])
    reading = found.read(document.value, resources)
    return evolve(reading, problems=document.problems + reading.problems)


def _unknown(problem: Problem) -> Answer:
    """The answer to a task in a language that nobody here knows: NO, and no more was read of it."""
    message = f"{problem.message}; {problem.hint}" if problem.hint else problem.message
    return Answer(reasons=(Reason(problem.code, message, path=problem.path),))


_FIRST: Final = "$response.body#/offers/0/offer"
#: What can be done with an offer.
_NEXT: Final = {
    **{name: {"session": _FIRST} for name in ("getSession", "changeSession")},
    **{
        name: {"job": _FIRST}
        for name in (
            "getJob", "actOnJob", "deleteJob", "getPhase", "changePhase", "getDuration", "changeDuration",
            "getDestruction", "changeDestruction", "getQuote", "getOwner", "getError", "getParameters",
            "changeParameters", "getResults",
        )
    },
}  # fmt: skip
_DOUBTFUL: Final = f"What of the task is in doubt is said in the header {DOUBTS} (RFC 9651), if there is any."
_ANSWER: Final = {media: named("Reply") for media in DOCUMENTS}

ASKING: Final = Endpoints(
    (
        Route(
            "POST",
            "/offers",
            "ask",
            "Can you run this task, when, and with how much?",
            _ask,
            (Outcome(200, f"YES with offers, or NO with the reasons. {_DOUBTFUL}", _ANSWER, links=_NEXT),),
            Needs.ASK,
            {YAML: named("Question"), JSON: named("Question"), FORM: named("QuestionForm")},
            needs_body=True,
            writes=DOCUMENTS,
            query=(ALTERNATIVES, MAX_OFFERS, PREFER),
        ),
    ),
    ASKING_SCHEMAS,
)
