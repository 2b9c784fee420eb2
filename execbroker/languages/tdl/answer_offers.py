"""The offers of an answer: where, when, how long, and with how much."""

from __future__ import annotations

import re
from datetime import date
from decimal import Decimal
from fractions import Fraction
from typing import Final

from execbroker.core.answer import Cost, Figure, Offer
from execbroker.core.instants import EPOCH, format_instant
from execbroker.core.problems import Unreadable, quoted
from execbroker.core.ranges import Range
from execbroker.languages.dates.moments import read_clock_time, read_instant
from execbroker.languages.dates.places import zone_with_offset
from execbroker.languages.dates.reading import read_moment
from execbroker.languages.structuring.findings import Findings, shown
from execbroker.languages.structuring.ledger import Ledger
from execbroker.languages.structuring.quantities import read_duration, read_pair
from execbroker.languages.tdl.answer_amounts import read_allotment, read_store
from execbroker.languages.tdl.answer_keys import CostDocument, FigureDocument, OfferDocument
from execbroker.languages.text.documents import Path

__all__ = ["read_offer"]

_DAY: Final = 86_400
_ISO_DATE: Final = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}", re.ASCII)
#: An amount of money. No sum of all rates has more digits than these.
_MONEY: Final = re.compile(r"[0-9]{1,100}(?:\.[0-9]{1,40})?", re.ASCII)


def read_offer(findings: Findings, at: Path, found: OfferDocument, names: set[str]) -> Offer:
    """One offer, as far as it can be read.

    Args:
        findings: Where problems go.
        at: Where the offer is.
        found: What the document says.
        names: The further resources that the answer has spoken of so far.
    """
    if found.offer is not None and not found.offer:
        findings.error(
            "empty-text", "`offer` is empty", (*at, "offer"), hint="write the identifier of the offer"
        )
    ledger = Ledger(names=names)
    compute = [
        each and read_allotment(findings, (*at, "compute-resources", index), each, ledger)
        for index, each in enumerate(found.compute_resources or ())
    ]
    storage = [
        each and read_store(findings, (*at, "storage-resources", index), each)
        for index, each in enumerate(found.storage_resources or ())
    ]
    starts, zone = _starts(findings, at, found)
    durations = _durations(findings, at, found)
    return Offer(
        platform=found.platform or "",
        pool=found.pool or "",
        minstart=starts.minimum or 0,
        maxstart=starts.maximum or 0,
        maxend=_instant(findings, (*at, "maxend"), found.maxend),
        minduration=durations.minimum or 0,
        maxduration=durations.maximum or 0,
        expires=_instant(findings, (*at, "expires"), found.expires),
        compute=tuple(filter(None, compute)),
        storage=tuple(filter(None, storage)),
        runner=found.runner,
        preparation=_duration(findings, (*at, "preparation"), found.preparation),
        proximity=None if found.proximity is None else Decimal(found.proximity),
        cost=found.cost and _cost(findings, (*at, "cost"), found.cost),
        flavour=found.flavour,
        costs=_figures(findings, (*at, "costs"), found.costs),
        metrics=_figures(findings, (*at, "metrics"), found.metrics),
        zone=zone or "UTC",
        sizes=ledger.sizes,
        identifier=found.offer,
    )


def _instant(findings: Findings, path: Path, value: object) -> int:
    return 0 if value is None else read_instant(findings, path, value) or 0


def _duration(findings: Findings, path: Path, value: object) -> int:
    return 0 if value is None else read_duration(findings, path, value, is_zero_allowed=True) or 0


def _given(**values: object) -> dict[str, object]:
    return {key: value for key, value in values.items() if value is not None}


def _durations(findings: Findings, at: Path, found: OfferDocument) -> Range:
    given = _given(minduration=found.minduration, maxduration=found.maxduration)

    def read(path: Path, value: object, _: bool) -> int | None:
        return read_duration(findings, path, value, is_zero_allowed=True)

    return read_pair(findings, at, "duration", given, read) or Range()


