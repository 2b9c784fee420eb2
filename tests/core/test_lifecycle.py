"""The life of a session, against the graph of the drafts written out by hand."""

from __future__ import annotations

import pickle
from itertools import product
from typing import Final

import pytest

from execbroker.core.lifecycle import (
    ACTIVE,
    CANCELLABLE,
    FINAL,
    TRANSITIONS,
    Event,
    IllegalStep,
    Phase,
    step,
)

#: What each event leads from and to, as people read it.
GRAPH: Final = """
OFFERED    accept    ACCEPTED
OFFERED    reject    REJECTED
OFFERED    expire    EXPIRED
ACCEPTED   wait      WAITING
ACCEPTED   cancel    CANCELLED
ACCEPTED   fail      FAILED
WAITING    prepare   PREPARING
WAITING    cancel    CANCELLED
WAITING    fail      FAILED
PREPARING  ready     AVAILABLE
PREPARING  cancel    CANCELLED
PREPARING  fail      FAILED
AVAILABLE  start     RUNNING
AVAILABLE  cancel    CANCELLED
AVAILABLE  fail      FAILED
RUNNING    end       RELEASING
RUNNING    cancel    CANCELLED
RUNNING    fail      FAILED
RELEASING  complete  COMPLETED
RELEASING  fail      FAILED
"""
STEPS: Final = {
    (Phase(phase), Event(event)): Phase(following)
    for phase, event, following in (line.split() for line in GRAPH.split("\n") if line)
}
PAIRS: Final = list(product(Phase, Event))


def test_the_table_is_the_graph() -> None:
    """There is every step of the graph, and no other."""
    assert dict(TRANSITIONS) == STEPS


@pytest.mark.parametrize(("phase", "event"), PAIRS, ids=lambda each: each.value)
def test_step(phase: Phase, event: Event) -> None:
    """A legal step leads where the graph says; an illegal one is an error that says what could be done."""
    if (phase, event) in STEPS:
        assert step(phase, event) is STEPS[phase, event]
        return
    with pytest.raises(IllegalStep) as caught:
        step(phase, event)
    assert (caught.value.phase, caught.value.event) == (phase, event)
    assert phase.value in str(caught.value)
    assert event.value in str(caught.value)
    for possible in (each.value for start, each in STEPS if start is phase):
        assert possible in str(caught.value)


def test_groups() -> None:
    """Nothing leads out of the final phases and something out of all others; the accepted ones are the rest."""
    assert {phase for phase in Phase if not any(start is phase for start, _ in STEPS)} == set(FINAL)
    assert set(ACTIVE) == set(Phase) - set(FINAL) - {Phase.OFFERED}
    assert {phase for phase, event in STEPS if event is Event.CANCEL} == set(CANCELLABLE)
    assert {phase for phase, event in STEPS if event is Event.FAIL} == set(ACTIVE)


def test_every_phase_can_be_reached() -> None:
    """From an offer, every phase can come about, and none comes again: every life ends."""
    ahead: list[tuple[Phase, ...]] = [(Phase.OFFERED,)]
    reached = set()
    while ahead:
        path = ahead.pop()
        reached.add(path[-1])
        for (phase, _), following in STEPS.items():
            if phase is path[-1]:
                assert following not in path
                ahead.append((*path, following))

    assert reached == set(Phase)


def test_the_error_can_be_pickled() -> None:
    """An illegal step can be passed between processes."""
    error = pickle.loads(pickle.dumps(IllegalStep(Phase.COMPLETED, Event.CANCEL)))

    assert (error.phase, error.event) == (Phase.COMPLETED, Event.CANCEL)
