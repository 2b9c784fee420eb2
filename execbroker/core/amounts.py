"""Exact named quantities of resources, and the units that they are counted in.

Inside the library every quantity is a whole number of its resource's smallest unit: thousandths of a core, bytes
of memory and storage, whole gpus. What a platform calls otherwise is a size in bytes where it writes it with a
suffix, and a plain count where it does not (names are the platform's own).
"""

from __future__ import annotations

import enum
from collections.abc import ItemsView, Iterator, Mapping
from typing import Final, final

from attrs import field, frozen

__all__ = ["CORES", "GPUS", "MEMORY", "NONE", "STORAGE", "Amounts", "Unit", "unit_of"]

CORES: Final = "cores"
MEMORY: Final = "memory"
GPUS: Final = "gpus"
STORAGE: Final = "storage"


@final
class Unit(enum.Enum):
    """What one of a resource is."""

    #: A thousandth: 500 is half a core. Finer amounts of cores are refused when they are read.
    THOUSANDTH = "thousandth"
    #: A byte.
    BYTE = "byte"
    #: One whole thing.
    WHOLE = "whole"


_UNITS: Final = {CORES: Unit.THOUSANDTH, MEMORY: Unit.BYTE, STORAGE: Unit.BYTE, GPUS: Unit.WHOLE}


def unit_of(name: str, sizes: frozenset[str] = frozenset()) -> Unit:
    """The unit of a resource.

    Args:
        name: The resource.
        sizes: The resources of other names that are sizes.
    """
    return _UNITS.get(name) or (Unit.BYTE if name in sizes else Unit.WHOLE)


def _by_names(given: Mapping[str, int]) -> Mapping[str, int]:
    return dict(sorted(given.items()))


@final
@frozen(repr=False)
class Amounts(Mapping[str, int]):
    """How much of each named resource, in the resource's unit; never negative, hashable, read-only.

    A name that is not there stands for none of it, but is not the same as a zero: a task that asks for 0 to 4
    gpus does ask for gpus.

    >>> Amounts({"cores": 4000}).fits_in(Amounts({"cores": 8000, "gpus": 1}))
    True

    Raises:
        ValueError: An amount is negative.
    """

    _by_name: Mapping[str, int] = field(factory=dict, converter=_by_names)

    def __attrs_post_init__(self) -> None:
        for name, value in self._by_name.items():
            if value < 0:
                raise ValueError(f"a negative amount of {name}: {value}")

    @classmethod
    def trusted(cls, by_name: Mapping[str, int]) -> Amounts:
        """Amounts that are known to be in the order of their names and not negative, without looking again."""
        amounts = cls.__new__(cls)
        object.__setattr__(amounts, "_by_name", by_name)
        return amounts

    def __getitem__(self, name: str) -> int:
        return self._by_name[name]

    def __iter__(self) -> Iterator[str]:
        return iter(self._by_name)

    def __len__(self) -> int:
        return len(self._by_name)

    def items(self) -> ItemsView[str, int]:
        """The names and the amounts; far quicker than what `Mapping` brings."""
        return self._by_name.items()

    def __hash__(self) -> int:
        return hash(tuple(self._by_name.items()))

    def __repr__(self) -> str:
        return f"Amounts({dict(self._by_name)})"

    def fits_in(self, other: Mapping[str, int]) -> bool:
        """Whether `other` has at least as much of everything."""
        return all(value <= other.get(name, 0) for name, value in self._by_name.items())


#: No amount of anything.
NONE: Final = Amounts()
