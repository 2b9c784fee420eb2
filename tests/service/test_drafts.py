"""The draft's languages over HTTP, exchange by exchange."""

from __future__ import annotations

import json
import re
from pathlib import Path
from typing import Any

import pytest

from execbroker.adapters.books.broker import BookBroker
from execbroker.adapters.books.memory import MemoryStore
from execbroker.adapters.owners import RememberedOwners
from execbroker.adapters.runners.virtual import VirtualRunner
from execbroker.core.amounts import Amounts
from execbroker.core.answer import Answer
from execbroker.core.interfaces import Broker, Refused, Runner
from execbroker.core.lifecycle import Phase
from execbroker.core.platform import Booking, Platform, Pool
from execbroker.core.problems import Problem
from execbroker.core.session import Job, Session
from execbroker.core.spans import Span
from execbroker.core.task import Task
from execbroker.languages import read_answer
from execbroker.languages.drafts.uris import uuid_of
from execbroker.service import CALYCOPIS_2026, OPEN, Policy, Service, Who
from execbroker.service.endpoints import SEED
from execbroker.service.memory import Memory, Said
from execbroker.service.seed.asking import ASKING
from execbroker.service.seed.sessions import SESSIONS
from tests.service.served import NOW, ROOT, Served, tree
from tests.service.spoken import DIALECTS, JSON, Dialect
from tests.service.test_results import Leaving

#: Between 14:00 and 15:00 half of the cores are taken, so that there is more than one offer.
PLATFORM = Platform(
    "here",
    (Pool("batch", Amounts({"cores": 16_000, "memory": 2**40}), max_duration=14_400),),
    bookings=(Booking("batch", Span(NOW + 7200, NOW + 10_800), Amounts({"cores": 12_000})),),
    executables=frozenset({"docker-container"}),
    release=60,
)


class Unwilling(Runner):
    """A runner that takes nothing."""

    def run(self, session: Session, now: int) -> Job:
        """Refused."""
        raise Refused("too-busy", "come back tomorrow")

    def job(self, identifier: str, now: int) -> Job:
        """There are none."""
        raise Refused("job-unknown", "there is no such job")

    def abort(self, identifier: str, now: int) -> Job:
        """There are none."""
        raise Refused("job-unknown", "there is no such job")


class Raced(Broker):
    """A broker whose other clients always take what is not held."""

    def __init__(self) -> None:
        self._broker = broker()

    def plan(self, task: Task, now: int) -> Answer:
        """As ever."""
        return self._broker.plan(task, now)

    def accept(self, offer: str, now: int, **chosen: Any) -> Session:
        """Only the least can be had."""
        if chosen["amounts"] != self.session(offer, now).offer.minima:
            raise Refused("busy", "others were faster")
        return self._broker.accept(offer, now, **chosen)

    def reject(self, offer: str, now: int) -> Session:
        """As ever."""
        return self._broker.reject(offer, now)

    def cancel(self, session: str, now: int) -> Session:
        """As ever."""
        return self._broker.cancel(session, now)

    def session(self, identifier: str, now: int) -> Session:
        """As ever."""
        return self._broker.session(identifier, now)


def broker(store: MemoryStore | None = None, prefix: str = "id") -> BookBroker:
    """A broker for that, whose names are no UUIDs."""
    names = iter(f"{prefix}{number}" for number in range(10_000))
    return BookBroker([PLATFORM], store or MemoryStore(), lambda: next(names))


@pytest.fixture(params=DIALECTS)
def spoken(request: pytest.FixtureRequest) -> Dialect:
    """Each language."""
    served = Served()
    served.broker = broker()
    served.serve()
    return DIALECTS[request.param].of(served)


def cores(document: dict[str, Any]) -> Any:
    """The cores that a session is offered, or has."""
    compute = document["compute"] if "compute" in document else document["resources"]["compute"][0]
    return compute["cores"].get("offered", compute["cores"])


