"""What brokers in the field have got wrong, one after the other: here it is right, for whoever uses the library.

Each goes through what users have: files, a planner, a broker with its book, a runner, documents, the service.
"""

from __future__ import annotations

import json
import re
import sys
import tomllib
from concurrent.futures import ThreadPoolExecutor
from itertools import count
from pathlib import Path
from threading import Barrier
from typing import Any, Final

import pytest

from execbroker import Answer, Platform, PlatformPlanner, Task
from execbroker.adapters.books.broker import BookBroker
from execbroker.adapters.books.memory import MemoryStore
from execbroker.adapters.books.sqlite import SqliteStore
from execbroker.adapters.books.store import Store
from execbroker.adapters.runners.local import LocalRunner
from execbroker.adapters.runners.staging import StagingFailed, files_below
from execbroker.adapters.runners.virtual import Script, VirtualRunner
from execbroker.core.amounts import CORES, MEMORY
from execbroker.core.instants import parse_instant
from execbroker.core.interfaces import Refused
from execbroker.core.lifecycle import ACTIVE, FINAL, Phase
from execbroker.core.session import Session
from execbroker.core.spans import Span
from execbroker.languages import language, read_answer, read_platform, read_session, read_task
from execbroker.languages.drafts.sessions_writing import write_session
from execbroker.languages.text.writer import to_json
from execbroker.languages.written import Occasion
from tests.service.served import TASK, Served, tree

JSON: Final = "application/json"
DIALECTS: Final = ("IVOA-EB-2025", "Calycopis-1.0")
#: Where the service has each of them, and where one asks there.
PLACES: Final = {"IVOA-EB-2025": ("/eb-2025", "/offersets"), "Calycopis-1.0": ("/calycopis-1.0", "/requests")}
NOW: Final = parse_instant("2031-03-04T09:00:00Z")
HOUR: Final = 3600
GIB: Final = 2**30

#: Sixteen cores and 32 GiB, of which a task may get as much as it can use.
SMALL: Final = "platform: small\npools: [{name: batch, cores: 16, memory: 32G}]\n"

dialects = pytest.mark.parametrize("name", DIALECTS)


#: The same with storage, into which data are brought.
STORING: Final = SMALL.replace("32G}", "32G, storage: 1T}") + "transfers: [{location: '*', rate: 1G/s}]\n"
ALL_OF_IT: Final = "{compute-resources: {cores: 16, memory: 32G}, duration: 3h}"


def platform(text: str = SMALL) -> Platform:
    """A platform from its file."""
    return read_platform(text).unwrap()


def task(text: str) -> Task:
    """A task from its file."""
    return read_task(text).unwrap()


def planned(wanted: str, place: str = SMALL) -> Answer:
    """What a task is offered on a platform where nothing is booked."""
    return PlatformPlanner(platform(place)).plan(task(wanted), NOW)


def keeping(store: Store | None = None, place: str = SMALL) -> BookBroker:
    """A broker with a book."""
    numbers = count()
    return BookBroker([platform(place)], store or MemoryStore(), lambda: f"{id(numbers):x}-{next(numbers)}")


def accepted(broker: BookBroker, wanted: str, **run: Any) -> Session:
    """The session of the first offer for a task."""
    offer = broker.plan(task(wanted), NOW).offers[0]
    return broker.accept(str(offer.identifier), NOW, **run)


def asked(name: str, cores: int) -> bytes:
    """A request in a dialect for some cores, which gives nothing a name."""
    types = "https://www.purl.org/ivoa.net/EB/schema/types/resources/compute/simple-compute-resource-1.0"
    kinds = "https://www.purl.org/ivoa.net/Calycopis-openapi/schema/v1.0/kinds/compute/simple-compute-resource.yaml"
    if name == DIALECTS[0]:
        compute = [{"type": types, "cores": {"requested": {"min": cores}}}]
        return json.dumps({"resources": {"compute": compute}}).encode()
    return json.dumps({"compute": {"kind": kinds, "cores": {"min": cores}}}).encode()


def documents_of(answer: Answer, wanted: Task, name: str) -> Any:
    """The document of an answer in a dialect."""
    found = language(name)
    assert found is not None
    assert found.express is not None
    return found.express(answer, Occasion(wanted, NOW)).tree


