"""`execbroker completion`: scripts for shells, and what the program answers them."""

from __future__ import annotations

import shutil
import subprocess
from collections.abc import Callable
from typing import Any

import pytest

from execbroker.cli.main import COMMANDS


@pytest.mark.parametrize("shell", ["bash", "zsh", "fish"])
def test_script(execbroker: Callable[..., Any], shell: str) -> None:
    """The script names the program and how it asks."""
    status, output, errors = execbroker("completion", shell)
    assert (status, errors) == (0, "")
    assert f"_EXECBROKER_COMPLETE={shell}_complete" in output


@pytest.mark.parametrize("shell", ["bash", "zsh", "fish"])
def test_syntax(execbroker: Callable[..., Any], shell: str) -> None:
    """The shell itself, where it is installed, finds nothing wrong with it."""
    program = shutil.which(shell)
    if program is None:
        pytest.skip(f"{shell} is not installed")
    script = execbroker("completion", shell).output
    done = subprocess.run([program, "-n"], input=script.encode(), capture_output=True, check=False)
    assert (done.returncode, done.stderr) == (0, b"")


@pytest.mark.parametrize(
    ("words", "proposed"),
    [
        ("execbroker ", set(COMMANDS)),
        ("execbroker offers --pre", {"--prefer"}),
        ("execbroker offers --output ", {"table", "brief", "json", "yaml"}),
        ("execbroker judge --rules must,within-c", {"must,within-capacity"}),
        ("execbroker schema ", {"task", "platform", "answer", "service"}),
    ],
)
def test_answers(
    execbroker: Callable[..., Any], monkeypatch: pytest.MonkeyPatch, words: str, proposed: set[str]
) -> None:
    """What could come next, one a line."""
    monkeypatch.setenv("_EXECBROKER_COMPLETE", "bash_complete")
    monkeypatch.setenv("COMP_WORDS", words)
    monkeypatch.setenv("COMP_CWORD", str(words.count(" ")))
    status, output, _ = execbroker()
    assert status == 0
    assert {line.partition(",")[2] for line in output.splitlines()} == proposed
