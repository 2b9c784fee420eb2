"""Commands run here within what was accepted, and whatever becomes of them is known and gives it back."""

from __future__ import annotations

import os
import signal
import sys
import threading
import time
from collections.abc import Iterator
from pathlib import Path

import pytest
from attrs import evolve

from execbroker.adapters.runners.local import LocalRunner
from execbroker.adapters.runners.staging import files_below
from execbroker.adapters.runners.supervisor import stat
from execbroker.core.amounts import Amounts
from execbroker.core.interfaces import Refused
from execbroker.core.lifecycle import FINAL, Event, Phase
from execbroker.core.session import Job, Run, Session
from execbroker.core.task import Data, Executable, Storage, Task
from execbroker.testing.ledgers import FileLedger

#: When runs start here, and how long a busy machine may take for what is over in a moment.
START = 1_000_000
PATIENCE = 60.0

PATH_TO_END = [
    Phase.OFFERED,
    Phase.ACCEPTED,
    Phase.WAITING,
    Phase.PREPARING,
    Phase.AVAILABLE,
    Phase.RUNNING,
    Phase.RELEASING,
]

linux = pytest.mark.skipif(not sys.platform.startswith("linux"), reason="only Linux has this")


def task_of(*arguments: object, data: tuple[Data, ...] = (), **details: object) -> Task:
    """A task that runs a command."""
    return Task(executable=Executable("command", {"command": list(arguments), **details}), data=data)


def script(text: str) -> Task:
    """A task that runs some lines of shell, with this Python as `$PYTHON`."""
    return task_of("sh", "-c", text, environment={"PYTHON": sys.executable})


class Desk:
    """A runner, its ledger, and a client who pushes it on."""

    def __init__(self, folder: Path) -> None:
        self.folder, self.ledger = folder, FileLedger()
        self.runner = self.runner_with(grace=0.3)

    def runner_with(self, grace: float) -> LocalRunner:
        """A runner that gives a command so many seconds to stop."""
        fetchers = {"file": files_below(self.folder / "archive")}
        return LocalRunner(self.ledger, self.folder / "jobs", grace=grace, fetchers=fetchers)

    def start(self, task: Task, *, seconds: int = 60, cores: int = 1000, memory: int = 2**30) -> Session:
        """Accept a run of a task, and have it started."""
        session = self.accept(task, seconds=seconds, cores=cores, memory=memory)
        self.runner.run(session, START - 10)
        self.runner.poll(START)
        return session

    def accept(
        self, task: Task, name: str = "job", *, seconds: int = 60, cores: int = 1000, memory: int = 2**30
    ) -> Session:
        """Accept a run of a task."""
        run = Run(START, seconds, Amounts({"cores": cores, "memory": memory}))
        return self.ledger.accept(name, task, run)

    def finish(self, name: str = "job") -> Job:
        """The job once it is over."""
        return finish(self.runner, name)

    def run(self, task: Task, **limits: int) -> Job:
        """Run a task to its end."""
        self.start(task, **limits)
        return self.finish()


def finish(runner: LocalRunner, name: str = "job") -> Job:
    """Poll until a job is over."""
    deadline = time.monotonic() + PATIENCE
    while (job := runner.job(name, START)).phase not in FINAL:
        assert time.monotonic() < deadline, job
        runner.wait(name, 1)
        runner.poll(START)
    return job


def run_out(desk: Desk, text: str, *, lines: int) -> tuple[Job, int]:
    """A job whose time ended when it had written some lines, and how many seconds it had.

    A machine that is too busy to get that far has another try, with more time.
    """
    for seconds in (2, 8, 32):
        session = desk.accept(script(text), f"job-{seconds}", seconds=seconds)
        desk.runner.run(session, START)
        job = desk.finish(session.identifier)
        if text_of(job, "stdout").count("\n") >= lines:
            break
    return job, seconds


def text_of(job: Job, name: str) -> str:
    """One of a job's files."""
    assert job.folder is not None
    return Path(job.folder, name).read_text("utf-8")


def await_file(path: Path) -> str:
    """What a file holds, once it holds a line."""
    deadline = time.monotonic() + PATIENCE
    while not (path.exists() and path.read_text("utf-8").endswith("\n")):
        assert time.monotonic() < deadline, path
        time.sleep(0.01)
    return path.read_text("utf-8")


