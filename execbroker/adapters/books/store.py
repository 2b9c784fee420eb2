"""What a store of a book must do; in memory, in a file, or on a server, it is the same.

A store keeps four things: *records*, one for each offer and what became of it; *entries*, what is taken from pools,
each by an owner and perhaps only until an instant; *notes*, texts by name; and the latest instant that it was told
of. It knows nothing of what they mean.

Readers see one consistent state and never wait for a search; writers come one after the other, see all that earlier
ones wrote, and leave either all of their changes or none.
"""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Collection, Iterable
from contextlib import AbstractContextManager
from typing import final

from attrs import frozen

from execbroker.core.holds import Layer, deadline
from execbroker.core.lifecycle import Phase
from execbroker.core.platform import Booking
from execbroker.core.session import Session
from execbroker.core.spans import Span

__all__ = ["Page", "Record", "Store", "WritablePage"]


@final
@frozen
class Record:
    """A session as the book keeps it.

    Attributes:
        session: The session.
        group: What it shares with its siblings, the offers of the same answer; it never changes.
        node: Where it is held, in a pool with nodes.
        owner: Whose it is, where the broker was told; it never changes.
    """

    session: Session
    group: str
    node: int | None = None
    owner: str | None = None

    @property
    def deadline(self) -> int:
        """The instant at which its offer is open no more."""
        return deadline(self.session.offer, self.session.created)


class Page(ABC):
    """A consistent view of a book."""

    @property
    @abstractmethod
    def revision(self) -> int:
        """A number that grows whenever entries are added. While it stays the same, nothing more is taken."""

    @property
    @abstractmethod
    def now(self) -> int:
        """The latest instant that was seen; 0 at first."""

    @abstractmethod
    def entries(self, platform: str, span: Span) -> list[Booking]:
        """What is taken on a platform and overlaps a span.

        Costs what overlaps, or would if it lasted a few times as long; not what is there.
        """

    @abstractmethod
    def record(self, identifier: str) -> Record | None:
        """The record of an offer, if there is one."""

    @abstractmethod
    def group(self, group: str) -> list[Record]:
        """The records of one answer's offers, in the order in which they were first kept."""

    @abstractmethod
    def records(
        self, last: int | None = None, owner: str | None = None, phases: Collection[Phase] = ()
    ) -> list[Record]:
        """All records, or those of an owner or in some phases; of these the last so many, the newest first.

        Costs what is given back, not what is there; and for phases a glance at each that is passed over.
        """

    @abstractmethod
    def notes(self) -> dict[str, str]:
        """The texts that were noted, by name."""


class WritablePage(Page):
    """A view that can be changed; all changes become visible together, when its block ends without an exception."""

    @abstractmethod
    def see(self, now: int) -> int:
        """Note an instant, and say which the latest is. Layers that counted until then or earlier are gone."""

    @abstractmethod
    def expired(self) -> list[Record]:
        """The records that are still OFFERED though their deadline has come, the earliest deadline first."""

    @abstractmethod
    def keep(self, record: Record) -> None:
        """Keep a record, in place of the one with the same identifier if there is one."""

    @abstractmethod
    def add(self, owner: str, platform: str, entries: Iterable[Layer | Booking]) -> None:
        """Add what an owner takes; layers are there only until their instant."""

    @abstractmethod
    def remove(self, owner: str) -> None:
        """Remove all that an owner takes."""

    @abstractmethod
    def note(self, name: str, text: str) -> None:
        """Note a text, in place of the one of the same name if there is one."""


class Store(ABC):
    """Where a book is kept."""

    @abstractmethod
    def read(self) -> AbstractContextManager[Page]:
        """A view; does not wait for writers longer than it takes one to finish."""

    @abstractmethod
    def write(self) -> AbstractContextManager[WritablePage]:
        """A view that can be changed, once all earlier writers are done. One writer at a time, also in a thread."""

    @abstractmethod
    def close(self) -> None:
        """Let go of what the store holds open. It cannot be used afterwards; to close twice is no error."""