def _starts(findings: Findings, at: Path, found: OfferDocument) -> tuple[Range, str | None]:
    """The starts, and a zone whose clocks show the first of them as the offer does."""
    given = _given(minstart=found.minstart, maxstart=found.maxstart)
    instants: dict[Path, int | None] = {}

    def read(path: Path, value: object, _: bool) -> int | None:
        instants[path] = read_instant(findings, path, value)
        return instants[path]

    starts = read_pair(findings, at, "start", given, read) or Range()
    reading = _reading(findings, at, found)
    first = instants.get((*at, "minstart"))
    if first is None or reading is None:
        return starts, None
    zone = zone_with_offset(first, reading - first)
    if zone is None:
        _report_mismatch(findings, at, found, first)
    return starts, zone


def _reading(findings: Findings, at: Path, found: OfferDocument) -> int | None:
    """What a clock shows at the first start, in seconds after the midnight with which 1970 began on it."""
    day = None if found.startdate is None else findings.read(_date, (*at, "startdate"), found.startdate)
    clock = (
        None if found.starttime is None else read_clock_time(findings, (*at, "starttime"), found.starttime)
    )
    if day is None or clock is None:
        return None
    return (day - EPOCH.date()).days * _DAY + clock


def _date(text: str) -> date:
    """A date without a time."""
    if _ISO_DATE.fullmatch(text):
        try:
            return date.fromisoformat(text)
        except ValueError:
            pass  # what is wrong with it is said below
    moment = read_moment(text)
    if moment.clock is not None:
        how = f'write the date alone, `startdate: "{moment.day}"`, and the time in `starttime`'
        raise Unreadable("date", f"{quoted(text)} has a time", how)
    return moment.day


def _report_mismatch(findings: Findings, at: Path, found: OfferDocument, first: int) -> None:
    text = format_instant(first)
    date_and_time = (
        shown(findings.text((*at, key), value))
        for key, value in (("startdate", found.startdate), ("starttime", found.starttime))
    )
    findings.error(
        "start-mismatch",
        f"`startdate` and `starttime` ({' '.join(date_and_time)}) are `minstart` ({text}) in no zone of the world",
        (*at, "startdate"),
        hint=f'write `startdate: "{text[:10]}"` and `starttime: "{text[11:16]}"`, or what the clocks of the '
        "task's zone show then",
    )


def _cost(findings: Findings, at: Path, found: CostDocument) -> Cost:
    amount = None if found.amount is None else findings.read(_money, (*at, "amount"), found.amount)
    return Cost(amount or Fraction(0), found.currency)


def _figures(findings: Findings, at: Path, found: list[FigureDocument | None] | None) -> tuple[Figure, ...]:
    return tuple(_figure(findings, (*at, index), each) for index, each in enumerate(found or ()) if each)


def _figure(findings: Findings, at: Path, found: FigureDocument) -> Figure:
    least, most = (
        None if text is None else findings.read(_money, (*at, key), text)
        for key, text in (("min", found.min), ("max", found.max))
    )
    if least is not None and most is not None and least > most:
        findings.error("min-above-max", "`min` is above `max`", (*at, "min"), hint="swap them")
    return Figure(found.type or "", least or Fraction(0), most or Fraction(0), found.description)


def _money(text: str) -> Fraction:
    """An amount of money, exactly."""
    if _MONEY.fullmatch(text):
        return Fraction(text)
    how = 'write it in decimals, such as "0.64", with the currency beside it: `currency: EUR`'
    if text.startswith(("-", "−")):
        raise Unreadable("amount", f"{quoted(text)} is below zero", how)
    if _MONEY.fullmatch(text.replace(",", ".", 1)):
        how = f'write "{shown(text.replace(",", "."))}", if the comma is a decimal point'
    raise Unreadable("amount", f"{quoted(text)} is not an amount of money", how)
