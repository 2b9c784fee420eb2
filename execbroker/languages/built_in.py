"""What a language is, and those that come with the library.

Nobody pays for the dialects who doesn't meet one: all but the reading of tasks in the seed language is imported
when it is used.
"""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from typing import TYPE_CHECKING, Final, final

from attrs import frozen

from execbroker.core.answer import Answer
from execbroker.core.problems import Reading
from execbroker.core.task import Task
from execbroker.languages.drafts.detection import CALYCOPIS, DRAFT_2024, DRAFT_2025, dialect_of
from execbroker.languages.tdl import tasks
from execbroker.languages.text.documents import Document, Node
from execbroker.languages.written import Occasion, Written

if TYPE_CHECKING:
    from execbroker.languages.seen import SeenSession

__all__ = ["BUILT_IN", "Language"]


@final
@frozen
class Language:
    """A task description language.

    Attributes:
        name: What a document gives as `lang`.
        reads: Whether a document is in this language. Asked of the languages that are built in, in their order.
        read: The task of a document. The names of further resources that the platforms have come with it.
        write: The document of an answer, as a plain tree.
        read_answer: The answer of a document; None where answers are only written.
        write_task: The document of a task, and what got lost; None where tasks are only read.
        express: As `write`, with what got lost, for languages whose answers say more than the answer; None: nothing
            gets lost, and there is nothing to add.
        read_session: What a document says of a session; None where the language has no such documents.
    """

    name: str
    reads: Callable[[Document], bool]
    read: Callable[[Document, frozenset[str]], Reading[Task]]
    write: Callable[[Answer], dict[str, Node]]
    read_answer: Callable[[Document], Reading[Answer]] | None = None
    write_task: Callable[[Task], Written] | None = None
    express: Callable[[Answer, Occasion], Written] | None = None
    read_session: Callable[[Document], Reading[SeenSession]] | None = None


def _reads_tdl(document: Document) -> bool:
    return tasks.reads(document) and dialect_of(document) is None


def _write_tdl(answer: Answer) -> dict[str, Node]:
    from execbroker.languages.tdl.answers import write_answer  # who only checks a file writes no answer

    return write_answer(answer)


def _read_tdl(document: Document) -> Reading[Answer]:
    from execbroker.languages.tdl.answer_reading import read_answer  # nor does who reads a task

    return read_answer(document)


def _write_tdl_task(task: Task) -> Written:
    from execbroker.languages.tdl.requests import write_task  # tasks are mostly read

    return write_task(task)


def _is_in(name: str, document: Document) -> bool:
    return dialect_of(document) == name


def _read_draft(name: str, document: Document, resources: frozenset[str]) -> Reading[Task]:
    from execbroker.languages.drafts import requests

    return requests.read(document, name)


def _read_draft_answer(name: str, document: Document) -> Reading[Answer]:
    from execbroker.languages.drafts.answers_reading import read_answer

    return read_answer(document, name)


def _read_draft_session(name: str, document: Document) -> Reading[SeenSession]:
    from execbroker.languages.drafts.sessions_reading import read_session

    return read_session(document, name)


def _express_draft(name: str, answer: Answer, occasion: Occasion) -> Written:
    from execbroker.languages.drafts.sessions_writing import write_answer

    return write_answer(answer, occasion, name)


def _write_draft(name: str, answer: Answer) -> dict[str, Node]:
    return dict(_express_draft(name, answer, Occasion()).tree)


def _write_draft_task(name: str, task: Task) -> Written:
    from execbroker.languages.drafts.requests_writing import write_task

    return write_task(task, name)


def _read_text(document: Document, resources: frozenset[str]) -> Reading[Task]:
    from execbroker.languages.drafts import requests_2024

    return requests_2024.read(document)


def _read_text_answer(document: Document) -> Reading[Answer]:
    from execbroker.languages.drafts.answers_2024_reading import read_answer

    return read_answer(document)


def _express_text(answer: Answer, occasion: Occasion) -> Written:
    from execbroker.languages.drafts.answers_2024 import write_answer

    return write_answer(answer, occasion)


def _write_text(answer: Answer) -> dict[str, Node]:
    return dict(_express_text(answer, Occasion()).tree)


def _draft(name: str) -> Language:
    return Language(
        name,
        partial(_is_in, name),
        partial(_read_draft, name),
        partial(_write_draft, name),
        partial(_read_draft_answer, name),
        partial(_write_draft_task, name),
        partial(_express_draft, name),
        partial(_read_draft_session, name),
    )


#: Asked in this order whether a document is theirs.
BUILT_IN: Final = (
    Language(tasks.NAME, _reads_tdl, tasks.read, _write_tdl, _read_tdl, _write_tdl_task),
    _draft(DRAFT_2025),
    _draft(CALYCOPIS),
    Language(
        DRAFT_2024,
        partial(_is_in, DRAFT_2024),
        _read_text,
        _write_text,
        _read_text_answer,
        None,
        _express_text,
    ),
)
