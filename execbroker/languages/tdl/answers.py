"""The seed language `IVOA-TDL-1.0`: from an answer to a document.

Keys come in a fixed order, and what has nothing to say is absent. Instants are UTC and exact; `startdate` and
`starttime` show the earliest start in the task's zone, as the proposal does.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable
from decimal import Decimal
from fractions import Fraction
from typing import Final

from execbroker.core.amounts import CORES, GPUS, MEMORY, STORAGE, Amounts
from execbroker.core.answer import (
    MONETARY,
    Allotment,
    Alternative,
    Answer,
    Change,
    Cost,
    Figure,
    Offer,
    Reason,
    Unanswered,
)
from execbroker.core.durations import format_duration
from execbroker.core.instants import format_instant
from execbroker.core.sizes import format_amount
from execbroker.core.wallclock import local
from execbroker.languages.tdl.figures import figure
from execbroker.languages.text.documents import Node, Tree, present

__all__ = ["identify", "spell_cost", "write_answer"]

#: The order in which amounts are written; all others follow in the order of their names.
_FIRST: Final = (CORES, MEMORY, GPUS)
#: Decimal places of a cost: at least, and at most.
_PLACES: Final = (2, 6)


def write_answer(answer: Answer) -> Tree:
    """The document of an answer."""
    tree: Tree = {
        "lang": answer.language,
        "result": "YES" if answer.is_yes else "NO",
        "complete": answer.complete,
        "omitted": answer.omitted or None,
        "offers": [_offer(offer) for offer in answer.offers],
        "reasons": [_reason(reason) for reason in answer.reasons],
        "alternatives": [_alternative(each) for each in answer.alternatives],
        "unanswered": [_unanswered(each) for each in answer.unanswered],
    }
    return present(tree)


def identify(offer: Offer) -> str:
    """The identifier of an offer: its own, or 32 hexadecimal digits that depend on nothing but its content.

    Of the SHA-256 of the content as JSON with sorted keys and no white space, the first 128 bits.
    """
    return offer.identifier or _digest(_content(offer))


def _digest(content: Tree) -> str:
    canonical = json.dumps(content, sort_keys=True, separators=(",", ":"), ensure_ascii=True, default=str)
    return hashlib.sha256(canonical.encode("ascii")).hexdigest()[:32]


def _offer(offer: Offer) -> Tree:
    content = _content(offer)
    return {"offer": offer.identifier or _digest(content), **content}


def _content(offer: Offer) -> Tree:
    """All of an offer but its identifier."""
    start = local(offer.minstart, offer.zone)
    return present(
        {
            "platform": offer.platform,
            "pool": offer.pool,
            "runner": offer.runner,
            "expires": format_instant(offer.expires),
            "startdate": start.date().isoformat(),
            "starttime": start.strftime("%H:%M:%S" if start.second else "%H:%M"),
            "minstart": format_instant(offer.minstart),
            "maxstart": format_instant(offer.maxstart),
            "maxend": format_instant(offer.maxend),
            "minduration": format_duration(offer.minduration),
            "maxduration": format_duration(offer.maxduration),
            "preparation": format_duration(offer.preparation) if offer.preparation else None,
            "proximity": offer.proximity,
            "cost": _cost(offer.cost) if offer.cost else None,
            "costs": [_gauged(each) for each in offer.costs] if _says_more(offer) else None,
            "metrics": [_gauged(each) for each in offer.metrics],
            "flavour": offer.flavour,
            "compute-resources": [_compute(each, offer.sizes) for each in offer.compute],
            "storage-resources": [_storage(each) for each in offer.storage],
        }
    )


def _compute(allotment: Allotment, sizes: frozenset[str]) -> Tree:
    tree: Tree = {"name": allotment.name}
    for name in _ordered(allotment.minimum, allotment.maximum):
        tree[f"min{name}"] = figure(name, allotment.minimum.get(name, 0), sizes)
        tree[f"max{name}"] = figure(name, allotment.maximum.get(name, 0), sizes)
    return present(tree)


def _storage(allotment: Allotment) -> Tree:
    sizes = [allotment.minimum.get(STORAGE, 0), allotment.maximum.get(STORAGE, 0)]
    least, most = (format_amount(STORAGE, size) for size in sizes)
    return present({"name": allotment.name, "minsize": least, "maxsize": most})


def _ordered(*amounts: Amounts) -> Iterable[str]:
    names = set().union(*amounts)
    return [name for name in _FIRST if name in names] + sorted(names.difference(_FIRST))


def _cost(cost: Cost) -> Tree:
    return present({"amount": spell_cost(cost.amount), "currency": cost.currency})


def _says_more(offer: Offer) -> bool:
    """Whether there is more to its costs than the money of `cost`."""
    return any(each.meaning != MONETARY for each in offer.costs)


def _gauged(figure: Figure) -> Tree:
    least, most = spell_cost(figure.least), spell_cost(figure.most)
    return present({"type": figure.meaning, "min": least, "max": most, "description": figure.description})


def spell_cost(amount: Fraction) -> str:
    """An amount of money in decimals: exactly, if six places hold it, else the nearest that they hold.

    Of two that are equally near, the even one. There are never fewer than two places.

    >>> spell_cost(Fraction(16, 25)), spell_cost(Fraction(1, 3)), spell_cost(Fraction(5))
    ('0.64', '0.333333', '5.00')
    """
    least, most = _PLACES
    whole, places = divmod(round(amount * 10**most), 10**most)
    decimals = f"{places:0{most}}".rstrip("0")
    return f"{whole}.{decimals.ljust(least, '0')}"


def _reason(reason: Reason) -> Tree:
    return present(
        {
            "code": reason.code,
            "platform": reason.platform,
            "pool": reason.pool,
            "path": reason.path,
            "message": reason.message,
            "asked": _figure(reason, reason.asked),
            "available": _figure(reason, reason.available),
            "start": None if reason.start is None else format_instant(reason.start),
            "end": None if reason.end is None else format_instant(reason.end),
        }
    )


def _figure(reason: Reason, value: int | Decimal | None) -> Node:
    if value is None or isinstance(value, Decimal):
        return value
    return format_duration(value) if reason.resource is None else figure(reason.resource, value, reason.sizes)


def _unanswered(unanswered: Unanswered) -> Tree:
    return {"planner": unanswered.planner, "code": unanswered.code, "message": unanswered.message}


def _alternative(alternative: Alternative) -> Tree:
    return {**_offer(alternative.offer), "changes": [_change(each) for each in alternative.changes]}


def _change(change: Change) -> Tree:
    return present({"path": change.path, "from": _limit(change.old), "to": _limit(change.new)})


def _limit(text: str | None) -> Node:
    """A limit as a task has it: what has no unit is a number."""
    if text is None or not text.replace(".", "", 1).isdecimal():
        return text
    return Decimal(text) if "." in text else int(text)
