"""`execbroker run`: what it runs, what it passes on, and how it ends."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable
from functools import partial
from itertools import count
from pathlib import Path
from typing import Any

import pytest

from execbroker.cli.books import Book

Call = Callable[..., Any]

TASK = """\
name: small
executable: {type: command, command: %s}
compute-resources: {cores: 0.1, memory: 1G}
duration: %s
"""
NOW = "2023-05-09T12:00:00Z"
COMMAND = [sys.executable, "-m", "execbroker"]


@pytest.fixture
def offer(here: Path, execbroker: Call) -> Callable[..., str]:
    """Have this machine offer to run a command, and name the offer."""

    def ask(*command: str, duration: str = "1m", options: tuple[str, ...] = ()) -> str:
        (here / "small.yaml").write_text(TASK % (json.dumps(command), duration), "utf-8")
        status, output, errors = execbroker(
            "offers", "small.yaml", "--book", "my.book", "-o", "json", *options
        )
        assert (status, errors) == (0, "")
        found: str = json.loads(output)["offers"][0]["offer"]
        return found

    return ask


@pytest.fixture
def run(execbroker: Call) -> Call:
    """Run `execbroker run` on the book."""
    return lambda *arguments: execbroker("run", *arguments, "--book", "my.book")


@pytest.fixture
def job(execbroker: Call) -> Callable[[str], dict[str, Any]]:
    """What the book says of a job."""

    def ask(identifier: str) -> dict[str, Any]:
        found: dict[str, Any] = json.loads(
            execbroker("jobs", identifier, "--book", "my.book", "-o", "json").output
        )
        return found

    return ask


def started(identifier: str, here: Path, *arguments: str) -> subprocess.Popen[bytes]:
    """`execbroker run` in a process of its own."""
    environment = {**os.environ, "PYTHONPATH": os.pathsep.join(sys.path)}
    return subprocess.Popen(
        [*COMMAND, "run", identifier, "--book", "my.book", *arguments],
        cwd=here, env=environment, stdout=subprocess.PIPE, stderr=subprocess.PIPE, start_new_session=True,
    )  # fmt: skip


def until(condition: Callable[[], bool]) -> None:
    """Wait for something that is sure to come."""
    deadline = time.monotonic() + 30
    while not condition():
        assert time.monotonic() < deadline
        time.sleep(0.05)


class TestEnd:
    """How it ends."""

    @pytest.mark.parametrize("status", [0, 3, 125])
    def test_status(self, offer: Call, run: Call, job: Call, status: int) -> None:
        """It ends as the command does, and the book says so."""
        identifier = offer("sh", "-c", f"exit {status}")
        assert run(identifier).status == status
        found = job(identifier)
        assert (found["phase"], found["exit-status"]) == ("FAILED" if status else "COMPLETED", status)

    def test_signal(self, offer: Call, run: Call) -> None:
        """Where a signal ended the command, it is 128 and the signal's number."""
        status, _, errors = run(offer("sh", "-c", "kill -KILL $$"))
        assert status == 128 + signal.SIGKILL
        assert "SIGKILL" in errors

    def test_time_is_up(self, offer: Call, run: Call, job: Call) -> None:
        """What does not end in its time is ended, and that is told."""
        identifier = offer("sleep", "60", duration="1s")
        status, _, errors = run(identifier)
        assert status == 128 + signal.SIGTERM
        assert "1 second" in errors
        assert job(identifier)["phase"] == "FAILED"

    def test_success_that_came_too_late(self, offer: Call, run: Call) -> None:
        """A command that was ended is no success, whatever it says itself."""
        late = "trap 'exit 0' TERM; echo ready; while true; do sleep 0.05; done"
        # On a machine that is too busy to begin in a second, it has more.
        for duration in ("1s", "9s", "30s"):
            status, output, _ = run(offer("sh", "-c", late, duration=duration))
            if output:
                break
        assert (status, output) == (125, "ready\n")

    def test_no_such_program(self, offer: Call, run: Call, job: Call) -> None:
        """A program that is not there could not be run."""
        identifier = offer("no-such-program-anywhere")
        status, output, errors = run(identifier)
        assert (status, output) == (125, "")
        assert "could not be started" in errors
        assert job(identifier)["phase"] == "FAILED"

    def test_no_command(self, here: Path, execbroker: Call, run: Call) -> None:
        """A task that this machine cannot run could not be run."""
        (here / "none.yaml").write_text("compute-resources: {cores: 0.1}\nduration: 1s\n", "utf-8")
        answer = json.loads(execbroker("offers", "none.yaml", "--book", "my.book", "-o", "json").output)
        status, _, errors = run(answer["offers"][0]["offer"])
        assert status == 125
        assert "executable" in errors

    def test_refused(self, offer: Call, run: Call, execbroker: Call) -> None:
        """What is unknown, was rejected, or is over could not be run, either."""
        identifier = offer("true")
        execbroker("reject", identifier, "--book", "my.book")
        assert run(identifier).status == 125
        assert run("zzzz") == (125, "", "refused: there is no offer 'zzzz' in this book (offer-unknown)\n")
        again = offer("true")
        assert [run(again).status, run(again).status] == [0, 125]

    def test_no_book(self, here: Path, execbroker: Call) -> None:
        """Nor can anything be run without its book."""
        assert execbroker("run", "5f0c", "--book", "ny.book").status == 125
        assert execbroker("run", "5f0c", "--book", "platform.yaml").status == 125

    def test_expired(self, offer: Call, run: Call) -> None:
        """An offer that has expired cannot be run."""
        status, _, errors = run(offer("true"), "--now", "2099-01-01T00:00:00Z")
        assert status == 125
        assert errors.endswith("(offer-expired)\n")

    def test_another_runner(self, here: Path, offer: Call, run: Call, job: Call) -> None:
        """What is for another runner is left alone, accepted or not."""
        text = (
            "platform: there\nrunner: https://there.example.org\npools: [{name: p, cores: 8, memory: 9G}]\n"
        )
        (here / "there.yaml").write_text(text, "utf-8")
        identifier = offer("true", options=("--platform", "there.yaml"))
        status, _, errors = run(identifier)
        assert status == 125
        assert errors == (
            "refused: this is for the runner https://there.example.org, not for this machine (runner-foreign)\n"
        )
        assert job(identifier)["phase"] == "OFFERED"


