"""A book in a file: what else may lie there, and what the system may refuse."""

from __future__ import annotations

import os
import sqlite3
import subprocess
import sys
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing, contextmanager
from functools import partial
from pathlib import Path
from tempfile import gettempdir
from threading import Barrier, Thread
from typing import Any, Final

import pytest

import execbroker
from execbroker.adapters.books import sqlite
from execbroker.adapters.books.mounts import is_remote
from execbroker.adapters.books.sqlite import BookUnusable, SqliteStore
from execbroker.core.amounts import Amounts
from execbroker.core.platform import Booking
from execbroker.core.spans import Span


def use(path: Path) -> None:
    """Open a book, write to it and read what is there."""
    store = SqliteStore(path)
    try:
        with store.write() as page:
            page.see(page.now + 1)
            page.add("me", "here", [Booking("batch", Span(0, 60), Amounts({"cores": 1}))] * 50)
        with store.read() as view:
            view.entries("here", Span(0, 60))
            view.records()
    finally:
        store.close()


@pytest.fixture
def book(tmp_path: Path) -> Path:
    """A book that has been used."""
    path = tmp_path / "book"
    for _ in range(10):
        use(path)
    return path


@contextmanager
def as_nobody() -> Iterator[None]:
    """The rights of somebody who owns nothing; who has no others keeps them."""
    if os.geteuid() != 0:
        yield
        return
    os.seteuid(65534)
    try:
        yield
    finally:
        os.seteuid(0)


class TestUnusable:
    """What cannot be used is refused with a message, and left alone."""

    def test_text(self, tmp_path: Path) -> None:
        """A file that is no database."""
        path = tmp_path / "notes"
        path.write_text("dear diary\n" * 100)

        with pytest.raises(BookUnusable, match="notes cannot be used: file is not a database"):
            use(path)
        assert path.read_text() == "dear diary\n" * 100
        assert list(tmp_path.iterdir()) == [path]

    @pytest.mark.parametrize("statement", ["create table songs (title)", "pragma user_version = 3"])
    def test_another_database(self, tmp_path: Path, statement: str) -> None:
        """A database of somebody else."""
        path = tmp_path / "songs"
        other = sqlite3.connect(path)
        other.execute(statement)
        other.close()
        before = path.read_bytes()

        with pytest.raises(BookUnusable, match="songs is a database, but no book of execbroker"):
            use(path)
        assert path.read_bytes() == before
        assert list(tmp_path.iterdir()) == [path]

    def test_another_version(self, book: Path) -> None:
        """A book of another version is not touched."""
        other = sqlite3.connect(book)
        other.execute("pragma user_version = 7")
        other.close()

        with pytest.raises(BookUnusable, match="is a book of version 7; this execbroker knows 2"):
            use(book)

    def test_folder(self, tmp_path: Path) -> None:
        """A folder."""
        with pytest.raises(BookUnusable, match="cannot be used: it is a folder"):
            use(tmp_path)

    def test_no_folder(self, tmp_path: Path) -> None:
        """A file in a folder that is not there."""
        with pytest.raises(BookUnusable, match=r"cannot be used: there is no folder .*nowhere"):
            use(tmp_path / "nowhere" / "book")

    def test_unwritable_folder(self) -> None:
        """A folder in which one may not write."""
        with pytest.raises(BookUnusable, match="cannot be used: unable to open database file"), as_nobody():
            use(Path("/etc/execbroker-book"))

    def test_read_only(self, book: Path) -> None:
        """A file that one may only read, in a folder that one may see."""
        for folder in book.parents:
            if folder.is_relative_to(gettempdir()) and folder != Path(gettempdir()):
                folder.chmod(0o755)
        book.chmod(0o444)
        before = book.read_bytes()

        with pytest.raises(BookUnusable, match="book cannot be used: "), as_nobody():
            use(book)
        assert book.read_bytes() == before

    @pytest.mark.parametrize("part", [0.01, 0.3, 0.7, 0.99])
    def test_truncated(self, book: Path, part: float) -> None:
        """A file that was cut off."""
        os.truncate(book, int(book.stat().st_size * part))

        with pytest.raises(BookUnusable, match="book cannot be used: "):
            use(book)

    def test_overwritten(self, book: Path) -> None:
        """A file whose middle was lost."""
        content = bytearray(book.read_bytes())
        content[4096:] = os.urandom(len(content) - 4096)
        book.write_bytes(content)

        with pytest.raises(BookUnusable, match="book cannot be used: "):
            use(book)

    def test_damaged_session(self, book: Path) -> None:
        """A record that is no session."""
        other = sqlite3.connect(book)
        other.execute("insert into records values (1, 'a', 'g', null, null, 'OFFERED', 5, '{}')")
        other.commit()
        other.close()

        with pytest.raises(BookUnusable, match="what the book holds is no session"):
            use(book)

    def test_closed(self, tmp_path: Path) -> None:
        """A store that was closed cannot be used, neither by this thread nor by another."""
        store = SqliteStore(tmp_path / "book")
        store.close()

        with pytest.raises(BookUnusable, match="it was closed"), store.read():
            pass

    def test_empty_file(self, tmp_path: Path) -> None:
        """An empty file becomes a book."""
        path = tmp_path / "book"
        path.touch()

        use(path)
        use(path)


