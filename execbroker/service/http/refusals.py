"""Refusals of requests, and the documents that say why (RFC 9457)."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from http import HTTPStatus
from typing import Final, final

from execbroker.core.interfaces import Refused
from execbroker.core.lifecycle import IllegalStep
from execbroker.core.problems import InvalidDocument, Problem
from execbroker.core.sizes import format_amount
from execbroker.languages.text.documents import Node
from execbroker.languages.text.writer import to_json
from execbroker.service.http.messages import Pairs, Response

__all__ = ["PROBLEM", "STATUSES", "Refusal", "refusal_of"]

#: The type of a problem document. It goes out whatever the client accepts, as errors may (RFC 9110, 15.5.7).
PROBLEM: Final = "application/problem+json"
#: What a problem's type begins with; its code follows.
_TYPE: Final = "urn:execbroker:problem:"

#: What brokers and runners refuse, by code; whatever is not here is at odds with how things stand: 409.
STATUSES: Final[Mapping[str, int]] = {
    "offer-unknown": 404,
    "job-unknown": 404,
    "result-unknown": 404,
    "not-yours": 403,
    "outside-offer": 422,
    "seal-missing": 403,
    "seal-broken": 403,
    "seal-foreign": 403,
}
_CONFLICT: Final = 409


@final
class Refusal(Exception):
    """Why a request is not answered as it would be.

    Attributes:
        status: As in HTTP.
        code: For programs, such as `body-too-large`.
        message: Why, one sentence, for people.
        problems: All that is wrong with a document.
        headers: What the status asks for beside the document, such as `Allow`.
        more: Further members of the document.
    """

    def __init__(
        self,
        status: int,
        code: str,
        message: str,
        problems: Iterable[Problem] = (),
        headers: Pairs = (),
        more: Mapping[str, Node] | None = None,
    ) -> None:
        super().__init__(status, code, message)
        self.status, self.code, self.message = status, code, message
        self.problems, self.headers, self.more = tuple(problems), headers, dict(more or {})

    def __str__(self) -> str:
        return f"{self.status} {self.message} ({self.code})"

    @property
    def response(self) -> Response:
        """The problem document as a response."""
        document: dict[str, Node] = {
            "type": _TYPE + self.code,
            "title": HTTPStatus(self.status).phrase,
            "status": self.status,
            "detail": self.message,
            "code": self.code,
            **self.more,
        }
        if self.problems:
            document["problems"] = [_problem(each) for each in self.problems]
        headers = (("Content-Type", PROBLEM), *self.headers)
        return Response(self.status, f"{to_json(document)}\n".encode(), headers)


def refusal_of(
    error: Refused | IllegalStep | InvalidDocument, sizes: frozenset[str] = frozenset()
) -> Refusal:
    """What a broker, a runner or a reader will not do, in the words of HTTP.

    Args:
        error: What it raised.
        sizes: Those further resources that are sizes.
    """
    if isinstance(error, InvalidDocument):
        count = sum(problem.is_error for problem in error.problems)
        what = "one problem" if count == 1 else f"{count} problems"
        return Refusal(400, "invalid-document", f"the document has {what}", error.problems)
    if isinstance(error, IllegalStep):  # somebody was faster
        return Refusal(_CONFLICT, "phase", str(error))
    more: dict[str, Node] = {}
    if error.available is not None:
        more["available"] = {
            name: format_amount(name, value, sizes) for name, value in error.available.items()
        }
    return Refusal(STATUSES.get(error.code, _CONFLICT), error.code, error.message, more=more)


def _problem(problem: Problem) -> Node:
    position = problem.position
    members: dict[str, Node] = {
        "code": problem.code,
        "message": problem.message,
        "severity": problem.severity,
        "path": problem.path,
        "found": problem.found,
        "hint": problem.hint,
        "line": position and position.line,
        "column": position and position.column,
    }
    return {key: value for key, value in members.items() if value is not None}
