"""`execbroker jobs`: what became of the offers of a book."""

from __future__ import annotations

import sys
from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any, final

import click
from attrs import frozen

from execbroker.cli import options
from execbroker.cli.exits import EPILOG_OF_BOOKS
from execbroker.cli.terminal import look_of
from execbroker.core.interfaces import Refused, Runner
from execbroker.core.lifecycle import Phase
from execbroker.core.session import Job, Session

if TYPE_CHECKING:
    from execbroker.cli.books import Book

__all__ = ["jobs"]


@final
@frozen
class _Settings:
    """The options of the command, name by name.

    Attributes:
        job: An identifier, or the beginning of one; None: all jobs.
        book: The book's file.
        state: The folder of the jobs; None: the book's own.
        phases: Only jobs in one of these; none: in any.
        last: Only the newest so many of those.
        now: The instant.
        output, color, ascii_only: How they are shown.
    """

    job: str | None
    book: str
    state: str | None
    phases: tuple[str, ...]
    last: int | None
    now: int
    output: str
    color: str
    ascii_only: bool

    def __attrs_post_init__(self) -> None:
        if self.job is not None and (self.phases or self.last is not None):
            raise click.UsageError("--phase and --last choose among all jobs, and one is named")


@click.command(epilog=EPILOG_OF_BOOKS, short_help="Show offers and jobs of a book.")
@click.argument("job", metavar="[JOB]", required=False)
@options.book
@options.state
@click.option(
    "--phase",
    "phases",
    type=click.Choice([phase.value for phase in Phase], case_sensitive=False),
    multiple=True,
    help="Only those in this phase; several may be named.",
)
@click.option("--last", metavar="N", type=click.IntRange(min=1), help="Only the newest so many of them.")
@options.now
@click.option(
    "-o",
    "--output",
    type=click.Choice(["table", "json", "uws"]),
    default="table",
    show_default=True,
    help="The form in which they are shown; uws is the XML of the IVOA's Universal Worker Service 1.1.",
)
@options.dress
def jobs(**given: Any) -> None:
    """Show what became of the offers of a book, the newest first, or more of one JOB.

    A job has the identifier of the offer that it came of; the first four or more signs of it will do.
    """
    _show(_Settings(**given))


def _show(settings: _Settings) -> None:
    from execbroker.cli.books import open_book  # help needs none
    from execbroker.cli.reports.jobs import MANY, ONE, show_all

    with open_book(settings.book) as book:
        sessions = _chosen(book, settings)
        found = _with_files(book, sessions, Path(settings.state or book.state), settings.now)
    look = look_of(sys.stdout, settings.color, ascii_only=settings.ascii_only)
    show_all(found, MANY if settings.job is None else ONE, settings.output, look)


def _chosen(book: Book, settings: _Settings) -> list[Session]:
    if settings.job is not None:
        return [book.find(settings.job, settings.now)]
    phases = [Phase(name) for name in settings.phases]
    return book.broker.sessions(settings.now, settings.last, phases=phases)


def _with_files(book: Book, sessions: Sequence[Session], state: Path, now: int) -> list[Job]:
    """Jobs with what the runner of this machine knows of them, if it was ever used."""
    if not state.is_dir():
        return [Job(session) for session in sessions]
    from execbroker.adapters.runners.connections import at_host
    from execbroker.adapters.runners.local import LocalRunner

    runner = LocalRunner(book.broker, state, connect=at_host("localhost"))
    return list(_known(runner, sessions, now))


def _known(runner: Runner, sessions: Iterable[Session], now: int) -> Iterator[Job]:
    for session in sessions:
        try:
            yield runner.job(session.identifier, now)
        except Refused:
            yield Job(session)
