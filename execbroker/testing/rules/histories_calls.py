"""Rules on single calls to a broker: they are answered in kind, refused for what is so, and keep to the clock."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from execbroker.core.answer import Answer
from execbroker.core.lifecycle import CANCELLABLE, Phase
from execbroker.core.platform import Platform, Pool
from execbroker.core.problems import quoted
from execbroker.core.session import Run
from execbroker.core.spans import Span
from execbroker.testing.histories import Accept, Cancel, Look, Plan, Reject
from execbroker.testing.rules.moments import Moment
from execbroker.testing.rules.rule import DRAFT, Finding, Level, rule
from execbroker.testing.rules.standing import Entry, named
from execbroker.testing.rules.taking import is_free, is_within, taken_by
from execbroker.testing.rules.wording import OURS, at

__all__ = [
    "KNOWN_CODES",
    "answered_in_kind",
    "identified_offers",
    "known_codes",
    "must_be_done",
    "repeated_without_harm",
    "right_codes",
    "time_goes_on",
    "unknown_refused",
]

#: What a broker may give as a reason to refuse something.
KNOWN_CODES: Final = frozenset(
    {
        "busy", "job-unknown", "offer-ambiguous", "offer-expired", "offer-taken", "offer-unknown", "outside-offer",
        "phase", "platform-unknown", "runner-foreign", "seal-broken", "seal-expired", "seal-foreign",
        "seal-key-unknown", "seal-malformed", "seal-missing", "seal-replayed", "session-changed",
    }
)  # fmt: skip


@rule("H01", Level.MUST, f"{DRAFT} 2.2.4")
def identified_offers(moment: Moment) -> Iterator[Finding]:
    """Each offer of a broker has an identifier that no offer had before."""
    if not isinstance(answer := moment.call.outcome, Answer):
        return
    for number, offer in enumerate(answer.offers):
        where = f"{moment.where}.offers[{number}].offer"
        if offer.identifier is None:
            yield Finding("an offer without an identifier", where)
        elif (entry := moment.standing.entries.get(offer.identifier)) is not None:
            yield Finding(f"calls[{entry.answer}] made an offer {quoted(offer.identifier)} already", where)


@rule("H02", Level.MUST, f"{DRAFT} 2.2.1 and 2.2.4")
def answered_in_kind(moment: Moment) -> Iterator[Finding]:
    """A plan is answered YES or NO; everything else with a session, unless it is refused."""
    is_plan = isinstance(moment.call.request, Plan)
    if is_plan is not isinstance(moment.call.outcome, Answer):
        what = "an answer" if is_plan else "a session or a refusal"
        yield Finding(f"{type(moment.call.outcome).__name__.lower()} where {what} belongs", moment.where)


@rule("H03", Level.MUST, f"{DRAFT} 2.2.4")
def unknown_refused(moment: Moment) -> Iterator[Finding]:
    """What was never offered can be neither taken nor looked at."""
    name = named(moment.call.request)
    if name is not None and moment.entry is None and moment.session is not None:
        yield Finding(f"nobody was offered {quoted(name)}", moment.where)


@rule("H04", Level.MUST, f"{DRAFT} 2.2.5 and 2.2.7")
def must_be_done(moment: Moment) -> Iterator[Finding]:
    """An open offer can be let go, an accepted session be given up before its release, and both be looked at.

    Also a session that was not seen to go on may have ended: to give that up may be refused.
    """
    if (refusal := moment.refusal) is None or (entry := moment.entry) is None:
        return
    match moment.call.request:
        case Look():
            what = "it was offered"
        case Reject() if entry.is_open(moment.clock):
            what = f"it is open until {at(entry.offer.expires)}"
        case Cancel() if entry.phase in CANCELLABLE and not _may_have_ended(entry, moment.clock):
            what = f"it is {entry.phase.value}"
        case _:
            return
    yield Finding(f"refused as {refusal.code}, though {what}", moment.where)


def _may_have_ended(entry: Entry, clock: int) -> bool:
    """Whether a runner can have been about a session since it was seen: before its preparation nothing happens."""
    if entry.seen == clock:
        return False
    return entry.run is None or clock >= entry.run.start - entry.offer.preparation


@rule("H05", Level.SHOULD, OURS)
def repeated_without_harm(moment: Moment) -> Iterator[Finding]:
    """To let go what was let go, or expired, or to give up what was given up, is no error."""
    if (refusal := moment.refusal) is None or (entry := moment.entry) is None:
        return
    gone = {Reject: (Phase.REJECTED, Phase.EXPIRED), Cancel: (Phase.CANCELLED,)}
    if entry.phase in gone.get(type(moment.call.request), ()):
        yield Finding(f"refused as {refusal.code}, though it is {entry.phase.value}", moment.where)


@rule("H06", Level.MUST, OURS)
def time_goes_on(moment: Moment) -> Iterator[Finding]:
    """A call that says it is earlier than was seen already comes at the time that was seen."""
    if moment.earlier is None or moment.call.now >= moment.clock:
        return
    if isinstance(answer := moment.call.outcome, Answer):
        for number, offer in enumerate(answer.offers):
            if offer.minstart < moment.clock or offer.expires < moment.clock:
                earliest = min(offer.minstart, offer.expires)
                what = f"{at(earliest)} is past: {at(moment.clock)} was seen already"
                yield Finding(what, f"{moment.where}.offers[{number}]", earliest, moment.clock)
    elif (session := moment.session) and moment.entry and not isinstance(moment.call.request, Look):
        new = session.history[len(moment.entry.shown) :] if moment.entry.shown else session.history[1:]
        # What others caused may be older; the last step is what this call caused.
        if new and moment.entry.phase is not session.phase and new[-1].instant < moment.clock:
            since = new[-1].instant
            what = f"it is {session.phase.value} since {at(since)}, {at(moment.clock)} was seen already"
            yield Finding(what, moment.where, since, moment.clock)


@rule("H07", Level.SHOULD, OURS)
def known_codes(moment: Moment) -> Iterator[Finding]:
    """A refusal has one of the codes that programs know, and says why."""
    if (refusal := moment.refusal) is None:
        return
    if refusal.code not in KNOWN_CODES:
        yield Finding(f"{quoted(refusal.code)} is no code of a refusal", moment.where)
    if not refusal.message.strip():
        yield Finding("it is not said why", moment.where)


@rule("H08", Level.SHOULD, OURS)
def right_codes(moment: Moment) -> Iterator[Finding]:
    """A refusal has a code that is so, and not that of something that does not stand in the way.

    Where several things stand in the way, any of them may be named.
    """
    refusal = moment.refusal
    if refusal is None or isinstance(moment.call.request, Plan):
        return
    right = _codes(moment)
    if right and refusal.code in KNOWN_CODES and refusal.code not in right:
        yield Finding(f"refused as {refusal.code}, and it is {' or '.join(sorted(right))}", moment.where)


def _may_be_busy(moment: Moment, entry: Entry, run: Run, platform: Platform, pool: Pool) -> bool:
    """Whether there is no room for a run, or nobody can tell whether there is."""
    if run.start >= run.end or not moment.knows(platform, pool):
        return True
    parts = taken_by(entry.offer, entry.task, platform, pool, Span(run.start, run.end), run.amounts)
    return not is_free(moment.held_but_for(entry.answer)[platform.name], pool, parts)


def _codes(moment: Moment) -> set[str]:
    """What stands in the way; nothing: that there is no room at most, of which other rules speak."""
    if (entry := moment.entry) is None:
        return {"offer-unknown"}
    found: set[str] = set()
    if isinstance(moment.call.request, Accept):
        place, run = moment.place(entry.offer), moment.run
        if entry.phase is Phase.EXPIRED or (entry.phase is Phase.OFFERED and not entry.is_open(moment.clock)):
            found.add("offer-expired")
        elif entry.phase is not Phase.OFFERED:
            found |= {"phase", "offer-taken"}
        if place and run and not is_within(entry.offer, run, moment.clock, place[0].granularity):
            found.add("outside-offer")
        if found and place and run and _may_be_busy(moment, entry, run, *place):
            found.add("busy")
        return found
    harmless = {
        Reject: (Phase.OFFERED, Phase.REJECTED, Phase.EXPIRED),
        Cancel: (*CANCELLABLE, Phase.CANCELLED),
    }
    if entry.phase in harmless.get(type(moment.call.request), (entry.phase,)):
        return set()
    return {"phase", "offer-taken", *(["offer-expired"] if entry.phase is Phase.EXPIRED else [])}
