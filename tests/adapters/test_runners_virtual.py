"""On a virtual clock everything happens when it should, as the script says, and in legal steps."""

from __future__ import annotations

import threading
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from itertools import pairwise
from typing import final

import pytest
from attrs import evolve
from hypothesis import given
from hypothesis import strategies as st

from execbroker.adapters.books.sqlite import BookUnusable
from execbroker.adapters.runners.ledger import Ledger
from execbroker.adapters.runners.virtual import _TAKERS, Script, VirtualRunner
from execbroker.core.interfaces import Refused
from execbroker.core.lifecycle import FINAL, TRANSITIONS, Event, Phase
from execbroker.core.session import Run, Session
from execbroker.core.task import Task
from execbroker.testing.ledgers import FileLedger

START = 1000


def desk(script: Callable[[Session], Script] = lambda _: Script()) -> tuple[FileLedger, VirtualRunner]:
    """A runner and its ledger."""
    ledger = FileLedger()
    return ledger, VirtualRunner(ledger, script=script)


def history(session: Session) -> list[tuple[str, int]]:
    """What became of a session since it was accepted, and when."""
    return [(passage.phase.value, passage.instant) for passage in session.history[2:]]


def run_of(script: Script, *, polls: range = range(900, 1300, 400)) -> Session:
    """What becomes of a run from 1000 to 1060 with 30 seconds of preparation, taken at 900."""
    ledger, runner = desk(lambda _: script)
    runner.run(ledger.accept("job", Task(), Run(START, 60), preparation=30), 900)
    for now in polls:
        runner.poll(now)
    return runner.job("job", 2000).session


class TestScripts:
    """Jobs go as their scripts say."""

    def test_as_offered(self) -> None:
        """Without a script, all goes as it was offered, each at its own instant, however seldom anybody polls."""
        expected = [
            ("WAITING", 970),
            ("PREPARING", 970),
            ("AVAILABLE", 1000),
            ("RUNNING", 1000),
            ("RELEASING", 1060),
            ("COMPLETED", 1060),
        ]
        assert history(run_of(Script())) == expected
        assert history(run_of(Script(), polls=range(900, 1300))) == expected

    @pytest.mark.parametrize(
        ("script", "end", "message"),
        [
            (Script(duration=10), [("RELEASING", 1010), ("COMPLETED", 1010)], None),
            (Script(release=7), [("RELEASING", 1060), ("COMPLETED", 1067)], None),
            (
                Script(duration=10, exit_status=3),
                [("RELEASING", 1010), ("FAILED", 1010)],
                "the command ended with status 3",
            ),
            (
                Script(duration=61),
                [("RELEASING", 1060), ("FAILED", 1060)],
                "the command was ended after its time of 1 minute",
            ),
            (
                Script(preparation=40, duration=5),
                [("RUNNING", 1010), ("RELEASING", 1015), ("COMPLETED", 1015)],
                None,
            ),
            (Script(preparation=40, duration=51), [("RELEASING", 1060), ("FAILED", 1060)], "the command was ended"),
            (
                Script(preparation=5, duration=9),
                [("AVAILABLE", 975), ("RUNNING", 1000), ("RELEASING", 1009), ("COMPLETED", 1009)],
                None,
            ),
            (Script(preparation=90), [("PREPARING", 970), ("FAILED", 1060)], "was over before"),
            (Script(fails=Phase.ACCEPTED), [("FAILED", 970)], "it was to fail here"),
            (Script(fails=Phase.WAITING), [("WAITING", 970), ("FAILED", 970)], "it was to fail here"),
            (Script(fails=Phase.PREPARING, message="no link"), [("PREPARING", 970), ("FAILED", 1000)], "no link"),
            (Script(fails=Phase.AVAILABLE), [("AVAILABLE", 1000), ("FAILED", 1000)], "it was to fail here"),
            (Script(fails=Phase.RUNNING, duration=9), [("RUNNING", 1000), ("FAILED", 1009)], "it was to fail here"),
            (Script(fails=Phase.RELEASING, release=2), [("RELEASING", 1060), ("FAILED", 1062)], "fail"),
        ],
    )  # fmt: skip
    def test_script(self, script: Script, end: list[tuple[str, int]], message: str | None) -> None:
        """Durations and failures are those of the script, and nothing runs beyond its time."""
        session = run_of(script)

        assert history(session)[-len(end) :] == end
        assert (session.message is None) if message is None else (message in (session.message or ""))

    def test_exit_status(self) -> None:
        """The status is there once the command has ended, and only if it did."""
        for script, status in (
            (Script(), 0),
            (Script(exit_status=3), 3),
            (Script(duration=99), -15),
            (Script(fails=Phase.RUNNING), None),
        ):
            ledger, runner = desk(lambda _, script=script: script)  # type: ignore[misc]
            runner.run(ledger.accept("job", Task(), Run(START, 60)), START)
            assert runner.job("job", START + 59).exit_status is None
            assert runner.job("job", START + 60).exit_status == status


