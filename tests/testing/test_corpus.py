"""The corpus is what it says it is, and the reference planner, the definition and the rules all agree with it."""

from __future__ import annotations

import json
import runpy
from collections.abc import Iterator, Mapping
from importlib.resources import files
from pathlib import Path
from typing import Any

import jsonschema
import pytest
from attrs import evolve

from execbroker.core.amounts import Amounts
from execbroker.core.answer import Allotment, Answer, Offer
from execbroker.core.durations import parse_duration
from execbroker.core.instants import parse_instant
from execbroker.core.planner import Query, plan
from execbroker.core.platform import Platform
from execbroker.core.sizes import parse_amount
from execbroker.languages import is_unknown_language, read_answer, write_answer
from execbroker.languages.text.writer import to_json
from execbroker.testing.corpus import VERSION, Case, Kind, cases, lay_out, schema
from execbroker.testing.definition import frontier
from execbroker.testing.naive import NaiveBroker
from execbroker.testing.rules import ANSWER_RULES, HISTORY_RULES, Level, judge, judge_history
from execbroker.testing.wire.calls import read_history
from execbroker.testing.wire.dialogue import Dialogue
from execbroker.testing.wire.judging import Court, choose
from execbroker.testing.wire.lines import part_of
from execbroker.testing.wire.trials import try_case

FOLDER = files("execbroker.testing.corpus")
FILES = sorted(
    path.name for path in FOLDER.iterdir() if path.name.endswith(".json") and path.name != "schema.json"
)

QUESTIONS = [case for case in cases() if case.kind is Kind.QUESTION and not is_unknown_language(case.task)]
YES = [case for case in QUESTIONS if case.tree["admissible"]["result"] == "YES"]
NO = [case for case in QUESTIONS if case.tree["admissible"]["result"] == "NO"]
RUNS = [
    pytest.param(case, run, id=f"{case.name}-{number}")
    for case in QUESTIONS
    for number, run in enumerate(case.tree["admissible"].get("must-not", ()))
]

yes = pytest.mark.parametrize("case", YES, ids=lambda case: case.name)
no = pytest.mark.parametrize("case", NO, ids=lambda case: case.name)


class TestFiles:
    """The files are regular, and pleasant to read."""

    @pytest.mark.parametrize("name", FILES)
    def test_schema(self, name: str) -> None:
        """Each file is as the schema says, and of this version."""
        tree = json.loads(FOLDER.joinpath(name).read_text("utf-8"))
        jsonschema.Draft202012Validator(schema()).validate(tree)

        assert (tree["theme"], tree["version"]) == (name.removesuffix(".json"), VERSION)

    @pytest.mark.parametrize("name", FILES)
    def test_layout(self, name: str) -> None:
        """Each file is written as `lay_out` writes it, so that a change shows as what it is."""
        text = FOLDER.joinpath(name).read_text("utf-8")

        assert text == lay_out(json.loads(text))

    def test_the_schema_is_one(self) -> None:
        """The schema itself is a JSON Schema."""
        jsonschema.Draft202012Validator.check_schema(schema())

    def test_names(self) -> None:
        """There are many cases, and no two of one name."""
        names = [case.name for case in cases()]

        assert len(names) == len(set(names)) >= 150

    def test_every_rule_is_broken(self) -> None:
        """The rules that are named are there, and each is broken by a case, but for what no document can say."""
        known = {rule.name for rule in (*ANSWER_RULES, *HISTORY_RULES)}
        unsaid = {"resolved-names", "ordered-amounts", "same-language", "within-budget"}

        assert {name for case in cases() for name in case.rules} <= known
        assert {name for case in cases() for name in case.violates} == known - unsaid


@yes
class TestYes:
    """Questions that there is an answer to."""

    def test_reference(self, case: Case) -> None:
        """The reference planner answers with the frontier, in its order."""
        answer = plan(case.task.unwrap(), case.platforms, case.now, Query(client=case.client))

        assert documents(answer.offers) == case.tree["admissible"]["frontier"]

    def test_definition(self, case: Case) -> None:
        """So does the definition."""
        offers = frontier(case.task.unwrap(), case.platforms, case.now, case.client)

        assert documents(offers) == case.tree["admissible"]["frontier"]

    def test_rules(self, case: Case) -> None:
        """No rule has anything to say of the frontier, as anybody would read it."""
        assert judge(case.world, answer_of(case.tree["admissible"]["frontier"])) == []

    def test_a_no_is_spurious(self, case: Case) -> None:
        """A NO with a reason breaks no rule but one of quality."""
        reason = {"code": "policy", "message": "not today"}
        busy = {"code": "busy", "message": "all is taken"}

        assert judge(case.world, answer_of([], reason)) == []
        assert "spurious-no" in {each.rule for each in judge(case.world, answer_of([], busy))}

    def test_must(self, case: Case) -> None:
        """Nothing that is offered is beyond what must hold of all, and something comes up to each limit."""
        must, offers = (
            case.tree["admissible"]["must"],
            frontier(case.task.unwrap(), case.platforms, case.now, case.client),
        )
        sizes = frozenset[str]().union(*(offer.sizes for offer in offers))
        amounts = {
            name: parse_amount(name, str(each), sizes=sizes) for name, each in must.get("amounts", {}).items()
        }

        assert min(offer.minstart for offer in offers) == parse_instant(must["minstart"])
        assert max(offer.maxend for offer in offers) <= parse_instant(must["maxend"])
        assert max(offer.maxduration for offer in offers) == parse_duration(must["maxduration"])
        assert {name: max(offer.amounts[name] for offer in offers) for name in amounts} == amounts


