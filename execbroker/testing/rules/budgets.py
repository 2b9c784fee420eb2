"""Rules on costs and metrics: what a task demands of them holds of every run, and what is said of them is true.

The draft does not speak of either. Here a demand binds whoever offers something: nobody can rely on an offer if
some of its runs are beyond it.
"""

from __future__ import annotations

from collections.abc import Iterator
from fractions import Fraction
from typing import Final

from execbroker.core.answer import Figure
from execbroker.testing.definition_measures import Meter, costs_of, demands_of, metrics_of
from execbroker.testing.rules.exchange import Exchange, Place
from execbroker.testing.rules.rule import Finding, Level, rule
from execbroker.testing.rules.wording import OURS, lasting

__all__ = ["SIXTH_PLACE", "right_figures", "within_budget"]

#: How far a figure may be from what it is: a document has no more than six places for it.
SIXTH_PLACE: Final = Fraction(1, 1_000_000)


@rule("A42", Level.MUST, OURS)
def within_budget(exchange: Exchange) -> Iterator[Finding]:
    """Every run that is offered keeps what the task demands of costs and metrics, the dearest one included.

    The dearest run is the largest and longest, the cheapest the smallest and shortest. Of what a platform says
    nothing of, nothing can be promised.
    """
    for place in exchange.places:
        offer = place.offer
        for _, path, constraint, meter in demands_of(exchange.world.task, place.platform, place.pool):
            where = f"{place.where}.{path.partition('[')[0]}"
            if constraint.minimum is None and constraint.maximum is None:
                continue
            if meter is None:
                yield Finding(f"{path} demands what {place.pool.name} says nothing of", where)
                continue
            cheapest = meter.of(offer.minima, offer.minduration)
            dearest = meter.of(offer.amounts, offer.maxduration)
            if constraint.maximum is not None and dearest > constraint.maximum:
                run = f"{lasting(offer.maxduration)} on all that is offered"
                yield Finding(
                    f"{path} is at most {constraint.maximum}, {run} come to {_spelt(dearest)}", where
                )
            if constraint.minimum is not None and cheapest < constraint.minimum:
                run = f"{lasting(offer.minduration)} on the least that is offered"
                yield Finding(
                    f"{path} is at least {constraint.minimum}, {run} come to {_spelt(cheapest)}", where
                )


@rule("A43", Level.MUST, OURS)
def right_figures(exchange: Exchange) -> Iterator[Finding]:
    """What an offer says of its costs and metrics is so, from its smallest and shortest run to its dearest.

    It need not say anything; and what its platform says nothing of is believed.
    """
    for place in exchange.places:
        for key, said, meters in (
            ("costs", place.offer.costs, costs_of(place.platform, place.pool)),
            ("metrics", place.offer.metrics, metrics_of(place.platform, place.pool)),
        ):
            known = {each.meaning: each for each in meters}
            for number, figure in enumerate(said):
                if (meter := known.get(figure.meaning)) is not None:
                    yield from _wrong(place, f"{place.where}.{key}[{number}]", figure, meter)


def _wrong(place: Place, where: str, figure: Figure, meter: Meter) -> Iterator[Finding]:
    least = meter.of(place.offer.minima, place.offer.minduration)
    most = meter.of(place.offer.amounts, place.offer.maxduration)
    for end, said, right in (("min", figure.least, least), ("max", figure.most, most)):
        if abs(said - right) > SIXTH_PLACE:
            yield Finding(
                f"{figure.meaning} is {_spelt(right)}, the offer says {_spelt(said)}", f"{where}.{end}"
            )


def _spelt(figure: Fraction) -> str:
    return f"{float(figure):.6g}"
