"""XML from strangers as a plain tree of elements that know their lines.

There are no document type declarations here, so there are no entities but the five that everybody has, nothing is
fetched and nothing grows; a document costs no more than a small multiple of its size, and its size is limited.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final, final

from attrs import define, field, frozen

from execbroker.core.problems import Position, Problem, Reading

if TYPE_CHECKING:
    from xml.parsers.expat import XMLParserType

__all__ = ["Element", "XmlLimits", "read_elements"]

#: Between a namespace and a local name, as the parser gives them; no local name has a blank.
_BETWEEN: Final = " "


@final
@frozen
class XmlLimits:
    """What a document may cost.

    Attributes:
        size: Bytes.
        depth: Elements within each other.
        elements: All elements together.
    """

    size: int = 8 * 2**20
    depth: int = 64
    elements: int = 200_000


@final
@define
class Element:
    """An element: its namespace ("" for none), local name, attributes by (namespace, local name), and where it is.

    `parts` is the text directly in it, also that between its children, as it came.
    """

    namespace: str
    name: str
    attributes: dict[tuple[str, str], str]
    position: Position
    parts: list[str] = field(factory=list)
    children: list[Element] = field(factory=list)

    @property
    def text(self) -> str:
        """The text directly in it."""
        return "".join(self.parts)

    def attribute(self, name: str, namespace: str = "") -> str | None:
        """An attribute's value, if it is there."""
        return self.attributes.get((namespace, name))


@final
class _Refusal(Exception):
    """Why a document is not read further."""

    def __init__(self, code: str, message: str, hint: str | None = None) -> None:
        super().__init__(code, message, hint)
        self.code, self.message, self.hint = code, message, hint


@final
class _TreeBuilder:
    """What the parser calls while it reads; `root` is what came of it."""

    def __init__(self, name: str, limits: XmlLimits, parser: XMLParserType) -> None:
        self.root: Element | None = None
        self._name, self._limits, self._parser = name, limits, parser
        self._open: list[Element] = []
        self._count = 0
        parser.StartElementHandler = self._start
        parser.EndElementHandler = self._end
        parser.CharacterDataHandler = self._characters
        parser.StartDoctypeDeclHandler = self._doctype

    @property
    def position(self) -> Position:
        """Where the parser is."""
        return Position(self._name, self._parser.CurrentLineNumber, self._parser.CurrentColumnNumber + 1)

    def _start(self, name: str, attributes: dict[str, str]) -> None:
        self._count += 1
        if self._count > self._limits.elements:
            raise _Refusal("too-large", f"the document has more than {self._limits.elements} elements")
        if len(self._open) >= self._limits.depth:
            raise _Refusal("too-deep", f"more than {self._limits.depth} elements lie within each other")
        named = {_split(key): value for key, value in attributes.items()}
        element = Element(*_split(name), named, self.position)
        if self._open:
            self._open[-1].children.append(element)
        else:
            self.root = element
        self._open.append(element)

    def _end(self, name: str) -> None:
        del name
        self._open.pop()

    def _characters(self, text: str) -> None:
        self._open[-1].parts.append(text)

    def _doctype(self, *declared: object) -> None:
        del declared
        raise _Refusal(
            "doctype",
            "the document has a document type declaration, which could make it do anything",
            "leave it out",
        )


def _split(name: str) -> tuple[str, str]:
    namespace, _, local = name.rpartition(_BETWEEN)
    return namespace, local


def read_elements(source: bytes | str, name: str, limits: XmlLimits) -> Reading[Element]:
    """The root element of an XML document, or the one problem that keeps it from being read."""
    if len(source) > limits.size:
        message = f"the document is larger than {limits.size} bytes"
        return Reading(problems=(Problem("too-large", message, position=Position(name, 1, 1)),))
    from xml.parsers.expat import ExpatError, ParserCreate  # who reads no XML doesn't pay for it

    is_text = isinstance(source, str)
    content = source.encode("utf-8", "surrogatepass") if isinstance(source, str) else source
    parser = ParserCreate("utf-8" if is_text else None, _BETWEEN)
    parser.buffer_text = True
    builder = _TreeBuilder(name, limits, parser)
    try:
        parser.Parse(content, True)
    except _Refusal as refusal:
        problem = Problem(refusal.code, refusal.message, hint=refusal.hint, position=builder.position)
    except ExpatError as error:
        problem = _malformed(error, name)
    except (ValueError, LookupError) as error:
        problem = Problem(
            "encoding", f"the document cannot be decoded: {error}", position=Position(name, 1, 1)
        )
    else:
        return Reading(builder.root)
    return Reading(problems=(problem,))


def _malformed(error: Exception, name: str) -> Problem:
    from xml.parsers.expat import ErrorString

    number, line, column = (getattr(error, each) for each in ("code", "lineno", "offset"))
    reason = ErrorString(number)
    return Problem("xml", f"this is not XML: {reason}", position=Position(name, line, column + 1))
