"""Lines are taken apart and judged, requests and replies are understood, and what is not is told with its place."""

from __future__ import annotations

import json
from collections.abc import Callable
from decimal import Decimal
from typing import Any

import pytest
from attrs import evolve
from hypothesis import assume, given
from hypothesis import strategies as st

from execbroker.core.amounts import Amounts
from execbroker.core.instants import parse_instant
from execbroker.core.interfaces import Refused
from execbroker.core.lifecycle import Phase
from execbroker.core.problems import Position
from execbroker.core.session import Run
from execbroker.core.task import Task
from execbroker.languages import read_platform, read_task
from execbroker.languages.text.writer import to_json
from execbroker.testing.corpus import Case, Kind, cases
from execbroker.testing.histories import Accept, Cancel, Look, Plan, Refusal, Reject
from execbroker.testing.rules import Level, Violation
from execbroker.testing.strategies import frames, measured, tasks, worlds
from execbroker.testing.wire.calls import Scene, read_history, request_tree
from execbroker.testing.wire.dialogue import Dialogue, NoAnswer, NotSpoken, WireBroker
from execbroker.testing.wire.documents import platform_document, task_document
from execbroker.testing.wire.judging import ALL_RULES, Court, choose
from execbroker.testing.wire.lines import Unintelligible, part_of
from execbroker.testing.wire.verdicts import Verdict
from execbroker.testing.worlds import World

NOW = "2023-05-10T08:00:00Z"

#: JSON values of all kinds.
VALUES = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False, allow_infinity=False) | st.text(),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(), inner, max_size=4),
    max_leaves=12,
)


def case_of(name: str) -> Case:
    """A case of the corpus."""
    return next(case for case in cases() if case.name == name)


def line_of(case: Case, **changes: Any) -> str:
    """The line that has an answer of the corpus, with some of its values exchanged."""
    tree = {key: case.tree.get(key) for key in ("now", "client", "platforms", "task", "answer")}
    return to_json(
        {"id": case.name, **{key: value for key, value in (tree | changes).items() if value is not None}}
    )


def codes(verdict: dict[str, Any]) -> list[str]:
    """The codes of what is wrong with a line."""
    return [problem["code"] for problem in verdict["problems"]]


class TestLines:
    """A line is taken apart without being turned into values."""

    @given(VALUES, st.sampled_from(["", " ", "\t \r"]))
    def test_whole(self, value: Any, blanks: str) -> None:
        """A part spells what it is a part of, and its parts likewise."""
        text = blanks + json.dumps(value, separators=(f"{blanks},{blanks}", f"{blanks}:{blanks}")) + blanks
        part = part_of(text)

        assert json.loads(part.source) == value
        if isinstance(value, dict):
            members = part.members()
            assert {key: json.loads(each.source) for key, each in members.items()} == value
        elif isinstance(value, list):
            assert [json.loads(each.source) for each in part.items()] == value
        else:
            assert part.scalar() == value

    @given(st.text())
    def test_anything(self, text: str) -> None:
        """Whatever the text is, it is a part or has a problem with a place."""
        try:
            part = part_of(text)
        except Unintelligible as error:
            problems = error.problems
        else:
            problems = ()
            json.loads(part.source)

        assert all(problem.position for problem in problems)

    @pytest.mark.parametrize(
        ("text", "code"),
        [
            ("", "empty"),
            ("{", "json-syntax"),
            ("[1, 2", "json-syntax"),
            ("{} {}", "json-syntax"),
            ("[NaN]", "not-finite"),
            ("[" * 100_000, "too-deep"),
        ],
    )
    def test_no_json(self, text: str, code: str) -> None:
        """What is no JSON is told in the words of the reader of documents."""
        with pytest.raises(Unintelligible) as raised:
            part_of(text)
        (problem,) = raised.value.problems

        assert problem.code == code

    def test_a_key_twice(self) -> None:
        """A key that is there twice is a mistake, at the second one."""
        with pytest.raises(Unintelligible) as raised:
            part_of('{"a": 1, "a": 2}').members()

        assert raised.value.problems[0].code == "duplicate-key"

    def test_places(self) -> None:
        """What a reader finds in a document has its path and its column in the line."""
        line = '{"task": {"minduration": "1 fortnight"}}'
        part = part_of(line, Position("lines", 7, 1)).members()["task"]
        with pytest.raises(Unintelligible) as raised:
            part.document(lambda text: read_task(text, "task.json"))
        (problem,) = raised.value.problems

        assert problem.path == "task.minduration"
        assert problem.position is not None
        assert line[problem.position.column - 1 :].startswith('"1 fortnight"')


