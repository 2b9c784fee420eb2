"""Which kind of document a client sends, and which one it wants (RFC 9110, sections 8.3 and 12.5.1)."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from typing import Final, NamedTuple, final

from execbroker.languages.text.documents import Node
from execbroker.languages.text.writer import to_json, to_yaml

__all__ = ["DOCUMENTS", "FORM", "JSON", "PLAIN", "XML", "YAML", "chosen", "media_type", "written"]

#: RFC 9512, RFC 8259.
YAML: Final = "application/yaml"
JSON: Final = "application/json"
FORM: Final = "application/x-www-form-urlencoded"
PLAIN: Final = "text/plain"
XML: Final = "application/xml"

#: Both forms of a document. The first one is for clients that don't say, or want both alike (IVOA ExecutionBroker
#: draft, section 5.2.1).
DOCUMENTS: Final = (YAML, JSON)

#: What else the types are called.
_OTHER_NAMES: Final[Mapping[str, str]] = {
    "application/x-yaml": YAML,
    "text/yaml": YAML,
    "text/x-yaml": YAML,
    "text/vnd.yaml": YAML,
    "text/json": JSON,
    "text/xml": XML,
}
_TOKEN: Final = r"[!#$%&'*+.^_`|~0-9A-Za-z-]+"
_TYPE: Final = re.compile(rf"\s*({_TOKEN})/({_TOKEN})\s*")
_QUALITY: Final = re.compile(r"0(?:\.[0-9]{0,3})?|1(?:\.0{0,3})?")


@final
class _Range(NamedTuple):
    """What a client accepts, how gladly, and how exactly it says so."""

    kind: str
    subtype: str
    quality: float

    def matches(self, media: str) -> bool:
        kind, _, subtype = media.partition("/")
        return self.kind in ("*", kind) and self.subtype in ("*", subtype)

    @property
    def precision(self) -> int:
        return (self.kind != "*") + (self.subtype != "*")


def chosen(accept: str | None, available: Sequence[str]) -> str | None:
    """Of the types that there are, the one that a client wants most; of those it wants alike, the first.

    None: it wants none of them. Parts of a header that make no sense are passed over, also where only their `q`
    makes none.

    >>> chosen(None, DOCUMENTS), chosen("application/json, */*;q=0.1", DOCUMENTS)
    ('application/yaml', 'application/json')
    >>> chosen("text/html", DOCUMENTS) is None
    True
    """
    ranges = list(_ranges(accept or ""))
    if not ranges:
        return available[0]
    best, wanted = None, 0.0
    for media in available:
        closest = _closest(ranges, media)
        if closest is not None and closest.quality > wanted:
            best, wanted = media, closest.quality
    return best


def _closest(ranges: Sequence[_Range], media: str) -> _Range | None:
    """What a client says most exactly of a type; of its other names if it says nothing of its own."""
    for name in (media, *(name for name, own in _OTHER_NAMES.items() if own == media)):
        if matching := [each for each in ranges if each.matches(name)]:
            return max(matching, key=lambda each: (each.precision, each.quality))
    return None


def _ranges(accept: str) -> Iterator[_Range]:
    for part in accept.split(","):
        text, *parameters = part.split(";")
        found = _TYPE.fullmatch(text)
        if not found:
            continue
        if (quality := _quality(parameters)) is not None:
            kind, subtype = _own_name(found).split("/")
            yield _Range(kind, subtype, quality)


def _quality(parameters: Sequence[str]) -> float | None:
    """How gladly a range is accepted; None: what is said of that makes no sense."""
    quality = 1.0
    for parameter in parameters:
        name, _, value = (each.strip() for each in parameter.partition("="))
        if name.lower() == "q":
            if not _QUALITY.fullmatch(value):
                return None
            quality = float(value)
    return quality


def _own_name(found: re.Match[str]) -> str:
    name = f"{found[1]}/{found[2]}".lower()
    return _OTHER_NAMES.get(name, name)


def media_type(content_type: str) -> tuple[str, str | None] | None:
    """The type of a body and its charset, if it names one; None: the header makes no sense.

    >>> media_type('text/x-yaml; charset="UTF-8"')
    ('application/yaml', 'utf-8')
    """
    text, *parameters = content_type.split(";")
    found = _TYPE.fullmatch(text)
    if not found:
        return None
    for parameter in parameters:
        name, _, value = (each.strip() for each in parameter.partition("="))
        if name.lower() == "charset":
            return _own_name(found), value.strip('"').lower()
    return _own_name(found), None


def written(tree: Node, media: str) -> bytes:
    """A tree as a document."""
    return (to_yaml(tree) if media == YAML else f"{to_json(tree)}\n").encode()