def test_yes(spoken: Dialect) -> None:
    """A request is answered with offers, which lead to where they can be read again, as can the set itself."""
    response = spoken.ask(Accept=JSON)
    answer = json.loads(response.body)

    assert (response.status, answer["result"], len(answer["offers"])) == (200, "YES", 2)
    where = spoken.known(answer)["href" if spoken.name.startswith("IVOA") else "url"]
    assert (
        where
        == response.header("Content-Location")
        == f"{ROOT}{spoken.mount}/offersets/{spoken.uuid(answer)}"
    )
    assert json.loads(spoken.get(f"/offersets/{spoken.uuid(answer)}", Accept=JSON).body) == answer
    for offer in answer["offers"]:
        assert (
            offer[spoken.type_key]
            .rpartition("/")[2]
            .startswith(("execution-session", "scheduled-execution-session"))
        )
        assert (offer["phase"], spoken.options(offer)) == ("OFFERED", ["ACCEPTED", "REJECTED"])
        assert json.loads(spoken.get(f"/sessions/{spoken.uuid(offer)}", Accept=JSON).body) == offer
        assert "PT1M" in json.dumps(offer["schedule"]["releasing"])
    assert read_answer(response.body, "answer.json").unwrap().is_yes


def test_no(spoken: Dialect) -> None:
    """What is well formed and cannot be run is NO with messages and 200; it is kept to be read again."""
    for request in (
        spoken.request(cores=64, most=64),
        {**spoken.request(), "executable": {spoken.type_key: "urn:x"}},
    ):
        response = spoken.ask(request)
        answer = tree(response)
        message = spoken.known(answer)["messages"][0]

        assert (response.status, answer["result"], "offers" in answer) == (200, "NO", False)
        assert message["level"] == "WARN"
        assert "$" not in message["message"]
        assert spoken.get(f"/offersets/{spoken.uuid(answer)}").body == response.body
        assert spoken.get(f"/offersets/{spoken.uuid(answer)}", "bob").status == 404
    assert spoken.served.broker.sessions(NOW) == []


def test_doubts_are_told(spoken: Dialect) -> None:
    """What a reader warns of is a message beside the offers, also when they are read again."""
    answer = tree(spoken.ask(spoken.request(duration="P1H")))
    (message,) = spoken.known(answer)["messages"]

    assert (answer["result"], message["level"]) == ("YES", "WARN")
    assert message[spoken.type_key] == "urn:execbroker:problem:duration-form"
    assert message["values"]["path"] == "schedule.requested.duration"
    again = tree(spoken.get(f"/offersets/{spoken.uuid(answer)}"))
    assert spoken.known(again)["messages"] == [message]


@pytest.mark.parametrize(
    ("content_type", "accept", "media"),
    [
        (None, None, "application/yaml"),
        (JSON, None, "application/yaml"),
        (None, JSON, JSON),
        ("text/yaml", "application/json, application/yaml", "application/yaml"),
        (JSON, "*/*", "application/yaml"),
    ],
)
def test_types(spoken: Dialect, content_type: str | None, accept: str | None, media: str) -> None:
    """YAML and JSON go in and come out; where nothing is said, or both alike, it is YAML (draft, section 5.2)."""
    body = json.dumps(spoken.request()).encode()  # JSON is YAML
    headers = {name: text for name, text in (("Content_Type", content_type), ("Accept", accept)) if text}
    asked = spoken.served.ask("POST", spoken.mount + spoken.asking, body, **headers)

    assert (asked.status, asked.header("Content-Type")) == (200, media)
    assert asked.body.startswith(b"{") is (media == JSON)
    accepted = {} if accept is None else {"Accept": accept}
    for path in (f"/offersets/{spoken.uuid(tree(asked))}", f"/sessions/{spoken.offers()[0]}"):
        assert spoken.get(path, **accepted).header("Content-Type") == media
        assert spoken.get(path, Accept="text/html").status == 406
    assert spoken.post(spoken.asking, body, Content_Type="application/xml").status == 415


@pytest.mark.parametrize(
    "body",
    [b"", b"\x00", b"{", b"[]", b"YES", b"- a", b"{request: 1}", b"a: &a [*a]", b"[" * 5000, b"lang: IVOA-TDL-1.0",
     b"schedule: {requested: {duration: -PT1H}}", b"costs: 4", b"resources: {compute: 1}", b"\xff\xfe"],
)  # fmt: skip
def test_no_request(spoken: Dialect, body: bytes) -> None:
    """What is no request is 400, with a problem document that says where."""
    for path in (spoken.asking, "/direct"):
        response = spoken.served.ask("POST", spoken.mount + path, body)
        if path == "/direct" and spoken.name.startswith("IVOA"):
            assert response.status == 404
            continue
        assert (response.status, response.header("Content-Type")) == (400, "application/problem+json")
        assert tree(response)["problems"]


