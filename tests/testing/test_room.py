"""Room and runs, worked out from borders, against looking at every booking, every instant and every run."""

from __future__ import annotations

from collections.abc import Iterator

from hypothesis import given
from hypothesis import strategies as st

from execbroker.core.amounts import STORAGE
from execbroker.core.answer import Offer
from execbroker.core.platform import Platform, Pool
from execbroker.core.spans import Span, Spans
from execbroker.testing.definition_boxes import is_free, lowest
from execbroker.testing.room import Demand, Room, nodes_of
from execbroker.testing.rules.runs import Reach, Runs, reaches_of
from execbroker.testing.strategies import bookings, frames, platforms, spans

#: The latest instant of the small worlds of runs.
END = 24


@st.composite
def places(draw: st.DrawFn) -> tuple[Platform, Pool, int, Span]:
    """A pool of a platform, one of its nodes, and a span in which something is booked there."""
    frame = draw(frames())
    platform = draw(platforms(frame))
    pool = draw(st.sampled_from(platform.pools))
    steps = draw(spans(-3, frame.steps + 3))
    span = Span(frame.start + steps.start * frame.grid, frame.start + steps.end * frame.grid)
    return platform, pool, draw(st.sampled_from(nodes_of(pool))), span


@given(places())
def test_lowest(place: tuple[Platform, Pool, int, Span]) -> None:
    """What is free throughout a span is what the definition says."""
    platform, pool, node, span = place
    room = Room(platform)

    for name in platform.resources:
        least = lowest(platform, pool, node, name, span)
        assert room.lowest(pool, node, name, span) == min(room.levels(pool, node, name, span)) == least
        assert room.enough(pool, node, name, least, span) == Spans.between(*span)
        assert room.enough(pool, node, name, least + 1, span) != Spans.between(*span)


@given(places(), st.data())
def test_runs_for(place: tuple[Platform, Pool, int, Span], data: st.DataObject) -> None:
    """A run may lie where all its instants do, exactly if the definition says that it is free."""
    platform, pool, _, span = place
    names = data.draw(st.lists(st.sampled_from(sorted(platform.resources)), unique=True))
    amounts = {name: data.draw(st.integers(0, pool.capacity.get(name, 0))) for name in names}
    before, after = data.draw(st.sampled_from([(0, 0), (600, 0), (0, 7200), (900, 60)]))
    start = data.draw(st.integers(span.start, span.end - 1))
    run = Span(start, data.draw(st.integers(start + 1, span.end)))
    sets = Room(platform).runs_for(pool, Demand(amounts, before, after), span)

    may_lie = any(Spans.between(*run) & each == Spans.between(*run) for each in sets)
    assert may_lie is is_free(platform, pool, run, amounts, before=before, after=after)


@given(places(), st.data())
def test_beside(place: tuple[Platform, Pool, int, Span], data: st.DataObject) -> None:
    """What is left beside more bookings is what a platform has that has them, too."""
    platform, pool, node, span = place
    room = Room(platform)
    room.opened(pool, span)
    more = tuple(data.draw(st.lists(bookings(pool), max_size=3)))
    beside = room.beside(more)

    assert beside.platform.bookings == platform.bookings + more
    for name in (*pool.capacity, STORAGE):
        assert beside.lowest(pool, node, name, span) == lowest(beside.platform, pool, node, name, span)
    assert beside.opened(pool, span) == Room(beside.platform).opened(pool, span)


@st.composite
def offers(draw: st.DrawFn) -> Offer:
    """Offers within a few steps, some of which hold no run, and some of whose times are off a grid."""
    times = st.integers(0, END)
    return Offer("here", "p", draw(times), draw(times), draw(times), draw(times), draw(times), 0)


def every_run(offer: Offer, grid: int, within: Span) -> Iterator[Span]:
    """All runs of an offer on the grid within a span, by trying each."""
    for start in range(0, END + 1, grid):
        for end in range(start + grid, END + 1, grid):
            if (
                offer.minstart <= start <= offer.maxstart
                and offer.minduration <= end - start <= offer.maxduration
                and max(within.start, 0) <= start
                and end <= min(offer.maxend, within.end)
            ):
                yield Span(start, end)


grids = st.sampled_from([1, 2, 3])
reaches = st.lists(
    st.builds(Reach, st.integers(0, END), st.integers(0, END), st.integers(0, END)), max_size=5
)


def fits(run: Span, allowed: list[Reach]) -> bool:
    """Whether some one reach allows a run."""
    return any(each.first <= run.start <= each.last and run.end <= each.end for each in allowed)


@given(offers(), grids, spans(0, END), reaches)
def test_misfit(offer: Offer, grid: int, within: Span, allowed: list[Reach]) -> None:
    """There is a misfit exactly if some run fits nowhere; it is one, and none starts earlier."""
    runs = list(every_run(offer, grid, within))
    found = Runs.of(offer, grid, within)

    assert (found is None) is (not runs)
    if found is None:
        return
    assert found.whole == Span(runs[0].start, max(run.end for run in runs))
    wrong = [run for run in runs if not fits(run, allowed)]
    misfit = found.misfit(allowed)
    assert (misfit is None) is (not wrong)
    if misfit is not None:
        assert misfit in wrong
        assert misfit.start == wrong[0].start


@given(
    offers(), grids, st.lists(spans(0, END), max_size=4).map(Spans.of), st.lists(spans(0, END)).map(Spans.of)
)
def test_misfit_of_nodes(offer: Offer, grid: int, one: Spans, other: Spans) -> None:
    """A run is right if all its instants are free on one node; those of two nodes don't add up."""
    runs = list(every_run(offer, grid, Span(0, END)))
    found = Runs.of(offer, grid, Span(0, END))

    if found is not None:
        whole = [Spans.between(*run) for run in runs]
        right = all(run & one == run or run & other == run for run in whole)
        assert (found.misfit(reaches_of([one, other])) is None) is right
