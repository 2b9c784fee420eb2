"""Requests of any kind: there is always an answer, it is as the description says, and it is never a fault."""

from __future__ import annotations

import json
import re
import socket
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Final

import pytest
from hypothesis import assume, example, given, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, rule

from execbroker.core.lifecycle import Phase
from execbroker.service import ALL, Head
from execbroker.service.routes import Route, Table
from tests.service.served import FORM, ROOT, TASK, Served, credentials, tree
from tests.service.servers import Server, started

#: Everything that can be asked, in whatever language; what comes to the table comes to these tests.
ROUTES: Final = Table(ALL).routes
#: Where one may ask in the draft's languages.
QUESTIONS: Final = [each.place for each in ROUTES if each.mount and each.reads and "{" not in each.path]
EXAMPLES: Final = Path(__file__).parents[2] / "examples" / "dialects"

METHODS = st.sampled_from(
    ["GET", "HEAD", "POST", "DELETE", "OPTIONS", "PUT", "PATCH", "TRACE", "BREW", "get", "é"]
)
WORDS = st.sampled_from(
    ["offers", "sessions", "jobs", "id1", "id2", "phase", "results", "parameters", "executionduration",
     "destruction", "openapi.json", "error", "owner", "quote", "", ".", "..", "%2F", "%00", "%", "ü", "\n"]
)  # fmt: skip
#: What may stand where a route has a variable part; those that are known come beside.
PARTS = WORDS | st.just("0b5c1f0e-1111-4a4a-8c8c-000000000002") | st.text(max_size=8)
PATHS = st.lists(WORDS, max_size=4).map(lambda parts: "/" + "/".join(parts)) | st.text(max_size=20)
NAMES = st.sampled_from(
    ["phase", "last", "PHASE", "LAST", "AFTER", "WAIT", "RUNID", "TASK", "OFFER", "ACTION", "task", "lang",
     "EXECUTIONDURATION", "DESTRUCTION"]
)  # fmt: skip
VALUES = st.sampled_from(
    ["RUN", "ABORT", "DELETE", "PENDING", "OFFERED", "-1", "0", "1", "10", "id1", "id2", "IVOA-TDL-1.0", "OTHER",
     TASK.decode(), "2023-05-09T12:00:00Z", "%FF", "%00", "%ED%A0%80", "", "NaN", "99999999999999999999"]
)  # fmt: skip
PAIRS = st.lists(st.tuples(NAMES | st.text(max_size=5), VALUES | st.text(max_size=10)), max_size=4).map(
    lambda pairs: "&".join(f"{name}={value}" for name, value in pairs)
)
CHANGES = st.fixed_dictionaries(
    {"phase": st.sampled_from(["ACCEPTED", "REJECTED", "CANCELLED", "FAILED", None])},
    optional={
        "start": st.sampled_from(["2023-05-09T13:00:00Z", "9", 9, "2023-05-09T13:00:00+99:99"]),
        "duration": st.sampled_from(["PT1H", "1h", 0, -1, "P1M", "PT0S"]),
        "amounts": st.dictionaries(
            st.sampled_from(["cores", "memory", "gpus"]), st.sampled_from([4, 0.5, "1G", -1])
        ),
    },
).map(lambda tree: json.dumps(tree).encode())
UPDATES = st.builds(
    lambda given, is_wrapped: json.dumps({"update": given} if is_wrapped else given).encode(),
    st.fixed_dictionaries(
        {"path": st.sampled_from(["phase", "/phase", "compute", 7])},
        optional={
            "kind": st.sampled_from(["uri:enum-value-update", "uri:integer-delta-update", "urn:x"]),
            "type": st.sampled_from(["uri:enum-value-update", "uri:string-value-update"]),
            "value": st.sampled_from(["ACCEPTED", "REJECTED", "CANCELLED", "FAILED", None, 1, ["ACCEPTED"]]),
            "delta": st.integers(),
        },
    ),
    st.booleans(),
)
#: Requests in the languages of the field, whole or with a piece of them exchanged for another.
DRAFTS = st.builds(
    lambda whole, start, length, piece: whole[:start] + piece + whole[start + length :],
    st.sampled_from([path.read_bytes() for path in sorted(EXAMPLES.glob("request-*"))]),
    st.integers(0, 1500),
    st.integers(0, 9),
    st.sampled_from([b"", b"{", b'"', b"0", b"-", b"null", b"x", b"\xff", b"1e999", b"[[[["]),
)
BODIES = st.one_of(
    st.just(TASK),
    CHANGES,
    UPDATES,
    DRAFTS,
    PAIRS.map(lambda text: text.encode("utf-8", "surrogatepass")),
    st.binary(max_size=40),
    st.text(max_size=40).map(lambda text: text.encode("utf-8", "surrogatepass")),
)
TYPES = st.sampled_from([None, "application/yaml", "application/json", FORM, f"{FORM}; charset=x", "text/plain",
                         "multipart/form-data; boundary=x", "", ";", "application/json; charset=ü"])  # fmt: skip
