"""`execbroker reject`: letting an offer go."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

BOOK = ("--book", "my.book", "--now", "2023-05-09T12:00:00Z")
Call = Callable[..., Any]


@pytest.fixture
def offered(here: Path, ask: Call) -> list[str]:
    """The identifiers of two offers that the book holds."""
    answer = json.loads(ask("fits.yaml", *BOOK[:2], "-o", "json").output)
    return [offer["offer"] for offer in answer["offers"]]


def test_reject(offered: list[str], execbroker: Call) -> None:
    """It is rejected, and to do so twice is no error."""
    for _ in range(2):
        status, output, errors = execbroker("reject", offered[0], *BOOK, "-o", "json")
        assert (status, errors) == (0, "")
        session = json.loads(output)
        assert (session["offer"], session["phase"]) == (offered[0], "REJECTED")
        assert "run" not in session


def test_siblings_stay(offered: list[str], execbroker: Call) -> None:
    """The other offers of the answer stay open."""
    execbroker("reject", offered[0], *BOOK)
    assert execbroker("accept", offered[0], *BOOK).status == 1
    assert execbroker("accept", offered[1], *BOOK).status == 0


def test_its_room_is_free_again(ask: Call, execbroker: Call, offered: list[str]) -> None:
    """What was held for rejected offers is offered to others."""
    lines = [*offered]
    while (answer := ask("fits.yaml", *BOOK[:2], "-o", "json")).status == 0:
        lines += [offer["offer"] for offer in json.loads(answer.output)["offers"]]
    for each in lines:
        execbroker("reject", each, *BOOK)
    assert ask("fits.yaml", *BOOK[:2]).status == 0


def test_accepted(offered: list[str], execbroker: Call) -> None:
    """What was accepted cannot be rejected any more."""
    execbroker("accept", offered[0], *BOOK)
    status, output, errors = execbroker("reject", offered[0], *BOOK)
    assert (status, output) == (1, "")
    assert errors.startswith("refused: a session that is ACCEPTED cannot reject")
    assert errors.endswith("(phase)\n")


def test_unknown(offered: list[str], execbroker: Call) -> None:
    """An offer that isn't there is refused."""
    assert execbroker("reject", "zzzz", *BOOK) == (
        1,
        "",
        "refused: there is no offer 'zzzz' in this book (offer-unknown)\n",
    )
