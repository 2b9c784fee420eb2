"""Notes: texts that a book keeps by name, in every store."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from execbroker.adapters.books.memory import MemoryStore
from execbroker.adapters.books.sqlite import SqliteStore
from execbroker.adapters.books.store import Store


@pytest.fixture(params=["memory", "sqlite"])
def store(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Store]:
    """A new book of each kind."""
    made: Store = MemoryStore() if request.param == "memory" else SqliteStore(tmp_path / "book")
    yield made
    made.close()


def noted(store: Store) -> dict[str, str]:
    """What a reader finds."""
    with store.read() as page:
        return page.notes()


def test_kept_by_name(store: Store) -> None:
    """The last text of a name holds, whatever is in it."""
    assert noted(store) == {}
    with store.write() as page:
        page.note("a", "first")
        page.note("b", "two\nlines, and \u20ac")
        page.note("a", "second")
    assert noted(store) == {"a": "second", "b": "two\nlines, and \u20ac"}


def fail_after_noting(store: Store) -> None:
    """Note something, and fail before it is written."""
    with store.write() as page:
        page.note("a", "after")
        page.note("b", "new")
        raise KeyError


def test_undone(store: Store) -> None:
    """Where a writer fails, nothing of what it noted stays."""
    with store.write() as page:
        page.note("a", "before")
    with pytest.raises(KeyError):
        fail_after_noting(store)
    assert noted(store) == {"a": "before"}


def test_kept_in_the_file(tmp_path: Path) -> None:
    """A book in a file still has them when it is opened again."""
    first = SqliteStore(tmp_path / "book")
    with first.write() as page:
        page.note("a", "text")
    first.close()
    again = SqliteStore(tmp_path / "book")
    assert noted(again) == {"a": "text"}
    again.close()
