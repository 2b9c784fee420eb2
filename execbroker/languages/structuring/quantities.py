"""Amounts and durations of a document, and the pairs of a minimum and a maximum that they come in."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from decimal import Decimal
from fractions import Fraction
from typing import Final, NamedTuple, final

from execbroker.core.amounts import CORES, Unit, unit_of
from execbroker.core.durations import parse_duration
from execbroker.core.problems import Unreadable, quoted
from execbroker.core.ranges import Range
from execbroker.core.sizes import LARGEST, parse_amount, parse_size
from execbroker.languages.structuring.findings import Findings, shown
from execbroker.languages.text.documents import Path

__all__ = [
    "Amount",
    "digits",
    "is_name",
    "read_amount",
    "read_duration",
    "read_pair",
    "read_size",
    "report_bare",
]

_NUMBER: Final = re.compile(r"[0-9]+(?:\.[0-9]+)?", re.ASCII)
_LEADING_NUMBER: Final = re.compile(r"[0-9]{1,15}(?:\.[0-9]{1,3})?(?![0-9.])")
#: What may follow the number that is meant: no further digits, and no suffix that makes it another one.
_NO_MORE: Final = re.compile(r"(?! ?[kKM]i?$)[^0-9]*")
#: Thousands apart. With a comma it could as well be a fraction.
_GROUPED: Final = re.compile(r"[0-9]{1,3}(?:[_ ][0-9]{3}){1,4}", re.ASCII)
_MILLICORES: Final = re.compile(r"[0-9]{1,6}m")
_NAME: Final = re.compile(r"[^\W\d_][\w.-]{0,63}")
_SUFFIXED: Final = re.compile(r"[0-9.]+ ?[A-Za-z]")


@final
class Amount(NamedTuple):
    """How much of a resource, in its unit, and whether it was written as a size (None: `0` is both)."""

    value: int
    is_size: bool | None = None


def digits(value: int | Decimal) -> str:
    """A number in plain digits, however it was written."""
    return f"{value:f}" if isinstance(value, Decimal) else str(value)


def is_name(text: str) -> bool:
    """Whether a resource of a platform may be called so: a word, with digits, `_`, `-` and `.` behind a letter."""
    return _NAME.fullmatch(text) is not None


def read_size(findings: Findings, path: Path, value: object, *, up: bool = True) -> int | None:
    """Bytes; a fraction of a byte rounds up or down."""
    return findings.read(lambda text: parse_size(text, up=up), path, value)


def read_amount(
    findings: Findings, name: str, path: Path, value: object, *, up: bool = True
) -> Amount | None:
    """The amount of a resource; one of a further name is a size if it has a suffix, else a count."""

    def parse(text: str) -> Amount:
        if unit_of(name) is Unit.BYTE:
            return Amount(parse_size(text, up=up))
        if (
            unit_of(name) is Unit.WHOLE
            and name != "gpus"
            and isinstance(value, str)
            and _SUFFIXED.match(value)
        ):
            return Amount(parse_size(text, up=up), True)
        amount = parse_amount(name, _number(name, value))
        return Amount(amount, None if amount == 0 else False)

    return findings.read(parse, path, value)


def _number(name: str, value: object) -> str:
    """The digits of a value that may be no number."""
    text = digits(value) if isinstance(value, int | Decimal) else str(value)
    is_number = _NUMBER.fullmatch(text) is not None
    parts = 1000 if name == CORES else 1
    if is_number and Fraction(text) * parts > LARGEST:
        message = f"{quoted(text)} is too much to count with"
        raise Unreadable("amount-too-large", message, f"write {LARGEST // parts} or less")
    if not isinstance(value, str):
        return text
    if name == CORES and _MILLICORES.fullmatch(text):
        return text  # refused where it is parsed, with the hint that fits
    if is_number:
        raise Unreadable(
            "quoted-number",
            f"{quoted(chr(34) + text + chr(34))} is text, where a number is meant",
            f"write {text} without quotes",
        )
    raise Unreadable("not-a-number", f"{quoted(text)} is not a number", _instead(text))


def _instead(text: str) -> str:
    """What to write instead of what is no number; one is named only where no other can be meant."""
    if _GROUPED.fullmatch(text):
        return f"write {re.sub('[_ ]', '', text)}"
    found = _LEADING_NUMBER.match(text)
    if found and _NO_MORE.fullmatch(text, found.end()):
        return f"write the number alone: {found[0]}"
    return "write a number, such as 4"


def read_duration(
    findings: Findings, path: Path, value: object, *, is_zero_allowed: bool = False
) -> int | None:
    """Seconds."""

    def parse(text: str) -> int:
        seconds = parse_duration(text)
        if seconds == 0 and not is_zero_allowed:
            raise Unreadable(
                "zero-duration",
                f"{quoted(text)} is no time at all",
                "write a duration above zero, such as 1h",
            )
        return seconds

    return findings.read(parse, path, value)


def read_pair(
    findings: Findings,
    at: Path,
    name: str,
    values: Mapping[str, object],
    read: Callable[[Path, object, bool], int | None],
) -> Range | None:
    """The range that `min<name>`, `max<name>` or the bare `<name>` give; None if none of them can be used.

    Args:
        findings: Where problems go.
        at: The path of the mapping that has the keys.
        name: The name that the keys share.
        values: The values of the keys that are there, by key.
        read: Makes a number of a value; its last argument is whether fractions round up.
    """
    low, high, bare = f"min{name}", f"max{name}", name
    given = {key: values[key] for key in (low, high, bare) if key in values}
    numbers = {key: read((*at, key), value, key != high) for key, value in given.items()}
    if bare in given and len(given) > 1:
        report_bare(findings, at, bare, low if low in given else high)
        return None
    if not given or None in numbers.values():
        return None
    minimum, maximum = numbers.get(low, numbers.get(bare)), numbers.get(high, numbers.get(bare))
    if minimum is not None and maximum is not None and minimum > maximum:
        small, large = (shown(findings.text((*at, key), given[key])) for key in (low, high))
        findings.error(
            "min-above-max",
            f"`{low}` ({small}) is above `{high}` ({large})",
            (*at, low),
            found=small,
            hint=f"swap them: `{low}: {large}`, `{high}: {small}`",
        )
        return None
    return Range(minimum, maximum)


def report_bare(findings: Findings, at: Path, bare: str, other: str) -> None:
    """Write down that a bare key, which means minimum and maximum, stands beside one of these."""
    findings.error(
        "bare-and-range",
        f"`{bare}` means both minimum and maximum, and stands beside `{other}`",
        (*at, bare),
        of_key=True,
        hint=f"write `min{bare}` and `max{bare}`, or `{bare}` alone",
    )
