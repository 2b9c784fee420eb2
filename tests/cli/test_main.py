"""The program as a whole: how it ends, what it says where, and what it costs to start."""

from __future__ import annotations

import os
import re
import signal
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from execbroker.cli import main

COMMAND = [sys.executable, "-m", "execbroker"]
NOW = "2023-05-09T12:00:00Z"
ASK = [*COMMAND, "offers", "--platform", "platform.yaml", "--now", NOW]


def environment(**more: str) -> dict[str, str]:
    """The environment of the test without what changes the program's output, and with something more."""
    clean = {
        key: value for key, value in os.environ.items() if key not in ("NO_COLOR", "FORCE_COLOR", "COLUMNS")
    }
    return {**clean, "PYTHONPATH": os.pathsep.join(sys.path), **more}


def start(arguments: list[str], here: Path, **more: Any) -> subprocess.CompletedProcess[bytes]:
    """Run a process to its end."""
    more.setdefault("stdout", subprocess.PIPE)
    more.setdefault("env", environment())
    return subprocess.run(arguments, cwd=here, stderr=subprocess.PIPE, check=False, **more)


class TestGroup:
    """The program without a command, and its commands."""

    def test_help(self, execbroker: Callable[..., Any]) -> None:
        """`-h` lists every command and the exit codes."""
        status, output, _ = execbroker("-h")
        assert status == 0
        listed = re.findall(r"^  ([a-z]+)  ", output, re.MULTILINE)
        assert listed == [*main.COMMANDS]
        assert "3   a task or platform file is invalid" in output

    @pytest.mark.parametrize("name", main.COMMANDS)
    def test_help_of_commands(self, execbroker: Callable[..., Any], name: str) -> None:
        """Every command explains itself, on `-h` as on `--help`."""
        assert execbroker(name, "-h") == execbroker(name, "--help")
        assert execbroker(name, "-h").output.startswith(f"Usage: execbroker {name} ")

    def test_version(self, execbroker: Callable[..., Any]) -> None:
        """`--version` says the version of the package."""
        status, output, _ = execbroker("--version")
        assert status == 0
        assert re.fullmatch(r"execbroker (\d+\.\d+\S*|of a source tree that is not installed)\n", output)

    def test_unknown_command(self, execbroker: Callable[..., Any]) -> None:
        """A command that doesn't exist is wrong usage."""
        status, output, errors = execbroker("offer")
        assert (status, output) == (2, "")
        assert "there is no command 'offer'; did you mean 'offers'?" in errors

    def test_no_command(self, execbroker: Callable[..., Any]) -> None:
        """Nothing to do is wrong usage, too."""
        assert execbroker().status == 2


@pytest.mark.usefixtures("here")
class TestFaults:
    """A fault of the program is owned up to on one line."""

    @pytest.fixture(autouse=True)
    def broken(self, monkeypatch: pytest.MonkeyPatch) -> None:
        """A planner that fails."""

        def fail(*_: object) -> None:
            raise RuntimeError("no\nsuch luck")

        monkeypatch.setattr("execbroker.core.planner.PlatformPlanner.plan", fail)

    def test_one_line(self, ask: Callable[..., Any]) -> None:
        """Exit code 70, one line that asks to report it, no traceback."""
        status, output, errors = ask("fits.yaml")
        assert (status, output) == (70, "")
        assert errors == (
            "execbroker: internal error: RuntimeError: no such luck; please report it, "
            "with what EXECBROKER_DEBUG=1 shows beside it\n"
        )

    def test_traceback_on_demand(self, ask: Callable[..., Any], monkeypatch: pytest.MonkeyPatch) -> None:
        """With `EXECBROKER_DEBUG=1` the traceback comes first."""
        monkeypatch.setenv("EXECBROKER_DEBUG", "1")
        status, _, errors = ask("fits.yaml")
        assert status == 70
        assert errors.startswith("Traceback (most recent call last):\n")

    def test_interrupt(self, ask: Callable[..., Any], monkeypatch: pytest.MonkeyPatch) -> None:
        """Ctrl-C ends quietly with 130."""

        def interrupt(*_: object) -> None:
            raise KeyboardInterrupt

        monkeypatch.setattr("execbroker.core.planner.PlatformPlanner.plan", interrupt)
        assert ask("fits.yaml") == (130, "", "")


