"""A book in a file, for any number of processes on one machine (SQLite, from the standard library).

SQLite's own lock lets some writers wait for many seconds while others come again and again. So writers queue for
a lock of the operating system first, which is handed on in turn; with searches outside, nobody waits long.

The file is kept in WAL mode, where readers and the writer do not wait for each other. That needs memory that all
processes share, which network file systems don't have: there the book falls back to a rollback journal, and says
so.
"""

from __future__ import annotations

import fcntl
import json
import os
import sqlite3
import sys
import warnings
from collections.abc import Collection, Iterable, Iterator
from contextlib import contextmanager, suppress
from functools import lru_cache
from pathlib import Path
from typing import Final, final

from execbroker.adapters.books.connections import Connections
from execbroker.adapters.books.lengths import CLASSES, length_class, longest_in
from execbroker.adapters.books.mounts import is_remote
from execbroker.adapters.books.store import Page, Record, Store, WritablePage
from execbroker.core.amounts import Amounts
from execbroker.core.holds import Layer
from execbroker.core.lifecycle import Phase
from execbroker.core.platform import Booking
from execbroker.core.session import Session
from execbroker.core.spans import Span
from execbroker.languages.records import read_session, write_session

__all__ = ["BookUnusable", "SqliteStore"]

#: Seconds to wait for readers that hold up a checkpoint, or for a writer outside the queue.
_PATIENCE: Final = 30
#: The longest session, as text, that is kept in mind after it was read; most have some 2,000 signs.
_SHORT: Final = 8_192
#: Marks a file as a book, in SQLite's `application_id` ("book" in ASCII).
_BOOK: Final = 0x626F6F6B
#: The version of the tables, in SQLite's `user_version`; a book of another version is not touched.
_VERSION: Final = 2
_TABLES: Final = f"""
begin;
create table seen (now integer not null, revision integer not null);
insert into seen values (0, 0);
create table lengths (length integer primary key, longest integer not null);
insert into lengths values {", ".join(f"({number}, {longest_in(number)})" for number in range(CLASSES))};
create table records (
    number integer primary key, identifier text not null unique, "group" text not null, node integer,
    owner text, phase text not null, deadline integer not null, document text not null
);
create index by_group on records ("group", number);
create index by_whose on records (owner, number, phase);
create index by_deadline on records (deadline, number) where phase = 'OFFERED';
create table entries (
    owner text not null, platform text not null, pool text not null, node integer,
    length integer not null, start integer not null, "end" integer not null, until integer, amounts text not null
);
create index by_owner on entries (owner);
create index by_start on entries (platform, length, start, "end");
create index by_until on entries (until) where until is not null;
create table notes (name text primary key, text text not null);
pragma application_id = {_BOOK};
pragma user_version = {_VERSION};
commit;
"""
#: What tells a book from other files.
_STATE: Final = """
select application_id, user_version, (select count(*) from sqlite_schema)
from pragma_application_id, pragma_user_version
"""


@final
class BookUnusable(Exception):
    """A file that is no book, a book of another version, or one that cannot be opened, read or written."""