class TestJudging:
    """A line with an answer or a history gets a verdict."""

    @pytest.mark.parametrize(
        "case", [each for each in cases() if each.kind is Kind.ANSWER], ids=lambda case: case.name
    )
    def test_wrong_answers(self, case: Case) -> None:
        """What is wrong with an answer of the corpus is told, with the id of its line."""
        verdict = Court().of_line(line_of(case))

        assert (verdict["id"], verdict["verdict"]) == (case.name, "violated")
        assert {each["rule"] for each in verdict["violations"]} >= set(case.violates)

    def test_who_asks(self) -> None:
        """An answer to somebody is judged as one to them; to nobody who is named it may be YES or NO."""
        case = case_of("an-offer-to-who-is-not-let-in")

        def verdict(client: object) -> Any:
            return Court().of_line(line_of(case, client=client))["verdict"]

        assert [verdict(client) for client in ("carol", "alice", None, 7)] == [
            "violated", "sound", "sound", "invalid",
        ]  # fmt: skip

    def test_sound(self) -> None:
        """An answer with nothing wrong is sound, and the verdict says nothing else."""
        case = case_of("a-no-without-a-reason")
        answer = {"result": "NO", "reasons": [{"code": "policy", "message": "not today"}]}

        assert Court().of_line(line_of(case, answer=answer)) == {"id": case.name, "verdict": "sound"}

    def test_too_large(self) -> None:
        """What a world is too large for is named, and the verdict is that of the other rules, also of a history."""
        offer = {
            "offer": "the-one", "platform": "here", "pool": "batch",
            "minstart": "2023-05-09T00:00:00Z", "maxstart": "2023-06-07T23:00:00Z",
            "maxend": "2023-06-08T00:00:00Z",
            "minduration": "PT1H", "maxduration": "PT1H", "expires": "2023-05-09T00:05:00Z",
            "compute-resources": [{"mincores": 1, "maxcores": 8}], "startdate": "2023-05-09", "starttime": "00:00",
        }  # fmt: skip
        asked = {
            "now": "2023-05-09T00:00:00Z",
            "answer": {"result": "YES", "offers": [offer]},
        }
        task = {"compute-resources": {"mincores": 1}, "maxduration": "1h"}

        def unjudged(grid: str) -> list[Any]:
            pool = {"name": "batch", "cores": 8}
            platforms = [{"platform": "here", "granularity": grid, "horizon": "30d", "pools": [pool]}]
            court = Court(choose(["within-capacity", "room-left-out"]))
            lines = ({**asked, "task": task}, {"calls": [{**asked, "plan": task}]})
            verdicts = [court.of_line(to_json({"platforms": platforms, **line})) for line in lines]
            assert [each["verdict"] for each in verdicts] == ["sound", "sound"]
            return [each.get("unjudged") for each in verdicts]

        assert unjudged("1s") == [["room-left-out"]] * 2
        assert unjudged("1h") == [None] * 2

    def test_one_platform(self) -> None:
        """`platform` stands for a list of one."""
        case = case_of("less-than-the-minimum")
        one = line_of(case, platforms=None, platform=case.tree["platforms"][0])

        assert Court().of_line(one) == Court().of_line(line_of(case))

    def test_chosen_rules(self) -> None:
        """Only what was chosen is judged."""
        line = line_of(case_of("less-than-the-minimum"))

        assert Court(choose(["minimum-met"])).of_line(line)["verdict"] == "violated"
        assert Court(choose(["quality"])).of_line(line)["verdict"] == "sound"

    def test_unknown_language(self) -> None:
        """To a task in a language that nobody knows the answer is NO, and YES is wrong."""
        case = case_of("less-than-the-minimum")
        task = {"lang": "UNHEARD-OF-2.0", "task": {}}
        no = {"result": "NO", "reasons": [{"code": "language-unknown", "message": "never heard of it"}]}
        yes = Court().of_line(line_of(case, task=task))

        assert Court().of_line(line_of(case, task=task, answer=no))["verdict"] == "sound"
        assert [each["rule"] for each in yes["violations"]] == ["known-language"]

    @pytest.mark.parametrize(
        ("changes", "code", "path"),
        [
            ({"answer": None}, "missing-key", ""),
            ({"now": None}, "missing-key", ""),
            ({"task": None}, "missing-key", ""),
            ({"platforms": None}, "missing-key", ""),
            ({"platforms": []}, "empty-list", "platforms"),
            ({"platforms": {}}, "wrong-type", "platforms"),
            ({"platform": {}}, "missing-key", ""),
            ({"now": "tomorrow"}, "instant", "now"),
            ({"now": 12}, "instant", "now"),
            ({"now": {}}, "wrong-type", "now"),
            ({"id": Decimal("1.5")}, "wrong-type", "id"),
            ({"id": True}, "wrong-type", "id"),
            ({"task": {"mincores": 1}}, "misplaced-key", "task.mincores"),
            ({"answer": {"result": "PERHAPS"}}, "unknown-word", "answer.result"),
            ({"answer": "YES"}, "wrong-document", "answer"),
        ],
    )
    def test_invalid(self, changes: dict[str, Any], code: str, path: str) -> None:
        """A line that cannot be judged says what is wrong with it, and where."""
        verdict = Court().of_line(line_of(case_of("less-than-the-minimum"), **changes), Position("in", 3, 1))

        assert verdict["verdict"] == "invalid"
        assert [(each["code"], each.get("path", ""), each["line"]) for each in verdict["problems"]] == [
            (code, path, 3)
        ]

    def test_two_platforms_of_one_name(self) -> None:
        """Nobody could tell their offers apart."""
        case = case_of("less-than-the-minimum")
        verdict = Court().of_line(line_of(case, platforms=case.tree["platforms"] * 2))

        assert codes(verdict) == ["duplicate-name"]

    @given(st.text() | VALUES.map(json.dumps))
    def test_anything(self, text: str) -> None:
        """Whatever the line is, there is a verdict on it."""
        assert Court().of_line(text)["verdict"] == "invalid"

    def test_warnings(self) -> None:
        """What is read all the same but may not be meant is told beside the verdict."""
        case = case_of("less-than-the-minimum")
        twice = evolve_platform(
            case.tree["platforms"][0], bookings=[booking("cores", 6), booking("cores", 6)]
        )
        verdict = Court().of_line(line_of(case, platforms=[twice]))

        assert codes(verdict) == ["overbooked"]
        assert verdict["verdict"] == "violated"


