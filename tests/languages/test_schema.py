"""Tests of the JSON Schemas: what they refuse the readers refuse, what readers take and writers write they take."""

from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from jsonschema import Draft202012Validator

from execbroker.core.planner import Query, plan
from execbroker.languages import read_answer, read_platform, read_task, write_answer
from execbroker.languages.schemas import answer_schema, platform_schema, task_schema
from execbroker.languages.text.reader import read
from execbroker.languages.text.writer import to_json, to_yaml
from execbroker.testing.strategies import worlds

EXAMPLES = Path(__file__).parents[2] / "examples"
TASK = Draft202012Validator(task_schema())
PLATFORM = Draft202012Validator(platform_schema())
ANSWER = Draft202012Validator(answer_schema())
VALIDATORS = {"tasks": (TASK, read_task), "platforms": (PLATFORM, read_platform)}


def examples(*folders: str) -> list[Path]:
    """The files of some folders."""
    files = [path for folder in folders for path in sorted((EXAMPLES / folder).iterdir())]
    return [path for path in files if path.suffix in (".yaml", ".json")]


def tree_of(text: str) -> Any:
    """What a text holds."""
    return read(text, "text").unwrap().root


def test_they_are_schemas() -> None:
    """Of the dialect that they name."""
    for validator in (TASK, PLATFORM, ANSWER):
        Draft202012Validator.check_schema(validator.schema)
        assert validator.schema["$schema"] == "https://json-schema.org/draft/2020-12/schema"


def test_they_are_made_anew() -> None:
    """Who changes one changes nobody else's."""
    task_schema()["$defs"].clear()
    assert task_schema()["$defs"]
    platform_schema()["properties"].clear()
    assert platform_schema()["properties"]
    answer_schema()["$defs"].clear()
    assert answer_schema()["$defs"]


def test_every_key_is_described() -> None:
    """An editor has something to show wherever the cursor is."""

    def check(schema: Any) -> None:
        for key, inner in schema.get("properties", {}).items():
            assert inner.get("description"), key
            check(inner)
        for inner in (*schema.get("anyOf", ()), *schema.get("$defs", {}).values()):
            check(inner)
        for name in {"items", "then", "else"} & set(schema):
            check(schema[name])

    check(TASK.schema)
    check(PLATFORM.schema)
    check(ANSWER.schema)


@pytest.mark.parametrize("path", examples("tasks", "platforms"), ids=lambda path: path.name)
def test_accepted_examples_are_valid(path: Path) -> None:
    """What the reader takes the schema takes."""
    validator, _ = VALIDATORS[path.parent.name]
    assert [error.message for error in validator.iter_errors(tree_of(path.read_text("utf-8")))] == []


#: Documents that both refuse.
REFUSED_TASKS = [
    "[]",
    "3",
    "task: 3",
    "task: {}\nname: x",
    "lang: other\ntask: {}",
    "nmae: x",
    "name: 3",
    "minduration: 90",
    "minduration: [2h]",
    "minduration: P1H hour",
    "minduration: 2 fortnights",
    "compute-resources: 4",
    "compute-resources: {mincores: four}",
    "compute-resources: {mincores: -1}",
    "compute-resources: {mincores: [4]}",
    "compute-resources: {minmemory: 80}",
    "compute-resources: {minmemory: 80g}",
    "compute-resources: {mingpus: 0.5}",
    "compute-resources: {minfpgas: some}",
    "storage-resources: {minsize: 1X}",
    "storage-resources: {minmemory: 1G}",
    "data-resources: {name: x}",
    "data-resources: {location: 3}",
    "daterange: {minstartdate: 5/6/2023}",
    "daterange: {minenddate: 2023-05-06}",
    "timerange: {minstarttime: 9}",
    "timerange: {minstarttime: 9am}",
    "timerange: {days: mon}",
    "timerange: {days: []}",
    "timerange: {days: [payday]}",
    "timezone: 1",
    "executable: docker-container",
    "executable: {image: x}",
]
REFUSED_PLATFORMS = [
    "[]",
    "platform: p",
    "pools: [{name: a, cores: 1}]",
    "platform: p\npools: {}",
    "platform: p\npools: []",
    "platform: p\npools: [{cores: 1}]",
    "platform: p\npools: [{name: a, cores: lots}]",
    "platform: p\npools: [{name: a, memory: 1}]",
    "platform: p\npools: [{name: a, cores: 1, nodes: 0}]",
    "platform: p\npools: [{name: a, cores: 1, max-scale: 0.5}]",
    "platform: p\npools: [{name: a, cores: 1, flavours: []}]",
    "platform: p\npools: [{name: a, cores: 1, hours: all}]",
    "platform: p\npools: [{name: a, cores: 1, hours: {opens: 8:00}}]",
    "platform: p\npools: [{name: a, cores: 1}]\nhold: some",
    "platform: p\npools: [{name: a, cores: 1}]\nmax-offers: 0",
    "platform: p\npools: [{name: a, cores: 1}]\nhorizon: 30",
    "platform: p\npools: [{name: a, cores: 1}]\nbookings: [{pool: a, cores: 1}]",
    "platform: p\npools: [{name: a, cores: 1}]\nclosures: [{start: now, end: 2023-05-06}]",
    "platform: p\npools: [{name: a, cores: 1}]\ntransfers: [{location: '*', rate: 1G}]",
    "platform: p\npools: [{name: a, cores: 1}]\ndata: ['*']",
    "platform: p\npools: [{name: a, cores: 1}]\ncosts: {cores: -1}",
    "platform: p\npools: [{name: a, cores: 1}]\ndefaults: {gpus: 1}",
    "platform: p\npools: [{name: a, cores: 1}]\nmax_duration: 1d",
]


