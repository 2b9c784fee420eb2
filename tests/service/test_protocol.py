"""What HTTP wants of any service (RFC 9110), and what a request may cost."""

import pytest
from attrs import evolve

from execbroker.languages.drafts.uris import uuid_of
from execbroker.service import Endpoints, Head, Limits, Needs, Outcome, Response, Route
from execbroker.service.clients.identities import OPEN
from execbroker.service.description import description
from execbroker.service.endpoints import ALL, SEED
from execbroker.service.routes import Call, Table
from tests.service.served import NOW, TASK, Served, tree

PATHS = [
    "/offers", "/sessions", "/sessions/{}", "/jobs", "/jobs/{}", "/jobs/{}/phase", "/openapi.json",
    "/eb-2025/sessions/{uuid}", "/calycopis-1.0/sessions/{uuid}",
]  # fmt: skip


def test_head_is_get_without_a_body(served: Served) -> None:
    """HEAD says all that GET says, but for the body itself."""
    session = served.offer()
    for path in (each.format(session, uuid=uuid_of(session)) for each in PATHS[1:]):
        got, headed = served.ask("GET", path), served.ask("HEAD", path)
        assert (headed.status, headed.headers, headed.body) == (200, got.headers, b"")
        assert headed.header("Content-Length") == str(len(got.body))


@pytest.mark.parametrize("path", PATHS)
def test_options_and_allow(served: Served, path: str) -> None:
    """OPTIONS says what there is, to anybody, and what is not there is refused with the same."""
    there = path.format("x", uuid="x")
    allowed = served.ask("OPTIONS", there, who=None)
    refused = served.ask("PATCH", there, who=None)

    assert (allowed.status, refused.status) == (204, 405)
    assert allowed.header("Allow") == refused.header("Allow")
    assert "OPTIONS" in (allowed.header("Allow") or "")
    methods = description(Table(ALL), None, OPEN)["paths"]
    template = path.format("{job}" if "jobs" in path else "{session}", uuid="{uuid}")
    assert {each.upper() for each in methods[template]} <= set((allowed.header("Allow") or "").split(", "))


def test_options_of_everything(served: Served) -> None:
    """A client may ask for all that there is."""
    assert served.ask("OPTIONS", "*").header("Allow") == "DELETE, GET, HEAD, OPTIONS, POST"


@pytest.mark.parametrize("path", ["/", "", "/nothing", "/sessions/a/b", "/jobs/a/b", "/jobs//phase", "/jobs/%zz",
                                  "/../jobs", "*", "/offers/x", "//offers", "/Offers"])  # fmt: skip
def test_not_found(served: Served, path: str) -> None:
    """What is nowhere in the table is 404, whoever asks."""
    response = served.ask("GET", path, who=None)

    assert (response.status, tree(response)["code"]) == (404, "not-found")


def test_a_slash_at_the_end_says_nothing(served: Served) -> None:
    """UWS clients put one there."""
    assert served.ask("GET", "/jobs/").status == served.ask("GET", "/sessions/").status == 200


def test_bodies_have_a_limit(served: Served) -> None:
    """A body that is too large is not wanted, and refused from its head alone."""
    limit = served.service.limits.body
    large = served.head("POST", "/offers", Content_Length=str(100 * 2**20))

    assert served.service.wanted(large) == 0
    response = served.service.respond(large)
    served.check(large, response)
    assert (response.status, tree(response)["code"]) == (413, "body-too-large")
    assert served.service.wanted(served.head("POST", "/offers", b"x" * limit)) == limit
    assert served.ask("POST", "/offers", b" " * (limit + 1)).status == 413


@pytest.mark.parametrize(
    ("headers", "body", "status"),
    [
        ({"Content_Length": "30"}, TASK, 400),
        ({"Content_Length": "-1"}, TASK, 400),
        ({"Content_Length": "ten"}, TASK, 400),
        ({"Content_Length": "9" * 30}, TASK, 400),
        ({"Content_Length": "", "Transfer_Encoding": "chunked"}, TASK, 400),
        ({"Transfer_Encoding": "chunked"}, b"", 400),
    ],
)
def test_half_a_body_is_none(served: Served, headers: dict[str, str], body: bytes, status: int) -> None:
    """What came of a client that vanished, or of one that cannot count, is never acted on."""
    head = served.head("POST", "/offers", body, **headers)
    response = served.service.respond(head, body)

    served.check(head, response)
    assert response.status == status
    assert served.service.wanted(head) in (0, 30, served.service.limits.body + 1)
    assert served.broker.sessions(NOW) == []


