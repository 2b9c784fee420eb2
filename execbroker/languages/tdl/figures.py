"""Amounts as the seed language has them."""

from __future__ import annotations

from decimal import Decimal

from execbroker.core.amounts import Unit, unit_of
from execbroker.core.sizes import format_amount
from execbroker.languages.text.documents import Node

__all__ = ["figure"]


def figure(name: str, value: int, sizes: frozenset[str] = frozenset()) -> Node:
    """An amount of a resource: a number where it has no unit, else text.

    >>> figure("cores", 500), figure("memory", 2**30)
    (Decimal('0.5'), '1GiB')

    Args:
        name: The resource.
        value: In its unit.
        sizes: Those further resources that are sizes in bytes.
    """
    text = format_amount(name, value, sizes)
    if unit_of(name, sizes) is Unit.BYTE:
        return text
    return Decimal(text) if "." in text else int(text)
