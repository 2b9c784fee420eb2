"""Rules on the phases of sessions: which follow which, and that there is a cause for each.

What happens to a session before it is accepted is up to its client and the clock; that it is cancelled is up to its
client alone. Everything else is up to runners, and may happen between any two calls.
"""

from __future__ import annotations

from collections.abc import Iterator
from itertools import pairwise
from typing import Final

from execbroker.core.lifecycle import ACTIVE, TRANSITIONS, Event, Phase
from execbroker.core.problems import quoted
from execbroker.core.session import Session
from execbroker.core.spans import Span
from execbroker.testing.histories import Accept, Cancel, Look, Reject
from execbroker.testing.rules.moments import Moment
from execbroker.testing.rules.rule import DRAFT, Finding, Level, rule
from execbroker.testing.rules.standing import Entry, named
from execbroker.testing.rules.wording import OURS, at, over

__all__ = [
    "GONE",
    "caused_phases",
    "expiry_enforced",
    "kept_past",
    "legal_phases",
    "open_until_expiry",
    "prepared_in_time",
    "refused_without_trace",
    "same_session",
    "siblings_rejected",
    "started_in_range",
    "takes_effect",
]

#: What a refusal says that does not take an offer to be open.
GONE: Final = frozenset({"offer-expired", "offer-unknown", "phase", "offer-taken"})
#: What may have become of a session, by itself, since it was in a phase: what runners do.
_BY_ITSELF: Final = frozenset(Event) - {Event.ACCEPT, Event.REJECT, Event.EXPIRE, Event.CANCEL}


#: The steps that there are.
_STEPS: Final = frozenset((before, after) for (before, _), after in TRANSITIONS.items())


def _reachable(phase: Phase) -> frozenset[Phase]:
    """The phases to which runners can bring a session."""
    following = {
        after for (before, event), after in TRANSITIONS.items() if before is phase and event in _BY_ITSELF
    }
    return frozenset({phase}).union(*map(_reachable, following))


#: Where runners can bring a session from where it was seen.
_LATER: Final = {phase: _reachable(phase) for phase in ACTIVE}


def _shown(moment: Moment) -> tuple[Entry, Session] | None:
    """What was known of a session, and how it was shown."""
    if moment.entry is None or moment.session is None or not moment.session.history:
        return None
    return moment.entry, moment.session


@rule("H10", Level.MUST, f"{DRAFT} 2.2.4")
def same_session(moment: Moment) -> Iterator[Finding]:
    """What is shown is what was asked about, with the offer as it was made."""
    if moment.session is None or moment.entry is None:
        return
    name, shown = named(moment.call.request), moment.session
    if shown.identifier != name:
        yield Finding(f"asked about {quoted(str(name))}, shown is {quoted(shown.identifier)}", moment.where)
    for key in (
        "platform",
        "pool",
        "flavour",
        "minstart",
        "maxstart",
        "maxend",
        "minduration",
        "maxduration",
    ):
        if getattr(shown.offer, key) != getattr(moment.entry.offer, key):
            yield Finding(f"the {key} of the offer is not what was offered", f"{moment.where}.{key}")
    if (shown.offer.minima, shown.offer.amounts) != (moment.entry.offer.minima, moment.entry.offer.amounts):
        yield Finding("the amounts of the offer are not what was offered", moment.where)


@rule("H11", Level.MUST, f"{DRAFT} 2.2.5 and 2.2.6")
def legal_phases(moment: Moment) -> Iterator[Finding]:
    """The phases of a session are a path from OFFERED, and their instants neither go back nor lie ahead."""
    if (session := moment.session) is None:
        return
    phases = [passage.phase for passage in session.history]
    if phases[:1] != [Phase.OFFERED]:
        yield Finding("a session does not begin with being OFFERED", moment.where)
    for before, after in pairwise(phases):
        if (before, after) not in _STEPS:
            yield Finding(f"{after.value} cannot follow {before.value}", moment.where)
    instants = [passage.instant for passage in session.history]
    for earlier, later in pairwise([*instants, moment.clock]):
        if later < earlier:
            yield Finding(f"a phase begins at {at(earlier)}, after {at(later)}", moment.where, earlier, later)


@rule("H12", Level.MUST, f"{DRAFT} 2.2.5 and 2.2.6")
def kept_past(moment: Moment) -> Iterator[Finding]:
    """What was once shown of the phases of a session, or of the run that was booked, is not undone."""
    if (found := _shown(moment)) is None:
        return
    entry, session = found
    if session.history[: len(entry.shown)] != entry.shown:
        was, now = (" ".join(each.phase.value for each in past) for past in (entry.shown, session.history))
        yield Finding(f"its phases were {was} and are {now}", moment.where)
    if entry.run is not None and session.run != entry.run:
        yield Finding(f"its run was {entry.run} and is {session.run}", f"{moment.where}.run")


