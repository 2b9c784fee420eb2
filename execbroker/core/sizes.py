"""Sizes, rates and amounts as text, exactly: `80G`, `1.5TiB`, `500MB`, `1G/s`, `0.5` cores.

What could be meant in two ways is refused, and the refusal says how to write it: a number without a unit, lower
case (`80g`), and bits (`80Gb`).
"""

from __future__ import annotations

import re
from fractions import Fraction
from typing import Final

from execbroker.core.amounts import CORES, Unit, unit_of
from execbroker.core.problems import Unreadable, quoted

__all__ = [
    "LARGEST",
    "format_amount",
    "format_size",
    "parse_amount",
    "parse_cores",
    "parse_count",
    "parse_rate",
    "parse_size",
    "spell_amount",
]

#: No amount and no duration is larger than this: a sum of two still fits in 63 bits, which is what the search
#: gives to each number.
LARGEST: Final = 2**62 - 1

#: Bytes of each suffix. The bare letters count as in Slurm and in the IVOA drafts, whose fields are "in multiples
#: of GiB": powers of 1024.
_FACTORS: Final = {
    **{letter: 1024**power for power, letter in enumerate("KMGTP", 1)},
    **{f"{letter}iB": 1024**power for power, letter in enumerate("KMGTP", 1)},
    **{f"{letter}B": 1000**power for power, letter in enumerate("KMGTP", 1)},
    "B": 1,
}
#: The suffixes that are written, largest first; of two ways to write a size the larger suffix is taken.
_WRITTEN: Final = sorted(
    ((factor, suffix) for suffix, factor in _FACTORS.items() if suffix.endswith("B")), reverse=True
)

#: A number and what follows it. That it is too large is said of it by its value, if Python reads so many digits.
_NUMBER: Final = r"([0-9]{1,4000}(?:\.[0-9]{1,20})?)"
_QUANTITY: Final = re.compile(_NUMBER + r" ?([A-Za-z]{0,12})", re.ASCII)
_RATE: Final = re.compile(_NUMBER + r" ?([A-Za-z]{0,12}?) ?(/ ?[A-Za-z]{1,6}|ps)", re.ASCII)
_PLAIN: Final = re.compile(_NUMBER, re.ASCII)
#: A suffix that somebody wrote in lower case, short, or in bits: its letter, and what follows.
_LIKE_SUFFIX: Final = re.compile(r"([kmgtp])(i|ib|b|bit|bits)?", re.ASCII | re.IGNORECASE)

_HOW_SIZE: Final = "write a number and a suffix, such as 80G, 80GiB (powers of 1024) or 80GB (powers of 1000)"
_HOW_RATE: Final = "write bytes a second, such as 1G/s or 100MB/s"


def parse_size(text: str, *, up: bool = True) -> int:
    """The bytes that a size such as `80G` stands for.

    Args:
        text: A number and a suffix; `0` needs none.
        up: Whether a fraction of a byte counts as a whole one (as a minimum wants it) or not (a maximum).

    Raises:
        Unreadable: It is no size, can be read in two ways, or is 2**62 bytes or more.

    >>> parse_size("1.5K"), parse_size("80GB")
    (1536, 80000000000)
    """
    found = _QUANTITY.fullmatch(text)
    if not found:
        raise _not_a_number("size", text, _HOW_SIZE)
    number, suffix = found.groups()
    if suffix not in _FACTORS and (suffix or Fraction(number)):
        raise Unreadable("size-unit", _about_unit(text, suffix), _instead_of_size(number, suffix))
    return _whole("size", text, Fraction(number) * _FACTORS.get(suffix, 1), up=up)


def parse_rate(text: str) -> int:
    """The bytes a second that a rate such as `100MB/s` stands for; a fraction of a byte is dropped.

    Raises:
        Unreadable: It is no rate, is not in bytes a second, or is nothing at all.

    >>> parse_rate("1G/s")
    1073741824
    """
    found = _RATE.fullmatch(text)
    if not found:
        raise _not_a_number("rate", text, _HOW_RATE)
    number, suffix, per = found.groups()
    per = per.replace(" ", "")
    if per != "/s" or suffix not in _FACTORS:
        how = _instead_of_rate(number, suffix, per)
        raise Unreadable("rate-unit", f"{quoted(text)} is not in bytes a second", how)
    rate = _whole("rate", text, Fraction(number) * _FACTORS[suffix], up=False)
    if not rate:
        raise Unreadable("rate", f"nothing is ever moved at {quoted(text)}", _HOW_RATE)
    return rate


def parse_cores(text: str) -> int:
    """The thousandths of a core that a number of cores stands for.

    Raises:
        Unreadable: It is no number, or finer than a thousandth.

    >>> parse_cores("0.5")
    500
    """
    thousandths = _plain(text, "cores") * 1000
    if thousandths.denominator != 1:
        finer = f"{quoted(text)} is finer than a thousandth of a core"
        raise Unreadable("amount-too-fine", finer, f"write {format_amount(CORES, -(-thousandths // 1))}")
    return _whole("amount", text, thousandths, up=True)


def parse_count(text: str) -> int:
    """The number of things that come whole, such as gpus.

    Raises:
        Unreadable: It is no number, or not a whole one.
    """
    count = _plain(text, "things that come whole")
    if count.denominator != 1:
        raise Unreadable(
            "amount-too-fine", f"{quoted(text)} is not a whole number", f"write {-(-count // 1)}"
        )
    return _whole("amount", text, count, up=True)


