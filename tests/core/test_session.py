"""Sessions, runs and jobs."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from execbroker.core.answer import Offer
from execbroker.core.lifecycle import TRANSITIONS, Event, IllegalStep, Phase, step
from execbroker.core.session import Job, Passage, Run, Session
from execbroker.core.task import Task

OFFERED = Session(
    "one", Offer("here", "batch", 60, 60, 180, 60, 120, 30), Task(), 5, (Passage(Phase.OFFERED, 5),)
)


def test_a_run_ends() -> None:
    """A run is over its duration after its start."""
    assert Run(60, 120).end == 180


def test_an_offer() -> None:
    """A session begins as an offer of which nothing is accepted."""
    assert OFFERED.phase is Phase.OFFERED
    assert OFFERED.entered(Phase.OFFERED) == 5
    assert OFFERED.entered(Phase.ACCEPTED) is None
    assert OFFERED.run is None


@given(st.lists(st.sampled_from(Event), max_size=12))
def test_after(events: list[Event]) -> None:
    """A session goes the way of the table and remembers it; what the table does not have changes nothing."""
    session, path = OFFERED, [Phase.OFFERED]
    for now, event in enumerate(events, 6):
        if (session.phase, event) not in TRANSITIONS:
            with pytest.raises(IllegalStep):
                session.after(event, now)
            continue
        session = session.after(event, now)
        path.append(step(path[-1], event))
        assert session.history[-1] == Passage(path[-1], now)
        assert session.entered(path[-1]) == now

    assert [passage.phase for passage in session.history] == path
    assert session.phase is path[-1]
    assert (session.identifier, session.offer, session.task) == (OFFERED.identifier, OFFERED.offer, Task())


def test_the_message_stays() -> None:
    """What was said last is kept until something else is said."""
    accepted = OFFERED.after(Event.ACCEPT, 6, "with thanks")

    assert accepted.after(Event.WAIT, 7).message == "with thanks"
    assert accepted.after(Event.FAIL, 7, "the disk is full").message == "the disk is full"
    assert OFFERED.message is None


def test_a_job_is_its_session() -> None:
    """A job has the identifier and the phase of its session."""
    job = Job(OFFERED.after(Event.ACCEPT, 6))

    assert (job.identifier, job.phase) == ("one", Phase.ACCEPTED)
