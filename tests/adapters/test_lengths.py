"""How stores find what overlaps a span, and how much they read for it."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from random import Random
from typing import Final

import pytest
from hypothesis import given
from hypothesis import strategies as st

from execbroker.adapters.books.lengths import CLASSES, length_class, longest_in
from execbroker.adapters.books.memory import MemoryStore
from execbroker.adapters.books.sqlite import SqliteStore
from execbroker.adapters.books.store import Store
from execbroker.core.amounts import Amounts
from execbroker.core.platform import Booking
from execbroker.core.spans import Span

DAY: Final = 86_400
#: What is looked at.
WINDOW: Final = Span(500 * DAY, 514 * DAY)


@given(st.integers(0, 10**13))
def test_every_span_is_shorter_than_its_class(duration: int) -> None:
    """What overlaps starts no longer before than the longest of its class lasts, which is not much longer."""
    number = length_class(Span(0, duration))

    assert 0 <= number < CLASSES
    if duration < longest_in(CLASSES - 1):
        assert duration < longest_in(number) <= max(2, 4 * duration)


def bookings(count: int, between: Span, seed: int) -> list[Booking]:
    """Bookings of ten minutes to a day, and one in a hundred of thirty days, on the grid of minutes."""
    draw = Random(seed)
    made = []
    for _ in range(count):
        minutes = draw.randrange(10, 1440) if draw.random() > 0.01 else 30 * 1440
        start = draw.randrange(between.start, between.end - 60 * minutes) // 60 * 60
        made.append(Booking("batch", Span(start, start + 60 * minutes), Amounts({"cores": 1})))
    return made


def touching(each: Booking) -> bool:
    """Whether a booking overlaps the window."""
    return each.span.start < WINDOW.end and WINDOW.start < each.span.end


@contextmanager
def counted(store: Store) -> Iterator[list[int]]:
    """How much a store does in one reading: entries looked at, or steps of SQLite's machine."""
    work = [0]

    def count() -> int:
        work[0] += 1
        return 0

    if isinstance(store, SqliteStore):
        # The thread's one connection: whoever reads next in it has the same.
        with store._connections.lent() as connection:
            connection.set_progress_handler(count, 1)
        yield work
        with store._connections.lent() as connection:
            connection.set_progress_handler(None, 1)
        return
    assert isinstance(store, MemoryStore)
    work[0] = sum(1 for _ in store._page._near("here", WINDOW))
    yield work


@pytest.mark.parametrize("kind", ["memory", "sqlite"])
def test_what_is_elsewhere_costs_nothing(kind: str, tmp_path: Path) -> None:
    """With 20,000 bookings before and after it, a window of some 1,000 costs hardly more than without them."""
    around = Span(WINDOW.start - 30 * DAY, WINDOW.end + 30 * DAY)
    inside = [each for each in bookings(5000, around, 1) if touching(each)]
    assert len(inside) > 800
    elsewhere = [each for each in bookings(21_000, Span(0, 1000 * DAY), 2) if not touching(each)]
    assert len(elsewhere) > 20_000
    work = []
    for number, taken in enumerate((inside, inside + elsewhere)):
        store: Store = MemoryStore() if kind == "memory" else SqliteStore(tmp_path / f"book{number}")
        with store.write() as page:
            page.add("somebody", "here", taken)
        with counted(store) as counter, store.read() as view:
            assert len(view.entries("here", WINDOW)) == len(inside)
        store.close()
        work += counter

    few, many = work
    assert many < 1.3 * few