def test_limits(spoken: Dialect) -> None:
    """A request costs no more than in the seed language, and nothing that is half there is acted on."""
    large = b" " * (spoken.served.service.limits.body + 1)
    for path in (spoken.asking, "/sessions/6d0a0000-0000-4000-8000-000000000001"):
        assert spoken.post(path, large).status == 413
        assert spoken.post(path, spoken.request(), Content_Length="9999").status == 400
        assert spoken.post(path, spoken.request(), Content_Encoding="gzip").status == 415
        assert spoken.post(path, spoken.request(), query="x=1").status == 400
        assert spoken.post(path, spoken.request(), Origin="https://evil.example.org").status == 403
    assert spoken.served.broker.sessions(NOW) == []


def test_many_doubts() -> None:
    """What is kept of a set has a limit, whatever its request says."""
    memory = Memory(iter("ab").__next__)
    problem = Problem("x", "x" * 60, severity="warning")
    memory.note(memory.new(), Said(None, NOW, problems=(problem,) * 100))
    kept = memory.said("a")
    assert kept is not None
    assert len(kept.problems) == 20
    for number in range(1000):
        memory.note(str(number), Said(None, NOW))
    assert memory.said("a") is None


def test_unknown_types_of_components(spoken: Dialect) -> None:
    """A resource of no type that the schema has makes no sense, and is 400 with its path."""
    request = json.loads(json.dumps(spoken.request()).replace("simple-compute-resource", "quantum-resource"))
    response = spoken.ask(request)

    assert response.status == 400
    assert [each["code"] for each in tree(response)["problems"]] == ["unknown-type"]


def test_accept(spoken: Dialect) -> None:
    """The reply shows the new phase, what was taken, and what may be asked next; the siblings are rejected."""
    answer = tree(spoken.ask())
    first, second = (spoken.uuid(each) for each in answer["offers"])
    accepted = tree(spoken.change(first, "ACCEPTED"))

    assert accepted["phase"] in ("WAITING", "PREPARING", "AVAILABLE", "READY")
    assert spoken.options(accepted) == ["CANCELLED"]
    again = tree(spoken.get(f"/offersets/{spoken.uuid(answer)}"))
    assert [each["phase"] for each in again["offers"]] == [accepted["phase"], "REJECTED"]
    assert (again["result"], spoken.phase(second)) == ("YES", "REJECTED")
    refused = spoken.change(second, "ACCEPTED")
    assert (refused.status, tree(refused)["phase"], tree(refused)["options"]) == (409, "REJECTED", [])
    spoken.served.now = NOW + 3700
    assert spoken.phase(first) == "RUNNING"


def test_amounts_of_what_was_accepted(spoken: Dialect) -> None:
    """Before, they say what there may be; after, what there is."""
    offer = tree(spoken.ask())["offers"][1]
    accepted = tree(spoken.change(spoken.uuid(offer), "ACCEPTED"))

    assert (cores(offer), cores(accepted)) == ({"min": 4, "max": 8}, {"min": 8, "max": 8})


@pytest.mark.parametrize("path", ["phase", "/phase"])
def test_reject_and_cancel(spoken: Dialect, path: str) -> None:
    """Both ways to write the path are understood; what is asked twice is not done twice."""
    first, second = spoken.offers()
    for _ in range(2):
        rejected = tree(spoken.change(first, "REJECTED", path=path))
        assert (rejected["phase"], spoken.options(rejected)) == ("REJECTED", [])
    assert spoken.change(second, "ACCEPTED", path=path).status == 200
    for _ in range(2):
        cancelled = tree(spoken.change(second, "CANCELLED", path=path))
        assert (cancelled["phase"], spoken.options(cancelled)) == ("CANCELLED", [])
    identifier = spoken.served.broker.sessions(NOW)[0].identifier
    assert spoken.offers(cores=16, most=16)
    assert spoken.served.runner.job(identifier, NOW + 5000).phase is Phase.CANCELLED


