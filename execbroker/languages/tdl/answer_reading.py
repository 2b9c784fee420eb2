"""The seed language `IVOA-TDL-1.0`: from a document to an answer.

What `answers` writes is read back as it was, but for what a document has no place for:

* of a zone only what its clocks show at the start; an offer's zone is one that has the same offset then;
* an identifier that was left to the content is one like any other;
* costs and metrics are exact in six decimal places, and where money is the only cost, only the least is said;
* a further resource is known for a size where an amount of it stands (the other names in `sizes` are lost), and
  what a reason counts is known by its path or, without one, by the form of its figures: a number is cores, a size
  is memory, and all else is a duration.

Whatever an `Answer` can hold is read, also if no planner should say it; a range that is none is refused.
"""

from __future__ import annotations

from execbroker.core.answer import Alternative, Answer, Offer, Unanswered
from execbroker.core.problems import Reading, nearest, quoted
from execbroker.languages.structuring.findings import Findings
from execbroker.languages.structuring.roots import read_root
from execbroker.languages.structuring.structure import structure
from execbroker.languages.tdl.answer_keys import (
    AnswerDocument,
    ChangeDocument,
    OfferDocument,
    UnansweredDocument,
    advise,
)
from execbroker.languages.tdl.answer_offers import read_offer
from execbroker.languages.tdl.answer_reasons import read_change, read_reason
from execbroker.languages.tdl.tasks import NAME
from execbroker.languages.text.documents import Document, Path

__all__ = ["read_answer"]

_YES, _NO = "YES", "NO"


def read_answer(document: Document) -> Reading[Answer]:
    """The answer of a document, or all its problems."""
    findings = Findings(document)
    root = read_root(findings, "an answer", 'write keys and values, such as `result: "YES"`')
    found = None if root is None else structure(root, AnswerDocument, findings, advise)
    return findings.reading(found and _answer(findings, found))


def _answer(findings: Findings, found: AnswerDocument) -> Answer:
    names: set[str] = set()
    offers = [
        _offer(findings, ("offers", index), each, names)
        for index, each in enumerate(found.offers or ())
        if each is not None
    ]
    reasons = [
        read_reason(findings, ("reasons", index), each)
        for index, each in enumerate(found.reasons or ())
        if each is not None
    ]
    alternatives = [
        _alternative(findings, ("alternatives", index), each, names)
        for index, each in enumerate(found.alternatives or ())
        if each is not None
    ]
    _check_result(findings, found)
    if found.omitted is not None and found.omitted < 0:
        findings.error(
            "negative",
            "`omitted` is below zero",
            ("omitted",),
            hint="write how many offers were left out, or leave it out",
            found=str(found.omitted),
        )
    return Answer(
        offers=tuple(offers),
        reasons=tuple(reasons),
        alternatives=tuple(alternatives),
        complete=found.complete is not False,
        omitted=found.omitted or 0,
        unanswered=tuple(_unanswered(each) for each in found.unanswered or () if each),
        language=NAME,
    )


def _offer(findings: Findings, at: Path, found: OfferDocument, names: set[str]) -> Offer:
    """An offer within the task's limits."""
    if found.changes is not None:
        findings.error(
            "misplaced-key",
            "unknown key `changes`",
            (*at, "changes"),
            of_key=True,
            hint="it belongs in an alternative: what an offer gives is within the task's limits",
            found="changes",
        )
    return read_offer(findings, at, found, names)


def _alternative(findings: Findings, at: Path, found: OfferDocument, names: set[str]) -> Alternative:
    """An offer beyond them, and what would have to be other."""
    if found.changes is None and not findings.is_full and findings.is_sound_at((*at, "changes")):
        hint = f"write `changes: [{ChangeDocument.example}]`"
        findings.error("missing-key", "`changes` is missing", at, hint=hint)
    changes = tuple(read_change(each) for each in found.changes or () if each)
    return Alternative(read_offer(findings, at, found, names), changes)


def _unanswered(found: UnansweredDocument) -> Unanswered:
    return Unanswered(found.planner or "", found.code or "", found.message or "")


def _check_result(findings: Findings, found: AnswerDocument) -> None:
    """The result is one of two words, and what the offers say."""
    if found.result is None:
        return
    result = findings.text(("result",), found.result)
    if result not in (_YES, _NO):
        _report_word(findings, result)
    elif result == _YES and not found.offers and findings.is_sound_at(("offers",)):
        findings.error(
            "contradiction",
            '`result` is "YES", but there are no offers',
            ("result",),
            hint='write `result: "NO"`, or the offers',
            found=result,
        )
    elif result == _NO and found.offers:
        findings.error(
            "contradiction",
            f'`result` is "NO", but there {_count(len(found.offers))}',
            ("result",),
            hint='write `result: "YES"`, or leave the offers out',
            found=result,
        )


def _count(offers: int) -> str:
    return "is an offer" if offers == 1 else f"are {offers} offers"


def _report_word(findings: Findings, result: str) -> None:
    near = nearest(result.upper(), (_YES, _NO)) or (_YES if result.lower() in ("y", "true", "ok") else None)
    findings.error(
        "unknown-word",
        f"`result` is {quoted(result)}",
        ("result",),
        hint=f'did you mean "{near}"?' if near else 'write "YES" or "NO"',
        found=result,
    )
