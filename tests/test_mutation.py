"""Planted bugs can still be planted and are noticed, and the list of equivalent mutants is of today's code.

`python -m tests.mutation` makes the mutants, which takes long; here is what can be told without.
"""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.mutation.equivalent import listed
from tests.mutation.mutant import functions_of, source_of
from tests.mutation.planted import BUGS, copied, noticed, plant


@pytest.mark.parametrize("name", BUGS)
def test_a_planted_bug_is_one_change(name: str) -> None:
    """What a planted bug replaces stands once in the module, and what comes of it is Python."""
    bug = BUGS[name]

    compile(plant(bug), bug.module, "exec")


def test_a_planted_bug_is_noticed(tmp_path: Path) -> None:
    """A copy of the library passes the tests, and fails when one of the bugs is planted in it."""
    bug = BUGS["availability"]
    tests = bug.tests[:1]
    core = copied(tmp_path)
    assert noticed(tmp_path, tests) == []

    (core / f"{bug.module}.py").write_text(plant(bug), "utf-8")
    assert noticed(tmp_path, tests) != []


@pytest.mark.parametrize("module", sorted({module for module, *_ in listed()}))
def test_equivalent_mutants_are_of_today(module: str) -> None:
    """Every line with a mutant that is listed as equivalent stands in its function, with what is changed in it."""
    source = source_of(module)
    lines = {
        (function, line.strip())
        for function, line in zip(functions_of(source), source.splitlines(), strict=True)
    }
    places = [place[1:] for place in listed() if place[0] == module]

    assert [place for place in places if place[:2] not in lines] == []
    assert all(change.partition("→")[0].split()[0] in line for _, line, change in places if change[0] != "→")
