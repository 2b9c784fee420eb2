"""Problems as documents, for programs that read what is wrong with a file."""

from __future__ import annotations

from execbroker.core.problems import Problem
from execbroker.languages.text.documents import Node

__all__ = ["write_problem"]


def write_problem(problem: Problem) -> dict[str, Node]:
    """A problem as a plain tree; what has nothing to say is absent.

    >>> write_problem(Problem("unknown-key", "unknown key `minmemroy`", hint="did you mean `minmemory`?"))["code"]
    'unknown-key'
    """
    position = problem.position
    tree: dict[str, Node] = {
        "severity": problem.severity,
        "code": problem.code,
        "line": position.line if position else None,
        "column": position.column if position else None,
        "path": problem.path or None,
        "message": problem.message,
        "found": problem.found,
        "hint": problem.hint,
    }
    return {key: value for key, value in tree.items() if value is not None}