class TestStreams:
    """What the system does to files and streams, in processes of their own."""

    def test_output_goes_to_stdout(self, here: Path) -> None:
        """Answers go to the standard output; nothing else goes anywhere."""
        done = start([*ASK, "fits.yaml", "-o", "brief"], here)
        assert (done.returncode, done.stderr) == (0, b"")
        assert done.stdout.startswith(b"2023-05-10 10:00 => 3 hours, 2 cores, 24GiB\n")

    def test_broken_pipe(self, here: Path) -> None:
        """Where the reader goes away, the program ends quietly as others do."""
        script = '"$@" | head -c 1; echo "${PIPESTATUS[0]}"'
        tasks = ["fits.yaml"] * 200
        done = start(["bash", "-c", script, "bash", *ASK, *tasks], here)
        assert done.stderr == b""
        assert done.stdout == b"Y141\n"

    @pytest.mark.skipif(not Path("/dev/full").exists(), reason="there is no full device here")
    @pytest.mark.parametrize("form", ["table", "json"])
    def test_full_disk(self, here: Path, form: str) -> None:
        """Output that cannot be written is exit code 4 and one line."""
        with Path("/dev/full").open("wb") as full:
            done = start([*ASK, "fits.yaml", "-o", form], here, stdout=full)
        assert done.returncode == 4
        assert done.stderr == b"<stdout>: error: cannot be written: no space left on device\n"

    @pytest.mark.skipif(not Path("/dev/full").exists(), reason="there is no full device here")
    def test_full_disk_for_help(self, here: Path) -> None:
        """That holds for what click writes, too."""
        with Path("/dev/full").open("wb") as full:
            done = start([*COMMAND, "--help"], here, stdout=full)
        assert done.returncode == 4
        assert done.stderr == b"<stdout>: error: cannot be written: no space left on device\n"

    def test_closed_output(self, here: Path) -> None:
        """A closed standard output cannot be written either."""
        done = start(["bash", "-c", '"$@" >&-', "bash", *ASK, "fits.yaml"], here)
        assert done.returncode == 4
        assert done.stderr.count(b"\n") == 1

    def test_closed_errors(self, here: Path) -> None:
        """Where nobody can be told, the exit code still tells."""
        done = start(["bash", "-c", '"$@" 2>&-', "bash", *ASK, "wrong.yaml"], here)
        assert done.returncode == 3

    def test_closed_input(self, here: Path) -> None:
        """A closed standard input cannot be read."""
        done = start(["bash", "-c", '"$@" <&-', "bash", *ASK, "-"], here)
        assert done.returncode == 4
        assert done.stderr.startswith(b"<stdin>: error: cannot be read: ")

    def test_directory(self, here: Path) -> None:
        """A directory is no file."""
        done = start([*ASK, "."], here)
        assert done.returncode == 4
        assert done.stderr.splitlines()[0] == b".: error: cannot be read: is a directory"

    def test_directory_as_picture(self, here: Path) -> None:
        """A picture that cannot be written is exit code 4, after the answer."""
        done = start([*ASK, "fits.yaml", "--svg", "."], here)
        assert done.returncode == 4
        assert done.stdout.startswith(b"YES  fits.yaml")
        assert done.stderr == b".: error: cannot be written: is a directory\n"

    def test_file_as_folder_of_jobs(self, here: Path) -> None:
        """What kept a job from being run is named, and has the exit code for that."""
        start([*ASK, "fits.yaml", "--book", "my.book"], here)
        done = start([*COMMAND, "run", "abcd", "--book", "my.book", "--state", "fits.yaml"], here)
        assert (done.returncode, done.stdout) == (125, b"")
        assert done.stderr == b"fits.yaml: error: cannot be written: file exists\n"

    @pytest.mark.skipif(getattr(os, "geteuid", lambda: 0)() == 0, reason="root may read everything")
    def test_not_permitted(self, here: Path) -> None:
        """A file that may not be read is exit code 4."""
        (here / "fits.yaml").chmod(0)
        assert start([*ASK, "fits.yaml"], here).returncode == 4

    def test_name_with_control_characters(self, here: Path) -> None:
        """A name from outside cannot steer the terminal, also where it is no UTF-8."""
        done = start([*ASK, b"\x1b[2J\xff.yaml"], here)
        assert done.returncode == 4
        assert done.stderr.splitlines()[0] == (
            rb"\x1b[2J\udcff.yaml: error: cannot be read: no such file or directory"
        )

    def test_encoding_without_dashes(self, here: Path) -> None:
        """Where the terminal's encoding has no dashes and blocks, ASCII stands in; documents stay UTF-8."""
        plain = environment(PYTHONIOENCODING="latin-1", PYTHONUTF8="0")
        done = start([*ASK, "fits.yaml", "--timeline"], here, env=plain)
        assert (done.returncode, done.stderr) == (0, b"")
        assert done.stdout.isascii()

    def test_interrupt(self, here: Path) -> None:
        """An interrupt while it waits ends it with 130, without a traceback."""
        process = subprocess.Popen(
            [*ASK, "fits.yaml", "-"], cwd=here, env=environment(), stdin=subprocess.PIPE,
            stdout=subprocess.PIPE, stderr=subprocess.PIPE,
        )  # fmt: skip
        assert process.stdout is not None
        assert process.stderr is not None
        assert process.stdout.readline().startswith(b"YES")
        time.sleep(0.1)
        process.send_signal(signal.SIGINT)
        errors = process.stderr.read()
        assert (process.wait(timeout=20), errors) == (130, b"")
        for stream in (process.stdin, process.stdout, process.stderr):
            assert stream is not None
            stream.close()