def test_begun_by_many_at_once(tmp_path: Path) -> None:
    """Of eight that open a book that is not there yet, one begins it, and all of them use it."""
    start = Barrier(8)

    def begin(path: Path) -> None:
        start.wait()
        with closing(SqliteStore(path)) as store, store.write() as page:
            page.see(page.now + 1)

    with ThreadPoolExecutor(8) as pool:
        for path in (tmp_path / str(turn) for turn in range(20)):
            for begun in [pool.submit(begin, path) for _ in range(8)]:
                begun.result()
            with closing(SqliteStore(path)) as store, store.read() as page:
                assert page.now == 8


def test_threads_leave_nothing_open(tmp_path: Path) -> None:
    """Closing the store closes what its threads had opened."""
    store = SqliteStore(tmp_path / "book")

    def write() -> None:
        with store.write() as page:
            page.see(3)

    threads = [Thread(target=write) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    store.close()

    # Without its log and its shared memory: nobody has it open.
    assert {each.name for each in tmp_path.iterdir()} == {"book", "book.lock"}


@pytest.mark.parametrize("statement", ["begin", "begin immediate", "commit"])
def test_interrupted(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, statement: str) -> None:
    """Whoever is interrupted between any two steps can go on with the book, and so can others."""
    armed: list[str] = []

    class Interrupted(sqlite3.Connection):
        """Is interrupted after a statement."""

        def execute(self, sql: str, *values: Any) -> sqlite3.Cursor:
            cursor = super().execute(sql, *values)
            if sql in armed:
                armed.clear()
                raise KeyboardInterrupt
            return cursor

    monkeypatch.setattr(sqlite.sqlite3, "connect", partial(sqlite3.connect, factory=Interrupted))
    with closing(SqliteStore(tmp_path / "book")) as store:
        armed.append(statement)
        with pytest.raises(KeyboardInterrupt), store.read() if statement == "begin" else store.write():
            pass
        with store.write() as page:
            assert page.see(page.now + 1) == 1
        with store.read() as page:
            assert page.now == 1


FORK: Final = """
import os, sys
from execbroker.adapters.books.sqlite import SqliteStore
store = SqliteStore(sys.argv[1])
with store.write() as page:
    page.see(1)
if os.fork() == 0:
    with store.write() as page:
        page.see(page.now + 1)
    store.close()
    os._exit(0)
_, status = os.wait()
with store.write() as page:
    print(status, page.see(0))
store.close()
"""


def test_a_fork_has_its_own_connection(tmp_path: Path) -> None:
    """A child that was forked reads and writes the same book, and its parent goes on."""
    done = subprocess.run(
        [sys.executable, "-W", "error", "-c", FORK, tmp_path / "book"],
        env={**os.environ, "PYTHONPATH": str(Path(execbroker.__path__[0]).parent)},
        capture_output=True,
        text=True,
        check=False,
    )

    assert (done.stdout, done.stderr) == ("0 2\n", "")


NOTE: Final = """
import sys
from execbroker.adapters.books.sqlite import SqliteStore
store = SqliteStore(sys.argv[1])
with store.write() as page:
    page.note(sys.argv[2], "")
store.close()
"""

ORPHAN: Final = """
import os, subprocess, sys
from execbroker.adapters.books.sqlite import SqliteStore

def note(name):
    with store.write() as page:
        page.note(name, "")

store = SqliteStore(sys.argv[1])
note("parent")
has_begun, begin = os.pipe()
goes_on, go_on = os.pipe()
if (child := os.fork()) == 0:
    note("child")
    os.write(begin, b"!")
    os.read(goes_on, 1)
    note("child again")
    store.close()
    os._exit(0)
os.read(has_begun, 1)
store.close()
subprocess.run([sys.executable, "-c", sys.argv[2], sys.argv[1], "other"], check=True)
os.write(go_on, b"!")
os.waitpid(child, 0)
store = SqliteStore(sys.argv[1])
with store.read() as page:
    print(*page.notes(), sep=", ")
store.close()
"""


def test_what_a_fork_writes_outlives_its_parent(tmp_path: Path) -> None:
    """When the parent has closed its book and others have used it, a child that was forked loses nothing."""
    done = subprocess.run(
        [sys.executable, "-W", "error", "-c", ORPHAN, tmp_path / "book", NOTE],
        env={**os.environ, "PYTHONPATH": str(Path(execbroker.__path__[0]).parent)},
        capture_output=True,
        text=True,
        check=False,
    )

    assert (done.stdout, done.stderr) == ("child, child again, other, parent\n", "")


class TestRemote:
    """Network file systems have no memory that all machines share."""

    MOUNTS = (
        "/dev/vda / ext4 rw 0 0\n"
        "server:/home /home nfs4 rw 0 0\n"
        "/dev/vdb /home/fast ext4 rw 0 0\n"
        r"server:/a\040b /mnt/a\040b lustre rw 0 0" + "\n"
        "auto /net autofs rw 0 0\n"
        "server:/net /net nfs rw 0 0\n"
        "ada@host: /mnt/far fuse.sshfs rw 0 0\n"
        "broken line\n"
        "short\n"
    )

    @pytest.mark.parametrize(
        ("path", "expected"),
        [
            ("/var/book", False),
            ("/home/ada/book", True),
            ("/home/fast/book", False),
            ("/homework/book", False),
            ("/mnt/a b/deep/down/book", True),
            ("/net/book", True),
            ("/mnt/far/book", True),
            ("/home/../var/book", False),
        ],
    )
    def test_is_remote(self, path: str, expected: bool) -> None:
        """What counts is the last mount on the nearest folder above."""
        assert is_remote(Path(path), self.MOUNTS) is expected

    def test_links_are_followed(self, tmp_path: Path) -> None:
        """A link leads to where the file is."""
        (tmp_path / "far").mkdir()
        (tmp_path / "near").symlink_to(tmp_path / "far")

        assert is_remote(tmp_path / "near" / "book", f"server:/ {tmp_path}/far nfs rw 0 0")

    def test_this_machine(self, tmp_path: Path) -> None:
        """The system is asked by default; temporary files are local."""
        assert not is_remote(tmp_path / "book")

    def test_a_book_there_keeps_no_log(self, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
        """There a book warns and does without WAL, also if it was made elsewhere; on a local disk it has it."""
        path = tmp_path / "book"
        use(path)
        assert journal(path) == "wal"
        monkeypatch.setattr(sqlite, "is_remote", lambda _: True)
        with pytest.warns(UserWarning, match="is on a network file system"):
            use(path)
        assert journal(path) == "delete"


def journal(path: Path) -> str:
    """How SQLite keeps a file."""
    connection = sqlite3.connect(path)
    (mode,) = connection.execute("pragma journal_mode").fetchone()
    connection.close()
    return str(mode)


def test_where_one_may_not_look(tmp_path: Path) -> None:
    """A book in a folder that is closed to one is unusable like any other, and says what the system says."""
    closed = tmp_path / "closed"
    closed.mkdir(mode=0o700)

    with pytest.raises(BookUnusable, match="book cannot be used: "), as_nobody():
        use(closed / "book")
