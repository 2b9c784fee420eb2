"""A broker on the web, with nothing but the standard library: `python examples/serve_wsgiref.py [PORT]`."""

import sys
import time
from socketserver import ThreadingMixIn
from wsgiref.simple_server import WSGIRequestHandler, WSGIServer, make_server

from attrs import evolve
from web_broker import now, service

from execbroker.service import from_wsgi, status_line


def application(environ, start_response):  # type: ignore[no-untyped-def]
    """Answer a request; any server that speaks WSGI can call this."""
    head = from_wsgi(environ, now())
    body = environ["wsgi.input"].read(service.wanted(head))
    response = service.respond(head, body)
    while response.until is not None:  # a client of UWS that wants to wait
        time.sleep(0.2)
        response = service.again(response, evolve(head, now=now()), body)
    start_response(status_line(response), list(response.headers))
    return [response.body]


class Threads(ThreadingMixIn, WSGIServer):
    """A thread for each request, so that nobody waits for a slow client."""

    daemon_threads = True
    request_queue_size = 128


class Patience(WSGIRequestHandler):
    """Gives up on clients that say nothing for so many seconds."""

    timeout = 20

    def get_environ(self):  # type: ignore[no-untyped-def]
        """The same; but what has no type is not `text/plain`."""
        return super().get_environ() | {"CONTENT_TYPE": self.headers.get("Content-Type", "")}


if __name__ == "__main__":
    port = int(sys.argv[1]) if len(sys.argv) > 1 else 8000
    with make_server("127.0.0.1", port, application, Threads, Patience) as server:
        server.serve_forever()
