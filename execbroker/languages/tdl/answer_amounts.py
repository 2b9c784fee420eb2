"""The amounts of an answer: what each resource of the task gets, always both the least and the most.

They are exact. A size has a suffix and a count has none; that is how a resource of another name tells which it is.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from execbroker.core.amounts import CORES, GPUS, MEMORY, STORAGE, Amounts
from execbroker.core.answer import Allotment
from execbroker.core.problems import quoted
from execbroker.core.ranges import Range
from execbroker.core.sizes import format_size
from execbroker.languages.structuring.document_classes import Advice, fold, similar
from execbroker.languages.structuring.findings import Findings, shown
from execbroker.languages.structuring.ledger import Ledger
from execbroker.languages.structuring.quantities import is_name, read_pair
from execbroker.languages.tdl.answer_keys import AllotmentDocument, StoreDocument, advise
from execbroker.languages.tdl.keys import RESOURCES, advise_compute, resource_meant
from execbroker.languages.text.documents import Path

__all__ = ["read_allotment", "read_exactly", "read_store"]

_OTHER_END: Final = {"min": "max", "max": "min"}
_NAMED: Final = (CORES, MEMORY, GPUS, STORAGE)
#: Other words for these. No platform takes them for the name of a further resource.
_OTHER_WORDS: Final = frozenset(
    {"core", "cpu", "cpus", "disk", "gpu", "mem", "ram", "scratch", "vcpus", "volume"}
)
_HOW: Final = "write `min` and `max` and the name of a resource, such as `mincores` and `maxcores`"


def read_allotment(findings: Findings, at: Path, found: AllotmentDocument, ledger: Ledger) -> Allotment:
    """What one compute resource gets, as far as it can be read.

    Args:
        findings: Where problems go.
        at: Where the resource is.
        found: What the document says.
        ledger: What the offer has said of further resources so far.
    """
    names = [_resource_of(findings, (*at, key), found.rest, ledger) for key in found.rest]
    is_spelt = None not in names  # a key that is misspelt is likely to be the one that would be missing
    least, most = {}, {}
    for name in filter(None, dict.fromkeys(names)):
        given = {key: found.rest[key] for end in _OTHER_END if (key := end + name) in found.rest}
        pair = _read_both(findings, at, name, given, ledger, is_spelt=is_spelt)
        if pair:
            least[name], most[name] = pair.minimum or 0, pair.maximum or 0
    return Allotment(found.name, Amounts(least), Amounts(most))


def _resource_of(findings: Findings, path: Path, rest: Mapping[str, object], ledger: Ledger) -> str | None:
    """The resource that a key speaks of, or None after writing down that it speaks of none."""
    key = str(path[-1])
    end, name = key[:3], key[3:]
    if end in _OTHER_END and (name in RESOURCES or name in ledger.names):
        return name
    if findings.is_full:
        return None  # looking for advice takes time
    is_paired = end in _OTHER_END and _OTHER_END[end] + name in rest
    if advice := None if is_paired and _is_further(name) else _advise(key):
        code, hint = advice
        findings.error(code, f"unknown key {quoted(key)}", path, hint=hint, found=key, of_key=True)
        return None
    return name if ledger.takes(findings, name, path) else None


def _is_further(name: str) -> bool:
    """Whether a platform may have a resource of this name beside the named ones."""
    return is_name(name) and name not in _OTHER_WORDS and not similar(name, _NAMED)


def _advise(key: str) -> Advice | None:
    """What to write instead of a key, unless it may be one end of a further resource."""
    if advice := advise(AllotmentDocument, key):
        return advice
    if key[:3] in _OTHER_END and is_name(key[3:]):
        return advise_compute(key, frozenset())
    meant = key if key in RESOURCES else resource_meant(fold(key))
    if meant in RESOURCES:
        return "unknown-key", f"write `min{meant}` and `max{meant}`: an offer says both"
    return "unknown-key", "did you mean `name`?" if similar(key, ["name"]) else _HOW


def _read_both(
    findings: Findings, at: Path, name: str, given: Mapping[str, object], ledger: Ledger, *, is_spelt: bool
) -> Range | None:
    """The least and the most of a resource; None if either cannot be used."""

    def read(path: Path, value: object, _: bool) -> int | None:
        return read_exactly(findings, name, path, value, ledger)

    pair = read_pair(findings, at, name, given, read)
    if len(given) == len(_OTHER_END):
        return pair
    if is_spelt:
        ((key, value),) = given.items()
        other = _OTHER_END[key[:3]] + name
        hint = f"write `{other}: {shown(findings.text((*at, key), value))}` or another amount"
        findings.error("missing-key", f"`{other}` is missing beside `{key}`", at, hint=hint)
    return None


def read_exactly(findings: Findings, name: str, path: Path, value: object, ledger: Ledger) -> int | None:
    """An amount of a resource, in its unit; a fraction of a byte is refused."""
    least = ledger.read(findings, name, path, value, up=False)
    if least is None or not (isinstance(value, str) and "." in value):
        return least
    most = ledger.read(findings, name, path, value)
    if most is None or most == least:
        return most
    findings.error(
        "amount-too-fine",
        f"`{path[-1]}`: {quoted(value)} is not a whole number of bytes",
        path,
        hint=f"write {format_size(least)} or {format_size(most)}",
        found=value,
    )
    return None


def read_store(findings: Findings, at: Path, found: StoreDocument) -> Allotment:
    """What one storage resource gets, as far as it can be read."""
    values = {"minsize": found.minsize, "maxsize": found.maxsize}
    given = {key: value for key, value in values.items() if value is not None}
    ledger = Ledger()
    pair = read_pair(
        findings,
        at,
        "size",
        given,
        lambda path, value, _: read_exactly(findings, STORAGE, path, value, ledger),
    )
    least, most = (pair.minimum or 0, pair.maximum or 0) if pair else (0, 0)
    return Allotment(found.name, Amounts({STORAGE: least}), Amounts({STORAGE: most}))
