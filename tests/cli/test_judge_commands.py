"""`execbroker judge --stdio COMMAND`: a broker in any language is driven and judged, whatever it does."""

from __future__ import annotations

import json
import os
import sys
import time
from collections import Counter
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path
from typing import Any, NamedTuple

import pytest

import execbroker
from execbroker.cli import harness, judged_commands
from execbroker.testing.corpus import Kind, cases
from execbroker.testing.wire.judging import Court

HARNESSES = Path(__file__).parent / "harnesses"
EXAMPLE = Path(__file__).parents[2] / "examples" / "first_fit.py"
LIBRARY = str(Path(execbroker.__path__[0]).parent)

ASKED = [case for case in cases() if case.kind in (Kind.QUESTION, Kind.SCRIPT)]
SCRIPTS = [case for case in ASKED if case.kind is Kind.SCRIPT]


class Outcome(NamedTuple):
    """How a run came out."""

    status: int
    verdicts: list[Any]
    errors: str

    @property
    def words(self) -> Counter[str]:
        """How many verdicts there are of each kind."""
        return Counter(verdict["verdict"] for verdict in self.verdicts)


Drive = Callable[..., Outcome]


@pytest.fixture
def drive(execbroker: Callable[..., Any], monkeypatch: pytest.MonkeyPatch) -> Drive:
    """Run `execbroker judge --stdio` on a Python program."""
    monkeypatch.setenv("PYTHONPATH", LIBRARY)

    def call(program: Path, *arguments: str, options: tuple[str, ...] = ()) -> Outcome:
        command = [sys.executable, str(program), *arguments]
        status, output, errors = execbroker("judge", "--stdio", *options, "--", *command)
        return Outcome(status, [json.loads(line) for line in output.splitlines()], errors)

    return call


@pytest.fixture
def few(monkeypatch: pytest.MonkeyPatch) -> None:
    """The corpus has five cases."""
    monkeypatch.setattr(judged_commands, "cases", lambda: tuple(ASKED[:5]))


@pytest.fixture
def hasty(monkeypatch: pytest.MonkeyPatch) -> None:
    """Whoever does not end by itself is not waited for as long as in earnest."""
    monkeypatch.setattr(harness, "_GRACE", 0.3)


class TestGood:
    """Harnesses that do as they should."""

    def test_the_reference(self, drive: Drive) -> None:
        """The library's own broker is sound in every case, by all rules."""
        outcome = drive(HARNESSES / "reference.py")

        assert [each for each in outcome.verdicts if each["verdict"] != "sound"] == []
        assert outcome.status == 0
        assert [each["case"] for each in outcome.verdicts] == [case.name for case in ASKED]
        assert outcome.errors == f"{len(ASKED)} cases: {len(ASKED)} sound\n"

    def test_the_example(self, drive: Drive) -> None:
        """The planner of the example is sound in what it does, passes over the rest, and leaves room out."""
        outcome = drive(EXAMPLE, options=("--rules", "must,should"))

        assert outcome.status == 0
        assert set(outcome.words) == {"sound", "skipped"}
        assert outcome.words["sound"] > 20
        assert drive(EXAMPLE).words["violated"] > 0

    def test_a_planner(self, drive: Drive, monkeypatch: pytest.MonkeyPatch) -> None:
        """Who speaks of plans alone is asked nothing else, and scripts say what they would have needed."""
        monkeypatch.setattr(judged_commands, "cases", lambda: (*ASKED[:3], *SCRIPTS[:3]))
        outcome = drive(HARNESSES / "reference.py", "planner")

        assert outcome.words == {"sound": 3, "skipped": 3}
        assert outcome.verdicts[-1]["unsupported"].startswith("accept")
        assert (outcome.status, outcome.errors) == (0, "6 cases: 3 sound, 3 skipped\n")

    def test_random_histories(self, drive: Drive, few: None) -> None:
        """With `--examples`, there are random histories as well."""
        outcome = drive(HARNESSES / "reference.py", options=("--examples", "8", "--rules", "must,should"))

        assert outcome.verdicts[-1] == {"case": "random", "examples": 8, "verdict": "sound"}
        assert outcome.status == 0


class TestWrong:
    """Brokers that break rules."""

    def test_in_the_corpus(self, drive: Drive, monkeypatch: pytest.MonkeyPatch) -> None:
        """A sibling that looks open is found, with the calls that led there, which can be judged again."""
        case = next(case for case in SCRIPTS if case.name == "siblings-are-rejected")
        monkeypatch.setattr(judged_commands, "cases", lambda: (case,))
        outcome = drive(HARNESSES / "forgetful.py")
        (verdict,) = outcome.verdicts
        found = {each["rule"] for each in verdict["violations"]}
        line = json.dumps(
            {"platforms": json.loads(str_of(case.tree["platforms"])), "calls": verdict["calls"]}
        )
        again = {each["rule"] for each in Court().of_line(line)["violations"]}  # type: ignore[union-attr, index]

        assert outcome.status == 1
        assert "siblings-rejected" in found
        assert found == again | {"as-expected"}

    def test_at_random(self, drive: Drive, monkeypatch: pytest.MonkeyPatch) -> None:
        """What is wrong is found by random histories, too, and shrunk to a few calls."""
        monkeypatch.setattr(judged_commands, "cases", tuple)
        outcome = drive(
            HARNESSES / "misbehaving.py",
            "gives no reason",
            "-1",
            options=("--examples", "3", "--rules", "should"),
        )
        (verdict,) = outcome.verdicts

        assert (outcome.status, verdict["verdict"]) == (1, "violated")
        assert [each["rule"] for each in verdict["violations"]] == ["reasons-given"]
        assert len(verdict["calls"]) == 1
        assert verdict["platforms"][0]["pools"]


