"""What every report is made of: one task, the answer to it, and those who gave it."""

from __future__ import annotations

from typing import Final, final

from attrs import frozen

from execbroker.core.answer import Answer, Change
from execbroker.core.platform import Platform
from execbroker.core.task import Task

__all__ = ["Answered"]

#: The parts of a task whose keys speak for themselves.
_CLEAR: Final = ("daterange", "timerange")


@final
@frozen
class Answered:
    """One task of a command line, answered.

    Attributes:
        name: The task's file, as messages call it.
        answer: What the planners say together.
        now: The instant at which they were asked, seconds UTC.
        task: What was asked; empty where it is in a language that nobody here knows.
        platforms: Those that were asked, in the order of the command line.
        is_one_of_many: Whether the command line names several tasks.
    """

    name: str
    answer: Answer
    now: int
    task: Task = Task()
    platforms: tuple[Platform, ...] = ()
    is_one_of_many: bool = False

    @property
    def zone(self) -> str:
        """The zone in which times are shown: the task's."""
        return self.task.schedule.zone

    def where(self, platform: str | None, pool: str | None) -> str | None:
        """A pool as far as it needs to be told from others, such as `edinburgh/batch`; None: there is no other."""
        several_platforms = len(self.platforms) > 1
        several_pools = several_platforms or any(len(one.pools) > 1 for one in self.platforms)
        parts = (platform if several_platforms else None, pool if several_pools else None)
        return "/".join(filter(None, parts)) or None

    def limit(self, path: str) -> str:
        """A limit of the task by its path, cut to its key where only one resource can be meant."""
        section, _, key = path.rpartition(".")
        is_clear = section in _CLEAR or (
            section.endswith("[0]") and self._has_one_of(section.removesuffix("[0]"))
        )
        return key if is_clear else path

    def _has_one_of(self, section: str) -> bool:
        task = self.task
        resources = {
            "compute-resources": task.compute,
            "storage-resources": task.storage,
            "data-resources": task.data,
        }
        return section in resources and len(resources[section]) <= 1

    def change(self, change: Change) -> str:
        """A change of a limit in words: `mincores 48 instead of 64`."""
        limit, old = self.limit(change.path), change.old or ""
        if change.new is None:
            return f"without {limit} {old}".rstrip()
        return f"{limit} {change.new} instead of {old}" if old else f"{limit} {change.new}"
