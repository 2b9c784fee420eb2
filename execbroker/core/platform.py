"""What a planner knows about one place: its pools, what is booked, when it is closed, and its policy."""

from __future__ import annotations

import enum
from abc import abstractmethod
from collections.abc import Mapping
from decimal import Decimal
from fractions import Fraction
from typing import Protocol, final

from attrs import field, frozen

from execbroker.core.amounts import Amounts
from execbroker.core.policy import Policy
from execbroker.core.spans import Span, Spans
from execbroker.core.task import EVERY_DAY

__all__ = [
    "Booking",
    "Closure",
    "Costs",
    "Defaults",
    "Flavour",
    "Hold",
    "Hours",
    "Measure",
    "Platform",
    "Pool",
    "Recurrence",
    "Transfer",
]


@final
@frozen
class Flavour:
    """A fixed size that a pool hands out."""

    name: str
    amounts: Amounts


@final
@frozen
class Hours:
    """When a pool is open: daily from `opens` to `closes` on the platform's wall clock, pointwise.

    A closing at or before the opening is on the next day; `days` are those on which the pool opens.
    """

    opens: int
    closes: int
    days: frozenset[int] = EVERY_DAY


@final
@frozen
class Measure:
    """A metric of what is offered: how it grows with the amounts.

    Attributes:
        meaning: What is measured, a URI.
        rates: How much a unit of each resource adds (a core, a GiB, a gpu, one of anything else).
        fixed: How much there is anyway.
        description: In words, such as the unit that it is measured in.
    """

    meaning: str
    rates: Mapping[str, Decimal] = field(factory=dict, hash=False)
    fixed: Decimal = Decimal(0)
    description: str | None = None


@final
@frozen
class Pool:
    """Amounts that tasks share.

    Attributes:
        capacity: What the pool has; with `nodes`, what each of them has.
        nodes: The number of identical machines, each task on one of them; None: the pool is one whole.
        flavours: Fixed sizes; if there are any, the pool gives only these.
        hours: When it is open; none: always.
        max_duration: The longest run in seconds, or None.
        max_scale: No resource above this many times the minimum asked (where that is above zero), or None.
        runner: The endpoint that runs what is offered here; None: the platform's.
        prepare: Seconds before every start; None: the platform's. Likewise `release` after every end.
        sizes: Those further resources that are sizes in bytes.
        metrics: Its own, instead of the platform's that have the same meaning, and beside the others.
    """

    name: str
    capacity: Amounts
    nodes: int | None = None
    flavours: tuple[Flavour, ...] = ()
    hours: tuple[Hours, ...] = ()
    max_duration: int | None = None
    max_scale: Fraction | None = None
    runner: str | None = None
    prepare: int | None = None
    release: int | None = None
    sizes: frozenset[str] = frozenset()
    metrics: tuple[Measure, ...] = ()


@final
@frozen
class Booking:
    """Amounts taken from a pool over a span of time; `node` counts from 0 in a pool with nodes."""

    pool: str
    span: Span
    amounts: Amounts
    node: int | None = None


class Recurrence(Protocol):
    """Spans that repeat. The platform's reader brings one that understands RFC 5545."""

    @abstractmethod
    def spans(self, within: Span) -> Spans:
        """The instants of all occurrences, cut to `within`. Deterministic; reads no clock."""


@final
@frozen
class Closure:
    """Time in which nothing runs.

    Attributes:
        when: One span, or spans that repeat.
        pool: The pool that is closed, or None for all of them.
        reason: Why, in words, if anybody said.
    """

    when: Span | Recurrence
    pool: str | None = None
    reason: str | None = None

    def spans(self, within: Span) -> Spans:
        """The closed instants of `within`."""
        if isinstance(self.when, Span):
            return Spans.between(max(self.when.start, within.start), min(self.when.end, within.end))
        return self.when.spans(within)


@final
@frozen
class Transfer:
    """The rate, in bytes a second, at which data below `location` are staged; `*` is everywhere else."""

    location: str
    rate: int


@final
@frozen
class Costs:
    """Rates per hour and unit (a core, a GiB, a gpu, one of anything else), in one currency or none."""

    rates: Mapping[str, Decimal] = field(factory=dict, hash=False)
    currency: str | None = None


@final
@frozen
class Defaults:
    """What a task gets that does not ask: amounts of cores and memory, and a duration in seconds."""

    amounts: Amounts = Amounts({"cores": 1000, "memory": 2**30})
    duration: int = 3600


@final
class Hold(enum.Enum):
    """How much of an offer is kept for the client until it expires."""

    MINIMUM = "minimum"
    ALL = "all"
    NONE = "none"


@final
@frozen
class Platform:
    """One place that runs tasks.

    Attributes:
        runner: The endpoint of the runner; a pool may have its own.
        zone: The IANA zone of hours and closures.
        granularity: Starts and ends fall on multiples of these seconds since the epoch; divides a day.
        horizon: Nothing is offered that ends later than this many seconds from now.
        offer_lifetime: Seconds until an offer expires.
        max_offers: How many offers one answer holds.
        max_duration: The longest run in seconds, or None.
        executables: The executable types that it runs; None: any.
        prepare: Seconds before every start; staging comes on top. `release`: seconds after every end.
        held: Locations below which data need no staging.
        energy, carbon: What a unit of each resource takes in an hour, in kWh and in grams of CO2 equivalent.
        metrics: What else is said of what is offered.
        policy: What tasks it takes.
    """

    name: str
    pools: tuple[Pool, ...]
    runner: str | None = None
    zone: str = "UTC"
    granularity: int = 60
    horizon: int = 30 * 86_400
    offer_lifetime: int = 300
    max_offers: int = 8
    hold: Hold = Hold.MINIMUM
    max_duration: int | None = None
    defaults: Defaults = Defaults()
    executables: frozenset[str] | None = None
    prepare: int = 0
    release: int = 0
    bookings: tuple[Booking, ...] = ()
    closures: tuple[Closure, ...] = ()
    held: tuple[str, ...] = ()
    transfers: tuple[Transfer, ...] = ()
    costs: Costs | None = None
    energy: Mapping[str, Decimal] = field(factory=dict, hash=False)
    carbon: Mapping[str, Decimal] = field(factory=dict, hash=False)
    metrics: tuple[Measure, ...] = ()
    policy: Policy = Policy()

    #: The names of all resources that its pools and their flavours have.
    resources: frozenset[str] = field(init=False, eq=False, repr=False)

    @resources.default
    def _name_resources(self) -> frozenset[str]:
        flavours = (flavour.amounts for pool in self.pools for flavour in pool.flavours)
        return frozenset().union(*(pool.capacity for pool in self.pools), *flavours)

    def prepare_in(self, pool: Pool) -> int:
        """Seconds before every start in a pool: its own, or those of all."""
        return self.prepare if pool.prepare is None else pool.prepare

    def release_in(self, pool: Pool) -> int:
        """Seconds after every end in a pool: its own, or those of all."""
        return self.release if pool.release is None else pool.release
