"""A UWS service without a socket, from the creating POST to the results, and a client of others that drives it."""

# ruff: noqa: D102 (what the methods of jobs do is said in their protocol)

from __future__ import annotations

import io
from collections.abc import Iterable
from typing import Any, Final
from urllib.parse import parse_qsl, urlsplit

import pytest
from attrs import evolve
from hypothesis import given
from hypothesis import strategies as st

from execbroker.core.answer import Answer, Offer
from execbroker.core.instants import format_instant, parse_instant
from execbroker.core.interfaces import Refused
from execbroker.core.lifecycle import CANCELLABLE, FINAL, Event, IllegalStep, Phase
from execbroker.core.planner import PlatformPlanner
from execbroker.core.session import Job, Passage, Run, Session
from execbroker.core.task import Task
from execbroker.languages import read_platform, read_task
from execbroker.languages.tdl.answers import identify
from execbroker.languages.uws.documents import write_job
from execbroker.languages.uws.exchange import Request, Response
from execbroker.languages.uws.reading import read_job, read_jobs
from execbroker.languages.uws.requests import Jobs, respond
from execbroker.languages.uws.selection import LONGEST_WAIT, Selection, wait_deadline
from execbroker.languages.uws.sessions import from_job
from execbroker.languages.uws.tables import TEXT, UwsPhase
from execbroker.languages.uws.values import Parameter, UwsJob

NOW: Final = parse_instant("2023-05-09T12:00:00Z")
ROOT: Final = "https://example.org/jobs"
PLATFORM: Final = """
platform: toy
pools: [{name: all, cores: 16, memory: 64G}]
offer-lifetime: 10min
"""
TASK: Final = """
name: fringe fit
compute-resources: {mincores: 4, minmemory: 8G}
minduration: 1h
maxduration: 1h
"""
#: What happens to a session in the end, and how many seconds before or after the start and the end of its run.
STEPS: Final = (
    (Event.WAIT, "start", -30),
    (Event.PREPARE, "start", -20),
    (Event.READY, "start", -10),
    (Event.START, "start", 0),
    (Event.END, "end", 0),
    (Event.COMPLETE, "end", 10),
)


