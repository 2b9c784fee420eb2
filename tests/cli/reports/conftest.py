"""Answers made by hand, so that a report's output depends on nothing else."""

from __future__ import annotations

from fractions import Fraction

import pytest

from execbroker.cli.reports.answered import Answered
from execbroker.core.amounts import Amounts
from execbroker.core.answer import Allotment, Alternative, Answer, Change, Cost, Offer, Reason
from execbroker.core.instants import parse_instant
from execbroker.core.platform import Booking, Closure, Platform, Pool
from execbroker.core.ranges import Range
from execbroker.core.spans import Span
from execbroker.core.task import Compute, Schedule, Storage, Task

GIB = 2**30
ZONE = "Europe/London"


def at(text: str) -> int:
    """The instant of a day and time in May 2023, UTC, such as `10 09:00`."""
    day, clock = text.split()
    return parse_instant(f"2023-05-{day}T{clock}:00Z")


def allot(low: dict[str, int], high: dict[str, int], name: str | None = None) -> Allotment:
    """What one resource gets."""
    return Allotment(name, Amounts(low), Amounts(high))


PLATFORM = Platform(
    name="edinburgh",
    pools=(
        Pool("batch", Amounts({"cores": 16_000, "memory": 256 * GIB, "gpus": 4})),
        Pool("nights", Amounts({"cores": 8_000, "memory": 64 * GIB})),
    ),
    bookings=(Booking("batch", Span(at("10 12:00"), at("10 18:00")), Amounts({"cores": 12_000})),),
    closures=(Closure(Span(at("11 00:00"), at("11 06:00"))),),
)

TASK = Task(
    name="fringe fit",
    compute=(Compute("main", {"cores": Range(4000, 8000), "memory": Range(80 * GIB), "gpus": Range(1)}),),
    schedule=Schedule(Range(7200), at("10 08:00"), None, at("12 00:00"), zone=ZONE),
)

FIRST = Offer(
    platform="edinburgh",
    pool="batch",
    minstart=at("10 09:00"),
    maxstart=at("10 10:00"),
    maxend=at("10 12:00"),
    minduration=7200,
    maxduration=10_800,
    expires=at("09 15:30"),
    compute=(
        allot(
            {"cores": 4000, "memory": 80 * GIB, "gpus": 1},
            {"cores": 8000, "memory": 120 * GIB, "gpus": 1},
            "main",
        ),
    ),
    preparation=2100,
    cost=Cost(Fraction(16, 25), "EUR"),
    zone=ZONE,
)

SECOND = Offer(
    platform="edinburgh",
    pool="batch",
    minstart=at("10 18:00"),
    maxstart=at("10 22:00"),
    maxend=at("11 00:00"),
    minduration=7200,
    maxduration=7200,
    expires=at("09 16:00"),
    compute=(
        allot(
            {"cores": 4000, "memory": 80 * GIB, "gpus": 1},
            {"cores": 4000, "memory": 80 * GIB, "gpus": 4},
            "main",
        ),
    ),
    flavour="large",
    zone=ZONE,
)

REASONS = (
    Reason(
        "busy",
        "64 cores asked, at most 48 free for 2 hours, from 2023-05-10T18:00:00Z",
        "edinburgh",
        "batch",
        "compute-resources[0].mincores",
        "cores",
        64_000,
        48_000,
        at("10 18:00"),
        at("10 20:00"),
    ),
    Reason(
        "duration-exceeds-limit",
        "2 days asked, at most 1 day",
        "edinburgh",
        "nights",
        "minduration",
        None,
        172_800,
        86_400,
    ),
)

ALTERNATIVES = (
    Alternative(SECOND, (Change("compute-resources[0].mincores", "64", "4"),)),
    Alternative(
        FIRST, (Change("timerange", "from 09:00 to 17:00", None), Change("minduration", "PT48H", "PT2H"))
    ),
)


@pytest.fixture
def granted() -> Answered:
    """A YES with two offers that differ in everything."""
    return Answered("fit.yaml", Answer((FIRST, SECOND)), at("09 15:25"), TASK, (PLATFORM,))


@pytest.fixture
def refused() -> Answered:
    """A NO with two reasons and two alternatives."""
    answer = Answer(reasons=REASONS, alternatives=ALTERNATIVES)
    return Answered("fit.yaml", answer, at("09 15:25"), TASK, (PLATFORM,))


@pytest.fixture
def hostile() -> Answered:
    """A YES whose names all try to be something else."""
    name = '\x1b[2J</text><script>alert("&")</script>\u202e'
    platform = Platform(name, (Pool(name, Amounts({"cores": 4000})), Pool("other", Amounts({"cores": 1}))))
    offer = Offer(
        name, name, at("10 09:00"), at("10 09:00"), at("10 10:00"), 3600, 3600, at("09 16:00"),
        compute=(allot({"cores": 1}, {name: 3}),),
        flavour=name,
        cost=Cost(Fraction(1), name),
    )  # fmt: skip
    reason = Reason("policy", name, name, name, name)
    alternative = Alternative(offer, (Change(name, name, name),))
    task = Task(name, compute=(Compute(name, {name: Range(0)}),), storage=(Storage(name),))
    return Answered(name, Answer((offer,), (reason,), (alternative,)), at("09 12:00"), task, (platform,))
