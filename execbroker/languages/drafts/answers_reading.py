"""Answers in the schemas of 2025 and 2026, of whatever broker: from a document to an answer.

An offer in these schemas has one duration, which is both the shortest and the longest. Where it is from is told by
its name, if that is a platform's and a pool's with `/` between them, as this library writes it.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any, Final, NamedTuple, final

from execbroker.core.amounts import CORES, MEMORY, STORAGE, Amounts
from execbroker.core.answer import Allotment, Answer, Offer
from execbroker.core.problems import Reading, quoted
from execbroker.core.ranges import Range
from execbroker.core.spans import Span
from execbroker.languages.drafts.amounts import read_bounds
from execbroker.languages.drafts.components import Component, check_word, open_component, short_type
from execbroker.languages.drafts.dialects import BY_NAME, Dialect
from execbroker.languages.drafts.figures import read_gauged
from execbroker.languages.drafts.keys import advise
from execbroker.languages.drafts.messages import LEVELS, read_reason
from execbroker.languages.drafts.times import read_interval, read_length, read_moment
from execbroker.languages.drafts.uris import is_reason, is_uuid, short_of
from execbroker.languages.seen import Stretch
from execbroker.languages.structuring.findings import Findings
from execbroker.languages.structuring.roots import read_root
from execbroker.languages.structuring.structure import structure
from execbroker.languages.text.documents import Document, Node, Path

__all__ = ["PHASES", "Times", "check_messages", "check_result", "known_of", "read_answer", "read_offer"]

Nodes = Sequence[Mapping[str, Node] | None]

#: What the schemas call the phases.
PHASES: Final = (
    "PROPOSED", "INITIAL", "OFFERED", "ACCEPTED", "REJECTED", "EXPIRED", "WAITING", "PREPARING", "READY",
    "AVAILABLE", "RUNNING", "RELEASING", "COMPLETED", "FAILED", "CANCELLED",
)  # fmt: skip


@final
class Times(NamedTuple):
    """When a session is prepared, run and released."""

    preparing: Stretch | None
    running: Stretch
    releasing: Stretch | None


def read_answer(document: Document, name: str) -> Reading[Answer]:
    """The answer of a document in the dialect of a name, or all its problems."""
    findings, dialect = Findings(document), BY_NAME[name]
    root = read_root(findings, "an answer", f"write {dialect.answer.example}")
    found = None if root is None else structure(root, dialect.answer, findings, advise)
    return findings.reading(found and _answer(findings, found, dialect))


def _answer(findings: Findings, found: Any, dialect: Dialect) -> Answer:
    known, at = known_of(found, (), dialect)
    _check_known(findings, known, at)
    offers = [
        _offer(findings, ("offers", index), each, dialect)
        for index, each in enumerate(found.offers or ())
        if each
    ]
    check_result(findings, ("result",), found.result, len(found.offers or ()))
    messages = [each for each in (known.messages if known else None) or () if each]
    check_messages(findings, messages, (*at, "messages"))
    is_yes = found.result == "YES"
    reasons = [each for each in messages if is_reason(each.type or each.kind or "", is_yes=is_yes)]
    if len(reasons) < len(messages):
        findings.warn("not-kept", "messages beside offers are not kept", (*at, "messages"), of_key=True)
    return Answer(tuple(offers), tuple(map(read_reason, reasons)), language=dialect.name)


def known_of(found: Any, at: Path, dialect: Dialect) -> tuple[Any, Path]:
    """What holds the name and the UUID of a component, and where that is."""
    return (found.meta, (*at, "meta")) if dialect.has_meta else (found, at)


def _check_known(findings: Findings, known: Any, at: Path) -> None:
    if known is None:
        return
    if known.uuid is not None and not is_uuid(known.uuid):
        message, hint = f"`uuid`: {quoted(known.uuid)} is not a UUID", "write the one that the service gave"
        findings.error("uuid", message, (*at, "uuid"), hint=hint, found=known.uuid)
    for key in ("created", "modified"):
        value = getattr(known, key, None)
        if value is not None:
            read_moment(findings, (*at, key), value)


def check_messages(findings: Findings, messages: Sequence[Any], at: Path) -> None:
    """That messages have levels and times that the schemas have."""
    for index, each in enumerate(messages):
        check_word(findings, (*at, index, "level"), each.level, LEVELS)
        if each.time is not None:
            read_moment(findings, (*at, index, "time"), each.time)


def check_result(findings: Findings, at: Path, result: object, number: int) -> None:
    """YES with offers or NO without, in so many words."""
    if result is None:
        return  # told of already
    if result not in ("YES", "NO"):
        text = findings.text(at, result)
        message, hint = f"`result`: {quoted(text)} is neither YES nor NO", 'write `"YES"` or `"NO"`'
        findings.error("result", message, at, hint=hint, found=text)
    elif result == "YES" and not number:
        findings.error("contradiction", "the result is YES, but there are no offers", at, hint='write `"NO"`')
    elif result == "NO" and number:
        findings.error("contradiction", "the result is NO, but there are offers", at, hint='write `"YES"`')


def _offer(findings: Findings, at: Path, found: Any, dialect: Dialect) -> Offer:
    """One offer of an answer, of which no more is kept."""
    known, known_at = known_of(found, at, dialect)
    if known is not None and known.messages:
        findings.warn("not-kept", "messages of an offer are not kept", (*known_at, "messages"), of_key=True)
    if found.phase in PHASES and found.phase != "OFFERED":
        message = f"an offer that is {found.phase} is read as if it were still on offer"
        findings.warn("not-kept", message, (*at, "phase"), found=found.phase)
    if beyond := ", ".join(dict.fromkeys(_beyond(found, dialect))):
        message = f"what is offered is kept, and not what else an offer tells: {beyond}"
        findings.warn("not-kept", message, at)
    return read_offer(findings, at, found, dialect)[0]


def _beyond(found: Any, dialect: Dialect) -> Iterator[str]:
    """What there is of an offer beyond where, when and with how much it is."""
    known, holder = known_of(found, (), dialect)[0], found.resources if dialect.resources else found
    told = [(known, "created"), (found, "executable"), (holder, "data"), (found, "connectors")]
    yield from (key for each, key in told if getattr(each, key, None))
    yield from (f"schedule.{key}" for key in ("requested", "releasing") if getattr(found.schedule, key, None))
    for group in ("compute", "storage"):
        given = getattr(holder, group, None) or ()
        for node in [given] if isinstance(given, dict) else filter(None, given):
            yield from (f"{group}.{key}" for key in ("volumes", "data", "costs", "metrics") if node.get(key))
            sides = [key for key, each in node.items() if isinstance(each, dict) and each.get("requested")]
            yield from (f"{group}.{key}.requested" for key in sides)


def read_offer(findings: Findings, at: Path, found: Any, dialect: Dialect) -> tuple[Offer, Times]:
    """What a session offers, and its times, as far as they can be read."""
    known, known_at = known_of(found, at, dialect)
    _check_known(findings, known, known_at)
    _check_kind(findings, at, found, dialect)
    check_word(findings, (*at, "phase"), found.phase, PHASES)
    holder = found.resources if dialect.resources else found
    computes = _opened(findings, at, holder, "compute", {"": dialect.compute}, dialect)
    storages = _opened(findings, at, holder, "storage", {"": dialect.storage}, dialect)
    _opened(findings, at, holder, "data", dialect.data, dialect)
    if found.executable is not None and short_type(findings, at, found.executable, dialect, "executable"):
        open_component(
            findings, (*at, "executable"), found.executable, dialect, "executable", dialect.executables
        )
    times = _times(findings, at, found, computes, dialect)
    starts, duration = times.running.starts, times.running.duration
    platform, pool, flavour = _place((known and known.name) or "")
    gauged = read_gauged(findings, at, found, dialect)
    offer = Offer(
        platform=platform,
        pool=pool,
        minstart=starts.start,
        maxstart=starts.end - 1,
        maxend=starts.end - 1 + duration,
        minduration=duration,
        maxduration=duration,
        expires=0 if found.expires is None else read_moment(findings, (*at, "expires"), found.expires) or 0,
        compute=tuple(_allotment(findings, each, (CORES, MEMORY), dialect) for each in computes),
        storage=tuple(_allotment(findings, each, (STORAGE,), dialect) for each in storages),
        preparation=0 if times.preparing is None else times.preparing.duration,
        flavour=flavour,
        **gauged._asdict(),
        identifier=(known and known.uuid) or None,
    )
    return offer, times


def _check_kind(findings: Findings, at: Path, found: Any, dialect: Dialect) -> None:
    """That a session is one of the schema's; the schema of 2025 has but one kind and is not particular."""
    if dialect.has_meta:
        check_word(findings, (*at, "kind"), found.kind, short_of(dialect.name, "session"))