class TestOutput:
    """What it passes on."""

    def test_streams(self, offer: Call, run: Call) -> None:
        """What the command writes to which stream goes there, byte by byte."""
        status, output, errors = run(offer("sh", "-c", "echo out; echo err >&2; printf 'no newline'"))
        assert (status, output, errors) == (0, "out\nno newline", "err\n")

    def test_binary_and_long(self, here: Path, offer: Call) -> None:
        """However much it is, and whatever it is."""
        script = r"head -c 300000 /dev/zero | tr '\0' '\377'"
        process = started(offer("sh", "-c", script), here)
        output, errors = process.communicate(timeout=30)
        assert (process.returncode, errors) == (0, b"")
        assert output == b"\xff" * 300_000

    def test_as_it_comes(self, here: Path, offer: Call) -> None:
        """It comes while the command runs, not when it has ended."""
        process = started(offer("sh", "-c", "echo first; sleep 30"), here)
        assert process.stdout is not None
        assert process.stdout.readline() == b"first\n"
        process.send_signal(signal.SIGINT)
        process.communicate(timeout=30)
        assert process.returncode == 130

    def test_files_stay(self, offer: Call, run: Call, here: Path, job: Call) -> None:
        """The files are kept beside the book, and the job says where."""
        identifier = offer("sh", "-c", "echo kept; echo made >made")
        run(identifier)
        folder = Path(job(identifier)["folder"])
        assert folder.parent == here / "my.book.jobs"
        assert (folder / "stdout").read_text() == "kept\n"
        assert (folder / "work" / "made").read_text() == "made\n"
        assert job(identifier)["results"]["stdout"] == (folder / "stdout").as_uri()

    def test_ways_in(self, offer: Call, run: Call, here: Path, job: Call, execbroker: Call) -> None:
        """What users are to reach is on this machine, and the book says where."""
        port = "network: {ports: [{access: true, internal: {port: 8080}, path: /lab}]}"
        with_port = TASK.replace("command: %s}", f"command: %s, {port}}}")
        (here / "lab.yaml").write_text(with_port % (json.dumps(["true"]), "1m"), "utf-8")
        output = execbroker("offers", "lab.yaml", "--book", "my.book", "-o", "json").output
        identifier = json.loads(output)["offers"][0]["offer"]
        assert run(identifier).status == 0

        (way,) = job(identifier)["connectors"]
        assert way["location"] == "http://localhost:8080/lab"
        assert (
            "HTTP: http://localhost:8080/lab\n" in execbroker("jobs", identifier, "--book", "my.book").output
        )

    def test_state(self, here: Path, offer: Call, execbroker: Call) -> None:
        """`--state` keeps them elsewhere."""
        identifier = offer("echo", "kept")
        assert execbroker("run", identifier, "--book", "my.book", "--state", "jobs").status == 0
        assert (here / "jobs" / identifier / "stdout").read_text() == "kept\n"
        known = execbroker("jobs", identifier, "--book", "my.book", "--state", "jobs", "-o", "json")
        assert json.loads(known.output)["exit-status"] == 0

    def test_reader_goes_away(self, here: Path, offer: Call, job: Call) -> None:
        """Where nobody reads the output any more, the command is stopped, too."""
        identifier = offer("sh", "-c", "while true; do echo y; sleep 0.05; done")
        process = started(identifier, here)
        assert process.stdout is not None
        process.stdout.readline()
        process.stdout.close()
        assert process.wait(timeout=30) == 141
        assert process.stderr is not None
        assert process.stderr.read() == b""
        process.stderr.close()
        assert job(identifier)["phase"] == "CANCELLED"