def test_expiry(spoken: Dialect) -> None:
    """An offer that was left alone is EXPIRED, and nothing can be asked of it any more."""
    answer = tree(spoken.ask())
    spoken.served.now += 300
    again = tree(spoken.get(f"/offersets/{spoken.uuid(answer)}"))

    assert {each["phase"] for each in again["offers"]} == {"EXPIRED"}
    for value in ("ACCEPTED", "REJECTED", "CANCELLED"):
        refused = spoken.change(spoken.uuid(answer["offers"][0]), value)
        assert (refused.status, tree(refused)["phase"], tree(refused)["options"]) == (409, "EXPIRED", [])


@pytest.mark.parametrize(
    ("given", "status", "code"),
    [
        ({"value": "CANCELLED"}, 409, "phase"),
        ({"value": "FAILED"}, 422, "update"),
        ({"value": "COMPLETED"}, 422, "update"),
        ({"value": "accepted"}, 422, "update"),
        ({"value": "ACCEPTED", "path": "compute.cores"}, 422, "update"),
        ({"value": "ACCEPTED", "path": "//phase"}, 422, "update"),
        ({"value": 5, "kind": "uri:integer-value-update"}, 422, "update"),
        ({"value": "ACCEPTED", "kind": "uri:string-value-update"}, 422, "update"),
        ({"value": "ACCEPTED", "kind": "urn:my-update"}, 400, "invalid-document"),
        ({"value": None}, 400, "invalid-document"),
        ({"value": ["ACCEPTED"]}, 400, "invalid-document"),
        ({"value": "ACCEPTED", "phase": "ACCEPTED"}, 400, "invalid-document"),
    ],
)
def test_illegal_updates(spoken: Dialect, given: dict[str, Any], status: int, code: str) -> None:
    """They are refused with a proper error, never answered with the session as it was, and change nothing."""
    session, _ = spoken.offers()
    before = spoken.get(f"/sessions/{session}").body
    asked = {spoken.type_key if key == "kind" else key: value for key, value in given.items()}
    response = spoken.post(f"/sessions/{session}", spoken.update(**asked))

    assert (response.status, tree(response)["code"]) == (status, code)
    assert spoken.get(f"/sessions/{session}").body == before
    if status == 409:
        assert tree(response)["options"] == ["ACCEPTED", "REJECTED"]
    else:
        assert tree(response)["problems"]


@pytest.mark.parametrize("body", [b"", b"{", b"[]", b"ACCEPTED", b"{update: 4}", b"{}", b"phase: ACCEPTED"])
def test_no_update(spoken: Dialect, body: bytes) -> None:
    """What is no update is 400."""
    session, _ = spoken.offers()

    assert spoken.post(f"/sessions/{session}", body, Content_Type="application/yaml").status == 400
    assert spoken.phase(session) == "OFFERED"


def test_bound_to_what_was_seen(spoken: Dialect) -> None:
    """A client that has a document need not get it again, and may bind a change to it."""
    path = f"/sessions/{spoken.offers()[0]}"
    tag = spoken.get(path).header("ETag") or ""

    assert spoken.get(path, If_None_Match=tag).status == 304
    assert spoken.post(path, spoken.update("REJECTED"), If_Match='"old"').status == 412
    assert spoken.post(path, spoken.update("REJECTED"), If_Match=tag).status == 200
    assert spoken.post(path, spoken.update("REJECTED"), If_Match=tag).status == 412


@pytest.mark.parametrize(
    "given", ["nothing", "id1", "6d0a0000-0000-4000-8000-000000000001", "%00", "é", "x" * 900]
)
def test_unknown(spoken: Dialect, given: str) -> None:
    """What is no UUID of anything here is 404."""
    spoken.offers()
    for path in (f"/sessions/{given}", f"/offersets/{given}"):
        assert spoken.get(path).status == 404
    assert spoken.change(given, "ACCEPTED").status == 404


