"""The life of a session: which phase follows which, and on what event.

This table is the only place that knows it. It does not know who causes an event, nor what time it is; whoever moves
a session asks `step`, and an illegal step changes nothing.

The phases are those of the IVOA ExecutionBroker draft (section 2.2.5 and 2.2.6). Where its text wavers, these are
taken: AVAILABLE for what it also calls READY, RELEASING for what it also calls TEARDOWN.
"""

from __future__ import annotations

import enum
from collections.abc import Mapping
from typing import Final, final

__all__ = [
    "ACTIVE",
    "CANCELLABLE",
    "FINAL",
    "TRANSITIONS",
    "WISHES",
    "Event",
    "IllegalStep",
    "Phase",
    "options",
    "step",
]


@final
class Phase(enum.Enum):
    """Where a session stands."""

    OFFERED = "OFFERED"
    REJECTED = "REJECTED"
    EXPIRED = "EXPIRED"
    ACCEPTED = "ACCEPTED"
    WAITING = "WAITING"
    PREPARING = "PREPARING"
    AVAILABLE = "AVAILABLE"
    RUNNING = "RUNNING"
    RELEASING = "RELEASING"
    COMPLETED = "COMPLETED"
    CANCELLED = "CANCELLED"
    FAILED = "FAILED"


@final
class Event(enum.Enum):
    """What happens to a session."""

    #: The client takes the offer, or says that it won't; or a sibling was taken; or time is up.
    ACCEPT = "accept"
    REJECT = "reject"
    EXPIRE = "expire"
    #: The runner has it, and waits for its time; stages data; is ready to start.
    WAIT = "wait"
    PREPARE = "prepare"
    READY = "ready"
    #: The run starts, and ends; what it held is given back.
    START = "start"
    END = "end"
    COMPLETE = "complete"
    #: The client gives up.
    CANCEL = "cancel"
    #: The world outside failed: a transfer, a machine, a runner.
    FAIL = "fail"


_PATH: Final = {
    (Phase.OFFERED, Event.ACCEPT): Phase.ACCEPTED,
    (Phase.OFFERED, Event.REJECT): Phase.REJECTED,
    (Phase.OFFERED, Event.EXPIRE): Phase.EXPIRED,
    (Phase.ACCEPTED, Event.WAIT): Phase.WAITING,
    (Phase.WAITING, Event.PREPARE): Phase.PREPARING,
    (Phase.PREPARING, Event.READY): Phase.AVAILABLE,
    (Phase.AVAILABLE, Event.START): Phase.RUNNING,
    (Phase.RUNNING, Event.END): Phase.RELEASING,
    (Phase.RELEASING, Event.COMPLETE): Phase.COMPLETED,
}

#: The phases of an accepted session that is not at its end.
ACTIVE: Final = (
    Phase.ACCEPTED,
    Phase.WAITING,
    Phase.PREPARING,
    Phase.AVAILABLE,
    Phase.RUNNING,
    Phase.RELEASING,
)
#: Those in which the client may still give up: what is being released can't be stopped any more.
CANCELLABLE: Final = ACTIVE[:-1]
#: The phases that a client may ask for.
WISHES: Final = (Phase.ACCEPTED, Phase.REJECTED, Phase.CANCELLED)
#: The phases that nothing leads out of.
FINAL: Final = (Phase.REJECTED, Phase.EXPIRED, Phase.COMPLETED, Phase.CANCELLED, Phase.FAILED)

#: Every legal step.
TRANSITIONS: Final[Mapping[tuple[Phase, Event], Phase]] = {
    **_PATH,
    **{(phase, Event.CANCEL): Phase.CANCELLED for phase in CANCELLABLE},
    **{(phase, Event.FAIL): Phase.FAILED for phase in ACTIVE},
}


@final
class IllegalStep(ValueError):
    """An event that cannot happen in a phase; nothing was changed.

    Attributes:
        phase: Where the session stands, still.
        event: What was tried.
    """

    def __init__(self, phase: Phase, event: Event) -> None:
        super().__init__(phase, event)
        self.phase, self.event = phase, event

    def __str__(self) -> str:
        possible = ", ".join(event.value for phase, event in TRANSITIONS if phase is self.phase)
        instead = f"it can {possible}" if possible else "nothing more can happen to it"
        return f"a session that is {self.phase.value} cannot {self.event.value}; {instead}"


def options(phase: Phase) -> tuple[Phase, ...]:
    """The phases that whoever may change a session may ask for now (IVOA ExecutionBroker draft, section 2.2.7).

    >>> [each.value for each in options(Phase.OFFERED)]
    ['ACCEPTED', 'REJECTED']
    """
    if phase is Phase.OFFERED:
        return (Phase.ACCEPTED, Phase.REJECTED)
    return (Phase.CANCELLED,) if phase in CANCELLABLE else ()


def step(phase: Phase, event: Event) -> Phase:
    """The phase after an event.

    >>> step(Phase.OFFERED, Event.ACCEPT)
    <Phase.ACCEPTED: 'ACCEPTED'>

    Raises:
        IllegalStep: The table has no such step.
    """
    following = TRANSITIONS.get((phase, event))
    if following is None:
        raise IllegalStep(phase, event)
    return following
