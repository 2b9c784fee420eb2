"""Schemas of the draft's languages: what the reader takes they take, and what they refuse it refuses."""

from __future__ import annotations

import copy
import functools
import json
import operator
from pathlib import Path
from typing import Any

import pytest
from hypothesis import settings
from jsonschema import Draft202012Validator

from execbroker.languages import read_answer, read_task
from execbroker.languages.drafts.updates import read_update
from execbroker.languages.schemas.drafts import PREFIXES, draft_definitions, draft_schema
from execbroker.languages.text.reader import read

EXAMPLES = Path(__file__).parents[2] / "examples" / "dialects"
#: The examples of each language.
FILES = {"IVOA-EB-2025": "2025", "Calycopis-1.0": "calycopis"}

#: What most places cannot hold.
WRONG: list[Any] = [0, -1.5, "", "x", True, None, [], ["x"], {}, {"x": 1}]

each_language = pytest.mark.parametrize("lang", PREFIXES)


def validator(lang: str, thing: str) -> Any:
    """What holds documents against a schema."""
    return Draft202012Validator(draft_schema(lang, thing))


def example(lang: str, thing: str) -> Any:
    """A document of a language."""
    return json.loads((EXAMPLES / f"{thing}-{FILES[lang]}.json").read_text("utf-8"))


@each_language
def test_they_are_schemas(lang: str) -> None:
    """Of the dialect that they name, with a definition for all that they refer to."""
    for thing in ("request", "offerset", "session", "update"):
        schema = draft_schema(lang, thing)
        Draft202012Validator.check_schema(schema)
        text = json.dumps(schema)
        named = {part.partition('"')[0] for part in text.split("#/$defs/")[1:]}
        assert named == set(schema["$defs"])
        assert named <= set(draft_definitions(lang))


@each_language
def test_examples(lang: str) -> None:
    """What is valid by the schema of the field is valid by these."""
    validator(lang, "request").validate(example(lang, "request"))
    validator(lang, "offerset").validate(example(lang, "answer"))
    for offer in example(lang, "answer")["offers"]:
        validator(lang, "session").validate(offer)


@each_language
def test_there_is_an_example(lang: str) -> None:
    """Who looks at the schema sees how a request is written."""
    (shown,) = draft_definitions(lang)[f"{PREFIXES[lang]}Request"]["examples"]

    validator(lang, "request").validate(shown)
    task = read_task(json.dumps(shown), "request.json", lang=lang).unwrap()
    assert (task.executable is not None, len(task.compute), len(task.storage)) == (True, 1, 1)


@each_language
def test_what_is_refused(lang: str) -> None:
    """What is missing, not known, or of another kind than it should be, is refused by both."""
    checker, whole = validator(lang, "request"), with_all(lang, example(lang, "request"))
    checker.validate(whole)
    assert read_task(json.dumps(whole), "request.json", lang=lang).value is not None
    spoilt, is_long = [], settings().max_examples >= settings.get_profile("long").max_examples
    for number, path in enumerate(paths(whole)):
        wrong = WRONG if is_long else [WRONG[number % len(WRONG)]]
        changes = [lambda node, key, value=value: operator.setitem(node, key, value) for value in wrong]
        if isinstance(path[-1], str):
            changes += [lambda node, key: node.pop(key), lambda node, key: node.update({f"{key}x": 1})]
        for change in changes[:: 1 if is_long else 2]:
            document = copy.deepcopy(whole)
            change(functools.reduce(operator.getitem, path[:-1], document), path[-1])
            spoilt.append(document)
    refused = [document for document in spoilt if not checker.is_valid(document)]

    assert len(refused) > len(spoilt) // 3
    for document in refused:
        reading = read_task(json.dumps(document), "request.json", lang=lang)
        assert any(problem.is_error for problem in reading.problems), document


def with_all(lang: str, request: Any) -> Any:
    """A request whose parts have also what services write and readers pass over."""
    resources = request.get("resources", request)
    compute = resources["compute"][0] if isinstance(resources["compute"], list) else resources["compute"]
    parts = [request["executable"], compute, *resources["storage"], *resources["data"]]
    at = "2031-05-02T08:00:00Z"
    message = {"level": "WARN", "message": "x", "template": "x", "time": at, "values": {"a": "b"}}
    known = {"uuid": "6d0a0000-0000-4000-8000-00000000000", "created": at, "messages": [message]}
    figure = {"kind": "urn:x", "type": "urn:y", "description": "x", "min": 1, "max": 2.5}
    timed = {"start": "2031-05-02T20:00:00Z/PT15M", "duration": "PT4H"}
    living = {
        "phase": "WAITING",
        "schedule": dict.fromkeys(("preparing", "available", "releasing"), timed),
        "costs": [figure],
        "metrics": [figure],
    }
    option = {
        "path": "/phase",
        "kind": "urn:x",
        "values": ["x"],
        "min": 1,
        "max": 2,
        "units": "x",
        "pattern": "x",
    }
    for number, part in enumerate(parts):
        named = {**known, "uuid": f"{known['uuid']}{number}"}
        if lang == "IVOA-EB-2025":
            part |= {**named, "href": "https://eb.example.net/1"}
        else:
            part["meta"] |= {**named, "url": "https://eb.example.net/1", "modified": at, "options": [option]}
            part.update(living)
    if lang == "IVOA-EB-2025":
        request["executable"]["access"] = [
            {"status": "ACTIVE", "protocol": "HTTP", "locations": ["https://x"]}
        ]
    return json.loads(json.dumps(request))  # no part is another one too


def paths(node: Any, at: tuple[Any, ...] = ()) -> list[tuple[Any, ...]]:
    """Where the parts of a document are."""
    if isinstance(node, dict):
        return [(*at, key) for key in node] + [each for key in node for each in paths(node[key], (*at, key))]
    if isinstance(node, list):
        return [each for index, inner in enumerate(node) for each in paths(inner, (*at, index))]
    return []


@each_language
@pytest.mark.parametrize("path", ["phase", "/phase"])
@pytest.mark.parametrize("value", ["ACCEPTED", "REJECTED", "CANCELLED", "FAILED", None])
def test_updates(lang: str, path: str, value: str | None) -> None:
    """Exactly what a session takes is valid."""
    key = "type" if lang == "IVOA-EB-2025" else "kind"
    update = {key: "uri:enum-value-update", "path": path, "value": value}
    document = {"update": update} if key == "type" else update
    reading = read_update(read(json.dumps(document), "update.json").unwrap(), lang)

    assert validator(lang, "update").is_valid(document) is (
        reading.value is not None and not reading.problems
    )


@each_language
def test_unknown_executables(lang: str) -> None:
    """An executable of another type is one, but none of a known type with other keys."""
    key = "type" if lang == "IVOA-EB-2025" else "kind"
    request = example(lang, "request")
    request["executable"] = {key: "urn:example:program", "program": ["x"]}
    validator(lang, "request").validate(request)
    assert read_task(json.dumps(request), "request.json", lang=lang).value is not None

    request["executable"] = {**example(lang, "request")["executable"], "program": ["x"]}
    assert not validator(lang, "request").is_valid(request)


@each_language
def test_answers_that_are_none(lang: str) -> None:
    """An answer has a result, and it is one of two words."""
    answer = example(lang, "answer")
    answer["result"] = "MAYBE"
    assert not validator(lang, "offerset").is_valid(answer)
    assert read_answer(json.dumps(answer), "answer.json", lang=lang).value is None