class Toy(Jobs):
    """Jobs in a dict, on a platform with sixteen cores; a run takes what it has asked for."""

    def __init__(self) -> None:
        self.planner = PlatformPlanner(read_platform(PLATFORM).unwrap())
        self.sessions: dict[str, Session] = {}
        self.tasks: dict[str, str] = {}
        self.destruction: dict[str, int] = {}
        self.archived: set[str] = set()

    def _session(self, identifier: str, now: int) -> Session:
        """A session, moved on to now."""
        if identifier not in self.sessions:
            raise Refused("job-unknown", f"there is no job {identifier}")
        session = self.sessions[identifier]
        if session.phase is Phase.OFFERED and now >= session.offer.expires:
            session = session.after(Event.EXPIRE, session.offer.expires)
        for event, edge, seconds in STEPS if session.run else ():
            instant = max(getattr(session.run, edge) + seconds, session.history[-1].instant)
            if instant <= now and session.phase not in FINAL:
                try:
                    session = session.after(event, instant)
                except IllegalStep:
                    continue  # it has been there already
        self.sessions[identifier] = session
        return session

    def _step(self, identifier: str, event: Event, now: int) -> Session:
        try:
            return self._session(identifier, now).after(event, now)
        except IllegalStep as error:
            raise Refused("phase", str(error)) from None

    def jobs(self, now: int, wanted: Selection) -> Iterable[UwsJob]:
        return [self.job(identifier, now) for identifier in reversed(self.sessions)]

    def job(self, identifier: str, now: int) -> UwsJob:
        session = self._session(identifier, now)
        results = (("fits", "https://example.org/out.fits"),) if session.phase is Phase.COMPLETED else ()
        job = from_job(
            Job(session, results=results),
            task=self.tasks.get(identifier),
            destruction=self.destruction.get(identifier),
        )
        return evolve(job, phase=UwsPhase.ARCHIVED) if identifier in self.archived else job

    def create(self, parameters: tuple[Parameter, ...], run_id: str | None, now: int) -> str | Answer:
        text = next((each.value for each in parameters if each.identifier == "TASK"), "")
        task = read_task(text).unwrap()
        answer = self.planner.plan(evolve(task, name=run_id or task.name), now)
        if not answer.is_yes:
            return answer
        identifier = f"{identify(answer.offers[0])}{len(self.sessions)}"
        self.tasks[identifier] = text
        self.sessions[identifier] = Session(
            identifier,
            answer.offers[0],
            evolve(task, name=run_id or task.name),
            now,
            (Passage(Phase.OFFERED, now),),
        )
        return identifier

    def run(self, identifier: str, now: int) -> None:
        session = self._step(identifier, Event.ACCEPT, now)
        offer = session.offer
        start = max(offer.minstart, now + 60)
        self.sessions[identifier] = evolve(session, run=Run(start, offer.maxduration, offer.amounts))
        self.destruction[identifier] = start + 7 * 86_400

    def abort(self, identifier: str, now: int) -> None:
        session = self._session(identifier, now)
        event = Event.CANCEL if session.phase in CANCELLABLE else Event.REJECT
        self.sessions[identifier] = self._step(identifier, event, now)

    def delete(self, identifier: str, now: int) -> None:
        self._session(identifier, now)
        del self.sessions[identifier]

    def set_duration(self, identifier: str, seconds: int, now: int) -> None:
        session = self._session(identifier, now)
        if session.phase is not Phase.OFFERED:
            raise Refused("phase", "the duration is settled when an offer is accepted")
        least, most = session.offer.minduration, session.offer.maxduration
        offer = evolve(session.offer, maxduration=max(least, min(seconds or most, most)))
        self.sessions[identifier] = evolve(session, offer=offer)

    def set_destruction(self, identifier: str, instant: int, now: int) -> None:
        self._session(identifier, now)
        self.destruction[identifier] = instant

    def set_parameters(self, identifier: str, parameters: tuple[Parameter, ...], now: int) -> None:
        self._session(identifier, now)
        for each in parameters:
            if each.identifier != "TASK":
                raise Refused("parameter-unknown", f"there is no parameter {each.identifier}")
            self.tasks[identifier] = each.value

    def error(self, identifier: str, now: int) -> str | None:
        return "line 1\nline 2\n" if self._session(identifier, now).message == "long" else None


@pytest.fixture
def toy() -> Toy:
    """A service without jobs."""
    return Toy()


def ask(
    jobs: Jobs,
    method: str,
    path: str = "",
    query: str = "",
    *,
    now: int = NOW,
    body: bytes = b"",
    **form: str,
) -> Response:
    """The response to a request."""
    pairs = tuple(parse_qsl(query, keep_blank_values=True))
    return respond(Request(method, path, now, pairs, tuple(form.items()), body, ROOT), jobs)


def new(toy: Toy, task: str = TASK, now: int = NOW, **form: str) -> str:
    """The path of a new job."""
    response = ask(toy, "POST", now=now, TASK=task, **form)
    assert response.status == 303, response.body
    return (response.header("Location") or "").removeprefix(ROOT)


def phase(toy: Toy, path: str, now: int = NOW) -> str:
    """A job's phase, as a client reads it."""
    return ask(toy, "GET", f"{path}/phase", now=now).body.decode()


