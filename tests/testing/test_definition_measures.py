"""Costs, metrics and what is demanded of them, as they are defined, against cases worked out by hand."""

from __future__ import annotations

from decimal import Decimal
from fractions import Fraction
from typing import Any

import pytest
from attrs import evolve

from execbroker.core.amounts import NONE, Amounts
from execbroker.core.answer import CARBON, ENERGY, MONETARY
from execbroker.core.platform import Booking, Costs, Defaults, Flavour, Measure, Platform, Pool
from execbroker.core.policy import Policy
from execbroker.core.ranges import Range
from execbroker.core.spans import Span
from execbroker.core.task import Compute, Constraint, Schedule, Task
from execbroker.testing.definition import all_offers, frontier
from execbroker.testing.definition_measures import breaches, costs_of, metrics_of, rungs

HOUR = 3600
SPEED = "urn:speed"
POOL = Pool("p", Amounts({"gpus": 4}))
#: A kWh for each gpu and hour.
HERE = Platform(
    "here",
    (POOL,),
    granularity=HOUR,
    horizon=8 * HOUR,
    defaults=Defaults(NONE, HOUR),
    energy={"gpus": Decimal(1)},
)


def asking(gpus: Range, *, most: object, longest: int | None = None, **demands: Any) -> Task:
    """A task for an hour at least that takes no more energy than `most`."""
    return Task(
        compute=(Compute(None, {"gpus": gpus}),),
        schedule=Schedule(Range(HOUR, None if longest is None else longest * HOUR)),
        costs=(Constraint(ENERGY, None, Decimal(str(most))),),
        **demands,
    )


def ladder(task: Task, platform: Platform = HERE) -> list[tuple[float, int | None]]:
    """The rungs of a task as the hours of their longest runs and the most gpus."""
    return [
        ((each.longest or 0) / HOUR, each.most["gpus"]) for each in rungs(task, platform, platform.pools[0])
    ]


@pytest.mark.parametrize(
    ("gpus", "most", "longest", "expected"),
    [
        # 4 gpus for 2 hours, 2 for 4, 1 for 8: each comes to 8 kWh.
        (Range(1), 8, None, [(2, 4), (4, 2), (8, 1)]),
        # A gpu can be had for 4 hours and for 7: the longer rung is enough.
        (Range(1), 7, None, [(1, 4), (2, 3), (7, 1)]),
        # All that there is for as long as there is room.
        (Range(1), 32, None, [(8, 4)]),
        # A longest run of the task's own is the last rung.
        (Range(1), 8, 3, [(2, 4), (3, 2)]),
        (Range(1), 8, 2, [(2, 4)]),
        # Nothing is asked at least: any run can be had, of nothing if need be.
        (Range(0), 2, None, [(1, 2), (2, 1), (8, 0)]),
        (Range(0), 0, None, [(8, 0)]),
        # A maximum of the task's own.
        (Range(1, 2), 8, None, [(4, 2), (8, 1)]),
        # Not even the least for an hour.
        (Range(3), "2.999999", None, []),
        (Range(3), 3, None, [(1, 3)]),
    ],
)  # fmt: skip
def test_rungs(gpus: Range, most: object, longest: int | None, expected: list[tuple[float, int]]) -> None:
    """As much as can be had for the shortest run, and then for twice as long each time."""
    assert ladder(asking(gpus, most=most, longest=longest)) == expected


