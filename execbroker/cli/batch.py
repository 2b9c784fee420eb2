"""Many tasks, one after the other, each answered and shown as soon as it is read."""

from __future__ import annotations

import sys
from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from functools import partial
from types import MappingProxyType
from typing import Final, TextIO, final

import click
from attrs import frozen

from execbroker.cli.exits import Status
from execbroker.cli.faults import Faults
from execbroker.cli.progress import Progress
from execbroker.cli.reports import brief, documents, table
from execbroker.cli.reports.answered import Answered
from execbroker.cli.reports.signs import safe
from execbroker.cli.streams import name_of, once, say, write_file, write_output
from execbroker.cli.terminal import PLAIN, Look, look_of
from execbroker.core.answer import Answer, Reason
from execbroker.core.planner import PlatformPlanner, Query
from execbroker.core.platform import Platform
from execbroker.core.problems import Reading
from execbroker.core.task import Task
from execbroker.languages import is_unknown_language, read_platform, read_task

__all__ = ["REPORTS", "Settings", "answer_all"]

#: The forms of output; their names are the choices of the option.
REPORTS: Final[Mapping[str, Callable[[Answered, Look], str]]] = MappingProxyType(
    {
        "table": table.report,
        "brief": brief.report,
        "json": documents.report_json,
        "yaml": documents.report_yaml,
    }
)
#: Those that are for programs: never dressed, always UTF-8.
_DOCUMENTS: Final = frozenset({"json", "yaml"})


@final
@frozen
class Settings:
    """The options of the command, name by name.

    Attributes:
        tasks, platforms: Files, `-` for the standard input.
        now: The instant at which the platforms are asked, seconds UTC.
        output: One of `REPORTS`.
        all_boxes, max_offers, alternatives, prefer: As in `Query`.
        timeline: Whether the table comes with one; None: if it goes to a terminal.
        svg: The file that a picture is written to.
        ascii_only: Keep to ASCII in what is for people.
        color: One of `COLOURS`.
    """

    tasks: tuple[str, ...]
    platforms: tuple[str, ...]
    now: int
    output: str
    all_boxes: bool
    max_offers: int | None
    alternatives: bool
    prefer: str | None
    timeline: bool | None
    svg: str | None
    ascii_only: bool
    color: str

    def __attrs_post_init__(self) -> None:
        once([*self.tasks, *self.platforms])
        if self.svg is not None and len(self.tasks) > 1:
            raise click.UsageError("--svg draws the answer to one task, and several are given")
        if self.timeline and self.output != "table":
            raise click.UsageError("--timeline goes with --output table")

    @property
    def query(self) -> Query:
        """How the answers are wanted."""
        return Query(self.all_boxes, self.max_offers, self.alternatives, self.prefer)

    @property
    def look(self) -> Look:
        """How answers are dressed."""
        return look_of(sys.stdout, self.color, ascii_only=self.ascii_only)


def answer_all(settings: Settings) -> Status:
    """Answer all tasks; the exit code is the highest that one of them, or a platform, asks for."""
    progress = Progress(len(settings.tasks), _is_terminal(sys.stderr) and not _is_terminal(sys.stdout))
    faults = Faults(look_of(sys.stderr, settings.color, ascii_only=settings.ascii_only), progress.clear)
    platforms, status = _read_platforms(settings.platforms, faults)
    # Without one of the platforms every answer could be wrong.
    if status is Status.YES:
        status = max(_Batch(settings, platforms, faults).run(progress))
    faults.finish()
    return status


def _is_terminal(stream: TextIO | None) -> bool:
    return stream is not None and stream.isatty()


def _read_platforms(paths: Sequence[str], faults: Faults) -> tuple[tuple[Platform, ...], Status]:
    if not paths:
        from execbroker.adapters.machine import this_machine  # who names platforms needs no host name

        return (this_machine(),), Status.YES
    readings = [faults.read(path, read_platform) for path in paths]
    platforms = tuple(reading.value for reading, _ in readings if reading.value is not None)
    for name, number in Counter(platform.name for platform in platforms).items():
        if number > 1:
            raise click.UsageError(
                f"{number} platforms are called {safe(name)!r}; nobody could tell their offers apart"
            )
    return platforms, max(status for _, status in readings)


@final
class _Batch:
    """The tasks of one call, and who is asked."""

    def __init__(self, settings: Settings, platforms: tuple[Platform, ...], faults: Faults) -> None:
        self.settings, self.platforms, self.faults = settings, platforms, faults
        self._look = settings.look
        self._shown = 0

    def run(self, progress: Progress) -> list[Status]:
        """Answer all tasks, and say how many came out how."""
        planner, statuses = PlatformPlanner(*self.platforms), []
        for path in self.settings.tasks:
            statuses.append(self._answer(path, planner))
            progress.advance()
        progress.clear()
        if len(statuses) > 1:
            say(_summary(statuses))
        return statuses

    def _answer(self, path: str, planner: PlatformPlanner) -> Status:
        resources = frozenset[str]().union(*(platform.resources for platform in self.platforms))
        reading, status = self.faults.read(path, partial(_read_task, resources))
        if reading.value is None:
            return status
        task, answer = reading.value
        answer = answer or planner.plan(task, self.settings.now, self.settings.query)
        is_one_of_many = len(self.settings.tasks) > 1
        self._show(Answered(name_of(path), answer, self.settings.now, task, self.platforms, is_one_of_many))
        return Status.YES if answer.is_yes else Status.NO

    def _show(self, answered: Answered) -> None:
        settings = self.settings
        is_document = settings.output in _DOCUMENTS
        look = PLAIN if is_document else self._look
        text = REPORTS[settings.output](answered, look)
        if self._has_timeline(answered):
            from execbroker.cli.reports import timeline  # most calls draw nothing

            text += "\n" + timeline.draw(answered, look)
        # Tables are set apart by an empty line.
        write_output(
            f"\n{text}" if self._shown and settings.output == "table" else text, is_document=is_document
        )
        self._shown += 1
        if settings.svg is not None:
            from execbroker.cli.reports import picture

            write_file(settings.svg, picture.draw(answered))

    def _has_timeline(self, answered: Answered) -> bool:
        """As asked; else below the table of a single task, on a terminal."""
        settings = self.settings
        if settings.timeline is not None:
            return settings.timeline
        return settings.output == "table" and not answered.is_one_of_many and _is_terminal(sys.stdout)


def _read_task(resources: frozenset[str], source: bytes, name: str) -> Reading[tuple[Task, Answer | None]]:
    """The task of a file; if it is in a language that nobody here knows, an empty one with the answer to that."""
    reading = read_task(source, name, resources)
    if reading.value is not None:
        return Reading((reading.value, None), reading.problems)
    if not is_unknown_language(reading):
        return Reading(None, reading.problems)
    (problem,) = reading.problems
    message = f"{problem.message}; {problem.hint}" if problem.hint else problem.message
    return Reading((Task(), Answer(reasons=(Reason(problem.code, message, path=problem.path),))))


def _summary(statuses: Sequence[Status]) -> str:
    """How many tasks came out how: `3 tasks: 1 YES, 1 NO, 1 invalid`."""
    words = {Status.YES: "YES", Status.NO: "NO", Status.INVALID: "invalid", Status.INACCESSIBLE: "unreadable"}
    tally = Counter(statuses)
    counts = (f"{tally[status]} {word}" for status, word in words.items() if tally[status])
    return f"{len(statuses)} tasks: {', '.join(counts)}\n"
