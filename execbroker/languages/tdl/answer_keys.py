"""The keys of `IVOA-TDL-1.0` in answers: what each part may hold, and what people write instead."""

from __future__ import annotations

from typing import ClassVar, Final, final

from execbroker.languages.structuring.document_classes import (
    Advice,
    Number,
    Scalar,
    document,
    fold,
    keys_of,
    meant,
    one,
    several,
)
from execbroker.languages.tdl.keys import RESOURCES

__all__ = [
    "AllotmentDocument",
    "AnswerDocument",
    "ChangeDocument",
    "CostDocument",
    "FigureDocument",
    "OfferDocument",
    "ReasonDocument",
    "StoreDocument",
    "UnansweredDocument",
    "advise",
]

_INSTANT: Final = '"2023-05-11T09:00:00Z"'


@final
@document
class AllotmentDocument:
    """What one compute resource of the task gets; `rest` holds its amounts."""

    noun: ClassVar[str] = "what a compute resource gets"
    example: ClassVar[str] = "{mincores: 4, maxcores: 8}"
    name: str | None = meant("a name", "main")
    rest: dict[str, Scalar]


@final
@document
class StoreDocument:
    """What one storage resource of the task gets."""

    noun: ClassVar[str] = "what a storage resource gets"
    example: ClassVar[str] = "{name: scratch, minsize: 1TiB, maxsize: 2TiB}"
    name: str | None = meant("a name", "scratch")
    minsize: Scalar | None = meant("a size", "1TiB", is_required=True)
    maxsize: Scalar | None = meant("a size", "2TiB", is_required=True)


@final
@document
class CostDocument:
    """An amount of money."""

    noun: ClassVar[str] = "a cost"
    example: ClassVar[str] = '{amount: "0.64", currency: EUR}'
    amount: str | None = meant("an amount as text", '"0.64"', is_required=True)
    currency: str | None = meant("a currency", "EUR")


@final
@document
class FigureDocument:
    """A cost or a metric."""

    noun: ClassVar[str] = "a cost or a metric"
    example: ClassVar[str] = '{type: "urn:ivoa:calycopis:cost:energy", min: "0.30", max: "1.20"}'
    type: str | None = meant("a URI", '"urn:ivoa:calycopis:cost:energy"', is_required=True)
    min: str | None = meant("a figure as text", '"0.30"', is_required=True)
    max: str | None = meant("a figure as text", '"1.20"', is_required=True)
    description: str | None = meant("a text", "kWh")


@final
@document
class ChangeDocument:
    """A limit of the task, as it is and as it would have to be."""

    noun: ClassVar[str] = "a change"
    example: ClassVar[str] = "{path: minduration, from: PT4H, to: PT2H}"
    path: str | None = meant("a path in the task", "minduration", is_required=True)
    from_: Scalar | None = meant("a limit", "PT4H")
    to: Scalar | None = meant("a limit", "PT2H")


@final
@document
class OfferDocument:
    """One offer, or an alternative, which has `changes` beside."""

    noun: ClassVar[str] = "an offer"
    example: ClassVar[str] = f'{{offer: "5f0c", platform: edinburgh, pool: batch, minstart: {_INSTANT}, …}}'
    offer: str | None = meant("an identifier", '"5f0c"', is_required=True)
    platform: str | None = meant("the name of a platform", "edinburgh", is_required=True)
    pool: str | None = meant("the name of a pool", "batch", is_required=True)
    runner: str | None = meant("an address", "https://runner.example.org/jobs")
    expires: Scalar | None = meant("an instant", '"2023-05-09T15:30:00Z"', is_required=True)
    startdate: Scalar | None = meant("a date", '"2023-05-11"', is_required=True)
    starttime: Scalar | None = meant("a time of day", '"10:00"', is_required=True)
    minstart: Scalar | None = meant("an instant", _INSTANT, is_required=True)
    maxstart: Scalar | None = meant("an instant", '"2023-05-11T11:00:00Z"', is_required=True)
    maxend: Scalar | None = meant("an instant", '"2023-05-11T13:00:00Z"', is_required=True)
    minduration: Scalar | None = meant("a duration", "PT2H", is_required=True)
    maxduration: Scalar | None = meant("a duration", "PT4H", is_required=True)
    preparation: Scalar | None = meant("a duration", "PT35M")
    proximity: Number | None = meant("a number", "35.0")
    cost: CostDocument | None = one(CostDocument)
    costs: list[FigureDocument | None] | None = several(FigureDocument)
    metrics: list[FigureDocument | None] | None = several(FigureDocument)
    flavour: str | None = meant("the name of a flavour", "large")
    compute_resources: list[AllotmentDocument | None] | None = several(AllotmentDocument)
    storage_resources: list[StoreDocument | None] | None = several(StoreDocument)
    changes: list[ChangeDocument | None] | None = several(ChangeDocument)


@final
@document
class ReasonDocument:
    """Why not."""

    noun: ClassVar[str] = "a reason"
    example: ClassVar[str] = '{code: busy, pool: batch, message: "64 cores asked, at most 48 free"}'
    code: str | None = meant("a code", "busy", is_required=True)
    platform: str | None = meant("the name of a platform", "edinburgh")
    pool: str | None = meant("the name of a pool", "batch")
    path: str | None = meant("a path in the task", "minduration")
    message: str | None = meant("a sentence", '"64 cores asked, at most 48 free"', is_required=True)
    asked: Scalar | None = meant("an amount or a duration", "64")
    available: Scalar | None = meant("an amount or a duration", "48")
    start: Scalar | None = meant("an instant", _INSTANT)
    end: Scalar | None = meant("an instant", '"2023-05-11T13:00:00Z"')