class TestTime:
    """When it runs."""

    def test_accepted_before(self, offer: Call, run: Call, execbroker: Call) -> None:
        """What was accepted before is run as it was accepted."""
        identifier = offer("sh", "-c", "echo $EXECBROKER_CORES $EXECBROKER_MEMORY")
        assert execbroker("accept", identifier, "--book", "my.book").status == 0
        assert run(identifier) == (0, f"1 {2**30}\n", "")

    def test_later_start_is_waited_for(self, offer: Call, run: Call, execbroker: Call, job: Call) -> None:
        """A start that is still to come is waited for, and that is said."""
        # All calls name the same instant, so none of the time until the start is lost between them.
        now = ("--now", NOW)
        identifier = offer("true", options=now)
        accepted = execbroker(
            "accept", identifier, "--book", "my.book", "--start", later(NOW, 5), "--duration", "1m", *now
        )
        assert accepted.status == 0
        began = time.monotonic()
        status, _, errors = run(identifier, *now)
        assert status == 0
        assert time.monotonic() - began > 3
        assert " starts at " in errors
        passages = {each["phase"]: each["since"] for each in job(identifier)["history"]}
        assert passages["RUNNING"] >= later(NOW, 5)

    def test_time_goes_on_meanwhile(self, offer: Call, run: Call, monkeypatch: pytest.MonkeyPatch) -> None:
        """What is accepted to be run at once has all of its time, however late the clock is looked at again."""
        identifier = offer("true", duration="1m")
        monkeypatch.setattr(Book, "clock", lambda book, now: partial(next, count(book.since(now), 60)))
        assert run(identifier) == (0, "", "")

    def test_clock_of_the_book(self, here: Path, execbroker: Call, run: Call, job: Call) -> None:
        """A book that was told another time goes on from there."""
        (here / "small.yaml").write_text(TASK % ('["true"]', "1m"), "utf-8")
        long_ago = ("--book", "my.book", "--now", NOW)
        answer = json.loads(execbroker("offers", "small.yaml", *long_ago, "-o", "json").output)
        identifier = answer["offers"][0]["offer"]
        assert run(identifier, "--now", "2023-05-09T12:01:00Z").status == 0
        kept = execbroker("jobs", identifier, *long_ago, "-o", "json")
        assert json.loads(kept.output)["run"]["start"] == "2023-05-09T12:01:00Z"

    def test_room_is_free_again(self, offer: Call, run: Call) -> None:
        """What has ended holds nothing: the next one starts at once, however long it was to take."""
        for _ in range(3):
            assert run(offer("true", duration="10d")).status == 0


class TestInterrupted:
    """What happens when it is ended from outside."""

    @pytest.mark.parametrize(
        ("number", "status"), [(signal.SIGINT, 130), (signal.SIGTERM, 143), (signal.SIGHUP, 129)]
    )
    def test_it_stops_the_command(
        self, here: Path, offer: Call, job: Call, number: signal.Signals, status: int
    ) -> None:
        """The command is stopped, and what was booked for it is free again."""
        identifier = offer("sh", "-c", "echo $$; exec sleep 60")
        process = started(identifier, here)
        assert process.stdout is not None
        pid = int(process.stdout.readline())
        process.send_signal(number)
        _, errors = process.communicate(timeout=30)
        assert (process.returncode, errors) == (status, b"")
        assert job(identifier)["phase"] == "CANCELLED"
        with pytest.raises(ProcessLookupError):
            os.kill(pid, 0)

    def test_while_it_waits(self, here: Path, offer: Call, job: Call, execbroker: Call) -> None:
        """What had not begun never will."""
        identifier = offer("touch", "begun")
        start = later(job(identifier)["created"], 3600)
        execbroker("accept", identifier, "--book", "my.book", "--start", start)
        process = started(identifier, here)
        assert process.stderr is not None
        assert b" starts at " in process.stderr.readline()
        process.send_signal(signal.SIGINT)
        process.communicate(timeout=30)
        assert process.returncode == 130
        assert job(identifier)["phase"] == "CANCELLED"

    def test_killed_and_taken_up(self, here: Path, offer: Call, run: Call, job: Call) -> None:
        """The command outlives a killed runner, and the next one goes on with it: it is run once."""
        identifier = offer("sh", "-c", "echo begun; sleep 1; echo done; exit 5")
        process = started(identifier, here)
        assert process.stdout is not None
        process.stdout.readline()
        process.kill()
        process.communicate(timeout=30)
        status, output, _ = run(identifier)
        assert (status, output) == (5, "begun\ndone\n")

    def test_two_at_once(self, here: Path, offer: Call) -> None:
        """Two that run the same offer run it once, and both see how it ends."""
        identifier = offer("sh", "-c", "echo ran >>../../ran; sleep 1; exit 4")
        both = [started(identifier, here) for _ in range(2)]
        for process in both:
            process.communicate(timeout=30)
        assert (here / "my.book.jobs" / "ran").read_text() == "ran\n"
        assert 4 in [process.returncode for process in both]
        assert {process.returncode for process in both} <= {4, 125}


def later(instant: str, seconds: int) -> str:
    """An instant so many seconds after another one."""
    from execbroker.core.instants import format_instant, parse_instant

    return format_instant(parse_instant(instant) + seconds)
