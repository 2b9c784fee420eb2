"""Files and standard streams, with errors that are one line each.

`-` is the standard input, which is named `<stdin>` in messages. A reader of the output that goes away ends the
program as it would end any other: `BrokenPipeError` is left to `main`.
"""

from __future__ import annotations

import os
import sys
from collections.abc import Iterable
from contextlib import suppress
from pathlib import Path
from typing import BinaryIO, Final, TextIO, final

import click

from execbroker.cli.exits import Status
from execbroker.cli.reports.signs import safe

__all__ = [
    "STDIN",
    "CannotRead",
    "CannotUse",
    "CannotWrite",
    "abandon",
    "name_of",
    "once",
    "pass_on",
    "read_source",
    "say",
    "write_file",
    "write_output",
]

#: What stands for the standard input on the command line.
STDIN: Final = "-"


def _because(error: Exception) -> str:
    """The system's own words for what went wrong, as a part of a sentence."""
    words = error.strerror if isinstance(error, OSError) else None
    words = words or str(error) or type(error).__name__
    return words[:1].lower() + words[1:]


class _Inaccessible(click.ClickException):
    """A file or stream that cannot be used: one line on the standard error and exit code 4."""

    exit_code = Status.INACCESSIBLE

    def __init__(self, name: str, what: str, error: Exception) -> None:
        self.name, self.reason = name, f"{what}: {_because(error)}"
        super().__init__(f"{safe(name)}: error: {safe(self.reason)}")

    def show(self, file: object = None) -> None:
        """Say it."""
        say(f"{self.message}\n")


@final
class CannotRead(_Inaccessible):
    """A file, or the standard input, that cannot be read."""

    def __init__(self, name: str, error: Exception) -> None:
        super().__init__(name, "cannot be read", error)


@final
class CannotWrite(_Inaccessible):
    """A file, or the standard output, that cannot be written."""

    def __init__(self, name: str, error: Exception) -> None:
        super().__init__(name, "cannot be written", error)


@final
class CannotUse(click.ClickException):
    """A book that cannot be used: one line on the standard error and exit code 4."""

    exit_code = Status.INACCESSIBLE

    def show(self, file: object = None) -> None:
        """Say it."""
        say(f"error: {safe(self.message)}\n")


def name_of(path: str) -> str:
    """What messages call a file that was named so on the command line."""
    return "<stdin>" if path == STDIN else path


def once(paths: Iterable[str]) -> None:
    """Refuse a command line that names the standard input twice."""
    if list(paths).count(STDIN) > 1:
        raise click.UsageError("'-' is the standard input, which can be read only once")


def read_source(path: str, at_most: int) -> bytes:
    """The bytes of a file, or of the standard input.

    Args:
        path: As on the command line.
        at_most: Bytes that are of interest: one more than these is read of a longer file, or of an endless one.

    Raises:
        CannotRead: For whatever reason.
    """
    try:
        if path != STDIN:
            with Path(path).open("rb") as file:
                return file.read(at_most + 1)
        return _standard_input().read(at_most + 1)
    except (OSError, ValueError) as error:
        raise CannotRead(name_of(path), error) from error


def _standard_input() -> BinaryIO:
    if sys.stdin is None:
        raise ValueError("it is closed")
    return sys.stdin.buffer


def write_output(text: str, *, is_document: bool = False) -> None:
    """Write to the standard output, at once.

    Args:
        text: What to write.
        is_document: Whether it is for programs, and UTF-8 whatever the terminal says; what is for people is escaped
            where the terminal's encoding lacks a character.

    Raises:
        CannotWrite: The disk is full, the stream is closed, ….
        BrokenPipeError: Nobody reads it any more.
    """
    try:
        if sys.stdout is None:
            raise ValueError("it is closed")
        encoding = "utf-8" if is_document else sys.stdout.encoding
        sys.stdout.flush()
        sys.stdout.buffer.write(text.encode(encoding, "backslashreplace"))
        sys.stdout.buffer.flush()
    except BrokenPipeError:
        raise
    except (OSError, ValueError) as error:
        abandon(sys.stdout)
        raise CannotWrite("<stdout>", error) from error


def pass_on(output: bytes, stream: TextIO | None) -> None:
    """Write what a command wrote to the standard output or error, as it is and at once.

    Raises:
        CannotWrite: As in `write_output`.
        BrokenPipeError: Likewise.
    """
    if stream is None or not output:
        return
    try:
        stream.flush()
        stream.buffer.write(output)
        stream.buffer.flush()
    except BrokenPipeError:
        raise
    except (OSError, ValueError) as error:
        abandon(stream)
        raise CannotWrite("<stderr>" if stream is sys.stderr else "<stdout>", error) from error


def write_file(path: str, text: str) -> None:
    """Write a text file in UTF-8.

    Raises:
        CannotWrite: For whatever reason.
    """
    try:
        Path(path).write_text(text, encoding="utf-8", errors="backslashreplace")
    except (OSError, ValueError) as error:
        raise CannotWrite(path, error) from error


def say(text: str) -> None:
    """Write to the standard error. Where that fails there is nobody left to be told, so it fails silently."""
    if sys.stderr is None:
        return
    try:
        sys.stderr.write(text)
        sys.stderr.flush()
    except BrokenPipeError:
        raise
    except (OSError, ValueError):
        abandon(sys.stderr)


def abandon(*streams: TextIO | None) -> None:
    """Send nowhere what is still buffered: the interpreter would write it once more when it ends, and fail."""
    nowhere = os.open(os.devnull, os.O_WRONLY)
    for stream in streams:
        # A stream that is closed, or no file of the system, has nothing to send.
        with suppress(AttributeError, OSError, ValueError):
            os.dup2(nowhere, stream.fileno())  # type: ignore[union-attr]
    os.close(nowhere)
