"""The platforms of a command line, with the files that they came from."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from typing import final

import click
from attrs import frozen

from execbroker.cli.exits import Status
from execbroker.cli.faults import Faults
from execbroker.cli.reports.signs import safe
from execbroker.core.platform import Platform
from execbroker.core.problems import Reading
from execbroker.languages import read_platform

__all__ = ["PlatformFile", "read_platforms"]


@final
@frozen
class PlatformFile:
    """A platform, and the file that it was read from.

    Attributes:
        platform: The platform.
        name: The file, as messages call it.
        text: All that is in it.
    """

    platform: Platform
    name: str
    text: str


def read_platforms(paths: Sequence[str], faults: Faults) -> tuple[tuple[PlatformFile, ...], Status]:
    """The platforms of files, and what the exit code is for those that cannot be read or are not valid."""
    readings = [faults.read(path, _read) for path in paths]
    files = tuple(reading.value for reading, _ in readings if reading.value is not None)
    for name, number in Counter(file.platform.name for file in files).items():
        if number > 1:
            raise click.UsageError(
                f"{number} platforms are called {safe(name)!r}; nobody could tell their offers apart"
            )
    return files, max((status for _, status in readings), default=Status.YES)


def _read(source: bytes, name: str) -> Reading[PlatformFile]:
    reading = read_platform(source, name)
    if reading.value is None:
        return Reading(None, reading.problems)
    return Reading(PlatformFile(reading.value, name, source.decode("utf-8-sig")), reading.problems)