@no
class TestNo:
    """Questions that there is no answer to but NO."""

    def test_reference(self, case: Case) -> None:
        """The reference planner says NO, with these reasons."""
        answer = plan(case.task.unwrap(), case.platforms, case.now, Query(client=case.client))
        told = [
            {key: value for key, value in reason.items() if key in ("code", "pool", "path", "platform")}
            for reason in write_answer(answer)["reasons"]
        ]

        assert not answer.is_yes
        assert told == [
            {**each, **platform_of(reason, each)} for reason, each in zip(told, reasons(case), strict=True)
        ]

    def test_definition(self, case: Case) -> None:
        """The definition finds nothing."""
        assert frontier(case.task.unwrap(), case.platforms, case.now, case.client) == []

    def test_rules(self, case: Case) -> None:
        """No rule has anything to say of a NO with these reasons."""
        told = [{"message": "because of this", **each} for each in reasons(case)]

        assert judge(case.world, answer_of([], *told)) == []


@pytest.mark.parametrize(
    "case", [case for case in cases() if case.kind is Kind.ANSWER], ids=lambda case: case.name
)
def test_wrong_answers(case: Case) -> None:
    """A wrong answer breaks the rules that it is said to break."""
    found = {each.rule for each in judge(case.world, case.answer)}

    assert set(case.violates) <= found


@pytest.mark.parametrize(
    "case", [case for case in cases() if case.kind is Kind.HISTORY], ids=lambda case: case.name
)
def test_histories(case: Case) -> None:
    """A history breaks the rules that it is said to break; one that breaks none breaks none."""
    history, warnings = read_history(part_of(to_json(case.tree["calls"])), case.platforms)
    found = {each.rule for each in judge_history(history)}

    assert warnings == ()
    assert set(case.violates) <= found
    assert bool(case.violates) is bool(found)


@pytest.mark.parametrize(
    ("make", "levels"), [(None, []), (NaiveBroker, ["must", "should"])], ids=["book", "naive"]
)
@pytest.mark.parametrize(
    "case", [case for case in cases() if case.kind is Kind.SCRIPT], ids=lambda case: case.name
)
def test_scripts(case: Case, make: Any, levels: list[str]) -> None:
    """What a case expects of a broker comes of this library's own; the naive one gives no reasons to speak of."""
    path = Path(__file__).parents[1] / "cli/harnesses/reference.py"
    harness = runpy.run_path(str(path))["Harness"](make)

    assert try_case(case, Dialogue(harness.reply), Court(choose(levels))) == []


@pytest.mark.parametrize(("case", "run"), RUNS)
def test_must_not(case: Case, run: Mapping[str, Any]) -> None:
    """An offer of nothing but a run that must not be promised breaks a rule, and not only one of quality."""
    for offer in offers_of(case, run):
        found = judge(case.world, Answer((offer,)))

        assert [each for each in found if each.level is not Level.QUALITY], offer


def reasons(case: Case) -> list[Any]:
    """The reasons that a case has."""
    found: list[Any] = case.tree["admissible"]["reasons"]
    return found


def platform_of(told: Mapping[str, Any], reason: Mapping[str, Any]) -> dict[str, Any]:
    """The platform that a reason names, where the case leaves it out because there is but one."""
    return {} if "platform" in reason or "platform" not in told else {"platform": told["platform"]}


def documents(offers: Any) -> Any:
    """Offers as they are written, without identifiers, as plain JSON."""
    tree = write_answer(Answer(tuple(offers))).get("offers", [])
    return [{key: value for key, value in offer.items() if key != "offer"} for offer in tree]


def answer_of(offers: Any, *reasons: Mapping[str, Any]) -> Answer:
    """An answer with offers of the corpus, or with reasons, as it would be read."""
    named = [{"offer": f"offer-{number}", **offer} for number, offer in enumerate(offers)]
    tree = {"result": "YES" if offers else "NO", "complete": True, "offers": named, "reasons": [*reasons]}
    return read_answer(to_json({key: each for key, each in tree.items() if each != []})).unwrap()


def offers_of(case: Case, run: Mapping[str, Any]) -> Iterator[Offer]:
    """Offers of one run and no other, wherever it could be from."""
    task = case.task.unwrap()
    start, end = parse_instant(run["start"]), parse_instant(run["end"])
    for platform in case.platforms:
        for pool in platform.pools:
            if run.get("pool", pool.name) != pool.name:
                continue
            names = [name for name in run if name not in ("start", "end", "pool")]
            amounts = {
                name: parse_amount(name, str(run[name]), sizes=pool.sizes | task.sizes) for name in names
            }
            offer = Offer(
                platform.name, pool.name, start, start, end, end - start, end - start,
                min(case.now + platform.offer_lifetime, start), identifier="the-run",
            )  # fmt: skip
            for flavour in [each.name for each in pool.flavours] or [None]:
                yield evolve(offer, flavour=flavour, **allotments(case, platform, amounts))


def allotments(case: Case, platform: Platform, amounts: Mapping[str, int]) -> dict[str, Any]:
    """Amounts, given to the first resources of a task that mention them."""
    task = case.task.unwrap()
    left = dict(amounts)
    storage = [
        Allotment(each.name, *[Amounts({"storage": left.pop("storage", each.size.minimum or 0)})] * 2)
        for each in task.storage
    ]
    compute = []
    for each in task.compute or [None]:
        mine = {name: left.pop(name, 0) for name in list(left) if each is None or name in each.ranges}
        compute.append((each and each.name, mine))
    compute[0][1].update(left)
    return {
        "compute": tuple(Allotment(name, Amounts(mine), Amounts(mine)) for name, mine in compute),
        "storage": tuple(storage),
    }
