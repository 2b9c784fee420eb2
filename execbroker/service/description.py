"""The description of a service as OpenAPI 3.1, made from its table of routes."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable, Mapping
from typing import Final

from attrs import evolve

from execbroker.service.clients.identities import Authentication, Policy
from execbroker.service.http.refusals import PROBLEM
from execbroker.service.routes import Needs, Outcome, Route, Schema, Table
from execbroker.service.schemas import PROBLEM_SCHEMAS, named

__all__ = ["description", "outcomes"]

_VERSION: Final = "3.1.1"
#: The version of what is described; it changes when a client would have to.
_API: Final = "1.0"
_CLIENT: Final = "client"
_VARIABLE: Final = re.compile(r"\{(\w+)\}")
_PROBLEM: Final = {PROBLEM: named("Problem")}

#: What may come of any request.
_ALWAYS: Final = (
    Outcome(400, "The request makes no sense.", _PROBLEM),
    # Credentials that make no sense are refused also where nobody asks for any.
    Outcome(401, "The client has to say who it is.", _PROBLEM, {"WWW-Authenticate": "How."}),
    Outcome(414, "The URL is too long.", _PROBLEM),
    Outcome(431, "The headers are too large.", _PROBLEM),
)
_VARIABLES: Final = (Outcome(404, "There is no such thing, or it is another's.", _PROBLEM),)
_BODY: Final = (
    Outcome(411, "The length of the body is not known.", _PROBLEM),
    Outcome(413, "The body is too large.", _PROBLEM),
    Outcome(415, "The body is of a type that is not understood.", _PROBLEM, {"Accept": "Types that are."}),
)
_CHANGE: Final = (Outcome(403, "A page of another site may not ask this.", _PROBLEM),)
_NEGOTIATED: Final = (Outcome(406, "There is nothing of a type that the client accepts.", _PROBLEM),)


def outcomes(route: Route) -> dict[int, Outcome]:
    """All that may come of a request for a route, by status."""
    general = [*_ALWAYS]
    general += _VARIABLES if _VARIABLE.search(route.path) else ()
    general += _CHANGE if route.method != "GET" else ()
    general += _BODY if route.method not in ("GET", "DELETE") else ()
    general += _NEGOTIATED if route.writes else ()
    found: dict[int, Outcome] = {}
    for each in (*route.outcomes, *general):
        before = found.get(each.status)
        content = dict(each.content) or (_PROBLEM if each.status >= 400 else {})
        if before is None:
            found[each.status] = evolve(each, content=content)
        else:
            found[each.status] = evolve(before, content={**before.content, **content})
    return dict(sorted(found.items()))


def description(
    table: Table, authentication: Authentication | None, policy: Policy, root: str = ""
) -> Schema:
    """What a service can be asked.

    Args:
        table: Its routes.
        authentication: How clients are recognised, if they are.
        policy: What is whose.
        root: Its URL.
    """
    paths: dict[str, Schema] = {}
    names = {route.name for route in table.routes}
    for route in table.routes:
        operations = paths.setdefault(route.place, {})
        operations[route.method.lower()] = _operation(route, authentication, policy, names)
    components: Schema = {"schemas": {**PROBLEM_SCHEMAS, **table.schemas}}
    if authentication is not None:
        components["securitySchemes"] = {_CLIENT: dict(authentication.scheme)}
    return {
        "openapi": _VERSION,
        "info": {
            "title": "Execution broker",
            "summary": "Can you run this task, when, and with how much?",
            "version": _API,
        },
        "servers": [{"url": root or "/"}],
        "paths": paths,
        "components": components,
    }


def _operation(
    route: Route, authentication: Authentication | None, policy: Policy, names: Collection[str]
) -> Schema:
    operation: Schema = {"operationId": route.name, "summary": route.summary}
    parameters = [*_in_path(route), *_in_query(route)]
    if parameters:
        operation["parameters"] = parameters
    if route.reads:
        operation["requestBody"] = {"required": route.needs_body, "content": _content(route.reads)}
    operation["responses"] = {
        str(status): _response(outcome, names) for status, outcome in outcomes(route).items()
    }
    if authentication is not None and route.needs is not Needs.NOTHING:
        is_public = route.needs.lets_in_anybody(policy)
        operation["security"] = [*([{}] if is_public else []), {_CLIENT: []}]
    return operation


def _in_path(route: Route) -> Iterable[Schema]:
    for name in _VARIABLE.findall(route.path):
        yield {
            "name": name,
            "in": "path",
            "required": True,
            "description": route.variables.get(name, ""),
            "schema": {"type": "string", "minLength": 1},
        }


def _in_query(route: Route) -> Iterable[Schema]:
    for each in route.query:
        schema = {"type": "array", "items": each.schema} if each.is_repeatable else each.schema
        yield {"name": each.name, "in": "query", "description": each.description, "schema": schema}


def _content(types: Mapping[str, Schema]) -> Schema:
    return {media: {"schema": schema} for media, schema in types.items()}


def _response(outcome: Outcome, names: Collection[str]) -> Schema:
    response: Schema = {"description": outcome.description}
    if outcome.headers:
        response["headers"] = {
            name: {"description": text, "schema": {"type": "string"}}
            for name, text in outcome.headers.items()
        }
    if outcome.content:
        response["content"] = _content(outcome.content)
    links = {
        name: {"operationId": name, "parameters": dict(variables)}
        for name, variables in outcome.links.items()
        if name in names
    }
    if links:
        response["links"] = links
    return response
