"""The question, in all the ways in which it may be put."""

import json
from urllib.parse import urlencode

import pytest

from execbroker.service.seed.doubts import DOUBTS, display
from tests.service.served import FORM, TASK, Served, tree

QUESTIONS = [
    (TASK, {}),
    (TASK, {"Content_Type": "application/yaml"}),
    (TASK, {"Content_Type": "text/x-yaml; charset=UTF-8"}),
    (b'{"task": {"compute-resources": {"mincores": 4}}}', {"Content_Type": "application/json"}),
    (urlencode({"task": TASK}).encode(), {"Content_Type": FORM}),
    (urlencode({"lang": "IVOA-TDL-1.0", "task": TASK}).encode(), {"Content_Type": FORM}),
]


@pytest.mark.parametrize(("body", "headers"), QUESTIONS)
def test_yes(served: Served, body: bytes, headers: dict[str, str]) -> None:
    """However the task comes, it is offered something, and without a type it is YAML."""
    response = served.ask("POST", "/offers", body, **headers)

    assert response.status == 200
    assert tree(response)["result"] == "YES"
    assert tree(response)["offers"][0]["runner"] == "https://broker.example.org/exec/jobs"


@pytest.mark.parametrize(
    ("accept", "media"),
    [
        (None, "application/yaml"),
        ("application/json, application/yaml", "application/yaml"),
        ("*/*", "application/yaml"),
        ("application/json", "application/json"),
        ("text/json;q=0.5, application/yaml;q=0.4", "application/json"),
        ("text/html, application/json;q=0.9, */*;q=0.8", "application/json"),
        ("application/*", "application/yaml"),
        ("application/*;q=0.3, application/yaml;q=0", "application/json"),
        ("nonsense", "application/yaml"),
        ("text/*", "application/yaml"),
        ("text/*;q=0, */*", "application/yaml"),
        ("application/yaml;q=0, text/*", "application/json"),
        ("application/json;q=banana", "application/yaml"),
        ("application/yaml;q=banana, application/json;q=0.1", "application/json"),
    ],
)
def test_the_client_chooses(served: Served, accept: str | None, media: str) -> None:
    """Answers come as the client wants them; where it doesn't say or wants both alike, in YAML."""
    headers = {} if accept is None else {"Accept": accept}
    response = served.ask("POST", "/offers", TASK, **headers)

    assert response.header("Content-Type") == media
    assert response.body.startswith(b"{" if media == "application/json" else b"lang: IVOA-TDL-1.0\n")


def test_what_it_does_not_accept(served: Served) -> None:
    """A client that takes neither is told so, and nothing is held for it."""
    response = served.ask("POST", "/offers", TASK, Accept="text/html, application/*;q=0")

    assert (response.status, tree(response)["code"]) == (406, "not-acceptable")
    assert served.broker.sessions(served.now) == []


@pytest.mark.parametrize(
    ("body", "code"),
    [
        (b"{compute-resources: {mincores: 64}}", "resource-exceeds-capacity"),
        (b"{lang: IVOA-TDL-9.0, task: {whatever: 1}}", "language-unknown"),
        (b"{executable: {type: x}, compute-resources: {mingpus: 1}}", "resource-unknown"),
    ],
)
def test_no(served: Served, body: bytes, code: str) -> None:
    """What is well formed and cannot be run, or is in an unknown language, is answered NO, with 200."""
    response = served.ask("POST", "/offers", body)

    assert response.status == 200
    assert tree(response)["result"] == "NO"
    assert [reason["code"] for reason in tree(response)["reasons"]] == [code]


def test_unknown_language_of_a_form(served: Served) -> None:
    """A task in a language that nobody knows is not even looked at."""
    answer = tree(served.post("/offers", lang="MY-TDL", task="\x00{{{"))

    assert answer["reasons"][0]["code"] == "language-unknown"


def test_all_problems_at_once(served: Served) -> None:
    """A malformed task is 400, with everything that is wrong, each with its path and place."""
    response = served.ask(
        "POST", "/offers", b"compute-resources:\n  mincores: many\n  minmemroy: 80G\nname: []\n"
    )

    assert (response.status, response.header("Content-Type")) == (400, "application/problem+json")
    document = tree(response)
    assert document["type"] == "urn:execbroker:problem:invalid-document"
    assert {(each["path"], each["line"]) for each in document["problems"]} == {
        ("compute-resources.mincores", 2),
        ("compute-resources.minmemroy", 3),
        ("name", 4),
    }