@pytest.mark.usefixtures("here")
class TestColours:
    """Colour only where it is wanted."""

    @pytest.mark.parametrize(
        ("variables", "option", "has_colour"),
        [
            ({}, [], False),
            ({"FORCE_COLOR": "1"}, [], True),
            ({"FORCE_COLOR": "1", "NO_COLOR": "1"}, [], False),
            ({"FORCE_COLOR": ""}, [], False),
            ({}, ["--color", "always"], True),
            ({"NO_COLOR": "1"}, ["--color", "always"], True),
            ({"FORCE_COLOR": "1"}, ["--color", "never"], False),
        ],
    )
    @pytest.mark.parametrize("name", ["fits.yaml", "wrong.yaml"])
    def test_colour(
        self,
        ask: Callable[..., Any],
        monkeypatch: pytest.MonkeyPatch,
        name: str,
        variables: dict[str, str],
        option: list[str],
        has_colour: bool,
    ) -> None:
        """The option decides, then `NO_COLOR`, then `FORCE_COLOR`, then whether it is a terminal."""
        for key, value in variables.items():
            monkeypatch.setenv(key, value)
        run = ask(name, *option)
        assert ("\x1b[" in run.output + run.errors) is has_colour

    def test_documents_have_none(self, ask: Callable[..., Any]) -> None:
        """What is for programs is never dressed."""
        assert "\x1b[" not in ask("fits.yaml", "-o", "json", "--color", "always").output


pty = pytest.importorskip("pty")


