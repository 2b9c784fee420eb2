"""From the tree of a document to attrs values: cattrs, made strict.

Nothing is coerced: text is text, a number is a number, `true` is neither, nothing is nothing. All faults of a tree
are found at once: what is wrong is written down and cut out, and the rest is read again, so that the meaning of
the rest can be looked at too. A field whose value was cut out, or is missing, is None.

What a document class says: each field is a key, spelt with `-` for `_` and without a trailing `_` (`from_` is
`from`); a field `rest` takes all further keys; `noun` names the thing in messages; the metadata `meant` of a field
says what its value is, with an example.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from decimal import Decimal
from types import NoneType, UnionType
from typing import Any, ClassVar, Final, Protocol, TypeVar, Union, cast, final, get_args, get_origin

import attrs
from attrs import field
from cattrs import Converter
from cattrs.cols import list_structure_factory
from cattrs.errors import (
    AttributeValidationNote,
    BaseValidationError,
    ForbiddenExtraKeysError,
    IterableValidationError,
    IterableValidationNote,
)
from cattrs.gen import make_dict_structure_fn, override

from execbroker.core.problems import nearest, quoted
from execbroker.languages.documents import Path, spell_path
from execbroker.languages.findings import Findings, shown

__all__ = [
    "Advice",
    "Advise",
    "DocumentClass",
    "Number",
    "Scalar",
    "document",
    "given_keys",
    "key_of",
    "keys_of",
    "meant",
    "one",
    "plain",
    "report_unknown",
    "several",
    "similar",
    "structure",
]

T = TypeVar("T")

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

#: Makes a value of one kind of what a tree has there, or raises.
Hook = Callable[[Any, Any], Any]


def meant(what: str, example: str | None = None, *, is_required: bool = False) -> Any:
    """A field, what its value is (`a duration`), and how it may be written (`2hr`)."""
    metadata = {"meant": what, "example": example}
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


@final
class _WrongKind(Exception):
    """A value of another kind than the one that is wanted."""

    def __init__(self, wanted: str, value: object) -> None:
        super().__init__(wanted, value)
        self.wanted, self.value = wanted, value


#: Stands where something was cut out, or is missing; it is read as None.
_CUT: Final = object()


def _strict(wanted: str, *kinds: type) -> Hook:
    """A hook that lets values of these very kinds through as they are."""

    def check(value: Any, _: Any) -> object:
        if type(value) not in kinds:
            raise _WrongKind(wanted, value)
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
    structure_items = list_structure_factory(kind, converter)

    def check(value: Any, _: Any) -> Any:
        if not isinstance(value, list):
            raise _WrongKind("a list", value)
        return structure_items(value, kind)

    return check


def _mapping(kind: Any, converter: Converter) -> Hook:
    """Named values of one kind."""
    inner = get_args(kind)[1]
    hook = converter.get_structure_hook(inner)

    def check(value: Any, _: Any) -> dict[str, Any]:
        if not isinstance(value, dict):
            raise _WrongKind("a mapping", value)
        read, errors = {}, []
        for key, item in value.items():
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
            raise _WrongKind("a mapping", value)
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
    converter.register_structure_hook(Number, _strict("a number", int, Decimal))
    converter.register_structure_hook(Scalar, _strict("one value", str, int, Decimal))
    return converter


_CONVERTER: Final = _converter()


def plain(value: object) -> str:
    """What kind of value this is, for a message."""
    if value is None:
        return "nothing"
    kinds = {dict: "a mapping", list: "a list", str: "text", bool: "a truth value"}
    return kinds.get(type(value), "a number")


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
        except (BaseValidationError, _WrongKind) as error:
            cuts: list[Path] = []
            for fault in _walk(error, ()):
                _report(findings, at, fault, advise)
                cuts += _places(fault)
            if () in cuts:
                return None
            tree = _without(tree, cuts)


@final
@attrs.frozen(eq=False, repr=False, slots=False)
class _Fault:
    """One thing that does not fit: where, what, and what should be there."""

    path: Path
    error: Exception
    #: What is meant, with its article, and how it may be written.
    meant: str | None = None
    example: str | None = None


def _walk(
    error: Exception, path: Path, meant: str | None = None, example: str | None = None
) -> Iterator[_Fault]:
    """The faults inside an exception group."""
    if not isinstance(error, BaseValidationError):
        yield _Fault(path, error, meant, example)
        return
    for inner in error.exceptions:
        yield from _walk(inner, *_entered(inner, error.cl, path))


def _entered(error: Exception, kind: type, path: Path) -> tuple[Path, str | None, str | None]:
    """The path of a fault in a group, and what is meant there."""
    for note in getattr(error, "__notes__", ()):
        if isinstance(note, AttributeValidationNote):
            if note.name == "rest":
                return path, None, None
            metadata = attrs.fields_dict(kind)[note.name].metadata
            return (*path, key_of(note.name)), metadata.get("meant"), metadata.get("example")
        if isinstance(note, IterableValidationNote):
            kinds = [each for each in (note.type, *get_args(note.type)) if hasattr(each, "noun")]
            return (*path, note.index), None, kinds[0].example if kinds else None
    return path, None, None


def _places(fault: _Fault) -> list[Path]:
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


def _report(findings: Findings, at: Path, fault: _Fault, advise: Advise) -> None:
    where = at + fault.path
    match fault.error:
        case ForbiddenExtraKeysError() as error:
            for key in sorted(error.extra_fields):
                report_unknown(findings, (*where, key), cast("Any", error.cl), advise)
        case KeyError():
            findings.error(
                "missing-key",
                f"`{where[-1]}` is missing",
                where[:-1],
                hint=f"write `{where[-1]}: {fault.example}`" if fault.example else None,
            )
        case _WrongKind() as error:
            _report_kind(findings, where, fault, error)
        case error:  # pragma: no cover - no hook raises anything else
            raise error


def report_unknown(
    findings: Findings, path: Path, kind: type[DocumentClass], advise: Advise, more: Iterable[str] = ()
) -> None:
    """Write down that a key is none of those that a class of documents has, nor one of `more`."""
    if findings.is_full:
        return
    key = str(path[-1])
    known = [*keys_of(kind), *more]
    code, hint = advise(kind, key) or ("unknown-key", None)
    if hint is None and (near := similar(key, known)):
        hint = f"did you mean `{near}`?"
    if hint is None:
        hint = f"{kind.noun} has the keys {', '.join(f'`{each}`' for each in known)}"
    findings.error(code, f"unknown key {quoted(key)}", path, hint=hint, found=key, of_key=True)


def similar(key: str, known: Iterable[str]) -> str | None:
    """The known key that `key` is most like, whatever its case and its `-` and `_`."""
    folded = {_fold(each): each for each in known}
    near = nearest(_fold(key), folded)
    return folded[near] if near else None


def _fold(key: str) -> str:
    return key.casefold().replace("-", "").replace("_", "").replace(" ", "")


def _report_kind(findings: Findings, path: Path, fault: _Fault, error: _WrongKind) -> None:
    value = error.value
    what = "a mapping" if error.wanted == "a mapping" else fault.meant or error.wanted
    name = f"`{_called(path)}`" if path else "this"
    if value is None:
        value_meant = f"{what}, such as `{fault.example}`" if fault.example else "one"
        findings.error(
            "missing-value",
            f"{name} has no value",
            path,
            of_key=isinstance(path[-1], str),
            hint=f"write {value_meant}, or leave the key out",
        )
        return
    findings.error(
        "wrong-type",
        f"{name} is {plain(value)}, where {what} is meant",
        path,
        hint=_rewrite(findings, path, fault, error),
        found=None if isinstance(value, dict | list) else findings.text(path, value),
    )


def _called(path: Path) -> str:
    """The last key of a path and the indices behind it: `days[2]`."""
    last = max((number for number, step in enumerate(path) if isinstance(step, str)), default=0)
    return spell_path(path[last:])


def _rewrite(findings: Findings, path: Path, fault: _Fault, error: _WrongKind) -> str | None:
    """What to write instead of a value of the wrong kind."""
    value = error.value
    key = f"{path[-1]}: " if path and isinstance(path[-1], str) else ""
    if error.wanted == "text" and isinstance(value, int | Decimal):
        return f'write it in quotes: `{key}"{shown(findings.text(path, value))}"`'
    if error.wanted in ("a number", "a whole number") and isinstance(value, str) and _is_number(value):
        return f"write it without quotes: `{key}{shown(value)}`"
    if isinstance(value, list) and len(value) == 1 and isinstance(value[0], Scalar):
        return f"write `{key}{shown(findings.text((*path, 0), value[0]))}`"
    return f"write `{key}{fault.example}`" if fault.example else None


def _is_number(text: str) -> bool:
    return text.replace(".", "", 1).removeprefix("-").isdecimal()
