"""Answers in the older layer of the draft's text of 2024: from a document to an answer.

An offer is there a request with everything filled in. Its platform and its pool are not said.
"""

from __future__ import annotations

from typing import Any, Final

from execbroker.core.amounts import STORAGE, Amounts
from execbroker.core.answer import Allotment, Answer, Offer, Reason
from execbroker.core.problems import Reading
from execbroker.core.task import Task
from execbroker.languages.drafts.answers_reading import check_result
from execbroker.languages.drafts.components import check_word
from execbroker.languages.drafts.detection import DRAFT_2024
from execbroker.languages.drafts.keys import advise
from execbroker.languages.drafts.keys_2024 import AnswerDocument
from execbroker.languages.drafts.requests_2024 import read_older
from execbroker.languages.drafts.times import read_moment
from execbroker.languages.structuring.findings import Findings
from execbroker.languages.structuring.roots import read_root
from execbroker.languages.structuring.structure import structure
from execbroker.languages.text.documents import Document, Path

__all__ = ["read_answer"]

_STATUSES: Final = ("OFFERED", "ACCEPTED", "REJECTED", "EXPIRED")


def read_answer(document: Document) -> Reading[Answer]:
    """The answer of a document, or all its problems."""
    findings = Findings(document)
    root = read_root(findings, "an answer", f"write {AnswerDocument.example}")
    found = None if root is None else structure(root, AnswerDocument, findings, advise)
    response = found and found.response
    if response is None:
        return findings.reading(None)
    check_result(findings, ("response", "result"), response.result, len(response.offers or ()))
    offers = [
        _offer(findings, ("response", "offers", index), each)
        for index, each in enumerate(response.offers or ())
        if each
    ]
    reasons = [Reason("unknown", each.text or "", path=each.path) for each in response.reasons or () if each]
    return findings.reading(Answer(tuple(filter(None, offers)), tuple(reasons), language=DRAFT_2024))


def _offer(findings: Findings, at: Path, found: Any) -> Offer | None:
    """One offer, as far as it can be read."""
    check_word(findings, (*at, "status"), found.status, _STATUSES)
    expires = None if found.expires is None else read_moment(findings, (*at, "expires"), found.expires)
    task = None if found.request is None else read_older(findings, (*at, "request"), found.request)
    if task is None:
        return None
    schedule = task.schedule
    if len(schedule.starts) != 1 or schedule.duration.minimum is None:
        if findings.is_sound_at((*at, "request", "datetime")):
            hint = (
                'write `datetime: [{start: "2031-06-01T08:00:00Z/PT1H", duration: {min: PT1H, max: PT2H}}]`'
            )
            message = "an offer has one time to start and a duration"
            findings.error("missing-key", message, (*at, "request"), hint=hint)
        return None
    (starts,), shortest = schedule.starts, schedule.duration.minimum
    longest = shortest if schedule.duration.maximum is None else schedule.duration.maximum
    return Offer(
        platform="",
        pool="",
        minstart=starts.start,
        maxstart=starts.end - 1,
        maxend=starts.end - 1 + longest,
        minduration=shortest,
        maxduration=longest,
        expires=expires or 0,
        compute=_compute(task),
        storage=_storage(task),
        identifier=found.ident,
    )


def _compute(task: Task) -> tuple[Allotment, ...]:
    return tuple(
        Allotment(
            each.name,
            Amounts({name: asked.minimum or 0 for name, asked in each.ranges.items()}),
            Amounts({name: asked.maximum or 0 for name, asked in each.ranges.items()}),
        )
        for each in task.compute
    )


def _storage(task: Task) -> tuple[Allotment, ...]:
    allotments = []
    for each in task.storage:
        least = each.size.minimum or 0
        most = least if each.size.maximum is None else each.size.maximum
        allotments.append(Allotment(each.name, Amounts({STORAGE: least}), Amounts({STORAGE: most})))
    return tuple(allotments)
