"""`Spans` against sets of instants: a few small ones by hand, and all the laws on drawn ones."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from execbroker.core.spans import NOTHING, Span, Spans, round_down, round_up

#: All instants of the drawn sets lie in here.
WORLD = Span(-12, 24)

pairs = st.tuples(st.integers(*WORLD), st.integers(*WORLD))
sets = st.lists(pairs, max_size=6).map(Spans.of)
lengths = st.integers(0, 5)


def members(spans: Spans) -> set[int]:
    """The instants of a set, asked one by one, well beyond where the set can reach."""
    return {instant for instant in range(WORLD.start - 20, WORLD.end + 20) if instant in spans}


def is_canonical(spans: Spans) -> bool:
    """Whether the edges rise strictly: sorted, none empty, no two touching."""
    return all(one < next_one for one, next_one in zip(spans.edges, spans.edges[1:], strict=False)) and (
        len(spans.edges) % 2 == 0
    )


class TestCanonicalForm:
    """Equal sets are equal values, however they were made."""

    @given(st.lists(pairs, max_size=6))
    def test_of(self, given_spans: list[tuple[int, int]]) -> None:
        """A set made of spans holds what any of them holds, in canonical form."""
        spans = Spans.of(given_spans)

        assert is_canonical(spans)
        assert members(spans) == {instant for start, end in given_spans for instant in range(start, end)}

    @given(sets)
    def test_of_its_own_spans(self, spans: Spans) -> None:
        """Iterating gives spans that make the same set again, with the same hash."""
        assert Spans.of(spans) == spans
        assert hash(Spans.of(spans)) == hash(spans)
        assert len(list(spans)) == len(spans)

    @given(sets, sets)
    def test_equality_is_of_members(self, one: Spans, other: Spans) -> None:
        """Two sets are equal if they hold the same instants."""
        assert (one == other) == (members(one) == members(other))

    @given(st.integers(*WORLD), st.integers(*WORLD))
    def test_between(self, start: int, end: int) -> None:
        """Between two instants lies everything from the first up to the second, or nothing."""
        assert members(Spans.between(start, end)) == set(range(start, end))
        assert is_canonical(Spans.between(start, end))

    @given(sets)
    def test_iteration_gives_spans(self, spans: Spans) -> None:
        """What comes out of a set are `Span`s, in order."""
        found = list(spans)

        assert all(type(each) is Span and each.duration > 0 for each in found)
        assert found == sorted(found)


class TestPointwise:
    """Each operation is what it is for sets, instant by instant."""

    @given(sets, sets)
    def test_operations(self, one: Spans, other: Spans) -> None:
        """Both, either, the first alone, exactly one."""
        mine, theirs = members(one), members(other)

        assert members(one & other) == mine & theirs
        assert members(one | other) == mine | theirs
        assert members(one - other) == mine - theirs
        assert members(one ^ other) == mine ^ theirs

    @given(sets, sets)
    def test_results_are_canonical(self, one: Spans, other: Spans) -> None:
        """No operation leaves empty or touching spans."""
        assert all(map(is_canonical, (one & other, one | other, one - other, one ^ other)))

    @given(sets, pairs)
    def test_complement(self, spans: Spans, within: tuple[int, int]) -> None:
        """The rest of a span of reference."""
        assert members(spans.complement(Span(*within))) == set(range(*within)) - members(spans)
        assert is_canonical(spans.complement(Span(*within)))

    @given(sets, lengths, lengths)
    def test_shifted_widened_narrowed(self, spans: Spans, before: int, after: int) -> None:
        """Moving, growing and shrinking go span by span."""
        assert members(spans.shifted(before)) == {instant + before for instant in members(spans)}
        assert members(spans.widened(before, after)) == {
            near for start, end in spans for near in range(start - before, end + after)
        }
        assert members(spans.narrowed(before, after)) == {
            deep for start, end in spans for deep in range(start + before, end - after)
        }

    @given(sets, st.integers(1, 7))
    def test_rounded_inwards(self, spans: Spans, grid: int) -> None:
        """A cell of the grid stays if one span holds all of it."""
        cells = [range(low, low + grid) for low in range(-70, 70) if low % grid == 0]
        whole = {instant for cell in cells if set(cell) <= members(spans) for instant in cell}

        assert members(spans.rounded_inwards(grid)) == whole

    @given(st.integers(-50, 50), st.integers(1, 9))
    def test_rounding(self, instant: int, grid: int) -> None:
        """Rounding goes to the nearest multiple on its side, and stays on one."""
        low, high = round_down(instant, grid), round_up(instant, grid)

        assert low % grid == high % grid == 0
        assert low <= instant <= high
        assert high - low == (grid if instant % grid else 0)


class TestLaws:
    """`Spans` is a Boolean algebra within any span of reference."""

    @given(sets, sets, sets)
    def test_lattice(self, a: Spans, b: Spans, c: Spans) -> None:
        """Both operations are associative, commutative, idempotent, and absorb and distribute over each other."""
        assert (a & b) & c == a & (b & c)
        assert (a | b) | c == a | (b | c)
        assert a & b == b & a
        assert a | b == b | a
        assert a & a == a | a == a
        assert a & (a | b) == a | (a & b) == a
        assert a & (b | c) == (a & b) | (a & c)
        assert a | (b & c) == (a | b) & (a | c)

    @given(sets, sets)
    def test_complements(self, a: Spans, b: Spans) -> None:
        """De Morgan's laws, and what a set and its complement have together."""
        every = Spans.between(*WORLD)

        assert a & a.complement(WORLD) == NOTHING
        assert a | a.complement(WORLD) == every
        assert a.complement(WORLD).complement(WORLD) == a
        assert (a & b).complement(WORLD) == a.complement(WORLD) | b.complement(WORLD)
        assert (a | b).complement(WORLD) == a.complement(WORLD) & b.complement(WORLD)
        assert a - b == a & b.complement(WORLD)

    @given(sets)
    def test_identities(self, a: Spans) -> None:
        """Nothing and everything."""
        assert a & NOTHING == NOTHING
        assert a | NOTHING == a - NOTHING == a ^ NOTHING == a
        assert a ^ a == a - a == NOTHING

    def test_laws_that_fail(self) -> None:
        """A gap closed by widening stays closed; two halves of a cell round to nothing, together to the cell."""
        gap = Spans.of([(0, 4), (5, 9)])
        left, right = Spans.between(0, 5), Spans.between(5, 10)

        assert gap.widened(1, 1).narrowed(1, 1) != gap
        assert (left | right).rounded_inwards(10) != left.rounded_inwards(10) | right.rounded_inwards(10)


class TestShown:
    """A set is shown as mathematics writes it."""

    @pytest.mark.parametrize(
        ("spans", "text"),
        [
            (NOTHING, "[empty)"),
            (Spans.of([(0, 4)]), "[0, 4)"),
            (Spans.of([(6, 9), (0, 4)]), "[0, 4) | [6, 9)"),
        ],
    )
    def test_repr(self, spans: Spans, text: str) -> None:
        """Half-open intervals, joined."""
        assert repr(spans) == text

    def test_span(self) -> None:
        """A span unpacks into its ends, knows its length and is a key."""
        start, end = span = Span(3, 8)

        assert (start, end, span.duration, repr(span)) == (3, 8, 5, "[3, 8)")
        assert {span: 1}[Span(3, 8)] == 1
