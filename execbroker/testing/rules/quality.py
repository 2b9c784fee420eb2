"""Rules of quality: what is said is true, but the client could be told more, or better.

A planner may say NO to anything (section 2.2.2 of the draft), and may offer less than it could. So none of these
binds; they say how far an answer is from all that there is. An answer that says of itself that it is not complete
is not held to be, and what it says that it left out is not missed. Where a world is too large to try everything,
the rules that compare an answer with all that there is are passed over.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from fractions import Fraction
from itertools import pairwise
from typing import Final

from attrs import evolve

from execbroker.core.answer import Answer, Cost, Offer
from execbroker.core.sizes import spell_amount
from execbroker.testing.definition import is_better, is_no_worse
from execbroker.testing.definition_measures import rated
from execbroker.testing.rules.chances import possible_runs
from execbroker.testing.rules.exchange import Exchange, Place
from execbroker.testing.rules.rule import DRAFT, Finding, Level, rule
from execbroker.testing.rules.wording import OURS, at, lasting, over

__all__ = [
    "OWN_REASONS",
    "beaten_offer",
    "counted_omissions",
    "few_offers",
    "is_exhaustive",
    "ordered_offers",
    "right_cost",
    "room_left_out",
    "spurious_no",
]

#: Reasons that a planner may have whatever there is room for; nobody else can tell whether they are true.
OWN_REASONS: Final = frozenset(
    {"policy", "metric-not-met", "cost-exceeds-limit", "language-unknown", "search-incomplete"}
)

#: How far a cost may be from what it is, rounded to six places.
_HALF_A_PLACE: Final = Fraction(1, 2_000_000)


def is_exhaustive(answer: Answer) -> bool:
    """Whether an answer says that it has looked everywhere."""
    is_policy = not answer.is_yes and any(reason.code in OWN_REASONS for reason in answer.reasons)
    return answer.complete and not answer.unanswered and not is_policy


@rule("A60", Level.QUALITY, f"{DRAFT} 2.2.2")
def spurious_no(exchange: Exchange) -> Iterator[Finding]:
    """No answer is NO where a run is possible, but for a reason of the planner's own.

    A policy, a metric or a price can be such a reason, and so can a search that was cut short.
    """
    if exchange.answer.is_yes or not is_exhaustive(exchange.answer):
        return
    if (found := next(possible_runs(exchange), None)) is not None:
        platform, pool, run = found
        what = f"NO, but {pool.name} of {platform.name} has room for a run {over(run)}"
        yield Finding(what, "result", start=run.start, end=run.end)


@rule("A61", Level.QUALITY, OURS)
def beaten_offer(exchange: Exchange) -> Iterator[Finding]:
    """No offer of an answer is better than another one.

    One is if it starts no later, lasts no shorter, has no less of anything asked for, is no farther and costs no
    more, and is better in one of these. Offers of different flavours are never compared.
    """
    for number, worse in enumerate(exchange.answer.offers):
        for other, better in enumerate(exchange.answer.offers):
            if is_better(better, worse, exchange.asked):
                yield Finding(f"offers[{other}] is better in all that counts", f"offers[{number}]")
                break


@rule("A62", Level.QUALITY, OURS)
def room_left_out(exchange: Exchange) -> Iterator[Finding]:
    """Whatever a platform could give, an offer is as good: nothing is left out of the frontier."""
    answer = exchange.answer
    if not (answer.is_yes and is_exhaustive(answer)) or answer.omitted:
        return
    has_costs = any(offer.cost for offer in answer.offers)
    for best in exchange.frontier:
        wanted = best if has_costs else evolve(best, cost=None)
        if not any(is_no_worse(offer, wanted, exchange.asked) for offer in answer.offers):
            what = f"nothing is as good as {_described(best)} in {best.pool} of {best.platform}"
            yield Finding(what, "offers", start=best.minstart, end=best.maxend)


def _described(offer: Offer) -> str:
    flavour = "" if offer.flavour is None else f", flavour {offer.flavour}"
    amounts = ", ".join(spell_amount(name, amount, offer.sizes) for name, amount in offer.amounts.items())
    return f"{at(offer.minstart)} => {lasting(offer.maxduration)}, {amounts or 'nothing asked'}{flavour}"


@rule("A63", Level.QUALITY, OURS)
def counted_omissions(exchange: Exchange) -> Iterator[Finding]:
    """What an answer offers and what it says that it left out are together the whole frontier."""
    answer = exchange.answer
    if not (answer.is_yes and answer.omitted and is_exhaustive(answer)):
        return
    whole, said = len(exchange.frontier), len(answer.offers) + answer.omitted
    if whole != said:
        what = f"{len(answer.offers)} offered and {answer.omitted} omitted, there are {whole}"
        yield Finding(what, "omitted", said, whole)


@rule("A64", Level.QUALITY, OURS)
def ordered_offers(exchange: Exchange) -> Iterator[Finding]:
    """Offers stand by start, then longest, then largest, then latest start, then latest end."""
    ranked = [_rank(offer, [*exchange.asked]) for offer in exchange.answer.offers]
    for number, (first, second) in enumerate(pairwise(ranked)):
        if first > second:
            yield Finding(f"it belongs before offers[{number}]", f"offers[{number + 1}]")


def _rank(offer: Offer, asked: Sequence[str]) -> tuple[int, int, list[int], int, int]:
    amounts = offer.amounts
    largest = [-amounts.get(name, 0) for name in asked]
    return (offer.minstart, -offer.maxduration, largest, -offer.maxstart, -offer.maxend)


@rule("A65", Level.QUALITY, OURS)
def right_cost(exchange: Exchange) -> Iterator[Finding]:
    """An offer costs what its least amounts cost for its shortest run; without rates it says nothing of it."""
    for place in exchange.places:
        right, said = _cost(place), place.offer.cost
        if not _is_same(said, right):
            what = f"it costs {_priced(right)}, the offer says {_priced(said)}"
            yield Finding(what, f"{place.where}.cost")


def _is_same(said: Cost | None, right: Cost | None) -> bool:
    """Whether a cost is what it should be. A document has no more than six places for it."""
    if said is None or right is None:
        return said is right
    return said.currency == right.currency and abs(said.amount - right.amount) <= _HALF_A_PLACE


def _cost(place: Place) -> Cost | None:
    if (costs := place.platform.costs) is None:
        return None
    an_hour = rated(costs.rates, place.offer.minima, place.pool.sizes)
    return Cost(an_hour * Fraction(place.offer.minduration, 3600), costs.currency)


def _priced(cost: Cost | None) -> str:
    return "nothing" if cost is None else f"{float(cost.amount):.6g} {cost.currency or ''}".rstrip()


@rule("A66", Level.QUALITY, OURS)
def few_offers(exchange: Exchange) -> Iterator[Finding]:
    """An answer holds no more offers than its platforms give at once."""
    most = max((platform.max_offers for platform in exchange.world.platforms), default=0)
    if (count := len(exchange.answer.offers)) > most:
        yield Finding(f"{count} offers, where {most} are the limit", "offers", count, most)
