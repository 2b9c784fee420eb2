"""The examples' servers, over real sockets: they serve, and no client harms the others."""

from __future__ import annotations

import json
import socket
from collections.abc import Iterator
from contextlib import suppress

import pytest

from execbroker.languages.text.reader import read
from tests.service.served import FORM, TASK
from tests.service.servers import NEEDS, SERVERS, Answer, Server, started
from tests.service.spoken import DIALECTS, JSON, Dialect

#: A body that nobody should read, in bytes.
HUGE = 100 * 2**20
#: What a server may need at most, far from a huge body's size.
ENOUGH = 160 * 2**20


@pytest.fixture(scope="module", params=SERVERS)
def server(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    """Each of the servers."""
    for package in NEEDS[request.param]:
        pytest.importorskip(package, reason=f"{package} is not installed")
    with started(request.param, tmp_path_factory.mktemp("server")) as running:
        yield running


def tree(answer: Answer) -> dict[str, object]:
    """What was answered, in YAML or JSON."""
    root = read(answer.body, "answer").unwrap().root
    assert isinstance(root, dict)
    return root


def begun(server: Server) -> str:
    """The beginning of a question."""
    return f"POST {server.below}/offers HTTP/1.1\r\nHost: x\r\nAuthorization: Basic YW5uOmFwcGxl\r\n"


def still_serves(server: Server) -> None:
    """A decent client gets what it asks for."""
    answer = server.ask("POST", "/offers", TASK, Content_Type="application/yaml")
    assert (answer.status, tree(answer)["result"]) == (200, "YES")


def test_from_offer_to_run(server: Server) -> None:
    """A client asks, accepts, looks and cancels; the other one sees nothing of it."""
    answer = tree(server.ask("POST", "/offers", TASK))
    assert answer["lang"] == "IVOA-TDL-1.0"
    offers = answer["offers"]
    assert isinstance(offers, list)
    assert isinstance(offers[0], dict)
    assert offers[0]["runner"] == f"{server.url}/jobs"
    path = f"/sessions/{offers[0]['offer']}"
    seen = server.ask("GET", path, Accept="application/json")
    assert seen.headers["content-type"] == "application/json"
    assert server.ask("GET", path, who="bob:banana").status == 404
    assert server.ask("GET", path, who="bob:apple").status == 401
    accepted = server.ask("POST", path, b"phase: ACCEPTED", If_Match=seen.headers["etag"])
    assert accepted.status == 200
    assert tree(accepted)["options"] == ["CANCELLED"]
    assert tree(server.ask("POST", path, b'{"phase": "CANCELLED"}'))["phase"] == "CANCELLED"


@pytest.mark.parametrize("spoken", DIALECTS.values(), ids=DIALECTS)
def test_the_drafts_languages(server: Server, spoken: Dialect) -> None:
    """They are there without a word, and what a document names is where it says."""
    request = json.dumps({key: each for key, each in spoken.request().items() if key != "schedule"}).encode()
    asked = server.ask("POST", spoken.mount + spoken.asking, request, Accept=JSON, Content_Type=JSON)
    answer = json.loads(asked.body)
    for document in (answer, answer["offers"][0]):
        url = spoken.known(document).get("href") or spoken.known(document)["url"]
        assert url.startswith(f"{server.url}{spoken.mount}/")
        assert json.loads(server.ask("GET", url.removeprefix(server.url), Accept=JSON).body) == document
        assert server.ask("GET", url.removeprefix(server.url), who="bob:banana").status == 404
    path = f"{spoken.mount}/sessions/{spoken.uuid(answer['offers'][0])}"
    for value in ("ACCEPTED", "CANCELLED"):
        assert server.ask("POST", path, json.dumps(spoken.update(value)).encode()).status == 200


def test_http_is_spoken(server: Server) -> None:
    """What the service says arrives as it is: statuses, headers, and no body where there is none."""
    head = server.ask("HEAD", "/openapi.json")
    got = server.ask("GET", "/openapi.json")
    assert (head.status, head.body, head.headers["etag"]) == (200, b"", got.headers["etag"])
    assert head.headers["content-length"] == str(len(got.body))
    assert f'"url": "{server.url}"' in got.body.decode()
    unchanged = server.ask("GET", "/openapi.json", If_None_Match=got.headers["etag"])
    assert (unchanged.status, unchanged.body) == (304, b"")
    refused = server.ask("PUT", "/offers")
    assert (refused.status, refused.headers["allow"]) == (405, "OPTIONS, POST")
    assert server.ask("OPTIONS", "/jobs/x").status == 204
    assert server.ask("GET", "/sessions/a%2Fb").status == 404
    form = server.ask("POST", "/jobs", b"TASK=%7B%7D", Content_Type=FORM)
    assert form.status == 303
    assert form.headers["location"].startswith(f"{server.url}/jobs/")


def test_a_huge_body_is_not_read(server: Server) -> None:
    """A body of 100 MB is refused, or cut off, and takes no memory."""
    for kind in (f"Content-Length: {HUGE}", "Transfer-Encoding: chunked"):
        is_chunked = "chunked" in kind
        with server.connect() as connection, suppress(ConnectionError):
            connection.sendall(f"{begun(server)}{kind}\r\n\r\n".encode())
            piece = b"#" * 2**16
            with suppress(ConnectionError):  # cut off, with the answer on its way
                for _ in range(HUGE // len(piece)):
                    connection.sendall(b"10000\r\n" + piece + b"\r\n" if is_chunked else piece)
            connection.settimeout(10)
            with suppress(TimeoutError):
                status = connection.recv(100).split(b" ")[1:2]
                assert status in ([b"413"], [b"411"], [])
    still_serves(server)
    assert server.most_memory() < ENOUGH


def test_slow_clients_hold_up_nobody(server: Server) -> None:
    """While many clients have sent half of what they have to say, another one is served."""
    slow: list[socket.socket] = []
    try:
        for number in range(24):
            connection = server.connect()
            rest = "Content-Length: 50\r\n\r\nname: " if number % 2 else ""
            connection.sendall((begun(server) + rest).encode())
            slow.append(connection)
        still_serves(server)
    finally:
        for connection in slow:
            connection.close()
    still_serves(server)


def test_clients_that_vanish_leave_nothing(server: Server) -> None:
    """What came only in part is not acted on, and nobody minds who does not wait for an answer."""
    before = server.ask("GET", "/sessions", Accept="application/json").body
    for body, length in [(TASK[:20], len(TASK)), (b"{}", 3), (b"", 10)]:
        with server.connect() as connection:
            connection.sendall(f"{begun(server)}Content-Length: {length}\r\n\r\n".encode() + body)
    for _ in range(5):
        with server.connect() as connection:
            connection.sendall(f"GET {server.below}/openapi.json HTTP/1.1\r\nHost: x\r\n\r\n".encode())
    assert server.ask("GET", "/sessions", Accept="application/json").body == before
    still_serves(server)