class TestLife:
    """A job from its making to its end."""

    def test_create(self, toy: Toy) -> None:
        """A task makes a PENDING job, whose document is where the response leads."""
        path = new(toy)
        response = ask(toy, "GET", path)
        job = read_job(response.body).unwrap()

        assert (response.status, response.header("content-type")) == (200, "application/xml")
        assert (job.phase, job.run_id, f"/{job.identifier}") == (UwsPhase.PENDING, "fringe fit", path)
        assert job.parameters == (Parameter("OFFER", job.identifier), Parameter("TASK", TASK))
        assert (job.created, job.destruction, job.duration) == (NOW, NOW + 600, 3600)

    def test_create_from_body(self, toy: Toy) -> None:
        """A body that is no form is the task."""
        response = ask(toy, "POST", body=TASK.encode())

        assert response.status == 303

    def test_run(self, toy: Toy) -> None:
        """PHASE=RUN accepts the offer, and time does the rest."""
        path = new(toy)
        accepted = ask(toy, "POST", f"{path}/phase", PHASE="RUN")

        assert (accepted.status, accepted.header("Location"), accepted.body) == (303, ROOT + path, b"")
        seen = [phase(toy, path, NOW + seconds) for seconds in (0, 59, 60, 3659, 3660, 3669, 3670)]
        assert seen == ["QUEUED", "QUEUED", "EXECUTING", "EXECUTING", "EXECUTING", "EXECUTING", "COMPLETED"]
        results = ask(toy, "GET", f"{path}/results", now=NOW + 3670).body
        assert b'xlink:href="https://example.org/out.fits"' in results

    def test_run_at_once(self, toy: Toy) -> None:
        """PHASE=RUN may come with the task, and RUNID with both."""
        path = new(toy, PHASE="RUN", RUNID="mine")

        assert phase(toy, path) == "QUEUED"
        assert read_job(ask(toy, "GET", path).body).unwrap().run_id == "mine"

    def test_run_at_once_refused(self, toy: Toy) -> None:
        """A job that could not be run at once is there, and the refusal says where."""

        class Full(Toy):
            def run(self, identifier: str, now: int) -> None:
                raise Refused("busy", "somebody was faster")

        full = Full()
        response = ask(full, "POST", TASK=TASK, PHASE="RUN")

        assert (response.status, response.body) == (403, b"somebody was faster\n")
        assert phase(full, (response.header("Location") or "").removeprefix(ROOT)) == "PENDING"

    def test_no(self, toy: Toy) -> None:
        """An answer that is NO makes no job, and its reasons are the body."""
        response = ask(toy, "POST", TASK="compute-resources: {mincores: 17}")

        assert response.status == 403
        assert b"17 cores" in response.body
        assert b"(resource-exceeds-capacity)" in response.body
        assert toy.sessions == {}

    def test_no_task(self, toy: Toy) -> None:
        """A task that can't be read is the client's mistake, and all that is wrong with it is said."""
        response = ask(toy, "POST", TASK="mincoers: 3\nminmemroy: 3")

        assert response.status == 400
        assert response.body.count(b"<task>:") == 2

    @pytest.mark.parametrize("at", [0, 30, 60])
    def test_abort(self, toy: Toy, at: int) -> None:
        """PHASE=ABORT rejects an offer, and stops what was accepted."""
        path = new(toy)
        if at:
            ask(toy, "POST", f"{path}/phase", PHASE="RUN")
        response = ask(toy, "POST", f"{path}/phase", now=NOW + at, PHASE="ABORT")

        assert (response.status, phase(toy, path, NOW + at)) == (303, "ABORTED")

    def test_expired(self, toy: Toy) -> None:
        """An offer that has expired can't be accepted any more."""
        path = new(toy)
        response = ask(toy, "POST", f"{path}/phase", now=NOW + 600, PHASE="RUN")

        assert (response.status, response.body) == (403, b"a job that is ABORTED cannot run\n")
        assert response.header("Content-Type") == "text/plain; charset=utf-8"

    def test_releasing(self, toy: Toy) -> None:
        """What is being released can't be stopped, though UWS would have it so."""
        path = new(toy, PHASE="RUN")
        response = ask(toy, "POST", f"{path}/phase", now=NOW + 3665, PHASE="ABORT")

        assert response.status == 403
        assert phase(toy, path, NOW + 3670) == "COMPLETED"

    @pytest.mark.parametrize("method", ["DELETE", "POST"])
    def test_delete(self, toy: Toy, method: str) -> None:
        """A job that was deleted is gone."""
        path = new(toy)
        response = ask(toy, "DELETE", path) if method == "DELETE" else ask(toy, "POST", path, ACTION="DELETE")

        assert (response.status, response.header("Location")) == (303, ROOT)
        assert ask(toy, "GET", path).status == 404
        assert ask(toy, "DELETE", path).status == 404


class Fixed(Toy):
    """One job in a phase of its own."""

    def __init__(self, phase: UwsPhase) -> None:
        super().__init__()
        self.phase, self.called = phase, ""

    def job(self, identifier: str, now: int) -> UwsJob:
        del now
        return UwsJob(identifier, self.phase)

    def run(self, identifier: str, now: int) -> None:
        self.called += "run"

    def abort(self, identifier: str, now: int) -> None:
        self.called += "abort"


