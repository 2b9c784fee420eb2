"""Answers, sessions and updates in the dialects of 2025 and 2026."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from decimal import Decimal
from fractions import Fraction
from pathlib import Path
from typing import Any, Final, cast

import pytest
from attrs import evolve
from hypothesis import given
from hypothesis import strategies as st

from execbroker.core.amounts import CORES, MEMORY, STORAGE, Amounts
from execbroker.core.answer import (
    METRIC,
    MONETARY,
    Allotment,
    Alternative,
    Answer,
    Change,
    Cost,
    Figure,
    Offer,
    Reason,
    Unanswered,
)
from execbroker.core.instants import format_instant, parse_instant
from execbroker.core.lifecycle import CANCELLABLE, Event, Phase
from execbroker.core.planner import plan
from execbroker.core.session import Connector, Passage, Run, Session
from execbroker.core.task import Task
from execbroker.languages import language, read_answer, read_platform, read_task, write_answer
from execbroker.languages.drafts.detection import CALYCOPIS, DRAFT_2025
from execbroker.languages.drafts.messages import fill
from execbroker.languages.drafts.sessions_writing import write_session
from execbroker.languages.drafts.updates import read_update
from execbroker.languages.drafts.uris import is_uuid, uuid_of
from execbroker.languages.text.reader import read
from execbroker.languages.text.writer import to_json, to_yaml
from execbroker.languages.written import Occasion, Written
from execbroker.testing import strategies

EXAMPLES: Final = Path(__file__).parents[2] / "examples" / "dialects"
FILES: Final = {DRAFT_2025: "2025", CALYCOPIS: "calycopis"}
GIB: Final = 2**30
NOW: Final = parse_instant("2031-03-04T09:00:00Z")
START: Final = parse_instant("2031-03-04T20:30:00Z")

both = pytest.mark.parametrize("name", FILES)
dialects = st.sampled_from([*FILES])


def expressed(answer: Answer, name: str, occasion: Occasion | None = None) -> Written:
    """The document of an answer, and what got lost."""
    found = language(name)
    assert found is not None
    assert found.express is not None
    return found.express(answer, occasion or Occasion())


def example(kind: str, name: str) -> str:
    """An example document."""
    return (EXAMPLES / f"{kind}-{FILES[name]}.json").read_text(encoding="utf-8")


#: An offer whose memory and cores are not the same number, and that has all that a dialect can say.
OFFER: Final = Offer(
    platform="edinburgh",
    pool="batch",
    minstart=START,
    maxstart=START + 600,
    maxend=START + 600 + 7200,
    minduration=7200,
    maxduration=7200,
    expires=NOW + 300,
    compute=(
        Allotment("node", Amounts({CORES: 4000, MEMORY: 16 * GIB}), Amounts({CORES: 8000, MEMORY: 32 * GIB})),
    ),
    storage=(Allotment("scratch", Amounts({STORAGE: 200 * GIB}), Amounts({STORAGE: 200 * GIB})),),
    preparation=960,
    flavour="large",
    identifier="0b5c1f0e-1111-4a4a-8c8c-000000000002",
)
BUSY: Final = Reason(
    "busy", "64 cores asked, at most 48 free on batch", "edinburgh", "batch", "compute-resources[0].mincores",
    CORES, 64_000, 48_000, START, START + 3600,
)  # fmt: skip


def session(phase: Phase, name: str, *, run: Run | None = None, message: str | None = None) -> Session:
    """A session of the example task in a phase."""
    task = read_task(example("request", name)).unwrap()
    history = (
        Passage(Phase.OFFERED, NOW),
        *([Passage(phase, NOW + 60)] if phase is not Phase.OFFERED else []),
    )
    return Session("0b5c1f0e11114a4a8c8c000000000002", OFFER, task, NOW, history, run, message)


def shown(given: Session, name: str, **more: Any) -> Any:
    """The document of a session, after a look at whether it is valid."""
    tree: Any = write_session(given, Occasion(root="https://eb.example.net", release=60), name, **more).tree
    answer: Any = {"result": "YES", "offers": [tree]}
    if name == DRAFT_2025:
        answer["type"] = "urn:example:offerset"
    errors = [each for each in read_answer(to_json(answer)).problems if each.is_error]
    assert errors == []
    return tree


def kinds(node: Any) -> Iterator[str]:
    """All types and kinds of a document."""
    for key, value in node.items() if isinstance(node, dict) else enumerate(node):
        if key in ("kind", "type") and isinstance(value, str):
            yield value
        elif isinstance(value, dict | list):
            yield from kinds(value)


class TestReading:
    """Answers of whatever broker are read, and judged by nothing but what they say."""

    def test_of_2025(self) -> None:
        """What is offered counts, not what was requested."""
        (offer,) = read_answer(example("answer", DRAFT_2025)).unwrap().offers
        start = parse_instant("2031-05-02T20:00:00Z")
        assert (offer.minstart, offer.maxstart, offer.maxend) == (start, start + 900, start + 900 + 4 * 3600)
        assert (offer.minduration, offer.maxduration, offer.preparation) == (4 * 3600, 4 * 3600, 40 * 60)
        assert offer.expires == parse_instant("2031-05-02T08:05:00Z")
        assert offer.identifier == "6d0a0000-0000-4000-8000-000000000002"
        (node,), (scratch,) = offer.compute, offer.storage
        assert node == Allotment(
            "node", Amounts({CORES: 8000, MEMORY: 32 * GIB}), Amounts({CORES: 8000, MEMORY: 32 * GIB})
        )
        assert scratch.maximum == Amounts({STORAGE: 300 * GIB})

    def test_of_2026(self) -> None:
        """Money is a cost, and all figures are kept."""
        reading = read_answer(example("answer", CALYCOPIS))
        (offer,) = reading.unwrap().offers
        assert offer.cost == Cost(Fraction("1.2"))
        assert offer.costs == (Figure(MONETARY, Fraction("1.2"), Fraction("1.9")),)
        assert offer.metrics == (Figure(f"{METRIC}io-throughput", Fraction(180), Fraction(240)),)
        assert offer.compute[0].maximum == Amounts({CORES: 8000, MEMORY: 32 * GIB})

    @pytest.mark.parametrize(
        ("name", "beyond"),
        [
            (DRAFT_2025, "executable, data, schedule.requested, schedule.releasing, compute.cores.requested"),
            (
                CALYCOPIS,
                "created, executable, data, connectors, schedule.releasing, compute.volumes, storage.data",
            ),
        ],
    )
    def test_what_is_not_kept_is_told(self, name: str, beyond: str) -> None:
        """What an offer tells beyond what is offered is named, once for each offer, where there is something."""
        (problem,) = read_answer(example("answer", name)).problems
        assert (problem.code, problem.severity) == ("not-kept", "warning")
        assert f": {beyond}" in problem.message

        written = expressed(Answer((evolve(OFFER, costs=()),)), name).tree
        assert read_answer(to_json(dict(written))).problems == ()

    @both
    def test_examples_come_back(self, name: str) -> None:
        """As answers: what a service adds is its own."""
        answer = read_answer(example("answer", name)).unwrap()
        task = read_task(example("request", name)).unwrap()
        for occasion in (Occasion(), Occasion(task, NOW, "https://eb.example.net", "x", 60)):
            found = expressed(answer, name, occasion)
            assert found.losses == ()
            assert read_answer(to_yaml(dict(found.tree))).unwrap() == answer

    @pytest.mark.parametrize(
        ("change", "expected"),
        [
            ({"result": "MAYBE"}, ("result", "result")),
            ({"result": "NO"}, ("contradiction", "result")),
            ({"offers": []}, ("contradiction", "result")),
            ({"result": None}, ("missing-value", "result")),
            ({"offers": [{}]}, ("missing-key", "offers[0]")),
            ({"meta": {"uuid": "1"}}, ("uuid", "meta.uuid")),
            ({"meta": {"created": "yesterday"}}, ("instant", "meta.created")),
            ({"meta": {"messages": [{"level": "FATAL"}]}}, ("unknown-word", "meta.messages[0].level")),
            ({"reasons": []}, ("unknown-key", "reasons")),
        ],
    )
    def test_mistakes(self, change: dict[str, Any], expected: tuple[str, str]) -> None:
        """Each has its place."""
        tree = json.loads(example("answer", CALYCOPIS), parse_float=Decimal) | change
        problems = read_answer(to_json(tree)).problems
        assert expected in [(each.code, each.path) for each in problems]

    @pytest.mark.parametrize(
        ("change", "expected"),
        [
            ({"kind": "urn:x"}, ("unknown-word", "offers[0].kind")),
            ({"phase": "OPEN"}, ("unknown-word", "offers[0].phase")),
            ({"expires": "2031-03-04T09:05:00"}, ("instant-zone", "offers[0].expires")),
            ({"schedule": {}}, ("missing-key", "offers[0].schedule")),
            ({"schedule": {"available": {"start": "x", "duration": "PT1H"}}},
             ("interval", "offers[0].schedule.available.start")),
            ({"compute": {"kind": "x"}}, ("unknown-type", "offers[0].compute.kind")),
        ],
    )  # fmt: skip
    def test_mistakes_in_offers(self, change: dict[str, Any], expected: tuple[str, str]) -> None:
        """As well."""
        tree = json.loads(example("answer", CALYCOPIS), parse_float=Decimal)
        tree["offers"][0] |= change
        problems = read_answer(to_json(tree)).problems
        assert expected in [(each.code, each.path) for each in problems if each.is_error]

    def test_brokers_that_say_nothing_of_the_session(self) -> None:
        """May say when it runs of its compute resource alone."""
        tree = json.loads(example("answer", CALYCOPIS), parse_float=Decimal)
        del tree["offers"][0]["schedule"]
        (offer,) = read_answer(to_json(tree)).unwrap().offers
        assert (offer.minstart, offer.maxstart, offer.preparation) == (START, START + 600, 30)

    def test_messages_of_others(self) -> None:
        """Are filled in where their sender left that to the reader, and known by the last part of their kind."""
        text = """
        kind: https://www.purl.org/ivoa.net/Calycopis-openapi/schema/v1.0/kinds/offerset/execution-offerset.yaml
        result: "NO"
        meta:
          messages:
            - {kind: "urn:resource-limit", level: WARN, template: "${cores} are too many", values: {cores: "17"}}
            - {kind: "uri:unknown-type", level: ERROR, values: {asked: soon, start: never}}
            - {message: no room}
        """
        answer = read_answer(text).unwrap()
        assert [(each.code, each.message) for each in answer.reasons] == [
            ("resource-limit", "17 are too many"),
            ("unknown-type", "unknown-type"),
            ("unknown", "no room"),
        ]


class TestWriting:
    """What a broker says, and what these languages have no words for."""

    @both
    def test_memory_is_memory(self, name: str) -> None:
        """And not the number of cores once more."""
        tree: Any = expressed(Answer((OFFER,)), name).tree["offers"]
        compute = (tree[0].get("resources", {}).get("compute") or [tree[0].get("compute")])[0]
        pair = compute["memory"].get("offered", compute["memory"])
        assert pair == {"min": 16, "max": 32}
        pair = compute["cores"].get("offered", compute["cores"])
        assert pair == {"min": 4, "max": 8}

    @both
    def test_messages_are_filled_in(self, name: str) -> None:
        """With template and values beside the sentence, for whoever wants to say it otherwise."""
        tree: Any = expressed(Answer(reasons=(BUSY,)), name, Occasion(created=NOW)).tree
        (message,) = tree.get("messages") or tree["meta"]["messages"]
        assert message["message"] == BUSY.message
        assert message["template"] == "${asked} ${resource} asked, at most ${available} free on ${pool}"
        assert fill(message["template"], message["values"]) == BUSY.message
        assert (message["level"], message["time"]) == ("WARN", "2031-03-04T09:00:00Z")

    @both
    def test_messages_point_into_the_request(self, name: str) -> None:
        """By the keys that the client wrote (draft, section 6.3.3)."""
        paths = {
            DRAFT_2025: ["resources.compute[0].cores.requested.min", "schedule.requested.duration",
                         "schedule.requested.start", "resources.storage[1].size.requested.max", "executable.type",
                         "resources.data[0].location", "timerange"],
            CALYCOPIS: ["compute.cores.min", "schedule.requested.duration", "schedule.requested.start",
                        "storage[1].size.max", "executable.kind", "data[0].location", "timerange"],
        }  # fmt: skip
        ours = [
            "compute-resources[0].mincores", "minduration", "daterange.maxenddate", "storage-resources[1].maxsize",
            "executable.type", "data-resources[0].location", "timerange",
        ]  # fmt: skip
        answer = Answer(reasons=tuple(Reason("busy", "no", path=path) for path in ours))
        tree: Any = expressed(answer, name).tree
        messages = tree.get("messages") or tree["meta"]["messages"]
        assert [each["values"]["path"] for each in messages] == paths[name]
        again = read_answer(to_json(tree)).unwrap()
        assert [each.path for each in again.reasons] == [*ours[:2], "daterange", *ours[3:]]

    @both
    def test_names_and_kinds(self, name: str) -> None:
        """Offers are called by where they are, and all kinds are spelt one way."""
        task = read_task(example("request", name)).unwrap()
        tree: Any = expressed(Answer((OFFER,), (BUSY,)), name, Occasion(task)).tree
        offer = tree["offers"][0]
        assert (offer.get("name") or offer["meta"]["name"]) == "edinburgh/batch/large"
        assert "null" not in to_json(tree)
        forms = (
            r"https://www\.purl\.org/ivoa\.net/[\w./-]+|uri:enum-value-option|urn:execbroker:message:[a-z-]+"
        )
        assert all(re.fullmatch(forms, each) for each in kinds(tree)), [*kinds(tree)]

    @both
    def test_what_was_asked_is_beside_it(self, name: str) -> None:
        """In the schema that has a place for it (draft, section 3.2.1)."""
        task = read_task(example("request", name)).unwrap()
        tree: Any = expressed(Answer((OFFER,)), name, Occasion(task)).tree["offers"]
        if name == DRAFT_2025:
            (compute,) = tree[0]["resources"]["compute"]
            assert compute["cores"] == {"requested": {"min": 6, "max": 12}, "offered": {"min": 4, "max": 8}}
            assert tree[0]["schedule"]["requested"]["duration"] == "PT3H"
        else:
            data, storage = tree[0]["data"][0], tree[0]["storage"][0]
            assert data["storage"] == storage["meta"]["uuid"]
            assert storage["data"] == [data["meta"]["uuid"]]
            assert tree[0]["compute"]["volumes"][0]["resource"] == data["meta"]["uuid"]

    @both
    def test_an_offer_with_room_to_choose(self, name: str) -> None:
        """Is cut to its longest runs, all of which are promised; what is cut off is told."""
        wide = evolve(OFFER, minduration=3600, maxstart=START + 5400, maxend=START + 9000)
        found = expressed(Answer((wide,)), name)
        (again,) = read_answer(to_json(dict(found.tree))).unwrap().offers
        assert (again.minstart, again.maxstart, again.maxend) == (START, START + 1800, START + 9000)
        assert (again.minduration, again.maxduration) == (7200, 7200)
        assert [loss.path for loss in found.losses] == ["offers[0].minduration", "offers[0].maxstart"]

    @pytest.mark.parametrize(
        ("change", "path", "dialect"),
        [
            ({"runner": "https://x"}, "offers[0].runner", None),
            ({"zone": "Asia/Tokyo"}, "offers[0].startdate", None),
            ({"pool": "a/b"}, "offers[0].pool", None),
            ({"maxend": START + 9000}, "offers[0].maxend", None),
            ({"cost": Cost(Fraction(1, 2))}, "offers[0].cost", DRAFT_2025),
            ({"cost": Cost(Fraction(1, 3))}, "offers[0].cost", None),
            ({"proximity": Decimal("3.5")}, "offers[0].proximity", DRAFT_2025),
            ({"compute": (Allotment(None, Amounts({"gpus": 1}), Amounts({"gpus": 1})),)},
             "offers[0].compute-resources[0].gpus", None),
            ({"compute": (Allotment("a"), Allotment("b"))}, "offers[0].compute-resources[1]", CALYCOPIS),
            ({"storage": (Allotment(None, Amounts({STORAGE: GIB + 1}), Amounts({STORAGE: 2 * GIB})),)},
             "offers[0].storage-resources[0].minsize", None),
        ],
    )  # fmt: skip
    def test_losses(self, change: dict[str, Any], path: str, dialect: str | None) -> None:
        """Of an offer."""
        for name in FILES:
            losses = expressed(Answer((evolve(OFFER, **change),)), name).losses
            assert [each.path for each in losses] == ([path] if dialect in (name, None) else [])

    @both
    def test_losses_of_an_answer(self, name: str) -> None:
        """That is there is more than offers and reasons."""
        answer = Answer(
            (OFFER,), (), (Alternative(OFFER, (Change("minduration", "PT4H", "PT2H"),)),), False, 3,
            (Unanswered("far", "failed", "no"),),
        )  # fmt: skip
        paths = [loss.path for loss in expressed(answer, name).losses]
        assert paths == ["complete", "omitted", "unanswered", "alternatives[0]"]

    def test_each_part_has_its_own_time(self) -> None:
        """Compute over the run, data before and after it as well, and storage from first to last."""
        task = read_task(example("request", CALYCOPIS)).unwrap()
        offer = evolve(OFFER, preparation=900)
        tree = expressed(Answer((offer,)), CALYCOPIS, Occasion(task, NOW, release=60)).tree
        (written,) = cast("list[dict[str, Any]]", tree["offers"])
        run = {"start": f"{format_instant(START)}/PT10M", "duration": "PT2H"}
        before = {"start": format_instant(START - 900), "duration": "PT15M"}
        after = {"start": format_instant(START + 7200), "duration": "PT1M"}
        for part in ("executable", "compute"):
            assert written[part]["schedule"] == {"available": run}
        assert written["data"][0]["schedule"] == {"preparing": before, "available": run, "releasing": after}
        assert written["storage"][0]["schedule"] == {
            "available": {"start": f"{format_instant(START - 900)}/PT10M", "duration": "PT2H16M"}
        }
        assert written["schedule"] == written["data"][0]["schedule"]

    @both
    def test_no_more_is_promised_than_there_is(self, name: str) -> None:
        """Where no whole number lies between least and most, it is the one below."""
        amounts = Amounts({MEMORY: 3 * GIB // 2})
        offer = evolve(OFFER, compute=(Allotment(None, amounts, amounts),))
        (again,) = read_answer(to_json(dict(expressed(Answer((offer,)), name).tree))).unwrap().offers
        assert again.compute[0].maximum == Amounts({MEMORY: GIB})

    @both
    def test_in_the_language_of_the_task(self, name: str) -> None:
        """A planner that is asked in a dialect answers in it."""
        platform = read_platform(
            "platform: here\ndefaults: {duration: 1h}\npools: [{name: all, cores: 16, memory: 64G, storage: 1T}]\n"
            "costs: {cores: 0.02, currency: EUR}\nmetrics: [{type: io-throughput, figure: 400}]"
        ).unwrap()
        task = evolve(read_task(example("request", name)).unwrap(), data=(), costs=(), metrics=())
        now = task.schedule.starts[0].start - 3600
        answer = plan(task, [platform], now)
        tree = write_answer(answer, Occasion(task, now))
        assert (tree["result"], answer.language) == ("YES", name)
        again = read_answer(to_yaml(tree)).unwrap()
        assert [each.amounts for each in again.offers] == [each.amounts for each in answer.offers]
        assert write_answer(answer)["result"] == "YES"


@given(strategies.offers(), dialects, st.booleans())
def test_what_is_left_of_offers_comes_back(offer: Offer, name: str, with_task: bool) -> None:
    """What was written and read is written the same again, without a loss."""
    occasion = Occasion(Task() if with_task else None, NOW)
    first = expressed(Answer((offer,)), name, occasion)
    answer = read_answer(to_json(dict(first.tree))).unwrap()
    second = expressed(answer, name, occasion)
    assert second.losses == ()
    assert second.tree["offers"] == first.tree["offers"]
    (again,) = answer.offers
    assert (again.platform, again.pool, again.flavour) == (offer.platform, offer.pool, offer.flavour)
    assert (again.minstart, again.expires) == (offer.minstart, offer.expires)


@given(st.lists(strategies.reasons(), min_size=1, max_size=4), dialects)
def test_reasons_come_back(reasons: list[Reason], name: str) -> None:
    """With all their figures, in whatever unit."""
    found = expressed(Answer(reasons=tuple(reasons)), name)
    assert found.losses == ()
    assert read_answer(to_yaml(dict(found.tree))).unwrap() == Answer(reasons=tuple(reasons), language=name)


class TestSessions:
    """Sessions in every phase, with what the client may do."""

    @both
    @pytest.mark.parametrize("phase", Phase)
    def test_phases_and_options(self, name: str, phase: Phase) -> None:
        """An offer can be accepted or rejected, what is under way can be cancelled (draft, section 2.2.7)."""
        tree = shown(session(phase, name), name)
        theirs = "READY" if name == DRAFT_2025 and phase is Phase.AVAILABLE else phase.value
        options = tree.get("options") or tree.get("meta", {}).get("options") or []
        expected = ["ACCEPTED", "REJECTED"] if phase is Phase.OFFERED else []
        expected = ["CANCELLED"] if phase in CANCELLABLE else expected
        assert tree["phase"] == theirs
        assert [each["values"] for each in options] == ([expected] if expected else [])
        if name == CALYCOPIS:
            assert tree["compute"]["phase"] == tree["data"][0]["phase"]
        else:
            assert tree["state"] == theirs

    @both
    def test_only_who_may_change_it_has_options(self, name: str) -> None:
        """Others may look."""
        tree = shown(session(Phase.OFFERED, name), name, is_changeable=False)
        assert "options" not in to_json(tree)

    @both
    def test_it_is_called_by_a_uuid(self, name: str) -> None:
        """Of the same digits as its identifier, where that has so many; all parts have UUIDs of their own."""
        tree = shown(session(Phase.OFFERED, name), name)
        known = tree.get("meta") or tree
        assert known["uuid"] == "0b5c1f0e-1111-4a4a-8c8c-000000000002"
        assert (known.get("url") or known["href"]) == f"https://eb.example.net/sessions/{known['uuid']}"
        found = re.findall(r'"uuid": "([^"]*)"', to_json(tree))
        assert len(set(found)) == len(found) > 4
        assert all(map(is_uuid, found))
        assert is_uuid(uuid_of("whatever"))

    @both
    def test_the_run_that_was_accepted(self, name: str) -> None:
        """Takes the place of what was offered; preparation goes before it and release comes after."""
        run = Run(START + 300, 3600, Amounts({CORES: 4000}))
        schedule = shown(session(Phase.RUNNING, name, run=run), name)["schedule"]
        key = "executing" if name == DRAFT_2025 else "available"
        start = "2031-03-04T20:35:00Z"
        assert schedule[key] == {"start": f"{start}/PT0S", "duration": "PT1H"}
        ends = [schedule[each]["start"].removesuffix("/PT0S") for each in ("preparing", "releasing")]
        assert ends == ["2031-03-04T20:19:00Z", "2031-03-04T21:35:00Z"]

    @both
    @pytest.mark.parametrize(
        ("phase", "status"),
        [(Phase.PREPARING, "PREPARING"), (Phase.RUNNING, "AVAILABLE"), (Phase.COMPLETED, "FINISHED")],
    )
    def test_ways_in(self, name: str, phase: Phase, status: str) -> None:
        """Are open while it runs."""
        tree = shown(session(phase, name), name, connectors=[Connector("https://eb.example.net/x")])
        if name == CALYCOPIS:
            assert tree["connectors"] == [
                {"kind": "urn:execbroker:connector:http", "status": status, "protocol": "HTTP",
                 "location": "https://eb.example.net/x"},
            ]  # fmt: skip
        else:
            (access,) = tree["executable"]["access"]
            assert access["status"] == status.replace("AVAILABLE", "ACTIVE")

    @both
    def test_why_it_failed(self, name: str) -> None:
        """Is said."""
        tree = shown(session(Phase.FAILED, name, message="the disk is full"), name)
        (message,) = tree.get("messages") or tree["meta"]["messages"]
        assert (message["level"], message["message"]) == ("ERROR", "the disk is full")


class TestUpdates:
    """What a client asks of a session, or what is wrong with the asking: never a shrug."""

    @pytest.mark.parametrize("path", ["phase", "/phase"])
    @pytest.mark.parametrize(
        ("value", "event"),
        [("ACCEPTED", Event.ACCEPT), ("REJECTED", Event.REJECT), ("CANCELLED", Event.CANCEL)],
    )
    def test_in_every_form(self, path: str, value: str, event: Event) -> None:
        """Wrapped in the schema of 2025, bare in that of 2026."""
        for name, tree in (
            (DRAFT_2025, {"update": {"type": "uri:enum-value-update", "path": path, "value": value}}),
            (DRAFT_2025, {"update": {"kind": "uri:enum-value-update", "path": path, "value": value}}),
            (CALYCOPIS, {"kind": "uri:enum-value-update", "path": path, "value": value}),
        ):
            assert read_update(read(json.dumps(tree), "update").unwrap(), name).unwrap() is event

    @pytest.mark.parametrize(
        ("change", "code", "path"),
        [
            ({"kind": "uri:enum-value-updat"}, "unknown-kind", "kind"),
            ({"kind": "uri:string-value-update"}, "unsupported-kind", "kind"),
            ({"kind": "uri:integer-delta-update", "delta": 1}, "unsupported-kind", "kind"),
            ({"path": "/compute/cores"}, "unknown-path", "path"),
            ({"value": "FAILED"}, "unknown-value", "value"),
            ({"value": "accepted"}, "unknown-value", "value"),
            ({"value": 3}, "unknown-value", "value"),
            ({"kind": None}, "missing-value", "kind"),
            ({"extra": 1}, "unknown-key", "extra"),
        ],
    )
    def test_refused(self, change: dict[str, Any], code: str, path: str) -> None:
        """With the place and the reason."""
        tree = {"kind": "uri:enum-value-update", "path": "phase", "value": "ACCEPTED"} | change
        for name, text, before in (
            (CALYCOPIS, json.dumps(tree), ""),
            (DRAFT_2025, json.dumps({"update": tree}), "update."),
        ):
            problems = read_update(read(text, "update").unwrap(), name).problems
            assert (code, before + path) in [(each.code, each.path) for each in problems]

    @both
    @pytest.mark.parametrize("key", ["kind", "path", "value"])
    def test_what_is_missing(self, name: str, key: str) -> None:
        """Is named."""
        tree: Any = {"kind": "uri:enum-value-update", "path": "phase", "value": "ACCEPTED"}
        del tree[key]
        text = json.dumps({"update": tree} if name == DRAFT_2025 else tree)
        (problem,) = read_update(read(text, "update").unwrap(), name).problems
        assert (problem.code, problem.path) == ("missing-key", "update" if name == DRAFT_2025 else "")

    @both
    @pytest.mark.parametrize("text", ["3", "[]", "{}", "update: 3", "phase: ACCEPTED", "null"])
    def test_no_updates(self, name: str, text: str) -> None:
        """At all."""
        assert read_update(read(text, "update").unwrap(), name).problems

    @both
    @pytest.mark.parametrize("media", ["json", "yaml"])
    @pytest.mark.parametrize("tree", [{"phase": "ACCEPTED"}, {"update": []}, {"update": {}}, {}, []])
    def test_hints_are_updates(self, name: str, media: str, tree: Any) -> None:
        """What is shown instead is taken as it is, whatever it is sent as."""
        (problem,) = read_update(read(json.dumps(tree), f"update.{media}").unwrap(), name).problems
        body = (problem.hint or "").removeprefix("send `").removesuffix("`")
        reading = read_update(read(body, f"update.{media}").unwrap(), name)
        assert (reading.unwrap(), reading.problems) == (Event.ACCEPT, ())
