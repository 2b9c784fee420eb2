"""A UWS service without a socket, a thread or a clock: from a request to a response (IVOA UWS 1.1, section 2.2).

    GET     /                    the jobs; PHASE (repeated: any of them), AFTER, LAST choose among them
    POST    /                    a new job, of TASK (or a body that is the task), RUNID, and whatever else the jobs
                                 take; PHASE=RUN runs it at once
    GET     /ID                  the job; WAIT, and with it PHASE, wait for its phase to change
    DELETE  /ID                  forget it; so does POST with ACTION=DELETE
    GET     /ID/phase            plain text; POST PHASE=RUN accepts an offer, PHASE=ABORT rejects it or stops a run
    GET     /ID/executionduration, /ID/destruction    POST EXECUTIONDURATION= or DESTRUCTION= to change it
    GET     /ID/quote, /ID/owner, /ID/error           plain text
    GET     /ID/parameters       POST to change them while the job is PENDING
    GET     /ID/results

What is asked at a bad time is 403, a bad value 400, an unknown job 404. Whatever else a `Jobs` raises is its fault,
and is not caught here.
"""

from __future__ import annotations

from abc import abstractmethod
from collections.abc import Callable, Iterable
from typing import Final, Protocol, TypeAlias, final

from execbroker.core.answer import Answer
from execbroker.core.interfaces import Refused
from execbroker.core.problems import InvalidDocument, Unreadable, quoted
from execbroker.languages.uws.documents import write_job, write_jobs, write_parameters, write_results
from execbroker.languages.uws.exchange import Request, Response
from execbroker.languages.uws.selection import Selection, wait_deadline
from execbroker.languages.uws.sessions import TASK
from execbroker.languages.uws.tables import TEXT, UwsPhase
from execbroker.languages.uws.texts import format_time, is_writable, parse_time
from execbroker.languages.uws.values import LONGEST, JobReference, Parameter, UwsJob

__all__ = ["CONTROLS", "Jobs", "respond"]

#: Names that speak to the service; all others are parameters of the job.
CONTROLS: Final = frozenset(
    {"PHASE", "RUNID", "ACTION", "DESTRUCTION", "EXECUTIONDURATION", "WAIT", "AFTER", "LAST"}
)
#: Codes of refusals that say that there is no such job.
_UNKNOWN: Final = frozenset({"job-unknown", "offer-unknown"})


class Jobs(Protocol):
    """The jobs behind a service. Each call takes the instant, and may raise `Refused`, having changed nothing.

    The codes `job-unknown` and `offer-unknown` become 404, all others 403 with the message.
    """

    @abstractmethod
    def jobs(self, now: int, wanted: Selection) -> Iterable[UwsJob]:
        """The jobs that the client may see, the latest first; those that don't say when they were made come last.

        What is not wanted may be there, or be left out where that spares work: it is not shown.
        """

    @abstractmethod
    def job(self, identifier: str, now: int) -> UwsJob:
        """A job as it stands."""

    @abstractmethod
    def create(self, parameters: tuple[Parameter, ...], run_id: str | None, now: int) -> str | Answer:
        """Make a job, and give its identifier; or give the answer that is NO, and make none.

        Where there are several offers, each is a job, and the identifier is that of the first.

        Raises:
            InvalidDocument: The task is none.
        """

    @abstractmethod
    def run(self, identifier: str, now: int) -> None:
        """Accept an offer, or run again what is held."""

    @abstractmethod
    def abort(self, identifier: str, now: int) -> None:
        """Reject an offer, or stop a job."""

    @abstractmethod
    def delete(self, identifier: str, now: int) -> None:
        """Stop a job, if it is to be stopped, and forget it and its results."""

    @abstractmethod
    def set_duration(self, identifier: str, seconds: int, now: int) -> None:
        """Change for how long a job may execute; 0: as long as can be. The service may settle for less."""

    @abstractmethod
    def set_destruction(self, identifier: str, instant: int, now: int) -> None:
        """Change when a job will be forgotten. The service may settle for another instant."""

    @abstractmethod
    def set_parameters(self, identifier: str, parameters: tuple[Parameter, ...], now: int) -> None:
        """Change parameters of a job that is PENDING; those that are not given stay."""

    @abstractmethod
    def error(self, identifier: str, now: int) -> str | None:
        """All that is known about why a job failed; None: no more than its document says."""


@final
class _Bad(Exception):
    """What a client asks makes no sense; the message says why."""


Answering: TypeAlias = Callable[[Request, Jobs, str], Response]