def parse_amount(name: str, text: str, *, up: bool = True, sizes: frozenset[str] = frozenset()) -> int:
    """An amount of a resource, in the resource's unit.

    Args:
        name: The resource.
        text: `4` or `0.5` for cores, a size for memory and storage, else a whole number.
        up: As in `parse_size`.
        sizes: The resources of other names that are sizes.

    Raises:
        Unreadable: As the reader of that unit says.

    >>> parse_amount("cores", "4"), parse_amount("memory", "4K"), parse_amount("gpus", "4")
    (4000, 4096, 4)
    """
    unit = unit_of(name, sizes)
    if unit is Unit.BYTE:
        return parse_size(text, up=up)
    return parse_cores(text) if unit is Unit.THOUSANDTH else parse_count(text)


def format_size(size: int) -> str:
    """Bytes as text, with the largest suffix that is exact; `parse_size` reads it back.

    >>> format_size(80 * 2**30), format_size(80 * 10**9), format_size(1025)
    ('80GiB', '80GB', '1025B')
    """
    for factor, suffix in _WRITTEN:
        if size and size % factor == 0:
            return f"{size // factor}{suffix}"
    return f"{size}B"


def format_amount(name: str, value: int, sizes: frozenset[str] = frozenset()) -> str:
    """An amount in its resource's unit as text; `parse_amount` reads it back.

    >>> format_amount("cores", 500), format_amount("memory", 2**30), format_amount("gpus", 2)
    ('0.5', '1GiB', '2')
    """
    unit = unit_of(name, sizes)
    if unit is Unit.BYTE:
        return format_size(value)
    if unit is Unit.WHOLE or value % 1000 == 0:
        return str(value // 1000 if unit is Unit.THOUSANDTH else value)
    return f"{value // 1000}.{value % 1000:03}".rstrip("0")


def spell_amount(name: str, value: int, sizes: frozenset[str] = frozenset()) -> str:
    """An amount with the name of its resource, as people say it.

    >>> spell_amount("cores", 500), spell_amount("memory", 2**30), spell_amount("gpus", 1)
    ('0.5 cores', '1GiB memory', '1 gpu')
    """
    text = format_amount(name, value, sizes)
    return f"{text} {name.removesuffix('s') if text == '1' else name}"


def _whole(what: str, text: str, exact: Fraction, *, up: bool) -> int:
    """An exact value rounded to a whole one, if it is not too large to count with."""
    value = -(-exact // 1) if up else exact // 1
    if value > LARGEST:
        raise Unreadable(
            f"{what}-too-large", f"{quoted(text)} is too much to count with", "write less than 2**62"
        )
    return value


def _plain(text: str, what: str) -> Fraction:
    """A number without a unit."""
    if not _PLAIN.fullmatch(text):
        raise _not_a_number("amount", text, f"write {what} as a plain number, such as 4")
    return Fraction(text)


def _not_a_number(what: str, text: str, how: str) -> Unreadable:
    """The error for a text that is not even a number with a unit, with what was likely meant."""
    if re.fullmatch(r"[0-9]{1,20},[0-9]{1,20} ?[A-Za-z/]{0,12}", text, re.ASCII):
        how = f"write {text.replace(',', '.')}, if the comma is a decimal point"
    elif re.fullmatch(r"\.[0-9]{1,20} ?[A-Za-z/]{0,12}", text, re.ASCII):
        how = f"write 0{text}"
    elif what == "amount" and re.fullmatch(r"[0-9]{1,6}m", text, re.ASCII):
        how = f"write {format_amount(CORES, int(text[:-1]))}, if thousandths are meant"
    if text.startswith(("-", "−")):
        return Unreadable(what, f"{quoted(text)} is below zero", how)
    return Unreadable(what, f"{quoted(text)} is not {'an' if what == 'amount' else 'a'} {what}", how)


def _about_unit(text: str, suffix: str) -> str:
    """What is wrong with the suffix of a size."""
    if not suffix:
        return f"{quoted(text)} has no unit"
    if suffix.endswith(("b", "bit", "bits")) and not suffix.lower().endswith("ib"):
        return f"{quoted(text)} could be bits"
    if suffix.upper() in _FACTORS:
        return f"{quoted(text)} has its unit in lower case"
    return f"{quoted(text)} has the unknown unit {quoted(suffix)}"


def _instead_of_size(number: str, suffix: str) -> str:
    """What to write instead of a size with another suffix, or none."""
    if not suffix:
        return f"write {number}G, {number}M, … or {number}B for bytes"
    if suffix.lower() in ("b", "byte", "bytes"):
        return f"write {number}B for bytes"
    like = _LIKE_SUFFIX.fullmatch(suffix)
    if not like:
        return _HOW_SIZE
    letter, rest = like[1].upper(), (like[2] or "").lower()
    if rest.startswith("i"):
        return f"write {number}{letter}iB"
    return f"write {number}{letter} or {number}{letter}B" if rest else f"write {number}{letter}"


def _instead_of_rate(number: str, suffix: str, per: str) -> str:
    """What to write instead of a rate in other units."""
    like = _LIKE_SUFFIX.fullmatch(suffix)
    if not like or per not in ("/s", "ps", "/sec", "/second"):
        return _HOW_RATE
    letter = like[1].upper()
    if like[2] in ("b", "bit", "bits"):
        eighth = Fraction(number) * _FACTORS[f"{letter}B"] // 8
        return f"write {format_size(eighth)}/s, if bits are meant, else {number}{letter}B/s"
    rest = "iB" if (like[2] or "")[:1] in ("i", "I") else like[2] or ""
    return f"write {number}{letter}{rest}/s"
