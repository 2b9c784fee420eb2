"""Results of jobs that lie in files of this machine, to be handed out to whoever may see the job."""

from __future__ import annotations

import os
import stat
from contextlib import suppress
from pathlib import Path
from urllib.parse import unquote, urlsplit

from execbroker.core.interfaces import Refused
from execbroker.core.session import Job

__all__ = ["has_file", "read_file"]


def has_file(job: Job, location: str) -> bool:
    """Whether a result lies in a file within the job's folder, as far as its location says."""
    return _within(job, location) is not None


def read_file(job: Job, name: str, first: int, most: int) -> tuple[bytes, int]:
    """Bytes of a result, and how many it has.

    A job may put what it likes into its folder, so its links are not followed, and only plain files are read. This
    needs POSIX.

    Args:
        job: The job.
        name: The name of the result.
        first: The first byte; less than zero: so many from its end.
        most: At most so many bytes.

    Raises:
        Refused: `result-unknown`.
    """
    location = next((where for known, where in job.results if known == name), None)
    parts = None if location is None else _within(job, location)
    if parts is None:
        raise Refused("result-unknown", f"the job has no result {name[:60]}")
    try:
        descriptor = _opened(job.folder or "", parts)
    except (OSError, ValueError) as error:  # ValueError: there is a NUL in it
        raise Refused("result-unknown", f"the result {name[:60]} cannot be read") from error
    with os.fdopen(descriptor, "rb") as file:
        size = os.fstat(file.fileno()).st_size
        begin = max(0, size + first) if first < 0 else min(first, size)  # systems don't seek anywhere
        file.seek(begin)
        return file.read(min(most, size - begin)), size  # what is still being written grows meanwhile


def _within(job: Job, location: str) -> tuple[str, ...] | None:
    """The way from a job's folder to a location; None if it leads elsewhere."""
    with suppress(ValueError):
        url = urlsplit(location)
        if job.folder is not None and url.scheme == "file" and url.netloc in ("", "localhost"):
            parts = Path(unquote(url.path)).relative_to(job.folder).parts
            return parts if parts and ".." not in parts else None
    return None


def _opened(folder: str, parts: tuple[str, ...]) -> int:
    """A file, opened step by step from a folder; no link is followed, and nothing is waited for that is no file."""
    flags = os.O_RDONLY | os.O_NOFOLLOW | os.O_NONBLOCK | os.O_CLOEXEC  # which not every system has
    at = os.open(folder, os.O_RDONLY | os.O_DIRECTORY | os.O_CLOEXEC)
    for part in parts:
        above = at
        try:
            at = os.open(part, flags, dir_fd=above)
        finally:
            os.close(above)
    if stat.S_ISREG(os.fstat(at).st_mode):
        return at
    os.close(at)
    raise OSError(f"{parts[-1]} is no plain file")
