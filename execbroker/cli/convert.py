"""`execbroker convert`: a task or an answer in another language, and what got lost on the way."""

from __future__ import annotations

import sys
from collections.abc import Callable, Mapping
from types import MappingProxyType
from typing import Any, Final

import click
from attrs import evolve

from execbroker.cli.exits import Status
from execbroker.cli.faults import Faults
from execbroker.cli.options import FILE, dress
from execbroker.cli.reports.signs import safe
from execbroker.cli.reports.words import count
from execbroker.cli.streams import name_of, say, write_output
from execbroker.cli.terminal import look_of
from execbroker.core.answer import Answer
from execbroker.core.problems import Reading, nearest
from execbroker.core.task import Task
from execbroker.languages import Language, language, languages, read_any
from execbroker.languages.text.documents import Node
from execbroker.languages.text.writer import to_json, to_yaml
from execbroker.languages.written import Occasion, Written

__all__ = ["FORMS", "convert"]

_EPILOG: Final = """\b
Exit codes:
  0   converted
  1   converted, but something got lost, and --strict was given
  2   wrong usage
  3   the file is invalid
  4   the file cannot be read, or output cannot be written
"""


def _json(tree: Node) -> str:
    return to_json(tree, indent=2) + "\n"


#: The forms of output; their names are the choices of the option.
FORMS: Final[Mapping[str, Callable[[Node], str]]] = MappingProxyType({"yaml": to_yaml, "json": _json})


def _find(context: click.Context, parameter: click.Parameter, name: str | None) -> Language | None:
    """The language of a name, or wrong usage."""
    if name is None:
        return None
    found = language(name)
    if found is None:
        names = [each.name for each in languages()]
        near = nearest(name, names)
        hint = f"did you mean {near!r}?" if near else f"there are {', '.join(names)}"
        raise click.BadParameter(f"there is no language {name!r}; {hint}", context, parameter)
    return found


@click.command(epilog=_EPILOG, short_help="Write a task or an answer in another language.")
@click.argument("file", metavar="FILE", type=FILE)
@click.option(
    "--to", "target", metavar="LANGUAGE", callback=_find, required=True, help="The language to write."
)
@click.option(
    "--from", "source", metavar="LANGUAGE", callback=_find, help="The language of FILE, if it doesn't tell."
)
@click.option(
    "-o",
    "--output",
    type=click.Choice([*FORMS]),
    default="yaml",
    show_default=True,
    help="The form of the document.",
)
@click.option("--strict", is_flag=True, help="Exit with 1 if anything got lost.")
@dress
def convert(**options: Any) -> None:
    """Write the task or the answer of FILE (- is the standard input) in another LANGUAGE.

    What that language cannot say is told on the standard error. There are IVOA-TDL-1.0, IVOA-EB-2024 (whose
    requests are only read), IVOA-EB-2025, Calycopis-1.0, and what other packages bring.
    """
    click.get_current_context().exit(_run(**options))


def _run(
    file: str,
    target: Language,
    source: Language | None,
    output: str,
    strict: bool,
    ascii_only: bool,
    color: str,
) -> Status:
    faults = Faults(look_of(sys.stderr, color, ascii_only=ascii_only))

    def read(content: bytes, name: str) -> Reading[Task | Answer]:
        reading = read_any(content, name, source and source.name)
        return Reading(reading.value, reading.problems)

    reading, status = faults.read(file, read)
    faults.finish()
    if reading.value is None:
        return status
    written = _written(reading.value, target)
    is_lossy = bool(written.losses) or any(problem.code == "not-kept" for problem in reading.problems)
    for loss in written.losses:
        say(f"{safe(name_of(file))}: lost: {safe(str(loss))}\n")
    if written.losses:
        say(f"{count(len(written.losses), 'thing')} got lost\n")
    write_output(FORMS[output](dict(written.tree)), is_document=True)
    return Status.NO if strict and is_lossy else status


def _written(value: Task | Answer, target: Language) -> Written:
    """A task or an answer in a language.

    Raises:
        UsageError: The language is only read.
    """
    if isinstance(value, Answer):
        answer = evolve(value, language=target.name)
        express = target.express
        return Written(target.write(answer)) if express is None else express(answer, Occasion())
    if target.write_task is None:
        raise click.UsageError(f"tasks in {target.name} are only read")
    return target.write_task(value)
