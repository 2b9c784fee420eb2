"""What options of several commands have in common."""

from __future__ import annotations

import time
from typing import Final

import click

from execbroker.core.instants import parse_instant
from execbroker.core.problems import Unreadable

__all__ = ["FILE", "read_now"]

#: A file that the command opens itself, for `click` would answer 2 where it cannot be read; shells complete it.
FILE: Final = click.Path(allow_dash=True, readable=False)


def read_now(context: click.Context, parameter: click.Parameter, text: str | None) -> int:
    """The instant that `--now` names; without it the present, for here is where the clock is read."""
    if text is None:
        return int(time.time())
    try:
        return parse_instant(text)
    except Unreadable as error:
        raise click.BadParameter(str(error), context, parameter) from error
