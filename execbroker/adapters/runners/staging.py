"""Bringing a task's data to where its command can read them, before it starts.

Storage comes first, then data, and only then is anything computed: a command never starts without its input.
A file has its final name only when all of it is there and is what it should be.

Where data come from is nobody's business here: a `Fetcher` for each scheme of URLs opens them. There are none
unless they are given. `files_below` makes the one for `file:`, which opens nothing but regular files below the
folders that it is told, and follows no symbolic link on the way, so that a client who may write there cannot lead
it elsewhere. It needs a system that opens files relative to folders, as POSIX systems do.
"""

from __future__ import annotations

import hashlib
import os
import shutil
import stat
import threading
from collections.abc import Callable, Iterable, Mapping
from contextlib import suppress
from pathlib import Path, PurePosixPath
from typing import BinaryIO, Final, TypeAlias, final
from urllib.parse import unquote, urlsplit

from attrs import field, frozen

from execbroker.core.problems import quoted
from execbroker.core.task import Data, Task

__all__ = ["DATA", "STORAGE", "Fetcher", "Stager", "Staging", "StagingFailed", "clear", "files_below"]

#: Opens what a URL names, to be read from its beginning; raises `StagingFailed` or `OSError` if it cannot.
Fetcher: TypeAlias = Callable[[str], BinaryIO]

#: The folders, inside a job's, of data without a storage resource and of storage resources.
DATA: Final = "data"
STORAGE: Final = "storage"

#: How much is copied at a time, in bytes: enough to be quick, so little that stopping is too.
_CHUNK: Final = 1 << 20
#: How long a staging that is told to stop is waited for, in seconds: it looks after each chunk.
_MOMENT: Final = 1.0
#: The longest name that common file systems take, in bytes.
_LONGEST: Final = 255
#: Digests that have one length, so that a shorter one is no match.
_DIGESTS: Final = frozenset({"md5", "sha1", "sha224", "sha256", "sha384", "sha512", "blake2b", "blake2s"})


@final
class StagingFailed(Exception):
    """Data are not there, are not what they should be, or may not be read; the message is for people."""


