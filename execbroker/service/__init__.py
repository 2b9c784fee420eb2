"""A service without a framework: a request as a value in, a response as a value out.

Nothing here opens a socket, starts a thread or reads a clock. A server of any kind makes a `Head` of what it read,
reads as much of the body as `Service.wanted` says, and sends what `Service.respond` gives back.

Read it in this order:

* `http`: what every request goes through: `messages`, `refusals` (RFC 9457), `limits`, `media`, `bodies`, `origins`
  (pages that ask in somebody's name), `freshness`; and `gateways`, from what servers hand over to a head;
* `clients`: `identities`, who asks, and what each may do; `ownership`, a broker with the eyes of one client;
* `routes`: what can be asked, as data; `schemas`, `description`: the same for programs (OpenAPI 3.1);
* the endpoints: `seed`, the question and the sessions in the seed language; `uws`, jobs and their results;
  `drafts`, the draft's languages; `describing`. What they share: `changing`, to show and to change a session;
  `memory`, what was said and is not in the book; `preferences`, how an answer is wanted;
* `endpoints`: all of them, and where they are; `service`: the way of a request through all this.
"""

from execbroker.service.clients.identities import (
    OPEN,
    Authentication,
    Policy,
    Unidentified,
    Who,
    basic,
    trusting,
)
from execbroker.service.endpoints import ALL, CALYCOPIS_2026, EB_2025, SEED
from execbroker.service.http.gateways import from_asgi, from_wsgi, status_line
from execbroker.service.http.limits import Limits
from execbroker.service.http.messages import Head, Response
from execbroker.service.routes import Call, Endpoints, Needs, Outcome, Parameter, Route
from execbroker.service.service import Service

__all__ = [
    "ALL",
    "CALYCOPIS_2026",
    "EB_2025",
    "OPEN",
    "SEED",
    "Authentication",
    "Call",
    "Endpoints",
    "Head",
    "Limits",
    "Needs",
    "Outcome",
    "Parameter",
    "Policy",
    "Response",
    "Route",
    "Service",
    "Unidentified",
    "Who",
    "basic",
    "from_asgi",
    "from_wsgi",
    "status_line",
    "trusting",
]
