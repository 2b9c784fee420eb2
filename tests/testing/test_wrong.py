"""Every wrong planner and broker is caught, by a rule that should catch it, in a few calls."""

from __future__ import annotations

from typing import Final

import pytest
from hypothesis import HealthCheck, Phase, settings

from execbroker.testing.comparison import DIFFERENCES
from execbroker.testing.machines import Broken, run_machine
from execbroker.testing.rules import ANSWER_RULES, HISTORY_RULES
from tests.testing.wrong import WRONG, Wrong

#: The calls that what is found may take.
FEW: Final = 5

#: All of them take two minutes; in every run some are tried, always the same.
SOME: Final = WRONG if settings().max_examples >= 1_000 else WRONG[::24]

#: Enough for what is found in one case of three hundred. The same cases each time: what is found is found again.
SEARCH: Final = settings(
    max_examples=3_000,
    derandomize=True,
    database=None,
    deadline=None,
    phases=[Phase.generate, Phase.shrink],
    suppress_health_check=list(HealthCheck),
)


@pytest.mark.parametrize("wrong", SOME, ids=lambda wrong: wrong.name)
def test_is_caught(wrong: Wrong) -> None:
    """A machine finds what is wrong, says so by a rule that is meant for it, and needs few calls to show it."""
    machine = wrong.machine()
    chosen = settings(SEARCH, stateful_step_count=machine.steps)

    with pytest.raises(Broken) as caught:
        run_machine(machine, chosen)

    assert {violation.rule for violation in caught.value.violations} & wrong.caught_by
    assert len(caught.value.calls) <= FEW


def test_there_are_many() -> None:
    """There are at least thirty ways of being wrong, each of its own name, and the rules that they name exist."""
    known = {rule.name for rule in (*ANSWER_RULES, *HISTORY_RULES)} | set(DIFFERENCES)

    assert len({wrong.name for wrong in WRONG}) == len(WRONG) >= 30
    assert [wrong.name for wrong in WRONG if not wrong.caught_by or wrong.caught_by - known] == []
