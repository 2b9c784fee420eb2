"""What does not fit the class that a document is structured into, put in words.

The faults come out of cattrs as groups of exceptions within groups; here the groups are walked, for the messages
of `cattrs.transform_error` have neither what was found nor what to write instead.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from decimal import Decimal
from typing import Any, Final, cast, final, get_args

import attrs
from cattrs.errors import (
    AttributeValidationNote,
    BaseValidationError,
    ForbiddenExtraKeysError,
    IterableValidationNote,
)

from execbroker.core.problems import quoted
from execbroker.languages.structuring.document_classes import (
    Advice,
    Advise,
    DocumentClass,
    key_of,
    keys_of,
    similar,
)
from execbroker.languages.structuring.findings import Findings, few, shown
from execbroker.languages.text.documents import Path, spell_path

__all__ = ["Fault", "WrongKind", "faults_of", "report", "report_unknown"]


@final
class WrongKind(Exception):
    """A value of another kind than the one that is wanted."""

    def __init__(self, wanted: str, value: object) -> None:
        super().__init__(wanted, value)
        self.wanted, self.value = wanted, value


@final
@attrs.frozen(eq=False, repr=False, slots=False)
class Fault:
    """One thing that does not fit: where, what, and what should be there.

    Attributes:
        path: Where, from the node that was structured.
        error: What cattrs or one of the hooks raised.
        meant, example: What should be there, with its article, and how it may be written.
        word: One of the words that may be there, where not any text will do.
        owner: For one of the further keys of a class that takes any, the class.
    """

    path: Path
    error: Exception
    meant: str | None = None
    example: str | None = None
    owner: type[DocumentClass] | None = None
    word: str | None = None


def faults_of(error: Exception) -> Iterator[Fault]:
    """The faults inside a group of exceptions, or the one that an exception is."""
    return _walk(Fault((), error))


def _walk(fault: Fault) -> Iterator[Fault]:
    if not isinstance(fault.error, BaseValidationError):
        yield fault
        return
    for inner in fault.error.exceptions:
        yield from _walk(_entered(inner, fault, fault.error.cl))


def _entered(error: Exception, outer: Fault, kind: Any) -> Fault:
    """One exception of a group, with the path that its note leads on."""
    for note in getattr(error, "__notes__", ()):
        if isinstance(note, AttributeValidationNote):
            if note.name == "rest":
                return Fault(outer.path, error, owner=kind)
            metadata = attrs.fields_dict(kind)[note.name].metadata
            return Fault(
                (*outer.path, key_of(note.name)),
                error,
                metadata.get("meant"),
                metadata.get("example"),
                word=metadata.get("word"),
            )
        if isinstance(note, IterableValidationNote):
            kinds = [each for each in (note.type, *get_args(note.type)) if hasattr(each, "noun")]
            example = kinds[0].example if kinds else None
            return Fault(
                (*outer.path, note.index), error, example=example, owner=outer.owner, word=outer.word
            )
    return Fault(outer.path, error)


def report(findings: Findings, at: Path, faults: Sequence[Fault], advise: Advise) -> None:
    """Write down the faults of the node at a path."""
    unknown = {
        fault.path: fault.error for fault in faults if isinstance(fault.error, ForbiddenExtraKeysError)
    }
    for fault in faults:
        if findings.is_full:
            return
        where = at + fault.path
        match fault.error:
            case ForbiddenExtraKeysError() as error:
                for key in sorted(error.extra_fields):
                    report_unknown(findings, (*where, key), cast("Any", error.cl), advise)
            case KeyError():
                if not _is_written_otherwise(str(where[-1]), unknown.get(fault.path[:-1]), advise):
                    _report_missing(findings, where, fault)
            case WrongKind() as error:
                _report_kind(findings, where, fault, error, advise)
            case error:  # pragma: no cover - no hook raises anything else
                raise error


def _is_written_otherwise(key: str, beside: ForbiddenExtraKeysError | None, advise: Advise) -> bool:
    """Whether a key is missing that one of the unknown keys beside it should be: then one message is enough."""
    unknown = beside.extra_fields if beside else ()
    kind = cast("Any", beside and beside.cl)
    return any(f"`{key}`" in _advice(other, kind, advise)[1] for other in unknown)


def _report_missing(findings: Findings, path: Path, fault: Fault) -> None:
    hint = f"write `{path[-1]}: {fault.example}`" if fault.example else None
    findings.error("missing-key", f"`{path[-1]}` is missing", path[:-1], hint=hint)


def report_unknown(
    findings: Findings, path: Path, kind: type[DocumentClass], advise: Advise, more: Iterable[str] = ()
) -> None:
    """Write down that a key is none of those that a class of documents has, nor one of `more`."""
    if findings.is_full:
        return  # looking for advice takes time
    key = str(path[-1])
    code, hint = _advice(key, kind, advise, more)
    if not hint:
        hint = f"{kind.noun} has the keys {few([*keys_of(kind), *more])}"
    findings.error(code, f"unknown key {quoted(key)}", path, hint=hint, found=key, of_key=True)


def _advice(key: str, kind: type[DocumentClass], advise: Advise, more: Iterable[str] = ()) -> Advice:
    """What to write instead of a key; empty if that can't be said."""
    if advice := advise(kind, key):
        return advice
    near = similar(key, [*keys_of(kind), *more])
    return "unknown-key", f"did you mean `{near}`?" if near else ""


