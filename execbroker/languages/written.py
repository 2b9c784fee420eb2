"""What comes of writing a value in a language: a document, and what the language has no words for."""

from __future__ import annotations

from collections.abc import Mapping
from typing import final

from attrs import define, field, frozen

from execbroker.core.task import Task
from execbroker.languages.text.documents import Node

__all__ = ["Loss", "Losses", "Occasion", "Written"]


@final
@frozen
class Loss:
    """Something that a document does not say, or not as it was.

    Attributes:
        path: Where it was in the task or the answer, as the seed language would spell it.
        what: What was there.
        why: Why the document has something else, or nothing.
    """

    path: str
    what: str
    why: str

    def __str__(self) -> str:
        return f"{self.path} ({self.what}): {self.why}"


@final
@define(eq=False, repr=False, slots=False)
class Losses:
    """Where a writer notes what gets lost."""

    found: list[Loss] = field(factory=list)

    def note(self, path: str, what: object, why: str) -> None:
        """Note one loss."""
        self.found.append(Loss(path, str(what), why))


@final
@frozen
class Written:
    """A document, and what got lost on the way to it."""

    tree: Mapping[str, Node] = field(factory=dict, hash=False)
    losses: tuple[Loss, ...] = ()


@final
@frozen
class Occasion:
    """What the document of an answer says beside the answer.

    Attributes:
        task: What was asked; parts of it are repeated by languages that do so.
        created: When it was answered.
        root: The URL of the service, to which the paths of its documents are added.
        identifier: What the answer is called.
        release: Seconds for which storage is held after the end.
    """

    task: Task | None = None
    created: int | None = None
    root: str = ""
    identifier: str | None = None
    release: int = 0
