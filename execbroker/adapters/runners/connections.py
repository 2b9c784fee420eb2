"""Ways in to what runs: where the ports are that a task opens to its users.

Which these are the task's executable says, under `network: {ports: […]}` or `ports: […]`, as the schemas of the
field have it: `{access: true, internal: {port: 8080}, external: {port: 80}, protocol: HTTP, path: /lab}`. Ports
without `access: true` are for the executable alone.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from typing import Any, Final, TypeAlias
from urllib.parse import quote

from execbroker.core.session import Connector, Session
from execbroker.core.task import Executable

__all__ = ["Connect", "at_host", "nowhere"]

#: Says how to get in to what a session runs; asked each time that its job is looked at.
Connect: TypeAlias = Callable[[Session], tuple[Connector, ...]]

_WEB: Final = ("HTTP", "HTTPS")
_PROTOCOLS: Final = (*_WEB, "TCP", "UDP")
_LAST_PORT: Final = 65_535
#: What may stand in the path of a URL, with a query.
_SAFE_IN_PATHS: Final = "/?%:@!$&'()*+,;=-._~"


def nowhere(_: Session) -> tuple[Connector, ...]:
    """There is no way in."""
    return ()


def at_host(host: str) -> Connect:
    """Each port of a task that is to be reached is at a host, under the number that the task gives it.

    That is the one for outside, if it gives one, else the one that the executable listens on. A port whose protocol
    the task does not say is one of HTTP if it has a path, and of TCP otherwise.

    Args:
        host: The name or the address under which users reach what runs.
    """
    authority = f"[{host}]" if ":" in host else host

    def connect(session: Session) -> tuple[Connector, ...]:
        executable = session.task.executable
        return () if executable is None else tuple(_connectors(executable, authority))

    return connect


def _connectors(executable: Executable, authority: str) -> Iterator[Connector]:
    network = executable.details.get("network")
    for holder in (network if isinstance(network, Mapping) else {}, executable.details):
        ports = holder.get("ports")
        for each in ports if isinstance(ports, list | tuple) else ():
            if isinstance(each, Mapping) and each.get("access") is True:
                number = _number(each.get("external")) or _number(each.get("internal"))
                if number is not None:
                    yield _connector(each, f"{authority}:{number}")


def _number(side: object) -> int | None:
    number = side.get("port") if isinstance(side, Mapping) else None
    is_port = isinstance(number, int) and not isinstance(number, bool) and 0 < number <= _LAST_PORT
    return number if is_port else None


def _connector(port: Mapping[str, Any], authority: str) -> Connector:
    path = port.get("path") if isinstance(port.get("path"), str) else None
    protocol = str(port.get("protocol") or ("HTTP" if path else "TCP")).upper()
    if protocol not in _PROTOCOLS:
        protocol = "TCP"
    tail = f"/{quote((path or '').removeprefix('/'), _SAFE_IN_PATHS)}" if protocol in _WEB else ""
    scheme = protocol.lower()
    return Connector(f"{scheme}://{authority}{tail}", protocol, f"urn:execbroker:connector:{scheme}")