@dialects
def test_what_is_accepted_is_booked_when_its_document_says(name: str) -> None:
    """An accepted session has its schedule in every document, and in that time nobody else gets its room."""
    broker = keeping()
    session = accepted(broker, ALL_OF_IT, start=NOW + HOUR)
    text = to_json(dict(write_session(session, Occasion(), name).tree))
    assert "1970" not in text
    seen = read_session(text).unwrap()
    assert seen.running.starts == Span(NOW + HOUR, NOW + HOUR + 1)
    assert seen.running.duration == 3 * HOUR
    for offer in broker.plan(task(ALL_OF_IT), NOW + 1).offers:
        assert offer.minstart >= NOW + 4 * HOUR


def test_memory_is_limited_like_all_else() -> None:
    """More memory than there is, is refused with both figures, and what is there is shared by all sessions."""
    (reason,) = planned("{compute-resources: {minmemory: 40G}}").reasons
    assert (reason.code, reason.resource) == ("resource-exceeds-capacity", MEMORY)
    assert (reason.asked, reason.available) == (40 * GIB, 32 * GIB)
    broker = keeping()
    accepted(broker, "{compute-resources: {cores: 1, memory: 20G}, duration: 1h}", start=NOW)
    wanted = task("{compute-resources: {cores: 1, memory: 20G}, duration: 1h}")
    assert broker.plan(wanted, NOW).offers[0].minstart == NOW + HOUR