def _opened(
    findings: Findings, at: Path, holder: Any, group: str, classes: Mapping[str, type[Any]], dialect: Dialect
) -> list[Component]:
    given = getattr(holder, group, None)
    is_alone = isinstance(given, dict)
    nodes: Nodes = [given] if isinstance(given, dict) else given or []
    opened = []
    for index, node in enumerate(nodes):
        path = (*at, *dialect.resources, group) if is_alone else (*at, *dialect.resources, group, index)
        opened.append(open_component(findings, path, node, dialect, group, classes))
    return [each for each in opened if each]


def _times(
    findings: Findings, at: Path, found: Any, computes: Sequence[Component], dialect: Dialect
) -> Times:
    """The times of an offer.

    Brokers that say nothing of the session as a whole may say it of its compute resource.
    """
    schedule, run = found.schedule, None
    if schedule is not None:
        run, at = getattr(schedule, dialect.run), (*at, "schedule")
    elif dialect.has_meta and computes and computes[0].found.schedule is not None:
        schedule, at = computes[0].found.schedule, (*computes[0].at, "schedule")
        run = schedule.available
    if run is None or run.start is None or run.duration is None:
        if findings.is_sound_at(at):
            hint = f'write `{dialect.run}: {{start: "2031-03-04T20:30:00Z/PT10M", duration: PT2H}}`'
            findings.error(
                "missing-key", "there is no time from which and for which it is offered", at, hint=hint
            )
        return Times(None, Stretch(Span(0, 1), 0), None)
    starts = read_interval(findings, (*at, dialect.run, "start"), run.start, dialect.forms)
    duration = read_length(findings, (*at, dialect.run, "duration"), run.duration, is_zero_allowed=True)
    running = Stretch(starts or Span(0, 1), duration or 0)
    preparing, releasing = (
        _beside(findings, (*at, key), getattr(schedule, key), running, dialect)
        for key in ("preparing", "releasing")
    )
    return Times(preparing, running, releasing)


