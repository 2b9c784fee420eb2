"""Times, amounts and ranges in words, for people."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Final

from execbroker.cli.reports.signs import safe
from execbroker.core.amounts import CORES, GPUS, MEMORY, STORAGE, Amounts
from execbroker.core.answer import Cost, Offer
from execbroker.core.durations import spell_duration
from execbroker.core.sizes import format_amount
from execbroker.core.wallclock import doubt, local

__all__ = [
    "abbreviated",
    "amount_in_words",
    "amounts_in_words",
    "count",
    "day_and_time",
    "in_order",
    "letter",
    "money",
    "offer_in_words",
    "span_of_time",
    "spread",
    "time_of_day",
]

#: The order in which resources are shown; any others follow by name.
_ORDER: Final = (CORES, MEMORY, GPUS, STORAGE)
#: So much of an identifier is shown: enough for books of thousands; whoever needs more finds it in the documents.
_SHOWN: Final = 8
_FIGURE: Final = re.compile(r"(?P<figure>[\d.]+)(?P<unit> ?[A-Za-z]*)")


def count(number: int, thing: str) -> str:
    """A number of things: `1 offer`, `2 offers`."""
    return f"{number} {thing}" if number == 1 else f"{number} {thing}s"


def day_and_time(instant: int, zone: str, *, weekday: bool = False) -> str:
    """An instant on a zone's clock, such as `Wed 2023-05-10 10:00`; seconds only where there are any."""
    there = local(instant, zone)
    return there.strftime("%a %Y-%m-%d " if weekday else "%Y-%m-%d ") + time_of_day(instant, zone)


def time_of_day(instant: int, zone: str) -> str:
    """The time alone; in the hour that comes twice when clocks go back, with its offset."""
    there = local(instant, zone)
    text = there.strftime("%H:%M:%S" if there.second else "%H:%M")
    return text + there.strftime("%z") if doubt(there.replace(tzinfo=None), zone) == "twice" else text


def span_of_time(first: int, last: int, zone: str, dash: str) -> str:
    """From one instant to another; what the two have in common is said once."""
    start = day_and_time(first, zone, weekday=True)
    if first == last:
        return start
    is_same_day = local(first, zone).date() == local(last, zone).date()
    end = time_of_day(last, zone) if is_same_day else day_and_time(last, zone, weekday=True)
    return f"{start} {dash} {end}"


def spread(low: str, high: str, dash: str) -> str:
    """From one quantity to another; a unit that both have is said once.

    >>> spread("80GiB", "120GiB", "-"), spread("1 hour", "4 hours", "-"), spread("90 minutes", "4 hours", "-")
    ('80-120GiB', '1-4 hours', '90 minutes - 4 hours')
    """
    if low == high:
        return low
    first, last = _FIGURE.fullmatch(low), _FIGURE.fullmatch(high)
    if first and last and first["unit"].removesuffix("s") == last["unit"].removesuffix("s"):
        return f"{first['figure']}{dash}{high}"
    return f"{low} {dash} {high}"


def money(cost: Cost) -> str:
    """A cost as the answer's document writes it, with its currency: `0.64 EUR`."""
    from execbroker.languages.tdl.answers import spell_cost  # most offers cost nothing

    return f"{spell_cost(cost.amount)} {safe(cost.currency or '')}".rstrip()


def in_order(names: frozenset[str] | set[str]) -> Iterator[str]:
    """Resource names as they are shown: cores, memory, gpus, storage, then the others."""
    return iter(sorted(names, key=lambda name: (_ORDER.index(name) if name in _ORDER else len(_ORDER), name)))


def amount_in_words(name: str, value: int, sizes: frozenset[str]) -> str:
    """An amount with the name of its resource; memory, as the proposal writes it, without."""
    figure = format_amount(name, value, sizes)
    if name == MEMORY:
        return figure
    if name in (CORES, GPUS):
        return f"{figure} {name[:-1] if figure == '1' else name}"
    return f"{figure} {safe(name)}"


def amounts_in_words(amounts: Amounts, sizes: frozenset[str]) -> str:
    """Amounts of several resources, without those of which there is nothing: `4 cores, 80GiB, 1 gpu`."""
    shown = (amount_in_words(name, amounts[name], sizes) for name in in_order(set(amounts)) if amounts[name])
    return ", ".join(shown)


def abbreviated(identifier: str) -> str:
    """The identifier of an offer that a book holds, as far as it is shown and needs to be typed."""
    return safe(identifier[:_SHOWN])


def offer_in_words(offer: Offer) -> str:
    """An offer in the proposal's notation.

    Its earliest start in the task's zone, its longest run from there, and the most of each resource:
    `2023-05-10 10:00 => 4 hours, 4 cores, 80GiB`.
    """
    what = [spell_duration(offer.maxduration), amounts_in_words(offer.amounts, offer.sizes)]
    return f"{day_and_time(offer.minstart, offer.zone)} => " + ", ".join(filter(None, what))


def letter(index: int) -> str:
    """The mark of an alternative: a, b, …, z, aa, ab, ….

    >>> letter(0), letter(25), letter(26)
    ('a', 'z', 'aa')
    """
    mark = chr(ord("a") + index % 26)
    return mark if index < 26 else letter(index // 26 - 1) + mark
