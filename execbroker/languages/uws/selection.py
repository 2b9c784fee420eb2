"""Which jobs a list shows, and how long a request waits (IVOA UWS 1.1, sections 2.2.2.1 and 2.2.1.1)."""

from __future__ import annotations

from collections.abc import Collection, Iterable
from typing import Final

from execbroker.languages.uws.tables import BLOCKING, UwsPhase
from execbroker.languages.uws.values import UwsJob

__all__ = ["LONGEST_WAIT", "select", "wait_deadline"]

#: The longest that a request is kept waiting, in seconds. Whoever asks to wait for ever waits so long each time.
LONGEST_WAIT: Final = 60


def select(
    jobs: Iterable[UwsJob],
    phases: Collection[UwsPhase] = (),
    after: int | None = None,
    last: int | None = None,
) -> list[UwsJob]:
    """Those jobs that a list shows, the latest first; jobs that don't say when they were made come last.

    Args:
        jobs: All of them.
        phases: Only jobs in one of these. Without any, all but those that are archived.
        after: Only jobs that were made later than this instant.
        last: At most so many; they are counted off after all other choices.
    """
    wanted = set(phases) or set(UwsPhase) - {UwsPhase.ARCHIVED}
    found = [job for job in jobs if job.phase in wanted and _is_after(job, after)]
    found.sort(key=lambda job: (job.created is not None, job.created or 0), reverse=True)
    return found[:last]


def _is_after(job: UwsJob, after: int | None) -> bool:
    return after is None or (job.created is not None and job.created > after)


def wait_deadline(
    job: UwsJob, wait: int | None, phase: UwsPhase | None, now: int, longest: int = LONGEST_WAIT
) -> int | None:
    """Until when a request for a job waits for its phase to change; None: it is answered at once.

    Args:
        job: The job as it is now.
        wait: Seconds that the client would wait, -1 for ever; None if it didn't ask to.
        phase: The phase in which the client takes the job to be, if it says so: it waits only if that is right.
        now: The instant.
        longest: The most that anybody waits, in seconds.

    >>> job = UwsJob("7", UwsPhase.QUEUED)
    >>> wait_deadline(job, 5, None, now=100), wait_deadline(job, -1, None, now=100)
    (105, 160)
    >>> wait_deadline(job, 5, UwsPhase.PENDING, now=100) is None
    True
    """
    if not wait or job.phase not in BLOCKING or phase not in (None, job.phase):
        return None
    return now + (longest if wait < 0 else min(wait, longest))
