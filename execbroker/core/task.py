"""What a client wants to run: the task, free of any language that it was written in.

All times are whole seconds, instants counted UTC from the epoch; all amounts are in the units of `amounts`.
"""

from __future__ import annotations

from collections.abc import Mapping
from decimal import Decimal
from typing import Final, final

from attrs import field, frozen

from execbroker.core.ranges import FULL, Range
from execbroker.core.spans import Span

__all__ = [
    "DAY",
    "EVERY_DAY",
    "Compute",
    "Constraint",
    "Daily",
    "Data",
    "Executable",
    "Schedule",
    "Storage",
    "Task",
    "Volume",
]

#: Seconds of a clock day.
DAY: Final = 86_400
#: Monday is 0, as in `datetime.date.weekday`.
EVERY_DAY: Final = frozenset(range(7))


def _read_only(given: Mapping[str, Range]) -> Mapping[str, Range]:
    return dict(sorted(given.items()))


@final
@frozen
class Executable:
    """What is to be run: a type, and whatever keys that type has, as they were written."""

    type: str
    details: Mapping[str, object] = field(factory=dict, hash=False)


@final
@frozen
class Volume:
    """Where a compute resource has a storage or data resource of the task in its files.

    Attributes:
        resource: The name of the storage or data resource.
        path: Where it is to be found; None: the platform says where.
        is_writable: Whether it may be written to.
        name: What the task calls it, if anything.
    """

    resource: str | None = None
    path: str | None = None
    is_writable: bool = False
    name: str | None = None


@final
@frozen
class Compute:
    """One compute resource of a task.

    Attributes:
        name: Unique in the task, or None.
        ranges: The resources that it mentions. A mention asks for the resource, also with nothing but a maximum;
            every range has a minimum, 0 where the task names none.
        volumes: What it has in its files.
    """

    name: str | None = None
    ranges: Mapping[str, Range] = field(factory=dict, converter=_read_only, hash=False)
    volumes: tuple[Volume, ...] = ()


@final
@frozen
class Storage:
    """One storage resource of a task: its size in bytes, with a minimum of 0 where the task names none."""

    name: str | None = None
    size: Range = Range(0)


@final
@frozen
class Data:
    """Data that the task reads.

    Attributes:
        location: Where it is, a URL.
        size: Bytes, or None if the task does not say.
        storage: The name of the task's storage resource that it is staged to, if any.
        kind: How it is named where it is, such as `s3` or `rucio`; None: its location says it all.
        details: The keys of that kind, as they were written.
    """

    location: str
    name: str | None = None
    size: int | None = None
    storage: str | None = None
    kind: str | None = None
    details: Mapping[str, object] = field(factory=dict, hash=False)


@final
@frozen
class Constraint:
    """What the client demands of a cost or a metric: that it lies between two figures.

    Attributes:
        meaning: What is measured, a URI.
        minimum, maximum: In the unit of what is measured; None leaves that end open.
        description: What the client says of it.
    """

    meaning: str
    minimum: Decimal | None = None
    maximum: Decimal | None = None
    description: str | None = None


@final
@frozen
class Daily:
    """A daily window on the wall clock, meant pointwise: an instant is inside if its local time is.

    With `closes`, the whole run lies in one unbroken span of `[opens, closes)`; a closing at or before the opening
    is on the next day, so equal ones are no limit. `latest` bounds the start, and is itself allowed; before
    `opens` it is on the next day. With neither, every start from `opens` to before midnight is allowed.

    Attributes:
        opens: Seconds after midnight, 0 to 86,400.
        closes: The same, or None: only the start is bound.
        latest: The same, or None.
        days: The weekdays on which the window opens, Monday 0.
        zone: The IANA zone of the clock.
    """

    opens: int = 0
    closes: int | None = None
    latest: int | None = None
    days: frozenset[int] = EVERY_DAY
    zone: str = "UTC"


@final
@frozen
class Schedule:
    """When the task may run, and for how long.

    Attributes:
        duration: Seconds of elapsed time; both ends may be open.
        earliest: No start before this instant.
        latest: No start after this instant, which is itself allowed.
        end: No run reaches beyond this instant.
        daily: The daily window, if there is one.
        zone: The zone in which the answer shows times.
        starts: Where there are any, the run starts at an instant of one of them.
    """

    duration: Range = FULL
    earliest: int | None = None
    latest: int | None = None
    end: int | None = None
    daily: Daily | None = None
    zone: str = "UTC"
    starts: tuple[Span, ...] = ()


@final
@frozen
class Task:
    """What the client wants to run. Everything may be left out.

    Attributes:
        sizes: Those further resources (not cores, memory, gpus, storage) that the task gives as sizes in bytes.
        language: The language that the task came in; the answer goes out in the same.
        costs, metrics: What is demanded of these; all of it at once.
    """

    name: str | None = None
    executable: Executable | None = None
    compute: tuple[Compute, ...] = ()
    storage: tuple[Storage, ...] = ()
    data: tuple[Data, ...] = ()
    schedule: Schedule = Schedule()
    sizes: frozenset[str] = frozenset()
    language: str = "IVOA-TDL-1.0"
    costs: tuple[Constraint, ...] = ()
    metrics: tuple[Constraint, ...] = ()