def test_one_session_in_all_languages(spoken: Dialect) -> None:
    """The same offers can be looked at and changed in every language, and as jobs."""
    served = spoken.served
    (other,) = [each.of(served) for each in DIALECTS.values() if each.name != spoken.name]
    answer = tree(spoken.ask())
    session = spoken.uuid(answer["offers"][0])
    assert tree(other.get(f"/offersets/{spoken.uuid(answer)}"))["result"] == "YES"
    assert other.change(session, "ACCEPTED").status == 200

    (identifier,) = [
        each["session"]
        for each in tree(served.ask("GET", "/sessions"))["sessions"]
        if each["phase"] != "REJECTED"
    ]
    assert uuid_of(identifier) == session
    assert served.ask("GET", f"/jobs/{identifier}/phase").body == b"QUEUED"
    assert tree(served.change(identifier, "CANCELLED"))["phase"] == spoken.phase(session) == "CANCELLED"


def test_preferences(spoken: Dialect) -> None:
    """A client may want few offers, and say which come first."""
    shortest = spoken.ask(None, query="max-offers=1")
    longest = tree(spoken.ask(None, query="prefer=longest"))

    assert len(tree(shortest)["offers"]) == 1
    lengths = [
        re.findall(r'"duration": "PT(\d+)H"', json.dumps(each["schedule"]))[-1] for each in longest["offers"]
    ]
    assert lengths == sorted(lengths, reverse=True)
    for wrong in (
        "max-offers=0",
        "max-offers=x",
        "prefer=best",
        "alternatives=true",
        "prefer=longest&prefer=largest",
    ):
        assert spoken.ask(None, query=wrong).status == 400


def test_names_of_any_kind(spoken: Dialect) -> None:
    """A UUID that was sent out leads back, whatever the broker calls things and whichever process it was."""
    store, served = MemoryStore(), spoken.served
    for prefix in ("offer ", "f" * 31, "0f0c0000-0000-4000-8000-00000000000"):
        served.broker = broker(store, prefix)
        served.serve()
        answer = tree(spoken.ask())
        served.serve()  # another process, which remembers nothing
        again = tree(
            spoken.get(f"/offersets/{spoken.uuid(answer)}".upper().replace("/OFFERSETS", "/offersets"))
        )
        assert again["offers"] == answer["offers"]
        for offer in answer["offers"]:
            assert tree(spoken.change(spoken.uuid(offer), "REJECTED"))["phase"] == "REJECTED"
            assert spoken.get(f"/sessions/{spoken.uuid(offer)}", "bob").status == 404


def test_any_broker(spoken: Dialect) -> None:
    """A broker that keeps neither owners nor groups is given both."""
    served = spoken.served
    served.service = Service(RememberedOwners(broker()), served.authentication)
    answer = tree(spoken.ask(None, query="max-offers=1"))

    assert len(tree(spoken.get(f"/offersets/{spoken.uuid(answer)}"))["offers"]) == 1
    assert tree(spoken.change(spoken.uuid(answer["offers"][0]), "ACCEPTED"))["phase"] == "ACCEPTED"


def test_asked_by_nobody(spoken: Dialect) -> None:
    """Where anybody may ask, who has no name is told what there is, and can neither take it nor read it again."""
    served = spoken.served
    served.serve(Policy(ask=Who.ANYBODY))
    for request in (spoken.request(), spoken.request(cores=64, most=64)):
        answer = tree(spoken.ask(request, None))
        assert all(spoken.options(each) == [] for each in answer.get("offers", []))
        assert spoken.get(f"/offersets/{spoken.uuid(answer)}").status == 404
        assert spoken.get(f"/offersets/{spoken.uuid(answer)}", None).status == 401


