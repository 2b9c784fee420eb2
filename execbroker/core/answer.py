"""What a planner says: YES with offers, or NO with reasons and what would do instead."""

from __future__ import annotations

from collections.abc import Iterable
from decimal import Decimal
from fractions import Fraction
from typing import Final, final

from attrs import frozen

from execbroker.core.amounts import NONE, Amounts

__all__ = [
    "CARBON",
    "ENERGY",
    "MEASURED",
    "METRIC",
    "MONETARY",
    "Allotment",
    "Alternative",
    "Answer",
    "Change",
    "Cost",
    "Figure",
    "Offer",
    "Reason",
    "Unanswered",
]

#: What the field calls the costs that are known here, and how the names of its metrics begin.
MONETARY: Final = "urn:ivoa:calycopis:cost:monetary"
ENERGY: Final = "urn:ivoa:calycopis:cost:energy"
CARBON: Final = "urn:ivoa:calycopis:cost:carbon"
METRIC: Final = "urn:ivoa:calycopis:metric:"

#: The codes of reasons whose figures are of a cost or a metric.
MEASURED: Final = frozenset({"cost-exceeds-limit", "metric-not-met"})


@final
@frozen
class Cost:
    """An exact amount of money, in a currency or in the platform's own unnamed one."""

    amount: Fraction
    currency: str | None = None


@final
@frozen
class Figure:
    """What is said of an offer in numbers: what it costs in some respect, or a metric.

    Attributes:
        meaning: What is measured, a URI.
        least: Of the minimum amounts, and where time counts, for the shortest run.
        most: Of the maximum amounts, and where time counts, for the longest run.
        description: In words, such as the unit that it is measured in.
    """

    meaning: str
    least: Fraction
    most: Fraction
    description: str | None = None


@final
@frozen
class Allotment:
    """What one resource of the task gets: at least `minimum`, at most `maximum`.

    Both name the same resources; a storage resource's is `storage`.
    """

    name: str | None = None
    minimum: Amounts = NONE
    maximum: Amounts = NONE


@final
@frozen
class Offer:
    """One box, given to a client until it expires.

    The promise: when the answer is given, every run that starts from `minstart` to `maxstart`, lasts from
    `minduration` to `maxduration` and ends by `maxend` is free, with every amount from minimum to maximum.

    Attributes:
        platform, pool, runner: Where.
        expires: The instant until which it may be accepted; like all instants here, seconds UTC.
        preparation: Seconds of staging and preparing before the start.
        proximity: The metric of the platform, where there is one; less is nearer.
        cost: Of the minimum amounts for the minimum duration, where the platform has rates.
        flavour: What is booked, in a pool with flavours.
        compute, storage: What each resource of the task gets, in the task's order. Cores and memory that the task
            does not ask for are in the first of `compute`.
        zone: The zone in which the start is shown.
        sizes: Those further resources that are sizes in bytes.
        identifier: Given by a book; without one, a hash of the content (`languages` writes it).
        costs: All that it costs: money, energy, carbon, as far as the platform says.
        metrics: What else the platform says of it.
    """

    platform: str
    pool: str
    minstart: int
    maxstart: int
    maxend: int
    minduration: int
    maxduration: int
    expires: int
    compute: tuple[Allotment, ...] = ()
    storage: tuple[Allotment, ...] = ()
    runner: str | None = None
    preparation: int = 0
    proximity: Decimal | None = None
    cost: Cost | None = None
    flavour: str | None = None
    zone: str = "UTC"
    sizes: frozenset[str] = frozenset()
    identifier: str | None = None
    costs: tuple[Figure, ...] = ()
    metrics: tuple[Figure, ...] = ()

    @property
    def amounts(self) -> Amounts:
        """The most of each resource, all of the task's resources together."""
        return _total(allotment.maximum for allotment in (*self.compute, *self.storage))

    @property
    def minima(self) -> Amounts:
        """The least of each resource, all of the task's resources together."""
        return _total(allotment.minimum for allotment in (*self.compute, *self.storage))


def _total(many: Iterable[Amounts]) -> Amounts:
    total: dict[str, int] = {}
    for amounts in many:
        for name, value in amounts.items():
            total[name] = total.get(name, 0) + value
    return Amounts(total)


@final
@frozen
class Reason:
    """Why not.

    Attributes:
        code: For programs: `busy`, `resource-exceeds-capacity`, ….
        message: One sentence with the figures, for people.
        platform, pool: Where this stands in the way; None: everywhere.
        path: The limit in the task, such as `compute-resources[0].mincores`.
        asked, available: Figures in the resource's unit, or seconds for durations; decimals where they are of a
            cost or a metric, which the code says.
        resource: The resource that the figures count; None: they count none, or there are no figures.
        start, end: When, as instants.
        sizes: Those further resources that are sizes in bytes.
    """

    code: str
    message: str
    platform: str | None = None
    pool: str | None = None
    path: str | None = None
    resource: str | None = None
    asked: int | Decimal | None = None
    available: int | Decimal | None = None
    start: int | None = None
    end: int | None = None
    sizes: frozenset[str] = frozenset()


@final
@frozen
class Change:
    """One limit of the task, as it is and as it would have to be, written as the task's language writes it.

    `new` is None where the limit would have to go.
    """

    path: str
    old: str | None
    new: str | None


@final
@frozen
class Alternative:
    """An offer that breaks some of the task's limits, and which."""

    offer: Offer
    changes: tuple[Change, ...]


@final
@frozen
class Unanswered:
    """That a planner which was asked gave no answer.

    Attributes:
        planner: Its name in the federation.
        code: `failed` or `timed-out`.
        message: What happened, one sentence.
    """

    planner: str
    code: str
    message: str


@final
@frozen
class Answer:
    """A planner's answer: `YES` if it has offers, else `NO`.

    Attributes:
        offers: By start, then longest, then largest, unless the client preferred another order.
        reasons: Why not; for each pool a smallest set that already rules the task out.
        alternatives: What could be had if limits of the task were other, nearest first.
        complete: False when the search stopped at its limit on work: the offers are true, but there may be better
            ones.
        omitted: Offers that were left out for the sake of `max-offers`.
        unanswered: Planners of a federation that gave no answer; what they have is not in this one.
        language: The language in which it is to be written.
    """

    offers: tuple[Offer, ...] = ()
    reasons: tuple[Reason, ...] = ()
    alternatives: tuple[Alternative, ...] = ()
    complete: bool = True
    omitted: int = 0
    unanswered: tuple[Unanswered, ...] = ()
    language: str = "IVOA-TDL-1.0"

    @property
    def is_yes(self) -> bool:
        """Whether the task can be run."""
        return bool(self.offers)
