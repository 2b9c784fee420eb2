"""What options of several commands have in common."""

from __future__ import annotations

import time
from collections.abc import Callable
from typing import Any, Final

import click

from execbroker.cli.terminal import COLOURS
from execbroker.core.instants import parse_instant
from execbroker.core.problems import Unreadable

__all__ = [
    "BOOK",
    "FILE",
    "STATE",
    "book",
    "dress",
    "now",
    "offer",
    "read_instant",
    "read_now",
    "session_output",
    "state",
]

#: A file that the command opens itself, for `click` would answer 2 where it cannot be read; shells complete it.
FILE: Final = click.Path(allow_dash=True, readable=False)
#: The file of a book, which is never the standard input; and the folder of the jobs.
BOOK: Final = click.Path(readable=False)
STATE: Final = click.Path(readable=False)


def read_now(context: click.Context, parameter: click.Parameter, text: str | None) -> int:
    """The instant that `--now` names; without it the present, for here is where the clock is read."""
    if text is None:
        return int(time.time())
    try:
        return parse_instant(text)
    except Unreadable as error:
        raise click.BadParameter(str(error), context, parameter) from error


def read_instant(context: click.Context, parameter: click.Parameter, text: str | None) -> int | None:
    """The instant that an option names, if it is given."""
    return None if text is None else read_now(context, parameter, text)


def offer(command: Callable[..., Any]) -> Callable[..., Any]:
    """Add the argument that names an offer."""
    return click.argument("offer", metavar="OFFER")(command)


def book(command: Callable[..., Any]) -> Callable[..., Any]:
    """Add the option that names the book in which offers are looked up."""
    told = "The book that holds the offers, as given to `execbroker offers`."
    return click.option("--book", metavar="FILE", type=BOOK, required=True, help=told)(command)


def state(command: Callable[..., Any]) -> Callable[..., Any]:
    """Add the option that names the folder of the jobs."""
    told = "The folder of the jobs; without it, it lies beside the book: FILE.jobs."
    return click.option("--state", metavar="DIR", type=STATE, help=told)(command)


def now(command: Callable[..., Any]) -> Callable[..., Any]:
    """Add the option that names the present."""
    told = "The time, such as 2023-05-09T12:00:00Z. Without it, the clock is read. A book's time never goes back."
    return click.option("--now", metavar="INSTANT", callback=read_now, help=told)(command)


def session_output(command: Callable[..., Any]) -> Callable[..., Any]:
    """Add the option that says in which form a session is shown."""
    return click.option(
        "-o",
        "--output",
        type=click.Choice(["table", "json"]),
        default="table",
        show_default=True,
        help="The form in which it is shown: for people, or a line of JSON.",
    )(command)


def dress(command: Callable[..., Any]) -> Callable[..., Any]:
    """Add the options that say how what is for people looks."""
    colours = click.option(
        "--color",
        type=click.Choice([*COLOURS]),
        default="auto",
        show_default=True,
        help="NO_COLOR and FORCE_COLOR are honoured, too.",
    )
    return click.option("--ascii", "ascii_only", is_flag=True, help="No signs beyond ASCII.")(
        colours(command)
    )
