"""A book in memory, for one process with any number of threads."""

from __future__ import annotations

from bisect import bisect_left, insort
from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from threading import RLock
from typing import NamedTuple, final

from execbroker.adapters.books.store import Page, Record, Store, WritablePage
from execbroker.core.holds import Layer
from execbroker.core.lifecycle import Phase
from execbroker.core.platform import Booking
from execbroker.core.spans import Span

__all__ = ["MemoryStore"]


class _Entry(NamedTuple):
    """What is taken; sorted by its start. The number tells equal ones apart."""

    start: int
    number: int
    until: int | None
    booking: Booking


@final
class MemoryStore(Store):
    """Keeps a book as long as the process lives.

    One lock serves readers and writers: a view holds it as long as its block lasts, so searches belong outside.
    """

    def __init__(self) -> None:
        self._lock = RLock()
        self._page = _MemoryPage()

    @contextmanager
    def read(self) -> Iterator[Page]:
        """A view; nobody writes while it is open."""
        with self._lock:
            yield self._page

    @contextmanager
    def write(self) -> Iterator[WritablePage]:
        """A view that can be changed; nobody else reads or writes while it is open."""
        with self._lock:
            self._page.undo = []
            try:
                yield self._page
            except BaseException:
                for undo in reversed(self._page.undo):
                    undo()
                raise
            finally:
                self._page.undo = []

    def close(self) -> None:
        """Nothing is held open."""


@final
class _MemoryPage(WritablePage):
    """The book itself. Every change leaves behind how to undo it."""

    def __init__(self) -> None:
        self.undo: list[Callable[[], None]] = []
        self._revision = self._now = self._numbers = 0
        self._entries: defaultdict[str, list[_Entry]] = defaultdict(list)
        self._owned: defaultdict[str, list[tuple[str, _Entry]]] = defaultdict(list)
        self._longest: defaultdict[str, int] = defaultdict(int)
        self._records: dict[str, Record] = {}
        self._groups: defaultdict[str, list[str]] = defaultdict(list)
        self._offered: list[tuple[int, str]] = []
        self._notes: dict[str, str] = {}

    @property
    def revision(self) -> int:
        """How often something was added."""
        return self._revision

    @property
    def now(self) -> int:
        """The latest instant that was seen."""
        return self._now

    def entries(self, platform: str, span: Span, now: int) -> list[Booking]:
        """What is taken over a span. O(log n + those that start in it, or no longer before it than the longest)."""
        entries = self._entries[platform]
        first = bisect_left(entries, (span.start - self._longest[platform],))
        last = bisect_left(entries, (span.end,))
        return [
            entry.booking
            for entry in entries[first:last]
            if entry.booking.span.end > span.start and (entry.until is None or entry.until > now)
        ]

    def record(self, identifier: str) -> Record | None:
        """The record of an offer."""
        return self._records.get(identifier)

    def group(self, group: str) -> list[Record]:
        """The records of one answer's offers."""
        return [self._records[identifier] for identifier in self._groups.get(group, ())]

    def records(self, last: int | None = None) -> list[Record]:
        """The records, the newest first."""
        return list(self._records.values())[::-1][:last]

    def notes(self) -> dict[str, str]:
        """The texts that were noted."""
        return dict(self._notes)

    def note(self, name: str, text: str) -> None:
        """Note a text."""
        before = self._notes
        self._notes = {**before, name: text}
        self.undo.append(lambda: setattr(self, "_notes", before))

    def see(self, now: int) -> int:
        """Note an instant; it stays noted, whatever becomes of the rest."""
        self._now = max(self._now, now)
        return self._now

    def expired(self, now: int) -> list[Record]:
        """What has expired, and is not yet marked so."""
        due = self._offered[: bisect_left(self._offered, (now + 1,))]
        return [self._records[identifier] for _, identifier in due]

    def keep(self, record: Record) -> None:
        """Keep a record."""
        identifier = record.session.identifier
        before = self._records.get(identifier)
        self._put(identifier, record)
        self.undo.append(lambda: self._put(identifier, before))

    def add(self, owner: str, platform: str, entries: Iterable[Layer | Booking]) -> None:
        """Add what an owner takes."""
        for entry in entries:
            until, booking = entry if isinstance(entry, Layer) else (None, entry)
            self._numbers += 1
            added = _Entry(booking.span.start, self._numbers, until, booking)
            self._insert(owner, platform, added)
            self.undo.append(lambda added=added: self._delete(owner, platform, added))  # type: ignore[misc]
        self._revision += 1

    def remove(self, owner: str) -> None:
        """Remove what an owner takes."""
        for platform, entry in list(self._owned.get(owner, ())):
            self._delete(owner, platform, entry)
            self.undo.append(lambda p=platform, e=entry: self._insert(owner, p, e))  # type: ignore[misc]

    def _insert(self, owner: str, platform: str, entry: _Entry) -> None:
        insort(self._entries[platform], entry)
        self._owned[owner].append((platform, entry))
        self._longest[platform] = max(self._longest[platform], entry.booking.span.duration)

    def _delete(self, owner: str, platform: str, entry: _Entry) -> None:
        entries = self._entries[platform]
        del entries[bisect_left(entries, entry[:2])]
        self._owned[owner].remove((platform, entry))
        if not self._owned[owner]:
            del self._owned[owner]

    def _put(self, identifier: str, record: Record | None) -> None:
        before = self._records.pop(identifier, None) if record is None else self._records.get(identifier)
        if before is not None and before.session.phase is Phase.OFFERED:
            self._offered.remove((before.session.offer.expires, identifier))
        if record is None:
            if before is not None:
                self._groups[before.group].remove(identifier)
            return
        if before is None:
            self._groups[record.group].append(identifier)
        self._records[identifier] = record
        if record.session.phase is Phase.OFFERED:
            insort(self._offered, (record.session.offer.expires, identifier))
