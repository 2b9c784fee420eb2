"""Sessions as UWS jobs."""

from __future__ import annotations

import json
from decimal import Decimal
from fractions import Fraction
from typing import Any, Final

import pytest
from attrs import evolve
from hypothesis import given
from hypothesis import strategies as st

from execbroker.core.amounts import Amounts
from execbroker.core.answer import Allotment, Cost, Offer
from execbroker.core.lifecycle import FINAL, TRANSITIONS, Event, Phase
from execbroker.core.session import Job, Passage, Run, Session
from execbroker.core.task import Task
from execbroker.languages.uws.documents import write_job
from execbroker.languages.uws.reading import read_job
from execbroker.languages.uws.sessions import from_job
from execbroker.languages.uws.tables import PHASES, UwsPhase
from execbroker.languages.uws.values import LONGEST, Info, Parameter, Result, Trouble, UwsJob

LEAST: Final = Amounts({"cores": 4000, "memory": 80 * 2**30})
MOST: Final = Amounts({"cores": 8000, "memory": 80 * 2**30})
OFFER: Final = Offer(
    platform="edinburgh",
    pool="gpu",
    minstart=1000,
    maxstart=2000,
    maxend=9200,
    minduration=3600,
    maxduration=7200,
    expires=300,
    compute=(Allotment("main", LEAST, MOST),),
    cost=Cost(Fraction(1, 3), "EUR"),
    proximity=Decimal("1.5"),
    identifier="5f0c",
)
OFFERED: Final = Session("5f0c", OFFER, Task("fringe fit"), 10, (Passage(Phase.OFFERED, 10),))
PATH: Final = (Event.WAIT, Event.PREPARE, Event.READY, Event.START, Event.END, Event.COMPLETE)


def accepted(*events: Event) -> Session:
    """A session that was accepted, and some events, each a hundred seconds after the one before."""
    session = evolve(OFFERED.after(Event.ACCEPT, 100), run=Run(1100, 3600, MOST, node=2))
    for number, event in enumerate(events, start=2):
        session = session.after(event, number * 100)
    return session


def shown(session: Session, **details: Any) -> UwsJob:
    """The UWS job of a session, which can be written and comes back."""
    job = from_job(Job(session, **details))
    reading = read_job(write_job(job))
    assert (reading.value, reading.problems) == (job, ())
    return job


class TestOffers:
    """An offer is a PENDING job."""

    def test_offered(self) -> None:
        """It has the task's name, is quoted for its latest end, and destroyed when it expires."""
        assert evolve(shown(OFFERED), info=()) == UwsJob(
            identifier="5f0c",
            phase=UwsPhase.PENDING,
            run_id="fringe fit",
            quote=9200,
            created=10,
            duration=7200,
            destruction=300,
            parameters=(Parameter("OFFER", "5f0c"),),
        )

    @pytest.mark.parametrize("event", [Event.REJECT, Event.EXPIRE])
    def test_not_taken(self, event: Event) -> None:
        """One that was not taken is ABORTED, never started, and says in jobInfo what happened."""
        session = OFFERED.after(event, 200)
        job = shown(session)

        assert (job.phase, job.started, job.ended, job.destruction) == (UwsPhase.ABORTED, None, 200, 300)
        assert job.about("sessionPhase") == session.phase.value
        assert job.trouble is None

    def test_offer_is_carried(self) -> None:
        """All of the offer is in one leaf of JSON."""
        job = shown(OFFERED)
        (leaf,) = [each for each in job.info if each.name == "offer"]
        offer = json.loads(leaf.text)

        assert leaf.mime == "application/json"
        assert (offer["offer"], offer["pool"], offer["maxduration"]) == ("5f0c", "gpu", "PT2H")
        assert offer["compute-resources"][0]["minmemory"] == "80GiB"

    def test_long_runs(self) -> None:
        """What an execution duration can't say is cut there, and whole in jobInfo."""
        job = shown(evolve(OFFERED, offer=evolve(OFFER, maxduration=3_000_000_000)))

        assert job.duration == LONGEST
        assert job.about("longestRun") == "P34722DT5H20M"