ACCEPTED = st.sampled_from(
    ["*/*", "application/json", "text/html", "", ",;q", "application/yaml;q=2", "*/*;q=0"]
)
HEADERS = st.lists(
    st.tuples(
        st.sampled_from(["Accept", "If-Match", "If-None-Match", "Content-Encoding", "Transfer-Encoding", "Host",
                         "Content-Length", "Authorization", "Origin", "Sec-Fetch-Site"]),
        ACCEPTED
        | st.sampled_from(['"x"', "*", "W/", "gzip", "chunked", "Basic", "Basic YTpi", "4"])
        | st.text(max_size=8),
    ),
    max_size=3,
)  # fmt: skip
#: Responses that no request deserves.
FAULTS = range(500, 600)


@st.composite
def places(draw: st.DrawFn, route: Route, known: Sequence[str]) -> str:
    """A path of a route."""
    part = st.sampled_from([*known]) | PARTS if known else PARTS
    return re.sub(r"\{\w+\}", lambda _: draw(part), route.place)


@st.composite
def requests(
    draw: st.DrawFn, now: int, who: str | None, known: Sequence[str] = (), route: Route | None = None
) -> tuple[Head, bytes]:
    """A request that somebody may send, with or without knowing what it does."""
    if route is None:
        route = draw(st.none() | st.sampled_from(ROUTES))
    body, media = draw(BODIES), draw(TYPES)
    method = METHODS if route is None else st.just(route.method) | METHODS
    path = PATHS if route is None else places(route, known)
    headers = [("Content-Length", str(len(body)))]
    headers += [] if media is None else [("Content-Type", media)]
    headers += [] if who is None else [credentials(who)]
    query = draw(PAIRS | st.text(max_size=10))
    return Head(draw(method), draw(path), now, query, (*headers, *draw(HEADERS)), ROOT), body


class Clients(RuleBasedStateMachine):
    """Two people who send anything at all to one service, one after the other."""

    def __init__(self) -> None:
        super().__init__()
        self.served = Served()
        self.owners: dict[str, str] = {}
        #: What anything was called in what was answered.
        self.names: dict[str, None] = {}

    @rule(seconds=st.sampled_from([1, 60, 400, 4000]))
    def later(self, seconds: int) -> None:
        """Time passes."""
        self.served.now += seconds

    @rule(who=st.sampled_from(["ann", "bob"]))
    def ask(self, who: str) -> None:
        """Somebody gets offers, if there is room."""
        answer = tree(self.served.ask("POST", "/offers", TASK, who=who))
        self.owners |= {each["offer"]: who for each in answer.get("offers", [])}
        self.names |= dict.fromkeys(self.owners)

    @rule(who=st.sampled_from(["ann", "bob"]), place=st.sampled_from(QUESTIONS))
    def ask_in_a_dialect(self, who: str, place: str) -> None:
        """Somebody asks in another language, and learns what things are called there."""
        response = self.served.ask("POST", place, b"{}", who=who)
        assert response.status == 200 or place.endswith("/direct")  # there may be no room
        found = re.findall(rb"uuid\"?: \"?([0-9a-f]{8}-[0-9a-f-]{27})", response.body)
        self.names |= dict.fromkeys(each.decode() for each in found)
        for each in self.served.broker.sessions(self.served.now):
            self.owners.setdefault(each.identifier, who)

    @rule(who=st.sampled_from(["ann", "bob"]), change=CHANGES, data=st.data())
    def change(self, who: str, change: bytes, data: st.DataObject) -> None:
        """Somebody changes something, be it theirs or not."""
        session = data.draw(st.sampled_from(sorted(self.owners) or ["id1"]))
        before = self.phase(session)
        response = self.served.ask("POST", f"/sessions/{session}", change, who=who)
        if self.owners.get(session) != who:
            assert response.status == 404
        if response.status != 200:
            assert self.phase(session) in (before, *_LATER)

    def phase(self, session: str) -> object:
        """Where a session stands, for those who may know."""
        return tree(self.served.ask("GET", f"/sessions/{session}", who=self.owners.get(session, "ann"))).get(
            "phase"
        )

    @rule(who=st.sampled_from(["ann", "bob", None]), data=st.data())
    def anything(self, who: str | None, data: st.DataObject) -> None:
        """Somebody sends whatever it is."""
        head, body = data.draw(requests(self.served.now, who, [*self.names][:20]))
        assert self.served.service.wanted(head) <= self.served.service.limits.body + 1
        response = self.served.service.respond(head, body)
        assert response.status not in FAULTS
        self.served.check(head, response)
        if who is None and response.status in (200, 303) and head.method != "OPTIONS":
            assert head.path.strip("/") == "openapi.json"
        for each in self.served.broker.sessions(self.served.now):
            owner = self.served.broker.owner(each.identifier)
            assert self.owners.setdefault(each.identifier, owner or "") == owner

    @invariant()
    def within_capacity(self) -> None:
        """However it came about, nothing is booked twice."""
        sessions = self.served.broker.sessions(self.served.now)
        runs = [each.run for each in sessions if each.run is not None and each.phase not in _OVER]
        for run in runs:
            taken = sum(each.amounts["cores"] for each in runs if each.start <= run.start < each.end)
            assert taken <= 16_000


