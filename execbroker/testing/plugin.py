"""The plugin for pytest: fixtures for testing a planner, and `--planner` to name one.

pytest loads this at every start, wherever this library is installed, so it imports nothing but pytest; a fixture
loads what it needs when a test asks for it. `-p no:execbroker` leaves it out. Where the library is only on the path
and not installed, `-p execbroker.testing.plugin` brings it.
"""

from __future__ import annotations

import sys
from collections.abc import Callable, Sequence
from importlib import import_module
from typing import TYPE_CHECKING, Any

import pytest

if TYPE_CHECKING:
    from execbroker.core.interfaces import Planner
    from execbroker.core.platform import Platform
    from execbroker.testing.clocks import VirtualClock

__all__ = [
    "judge",
    "planner",
    "pytest_addoption",
    "pytest_configure",
    "reference_planner",
    "virtual_clock",
]

#: Where there are plain assertions that say more when pytest has rewritten them.
_ASSERTING = "execbroker.testing.assertions"


def pytest_addoption(parser: pytest.Parser) -> None:
    """Add `--planner`."""
    parser.getgroup("execbroker").addoption(
        "--planner",
        metavar="MODULE:NAME",
        help="what makes the planner that the fixture `planner` gives: called with a sequence of platforms",
    )


def pytest_configure(config: pytest.Config) -> None:
    """Have assertions rewritten, which must be said before their module is imported."""
    if _ASSERTING not in sys.modules:
        pytest.register_assert_rewrite(_ASSERTING)


@pytest.fixture
def planner(request: pytest.FixtureRequest) -> Callable[..., Planner]:
    """Makes the planner that `--planner` names, for some platforms: `planner(platform)`.

    Without the option the test is skipped.
    """
    named = request.config.getoption("--planner")
    if named is None:
        pytest.skip("--planner names no planner")
    make = _found(named)
    return lambda *platforms: make(platforms)


@pytest.fixture
def reference_planner() -> Callable[..., Planner]:
    """Makes a planner that is right by definition, and slow: `reference_planner(platform)`."""
    from execbroker.testing.naive import NaivePlanner

    return NaivePlanner


@pytest.fixture
def virtual_clock() -> VirtualClock:
    """A clock that goes on only when it is told to."""
    from execbroker.testing.clocks import VirtualClock

    return VirtualClock()


@pytest.fixture
def judge() -> Callable[..., None]:
    """Fails the test if an answer or a history breaks a rule: `judge(world, answer)`, `judge(history)`."""
    from execbroker.testing.assertions import assert_conforms

    return assert_conforms


def _found(named: str) -> Callable[[Sequence[Platform]], Planner]:
    """What a module has under a name."""
    module, _, path = named.partition(":")
    try:
        thing: Any = import_module(module)
        for name in path.split("."):
            thing = getattr(thing, name)
    except (ImportError, AttributeError, ValueError) as error:
        message = f"--planner {named}: {error}; write module:name, such as my_package.planners:make_planner"
        raise pytest.UsageError(message) from error
    make: Callable[[Sequence[Platform]], Planner] = thing
    return make
