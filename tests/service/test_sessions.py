"""Sessions: to look, to accept, to reject, to cancel; and what is refused."""

import pytest

from execbroker.core.instants import format_instant
from execbroker.service import Limits
from tests.service.served import NOW, TASK, Served, tree


def test_an_offer_is_a_session(served: Served) -> None:
    """What was offered can be looked at, with what may be asked of it."""
    offered = tree(served.ask("POST", "/offers", TASK))["offers"][0]
    session = tree(served.ask("GET", f"/sessions/{offered['offer']}"))

    assert session["phase"] == "OFFERED"
    assert session["options"] == ["ACCEPTED", "REJECTED"]
    assert session["task"] == "fringe fit"
    assert {**session["offer"], "runner": offered["runner"]} == offered


def test_accept_runs(served: Served) -> None:
    """What is accepted is handed to the runner, and runs for its time."""
    session = served.offer()
    accepted = tree(
        served.change(
            session, "ACCEPTED", start=format_instant(NOW + 3600), duration="PT1H", amounts={"cores": 5}
        )
    )

    assert accepted["phase"] in ("WAITING", "PREPARING", "AVAILABLE")
    assert accepted["run"] == {
        "start": format_instant(NOW + 3600),
        "end": format_instant(NOW + 7200),
        "duration": "PT1H",
        "amounts": {"cores": "5", "memory": "1GiB"},
    }
    assert accepted["job"] == f"https://broker.example.org/exec/jobs/{session}"
    assert accepted["options"] == ["CANCELLED"]
    served.now += 4000
    assert tree(served.ask("GET", f"/sessions/{session}"))["phase"] == "RUNNING"
    served.now += 4000
    done = tree(served.ask("GET", f"/sessions/{session}"))
    assert (done["phase"], done["exit-status"]) == ("COMPLETED", 0)
    assert "options" not in done
    assert done["history"][-1]["phase"] == "COMPLETED"


def test_without_a_runner() -> None:
    """Where there is no runner, what is accepted waits for one."""
    served = Served(runner=None)
    session = served.offer()

    accepted = tree(served.change(session, "ACCEPTED"))
    assert accepted["phase"] == "ACCEPTED"
    assert "job" not in accepted
    assert tree(served.change(session, "CANCELLED"))["phase"] == "CANCELLED"


def test_reject_and_cancel(served: Served) -> None:
    """Both can be said twice; what they held is free again."""
    first, second = served.offer(), served.offer()
    served.change(second, "ACCEPTED")
    for _ in range(2):
        assert tree(served.change(first, "REJECTED"))["phase"] == "REJECTED"
        assert tree(served.change(second, "CANCELLED"))["phase"] == "CANCELLED"

    whole = TASK.replace(b"mincores: 4", b"mincores: 16")
    assert tree(served.ask("POST", "/offers", whole))["result"] == "YES"


def test_refused_as_things_stand(served: Served) -> None:
    """A change that the phase does not allow is 409, changes nothing, and says what may be asked instead."""
    session = served.offer()
    for phase, code in [
        ("CANCELLED", "phase"),
        ("ACCEPTED", None),
        ("REJECTED", "phase"),
        ("ACCEPTED", "phase"),
    ]:
        response = served.change(session, phase)
        if code is None:
            assert response.status == 200
        else:
            assert (response.status, tree(response)["code"]) == (409, code)
    late = served.offer()
    served.now += 10_000
    response = served.change(late, "ACCEPTED")
    assert (response.status, tree(response)["phase"]) == (409, "EXPIRED")


def test_busy(served: Served) -> None:
    """What is gone by now is refused with what is left; an offer outside its limits is 422."""
    first = served.offer()
    second = served.offer()
    assert served.change(first, "ACCEPTED", amounts={"cores": 10}).status == 200
    response = served.change(second, "ACCEPTED", amounts={"cores": 12})
    assert (response.status, tree(response)["code"]) == (409, "busy")
    assert tree(response)["available"]["cores"] == "6"
    response = served.change(second, "ACCEPTED", amounts={"cores": 2})
    assert (response.status, tree(response)["code"]) == (422, "outside-offer")
    assert tree(served.ask("GET", f"/sessions/{second}"))["phase"] == "OFFERED"