class TestCommands:
    """Which commands pass in which phase."""

    @pytest.mark.parametrize("phase", UwsPhase, ids=lambda phase: phase.value)
    def test_run(self, phase: UwsPhase) -> None:
        """A job can be run when it is PENDING, and again when it is HELD."""
        jobs = Fixed(phase)
        response = ask(jobs, "POST", "/1/phase", PHASE="RUN")
        may = phase in (UwsPhase.PENDING, UwsPhase.HELD)

        assert (response.status, jobs.called) == ((303, "run") if may else (403, ""))

    @pytest.mark.parametrize("phase", UwsPhase, ids=lambda phase: phase.value)
    def test_abort(self, phase: UwsPhase) -> None:
        """A job can be aborted from wherever an arrow leads to ABORTED."""
        jobs = Fixed(phase)
        response = ask(jobs, "POST", "/1/phase", PHASE="ABORT")
        may = (phase, UwsPhase.ABORTED) in TEXT

        assert (response.status, jobs.called) == ((303, "abort") if may else (403, ""))

    @pytest.mark.parametrize("phase", UwsPhase, ids=lambda phase: phase.value)
    def test_parameters(self, phase: UwsPhase) -> None:
        """Parameters can be changed while a job is PENDING."""
        toy = Fixed(phase)
        toy.sessions["1"] = Session("1", OFFER, Task(), NOW, (Passage(Phase.OFFERED, NOW),))
        response = ask(toy, "POST", "/1/parameters", TASK="name: b")

        assert response.status == (303 if phase is UwsPhase.PENDING else 403)
        assert toy.tasks == ({"1": "name: b"} if phase is UwsPhase.PENDING else {})


OFFER: Final = Offer("toy", "all", NOW, NOW, NOW + 60, 60, 60, NOW + 60)


class TestResources:
    """What is below a job."""

    def test_texts(self, toy: Toy) -> None:
        """Each is one value in plain text; what there is none of is empty."""
        path = new(toy)
        texts = {
            name: ask(toy, "GET", f"{path}/{name}").body.decode()
            for name in ("phase", "executionduration", "destruction", "quote", "owner", "error")
        }
        quote = read_job(ask(toy, "GET", path).body).unwrap().quote

        assert quote is not None
        assert texts == {
            "phase": "PENDING",
            "executionduration": "3600",
            "destruction": "2023-05-09T12:10:00.000Z",
            "quote": format_instant(quote).replace("Z", ".000Z"),
            "owner": "",
            "error": "",
        }

    def test_unset(self) -> None:
        """There may be no destruction, and no quote."""
        jobs = Fixed(UwsPhase.QUEUED)

        assert [ask(jobs, "GET", f"/1/{name}").body for name in ("destruction", "quote")] == [b"", b""]

    @pytest.mark.parametrize(("message", "text"), [("no disk", "no disk"), ("long", "line 1\nline 2\n")])
    def test_error(self, toy: Toy, message: str, text: str) -> None:
        """An error is told in full where more is known than the job says."""
        path = new(toy, PHASE="RUN")
        identifier = path.strip("/")
        toy.sessions[identifier] = toy.sessions[identifier].after(Event.FAIL, NOW, message)

        assert ask(toy, "GET", f"{path}/error").body.decode() == text
        assert ask(toy, "GET", path).status == 200

    def test_parameters(self, toy: Toy) -> None:
        """Parameters are a document, and can be changed."""
        path = new(toy)
        changed = ask(toy, "POST", f"{path}/parameters", TASK="name: other")
        shown = ask(toy, "GET", f"{path}/parameters")

        assert (changed.status, shown.header("Content-Type")) == (303, "application/xml")
        assert b'<uws:parameter id="TASK">name: other</uws:parameter>' in shown.body

    def test_duration(self, toy: Toy) -> None:
        """The duration can be changed, and the service may settle for another one."""
        path = new(toy, TASK.replace("minduration: 1h", "minduration: 10min"))
        for asked, settled in (("9999", "3600"), ("1800", "1800"), ("0", "1800"), ("60", "600")):
            assert ask(toy, "POST", f"{path}/executionduration", EXECUTIONDURATION=asked).status == 303
            assert ask(toy, "GET", f"{path}/executionduration").body.decode() == settled

    def test_settled_duration(self, toy: Toy) -> None:
        """What a service refuses to change is 403."""
        path = new(toy, PHASE="RUN")
        response = ask(toy, "POST", f"{path}/executionduration", EXECUTIONDURATION="60")

        assert (response.status, response.body) == (
            403,
            b"the duration is settled when an offer is accepted\n",
        )

    def test_destruction(self, toy: Toy) -> None:
        """The destruction can be changed, with the six places of a second that a client sends."""
        path = new(toy)
        changed = ask(toy, "POST", f"{path}/destruction", DESTRUCTION="2024-01-02T03:04:05.000000Z")

        assert changed.status == 303
        assert ask(toy, "GET", f"{path}/destruction").body == b"2024-01-02T03:04:05.000Z"

    def test_names_in_any_case(self, toy: Toy) -> None:
        """Names of parameters may be in any case, their values not."""
        path = new(toy)

        assert ask(toy, "POST", f"{path}/phase", phase="run").status == 400
        assert ask(toy, "POST", f"{path}/phase", Phase="RUN").status == 303

    def test_head(self, toy: Toy) -> None:
        """HEAD is GET without the body."""
        path = new(toy)
        response = ask(toy, "HEAD", path)

        assert (response.status, response.body) == (200, b"")
        assert response.headers == ask(toy, "GET", path).headers


