"""A service in process: a broker with a book, a runner on a virtual clock, and UWS requests in front of both."""

import io
from itertools import count
from typing import Any
from urllib.parse import parse_qsl, urlsplit

import pytest

from execbroker.adapters.books.broker import BookBroker
from execbroker.adapters.books.memory import MemoryStore
from execbroker.adapters.runners.virtual import VirtualRunner
from execbroker.adapters.uws_jobs import BrokeredJobs
from execbroker.core.amounts import Amounts
from execbroker.core.instants import format_instant
from execbroker.core.platform import Platform, Pool
from execbroker.languages.uws.exchange import Request, Response
from execbroker.languages.uws.requests import respond

ROOT = "https://broker.example.org/jobs"
NOW = 1_683_633_600
TASK = "{name: fringe fit, compute-resources: {mincores: 4}, minduration: 1h, maxduration: 2h}"


class Service:
    """Answers requests; each takes a second, and a client that waits sleeps until it is to be answered."""

    def __init__(self) -> None:
        numbers = count()
        self.now = NOW
        self.broker = BookBroker(
            [Platform("here", (Pool("batch", Amounts({"cores": 16_000})),))],
            MemoryStore(),
            lambda: f"id{next(numbers)}",
        )
        self.jobs = BrokeredJobs(self.broker, VirtualRunner(self.broker))

    def answer(self, method: str, url: str, form: tuple[tuple[str, str], ...] = ()) -> Response:
        """The response, once there is one."""
        self.now += 1
        parts = urlsplit(url)
        path = parts.path.removeprefix(urlsplit(ROOT).path)
        query = tuple(parse_qsl(parts.query, keep_blank_values=True))
        response = respond(Request(method, path, self.now, query, form, root=ROOT), self.jobs)
        if response.until is not None:
            self.now = max(self.now, response.until)
            without = tuple(pair for pair in query if pair[0].upper() != "WAIT")
            response = respond(Request(method, path, self.now, without, form, root=ROOT), self.jobs)
        return response

    def made(self, **form: str) -> str:
        """The URL of a new job."""
        response = self.answer("POST", ROOT, (("TASK", TASK), *form.items()))
        assert response.status == 303, response.body
        return response.header("Location") or ""

    def phase(self, url: str) -> str:
        """A job's phase."""
        return self.answer("GET", f"{url}/phase").body.decode()

    def post(self, url: str, **form: str) -> int:
        """The status of a change."""
        return self.answer("POST", url, tuple(form.items())).status


@pytest.fixture
def service() -> Service:
    """A service without jobs."""
    return Service()


def test_from_offer_to_end(service: Service) -> None:
    """An offer is held as a PENDING job, accepted by PHASE=RUN, and runs for its time."""
    job = service.made()
    assert service.phase(job) == "PENDING"
    assert service.post(f"{job}/executionduration", EXECUTIONDURATION="3600") == 303
    assert service.post(f"{job}/phase", PHASE="RUN") == 303
    seen = {service.phase(job)}
    service.now += 600
    seen.add(service.phase(job))
    service.now += 7200

    assert seen == {"QUEUED", "EXECUTING"}
    assert service.phase(job) == "COMPLETED"
    assert service.answer("GET", f"{job}/executionduration").body == b"3600"
    assert service.post(f"{job}/phase", PHASE="ABORT") == 403


def test_what_is_rejected_stopped_or_deleted_is_free_again(service: Service) -> None:
    """However a job ends, others can have its room."""
    first, second, third = service.made(), service.made(), service.made()
    assert service.post(f"{first}/phase", PHASE="ABORT") == 303
    assert service.post(f"{second}/phase", PHASE="RUN") == 303
    service.now += 600
    assert service.post(f"{second}/phase", PHASE="ABORT") == 303
    assert service.answer("DELETE", third).status == 303

    assert service.phase(first) == service.phase(second) == "ABORTED"
    assert service.answer("GET", third).status == 404
    whole = TASK.replace("mincores: 4", "mincores: 16")
    assert service.answer("POST", ROOT, (("TASK", whole),)).status == 303


def test_a_job_is_forgotten_when_its_time_has_come(service: Service) -> None:
    """Destruction stops and forgets; an offer's cannot be put off beyond its expiry."""
    offer, job = service.made(), service.made(PHASE="RUN")
    assert service.post(f"{offer}/destruction", DESTRUCTION=format_instant(NOW + 86_400)) == 303
    assert service.post(f"{job}/destruction", DESTRUCTION=format_instant(NOW + 400)) == 303
    assert service.answer("GET", f"{offer}/destruction").body.startswith(
        format_instant(NOW + 302)[:-1].encode()[:15]
    )
    service.now += 500

    assert service.answer("GET", offer).status == 404
    assert service.answer("GET", job).status == 404
    assert b"jobref" not in service.answer("GET", ROOT).body


def test_what_was_wished_of_an_offer_holds_for_its_run(service: Service) -> None:
    """Who asks for a job to be kept, and then runs it, keeps it as long as was asked, and no longer."""
    job = service.made()
    assert service.post(f"{job}/destruction", DESTRUCTION=format_instant(NOW + 86_400)) == 303
    assert service.post(f"{job}/phase", PHASE="RUN") == 303

    assert service.answer("GET", f"{job}/destruction").body.startswith(
        format_instant(NOW + 86_400)[:-1].encode()
    )
    service.now = NOW + 3_600
    assert service.phase(job) == "EXECUTING"
    service.now = NOW + 7_200 + 600
    assert service.phase(job) == "COMPLETED"
    service.now = NOW + 86_400
    assert service.answer("GET", job).status == 404


def test_what_is_offered_is_for_this_task(service: Service) -> None:
    """Parameters of an offer are settled."""
    job = service.made()

    assert service.post(f"{job}/parameters", TASK="{}") == 403
    assert service.post(f"{ROOT}/nothing/phase", PHASE="RUN") == 404


def test_pyvo_drives_a_job(service: Service, monkeypatch: pytest.MonkeyPatch) -> None:
    """A client that knows nothing of offers takes one from PENDING to COMPLETED, without a socket."""
    tap = pytest.importorskip("pyvo.dal.tap", reason="pyvo is not installed")
    monkeypatch.setattr(tap, "sleep", lambda _: None)  # the service lets the time pass
    job = tap.AsyncTAPJob(service.made(), session=_session(service))

    assert job.phase == "PENDING"
    job.execution_duration = 3600
    job.run()
    assert job.phase == "QUEUED"
    service.now += 120
    assert job.phase == "EXECUTING"
    job.wait()
    assert job.phase == "COMPLETED"
    job.raise_if_error()
    assert job.job.jobinfo["sessionPhase"].text == "COMPLETED"
    job.delete()


def _session(service: Service) -> Any:
    """A session of requests that sends nothing anywhere."""
    requests = pytest.importorskip("requests", reason="requests is not installed")
    adapters = pytest.importorskip("requests.adapters", reason="requests is not installed")
    urllib3 = pytest.importorskip("urllib3", reason="urllib3 is not installed")

    class Adapter(adapters.HTTPAdapter):  # type: ignore[misc, name-defined]
        """Asks the service."""

        def send(self, request: Any, **_: object) -> Any:
            form = tuple(parse_qsl(request.body or "", keep_blank_values=True))
            response = service.answer(request.method, request.url, form)
            raw = urllib3.HTTPResponse(
                body=io.BytesIO(response.body),
                headers=dict(response.headers),
                status=response.status,
                preload_content=False,
            )
            return self.build_response(request, raw)

    session = requests.Session()
    session.mount("https://", Adapter())
    return session
