"""What a client wants of an answer, said in the query of its question."""

from __future__ import annotations

from typing import Final

from execbroker.core.choice import MEASURES
from execbroker.core.planner import Query
from execbroker.core.problems import InvalidDocument, Problem, quoted
from execbroker.service.http.bodies import only
from execbroker.service.routes import Call, Parameter

__all__ = ["ALTERNATIVES", "MAX_OFFERS", "PREFER", "query_of"]

_TRUTHS: Final = {"true": True, "false": False}
_MOST: Final = 999_999_999

ALTERNATIVES: Final = Parameter(
    "alternatives", "Whether to say also beside a YES what could be had otherwise.", {"type": "boolean"}
)
MAX_OFFERS: Final = Parameter(
    "max-offers", "At most so many offers.", {"type": "integer", "minimum": 1, "maximum": _MOST}
)
PREFER: Final = Parameter(
    "prefer", "By what the offers are ordered; by their start if left out.", {"enum": [*MEASURES]}
)


def query_of(call: Call) -> Query:
    """What the query of a request wants of the answer.

    Raises:
        InvalidDocument: It makes no sense; all of it is named.
    """
    problems: list[Problem] = []

    def refuse(name: str, text: str, message: str, hint: str) -> None:
        problems.append(Problem("parameter", f"{quoted(text)} {message}", name, text[:60], hint))

    alternatives, most, prefer = (
        only(call.request.query, each.name) for each in (ALTERNATIVES, MAX_OFFERS, PREFER)
    )
    if alternatives is not None and alternatives not in _TRUTHS:
        refuse(ALTERNATIVES.name, alternatives, "is no truth value", "write true or false")
    if most is not None and not (most.isascii() and most.isdigit() and 1 <= int(most[:10]) <= _MOST):
        refuse(MAX_OFFERS.name, most, "is no number of offers", "write it as 4")
    if prefer is not None and prefer not in MEASURES:
        refuse(PREFER.name, prefer, "is nothing to order by", f"write one of {', '.join(MEASURES)}")
    if problems:
        raise InvalidDocument(problems)
    return Query(
        max_offers=None if most is None else int(most),
        alternatives=_TRUTHS.get(alternatives or "", False),
        prefer=prefer,
    )
