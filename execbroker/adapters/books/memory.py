"""A book in memory, for one process with any number of threads."""

from __future__ import annotations

import sys
from bisect import bisect_left, insort
from collections import defaultdict
from collections.abc import Callable, Collection, Iterable, Iterator
from contextlib import contextmanager
from itertools import islice
from threading import Lock
from typing import NamedTuple, final

from execbroker.adapters.books.lengths import CLASSES, length_class, longest_in
from execbroker.adapters.books.store import Page, Record, Store, WritablePage
from execbroker.core.holds import Layer
from execbroker.core.lifecycle import Phase
from execbroker.core.platform import Booking
from execbroker.core.spans import Span

__all__ = ["MemoryStore"]


@final
class _Entry(NamedTuple):
    """What is taken; sorted by its start. The number tells equal ones apart."""

    start: int
    number: int
    until: int | None
    booking: Booking
    platform: str
    owner: str


@final
class MemoryStore(Store):
    """Keeps a book as long as the process lives.

    One lock serves readers and writers: a view holds it as long as its block lasts, so searches belong outside.
    """

    def __init__(self) -> None:
        self._lock = Lock()
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
            self._page.begin()
            try:
                yield self._page
            except BaseException:
                self._page.undo()
                raise

    def close(self) -> None:
        """Nothing is held open."""


@final
class _MemoryPage(WritablePage):
    """The book itself. Every change leaves behind how to undo it."""

    def __init__(self) -> None:
        self._undo: list[Callable[[], None]] = []
        self._revision = self._now = self._numbers = 0
        self._entries: defaultdict[str, list[list[_Entry]]] = defaultdict(
            lambda: [[] for _ in range(CLASSES)]
        )
        self._owned: defaultdict[str, list[_Entry]] = defaultdict(list)
        #: Those that pass, with the instant at which they do.
        self._passing: list[tuple[int, int, _Entry]] = []
        self._records: dict[str, Record] = {}
        self._groups: defaultdict[str, list[str]] = defaultdict(list)
        #: The identifiers of each owner's records, in the order in which they were first kept.
        self._whose: defaultdict[str, list[str]] = defaultdict(list)
        #: Offers that are not yet taken, rejected or marked as expired, by their deadline.
        self._open: list[tuple[int, str]] = []
        self._notes: dict[str, str] = {}

    def begin(self) -> None:
        """From here on, what is done can be undone."""
        now, revision = self._now, self._revision
        self._undo = [lambda: self._set(now, revision)]

    def undo(self) -> None:
        """Undo all since `begin`, the last first."""
        while self._undo:
            self._undo.pop()()

    def _set(self, now: int, revision: int) -> None:
        self._now, self._revision = now, revision

    @property
    def revision(self) -> int:
        """How often something was added."""
        return self._revision

    @property
    def now(self) -> int:
        """The latest instant that was seen."""
        return self._now

    def entries(self, platform: str, span: Span) -> list[Booking]:
        """What is taken over a span."""
        return [entry.booking for entry in self._near(platform, span) if entry.booking.span.end > span.start]

    def _near(self, platform: str, span: Span) -> Iterator[_Entry]:
        """What starts before the end of a span, and not so long before its start that it can't overlap."""
        for number, entries in enumerate(self._entries.get(platform, ())):
            if entries:
                first = bisect_left(entries, (span.start - longest_in(number),))
                yield from islice(entries, first, bisect_left(entries, (span.end,)))

    def record(self, identifier: str) -> Record | None:
        """The record of an offer."""
        return self._records.get(identifier)

    def group(self, group: str) -> list[Record]:
        """The records of one answer's offers."""
        return [self._records[identifier] for identifier in self._groups.get(group, ())]

    def records(
        self, last: int | None = None, owner: str | None = None, phases: Collection[Phase] = ()
    ) -> list[Record]:
        """The records, the newest first."""
        names = self._records if owner is None else self._whose.get(owner, [])
        found = (self._records[name] for name in reversed(names))
        chosen = (each for each in found if not phases or each.session.phase in phases)
        # `islice` takes no number beyond those of the machine.
        return list(islice(chosen, None if last is None else min(last, sys.maxsize)))

    def notes(self) -> dict[str, str]:
        """The texts that were noted."""
        return dict(self._notes)

    def note(self, name: str, text: str) -> None:
        """Note a text."""
        before = self._notes
        self._notes = {**before, name: text}
        self._undo.append(lambda: setattr(self, "_notes", before))

    def see(self, now: int) -> int:
        """Note an instant, and drop what counted only until then."""
        self._now = max(self._now, now)
        for _, _, entry in self._passing[: bisect_left(self._passing, (self._now + 1,))]:
            self._change(self._delete, self._insert, entry)
        return self._now

    def expired(self) -> list[Record]:
        """What has expired, and is not yet marked so."""
        due = self._open[: bisect_left(self._open, (self._now + 1,))]
        return [self._records[identifier] for _, identifier in due]

    def keep(self, record: Record) -> None:
        """Keep a record."""
        identifier = record.session.identifier
        before = self._records.get(identifier)
        self._put(identifier, record)
        self._undo.append(lambda: self._put(identifier, before))

    def add(self, owner: str, platform: str, entries: Iterable[Layer | Booking]) -> None:
        """Add what an owner takes."""
        for entry in entries:
            until, booking = entry if isinstance(entry, Layer) else (None, entry)
            self._numbers += 1
            added = _Entry(booking.span.start, self._numbers, until, booking, platform, owner)
            self._change(self._insert, self._delete, added)
        self._revision += 1

    def remove(self, owner: str) -> None:
        """Remove what an owner takes."""
        for entry in list(self._owned.get(owner, ())):
            self._change(self._delete, self._insert, entry)

    def _change(self, do: Callable[[_Entry], None], undo: Callable[[_Entry], None], entry: _Entry) -> None:
        do(entry)
        self._undo.append(lambda: undo(entry))

    def _insert(self, entry: _Entry) -> None:
        insort(self._entries[entry.platform][length_class(entry.booking.span)], entry)
        self._owned[entry.owner].append(entry)
        if entry.until is not None:
            insort(self._passing, (entry.until, entry.number, entry))

    def _delete(self, entry: _Entry) -> None:
        entries = self._entries[entry.platform][length_class(entry.booking.span)]
        del entries[bisect_left(entries, entry[:2])]
        owned = self._owned[entry.owner]
        owned.remove(entry)
        if not owned:
            del self._owned[entry.owner]
        if entry.until is not None:
            del self._passing[bisect_left(self._passing, (entry.until, entry.number))]

    def _put(self, identifier: str, record: Record | None) -> None:
        """Put a record in the place of what was kept under its identifier; None: forget that."""
        before = self._records.get(identifier)
        if before is not None and before.session.phase is Phase.OFFERED:
            del self._open[bisect_left(self._open, (before.deadline, identifier))]
        if record is None:
            if (gone := self._records.pop(identifier, None)) is not None:
                self._groups[gone.group].remove(identifier)
                if gone.owner is not None:
                    self._whose[gone.owner].remove(identifier)
            return
        if before is None:
            self._groups[record.group].append(identifier)
            if record.owner is not None:
                self._whose[record.owner].append(identifier)
        self._records[identifier] = record
        if record.session.phase is Phase.OFFERED:
            insort(self._open, (record.deadline, identifier))
