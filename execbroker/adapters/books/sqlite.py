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
import warnings
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from pathlib import Path
from threading import local
from typing import Final, final

from execbroker.adapters.books.store import Page, Record, Store, WritablePage
from execbroker.core.amounts import Amounts
from execbroker.core.holds import Layer
from execbroker.core.platform import Booking
from execbroker.core.spans import Span
from execbroker.languages.records import read_session, write_session

__all__ = ["BookUnusable", "SqliteStore", "is_remote"]

#: Seconds to wait for readers that hold up a checkpoint, or for a writer outside the queue.
_PATIENCE: Final = 30
#: The version of the tables, in SQLite's `user_version`; a book of another version is not touched.
_VERSION: Final = 1
#: File systems without memory that processes on different machines share.
_REMOTE: Final = frozenset(
    [
        "nfs",
        "nfs4",
        "lustre",
        "gpfs",
        "beegfs",
        "ceph",
        "cifs",
        "smb3",
        "smbfs",
        "9p",
        "afs",
        "fuse.sshfs",
        "fuse.glusterfs",
        "glusterfs",
        "panfs",
    ]
)
_TABLES: Final = """
create table seen (now integer not null, revision integer not null, longest integer not null);
insert into seen values (0, 0, 0);
create table records (
    identifier text primary key, "group" text not null, node integer,
    phase text not null, expires integer not null, document text not null, number integer not null
);
create index by_group on records ("group", number);
create index by_number on records (number);
create index by_expiry on records (expires) where phase = 'OFFERED';
create table entries (
    owner text not null, platform text not null, pool text not null, node integer,
    start integer not null, "end" integer not null, until integer, amounts text not null
);
create table notes (name text primary key, text text not null);
create index by_owner on entries (owner);
create index by_start on entries (platform, start, "end", until, pool, node, amounts);
"""


@final
class BookUnusable(Exception):
    """A file that is no book, a book of another version, or one that cannot be opened, read or written."""


