"""Answers in the older layer of the draft's text of 2024, which is the one that shows a whole answer."""

from __future__ import annotations

from collections.abc import Mapping
from decimal import Context, Decimal
from fractions import Fraction
from typing import Final, cast

from execbroker.core.amounts import CORES, MEMORY, STORAGE
from execbroker.core.answer import Allotment, Answer, Offer
from execbroker.core.durations import format_duration
from execbroker.core.instants import format_instant
from execbroker.core.sizes import format_amount
from execbroker.core.spans import Span
from execbroker.core.task import Task
from execbroker.languages.drafts.amounts import UNIT
from execbroker.languages.drafts.requests_2024 import EXECUTABLES
from execbroker.languages.drafts.times import write_interval
from execbroker.languages.tdl.answers import identify
from execbroker.languages.text.documents import Node, Tree, present
from execbroker.languages.written import Losses, Occasion, Written

__all__ = ["write_answer"]

_COMPUTE: Final = "https://www.purl.org/ivoa.net/resource-types/generic-compute"
#: A byte is 2**-30 GiB, which has 30 decimal places.
_EXACT: Final = Context(prec=60)
_STORAGE: Final = "https://www.purl.org/ivoa.net/storage-types/ephemeral-storage"


def write_answer(answer: Answer, occasion: Occasion) -> Written:
    """The document of an answer."""
    losses, task = Losses(), occasion.task or Task()
    offers: list[Node] = [
        _offer(offer, f"offers[{index}]", task, losses) for index, offer in enumerate(answer.offers)
    ]
    reasons: list[Node] = [present({"path": each.path, "text": each.message}) for each in answer.reasons]
    for key, what in (
        ("complete", None if answer.complete else "false"),
        ("omitted", answer.omitted or None),
        ("unanswered", ", ".join(each.planner for each in answer.unanswered) or None),
        ("alternatives", len(answer.alternatives) or None),
    ):
        if what is not None:
            losses.note(key, what, "the language has offers and reasons only")
    for index, reason in enumerate(answer.reasons):
        losses.note(f"reasons[{index}].code", reason.code, "the language has a path and a text")
    result = "YES" if answer.is_yes else "NO"
    response = present({"result": result, "offers": offers, "reasons": reasons})
    return Written({"response": response}, tuple(losses.found))


def _offer(offer: Offer, at: str, task: Task, losses: Losses) -> Tree:
    """An offer: every run that starts, and lasts, as it says."""
    last = max(offer.minstart, min(offer.maxstart, offer.maxend - offer.maxduration))
    longest = max(offer.minduration, min(offer.maxduration, offer.maxend - last))
    if last < offer.maxstart:
        losses.note(
            f"{at}.maxstart",
            format_instant(offer.maxstart),
            f"the longest run starts by {format_instant(last)}",
        )
    for key, what in (
        ("platform", f"{offer.platform}/{offer.pool}"),
        ("runner", offer.runner),
        ("flavour", offer.flavour),
        ("proximity", offer.proximity),
        ("cost", offer.cost and offer.cost.amount),
        ("preparation", format_duration(offer.preparation) if offer.preparation else None),
    ):
        if what is not None:
            losses.note(f"{at}.{key}", what, "the language does not say so of an offer")
    duration: Tree = {"min": format_duration(offer.minduration), "max": format_duration(longest)}
    when: Tree = {"start": write_interval(Span(offer.minstart, last + 1)), "duration": duration}
    compute: list[Node] = [
        _compute(each, offer, f"{at}.compute-resources[{index}]", losses)
        for index, each in enumerate(offer.compute)
    ]
    storage: list[Node] = [
        present({"name": each.name, "type": _STORAGE, "spec": {"size": _bounds(each, STORAGE)}})
        for each in offer.storage
    ]
    resources = present({"compute": compute, "storage": storage})
    request = present({"executable": _executable(task), "resources": resources, "datetime": [when]})
    return {
        "ident": identify(offer),
        "status": "OFFERED",
        "expires": format_instant(offer.expires),
        "request": request,
    }


def _executable(task: Task) -> Tree:
    if task.executable is None:
        return {}
    # Each type comes twice, once for each layer; the first is the older one's.
    uris = {short: uri for uri, short in reversed([*EXECUTABLES.items()])}
    details = dict(cast("Mapping[str, Node]", task.executable.details))
    return present({"type": uris.get(task.executable.type, task.executable.type), "spec": details})


def _compute(allotment: Allotment, offer: Offer, path: str, losses: Losses) -> Tree:
    for resource, amount in allotment.maximum.items():
        if resource not in (CORES, MEMORY):
            what = format_amount(resource, amount, offer.sizes)
            losses.note(f"{path}.{resource}", what, "the language has cores and memory only")
    spec: Tree = {
        resource: _bounds(allotment, resource)
        for resource in (CORES, MEMORY)
        if resource in allotment.maximum
    }
    return present({"name": allotment.name, "type": _COMPUTE, "spec": spec})


def _bounds(allotment: Allotment, resource: str) -> Tree:
    return {
        "min": _number(allotment.minimum.get(resource, 0), resource),
        "max": _number(allotment.maximum.get(resource, 0), resource),
    }


def _number(amount: int, resource: str) -> Node:
    """Cores or GiB, exactly: a byte is a fraction of a GiB that ends."""
    exact = Fraction(amount, UNIT[resource])
    if exact.denominator == 1:
        return int(exact)
    return _EXACT.divide(Decimal(amount), Decimal(UNIT[resource]))
