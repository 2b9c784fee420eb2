"""What the schemas have no other place for, as messages: of an answer and of a job."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from execbroker.core.answer import Alternative, Answer
from execbroker.core.durations import format_duration
from execbroker.core.instants import format_instant
from execbroker.core.session import Job
from execbroker.languages.drafts.dialects import Dialect
from execbroker.languages.drafts.messages import kind_tree
from execbroker.languages.drafts.paths import path_in
from execbroker.languages.drafts.uris import remark_kind
from execbroker.languages.text.documents import Node

__all__ = ["remarks_on_answer", "remarks_on_job"]

#: So many alternatives are told of, the nearest.
_TOLD: Final = 5


def remarks_on_answer(answer: Answer, dialect: Dialect, time: int | None) -> list[Node]:
    """Whether there may be more offers, who did not answer, and what could be had otherwise."""

    def remark(code: str, message: str, values: Mapping[str, str], level: str = "INFO") -> Node:
        return kind_tree(dialect, remark_kind(code), message, values, level, time)

    said: list[Node] = []
    if not answer.complete:
        said.append(remark("incomplete", "the search stopped at its limit; there may be better offers", {}))
    if answer.omitted:
        number = str(answer.omitted)
        said.append(remark("omitted", f"{number} more offers were left out", {"omitted": number}))
    for each in answer.unanswered:
        message = f"{each.planner} gave no answer: {each.message}"
        said.append(remark(each.code, message, {"planner": each.planner}, "WARN"))
    nearest = answer.alternatives[:_TOLD]
    return [*said, *(remark("alternative", *_otherwise(each, dialect)) for each in nearest)]


def _otherwise(alternative: Alternative, dialect: Dialect) -> tuple[str, dict[str, str]]:
    """What could be had if limits were other."""
    offer = alternative.offer
    values = {
        "platform": offer.platform,
        "pool": offer.pool,
        "start": format_instant(offer.minstart),
        "duration": format_duration(offer.maxduration),
    }
    limits = []
    for each in alternative.changes:
        path = path_in(each.path, dialect)
        limits.append(f"{path} were {each.new}" if each.new is not None else f"there were no {path}")
    what = f"from {values['start']} there would be {values['duration']} in {offer.platform}/{offer.pool}"
    return f"{what} if {' and '.join(limits)}", values


def remarks_on_job(job: Job, dialect: Dialect) -> list[Node]:
    """How a job ended, and where its results are."""

    def remark(code: str, message: str, values: Mapping[str, str]) -> Node:
        time = job.session.history[-1].instant
        return kind_tree(dialect, remark_kind(code), message, values, "INFO", time)

    said = [
        remark("result", f"the result {name} is at {where}", {"name": name, "location": where})
        for name, where in job.results
    ]
    if job.exit_status is not None:
        status = str(job.exit_status)
        said.append(remark("exit-status", f"it ended with the status {status}", {"status": status}))
    return said
