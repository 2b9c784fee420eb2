"""One offer a line, in the proposal's own notation; for a NO one reason a line.

`2023-05-10 10:00 => 4 hours, 4 cores, 80GiB`

An offer that a book holds begins with the part of its identifier that needs to be typed.
"""

from __future__ import annotations

from collections.abc import Iterator

from execbroker.cli.reports.answered import Answered
from execbroker.cli.reports.signs import safe
from execbroker.cli.reports.words import abbreviated, offer_in_words
from execbroker.cli.terminal import Look

__all__ = ["report"]


def report(answered: Answered, look: Look) -> str:
    """The answer, a line for each offer or reason; of several tasks each line begins with its file."""
    prefix = f"{safe(answered.name)}: " if answered.is_one_of_many else ""
    return "".join(f"{prefix}{line}\n" for line in _lines(answered, look))


def _lines(answered: Answered, look: Look) -> Iterator[str]:
    answer = answered.answer
    for offer in answer.offers:
        mark = f"{abbreviated(offer.identifier)}  " if offer.identifier is not None else ""
        yield mark + offer_in_words(offer)
    for reason in answer.reasons:
        where = answered.where(reason.platform, reason.pool)
        yield f"{look.paint('NO', 'bad')}: {safe(where) + ': ' if where else ''}{safe(reason.message)}"
    for alternative in answer.alternatives:
        changes = ", ".join(answered.change(change) for change in alternative.changes)
        yield f"{look.paint('INSTEAD', 'hint')}: {offer_in_words(alternative.offer)} ({safe(changes)})"