def evolve_platform(tree: Any, **changes: Any) -> dict[str, Any]:
    """A platform's document with some values exchanged."""
    return {**tree, **changes}


def booking(name: str, amount: int) -> dict[str, Any]:
    """A booking of the whole day."""
    return {"pool": "batch", "start": "2023-05-10", "end": "2023-05-10", name: amount}


class TestChoice:
    """Rules are chosen by name and level."""

    def test_all(self) -> None:
        """Who chooses nothing has everything."""
        assert choose([]) is ALL_RULES

    def test_by_level(self) -> None:
        """A level stands for its rules."""
        rules = choose(["must"])

        assert {rule.level for rule in (*rules.answers, *rules.histories)} == {Level.MUST}

    def test_a_slip(self) -> None:
        """A name that there is not is told, with the one that was meant."""
        with pytest.raises(LookupError, match="within-capacity"):
            choose(["within-capcity"])

    def test_what_is_found_without_a_rule(self) -> None:
        """What else is found counts if it is of a level, or of the name, that was chosen."""
        found = Violation("as-expected", Level.MUST, "somewhere", "something else came of it")

        assert ALL_RULES.admits(found)
        assert choose(["must"]).admits(found)
        assert not choose(["quality"]).admits(found)


class TestDocuments:
    """What is written reads as the same value again."""

    @given(worlds())
    def test_tasks(self, world: World) -> None:
        """A task, but for the zone in which its answer is shown."""
        assume(not world.task.schedule.starts)
        resources = frozenset[str]().union(*(platform.resources for platform in world.platforms))
        reading = read_task(to_json(task_document(world.task)), "task.json", resources)
        assume(reading.is_valid)
        schedule = world.task.schedule
        expected = schedule if schedule.daily is None else evolve(schedule, zone=schedule.daily.zone)

        assert evolve(reading.unwrap(), sizes=frozenset()) == evolve(
            world.task, schedule=expected, sizes=frozenset()
        )

    @given(worlds(frames=frames(measured=measured() | st.just(()), has_policy=st.booleans())))
    def test_platforms(self, world: World) -> None:
        """A platform, but for what a file has no words for; written again, it is the same to the letter."""
        for platform in world.platforms:
            tree = platform_document(platform)
            reading = read_platform(to_json(tree))
            assume(reading.is_valid)
            again = reading.unwrap()

            assert platform_document(again) == {
                **tree,
                "defaults": {"cores": 1, "memory": "1GiB", **tree["defaults"]},
            }
            assert [pool.capacity for pool in again.pools] == [pool.capacity for pool in platform.pools]
            assert again.bookings == platform.bookings
            assert again.policy == platform.policy
            assert [each.meaning for each in again.metrics] == [each.meaning for each in platform.metrics]
            assert (again.granularity, again.horizon, again.hold) == (
                platform.granularity, platform.horizon, platform.hold,
            )  # fmt: skip

    def test_closures_by_another_rule(self) -> None:
        """A closure that repeats by a rule that is not known cannot be written."""
        platform = case_of("closed-every-week").platforms[0]
        with pytest.raises(ValueError, match="cannot be written out"):
            platform_document(platform)

    def test_several_intervals(self) -> None:
        """Nor can a task that starts in one of several intervals."""
        schedule = evolve(Task().schedule, starts=((0, 1),))  # type: ignore[arg-type]
        with pytest.raises(ValueError, match="no words for several intervals"):
            task_document(Task(schedule=schedule))


