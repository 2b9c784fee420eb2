"""Nobody sees, accepts, cancels or changes what is another's, unless the policy says that it is public."""

import json
from urllib.parse import urlencode

import pytest

from execbroker.adapters.books.broker import BookBroker
from execbroker.adapters.books.memory import MemoryStore
from execbroker.adapters.owners import RememberedOwners
from execbroker.languages.drafts.uris import uuid_of
from execbroker.service import OPEN, Policy, Service, Who
from tests.service.served import FORM, Served, tree
from tests.service.spoken import DIALECTS

#: All that can be asked of one session, job or set of offers; `{}` is its identifier, `{uuid}` and `{set}` UUIDs.
READS = [
    "/sessions/{}",
    "/jobs/{}",
    "/jobs/{}?WAIT=0",
    "/eb-2025/sessions/{uuid}",
    "/eb-2025/offersets/{set}",
    "/calycopis-1.0/sessions/{uuid}",
    "/calycopis-1.0/offersets/{set}",
] + [
    f"/jobs/{{}}/{name}"
    for name in [
        "phase",
        "executionduration",
        "destruction",
        "quote",
        "owner",
        "error",
        "parameters",
        "results",
    ]
]
CHANGES = [
    ("POST", "/sessions/{}", "phase: ACCEPTED"),
    ("POST", "/sessions/{}", "phase: REJECTED"),
    ("POST", "/sessions/{}", "phase: CANCELLED"),
    ("POST", "/sessions/{}", "{}"),
    ("POST", "/jobs/{}/phase", {"PHASE": "RUN"}),
    ("POST", "/jobs/{}/phase", {"PHASE": "ABORT"}),
    ("POST", "/jobs/{}/executionduration", {"EXECUTIONDURATION": "60"}),
    ("POST", "/jobs/{}/destruction", {"DESTRUCTION": "2023-05-09T12:00:01Z"}),
    ("POST", "/jobs/{}/parameters", {"TASK": "{}"}),
    ("POST", "/jobs/{}", {"ACTION": "DELETE"}),
    ("DELETE", "/jobs/{}", ""),
    *(
        ("POST", f"{each.mount}/sessions/{{uuid}}", json.dumps(each.update(value)))
        for each in DIALECTS.values()
        for value in ("ACCEPTED", "REJECTED", "CANCELLED", "FAILED", None)
    ),
]
#: What is no job's.
NOTHING = "id99"


def named(path: str, identifier: str) -> str:
    """The path of something; the book calls an answer by the number before that of its first offer."""
    group = f"id{int(identifier.removeprefix('id')) - 1}"
    return path.format(identifier, uuid=uuid_of(identifier), set=uuid_of(group))


def unnamed(body: bytes, identifier: str) -> bytes:
    """What is said of something, without what it is called."""
    group = f"id{int(identifier.removeprefix('id')) - 1}"
    for name in (uuid_of(identifier), uuid_of(group), identifier):
        body = body.replace(name.encode(), b"it")
    return body


def read(served: Served, path: str, identifier: str, who: str | None) -> tuple[int, bytes]:
    """What somebody is told who looks."""
    path, _, query = named(path, identifier).partition("?")
    response = served.ask("GET", path, who=who, query=query)
    return response.status, response.body


def change(
    served: Served, request: tuple[str, str, str | dict[str, str]], identifier: str, who: str | None
) -> tuple[int, bytes]:
    """What somebody is told who changes something."""
    method, path, body = request
    is_form = isinstance(body, dict)
    content = urlencode(body) if isinstance(body, dict) else body
    headers = {"Content_Type": FORM} if is_form else {}
    response = served.ask(method, named(path, identifier), content.encode(), who=who, **headers)
    return response.status, response.body


@pytest.mark.parametrize("is_accepted", [False, True])
def test_what_is_anothers_is_not_there(is_accepted: bool) -> None:
    """Of another's session one hears what one hears of none, and nothing changes."""
    served = Served()
    own = served.offer("ann")
    if is_accepted:
        served.change(own, "ACCEPTED")
    before = served.ask("GET", f"/sessions/{own}").body
    for path in READS:
        status, body = read(served, path, own, "bob")
        nothing = read(served, path, NOTHING, "bob")
        assert (status, unnamed(body, own)) == (nothing[0], unnamed(nothing[1], NOTHING))
        assert status == 404
        assert read(served, path, own, None)[0] == 401
    for each in CHANGES:
        status, body = change(served, each, own, "bob")
        nothing = change(served, each, NOTHING, "bob")
        assert (status, unnamed(body, own)) == (nothing[0], unnamed(nothing[1], NOTHING))
        assert status == 404

    assert served.ask("GET", f"/sessions/{own}").body == before


@pytest.mark.parametrize("request_", CHANGES)
def test_seen_but_not_changed(request_: tuple[str, str, str | dict[str, str]]) -> None:
    """Where all may look, others still change nothing: 403."""
    served = Served(Policy(see=Who.ANYBODY))
    own = served.offer("ann")
    before = tree(served.ask("GET", f"/sessions/{own}"))

    assert change(served, request_, own, "bob")[0] == 403
    assert change(served, request_, own, None)[0] == 401
    assert tree(served.ask("GET", f"/sessions/{own}")) == before
    for path in READS:
        assert read(served, path, own, "bob")[0] == read(served, path, own, None)[0] == 200
    for path in ("/sessions/{}", *(each for each in READS if "{uuid}" in each)):
        assert b"options" in read(served, path, own, "ann")[1]
        assert b"options" not in read(served, path, own, "bob")[1]
    assert change(served, CHANGES[0], own, "ann")[0] == 200


