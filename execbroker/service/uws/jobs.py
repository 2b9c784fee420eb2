"""UWS below `/jobs`: the requests of `languages.uws`, for the jobs that a client may see (IVOA UWS 1.1)."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Final, final

from attrs import evolve

from execbroker.core.answer import Answer
from execbroker.core.lifecycle import IllegalStep
from execbroker.languages.uws.exchange import XML as XML_TYPE
from execbroker.languages.uws.requests import Jobs, respond
from execbroker.languages.uws.selection import LONGEST_WAIT, Selection
from execbroker.languages.uws.tables import UwsPhase
from execbroker.languages.uws.values import LONGEST, Parameter, UwsJob
from execbroker.service import routes
from execbroker.service.clients.ownership import OwnBroker
from execbroker.service.http.media import FORM, JSON, PLAIN, YAML
from execbroker.service.http.messages import Response
from execbroker.service.routes import Call, Endpoints, Needs, Outcome, Route, Schema
from execbroker.service.schemas import JOB_SCHEMAS, named
from execbroker.service.uws.results import FETCHING

__all__ = ["JOBS", "OwnJobs"]

#: Where the list of jobs is.
_ROOT: Final = "/jobs"


@final
class OwnJobs(Jobs):
    """Jobs as one client sees them: those that it may not see are not there, others' it cannot change."""

    def __init__(self, jobs: Jobs, broker: OwnBroker) -> None:
        """Let a client at jobs as far as a broker lets it at their sessions."""
        self._jobs, self._broker = jobs, broker

    def jobs(self, now: int, wanted: Selection) -> Iterable[UwsJob]:
        """The jobs that the client may see."""
        return self._jobs.jobs(now, wanted)

    def job(self, identifier: str, now: int) -> UwsJob:
        """A job that the client may see."""
        self._broker.owner(identifier)
        return self._jobs.job(identifier, now)

    def create(self, parameters: tuple[Parameter, ...], run_id: str | None, now: int) -> str | Answer:
        """Make a job, which is the client's."""
        return self._jobs.create(parameters, run_id, now)

    def run(self, identifier: str, now: int) -> None:
        """Accept an offer of the client's own."""
        self._broker.claim(identifier)
        self._jobs.run(identifier, now)

    def abort(self, identifier: str, now: int) -> None:
        """Reject or stop what is the client's own."""
        self._broker.claim(identifier)
        self._jobs.abort(identifier, now)

    def delete(self, identifier: str, now: int) -> None:
        """Forget what is the client's own."""
        self._broker.claim(identifier)
        self._jobs.delete(identifier, now)

    def set_duration(self, identifier: str, seconds: int, now: int) -> None:
        """Change what is the client's own."""
        self._broker.claim(identifier)
        self._jobs.set_duration(identifier, seconds, now)

    def set_destruction(self, identifier: str, instant: int, now: int) -> None:
        """Change what is the client's own."""
        self._broker.claim(identifier)
        self._jobs.set_destruction(identifier, instant, now)

    def set_parameters(self, identifier: str, parameters: tuple[Parameter, ...], now: int) -> None:
        """Change what is the client's own."""
        self._broker.claim(identifier)
        self._jobs.set_parameters(identifier, parameters, now)

    def error(self, identifier: str, now: int) -> str | None:
        """Why a job failed that the client may see."""
        self._broker.owner(identifier)
        return self._jobs.error(identifier, now)


def _forward(call: Call) -> Response:
    """The same request, as seen from the list of jobs."""
    request = call.request
    below = request.path.removeprefix("/").removesuffix("/").removeprefix(_ROOT[1:])
    method = "GET" if request.method == "HEAD" else request.method  # the service leaves out the body
    request = evolve(request, method=method, path=below, root=request.root + _ROOT)
    try:
        return respond(request, call.jobs)
    except IllegalStep as illegal:  # somebody was faster
        return Response.text(f"{illegal}\n", 403)