CALLS = [
    (Plan(Task()), {"plan": {}}),
    (Plan(Task(), "alice"), {"plan": {}, "client": "alice"}),
    (Accept("o"), {"accept": "o"}),
    (Accept("o", 0, 3600, Amounts({"cores": 500})),
     {"accept": "o", "start": "1970-01-01T00:00:00Z", "duration": "PT1H", "amounts": {"cores": Decimal("0.5")}}),
    (Reject("o"), {"reject": "o"}),
    (Cancel("o"), {"cancel": "o"}),
    (Look("o"), {"look": "o"}),
]  # fmt: skip


class TestCalls:
    """Requests are written as they are read, and outcomes are read."""

    @pytest.mark.parametrize(("request_", "tree"), CALLS, ids=["-".join(tree) for _, tree in CALLS])
    def test_requests(self, request_: Any, tree: dict[str, Any]) -> None:
        """A request that is written is read back from a history."""
        written = request_tree(request_, 60)
        outcome = {"refused": {"code": "no"}}
        history = read(to_json([{**written, **outcome}]))

        assert written == {"now": "1970-01-01T00:01:00Z", **tree}
        assert history.calls[0].request == request_
        assert history.calls[0].now == 60

    @given(tasks())
    def test_tasks(self, task: Task) -> None:
        """A task goes as a document, which may be given."""
        assume(not task.schedule.starts)

        assert request_tree(Plan(task), 0)["plan"] == task_document(task)
        assert request_tree(Plan(task), 0, {"name": "given"})["plan"] == {"name": "given"}

    def test_refusals(self) -> None:
        """A refusal has a code, and perhaps a message and what is left."""
        bare, full = (
            read(to_json([{"now": NOW, "look": "o", "refused": each}])).calls[0].outcome
            for each in (
                {"code": "busy", "message": None},
                {"code": "busy", "message": "all taken", "available": {"cores": 2, "memory": "1GiB"}},
            )
        )

        assert bare == Refusal("busy", "")
        assert full == Refusal("busy", "all taken", Amounts({"cores": 2000, "memory": 2**30}))

    @pytest.mark.parametrize(
        ("tree", "code"),
        [
            ({"look": "o", "refused": {"code": "no"}}, "missing-key"),
            ({"now": NOW, "refused": {"code": "no"}}, "missing-key"),
            ({"now": NOW, "look": "o", "cancel": "o", "refused": {"code": "no"}}, "contradiction"),
            ({"now": NOW, "look": 3, "refused": {"code": "no"}}, "wrong-type"),
            ({"now": NOW, "look": "o"}, "missing-key"),
            (
                {"now": NOW, "look": "o", "refused": {"code": "no"}, "session": {"phase": "OFFERED"}},
                "contradiction",
            ),
            ({"now": NOW, "look": "o", "refused": {"message": "no"}}, "missing-key"),
            ({"now": NOW, "look": "o", "answer": {"result": "NO"}}, "wrong-outcome"),
            ({"now": NOW, "plan": {}, "session": {"phase": "OFFERED"}}, "wrong-outcome"),
            ({"now": NOW, "look": "o", "session": {}}, "missing-key"),
            ({"now": NOW, "look": "o", "session": {"phase": None}}, "wrong-type"),
            ({"now": NOW, "look": "o", "session": {"phase": "ACEPTED"}}, "unknown-word"),
            ({"now": NOW, "look": "o", "session": {"phase": "OFFERED", "history": []}}, "empty-list"),
            ({"now": NOW, "look": "o", "session": {"phase": "OFFERED", "history": [{}]}}, "missing-key"),
            ({"now": NOW, "look": "o", "session": {"phase": "ACCEPTED", "run": {}}}, "missing-key"),
            ({"now": NOW, "look": "o", "session": {"phase": "ACCEPTED", "run": {"start": NOW}}}, "missing-key"),
            (
                {"now": NOW, "look": "o", "session": {"phase": "ACCEPTED",
                 "run": {"start": NOW, "duration": "PT1H", "end": "2023-05-10T10:00:00Z"}}},
                "contradiction",
            ),
            ({"now": NOW, "accept": "o", "amounts": {"cores": "many"}, "refused": {"code": "no"}}, "amount"),
        ],
    )  # fmt: skip
    def test_mistakes(self, tree: dict[str, Any], code: str) -> None:
        """What a call lacks or has too much of is told."""
        with pytest.raises(Unintelligible) as raised:
            read(to_json([tree]))
        (problem,) = raised.value.problems

        assert problem.code == code
        assert problem.path.startswith("[0]")


