"""Routes as data: what can be asked, what is sent and what comes back. The description is made from the same table.

A service has one table, which is put together from `Endpoints`. Whoever adds a language adds its own.
"""

from __future__ import annotations

import enum
import re
from collections.abc import Callable, Iterable, Mapping
from typing import Any, Final, final
from urllib.parse import quote, unquote

from attrs import evolve, field, frozen

from execbroker.core.interfaces import Runner
from execbroker.core.problems import quoted
from execbroker.languages.uws.requests import Jobs
from execbroker.service.clients.identities import Policy, Who
from execbroker.service.clients.ownership import OwnBroker
from execbroker.service.http.bodies import Body
from execbroker.service.http.limits import Limits
from execbroker.service.http.messages import Head, Request, Response
from execbroker.service.http.refusals import Refusal
from execbroker.service.memory import Memory

__all__ = ["Call", "Endpoints", "Needs", "Outcome", "Parameter", "Route", "Schema", "Table"]

Schema = dict[str, Any]

_ESCAPE: Final = re.compile(r"%(?![0-9A-Fa-f]{2})")
_VARIABLE: Final = re.compile(r"\{(\w+)\}")
_PREFIX: Final = re.compile(r"(?:/[A-Za-z0-9._~-]+)+")


@final
@frozen
class Call:
    """A request that has found its route, and all that is needed to answer it.

    Attributes:
        request: The request, decoded; its root is the URL below which the route's own endpoints are, and its path
            what follows that.
        head: The same as it came; its root is that of the service.
        parameters: The variable parts of the path, decoded.
        body: The body.
        media: What the response is to be written as.
        identity: Who asks.
        broker: The broker, as the client sees it.
        runner: Who runs what is accepted, if anybody.
        jobs: The jobs, as the client sees them.
        memory: What the service said before.
        resources: Names of further resources that the platforms have.
        limits: What a request may cost.
        describe: The description of the service.
        table: All that the service can be asked.
    """

    request: Request
    head: Head
    parameters: Mapping[str, str]
    body: Body
    media: str
    identity: str | None
    broker: OwnBroker
    runner: Runner | None
    jobs: Jobs
    memory: Memory
    resources: frozenset[str]
    limits: Limits
    describe: Callable[[], Schema]
    table: Table

    @property
    def now(self) -> int:
        """The instant."""
        return self.head.now

    def url(self, name: str, /, **variables: str) -> str | None:
        """Where a route of the service is; see `Table.url`."""
        return self.table.url(self.head.root, name, **variables)


@final
class Needs(enum.Enum):
    """What a client must be allowed to do, to be listened to at all: fields of the policy, or nothing."""

    NOTHING = ""
    ASK = "ask"
    SEE = "see"
    CHANGE = "change"
    RUN = "ask change"

    def lets_in_anybody(self, policy: Policy) -> bool:
        """Whether a policy allows it to whoever comes."""
        return all(getattr(policy, each) is Who.ANYBODY for each in self.value.split())


@final
@frozen
class Parameter:
    """A parameter of the query: its name, what it is for, and the schema of its value, or of each of its values."""

    name: str
    description: str
    schema: Schema
    is_repeatable: bool = False


@final
@frozen
class Outcome:
    """What may come of a request.

    Attributes:
        status: As in HTTP.
        description: When.
        content: Media types with the schemas of what is sent; none: nothing is sent.
        headers: Those that a client should look at, with what they say.
        links: What can be asked next: names of routes, with what their variables are, as OpenAPI expresses it.
            Those that a service does not have are left out of its description.
    """

    status: int
    description: str
    content: Mapping[str, Schema] = field(factory=dict)
    headers: Mapping[str, str] = field(factory=dict)
    links: Mapping[str, Mapping[str, str]] = field(factory=dict)


@final
@frozen
class Route:
    """One thing that can be asked.

    Attributes:
        method: GET, POST, …; where there is GET there is HEAD, and everywhere OPTIONS.
        path: Below the place of its endpoints; parts in braces are variable: `/sessions/{session}`.
        name: What it is called, unique in a table.
        summary: What it does, one sentence.
        answer: Does it. May raise `Refusal`, and whatever `refusals.refusal_of` takes.
        needs: What a client must be allowed to do.
        reads: Types of bodies that are understood, with their schemas; none: the body is not looked at.
        needs_body: Whether there must be a body.
        writes: Types that the response can be written as, the usual one first; none: whatever the client accepts,
            the route knows best.
        query: Parameters of the query.
        has_further_query: Whether others are passed over; else they are refused.
        outcomes: What may come of it, beside what may come of any request.
        variables: What the variable parts of the path stand for.
        mount: The place of its endpoints below the service's root: ``, `/eb-2025`.
    """

    method: str
    path: str
    name: str
    summary: str
    answer: Callable[[Call], Response]
    outcomes: tuple[Outcome, ...]
    needs: Needs = Needs.NOTHING
    reads: Mapping[str, Schema] = field(factory=dict)
    needs_body: bool = False
    writes: tuple[str, ...] = ()
    query: tuple[Parameter, ...] = ()
    has_further_query: bool = False
    variables: Mapping[str, str] = field(factory=dict)
    mount: str = ""

    @property
    def place(self) -> str:
        """The path below the service's root."""
        return self.mount + self.path


