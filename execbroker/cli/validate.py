"""`execbroker validate`: whether task and platform files are right."""

from __future__ import annotations

import sys
from collections.abc import Callable, Mapping
from types import MappingProxyType
from typing import Any, Final, final

import click
from attrs import frozen

from execbroker.cli.exits import Status
from execbroker.cli.faults import CANNOT_READ, Faults
from execbroker.cli.options import FILE
from execbroker.cli.reports.signs import safe
from execbroker.cli.reports.words import count
from execbroker.cli.streams import name_of, once, write_output
from execbroker.cli.terminal import COLOURS, look_of
from execbroker.core.platform import Platform
from execbroker.core.problems import Reading
from execbroker.core.task import Task
from execbroker.languages import read_either
from execbroker.languages.problems import write_problem
from execbroker.languages.text.documents import Node
from execbroker.languages.text.writer import to_json

__all__ = ["FORMS", "Checked", "validate"]

_EPILOG: Final = """\b
Exit codes:
  0   valid, for several files all of them
  2   wrong usage
  3   a file is invalid
  4   a file cannot be read, or output cannot be written
"""


@final
@frozen
class Checked:
    """One file and what came of reading it."""

    name: str
    reading: Reading[Task | Platform]

    @property
    def kind(self) -> str | None:
        """`task` or `platform`; None: the file is not valid."""
        if not self.reading.is_valid:
            return None
        return "platform" if isinstance(self.reading.value, Platform) else "task"


def _text(checked: Checked) -> str:
    """The verdict on one line; what is wrong has been told on the standard error."""
    problems = checked.reading.problems
    if any(problem.code == CANNOT_READ for problem in problems):
        return f"{safe(checked.name)}: unreadable"
    errors = sum(problem.is_error for problem in problems)
    counts = ((errors, "error"), (len(problems) - errors, "warning"))
    verdict = f"valid {checked.kind}" if checked.kind else "invalid"
    return f"{safe(checked.name)}: " + ", ".join(
        [verdict, *(count(number, thing) for number, thing in counts if number)]
    )


def _json(checked: Checked) -> str:
    """The verdict and all problems as one line of JSON."""
    problems: list[Node] = [write_problem(problem) for problem in checked.reading.problems]
    return to_json(
        {"file": checked.name, "valid": checked.kind is not None, "kind": checked.kind, "problems": problems}
    )


#: The forms of output; their names are the choices of the option.
FORMS: Final[Mapping[str, Callable[[Checked], str]]] = MappingProxyType({"text": _text, "json": _json})


@click.command(epilog=_EPILOG, short_help="Check task and platform files.")
@click.argument("files", metavar="FILE...", type=FILE, nargs=-1, required=True)
@click.option(
    "-o",
    "--output",
    type=click.Choice([*FORMS]),
    default="text",
    show_default=True,
    help="The form of the verdicts: a line for each file, either for people or in JSON.",
)
@click.option("--ascii", "ascii_only", is_flag=True, help="No signs beyond ASCII.")
@click.option(
    "--color",
    type=click.Choice([*COLOURS]),
    default="auto",
    show_default=True,
    help="NO_COLOR and FORCE_COLOR are honoured, too.",
)
def validate(**options: Any) -> None:
    """Check task and platform FILEs (- is the standard input).

    A file with `platform` or `pools` is a platform's, any other a task's. What is wrong is told on the standard
    error, all of it at once, with what to write instead.
    """
    click.get_current_context().exit(_run(**options))


def _read(source: bytes, name: str) -> Reading[Task | Platform]:
    reading = read_either(source, name)
    return Reading(reading.value, reading.problems)


def _run(files: tuple[str, ...], output: str, ascii_only: bool, color: str) -> Status:
    once(files)
    if "" in files:
        raise click.UsageError("'' is empty, and no file has an empty name")
    faults = Faults(look_of(sys.stderr, color, ascii_only=ascii_only))
    statuses = []
    for path in files:
        reading, status = faults.read(path, _read)
        write_output(f"{FORMS[output](Checked(name_of(path), reading))}\n", is_document=output == "json")
        statuses.append(status)
    faults.finish()
    return max(statuses)