@final
@frozen
class Stager:
    """Stages the data of tasks.

    Attributes:
        fetchers: By scheme of the URL, in lower case.
        checksums: By location: what the data must have, such as `sha256:9f86d0…`. Those of other locations have
            only their size checked, if the task gives it.
    """

    fetchers: Mapping[str, Fetcher] = field(factory=dict, hash=False)
    checksums: Mapping[str, str] = field(factory=dict, hash=False)

    def targets(self, task: Task) -> dict[PurePosixPath, Data]:
        """Where each data resource goes, relative to the job's folder.

        Raises:
            StagingFailed: A name cannot be a file's, or two are the same.
        """
        found: dict[PurePosixPath, Data] = {}
        places = _places(task)
        for data in task.data:
            if data.storage not in places:
                raise StagingFailed(f"there is no storage resource {quoted(str(data.storage))}")
            target = places[data.storage] / _plain(_name(data))
            if target in found:
                raise StagingFailed(f"two data resources would both be {quoted(str(target))}; name them")
            found[target] = data
        return found

    def stage(self, task: Task, folder: Path, is_stopped: Callable[[], bool] = lambda: False) -> None:
        """Make the folders of the storage resources, and bring all data into a job's folder.

        What an earlier try left behind goes first. Where it fails, nothing is left.

        Raises:
            StagingFailed: Also where `is_stopped` said so.
            OSError: The job's folder cannot be written.
        """
        targets = self.targets(task)
        clear(folder)
        try:
            for place in _places(task).values():
                folder.joinpath(place).mkdir(parents=True)
            for target, data in targets.items():
                self._bring(data, folder / target, is_stopped)
        except BaseException:
            clear(folder)
            raise

    def _bring(self, data: Data, target: Path, is_stopped: Callable[[], bool]) -> None:
        if target.exists():
            raise StagingFailed(f"on this file system, {quoted(target.name)} is the name of other data too")
        part = target.with_name(f".part-{hashlib.sha256(target.name.encode()).hexdigest()[:16]}")
        with self._open(data.location) as source, part.open("xb") as sink:
            self._copy(data, source, sink, is_stopped)
            sink.flush()
            os.fsync(sink.fileno())
        part.rename(target)

    def _open(self, location: str) -> BinaryIO:
        scheme = _split(location)[0]
        fetch = self.fetchers.get(scheme)
        if fetch is None:
            raise StagingFailed(f"nothing here fetches {quoted(location)}")
        try:
            return fetch(location)
        except OSError as error:
            raise StagingFailed(f"{quoted(location)} cannot be read: {error.strerror or error}") from error

    def _copy(self, data: Data, source: BinaryIO, sink: BinaryIO, is_stopped: Callable[[], bool]) -> None:
        where = quoted(data.location)
        algorithm, _, expected = self.checksums.get(data.location, "").partition(":")
        if algorithm and algorithm not in _DIGESTS:
            raise StagingFailed(f"{where} has a checksum of an unknown kind, {quoted(algorithm)}")
        digest = hashlib.new(algorithm, usedforsecurity=False) if algorithm else None
        copied = 0
        while chunk := self._read(data, source):
            if is_stopped():
                raise StagingFailed(f"staging {where} was stopped")
            copied += len(chunk)
            if data.size is not None and copied > data.size:
                raise StagingFailed(f"{where} is more than the {data.size} bytes that the task says")
            sink.write(chunk)
            if digest:
                digest.update(chunk)
        if data.size is not None and copied < data.size:
            raise StagingFailed(f"{where} is {copied} bytes, and the task says {data.size}")
        if digest and digest.hexdigest() != expected.lower():
            raise StagingFailed(f"{where} does not have the checksum {quoted(f'{algorithm}:{expected}')}")

    def _read(self, data: Data, source: BinaryIO) -> bytes:
        try:
            return source.read(_CHUNK)
        except OSError as error:
            reason = error.strerror or error
            raise StagingFailed(f"{quoted(data.location)} cannot be read: {reason}") from error


@final
class Staging:
    """The staging of one job, in a thread of its own, so that other jobs don't wait for it."""

    def __init__(self, stage: Callable[[Callable[[], bool]], None]) -> None:
        """Begin. `stage` is asked to bring all data, and is given what says whether to stop."""
        self._stopped = threading.Event()
        self._failure: str | None = None
        # A source that hangs must not keep the program from ending.
        self._thread = threading.Thread(target=self._run, args=(stage,), daemon=True)
        self._thread.start()

    @property
    def failure(self) -> str | None:
        """Why it failed, once it has ended; None if it did not."""
        return self._failure

    def await_end(self, seconds: float) -> bool:
        """Wait for the end, but no longer than so many seconds; whether it has come."""
        self._thread.join(max(0.0, seconds))
        return not self._thread.is_alive()

    def stop(self) -> None:
        """Ask it to stop, and wait a moment until it has."""
        self._stopped.set()
        self._thread.join(_MOMENT)

    def _run(self, stage: Callable[[Callable[[], bool]], None]) -> None:
        try:
            stage(self._stopped.is_set)
        except StagingFailed as error:
            self._failure = str(error)
        except Exception as error:  # noqa: BLE001 (whatever a fetcher raises ends its job, and nothing else)
            self._failure = f"the data could not be staged: {str(error) or type(error).__name__}"


def files_below(*roots: Path | str) -> Fetcher:
    """What opens `file:` URLs of regular files below some folders; without any, none.

    The folders are taken as they are named: a URL is below one if it begins like it.
    """
    folders = [PurePosixPath(os.path.normpath(Path(root).absolute())) for root in roots]

    def fetch(location: str) -> BinaryIO:
        path = _path(location)
        for folder in folders:
            if folder in path.parents:
                return _open_below(folder, path.relative_to(folder).parts, location)
        raise StagingFailed(f"{quoted(location)} is not below a folder that data may come from")

    return fetch


