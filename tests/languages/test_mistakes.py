"""Likely mistakes in task and platform files and in answers, each with all that is said about it.

Who makes one should be able to mend it without looking anything up: every message has its place in the file and
says what to write instead. The mistakes stand in `mistakes/`: what is wrong, the file, and the messages below
`---`.
"""

from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from execbroker.core.problems import Reading
from execbroker.languages import read_answer, read_platform, read_task

FOLDER = Path(__file__).parent / "mistakes"

Read = Callable[[str, str], Reading[Any]]


def mistakes(name: str, read: Read) -> Iterator[object]:
    """The mistakes of one file, as parameters of a test: the text, its reader and the messages."""
    for entry in (FOLDER / f"{name}s.txt").read_text("utf-8").removeprefix("=== ").split("\n\n=== "):
        what, _, rest = entry.partition("\n")
        text, _, messages = rest.rpartition("---\n")
        yield pytest.param(text, lambda text: read(text, f"{name}.yaml"), messages.splitlines(), id=what)


ALL = [
    *mistakes("task", read_task),
    *mistakes("platform", read_platform),
    *mistakes("answer", read_answer),
]


def test_there_are_many() -> None:
    """At least fifty in each kind of file or so, a hundred in all, and no one twice."""
    assert len(ALL) >= 100


@pytest.mark.parametrize(("text", "read", "messages"), ALL)
def test_what_is_said(text: str, read: Callable[[str], Reading[Any]], messages: list[str]) -> None:
    """All messages of a mistake, with their places."""
    assert [str(problem) for problem in read(text).problems] == messages


@pytest.mark.parametrize(("text", "read", "messages"), ALL)
def test_it_says_what_to_write(text: str, read: Callable[[str], Reading[Any]], messages: list[str]) -> None:
    """Each problem has a hint; there is a value if and only if nothing is worse than a warning."""
    reading = read(text)
    assert all(problem.hint for problem in reading.problems)
    assert reading.is_valid == all(": warning: " in message for message in messages)