class TestMistakes:
    """Requests that make no sense change nothing."""

    @pytest.mark.parametrize(
        ("method", "path", "query", "form", "status"),
        [
            ("GET", "/nobody", "", {}, 404),
            ("GET", "/nobody/phase", "", {}, 404),
            ("POST", "/nobody/phase", "", {"PHASE": "RUN"}, 404),
            ("GET", "{}/mood", "", {}, 404),
            ("GET", "{}/results/fits/more", "", {}, 404),
            ("GET", "{}//phase", "", {}, 404),
            ("PUT", "", "", {}, 405),
            ("DELETE", "", "", {}, 405),
            ("PUT", "{}", "", {}, 405),
            ("DELETE", "{}/phase", "", {}, 405),
            ("POST", "{}/quote", "", {}, 405),
            ("POST", "{}/results", "", {}, 405),
            ("POST", "{}", "", {}, 400),
            ("POST", "{}", "", {"ACTION": "DROP"}, 400),
            ("POST", "{}/phase", "", {}, 400),
            ("POST", "{}/phase", "", {"PHASE": "PENDING"}, 400),
            ("POST", "{}/phase", "PHASE=RUN", {"PHASE": "ABORT"}, 400),
            ("POST", "{}/executionduration", "", {}, 400),
            ("POST", "{}/executionduration", "", {"EXECUTIONDURATION": "1.5"}, 400),
            ("POST", "{}/executionduration", "", {"EXECUTIONDURATION": "-1"}, 400),
            ("POST", "{}/executionduration", "", {"EXECUTIONDURATION": "2147483648"}, 400),
            ("POST", "{}/executionduration", "", {"EXECUTIONDURATION": "９"}, 400),
            ("POST", "{}/destruction", "", {"DESTRUCTION": "tomorrow"}, 400),
            ("POST", "{}/destruction", "", {"DESTRUCTION": ""}, 400),
            ("POST", "{}/parameters", "", {"TASK": "\x00"}, 400),
            ("POST", "{}/parameters", "", {"TASK": "a", "task": "b"}, 400),
            ("POST", "{}/parameters", "", {"TASK": "a", "PHASE": "RUN"}, 400),
            ("POST", "{}/parameters", "", {"QUERY": "a"}, 403),
            ("POST", "", "", {"TASK": TASK, "PHASE": "ABORT"}, 400),
            ("POST", "", "", {"TASK": TASK, "LAST": "1"}, 400),
            ("POST", "", "", {"TASK": TASK, "RUNID": "\x1b"}, 400),
            ("POST", "", "", {"TASK": TASK, "N\ufffe": ""}, 400),
            ("GET", "", "PHASE=RUN", {}, 400),
            ("GET", "", "PHASE=PENDING&PHASE=", {}, 400),
            ("GET", "", "AFTER=yesterday", {}, 400),
            ("GET", "", "LAST=0", {}, 400),
            ("GET", "", "LAST=-1", {}, 400),
            ("GET", "", "LAST=many", {}, 400),
            ("GET", "", "LAST=1&LAST=2", {}, 400),
            ("GET", "{}", "WAIT=soon", {}, 400),
            ("GET", "{}", "WAIT=-2", {}, 400),
            ("GET", "{}", "WAIT=1&PHASE=RUN", {}, 400),
        ],
    )
    def test_refused(
        self, toy: Toy, method: str, path: str, query: str, form: dict[str, str], status: int
    ) -> None:
        """Each has its status, and a sentence that says why."""
        job = new(toy)
        before = (dict(toy.sessions), dict(toy.tasks), dict(toy.destruction))
        response = ask(toy, method, path.format(job), query, **form)

        assert response.status == status
        assert response.header("Content-Type") == "text/plain; charset=utf-8"
        assert len(response.body) > 10
        assert (toy.sessions, toy.tasks, toy.destruction) == before

    def test_body_that_is_no_text(self, toy: Toy) -> None:
        """A body in another encoding is named as such."""
        response = ask(toy, "POST", body=b"name: \xff")

        assert response.status == 400
        assert b"UTF-8" in response.body

    def test_allowed(self, toy: Toy) -> None:
        """What may be asked instead is said."""
        assert ask(toy, "PUT", "/x").header("Allow") == "GET, POST, DELETE, HEAD"

    def test_bugs_are_not_hidden(self) -> None:
        """Whatever else the jobs raise is not taken for a client's mistake."""

        class Broken(Toy):
            def job(self, identifier: str, now: int) -> UwsJob:
                raise ZeroDivisionError

        with pytest.raises(ZeroDivisionError):
            ask(Broken(), "GET", "/1")

    @given(
        st.sampled_from(["GET", "POST", "DELETE", "HEAD", "PUT", ""]),
        st.text("/aphse.%", max_size=8)
        | st.sampled_from(["", "/1", "/1/phase", "/1/destruction", "/1/parameters"]),
        st.dictionaries(
            st.sampled_from(["PHASE", "TASK", "LAST", "AFTER", "WAIT", "ACTION", "RUNID", "DESTRUCTION"]),
            st.sampled_from(["RUN", "ABORT", "DELETE", "1", "-1", "", "2023-05-09", TASK])
            | st.text(max_size=5),
            max_size=3,
        ),
        st.binary(max_size=5),
    )
    def test_anything(self, method: str, path: str, form: dict[str, str], body: bytes) -> None:
        """Whatever is asked, there is an answer."""
        response = respond(Request(method, path, NOW, tuple(form.items()), (), body, ROOT), Toy())

        assert response.status in (200, 303, 400, 403, 404, 405)


