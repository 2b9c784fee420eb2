"""Ways in: which ports of a task are to be reached, and where they then are."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from execbroker.adapters.runners.connections import at_host, nowhere
from execbroker.adapters.runners.local import LocalRunner
from execbroker.adapters.runners.virtual import VirtualRunner
from execbroker.core.amounts import Amounts
from execbroker.core.session import Connector, Run, Session
from execbroker.core.task import Executable, Task
from execbroker.languages import read_task
from execbroker.testing.ledgers import FileLedger

EXAMPLES = Path(__file__).parents[2] / "examples" / "dialects"
RUN = Run(1000, 60, Amounts({"cores": 1000, "memory": 2**30}))

#: What a file may hold under any key.
ANYTHING = st.recursive(
    st.none() | st.booleans() | st.integers(-1, 70_000) | st.text(max_size=5) | st.just("HTTP"),
    lambda inner: (
        st.lists(inner, max_size=3)
        | st.dictionaries(
            st.sampled_from(["access", "internal", "external", "port", "ports", "protocol", "path"]), inner
        )
    ),
)


def accepted(executable: Executable | None) -> Session:
    """A session that is to run something."""
    return FileLedger().accept("job", Task(executable=executable), RUN)


def ways(*ports: object, host: str = "node7.example.org") -> list[tuple[str, str]]:
    """The protocols and places of what is to be reached of some ports."""
    found = at_host(host)(accepted(Executable("docker-container", {"network": {"ports": [*ports]}})))
    return [(each.protocol, each.location) for each in found]


def port(number: int, **more: Any) -> dict[str, Any]:
    """A port that users are to reach."""
    return {"access": True, "internal": {"port": number}, **more}


class TestAtHost:
    """Every port that is to be reached is at the host."""

    def test_a_port_for_each_protocol(self) -> None:
        """The protocol is that of the URL; only the web has paths."""
        ports = [
            port(8000 + index, protocol=name) for index, name in enumerate(("HTTP", "HTTPS", "TCP", "UDP"))
        ]
        assert ways(*ports) == [
            ("HTTP", "http://node7.example.org:8000/"),
            ("HTTPS", "https://node7.example.org:8001/"),
            ("TCP", "tcp://node7.example.org:8002"),
            ("UDP", "udp://node7.example.org:8003"),
        ]

    def test_kinds(self) -> None:
        """What a way in is, is said by a URI."""
        (way,) = at_host("here")(accepted(Executable("x", {"ports": [port(22, protocol="TCP")]})))
        assert way == Connector("tcp://here:22", "TCP", "urn:execbroker:connector:tcp")

    def test_only_what_is_to_be_reached(self) -> None:
        """A port is for users only if the task says so; numbers that are none are no ports."""
        shut = [{**port(80), "access": access} for access in (False, None, "true", 1)]
        wrong = [port(0), port(65_536), port(True), {"access": True}, 8080, "8080:80", None]
        assert ways(*shut, *wrong, {"internal": {"port": 80}}) == []

    def test_the_outer_port(self) -> None:
        """A port has the number that the task wants outside, if it says one."""
        assert ways(port(8888, external={"port": 443}, protocol="HTTPS")) == [
            ("HTTPS", "https://node7.example.org:443/")
        ]

    def test_no_protocol(self) -> None:
        """With a path it is the web, without one it is not."""
        assert ways(port(80, path="/lab"), port(81)) == [
            ("HTTP", "http://node7.example.org:80/lab"),
            ("TCP", "tcp://node7.example.org:81"),
        ]

    @pytest.mark.parametrize(
        ("path", "tail"),
        [
            ("lab", "/lab"),
            ("/a b", "/a%20b"),
            ("/#x", "/%23x"),
            ("/a%20b?token=1&x=ü", "/a%20b?token=1&x=%C3%BC"),
        ],
    )
    def test_paths(self, path: str, tail: str) -> None:
        """What cannot stand in a URL is escaped."""
        assert ways(port(80, path=path)) == [("HTTP", f"http://node7.example.org:80{tail}")]

    def test_addresses(self) -> None:
        """An address with colons is put in brackets (RFC 3986)."""
        assert ways(port(80, protocol="TCP"), host="2001:db8::7") == [("TCP", "tcp://[2001:db8::7]:80")]

    def test_nothing_to_run(self) -> None:
        """Who runs nothing, or gives no ports, is not reached."""
        assert at_host("here")(accepted(None)) == at_host("here")(accepted(Executable("x"))) == ()

    @given(ANYTHING, ANYTHING)
    def test_anything(self, network: object, ports: object) -> None:
        """Whatever the task holds, there is an answer."""
        details = {"network": network, "ports": ports}
        for each in at_host("here")(accepted(Executable("x", details))):
            assert each.location.startswith(f"{each.protocol.lower()}://here:")

    def test_of_a_dialect(self) -> None:
        """The ports of a request in one of the field's languages are found."""
        source = (EXAMPLES / "request-calycopis.json").read_text("utf-8")
        found = at_host("here")(accepted(read_task(source).unwrap().executable))
        assert [each.location for each in found] == ["http://here:8080/"]


class TestRunners:
    """Both runners show the ways in with the job."""

    TASK = Task(
        executable=Executable(
            "command", {"command": [sys.executable, "-c", ""], "network": {"ports": [port(8080, path="/")]}}
        )
    )

    def test_virtual(self) -> None:
        """What would be run could be reached there."""
        ledger = FileLedger()
        runner = VirtualRunner(ledger, connect=at_host("here"))
        job = runner.run(ledger.accept("job", self.TASK, RUN), 900)
        assert [each.location for each in job.connectors] == ["http://here:8080/"]
        assert runner.job("job", 2000).connectors == job.connectors

    def test_local(self, tmp_path: Path) -> None:
        """What is run on this machine is reached there."""
        ledger = FileLedger()
        runner = LocalRunner(ledger, tmp_path, connect=at_host("localhost"))
        job = runner.run(ledger.accept("job", self.TASK, RUN), 900)
        assert [each.location for each in job.connectors] == ["http://localhost:8080/"]
        runner.abort("job", 900)
        runner.close()

    def test_nowhere(self, tmp_path: Path) -> None:
        """Unless somebody says where, there is no way in."""
        ledger = FileLedger()
        session = ledger.accept("job", self.TASK, RUN)
        assert nowhere(session) == VirtualRunner(ledger).run(session, 900).connectors == ()
