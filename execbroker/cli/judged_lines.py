"""Judging what comes in on lines: one verdict for each, as soon as it has been read."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from typing import BinaryIO, Final

from attrs import evolve

from execbroker.cli.exits import Status
from execbroker.cli.streams import STDIN, CannotRead, name_of, write_output
from execbroker.core.problems import Position, Problem
from execbroker.languages.text.documents import Tree
from execbroker.languages.text.reader import Limits
from execbroker.languages.text.writer import to_json
from execbroker.testing.wire.judging import Court, Rules
from execbroker.testing.wire.verdicts import INVALID, SOUND, VIOLATED, Verdict

__all__ = ["STATUSES", "judge_lines"]

#: The exit code of each verdict; of several the highest counts.
STATUSES: Final = {SOUND: Status.YES, VIOLATED: Status.NO, INVALID: Status.INVALID}

#: A line of more bytes than this is thrown away.
_LONGEST: Final = Limits().size


def judge_lines(rules: Rules) -> Status:
    """Judge each line of the standard input, and end with the highest of their exit codes."""
    court, status = Court(rules), Status.YES
    for number, line in enumerate(_lines(), 1):
        if line is None or line.strip():
            tree = _verdict(court, line, Position(name_of(STDIN), number, 1))
            write_output(f"{to_json(tree)}\n", is_document=True)
            status = max(status, STATUSES[str(tree["verdict"])])
    return status


def _lines() -> Iterator[bytes | None]:
    """The lines; None: one that is longer than a line may be."""
    try:
        if sys.stdin is None:
            raise ValueError("it is closed")
        stream = sys.stdin.buffer
        while line := stream.readline(_LONGEST + 1):
            if len(line) > _LONGEST:
                _skip(stream, line)
                yield None
            else:
                yield line
    except (OSError, ValueError) as error:
        raise CannotRead(name_of(STDIN), error) from error


def _skip(stream: BinaryIO, line: bytes) -> None:
    while line and not line.endswith(b"\n"):
        line = stream.readline(_LONGEST)


def _verdict(court: Court, line: bytes | None, origin: Position) -> Tree:
    if line is None:
        problem = Problem("too-large", f"the line has more than {_LONGEST:,} bytes", position=origin)
        return Verdict(problems=(problem,)).tree()
    try:
        return court.of_line(line.decode("utf-8-sig"), origin)
    except UnicodeDecodeError as error:
        place = evolve(origin, column=error.start + 1)
        problem = Problem("not-utf-8", "this is not UTF-8", hint="send UTF-8", position=place)
        return Verdict(problems=(problem,)).tree()
