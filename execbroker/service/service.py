"""The way of a request, from what a server read to what it is to send; no socket, no thread and no clock.

Head, body ──► limits ──► Table ──► identity ──► Body ──► media ──► Call ──► Route.answer ──► Response
413 414 431   404 405     401      400 415    406           │
▼
Planner, Broker, Runner, as the client sees them
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from functools import partial
from typing import Final, final

from attrs import evolve

from execbroker.adapters.owners import Keeper
from execbroker.adapters.uws_jobs import BrokeredJobs, Wishes
from execbroker.core.interfaces import Refused, Runner
from execbroker.core.lifecycle import IllegalStep
from execbroker.core.problems import InvalidDocument
from execbroker.service.clients.identities import OPEN, Authentication, Policy, Unidentified
from execbroker.service.clients.ownership import OwnBroker
from execbroker.service.description import description
from execbroker.service.endpoints import ALL
from execbroker.service.http.bodies import Body, check_names, read_body, read_pairs
from execbroker.service.http.limits import Limits, check_body, check_head, declared_length
from execbroker.service.http.media import chosen
from execbroker.service.http.messages import ANY_PATH, Head, Request, Response
from execbroker.service.http.origins import check_origin
from execbroker.service.http.refusals import Refusal, refusal_of
from execbroker.service.memory import Memory
from execbroker.service.routes import Call, Endpoints, Route, Schema, Table
from execbroker.service.uws.jobs import OwnJobs
from execbroker.service.uws.results import linked

__all__ = ["Service"]

_READ_ONLY: Final = ("GET", "HEAD", "OPTIONS")
#: Statuses that never come with a body.
_BODILESS: Final = (204, 304)


@final
class Service:
    """Answers requests. One serves any number of threads; it keeps what UWS clients wish of their jobs."""

    def __init__(
        self,
        broker: Keeper,
        authentication: Authentication | None = None,
        *,
        runner: Runner | None = None,
        policy: Policy | None = None,
        endpoints: Iterable[Endpoints] = ALL,
        limits: Limits = Limits(),  # noqa: B008 (it is a frozen value)
        resources: frozenset[str] = frozenset(),
    ) -> None:
        """Serve what a broker offers.

        Args:
            broker: Plans, holds and books.
            authentication: How clients are recognised; None: they are not, and then the policy must be `OPEN`.
            runner: Runs what is accepted; None: somebody else does.
            policy: What is whose; left out, nobody sees or changes what is another's.
            endpoints: What can be asked.
            limits: What a request may cost.
            resources: Names of further resources that the platforms have.

        Raises:
            ValueError: Nobody could be recognised, and yet not everything is everybody's.
        """
        self.policy = policy or Policy()
        if authentication is None and self.policy != OPEN:
            raise ValueError("where nobody is recognised, the policy can only be OPEN")
        self.limits = limits
        self.table = Table(endpoints)
        self._broker, self._authentication, self._runner = broker, authentication, runner
        self._resources = resources
        self._wishes, self._memory = Wishes(), Memory()

    def wanted(self, head: Head) -> int:
        """How many bytes of the body a server should read before it calls `respond`; it need not read more.

        It is 0 where there is no body, where it is too large, and where the server would not find its end. Of a
        body of unknown length it is one more than what would be too large.
        """
        try:
            declared = declared_length(head)
        except Refusal:
            return 0
        if declared is None:
            return self.limits.body + 1 if head.header("Transfer-Encoding") and head.finds_end else 0
        return declared if declared <= self.limits.body else 0

    def respond(self, head: Head, body: bytes = b"") -> Response:
        """The response to a request.

        Whatever the broker or the runner raises beside `Refused` is a fault of theirs, and is not caught here.

        Args:
            head: All but the body.
            body: What was read of the body.
        """
        try:
            response = self._respond(head, body)
        except Refusal as refusal:
            response = refusal.response
        if response.header("Cache-Control") is None:
            response = response.having("Cache-Control", "no-store")
        response = response.having("X-Content-Type-Options", "nosniff")
        if response.status not in _BODILESS:  # also to HEAD: how long it would be (RFC 9110, section 8.6)
            response = response.having("Content-Length", str(len(response.body)))
        return evolve(response, body=b"") if head.method == "HEAD" else response

    def again(self, before: Response, head: Head, body: bytes = b"") -> Response:
        """The response to a request that was told to wait (`Response.until`), some time later.

        While the client is to wait on, `until` stays. A server that cannot wait sends the first response.
        """
        response = self.respond(head, body)
        waits = before.until is not None and head.now < before.until and response.body == before.body
        return evolve(response, until=before.until if waits else None)

    def describe(self, root: str = "") -> Schema:
        """The description of the service, as OpenAPI 3.1 has it.

        Args:
            root: The URL of the service.
        """
        return description(self.table, self._authentication, self.policy, root)

    def _respond(self, head: Head, body: bytes) -> Response:
        check_head(head, self.limits)
        if head.method == "OPTIONS" and head.path == ANY_PATH:
            return Response(
                204, b"", (("Allow", ", ".join(_allowed(each.method for each in self.table.routes))),)
            )
        methods, parameters = self.table.at(head.path)
        allow = (("Allow", ", ".join(_allowed(methods))),)
        if head.method == "OPTIONS":
            return Response(204, b"", allow)
        route = methods.get("GET" if head.method == "HEAD" else head.method)
        if route is None:
            message = f"this can only be asked with {allow[0][1]}"
            raise Refusal(405, "method-not-allowed", message, headers=allow)
        return self._answer(route, self._call(route, head, body, parameters))

    def _call(self, route: Route, head: Head, content: bytes, parameters: dict[str, str]) -> Call:
        """All that the route needs to answer, or a refusal."""
        identity = self._identity(head, route)
        if head.method not in _READ_ONLY:
            check_origin(head)
            check_body(head, content, self.limits)
        query = read_pairs(head.query, self.limits, "the query")
        if not route.has_further_query:
            known = {each.name: each for each in route.query}
            check_names(query, known, [name for name, each in known.items() if each.is_repeatable])
        body = read_body(head, content, route.reads, self.limits) if route.reads else Body()
        media = chosen(head.header("Accept"), route.writes) if route.writes else ""
        if media is None:
            message = f"this can be had as {' or '.join(route.writes)}"
            raise Refusal(406, "not-acceptable", message)
        broker = OwnBroker(self._broker, self.policy, identity, self.limits.listed)
        path = f"/{head.path.removeprefix('/')}".removeprefix(route.mount)
        root = head.root.rstrip("/") + route.mount
        brokered = BrokeredJobs(
            broker, self._runner, wishes=self._wishes, shown=partial(linked, table=self.table, root=head.root)
        )
        request = Request(head.method, path, head.now, query, body.form, body.content, root)
        return Call(
            request, head, parameters, body, media, identity, broker, self._runner,
            OwnJobs(brokered, broker), self._memory, self._resources, self.limits, lambda: self.describe(head.root),
            self.table,
        )  # fmt: skip

    def _identity(self, head: Head, route: Route) -> str | None:
        """Who asks, if that is known; a refusal if it has to be, and is not."""
        if self._authentication is None:
            return None
        challenge = (("WWW-Authenticate", self._authentication.challenge),)
        try:
            identity = self._authentication.identify(head)
        except Unidentified as unidentified:
            raise Refusal(401, "unidentified", str(unidentified), headers=challenge) from None
        if identity is None and not route.needs.lets_in_anybody(self.policy):
            raise Refusal(401, "unidentified", "say who you are", headers=challenge)
        return identity

    def _answer(self, route: Route, call: Call) -> Response:
        answer: Callable[[Call], Response] = route.answer
        try:
            return answer(call)
        except (Refused, IllegalStep, InvalidDocument) as error:
            raise refusal_of(error) from error


def _allowed(methods: Iterable[str]) -> list[str]:
    """Methods, with those that come by themselves."""
    given = set(methods)
    return sorted(given | {"OPTIONS"} | ({"HEAD"} if "GET" in given else set()))
