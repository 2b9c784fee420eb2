"""The entry point for Hypothesis: `from_type` knows this library's values, and draws valid ones.

Hypothesis calls `register` when it is imported. That loads no value and no strategy: the types of a module are made
known when somebody imports the module, and their strategies when somebody draws. Hypothesis leaves all of this out
if the environment has `HYPOTHESIS_NO_PLUGINS`.
"""

from __future__ import annotations

import sys
from collections.abc import Mapping, Sequence
from importlib.abc import MetaPathFinder
from importlib.machinery import ModuleSpec, PathFinder
from types import ModuleType
from typing import Any, Final, final

__all__ = ["STRATEGIES", "register"]

#: By module and type, the name that its strategy has in `strategies`.
STRATEGIES: Final[Mapping[str, Mapping[str, str]]] = {
    "execbroker.core.amounts": {"Amounts": "amounts"},
    "execbroker.core.answer": {
        "Allotment": "allotments",
        "Alternative": "alternatives",
        "Answer": "answers",
        "Change": "changes",
        "Cost": "prices",
        "Offer": "offers",
        "Reason": "reasons",
        "Unanswered": "unanswered",
    },
    "execbroker.core.platform": {
        "Booking": "bookings",
        "Closure": "closures",
        "Costs": "costs",
        "Defaults": "defaults",
        "Flavour": "flavours",
        "Hours": "hours",
        "Platform": "platforms",
        "Pool": "pools",
        "Transfer": "routes",
    },
    "execbroker.core.ranges": {"Range": "ranges"},
    "execbroker.core.session": {"Job": "jobs", "Passage": "passages", "Run": "runs", "Session": "sessions"},
    "execbroker.core.spans": {"Span": "spans", "Spans": "span_sets"},
    "execbroker.core.task": {
        "Compute": "computes",
        "Daily": "dailies",
        "Data": "data",
        "Executable": "executables",
        "Schedule": "schedules",
        "Storage": "storages",
        "Task": "tasks",
    },
    "execbroker.testing.histories": {
        "Accept": "acceptances",
        "Call": "calls",
        "Cancel": "cancellations",
        "History": "histories",
        "Look": "looks",
        "Plan": "plans",
        "Refusal": "refusals",
        "Reject": "rejections",
    },
    "execbroker.testing.strategies_frames": {"Frame": "frames"},
    "execbroker.testing.worlds": {"World": "worlds"},
}


def register() -> None:
    """Have `from_type` know the values of every module of this library that is imported, now or later."""
    for name in STRATEGIES:
        if name in sys.modules:
            _make_known(sys.modules[name])
    if not any(isinstance(finder, _Watcher) for finder in sys.meta_path):
        sys.meta_path.insert(0, _Watcher())


@final
class _Watcher(MetaPathFinder):
    """Finds nothing that would not have been found, but sees when a module has been imported."""

    def find_spec(
        self, name: str, path: Sequence[str] | None, target: ModuleType | None = None
    ) -> ModuleSpec | None:
        """Where a module is, if its types are to be made known as soon as it is loaded."""
        spec = PathFinder.find_spec(name, path, target) if name in STRATEGIES else None
        if spec is None or spec.loader is None:
            return None
        load = spec.loader.exec_module

        def load_and_make_known(module: ModuleType) -> None:
            load(module)
            _make_known(module)

        setattr(spec.loader, "exec_module", load_and_make_known)  # noqa: B010 (mypy lets no method be replaced)
        return spec


def _make_known(module: ModuleType) -> None:
    """Tell Hypothesis of the types of a module."""
    from hypothesis.strategies import register_type_strategy

    for kind, strategy in STRATEGIES[module.__name__].items():
        register_type_strategy(getattr(module, kind), _drawing(strategy))


def _drawing(strategy: str) -> Any:
    """What Hypothesis calls when it wants to draw something of a type: only then are strategies imported."""

    def draw_of(kind: type) -> Any:
        from execbroker.testing import strategies

        return getattr(strategies, strategy)()

    return draw_of
