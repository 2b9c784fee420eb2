"""What came out of a job, for whoever may see the job, whole or piece by piece (RFC 9110, section 14)."""

from __future__ import annotations

import re
from typing import Final
from urllib.parse import quote

from attrs import evolve

from execbroker.adapters.result_files import has_file, read_file
from execbroker.adapters.taking import standing
from execbroker.core.session import Job
from execbroker.service.http.messages import Head, Response
from execbroker.service.http.refusals import Refusal
from execbroker.service.routes import Call, Needs, Outcome, Route, Schema, Table

__all__ = ["FETCHING", "linked"]

#: Nothing is known of it, and no browser is to show it.
_BYTES: Final = "application/octet-stream"
_RANGE: Final = re.compile(r"bytes=(?:([0-9]{1,18})-([0-9]{1,18})?|-([0-9]{1,18}))")


def linked(job: Job, table: Table, root: str) -> Job:
    """A job whose results in files are where they can be fetched.

    Args:
        job: The job.
        table: All that the service can be asked.
        root: The URL of the service.
    """

    def place(name: str, where: str) -> str:
        is_here = has_file(job, where)
        return (is_here and table.url(root, FETCHING.name, job=job.identifier, name=name)) or where

    return evolve(job, results=tuple((name, place(name, where)) for name, where in job.results))


def _fetch(call: Call) -> Response:
    """A result, or a piece of it."""
    identifier, name, most = call.parameters["job"], call.parameters["name"], call.limits.result
    call.jobs.job(identifier, call.now)  # refused if the client may not see it, or has deleted it
    job = standing(call.broker, call.runner, identifier, call.now)
    piece = _piece(call.head)
    first, wanted = piece or (0, most)
    content, size = read_file(job, name, first, min(wanted, most))
    headers = (
        ("Content-Type", _BYTES),
        ("Content-Disposition", f"attachment; filename*=UTF-8''{quote(name.replace('/', '_'), '')}"),
        ("Accept-Ranges", "bytes"),
    )
    if piece is None:
        if size > most:
            message = f"the result has {size:,} bytes; fetch it in pieces of at most {most:,}, with Range"
            raise Refusal(403, "result-too-large", message, headers=headers[-1:])
        return Response(200, content, headers)
    if not content:
        beyond = (("Content-Range", f"bytes */{size}"),)
        raise Refusal(416, "range", f"the result has {size:,} bytes", headers=beyond)
    begin = max(0, size + first) if first < 0 else first
    where = f"bytes {begin}-{begin + len(content) - 1}/{size}"
    return Response(206, content, (*headers, ("Content-Range", where)))


def _piece(head: Head) -> tuple[int, int] | None:
    """The first byte that is wanted and how many; None: all. What makes no sense is passed over."""
    given = head.header("Range")
    found = _RANGE.fullmatch(given or "")
    if found is None or head.header("If-Range") is not None:
        return None
    first, last, tail = (None if each is None else int(each) for each in found.groups())
    if first is None:
        return -(tail or 0), tail or 0
    if last is not None and last < first:
        return None
    return first, 1 << 62 if last is None else last - first + 1


_CONTENT: Final[dict[str, Schema]] = {_BYTES: {"type": "string", "format": "binary"}}
_FILE: Final = {"Content-Disposition": "What to call it.", "Accept-Ranges": "That it can be had in pieces."}

FETCHING: Final = Route(
    "GET",
    "/jobs/{job}/results/{name}",
    "getResult",
    "What came out, under one of the names that the results list; whole, or a piece of it.",
    _fetch,
    (
        Outcome(200, "All of it.", _CONTENT, _FILE),
        Outcome(206, "The piece that Range says.", _CONTENT, {**_FILE, "Content-Range": "Which piece."}),
        Outcome(403, "It is too large to be sent at once; ask with Range."),
        Outcome(416, "It has no such piece."),
    ),
    Needs.SEE,
    variables={"job": "The identifier of a job.", "name": "The name of a result."},
)
