"""Requests in the draft's text of 2024, in both of its layers, and answers in the older one."""

from __future__ import annotations

from pathlib import Path
from typing import Any, Final

import pytest
from hypothesis import given

from execbroker.core.amounts import CORES, MEMORY
from execbroker.core.answer import Answer, Offer, Reason
from execbroker.core.instants import parse_instant
from execbroker.core.ranges import Range
from execbroker.core.spans import Span
from execbroker.core.task import Compute, Data, Executable, Schedule, Storage, Task, Volume
from execbroker.languages import language, languages, read_answer, read_task, write_answer
from execbroker.languages.drafts.detection import DRAFT_2024
from execbroker.languages.text.writer import to_json, to_yaml
from execbroker.languages.written import Occasion
from execbroker.testing import strategies

EXAMPLES: Final = Path(__file__).parents[2] / "examples" / "dialects"
GIB: Final = 2**30
START: Final = parse_instant("2031-06-01T08:00:00Z")

COMPUTE: Final = "{resources: {compute: [{type: uri:generic-compute, %s}]}}"
GENERIC: Final = "https://www.purl.org/ivoa.net/resource-types/generic-compute"
OLD: Final = "{request: {resources: {compute: [{type: '" + GENERIC + "', %s}]}}}"
SCHEDULE: Final = "{resources: {compute: [{type: uri:generic-compute}]}, schedule: %s}"


def told(text: str) -> list[tuple[str, str]]:
    """The codes and the paths of what is wrong with a request."""
    return [(problem.code, problem.path) for problem in read_task(text).problems]


def test_the_older_layer() -> None:
    """Replicas are as many compute resources; a maximum that is left out is the minimum."""
    volume = Volume("scratch", "/work", True, "work")
    ranges = {CORES: Range(2500, 4000), MEMORY: Range(8 * GIB, 8 * GIB)}
    reading = read_task((EXAMPLES / "request-2024.yaml").read_bytes())
    assert reading.problems == ()
    assert reading.unwrap() == Task(
        executable=Executable(
            "oci-container", {"repo": "registry.example.net", "image": "astro/mosaic", "tag": "2.0"}
        ),
        compute=(Compute("node", ranges, (volume,)), Compute("node-2", ranges, (volume,))),
        storage=(Storage("scratch", Range(50 * GIB)),),
        schedule=Schedule(
            Range(3600, 3 * 3600),
            starts=(Span(START, START + 14_401), Span(START + 86_400, START + 86_400 + 14_401)),
        ),
        language=DRAFT_2024,
    )


def test_the_newer_layer() -> None:
    """Flat; an instant is an interval by itself, and sizes may have units."""
    reading = read_task((EXAMPLES / "request-2024-newer.yaml").read_bytes())
    assert reading.problems == ()
    assert reading.unwrap() == Task(
        name="mosaic",
        executable=Executable(
            "jupyter-notebook", {"notebook": {"file": "https://data.example.net/mosaic.ipynb"}}
        ),
        compute=(
            Compute(
                "node",
                {CORES: Range(2000), MEMORY: Range(8 * GIB, 16 * GIB)},
                (Volume("tiles", "/tiles", False, "in"),),
            ),
        ),
        storage=(Storage("scratch", Range(50 * 10**9, 80 * 10**9)),),
        data=(Data("https://data.example.net/tiles.tar", "tiles"),),
        schedule=Schedule(Range(1800), starts=(Span(START, START + 1),)),
        language=DRAFT_2024,
    )