def is_running(pid: int) -> bool:
    """Whether there is such a process, and not only what is left of one for its parent."""
    try:
        return Path(f"/proc/{pid}/stat").read_text("utf-8").rpartition(")")[2].split()[0] not in "ZX"
    except FileNotFoundError:
        return False


def children() -> set[int]:
    """The processes that this one started and has not taken note of the end of."""
    found = {int(path.name): stat(int(path.name)) for path in Path("/proc").glob("[0-9]*")}
    return {pid for pid, fields in found.items() if fields and int(fields[1]) == os.getpid()}


@pytest.fixture
def desk(tmp_path: Path) -> Iterator[Desk]:
    """A runner in an empty folder; whatever still runs at the end of a test is stopped."""
    (tmp_path / "archive").mkdir()
    desk = Desk(tmp_path)
    yield desk
    for name in desk.ledger.held():
        try:
            desk.runner.abort(name, START)
        except Refused:
            continue
    desk.runner.close()


class TestEnds:
    """Of every end it is known what it was."""

    def test_complete(self, desk: Desk) -> None:
        """A command that ends well is complete; what it wrote is kept, and every phase was passed in its order."""
        job = desk.run(script("echo out; echo err >&2; echo kept > file"))

        assert [passage.phase for passage in job.session.history] == [*PATH_TO_END, Phase.COMPLETED]
        assert (job.exit_status, job.session.message) == (0, None)
        assert (text_of(job, "stdout"), text_of(job, "stderr")) == ("out\n", "err\n")
        assert text_of(job, "work/file") == "kept\n"
        assert Path(job.folder or "").stat().st_mode & 0o777 == 0o700
        assert dict(job.results) == {
            name: Path(job.folder or "", name).as_uri() for name in ("stdout", "stderr")
        }

    @pytest.mark.parametrize(
        ("text", "status", "message"),
        [
            ("exit 3", 3, "the command ended with status 3"),
            ("kill -9 $$", -9, "the command was ended by SIGKILL"),
            ("kill -TERM $$", -15, "the command was ended by SIGTERM"),
        ],
    )
    def test_failure(self, desk: Desk, text: str, status: int, message: str) -> None:
        """A command that ends otherwise has failed, in the words of its status."""
        job = desk.run(script(text))

        assert [passage.phase for passage in job.session.history] == [*PATH_TO_END, Phase.FAILED]
        assert (job.exit_status, job.session.message) == (status, message)

    @pytest.mark.parametrize("program", ["no-such-program", "/", "./here", "x" * 5000])
    def test_no_program(self, desk: Desk, program: str) -> None:
        """A program that cannot be started fails with the system's reason, and without a status."""
        job = desk.run(task_of(program))

        assert job.phase is Phase.FAILED
        assert (job.session.message or "").startswith("the command could not be started: ")
        assert program[:10] in (job.session.message or "")
        assert job.exit_status is None

    @pytest.mark.parametrize(
        ("executable", "words"),
        [
            (None, "no executable"),
            (Executable("docker-container", {"image": "x"}), "`docker-container` are not run here"),
            (Executable("command"), "lists no program"),
            (Executable("command", {"command": "rm -rf x"}), "lists no program"),
            (Executable("command", {"command": []}), "lists no program"),
            (Executable("command", {"command": [""]}), "has no name"),
            (Executable("command", {"command": ["sleep", 10]}), "write it in quotes"),
            (Executable("command", {"command": ["a\0b"]}), "NUL"),
            (Executable("command", {"command": ["\udcff"]}), "not Unicode"),
            (Executable("command", {"command": ["x"], "comand": 1}), "no `comand`"),
            (Executable("command", {"command": ["x"], "environment": ["A"]}), "not a mapping"),
            (Executable("command", {"command": ["x"], "environment": {"A=B": "c"}}), "no name of a variable"),
            (Executable("command", {"command": ["x"], "environment": {"HOME": "/"}}), "set by the runner"),
            (Executable("command", {"command": ["x"], "environment": {"A": 1}}), "write it in quotes"),
            (Executable("command", {"command": ["x"], "stdin": 1}), "write it in quotes"),
        ],
    )
    def test_cannot_be_run(self, desk: Desk, executable: Executable | None, words: str) -> None:
        """A task that cannot be run here fails when it is taken, so that it holds nothing until its time comes."""
        job = desk.runner.run(desk.accept(Task(executable=executable)), START - 10)

        assert job.phase is Phase.FAILED
        assert words in (job.session.message or "")
        assert desk.ledger.held() == []

    def test_too_late(self, desk: Desk) -> None:
        """What nobody polled until its time was over fails, and is not started any more."""
        desk.runner.run(desk.accept(script("echo > started"), "polled late", seconds=5), START - 10)
        desk.runner.poll(START + 5)
        desk.runner.run(desk.accept(script("echo > started"), "taken late", seconds=5), START + 5)

        for name in ("polled late", "taken late"):
            job = desk.runner.job(name, START + 5)
            assert job.phase is Phase.FAILED
            assert "was over before" in (job.session.message or "")
            assert not Path(job.folder or "", "work/started").exists()


