"""What a wrong planner or broker is, and how its machine is made."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

from attrs import field, frozen

from execbroker.core.interfaces import Broker, Planner
from execbroker.core.platform import Platform
from execbroker.testing.machines import BrokerMachine, PlannerMachine

__all__ = ["Wrong", "having"]


@frozen
class Wrong:
    """One way of being wrong.

    Attributes:
        name: What is wrong.
        make: Makes the wrong planner or broker for some platforms.
        caught_by: The names of rules of which one at least must notice.
        drawn: What the machine draws instead of what it would, by the names of its attributes: where a bug needs
            something rare, a real user's platform has it and a random one seldom.
    """

    name: str
    make: Callable[[Sequence[Platform]], Planner]
    caught_by: frozenset[str] = field(converter=frozenset)
    drawn: dict[str, Any] = field(factory=dict)
    is_broker: bool = False

    @property
    def title(self) -> str:
        """The name as classes have them."""
        return self.name.title().replace("-", "")

    def machine(self) -> type[PlannerMachine] | type[BrokerMachine]:
        """The machine that is to catch it."""
        make = self.make
        if self.is_broker:

            class WrongBroker(BrokerMachine):
                """Makes the wrong broker."""

                def make_broker(self, platforms: Sequence[Platform]) -> Broker:
                    """The wrong broker."""
                    return make(platforms)

            return type(self.title, (WrongBroker,), dict(self.drawn))

        class WrongPlanner(PlannerMachine):
            """Makes the wrong planner."""

            def make_planner(self, platforms: Sequence[Platform]) -> Planner:
                """The wrong planner."""
                return make(platforms)

        return type(self.title, (WrongPlanner,), dict(self.drawn))


def having(platform: str | None = None, task: str | None = None) -> dict[str, Any]:
    """What a machine draws for platforms or tasks that often have one rare thing, and no other."""
    found = {"platform_features": platform, "task_features": task}
    return {name: [feature] for name, feature in found.items() if feature is not None}
