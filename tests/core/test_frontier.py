"""What other offers beat, against comparing each with each."""

from __future__ import annotations

from collections.abc import Sequence
from decimal import Decimal
from fractions import Fraction
from itertools import product
from typing import Final

import pytest
from hypothesis import given
from hypothesis import strategies as st

from execbroker.core.answer import Cost
from execbroker.core.boxes import Work
from execbroker.core.frontier import Archive, Candidate, Rival, best
from execbroker.core.vectors import WIDTH, Fields, is_within

FIELDS = Fields.of(["cores", "memory", "gpus"])
PLENTY: Final = 10**9


def vectors_up_to(most: int) -> st.SearchStrategy[int]:
    """Vectors of three amounts."""
    return st.tuples(*[st.integers(0, most)] * 3).map(
        lambda amounts: FIELDS.pack(dict(zip(("cores", "gpus", "memory"), amounts, strict=True)))
    )


vectors = vectors_up_to(12)


class Counted(int):
    """A vector that counts with how many others it is compared."""

    comparisons = 0

    def __rsub__(self, other: int) -> int:
        self.comparisons += 1
        return other - int(self)


def filled(many: Sequence[int]) -> tuple[Archive, list[int]]:
    """An archive of some vectors, and those that it keeps: each within none before it."""
    archive = Archive(FIELDS.guard)
    kept: list[int] = []
    for vector in many:
        if not any(is_within(vector, other, FIELDS.guard) for other in kept):
            archive.add(vector)
            kept.append(vector)
    return archive, kept


def staircase(length: int) -> list[int]:
    """Vectors of which none is within another: the more cores, the less memory."""
    return [FIELDS.pack({"cores": step, "memory": length - step}) for step in range(length)]


class TestArchive:
    """Vectors among which one is looked for that another one is within."""

    @given(st.lists(vectors, max_size=120))
    def test_covers_what_is_within_something_kept(self, many: list[int]) -> None:
        """A vector is covered exactly if one that was kept is at least as large in every field."""
        archive, work = Archive(FIELDS.guard), Work(PLENTY)
        kept: list[int] = []
        for vector in many:
            covered = archive.covers(vector, work)
            assert covered == any(is_within(vector, other, FIELDS.guard) for other in kept)
            if not covered:
                archive.add(vector)
                kept.append(vector)

    @given(st.integers(0, 70), st.integers(0, 70), st.integers(0, 70))
    def test_covers_many(self, length: int, cores: int, memory: int) -> None:
        """However many there are, and wherever it is that covers."""
        archive, kept = filled(staircase(length))
        vector = FIELDS.pack({"cores": cores, "memory": memory})

        for _ in range(2):
            assert archive.covers(vector, Work(PLENTY)) == any(
                is_within(vector, other, FIELDS.guard) for other in kept
            )

    @given(st.lists(vectors, max_size=60), vectors)
    def test_comparisons_are_counted(self, many: list[int], vector: int) -> None:
        """Looking uses up as much work as there are comparisons, but for the few that were of use lately."""
        archive, kept = filled(many)
        work, counted = Work(PLENTY), Counted(vector)
        archive.covers(counted, work)
        used = PLENTY - work.comparing

        assert counted.comparisons <= used <= len(kept) * 2
        assert work.sweeping == PLENTY

    def test_what_is_too_small_is_passed_over(self) -> None:
        """Most of many vectors are not looked at one by one if none of them can be large enough."""
        for length in (1, 17, 50, 160):
            archive, _ = filled(staircase(length))
            work, larger = Work(PLENTY), Counted(FIELDS.pack({"cores": 200, "memory": 200}))

            assert not archive.covers(larger, work)
            assert larger.comparisons == PLENTY - work.comparing <= length / 10 + 10

    @pytest.mark.parametrize("name", ["cores", "gpus", "memory"])
    def test_what_has_none_is_passed_over(self, name: str) -> None:
        """Nor is anything looked at one by one where one more is wanted of something than any has."""
        rising, falling = {"cores", "gpus", "memory"} - {name}
        archive, kept = filled([FIELDS.pack({rising: step, falling: 160 - step}) for step in range(160)])
        wanted = Counted(FIELDS.pack({name: 1}))

        assert not archive.covers(wanted, Work(PLENTY))
        assert wanted.comparisons <= len(kept) / 10

    def test_what_was_of_use_is_tried_first(self) -> None:
        """What is within the same vector as one before it is found at once, without work."""
        archive, kept = filled(staircase(160))
        work = Work(PLENTY)
        archive.covers(kept[80], work)
        before, again = work.comparing, Counted(kept[80] - FIELDS.pack({"cores": 1}))

        assert archive.covers(again, work)
        assert again.comparisons == 1
        assert work.comparing == before

    def test_what_was_of_use_is_forgotten(self) -> None:
        """A few are remembered, the last one first, so that one after the other does not become many."""
        archive, kept = filled(staircase(160))
        for vector in kept:
            assert archive.covers(vector, Work(PLENTY))

        assert 2 < len(archive.recent) < 40
        assert archive.recent[:2] == [kept[-1] | FIELDS.guard, kept[-2] | FIELDS.guard]


