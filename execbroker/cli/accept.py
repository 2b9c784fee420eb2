"""`execbroker accept`: take an offer that a book holds."""

from __future__ import annotations

import sys
from collections.abc import Iterable
from typing import Any, final

import click
from attrs import frozen

from execbroker.cli import options
from execbroker.cli.exits import EPILOG_OF_BOOKS
from execbroker.cli.terminal import look_of
from execbroker.core.amounts import Amounts
from execbroker.core.answer import Offer
from execbroker.core.durations import parse_duration
from execbroker.core.problems import Unreadable, nearest, quoted
from execbroker.core.sizes import parse_amount

__all__ = ["accept"]


@final
@frozen
class _Settings:
    """The options of the command, name by name.

    Attributes:
        offer: An identifier, or the beginning of one.
        book: The book's file.
        start: When, as an instant; None: as early as can be.
        duration: How long, in seconds; None: as long as can be.
        amounts: Names of resources with how much of them, as on the command line.
        now: The instant.
        output, color, ascii_only: How the session is shown.
    """

    offer: str
    book: str
    start: int | None
    duration: int | None
    amounts: tuple[tuple[str, str], ...]
    now: int
    output: str
    color: str
    ascii_only: bool


def _read_duration(context: click.Context, parameter: click.Parameter, text: str | None) -> int | None:
    if text is None:
        return None
    try:
        return parse_duration(text)
    except Unreadable as error:
        raise click.BadParameter(str(error), context, parameter) from error


def _read_amounts(
    context: click.Context, parameter: click.Parameter, texts: Iterable[str]
) -> tuple[tuple[str, str], ...]:
    pairs: list[tuple[str, str]] = []
    for text in texts:
        name, equals, value = (part.strip() for part in text.partition("="))
        if not (name and equals and value):
            raise click.BadParameter(f"{quoted(text)} is not NAME=VALUE, such as cores=4", context, parameter)
        if name in dict(pairs):
            raise click.BadParameter(f"{quoted(name)} is given twice", context, parameter)
        pairs.append((name, value))
    return tuple(pairs)


@click.command(epilog=EPILOG_OF_BOOKS, short_help="Take an offer that a book holds.")
@options.offer
@options.book
@click.option(
    "--start",
    metavar="INSTANT",
    callback=options.read_instant,
    help="When it is to start, such as 2023-05-10T10:00:00Z. Without it, as early as can be.",
)
@click.option(
    "--duration",
    metavar="DURATION",
    callback=_read_duration,
    help="For how long it may run, such as 2h30m. Without it, as long as can be.",
)
@click.option(
    "--amount",
    "amounts",
    metavar="NAME=VALUE",
    multiple=True,
    callback=_read_amounts,
    help="How much of a resource, such as cores=4 or memory=80G. Without it, as much as is offered.",
)
@options.now
@options.session_output
@options.dress
def accept(**given: Any) -> None:
    """Take OFFER, which `execbroker offers --book` made: its identifier, or the first four or more signs of it.

    What is taken is booked, and the offers that were made beside it are let go.
    """
    _accept(_Settings(**given))


def _accept(settings: _Settings) -> None:
    from execbroker.cli.books import open_book  # help needs none
    from execbroker.cli.reports.jobs import show

    with open_book(settings.book) as book:
        found = book.find(settings.offer, settings.now)
        amounts = _amounts(settings.amounts, found.offer)
        session = book.accept(
            found, settings.now, start=settings.start, duration=settings.duration, amounts=amounts
        )
    show(session, settings.output, look_of(sys.stdout, settings.color, ascii_only=settings.ascii_only))


def _amounts(given: Iterable[tuple[str, str]], offer: Offer) -> Amounts:
    """The amounts as the offer counts them."""
    amounts = {}
    for name, text in given:
        if name not in offer.amounts:
            near = nearest(name, offer.amounts)
            has = f"did you mean {quoted(near)}?" if near else f"it has {', '.join(offer.amounts) or 'none'}"
            raise click.BadParameter(
                f"nothing called {quoted(name)} is offered; {has}", param_hint="--amount"
            )
        try:
            amounts[name] = parse_amount(name, text, sizes=offer.sizes)
        except Unreadable as error:
            raise click.BadParameter(f"{name}: {error}", param_hint="--amount") from error
    return Amounts(amounts)
