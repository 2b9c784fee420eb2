"""Building a tree, node by node and without recursion, from what a scanner of YAML or JSON meets.

What both languages have in common is refused here, so that it is refused alike: a key that comes twice, too many
levels, too many nodes, a number that is none.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import TypeAlias, final

from attrs import frozen

from execbroker.core.problems import Unreadable, quoted
from execbroker.languages.text.documents import Document, Fault, Mark, Node, Path, Source

__all__ = ["Limits", "TreeBuilder"]


@final
@frozen
class Limits:
    """What a document may cost. The defaults keep reading below 2 seconds and 300 MB, whatever is read.

    Attributes:
        size: Bytes of UTF-8.
        size_without_libyaml: The same, for YAML where PyYAML was installed without its C library: the parser in
            pure Python is some ten times slower.
        depth: Collections within each other.
        nodes: Keys and values.
    """

    size: int = 8 * 2**20
    size_without_libyaml: int = 128 * 2**10
    depth: int = 64
    nodes: int = 200_000


_Marks: TypeAlias = "int | list[Mark] | dict[str, Mark]"


class _OpenList:
    """A list that is not closed yet."""

    __slots__ = ("marks", "nodes", "start", "wants_key")

    def __init__(self, start: int) -> None:
        self.nodes: list[Node] = []
        self.marks: list[Mark] = []
        self.start = start
        self.wants_key = False

    def put(self, node: Node, start: int, inside: _Marks) -> None:
        self.nodes.append(node)
        self.marks.append(Mark(start, start, inside))

    @property
    def step(self) -> Path:
        """The way to the node that comes next."""
        return (len(self.nodes),)


class _OpenMapping:
    """A mapping that is not closed yet."""

    __slots__ = ("key", "key_start", "marks", "nodes", "start", "wants_key")

    def __init__(self, start: int) -> None:
        self.nodes: dict[str, Node] = {}
        self.marks: dict[str, Mark] = {}
        self.start = start
        self.key, self.key_start, self.wants_key = "", start, True

    def put(self, node: Node, start: int, inside: _Marks) -> None:
        self.nodes[self.key] = node
        self.marks[self.key] = Mark(self.key_start, start, inside)
        self.wants_key = True

    @property
    def step(self) -> Path:
        """The way to the node that comes next, if its key is known."""
        return () if self.wants_key else (self.key,)


@final
class TreeBuilder:
    """Takes keys, scalars and the two ends of collections in the order of the text, and has the tree at the end.

    All positions are indices into the text of the source.

    Raises:
        Fault: From every method that takes something: it is more than the limits allow, or a key comes twice.
    """

    __slots__ = ("_inner", "_limits", "_outer", "_room", "_source")

    def __init__(self, source: Source, limits: Limits) -> None:
        self._source, self._limits = source, limits
        self._room = limits.nodes
        self._outer: list[_OpenList | _OpenMapping] = []
        # At the bottom lies a list, whose item is the root.
        self._inner: _OpenList | _OpenMapping = _OpenList(0)

    @property
    def wants_key(self) -> bool:
        """Whether what comes next in the innermost collection is a key."""
        return self._inner.wants_key

    @property
    def opened(self) -> list[int]:
        """Where the collections begin that are not closed yet, the outermost first."""
        return [each.start for each in (*self._outer, self._inner)][1:]

    @property
    def path(self) -> Path:
        """The way to the node that comes next."""
        return tuple(step for each in (*self._outer, self._inner) for step in each.step)[1:]

    @property
    def document(self) -> Document:
        """All that was taken, once every collection is closed."""
        bottom = self._inner
        assert isinstance(bottom, _OpenList)  # a scanner closes what it opened
        return Document(bottom.nodes[0], bottom.marks[0], self._source)

    def open_mapping(self, start: int) -> None:
        """A mapping begins."""
        self._open(_OpenMapping(start))

    def open_list(self, start: int) -> None:
        """A list begins."""
        self._open(_OpenList(start))

    def close(self) -> None:
        """The innermost collection ends."""
        inner, self._inner = self._inner, self._outer.pop()
        self._inner.put(inner.nodes, inner.start, inner.marks)

    def key(self, text: str, start: int) -> None:
        """A key of the innermost collection, which is a mapping. Keys are text and are compared as text."""
        inner = self._inner
        assert isinstance(inner, _OpenMapping)  # a scanner gives keys where they are wanted
        self._count(start)
        inner.key, inner.key_start, inner.wants_key = text, start, False
        if text in inner.nodes:
            first = self._source.position(inner.marks[text].key)
            raise self.fault(
                start,
                "duplicate-key",
                f"the key {quoted(text)} is given a second time",
                f"keep one of the two; the first is at line {first.line}, column {first.column}",
                text,
            )

    def scalar(self, value: Node, start: int, end: int) -> None:
        """A value that is no collection."""
        self._count(start)
        self._inner.put(value, start, end)

    def read(self, parse: Callable[[str], Node], text: str, start: int, end: int) -> None:
        """A value that still has to be made of its text; `parse` may raise `Unreadable`."""
        try:
            value = parse(text)
        except Unreadable as error:
            raise self.fault(start, error.code, error.message, error.hint, text) from None
        self.scalar(value, start, end)

    def fault(self, index: int, code: str, message: str, hint: str | None, found: str | None = None) -> Fault:
        """What is wrong with the node that comes next, to be raised."""
        return Fault(index, code, message, hint, found, self.path)

    def _open(self, collection: _OpenList | _OpenMapping) -> None:
        self._count(collection.start)
        self._outer.append(self._inner)
        self._inner = collection
        if len(self._outer) > self._limits.depth:
            most = self._limits.depth
            raise Fault(collection.start, "too-deep", f"more than {most} collections lie within each other")

    def _count(self, start: int) -> None:
        self._room -= 1
        if self._room < 0:
            most = self._limits.nodes
            raise Fault(start, "too-many-nodes", f"there are more than {most:,} keys and values")
