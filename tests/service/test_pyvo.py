"""A client that knows nothing of offers, over a real socket: from an offer to what its command has left."""

from __future__ import annotations

import secrets
import threading
import time
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from pathlib import Path
from socketserver import ThreadingMixIn
from typing import Any
from wsgiref.simple_server import WSGIRequestHandler, WSGIServer, make_server

import pytest
from attrs import evolve

from execbroker.adapters.books.broker import BookBroker
from execbroker.adapters.books.sqlite import SqliteStore
from execbroker.adapters.runners.local import LocalRunner
from execbroker.core.amounts import Amounts
from execbroker.core.platform import Platform, Pool
from execbroker.service import Service, basic, from_wsgi, status_line

TASK = """
executable: {type: command, command: [sh, -c, 'echo "hello from $EXECBROKER_CORES core"']}
compute-resources: {cores: 1, memory: 64M}
duration: 10s
"""


def now() -> int:
    """The library reads no clock."""
    return int(time.time())


class Threads(ThreadingMixIn, WSGIServer):
    """A thread for each request."""

    daemon_threads = True


class Quiet(WSGIRequestHandler):
    """Says nothing about what it answers."""

    def log_message(self, *said: object) -> None:
        """Nothing."""


@contextmanager
def web(service: Service, runner: LocalRunner) -> Iterator[str]:
    """The URL of a service, while a thread looks after its runner."""

    def application(environ: dict[str, Any], start_response: Callable[..., object]) -> Iterable[bytes]:
        head = from_wsgi(environ, now())
        body = environ["wsgi.input"].read(service.wanted(head))
        response = service.respond(head, body)
        while response.until is not None:
            time.sleep(0.05)
            response = service.again(response, evolve(head, now=now()), body)
        start_response(status_line(response), list(response.headers))
        return [response.body]

    over = threading.Event()

    def look_after() -> None:
        while not over.wait(0.05):
            runner.poll(now())

    with make_server("127.0.0.1", 0, application, Threads, Quiet) as server:
        serving = threading.Thread(target=server.serve_forever)
        caring = threading.Thread(target=look_after)
        serving.start()
        caring.start()
        try:
            yield f"http://127.0.0.1:{server.server_port}"
        finally:
            over.set()
            server.shutdown()
            caring.join()
            serving.join()


def test_from_offer_to_results(tmp_path: Path) -> None:
    """Pyvo finds the offer PENDING, runs it, waits for it, and fetches what it said."""
    tap = pytest.importorskip("pyvo.dal.tap", reason="pyvo is not installed")
    requests = pytest.importorskip("requests", reason="requests is not installed")
    pool = Pool("all", Amounts({"cores": 4_000, "memory": 2**30}))
    store = SqliteStore(tmp_path / "book")
    broker = BookBroker([Platform("here", (pool,), granularity=1)], store, lambda: secrets.token_hex(8))
    runner = LocalRunner(broker, tmp_path / "jobs")
    service = Service(broker, basic("here", lambda _, password: password == "apple"), runner=runner)
    session = requests.Session()
    session.auth = ("ann", "apple")

    with web(service, runner) as url:
        made = session.post(
            f"{url}/jobs", {"TASK": TASK, "RUNID": "greeting"}, allow_redirects=False, timeout=60
        )
        assert made.status_code == 303
        job = tap.AsyncTAPJob(made.headers["Location"], session=session)
        assert (job.phase, job.owner) == ("PENDING", "ann")
        assert job.job.runid == "greeting"
        assert int(job.execution_duration.to_value("s")) == 10
        job.run()
        job.wait(timeout=60)
        assert job.phase == "COMPLETED"
        job.raise_if_error()
        hrefs = {each.id_: each.href for each in job.results}
        said = session.get(hrefs["stdout"], timeout=60)
        others = requests.get(hrefs["stdout"], auth=("bob", "apple"), timeout=60)
        other = requests.get(made.headers["Location"], auth=("bob", "apple"), timeout=60)
        job.delete()
        gone = session.get(made.headers["Location"], timeout=60)
    runner.close()
    store.close()

    assert (said.text, said.headers["Content-Type"]) == ("hello from 1 core\n", "application/octet-stream")
    assert said.headers["Content-Disposition"] == "attachment; filename*=UTF-8''stdout"
    assert (others.status_code, other.status_code, gone.status_code) == (404, 404, 404)
