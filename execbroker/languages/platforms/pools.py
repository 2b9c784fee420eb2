"""The pools of a platform file: what there is to give."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from fractions import Fraction
from typing import Final

from execbroker.core.amounts import CORES, GPUS, MEMORY, STORAGE, Amounts
from execbroker.core.platform import Flavour, Hours, Pool
from execbroker.core.problems import nearest, quoted
from execbroker.core.sizes import format_amount
from execbroker.core.task import EVERY_DAY
from execbroker.languages.dates.moments import read_clock_time, read_days
from execbroker.languages.platforms.keys import FlavourDocument, HoursDocument, PoolDocument, advise
from execbroker.languages.structuring.document_classes import Advise, keys_of, similar
from execbroker.languages.structuring.faults import report_unknown
from execbroker.languages.structuring.findings import Findings, few
from execbroker.languages.structuring.ledger import Ledger
from execbroker.languages.structuring.quantities import is_name, read_duration
from execbroker.languages.text.documents import Path

__all__ = ["MOST_NODES", "NAMED", "read_amounts", "read_pool", "report_unknown_resource"]

#: The resources that every platform means the same by.
NAMED: Final = (CORES, MEMORY, GPUS, STORAGE)

#: The largest number of nodes: more than any machine has, and few enough to look at one by one.
MOST_NODES: Final = 100_000

#: Resources that look like a slip of the pen for one of the named ones, and are none.
_FURTHER: Final = frozenset({"dpus", "ipus", "npus", "qpus", "tpus", "vpus"})

_DAY: Final = 86_400


def read_amounts(
    findings: Findings, at: Path, found: Mapping[str, object], ledger: Ledger, *, up: bool
) -> Amounts:
    """The amounts of a mapping, as far as they can be read."""
    amounts = {}
    for name, value in found.items():
        amount = ledger.read(findings, name, (*at, name), value, up=up)
        if amount is not None:
            amounts[name] = amount
    return Amounts(amounts)


def read_pool(findings: Findings, at: Path, found: PoolDocument, ledger: Ledger) -> Pool:
    """One pool."""
    rest = _resources(findings, at, found.rest, ledger)
    capacity = read_amounts(findings, at, rest, ledger, up=False)
    if not rest and findings.is_sound_at(at):
        findings.error(
            "missing-key",
            "the pool has nothing to give",
            at,
            hint="write what it has, such as `cores: 64`",
        )
    if found.nodes is not None and not 1 <= found.nodes <= MOST_NODES:
        findings.error(
            "out-of-range",
            f"`nodes` is {found.nodes}",
            (*at, "nodes"),
            found=str(found.nodes),
            hint=f"write a number from 1 to {MOST_NODES}, or leave it out for a pool that is one whole",
        )
    flavours = tuple(
        _flavour(findings, (*at, "flavours", index), each, capacity, ledger)
        for index, each in enumerate(found.flavours or ())
        if each
    )
    _check_flavours(findings, at, found)
    return Pool(
        name=found.name or "",
        capacity=capacity,
        nodes=found.nodes,
        flavours=flavours,
        hours=_all_hours(findings, at, found.hours),
        max_duration=_duration(findings, (*at, "max-duration"), found.max_duration),
        max_scale=_max_scale(findings, at, found),
        runner=found.runner,
        prepare=_duration(findings, (*at, "prepare"), found.prepare, is_zero_allowed=True),
        release=_duration(findings, (*at, "release"), found.release, is_zero_allowed=True),
    )


def _duration(findings: Findings, path: Path, value: object, *, is_zero_allowed: bool = False) -> int | None:
    return None if value is None else read_duration(findings, path, value, is_zero_allowed=is_zero_allowed)


def _resources(findings: Findings, at: Path, rest: Mapping[str, object], ledger: Ledger) -> dict[str, object]:
    """What a pool has, without the keys that look like a slip of the pen."""
    found = {}
    for key, value in rest.items():
        if key in NAMED or key in ledger.names:
            found[key] = value
        elif findings.is_full:
            continue  # looking for advice takes time
        elif not _is_further(key):
            report_unknown(findings, (*at, key), PoolDocument, advise, NAMED)
        elif ledger.takes(findings, key, (*at, key)):
            found[key] = value
    return found


def _is_further(key: str) -> bool:
    """Whether a key may be the name of a resource that this platform has beside the named ones."""
    if key in _FURTHER:
        return True
    known = [*keys_of(PoolDocument), *NAMED]
    return is_name(key) and not advise(PoolDocument, key) and not similar(key, known)


def _flavour(
    findings: Findings, at: Path, found: FlavourDocument, capacity: Amounts, ledger: Ledger
) -> Flavour:
    for name in found.rest:
        if name not in capacity:
            report_unknown_resource(findings, (*at, name), name, capacity, FlavourDocument)
    amounts = read_amounts(
        findings, at, {k: v for k, v in found.rest.items() if k in capacity}, ledger, up=False
    )
    for name, value in amounts.items():
        if value > capacity[name]:
            most = format_amount(name, capacity[name], ledger.sizes)
            findings.warn(
                "flavour-too-large",
                f"the flavour has more `{name}` than the pool, which has {most}",
                (*at, name),
                hint="it is never handed out; write a smaller flavour or a larger pool",
            )
    if not found.rest:
        findings.error(
            "missing-key",
            "the flavour has nothing to give",
            at,
            hint="write what it has, such as `cores: 4`",
        )
    return Flavour(found.name or "", amounts)


def report_unknown_resource(
    findings: Findings,
    path: Path,
    name: str,
    known: Sequence[str] | Amounts,
    kind: type,
    who: str = "the pool",
    advice: Advise = advise,
) -> None:
    """Write down that the pool, or `who` else it may be, has no such resource."""
    if findings.is_full:
        return
    code, hint = advice(kind, name) or ("unknown-resource", None)
    if hint is None:
        near = nearest(name, [*known, *keys_of(kind)]) or similar(name, [*known, *keys_of(kind)])
        hint = f"did you mean `{near}`?" if near else f"there is {few(known)}"
    findings.error(code, f"{who} has no {quoted(name)}", path, hint=hint, found=name, of_key=True)


def _check_flavours(findings: Findings, at: Path, found: PoolDocument) -> None:
    if found.flavours is not None and not found.flavours:
        findings.error(
            "empty-list", "`flavours` is empty", (*at, "flavours"), hint="write a flavour, or leave it out"
        )
    if found.flavours and found.max_scale is not None:
        findings.error(
            "misplaced-key",
            "`max-scale` has no place in a pool with flavours",
            (*at, "max-scale"),
            of_key=True,
            hint="leave it out; what a task gets is a flavour",
        )


def _max_scale(findings: Findings, at: Path, found: PoolDocument) -> Fraction | None:
    if found.max_scale is None:
        return None
    if found.max_scale < 1:
        text = findings.text((*at, "max-scale"), found.max_scale)
        findings.error(
            "out-of-range",
            f"`max-scale` is {text}, so that no task would get even its minimum",
            (*at, "max-scale"),
            found=text,
            hint="write 1 or more",
        )
        return None
    return Fraction(found.max_scale)


def _all_hours(
    findings: Findings, at: Path, found: Sequence[HoursDocument | None] | None
) -> tuple[Hours, ...]:
    if found is not None and not found:
        findings.error(
            "empty-list",
            "`hours` is empty",
            (*at, "hours"),
            hint="write hours, or leave it out for a pool that is always open",
        )
    read = [_hours(findings, (*at, "hours", index), each) for index, each in enumerate(found or ()) if each]
    return tuple(each for each in read if each)


def _hours(findings: Findings, at: Path, found: HoursDocument) -> Hours | None:
    opens = 0 if found.from_ is None else read_clock_time(findings, (*at, "from"), found.from_)
    closes = _DAY if found.to is None else read_clock_time(findings, (*at, "to"), found.to)
    days = EVERY_DAY if found.days is None else read_days(findings, (*at, "days"), found.days)
    return None if opens is None or closes is None or days is None else Hours(opens, closes, days)