def str_of(tree: object) -> str:
    """A tree of the corpus as JSON."""
    return json.dumps(tree, default=float)


#: How a harness may misbehave, what is said of it, and the exit code.
WAYS = {
    "exits": ("harness-ended", "the command ended with status 3", 4),
    "is killed": ("harness-ended", "the command was ended by signal 9", 4),
    "hangs": ("timed-out", "there was no answer within 0.7 seconds", 4),
    "talks nonsense": ("json-syntax", "", 3),
    "talks yaml": ("json-syntax", "", 3),
    "talks latin": ("not-utf-8", "the answer is not UTF-8", 3),
    "forgets the id": ("wrong-id", "`id`: this is not the reply to request 2", 3),
    "says it twice": ("wrong-id", "`id`: this is not the reply to request 3", 3),
    "answers something else": ("missing-key", "one of `answer`, `session`, `refused` is missing", 3),
    "answers half": ("json-syntax", "", 3),
    "says that it failed": ("failed", "`failed`: the harness failed: out of memory", 3),
}


@pytest.mark.usefixtures("few")
class TestMisbehaving:
    """Harnesses that die, hang, or talk as they should not: each is told, and none stops the others' judgement."""

    @pytest.mark.parametrize("way", WAYS)
    def test_once(self, drive: Drive, tmp_path: Path, way: str) -> None:
        """What goes wrong in one case is told for that case; the command is started anew, as often as it takes."""
        code, message, status = WAYS[way]
        # Who hangs is not waited for long; the others have the time that a busy machine needs to start them.
        timeout = "0.7" if way == "hangs" else "30"
        # The lines 0 to 2 are the greeting, the beginning and the question of the first case.
        outcome = drive(
            HARNESSES / "misbehaving.py", way, "2", str(tmp_path / "starts"), options=("--timeout", timeout)
        )
        failed = [each for each in outcome.verdicts if each["verdict"] == "failed"]
        problem = failed[0]["problems"][0]

        assert (problem["code"], outcome.status) == (code, status)
        assert message in problem["message"]
        assert ("given up" in outcome.errors) is (way != "says it twice")
        assert_all_ended(tmp_path / "starts")

    @pytest.mark.usefixtures("hasty")
    def test_closed(self, drive: Drive, tmp_path: Path) -> None:
        """Whoever closes its output and goes on is ended."""
        outcome = drive(HARNESSES / "misbehaving.py", "closes", "2", str(tmp_path / "starts"))

        assert outcome.verdicts[0]["problems"][0]["code"] == "harness-ended"
        assert outcome.verdicts[0]["problems"][0]["message"] == "the command closed its output"
        assert ("given up" in outcome.errors, outcome.status) == (True, 4)
        assert_all_ended(tmp_path / "starts")

    @pytest.mark.parametrize("way", ["exits", "talks nonsense", "says it twice"])
    def test_later(self, drive: Drive, tmp_path: Path, way: str) -> None:
        """After a failure the next case begins with a new process, and is judged."""
        outcome = drive(HARNESSES / "misbehaving.py", way, "4", str(tmp_path / "starts"))

        assert outcome.words["failed"] >= 1
        assert outcome.words["violated"] + outcome.words["sound"] >= 2
        assert outcome.status in (3, 4)
        assert_all_ended(tmp_path / "starts")

    def test_a_flood(self, drive: Drive, tmp_path: Path) -> None:
        """A line without an end is not read to its end."""
        outcome = drive(HARNESSES / "misbehaving.py", "talks for ever", "2", str(tmp_path / "starts"))

        assert outcome.verdicts[0]["problems"][0]["code"] == "too-large"
        assert_all_ended(tmp_path / "starts")

    def test_another_version(self, drive: Drive) -> None:
        """A harness of another version of the protocol is told so."""
        outcome = drive(HARNESSES / "misbehaving.py", "speaks version 2", "0")

        assert outcome.verdicts[0]["problems"][0]["message"] == "`protocol`: this is version 1, not 2"
        assert outcome.status == 3

    @pytest.mark.usefixtures("hasty")
    @pytest.mark.parametrize("way", ["does not read", "is slow to end"])
    def test_nobody_waits_for_ever(self, drive: Drive, tmp_path: Path, way: str) -> None:
        """What does not end is ended, and what does not read is not waited for."""
        begun = time.monotonic()
        drive(HARNESSES / "misbehaving.py", way, "2", str(tmp_path / "starts"), options=("--timeout", "0.7"))

        assert time.monotonic() - begun < 30
        assert_all_ended(tmp_path / "starts")

    def test_no_such_command(self, execbroker: Callable[..., Any]) -> None:
        """A command that cannot be started is told in one line."""
        status, output, errors = execbroker("judge", "--stdio", "no-such-command")

        assert (status, output) == (4, "")
        assert errors == "error: `no-such-command` cannot be run: No such file or directory\n"


def assert_all_ended(starts: Path) -> None:
    """No process that was started is left."""
    for pid in map(int, starts.read_text().split()):
        with suppress(ProcessLookupError):
            os.kill(pid, 0)
            pytest.fail(f"process {pid} is still there")


def test_without_hypothesis(execbroker: Callable[..., Any], monkeypatch: pytest.MonkeyPatch) -> None:
    """Where Hypothesis is not installed, random histories are wrong usage, and nothing else is."""
    monkeypatch.setattr(judged_commands, "find_spec", lambda _: None)
    status, _, errors = execbroker("judge", "--stdio", "--examples", "3", sys.executable)

    assert status == 2
    assert "pip install hypothesis" in errors