def read(text: str) -> Any:
    """The history that some calls tell of a platform that has all sorts of resources."""
    platform = read_platform("platform: here\npools: [{name: batch, cores: 8, memory: 8G}]").unwrap()
    return read_history(part_of(text), (platform,))[0]


class TestSessions:
    """What became of an offer is read as far as it is told, and the rest is known."""

    @pytest.fixture
    def scene(self) -> tuple[Scene, Callable[..., Any]]:
        """A broker that has made an offer at eight, and a way to read what it says of it later."""
        case = case_of("all-of-an-empty-pool")
        scene = Scene(case.platforms)
        offers = [{"offer": "o", **case.tree["admissible"]["frontier"][0]}]
        plan = {"now": NOW, "plan": case.tree["task"], "answer": {"result": "YES", "offers": offers}}
        scene.read_call(part_of(to_json(plan)))

        def look(now: str, **session: Any) -> Any:
            tree = {"now": f"2023-05-10T{now}:00Z", "look": "o", "session": session}
            return scene.read_call(part_of(to_json(tree))).outcome

        return scene, look

    def test_a_phase_is_enough(self, scene: Any) -> None:
        """Offer, task and history are those that are known."""
        _, look = scene
        session = look("08:01", phase="ACCEPTED")

        assert (session.identifier, session.offer.pool, session.created) == ("o", "batch", parse_instant(NOW))
        assert [each.phase for each in session.history] == [Phase.OFFERED, Phase.ACCEPTED]

    def test_the_shortest_way(self, scene: Any) -> None:
        """Where a session went on by several steps, it went by the shortest legal way, and in time."""
        _, look = scene
        start = "2023-05-10T09:00:00Z"
        look("08:01", phase="ACCEPTED", run={"start": start, "duration": "PT1H", "cores": 2})
        session = look("09:30", phase="RUNNING")

        assert [each.phase.value for each in session.history] == [
            "OFFERED", "ACCEPTED", "WAITING", "PREPARING", "AVAILABLE", "RUNNING",
        ]  # fmt: skip
        assert session.run == Run(parse_instant(start), 3600, Amounts({"cores": 2000}))
        assert session.history[-1].instant == parse_instant(start)
        assert look("10:30", phase="COMPLETED").history[-1].instant == parse_instant("2023-05-10T10:30:00Z")

    def test_too_early(self, scene: Any) -> None:
        """What runs before its start has run since it was seen to."""
        _, look = scene
        look("08:01", phase="ACCEPTED", run={"start": "2023-05-10T09:00:00Z", "duration": "PT1H", "cores": 2})

        assert look("08:30", phase="RUNNING").history[-1].instant == parse_instant("2023-05-10T08:30:00Z")

    def test_no_way(self, scene: Any) -> None:
        """Where no way leads, the step is what it looks like, for the rules to judge."""
        _, look = scene
        look("08:01", phase="REJECTED")
        session = look("08:02", phase="ACCEPTED")

        assert [each.phase.value for each in session.history] == ["OFFERED", "REJECTED", "ACCEPTED"]

    def test_all_that_can_be_told(self, scene: Any) -> None:
        """What the broker tells counts more than what is known."""
        _, look = scene
        session = look(
            "08:01", phase="FAILED", offer="other", created=NOW, message="out of luck",
            run={"start": NOW, "end": "2023-05-10T10:00:00Z", "node": 3, "cores": 2},
            history=[{"phase": "OFFERED", "since": NOW}, {"phase": "FAILED", "since": NOW}],
        )  # fmt: skip

        assert (session.identifier, session.message) == ("other", "out of luck")
        assert session.run == Run(parse_instant(NOW), 7200, Amounts({"cores": 2000}), 3)
        assert len(session.history) == 2

    def test_an_offer_that_nobody_made(self, scene: Any) -> None:
        """A session of an offer that was never made is read, for the rules to judge."""
        known, _ = scene
        tree = {"now": NOW, "accept": "never", "session": {"phase": "ACCEPTED"}}
        outcome = known.read_call(part_of(to_json(tree))).outcome

        assert (outcome.identifier, outcome.offer.platform) == ("never", "")


