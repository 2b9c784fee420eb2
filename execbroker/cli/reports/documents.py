"""The answer as a document, for programs: JSON on one line, or YAML."""

from __future__ import annotations

from execbroker.cli.reports.answered import Answered
from execbroker.cli.reports.signs import safe
from execbroker.cli.terminal import Look
from execbroker.languages import write_answer
from execbroker.languages.text.documents import Node
from execbroker.languages.written import Occasion

__all__ = ["report_json", "report_yaml"]


def report_json(answered: Answered, look: Look) -> str:
    """The answer as one line of JSON."""
    from execbroker.languages.text.writer import to_json  # tables need no writer

    return to_json(_document(answered)) + "\n"


def report_yaml(answered: Answered, look: Look) -> str:
    """The answer as YAML; of several tasks each is a document of one stream, with a comment that names its file."""
    from execbroker.languages.text.writer import to_yaml

    text = to_yaml(_document(answered))
    return f"--- # {safe(answered.name)}\n{text}" if answered.is_one_of_many else text


def _document(answered: Answered) -> dict[str, Node]:
    """The answer in the language of its task, some of which repeat what was asked."""
    return write_answer(answered.answer, Occasion(answered.task, answered.now))