def test_all_trade_offs_are_offered() -> None:
    """The earliest, the one with most cores and the one with most memory are all there, where they differ."""
    place = SMALL + (
        "bookings: [{pool: batch, start: 2031-03-04T09:00Z, end: 2031-03-04T11:00Z, cores: 8},\n"
        "           {pool: batch, start: 2031-03-04T11:00Z, end: 2031-03-04T13:00Z, memory: 16G}]\n"
    )
    answer = planned("{compute-resources: {mincores: 2, minmemory: 2G}, duration: 2h,"
                     " daterange: {maxenddate: 2031-03-04T13:00Z}}", place)  # fmt: skip
    found = {
        (each.amounts[CORES] // 1000, each.amounts[MEMORY] // GIB, each.minstart) for each in answer.offers
    }
    assert {(8, 32, NOW), (16, 16, NOW + 2 * HOUR)} <= found


def test_every_active_session_holds_its_room() -> None:
    """From being accepted to being released, whatever it is doing, a session's room is not offered to others."""
    broker = keeping()
    runner = VirtualRunner(broker, script=lambda _: Script(release=600))
    session = accepted(broker, ALL_OF_IT, start=NOW + HOUR)
    phases, now = [broker.session(session.identifier, NOW).phase], NOW
    runner.run(session, NOW)
    while (phase := runner.job(session.identifier, now).phase) not in FINAL:
        phases.append(phase)
        if phase is not Phase.RELEASING:
            assert all(each.minstart >= NOW + 4 * HOUR for each in broker.plan(task(ALL_OF_IT), now).offers)
        now = runner.due() or now
    assert {*phases} <= {*ACTIVE}
    assert {Phase.ACCEPTED, Phase.WAITING, Phase.RUNNING, Phase.RELEASING} <= {*phases}


def test_long_runs_are_offered_and_start_when_asked() -> None:
    """A run may last as long as the platform allows, and every start on offer lies in the range asked for."""
    answer = planned(
        "{minduration: 40h, daterange: {minstartdate: 2031-03-05T06:00Z, maxstartdate: 2031-03-05T08:00Z}}"
    )
    (offer,) = answer.offers
    assert offer.minstart == parse_instant("2031-03-05T06:00:00Z")
    assert offer.maxstart == parse_instant("2031-03-05T08:00:00Z")
    assert offer.maxduration > 40 * HOUR


def test_no_offer_is_beyond_what_the_client_or_the_platform_allows() -> None:
    """No offer has more than the client can use, than there is, or than the platform lets one request have."""
    answer = planned("{compute-resources: {mincores: 4, maxcores: 5, minmemory: 8G}}")
    assert {each.amounts[CORES] for each in answer.offers} == {5000}
    assert all(each.amounts[MEMORY] <= 32 * GIB for each in answer.offers)
    careful = SMALL + "policy: {limits: {cores: 8}}\n"
    (offer,) = planned("{compute-resources: {mincores: 4}}", careful).offers
    assert offer.amounts[CORES] == 8000
    (reason,) = planned("{compute-resources: {mincores: 9}}", careful).reasons
    assert (reason.code, reason.asked, reason.available) == ("policy", 9000, 8000)


@dialects
def test_each_amount_is_its_own(name: str) -> None:
    """In the documents of the dialects the memory is the memory, and the cores are the cores."""
    wanted = task(
        "{compute-resources: {name: node, mincores: 5, maxcores: 15, minmemory: 3G, maxmemory: 9G}}"
    )
    answer = PlatformPlanner(platform()).plan(wanted, NOW)
    (again,) = read_answer(to_json(documents_of(answer, wanted, name))).unwrap().offers
    assert (again.minima[CORES], again.minima[MEMORY]) == (5000, 3 * GIB)
    assert (again.amounts[CORES], again.amounts[MEMORY]) == (15_000, 9 * GIB)


@dialects
def test_a_start_that_is_too_early_is_not_replaced(name: str) -> None:
    """A range of starts that is over is a NO that says so, and of one that is partly over the rest is offered."""
    answers = {}
    for when, start in {"over": "2031-03-04T06:00:00Z/PT2H", "partly": "2031-03-04T08:00:00Z/PT2H"}.items():
        asked = {"start": [start] if name == DIALECTS[0] else start, "duration": "PT1H"}
        wanted = task(json.dumps({"schedule": {"requested": asked}}))
        assert wanted.language == name
        answers[when] = PlatformPlanner(platform()).plan(wanted, NOW)
    assert [each.code for each in answers["over"].reasons] == ["range-in-the-past"]
    for offer in answers["partly"].offers:
        assert NOW <= offer.minstart <= offer.maxstart <= NOW + HOUR
    assert answers["partly"].is_yes


@dialects
def test_messages_say_what_they_mean(name: str) -> None:
    """A refusal is a sentence with its values filled in, and the values stand beside it as well."""
    wanted = task("{compute-resources: {mincores: 64}}")
    written = documents_of(PlatformPlanner(platform()).plan(wanted, NOW), wanted, name)
    (message,) = written.get("messages") or written["meta"]["messages"]
    assert "64" in message["message"]
    assert "16" in message["message"]
    assert "${" not in message["message"]
    assert (message["values"]["asked"], message["values"]["available"]) == ("64", "16")


@pytest.mark.parametrize(
    "text",
    [
        "{compute-resources: {mincores: 64}}",
        "{storage-resources: {minsize: 2T}}",
        "{compute-resources: [{mincores: 9}, {mincores: 9}]}",
    ],
)
def test_nameless_resources_are_refused_with_a_reason(text: str) -> None:
    """A resource without a name that is too large is a NO that says where in the task it stands."""
    answer = planned(text, STORING)
    assert not answer.is_yes
    for reason in answer.reasons:
        assert reason.path is not None
        assert reason.path.split("[")[0] in text


def test_a_run_that_cannot_be_is_refused_at_once(served: Served) -> None:
    """Who wants something run directly that cannot be gets an error that says why, and nothing comes of it."""
    response = served.ask("POST", "/calycopis-1.0/direct", asked(DIALECTS[1], 64), Content_Type=JSON)
    assert (response.status, response.header("Content-Type")) == (400, "application/problem+json")
    assert "64" in tree(response)["messages"][0]["message"]
    assert served.broker.sessions(served.now) == []
    assert served.ask("POST", "/calycopis-1.0/direct", asked(DIALECTS[1], 4), Content_Type=JSON).status == 200


@dialects
def test_nameless_resources_are_refused_by_the_service(name: str, served: Served) -> None:
    """It is an answer, NO, with the reason, and not a fault of the service."""
    response = served.ask("POST", "".join(PLACES[name]), asked(name, 64), Content_Type=JSON)
    answer = tree(response)
    message, *_ = answer.get("messages") or answer["meta"]["messages"]
    assert (response.status, answer["result"]) == (200, "NO")
    assert "64" in message["message"]


class TestChanges:
    """Sessions change as they may, and in no other way."""

    @pytest.mark.parametrize("phase", ["FAILED", "COMPLETED", "RUNNING", "OFFERED", "EXPIRED", "NONSENSE"])
    def test_nobody_asks_for_what_only_happens(self, served: Served, phase: str) -> None:
        """A phase that no client may choose is an error, and nothing changes."""
        session = served.offer()
        assert served.change(session, phase).status in (400, 409, 422)
        assert tree(served.ask("GET", f"/sessions/{session}"))["phase"] == "OFFERED"

    @dialects
    @pytest.mark.parametrize(
        "update",
        [
            {"path": "phase", "value": "FAILED"},
            {"path": "phase", "value": "COMPLETED"},
            {"path": "schedule", "value": "ACCEPTED"},
            {"path": "phase", "value": "CANCELLED"},
            {"path": "phase", "delta": 1},
        ],
    )
    def test_nor_in_a_dialect(self, name: str, update: dict[str, Any], served: Served) -> None:
        """An update that is not allowed is an error in every language, and nothing changes."""
        place, asking = PLACES[name]
        (offer,) = tree(served.ask("POST", place + asking, asked(name, 4), Content_Type=JSON))["offers"]
        session = f"{place}/sessions/{(offer.get('meta') or offer)['uuid']}"
        body: Any = {"kind" if name == DIALECTS[1] else "type": "uri:enum-value-update", **update}
        body = body if name == DIALECTS[1] else {"update": body}
        response = served.ask("POST", session, json.dumps(body).encode(), Content_Type=JSON)
        assert response.status in (400, 409, 422)
        assert response.header("Content-Type") == "application/problem+json"
        assert tree(served.ask("GET", session))["phase"] == "OFFERED"

    def test_what_cannot_be_is_refused(self, served: Served) -> None:
        """To reject what is accepted is a conflict, and so is to accept what is rejected."""
        session, other = served.offer(), served.offer()
        assert served.change(session, "ACCEPTED", amounts={"cores": 4}).status == 200
        assert served.change(session, "REJECTED").status == 409
        assert served.change(other, "REJECTED").status == 200
        assert served.change(other, "ACCEPTED").status == 409

    def test_an_offer_expires(self, served: Served) -> None:
        """After its time an offer is EXPIRED, can't be accepted, and holds nothing."""
        session = served.offer()
        served.now += 301
        assert tree(served.ask("GET", f"/sessions/{session}"))["phase"] == "EXPIRED"
        assert served.change(session, "ACCEPTED").status in (409, 410)
        assert tree(served.ask("POST", "/offers", TASK))["result"] == "YES"

    def test_cancelling_stops_what_runs(self, served: Served) -> None:
        """What is cancelled is at its end at once, and its room is free again."""
        session = served.offer()
        served.change(session, "ACCEPTED")
        served.now += 60
        assert tree(served.ask("GET", f"/sessions/{session}"))["phase"] == "RUNNING"
        assert tree(served.change(session, "CANCELLED"))["phase"] == "CANCELLED"
        assert "options" not in tree(served.ask("GET", f"/sessions/{session}"))
        assert served.broker.session(session, served.now).phase is Phase.CANCELLED
        offer = tree(served.ask("POST", "/offers", TASK))["offers"][0]
        assert offer["compute-resources"][0]["maxcores"] == 16


@pytest.fixture
def served() -> Served:
    """A service with a runner on a virtual clock."""
    return Served()


@pytest.mark.parametrize(
    "phase", [Phase.WAITING, Phase.PREPARING, Phase.AVAILABLE, Phase.RUNNING, Phase.RELEASING]
)
def test_failing_and_giving_up_come_to_an_end(phase: Phase) -> None:
    """A session that fails or is given up in any phase is over at once, says why, and holds nothing any more."""
    for is_failure in (True, False):
        broker = keeping(place=SMALL + "prepare: 10m\n")
        script = Script(
            preparation=60, release=600, fails=phase if is_failure else None, message="the disk is full"
        )
        runner = VirtualRunner(broker, script=lambda _, script=script: script)  # type: ignore[misc]
        session = accepted(broker, ALL_OF_IT, start=NOW + HOUR)
        runner.run(session, NOW)
        now = NOW
        while runner.job(session.identifier, now).phase not in (phase, *FINAL):
            now = runner.due() or now
        if not is_failure:
            runner.abort(session.identifier, now)
        while runner.job(session.identifier, now).phase not in FINAL:
            now = runner.due() or now + 1
        ended = broker.session(session.identifier, now)
        if is_failure:
            assert (ended.phase, ended.message) == (Phase.FAILED, "the disk is full")
        else:
            assert ended.phase is (Phase.COMPLETED if phase is Phase.RELEASING else Phase.CANCELLED)
        assert broker.plan(task(ALL_OF_IT), now).offers[0].minstart - now <= 11 * 60


def test_storage_and_data_are_there_before_the_command(tmp_path: Path) -> None:
    """A command starts when its storage is there and its data lie in it, and not before."""
    (tmp_path / "scan").write_text("starlight", "utf-8")
    program = "import os, pathlib; print(*pathlib.Path(os.environ['EXECBROKER_STORAGE']).rglob('*'))"
    wanted = task(
        f"executable: {{type: command, command: ['{sys.executable}', '-c', \"{program}\"]}}\n"
        "compute-resources: {memory: 1G}\n"
        "storage-resources: {name: scratch, size: 1M}\n"
        f"data-resources: {{location: '{(tmp_path / 'scan').as_uri()}', size: 9B, storage: scratch}}\n"
        "duration: 1m\n"
    )
    broker = keeping(place=STORING)
    runner = LocalRunner(broker, tmp_path / "jobs", fetchers={"file": files_below(tmp_path)}, grace=0.2)
    session = broker.accept(str(broker.plan(wanted, NOW).offers[0].identifier), NOW)
    assert session.run is not None
    runner.run(session, NOW)
    while (job := runner.job(session.identifier, session.run.start)).phase not in FINAL:
        runner.wait(session.identifier, 0.5)
        runner.poll(session.run.start)
    runner.close()

    assert job.phase is Phase.COMPLETED, job
    assert Path(job.folder or "", "stdout").read_text("utf-8").endswith("/storage/scratch/scan\n")
    phases = [each.phase for each in job.session.history]
    assert phases.index(Phase.PREPARING) < phases.index(Phase.AVAILABLE) < phases.index(Phase.RUNNING)


def test_one_question_leaves_nothing_behind_for_another() -> None:
    """A planner answers each question as if it were the first, also when many are asked at once."""
    text = "{executable: {type: docker-container, image: a/b:%d}, compute-resources: {mincores: %d}}"
    wanted = [task(text % (number, number)) for number in range(1, 20)]
    alone = [PlatformPlanner(platform()).plan(each, NOW) for each in wanted]
    shared = PlatformPlanner(platform())
    with ThreadPoolExecutor(8) as pool:
        for _ in range(3):
            assert [*pool.map(lambda each: shared.plan(each, NOW), wanted)] == alone


def test_two_cannot_win_the_same_room(tmp_path: Path) -> None:
    """Of clients who accept the same room at the same moment, through brokers that share a book, one wins."""
    place = SMALL + "hold: none\n"
    stores = [SqliteStore(tmp_path / "book") for _ in range(2)]
    brokers = [keeping(store, place) for store in stores]
    offers = [
        str(broker.plan(task(ALL_OF_IT), NOW).offers[0].identifier) for broker in brokers for _ in range(3)
    ]
    barrier = Barrier(len(offers))

    def accept(index: int) -> str:
        barrier.wait()
        try:
            return brokers[index // 3].accept(offers[index], NOW, start=NOW + HOUR).phase.value
        except Refused as refused:
            return refused.code

    with ThreadPoolExecutor(len(offers)) as pool:
        assert sorted(pool.map(accept, range(len(offers)))) == ["ACCEPTED", *["busy"] * (len(offers) - 1)]
    for store in stores:
        store.close()


class TestWhatIsMounted:
    """A client gets at no file of the platform's but those that it is meant to."""

    @pytest.mark.parametrize(
        "location", ["file:///etc/passwd", "file://localhost/etc/passwd", "file:/etc/passwd"]
    )
    def test_files_of_the_platform_are_not_data(self, location: str) -> None:
        """A platform that says what data may be read refuses all other, files of its own among them."""
        careful = STORING + "policy: {data: {allow: ['https://data.example.org/']}}\n"
        wanted = f"{{data-resources: {{name: d, location: '{location}', size: 1K}}}}"
        (reason,) = planned(wanted, careful).reasons
        assert (reason.code, reason.path) == ("policy", "data-resources[0].location")

    @pytest.mark.parametrize(
        "location",
        [
            "file:///etc/passwd",
            "file://ARCHIVE/../secret",
            "file://ARCHIVE/%2E%2E/secret",
            "file://ARCHIVE/link",
        ],
    )
    def test_nobody_climbs_out(self, tmp_path: Path, location: str) -> None:
        """What a runner fetches lies below the folder that it was given, also behind a link."""
        (tmp_path / "secret").write_text("secret", "utf-8")
        archive = tmp_path / "archive"
        archive.mkdir()
        (archive / "link").symlink_to(tmp_path / "secret")
        with pytest.raises((StagingFailed, OSError)):
            files_below(archive)(location.replace("ARCHIVE", str(archive)))

    def test_storage_that_is_asked_for_is_given(self) -> None:
        """Storage that a task names, and puts its data into, is held for it."""
        answer = planned(
            "{storage-resources: {name: s, size: 10G}, "
            "data-resources: {location: 'https://x.example/a', size: 1G, storage: s}}",
            STORING,
        )
        assert [each.name for each in answer.offers[0].storage] == ["s"]


def test_the_tests_are_tests() -> None:
    """No test hides another one of the same name, takes any error for the right one, or is never found."""
    root = Path(__file__).parents[1]
    ruff = tomllib.loads((root / "pyproject.toml").read_text("utf-8"))["tool"]["ruff"]["lint"]
    # Names that are not there or are there twice, and `pytest.raises(Exception)`.
    assert {"F", "B", "PT"} <= {*ruff["select"]}
    left_out = (*ruff["ignore"], *ruff["per-file-ignores"]["tests/*"])
    assert not {"F821", "F811", "B017", "PT011"} & {*left_out}
    for path in sorted((root / "tests").rglob("*.py")):
        text = path.read_text("utf-8")
        has_tests = re.search(r"^ *(?:async )?def test_|^class Test", text, re.MULTILINE)
        assert not has_tests or path.name.startswith("test_"), path
        holders = re.findall(r"^class (\w+)[^\n]*:\n(?:(?:    .*)?\n)*?    def test_", text, re.MULTILINE)
        for name in holders:
            is_kin = re.search(rf"^class \w+\({name}\)", text, re.MULTILINE)
            assert name.startswith("Test") or is_kin, f"{path}: {name}"


@pytest.mark.parametrize("place", ["/offers", *map("".join, PLACES.values())])
def test_yaml_unless_json_is_asked_for(place: str, served: Served) -> None:
    """Who does not say what they accept, or everything, gets YAML, which the draft's text has as the default."""
    for accepted in (None, "*/*", "application/yaml, application/json"):
        headers = {} if accepted is None else {"Accept": accepted}
        response = served.ask("POST", place, b"{}", **headers)
        assert (response.status, response.header("Content-Type")) == (200, "application/yaml")
    assert served.ask("POST", place, b"{}", Accept=JSON).body.startswith(b"{")


@dialects
def test_everything_is_called_what_the_schema_calls_it(name: str) -> None:
    """Offers are named after where they are from, and kinds, types and messages by URIs of one form each."""
    wanted = task("{name: fringe fit, compute-resources: {name: node, mincores: 4}}")
    answer = PlatformPlanner(platform()).plan(wanted, NOW)
    written = documents_of(answer, wanted, name)
    (offer,) = written["offers"]
    assert (offer.get("meta") or offer)["name"] == "small/batch"
    kinds = {*_kinds(written)}
    prefix = "https://www.purl.org/ivoa.net/" + ("EB/" if name == DIALECTS[0] else "Calycopis-openapi/")
    assert all(each.startswith((prefix, "uri:enum-value-option")) for each in kinds), kinds
    refused = task("{compute-resources: {mincores: 64, minmemory: 1T}}")
    no = documents_of(PlatformPlanner(platform()).plan(refused, NOW), refused, name)
    messages = no.get("messages") or no["meta"]["messages"]
    assert all(_kind(each).startswith("urn:execbroker:message:") for each in messages)


def _kind(node: Any) -> str:
    return str(node.get("kind") or node.get("type"))


def _kinds(node: Any) -> list[str]:
    """All kinds and types of a document."""
    if isinstance(node, list):
        return [kind for each in node for kind in _kinds(each)]
    if not isinstance(node, dict):
        return []
    own = [str(node[key]) for key in ("kind", "type") if key in node]
    return own + [kind for each in node.values() for kind in _kinds(each)]