@final
class SqliteStore(Store):
    """Keeps a book in a file; any number of threads and processes may use it at the same time.

    Beside the file lie SQLite's own two, and an empty one for the queue; all of them are the book's. A process that
    is forked may go on with the book, if no other thread had a view of it open at that moment.
    """

    def __init__(self, path: str | os.PathLike[str]) -> None:
        """Open a book, or begin one where there is no file or an empty one.

        Raises:
            BookUnusable: The file is something else, or cannot be used.
        """
        self._path = Path(path)
        self._is_remote = is_remote(self._path)
        self._connections = Connections(self._connect)
        if self._is_remote:
            warnings.warn(
                f"{self._path} is on a network file system, where a book is slower, and safe only if its locks are",
                stacklevel=2,
            )
        try:
            with self._translated(), self._connections.lent() as connection:
                if not self._is_book(connection) or self._is_remote:
                    with self._queued():
                        self._prepare(connection)
        except BaseException:
            self.close()
            raise

    @contextmanager
    def read(self) -> Iterator[Page]:
        """A view of what was last written; writers go on."""
        with self._translated(), self._connections.lent() as connection:
            try:
                connection.execute("begin")
                yield _SqlitePage(connection)
            finally:
                if connection.in_transaction:
                    connection.execute("rollback")

    @contextmanager
    def write(self) -> Iterator[WritablePage]:
        """A view that can be changed, when it is this writer's turn."""
        with self._translated(), self._queued(), self._connections.lent() as connection:
            try:
                connection.execute("begin immediate")
                yield _SqlitePage(connection)
                connection.execute("commit")
            except BaseException:
                if connection.in_transaction:
                    connection.execute("rollback")
                raise

    def close(self) -> None:
        """Close the connections of all threads."""
        self._connections.close()

    def _connect(self) -> sqlite3.Connection:
        # Each is used by one thread, but closed by any.
        connection = sqlite3.connect(
            self._path, timeout=_PATIENCE, isolation_level=None, check_same_thread=False
        )
        try:
            # In WAL mode this loses nothing and harms nothing when a process dies.
            connection.execute(f"pragma synchronous = {'full' if self._is_remote else 'normal'}")
        except BaseException:
            connection.close()
            raise
        return connection

    @contextmanager
    def _queued(self) -> Iterator[None]:
        """Wait for this writer's turn. A process that dies gives its turn up."""
        with Path(f"{self._path}.lock").open("ab") as queue:
            fcntl.flock(queue, fcntl.LOCK_EX)
            try:
                yield
            finally:
                fcntl.flock(queue, fcntl.LOCK_UN)

    @contextmanager
    def _translated(self) -> Iterator[None]:
        """What SQLite and the system say, as one kind of error."""
        try:
            yield
        except (sqlite3.Error, OSError) as fault:
            raise BookUnusable(f"the book {self._path} cannot be used: {self._reason(fault)}") from fault

    def _reason(self, fault: Exception) -> str:
        """What is the matter; SQLite says of several things only that it cannot open a file."""
        # Where one may not even look, what the system said is all that there is to say.
        with suppress(OSError):
            if self._path.is_dir():
                return "it is a folder"
            if not self._path.parent.is_dir():
                return f"there is no folder {self._path.parent}"
        return fault.strerror if isinstance(fault, OSError) and fault.strerror else str(fault)

    def _is_book(self, connection: sqlite3.Connection) -> bool:
        """Whether the file is a book of this version; not so if there is nothing in it yet.

        Raises:
            BookUnusable: It is something else.
        """
        # One statement, for one state of the file: another process may make the tables just now.
        mark, version, tables = connection.execute(_STATE).fetchone()
        if mark == _BOOK and version != _VERSION:
            raise BookUnusable(
                f"{self._path} is a book of version {version}; this execbroker knows {_VERSION}"
            )
        if mark != _BOOK and (tables or version):
            raise BookUnusable(f"{self._path} is a database, but no book of execbroker")
        return bool(mark == _BOOK)

    def _prepare(self, connection: sqlite3.Connection) -> None:
        """Choose the journal, and make the tables if nobody was faster."""
        connection.execute(f"pragma journal_mode = {'delete' if self._is_remote else 'wal'}").fetchone()
        if not self._is_book(connection):
            connection.executescript(_TABLES)


