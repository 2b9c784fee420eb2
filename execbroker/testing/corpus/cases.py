"""The cases of the corpus as values."""

from __future__ import annotations

import enum
import json
from collections.abc import Mapping, Sequence
from decimal import Decimal
from functools import cache
from importlib.resources import files
from typing import Any, Final, final

from attrs import field, frozen

from execbroker.core.answer import Answer
from execbroker.core.instants import parse_instant
from execbroker.core.platform import Platform
from execbroker.core.problems import Reading
from execbroker.core.task import Task
from execbroker.languages import read_answer, read_platform, read_task
from execbroker.languages.text.writer import to_json
from execbroker.testing.worlds import World

__all__ = ["VERSION", "Case", "Kind", "cases", "schema"]

#: Raised whenever a case is changed or taken away; new ones may come without.
VERSION: Final = 1


@final
class Kind(enum.Enum):
    """What a case consists of; the package's docstring says more."""

    #: A task, and what may be answered.
    QUESTION = "question"
    #: A wrong answer.
    ANSWER = "answer"
    #: Calls to make, and what is to come of them.
    SCRIPT = "script"
    #: Calls that were made, with what came of them.
    HISTORY = "history"


@final
@frozen
class Case:
    """One case.

    Attributes:
        name: Unique in the corpus.
        theme: The file that it is in.
        about: One sentence.
        clause: Where what it demands comes from.
        rules: The rules that it is about; those that it breaks, where it breaks any.
        kind: What it consists of.
        tree: All of it, as in the file; what is no whole number is a `Decimal`.
    """

    name: str
    theme: str
    about: str
    clause: str
    rules: tuple[str, ...]
    kind: Kind
    tree: Mapping[str, Any] = field(eq=False, repr=False)

    @property
    def now(self) -> int:
        """When it is asked; of calls each has its own."""
        return parse_instant(self.tree["now"])

    @property
    def client(self) -> str | None:
        """Who asks, if that matters; of calls each that asks for offers has its own."""
        client: str | None = self.tree.get("client")
        return client

    @property
    def platforms(self) -> tuple[Platform, ...]:
        """Who is asked."""
        return tuple(read_platform(to_json(each), self.name).unwrap() for each in self.tree["platforms"])

    @property
    def task(self) -> Reading[Task]:
        """What is asked; it may be in a language that nobody here knows."""
        resources = frozenset[str]().union(*(platform.resources for platform in self.platforms))
        return read_task(to_json(self.tree["task"]), self.name, resources)

    @property
    def world(self) -> World:
        """The task, the platforms and the time."""
        return World(self.task.unwrap(), self.platforms, self.now, self.client)

    @property
    def answer(self) -> Answer:
        """What is wrong."""
        return read_answer(to_json(self.tree["answer"]), self.name).unwrap()

    @property
    def violates(self) -> Sequence[str]:
        """The rules that it breaks, perhaps beside others; of a question none, of a history perhaps none."""
        return tuple(self.tree.get("violates", ()))


@cache
def cases() -> tuple[Case, ...]:
    """All cases, in the order of the files' names and in that of each file."""
    folder = files(__package__)
    names = sorted(path.name for path in folder.iterdir() if path.name.endswith(".json"))
    return tuple(case for name in names if name != "schema.json" for case in _cases(name))


def schema() -> dict[str, Any]:
    """The JSON Schema that describes the files."""
    found: dict[str, Any] = _load("schema.json")
    return found


def _load(name: str) -> Any:
    return json.loads(files(__package__).joinpath(name).read_text("utf-8"), parse_float=Decimal)


def _cases(name: str) -> list[Case]:
    return [_case(name.removesuffix(".json"), tree) for tree in _load(name)["cases"]]


def _case(theme: str, tree: Mapping[str, Any]) -> Case:
    rules = tree.get("rules") or tree.get("violates", ())
    return Case(tree["name"], theme, tree["about"], tree["clause"], tuple(rules), _kind(tree), tree)


def _kind(tree: Mapping[str, Any]) -> Kind:
    if "task" in tree:
        return Kind.ANSWER if "answer" in tree else Kind.QUESTION
    return Kind.HISTORY if "violates" in tree else Kind.SCRIPT
