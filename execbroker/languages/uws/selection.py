"""Which jobs a list shows, and how long a request waits (IVOA UWS 1.1, sections 2.2.2.1 and 2.2.1.1)."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from itertools import islice
from typing import Final, final

from attrs import field, frozen

from execbroker.languages.uws.tables import BLOCKING, UwsPhase
from execbroker.languages.uws.values import UwsJob

__all__ = ["LONGEST_WAIT", "Selection", "wait_deadline"]

#: The longest that a request is kept waiting, in seconds. Whoever asks to wait for ever waits so long each time.
LONGEST_WAIT: Final = 60


def _or_all_but_archived(phases: Iterable[UwsPhase]) -> frozenset[UwsPhase]:
    return frozenset(phases) or frozenset(UwsPhase) - {UwsPhase.ARCHIVED}


@final
@frozen
class Selection:
    """Which jobs a client wants to see.

    Attributes:
        phases: Only jobs in one of these. Without any, all but those that are archived.
        after: Only jobs that were made later than this instant.
        last: At most so many, the latest; they are counted off after all other choices.
    """

    phases: frozenset[UwsPhase] = field(default=frozenset(), converter=_or_all_but_archived)
    after: int | None = None
    last: int | None = None

    def admits(self, job: UwsJob) -> bool:
        """Whether a job is chosen, before they are counted off."""
        if job.phase not in self.phases:
            return False
        return self.after is None or (job.created is not None and job.created > self.after)

    def of(self, jobs: Iterable[UwsJob]) -> Iterator[UwsJob]:
        """Those of some jobs, which come the latest first; no more are taken from there than it needs.

        >>> jobs = [UwsJob("3", UwsPhase.QUEUED, created=9), UwsJob("2", UwsPhase.ARCHIVED, created=7)]
        >>> [job.identifier for job in Selection().of(jobs)]
        ['3']
        """
        return islice(filter(self.admits, jobs), self.last)


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
