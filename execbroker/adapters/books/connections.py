"""Connections to a SQLite file: one for each thread, none of which goes along into a process that is forked.

SQLite keeps in the process which locks it has on a file, and locks are not inherited. A forked process would take
those of its parent for its own, and lose what it writes as soon as the parent ends. So what is not in use is closed
before a fork, and opened again by whoever needs it.
"""

from __future__ import annotations

import os
import sqlite3
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from threading import Lock, get_ident
from typing import Final, final
from weakref import WeakSet

__all__ = ["Connections"]

#: Over the connections of all books: whoever forks sees none of them half opened or half given back.
_GUARD: Final = Lock()
_EVERY: Final[WeakSet[Connections]] = WeakSet()
#: What was in use in the parent: to close it here, even by forgetting it, would be to touch the parent's file.
_ABANDONED: Final[list[sqlite3.Connection]] = []


@final
class Connections:
    """Connections to one file. Threads may ask for theirs at the same time."""

    def __init__(self, connect: Callable[[], sqlite3.Connection]) -> None:
        """Begin with none; `connect` opens one that any thread may close."""
        self._connect = connect
        self._is_closed = False
        #: By thread.
        self._idle: dict[int, sqlite3.Connection] = {}
        with _GUARD:
            _EVERY.add(self)

    @contextmanager
    def lent(self) -> Iterator[sqlite3.Connection]:
        """The connection of the thread that asks, for as long as it is used.

        Raises:
            sqlite3.Error: It cannot be opened, or they were closed.
        """
        if self._is_closed:
            raise sqlite3.ProgrammingError("it was closed")
        process, thread = os.getpid(), get_ident()
        with _GUARD:
            connection = self._idle.pop(thread, None)
        if connection is None:
            connection = self._connect()
        try:
            yield connection
        finally:
            if process == os.getpid():
                self._give_back(thread, connection)
            else:
                _ABANDONED.append(connection)

    def close(self) -> None:
        """Close all; those in use, as soon as they are given back. To close twice is no error."""
        with _GUARD:
            self._is_closed = True
            self.close_idle()

    def _give_back(self, thread: int, connection: sqlite3.Connection) -> None:
        with _GUARD:
            # A thread that used two of them at once keeps one.
            if self._is_closed or thread in self._idle:
                connection.close()
            else:
                self._idle[thread] = connection

    def close_idle(self) -> None:
        """Close what is not in use; whoever calls this is over the connections of all books."""
        while self._idle:
            self._idle.popitem()[1].close()


def _before_fork() -> None:
    _GUARD.acquire()
    for each in _EVERY:
        each.close_idle()


os.register_at_fork(before=_before_fork, after_in_parent=_GUARD.release, after_in_child=_GUARD.release)