class TestRunner:
    """It is a runner like any other."""

    def test_refusals(self) -> None:
        """Only what was accepted for it is taken, whatever the copy says."""
        ledger, runner = desk()
        offered = ledger.offer("offered", Task(), Run(START, 60))
        accepted = ledger.accept("accepted", Task(), Run(START, 60))
        foreign = ledger.accept("foreign", Task(), Run(START, 60), runner="elsewhere")
        over = ledger.put(ledger.accept("over", Task(), Run(START, 60)).after(Event.CANCEL, START))
        taken = ledger.put(ledger.accept("taken", Task(), Run(START, 60)).after(Event.WAIT, START))
        for session, code in (
            (evolve(offered.after(Event.ACCEPT, START), run=Run(START, 60)), "phase"),
            (evolve(accepted, identifier="nobody"), "offer-unknown"),
            (evolve(accepted, run=Run(START, 61)), "session-changed"),
            (foreign, "runner-foreign"),
            (over, "phase"),
            (taken, "offer-taken"),
        ):
            with pytest.raises(Refused) as refused:
                runner.run(session, START)
            assert refused.value.code == code
        assert runner.due() is None

    def test_again_and_unknown(self) -> None:
        """To pass a session again gives its job; a job that is not there is said not to be."""
        ledger, runner = desk()
        session = ledger.accept("job", Task(), Run(START, 60))
        assert runner.run(session, 990) == runner.run(session, 991)
        assert runner.due() == START
        for ask in (runner.job, runner.abort):
            with pytest.raises(Refused) as refused:
                ask("nobody", START)
            assert refused.value.code == "job-unknown"

    def test_late(self) -> None:
        """A session that is taken after its time has failed."""
        ledger, runner = desk()
        job = runner.run(ledger.accept("job", Task(), Run(START, 60)), START + 60)
        assert job.phase is Phase.FAILED
        assert ledger.held() == []

    def test_cancelled_elsewhere(self) -> None:
        """What the client gave up with the broker, or the ledger lost, goes on no more."""
        ledger, runner = desk()
        for name in ("cancelled", "lost"):
            runner.run(ledger.accept(name, Task(), Run(START, 60)), START)
        ledger.advance("cancelled", Event.CANCEL, START + 1)
        del ledger._sessions["lost"]
        runner.poll(START + 100)

        assert runner.job("cancelled", START + 100).phase is Phase.CANCELLED
        assert runner.due() is None

    def test_never_back(self) -> None:
        """An earlier instant counts as the latest that was seen."""
        ledger, runner = desk()
        runner.poll(START + 5)
        job = runner.run(ledger.accept("job", Task(), Run(START, 60)), START)
        assert history(job.session)[-1] == ("RUNNING", START + 5)


@given(
    st.lists(
        st.tuples(
            st.integers(0, 50),
            st.integers(1, 40),
            st.integers(0, 20),
            st.builds(
                Script,
                preparation=st.none() | st.integers(0, 60),
                duration=st.none() | st.integers(0, 60),
                release=st.integers(0, 9),
                exit_status=st.integers(0, 2),
                fails=st.none() | st.sampled_from(Phase),
            ),
            st.none() | st.integers(0, 150),
        ),
        max_size=6,
    ),
    st.lists(st.integers(0, 160), max_size=8),
)
def test_any_rehearsal(jobs: list[tuple[int, int, int, Script, int | None]], polls: list[int]) -> None:
    """Whatever is scripted, aborted and polled, steps are legal, time goes on, and in the end nothing is held."""
    scripts = {str(place): job[3] for place, job in enumerate(jobs)}
    ledger, runner = desk(lambda session: scripts[session.identifier])
    for place, (start, duration, preparation, _, _) in enumerate(jobs):
        run = Run(start, duration)
        runner.run(ledger.accept(str(place), Task(), run, preparation=preparation), 0)
    aborts = [(abort, str(place)) for place, (*_, abort) in enumerate(jobs) if abort is not None]
    for now, name in sorted([*aborts, *((poll, "") for poll in polls)]):
        if name:
            assert runner.abort(name, now).phase in (*FINAL, Phase.RELEASING)
        runner.poll(now)
    while (due := runner.due()) is not None:
        runner.poll(due)

    assert ledger.held() == []
    for place, (start, duration, *_) in enumerate(jobs):
        passages = runner.job(str(place), 0).session.history
        phases = [passage.phase for passage in passages]
        instants = [passage.instant for passage in passages]
        assert all(
            after in [end for (start, _), end in TRANSITIONS.items() if start is before]
            for before, after in pairwise(phases)
        )
        assert instants == sorted(instants)
        running = [passage.instant for passage in passages if passage.phase is Phase.RUNNING]
        assert all(start <= instant < start + duration for instant in running)


