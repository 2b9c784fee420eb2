"""Requests of any kind: there is always an answer, it is as the description says, and it is never a fault."""

from __future__ import annotations

import json

from hypothesis import example, given, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, rule

from execbroker.core.lifecycle import Phase
from execbroker.service import Head
from tests.service.served import FORM, ROOT, TASK, Served, credentials, tree

METHODS = st.sampled_from(
    ["GET", "HEAD", "POST", "DELETE", "OPTIONS", "PUT", "PATCH", "TRACE", "BREW", "get", "é"]
)
WORDS = st.sampled_from(
    ["offers", "sessions", "jobs", "id1", "id2", "phase", "results", "parameters", "executionduration",
     "destruction", "openapi.json", "error", "owner", "quote", "", ".", "..", "%2F", "%00", "%", "ü", "\n"]
)  # fmt: skip
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
BODIES = st.one_of(
    st.just(TASK),
    CHANGES,
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
def requests(draw: st.DrawFn, now: int, who: str | None) -> tuple[Head, bytes]:
    """A request that somebody may send, with or without knowing what it does."""
    body, media = draw(BODIES), draw(TYPES)
    headers = [("Content-Length", str(len(body)))]
    headers += [] if media is None else [("Content-Type", media)]
    headers += [] if who is None else [credentials(who)]
    query = draw(PAIRS | st.text(max_size=10))
    return Head(draw(METHODS), draw(PATHS), now, query, (*headers, *draw(HEADERS)), ROOT), body


class Clients(RuleBasedStateMachine):
    """Two people who send anything at all to one service, one after the other."""

    def __init__(self) -> None:
        super().__init__()
        self.served = Served()
        self.owners: dict[str, str] = {}

    @rule(seconds=st.sampled_from([1, 60, 400, 4000]))
    def later(self, seconds: int) -> None:
        """Time passes."""
        self.served.now += seconds

    @rule(who=st.sampled_from(["ann", "bob"]))
    def ask(self, who: str) -> None:
        """Somebody gets offers, if there is room."""
        answer = tree(self.served.ask("POST", "/offers", TASK, who=who))
        self.owners |= {each["offer"]: who for each in answer.get("offers", [])}

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
        head, body = data.draw(requests(self.served.now, who))
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