class TestDirect:
    """Calycopis' way to run something at once."""

    @pytest.fixture
    def direct(self) -> Dialect:
        """A service that speaks it."""
        served = Served()
        served.broker = broker()
        served.serve()
        return DIALECTS["2026"].of(served)

    def test_runs(self, direct: Dialect) -> None:
        """The earliest offer is taken, for what was asked for, and can be cancelled at once."""
        response = direct.post("/direct", direct.request(cores=2, most=3))
        session = tree(response)
        where = f"{ROOT}/calycopis-1.0/sessions/{direct.uuid(session)}"

        assert (response.status, response.header("Content-Location")) == (200, where)
        assert session["kind"].endswith("/scheduled-execution-session.yaml")
        assert (session["phase"], direct.options(session)) == ("WAITING", ["CANCELLED"])
        assert session["schedule"]["available"] == {"start": "2023-05-09T13:00:00Z/PT0S", "duration": "PT1H"}
        assert cores(session) == {"min": 3, "max": 3}
        assert len([each for each in direct.served.broker.sessions(NOW) if each.phase is Phase.WAITING]) == 1
        assert tree(direct.change(direct.uuid(session), "CANCELLED"))["phase"] == "CANCELLED"

    def test_takes_no_more_than_was_asked(self, direct: Dialect) -> None:
        """Who doesn't say how much it can use is not given the whole machine."""
        request = direct.request()
        request["compute"]["cores"] = {"min": 2}
        session = tree(direct.post("/direct", request))

        assert cores(session) == {"min": 2, "max": 2}

    def test_says_why_not(self, direct: Dialect) -> None:
        """What cannot be run is 400 with the messages of a NO, and no session."""
        response = direct.post("/direct", direct.request(cores=64, most=64))
        document = tree(response)

        assert (response.status, document["code"]) == (400, "no-offer")
        assert document["detail"] == "it cannot be run: 64 cores asked, the pool has 16"
        assert document["messages"][0]["values"]["asked"] == "64"
        assert direct.served.broker.sessions(NOW) == []

    def test_doubts(self, direct: Dialect) -> None:
        """What a reader warns of is a message of the session."""
        session = tree(direct.post("/direct", direct.request(duration="P1H")))

        assert [each["level"] for each in session["meta"]["messages"]] == ["WARN"]
        assert tree(direct.get(f"/sessions/{direct.uuid(session)}")) == session

    def test_who_may(self, direct: Dialect) -> None:
        """Who runs something asks and accepts, and must be allowed to do both."""
        for policy in (Policy(ask=Who.ANYBODY), Policy(change=Who.ANYBODY), Policy()):
            direct.served.serve(policy)
            assert direct.post("/direct", direct.request(), None).status == 401
        assert direct.served.broker.sessions(NOW) == []

    def test_the_rest_is_let_go(self, direct: Dialect) -> None:
        """A runner that takes nothing leaves nothing behind."""
        served = direct.served
        served.serve(runner=Unwilling())
        response = direct.post("/direct", direct.request())

        assert (response.status, tree(response)["code"]) == (400, "too-busy")
        assert not any(
            each.phase in (Phase.OFFERED, Phase.ACCEPTED, Phase.WAITING)
            for each in served.broker.sessions(NOW)
        )

    def test_others_were_faster(self, direct: Dialect) -> None:
        """What was held is taken where the rest of an offer is gone."""
        direct.served.service = Service(RememberedOwners(Raced()), direct.served.authentication)
        response = direct.post("/direct", direct.request(cores=2, most=3))

        assert (response.status, cores(tree(response))) == (200, {"min": 2, "max": 2})

    def test_what_goes_out_reads_as_it_should(self, direct: Dialect) -> None:
        """Times have the forms that generated clients check, and all UUIDs are some."""
        text = json.dumps(tree(direct.post("/direct", direct.request())))

        assert re.findall(r'"start": "([^"]+)"', text)
        for uuid in re.findall(r'"uuid": "([^"]+)"', text):
            assert re.fullmatch(r"[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}", uuid)


def test_at_the_root() -> None:
    """Who serves one of the languages alone may put it where its clients look first, or anywhere."""
    for mount in ("", "/a/b"):
        endpoints = CALYCOPIS_2026.mounted(mount) if mount else CALYCOPIS_2026
        served = Served(endpoints=(endpoints,))
        answer = tree(
            served.ask("POST", f"{mount}/requests", json.dumps(DIALECTS["2026"].request()).encode())
        )
        url = answer["meta"]["url"]
        assert url == f"{ROOT}{mount}/offersets/{answer['meta']['uuid']}"
        assert served.ask("GET", url.removeprefix(ROOT)).status == 200
    for wrong in ("", "/", "x", "/x/", "/{x}", "/x y"):
        with pytest.raises(ValueError, match="no path"):
            CALYCOPIS_2026.mounted(wrong)