def respond(request: Request, jobs: Jobs) -> Response:
    """The response to a request.

    Nothing is changed unless the status is 303; but a new job that could not be run at once is there all the same,
    and the 403 says where.
    """
    try:
        response = _dispatch(request, jobs)
    except Refused as refused:
        response = Response.text(f"{refused.message}\n", 404 if refused.code in _UNKNOWN else 403)
    except InvalidDocument as error:
        response = Response.text(f"{error}\n", 400)
    except (_Bad, Unreadable) as error:
        response = Response.text(f"{error}\n", 400)
    if request.method != "HEAD":
        return response
    return Response(response.status, b"", response.headers)


def _dispatch(request: Request, jobs: Jobs) -> Response:
    parts = request.path.strip("/").split("/")
    identifier, *below = parts
    if not identifier:
        methods: dict[str, Answering] = {"GET": _list, "POST": _create}
    elif not below:
        methods = {"GET": _show, "POST": _act, "DELETE": _delete}
    elif len(below) == 1 and below[0] in _RESOURCES:
        methods = _RESOURCES[below[0]]
    else:
        return Response.text("there is nothing here\n", 404)
    answer = methods.get("GET" if request.method == "HEAD" else request.method)
    if answer is None:
        allowed = ", ".join([*methods, "HEAD"])
        return Response.text(f"this can only be asked with {allowed}\n", 405).having("Allow", allowed)
    return answer(request, jobs, identifier)


def _see(request: Request, identifier: str = "") -> Response:
    return Response.see(f"{request.root}/{identifier}" if identifier else request.root or "/")


# ------------------------------------------------------------------------------------------ values of parameters


def _single(request: Request, name: str) -> str | None:
    """The value of a parameter that may be there once."""
    values = request.values(name)
    if len(values) > 1:
        raise _Bad(f"{name} is given {len(values)} times")
    return values[0] if values else None


def _needed(request: Request, name: str) -> str:
    value = _single(request, name)
    if value is None:
        raise _Bad(f"{name} is not given")
    return value


def _number(name: str, text: str, least: int) -> int:
    """A whole number that an `xs:int` can hold."""
    digits = text.strip().removeprefix("-")
    if digits.isascii() and digits.isdigit() and len(digits) <= len(str(LONGEST)):
        number = int(text)
        if least <= number <= LONGEST:
            return number
    raise _Bad(f"{name} is {quoted(text)}, not a whole number from {least} to {LONGEST}")


def _phase(text: str) -> UwsPhase:
    if text not in UwsPhase.__members__:
        raise _Bad(f"there is no phase {quoted(text)}; write one of {', '.join(UwsPhase.__members__)}")
    return UwsPhase[text]


def _parameters(request: Request, *controls: str) -> tuple[Parameter, ...]:
    """The parameters of a job that a request gives, beside some names that speak to the service."""
    if request.body and not request.form:
        return (Parameter(TASK, _decoded(request.body), is_post=True),)
    found: dict[str, Parameter] = {}
    for name, value in (*request.query, *request.form):
        key = name.upper()
        if key in controls:
            continue
        if key in CONTROLS:
            raise _Bad(f"{key} has no meaning here")
        if key in found:  # in a document they could not be told apart
            raise _Bad(f"{quoted(name)} is given twice")
        found[key] = Parameter(_carried(name), _carried(value))
    return tuple(found.values())


def _decoded(body: bytes) -> str:
    try:
        return _carried(body.decode("utf-8"))
    except UnicodeDecodeError as error:
        raise _Bad(f"the body is not text in UTF-8: {error}") from None


def _carried(text: str) -> str:
    """A text that the job's document has to give back."""
    if not is_writable(text):
        raise _Bad(f"{quoted(text)} has characters that no XML document can carry")
    return text


# ------------------------------------------------------------------------------------------------------- the list


def _list(request: Request, jobs: Jobs, _: str) -> Response:
    phases = [_phase(text) for text in request.values("PHASE")]
    after, last = _single(request, "AFTER"), _single(request, "LAST")
    wanted = Selection(
        phases,
        None if after is None else parse_time(after),
        None if last is None else _number("LAST", last, 1),
    )
    chosen = wanted.of(jobs.jobs(request.now, wanted))
    return Response.xml(
        write_jobs(JobReference.of(job, f"{request.root}/{job.identifier}") for job in chosen)
    )


def _create(request: Request, jobs: Jobs, _: str) -> Response:
    command = _single(request, "PHASE")
    if command not in (None, "RUN"):
        raise _Bad(f"a new job can be given PHASE=RUN, not {quoted(command)}")
    run_id = _single(request, "RUNID")
    parameters = _parameters(request, "PHASE", "RUNID")
    made = jobs.create(parameters, None if run_id is None else _carried(run_id), request.now)
    if isinstance(made, Answer):
        return Response.text(_reasons(made), 403)
    seen = _see(request, made)
    if command:
        try:
            jobs.run(made, request.now)
        except Refused as refused:  # the job is there all the same, and the client should be able to find it
            return Response.text(f"{refused.message}\n", 403).having(
                "Location", seen.header("Location") or ""
            )
    return seen


