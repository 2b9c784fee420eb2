"""The offers that no other one beats.

Candidates come earliest first, and of one start the better before the worse. So what came before is never beaten by
what comes later, the start needs no comparison, and one pass against those that stand is enough (sort-filter
skyline: Chomicki, Godfrey, Gryz, Liang, ICDE 2003). Duration and amounts are one vector, the `key` of a candidate,
so that one subtraction compares them all.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Hashable, Iterable, Iterator, Mapping, Sequence
from decimal import Decimal
from fractions import Fraction
from typing import Final, NamedTuple, final

from attrs import frozen

from execbroker.core.answer import Cost
from execbroker.core.boxes import Work
from execbroker.core.vectors import larger

__all__ = ["Archive", "Candidate", "Rival", "best"]

#: Vectors of one block, which is passed over whole where even the largest of each field is too small.
_BLOCK: Final = 16
#: How many vectors that were of use lately are tried first. In a long search they turn away nineteen of twenty.
_RECENT: Final = 24
_INFINITE: Final = float("inf")


@final
class Candidate(NamedTuple):
    """A box and what its offer is compared by; sorted, the better of two equal ones comes first."""

    start: int
    #: Less is better: minus the vector of the longest duration (on top) and the amounts.
    key: int
    #: Infinite where there is none.
    proximity: Decimal | float
    cost: Fraction | float
    #: Minus the latest start of a shortest run, and minus the latest end of any run.
    latest: int
    end: int
    #: The place of its lane.
    lane: int


@final
@frozen
class Rival:
    """What tells offers apart beside time and amounts: a flavour, a cost, a proximity.

    Attributes:
        flavour: Which flavour of which pool, as any value that is equal only to itself; None: of none.
        cost, proximity: None counts as worst.
    """

    flavour: Hashable | None = None
    cost: Cost | None = None
    proximity: Decimal | None = None

    def may_beat(self, other: Rival) -> bool:
        """Whether an offer from here, otherwise as good, would make one from there useless.

        Offers of different flavours, or with costs in different currencies, are never compared.
        """
        if self.flavour != other.flavour:
            return False
        if self.cost and other.cost and self.cost.currency != other.cost.currency:
            return False
        return self.nearness <= other.nearness and self.price <= other.price

    @property
    def nearness(self) -> Decimal | float:
        """The proximity, infinite where there is none."""
        return _INFINITE if self.proximity is None else self.proximity

    @property
    def price(self) -> Fraction | float:
        """The cost's amount, infinite where there is none."""
        return _INFINITE if self.cost is None else self.cost.amount


@final
class Archive:
    """Vectors of which none is within another, made to find one quickly that another vector is within.

    Attributes:
        recent: Those that were of use lately, with guards set, for who wants to ask them without a call.
    """

    __slots__ = ("_blocks", "_guard", "_newest", "recent")

    def __init__(self, guard: int) -> None:
        self._guard = guard
        # Guards are set in all that is kept: a comparison is then one subtraction and one mask.
        self._newest: list[int] = []
        self._blocks: list[tuple[int, list[int]]] = []
        self.recent: list[int] = []

    def add(self, vector: int) -> None:
        """Keep a vector that is within none of those that are kept."""
        self._newest.append(vector | self._guard)
        if len(self._newest) == _BLOCK:
            largest = 0
            for kept in self._newest:
                largest = larger(largest, kept ^ self._guard, self._guard)
            self._blocks.append((largest | self._guard, self._newest))
            self._newest = []

    def covers(self, vector: int, work: Work) -> bool:
        """Whether the vector is within one that is kept."""
        guard = self._guard
        for kept in self.recent:
            if (kept - vector) & guard == guard:
                return True
        work.comparing -= len(self._blocks) + len(self._newest)
        for largest, block in self._blocks:
            if (largest - vector) & guard == guard:
                work.comparing -= len(block)
                if self._covered_by(block, vector):
                    return True
        return self._covered_by(self._newest, vector)

    def _covered_by(self, block: list[int], vector: int) -> bool:
        guard = self._guard
        for kept in block:
            if (kept - vector) & guard == guard:
                self.recent = [kept, *self.recent[: _RECENT - 1]]
                return True
        return False


def best(
    candidates: Iterable[Candidate], rivals: Sequence[Rival], archives: Mapping[Rival, Archive], work: Work
) -> Iterator[Candidate]:
    """The candidates that none beats, in their order; it ends early when the work is spent.

    Args:
        candidates: In the order of `Candidate`.
        rivals: Of each lane; `Candidate.lane` is a place here.
        archives: One for each of them, empty. Here the keys of the best gather.
        work: Counts down.
    """
    alike: defaultdict[Hashable, list[Rival]] = defaultdict(list)
    for rival in archives:
        alike[rival.flavour].append(rival)
    against = [
        [archives[other] for other in alike[rival.flavour] if other.may_beat(rival)] for rival in rivals
    ]
    for candidate in candidates:
        if work.comparing < 0:
            return
        key, lane = -candidate[1], candidate[6]
        for archive in against[lane]:
            if archive.covers(key, work):
                break
        else:
            archives[rivals[lane]].add(key)
            yield candidate
