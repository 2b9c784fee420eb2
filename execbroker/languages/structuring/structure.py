"""From the tree of a document to attrs values: cattrs, made strict.

Nothing is coerced: text is text, a number is a number, `true` is neither, nothing is nothing. All faults of a tree
are found at once: what is wrong is written down and cut out, and the rest is read again, so that the meaning of
the rest can be looked at too. A field whose value was cut out, or is missing, is None.
"""

from __future__ import annotations

from collections.abc import Callable
from decimal import Decimal
from itertools import islice
from types import NoneType, UnionType
from typing import Any, Final, TypeVar, Union, cast, get_args, get_origin

import attrs
from cattrs import Converter
from cattrs.errors import (
    BaseValidationError,
    ForbiddenExtraKeysError,
    IterableValidationError,
    IterableValidationNote,
)
from cattrs.gen import make_dict_structure_fn, override

from execbroker.languages.structuring.document_classes import Advise, Number, Scalar, key_of, keys_of
from execbroker.languages.structuring.faults import Fault, WrongKind, faults_of, report
from execbroker.languages.structuring.findings import MOST_PROBLEMS, Findings
from execbroker.languages.text.documents import Path

__all__ = ["structure"]

T = TypeVar("T")

#: Makes a value of one kind of what a tree has there, or raises.
Hook = Callable[[Any, Any], Any]


#: Stands where something was cut out, or is missing; it is read as None.
_CUT: Final = object()


def _strict(wanted: str, *kinds: type) -> Hook:
    """A hook that lets values of these very kinds through as they are."""

    def check(value: Any, _: Any) -> object:
        if type(value) not in kinds:
            raise WrongKind(wanted, value)
        return value

    return check


def _optional(kind: Any, converter: Converter) -> Hook:
    """A field that may be left out; a key with nothing behind it is not left out."""
    inner: Any = Union.__getitem__(tuple(each for each in get_args(kind) if each is not NoneType))
    hook: Hook | None = None

    def check(value: Any, _: Any) -> Any:
        nonlocal hook
        if value is _CUT:
            return None
        if hook is None:  # made when it is needed: most documents have few of all keys
            hook = converter.get_structure_hook(inner)
        return hook(value, inner)

    return check


def _list(kind: Any, converter: Converter) -> Hook:
    """Several things of one kind; where very many of them are at fault, the rest is not looked at."""
    inner = get_args(kind)[0]
    hook = converter.get_structure_hook(inner)

    def check(value: Any, _: Any) -> list[Any]:
        if not isinstance(value, list):
            raise WrongKind("a list", value)
        read, errors = [], []
        for index, item in enumerate(value):
            try:
                read.append(hook(item, inner))
            except Exception as error:  # noqa: BLE001 - passed on in a group, as cattrs does
                error.add_note(IterableValidationNote(f"at {index}", index, inner))
                errors.append(error)
                if len(errors) >= MOST_PROBLEMS:
                    break
        if errors:
            raise IterableValidationError(f"structuring {kind}", errors, kind)
        return read

    return check


def _mapping(kind: Any, converter: Converter) -> Hook:
    """Named values of one kind."""
    inner = get_args(kind)[1]
    hook = converter.get_structure_hook(inner)

    def check(value: Any, _: Any) -> dict[str, Any]:
        if not isinstance(value, dict):
            raise WrongKind("a mapping", value)
        read, errors = {}, []
        for key, item in value.items():
            if item is _CUT:
                continue
            try:
                read[key] = hook(item, inner)
            except Exception as error:  # noqa: BLE001 - passed on in a group, as cattrs does
                error.add_note(IterableValidationNote(f"at {key}", key, inner))
                errors.append(error)
        if errors:
            raise IterableValidationError(f"structuring {kind}", errors, kind)
        return read

    return check


def _class(kind: type, converter: Converter) -> Hook:
    """A document class: a mapping with its keys and no others."""
    keys = set(keys_of(kind))
    renamed = {name: override(rename=key_of(name)) for name in attrs.fields_dict(kind)}
    structure_class = make_dict_structure_fn(cast("type[Any]", kind), converter, **cast("Any", renamed))
    is_open = hasattr(attrs.fields(kind), "rest")

    def check(value: Any, _: Any) -> object:
        if not isinstance(value, dict):
            raise WrongKind("a mapping", value)
        if is_open:
            rest = {key: item for key, item in value.items() if key not in keys and item is not _CUT}
            value = {key: item for key, item in value.items() if key in keys} | {"rest": rest}
        elif not value.keys() <= keys:
            value = {key: item for key, item in value.items() if item is not _CUT or key in keys}
        return structure_class(value, kind)

    return check


def _is_optional(kind: Any) -> bool:
    return get_origin(kind) in (Union, UnionType) and NoneType in get_args(kind)


def _is_list(kind: Any) -> bool:
    return get_origin(kind) is list


def _is_mapping(kind: Any) -> bool:
    return get_origin(kind) is dict


def _converter() -> Converter:
    converter = Converter(forbid_extra_keys=True, detailed_validation=True)
    converter.register_structure_hook_factory(_is_optional, _optional)
    converter.register_structure_hook_factory(_is_list, _list)
    converter.register_structure_hook_factory(_is_mapping, _mapping)
    converter.register_structure_hook_factory(attrs.has, _class)
    converter.register_structure_hook(str, _strict("text", str))
    converter.register_structure_hook(int, _strict("a whole number", int))
    converter.register_structure_hook(bool, _strict("a truth value", bool))
    converter.register_structure_hook(Number, _strict("a number", int, Decimal))
    converter.register_structure_hook(Scalar, _strict("an amount", str, int, Decimal))
    return converter


_CONVERTER: Final = _converter()


def structure(tree: object, kind: type[T], findings: Findings, advise: Advise, at: Path = ()) -> T | None:
    """The document value of a tree, as far as it is sound.

    Problems are written to `findings`, the positions of unknown keys at the key and those of all others at the
    value. What is at fault is None in the value that comes back.

    Args:
        tree: The node to read; it is not changed.
        kind: The document class to make of it.
        findings: Where the problems go.
        advise: Knows what people write by mistake.
        at: The path of the node.

    Returns:
        None if nothing can be made of the tree.
    """
    while True:
        try:
            return _CONVERTER.structure(tree, kind)
        except (BaseValidationError, WrongKind) as error:
            faults = list(islice(faults_of(error), MOST_PROBLEMS))
            report(findings, at, faults, advise)
            cuts = [place for fault in faults for place in _places(fault)]
            if () in cuts or findings.is_full:
                return None
            tree = _without(tree, cuts)


def _places(fault: Fault) -> list[Path]:
    """What to cut out for a fault: the keys that should not be there, or the node itself."""
    if isinstance(fault.error, ForbiddenExtraKeysError):
        return [(*fault.path, key) for key in fault.error.extra_fields]
    return [fault.path]


def _without(tree: Any, cuts: list[Path]) -> Any:
    """A copy of a tree in which some nodes are cut out."""
    below: dict[str | int, list[Path]] = {}
    for cut in cuts:
        below.setdefault(cut[0], []).append(cut[1:])
    copy: Any = dict(tree) if isinstance(tree, dict) else list(tree)
    for step, paths in below.items():
        copy[step] = _CUT if () in paths else _without(copy[step], paths)
    return copy
