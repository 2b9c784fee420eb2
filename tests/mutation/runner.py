"""Runs tests against mutants, each in a process that is forked when pytest, Hypothesis and the like are loaded.

Cosmic Ray and mutmut come with runners of their own. The first starts pytest anew for each mutant, on a tree that
it changes: that alone is two seconds a mutant, an hour for all, and two cannot share a tree. The second switches
mutants in one process, but makes none of constants, defaults, properties and decorators, where this engine has a
good part of its limits. A fork costs some milliseconds, nothing on the disk is changed, and what a mutant breaks is
gone with its process. It takes POSIX, though.
"""

from __future__ import annotations

import importlib
import os
import resource
import signal
import sys
import warnings
from collections.abc import Iterable, Iterator, Sequence
from importlib.abc import InspectLoader, MetaPathFinder
from importlib.machinery import ModuleSpec
from importlib.util import spec_from_loader
from pathlib import Path
from types import CodeType, ModuleType
from typing import Final, NamedTuple

import pytest

from tests.mutation import profile
from tests.mutation.mutant import PACKAGE, Mutant

__all__ = ["Run", "patience", "prepare", "run_all"]

#: The memory that a mutant may use; some of them would fill the machine.
_MEMORY: Final = 3 << 30
#: How much longer than the original a mutant may take, in times and in seconds of the processor.
_TIMES: Final = 3
_MORE: Final = 3
#: A run that uses no processor at all is stopped, too, after so many times as long.
_WAITING: Final = 30

_PASSED: Final = int(pytest.ExitCode.OK)
#: What pytest says where it could not even begin; all else is the mutant's doing.
_NO_RUN: Final = (int(pytest.ExitCode.USAGE_ERROR), int(pytest.ExitCode.NO_TESTS_COLLECTED))


class Run(NamedTuple):
    """How the tests ended.

    Attributes:
        seconds: Of the processor.
        is_passed: Whether all of them passed; otherwise one failed, or the time was over.
    """

    seconds: float
    is_passed: bool


class _Source(InspectLoader, MetaPathFinder):
    """Finds one module, with a source that is not the one on the disk."""

    def __init__(self, name: str, path: Path, source: str) -> None:
        self._name, self._path, self._source = name, path, source

    def find_spec(
        self, name: str, path: object = None, target: ModuleType | None = None
    ) -> ModuleSpec | None:
        return spec_from_loader(name, self, origin=str(self._path)) if name == self._name else None

    def get_source(self, name: str) -> str:
        return self._source

    def get_code(self, name: str) -> CodeType:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # such as for `1 is 1`
            return compile(self._source, str(self._path), "exec")

    def is_package(self, name: str) -> bool:
        return False


def prepare() -> None:
    """Load all that no mutant changes, and choose how tests draw their cases: each time the same."""
    os.environ.update(CI="true", HYPOTHESIS_PROFILE=profile.NAME, PYTEST_DISABLE_PLUGIN_AUTOLOAD="1")
    for name in ("attrs", "cattrs", "dateutil.rrule", "hypothesis.stateful", "yaml", "zoneinfo"):
        importlib.import_module(name)


def patience(run: Run) -> int:
    """Seconds of the processor after which a mutant will never end, from what the original took."""
    return round(_TIMES * run.seconds) + _MORE


def run_all(
    mutants: Iterable[Mutant | None], tests: Sequence[str], limit: int, jobs: int
) -> Iterator[tuple[Mutant | None, Run]]:
    """Run tests on mutants, each up to the first that fails, as they end.

    Args:
        mutants: What to run them on; None is the engine as it is.
        tests: Files and names, as pytest takes them; those that notice most come first.
        limit: Seconds of the processor after which a run is stopped.
        jobs: How many run at a time.
    """
    running: dict[int, Mutant | None] = {}
    try:
        for mutant in mutants:
            if len(running) == jobs:
                yield _next_end(running)
            running[_fork(mutant, tests, limit)] = mutant
        while running:
            yield _next_end(running)
    finally:
        for pid in running:
            os.kill(pid, signal.SIGKILL)
            os.waitpid(pid, 0)


def _next_end(running: dict[int, Mutant | None]) -> tuple[Mutant | None, Run]:
    """Wait for a run, and say how it ended."""
    pid, status, usage = os.wait4(-1, 0)
    mutant = running.pop(pid)
    code = os.waitstatus_to_exitcode(status)
    if code in _NO_RUN:
        raise RuntimeError(f"pytest could not begin, and ended with {code}")
    return mutant, Run(usage.ru_utime + usage.ru_stime, code == _PASSED)


def _fork(mutant: Mutant | None, tests: Sequence[str], limit: int) -> int:
    """Run tests on a mutant in a process of its own, whose number is returned."""
    if pid := os.fork():
        return pid
    code = _PASSED
    try:
        resource.setrlimit(resource.RLIMIT_CPU, (limit, limit + 1))
        resource.setrlimit(resource.RLIMIT_AS, (_MEMORY, _MEMORY))
        signal.alarm(_WAITING * limit)
        nowhere = os.open(os.devnull, os.O_RDWR)
        for stream in range(3):
            os.dup2(nowhere, stream)
        _lay(mutant)
        code = pytest.main(["-x", "-q", "--assert=plain", "-p", "no:cacheprovider", *tests])
    except BaseException:
        code = int(pytest.ExitCode.INTERNAL_ERROR)
        raise
    finally:
        os._exit(code)


def _lay(mutant: Mutant | None) -> None:
    """Have the library loaded anew, with the mutant in its place."""
    for name in [name for name in sys.modules if name.split(".")[0] == "execbroker"]:
        del sys.modules[name]
    if mutant:
        name, path = f"execbroker.core.{mutant.module}", PACKAGE / "core" / f"{mutant.module}.py"
        sys.meta_path.insert(0, _Source(name, path, mutant.source))