#: An offer as JSON without its closing brace.
OFFER = (
    '{"offer": "a", "platform": "p", "pool": "b", "expires": "2023-05-11T09:00:00Z", "startdate": "2023-05-11",'
    ' "starttime": "10:00", "minstart": "2023-05-11T09:00:00Z", "maxstart": "2023-05-11T09:00Z",'
    ' "maxend": "2023-05-11T13:00+01:00", "minduration": "PT1H", "maxduration": "2h"'
)
REFUSED_ANSWERS = [
    "[]",
    "complete: true",
    "result: yes",
    "result: YES",
    "result: YES\noffers: []",
    "result: NO\noffers: {}",
    f"{{result: NO, offers: [{OFFER}}}]}}",
    "lang: other\nresult: NO",
    "result: NO\nresaons: []",
    "result: NO\ncomplete: yes",
    "result: NO\nomitted: -1",
    "result: NO\nomitted: some",
    "result: NO\nreasons: [{code: busy}]",
    "result: NO\nreasons: [{code: busy, message: a, asked: [4]}]",
    "result: NO\nreasons: [{code: busy, message: a, asked: 4 of them}]",
    "result: NO\nreasons: [{code: busy, message: a, start: 2023-05-11}]",
    "result: NO\nunanswered: [{planner: a, code: failed}]",
    'result: NO\nalternatives: [{"offer": "a"}]',
    f'{{"result": "NO", "alternatives": [{OFFER}}}]}}',
    f'{{"result": "NO", "alternatives": [{OFFER}, "changes": [{{"from": 3}}]}}]}}',
    *(
        f'{{"result": "YES", "offers": [{OFFER}, {more}}}]}}'
        for more in (
            '"changes": []',
            '"phase": "OFFERED"',
            '"proximity": "35"',
            '"preparation": 3600',
            '"cost": 0.64',
            '"cost": {"amount": 0.64}',
            '"cost": {"amount": "0.64 EUR"}',
            '"compute-resources": {"mincores": 4, "maxcores": 4}',
            '"compute-resources": [{"mincores": 4}]',
            '"compute-resources": [{"maxmemory": "4G"}]',
            '"compute-resources": [{"cores": 4}]',
            '"compute-resources": [{"mincores": "4", "maxcores": "4"}]',
            '"compute-resources": [{"minmemory": 4, "maxmemory": 4}]',
            '"compute-resources": [{"minlicences": "some", "maxlicences": "all"}]',
            '"storage-resources": [{"minsize": "4G"}]',
            '"storage-resources": [{"size": "4G"}]',
        )
    ),
]


@pytest.mark.parametrize("text", REFUSED_ANSWERS)
def test_both_refuse_these_answers(text: str) -> None:
    """The form alone shows that they are wrong."""
    assert not ANSWER.is_valid(tree_of(text))
    assert not read_answer(text).is_valid


@given(worlds(), st.booleans())
def test_what_is_written_is_valid(world: Any, everything: bool) -> None:
    """Every answer has the form that the schema describes."""
    query = Query(all_boxes=everything, max_offers=4, alternatives=not everything)
    tree = write_answer(plan(world.task, world.platforms, world.now, query))
    assert [error.message for error in ANSWER.iter_errors(tree)] == []


@pytest.mark.parametrize("text", REFUSED_TASKS)
def test_both_refuse_these_tasks(text: str) -> None:
    """The form alone shows that they are wrong."""
    assert not TASK.is_valid(tree_of(text))
    assert not read_task(text).is_valid


@pytest.mark.parametrize("text", REFUSED_PLATFORMS)
def test_both_refuse_these_platforms(text: str) -> None:
    """The form alone shows that they are wrong."""
    assert not PLATFORM.is_valid(tree_of(text))
    assert not read_platform(text).is_valid


