"""Whose a session is, as the book keeps it."""

from collections.abc import Iterator
from itertools import count
from pathlib import Path

import pytest

from execbroker.adapters.books.broker import BookBroker
from execbroker.adapters.books.memory import MemoryStore
from execbroker.adapters.books.sqlite import SqliteStore
from execbroker.adapters.books.store import Store
from execbroker.core.amounts import Amounts
from execbroker.core.interfaces import Refused
from execbroker.core.platform import Platform, Pool
from execbroker.core.task import Task

NOW = 1_683_633_600
HERE = Platform("here", (Pool("batch", Amounts({"cores": 16_000})),))


@pytest.fixture(params=["memory", "sqlite"])
def store(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Store]:
    """An empty book of each kind."""
    opened = MemoryStore() if request.param == "memory" else SqliteStore(tmp_path / "book")
    yield opened
    opened.close()


def broker(store: Store) -> BookBroker:
    """A broker for a small platform."""
    numbers = count()
    return BookBroker([HERE], store, lambda: f"id{next(numbers)}")


def offer(of: BookBroker, owner: str | None) -> str:
    """The identifier of an offer that somebody asked for."""
    return of.plan(Task(), NOW, owner=owner).offers[0].identifier or ""


def test_stays_with_a_session(store: Store) -> None:
    """Whose a session is does not change with its phase, and is nobody's where nobody was named."""
    asked = broker(store)
    ann, nobody = offer(asked, "ann"), offer(asked, None)
    asked.accept(ann, NOW)

    assert (asked.owner(ann), asked.owner(nobody)) == ("ann", None)
    with pytest.raises(Refused, match="offer-unknown"):
        asked.owner("nothing")


def test_own_sessions(store: Store) -> None:
    """Those of an owner are listed alone, the newest first, up to as many as are asked for."""
    asked = broker(store)
    first, _, third = offer(asked, "ann"), offer(asked, "bob"), offer(asked, "ann")

    assert [each.identifier for each in asked.sessions(NOW, owner="ann")] == [third, first]
    assert [each.identifier for each in asked.sessions(NOW, 1, "ann")] == [third]
    assert asked.sessions(NOW, owner="cy") == []
    assert len(asked.sessions(NOW)) == 3