created = st.none() | st.integers(0, 5)
lists = st.lists(st.builds(UwsJob, st.text("ab", min_size=1), st.sampled_from(UwsPhase), created=created))


class TestList:
    """Lists of jobs and their filters."""

    def test_list(self, toy: Toy) -> None:
        """All jobs, the latest first, each with its URL; the archived ones only when they are asked for."""
        first, second, third = (new(toy, now=NOW + seconds) for seconds in range(3))
        ask(toy, "POST", f"{second}/phase", now=NOW + 3, PHASE="ABORT")
        toy.archived.add(third.strip("/"))

        def paths(query: str = "") -> list[str]:
            response = ask(toy, "GET", "", query, now=NOW + 3)
            return [(each.href or "").removeprefix(ROOT) for each in read_jobs(response.body).unwrap()]

        assert paths() == [second, first]
        assert paths("PHASE=ARCHIVED") == [third]
        assert paths("PHASE=ARCHIVED&PHASE=PENDING") == [third, first]
        assert paths("phase=ABORTED") == [second]
        assert paths("LAST=1") == [second]
        assert paths("LAST=1&PHASE=PENDING") == [first]
        assert paths("AFTER=2023-05-09T12:00:00Z") == [second]
        assert paths("AFTER=2023-05-09T11:59:59.999Z") == [second, first]
        assert paths("AFTER=2023-05-09T12:00:01Z") == []

    @given(
        lists,
        st.sets(st.sampled_from(UwsPhase)),
        st.none() | st.integers(0, 5),
        st.none() | st.integers(1, 9),
    )
    def test_select(
        self, jobs: list[UwsJob], phases: set[UwsPhase], after: int | None, last: int | None
    ) -> None:
        """Filters choose, then the latest are counted off, and no more jobs are looked at."""
        chosen = [
            job
            for job in jobs
            if (job.phase in phases if phases else job.phase is not UwsPhase.ARCHIVED)
            and (after is None or (job.created is not None and job.created > after))
        ]
        rest = iter(jobs)

        assert list(Selection(phases, after, last).of(rest)) == chosen[:last]
        if last is not None and len(chosen) > last:
            assert chosen[last] in list(rest)