def _report_kind(findings: Findings, path: Path, fault: Fault, error: WrongKind, advise: Advise) -> None:
    value = error.value
    if fault.owner and isinstance(value, dict | list) and _advice(str(path[-1]), fault.owner, advise)[1]:
        # No amount at all: not a further resource, but another word for a key.
        report_unknown(findings, path, fault.owner, advise)
    elif value is None:
        _report_nothing(findings, path, fault)
    else:
        what = "a mapping" if error.wanted == "a mapping" else fault.meant or error.wanted
        findings.error(
            "wrong-type",
            f"{_called(path)} is {_plain(value)}, where {what} is meant",
            path,
            hint=_rewrite(findings, path, fault, error),
            found=None if isinstance(value, dict | list) else findings.text(path, value),
        )


def _report_nothing(findings: Findings, path: Path, fault: Fault) -> None:
    is_key = path != () and isinstance(path[-1], str)
    meant = f"{fault.meant}, such as `{fault.example}`" if fault.meant and fault.example else "one"
    hint = f"write {meant}, or leave the {'key' if is_key else 'item'} out"
    findings.error("missing-value", f"{_called(path)} has no value", path, of_key=is_key, hint=hint)


def _called(path: Path) -> str:
    """The last key of a path and the indices behind it, in backticks: `days[2]`."""
    if not path:
        return "the document"
    last = max((number for number, step in enumerate(path) if isinstance(step, str)), default=0)
    return f"`{spell_path(path[last:])}`"


_PLAIN: Final = {dict: "a mapping", list: "a list", str: "text", bool: "a truth value"}


def _plain(value: object) -> str:
    """What kind of value this is."""
    return _PLAIN.get(type(value), "a number")


#: What may be written where nothing more is known than the kind of value.
_EXAMPLES: Final = {
    "an amount": "write a number, such as 4, or a size, such as 80G",
    "a number": "write a number, such as 4",
    "text": "write it in quotes",
}


def _rewrite(findings: Findings, path: Path, fault: Fault, error: WrongKind) -> str | None:
    """What to write instead of a value of the wrong kind."""
    value = error.value
    key = f"{path[-1]}: " if path and isinstance(path[-1], str) else ""
    if error.wanted == "text" and isinstance(value, int | Decimal):
        if fault.word:
            return f"write a word, such as `{key}{fault.word}`"
        return f'write it in quotes: `{key}"{shown(findings.text(path, value))}"`'
    if error.wanted in ("a number", "a whole number") and isinstance(value, str) and _is_number(value):
        return f"write it without quotes: `{key}{shown(value)}`"
    if error.wanted == "a mapping":
        return f"write `{key}{fault.example}`" if fault.example else None
    if isinstance(value, list) and len(value) == 1 and type(value[0]) in (str, int, Decimal):
        return f"write `{key}{shown(findings.text((*path, 0), value[0]))}`"
    if fault.meant == "a list" and isinstance(value, str) and value.isalnum():
        return f"write `{key}[{shown(value)}]`"
    return f"write `{key}{fault.example}`" if fault.example else _EXAMPLES.get(error.wanted)


def _is_number(text: str) -> bool:
    return text.replace(".", "", 1).removeprefix("-").isdecimal()
