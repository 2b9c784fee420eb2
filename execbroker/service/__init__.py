"""A service without a framework: a request as a value in, a response as a value out.

Nothing here opens a socket, starts a thread or reads a clock. A server of any kind makes a `Head` of what it read,
reads as much of the body as `Service.wanted` says, and sends what `Service.respond` gives back.

Read it in this order:

* `messages`: a request's head, and responses; `refusals`: why not (RFC 9457);
* `limits`: what a request may cost; `media`, `bodies`: what kind of document it is, and what it says; `memory`:
  what was said before;
* `identities`: who asks, and what each may do; `ownership`: a broker with the eyes of one client; `origins`: pages
  that ask in somebody's name;
* `routes`: what can be asked, as data; `schemas`, `description`: the same for programs (OpenAPI 3.1);
* `asking` (with `preferences` and `doubts`), `sessions` (with `session_documents`, `changing` and `freshness`),
  `mounted_jobs`, `results`, `describing`: the endpoints of the seed language and of UWS; `drafts` (with
  `draft_asking`, `draft_sessions` and `draft_documents`): those of the draft's languages; `endpoints`: all of them;
* `service`: the way of a request through all this; `gateways`: from what servers hand over to a head.
"""

from execbroker.service.endpoints import ALL, CALYCOPIS_2026, EB_2025, SEED
from execbroker.service.gateways import from_asgi, from_wsgi, status_line
from execbroker.service.identities import OPEN, Authentication, Policy, Unidentified, Who, basic, trusting
from execbroker.service.limits import Limits
from execbroker.service.messages import Head, Response
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