class TestWaiting:
    """WAIT, as a function of time."""

    @pytest.mark.parametrize("phase", UwsPhase, ids=lambda phase: phase.value)
    def test_phases(self, phase: UwsPhase) -> None:
        """A job is waited for only while it is on its way."""
        deadline = wait_deadline(UwsJob("1", phase), 10, None, NOW)

        assert deadline == (NOW + 10 if phase.value in ("PENDING", "QUEUED", "EXECUTING") else None)

    @pytest.mark.parametrize(
        ("wait", "phase", "seconds"),
        [
            (None, None, None),
            (0, None, None),
            (1, None, 1),
            (LONGEST_WAIT, None, LONGEST_WAIT),
            (10**9, None, LONGEST_WAIT),
            (-1, None, LONGEST_WAIT),
            (5, UwsPhase.QUEUED, 5),
            (5, UwsPhase.PENDING, None),
            (-1, UwsPhase.EXECUTING, None),
        ],
    )
    def test_deadline(self, wait: int | None, phase: UwsPhase | None, seconds: int | None) -> None:
        """It is the client's, within the service's limit, and there is none if the phase is another already."""
        deadline = wait_deadline(UwsJob("1", UwsPhase.QUEUED), wait, phase, NOW)

        assert deadline == (None if seconds is None else NOW + seconds)

    def test_request(self, toy: Toy) -> None:
        """The response says until when to wait, and is good as it is."""
        path = new(toy)
        waiting = ask(toy, "GET", path, "WAIT=7")

        assert waiting.until == NOW + 7
        assert waiting.body == ask(toy, "GET", path).body
        assert ask(toy, "GET", path).until is None
        assert ask(toy, "GET", path, "WAIT=7&PHASE=QUEUED").until is None
        assert ask(toy, "GET", path, "WAIT=7&PHASE=PENDING").until == NOW + 7
        assert ask(toy, "GET", f"{path}/phase", "WAIT=7").until is None


# ------------------------------------------------------------------------------------- a client that people have


class Wire:
    """Takes a client's requests to a service in the same process; a request that waits lets the time pass."""

    def __init__(self, jobs: Jobs) -> None:
        self.jobs, self.now = jobs, NOW
        self.asked: list[str] = []

    def answer(self, method: str, url: str, form: str) -> Response:
        """The response to what came over the wire, at its time."""
        parts = urlsplit(url)
        path = parts.path.removeprefix(urlsplit(ROOT).path)
        query = tuple(parse_qsl(parts.query))
        self.asked.append(f"{method} {'/'.join(path.split('/')[2:])}{parts.query}{form}")
        request = Request(method, path, self.now, query, tuple(parse_qsl(form)), b"", ROOT)
        response = respond(request, self.jobs)
        if response.until is None:
            return response
        identifier = path.strip("/")
        before = self.jobs.job(identifier, self.now).phase
        while self.now < response.until and self.jobs.job(identifier, self.now).phase is before:
            self.now += 1
        return respond(evolve(request, now=self.now, query=()), self.jobs)


@pytest.fixture
def wire(toy: Toy) -> Wire:
    """The wire to a service without jobs."""
    return Wire(toy)


