"""Rules on the reasons of a NO: they are true, with their figures, and together they rule the task out.

Reasons of a planner's own, such as a policy that its platform's description does not have, are believed as long as
they name nothing in the task, and so are codes that nobody here knows. What is said of
no pool is said of all of them, and has to be true of each; its figures are those of any.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterator
from decimal import Decimal
from functools import partial
from typing import Any

from execbroker.core.answer import MEASURED, Reason
from execbroker.core.platform import Platform, Pool
from execbroker.core.sizes import format_amount
from execbroker.core.spans import Span
from execbroker.testing.rules.exchange import Exchange
from execbroker.testing.rules.grounds import Ground
from execbroker.testing.rules.rule import Finding, Level, rule
from execbroker.testing.rules.truths import TOGETHER, TRUTHS, Truth
from execbroker.testing.rules.wording import OURS, lasting, over

__all__ = ["needless_reasons", "sufficient_reasons", "true_figures", "true_reasons"]


def _against(exchange: Exchange, reason: Reason) -> list[tuple[Platform, Pool]]:
    """The pools that a reason speaks of."""
    return [
        found
        for (platform, pool), found in exchange.pools.items()
        if reason.platform in (None, platform) and reason.pool in (None, pool)
    ]


def _truths(exchange: Exchange) -> Iterator[tuple[str, Reason, list[tuple[Ground, Truth]]]]:
    """Each reason of a NO that can be checked, by what a violation calls it, and the truth of each of its pools."""
    if exchange.answer.is_yes:
        return
    reasons = exchange.answer.reasons
    for number, reason in enumerate(reasons):
        if (truth := TRUTHS.get(reason.code)) is None:
            continue
        grounds = [
            Ground(exchange, platform, pool, tuple(each for each in reasons if _is_one_with(each, reason)))
            for platform, pool in _against(exchange, reason)
        ]
        yield f"reasons[{number}]", reason, [(ground, truth(ground, reason)) for ground in grounds]


def _is_one_with(one: Reason, other: Reason) -> bool:
    """Whether two reasons are one together, or the same."""
    if one.code not in TOGETHER:
        return one is other
    return (one.code, one.platform, one.pool) == (other.code, other.platform, other.pool)


@rule("A70", Level.QUALITY, OURS)
def true_reasons(exchange: Exchange) -> Iterator[Finding]:
    """Every reason of a NO that can be checked rules the task out where it says so."""
    for where, reason, truths in _truths(exchange):
        if not truths:
            what = f"there is no pool {reason.pool or 'at all'} on a platform {reason.platform or 'at all'}"
            yield Finding(what, f"{where}.pool")
        for ground, truth in truths:
            if not truth.holds:
                what = f"{reason.code} does not rule out {ground.pool.name}: {truth.instead}"
                yield Finding(what, where)
                break


@rule("A71", Level.QUALITY, OURS)
def true_figures(exchange: Exchange) -> Iterator[Finding]:
    """What a true reason says was asked, and what it says there is, are so, and when it says that is."""
    for where, reason, truths in _truths(exchange):
        if not truths or not all(truth.holds for _, truth in truths):
            continue
        asked = {figure for _, truth in truths for figure in truth.asked}
        available = {figure for _, truth in truths for figure in truth.available}
        yield from _wrong_figure(f"{where}.asked", reason, reason.asked, asked)
        yield from _wrong_figure(f"{where}.available", reason, reason.available, available)
        if reason.code == "busy" and not any(_is_there(ground, reason) for ground, _ in truths):
            span = Span(reason.start or 0, reason.end or 0)
            yield Finding(f"that is not free {over(span)}", f"{where}.start", start=span.start, end=span.end)


def _wrong_figure(
    where: str, reason: Reason, said: int | Decimal | None, right: Collection[int | Decimal]
) -> Iterator[Finding]:
    if said is None or not right or said in right:
        return
    spelt: Callable[[Any], str] = str if reason.code in MEASURED else lasting
    if reason.resource is not None:
        spelt = partial(format_amount, reason.resource, sizes=reason.sizes)
    what = f"it says {spelt(said)}, and it is {' or '.join(spelt(each) for each in sorted(right))}"
    if reason.code in MEASURED:
        yield Finding(what, where)
    else:
        yield Finding(what, where, int(said), int(max(right)))


def _is_there(ground: Ground, reason: Reason) -> bool:
    """Whether what a reason says is available is, when it says so, with enough of what else is named."""
    if None in (reason.resource, reason.available, reason.start, reason.end):
        return True
    return ground.is_free_over(Span(reason.start or 0, reason.end or 0), reason)


@rule("A72", Level.QUALITY, OURS)
def sufficient_reasons(exchange: Exchange) -> Iterator[Finding]:
    """The reasons of a NO leave no pool out."""
    answer = exchange.answer
    if answer.is_yes or not answer.reasons or answer.unanswered:
        return
    spoken_of = {
        (platform.name, pool.name)
        for reason in answer.reasons
        for platform, pool in _against(exchange, reason)
    }
    for name in exchange.pools:
        if name not in spoken_of:
            yield Finding(f"nothing is said of the pool {name[1]} of {name[0]}", "reasons")


@rule("A73", Level.QUALITY, OURS)
def needless_reasons(exchange: Exchange) -> Iterator[Finding]:
    """Of several resources of which there isn't enough at once, none is named that is not needed to say so."""
    for where, reason, truths in _truths(exchange):
        if reason.code != "busy" or reason.resource is None:
            continue
        for ground, truth in truths:
            others = ground.named - {reason.resource}
            if truth.holds and others and ground.is_busy(others):
                yield Finding(f"there isn't enough {' and '.join(sorted(others))} alone", where)
                break
