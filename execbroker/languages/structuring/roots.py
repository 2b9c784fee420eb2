"""What a document is as a whole, before anything in it is looked at."""

from __future__ import annotations

from typing import Final

from execbroker.languages.structuring.findings import Findings
from execbroker.languages.text.documents import Node, Tree

__all__ = ["ANSWER", "PLATFORM", "SESSION", "TASK", "is_kind", "kind_of", "read_root", "report_root"]

#: What a document can be, with its article.
TASK: Final = "a task"
ANSWER: Final = "an answer"
SESSION: Final = "a session"
PLATFORM: Final = "a platform file"

#: The first keys, in any of the languages, of answers and of tasks.
_OF_ANSWERS: Final = ("result", "response", "offers", "reasons")
_OF_TASKS: Final = (
    "task", "request", "executable", "compute-resources", "storage-resources", "data-resources", "resources",
    "compute", "storage", "data", "minduration", "maxduration", "duration", "daterange", "timerange", "schedule",
)  # fmt: skip
#: A session has one of the first, which say where it stands, and one of the others.
_OF_SESSIONS: Final = (("phase", "state"), ("expires", "offer", "session", "options"))

#: What to do with a document that is not what was meant.
_INSTEAD: Final = {
    (TASK, ANSWER): "give it where an answer is meant, or give the task that it answers",
    (TASK, SESSION): "give it where a session is meant, or give the task that it is for",
    (TASK, PLATFORM): "give it where a platform is meant, or write a task",
    **dict.fromkeys([(ANSWER, TASK), (ANSWER, SESSION), (ANSWER, PLATFORM)], "give what a planner answered"),
    **dict.fromkeys(
        [(SESSION, TASK), (SESSION, ANSWER), (SESSION, PLATFORM)], "give what a broker says of one offer"
    ),
}


def kind_of(root: Node) -> str | None:
    """What a document is, of whatever language, by a look at its first keys; None: they don't tell.

    >>> kind_of({"result": "NO"}), kind_of({"result": "NO", "minduration": "2h"})
    ('an answer', None)
    """
    if not isinstance(root, dict):
        return None
    if all(any(key in root for key in keys) for keys in _OF_SESSIONS):
        return SESSION
    is_answer, is_task = (any(key in root for key in keys) for keys in (_OF_ANSWERS, _OF_TASKS))
    if "pools" in root and not is_answer and "task" not in root:
        return PLATFORM
    return None if is_answer is is_task else ANSWER if is_answer else TASK


def is_kind(findings: Findings, wanted: str) -> bool:
    """Whether a document may be what is wanted; if it is another thing, that is written down."""
    found = kind_of(findings.document.root)
    if found is None or found == wanted:
        return True
    report_root(findings, f"this is {found}, not {wanted}", _INSTEAD[wanted, found])
    return False


def read_root(findings: Findings, noun: str, hint: str, *, empty: str = "the file is empty") -> Tree | None:
    """The mapping that a document is; None after writing down that it is none.

    Args:
        findings: Where that goes.
        noun: What is read, with its article.
        hint: What to write instead.
        empty: What is said where there is nothing.
    """
    root = findings.document.root
    if isinstance(root, dict):
        return root
    report_root(findings, empty if root is None else f"{noun} is a mapping of keys to values", hint)
    return None


def report_root(findings: Findings, message: str, hint: str) -> None:
    """Write down that a document is another thing than was meant."""
    findings.error("wrong-document", message, (), hint=hint)
