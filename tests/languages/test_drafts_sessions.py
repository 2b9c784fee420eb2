"""Sessions of whatever broker are read back from its documents, in the dialects of 2025 and 2026."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any, Final

import pytest
from hypothesis import given
from hypothesis import strategies as st

from execbroker.core.answer import Answer
from execbroker.core.instants import parse_instant
from execbroker.core.lifecycle import CANCELLABLE, Phase
from execbroker.core.session import Connector, Run, Session
from execbroker.core.spans import Span
from execbroker.languages import read_answer, read_session, read_task
from execbroker.languages.drafts.detection import CALYCOPIS, DRAFT_2025
from execbroker.languages.drafts.sessions_writing import write_answer, write_session
from execbroker.languages.drafts.uris import uuid_of
from execbroker.languages.seen import Notice, Stretch
from execbroker.languages.text.writer import to_json, to_yaml
from execbroker.languages.written import Occasion
from execbroker.testing import strategies

EXAMPLES: Final = Path(__file__).parents[2] / "examples" / "dialects"
FILES: Final = {DRAFT_2025: "2025", CALYCOPIS: "calycopis"}

both = pytest.mark.parametrize("name", FILES)
dialects = st.sampled_from([*FILES])
ways = st.lists(
    st.builds(
        lambda scheme, number: Connector(
            f"{scheme}://node7.example.org:{number}", scheme.upper(), f"urn:execbroker:connector:{scheme}"
        ),
        st.sampled_from(["http", "https", "tcp", "udp"]),
        st.integers(1, 65_535),
    ),
    max_size=3,
)


def example(name: str) -> Any:
    """The document of a session: the offer of an example answer."""
    return json.loads((EXAMPLES / f"answer-{FILES[name]}.json").read_text("utf-8"))["offers"][0]


def codes(tree: Any, **named: str) -> list[tuple[str, str | None]]:
    """The codes of all problems of a document, and where they are."""
    return [(problem.code, problem.path) for problem in read_session(json.dumps(tree), **named).problems]


def options_of(phase: Phase) -> tuple[Phase, ...]:
    """What a client may do (IVOA ExecutionBroker draft, section 2.2.7)."""
    if phase is Phase.OFFERED:
        return (Phase.ACCEPTED, Phase.REJECTED)
    return (Phase.CANCELLED,) if phase in CANCELLABLE else ()


@given(strategies.sessions(), dialects, ways, st.integers(0, 600), st.sampled_from([to_json, to_yaml]))
def test_what_is_written_is_seen(
    session: Session, name: str, connectors: list[Connector], release: int, write: Any
) -> None:
    """Whoever reads the document of a session sees where it stands, what may be done and how to get in."""
    occasion = Occasion(root="https://eb.example.net", release=release)
    tree = dict(write_session(session, occasion, name, connectors=connectors).tree)
    seen = read_session(write(tree)).unwrap()

    assert seen.phase is session.phase
    assert seen.identifier == uuid_of(session.identifier)
    assert seen.location == f"https://eb.example.net/sessions/{seen.identifier}"
    assert (seen.created, seen.expires) == (session.created, session.offer.expires)
    assert seen.options == options_of(session.phase)
    is_shown = name == CALYCOPIS or session.task.executable is not None
    assert seen.connectors == (tuple(connectors) if is_shown else ())
    assert [each.message for each in seen.notices] == ([session.message] if session.message else [])
    assert (seen.preparing.duration if seen.preparing else 0) == session.offer.preparation
    assert (seen.releasing.duration if seen.releasing else 0) == release
    if session.run is not None:
        assert seen.running == Stretch(Span(session.run.start, session.run.start + 1), session.run.duration)
        assert seen.run == Run(session.run.start, session.run.duration, seen.offer.amounts)


@given(strategies.sessions(), dialects)
def test_an_offer_is_a_session(session: Session, name: str) -> None:
    """What an answer says of an offer is what its session says of it, before anybody takes it."""
    occasion = Occasion(session.task, session.created)
    answer: Any = write_answer(Answer((session.offer,)), occasion, name).tree
    offer = read_answer(to_json(dict(answer))).unwrap().offers[0]
    seen = read_session(to_json(answer["offers"][0])).unwrap()
    assert seen.offer == offer
    assert (seen.phase, seen.run) == (Phase.OFFERED, None)


class TestExamples:
    """What other brokers write."""

    def test_of_2025(self) -> None:
        """All its times, and what may be done."""
        seen = read_session(json.dumps(example(DRAFT_2025))).unwrap()
        start = parse_instant("2031-05-02T20:00:00Z")
        assert seen.running == Stretch(Span(start, start + 901), 4 * 3600)
        assert seen.preparing == Stretch(Span(start - 2400, start - 2399), 2400)
        assert seen.releasing == Stretch(Span(start + 4 * 3600, start + 4 * 3600 + 901), 300)
        assert seen.options == (Phase.ACCEPTED, Phase.REJECTED)

    def test_of_2026(self) -> None:
        """The ways in keep the kinds that the broker gives them."""
        seen = read_session(json.dumps(example(CALYCOPIS))).unwrap()
        assert seen.connectors == (Connector("https://eb.example.net/x", "HTTP", "urn:example:http"),)
        assert seen.releasing is not None
        assert seen.releasing.duration == 60

    @both
    def test_named_language(self, name: str) -> None:
        """It may be said which language it is."""
        assert read_session(json.dumps(example(name)), lang=name).unwrap().phase is Phase.OFFERED

    def test_ready(self) -> None:
        """What one schema calls READY is AVAILABLE."""
        tree = {**example(DRAFT_2025), "phase": "READY"}
        assert read_session(json.dumps(tree)).unwrap().phase is Phase.AVAILABLE

    @pytest.mark.parametrize(("phase", "name"), [("INITIAL", CALYCOPIS), ("PROPOSED", DRAFT_2025)])
    def test_not_offered_yet(self, phase: str, name: str) -> None:
        """What comes before an offer is read as one, with a warning."""
        tree = {**example(name), "phase": phase}
        assert codes(tree) == [("not-kept", "phase")]
        assert read_session(json.dumps(tree)).unwrap().phase is Phase.OFFERED

    def test_several_places(self) -> None:
        """A way in with several places is as many ways in."""
        tree = example(DRAFT_2025)
        tree["executable"]["access"] = [
            {
                "status": "ACTIVE",
                "protocol": "TCP",
                "locations": ["tcp://a.example.net:1", "tcp://b.example.net:1"],
            }
        ]
        assert [each.location for each in read_session(json.dumps(tree)).unwrap().connectors] == [
            "tcp://a.example.net:1",
            "tcp://b.example.net:1",
        ]

    def test_messages_are_filled_in(self) -> None:
        """A template that a broker leaves to its clients is filled in with its values."""
        tree = example(DRAFT_2025)
        tree["messages"] = [
            {"type": "urn:example:queue", "level": "INFO", "time": "2031-05-02T08:00:00Z",
             "template": "${count} sessions are before this one", "values": {"count": "3"}}
        ]  # fmt: skip
        assert read_session(json.dumps(tree)).unwrap().notices == (
            Notice(
                "3 sessions are before this one",
                "example:queue",
                "INFO",
                parse_instant("2031-05-02T08:00:00Z"),
            ),
        )

    def test_without_times_of_preparation(self) -> None:
        """What is not said to be elsewhere goes right before the run and comes right after it."""
        tree = example(CALYCOPIS)
        for key in ("preparing", "releasing"):
            del tree["schedule"][key]["start"]
        seen = read_session(json.dumps(tree)).unwrap()
        assert seen.preparing is not None
        assert seen.releasing is not None
        assert seen.preparing.starts.start == seen.running.starts.start - seen.preparing.duration
        assert seen.releasing.starts.start == seen.running.starts.start + seen.running.duration


class TestMistakes:
    """What is no session, or says what cannot be."""

    @both
    @pytest.mark.parametrize("text", ["", "[]", "7"])
    def test_no_mapping(self, text: str, name: str) -> None:
        """It is told."""
        (problem,) = read_session(text, lang=name).problems
        assert problem.is_error

    @both
    def test_tasks_and_answers(self, name: str) -> None:
        """Each other kind of document is called what it is."""
        for kind, what in (("request", "a task"), ("answer", "an answer")):
            text = (EXAMPLES / f"{kind}-{FILES[name]}.json").read_text("utf-8")
            (problem,) = read_session(text).problems
            assert problem.message == f"this is {what}, not a session"

    @both
    def test_a_session_is_no_task_and_no_answer(self, name: str) -> None:
        """Nor can it be given where one is meant."""
        for read in (read_task, read_answer):
            (problem,) = read(json.dumps(example(name))).problems
            assert problem.message.startswith("this is a session, not ")

    def test_a_language_without_sessions(self) -> None:
        """One in which nobody writes sessions says so."""
        tree = {"session": "5f0c", "phase": "OFFERED", "options": ["ACCEPTED"]}
        assert codes(tree) == [("language-not-read", "lang")]
        assert codes({**example(CALYCOPIS), "lang": "Klingon"}) == [("language-unknown", "lang")]

    @both
    @pytest.mark.parametrize(
        ("key", "value", "code"),
        [
            ("phase", "ACCEPTABLE", "unknown-word"),
            ("phase", 7, "wrong-type"),
            ("expires", "soon", "instant"),
            ("colour", "red", "unknown-key"),
        ],
    )
    def test_what_is_wrong(self, name: str, key: str, value: Any, code: str) -> None:
        """Is refused with its path."""
        tree = {**example(name), key: value}
        assert (code, key) in codes(tree)
        assert read_session(json.dumps(tree)).value is None

    @both
    def test_without_times(self, name: str) -> None:
        """A session runs at some time."""
        assert [code for code, _ in codes({**example(name), "schedule": {}})] == ["missing-key"]

    def test_ways_into_what_nobody_knows(self) -> None:
        """Executables of unknown types are no mistakes, but how to get in has one form."""
        way = {"status": "ACTIVE", "protocol": "HTTP", "locations": ["http://x"]}
        tree = {**example(DRAFT_2025), "executable": {"type": "urn:x", "access": [way]}}
        assert read_session(json.dumps(tree)).unwrap().connectors == (Connector("http://x"),)
        tree["executable"]["access"] = [{**way, "status": 7}]
        assert codes(tree) == [("wrong-type", "executable.access[0].status")]

    def test_options_that_nobody_can_take(self) -> None:
        """What is no phase is not kept, and that is told."""
        tree = example(DRAFT_2025)
        tree["options"] = [
            {"type": "uri:enum-value-option", "path": "phase", "values": ["ACCEPTED", "PAUSED"]},
            {"type": "uri:integer-delta-option", "path": "schedule.duration", "min": 1},
        ]
        assert codes(tree) == [("not-kept", "options[0]"), ("not-kept", "options[1]")]
        assert read_session(json.dumps(tree)).unwrap().options == (Phase.ACCEPTED,)

    def test_ways_in_that_lead_nowhere(self) -> None:
        """Are not kept, and that is told; a status must be one of the schema's."""
        tree = example(CALYCOPIS)
        tree["connectors"] = [{"status": "PREPARING", "protocol": "HTTP"}]
        assert codes(tree) == [("not-kept", "connectors[0]")]
        tree["connectors"] = [{"status": "OPEN", "protocol": "HTTP", "location": "http://x"}]
        assert codes(tree) == [("unknown-word", "connectors[0].status")]
