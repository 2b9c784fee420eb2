"""A broker below a page of a Starlette application: `python examples/serve_starlette.py [PORT]`."""

import asyncio
import sys

import uvicorn
from attrs import evolve
from starlette.applications import Starlette
from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import PlainTextResponse, Response
from starlette.routing import Mount, Route
from web_broker import now, service

from execbroker.service import from_asgi


async def broker(scope, receive, send):  # type: ignore[no-untyped-def]
    """Answer a request, beside the loop; a body that is too large is not read to its end, if at all."""
    head, body = from_asgi(scope, now()), b""
    if wanted := service.wanted(head):
        async for chunk in Request(scope, receive).stream():
            body += chunk
            if len(body) >= wanted:
                break
    response = await run_in_threadpool(service.respond, head, body)
    while response.until is not None:  # a client of UWS that wants to wait
        await asyncio.sleep(0.2)
        response = await run_in_threadpool(service.again, response, evolve(head, now=now()), body)
    await Response(response.body, response.status, dict(response.headers))(scope, receive, send)


async def page(request: Request) -> Response:
    """Whatever else the application does."""
    return PlainTextResponse("ask at /exec/offers\n")


app = Starlette(routes=[Route("/", page), Mount("/exec", app=broker)])

if __name__ == "__main__":
    port = int(sys.argv[1]) if len(sys.argv) > 1 else 8000
    uvicorn.run(app, host="127.0.0.1", port=port, log_level="warning")
