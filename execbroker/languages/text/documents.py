"""Documents: plain trees that know where in their file each node stands."""

from __future__ import annotations

from collections.abc import Mapping
from decimal import Decimal
from typing import Final, Literal, NamedTuple, TypeAlias, final

from execbroker.core.problems import Position

__all__ = ["Document", "Fault", "Mark", "Node", "Path", "Source", "Tree", "present", "spell_path"]

#: What YAML's core schema and JSON can say; numbers are exact.
Node: TypeAlias = "dict[str, Node] | list[Node] | str | int | Decimal | bool | None"

#: A mapping of keys to nodes.
Tree: TypeAlias = dict[str, Node]

#: The keys and indices that lead from the root to a node.
Path: TypeAlias = tuple[str | int, ...]

#: Characters between two entries of the index of lines: a lookup counts line ends in one such stretch.
_STRETCH: Final = 4096


def present(tree: Mapping[str, Node]) -> Tree:
    """What of a tree has something to say.

    >>> present({"name": None, "cores": 0, "volumes": [], "meta": {}})
    {'cores': 0}
    """
    return {key: value for key, value in tree.items() if value is not None and value != [] and value != {}}


@final
class Source:
    """The name and the text of a file, and the line and column of every character."""

    __slots__ = ("_stretches", "name", "text")

    def __init__(self, name: str, text: str) -> None:
        self.name, self.text = name, text
        self._stretches: list[tuple[int, int]] = []

    def position(self, index: int) -> Position:
        """Where the character at `index` stands. A line ends with a line feed, as editors have it."""
        if not self._stretches:
            self._stretches = self._index()
        number = index // _STRETCH
        line, line_start = self._ahead(*self._stretches[number], number * _STRETCH, index)
        return Position(self.name, line, index - line_start + 1)

    def _index(self) -> list[tuple[int, int]]:
        """For each stretch the number and the start of the line in which it begins."""
        stretches = [(1, 0)]
        for first in range(0, len(self.text), _STRETCH):
            stretches.append(self._ahead(*stretches[-1], first, first + _STRETCH))
        return stretches

    def _ahead(self, line: int, line_start: int, first: int, last: int) -> tuple[int, int]:
        """The line of index `last`, and its start, where those of `first` are known."""
        line += self.text.count("\n", first, last)
        return line, max(line_start, self.text.rfind("\n", first, last) + 1)


@final
class Mark(NamedTuple):
    """Where a node stands in its text, by index.

    Attributes:
        key: Where its key begins; in a list, and at the root, where it begins itself.
        start: Where it begins itself.
        inside: Where a scalar ends, or the marks of what a collection holds.
    """

    key: int
    start: int
    inside: int | list[Mark] | dict[str, Mark]


@final
class Document:
    """A tree and the place of each of its nodes.

    Attributes:
        root: The tree.
        marks: The places, in a tree of the same shape.
        source: The file.
    """

    __slots__ = ("marks", "root", "source")

    def __init__(self, root: Node, marks: Mark, source: Source) -> None:
        self.root, self.marks, self.source = root, marks, source

    def position(self, path: Path, of: Literal["key", "value"] = "value") -> Position:
        """Where a node, or its key, begins; for a path that leads nowhere, the last node on the way."""
        mark, _ = self._follow(path)
        return self.source.position(mark.key if of == "key" else mark.start)

    def text(self, path: Path) -> str | None:
        """A scalar as the file has it, quotes included; None for a collection or a path that leads nowhere."""
        mark, is_there = self._follow(path)
        if is_there and isinstance(mark.inside, int):
            return self.source.text[mark.start : mark.inside].rstrip()
        return None

    def _follow(self, path: Path) -> tuple[Mark, bool]:
        """The last mark on a path, and whether the path ends there."""
        mark = self.marks
        for step in path:
            child = _child(mark, step)
            if child is None:
                return mark, False
            mark = child
        return mark, True


def _child(mark: Mark, step: str | int) -> Mark | None:
    child: Mark | None = None
    if isinstance(mark.inside, dict):
        child = mark.inside.get(step) if isinstance(step, str) else None
    elif isinstance(mark.inside, list) and isinstance(step, int) and 0 <= step < len(mark.inside):
        child = mark.inside[step]
    return child


@final
class Fault(Exception):
    """What stops a document from being read, and where in its text; it never leaves the reader.

    Attributes:
        index: The character it is about.
        code, message, hint, found: As in `Problem`.
        path: The node it is about, where there is one.
    """

    def __init__(
        self,
        index: int,
        code: str,
        message: str,
        hint: str | None = None,
        found: str | None = None,
        path: Path = (),
    ) -> None:
        super().__init__(index, code, message, hint, found, path)
        self.index, self.code, self.message, self.hint = index, code, message, hint
        self.found, self.path = found, path


def spell_path(path: Path) -> str:
    """A path as people write it.

    >>> spell_path(("task", "compute-resources", 0, "mincores"))
    'task.compute-resources[0].mincores'
    """
    return "".join(f"[{step}]" if isinstance(step, int) else f".{step}" for step in path).removeprefix(".")
