"""Step functions that are combined, widened and snapped, against the same done instant by instant."""

import operator

from hypothesis import given
from hypothesis import strategies as st

from execbroker.core.availability import Availability, Steps
from execbroker.core.profile import combined, cut, masked, snapped, widened
from execbroker.core.spans import Span
from execbroker.core.vectors import Fields, larger

FIELDS = Fields.of(["cores", "storage"])
WHOLE = Span(0, 24)


def values(steps: Steps) -> dict[int, int]:
    """What is taken at each instant."""
    return {
        instant: taken
        for start, end, taken in zip(steps.times, steps.times[1:], steps.taken, strict=False)
        for instant in range(start, end)
    }


def made(bookings: list[tuple[int, int, int, int]]) -> Steps:
    """The step function of bookings: where from, how long, and of each of the two resources how much."""
    return Availability(
        FIELDS,
        [
            (Span(start, start + length), FIELDS.pack({"cores": cores, "storage": storage}))
            for start, length, cores, storage in bookings
        ],
    ).steps(WHOLE)


several = st.lists(
    st.tuples(st.integers(0, 23), st.integers(1, 9), st.integers(0, 3), st.integers(0, 3)), max_size=6
).map(made)


@given(several, several)
def test_combined_is_pointwise(one: Steps, other: Steps) -> None:
    """Two functions combined have at each instant what the two values make."""
    together = values(combined(one, other, operator.add))

    assert together == {t: values(one)[t] + values(other)[t] for t in range(*WHOLE)}


@given(several, st.integers(0, 23), st.integers(1, 24))
def test_cut_is_the_same_function_on_less(steps: Steps, start: int, end: int) -> None:
    """A part of a function has the same values."""
    part = Span(min(start, end - 1), end)

    assert values(cut(steps, part)) == {t: values(steps)[t] for t in range(*part)}


@given(several)
def test_masked_parts_add_up(steps: Steps) -> None:
    """What is in one field, and what is in all others, make the whole."""
    mask = FIELDS.mask("storage")

    assert combined(masked(steps, mask), masked(steps, ~mask), operator.add) == steps


@given(several, st.integers(0, 6), st.integers(0, 6))
def test_widened_is_the_most_within_reach(steps: Steps, lead: int, lag: int) -> None:
    """Each instant sees the most that is taken from so long before to so long after it."""
    storage = masked(steps, FIELDS.mask("storage"))
    plain = values(storage)

    assert values(widened(storage, lead, lag)) == {
        t: max(plain[near] for near in range(t - lead, t + lag + 1)) for t in range(lead, WHOLE.end - lag)
    }


@given(several, st.sampled_from([1, 2, 3, 4, 6, 8, 12, 24]))
def test_snapped_cells_take_the_most_of_their_instants(steps: Steps, grid: int) -> None:
    """Every cell of the grid takes, field by field, the most of its instants, and steps fall on the grid."""
    plain, laid = values(steps), snapped(steps, grid, FIELDS.guard)

    for cell in range(0, WHOLE.end, grid):
        most = 0
        for instant in range(cell, cell + grid):
            most = larger(most, plain[instant], FIELDS.guard)
        assert {values(laid)[instant] for instant in range(cell, cell + grid)} == {most}
    assert not any(time % grid for time in laid.times)


def test_bookings_that_share_a_cell_without_sharing_an_instant_are_not_added() -> None:
    """Two halves of a cell take no more of it than the larger of them."""
    steps = made([(0, 4, 2, 0), (4, 4, 3, 0)])

    assert values(snapped(steps, 8, FIELDS.guard))[0] == FIELDS.pack({"cores": 3})