def test_the_seed_elsewhere() -> None:
    """Every language can be moved, UWS too, and names its own places."""
    served = Served(endpoints=[each.mounted("/seed") for each in SEED])
    offer = tree(served.ask("POST", "/seed/offers", b"{}"))["offers"][0]

    assert offer["runner"] == f"{ROOT}/seed/jobs"
    made = served.post("/seed/jobs", "ann", OFFER=offer["offer"])
    assert made.header("Location") == f"{ROOT}/seed/jobs/{offer['offer']}"
    assert served.ask("GET", f"/seed/jobs/{offer['offer']}").status == 200
    assert served.ask("GET", "/jobs").status == 404


def test_everybodys(spoken: Dialect) -> None:
    """With the open policy nobody needs a name, in no language."""
    spoken.served.serve(OPEN)
    session, _ = (spoken.uuid(each) for each in tree(spoken.ask(None, None))["offers"])

    assert spoken.change(session, "ACCEPTED", None).status == 200


def test_asked_at_the_seeds_place(spoken: Dialect) -> None:
    """A request that comes to `/offers` is answered as at its own place, and can be gone on with there."""
    body = json.dumps(spoken.request()).encode()
    answer = tree(spoken.served.ask("POST", "/offers", body))
    again = spoken.get(f"/offersets/{spoken.uuid(answer)}")
    assert tree(again) == answer
    assert answer["offers"][0]["executable"]["image"]["locations"] == ["a/b:1"]
    assert spoken.change(spoken.uuid(answer["offers"][0]), "ACCEPTED").status == 200

    spoken.served.serve(
        endpoints=SEED
    )  # it speaks the language, but there is no place for more than an answer
    assert tree(spoken.served.ask("POST", "/offers", body))["result"] in ("YES", "NO")


def test_the_text_of_2024(spoken: Dialect) -> None:
    """It is answered where the seed is, in its own way."""
    compute = {
        "type": "https://www.purl.org/ivoa.net/resource-types/generic-compute",
        "spec": {"cores": {"min": 2}},
    }
    asked = {"request": {"resources": {"compute": [compute]}}}
    answer = tree(spoken.served.ask("POST", "/offers", json.dumps(asked).encode()))

    assert answer["response"]["result"] == "YES"


def test_what_else_there_is_to_say(spoken: Dialect) -> None:
    """What would do instead, and what was left out, are messages; they are no reasons, and can be read again."""
    no = spoken.ask(spoken.request(cores=20, most=20))
    few = spoken.ask(None, query="max-offers=1")
    for response, code in ((no, "alternative"), (few, "omitted")):
        document = tree(response)
        messages = spoken.known(document)["messages"]
        remarks = [each for each in messages if each[spoken.type_key] == f"urn:execbroker:remark:{code}"]
        assert {each["level"] for each in remarks} == {"INFO"}
        assert tree(spoken.get(f"/offersets/{spoken.uuid(document)}")) == document
        reasons = read_answer(response.body, "answer.yaml").unwrap().reasons
        assert [each.code for each in reasons] == (
            ["resource-exceeds-capacity"] if code == "alternative" else []
        )
    (told,) = [each["message"] for each in spoken.known(tree(few))["messages"]]
    assert told == "1 more offers were left out"


def test_what_became_of_it(spoken: Dialect, tmp_path: Path) -> None:
    """How a job ended and where its results are is told, and they can be fetched there."""
    served = spoken.served
    served.serve(runner=Leaving(VirtualRunner(served.broker), tmp_path))
    session = spoken.offers()[0]
    spoken.change(session, "ACCEPTED")
    for served.now in (NOW + 4000, NOW + 20_000):
        spoken.phase(session)
    document = tree(spoken.get(f"/sessions/{session}"))
    told = {each[spoken.type_key].rpartition(":")[2]: each for each in spoken.known(document)["messages"]}

    assert document["phase"] == "COMPLETED"
    assert told["exit-status"]["values"] == {"status": "0"}
    where = [
        each["values"]["location"]
        for each in spoken.known(document)["messages"]
        if "location" in each["values"]
    ]
    assert served.ask("GET", where[0].removeprefix(ROOT)).body == b"0123456789"


def test_places_that_are_not_there(spoken: Dialect) -> None:
    """A document names no place that the service does not have."""
    served = spoken.served
    served.serve(endpoints=(ASKING, SESSIONS))
    offer = tree(served.ask("POST", "/offers", b"{}"))["offers"][0]
    assert "runner" not in offer
    assert "job" not in tree(served.change(offer["offer"], "ACCEPTED"))
