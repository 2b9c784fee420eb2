"""What a service remembers of what it said, as long as the process lives.

The draft's languages know things by UUIDs. Brokers call them as they like; where that is a UUID or 32 hexadecimal
digits, as `uuid.uuid4` and `secrets.token_hex(16)` give them, nothing needs to be remembered, and every process
with the same book finds the same things. Other names are looked up here first, and then among the newest of what
the client may see.

A set of offers is in the book. What was said beside it is not, nor is a NO, of which nothing was booked: both are
kept here, the newest of them, and by this process alone.
"""

from __future__ import annotations

import uuid
from collections.abc import Callable, Iterator
from threading import Lock
from typing import Final, TypeVar, final

from attrs import evolve, frozen

from execbroker.core.answer import Answer
from execbroker.core.problems import Problem
from execbroker.languages.drafts.uris import is_uuid, uuid_of

__all__ = ["Memory", "Said"]

K = TypeVar("K")
V = TypeVar("V")

#: The most names that are kept, and sets; the oldest are forgotten.
_MOST_NAMES: Final = 100_000
_MOST_SETS: Final = 1_000
#: The most problems that are kept of one set, and alternatives.
_MOST_OF_EACH: Final = 20


@final
@frozen
class Said:
    """What was said of a task beside the offers.

    Attributes:
        owner: To whom.
        created: When.
        answer: All that was said but the offers.
        is_yes: Whether there were any.
        problems: What of the task is in doubt.
    """

    owner: str | None
    created: int
    answer: Answer = Answer()
    is_yes: bool = True
    problems: tuple[Problem, ...] = ()


@final
class Memory:
    """Names that were sent out, and what was said. Calls may come from several threads at once."""

    def __init__(self, identifiers: Callable[[], str] = lambda: uuid.uuid4().hex) -> None:
        """Begin with nothing.

        Args:
            identifiers: Gives a new, unguessable name at each call, to what no broker has a name for.
        """
        self._identifiers = identifiers
        self._names: dict[str, str] = {}
        self._said: dict[str, Said] = {}
        self._lock = Lock()

    def new(self) -> str:
        """A name for what no broker has one for."""
        return self._identifiers()

    def uuid(self, name: str) -> str:
        """The UUID by which a broker's name is sent out."""
        found = uuid_of(name)
        if name not in _spellings(found):
            with self._lock:
                _keep(self._names, found, name, _MOST_NAMES)
        return found

    def names(self, given: str) -> Iterator[str]:
        """What a broker may mean by a UUID, the likeliest first; nothing, if it is none."""
        if is_uuid(given):
            with self._lock:
                noted = self._names.get(given.lower())
            yield from _spellings(given.lower()) if noted is None else (noted,)

    def note(self, name: str, said: Said) -> None:
        """Keep what was said of a task, by the name of its set, or of the session that was made of it at once."""
        answer = evolve(said.answer, alternatives=said.answer.alternatives[:_MOST_OF_EACH])
        kept = evolve(said, answer=answer, problems=said.problems[:_MOST_OF_EACH])
        with self._lock:
            _keep(self._said, name, kept, _MOST_SETS)

    def said(self, name: str) -> Said | None:
        """What was said beside a set or a session, if that is still known."""
        with self._lock:
            return self._said.get(name)


def _spellings(found: str) -> tuple[str, str]:
    """The names that a UUID is sent out for as it is."""
    return found.replace("-", ""), found


def _keep(kept: dict[K, V], key: K, value: V, most: int) -> None:
    kept.pop(key, None)
    kept[key] = value
    while len(kept) > most:
        del kept[next(iter(kept))]