@pytest.mark.parametrize(
    "text",
    [
        "compute-resources: [mincores: 4, minmemory: 80G]",
        "compute-resources: [[mincores: 4, minmemory: 80G]]",
        "data-resources: [location: a, size: 1G]",
        "data-resources: [[location: a, size: 1G], {location: b}]",
        "executable: [type: a, image: b]",
        "daterange: [minstartdate: 2023-05-09]",
        "storage-resources: [minsize: 1G, maxsize: 2G]",
        "compute-resources: {minbuffer: 4G, maxlicences: 3, memory: 0, cores: 1e1}",
        "duration: '0:30:00'",
        "lang: IVOA-TDL-1.0",
    ],
)
def test_all_notations_are_valid(text: str) -> None:
    """One or several, pairs or mappings."""
    assert TASK.is_valid(tree_of(text))
    assert read_task(text).is_valid


#: Texts and numbers that stand where quantities are meant, good and bad ones.
SCALARS = st.sampled_from([
    0, 1, -1, 30, Decimal("0.5"), Decimal("4.0"), Decimal("0.0"), "0", "00", "0.0", "1", "80G", "80g", "80 GiB",
    "1.5TB", "B", "1B", "2h", "2hr", "90 min", "1d12h", "1d 12h", "2:30:00", "02:30", "PT2H", "P1DT2H", "P1W",
    "PT0.5H", "P", "1 week", "36 hours 5 s", "9:00", "09:00:30", "24:00", "25:00", "9:00:00.0", "9am",
    "2023-05-09", "09 May 2023", "May 9, 2023", "may 9 2023", "Tuesday, 9 May 2023", "Tue 9 May 2023 9:00",
    "2023-05-09T09:00Z", "2023-05-09 9:00", "2023-05-09T09:00+02:00", "9 May 2023 09:00 +02:00",
    "2023-05-09 09:00:00Z", "5/6/2023", "100M/s", "100 MB / s", "1.5K/s", "1G", "100Mb/s", "mon", "Monday",
    "tues", "SUN", "thur", None, True, [], {}, ["mon"], ["TUESDAY", "sat"],
])  # fmt: skip


@st.composite
def task_trees(draw: st.DrawFn) -> Any:
    """Tasks with something at each of their keys."""

    def keys(*names: str) -> st.SearchStrategy[dict[str, Any]]:
        return st.dictionaries(st.sampled_from(names), SCALARS, max_size=2)

    def several(one: st.SearchStrategy[Any]) -> st.SearchStrategy[Any]:
        return one | st.lists(one, max_size=2)

    ends = [f"{end}{name}" for name in ("cores", "memory", "gpus", "licences") for end in ("min", "max", "")]
    parts = {
        "compute-resources": several(keys(*ends)),
        "storage-resources": several(keys("minsize", "maxsize", "size")),
        "data-resources": several(keys("size", "location")),
        "daterange": keys("minstartdate", "maxstartdate", "startdate", "maxenddate"),
        "timerange": keys("minstarttime", "maxstarttime", "starttime", "maxendtime", "days"),
        "executable": keys("type", "image"),
    } | dict.fromkeys(("minduration", "maxduration", "duration", "timezone", "name", "nmae"), SCALARS)
    chosen = draw(st.lists(st.sampled_from(sorted(parts)), unique=True, max_size=3))
    tree = {key: draw(parts[key]) for key in chosen}
    return draw(st.sampled_from([tree, {"task": tree}, {"lang": "IVOA-TDL-1.0", **tree}]))


@st.composite
def platform_trees(draw: st.DrawFn) -> Any:
    """Platforms with something at some of their keys."""

    def keys(given: dict[str, Any], *names: str) -> st.SearchStrategy[dict[str, Any]]:
        return st.dictionaries(st.sampled_from(names), SCALARS, max_size=2).map(
            lambda drawn: {**given, **drawn}
        )

    span = {"start": "2023-05-09", "end": "2023-05-10"}
    amounts = ("cores", "memory", "gpus", "storage", "licences")
    hours = keys({}, "from", "to", "days")
    parts = {
        "bookings": st.lists(
            keys({"pool": "a", "cores": 1, **span}, "start", "end", "node", "memory"), max_size=1
        ),
        "closures": st.lists(keys(span, "start", "end", "pool", "repeat", "reason"), max_size=1),
        "data": st.lists(keys({"location": "x"}, "location"), max_size=1),
        "transfers": st.lists(keys({"location": "x", "rate": "1G/s"}, "location", "rate"), max_size=1),
        "costs": keys({}, "cores", "currency"),
        "defaults": keys({}, "cores", "memory", "duration", "gpus"),
    } | dict.fromkeys(
        (
            "granularity",
            "horizon",
            "offer-lifetime",
            "max-offers",
            "hold",
            "max-duration",
            "executables",
            "prepare",
            "release",
            "timezone",
            "runner",
            "max_offers",
        ),
        SCALARS,
    )
    pool = keys(
        {"name": "a", "cores": 1},
        "max-duration",
        "max-scale",
        "nodes",
        "prepare",
        "runner",
        "flavours",
        *amounts,
    )
    chosen = draw(st.lists(st.sampled_from(sorted(parts)), unique=True, max_size=2))
    one = draw(pool)
    if draw(st.booleans()):
        one["hours"] = draw(hours | st.lists(hours, max_size=2))
    return {"platform": "p", "pools": [one], **{key: draw(parts[key]) for key in chosen}}


