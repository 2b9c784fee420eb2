"""The sweep over a step function against looking at every span, and what it promises on its way."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from itertools import accumulate, pairwise, repeat
from typing import Final

from attrs import evolve, frozen
from hypothesis import given, settings
from hypothesis import strategies as st

from execbroker.core.availability import Steps
from execbroker.core.boxes import Box, Limits, Work, maximal_boxes
from execbroker.core.vectors import LIMIT, OPEN, Fields, is_within

NAMES: Final = ("a", "b")
FIELDS: Final = Fields.of(NAMES)
CAPACITY: Final = 4
PLENTY: Final = 10**6


@frozen
class Case:
    """A step function, where boxes may start, and what is asked of them.

    Attributes:
        times, taken: The steps; for each what is taken of each resource. Of `OPEN`, 1 or more while closed.
        starts: The first and the last instant of each opening, both allowed.
        least, most: What is asked of each resource; a maximum of None is open.
    """

    times: Sequence[int]
    taken: Sequence[Mapping[str, int]]
    starts: Sequence[tuple[int, int]]
    least: Mapping[str, int]
    most: Mapping[str, int | None]
    shortest: int
    longest: int | None = None

    @property
    def steps(self) -> Steps:
        """What is taken, as vectors."""
        return Steps(list(self.times), [FIELDS.pack(taken) for taken in self.taken])

    @property
    def limits(self) -> Limits:
        """What is asked, as vectors."""
        return Limits(
            capacity=FIELDS.pack({OPEN: 1, **dict.fromkeys(NAMES, CAPACITY)}),
            least=FIELDS.pack({OPEN: 1, **self.least}),
            most=FIELDS.pack({n: LIMIT - 1 if most is None else most for n, most in self.most.items()}),
            shortest=self.shortest,
            longest=self.longest,
            guard=FIELDS.guard,
            needed=FIELDS.guards([OPEN, *(name for name in NAMES if self.least[name])]),
        )

    def boxes(self, work: Work | None = None, live: list[int] | None = None) -> Iterator[Box]:
        """What the sweep finds."""
        return maximal_boxes(self.steps, self.starts, self.limits, work or Work(PLENTY), live)

    def free(self) -> Iterator[tuple[int, ...] | None]:
        """What is free and wanted of each resource, instant by instant; None where a run cannot be."""
        for (start, end), taken in zip(pairwise(self.times), self.taken, strict=True):
            free = {name: max(CAPACITY - taken[name], 0) for name in NAMES}
            level = None
            if not taken[OPEN] and all(free[name] >= self.least[name] for name in NAMES):
                most = {name: free[name] if self.most[name] is None else self.most[name] for name in NAMES}
                level = tuple(min(free[name], most[name] or 0) for name in NAMES)
            yield from repeat(level, end - start)

    def all_maximal(self) -> set[Box]:
        """Of all spans with what is free throughout, those that lie within no other one and last long enough."""
        found: dict[tuple[int, tuple[int, ...]], int] = {}
        free = dict(enumerate(self.free(), self.times[0]))
        for first, last in self.starts:
            for start in range(max(first, self.times[0]), min(last + 1, self.times[-1])):
                level = free[start]
                for end in range(start + 1, self.times[-1] + 1):
                    here = free[end - 1]
                    if level is None or here is None:
                        break
                    level = tuple(map(min, level, here))
                    found[start, level] = end  # of one start and level, the others lie within the last
        return {
            (start, end, FIELDS.pack(dict(zip(NAMES, level, strict=True))))
            for start, end, level in outermost([(start, end, level) for (start, level), end in found.items()])
            if end - start >= self.shortest
        }


def outermost(
    boxes: Sequence[tuple[int, int, tuple[int, ...]]],
) -> Iterator[tuple[int, int, tuple[int, ...]]]:
    """The boxes that lie within no other one."""
    for box in boxes:
        start, end, level = box
        if not any(
            other != box
            and other[0] <= start
            and end <= other[1]
            and all(have <= has for have, has in zip(level, other[2], strict=True))
            for other in boxes
        ):
            yield box


#: What is taken: at times more than there is; and seldom all, for then nothing is left to be found.
levels: Final = st.fixed_dictionaries(
    {OPEN: st.sampled_from([0] * 30 + [1, 2]), **dict.fromkeys(NAMES, st.integers(0, CAPACITY + 1))}
)


@st.composite
def cases(draw: st.DrawFn) -> Case:
    """A step function of eight steps, some of which may be alike, with any openings."""
    times = list(accumulate(draw(st.tuples(*[st.integers(1, 3)] * 8)), initial=draw(st.integers(-2, 2))))
    edges = draw(
        st.just([times[0], times[-1]])
        | st.integers(*times[1:3]).map(lambda late: [late, times[-1]])
        | st.lists(st.integers(-4, times[-1] + 1), min_size=2, max_size=6, unique=True).map(sorted)
    )
    pairs = zip(edges[::2], edges[1::2], strict=False)
    return Case(
        times,
        draw(st.tuples(*[levels] * 8)),
        [(first, draw(st.sampled_from([last, last, first]))) for first, last in pairs],
        draw(st.fixed_dictionaries(dict.fromkeys(NAMES, st.sampled_from([0, 0, 0, 0, 0, 1, 2])))),
        draw(st.fixed_dictionaries(dict.fromkeys(NAMES, st.none() | st.integers(1, CAPACITY + 1)))),
        draw(st.integers(1, 4)),
    )


class TestMaximalBoxes:
    """All spans and amounts that are free throughout, and cannot be enlarged."""

    @settings(max_examples=settings().max_examples * 4)
    @given(cases())
    def test_all(self, case: Case) -> None:
        """Each of them, once, and nothing else, in the order of their ends."""
        found = list(case.boxes())

        assert set(found) == case.all_maximal()
        assert len(found) == len(set(found))
        assert [end for _, end, _ in found] == sorted(end for _, end, _ in found)

    @given(cases())
    def test_days(self, case: Case) -> None:
        """Where every step lasts for days, and is as late as today, the boxes do and are, too."""

        def late(instant: int) -> int:
            return 1_700_000_000 + 86_400 * instant

        stretched = evolve(
            case,
            times=[late(time) for time in case.times],
            starts=[(late(first), late(last)) for first, last in case.starts],
            shortest=86_400 * case.shortest,
        )

        assert list(stretched.boxes()) == [
            (late(start), late(end), level) for start, end, level in case.boxes()
        ]

    @settings(max_examples=settings().max_examples * 3)
    @given(cases(), st.integers(0, 4))
    def test_longest(self, case: Case, more: int) -> None:
        """With a longest duration only what is of no use may differ: an earlier box is long enough and as large."""
        longest = case.shortest + more
        found = set(evolve(case, longest=longest).boxes())

        for start, end, level in found ^ case.all_maximal():
            assert any(
                other != (start, end, level)
                and other[0] <= start
                and other[1] - other[0] >= longest
                and is_within(level, other[2], FIELDS.guard)
                for other in found
            )

    def test_longest_discards(self) -> None:
        """Once a box was long enough, none is looked at that starts later and has no more: also of a few kinds."""
        kinds = [(4, 1), (1, 1), (3, 2), (1, 1), (2, 3), (1, 2), (1, 4), (1, 3)]
        taken = [
            {OPEN: 0, "a": CAPACITY - a, "b": CAPACITY - b} for kind in kinds * 50 for a, b in ((0, 0), kind)
        ]
        times = range(0, 10 * len(taken) + 1, 10)
        least = dict.fromkeys(NAMES, 1)
        case = Case(times, taken, [(0, times[-1])], least, dict.fromkeys(NAMES), shortest=1)

        assert len(list(case.boxes())) == 400
        for longest in (8, 10):
            assert [box[0] for box in evolve(case, longest=longest).boxes()] == [10, 50, 90, 130]

    def test_a_long_staircase(self) -> None:
        """A thousand steps up and down are a thousand boxes, each within the one below it."""
        top = 1_000
        times, heights = range(2 * top), [*range(top), *range(top - 1, 0, -1)]
        limits = evolve(
            Case(times, (), (), dict.fromkeys(NAMES, 0), dict.fromkeys(NAMES), shortest=1).limits,
            capacity=FIELDS.pack({OPEN: 1, "a": top, "b": 1}),
        )
        steps = Steps(list(times), [FIELDS.pack({"a": top - height, "b": 1}) for height in heights])
        work = Work(PLENTY)

        assert list(maximal_boxes(steps, [(0, 2 * top)], limits, work)) == [
            (height, 2 * top - max(height, 1), FIELDS.pack({"a": height}))
            for height in range(top - 1, -1, -1)
        ]
        assert top <= PLENTY - work.sweeping <= 2 * (len(times) + top)

    @given(cases(), st.none() | st.integers(1, 6))
    def test_live(self, case: Case, longest: int | None) -> None:
        """The starts that are followed are known all the while: no later box starts before the first of them."""
        live: list[int] = []
        known: list[list[int]] = []
        found: list[Box] = []
        for box in evolve(case, longest=longest).boxes(live=live):
            assert box[0] in live
            assert all(one < other for one, other in pairwise(live))
            known.append(list(live))
            found.append(box)
        for place, starts in enumerate(known):
            assert all(box[0] >= starts[0] for box in found[place:])


class TestWork:
    """A search that could be long is stopped."""

    @given(cases(), st.integers(0, 12))
    def test_it_stops(self, case: Case, limit: int) -> None:
        """What was found until then is what is found first with all the time there is."""
        everything = list(case.boxes())
        work = Work(limit)
        found = list(case.boxes(work))

        assert found == everything[: len(found)]
        assert work.is_spent or found == everything
        assert list(case.boxes(Work(-1))) == []

    @given(cases())
    def test_what_it_takes(self, case: Case) -> None:
        """Every box is counted, and no more than a few changes for each step and each box."""
        work = Work(PLENTY)
        found = list(case.boxes(work))
        used = PLENTY - work.sweeping

        assert len(found) <= used <= len(NAMES) * (len(case.taken) + len(case.all_maximal()))
        assert work.comparing == PLENTY

    def test_spent(self) -> None:
        """It is spent when more of either was used than there was."""
        for used in ("sweeping", "comparing"):
            work = Work(1)
            setattr(work, used, 0)
            assert not work.is_spent
            setattr(work, used, -1)
            assert work.is_spent