class TestAccepted:
    """A session that was accepted."""

    @pytest.mark.parametrize("count", range(len(PATH) + 1))
    def test_path(self, count: int) -> None:
        """Times are set when what they speak of has happened."""
        session = accepted(*PATH[:count])
        job = shown(session)

        assert job.phase is PHASES[session.phase]
        assert job.started == (500 if count >= 4 else None)
        assert job.ended == (700 if count == 6 else None)
        assert job.about("runEnded") == ("1970-01-01T00:10:00Z" if count >= 5 else None)
        assert (job.duration, job.quote, job.destruction) == (3600, 4700, None)

    def test_run(self) -> None:
        """What was accepted is in jobInfo."""
        job = shown(accepted())

        assert job.about("runStart") == "1970-01-01T00:18:20Z"
        assert job.about("runEnd") == "1970-01-01T01:18:20Z"
        assert json.loads(job.about("runAmounts") or "") == {"cores": "8", "memory": "80GiB"}
        assert job.about("runNode") == "2"

    def test_failed(self) -> None:
        """A failure is an ERROR with its message."""
        session = accepted(Event.WAIT).after(Event.FAIL, 400, "the node burns \x1b[31m")
        job = shown(session, exit_status=-9)

        assert (job.phase, job.started, job.ended) == (UwsPhase.ERROR, None, 400)
        assert job.trouble == Trouble("the node burns \ufffd[31m")
        assert job.about("exitStatus") == "-9"

    def test_failed_silently(self) -> None:
        """A failure that nobody explains still has a message."""
        trouble = shown(accepted(Event.FAIL)).trouble

        assert trouble is not None
        assert "nothing says why" in trouble.message

    def test_cancelled(self) -> None:
        """A session that was given up is ABORTED, and no error."""
        job = shown(accepted(*PATH[:4], Event.CANCEL))

        assert (job.phase, job.started, job.ended, job.trouble) == (UwsPhase.ABORTED, 500, 600, None)

    def test_destruction(self) -> None:
        """Who keeps results says for how long."""
        assert from_job(Job(accepted()), destruction=10_000).destruction == 10_000

    @pytest.mark.parametrize(
        ("given", "where"),
        [
            ("https://example.org/a b?c=%20", "https://example.org/a%20b?c=%20"),
            ("/home/ann/a b%20#1", "file:///home/ann/a%20b%2520%231"),
            ("out/\udcff\x01é", "out/%FF%01%C3%A9"),
            ("\ud800", "%ED%A0%80"),
        ],
    )
    def test_results(self, given: str, where: str) -> None:
        """Results are where URLs lead, whatever their files are called."""
        job = shown(accepted(), results=(("stdout", given),))

        assert job.results == (Result("stdout", where),)


class TestTask:
    """The task's document."""

    def test_text(self) -> None:
        """It is there as it was sent."""
        job = from_job(Job(OFFERED), task="name: a\r\n", task_at="/tasks/1", owner="ann")

        assert job.parameters[1] == Parameter("TASK", "name: a\r\n")
        assert job.owner == "ann"
        assert read_job(write_job(job)).value == job

    def test_reference(self) -> None:
        """What XML cannot carry is given by reference, or not at all."""
        by_reference = from_job(Job(OFFERED), task="name: \x00", task_at="https://example.org/1")

        assert by_reference.parameters[1] == Parameter("TASK", "https://example.org/1", by_reference=True)
        assert len(from_job(Job(OFFERED), task="name: \x00").parameters) == 1


#: Any text at all, also such as no document can carry.
anything = st.text(st.characters(), max_size=10) | st.sampled_from(["\x00", "\ufffe", "\ud800", "\udcff"])


@st.composite
def sessions(draw: st.DrawFn) -> Session:
    """Sessions that took any legal way."""
    offer = evolve(OFFER, platform=draw(anything), pool=draw(anything), flavour=draw(st.none() | anything))
    session = evolve(OFFERED, offer=offer, task=Task(draw(st.none() | anything)))
    for _ in range(draw(st.integers(0, 8))):
        events = [event for phase, event in TRANSITIONS if phase is session.phase]
        if events:
            message = draw(st.none() | anything)
            session = session.after(draw(st.sampled_from(events)), draw(st.integers(0, 10**9)), message)
    run = st.builds(Run, st.integers(0, 10**9), st.integers(1, 10**10), st.just(MOST), st.none() | st.just(1))
    return session if session.entered(Phase.ACCEPTED) is None else evolve(session, run=draw(run))


@given(
    sessions(),
    st.none() | anything,
    st.none() | anything,
    st.none() | anything,
    st.lists(
        st.tuples(anything, anything), max_size=2, unique_by=lambda each: each[0].encode("utf-8", "replace")
    ),
)
def test_everything_can_be_written(
    session: Session,
    owner: str | None,
    task: str | None,
    task_at: str | None,
    results: list[tuple[str, str]],
) -> None:
    """Whatever a session has become, its job can be written, and comes back; jobInfo's names come once."""
    job = from_job(Job(session, results=tuple(results)), owner=owner, task=task, task_at=task_at)
    reading = read_job(write_job(job))
    names = [each.name for each in job.info]

    assert (reading.value, reading.problems) == (job, ())
    assert len(set(names)) == len(names)
    assert (job.ended is None) == (session.phase not in FINAL)
    assert Info("sessionPhase", session.phase.value) in job.info