def test_its_own_slips_are_read() -> None:
    """With warnings: `P1H`, an end without its date, and no seconds at all."""
    reading = read_task(SCHEDULE % '[{start: "2031-06-01T08:00Z/T12:00Z", duration: {min: P1H}}]')
    assert [each.code for each in reading.problems] == ["interval-form", "duration-form"]
    schedule = reading.unwrap().schedule
    assert schedule == Schedule(Range(3600), starts=(Span(START, START + 14_401),))


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        (COMPUTE % "cores: {requested: {min: 4, max: 2}}",
         ("min-above-max", "resources.compute[0].cores.requested.min")),
        (COMPUTE % "cores: {requested: {min: 0.0001}}",
         ("amount-too-fine", "resources.compute[0].cores.requested.min")),
        (COMPUTE % "memory: {requested: {min: -1}}",
         ("negative-amount", "resources.compute[0].memory.requested.min")),
        (COMPUTE % "memory: {requested: {min: 1e30}}", ("too-large", "resources.compute[0].memory.requested.min")),
        (COMPUTE % "memory: {requested: {min: 8G}}",
         ("not-a-number", "resources.compute[0].memory.requested.min")),
        (COMPUTE % "memory: {requested: {min: 1, units: stone}}",
         ("size-unit", "resources.compute[0].memory.requested.min")),
        (COMPUTE % "memory: {offered: {min: 1}}", ("not-kept", "resources.compute[0].memory.offered")),
        (COMPUTE % "volumes: [{resource: x}]", ("unknown-resource", "resources.compute[0].volumes[0].resource")),
        (COMPUTE % "volumes: [{mode: x}]", ("unknown-word", "resources.compute[0].volumes[0].mode")),
        (COMPUTE % "volumes: [{parameter: x}]", ("not-kept", "resources.compute[0].volumes[0].parameter")),
        (COMPUTE % "gpus: 1", ("unknown-key", "resources.compute[0].gpus")),
        ("{resources: {compute: [{type: uri:compute}]}}", ("unknown-word", "resources.compute[0].type")),
        ("{request: {}, resources: {}}", ("unknown-key", "resources")),
        ("{request: {executable: {type: 'uri:x', spec: 3}}}", ("wrong-type", "request.executable.spec")),
        (OLD % "replicas: 0", ("replicas", "request.resources.compute[0].replicas")),
        ("{executable: {type: 'uri:docker-container-1.1'}}", ("unknown-type", "executable.type")),
        ("{resources: {storage: [{type: uri:ephemeral-storage, lifecycle: managed}]}}",
         ("not-kept", "resources.storage[0]")),
        ("{resources: {storage: [{name: a, type: uri:rucio-storage}, {name: a, type: uri:rucio-storage}]}}",
         ("duplicate-name", "resources.storage[1].name")),
        (SCHEDULE % "[{start: 3}]", ("instant", "schedule[0].start")),
        (SCHEDULE % "[{start: PT1H/2031-06-01T08:00Z}]", ("interval", "schedule[0].start")),
        (SCHEDULE % "[{duration: {min: PT1H, units: s}}]", ("unknown-key", "schedule[0].duration.units")),
        (SCHEDULE % "[{duration: {min: PT1H}}, {duration: {min: PT2H}}]", ("not-kept", "schedule[1]")),
    ],
)  # fmt: skip
def test_mistakes(text: str, expected: tuple[str, str]) -> None:
    """Each has its place, and what cannot be kept is told."""
    assert expected in told(text)


def test_no_mapping() -> None:
    """Is no request."""
    (problem,) = read_task("3", lang=DRAFT_2024).problems
    assert problem.code == "wrong-document"


def test_it_is_read_and_answered() -> None:
    """But no request is written in it."""
    found = language(DRAFT_2024)
    assert found in languages()
    assert found is not None
    assert found.write_task is None
    tree: Any = write_answer(
        Answer(reasons=(Reason("busy", "no room", path="minduration"),), language=DRAFT_2024)
    )
    assert tree == {"response": {"result": "NO", "reasons": [{"path": "minduration", "text": "no room"}]}}
    again = read_answer(to_yaml(tree)).unwrap()
    assert again == Answer(reasons=(Reason("unknown", "no room", path="minduration"),), language=DRAFT_2024)


@given(strategies.offers())
def test_what_it_offers_it_would_take(offer: Offer) -> None:
    """An offer repeats the request, filled in: read as one, it asks for what was offered."""
    found = language(DRAFT_2024)
    assert found is not None
    assert found.express is not None
    occasion = Occasion(Task(executable=Executable("jupyter-notebook", {"notebook": "x.ipynb"})))
    tree: Any = found.express(Answer((offer,)), occasion).tree
    (written,) = tree["response"]["offers"]
    (again,) = read_answer(to_json(tree)).unwrap().offers
    assert found.express(Answer((again,)), occasion).tree == tree
    task = read_task(to_json({"request": written["request"]})).unwrap()
    assert written["status"] == "OFFERED"
    assert task.executable == Executable("jupyter-notebook", {"notebook": "x.ipynb"})
    assert [dict(each.ranges) for each in task.compute] == [
        {
            name: Range(each.minimum[name], each.maximum[name])
            for name in each.maximum
            if name in (CORES, MEMORY)
        }
        for each in offer.compute
    ]
    (span,), duration = task.schedule.starts, task.schedule.duration
    assert span.start == offer.minstart
    assert span.end - 1 <= offer.maxstart
    assert duration.minimum == offer.minduration
    assert span.end - 1 + (duration.minimum or 0) <= offer.maxend


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("{response: {result: MAYBE}}", ("result", "response.result")),
        ("{response: {result: 'YES'}}", ("contradiction", "response.result")),
        ("{response: {result: 'NO', offers: [{}]}}", ("contradiction", "response.result")),
        ("{response: {result: 'YES', offers: [{status: OPEN}]}}", ("unknown-word", "response.offers[0].status")),
        ("{response: {result: 'YES', offers: [{ident: x, expires: y, request: {}}]}}",
         ("missing-key", "response.offers[0].request")),
        ("{response: {result: 'YES', offers: [{ident: x, expires: y, request: {}}]}}",
         ("instant", "response.offers[0].expires")),
        ("{response: {result: 'NO', reasons: [{}]}}", ("missing-key", "response.reasons[0]")),
        ("{response: 3, result: 'NO'}", ("wrong-type", "response")),
    ],
)  # fmt: skip
def test_mistakes_in_answers(text: str, expected: tuple[str, str]) -> None:
    """Likewise."""
    problems = read_answer(text, lang=DRAFT_2024).problems
    assert expected in [(problem.code, problem.path) for problem in problems]
