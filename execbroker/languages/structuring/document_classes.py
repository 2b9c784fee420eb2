"""The classes that documents are structured into: what they say about the keys of a mapping.

Each field is a key, spelt with `-` for `_` and without a trailing `_` (`from_` is `from`); a field `rest` takes all
further keys; `noun` names the thing in messages and `example` is one; the metadata of a field say what its value
is, with an example.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from decimal import Decimal
from typing import Any, ClassVar, Final, Protocol, cast

import attrs
from attrs import field

from execbroker.core.problems import nearest

__all__ = [
    "Advice",
    "Advise",
    "DocumentClass",
    "Number",
    "Scalar",
    "document",
    "fold",
    "given_keys",
    "key_of",
    "keys_of",
    "meant",
    "one",
    "several",
    "similar",
]

#: A number as it was written.
Number = int | Decimal
#: A quantity, a date or a time as it was written.
Scalar = str | int | Decimal


class DocumentClass(Protocol):
    """What every class that a document is structured into has."""

    #: What it is, with its article: `a data resource`.
    noun: ClassVar[str]
    #: How one may be written.
    example: ClassVar[str]


#: An attrs class for one mapping of a document. Only its constructor is needed, so nothing else is generated.
document: Final = attrs.define(eq=False, repr=False, slots=False, kw_only=True)

#: What is known about a key that does not belong where it was found: a code, and what to write instead.
Advice = tuple[str, str]
#: Says it for a key of a class of documents, or None.
Advise = Callable[[type, str], Advice | None]


def meant(
    what: str, example: str | None = None, *, is_required: bool = False, word: str | None = None
) -> Any:
    """A field, what its value is (`a duration`), and how it may be written (`2hr`).

    Where not any text will do but one of certain words, alone or in a list, `word` is one of them.
    """
    metadata = {"meant": what, "example": example, "word": word}
    return field(metadata=metadata) if is_required else field(default=None, metadata=metadata)


def one(kind: type[DocumentClass]) -> Any:
    """A field that holds one thing of a document class, and may be left out."""
    return meant(kind.noun, kind.example)


def several(kind: type[DocumentClass], *, is_required: bool = False) -> Any:
    """A field that holds a list of such things."""
    return meant("a list", f"[{kind.example}]", is_required=is_required)


def keys_of(kind: type) -> list[str]:
    """The keys that a document class names."""
    return [key_of(name) for name in attrs.fields_dict(cast("Any", kind)) if name != "rest"]


def given_keys(found: object) -> dict[str, Any]:
    """The keys that a document has of those that its class names, with their values."""
    values = {key_of(name): value for name, value in vars(found).items() if name != "rest"}
    return {key: value for key, value in values.items() if value is not None}


def key_of(attribute: str) -> str:
    """The key of a document that an attribute stands for."""
    return attribute.rstrip("_").replace("_", "-")


def similar(key: str, known: Iterable[str]) -> str | None:
    """The known key that `key` is most like, whatever its case and its `-` and `_`."""
    folded = {fold(each): each for each in known}
    near = nearest(fold(key), folded)
    return folded[near] if near else None


def fold(key: str) -> str:
    """A key as people may write it, in one spelling: `minCores`, `min-cores` and `min_cores` are `mincores`."""
    return key.casefold().replace("-", "").replace("_", "").replace(" ", "")
