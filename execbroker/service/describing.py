"""The description of a service, served by itself."""

from __future__ import annotations

import hashlib
import json
from typing import Final

from execbroker.service.http.freshness import fresh, is_unchanged
from execbroker.service.http.media import JSON
from execbroker.service.http.messages import Response
from execbroker.service.routes import Call, Endpoints, Outcome, Route

__all__ = ["DESCRIBING"]

#: For how long nobody needs to ask again, in seconds.
_LASTING: Final = 3600


def _describe(call: Call) -> Response:
    content = (json.dumps(call.describe(), ensure_ascii=False) + "\n").encode()
    tag = hashlib.sha256(content).hexdigest()[:32]
    headers = fresh(tag, JSON, f"public, max-age={_LASTING}")
    if is_unchanged(call.head, tag, JSON):
        return Response(304, b"", headers)
    return Response(200, content, (("Content-Type", JSON), *headers))


DESCRIBING: Final = Endpoints(
    (
        Route(
            "GET",
            "/openapi.json",
            "describe",
            "This description.",
            _describe,
            (
                Outcome(200, "An OpenAPI description.", {JSON: {"type": "object", "required": ["openapi"]}}),
                Outcome(304, "It is as the client has it."),
            ),
            writes=(JSON,),
        ),
    )
)
