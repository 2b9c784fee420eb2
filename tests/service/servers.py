"""The servers of the examples, each in a process of its own, and a client that speaks to one."""

from __future__ import annotations

import base64
import http.client
import os
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Final, NamedTuple

from attrs import frozen

import execbroker

EXAMPLES: Final = Path(__file__).parents[2] / "examples"
#: The servers, and where the service is below them.
SERVERS: Final = {"wsgiref": "", "flask": "/exec", "starlette": "/exec"}
#: What each needs beside the library.
NEEDS: Final = {"wsgiref": (), "flask": ("flask",), "starlette": ("starlette", "uvicorn")}
#: Seconds that a server may take to come up, or to answer, on a busy machine.
PATIENCE: Final = 60


class Answer(NamedTuple):
    """What came back."""

    status: int
    headers: dict[str, str]
    body: bytes


@frozen
class Server:
    """A server that listens."""

    port: int
    below: str
    book: Path
    process: subprocess.Popen[bytes]

    @property
    def url(self) -> str:
        """The URL of the service."""
        return f"http://127.0.0.1:{self.port}{self.below}"

    def ask(
        self, method: str, path: str, body: bytes = b"", who: str = "ann:apple", **headers: str
    ) -> Answer:
        """What is answered to a request, on a connection of its own."""
        connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=PATIENCE)
        given = {name.replace("_", "-"): value for name, value in headers.items()}
        given["Authorization"] = "Basic " + base64.b64encode(who.encode()).decode()
        try:
            connection.request(method, self.below + path, body or None, given)
            response = connection.getresponse()
            return Answer(response.status, {k.lower(): v for k, v in response.getheaders()}, response.read())
        finally:
            connection.close()

    def connect(self) -> socket.socket:
        """A bare connection."""
        return socket.create_connection(("127.0.0.1", self.port), timeout=PATIENCE)

    def most_memory(self) -> int:
        """The most memory that the process ever had, in bytes."""
        status = Path(f"/proc/{self.process.pid}/status").read_text("ascii")
        (line,) = [each for each in status.splitlines() if each.startswith("VmHWM")]
        return int(line.split()[1]) * 1024


@contextmanager
def started(name: str, folder: Path) -> Iterator[Server]:
    """A server of the examples, with a new book in a folder."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    book, log = folder / "book", folder / "log"
    environment = {
        **os.environ, "BOOK": str(book), "PYTHONPATH": str(Path(execbroker.__path__[0]).parent),
    }  # fmt: skip
    with log.open("wb") as output:
        process = subprocess.Popen(
            [sys.executable, str(EXAMPLES / f"serve_{name}.py"), str(port)],
            env=environment,
            stdout=output,
            stderr=output,
        )
    server = Server(port, SERVERS[name], book, process)
    try:
        _await(server, log)
        yield server
    finally:
        process.terminate()
        try:
            process.wait(PATIENCE)
        except subprocess.TimeoutExpired:  # it waits for clients that do not go
            process.kill()
            process.wait(PATIENCE)


def _await(server: Server, log: Path) -> None:
    deadline = time.monotonic() + PATIENCE
    while time.monotonic() < deadline:
        try:
            server.connect().close()
        except ConnectionRefusedError:
            assert server.process.poll() is None, log.read_text("utf-8")
            time.sleep(0.05)
        else:
            return
    raise AssertionError(f"no server came up: {log.read_text('utf-8')}")