def test_bodies_without_a_length(served: Served) -> None:
    """They are read as far as they may be, if the server finds their end, and else refused with 411."""
    limit = served.service.limits.body
    pairs = (*served.head("POST", "/offers").headers, ("Transfer-Encoding", "chunked"))
    head = Head("POST", "/offers", NOW, headers=pairs)
    blind = evolve(head, finds_end=False)

    assert (served.service.wanted(head), served.service.wanted(blind)) == (limit + 1, 0)
    assert served.service.respond(head, TASK).status == 200
    assert served.service.respond(head, b" " * (limit + 1)).status == 413
    assert served.service.respond(blind).status == 411


@pytest.mark.parametrize(
    ("head", "status"),
    [
        (Head("GET", "/" + "x" * 2000, NOW), 414),
        (Head("GET", "/jobs", NOW, "x" * 10_000), 414),
        (Head("GET", "/jobs", NOW, headers=(("X-A", "x" * 40_000),)), 431),
        (Head("GET", "/jobs", NOW, headers=(("X-A", "x"),) * 200), 431),
        (Head("GET /", "/jobs", NOW), 400),
        (Head("GET", "/jobs", NOW, headers=(("Host", "evil.example/a?b"),)), 400),
        (Head("GET", "/jobs", NOW, headers=(("Host", "a.example:80:80"),)), 400),
        (Head("", "/jobs", NOW), 400),
    ],
)
def test_heads_have_a_limit(served: Served, head: Head, status: int) -> None:
    """URLs and headers that are too long are refused before anything else is looked at."""
    assert served.service.respond(head).status == status


def test_queries(served: Served) -> None:
    """A query has a limit on its parameters, and is UTF-8."""
    many = "&".join(f"a{number}=1" for number in range(100))
    for query in (many, "phase=%FF"):
        assert served.ask("GET", "/sessions", query=query).status == 400
        assert served.ask("GET", "/jobs", query=query).status == 400


def test_nothing_private_is_cached(served: Served) -> None:
    """What is one client's is never kept by a cache; what is nobody's may be."""
    session = served.offer()
    for path in ("/sessions", f"/jobs/{session}", "/jobs", "/nothing"):
        assert served.ask("GET", path).header("Cache-Control") == "no-store"
    assert served.ask("GET", f"/sessions/{session}").header("Cache-Control") == "private, no-cache"
    described = served.ask("GET", "/openapi.json")
    assert described.header("Cache-Control") == "public, max-age=3600"
    tag = described.header("ETag") or ""
    assert served.ask("GET", "/openapi.json", If_None_Match=tag).status == 304
    assert {served.ask("GET", each).header("X-Content-Type-Options") for each in PATHS[1:7]} == {"nosniff"}


@pytest.mark.parametrize(
    ("headers", "is_refused"),
    [
        ({}, False),
        ({"Sec_Fetch_Site": "same-origin"}, False),
        ({"Sec_Fetch_Site": "none"}, False),
        ({"Sec_Fetch_Site": "cross-site"}, True),
        ({"Sec_Fetch_Site": "cross-site", "Origin": "https://broker.example.org"}, True),
        ({"Origin": "https://broker.example.org"}, False),
        ({"Origin": "https://evil.example.org"}, True),
        ({"Origin": "null"}, True),
        ({"Origin": "http://[x"}, True),
    ],
)
def test_pages_of_other_sites(served: Served, headers: dict[str, str], is_refused: bool) -> None:
    """A browser that another site's page has sent may look, and change nothing."""
    session = served.offer()
    for method, path in [
        ("POST", "/offers"),
        ("POST", "/calycopis-1.0/direct"),
        ("POST", f"/eb-2025/sessions/{uuid_of(session)}"),
        ("POST", f"/sessions/{session}"),
        ("DELETE", f"/jobs/{session}"),
    ]:
        response = served.ask(method, path, b"phase: REJECTED" if method == "POST" else b"", **headers)
        assert (response.status == 403) is is_refused
    assert served.ask("GET", "/sessions", **headers).status == 200


def test_others_add_endpoints() -> None:
    """Routes are values: who brings a language brings its routes."""

    def greet(call: Call) -> Response:
        return Response.text(f"hello, {call.identity}")

    said = {"text/plain": {"type": "string"}}
    route = Route(
        "GET", "/greeting", "greet", "Say hello.", greet, (Outcome(200, "Hello.", said),), Needs.SEE
    )
    served = Served(endpoints=(*SEED, Endpoints((route,))), limits=Limits(listed=1))

    assert served.ask("GET", "/greeting").body == b"hello, ann"
    assert served.ask("GET", "/greeting", who=None).status == 401
    for twice in (route, evolve(route, path="/other"), evolve(route, name="other")):
        with pytest.raises(ValueError, match=r"greet|/greeting"):
            Table([Endpoints((route, twice))])
    with pytest.raises(ValueError, match="two schemas"):
        Table([Endpoints((), {"A": {}}), Endpoints((), {"A": {"type": "string"}})])
    served.offer()
    newest = served.offer()
    assert [each["session"] for each in tree(served.ask("GET", "/sessions"))["sessions"]] == [newest]