@rule("H13", Level.MUST, f"{DRAFT} 2.2.4 and 2.2.5")
def expiry_enforced(moment: Moment) -> Iterator[Finding]:
    """An offer that has expired is open no more, and can't be accepted.

    It has at the instant at which it expires. One that expires in the second in which it was made may still be
    accepted in that second.
    """
    if (found := _shown(moment)) is None:
        return
    entry, session = found
    if entry.phase is Phase.EXPIRED and session.phase in (Phase.OFFERED, *ACTIVE):
        expired = entry.offer.expires
        what = f"it expired at {at(expired)}, and is {session.phase.value} at {at(moment.clock)}"
        yield Finding(what, moment.where, moment.clock, expired)


@rule("H14", Level.MUST, f"{DRAFT} 2.2.4 and 2.2.5")
def open_until_expiry(moment: Moment) -> Iterator[Finding]:
    """Until it expires an offer is open, unless it is let go or one of its siblings is taken."""
    if moment.entry is None or not moment.entry.is_open(moment.clock):
        return
    until, refusal = moment.entry.offer.expires, moment.refusal
    if moment.session is not None and moment.session.history and moment.session.phase is Phase.EXPIRED:
        yield Finding(f"it is EXPIRED before {at(until)}", moment.where, moment.clock, until)
    elif isinstance(moment.call.request, Accept) and refusal is not None and refusal.code in GONE:
        what = f"refused as {refusal.code}, though it is open until {at(until)}"
        yield Finding(what, moment.where, moment.clock, until)


@rule("H15", Level.SHOULD, f"{DRAFT} 2.2.5")
def siblings_rejected(moment: Moment) -> Iterator[Finding]:
    """When an offer is accepted, the others of the same answer are REJECTED, and can't be accepted any more."""
    if (found := _shown(moment)) is None:
        return
    entry, session = found
    if entry.lost and session.phase is not Phase.REJECTED:
        yield Finding(f"a sibling was accepted, and this one is {session.phase.value}", moment.where)


@rule("H16", Level.MUST, f"{DRAFT} 2.2.5")
def takes_effect(moment: Moment) -> Iterator[Finding]:
    """What is accepted is, with a run; what is rejected or cancelled is that, unless it has expired."""
    if (session := moment.session) is None or not session.history:
        return
    expected: tuple[Phase, ...] = ()
    match moment.call.request:
        case Accept():
            expected = (*ACTIVE, Phase.FAILED)
            if session.phase in ACTIVE and session.run is None:
                yield Finding("it is accepted, and it is not said for what run", f"{moment.where}.run")
        case Reject():
            expected = (Phase.REJECTED, Phase.EXPIRED)
        case Cancel():
            expected = (Phase.CANCELLED,)
    if expected and session.phase not in expected:
        asked = type(moment.call.request).__name__.lower()
        yield Finding(f"after {asked} it is {session.phase.value}", moment.where)


def _uncaused(moment: Moment) -> tuple[Entry, str] | None:
    """What was shown elsewhere than it has to stand, of which no other rule speaks."""
    if (found := _shown(moment)) is None or not isinstance(moment.call.request, Look):
        return None
    entry, session = found
    was, now = entry.phase, session.phase
    is_known = was is now or entry.lost or (was in ACTIVE and now in _LATER[was])
    is_expiry = (was, now) in ((Phase.EXPIRED, Phase.OFFERED), (Phase.OFFERED, Phase.EXPIRED))
    if is_known or is_expiry:
        return None
    return entry, f"it was {was.value} and is {now.value}"


@rule("H17", Level.MUST, f"{DRAFT} 2.2.5 and 2.2.6")
def caused_phases(moment: Moment) -> Iterator[Finding]:
    """No session goes from phase to phase without a call, the clock or a runner that causes it.

    Only a client cancels: a runner that gives up has failed.
    """
    if (found := _uncaused(moment)) is not None and found[0].refused is None:
        yield Finding(f"{found[1]}, and nobody asked for that", moment.where)


@rule("H18", Level.MUST, OURS)
def refused_without_trace(moment: Moment) -> Iterator[Finding]:
    """A call that was refused has changed nothing."""
    if (found := _uncaused(moment)) is not None and found[0].refused is not None:
        what = f"{found[1]}; what was asked since, in calls[{found[0].refused}], was refused"
        yield Finding(what, moment.where)


@rule("H19", Level.SHOULD, f"{DRAFT} 2.2.6")
def prepared_in_time(moment: Moment) -> Iterator[Finding]:
    """A session is prepared early enough to be ready when its run starts."""
    if (session := moment.session) is None or session.run is None:
        return
    ready, start = session.entered(Phase.AVAILABLE), session.run.start
    if ready is not None and ready > start:
        yield Finding(
            f"it is ready at {at(ready)}, and was to start at {at(start)}", moment.where, start, ready
        )


@rule("H20", Level.SHOULD, f"{DRAFT} 3.3")
def started_in_range(moment: Moment) -> Iterator[Finding]:
    """A session starts to run at one of the starts that were offered, and not before the one that was chosen."""
    if (session := moment.session) is None or session.run is None:
        return
    started = session.entered(Phase.RUNNING)
    first, last = session.run.start, session.offer.maxstart
    if started is not None and not first <= started <= last:
        what = f"it runs since {at(started)}, and was to start {over(Span(first, last))}"
        yield Finding(what, moment.where, started, first if started < first else last)