def _beside(findings: Findings, at: Path, found: Any, running: Stretch, dialect: Dialect) -> Stretch | None:
    """What goes before the run, or comes after it: right before or right after, unless its start is said."""
    if found is None:
        return None
    length = found.duration and read_length(findings, (*at, "duration"), found.duration, is_zero_allowed=True)
    starts: Span | None = None
    if found.start is not None and dialect.has_sides:
        starts = read_interval(findings, (*at, "start"), found.start, dialect.forms)
    elif (
        found.start is not None and (moment := read_moment(findings, (*at, "start"), found.start)) is not None
    ):
        starts = Span(moment, moment + 1)
    if starts is None:
        offset = -(length or 0) if at[-1] == "preparing" else running.duration
        starts = Span(running.starts.start + offset, running.starts.end + offset)
    return Stretch(starts, length or 0)


def _place(name: str) -> tuple[str, str, str | None]:
    """Platform, pool and flavour.

    >>> _place("edinburgh/batch"), _place("somewhere")
    (('edinburgh', 'batch', None), ('somewhere', '', None))
    """
    platform, _, rest = name.partition("/")
    pool, slash, flavour = rest.partition("/")
    return platform, pool, flavour if slash else None


def _allotment(
    findings: Findings, component: Component, resources: Sequence[str], dialect: Dialect
) -> Allotment:
    """What a resource gets; where one end is left out it is the other."""
    least, most = {}, {}
    for resource in resources:
        key = "size" if resource == STORAGE else resource
        bounds = _offered(findings, component, key, resource, dialect)
        if bounds and (bounds.minimum is not None or bounds.maximum is not None):
            least[resource] = bounds.minimum if bounds.minimum is not None else bounds.maximum or 0
            most[resource] = bounds.maximum if bounds.maximum is not None else least[resource]
    return Allotment(component.name, Amounts(least), Amounts(most))


def _offered(
    findings: Findings, component: Component, key: str, resource: str, dialect: Dialect
) -> Range | None:
    found, at = getattr(component.found, key), (*component.at, key)
    if found is not None and dialect.has_sides:
        found, at = found.offered, (*at, "offered")
    return None if found is None else read_bounds(findings, at, found, resource)