def replies(*lines: Any) -> Dialogue:
    """A talk with a harness that says just this."""
    said = iter(lines)
    return Dialogue(lambda _: to_json(next(said)))


class TestDialogue:
    """The talk with a harness, whatever it says."""

    def test_greeting(self) -> None:
        """A harness says who it is and what it speaks; of plans every one speaks."""
        full = replies(
            {"id": 0, "hello": "mine", "protocol": 1, "speaks": ["accept", "reject", "cancel", "look"]}
        )
        bare = replies({"id": 0, "hello": "mine", "protocol": 1})

        assert full.greet().is_broker
        assert bare.greet().speaks == {"plan"}
        assert not replies({"id": 0, "hello": "m", "protocol": 1, "speaks": []}).greet().is_broker

    @pytest.mark.parametrize(
        ("reply", "code"),
        [
            ({"id": 0, "protocol": 1}, "missing-key"),
            ({"id": 0, "hello": "mine"}, "missing-key"),
            ({"id": 0, "hello": "mine", "protocol": 2}, "protocol"),
            ({"id": 0, "hello": 1, "protocol": 1}, "wrong-type"),
            ({"id": 1, "hello": "mine", "protocol": 1}, "wrong-id"),
            ({"id": False, "hello": "mine", "protocol": 1}, "wrong-id"),
            ({"hello": "mine", "protocol": 1}, "missing-key"),
            ({"id": 0, "failed": "out of memory"}, "failed"),
            (["hello"], "wrong-type"),
        ],
    )
    def test_no_greeting(self, reply: Any, code: str) -> None:
        """Whatever is no greeting is told."""
        with pytest.raises(NoAnswer) as raised:
            replies(reply).greet()

        assert [problem.code for problem in raised.value.problems] == [code]
        assert str(raised.value)

    def test_what_it_does_not_do(self) -> None:
        """What a harness does not do is no fault."""
        with pytest.raises(NotSpoken) as raised:
            replies({"id": 0, "unsupported": "flavours"}).begin(())

        assert raised.value.what == "flavours"

    def test_a_broker(self) -> None:
        """The broker at the other end is one like any other: it answers, refuses, and remembers its offers."""
        case = case_of("all-of-an-empty-pool")
        offers = [{"offer": "o", **case.tree["admissible"]["frontier"][0]}]
        dialogue = replies(
            {"id": 0},
            {"id": 1, "answer": {"result": "YES", "offers": offers}},
            {"id": 2, "session": {"phase": "ACCEPTED"}},
            {"id": 3, "refused": {"code": "phase", "message": "no more"}},
            {"id": 4, "session": {"phase": "CANCELLED"}},
            {"id": 5, "session": {"phase": "CANCELLED"}},
            {"id": 6, "refused": {"code": "no-plans"}},
        )
        broker, now = WireBroker(dialogue, case.platforms), case.now

        assert broker.plan(case.task.unwrap(), now).offers[0].identifier == "o"
        assert broker.accept("o", now, start=now, duration=3600).phase is Phase.ACCEPTED
        with pytest.raises(Refused, match="phase"):
            broker.reject("o", now)
        assert broker.cancel("o", now).phase is Phase.CANCELLED
        assert broker.session("o", now).phase is Phase.CANCELLED
        with pytest.raises(Refused, match="no-plans"):
            broker.plan(Task(), now)
        assert [*dialogue.transcript[1]] == ["now", "accept", "start", "duration", "session"]
        assert len(read_history(part_of(to_json(dialogue.transcript)), case.platforms)[0].calls) == 6

    def test_a_request_without_an_answer(self) -> None:
        """What could not be answered is in the transcript, without an outcome."""
        dialogue = replies({"id": 0}, {"id": 1, "answer": {"result": "MAYBE"}})
        dialogue.begin(case_of("all-of-an-empty-pool").platforms)
        with pytest.raises(NoAnswer):
            dialogue.put(Look("o"), 0)

        assert dialogue.transcript[-1]["look"] == "o"


def test_verdicts() -> None:
    """A verdict with an error is invalid, with a violation violated, else sound; a warning changes nothing."""
    assert Verdict().tree(id=3) == {"id": 3, "verdict": "sound"}
    assert Verdict().word == "sound"