def test_nobody() -> None:
    """Who does not say who it is may ask for nothing and see nothing, and is told how to say so."""
    served = Served()
    own = served.offer()
    asked = [("POST", "/offers"), ("GET", "/sessions"), ("GET", "/jobs"), ("POST", "/jobs")]
    asked += [("POST", each.mount + each.asking) for each in DIALECTS.values()]
    asked += [("POST", "/calycopis-1.0/direct"), ("GET", named("/eb-2025/offersets/{set}", own))]
    for method, path in [*asked, ("GET", f"/sessions/{own}"), ("GET", "/sessions/nothing")]:
        response = served.ask(method, path, who=None)
        assert response.status == 401
        assert response.header("WWW-Authenticate") == 'Basic realm="here", charset="UTF-8"'
    assert served.ask("GET", "/openapi.json", who=None).status == 200


@pytest.mark.parametrize(
    "given", ["Basic !!!", "Basic " + "YW5u", "Bearer x", "Basic YW5uOndyb25n", "Basic", "", " "]
)
def test_wrong_credentials(given: str) -> None:
    """Who claims to be somebody and is not is refused everywhere, also where nobody has to be known."""
    served = Served(OPEN)

    assert served.ask("GET", "/sessions", who=None, Authorization=given).status == 401
    assert served.ask("GET", "/sessions", who=None).status == 200


def test_lists_are_ones_own() -> None:
    """Lists show what one may see."""
    served = Served()
    own, other = served.offer("ann"), served.offer("bob")

    def listed(who: str) -> set[str]:
        return {each["session"] for each in tree(served.ask("GET", "/sessions", who=who))["sessions"]}

    assert (listed("ann"), listed("bob"), listed("cy")) == ({own}, {other}, set())
    jobs = served.ask("GET", "/jobs", who="bob").body
    assert other.encode() in jobs
    assert own.encode() not in jobs


def test_an_offer_of_anothers_is_no_parameter() -> None:
    """A job cannot be made of another's offer."""
    served = Served()
    own = served.offer("ann")

    assert served.post("/jobs", "bob", OFFER=own, PHASE="RUN").status == 404
    assert tree(served.ask("GET", f"/sessions/{own}"))["phase"] == "OFFERED"
    assert served.post("/jobs", "ann", OFFER=own, PHASE="RUN").status == 303


def test_deleted_is_gone_for_its_own_client_alone() -> None:
    """Others hear the same of a deleted job as of one that never was."""
    served = Served()
    own = served.offer("ann")
    assert served.ask("DELETE", f"/jobs/{own}").status == 303

    mine = served.ask("GET", f"/jobs/{own}", who="ann")
    others, nothing = (served.ask("GET", f"/jobs/{each}", who="bob") for each in (own, "id99"))
    assert mine.status == others.status == 404
    assert others.body.replace(own.encode(), b"id99") == nothing.body


def test_everything_is_everybodys() -> None:
    """With the open policy, nobody needs a name."""
    served = Served(OPEN)
    own = served.offer("ann")

    assert served.change(own, "ACCEPTED", None).status == 200
    assert len(tree(served.ask("GET", "/sessions", who=None))["sessions"]) == 1


def test_among_people_who_are_known() -> None:
    """A policy may let all who have a name look and change, and nobody else."""
    served = Served(Policy(see=Who.KNOWN, change=Who.KNOWN))
    own = served.offer("ann")

    assert served.ask("GET", f"/sessions/{own}", who=None).status == 401
    assert len(tree(served.ask("GET", "/sessions", who="bob"))["sessions"]) == 1
    assert served.change(own, "ACCEPTED", "bob").status == 200


def test_no_names_and_yet_secrets() -> None:
    """A service that recognises nobody must say that everything is public."""
    with pytest.raises(ValueError, match="OPEN"):
        Service(Served().broker)
    assert Service(Served().broker, policy=OPEN).policy is OPEN


def test_owners_of_any_broker() -> None:
    """A broker that keeps no owners is given some, as long as the process lives."""
    plain = Served().broker
    kept = RememberedOwners(plain)
    served = Served()
    served.service = Service(kept, served.authentication)
    own = served.offer("ann")

    assert served.ask("GET", f"/sessions/{own}", who="bob").status == 404
    assert served.change(own, "ACCEPTED", "bob").status == 404
    assert served.change(own, "ACCEPTED", "ann").status == 200
    assert [each.identifier for each in kept.sessions(served.now, owner="ann")] == [own]
    assert kept.sessions(served.now, 0) == []
    # What was offered beside it is unknown here.
    beside = plain.plan(kept.session(own, served.now).task, served.now).offers[0].identifier
    assert served.ask("GET", f"/sessions/{beside}").status == 404


def test_owners_outlive_the_service() -> None:
    """Another service with the same book knows whose what is."""
    store = MemoryStore()
    platforms = [site.platform for site in Served().broker._sites.values()]
    names = iter("abcdef")
    served = Served()
    served.service = Service(BookBroker(platforms, store, lambda: next(names)), served.authentication)
    own = served.offer("ann")
    served.service = Service(BookBroker(platforms, store, lambda: next(names)), served.authentication)

    assert served.ask("GET", f"/sessions/{own}", who="ann").status == 200
    assert served.ask("GET", f"/jobs/{own}/owner", who="ann").body == b"ann"
    assert served.ask("GET", f"/sessions/{own}", who="bob").status == 404