@pytest.mark.parametrize(
    ("form", "code"),
    [
        ([("lang", "IVOA-TDL-1.0")], "missing-parameter"),
        ([("task", "{}"), ("task", "{}")], "given-twice"),
        ([("task", "{}"), ("langs", "x")], "unknown-parameter"),
        ([("lang", "IVOA-TDL-1.0"), ("task", "lang: OTHER")], "invalid-document"),
        ([("task", "{{")], "invalid-document"),
        ([("a", str(each)) for each in range(100)], "too-many-parameters"),
    ],
)
def test_forms(served: Served, form: list[tuple[str, str]], code: str) -> None:
    """A form has a task, perhaps a language, and nothing else, each once."""
    response = served.ask("POST", "/offers", urlencode(form).encode(), Content_Type=FORM)

    assert (response.status, tree(response)["code"]) == (400, code)


@pytest.mark.parametrize(
    ("body", "headers", "code"),
    [
        (TASK, {"Content_Type": "text/html"}, "media-type"),
        (TASK, {"Content_Type": "yaml"}, "media-type"),
        (TASK, {"Content_Type": "application/yaml; charset=koi8-r"}, "charset"),
        (TASK, {"Content_Type": "application/yaml; charset=utf-16"}, "charset"),
        (TASK, {"Content_Encoding": "gzip"}, "content-encoding"),
    ],
)
def test_unsupported(served: Served, body: bytes, headers: dict[str, str], code: str) -> None:
    """Types, charsets and codings that are not understood are 415, and not guessed at."""
    response = served.ask("POST", "/offers", body, **headers)

    assert (response.status, tree(response)["code"]) == (415, code)


@pytest.mark.parametrize("body", [b"", b"\xff\xfe", b"[]", b"NO", b"\x00", b"lang: 4"])
def test_no_task(served: Served, body: bytes) -> None:
    """What is no document of a task is 400."""
    assert served.ask("POST", "/offers", body).status == 400


def test_json_is_strict(served: Served) -> None:
    """What is called JSON is read as JSON."""
    assert served.ask("POST", "/offers", b"name: x", Content_Type="application/json").status == 400
    assert json.loads(served.ask("POST", "/offers", b"{}", Accept="application/json").body)["result"] == "YES"


def test_query(served: Served) -> None:
    """A parameter that means nothing is not passed over."""
    response = served.ask("POST", "/offers", TASK, query="task=4")

    assert (response.status, tree(response)["code"]) == (400, "unknown-parameter")


def test_what_a_client_prefers(served: Served) -> None:
    """It may want few offers, in an order, and hear what else there could be."""
    plain = tree(served.ask("POST", "/offers", TASK))
    answer = tree(served.ask("POST", "/offers", TASK, query="max-offers=1&prefer=largest&alternatives=true"))

    assert "alternatives" not in plain
    assert len(answer["offers"]) == 1
    assert answer["alternatives"]
    assert tree(served.ask("POST", "/offers", TASK, query="alternatives=false"))["result"] == "YES"


@pytest.mark.parametrize("body", [TASK, b"lang: OTHER", b"{"])
@pytest.mark.parametrize(
    "query", ["max-offers=0", "max-offers=-1", "max-offers=1e3", f"max-offers={10**30}", "max-offers=",
              "alternatives=yes", "alternatives", "prefer=best", "prefer=longest&prefer=longest"]
)  # fmt: skip
def test_what_nobody_can_prefer(served: Served, query: str, body: bytes) -> None:
    """What makes no sense is refused, whatever the task, and nothing is held."""
    assert served.ask("POST", "/offers", body, query=query).status == 400
    assert served.broker.sessions(served.now) == []


def test_doubts(served: Served) -> None:
    """What a reader warns of is in a header, which any text fits into; where there is nothing, there is none."""
    task = "{name: é %, compute-resources: [mincores: 4, maxcores: 8, mingpus: 0, minmemory: 1G]}"
    doubtful = "{timezone: Europe/London, daterange: {startdate: 29 October 2023 01:30}, duration: 1h}"

    assert served.ask("POST", "/offers", task.encode()).header(DOUBTS) is None
    said = served.ask("POST", "/offers", doubtful.encode()).header(DOUBTS) or ""
    assert said.startswith('%"task.yaml:1:')
    assert said.isascii()
    assert "twice" in said
    assert len(display(["é" * 100] * 1000)) <= 4000