@final
@document
class UnansweredDocument:
    """That a planner which was asked gave no answer."""

    noun: ClassVar[str] = "a planner without an answer"
    example: ClassVar[str] = '{planner: far, code: timed-out, message: "no answer within 2 seconds"}'
    planner: str | None = meant("the name of a planner", "far", is_required=True)
    code: str | None = meant("a code", "timed-out", is_required=True)
    message: str | None = meant("a sentence", '"no answer within 2 seconds"', is_required=True)


@final
@document
class AnswerDocument:
    """An answer."""

    noun: ClassVar[str] = "an answer"
    example: ClassVar[str] = '{result: "NO", reasons: [{code: policy, message: "not here"}]}'
    lang: str | None = meant("the name of a language", "IVOA-TDL-1.0")
    result: Scalar | None = meant('`"YES"` or `"NO"`', '"YES"', is_required=True)
    complete: bool | None = meant("`true` or `false`", "true")
    omitted: int | None = meant("a whole number", "14")
    offers: list[OfferDocument | None] | None = several(OfferDocument)
    reasons: list[ReasonDocument | None] | None = several(ReasonDocument)
    alternatives: list[OfferDocument | None] | None = several(OfferDocument)
    unanswered: list[UnansweredDocument | None] | None = several(UnansweredDocument)


_OFFER_ADVICE: Final = {
    **dict.fromkeys(("id", "uuid", "ident", "identifier", "href", "offerid"), "write `offer`"),
    **dict.fromkeys(("start", "begin", "from"), "write `minstart` and `maxstart`"),
    **dict.fromkeys(("end", "until", "to", "minend", "enddate", "endtime"), "write `maxend`"),
    **dict.fromkeys(("duration", "walltime", "length"), "write `minduration` and `maxduration`"),
    **dict.fromkeys(("expiry", "expirydate", "expiration", "validuntil"), "write `expires`"),
    **dict.fromkeys(("prepare", "staging"), "write `preparation`"),
    **dict.fromkeys(("endpoint", "url", "service"), "write `runner`"),
    **dict.fromkeys(("price", "prices"), "write `cost`"),
    **dict.fromkeys(("metric", "distance"), "write `proximity`"),
    **dict.fromkeys(("compute", "resources"), "write `compute-resources`"),
    **dict.fromkeys(("storage", "volumes", "volume"), "write `storage-resources`"),
    **dict.fromkeys(
        ("status", "state", "phase"), "leave it out: what became of an offer is said by its session"
    ),
}

#: What people write in each place, and what they should.
_ADVICE: Final[dict[type, dict[str, str]]] = {
    AnswerDocument: {
        **dict.fromkeys(("answer", "response", "yesno"), "write `result`"),
        **dict.fromkeys(("offerset", "offersets", "proposals"), "write `offers`"),
        **dict.fromkeys(("messages", "errors", "why"), "write `reasons`"),
        **dict.fromkeys(("language", "version"), "write `lang`"),
    },
    OfferDocument: _OFFER_ADVICE,
    ReasonDocument: {
        **dict.fromkeys(("text", "reason", "description"), "write `message`"),
        **dict.fromkeys(("type", "httpcode", "kind"), "write `code`"),
        **dict.fromkeys(("requested", "wanted"), "write `asked`"),
        **dict.fromkeys(("offered", "free", "left"), "write `available`"),
        **dict.fromkeys(("resource", "unit"), "leave it out: `path` says what the figures count"),
    },
    ChangeDocument: {
        **dict.fromkeys(("old", "is", "asked"), "write `from`"),
        **dict.fromkeys(("new", "needed"), "write `to`"),
    },
    UnansweredDocument: {"name": "write `planner`", "reason": "write `message`"},
    AllotmentDocument: {
        **dict.fromkeys(
            ("disk", "storage", "minstorage", "maxstorage", "scratch", "size"),
            "write `storage-resources: [{minsize: 1TiB, maxsize: 2TiB}]` in the offer",
        ),
    },
    StoreDocument: {"size": "write `minsize` and `maxsize`"},
    CostDocument: {
        **dict.fromkeys(("value", "total", "sum"), "write `amount`"),
        **dict.fromkeys(("unit", "units"), "write `currency`"),
    },
}


def advise(kind: type, key: str) -> Advice | None:
    """What to write instead of an unknown key of an answer, if that is known."""
    if ":" in key:
        first, rest = key.split(":", 1)
        return "missing-space", f"a space is missing after the colon: write `{first}: {rest}`"
    folded = fold(key)
    if hint := _ADVICE.get(kind, {}).get(folded):
        return "unknown-key", hint
    if place := _place(kind, key):
        return "misplaced-key", f"it belongs {place}"
    return None


def _place(kind: type, key: str) -> str | None:
    """Where a key belongs that belongs in one other place only."""
    if kind is AnswerDocument:
        return "in each offer, under `offers`" if key in keys_of(OfferDocument) else None
    if kind not in (AllotmentDocument, OfferDocument):
        return None
    if key in keys_of(OfferDocument):
        return "in the offer, beside `compute-resources`"
    if key in keys_of(AnswerDocument):
        return "at the top of the answer"
    if key in ("minsize", "maxsize"):
        return "under `storage-resources`"
    if key in ("amount", "currency"):
        return "under `cost`"
    is_amount = key.removeprefix("min").removeprefix("max") in RESOURCES
    return "under `compute-resources`" if is_amount and kind is OfferDocument else None