@given(task_trees(), st.sampled_from([to_yaml, to_json]))
def test_what_the_reader_takes_of_tasks_the_schema_takes(tree: Any, write: Any) -> None:
    """So an editor never marks what is right."""
    if read_task(write(tree)).is_valid:
        assert [error.message for error in TASK.iter_errors(tree)] == []


@given(platform_trees(), st.sampled_from([to_yaml, to_json]))
def test_what_the_reader_takes_of_platforms_the_schema_takes(tree: Any, write: Any) -> None:
    """So an editor never marks what is right."""
    if read_platform(write(tree)).is_valid:
        assert [error.message for error in PLATFORM.iter_errors(tree)] == []


@st.composite
def answer_trees(draw: st.DrawFn) -> Any:
    """Answers with something at some of their keys."""

    def keys(*names: str) -> st.SearchStrategy[dict[str, Any]]:
        return st.dictionaries(st.sampled_from(names), SCALARS | INSTANTS, max_size=2)

    ends = [f"{end}{name}" for name in ("cores", "memory", "gpus", "licences") for end in ("min", "max")]
    parts = {
        "compute-resources": st.lists(keys("name", *ends), max_size=2),
        "storage-resources": st.lists(keys("minsize", "maxsize", "name"), max_size=2),
        "cost": keys("amount", "currency"),
    } | dict.fromkeys(tree_of(OFFER + "}"), SCALARS | INSTANTS)
    parts |= dict.fromkeys(("preparation", "proximity", "flavour", "runner", "status"), SCALARS)
    chosen = draw(st.lists(st.sampled_from(sorted(parts)), unique=True, max_size=2))
    offer = tree_of(OFFER + "}") | {key: draw(parts[key]) for key in chosen}
    path = draw(
        st.sampled_from(["minduration", "compute-resources[0].mincores", "storage-resources[0].minsize"])
    )
    figures = draw(keys("asked", "available", "start", "end", "pool", "platform"))
    reason = {"code": "busy", "message": "no room", "path": path, **figures}
    change = {"path": path, **draw(keys("from", "to"))}
    tree = {"result": "YES", "offers": [offer], "reasons": [reason]}
    other = {
        "result": "NO",
        "alternatives": [{**offer, "changes": [change]}],
        **draw(keys("complete", "omitted")),
    }
    return draw(st.sampled_from([tree, other, {**tree, "lang": "IVOA-TDL-1.0"}]))


#: Instants, sums of money and figures, good and bad ones.
INSTANTS = st.sampled_from([
    "2023-05-11T09:00:00Z", "2023-05-11 09:00Z", "2023-05-11T10:00+01:00", "2023-05-11T10:00:00.000+01",
    "9999-12-30T00:00Z", "2023-05-11T09:00:00", "2023-05-11T09:00:00z", "0.64", "5", "0,64", "5 EUR", "10:00",
])  # fmt: skip


@given(answer_trees(), st.sampled_from([to_yaml, to_json]))
def test_what_the_reader_takes_of_answers_the_schema_takes(tree: Any, write: Any) -> None:
    """So nobody who checks with the schema marks what is right."""
    if read_answer(write(tree)).is_valid:
        assert [error.message for error in ANSWER.iter_errors(tree)] == []


@given(SCALARS)
def test_the_schema_is_no_rubber_stamp(value: Any) -> None:
    """Of quantities it takes just what the reader takes, but for what only the calendar knows."""
    for key in ("minduration", "duration"):
        taken = read_task(to_json({key: value})).is_valid
        assert TASK.is_valid({key: value}) == taken or value in (0, "0", "00", "P", "9:00:00.0")
    for key, known in (("minmemory", ()), ("mincores", ()), ("mingpus", ())):
        tree = {"compute-resources": {key: value}}
        assert TASK.is_valid(tree) == read_task(to_json(tree)).is_valid or value in known
    for key in ("minstarttime", "maxendtime"):
        tree = {"timerange": {key: value}}
        assert TASK.is_valid(tree) == read_task(to_json(tree)).is_valid or value == "25:00"
