"""The answer for people: a headline, the offers or the reasons against them, and what would do instead."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from decimal import Decimal

from execbroker.cli.reports.answered import Answered
from execbroker.cli.reports.grid import GAP, Column, lay_out
from execbroker.cli.reports.signs import safe
from execbroker.cli.reports.words import (
    abbreviated,
    count,
    day_and_time,
    in_order,
    letter,
    money,
    offer_in_words,
    span_of_time,
    spread,
)
from execbroker.cli.terminal import Look
from execbroker.core.answer import Allotment, Offer, Reason
from execbroker.core.durations import spell_duration
from execbroker.core.sizes import format_amount

__all__ = ["report"]


def report(answered: Answered, look: Look) -> str:
    """The answer as tables with notes; its parts are set apart by empty lines."""
    parts = ([_headline(answered, look)], _offers(answered, look), _reasons(answered, look))
    blocks = (*parts, _alternatives(answered), _notes(answered))
    return "\n\n".join(filter(None, ("\n".join(lines) for lines in blocks))) + "\n"


def _headline(answered: Answered, look: Look) -> str:
    offers, name = answered.answer.offers, look.paint(safe(answered.name), "strong")
    if not offers:
        return f"{look.paint('NO', 'bad')}   {name}"
    expires = day_and_time(min(offer.expires for offer in offers), answered.zone)
    return f"{look.paint('YES', 'good')}  {name}  {count(len(offers), 'offer')}, valid until {expires}"


def _offers(answered: Answered, look: Look) -> Iterator[str]:
    offers = answered.answer.offers
    return lay_out([*_columns(answered, look)], look) if offers else iter(())


def _columns(answered: Answered, look: Look) -> Iterator[Column]:
    offers = answered.answer.offers

    def column(heading: str, cell: Callable[[Offer], str | None], *, is_figure: bool = False) -> Column:
        return Column(heading, tuple(safe(cell(offer) or "") for offer in offers), is_figure)

    yield Column("#", tuple(str(number) for number, _ in enumerate(offers, 1)), is_figure=True)
    yield column("offer", lambda offer: offer.identifier and abbreviated(offer.identifier))
    yield column("where", lambda offer: answered.where(offer.platform, offer.pool))
    yield column("flavour", lambda offer: offer.flavour)
    yield column(
        f"start ({answered.zone})",
        lambda offer: span_of_time(offer.minstart, offer.maxstart, offer.zone, look.dash),
    )
    yield column(
        "run for",
        lambda offer: spread(spell_duration(offer.minduration), spell_duration(offer.maxduration), look.dash),
    )
    yield column("end by", _end)
    yield from _resources(offers, look)
    yield column(
        "preparation", lambda offer: spell_duration(offer.preparation) if offer.preparation else None
    )
    yield column("proximity", _proximity, is_figure=True)
    yield column("cost", lambda offer: money(offer.cost) if offer.cost else None, is_figure=True)


def _proximity(offer: Offer) -> str | None:
    return None if offer.proximity is None else str(offer.proximity)


def _end(offer: Offer) -> str:
    """When the run ends at the latest, with its day where that isn't the day of the earliest start."""
    start, end = (
        day_and_time(instant, offer.zone, weekday=True) for instant in (offer.minstart, offer.maxend)
    )
    day = len("Wed 2023-05-10 ")
    return end[day:] if end[:day] == start[:day] else end


def _resources(offers: Sequence[Offer], look: Look) -> Iterator[Column]:
    """A column for each resource that each of the task's compute and storage resources gets."""
    for rows in ([offer.compute for offer in offers], [offer.storage for offer in offers]):
        number = max(map(len, rows))
        for index in range(number):
            allotments = [row[index] if index < len(row) else Allotment() for row in rows]
            # What tells the columns of one of several resources from another's: its name, else its number.
            title = "" if number == 1 else f"{allotments[0].name or index + 1} "
            for name in in_order({name for allotment in allotments for name in allotment.maximum}):
                cells = (_amount(*pair, name, look) for pair in zip(allotments, offers, strict=True))
                yield Column(safe(title + name), tuple(cells), is_figure=True)


def _amount(allotment: Allotment, offer: Offer, name: str, look: Look) -> str:
    if name not in allotment.maximum:
        return ""
    bounds = (allotment.minimum.get(name, 0), allotment.maximum[name])
    low, high = (format_amount(name, value, offer.sizes) for value in bounds)
    return spread(low, high, look.dash)


def _reasons(answered: Answered, look: Look) -> Iterator[str]:
    reasons = answered.answer.reasons
    if not reasons:
        return iter(())

    def column(heading: str, cell: Callable[[Reason], str | None], *, is_figure: bool = False) -> Column:
        return Column(heading, tuple(safe(cell(reason) or "") for reason in reasons), is_figure)

    columns = [
        column("where", lambda reason: answered.where(reason.platform, reason.pool)),
        column("limit", lambda reason: answered.limit(reason.path) if reason.path else None),
        column("asked", lambda reason: _figure(reason, reason.asked), is_figure=True),
        column("available", lambda reason: _figure(reason, reason.available), is_figure=True),
        column("why not", lambda reason: reason.message),
    ]
    return lay_out(columns, look)


def _figure(reason: Reason, value: int | Decimal | None) -> str | None:
    if value is None or isinstance(value, Decimal):
        return None if value is None else str(value)
    return (
        spell_duration(value)
        if reason.resource is None
        else format_amount(reason.resource, value, reason.sizes)
    )


def _alternatives(answered: Answered) -> Iterator[str]:
    alternatives = answered.answer.alternatives
    if alternatives:
        yield "Would do instead:" if not answered.answer.is_yes else "With other limits:"
    for index, alternative in enumerate(alternatives):
        changes = ", ".join(answered.change(change) for change in alternative.changes)
        where = answered.where(alternative.offer.platform, alternative.offer.pool)
        yield f"{GAP}{letter(index)}{GAP}{safe(changes)}"
        yield f"{GAP}   {GAP}{offer_in_words(alternative.offer)}" + (f" ({safe(where)})" if where else "")


def _notes(answered: Answered) -> Iterator[str]:
    answer = answered.answer
    if answer.omitted:
        every = len(answer.offers) + answer.omitted
        yield f"{count(answer.omitted, 'more offer')} left out; --max-offers {every} shows them, too."
    if answer.offers and not answer.complete:
        yield "The search stopped at its limit on work: these offers are true, but there may be better ones."
