"""The archive of vectors against comparing each with each."""

from hypothesis import given
from hypothesis import strategies as st

from execbroker.core.boxes import Work
from execbroker.core.frontier import Archive
from execbroker.core.vectors import Fields, is_within

FIELDS = Fields.of(["cores", "memory", "gpus"])
vectors = st.tuples(*[st.integers(0, 12)] * 3).map(
    lambda amounts: FIELDS.pack(dict(zip(("cores", "gpus", "memory"), amounts, strict=True)))
)


@given(st.lists(vectors, max_size=120))
def test_covers_what_is_within_something_kept(many: list[int]) -> None:
    """A vector is covered exactly if one that was kept is at least as large in every field."""
    archive, kept, work = Archive(FIELDS.guard), [], Work(10**9)
    for vector in many:
        covered = archive.covers(vector, work)
        assert covered == any(is_within(vector, other, FIELDS.guard) for other in kept)
        if not covered:
            archive.add(vector)
            kept.append(vector)


def test_comparisons_are_counted() -> None:
    """Looking through many vectors uses up work, so that a quadratic case can be stopped."""
    archive, work = Archive(FIELDS.guard), Work(1_000)
    for cores in range(100):
        archive.add(FIELDS.pack({"cores": cores, "memory": 100 - cores}))
    while not work.is_spent:
        before = work.comparing
        archive.covers(FIELDS.pack({"cores": 50, "memory": 51, "gpus": 0}), work)
        assert work.comparing < before
