"""`execbroker reject`: let an offer go that a book holds."""

from __future__ import annotations

import sys

import click

from execbroker.cli import options
from execbroker.cli.exits import EPILOG_OF_BOOKS
from execbroker.cli.terminal import look_of

__all__ = ["reject"]


@click.command(epilog=EPILOG_OF_BOOKS, short_help="Let an offer go that a book holds.")
@options.offer
@options.book
@options.now
@options.session_output
@options.dress
def reject(offer: str, book: str, now: int, output: str, color: str, ascii_only: bool) -> None:
    """Let OFFER go: its identifier, or the first four or more signs of it. What it alone held is free again."""
    from execbroker.cli.books import open_book  # help needs none
    from execbroker.cli.reports.jobs import show

    with open_book(book) as opened:
        session = opened.reject(opened.find(offer, now), now)
    show(session, output, look_of(sys.stdout, color, ascii_only=ascii_only))
