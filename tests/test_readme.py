"""The README's commands do what it shows, and `examples/embed.py` runs."""

from __future__ import annotations

import json
import os
import re
import shlex
import subprocess
import sys
import textwrap
from collections.abc import Iterator
from pathlib import Path
from typing import NamedTuple

import pytest

import execbroker
from execbroker.cli.exits import Status
from execbroker.cli.main import COMMANDS
from execbroker.core.instants import parse_instant
from execbroker.core.planner import plan
from execbroker.languages import read_platform, read_task

ROOT = Path(__file__).parents[1]
LIBRARY = Path(execbroker.__path__[0]).parent
README = (ROOT / "README.rst").read_text("utf-8")


class Command(NamedTuple):
    """A command line of the README, what it shows below it, and the exit code if it asks for that."""

    line: str
    output: str
    status: int | None


def commands() -> Iterator[Command]:
    """Every command that the README shows."""
    for block in re.findall(r"^\.\. code-block:: console\n\n((?:   .*\n|\n)+)", README, re.MULTILINE):
        lines = block.replace("\n   ", "\n").removeprefix("   ")
        shown = [
            each.partition("\n")[::2] for each in re.split(r"^\$ ", lines, flags=re.MULTILINE) if each.strip()
        ]
        # `echo $?` belongs to the command before it.
        for (line, output), (following, status) in zip(shown, [*shown[1:], ("", "")], strict=True):
            if line != "echo $?":
                asked = following == "echo $?"
                yield Command(line, output.strip("\n"), int(status) if asked else None)


#: What acts on a book depends on the clock, and is tried in `test_readme_lifecycle`.
SHOWN = [command for command in commands() if command.output and "--book" not in command.line]


def run(arguments: list[str]) -> subprocess.CompletedProcess[str]:
    """Run a command in the folder that it is shown for, with what it says in one stream."""
    return subprocess.run(
        [sys.executable, *arguments],
        cwd=ROOT,
        env={**os.environ, "NO_COLOR": "1", "PYTHONIOENCODING": "utf-8", "PYTHONPATH": str(LIBRARY)},
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        encoding="utf-8",
        check=False,
    )


@pytest.mark.parametrize("command", SHOWN, ids=[command.line[-60:] for command in SHOWN])
def test_command(command: Command) -> None:
    """A command prints what the README shows below it, and ends with the exit code that is shown."""
    # On a fresh machine the first command makes an environment before; its last part is what prints.
    program, *arguments = shlex.split(command.line.split(" && ")[-1])
    assert Path(program).name == "execbroker"
    done = run(["-m", "execbroker", *arguments])

    assert "\n".join(line.rstrip() for line in done.stdout.splitlines()).strip("\n") == command.output
    if command.status is not None:
        assert done.returncode == command.status


def test_two_commands_for_a_fresh_machine() -> None:
    """One command installs and answers the proposal's question, another installs and runs the tests."""
    fresh = [command for command in commands() if command.line.startswith("python3 -m venv")]

    assert len(fresh) == 2
    assert fresh[0] in SHOWN
    assert fresh[1].line.endswith("python -m pytest -n auto")


def test_every_command_is_named() -> None:
    """The README says of each command what it is for, and of each exit code of an answer what it means."""
    for name in COMMANDS:
        assert re.search(rf"``(execbroker )?{name}\b", README), name
    for status in (Status.YES, Status.NO, Status.USAGE, Status.INVALID, Status.INACCESSIBLE):
        assert re.search(rf"^{status.value}  +\w", README, re.MULTILINE), status


def test_exchange() -> None:
    """The harness of the examples says what the README shows to what it is sent there."""
    (block,) = re.findall(r"^\.\. code-block:: text\n\n((?:   [<>] .*\n)+)", README, re.MULTILINE)
    lines = [line.strip() for line in block.splitlines()]
    sent = "".join(f"{line[2:]}\n" for line in lines if line.startswith("> "))
    done = subprocess.run(
        [sys.executable, "examples/first_fit.py"],
        cwd=ROOT,
        input=sent,
        capture_output=True,
        text=True,
        check=True,
    )

    assert [json.loads(line) for line in done.stdout.splitlines()] == [
        json.loads(line[2:]) for line in lines if line.startswith("< ")
    ]


def test_the_task_has_offers_on_the_platform() -> None:
    """What is shown of both languages fits together: whoever tries the one on the other gets a YES."""
    blocks = re.findall(r"^\.\. code-block:: yaml\n\n((?:   .*\n|\n)+)", README, re.MULTILINE)
    task, platform = (
        next(textwrap.dedent(block) for block in blocks if block.startswith(f"   {first}:"))
        for first in ("lang", "platform")
    )
    here = read_platform(platform).unwrap()
    asked = read_task(task, resources=here.resources).unwrap()

    assert plan(asked, [here], parse_instant("2023-05-09T12:00:00Z")).is_yes


def test_embedding() -> None:
    """The example of the Python side runs and prints offers."""
    done = run(["examples/embed.py"])

    assert done.returncode == 0, done.stdout
    assert " => " in done.stdout
