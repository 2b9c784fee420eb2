"""`execbroker run`: run on this machine what an offer is for, and end as it ends."""

from __future__ import annotations

import signal
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from types import FrameType
from typing import TYPE_CHECKING, Any, Final, final

import click
from attrs import frozen

from execbroker.cli import options
from execbroker.cli.exits import Status
from execbroker.cli.streams import CannotWrite
from execbroker.cli.terminal import Look, look_of

if TYPE_CHECKING:
    from execbroker.cli.books import Book
    from execbroker.cli.running import Running

__all__ = ["run"]

_EPILOG: Final = """\b
Exit codes:
  those of what was run; 128 + N where signal N ended it
  2    wrong usage
  125  it could not be run, or not to its end
  130  interrupted
"""
#: Signals beyond Ctrl-C that end the program and what it runs: the terminal is gone, or nobody waits any longer.
_ENDING: Final = (signal.SIGHUP, signal.SIGTERM)


@final
@frozen
class _Settings:
    """The options of the command, name by name.

    Attributes:
        offer: An identifier, or the beginning of one.
        book: The book's file.
        state: The folder of the jobs; None: the book's own.
        now: The instant at which the clock begins to go.
        color, ascii_only: How progress is shown.
    """

    offer: str
    book: str
    state: str | None
    now: int
    color: str
    ascii_only: bool

    @property
    def look(self) -> Look:
        """How progress is shown."""
        return look_of(sys.stderr, self.color, ascii_only=self.ascii_only)


@click.command(epilog=_EPILOG, short_help="Run what an offer is for, on this machine.")
@options.offer
@options.book
@options.state
@options.now
@options.dress
def run(**given: Any) -> None:
    """Run what OFFER is for on this machine, and wait until it is done.

    An offer that was not accepted yet is accepted as it is: as early, as long and as much as can be. If its time is
    still to come, that is waited for. What the command writes goes to the standard output and error, and is kept in
    the job's folder. Interrupted, it is stopped, and what was booked for it is free again; what another
    `execbroker run` left running is taken up.
    """
    click.get_current_context().exit(_run(_Settings(**given)))


def _run(settings: _Settings) -> int:
    from execbroker.cli.books import open_book  # help needs none

    with _ended_by_signals():
        try:
            with open_book(settings.book) as book, _running(book, settings) as running:
                return running.run(settings.offer, settings.look)
        except click.UsageError:
            raise
        except click.ClickException as error:
            # Whatever kept it from being run: 1 and 4 could be the command's own.
            error.show()
            return Status.NOT_RUN


def _running(book: Book, settings: _Settings) -> Running:
    from execbroker.cli.running import Running  # help needs none

    try:
        return Running(book, settings.now, settings.state)
    except OSError as error:
        # All that it does with files before it runs anything is to make the folder.
        raise CannotWrite(str(settings.state or book.state), error) from error


@contextmanager
def _ended_by_signals() -> Iterator[None]:
    """See to it that signals which end the program let it clean up first."""

    def end(number: int, _: FrameType | None) -> None:
        raise click.exceptions.Exit(128 + number)

    before = {number: signal.signal(number, end) for number in _ENDING}
    try:
        yield
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)
