"""The step function against a list of bookings that is looked through instant by instant."""

import pytest
from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, rule

from execbroker.core.availability import Availability
from execbroker.core.spans import Span
from execbroker.core.vectors import Fields

FIELDS = Fields.of(["cores", "memory"])
END = 12

spans = st.tuples(st.integers(0, END), st.integers(0, END)).map(lambda ends: Span(min(ends), max(ends)))
vectors = st.tuples(st.integers(0, 3), st.integers(0, 3)).map(
    lambda pair: FIELDS.pack({"cores": pair[0], "memory": pair[1]})
)


class AvailabilityMachine(RuleBasedStateMachine):
    """Books and releases in any order."""

    def __init__(self) -> None:
        super().__init__()
        self.availability = Availability(FIELDS)
        self.bookings: list[tuple[Span, int]] = []

    def taken(self, instant: int) -> int:
        """What the model says is taken."""
        return sum(vector for span, vector in self.bookings if span.start <= instant < span.end)

    @rule(span=spans, vector=vectors)
    def book(self, span: Span, vector: int) -> None:
        """Take a vector."""
        self.availability.book(span, vector)
        self.bookings.append((span, vector))

    @rule(data=st.data())
    def release(self, data: st.DataObject) -> None:
        """Give back something that was booked."""
        if self.bookings:
            booking = data.draw(st.sampled_from(self.bookings))
            self.availability.release(*booking)
            self.bookings.remove(booking)

    @rule(span=spans, vector=vectors)
    def release_what_may_not_be_there(self, span: Span, vector: int) -> None:
        """What is not taken throughout cannot be given back, and the attempt changes nothing."""
        if any(not _has(self.taken(instant), vector) for instant in range(span.start, span.end)):
            with pytest.raises(ValueError, match="nothing like this is booked"):
                self.availability.release(span, vector)

    @invariant()
    def is_what_is_built_anew(self) -> None:
        """The function is the one that the standing bookings make, in canonical form."""
        assert self.availability == Availability(FIELDS, self.bookings)

    @invariant()
    def is_pointwise_right(self) -> None:
        """Every instant has what the model says."""
        steps = self.availability.steps(Span(-1, END + 1))
        seen = {
            instant: taken
            for start, end, taken in zip(steps.times, steps.times[1:], steps.taken, strict=False)
            for instant in range(start, end)
        }
        assert seen == {instant: self.taken(instant) for instant in range(-1, END + 1)}


def _has(taken: int, vector: int) -> bool:
    have, want = FIELDS.amounts(taken), FIELDS.amounts(vector)
    return want.fits_in(have)


TestAvailability = AvailabilityMachine.TestCase
TestAvailability.settings = settings(stateful_step_count=20)


def test_an_empty_span_has_no_steps() -> None:
    """Asking for nothing gives nothing."""
    steps = Availability(FIELDS, [(Span(0, 9), 1)]).steps(Span(4, 4))

    assert (steps.times, steps.taken) == ([4], [])


def test_steps_read_no_more_than_their_window() -> None:
    """A query copies the steps of its own span alone."""
    one = FIELDS.pack({"cores": 1})
    availability = Availability(FIELDS, [(Span(10 * place, 10 * place + 5), one) for place in range(1000)])

    assert len(availability.steps(Span(5000, 5030)).taken) == 6
    assert len(availability) == 2001
