"""Booking and releasing."""

from __future__ import annotations

import random
import statistics
from collections.abc import Iterator
from functools import partial
from typing import Final

from execbroker.core.amounts import CORES, MEMORY
from execbroker.core.availability import Availability
from execbroker.core.spans import Span
from execbroker.core.vectors import Fields
from tests.bench.measure import Claim, clocked, spell, undisturbed
from tests.bench.profiles import Job, first_come_first_served

__all__ = ["updates"]

_STEPS: Final = 10_000
_CHANGES: Final = 2_000


def updates() -> Iterator[Claim]:
    """Updates: booking and releasing in a pool whose availability has 10,000 steps."""
    profile = first_come_first_served(70, _STEPS)
    fields = Fields.of([CORES, MEMORY])

    def packed(job: Job) -> tuple[Span, int]:
        return Span(job.start, job.end), fields.pack({CORES: job.cores, MEMORY: job.memory})

    availability = Availability(fields, map(packed, profile.jobs))
    before = Availability(fields, map(packed, profile.jobs))
    # The same jobs again, at other times.
    draw = random.Random(1)
    more = [
        packed(job._replace(start=start, end=start + job.end - job.start))
        for job in draw.choices(profile.jobs, k=_CHANGES)
        for start in [draw.randrange(profile.span.end // 60) * 60]
    ]
    booking, releasing = [], []
    with undisturbed():
        for one in more:
            booking.append(clocked(partial(availability.book, *one)))
            releasing.append(clocked(partial(availability.release, *one)))
    yield Claim(
        "releasing undoes booking", f"{len(availability):,} steps", availability == before, is_exact=True
    )
    for what, times in (("booking", booking), ("releasing", releasing)):
        median = statistics.median(times)
        yield Claim(f"{what} at {_STEPS:,} steps under 20 µs in the median", spell(median), median < 20e-6)
