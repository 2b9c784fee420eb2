"""The phases of a UWS job, which follows which, and which one a session's phase stands for (IVOA UWS 1.1, 2.1.3).

The standard's state diagram and its text disagree in three places: whether PHASE=RUN may put a job on hold, whether
a job that is held or suspended may be aborted or fail, and whether a poller may see a job go from PENDING straight
to EXECUTING. `DIAGRAM` is what this library does; `TEXT` is what it takes from others.
"""

from __future__ import annotations

import enum
from collections.abc import Mapping
from typing import Final, final

from execbroker.core.lifecycle import Phase

__all__ = ["BLOCKING", "DIAGRAM", "ENDED", "PHASES", "TEXT", "UwsPhase", "is_step"]


@final
class UwsPhase(enum.Enum):
    """Where a job stands, in the words of UWS. RUN and ABORT are commands, not phases."""

    PENDING = "PENDING"
    QUEUED = "QUEUED"
    EXECUTING = "EXECUTING"
    COMPLETED = "COMPLETED"
    ERROR = "ERROR"
    ABORTED = "ABORTED"
    UNKNOWN = "UNKNOWN"
    HELD = "HELD"
    SUSPENDED = "SUSPENDED"
    ARCHIVED = "ARCHIVED"


_BEFORE_END: Final = (UwsPhase.PENDING, UwsPhase.QUEUED, UwsPhase.EXECUTING)

#: The phases in which a request with WAIT waits. Held and suspended jobs must not keep anybody waiting.
BLOCKING: Final = frozenset(_BEFORE_END)

#: The phases in which a job will do nothing more.
ENDED: Final = frozenset({UwsPhase.COMPLETED, UwsPhase.ERROR, UwsPhase.ABORTED, UwsPhase.ARCHIVED})

#: The arrows of the standard's state diagram, all sixteen. UNKNOWN is not in it: a client just asks again.
DIAGRAM: Final = frozenset(
    {
        (UwsPhase.PENDING, UwsPhase.QUEUED),
        (UwsPhase.QUEUED, UwsPhase.EXECUTING),
        (UwsPhase.EXECUTING, UwsPhase.COMPLETED),
        (UwsPhase.EXECUTING, UwsPhase.SUSPENDED),
        (UwsPhase.SUSPENDED, UwsPhase.EXECUTING),
        (UwsPhase.EXECUTING, UwsPhase.HELD),
        (UwsPhase.HELD, UwsPhase.EXECUTING),
        *((phase, UwsPhase.ABORTED) for phase in _BEFORE_END),
        *((phase, UwsPhase.ERROR) for phase in _BEFORE_END),
        *((phase, UwsPhase.ARCHIVED) for phase in (UwsPhase.COMPLETED, UwsPhase.ERROR, UwsPhase.ABORTED)),
    }
)

#: The same, and what only the standard's text allows.
TEXT: Final = DIAGRAM | {
    (UwsPhase.PENDING, UwsPhase.HELD),
    (UwsPhase.PENDING, UwsPhase.EXECUTING),
    (UwsPhase.HELD, UwsPhase.QUEUED),
    (UwsPhase.HELD, UwsPhase.ABORTED),
    (UwsPhase.HELD, UwsPhase.ERROR),
    (UwsPhase.SUSPENDED, UwsPhase.ABORTED),
    (UwsPhase.SUSPENDED, UwsPhase.ERROR),
}

#: What UWS calls each phase of a session. With this table every legal step of a session is no change of the job or
#: an arrow of the diagram. Staging is QUEUED, for a job that executes uses up its time; giving back is EXECUTING,
#: for it may still fail, and a completed job may not.
PHASES: Final[Mapping[Phase, UwsPhase]] = {
    Phase.OFFERED: UwsPhase.PENDING,
    Phase.REJECTED: UwsPhase.ABORTED,
    Phase.EXPIRED: UwsPhase.ABORTED,
    Phase.ACCEPTED: UwsPhase.QUEUED,
    Phase.WAITING: UwsPhase.QUEUED,
    Phase.PREPARING: UwsPhase.QUEUED,
    Phase.AVAILABLE: UwsPhase.QUEUED,
    Phase.RUNNING: UwsPhase.EXECUTING,
    Phase.RELEASING: UwsPhase.EXECUTING,
    Phase.COMPLETED: UwsPhase.COMPLETED,
    Phase.CANCELLED: UwsPhase.ABORTED,
    Phase.FAILED: UwsPhase.ERROR,
}


def is_step(before: UwsPhase, after: UwsPhase, *, strict: bool = False) -> bool:
    """Whether a job may be seen in one phase and then in another, with nothing between.

    Args:
        before: The phase in which it was.
        after: The phase in which it is.
        strict: Take the diagram's arrows alone. Otherwise those of the text count too, and UNKNOWN may come
            before and after everything.

    >>> is_step(UwsPhase.HELD, UwsPhase.ABORTED), is_step(UwsPhase.HELD, UwsPhase.ABORTED, strict=True)
    (True, False)
    """
    if before is after:
        return True
    if strict:
        return (before, after) in DIAGRAM
    return UwsPhase.UNKNOWN in (before, after) or (before, after) in TEXT