def _reasons(answer: Answer) -> str:
    """Why there is no job, a reason a line."""
    lines = [f"{reason.message} ({reason.code})" for reason in answer.reasons]
    return "".join(f"{line}\n" for line in lines or ["there is no offer"])


# ------------------------------------------------------------------------------------------------------ one job


def _show(request: Request, jobs: Jobs, identifier: str) -> Response:
    job = jobs.job(identifier, request.now)
    wait, phase = _single(request, "WAIT"), _single(request, "PHASE")
    seconds = None if wait is None else _number("WAIT", wait, -1)
    until = wait_deadline(job, seconds, None if phase is None else _phase(phase), request.now)
    shown = Response.xml(write_job(job))
    return Response(shown.status, shown.body, shown.headers, until)


def _act(request: Request, jobs: Jobs, identifier: str) -> Response:
    action = _needed(request, "ACTION")
    if action != "DELETE":
        raise _Bad(f"ACTION can be DELETE, not {quoted(action)}")
    return _delete(request, jobs, identifier)


def _delete(request: Request, jobs: Jobs, identifier: str) -> Response:
    jobs.delete(identifier, request.now)
    return _see(request)


def _change_phase(request: Request, jobs: Jobs, identifier: str) -> Response:
    command = _needed(request, "PHASE")
    job = jobs.job(identifier, request.now)
    if command == "RUN":
        _allow(job, "run", UwsPhase.QUEUED)
        jobs.run(identifier, request.now)
    elif command == "ABORT":
        _allow(job, "be aborted", UwsPhase.ABORTED)
        jobs.abort(identifier, request.now)
    else:
        raise _Bad(f"PHASE can be RUN or ABORT, not {quoted(command)}")
    return _see(request, identifier)


def _allow(job: UwsJob, what: str, after: UwsPhase) -> None:
    """Let a client's command pass only where the standard has an arrow for it."""
    if (job.phase, after) not in TEXT:
        raise Refused("phase", f"a job that is {job.phase.value} cannot {what}")


def _change_duration(request: Request, jobs: Jobs, identifier: str) -> Response:
    seconds = _number("EXECUTIONDURATION", _needed(request, "EXECUTIONDURATION"), 0)
    jobs.set_duration(identifier, seconds, request.now)
    return _see(request, identifier)


def _change_destruction(request: Request, jobs: Jobs, identifier: str) -> Response:
    instant = parse_time(_needed(request, "DESTRUCTION"))
    jobs.set_destruction(identifier, instant, request.now)
    return _see(request, identifier)


def _change_parameters(request: Request, jobs: Jobs, identifier: str) -> Response:
    parameters = _parameters(request)
    job = jobs.job(identifier, request.now)
    if job.phase is not UwsPhase.PENDING:
        raise Refused("phase", f"the parameters of a job that is {job.phase.value} cannot be changed")
    jobs.set_parameters(identifier, parameters, request.now)
    return _see(request, identifier)


def _error(request: Request, jobs: Jobs, identifier: str) -> Response:
    job = jobs.job(identifier, request.now)
    detail = jobs.error(identifier, request.now)
    return Response.text(detail if detail is not None else job.trouble.message if job.trouble else "")


def _shows(text: Callable[[UwsJob], str]) -> Answering:
    """A resource that is one value of a job, as plain text."""
    return lambda request, jobs, identifier: Response.text(text(jobs.job(identifier, request.now)))


def _shows_xml(document: Callable[[UwsJob], bytes]) -> Answering:
    """A resource that is a part of a job's document."""
    return lambda request, jobs, identifier: Response.xml(document(jobs.job(identifier, request.now)))


def _time(instant: int | None) -> str:
    return "" if instant is None else format_time(instant)


#: What is below a job, and how each of its methods is answered.
_RESOURCES: Final[dict[str, dict[str, Answering]]] = {
    "phase": {"GET": _shows(lambda job: job.phase.value), "POST": _change_phase},
    "executionduration": {"GET": _shows(lambda job: str(job.duration)), "POST": _change_duration},
    "destruction": {"GET": _shows(lambda job: _time(job.destruction)), "POST": _change_destruction},
    "quote": {"GET": _shows(lambda job: _time(job.quote))},
    "owner": {"GET": _shows(lambda job: job.owner or "")},
    "error": {"GET": _error},
    "parameters": {
        "GET": _shows_xml(lambda job: write_parameters(job.parameters)),
        "POST": _change_parameters,
    },
    "results": {"GET": _shows_xml(lambda job: write_results(job.results))},
}