_OVER = (Phase.CANCELLED, Phase.FAILED, Phase.COMPLETED)
#: What becomes of a session by itself, as soon as somebody looks.
_LATER = tuple(
    each.value
    for each in Phase
    if each not in (Phase.OFFERED, Phase.REJECTED, Phase.ACCEPTED, Phase.CANCELLED)
)

TestClients = Clients.TestCase
TestClients.settings = settings(stateful_step_count=20, max_examples=max(1, settings().max_examples // 2))


@example(b"\x00")
@given(st.binary(max_size=200))
def test_any_bytes(body: bytes) -> None:
    """Whatever is sent as a task, as a form or as a change, is answered, and is no fault."""
    served = Served()
    session = served.offer()
    for path in ("/offers", f"/sessions/{session}", "/jobs", f"/jobs/{session}/phase"):
        for media in ("application/yaml", "application/json", FORM):
            assert served.ask("POST", path, body, Content_Type=media).status not in FAULTS


@pytest.mark.parametrize("route", ROUTES, ids=lambda route: f"{route.method} {route.place}")
def test_every_route(route: Route) -> None:
    """Whatever is sent to a place, the answer is one that the description has for it."""
    served = Served()
    known = [served.offer()]

    @settings(max_examples=max(5, settings().max_examples // 10))
    @given(st.data())
    def check(data: st.DataObject) -> None:
        head, body = data.draw(requests(served.now, "ann", known, route))
        response = served.service.respond(head, body)
        assert response.status not in FAULTS
        served.check(head, response)

    check()


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    """A server of the standard library; at the end nothing has gone wrong in it."""
    folder = tmp_path_factory.mktemp("server")
    with started("wsgiref", folder) as running:
        yield running
    assert "Traceback" not in (folder / "log").read_text("utf-8", "replace")


#: What may follow the first line, or be it.
LINES = st.sampled_from(
    [b"Host: x", b"Content-Length: 4", b"Content-Length: -1", b"Content-Length: 4, 5", b"Content-Length: 9" * 9,
     b"Transfer-Encoding: chunked", b"Expect: 100-continue", b"Authorization: Basic YW5uOmFwcGxl", b"Accept: */*",
     b"Content-Type: application/json", b": x", b"\xff: \xff", b"A" * 70_000, b" folded", b"Host", b""]
) | st.binary(max_size=20)  # fmt: skip
FIRST = st.builds(
    lambda method, place, version: b" ".join([method, place, version]),
    st.sampled_from([b"GET", b"POST", b"DELETE", b"HEAD", b"OPTIONS", b"BREW", b"get", b"\xff", b""]),
    st.sampled_from([route.place.encode() for route in ROUTES])
    | st.sampled_from([b"*", b"//", b"http://x/offers", b"/%", b"/%2e%2e/", b"/?" + b"&" * 99, b"/\xc3\xbc"])
    | st.binary(max_size=10).map(lambda raw: b"/" + raw),
    st.sampled_from([b"HTTP/1.1", b"HTTP/1.0", b"HTTP/9.9", b"HTTP/1", b"http/1.1", b""]),
)
#: What a server says by itself to a version of HTTP that it does not speak (RFC 9110, section 15.6.6).
VERSION = b"505"


@settings(max_examples=settings().max_examples)
@given(FIRST | st.binary(max_size=30), st.lists(LINES, max_size=4), BODIES, st.sampled_from([b"\r\n", b"\n"]))
def test_any_bytes_on_the_socket(
    server: Server, first: bytes, lines: list[bytes], body: bytes, end: bytes
) -> None:
    """Whatever arrives, the server answers or hangs up; it never fails, and goes on serving."""
    sent = end.join([first, *lines, b"", body])
    assume(b"WAIT" not in sent.upper())  # it would
    received = b""
    with server.connect() as connection:
        try:
            connection.sendall(sent)
            connection.shutdown(socket.SHUT_WR)
            while piece := connection.recv(65_536):
                received += piece
        except TimeoutError:
            raise
        except OSError:
            return  # it hung up on what was too much, perhaps before all was sent
    status = re.match(rb"HTTP/1\.[01] ([0-9]{3}) ", received)
    assert status is None or status[1] < b"500" or status[1] == VERSION, received


def test_it_still_serves(server: Server) -> None:
    """After all that, a decent client gets what it asks for."""
    answer = server.ask("POST", "/offers", TASK, Content_Type="application/yaml")
    assert answer.status == 200