@final
@frozen
class Endpoints:
    """Routes, and the schemas that they name (`#/components/schemas/NAME`)."""

    routes: tuple[Route, ...]
    schemas: Mapping[str, Schema] = field(factory=dict)

    def mounted(self, prefix: str) -> Endpoints:
        """The same at another place, such as `/eb-2025`; what they answer names things at that place.

        Raises:
            ValueError: It is no path, or has variable parts.
        """
        if not _PREFIX.fullmatch(prefix):
            raise ValueError(f"{prefix!r} is no path to put endpoints at; write it as '/eb-2025'")
        routes = tuple(evolve(route, mount=prefix + route.mount) for route in self.routes)
        return evolve(self, routes=routes)


@final
class Table:
    """All routes of a service, to be found by path and method."""

    def __init__(self, endpoints: Iterable[Endpoints]) -> None:
        """Put endpoints together.

        Raises:
            ValueError: Two routes have the same name, or answer the same; or two schemas with one name differ.
        """
        self.routes: tuple[Route, ...] = ()
        self.schemas: dict[str, Schema] = {}
        self._by_length: dict[int, dict[tuple[str, ...], dict[str, Route]]] = {}
        for group in endpoints:
            self.routes += group.routes
            for name, schema in group.schemas.items():
                if self.schemas.setdefault(name, schema) != schema:
                    raise ValueError(f"two schemas are called {name!r}")
            for route in group.routes:
                self._add(route)
        self.by_name: Mapping[str, Route] = {route.name: route for route in self.routes}
        names = [route.name for route in self.routes]
        if twice := {name for name in names if names.count(name) > 1}:
            raise ValueError(f"several routes are called {', '.join(sorted(twice))}")

    def _add(self, route: Route) -> None:
        template = tuple(_parts(route.place))
        shape = tuple("{}" if _is_variable(part) else part for part in template)
        known = self._by_length.setdefault(len(template), {})
        for other, methods in known.items():
            same = tuple("{}" if _is_variable(part) else part for part in other)
            if same == shape and route.method in methods:
                raise ValueError(f"two routes answer {route.method} {route.place}")
        known.setdefault(template, {})[route.method] = route

    def url(self, root: str, name: str, /, **variables: str) -> str | None:
        """Where a route is; None if there is none of that name.

        Args:
            root: The URL of the service.
            name: That of the route.
            variables: What is to stand in the variable parts of its path.
        """
        route = self.by_name.get(name)
        if route is None:
            return None
        return root.rstrip("/") + _VARIABLE.sub(lambda each: quote(variables[each[1]], safe=""), route.place)

    def at(self, path: str) -> tuple[dict[str, Route], dict[str, str]]:
        """The routes of a path, by method, and its variable parts; what is literal wins over what is variable.

        Raises:
            Refusal: 404.
        """
        if _ESCAPE.search(path):
            raise Refusal(404, "not-found", f"there is nothing at {quoted(path)}")
        parts = _parts(path)
        found: dict[str, Route] = {}
        variables: dict[str, str] = {}
        for template, methods in self._by_length.get(len(parts), {}).items():
            values = _matched(template, parts)
            if values is not None and (not found or len(values) < len(variables)):
                found, variables = methods, values
        if not found:
            raise Refusal(404, "not-found", f"there is nothing at {quoted(path)}")
        return found, variables


def _parts(path: str) -> list[str]:
    """The parts of a path; a slash at the end says nothing."""
    return path.removeprefix("/").removesuffix("/").split("/")


def _is_variable(part: str) -> bool:
    return part.startswith("{")


def _matched(template: tuple[str, ...], parts: list[str]) -> dict[str, str] | None:
    """The variable parts of a path that is as a template says."""
    values: dict[str, str] = {}
    for expected, part in zip(template, parts, strict=True):
        if _is_variable(expected):
            if not part:
                return None
            values[expected[1:-1]] = unquote(part, errors="replace")
        elif part != expected:
            return None
    return values
