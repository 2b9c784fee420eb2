"""UWS below `/jobs`: the same offers as jobs."""

import pytest
from attrs import evolve

from execbroker.languages.uws.exchange import Response
from tests.service.served import FORM, ROOT, TASK, Served, tree


def made(response: Response) -> str:
    """The identifier of the job that a response sends its client to."""
    assert response.status == 303, response.body
    return (response.header("Location") or "").removeprefix(f"{ROOT}/jobs/")


def test_one_offer_two_views(served: Served) -> None:
    """What was asked for here can be accepted there, and the other way round."""
    by_form = made(served.post("/jobs", TASK=TASK.decode(), RUNID="mine"))
    by_body = made(served.ask("POST", "/jobs", TASK))
    session = served.offer()

    assert tree(served.ask("GET", f"/sessions/{by_form}"))["task"] == "mine"
    accepted = served.change(by_body, "ACCEPTED", amounts={"cores": 4})
    assert tree(accepted)["job"] == f"{ROOT}/jobs/{by_body}"
    assert served.ask("GET", f"/jobs/{by_body}/phase").body in (b"QUEUED", b"EXECUTING")
    assert served.ask("GET", f"/jobs/{session}/phase").body == b"PENDING"
    assert served.post(f"/jobs/{session}/phase", PHASE="ABORT").status == 303
    assert tree(served.ask("GET", f"/sessions/{session}"))["phase"] == "REJECTED"
    assert served.ask("GET", f"/jobs/{by_form}").body.count(b"fringe fit") == 1


def test_an_offer_is_passed_to_the_runner(served: Served) -> None:
    """Please run this: a job can be made of an offer that is there."""
    session = served.offer()

    assert made(served.post("/jobs", OFFER=session)) == session
    assert served.ask("GET", f"/jobs/{session}/phase").body == b"PENDING"
    assert made(served.post("/jobs", OFFER=session, PHASE="RUN")) == session
    assert tree(served.ask("GET", f"/sessions/{session}"))["phase"] != "OFFERED"
    assert served.post("/jobs", OFFER=session, TASK="{}").status == 400
    assert served.post("/jobs", OFFER="nothing").status == 404


def test_no_is_no_job(served: Served) -> None:
    """A task that cannot be run is refused with the reasons, one that makes no sense with its problems."""
    no = served.post("/jobs", TASK="compute-resources: {cores: 64}")
    assert (no.status, b"resource-exceeds-capacity" in no.body) == (403, True)
    bad = served.post("/jobs", TASK="cores: 64")
    assert (bad.status, bad.header("Content-Type")) == (400, "text/plain; charset=utf-8")
    assert served.ask("POST", "/jobs", b"x", Content_Type="multipart/form-data; boundary=x").status == 415
    assert served.broker.sessions(served.now) == []


def test_deleted_jobs_are_not_listed(served: Served) -> None:
    """And stay sessions, which are never forgotten."""
    session = served.offer()
    assert served.post(f"/jobs/{session}", ACTION="DELETE").status == 303

    assert b"jobref" not in served.ask("GET", "/jobs").body
    assert tree(served.ask("GET", f"/sessions/{session}"))["phase"] == "REJECTED"


def test_waiting(served: Served) -> None:
    """A client that waits is answered when the phase has changed, or when it has waited long enough."""
    session = served.offer()
    head = served.head("GET", f"/jobs/{session}", query="WAIT=30")
    first = served.service.respond(head)
    assert first.until == served.now + 30

    later = served.service.again(first, evolve(head, now=served.now + 10))
    assert later.until == first.until
    assert served.service.again(first, evolve(head, now=served.now + 30)).until is None
    served.now += 11
    served.change(session, "REJECTED")
    changed = served.service.again(later, evolve(head, now=served.now))
    assert changed.until is None
    assert b"<uws:phase>ABORTED" in changed.body


@pytest.mark.parametrize("phase", ["PHASE=RUN&PHASE=ABORT", "PHASE=STOP", "WAIT=1"])
def test_bad_forms(served: Served, phase: str) -> None:
    """What UWS has no meaning for is 400."""
    path = f"/jobs/{served.offer()}/phase"

    assert served.ask("POST", path, phase.encode(), Content_Type=FORM).status == 400