@final
class _SqlitePage(WritablePage):
    """The book within one transaction."""

    def __init__(self, connection: sqlite3.Connection) -> None:
        self._run = connection.execute

    @property
    def revision(self) -> int:
        """How often something was added."""
        return self._seen("revision")

    @property
    def now(self) -> int:
        """The latest instant that was seen."""
        return self._seen("now")

    def entries(self, platform: str, span: Span) -> list[Booking]:
        """What is taken over a span."""
        rows = self._run(
            'select pool, node, start, "end", amounts from lengths cross join entries '
            "where platform = ? and entries.length = lengths.length "
            'and start > ? - longest and start < ? and "end" > ?',
            (platform, span.start, span.end, span.start),
        )
        return [
            Booking(pool, Span(start, end), _amounts(amounts), node)
            for pool, node, start, end, amounts in rows
        ]

    def record(self, identifier: str) -> Record | None:
        """The record of an offer."""
        return next(self._records("where identifier = ?", identifier), None)

    def group(self, group: str) -> list[Record]:
        """The records of one answer's offers."""
        return list(self._records('where "group" = ? order by number', group))

    def records(
        self, last: int | None = None, owner: str | None = None, phases: Collection[Phase] = ()
    ) -> list[Record]:
        """The records, the newest first."""
        wanted = f"phase in ({', '.join('?' * len(phases))})" if phases else "true"
        whose, values = ("true", ()) if owner is None else ("owner = ?", (owner,))
        where = f"where {whose} and {wanted} order by number desc limit ?"
        named = (phase.value for phase in phases)
        # SQLite takes -1 for no limit, and no number beyond 64 bits.
        most = -1 if last is None else min(last, sys.maxsize)
        return list(self._records(where, *values, *named, most))

    def notes(self) -> dict[str, str]:
        """The texts that were noted."""
        return dict(self._run("select name, text from notes order by name"))

    def note(self, name: str, text: str) -> None:
        """Note a text."""
        self._run("insert or replace into notes values (?, ?)", (name, text))

    def see(self, now: int) -> int:
        """Note an instant, and drop what counted only until then."""
        self._run("update seen set now = max(now, ?)", (now,))
        self._run("delete from entries where until is not null and until <= ?", (self.now,))
        return self.now

    def expired(self) -> list[Record]:
        """What has expired, and is not yet marked so."""
        due = "where phase = 'OFFERED' and deadline <= ? order by deadline, number"
        return list(self._records(due, self.now))

    def keep(self, record: Record) -> None:
        """Keep a record."""
        session = record.session
        self._run(
            'insert into records (identifier, "group", node, owner, phase, deadline, document) '
            "values (?, ?, ?, ?, ?, ?, ?) on conflict (identifier) do update "
            "set phase = excluded.phase, document = excluded.document, node = excluded.node",
            (
                session.identifier,
                record.group,
                record.node,
                record.owner,
                session.phase.value,
                record.deadline,
                write_session(session),
            ),
        )

    def add(self, owner: str, platform: str, entries: Iterable[Layer | Booking]) -> None:
        """Add what an owner takes."""
        for entry in entries:
            until, (pool, span, amounts, node) = _parts(entry)
            row = (owner, platform, pool, node, length_class(span), *span, until, json.dumps(dict(amounts)))
            self._run("insert into entries values (?, ?, ?, ?, ?, ?, ?, ?, ?)", row)
        self._run("update seen set revision = revision + 1")

    def remove(self, owner: str) -> None:
        """Remove what an owner takes."""
        self._run("delete from entries where owner = ?", (owner,))

    def _seen(self, what: str) -> int:
        (value,) = self._run(f"select {what} from seen").fetchone()
        return int(value)

    def _records(self, where: str, *values: object) -> Iterator[Record]:
        for group, node, owner, document in self._run(
            f'select "group", node, owner, document from records {where}', values
        ):
            try:
                session = _session(document)
            except ValueError as fault:
                raise sqlite3.DataError(str(fault)) from fault
            yield Record(session, group, node, owner)


def _session(document: str) -> Session:
    """A session as it was written. Long ones are not kept in mind: there is no telling how many a client makes."""
    return _known(document) if len(document) <= _SHORT else read_session(document)


@lru_cache(maxsize=1 << 9)
def _known(document: str) -> Session:
    """The same for the short ones; a call that changes something reads some of them several times."""
    return read_session(document)


@lru_cache(maxsize=1 << 16)
def _amounts(text: str) -> Amounts:
    """Amounts as they were written; plan after plan reads the same ones."""
    return Amounts.trusted(json.loads(text))


def _parts(entry: Layer | Booking) -> tuple[int | None, tuple[str, Span, Amounts, int | None]]:
    """Until when an entry counts, and what it takes."""
    until, booking = entry if isinstance(entry, Layer) else (None, entry)
    return until, (booking.pool, booking.span, booking.amounts, booking.node)
