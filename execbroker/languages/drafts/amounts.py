"""Amounts of the dialects: whole cores and whole GiB."""

from __future__ import annotations

from typing import Any, Final

from execbroker.core.amounts import CORES
from execbroker.core.problems import Unreadable, quoted
from execbroker.core.ranges import Range
from execbroker.core.sizes import LARGEST, format_amount
from execbroker.languages.structuring.findings import Findings
from execbroker.languages.structuring.quantities import read_pair
from execbroker.languages.text.documents import Node, Path
from execbroker.languages.written import Losses

__all__ = ["UNIT", "read_bounds", "write_bounds"]

_GIB: Final = 2**30
_CORE: Final = 1000
#: What 1 is in a document: a core of so many thousandths, or so many bytes.
UNIT: Final = {CORES: _CORE, "memory": _GIB, "storage": _GIB}
_NAMES: Final = {CORES: "whole cores", "memory": "whole GiB", "storage": "whole GiB"}


def read_bounds(findings: Findings, at: Path, found: Any, resource: str) -> Range | None:
    """The range of a resource that a document gives; None if it cannot be used."""
    values = {"min": found.min, "max": found.max}
    given = {key: value for key, value in values.items() if value is not None}

    def read(path: Path, value: object, _: bool) -> int | None:
        return findings.read(lambda text: _whole(text, resource), path, value)

    return read_pair(findings, at, "", given, read) if given else Range()


def _whole(text: str, resource: str) -> int:
    number = int(text)
    if number < 0:
        raise Unreadable("negative-amount", f"{quoted(text)} is below zero", "write 0 or more")
    if number * UNIT[resource] > LARGEST:
        raise Unreadable("too-large", f"{quoted(text)} is more than anybody has", "write less")
    return number * UNIT[resource]


def write_bounds(
    resource: str, amount: Range, losses: Losses, path: str, *, is_offered: bool = False
) -> dict[str, Node]:
    """A range in whole units: the minimum rounded up and the maximum down.

    Where no whole number lies between them, a request gets the minimum, so that what is given is enough, and an
    offer the maximum, so that no more is promised than there is.
    """
    unit = UNIT[resource]
    least = -(-(amount.minimum or 0) // unit)
    most = None if amount.maximum is None else amount.maximum // unit
    if most is not None and least > most:
        least, most = (most, most) if is_offered else (least, least)
    for end, exact, whole in (("min", amount.minimum or 0, least), ("max", amount.maximum, most)):
        if exact is not None and whole is not None and exact != whole * unit:
            losses.note(
                path.replace("?", end),
                format_amount(resource, exact),
                f"the language has {_NAMES[resource]}; {whole} is written",
            )
    bounds: dict[str, Node] = {"min": least}
    return bounds if most is None else {**bounds, "max": most}