class TestSurroundings:
    """A command gets its arguments as they are, and little else."""

    def test_arguments(self, desk: Desk) -> None:
        """No shell looks at the arguments."""
        arguments = ["a b", "$HOME", "*", "`id`", ";", "", "é\n'\"\\", "-n"]
        code = "import sys; print(ascii(sys.argv[1:]))"
        job = desk.run(task_of(sys.executable, "-c", code, *arguments))

        assert text_of(job, "stdout") == f"{arguments!a}\n"

    def test_environment(self, desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
        """It has the documented variables and those of the task, and none of the runner's."""
        monkeypatch.setenv("RUNNERS_SECRET", "secret")
        task = task_of("env", environment={"STAGE": "é=1", "LANG": "C"})
        job = desk.run(task, cores=1500, memory=2**30)
        folder = job.folder

        assert sorted(text_of(job, "stdout").splitlines()) == sorted(
            [
                f"EXECBROKER_DATA={folder}/data",
                f"EXECBROKER_JOB={folder}",
                f"EXECBROKER_STORAGE={folder}/storage",
                "EXECBROKER_CORES=2",
                f"EXECBROKER_MEMORY={2**30}",
                "EXECBROKER_SESSION=job",
                f"HOME={folder}/work",
                "LANG=C",
                "PATH=/usr/local/bin:/usr/bin:/bin",
                f"PWD={folder}/work",
                "STAGE=é=1",
                f"TMPDIR={folder}/tmp",
            ]
        )

    def test_stdin(self, desk: Desk) -> None:
        """It reads what the task says, or nothing."""
        assert text_of(desk.run(task_of("cat", stdin="a\nb é")), "stdout") == "a\nb é"
        desk.ledger.accept("silent", task_of("cat"), Run(START, 60))
        desk.runner.run(desk.ledger.session("silent", START), START)
        assert text_of(desk.finish("silent"), "stdout") == ""

    @linux
    def test_nothing_is_passed_on(self, desk: Desk) -> None:
        """It has no open file but its own three, no blocked or ignored signal, a group and session of its own."""
        with (desk.folder / "open").open("w") as file:
            os.set_inheritable(file.fileno(), True)
            text = "ls /proc/self/fd | wc -l; grep Sig[BI] /proc/self/status; ps -o pgid=,sid= -p $$; echo $$"
            lines = text_of(desk.run(script(text)), "stdout").split("\n")

        # `ls` itself opens the directory that it lists.
        assert lines[0].strip() == "4"
        # The two signals after the 31st are the C library's own.
        assert {int(line.split()[1], 16) & ~(0b11 << 31) for line in lines[1:3]} == {0}
        assert lines[3].split() == [lines[4]] * 2


class TestLimits:
    """No command takes more than was accepted."""

    @linux
    @pytest.mark.parametrize(("cores", "cpus"), [(0, 1), (500, 1), (1000, 1), (1001, 2), (10**6, 10**3)])
    def test_cores(self, desk: Desk, cores: int, cpus: int) -> None:
        """It is bound to as many CPUs as its cores need, and there are."""
        code = "import os; print(len(os.sched_getaffinity(0)))"
        job = desk.run(task_of(sys.executable, "-c", code), cores=cores)

        assert int(text_of(job, "stdout")) == min(cpus, len(os.sched_getaffinity(0)))

    @linux
    def test_least_used(self, desk: Desk) -> None:
        """Two jobs of one core do not share one while another is idle."""
        if len(os.sched_getaffinity(0)) == 1:
            pytest.skip("one CPU leaves no choice")
        code = "import os, time; print(*os.sched_getaffinity(0), flush=True); time.sleep(60)"
        for name in ("a", "b"):
            desk.runner.run(desk.accept(task_of(sys.executable, "-c", code), name), START)
        first, second = (await_file(desk.folder / "jobs" / name / "stdout") for name in "ab")

        assert first != second

    def test_memory_of_one(self, desk: Desk) -> None:
        """A process gets no more memory than was accepted."""
        job = desk.run(task_of(sys.executable, "-c", "bytearray(2**29)"), memory=2**29)

        assert job.exit_status == 1
        assert "MemoryError" in text_of(job, "stderr")

    @linux
    def test_memory_together(self, desk: Desk) -> None:
        """Processes that together take more memory than was accepted are ended."""
        code = "import time; x = b'x' * (60 << 20); time.sleep(60)"
        job = desk.run(
            script(f'for each in 1 2 3; do "$PYTHON" -S -c "{code}" & done; wait'), memory=150 << 20
        )

        assert job.phase is Phase.FAILED
        assert "more memory than was accepted" in (job.session.message or "")

    def test_time(self, desk: Desk) -> None:
        """A command that is not done when its time is over is ended, whether or not anybody polls, and says why."""
        # Who heeds the signal has the time for it, on a busy machine, too.
        desk.runner = desk.runner_with(grace=PATIENCE)
        begun = time.monotonic()
        job, seconds = run_out(desk, "trap 'echo term; exit 0' TERM; sleep 60 & echo ready; wait", lines=1)

        assert seconds <= time.monotonic() - begun < PATIENCE
        assert job.phase is Phase.FAILED
        assert (job.exit_status, job.session.message) == (
            0,
            f"the command was ended after its time of {seconds} seconds",
        )
        assert text_of(job, "stdout") == "ready\nterm\n"

    @linux
    def test_time_of_the_deaf(self, desk: Desk) -> None:
        """Who ignores SIGTERM is killed, with its children, also those that left for a session of their own."""
        text = """
            trap '' TERM
            (trap '' TERM; echo $$; sleep 61) &
            setsid sh -c 'trap "" TERM; echo $$; sleep 62; sleep 63' &
            setsid sh -c 'setsid sh -c "echo \\$\\$; sleep 64" &' &
            echo $$
            while :; do sleep 1; done
        """
        job, _ = run_out(desk, text, lines=4)

        assert (job.phase, job.exit_status) == (Phase.FAILED, -signal.SIGKILL)
        numbers = [int(line) for line in text_of(job, "stdout").split()]
        assert len(numbers) == 4
        assert not any(map(is_running, numbers))

    @linux
    def test_what_is_left_behind(self, desk: Desk) -> None:
        """When a command ends, so does what it started, and the job waits for that."""
        job = desk.run(script("setsid sleep 65 & echo $!; sleep 66 & echo $!"))

        assert (job.phase, job.exit_status) == (Phase.COMPLETED, 0)
        assert not any(is_running(int(line)) for line in text_of(job, "stdout").split())

    @linux
    def test_no_more_privileges(self, desk: Desk) -> None:
        """Nothing that it starts can become another user, and so get out of reach."""
        assert (
            text_of(desk.run(task_of("grep", "NoNewPrivs", "/proc/self/status")), "stdout").split()[1] == "1"
        )


class TestAbort:
    """A job can be stopped at any time, and gives back what it held."""

    @pytest.mark.parametrize("deaf", [False, True])
    def test_running(self, desk: Desk, *, deaf: bool) -> None:
        """A running command is gone when `abort` returns, and to abort once more changes nothing."""
        text = "trap '' TERM; echo $$; while :; do sleep 1; done" if deaf else "echo $$; exec sleep 60"
        desk.start(script(text))
        number = int(await_file(desk.folder / "jobs/job/stdout"))
        job = desk.runner.abort("job", START + 1)

        assert job.phase is Phase.CANCELLED
        assert job.exit_status == -(signal.SIGKILL if deaf else signal.SIGTERM)
        assert not is_running(number)
        assert desk.ledger.held() == []
        assert desk.runner.abort("job", START + 2) == job

    def test_before_the_start(self, desk: Desk) -> None:
        """A job that waits for its time is cancelled, and not started when that comes."""
        desk.runner.run(desk.accept(script("echo")), START - 10)
        assert desk.runner.abort("job", START - 9).phase is Phase.CANCELLED
        desk.runner.poll(START)

        assert desk.runner.job("job", START).exit_status is None
        assert not (desk.folder / "jobs/job/stdout").exists()

    def test_at_once(self, desk: Desk) -> None:
        """A job is stopped also in the moment in which its command is about to start."""
        for each in range(5):
            session = desk.accept(script("sleep 60"), f"job-{each}")
            desk.runner.run(session, START)
            time.sleep(each * 0.02)
            assert desk.runner.abort(session.identifier, START).phase is Phase.CANCELLED

    @linux
    def test_no_zombies(self, desk: Desk) -> None:
        """Of a job that was stopped as it started, no process waits for ever for its end to be noted."""
        before = children()
        for each in range(5):
            session = desk.accept(script("sleep 60"), f"job-{each}")
            desk.runner.run(session, START)
            desk.runner.abort(session.identifier, START)
        deadline = time.monotonic() + PATIENCE
        while left := children() - before:
            assert time.monotonic() < deadline, left
            desk.runner.poll(START)
            time.sleep(0.01)

    def test_over(self, desk: Desk) -> None:
        """To stop what is over is no error."""
        job = desk.run(script("exit 3"))
        assert desk.runner.abort("job", START) == job

    def test_cancelled_elsewhere(self, desk: Desk) -> None:
        """What the client gives up with the broker is ended at the next poll."""
        desk.start(script("echo $$; exec sleep 60"))
        number = int(await_file(desk.folder / "jobs/job/stdout"))
        desk.ledger.advance("job", Event.CANCEL, START)
        desk.runner.poll(START)
        assert desk.runner.wait("job", PATIENCE)
        desk.runner.poll(START)

        assert not is_running(number)
        assert desk.runner.job("job", START).phase is Phase.CANCELLED

    def test_forgotten(self, desk: Desk) -> None:
        """What the ledger does not know any more is ended, too."""
        desk.start(script("echo $$; exec sleep 60"))
        number = int(await_file(desk.folder / "jobs/job/stdout"))
        desk.ledger._sessions.clear()
        desk.runner.poll(START)
        assert desk.runner.wait("job", PATIENCE)
        desk.runner.poll(START)

        assert not is_running(number)

    def test_unknown(self, desk: Desk) -> None:
        """A job that is not there is said not to be, however it is called."""
        for name in ("nobody", "..", "../jobs", "/", "", "a\0b", "\udcff", "=", "x" * 10**5):
            for ask in (desk.runner.abort, desk.runner.job):
                with pytest.raises(Refused) as refused:
                    ask(name, START)
                assert refused.value.code == "job-unknown"


class TestAdmission:
    """Only what was accepted for this runner is run, whatever a client says."""

    def refusal(self, desk: Desk, session: Session) -> str:
        """The code with which a session is refused, leaving nothing behind."""
        with pytest.raises(Refused) as refused:
            desk.runner.run(session, START)
        assert list((desk.folder / "jobs").iterdir()) == []
        return refused.value.code

    def test_unknown(self, desk: Desk) -> None:
        """A session that the ledger does not know is refused."""
        session = desk.accept(script("echo"))
        assert self.refusal(desk, evolve(session, identifier="../../x")) == "offer-unknown"

    def test_not_accepted(self, desk: Desk) -> None:
        """An offer is refused though the client's copy says that it was accepted; so is one that was let go."""
        offered = desk.ledger.offer("job", script("echo"), Run(START, 60))
        claimed = evolve(offered.after(Event.ACCEPT, START), run=Run(START, 60))
        assert self.refusal(desk, claimed) == "phase"
        desk.ledger.put(offered.after(Event.REJECT, START))
        assert self.refusal(desk, claimed) == "phase"
        desk.ledger.put(offered.after(Event.EXPIRE, START))
        assert self.refusal(desk, claimed) == "offer-expired"

    @pytest.mark.parametrize(
        ("events", "code"),
        [([Event.CANCEL], "phase"), ([Event.FAIL], "phase"), ([Event.WAIT], "offer-taken")],
    )
    def test_over_or_taken(self, desk: Desk, events: list[Event], code: str) -> None:
        """What is over, or another runner has, is refused."""
        session = desk.accept(script("echo"))
        for event in events:
            desk.ledger.advance("job", event, START)
        assert self.refusal(desk, session) == code

    def test_foreign(self, desk: Desk) -> None:
        """An offer for another runner is refused."""
        session = desk.ledger.accept("job", script("echo"), Run(START, 60), runner="https://example.org/")
        assert self.refusal(desk, session) == "runner-foreign"
        assert (
            self.refusal(desk, evolve(session, offer=evolve(session.offer, runner=None))) == "runner-foreign"
        )

    def test_changed(self, desk: Desk) -> None:
        """A copy that says something else than what was accepted is refused."""
        session = desk.accept(script("echo"))
        for changed in (
            evolve(session, run=Run(START, 3600)),
            evolve(session, run=Run(START - 1, 60, session.run.amounts if session.run else Amounts())),
            evolve(session, offer=evolve(session.offer, maxduration=3600)),
            evolve(session, task=script("rm -rf /")),
        ):
            assert self.refusal(desk, changed) == "session-changed"

    def test_again(self, desk: Desk) -> None:
        """To pass a session again, at any time, gives its job and starts nothing."""
        session = desk.accept(script("echo >> times"))
        jobs = [desk.runner.run(session, START - 10) for _ in range(3)]
        assert {job.phase for job in jobs} == {Phase.WAITING}
        desk.runner.poll(START)
        desk.runner.run(session, START)
        job = desk.finish()

        assert desk.runner.run(session, START) == job
        assert text_of(job, "work/times") == "\n"

    @pytest.mark.parametrize(
        "name", ["../out", "/abs", ".", "..", ".control", "Upper", "é", "x" * 300, "a/b"]
    )
    def test_hostile_identifier(self, desk: Desk, name: str) -> None:
        """Whatever a session is called, its job has a folder of its own directly below the runner's."""
        job = desk.runner.run(desk.accept(script("echo"), name), START - 10)
        assert desk.runner.abort(name, START - 10).phase is Phase.CANCELLED

        assert Path(job.folder or "").parent == desk.folder / "jobs"
        assert {path.name for path in desk.folder.iterdir()} == {"archive", "jobs"}


class TestTime:
    """Jobs go on as the clock does."""

    def test_preparation(self, desk: Desk) -> None:
        """Preparing begins so long before the start as the offer says, and the run when its time has come."""
        session = desk.ledger.accept("job", script("echo"), Run(START, 60), preparation=20)
        phases = []
        for now in (START - 30, START - 21, START - 20, START - 1):
            phases.append(desk.runner.run(session, now).phase)
            assert desk.runner.due(now) == (START - 20 if now < START - 20 else START)
        assert phases == [Phase.WAITING, Phase.WAITING, Phase.AVAILABLE, Phase.AVAILABLE]
        desk.runner.poll(START)

        assert desk.runner.job("job", START).phase is Phase.RUNNING
        assert desk.runner.due(START) is None
        assert desk.finish().session.entered(Phase.PREPARING) == START - 20

    def test_never_back(self, desk: Desk) -> None:
        """An earlier instant counts as the latest that was seen."""
        desk.runner.poll(START)
        assert desk.runner.run(desk.accept(script("echo")), START - 100).phase is Phase.RUNNING

    def test_wait(self, desk: Desk) -> None:
        """Waiting for a job that has nothing to do ends in time, or when somebody moves the job on."""
        desk.runner.run(desk.accept(script("echo")), START - 10)
        assert not desk.runner.wait("job", 0.01)
        poll = threading.Timer(0.05, desk.runner.poll, [START])
        poll.start()
        assert desk.runner.wait("job", PATIENCE)
        poll.join()
        assert desk.finish().phase is Phase.COMPLETED
        assert desk.runner.wait("job", PATIENCE)


class TestStaging:
    """Data come before the command, and go after it."""

    def test_order(self, desk: Desk) -> None:
        """The command finds storage and data, both of which are gone when the job is over."""
        (desk.folder / "archive/scan").write_text("data")
        data = Data((desk.folder / "archive/scan").as_uri(), size=4, storage="scratch")
        text = 'cd "$EXECBROKER_STORAGE" && cat scratch/scan && ls -d scratch ../data'
        task = evolve(script(text), data=(data,), storage=(Storage("scratch"),))
        job = desk.run(task)

        assert (job.phase, text_of(job, "stdout")) == (Phase.COMPLETED, "data../data\nscratch\n")
        assert not any(Path(job.folder or "", name).exists() for name in ("data", "storage"))

    @pytest.mark.parametrize(
        ("location", "size", "words"),
        [
            ("file:///etc/passwd", None, "not below"),
            ("file://{archive}/none", None, "No such file"),
            ("file://{archive}/scan", 5, "4 bytes"),
            ("https://example.org/x", None, "nothing here fetches"),
        ],
    )
    def test_failure(self, desk: Desk, location: str, size: int | None, words: str) -> None:
        """Data that do not come, or are not as the task says, fail the job: nothing runs, all is given back."""
        (desk.folder / "archive/scan").write_text("data")
        data = Data(location.format(archive=desk.folder / "archive"), size=size)
        job = desk.run(task_of("echo", data=(data,)))

        assert [passage.phase for passage in job.session.history][-2:] == [Phase.PREPARING, Phase.FAILED]
        assert words in (job.session.message or "")
        assert not Path(job.folder or "", "data").exists()
        assert not Path(job.folder or "", "stdout").exists()
        assert desk.ledger.held() == []

    @pytest.mark.parametrize("name", ["../../evil", "/evil", "evil\0", ".."])
    def test_hostile_names(self, desk: Desk, name: str) -> None:
        """A name that leads out of the job's folder fails the job when it is taken."""
        (desk.folder / "archive/scan").write_text("data")
        location = (desk.folder / "archive/scan").as_uri()
        session = desk.accept(task_of("echo", data=(Data(location, name=name),)))

        assert desk.runner.run(session, START - 10).phase is Phase.FAILED
        assert list(desk.folder.rglob("*evil*")) == []

    def test_slow_staging_holds_up_nobody(self, tmp_path: Path) -> None:
        """While the data of one job are on their way, others run; and it can be aborted."""
        arrived = threading.Event()

        class Slow:
            def __enter__(self) -> Slow:
                return self

            def __exit__(self, *_: object) -> None:
                pass

            def read(self, size: int) -> bytes:
                arrived.wait(0.01)
                return b"x"

        ledger = FileLedger()
        runner = LocalRunner(ledger, tmp_path, fetchers={"slow": lambda _: Slow()})  # type: ignore[dict-item, return-value]
        slow = task_of("echo", data=(Data("slow://somewhere/x"),))
        runner.run(ledger.accept("slow", slow, Run(START, 60)), START)
        runner.run(ledger.accept("quick", script("echo"), Run(START, 60)), START)

        assert finish(runner, "quick").phase is Phase.COMPLETED
        assert runner.job("slow", START).phase is Phase.PREPARING
        assert not runner.wait("slow", 0.01)
        assert runner.abort("slow", START).phase is Phase.CANCELLED
        assert not (tmp_path / "slow/data").exists()
        assert ledger.held() == []


class TestTrouble:
    """Where the machine fails, a job fails, and nothing else."""

    @pytest.mark.parametrize("name", ["stdin", "stdout", ".control/order.json"])
    def test_cannot_be_written(self, desk: Desk, name: str) -> None:
        """A job whose files cannot be written fails, and others go on."""
        desk.runner.run(desk.accept(task_of("cat", stdin="x"), "broken"), START - 10)
        desk.runner.run(desk.accept(script("echo"), "sound"), START - 10)
        (desk.folder / "jobs/broken" / name / "in-the-way").mkdir(parents=True)
        desk.runner.poll(START)

        assert desk.finish("sound").phase is Phase.COMPLETED
        broken = desk.finish("broken")
        assert broken.phase is Phase.FAILED
        assert "Is a directory" in (broken.session.message or "")
        assert desk.ledger.held() == []

    @pytest.mark.parametrize("content", ["", "{", "[]", "nonsense\0"])
    def test_broken_files(self, desk: Desk, content: str) -> None:
        """A file of ours that holds nothing sensible counts as not there; strangers' folders are left alone."""
        (desk.folder / "jobs/stray").mkdir()
        (desk.folder / "jobs/file").touch()
        (desk.folder / "jobs/half/.control").mkdir(parents=True)
        (desk.folder / "jobs/half/.control/job.json").write_text(content)

        assert desk.run(script("echo")).phase is Phase.COMPLETED
        assert sorted(path.name for path in (desk.folder / "jobs").iterdir()) == [
            "file",
            "half",
            "job",
            "stray",
        ]

    def test_supervisor_cannot_start(self, desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
        """Where not even the supervisor starts, the job fails."""
        for program, words in (("/bin/false", "supervisor"), ("/no/python", "No such file")):
            monkeypatch.setattr(sys, "executable", program)
            name = words.partition(" ")[0].lower()
            desk.runner.run(desk.accept(task_of("echo"), name), START)
            job = desk.finish(name)
            assert job.phase is Phase.FAILED
            assert words in (job.session.message or "")
