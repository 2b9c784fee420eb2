"""Sessions as the text that a book keeps."""

from __future__ import annotations

import json
from decimal import Decimal
from fractions import Fraction

import pytest
from attrs import evolve
from hypothesis import example, given, settings
from hypothesis import strategies as st

from execbroker.core.amounts import Amounts
from execbroker.core.answer import Allotment, Cost, Offer
from execbroker.core.lifecycle import Event, Phase
from execbroker.core.ranges import Range
from execbroker.core.session import Passage, Run, Session
from execbroker.core.task import Compute, Executable, Task
from execbroker.languages.records import read_session, write_session
from execbroker.testing import strategies

trees = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text() | st.decimals(allow_nan=False),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(), inner, max_size=3),
    max_leaves=8,
)
executables = st.builds(Executable, st.text(), st.dictionaries(st.text(), trees, max_size=4))
costs = st.builds(Cost, st.fractions(), st.none() | st.text())
allotments = st.builds(Allotment, st.none() | st.text(), strategies.amounts(), strategies.amounts())
runs = st.builds(
    Run, st.integers(), st.integers(), strategies.amounts(), st.none() | st.integers(min_value=0)
)


@st.composite
def sessions(draw: st.DrawFn) -> Session:
    """Sessions of any phases, with all that tasks and offers can hold."""
    schedules = strategies.schedules(starts=st.lists(strategies.spans(), max_size=2).map(tuple))
    task = draw(strategies.tasks(executable=st.none() | executables, schedule=schedules))
    offer = evolve(
        draw(strategies.offers(cost=st.none() | costs)),
        identifier=draw(st.text()),
        storage=draw(st.lists(allotments, max_size=2).map(tuple)),
        proximity=draw(st.none() | st.decimals(allow_nan=False)),
        sizes=draw(st.frozensets(st.text(), max_size=3)),
    )
    history = draw(
        st.lists(st.builds(Passage, st.sampled_from(Phase), st.integers()), min_size=1, max_size=4)
    )
    return Session(
        draw(st.text()),
        offer,
        task,
        draw(st.integers()),
        tuple(history),
        draw(st.none() | runs),
        draw(st.none() | st.text()),
    )


OFFER = Offer("here", "batch", 0, 60, 180, 60, 120, 60, (Allotment(None, Amounts({"cores": 1000})),))
PLAIN = Session("one", OFFER, Task(), 0, (Passage(Phase.OFFERED, 0),))


@given(sessions())
@example(PLAIN.after(Event.ACCEPT, 3))
@example(evolve(PLAIN, task=Task(executable=Executable("x", {"a": [], "b": [[]], "c": [Decimal("1.0")]}))))
@example(evolve(PLAIN, offer=evolve(OFFER, cost=Cost(Fraction(1, 3), "EUR"))))
def test_round_trip(session: Session) -> None:
    """What was written is read again, of the same kinds (1, 1.0 and true are three), and written the same."""
    text = write_session(session)
    again = read_session(text)

    assert again == session
    assert write_session(again) == text
    if session.task.executable is not None:
        assert again.task.executable is not None
        assert _kinds(again.task.executable.details) == _kinds(session.task.executable.details)


def _kinds(node: object) -> object:
    if isinstance(node, dict):
        return {key: _kinds(value) for key, value in node.items()}
    return [_kinds(item) for item in node] if isinstance(node, list) else (type(node), str(node))


def test_order_is_forgotten() -> None:
    """Equal sessions are the same text, in whatever order their parts were given."""
    one, other = (
        evolve(
            PLAIN,
            task=Task(
                executable=Executable("x", {name: {"b": 1, "a": 2} for name in names}),
                compute=(Compute(None, {name: Range(1) for name in names}),),
                sizes=frozenset(names),
            ),
        )
        for names in ("abc", "cba")
    )

    assert one == other
    assert write_session(one) == write_session(other)


@settings(max_examples=max(1, settings().max_examples // 5))
@given(sessions(), st.data())
def test_cut_text(session: Session, data: st.DataObject) -> None:
    """No part of a text is a session."""
    text = write_session(session)

    with pytest.raises(ValueError, match="no session"):
        read_session(text[: data.draw(st.integers(0, len(text) - 1))])


@pytest.mark.parametrize(
    "damage",
    [
        {"more": 1},
        {"created": "0"},
        {"created": 0.5},
        {"created": True},
        {"created": None},
        {"identifier": 7},
        {"history": []},
        {"history": [{"phase": "LOST", "instant": 0}]},
        {"history": [["OFFERED", 0]]},
        {"offer": None},
        {"run": {"start": 0}},
        {"run": {"start": 0, "duration": 60, "amounts": {"cores": -1}, "node": None}},
        {"run": {"start": 0, "duration": 60, "amounts": {"cores": 0.5}, "node": None}},
        {"task": {"executable": ["x", {"a": []}]}},
        {"task": {"executable": ["x", {"a": ["no number"]}]}},
        {"task": {"compute": [{"ranges": {"cores": [1, 2, 3]}}]}},
    ],
    ids=json.dumps,
)
def test_damaged(damage: dict[str, object]) -> None:
    """What doesn't have the form of a session is refused, and nothing is made to fit."""
    with pytest.raises(ValueError, match="session"):
        read_session(json.dumps({**json.loads(write_session(PLAIN)), **damage}))


@pytest.mark.parametrize("text", ["", "null", "[]", "{}", "1", "[" * 100_000, "nul\x00"])
def test_no_session(text: str) -> None:
    """Other text is refused."""
    with pytest.raises(ValueError, match="no session"):
        read_session(text)