def clear(folder: Path) -> None:
    """Remove what was staged into a job's folder, and its storage."""
    for name in (DATA, STORAGE):
        tree = folder / name
        if tree.is_symlink() or tree.is_file():
            # The command put it there; what it leads to is none of our business.
            tree.unlink()
            continue
        # A command may have taken from itself the right to write; its folders are ours all the same.
        for top, names, _ in os.walk(tree):
            for each in (Path(top), *(Path(top, name) for name in names)):
                with suppress(OSError):
                    if not each.is_symlink():
                        each.chmod(0o700)
        shutil.rmtree(tree, ignore_errors=True)


def _open_below(root: PurePosixPath, parts: Iterable[str], location: str) -> BinaryIO:
    """Open a regular file step by step, so that no part of the path can be a link, or become one on the way."""
    *folders, name = parts
    at = os.open(root, os.O_RDONLY | os.O_DIRECTORY)
    try:
        for folder in folders:
            below = os.open(folder, os.O_RDONLY | os.O_DIRECTORY | os.O_NOFOLLOW, dir_fd=at)
            os.close(at)
            at = below
        # A pipe that nobody writes to would keep us here for ever.
        descriptor = os.open(name, os.O_RDONLY | os.O_NOFOLLOW | os.O_NONBLOCK, dir_fd=at)
    finally:
        os.close(at)
    if not stat.S_ISREG(os.fstat(descriptor).st_mode):
        os.close(descriptor)
        raise StagingFailed(f"{quoted(location)} is no regular file")
    return os.fdopen(descriptor, "rb")


def _path(location: str) -> PurePosixPath:
    """The path that a `file:` URL (RFC 8089) names."""
    _, host, rest = _split(location)
    if host not in ("", "localhost"):
        raise StagingFailed(f"{quoted(location)} is on another machine")
    try:
        path = unquote(rest, errors="strict")
    except UnicodeDecodeError:
        raise StagingFailed(f"{quoted(location)} is no Unicode") from None
    parts = path.split("/")
    if parts[0] or not parts[-1] or "\0" in path or not {".", ".."}.isdisjoint(parts):
        raise StagingFailed(f"{quoted(location)} is no plain path of a file")
    return PurePosixPath("/", *parts[1:])


def _split(location: str) -> tuple[str, str, str]:
    """The scheme, host and path of a URL."""
    try:
        url = urlsplit(location)
    except ValueError:
        raise StagingFailed(f"{quoted(location)} is no URL") from None
    if url.scheme == "file" and (url.query or url.fragment or not location.isprintable()):
        raise StagingFailed(f"{quoted(location)} is no plain path of a file")
    return url.scheme, url.netloc, url.path


def _name(data: Data) -> str:
    """What data are called: their name, else the last part of their location."""
    return data.name if data.name is not None else unquote(_split(data.location)[2].rpartition("/")[2])


def _places(task: Task) -> dict[str | None, PurePosixPath]:
    """The folders of a task's storage resources, by their names, and that of data without one, by None.

    A storage resource without a name is called by its place in the task, counted from 1.
    """
    places: dict[str | None, PurePosixPath] = {None: PurePosixPath(DATA)}
    for index, store in enumerate(task.storage, 1):
        name = str(index) if store.name is None else _plain(store.name)
        if name in places:
            raise StagingFailed(f"two storage resources would both be {quoted(name)}; name them")
        places[name] = PurePosixPath(STORAGE) / name
    return places


def _plain(name: str) -> str:
    """A name that is a file's and nothing else.

    Raises:
        StagingFailed: It is empty, too long, hidden, has a slash or what is not to be seen, or is not Unicode.
    """
    size = len(name.encode("utf-8", "replace"))
    if not name.isprintable() or name.startswith(".") or "/" in name or not 0 < size <= _LONGEST:
        raise StagingFailed(f"{quoted(name)} cannot be the name of a file")
    return name
