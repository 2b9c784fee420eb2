"""The reference broker, made to be spoilt in one place."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from itertools import count
from typing import Any

from attrs import evolve

from execbroker.adapters.books.broker import BookBroker
from execbroker.adapters.books.memory import MemoryStore
from execbroker.adapters.books.store import Record
from execbroker.core.answer import Answer
from execbroker.core.interfaces import Broker
from execbroker.core.platform import Platform
from execbroker.core.session import Session
from execbroker.core.task import Task
from tests.testing.wrong.kinds import Wrong

__all__ = ["Careless", "Misquoting", "wrong_broker"]


class Careless(BookBroker):
    """The reference with a book of its own, to be spoilt in one place."""

    def __init__(self, platforms: Sequence[Platform]) -> None:
        numbers = count()
        super().__init__(platforms, MemoryStore(), lambda: f"id{next(numbers)}")

    def kept(self, identifier: str) -> Record | None:
        """What the book has of an offer."""
        with self._store.read() as page:
            return page.record(identifier)

    def changed(self, identifier: str, **changes: Any) -> Session:
        """A session that is something else from now on."""
        with self._store.write() as page:
            record = page.record(identifier)
            assert record is not None
            page.keep(evolve(record, session=evolve(record.session, **changes)))
            return evolve(record.session, **changes)

    def freed(self, owner: str) -> None:
        """Nothing of what somebody took is taken any more."""
        with self._store.write() as page:
            page.remove(owner)


class Misquoting(Broker):
    """The reference behind somebody who passes something else on."""

    def __init__(self, platforms: Sequence[Platform]) -> None:
        self.broker = Careless(platforms)
        self.platforms = platforms

    def plan(self, task: Task, now: int) -> Answer:
        """As it is."""
        return self.broker.plan(task, now)

    def accept(self, offer: str, now: int, **chosen: Any) -> Session:
        """As it is."""
        return self.broker.accept(offer, now, **chosen)

    def reject(self, offer: str, now: int) -> Session:
        """As it is."""
        return self.broker.reject(offer, now)

    def cancel(self, session: str, now: int) -> Session:
        """As it is."""
        return self.broker.cancel(session, now)

    def session(self, identifier: str, now: int) -> Session:
        """As it is."""
        return self.broker.session(identifier, now)


def wrong_broker(
    name: str,
    make: Callable[[Sequence[Platform]], Broker],
    *rules: str,
    features: Sequence[str] = (),
    **drawn: Any,
) -> Wrong:
    """One way in which a broker can be wrong.

    Args:
        name: What is wrong.
        make: Makes it.
        rules: Those of which one should notice.
        features: What platforms must have for it to be noticed: books go wrong on plain ones, too.
        drawn: What else the machine is to draw.
    """
    plain = {"platform_features": features, "task_features": ()}
    return Wrong(name, make, rules, {**plain, **drawn}, is_broker=True)