@final
class SqliteStore(Store):
    """Keeps a book in a file; any number of threads and processes may use one at a time each."""

    def __init__(self, path: str | os.PathLike[str]) -> None:
        """Open a book, or begin one.

        Raises:
            BookUnusable: The file is something else, or cannot be used.
        """
        self._path = Path(path)
        self._local = local()
        with self._translated(), self._queued():
            self._prepare(self._connection)

    @contextmanager
    def read(self) -> Iterator[Page]:
        """A view of what was last written; writers go on."""
        with self._translated():
            connection = self._connection
            connection.execute("begin")
            try:
                yield _SqlitePage(connection)
            finally:
                connection.execute("rollback")

    @contextmanager
    def write(self) -> Iterator[WritablePage]:
        """A view that can be changed, when it is this writer's turn."""
        with self._translated(), self._queued():
            connection = self._connection
            connection.execute("begin immediate")
            try:
                yield _SqlitePage(connection)
            except BaseException:
                connection.execute("rollback")
                raise
            connection.execute("commit")

    def close(self) -> None:
        """Close this thread's connection."""
        if (connection := getattr(self._local, "connection", None)) is not None:
            connection.close()
            del self._local.connection

    @property
    def _connection(self) -> sqlite3.Connection:
        """The connection of this thread; a process that was forked opens its own."""
        if getattr(self._local, "process", None) != os.getpid():
            connection = sqlite3.connect(self._path, timeout=_PATIENCE, isolation_level=None)
            connection.execute("pragma synchronous = normal")
            self._local.connection, self._local.process = connection, os.getpid()
        found: sqlite3.Connection = self._local.connection
        return found

    @contextmanager
    def _queued(self) -> Iterator[None]:
        """Wait for this writer's turn. A process that dies gives its turn up."""
        with Path(f"{self._path}.lock").open("ab") as queue:
            fcntl.flock(queue, fcntl.LOCK_EX)
            yield

    @contextmanager
    def _translated(self) -> Iterator[None]:
        """What SQLite and the system say, as one kind of error."""
        try:
            yield
        except (sqlite3.Error, OSError) as fault:
            raise BookUnusable(f"the book {self._path} cannot be used: {fault}") from fault

    def _prepare(self, connection: sqlite3.Connection) -> None:
        """Make the tables of a new book, or see that an old one is of this version."""
        (version,) = connection.execute("pragma user_version").fetchone()
        (tables,) = connection.execute("select count(*) from sqlite_schema").fetchone()
        if version == 0 and tables == 0:
            if is_remote(self._path):
                warnings.warn(
                    f"{self._path} is on a network file system, where books are slower and locks may be unsafe",
                    stacklevel=4,
                )
            else:
                connection.execute("pragma journal_mode = wal")
            connection.executescript(f"begin; {_TABLES} pragma user_version = {_VERSION}; commit;")
        elif version != _VERSION:
            raise BookUnusable(f"{self._path} is no book of this version of execbroker")


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

    def entries(self, platform: str, span: Span, now: int) -> list[Booking]:
        """What is taken over a span: read by start, from as long before the span as the longest entry lasts."""
        rows = self._run(
            'select pool, node, start, "end", amounts from entries '
            'where platform = ? and start > ? and start < ? and "end" > ? and (until is null or until > ?)',
            (platform, span.start - self._seen("longest"), span.end, span.start, now),
        )
        return [
            Booking(pool, Span(start, end), Amounts.trusted(json.loads(amounts)), node)
            for pool, node, start, end, amounts in rows
        ]

    def record(self, identifier: str) -> Record | None:
        """The record of an offer."""
        return next(self._records("where identifier = ?", identifier), None)

    def group(self, group: str) -> list[Record]:
        """The records of one answer's offers."""
        return list(self._records('where "group" = ? order by number', group))

    def records(self, last: int | None = None) -> list[Record]:
        """The records, the newest first."""
        return list(self._records("order by number desc limit ?", -1 if last is None else last))

    def notes(self) -> dict[str, str]:
        """The texts that were noted."""
        return dict(self._run("select name, text from notes order by name"))

    def note(self, name: str, text: str) -> None:
        """Note a text."""
        self._run("insert or replace into notes values (?, ?)", (name, text))

    def see(self, now: int) -> int:
        """Note an instant."""
        self._run("update seen set now = max(now, ?)", (now,))
        return self.now

    def expired(self, now: int) -> list[Record]:
        """What has expired, and is not yet marked so."""
        return list(self._records("where phase = 'OFFERED' and expires <= ? order by expires, number", now))

    def keep(self, record: Record) -> None:
        """Keep a record."""
        session = record.session
        self._run(
            "insert into records values (?, ?, ?, ?, ?, ?, (select coalesce(max(number), 0) + 1 from records)) "
            "on conflict (identifier) do update set phase = excluded.phase, document = excluded.document, "
            "node = excluded.node",
            (
                session.identifier,
                record.group,
                record.node,
                session.phase.value,
                session.offer.expires,
                write_session(session),
            ),
        )

    def add(self, owner: str, platform: str, entries: Iterable[Layer | Booking]) -> None:
        """Add what an owner takes."""
        longest = 0
        for entry in entries:
            until, booking = entry if isinstance(entry, Layer) else (None, entry)
            longest = max(longest, booking.span.duration)
            amounts = json.dumps(dict(booking.amounts), separators=(",", ":"))
            row = (owner, platform, booking.pool, booking.node, *booking.span, until, amounts)
            self._run("insert into entries values (?, ?, ?, ?, ?, ?, ?, ?)", row)
        self._run("update seen set revision = revision + 1, longest = max(longest, ?)", (longest,))

    def remove(self, owner: str) -> None:
        """Remove what an owner takes."""
        self._run("delete from entries where owner = ?", (owner,))

    def _seen(self, what: str) -> int:
        (value,) = self._run(f"select {what} from seen").fetchone()
        return int(value)

    def _records(self, where: str, value: object) -> Iterator[Record]:
        for group, node, document in self._run(
            f'select "group", node, document from records {where}', (value,)
        ):
            try:
                session = read_session(document)
            except ValueError as fault:
                raise sqlite3.DataError(str(fault)) from fault
            yield Record(session, group, node)


def is_remote(path: Path) -> bool:
    """Whether a file is on a network file system, as far as the system says."""
    try:
        lines = Path("/proc/mounts").read_text("utf-8", "replace").splitlines()
    except OSError:
        return False
    mounts = {fields[1].replace("\\040", " "): fields[2] for line in lines if len(fields := line.split()) > 2}
    parents = (str(parent) for parent in path.absolute().parents)
    return next((mounts[parent] for parent in parents if parent in mounts), "") in _REMOTE