@pytest.mark.parametrize(
    ("body", "problems"),
    [
        (b"{}", {"phase": "missing-key"}),
        (b"phase: COMPLETED", {"phase": "phase-not-settable"}),
        (b"phase: [ACCEPTED]", {"phase": "phase-not-settable"}),
        (b"{phase: ACCEPTED, fase: 1}", {"fase": "unknown-key"}),
        (b"{phase: REJECTED, start: 2023-05-11T09:00:00Z}", {"start": "no-run"}),
        (b"{phase: ACCEPTED, session: other}", {"session": "another-session"}),
        (b"{phase: ACCEPTED, start: tomorrow, duration: 10}", {"start": "instant", "duration": "duration-unit"}),
        (b"{phase: ACCEPTED, amounts: {coers: 4, memory: 80g}}",
         {"amounts.coers": "resource-unknown", "amounts.memory": "size-unit"}),
        (b"{phase: ACCEPTED, amounts: 4}", {"amounts": "wrong-type"}),
        (b"{phase: ACCEPTED, amounts: {cores: true}}", {"amounts.cores": "wrong-type"}),
        (b"ACCEPTED", {"": "wrong-type"}),
    ],
)  # fmt: skip
def test_changes_that_make_no_sense(served: Served, body: bytes, problems: dict[str, str]) -> None:
    """All that is wrong with a change is said at once, with paths; nothing is changed."""
    session = served.offer()
    response = served.ask("POST", f"/sessions/{session}", body)

    assert response.status == 400
    assert {each["path"]: each["code"] for each in tree(response)["problems"]} == problems
    assert tree(served.ask("GET", f"/sessions/{session}"))["phase"] == "OFFERED"


def test_problems_that_nobody_would_read_are_not_told(served: Served) -> None:
    """What is wrong with a document is no longer than the document by much, however much it is."""
    many = ", ".join(f"a{number}: 1" for number in range(5000))
    for body in (f"{{phase: ACCEPTED, {many}}}", f"{{phase: ACCEPTED, amounts: {{{many}}}}}"):
        response = served.ask("POST", f"/sessions/{served.offer()}", body.encode())
        assert response.status == 400
        assert len(tree(response)["problems"]) == 100


def test_the_identifier_may_be_repeated(served: Served) -> None:
    """An update may say whose it is, if it says what the URL says (draft, section 5.2.3)."""
    session = served.offer()

    body = f"{{phase: REJECTED, session: {session}}}".encode()
    assert served.ask("POST", f"/sessions/{session}", body).status == 200


def test_tags(served: Served) -> None:
    """Who has what is there need not get it again, and a change can be bound to what its client has seen."""
    path = f"/sessions/{served.offer()}"
    seen = served.ask("GET", path)
    tag, other = (
        seen.header("ETag") or "",
        served.ask("GET", path, Accept="application/json").header("ETag") or "",
    )

    assert tag != other
    assert served.ask("GET", path, If_None_Match=f'"x", W/{tag}').status == 304
    assert served.ask("GET", path, If_None_Match=other).status == 200
    assert served.ask("POST", path, b"phase: ACCEPTED", If_Match='"old"').status == 412
    assert served.ask("POST", path, b"phase: ACCEPTED", If_Match=other).status == 200
    assert served.ask("POST", path, b"phase: CANCELLED", If_Match=tag).status == 412
    assert served.ask("GET", path, If_None_Match=tag).status == 200


def test_lists(served: Served) -> None:
    """The newest come first, chosen by phase and counted off."""
    first, second, third = served.offer(), served.offer(), served.offer()
    served.change(first, "REJECTED")

    def listed(query: str = "") -> list[str]:
        return [each["session"] for each in tree(served.ask("GET", "/sessions", query=query))["sessions"]]

    assert listed() == [third, second, first]
    assert listed("phase=REJECTED") == [first]
    assert listed("phase=REJECTED&phase=OFFERED&last=2") == [third, second]
    assert listed("last=0") == []
    for wrong in ("phase=NONE", "last=-1", "last=1&last=2", "limit=3", "last=%FF"):
        assert served.ask("GET", "/sessions", query=wrong).status == 400


def test_what_is_looked_for_is_not_hidden_by_what_is_newer() -> None:
    """A list that shows one session shows the newest of the phase that is asked for."""
    served = Served(limits=Limits(listed=1))
    old, other = served.offer(), served.offer()
    served.change(old, "REJECTED")
    served.offer()

    def listed(query: str) -> list[str]:
        return [each["session"] for each in tree(served.ask("GET", "/sessions", query=query))["sessions"]]

    assert listed("phase=REJECTED") == [old]
    assert len(listed("phase=OFFERED")) == 1
    assert other not in listed("phase=OFFERED&last=9")


def test_unknown(served: Served) -> None:
    """What is not there is 404."""
    for method, path in [("GET", "/sessions/nothing"), ("POST", "/sessions/nothing"), ("GET", "/nothing")]:
        response = served.ask(method, path, b"phase: ACCEPTED" if method == "POST" else b"")
        assert response.status == 404
