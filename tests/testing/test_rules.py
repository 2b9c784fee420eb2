"""The rules on answers: right ones break none of them, and each notices what it is there for, and nothing else does."""

from __future__ import annotations


from hypothesis import given, settings

from execbroker.core.planner import Query, plan
from execbroker.testing.rules import (
    Violation,
    judge,
)
from execbroker.testing.strategies import worlds
from execbroker.testing.worlds import World

HOUR = 3600
GIB = 2**30


def names(violations: list[Violation]) -> set[str]:
    """The rules that were broken."""
    return {violation.rule for violation in violations}


@settings(max_examples=settings().max_examples * 3)
@given(worlds())
def test_reference(world: World) -> None:
    """What the reference answers breaks no rule at all, with alternatives beside a YES, and each reason of a NO true."""
    answer = plan(world.task, world.platforms, world.now, Query(alternatives=True))

    assert judge(world, answer) == []
