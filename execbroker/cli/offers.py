"""`execbroker offers`: what tasks are offered, or why nothing is."""

from __future__ import annotations

from typing import Any, Final

import click

from execbroker.cli.batch import REPORTS, Settings, answer_all
from execbroker.cli.exits import EPILOG
from execbroker.cli.options import BOOK, FILE, read_now
from execbroker.cli.terminal import COLOURS
from execbroker.core.choice import MEASURES

__all__ = ["offers"]

_EPILOG: Final = f"""Of several tasks, `json` prints one document a line and `yaml` one document each, in the order
of the command line; a file that is missing or invalid has none, and is named on the standard error.

{EPILOG}"""


@click.command(epilog=_EPILOG, short_help="Say what tasks are offered, or why nothing is.")
@click.argument("tasks", metavar="TASK...", type=FILE, nargs=-1, required=True)
@click.option(
    "--platform",
    "platforms",
    metavar="FILE",
    type=FILE,
    multiple=True,
    help="A platform to ask; several are asked as one. Without any, it is those of the book, or this machine.",
)
@click.option(
    "--book",
    metavar="FILE",
    type=BOOK,
    help="Hold what is offered in this book, for `execbroker accept`, `reject` and `run`; it is begun if need be.",
)
@click.option(
    "--now",
    metavar="INSTANT",
    callback=read_now,
    help="When they are asked, such as 2023-05-09T12:00:00Z. Without it, the clock is read.",
)
@click.option(
    "-o",
    "--output",
    type=click.Choice([*REPORTS]),
    default="table",
    show_default=True,
    help="The form of the answers; brief is one offer a line: `2023-05-10 10:00 => 4 hours, 4 cores, 80GiB`.",
)
@click.option(
    "--all",
    "all_boxes",
    is_flag=True,
    help="Every maximal offer, also where another is better in everything.",
)
@click.option(
    "--max-offers", metavar="N", type=click.IntRange(min=1), help="At most so many offers for each task."
)
@click.option("--alternatives", is_flag=True, help="Also with a YES, what other limits would give.")
@click.option(
    "--prefer", type=click.Choice([*MEASURES]), help="The best by this measure first; none is dropped."
)
@click.option("--client", metavar="NAME", help="Who asks, where a platform's policy is about that.")
@click.option(
    "--timeline/--no-timeline",
    default=None,
    help="Draw free room and offers below the table, as on a terminal.",
)
@click.option("--svg", metavar="FILE", type=click.Path(), help="Draw them as a picture into a file.")
@click.option("--ascii", "ascii_only", is_flag=True, help="No dashes, blocks and dots beyond ASCII.")
@click.option(
    "--color",
    type=click.Choice([*COLOURS]),
    default="auto",
    show_default=True,
    help="NO_COLOR and FORCE_COLOR are honoured, too.",
)
def offers(**options: Any) -> None:
    """Say what each TASK (a file; - is the standard input) is offered, or why it is offered nothing."""
    click.get_current_context().exit(answer_all(Settings(**options)))
