"""The reasons of an answer and the changes of its alternatives: limits of the task, and figures beside them."""

from __future__ import annotations

import re
from decimal import Decimal
from typing import Final

from execbroker.core.amounts import CORES, MEMORY, STORAGE
from execbroker.core.answer import MEASURED, Change, Reason
from execbroker.core.problems import Unreadable
from execbroker.core.sizes import parse_size
from execbroker.languages.dates.moments import read_instant
from execbroker.languages.structuring.findings import Findings
from execbroker.languages.structuring.ledger import Ledger
from execbroker.languages.structuring.quantities import digits, is_name, read_duration
from execbroker.languages.tdl.answer_amounts import read_exactly
from execbroker.languages.tdl.answer_keys import ChangeDocument, ReasonDocument
from execbroker.languages.text.documents import Path

__all__ = ["read_change", "read_reason"]

#: A path in the task to an amount: whose, and its key without the end.
_AMOUNT: Final = re.compile(
    r"(?:task\.)?(?P<owner>compute|storage)-resources(?:\[[0-9]{1,9}\])?\.(?:min|max|)(?P<name>.{1,70})"
)
#: A path in the task to a limit in time, of which figures are durations.
_TIME: Final = re.compile(r"(?:task\.)?(?:(?:min|max|)duration|(?:date|time)range(?:\..{1,70})?)")

#: What the figures of a reason can count where its path does not say.
_KINDS: Final = {CORES: "a number", MEMORY: "a size", None: "a duration"}


def read_reason(findings: Findings, at: Path, found: ReasonDocument) -> Reason:
    """One reason, as far as it can be read. What its figures count is said by its path, else by their form."""
    figures = {"asked": found.asked, "available": found.available}
    given = {key: value for key, value in figures.items() if value is not None}
    is_measured = found.code in MEASURED and not any(isinstance(value, str) for value in given.values())
    resource = _resource_at(found.path or "")
    if resource is None and not is_measured and not _TIME.fullmatch(found.path or ""):
        kinds = list(map(_kind, given.values()))
        if len(set(kinds)) > 1:
            _report_mixed(findings, (*at, "available"), *kinds)
            given = {}
        resource = kinds[0] if kinds else None
    ledger = Ledger()
    amounts: dict[str, int | Decimal | None] = {
        key: Decimal(value) if is_measured else _figure(findings, (*at, key), value, resource, ledger)
        for key, value in given.items()
    }
    return Reason(
        code=found.code or "",
        message=found.message or "",
        platform=found.platform,
        pool=found.pool,
        path=found.path,
        resource=resource,
        asked=amounts.get("asked"),
        available=amounts.get("available"),
        start=None if found.start is None else read_instant(findings, (*at, "start"), found.start),
        end=None if found.end is None else read_instant(findings, (*at, "end"), found.end),
        sizes=ledger.sizes,
    )


def _resource_at(path: str) -> str | None:
    """The resource whose amount stands at a path of the task."""
    amount = _AMOUNT.fullmatch(path)
    if amount is None:
        return None
    if amount["owner"] == "storage":
        return STORAGE if amount["name"] == "size" else None
    return amount["name"] if is_name(amount["name"]) else None


def _kind(figure: str | int | Decimal) -> str | None:
    """What a figure by itself may count: a task that does not ask has cores and memory all the same."""
    if not isinstance(figure, str):
        return CORES
    try:
        parse_size(figure)
    except Unreadable:
        return None
    return MEMORY


def _report_mixed(findings: Findings, path: Path, asked: str | None, available: str | None) -> None:
    findings.error(
        "mixed-units",
        f"`available` is {_KINDS[available]}, but `asked` is {_KINDS[asked]}",
        path,
        hint="write both in the same unit, such as 4, 80GiB or PT2H",
    )


def _figure(
    findings: Findings, path: Path, value: object, resource: str | None, ledger: Ledger
) -> int | None:
    if resource is None:
        return read_duration(findings, path, value, is_zero_allowed=True)
    return read_exactly(findings, resource, path, value, ledger)


def read_change(found: ChangeDocument) -> Change:
    """One change."""
    return Change(found.path or "", _limit(found.from_), _limit(found.to))


def _limit(value: str | int | Decimal | None) -> str | None:
    """A limit as text, also where it is a number."""
    return value if value is None or isinstance(value, str) else digits(value)
