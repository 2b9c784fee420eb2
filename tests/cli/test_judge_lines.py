"""`execbroker judge --stdio`: a verdict for each line, in order and at once, whatever is on the line."""

from __future__ import annotations

import io
import json
import os
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import IO, Any

import pytest

import execbroker
from execbroker.languages.text.reader import Limits
from execbroker.languages.text.writer import to_json
from execbroker.testing.corpus import Kind, cases

Judge = Callable[..., Any]

LIBRARY = Path(execbroker.__path__[0]).parent

WRONG = next(case for case in cases() if case.name == "less-than-the-minimum")
TREE = {"platforms": WRONG.tree["platforms"], "now": WRONG.tree["now"], "task": WRONG.tree["task"]}
VIOLATED = to_json({"id": "wrong", **TREE, "answer": WRONG.tree["answer"]})
NO = {"result": "NO", "reasons": [{"code": "policy", "message": "not today"}]}
SOUND = to_json({"id": "right", **TREE, "answer": NO})


@pytest.fixture
def lines(execbroker: Judge, monkeypatch: pytest.MonkeyPatch) -> Judge:
    """Run `execbroker judge --stdio` with some bytes on the standard input; what comes back is read."""

    def call(source: bytes | str, *arguments: str) -> tuple[int, list[Any]]:
        raw = source.encode() if isinstance(source, str) else source
        monkeypatch.setattr("sys.stdin", io.TextIOWrapper(io.BytesIO(raw)))
        status, output, errors = execbroker("judge", "--stdio", *arguments)
        assert errors == ""
        return status, [json.loads(line) for line in output.splitlines()]

    return call


def words(verdicts: list[Any]) -> list[tuple[Any, str]]:
    """The ids and the verdicts."""
    return [(each.get("id"), each["verdict"]) for each in verdicts]


class TestVerdicts:
    """What is said of each line."""

    def test_in_order(self, lines: Judge) -> None:
        """Each line has a verdict, in the order of the lines, and the worst one is the exit code."""
        status, verdicts = lines(f"{SOUND}\n{VIOLATED}\n{SOUND}\n")

        assert (status, words(verdicts)) == (
            1,
            [("right", "sound"), ("wrong", "violated"), ("right", "sound")],
        )

    def test_nothing(self, lines: Judge) -> None:
        """Where there is nothing to judge, nothing is said."""
        assert lines("") == lines("\n  \n") == (0, [])

    def test_a_last_line_without_an_end(self, lines: Judge) -> None:
        """The last line needs no line feed, and others may end as elsewhere."""
        assert words(lines(f"{SOUND}\r\n{SOUND}")[1]) == [("right", "sound")] * 2

    @pytest.mark.parametrize(
        ("line", "code"),
        [
            (b"{", "json-syntax"),
            (b"[]", "wrong-type"),
            (b'"text"', "wrong-type"),
            (b'{"id": "x"}', "missing-key"),
            (b'{"id": "\xff"}', "not-utf-8"),
            (b"\x00", "control-character"),
            (b"[" * 100_000, "too-deep"),
            (b'{"id": ' + b"9" * 5_000 + b"}", "number-too-long"),
            (b" " * (Limits().size + 1) + b"{}", "too-large"),
        ],
    )
    def test_a_bad_line(self, lines: Judge, line: bytes, code: str) -> None:
        """A line that is none gets a verdict that says why, and the next one is judged all the same."""
        status, verdicts = lines(line + b"\n\n" + VIOLATED.encode())
        bad, good = verdicts
        problem = bad["problems"][0]

        assert (status, bad["verdict"], good["verdict"]) == (3, "invalid", "violated")
        assert (problem["code"], problem["line"]) == (code, 1)

    def test_rules(self, lines: Judge) -> None:
        """Rules are chosen as for files."""
        assert lines(VIOLATED, "--rules", "should")[0] == 0

    @pytest.mark.parametrize(
        "case", [case for case in cases() if case.kind is Kind.HISTORY][:12], ids=lambda case: case.name
    )
    def test_histories(self, lines: Judge, case: Any) -> None:
        """A history is judged as an answer is."""
        line = to_json({"platforms": case.tree["platforms"], "calls": case.tree["calls"]})
        _, (verdict,) = lines(line)

        assert {each["rule"] for each in verdict.get("violations", ())} >= set(case.violates)

    @pytest.mark.parametrize(
        "arguments",
        [
            ("--platform", "p.yaml"),
            ("--bookings", "b.yaml"),
            ("--examples", "1"),
            ("--now", "2023-05-09T12:00:00Z"),
        ],
    )
    def test_wrong_usage(self, execbroker: Judge, arguments: tuple[str, ...]) -> None:
        """What is on the lines is not on the command line."""
        assert execbroker("judge", "--stdio", *arguments)[0] == 2


@pytest.fixture
def talk() -> Iterator[Callable[[str], Any]]:
    """A process that reads lines and answers them: ask it."""
    with subprocess.Popen(
        [sys.executable, "-m", "execbroker", "judge", "--stdio"],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        env={**os.environ, "PYTHONPATH": str(LIBRARY)},
        text=True,
    ) as process:
        assert process.stdin is not None
        assert process.stdout is not None
        ways: tuple[IO[str], IO[str]] = process.stdin, process.stdout

        def ask(line: str) -> Any:
            ways[0].write(f"{line}\n")
            ways[0].flush()
            return json.loads(ways[1].readline())

        yield ask
        process.stdin.close()


def test_at_once(talk: Callable[[str], Any]) -> None:
    """A verdict comes before the next line is sent."""
    assert talk(SOUND)["verdict"] == "sound"
    assert talk("nonsense")["verdict"] == "invalid"
    assert talk(VIOLATED)["verdict"] == "violated"
