"""A service in process, whose every response is held against the description that it serves."""

from __future__ import annotations

import base64
import json
import re
from collections.abc import Mapping
from decimal import Decimal
from functools import cache, cached_property
from itertools import count
from typing import Any, Final
from urllib.parse import urlencode

import pytest

from execbroker.adapters.books.broker import BookBroker
from execbroker.adapters.books.memory import MemoryStore
from execbroker.adapters.runners.virtual import VirtualRunner
from execbroker.core.amounts import Amounts
from execbroker.core.platform import Platform, Pool
from execbroker.languages.text.reader import read
from execbroker.service import Head, Policy, Response, Service, basic

NOW: Final = 1_683_633_600
ROOT: Final = "https://broker.example.org/exec"
TASK: Final = b"{name: fringe fit, compute-resources: {mincores: 4}, minduration: 1h, maxduration: 2h}"
FORM: Final = "application/x-www-form-urlencoded"
#: Everybody's here.
PASSWORD: Final = "correct horse"


@cache
def _validator(schema: str, components: str) -> Any:
    """What holds a document against a schema of the description; both are JSON."""
    jsonschema = pytest.importorskip("jsonschema", reason="jsonschema is not installed")
    return jsonschema.Draft202012Validator({**json.loads(schema), "components": json.loads(components)})


def _plain(node: Any) -> Any:
    """A tree as JSON has it, without exact decimals."""
    if isinstance(node, dict):
        return {key: _plain(value) for key, value in node.items()}
    if isinstance(node, list):
        return [_plain(each) for each in node]
    return float(node) if isinstance(node, Decimal) else node


def credentials(who: str) -> tuple[str, str]:
    """The header by which somebody says who they are."""
    return "Authorization", "Basic " + base64.b64encode(f"{who}:{PASSWORD}".encode()).decode()


class Served:
    """A service with a clock, and people who ask it."""

    def __init__(self, policy: Policy | None = None, **given: Any) -> None:
        numbers = count()
        self.now = NOW
        self.broker = BookBroker(
            [Platform("here", (Pool("batch", Amounts({"cores": 16_000, "memory": 2**40})),))],
            MemoryStore(),
            lambda: f"id{next(numbers)}",
        )
        self.authentication = basic("here", lambda _, password: password == PASSWORD)
        self.serve(policy, **given)

    def serve(self, policy: Policy | None = None, **given: Any) -> None:
        """Serve anew, with nothing remembered but what the broker keeps."""
        self.runner = VirtualRunner(self.broker)
        self.service = Service(
            self.broker, self.authentication, policy=policy, **{"runner": self.runner, **given}
        )
        vars(self).pop("description", None)
        vars(self).pop("components", None)

    @cached_property
    def description(self) -> Any:
        """What the service says of itself."""
        return self.service.describe(ROOT)

    @cached_property
    def components(self) -> str:
        """The schemas of the description, as JSON."""
        return json.dumps(self.description["components"])

    def head(
        self,
        method: str,
        path: str,
        body: bytes = b"",
        *,
        who: str | None = "ann",
        query: str = "",
        **headers: str,
    ) -> Head:
        """The head of a request, as a decent client sends it."""
        pairs = [(name.replace("_", "-"), value) for name, value in headers.items()]
        if who is not None:
            pairs.append(credentials(who))
        if body and "Content_Length" not in headers:
            pairs.append(("Content-Length", str(len(body))))
        return Head(method, path, self.now, query, tuple(pairs), ROOT)

    def ask(self, method: str, path: str, body: bytes = b"", **given: Any) -> Response:
        """The response to a request, which is as the description says."""
        head = self.head(method, path, body, **given)
        response = self.service.respond(head, body)
        self.check(head, response)
        return response

    def post(self, path: str, who: str | None = "ann", /, **form: str) -> Response:
        """The response to a form."""
        return self.ask("POST", path, urlencode(form).encode(), who=who, Content_Type=FORM)

    def offer(self, who: str = "ann") -> str:
        """The identifier of an offer that somebody asked for."""
        offer: str = tree(self.ask("POST", "/offers", TASK, who=who))["offers"][0]["offer"]
        return offer

    def change(self, session: str, phase: str, who: str | None = "ann", **more: Any) -> Response:
        """The response to a change of a session."""
        body = json.dumps({"phase": phase, **more}).encode()
        return self.ask("POST", f"/sessions/{session}", body, who=who, Content_Type="application/json")

    def check(self, head: Head, response: Response) -> None:
        """Hold a response against the description."""
        route = _route(self.description["paths"], head)
        media = (response.header("Content-Type") or "").partition(";")[0]
        if head.method == "OPTIONS" or route is None:
            assert response.status in (204, 400, 404, 405, 414, 431), response
            assert response.status == 204 or media == "application/problem+json"
            return
        outcomes = route["responses"]
        assert str(response.status) in outcomes, (head, response)
        outcome = outcomes[str(response.status)]
        for name in outcome.get("headers", {}):
            assert response.status >= 400 or response.header(name) is not None, name
        content = outcome.get("content", {})
        assert media in content if content else not media, (head, response)
        if head.method != "HEAD" and content:
            _check_body(content[media]["schema"], self.components, media, response.body)


def _check_body(schema: Mapping[str, Any], components: str, media: str, body: bytes) -> None:
    if media == "application/octet-stream":
        return
    is_text = media in ("text/plain", "application/xml")
    document = body.decode() if is_text else _plain(read(body, "response").unwrap().root)
    _validator(json.dumps(schema), components).validate(document)


def _route(paths: Mapping[str, Any], head: Head) -> Mapping[str, Any] | None:
    """What the description says of a request, if it knows it."""
    path = head.path.removesuffix("/")
    for template, operations in paths.items():
        pattern = re.sub(r"\\{\w+\\}", "[^/]+", re.escape(template))
        if re.fullmatch(pattern, path):
            methods = {each.upper(): operation for each, operation in operations.items()}
            return methods.get("GET" if head.method == "HEAD" else head.method)
    return None


def tree(response: Response) -> Any:
    """What a response says, in YAML or JSON."""
    return _plain(read(response.body, "response").unwrap().root)