def test_offers_of_rungs() -> None:
    """Each rung is searched as a task of its own, and all of them together."""
    task = asking(Range(1), most=8)
    offers = frontier(task, [HERE], 0)

    assert [(each.maxduration // HOUR, each.amounts["gpus"]) for each in offers] == [(8, 1), (4, 2), (2, 4)]
    assert {each.costs[0].most for each in offers} == {Fraction(8)}
    assert all_offers(task, [HERE], 0) == offers
    # Where no more than two gpus are free, the two larger rungs offer the same; that of the longer runs is better.
    busy = evolve(HERE, bookings=(Booking("p", Span(0, 8 * HOUR), Amounts({"gpus": 2})),))
    found = [(each.maxduration // HOUR, each.amounts["gpus"]) for each in frontier(task, [busy], 0)]
    assert found == [(8, 1), (4, 2)]
    assert len(all_offers(task, [busy], 0)) == 3


def test_several_demands() -> None:
    """All of them hold: here a metric binds the amounts of short runs, and energy those of long ones."""
    here = evolve(HERE, metrics=(Measure(SPEED, {"gpus": Decimal("0.5")}, Decimal(1)),))
    task = asking(Range(1), most=8, metrics=(Constraint(SPEED, None, Decimal("2.5")),))

    assert ladder(task, here) == [(2, 3), (4, 2), (8, 1)]
    assert ladder(evolve(task, costs=()), here) == [(8, 3)]
    assert ladder(evolve(task, costs=(), metrics=()), here) == [(0, None)]
    assert ladder(evolve(task, metrics=(Constraint(SPEED, Decimal("1.5")),)), here) == [
        (2, 4),
        (4, 2),
        (8, 1),
    ]


def test_what_narrows_beside() -> None:
    """The way up ends at the policy's limit, the pool's scale, or its capacity; what has no rate is left alone."""
    scaled = evolve(HERE, pools=(evolve(POOL, max_scale=Fraction(3)),))
    limited = evolve(HERE, policy=Policy(limits=Amounts({"gpus": 2}), max_duration=6 * HOUR))
    assert ladder(asking(Range(1), most=8), scaled) == [(2, 3), (4, 2), (8, 1)]
    assert ladder(asking(Range(1), most=8), limited) == [(4, 2), (6, 1)]

    both = Task(
        compute=(Compute(None, {"gpus": Range(1), "licences": Range(1, 9)}),),
        schedule=Schedule(Range(HOUR)),
        costs=(Constraint(ENERGY, None, Decimal(8)),),
    )
    wide = evolve(HERE, pools=(Pool("p", Amounts({"gpus": 4, "licences": 20})),))
    assert [each.most["licences"] for each in rungs(both, wide, wide.pools[0])] == [9, 9, 9]


def test_flavours_and_defaults() -> None:
    """A flavour is cut to what can be afforded of it; defaults are paid for, too."""
    sizes = (Flavour("small", Amounts({"gpus": 1})), Flavour("large", Amounts({"gpus": 4})))
    offers = frontier(asking(Range(1), most=8), [evolve(HERE, pools=(evolve(POOL, flavours=sizes),))], 0)
    assert [(each.flavour, each.maxduration // HOUR, each.amounts["gpus"]) for each in offers] == [
        ("small", 8, 1), ("large", 4, 2), ("large", 2, 4),
    ]  # fmt: skip

    given = evolve(
        HERE,
        pools=(Pool("p", Amounts({"gpus": 4, "cores": 2000})),),
        defaults=Defaults(Amounts({"cores": 1000}), HOUR),
        energy={"gpus": Decimal(1), "cores": Decimal(1)},
    )
    assert ladder(asking(Range(1), most=8), given) == [(1, 4), (2, 3), (4, 1)]


def test_breaches() -> None:
    """What not even the smallest and shortest run keeps, and what nothing is known of; costs come first."""
    here = evolve(HERE, metrics=(Measure(SPEED, fixed=Decimal(3)),), costs=Costs({"gpus": Decimal(2)}, "EUR"))
    task = evolve(
        asking(Range(2), most=1),
        costs=(
            Constraint(ENERGY, None, Decimal(1)),
            Constraint(MONETARY, Decimal(5), Decimal(9)),
            Constraint(CARBON),
            Constraint(CARBON, None, Decimal(7)),
        ),
        metrics=(
            Constraint(SPEED, None, Decimal(2)),
            Constraint(SPEED, Decimal(3), Decimal(3)),
            Constraint(ENERGY, Decimal(1)),
        ),
    )

    assert [(each.code, each.path, each.asked, each.available) for each in breaches(task, here, POOL)] == [
        ("cost-exceeds-limit", "costs[0].max", 1, 2),
        ("metric-not-met", "costs[1].min", 5, 4),
        ("cost-exceeds-limit", "costs[3].max", 7, None),
        ("metric-not-met", "metrics[0].max", 2, 3),
        ("metric-not-met", "metrics[2].min", 1, None),
    ]
    assert rungs(task, here, POOL) == []


def test_what_is_said() -> None:
    """Costs that have rates, in their order; a pool's metrics instead of the platform's, then its own."""
    pool = evolve(POOL, metrics=(Measure("urn:c"), Measure("urn:a", fixed=Decimal(2))))
    here = evolve(
        HERE, carbon={"gpus": Decimal(3)}, costs=Costs({}), metrics=(Measure("urn:a"), Measure("urn:b"))
    )

    assert [each.meaning for each in costs_of(here, pool)] == [ENERGY, CARBON]
    assert [(each.meaning, each.fixed) for each in metrics_of(here, pool)] == [
        ("urn:a", 2),
        ("urn:b", 0),
        ("urn:c", 0),
    ]
