"""Sessions as UWS jobs: an offer is a PENDING job, which PHASE=RUN accepts and PHASE=ABORT rejects.

UWS itself has the idea (UWS 1.1, section 2.1.6): a client makes a job with several services, compares what they
quote, and runs the best. So no client needs a new verb. What UWS has no word for is in `jobInfo`: flat, with names
that come once and nothing but text below them, for there are clients that see no more than that.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Final
from urllib.parse import quote

from execbroker.core.amounts import Amounts
from execbroker.core.answer import Answer, Offer
from execbroker.core.durations import format_duration
from execbroker.core.instants import format_instant
from execbroker.core.lifecycle import FINAL, Phase
from execbroker.core.session import Job, Run, Session
from execbroker.core.sizes import format_amount
from execbroker.languages.tdl.answers import write_answer
from execbroker.languages.text.writer import to_json
from execbroker.languages.uws.tables import PHASES
from execbroker.languages.uws.texts import is_writable, made_writable
from execbroker.languages.uws.values import LONGEST, Info, Parameter, Result, Trouble, UwsJob

__all__ = ["OFFER", "TASK", "from_job"]

#: The parameters of a job: the identifier of its offer, and the document of its task.
OFFER: Final = "OFFER"
TASK: Final = "TASK"

_JSON: Final = "application/json"
_SCHEME: Final = re.compile(r"[A-Za-z][A-Za-z0-9+.-]+:")
#: What may stand in a URL as it is; a per cent sign in one already begins an escape.
_SAFE_IN_URL: Final = "!#$%&'()*+,/:;=?@[]~"


def from_job(
    job: Job,
    *,
    owner: str | None = None,
    task: str | None = None,
    task_at: str | None = None,
    destruction: int | None = None,
) -> UwsJob:
    """The UWS job of a runner's job, or of an offer: `from_job(Job(session))`. Whatever is in it can be written.

    An offer's job is quoted to be done by the offer's latest end, is to execute for its longest duration, and is
    destroyed when the offer expires. An accepted one's figures are those of its run.

    Args:
        job: The job.
        owner: Who made it, where that is known.
        task: The document of the task, as the client sent it.
        task_at: A URL where that is. It stands in for a document that XML cannot carry.
        destruction: When the job will be forgotten, as an instant; an offer's that was not accepted is when it
            expires, unless this says otherwise.
    """
    session, run = job.session, job.session.run
    offered = run is None and session.phase in (Phase.OFFERED, Phase.REJECTED, Phase.EXPIRED)
    duration = run.duration if run else session.offer.maxduration
    return UwsJob(
        identifier=session.identifier,
        phase=PHASES[session.phase],
        run_id=_label(session.task.name),
        owner=_label(owner),
        quote=run.end if run else session.offer.maxend,
        created=session.created,
        started=session.entered(Phase.RUNNING),
        ended=session.history[-1].instant if session.phase in FINAL else None,
        duration=min(duration, LONGEST),
        destruction=session.offer.expires if destruction is None and offered else destruction,
        parameters=tuple(_parameters(session, task, task_at)),
        results=tuple(Result(_shown(name), _url(where)) for name, where in job.results),
        trouble=_trouble(session),
        info=tuple(Info(*each) for each in _info(job)),
    )


def _label(text: str | None) -> str | None:
    """What clients must get back as it was, or not at all."""
    return text if text is None or is_writable(text) else None


def _parameters(session: Session, task: str | None, task_at: str | None) -> Iterator[Parameter]:
    yield Parameter(OFFER, session.identifier)
    if task is not None and is_writable(task):
        yield Parameter(TASK, task)
    elif task_at is not None:
        yield Parameter(TASK, _url(task_at), by_reference=True)


def _shown(name: str) -> str:
    return name if is_writable(name) else _escaped(name, _SAFE_IN_URL)


def _url(where: str) -> str:
    """A place as a URL, whether it is given as one or as a path."""
    if _SCHEME.match(where):
        return _escaped(where, _SAFE_IN_URL)
    path = _escaped(where, "/")
    return f"file://{path}" if path.startswith("/") else path


def _escaped(text: str, safe: str) -> str:
    """A text with all but safe ASCII as bytes in hexadecimal digits."""
    try:
        content = text.encode("utf-8", "surrogateescape")  # names of files whose bytes are not UTF-8
    except UnicodeEncodeError:
        content = text.encode("utf-8", "surrogatepass")
    return quote(content, safe=safe)


def _trouble(session: Session) -> Trouble | None:
    if session.phase is not Phase.FAILED:
        return None
    return Trouble(made_writable(session.message or "the session failed, and nothing says why"))


def _info(job: Job) -> Iterator[tuple[str, str] | tuple[str, str, str]]:
    """What there is to say beyond the standard: names, texts, and types of those texts that are documents."""
    session, offer = job.session, job.session.offer
    yield "sessionPhase", session.phase.value
    if session.message is not None:
        yield "sessionMessage", made_writable(session.message)
    yield "offerExpires", format_instant(offer.expires)
    yield "earliestStart", format_instant(offer.minstart)
    yield "latestStart", format_instant(offer.maxstart)
    yield "latestEnd", format_instant(offer.maxend)
    yield "shortestRun", format_duration(offer.minduration)
    yield "longestRun", format_duration(offer.maxduration)
    if session.run:
        yield from _accepted(session.run, offer)
    if (ended := session.entered(Phase.RELEASING)) is not None:
        yield "runEnded", format_instant(ended)
    if job.exit_status is not None:
        yield "exitStatus", str(job.exit_status)
    yield "offer", _offer(offer), _JSON


def _accepted(run: Run, offer: Offer) -> Iterator[tuple[str, str] | tuple[str, str, str]]:
    yield "runStart", format_instant(run.start)
    yield "runEnd", format_instant(run.end)
    yield "runAmounts", _amounts(run.amounts, offer.sizes), _JSON
    if run.node is not None:
        yield "runNode", str(run.node)


def _amounts(amounts: Amounts, sizes: frozenset[str]) -> str:
    return to_json({name: format_amount(name, value, sizes) for name, value in amounts.items()})


def _offer(offer: Offer) -> str:
    """The offer as the seed language writes it, on one line of JSON, which escapes all that XML cannot carry."""
    offers = write_answer(Answer(offers=(offer,)))["offers"]
    assert isinstance(offers, list)
    return to_json(offers[0])
