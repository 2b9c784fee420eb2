"""Many tasks, one after the other, each answered and shown as soon as it is read."""

from __future__ import annotations

import sys
from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from functools import partial
from types import MappingProxyType
from typing import TYPE_CHECKING, Final, Protocol, TextIO, final

import click
from attrs import evolve, frozen

from execbroker.cli.exits import Status
from execbroker.cli.faults import Faults
from execbroker.cli.platform_files import PlatformFile, read_platforms
from execbroker.cli.progress import Progress
from execbroker.cli.reports import brief, documents, table
from execbroker.cli.reports.answered import Answered
from execbroker.cli.streams import name_of, once, say, write_file, write_output
from execbroker.cli.terminal import PLAIN, Look, look_of
from execbroker.core.answer import Answer, Reason
from execbroker.core.planner import PlatformPlanner, Query
from execbroker.core.platform import Platform
from execbroker.core.problems import Reading
from execbroker.core.task import Task
from execbroker.languages import is_unknown_language, read_task

if TYPE_CHECKING:
    from execbroker.cli.books import Book

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
        book: The file of the book that holds what is offered; None: nothing is held.
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
    book: str | None
    now: int
    output: str
    all_boxes: bool
    max_offers: int | None
    alternatives: bool
    prefer: str | None
    client: str | None
    timeline: bool | None
    svg: str | None
    ascii_only: bool
    color: str

    def __attrs_post_init__(self) -> None:
        once([*self.tasks, *self.platforms])
        if self.svg is not None and len(self.tasks) > 1:
            raise click.UsageError("--svg draws the answer to one task, and several are given")
        if self.svg in ("-", *self.tasks, *self.platforms):
            raise click.UsageError("--svg wants a file of its own, not one that is asked about")
        if self.timeline and self.output != "table":
            raise click.UsageError("--timeline goes with --output table")

    @property
    def query(self) -> Query:
        """How the answers are wanted."""
        return Query(self.all_boxes, self.max_offers, self.alternatives, self.prefer, self.client)

    @property
    def look(self) -> Look:
        """How answers are dressed."""
        return look_of(sys.stdout, self.color, ascii_only=self.ascii_only)


def answer_all(settings: Settings) -> Status:
    """Answer all tasks; the exit code is the highest that one of them, or a platform, asks for."""
    progress = Progress(len(settings.tasks), _is_terminal(sys.stderr) and not _is_terminal(sys.stdout))
    faults = Faults(look_of(sys.stderr, settings.color, ascii_only=settings.ascii_only), progress.clear)
    files, status = read_platforms(settings.platforms, faults)
    if status is Status.YES:
        status = _answer(settings, files, faults, progress)
    else:
        # Without one of the platforms every answer could be wrong, but what is wrong with a task is wrong anyway.
        resources = frozenset[str]().union(*(file.platform.resources for file in files))
        readings = [faults.read(path, partial(_read_task, resources)) for path in settings.tasks]
        status = max(status, *(each for _, each in readings))
    faults.finish()
    return status


def _answer(
    settings: Settings, files: tuple[PlatformFile, ...], faults: Faults, progress: Progress
) -> Status:
    platforms = tuple(file.platform for file in files)
    if settings.book is None:
        return max(_Batch(settings, _Panel(platforms or _this_machine()), faults).run(progress))
    from execbroker.cli.books import open_book  # takes longer to load than most answers take

    with open_book(settings.book, may_begin=True) as book:
        settings = evolve(settings, now=book.since(settings.now))
        book.note(files, settings.now)
        return max(_Batch(settings, _BookPanel(platforms or book.platforms, book), faults).run(progress))


def _this_machine() -> tuple[Platform, ...]:
    from execbroker.adapters.machine import this_machine  # who names platforms needs no host name

    return (this_machine(),)


def _is_terminal(stream: TextIO | None) -> bool:
    return stream is not None and stream.isatty()


class _Asked(Protocol):
    """Who is asked."""

    platforms: tuple[Platform, ...]

    def plan(self, task: Task, now: int, query: Query) -> Answer:
        """The answer to a task."""

    def drawn(self, now: int) -> tuple[Platform, ...]:
        """The platforms with all that is taken of them."""


@final
class _Panel:
    """Platforms whose bookings are all in their files."""

    def __init__(self, platforms: tuple[Platform, ...]) -> None:
        self.platforms = platforms
        self.plan = PlatformPlanner(*platforms).plan

    def drawn(self, now: int) -> tuple[Platform, ...]:
        return self.platforms


@final
class _BookPanel:
    """Platforms of which a book has taken something, too."""

    def __init__(self, platforms: tuple[Platform, ...], book: Book) -> None:
        self.platforms, self._book = platforms, book
        self.plan = book.broker_for(platforms).plan

    def drawn(self, now: int) -> tuple[Platform, ...]:
        return self._book.as_taken(self.platforms, now)


@final
class _Batch:
    """The tasks of one call, and who is asked."""

    def __init__(self, settings: Settings, asked: _Asked, faults: Faults) -> None:
        self.settings, self.asked, self.faults = settings, asked, faults
        self._look = settings.look
        self._shown = 0

    def run(self, progress: Progress) -> list[Status]:
        """Answer all tasks, and say how many came out how."""
        statuses = []
        for path in self.settings.tasks:
            statuses.append(self._answer(path))
            progress.advance()
        progress.clear()
        if len(statuses) > 1:
            say(_summary(statuses))
        return statuses

    def _answer(self, path: str) -> Status:
        settings, asked = self.settings, self.asked
        resources = frozenset[str]().union(*(platform.resources for platform in asked.platforms))
        reading, status = self.faults.read(path, partial(_read_task, resources))
        if reading.value is None:
            return status
        task, answer = reading.value
        # What is drawn as free is what was free before something of it was held for this answer.
        platforms = asked.drawn(settings.now) if self._is_drawn else asked.platforms
        answer = answer or asked.plan(task, settings.now, settings.query)
        self._show(Answered(name_of(path), answer, settings.now, task, platforms, self._is_one_of_many))
        return Status.YES if answer.is_yes else Status.NO

    @property
    def _is_one_of_many(self) -> bool:
        return len(self.settings.tasks) > 1

    @property
    def _is_drawn(self) -> bool:
        return self._has_timeline or self.settings.svg is not None

    def _show(self, answered: Answered) -> None:
        settings = self.settings
        is_document = settings.output in _DOCUMENTS
        look = PLAIN if is_document else self._look
        text = REPORTS[settings.output](answered, look)
        if self._has_timeline:
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

    @property
    def _has_timeline(self) -> bool:
        """As asked; else below the table of a single task, on a terminal."""
        settings = self.settings
        if settings.timeline is not None:
            return settings.timeline
        return settings.output == "table" and not self._is_one_of_many and _is_terminal(sys.stdout)


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