@pytest.fixture
def session(wire: Wire) -> Any:
    """A session of requests that ends in the wire."""
    requests = pytest.importorskip("requests", reason="pyvo and requests are not installed")
    urllib3 = pytest.importorskip("urllib3")
    adapters = pytest.importorskip("requests.adapters")

    class Adapter(adapters.HTTPAdapter):  # type: ignore[misc, name-defined]
        """Sends nothing anywhere."""

        def send(self, request: Any, **_: object) -> Any:
            response = wire.answer(request.method, request.url, request.body or "")
            raw = urllib3.HTTPResponse(
                body=io.BytesIO(response.body),
                headers=dict(response.headers),
                status=response.status,
                preload_content=False,
            )
            return self.build_response(request, raw)

    made = requests.Session()
    made.mount("https://", Adapter())
    return made


class TestPyvo:
    """pyvo's job client, which knows nothing of offers."""

    def test_to_the_end(self, wire: Wire, session: Any, monkeypatch: pytest.MonkeyPatch) -> None:
        """It takes a job from PENDING to COMPLETED."""
        tap = pytest.importorskip("pyvo.dal.tap", reason="pyvo is not installed")
        monkeypatch.setattr(tap, "sleep", lambda _: None)  # the wire lets the time pass
        location = session.post(ROOT, data={"TASK": TASK}, allow_redirects=False).headers["Location"]
        job = tap.AsyncTAPJob(location, session=session)

        assert (job.phase, job.uws_version, job.owner) == ("PENDING", "1.1", None)
        assert job.destruction.isot == "2023-05-09T12:10:00.000"
        job.run()
        assert job.phase == "QUEUED"
        assert job.wait(phases={"EXECUTING"}).job.starttime.isot == "2023-05-09T12:01:00.000"
        job.destruction = "2024-01-02T03:04:05.000000Z"
        assert job.destruction.isot == "2024-01-02T03:04:05.000"
        job.wait()
        assert job.phase == "COMPLETED"
        job.raise_if_error()
        assert job.result_uris == ["https://example.org/out.fits"]
        info = job.job.jobinfo
        assert info["sessionPhase"].text == "COMPLETED"
        assert info["offer"].text.startswith('{"offer": ')
        job.delete()
        assert "GET WAIT=-1" in wire.asked
        assert list(wire.jobs.jobs(wire.now, Selection())) == []

    def test_duration(self, session: Any) -> None:
        """It sets the duration of an offer before it takes it."""
        tap = pytest.importorskip("pyvo.dal.tap", reason="pyvo is not installed")
        task = TASK.replace("minduration: 1h", "minduration: 10min")
        location = session.post(ROOT, data={"TASK": task}, allow_redirects=False).headers["Location"]
        job = tap.AsyncTAPJob(location, session=session)
        job.execution_duration = 1800

        assert round(job.execution_duration.sec) == 1800
        assert job.quote is not None

    def test_abort(self, session: Any) -> None:
        """It rejects an offer, and is told that there is nothing to run any more."""
        tap = pytest.importorskip("pyvo.dal.tap", reason="pyvo is not installed")
        dal = pytest.importorskip("pyvo.dal", reason="pyvo is not installed")
        location = session.post(ROOT, data={"TASK": TASK}, allow_redirects=False).headers["Location"]
        job = tap.AsyncTAPJob(location, session=session)
        job.abort()

        assert job.phase == "ABORTED"
        with pytest.raises(dal.DALServiceError):
            job.run()

    def test_list(self, toy: Toy) -> None:
        """It reads lists of jobs."""
        uws = pytest.importorskip("pyvo.io.uws", reason="pyvo is not installed")
        path = new(toy)
        (found,) = uws.parse_job_list(io.BytesIO(ask(toy, "GET").body))

        assert (f"/{found.jobid}", found.phase, found.runid) == (path, "PENDING", "fringe fit")


def test_documents_are_the_same() -> None:
    """A job's document is what its values say, whoever asks."""
    jobs = Fixed(UwsPhase.HELD)

    assert ask(jobs, "GET", "/1").body == write_job(UwsJob("1", UwsPhase.HELD))
