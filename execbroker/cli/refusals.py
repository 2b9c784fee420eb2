"""Refusals, told on one line."""

from __future__ import annotations

from typing import final

import click

from execbroker.cli.exits import Status
from execbroker.cli.reports.signs import safe
from execbroker.cli.reports.words import amounts_in_words
from execbroker.cli.streams import say
from execbroker.core.interfaces import Refused

__all__ = ["Refusal"]


@final
class Refusal(click.ClickException):
    """What a broker or a runner refused: exit code 1, and one line with its code on the standard error."""

    exit_code = Status.NO

    def __init__(self, refused: Refused, sizes: frozenset[str] = frozenset()) -> None:
        """Put it in words.

        Args:
            refused: What was refused.
            sizes: Those further resources that are sizes.
        """
        message = refused.message
        if refused.available is not None:
            left = amounts_in_words(refused.available, sizes) or "nothing"
            message += (
                f"; what is left is {left}: `execbroker accept` takes less with --amount and --duration"
            )
        super().__init__(f"refused: {safe(message)} ({refused.code})")

    def show(self, file: object = None) -> None:
        """Say it."""
        say(f"{self.message}\n")
