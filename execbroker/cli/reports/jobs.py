"""Offers and jobs of a book: a table, JSON, or the documents of UWS."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from decimal import Decimal
from types import MappingProxyType
from typing import Final, TypeAlias

from execbroker.cli.reports.grid import Column, lay_out
from execbroker.cli.reports.signs import safe
from execbroker.cli.reports.words import abbreviated, day_and_time, in_order, span_of_time, spread
from execbroker.cli.streams import write_output
from execbroker.cli.terminal import PLAIN, Look
from execbroker.core.amounts import Unit, unit_of
from execbroker.core.answer import Answer
from execbroker.core.durations import format_duration, spell_duration
from execbroker.core.instants import format_instant
from execbroker.core.session import Job, Run, Session
from execbroker.core.sizes import format_amount
from execbroker.languages import write_answer
from execbroker.languages.text.documents import Node
from execbroker.languages.text.writer import to_json

__all__ = ["MANY", "ONE", "show", "show_all"]
_Report: TypeAlias = Callable[[Sequence[Job], Look], str]


def show(session: Session, output: str, look: Look) -> None:
    """Write a session to the standard output, in one line of a table or of JSON."""
    show_all([Job(session)], MANY, output, look)


def show_all(jobs: Sequence[Job], reports: Mapping[str, _Report], output: str, look: Look) -> None:
    """Write jobs to the standard output, in one of the forms of `MANY` or of `ONE`."""
    is_document = output in _DOCUMENTS
    write_output(reports[output](jobs, PLAIN if is_document else look), is_document=is_document)


def _report_table(jobs: Sequence[Job], look: Look) -> str:
    """A table of jobs, in a zone that they have in common, else in UTC; nothing where there are none."""
    if not jobs:
        return ""
    zones = {job.session.offer.zone for job in jobs}
    zone = zones.pop() if len(zones) == 1 else "UTC"
    return "".join(f"{line}\n" for line in lay_out([*_columns(jobs, zone, look)], look))


def _report_json(jobs: Sequence[Job], look: Look) -> str:
    """A job a line, in JSON."""
    return "".join(f"{to_json(_tree(job))}\n" for job in jobs)


def _report_details(jobs: Sequence[Job], look: Look) -> str:
    """The table of one job, when it entered which phase, and where its files are."""
    (job,) = jobs
    session, zone = job.session, job.session.offer.zone
    passages = [
        Column("phase", tuple(passage.phase.value for passage in session.history)),
        Column(f"since ({zone})", tuple(day_and_time(passage.instant, zone) for passage in session.history)),
    ]
    identifier = f"offer {safe(session.identifier)}\n"
    ways = [(each.protocol, each.location) for each in job.connectors]
    files = "".join(f"{safe(name)}: {safe(where)}\n" for name, where in (*ways, *job.results))
    history = "".join(f"{line}\n" for line in lay_out(passages, look))
    return "\n".join(filter(None, (identifier, _report_table(jobs, look), history, files)))


def _report_uws(jobs: Sequence[Job], look: Look) -> str:
    from execbroker.languages.uws.documents import write_job
    from execbroker.languages.uws.sessions import from_job

    (job,) = jobs
    return write_job(from_job(job)).decode()


def _report_uws_list(jobs: Sequence[Job], look: Look) -> str:
    from execbroker.languages.uws.documents import write_jobs
    from execbroker.languages.uws.sessions import from_job
    from execbroker.languages.uws.values import JobReference

    return write_jobs(JobReference.of(from_job(job)) for job in jobs).decode()


#: The forms in which several jobs are shown; and one alone, which says more of it.
MANY: Final[Mapping[str, _Report]] = MappingProxyType(
    {"table": _report_table, "json": _report_json, "uws": _report_uws_list}
)
ONE: Final[Mapping[str, _Report]] = MappingProxyType(
    {"table": _report_details, "json": _report_json, "uws": _report_uws}
)
#: Those that are for programs: never dressed, always UTF-8.
_DOCUMENTS: Final = frozenset({"json", "uws"})


def _columns(jobs: Sequence[Job], zone: str, look: Look) -> Iterator[Column]:
    def column(heading: str, cell: Callable[[Job], str | None], *, is_figure: bool = False) -> Column:
        return Column(heading, tuple(safe(cell(job) or "") for job in jobs), is_figure)

    yield column("offer", lambda job: abbreviated(job.identifier))
    yield column("name", lambda job: job.session.task.name)
    yield column("phase", lambda job: job.phase.value)
    yield column(f"start ({zone})", lambda job: _start(job.session, zone, look))
    yield column("run for", lambda job: _duration(job.session, look))
    names = {name for job in jobs for name in job.session.offer.amounts}
    for name in in_order(names):
        cells = tuple(_amount(job.session, name, look) for job in jobs)
        yield Column(safe(name), cells, is_figure=True)
    yield column("where", lambda job: _where(job.session))
    yield column(
        "status", lambda job: None if job.exit_status is None else str(job.exit_status), is_figure=True
    )
    yield column("message", lambda job: job.session.message)


def _start(session: Session, zone: str, look: Look) -> str:
    if session.run is None:
        return span_of_time(session.offer.minstart, session.offer.maxstart, zone, look.dash)
    return day_and_time(session.run.start, zone, weekday=True)


def _duration(session: Session, look: Look) -> str:
    if session.run is None:
        shortest, longest = session.offer.minduration, session.offer.maxduration
        return spread(spell_duration(shortest), spell_duration(longest), look.dash)
    return spell_duration(session.run.duration)


def _amount(session: Session, name: str, look: Look) -> str:
    offer, run = session.offer, session.run
    most = (offer.amounts if run is None else run.amounts).get(name)
    if most is None:
        return ""
    least = offer.minima.get(name, 0) if run is None else most
    low, high = (format_amount(name, value, offer.sizes) for value in (least, most))
    return spread(low, high, look.dash)


def _where(session: Session) -> str:
    """Platform, pool and, where there are any, flavour and node."""
    offer = session.offer
    node = None if session.run is None or session.run.node is None else str(session.run.node)
    return "/".join(filter(None, (offer.platform, offer.pool, offer.flavour, node)))


def _tree(job: Job) -> dict[str, Node]:
    """A job with the keys that answers in the seed language have, whatever its task came in, and its own."""
    session = job.session
    offered = write_answer(Answer(offers=(session.offer,)))["offers"]
    assert isinstance(offered, list)
    tree: dict[str, Node] = {
        "offer": session.identifier,
        "name": session.task.name,
        "phase": session.phase.value,
        "message": session.message,
        "platform": session.offer.platform,
        "pool": session.offer.pool,
        "created": format_instant(session.created),
        "run": None if session.run is None else _run(session.run, session.offer.sizes),
        "history": [
            {"phase": passage.phase.value, "since": format_instant(passage.instant)}
            for passage in session.history
        ],
        "exit-status": job.exit_status,
        "folder": job.folder,
        "results": dict(job.results) or None,
        "connectors": [
            {"location": each.location, "protocol": each.protocol, "kind": each.kind}
            for each in job.connectors
        ]
        or None,
        "offered": offered[0],
    }
    return {key: value for key, value in tree.items() if value is not None}


def _run(run: Run, sizes: frozenset[str]) -> Node:
    tree: dict[str, Node] = {
        "start": format_instant(run.start),
        "end": format_instant(run.end),
        "duration": format_duration(run.duration),
        "node": run.node,
        **{name: _figure(name, run.amounts[name], sizes) for name in in_order(set(run.amounts))},
    }
    return {key: value for key, value in tree.items() if value is not None}


def _figure(name: str, value: int, sizes: frozenset[str]) -> Node:
    """A number where there is no unit, else text."""
    text = format_amount(name, value, sizes)
    if unit_of(name, sizes) is Unit.BYTE:
        return text
    return Decimal(text) if "." in text else int(text)