@final
class Slow(Ledger):
    """A ledger in which one session is written down only when that is let happen."""

    def __init__(self, ledger: Ledger, slow: str) -> None:
        self.ledger, self.slow = ledger, slow
        self.begun, self.may_go_on = threading.Event(), threading.Event()

    def session(self, identifier: str, now: int) -> Session:
        """A session as it stands."""
        return self.ledger.session(identifier, now)

    def advance(self, identifier: str, event: Event, now: int, message: str | None = None) -> Session:
        """Write down that something happened, sooner or later."""
        if identifier == self.slow:
            self.begun.set()
            assert self.may_go_on.wait(60)
        return self.ledger.advance(identifier, event, now, message)


@final
class Shaky(Ledger):
    """A ledger that cannot be reached for a moment."""

    def __init__(self, ledger: Ledger) -> None:
        self.ledger, self.fails = ledger, 0

    def session(self, identifier: str, now: int) -> Session:
        """A session as it stands."""
        return self.ledger.session(identifier, now)

    def advance(self, identifier: str, event: Event, now: int, message: str | None = None) -> Session:
        """Write down that something happened, or fail."""
        if self.fails:
            self.fails -= 1
            raise BookUnusable("the disk is full for a moment")
        return self.ledger.advance(identifier, event, now, message)


def test_a_job_outlives_a_fault_of_the_ledger() -> None:
    """What could not be written down is tried again at the next call."""
    ledger, _ = desk()
    shaky = Shaky(ledger)
    runner = VirtualRunner(shaky)
    runner.run(ledger.accept("job", Task(), Run(START, 60)), START - 100)
    shaky.fails = 1

    with pytest.raises(BookUnusable):
        runner.poll(START)
    assert runner.due() == START
    assert runner.job("job", START + 60).phase is Phase.COMPLETED


def test_nobody_waits_for_another_session() -> None:
    """While one is being written down, another is taken, looked at and stopped."""
    ledger, _ = desk()
    slow = ledger.accept("slow", Task(), Run(START, 60))
    others = [ledger.accept(f"other{number}", Task(), Run(START, 60)) for number in range(8)]
    waiting = Slow(ledger, "slow")
    runner = VirtualRunner(waiting)

    with ThreadPoolExecutor(1) as pool:
        taken = pool.submit(runner.run, slow, 900)
        assert waiting.begun.wait(60)
        # By chance, one of them may share the lock of the slow one.
        swift = [each for each in others if hash(each.identifier) % _TAKERS != hash("slow") % _TAKERS]
        for each in swift:
            assert runner.run(each, 900).phase is Phase.WAITING
            assert runner.job(each.identifier, 900).phase is Phase.WAITING
            assert runner.abort(each.identifier, 900).phase is Phase.CANCELLED
        waiting.may_go_on.set()
        assert taken.result().phase is Phase.WAITING
    assert len(swift) > 1


def test_taken_once_by_many() -> None:
    """Of eight that pass the same session at once, each gets the one job."""
    start = threading.Barrier(8)

    def take(runner: VirtualRunner, session: Session) -> Phase:
        start.wait()
        return runner.run(session, 900).phase

    for turn in range(20):
        ledger, runner = desk()
        session = ledger.accept(f"job{turn}", Task(), Run(START, 60))
        with ThreadPoolExecutor(8) as pool:
            phases = [pool.submit(take, runner, session) for _ in range(8)]
        assert {each.result() for each in phases} == {Phase.WAITING}
        assert [phase for phase, _ in history(runner.job(session.identifier, 900).session)] == ["WAITING"]