_TEXT: Final[dict[str, Schema]] = {PLAIN: {"type": "string"}}
_XML: Final[dict[str, Schema]] = {XML_TYPE: {"type": "string"}}
_CREATED: Final = {"Location": "The URL of the job."}
_VARIABLES: Final = {"job": "The identifier of a job, which is that of an offer."}
_FAULT: Final = Outcome(400, "What is asked makes no sense.", _TEXT)
_UNKNOWN: Final = Outcome(404, "There is no such job.", _TEXT)
_FORBIDDEN: Final = Outcome(403, "It cannot be done now, or not by this client.", _TEXT)
_FORMS: Final = {FORM: named("JobForm"), YAML: named("Question"), JSON: named("Question")}
_PHASES: Final[Schema] = {"enum": [each.value for each in UwsPhase]}
_WAIT: Final = (
    routes.Parameter(
        "WAIT",
        f"Seconds to wait for the phase to change, at most {LONGEST_WAIT} at a time; -1: as long as can be.",
        {"type": "integer", "minimum": -1, "maximum": LONGEST},
    ),
    routes.Parameter("PHASE", "Wait only while the job is in this phase.", _PHASES),
)
_SELECTION: Final = (
    routes.Parameter("PHASE", "Only jobs in one of these phases.", _PHASES, is_repeatable=True),
    routes.Parameter(
        "AFTER", "Only jobs made after this instant.", {"type": "string", "format": "date-time"}
    ),
    routes.Parameter(
        "LAST", "At most so many, the newest.", {"type": "integer", "minimum": 1, "maximum": LONGEST}
    ),
)


def _route(method: str, below: str, name: str, summary: str, outcomes: tuple[Outcome, ...], needs: Needs,
           query: tuple[routes.Parameter, ...] = (), form: str | None = None) -> Route:  # fmt: skip
    is_one = below.startswith("/{")
    reads = {} if form is None else _FORMS if form == "JobForm" else {FORM: named(form)}
    return Route(
        method,
        _ROOT + below,
        name,
        summary,
        _forward,
        (*outcomes, *((_UNKNOWN,) if is_one else ())),
        needs,
        reads,
        needs_body=bool(reads) and form != "ParametersForm",
        query=query,
        has_further_query=True,
        variables=_VARIABLES if is_one else {},
    )


def _look(below: str, name: str, summary: str, content: dict[str, Schema]) -> Route:
    """A route that shows something of a job."""
    return _route("GET", f"/{{job}}{below}", name, summary, (Outcome(200, "It.", content),), Needs.SEE)


def _change(below: str, name: str, summary: str, form: str) -> Route:
    """A route that changes something of a job."""
    done = Outcome(303, "It is done; look at the job.", headers=_CREATED)
    outcomes = (done, _FAULT, _FORBIDDEN)
    return _route("POST", f"/{{job}}{below}", name, summary, outcomes, Needs.CHANGE, form=form)


_DONE: Final = Outcome(
    303, "It is forgotten; look at the list.", headers={"Location": "The URL of the list."}
)

JOBS: Final = Endpoints(
    (
        _route("GET", "", "listJobs", "The jobs that the client may see, the newest first.",
               (Outcome(200, "The jobs.", _XML), _FAULT), Needs.SEE, _SELECTION),
        _route("POST", "", "createJob", "Ask for offers; each is a PENDING job. Or take up an OFFER that is there.",
               (Outcome(303, "There is an offer; look at its job.", headers=_CREATED), _FAULT,
                Outcome(403, "NO, and why.", _TEXT), Outcome(404, "There is no such OFFER.", _TEXT)),
               Needs.ASK, form="JobForm"),
        _route("GET", "/{job}", "getJob", "A job; it may be waited for.",
               (Outcome(200, "The job.", _XML), _FAULT), Needs.SEE, _WAIT),
        _route("POST", "/{job}", "actOnJob", "Forget a job.", (_DONE, _FAULT, _FORBIDDEN), Needs.CHANGE,
               form="ActionForm"),
        _route("DELETE", "/{job}", "deleteJob", "Stop a job if it is to be stopped, and forget it.",
               (_DONE, _FORBIDDEN), Needs.CHANGE),
        _look("/phase", "getPhase", "The phase.", _TEXT),
        _change("/phase", "changePhase", "RUN accepts an offer; ABORT rejects it, or stops a job.", "PhaseForm"),
        _look("/executionduration", "getDuration", "Seconds that the job may execute.", _TEXT),
        _change("/executionduration", "changeDuration", "Choose how long it may execute.", "DurationForm"),
        _look("/destruction", "getDestruction", "When the job will be forgotten.", _TEXT),
        _change("/destruction", "changeDestruction", "Choose when it will be forgotten.", "DestructionForm"),
        _look("/quote", "getQuote", "When it will be done.", _TEXT),
        _look("/owner", "getOwner", "Whose it is.", _TEXT),
        _look("/error", "getError", "Why it failed.", _TEXT),
        _look("/parameters", "getParameters", "What goes in.", _XML),
        _change("/parameters", "changeParameters", "What was offered is for its task, so this is refused.",
                "ParametersForm"),
        _look("/results", "getResults", "What came out.", _XML),
        FETCHING,
    ),
    JOB_SCHEMAS,
)  # fmt: skip