def on_terminal(arguments: list[str], here: Path, columns: int = 80, **more: str) -> str:
    """What a program shows on a terminal of so many columns."""
    import fcntl
    import struct
    import termios

    ours, theirs = pty.openpty()
    fcntl.ioctl(theirs, termios.TIOCSWINSZ, struct.pack("HHHH", 24, columns, 0, 0))
    process = subprocess.Popen(
        arguments, cwd=here, stdin=theirs, stdout=theirs, stderr=theirs, env=environment(TERM="xterm", **more)
    )
    os.close(theirs)
    shown = b""
    try:
        while block := os.read(ours, 65_536):
            shown += block
    except OSError:  # Linux says that nobody is left at the other end by an error
        pass
    os.close(ours)
    process.wait(timeout=20)
    return shown.decode().replace("\r\n", "\n")


class TestTerminal:
    """On a terminal there are colours, a timeline, and no line that wraps."""

    def test_timeline_and_colour(self, here: Path) -> None:
        """The table of a single task comes with its timeline."""
        shown = on_terminal([*ASK, "fits.yaml"], here)
        assert shown.startswith("\x1b[1;32mYES\x1b[0m")
        assert "█ longest run" in shown

    def test_no_color(self, here: Path) -> None:
        """`NO_COLOR` takes the colours away, not the timeline."""
        shown = on_terminal([*ASK, "fits.yaml"], here, NO_COLOR="1")
        assert "\x1b" not in shown
        assert "█ longest run" in shown

    def test_several_tasks(self, here: Path) -> None:
        """Several tasks come without."""
        assert "longest run" not in on_terminal([*ASK, "fits.yaml", "huge.yaml"], here)

    @pytest.mark.parametrize("columns", [20, 60, 200])
    def test_never_wraps(self, here: Path, columns: int) -> None:
        """No line of the timeline is wider than the terminal, however narrow that is."""
        shown = on_terminal([*ASK, "fits.yaml"], here, columns, NO_COLOR="1")
        drawn = [line for line in shown.splitlines() if set("▁▂▃▄▅▆▇█░┄") & set(line)]
        assert bool(drawn) == (columns >= 40)
        assert all(len(line) <= columns for line in drawn)

    def test_progress(self, here: Path) -> None:
        """A long batch that is written to a file counts on the terminal, and cleans up."""
        script = '"$@" >answers.json'
        tasks = ["fits.yaml"] * 300
        shown = on_terminal(["bash", "-c", script, "bash", *ASK, *tasks, "-o", "json"], here)
        assert re.search(r"\r\x1b\[K\d+ of 300 tasks", shown)
        assert shown.endswith("\r\x1b[K300 tasks: 300 YES\n")
        assert len((here / "answers.json").read_text().splitlines()) == 300


class TestStart:
    """What a small call does not need, it does not import."""

    @pytest.mark.parametrize(
        ("arguments", "spared"),
        [
            (
                ["offers", "fits.yaml", "--platform", "platform.yaml", "--now", NOW],
                ["execbroker.cli.reports.picture", "importlib.metadata", "sqlite3", "execbroker.adapters"],
            ),
            (
                ["offers", "fits.yaml", "--platform", "platform.yaml", "--now", NOW, "-o", "json"],
                ["execbroker.cli.reports.timeline", "hypothesis"],
            ),
            (["validate", "fits.yaml"], ["execbroker.cli.batch", "importlib.metadata"]),
            (["run", "--help"], ["execbroker.adapters", "sqlite3", "yaml", "cattrs"]),
            (["completion", "bash"], ["execbroker.cli.batch", "yaml", "cattrs"]),
        ],
    )
    def test_imports(self, here: Path, arguments: list[str], spared: list[str]) -> None:
        """Modules that other calls need stay unloaded."""
        script = (
            "import sys; from execbroker.cli.main import run; status = run(sys.argv[1:]);"
            " print(sorted(sys.modules), file=sys.stderr); sys.exit(status)"
        )
        done = start([sys.executable, "-c", script, *arguments], here)
        assert done.returncode == 0
        loaded = done.stderr.decode().splitlines()[-1]
        assert [name for name in spared if f"'{name}'" in loaded] == []
