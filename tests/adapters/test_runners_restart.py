"""Whoever is killed, and whenever: every job's end is known, nothing stays held, no command is started twice."""

from __future__ import annotations

import os
import random
import signal
import subprocess
import sys
import time
from collections.abc import Callable
from itertools import pairwise
from pathlib import Path

import pytest
from hypothesis import settings

import execbroker
from execbroker.adapters.runners.local import LocalRunner
from execbroker.adapters.runners.processes import Identity, await_end, has_ended, identify, marked, send
from execbroker.adapters.runners.staging import files_below
from execbroker.core.amounts import Amounts
from execbroker.core.interfaces import Refused
from execbroker.core.lifecycle import FINAL, TRANSITIONS, Phase, step
from execbroker.core.session import Job, Run
from execbroker.core.task import Data, Executable, Task
from execbroker.testing.ledgers import FileLedger

START = 1_000_000
PATIENCE = 60.0

#: How often somebody is killed at a random moment; in the long run 200 times.
ROUNDS = max(2, settings().max_examples // 50)

pytestmark = pytest.mark.skipif(not Path("/proc/self/stat").exists(), reason="this system shows no processes")

#: A runner in a process of its own: takes all sessions of a ledger, and polls until it is killed.
RUNNER = f"""
import os, sys, time
from pathlib import Path
from execbroker.adapters.runners.local import LocalRunner
from execbroker.adapters.runners.staging import files_below
from execbroker.testing.ledgers import FileLedger

folder, parent = Path(sys.argv[1]), os.getppid()
ledger = FileLedger(folder / "ledger")
runner = LocalRunner(ledger, folder / "jobs", grace=0.3, fetchers={{"file": files_below(folder)}})
print("up", flush=True)
for name in ledger.held():
    try:
        runner.run(ledger.session(name, {START}), {START})
    except Exception as error:
        print(error, flush=True)
# If the tests are killed, this ends too.
while os.getppid() == parent:
    runner.poll({START})
    time.sleep(0.005)
"""


def task_of(text: str, data: tuple[Data, ...] = ()) -> Task:
    """A task that runs some lines of shell."""
    return Task(executable=Executable("command", {"command": ["sh", "-c", text]}), data=data)


def accept(folder: Path, name: str, task: Task, seconds: int = 60) -> None:
    """Accept a session in the ledger of a folder."""
    FileLedger(folder / "ledger").accept(name, task, Run(START, seconds, Amounts({"cores": 1000})))


def start_runner(folder: Path) -> subprocess.Popen[bytes]:
    """A runner for a folder, in a process of its own."""
    return subprocess.Popen(
        [sys.executable, "-c", RUNNER, str(folder)],
        env={**os.environ, "PYTHONPATH": str(Path(execbroker.__path__[0]).parent)},
        stdout=subprocess.PIPE,
    )


def kill(process: subprocess.Popen[bytes]) -> None:
    """Kill a process and nothing else."""
    process.kill()
    process.wait()
    if process.stdout:
        process.stdout.close()


def runner_of(folder: Path) -> LocalRunner:
    """A runner for a folder, in this process."""
    ledger = FileLedger(folder / "ledger")
    return LocalRunner(ledger, folder / "jobs", grace=0.3, fetchers={"file": files_below(folder)})


def await_true(is_so: Callable[[], bool]) -> None:
    """Wait until something is so."""
    deadline = time.monotonic() + PATIENCE
    while not is_so():
        assert time.monotonic() < deadline
        time.sleep(0.005)


def finish(runner: LocalRunner, name: str = "job") -> Job:
    """Poll until a job is over."""
    deadline = time.monotonic() + PATIENCE
    while (job := runner.job(name, START)).phase not in FINAL:
        assert time.monotonic() < deadline, job
        runner.poll(START)
        runner.wait(name, 0.1)
    runner.poll(START)
    return job


def holds(path: Path, text: str) -> Callable[[], bool]:
    """Whether a file holds a text."""
    return lambda: path.exists() and text in path.read_text("utf-8")


def either(*conditions: Callable[[], bool]) -> Callable[[], bool]:
    """Whether any of some things is so."""
    return lambda: any(is_so() for is_so in conditions)


def is_legal(job: Job) -> bool:
    """Whether each phase of a job followed from the one before."""
    phases = [passage.phase for passage in job.session.history]
    return all(
        any(step(*known) is after for known in TRANSITIONS if known[0] is before)
        for before, after in pairwise(phases)
    )


class TestRestart:
    """A runner that is started again knows what it had started."""

    def test_while_it_runs(self, tmp_path: Path) -> None:
        """A job that runs on is followed to its end."""
        accept(tmp_path, "job", task_of("echo here; while [ ! -e go ]; do sleep 0.02; done; exit 7"))
        first = start_runner(tmp_path)
        await_true(holds(tmp_path / "jobs/job/stdout", "here"))
        kill(first)
        second = runner_of(tmp_path)
        second.poll(START)
        assert second.job("job", START).phase is Phase.RUNNING
        assert not second.wait("job", 0.01)
        tmp_path.joinpath("jobs", "job", "work", "go").touch()

        job = finish(second)
        assert (job.phase, job.exit_status) == (Phase.FAILED, 7)
        assert job.session.message == "the command ended with status 7"

    def test_after_its_end(self, tmp_path: Path) -> None:
        """A job that ended in between has the status with which it did."""
        accept(tmp_path, "job", task_of("echo here; while [ ! -e go ]; do sleep 0.02; done"))
        first = start_runner(tmp_path)
        await_true(holds(tmp_path / "jobs/job/stdout", "here"))
        kill(first)
        tmp_path.joinpath("jobs", "job", "work", "go").touch()
        await_true((tmp_path / "jobs/job/.control/status.json").exists)

        job = finish(runner_of(tmp_path))
        assert (job.phase, job.exit_status) == (Phase.COMPLETED, 0)

    def test_its_time_ends_without_a_runner(self, tmp_path: Path) -> None:
        """Nobody needs to be there for a command to be ended in time."""
        task = task_of("trap '' TERM; echo $$; while :; do sleep 1; done")
        # A machine that is too busy to begin in that time has another try, with more.
        for seconds in (2, 8, 32):
            folder = tmp_path / str(seconds)
            folder.mkdir()
            accept(folder, "job", task, seconds)
            first = start_runner(folder)
            output, status = folder / "jobs/job/stdout", folder / "jobs/job/.control/status.json"
            await_true(either(holds(output, "\n"), status.exists))
            kill(first)
            await_true(status.exists)
            if holds(output, "\n")():
                break

        assert identify(int(output.read_text())) is None
        assert f"its time of {seconds} seconds" in (finish(runner_of(folder)).session.message or "")

    def test_supervisor_is_killed(self, tmp_path: Path) -> None:
        """A command dies with its supervisor, those that left its group too, and the job has failed."""
        accept(tmp_path, "job", task_of("setsid sleep 60 & echo $!; sleep 60 & echo $! $$ ready; wait"))
        runner = runner_of(tmp_path)
        runner.run(FileLedger(tmp_path / "ledger").session("job", START), START)
        await_true(holds(tmp_path / "jobs/job/stdout", "ready"))
        supervisor = runner._steps.supervisor(next(runner._alive()))
        assert supervisor
        send(supervisor, signal.SIGKILL)

        job = finish(runner)
        assert (job.phase, job.exit_status) == (Phase.FAILED, None)
        assert "supervisor was killed" in (job.session.message or "")
        *numbers, _ = (tmp_path / "jobs/job/stdout").read_text().split()
        assert len(numbers) == 3
        assert all(has_ended(each) for each in filter(None, map(identify, map(int, numbers))))

    def test_two_runners(self, tmp_path: Path) -> None:
        """Of two runners of one folder, one cares for a job; the other sees it, can stop it, and inherits it."""
        accept(tmp_path, "job", task_of("echo here; sleep 60"))
        accept(tmp_path, "heirloom", task_of("echo here; while [ ! -e go ]; do sleep 0.02; done"))
        first, second = start_runner(tmp_path), runner_of(tmp_path)
        for name in ("job", "heirloom"):
            await_true(holds(tmp_path / "jobs" / name / "stdout", "here"))
        second.poll(START)
        assert second._owned == {}

        assert second.abort("job", START).phase is Phase.CANCELLED
        kill(first)
        tmp_path.joinpath("jobs", "heirloom", "work", "go").touch()
        assert finish(second, "heirloom").phase is Phase.COMPLETED

    def test_closed(self, tmp_path: Path) -> None:
        """A runner that is closed lets its jobs go to another one, also in the same process."""
        accept(tmp_path, "job", task_of("sleep 0.2; exit 4"))
        first, second = runner_of(tmp_path), runner_of(tmp_path)
        first.run(FileLedger(tmp_path / "ledger").session("job", START), START)
        first.close()

        assert finish(second).exit_status == 4

    def test_another_was_faster(self, tmp_path: Path) -> None:
        """Of two runners with folders of their own, one gets a session; the other refuses it and keeps nothing."""
        accept(tmp_path, "job", task_of("echo"))
        ledger = FileLedger(tmp_path / "ledger")
        session = ledger.session("job", START)
        first = LocalRunner(ledger, tmp_path / "first")

        class Late:
            """A ledger that shows a session as it was before the other runner took it."""

            def session(self, identifier: str, now: int) -> object:
                found = ledger.session(identifier, now)
                return session if found.phase is Phase.WAITING else found

            advance = staticmethod(ledger.advance)

        second = LocalRunner(Late(), tmp_path / "second")  # type: ignore[arg-type]
        first.run(session, START - 10)
        with pytest.raises(Refused) as refused:
            second.run(session, START - 10)

        assert refused.value.code == "offer-taken"
        assert list((tmp_path / "second").iterdir()) == []
        first.poll(START)
        assert finish(first).phase is Phase.COMPLETED


@pytest.mark.parametrize("seed", range(ROUNDS))
def test_killed_at_any_moment(tmp_path: Path, seed: int) -> None:
    """Runners, and in the end supervisors, are killed at random moments; the next runner finds everything out."""
    # A machine that is too busy to begin what takes too long before its time is over has another try, with more.
    for seconds in (2, 8, 32):
        jobs = killed_at_random(tmp_path / str(seconds), random.Random(seed), seconds)
        job = jobs["too long"]
        if job.exit_status is None or holds(Path(job.folder or "", "work/times"), "\n")():
            break

    assert all(map(is_legal, jobs.values()))
    assert {name: (job.phase, job.exit_status) for name, job in jobs.items()} == {
        "short": (Phase.COMPLETED, 0),
        "fails": (Phase.FAILED, 3),
        "longer": (Phase.COMPLETED, 0),
        "too long": (Phase.FAILED, -signal.SIGKILL),
    }
    for job in jobs.values():
        assert Path(job.folder or "", "work/times").read_text() == "\n"
        assert not Path(job.folder or "", "data").exists()


def killed_at_random(folder: Path, chance: random.Random, seconds: int) -> dict[str, Job]:
    """The ends of the jobs of runners that were killed; the job that takes too long has so many seconds."""
    folder.mkdir()
    (folder / "scan").write_bytes(b"x" * 3_000_000)
    data = (Data((folder / "scan").as_uri(), size=3_000_000),)
    accept(folder, "short", task_of("echo >> times"))
    accept(folder, "fails", task_of("echo >> times; sleep 0.1; exit 3", data))
    accept(folder, "longer", task_of("echo >> times; sleep 0.4; echo $$", data))
    accept(folder, "too long", task_of("trap '' TERM; echo >> times; sleep 60", data), seconds=seconds)
    for _ in range(chance.randint(1, 3)):
        process = start_runner(folder)
        assert process.stdout
        process.stdout.readline()
        time.sleep(chance.random() ** 2 * 0.5)
        kill(process)
    last = runner_of(folder)
    ledger = FileLedger(folder / "ledger")
    names = ["short", "fails", "longer", "too long"]
    jobs = {name: (last.run(ledger.session(name, START), START), finish(last, name))[1] for name in names}
    last.close()
    assert ledger.held() == []
    return jobs


@pytest.mark.parametrize("seed", range(ROUNDS))
def test_supervisor_killed_at_any_moment(tmp_path: Path, seed: int) -> None:
    """Whenever a supervisor is killed, nothing is left of its command, which was started at most once."""
    chance = random.Random(seed)
    task = task_of("setsid sh -c 'echo >> times; sleep 0.3; echo late >> times' & sleep 0.3; echo done; wait")
    accept(tmp_path, "job", task)
    ledger, runner = FileLedger(tmp_path / "ledger"), runner_of(tmp_path)
    runner.run(ledger.session("job", START), START)
    time.sleep(chance.random() * 0.4)
    supervisor = runner._steps.supervisor(next(runner._alive()))
    if supervisor:
        send(supervisor, signal.SIGKILL)
    job = finish(runner)

    assert is_legal(job)
    assert ledger.held() == []
    assert not list(marked(("EXECBROKER_JOB", job.folder or "")))
    assert (job.exit_status, job.session.message) in {
        (0, None),
        (None, "the command's supervisor was killed, and the command with it"),
        (None, "the command's supervisor could not be started"),
    }
    times = Path(job.folder or "", "work/times")
    # It may be killed before it opens the file, and between that and its writing.
    assert not times.exists() or times.read_text() in {"", "\n", "\nlate\n"}


class TestProcesses:
    """A process is taken for no other that has its number."""

    def test_recycled_number(self) -> None:
        """A process that started at another moment, or in another run of the system, is another one."""
        this = identify(os.getpid())
        assert this
        for other in (
            Identity(this.pid, this.ticks + 1, this.boot),
            Identity(this.pid, this.ticks, "another"),
        ):
            assert has_ended(other)
            assert await_end(other, PATIENCE)
            send(other, signal.SIGKILL)
        assert not has_ended(this)
        assert not await_end(this, 0.0)

    def test_gone(self) -> None:
        """A process that is gone, and one that only waits for its parent, have ended; signals reach neither."""
        child = subprocess.Popen(["true"])
        process = identify(child.pid)
        assert process
        assert await_end(process, PATIENCE)
        send(process, signal.SIGTERM)
        child.wait()
        assert has_ended(process)
        assert identify(child.pid) is None
        send(process, signal.SIGTERM)
        assert await_end(process, PATIENCE)

    @pytest.mark.parametrize("missing", ["pidfd_open", None])
    def test_without_descriptors(self, monkeypatch: pytest.MonkeyPatch, missing: str | None) -> None:
        """Where the system has no descriptors of processes, all the same holds."""
        if missing:
            monkeypatch.delattr(os, missing)
        child = subprocess.Popen(["sleep", "60"])
        process = identify(child.pid)
        assert process
        assert not await_end(process, 0.01)
        send(process, signal.SIGTERM)
        assert await_end(process, PATIENCE)
        assert child.wait() == -signal.SIGTERM

    def test_marked(self) -> None:
        """Processes are found by the whole of their mark."""
        child = subprocess.Popen(["sleep", "60"], env={"MARK": "this one"})
        await_true(lambda: b"sleep" in Path(f"/proc/{child.pid}/cmdline").read_bytes())
        found = {value: list(marked(("MARK", value))) for value in ("this one", "this", "his one")}
        kill(child)

        assert [each.pid for each in found.pop("this one")] == [child.pid]
        assert not any(found.values())