def likes() -> list[Rival]:
    """Rivals of every kind; equal values in two of them are equal, but not one."""
    return [
        Rival(flavour and (0, "pool", flavour), cost and Cost(Fraction(cost[0]), "".join(cost[1])), near)
        for flavour in (None, "small")
        for cost in (None, (1, "EUR"), (2, "EUR"), (1, "USD"))
        for near in (None, Decimal(0), Decimal(1))
    ]


def beats(one: Rival, other: Rival) -> bool:
    """Whether everything but time and amounts is as good: what is not known is worst, or cannot be compared."""
    if one.flavour != other.flavour:
        return False
    if one.cost and other.cost and one.cost.currency != other.cost.currency:
        return False
    as_near = other.proximity is None or (one.proximity is not None and one.proximity <= other.proximity)
    as_cheap = other.cost is None or (one.cost is not None and one.cost.amount <= other.cost.amount)
    return as_near and as_cheap


class TestRival:
    """What tells offers apart beside time and amounts."""

    def test_may_beat(self) -> None:
        """The same flavour, no dearer in the same currency, no farther."""
        for one, other in product(likes(), likes()):
            assert one.may_beat(other) == beats(one, other)

    def test_order(self) -> None:
        """Each may beat its like, and what may beat something may beat what that may beat."""
        assert all(one.may_beat(other) for one, other in zip(likes(), likes(), strict=True))
        for one, two, three in product(likes(), repeat=3):
            assert one.may_beat(three) or not (one.may_beat(two) and two.may_beat(three))

    @pytest.mark.parametrize(
        ("name", "known"),
        [("nearness", Rival(proximity=Decimal(4))), ("price", Rival(cost=Cost(Fraction(4), "EUR")))],
    )
    def test_not_known(self, name: str, known: Rival) -> None:
        """What is not known is beyond everything."""
        assert getattr(known, name) == 4
        assert getattr(Rival(), name) > 10**100


@st.composite
def fields_of_candidates(draw: st.DrawFn) -> tuple[list[Candidate], list[Rival]]:
    """Candidates of a few lanes, in order."""
    lanes = draw(st.lists(st.sampled_from(likes()), min_size=1, max_size=4))
    candidate = st.builds(
        lambda start, lane, duration, vector: Candidate(
            start,
            -(duration << FIELDS.width | vector),
            lanes[lane].nearness,
            lanes[lane].price,
            -start,
            -start - duration,
            lane,
        ),
        st.integers(0, 9),
        st.integers(0, len(lanes) - 1),
        st.integers(1, 3),
        vectors_up_to(2),
    )
    return sorted(draw(st.lists(candidate, max_size=40))), lanes


#: The guards of a candidate's key: those of the amounts, and of the duration on top of them.
GUARD: Final = FIELDS.guard | 1 << (FIELDS.width + WIDTH - 1)


class TestBest:
    """The candidates that none beats."""

    @given(fields_of_candidates())
    def test_one_by_one(self, drawn: tuple[list[Candidate], list[Rival]]) -> None:
        """One is left out exactly if one before it lasts as long, has as much, and may beat it otherwise."""
        candidates, lanes = drawn
        archives = {rival: Archive(GUARD) for rival in lanes}

        assert list(best(candidates, lanes, archives, Work(PLENTY))) == [
            one
            for place, one in enumerate(candidates)
            if not any(
                beats(lanes[other.lane], lanes[one.lane]) and is_within(-one.key, -other.key, GUARD)
                for other in candidates[:place]
            )
        ]

    @given(fields_of_candidates(), st.integers(0, 40))
    def test_it_stops(self, drawn: tuple[list[Candidate], list[Rival]], limit: int) -> None:
        """With too little work it ends early, with what comes first."""
        candidates, lanes = drawn

        def found(work: Work) -> list[Candidate]:
            return list(best(candidates, lanes, {rival: Archive(GUARD) for rival in lanes}, work))

        work = Work(limit)
        some, everything = found(work), found(Work(PLENTY))
        assert found(Work(-1)) == []

        assert some == everything[: len(some)]
        assert work.is_spent or some == everything
