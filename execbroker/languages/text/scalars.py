"""What a scalar without quotes means: the core schema of YAML 1.2.2, section 10.3.2, with exact numbers."""

from __future__ import annotations

import re
from decimal import Decimal
from typing import Final

from execbroker.core.problems import Unreadable, quoted

__all__ = ["MOST_DIGITS", "not_finite", "read_number", "read_plain"]

#: How many digits a number may have when it is written out: more than any sensible amount, and so few that
#: arithmetic with it stays quick.
MOST_DIGITS: Final = 40

_WORDS: Final[dict[str, bool | None]] = {
    **dict.fromkeys(("", "~", "null", "Null", "NULL")),
    **dict.fromkeys(("true", "True", "TRUE"), True),
    **dict.fromkeys(("false", "False", "FALSE"), False),
}
_NUMBER_STARTS: Final = frozenset("+-.0123456789")
_NUMBER: Final = re.compile(r"[-+]?(?:\.[0-9]+|[0-9]+(?:\.[0-9]*)?)(?:[eE][-+]?[0-9]+)?")
_WHOLE: Final = re.compile(r"[-+]?[0-9]+")
_NOT_FINITE: Final = re.compile(r"[-+]?\.(?:inf|Inf|INF)|\.(?:nan|NaN|NAN)")
_OTHER_BASES: Final = ((re.compile(r"0o([0-7]+)"), 8), (re.compile(r"0x([0-9a-fA-F]+)"), 16))


def read_plain(text: str) -> str | int | Decimal | bool | None:
    """The value of a plain scalar.

    >>> [read_plain(text) for text in ("NO", "9:00", "2023-05-09", "1_000", "010", "1e3", "true", "~")]
    ['NO', '9:00', '2023-05-09', '1_000', 10, Decimal('1E+3'), True, None]

    Raises:
        Unreadable: It is a number that is not finite (`not-finite`) or too long (`number-too-long`).
    """
    if text in _WORDS:
        return _WORDS[text]
    if text[0] not in _NUMBER_STARTS:
        return text
    if _NUMBER.fullmatch(text):
        return read_number(text)
    if _NOT_FINITE.fullmatch(text):
        raise not_finite(text)
    for pattern, radix in _OTHER_BASES:
        if match := pattern.fullmatch(text):
            _refuse_length(len(match[1]))
            return int(match[1], radix)
    return text


def read_number(text: str) -> int | Decimal:
    """The exact value of a decimal number: a `Decimal` if it has a point or an exponent.

    Raises:
        Unreadable: It is too long (`number-too-long`); `1e50` is, too, for it has 51 digits when written out.
    """
    if _WHOLE.fullmatch(text):
        _refuse_length(len(text.lstrip("+-")))
        return int(text)
    mantissa, _, power = text.lower().partition("e")
    _refuse_length(max(len(mantissa), len(power)) - 2)  # a sign and a point
    _refuse_length(abs(int(power or 0)) // 2)  # no mantissa makes up for it
    value = Decimal(text)
    _, digits, exponent = value.as_tuple()
    _refuse_length(max(len(digits) + int(exponent), 1) + max(-int(exponent), 0))
    return value


def not_finite(text: str) -> Unreadable:
    """The refusal of infinity and of what is no number at all, to be raised."""
    return Unreadable(
        "not-finite",
        f"{quoted(text)} is no finite number",
        "write a number, or put it in quotes if it is text",
    )


def _refuse_length(digits: int) -> None:
    if digits > MOST_DIGITS:
        raise Unreadable(
            "number-too-long",
            f"a number has more than {MOST_DIGITS} digits",
            "write fewer digits, or put it in quotes if it is text",
        )
