"""Candidates for offers from all lanes, earliest first, and every maximal box."""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections.abc import Callable, Iterable, Iterator, Sequence
from functools import partial
from heapq import merge
from itertools import groupby
from typing import Final, TypeAlias

from attrs import evolve

from execbroker.core.availability import Steps
from execbroker.core.boxes import Box, Work, maximal_boxes
from execbroker.core.frontier import Archive, Candidate, best
from execbroker.core.lanes import Lane
from execbroker.core.profile import cut
from execbroker.core.spans import Span
from execbroker.core.vectors import WIDTH, Fields

__all__ = ["every_box", "frontier"]

#: So many candidates gather at least before those that are sure to be next are sorted out.
_GATHERED: Final = 256
#: The allowed starts, sorted disjoint pairs of the first and the last instant.
_Starts: TypeAlias = Sequence[tuple[int, int]]
#: Makes a box a candidate, or None of it where a better one is known.
_Candidates: TypeAlias = Callable[[Box], Candidate | None]
#: What a candidate costs, in changes of the sweep's chain.
_PER_CANDIDATE: Final = 4


def frontier(lanes: Sequence[Lane], work: Work) -> Iterator[Candidate]:
    """The candidates that none beats, earliest first. Lazy: one is out as soon as nothing can come before it."""
    guard = _key_guard(lanes)
    archives = {lane.rival: Archive(guard) for lane in lanes}
    streams = [_by_start(lane, place, archives[lane.rival], work) for place, lane in enumerate(lanes)]
    candidates = streams[0] if len(streams) == 1 else merge(*streams)
    return best(candidates, [lane.rival for lane in lanes], archives, work)


def every_box(lanes: Sequence[Lane], work: Work) -> Iterator[Candidate]:
    """All maximal boxes, window by window, in no order. Of a pool's nodes none that another node has larger."""
    for place, lane in enumerate(lanes):
        limits, unbeaten = evolve(lane.limits, longest=None), Archive(0)
        for window in lane.windows:
            starts = [(window.start, window.latest)]
            boxes = [
                box
                for steps in lane.rooms
                for box in maximal_boxes(cut(steps, Span(window.start, window.end)), starts, limits, work)
            ]
            kept = boxes if len(lane.rooms) == 1 else _outermost(boxes, lane.site.fields, work)
            yield from filter(None, map(_candidates_of(lane, place, starts, unbeaten), kept))


def _by_start(lane: Lane, place: int, archive: Archive, work: Work) -> Iterator[Candidate]:
    """The candidates of a lane in their order, but some that the archive beats."""
    # Windows that end together are one sweep with several openings: those of start times without a closing time
    # all reach to the end of the range, and a sweep for each would be quadratic.
    for end, together in groupby(lane.windows, key=lambda window: window.end):
        starts = [(window.start, window.latest) for window in together]
        candidate = _candidates_of(lane, place, starts, archive)
        streams = [_sweep(steps, starts, end, lane, candidate, work) for steps in lane.rooms]
        yield from streams[0] if len(streams) == 1 else merge(*streams)


def _sweep(
    steps: Steps, starts: _Starts, end: int, lane: Lane, candidate: _Candidates, work: Work
) -> Iterator[Candidate]:
    """The candidates of one room and one sweep in their order.

    Boxes come by their ends. The oldest start that the sweep still follows (`live`) tells which are sure to be
    next.
    """
    live: list[int] = []
    gathered: list[Candidate] = []
    enough = _GATHERED
    for box in maximal_boxes(cut(steps, Span(starts[0][0], end)), starts, lane.limits, work, live):
        found = candidate(box)
        if found is None:
            continue
        gathered.append(found)
        work.sweeping -= _PER_CANDIDATE
        if len(gathered) >= enough:
            gathered.sort()
            sure = bisect_left(gathered, (live[0] if live else box[0],))
            yield from gathered[:sure]
            del gathered[:sure]
            enough = max(_GATHERED, 2 * len(gathered))
    gathered.sort()
    yield from gathered


def _candidates_of(lane: Lane, place: int, starts: _Starts, archive: Archive) -> _Candidates:
    """How a lane's boxes become candidates.

    What is in the archive came earlier in the order of candidates, so what it beats need not be put in order. To
    ask the few that beat others lately is cheaper than sorting, and turns most of them away.
    """
    shortest, longest, offered = lane.demand.shortest, lane.demand.longest, lane.offered
    nearness, price = lane.rival.nearness, lane.rival.price
    top, guard = lane.site.fields.width, _key_guard([lane])
    firsts = [first for first, _ in starts]
    # Calling the class would cost as much as all the rest.
    new = partial(tuple.__new__, Candidate)

    def candidate(box: Box) -> Candidate | None:
        start, end, level = box
        lasting = end - start
        if lasting > longest:
            lasting = longest
        key = lasting << top | (level if offered is None else offered)
        for better in archive.recent:
            if (better - key) & guard == guard:
                return None
        latest = end - shortest
        window_latest = starts[bisect_right(firsts, start) - 1][1]
        if latest > window_latest:
            latest = window_latest
        last = latest + lasting
        return new((start, -key, nearness, price, -latest, -(end if end < last else last), place))

    return candidate


def _outermost(boxes: Iterable[Box], fields: Fields, work: Work) -> Iterator[Box]:
    """The boxes that lie within no other one."""
    top = fields.width
    archive = Archive(fields.guard | 1 << (top + WIDTH - 1))
    for box in sorted(boxes, key=lambda box: (box[0], -box[1], -box[2])):
        if work.comparing < 0:
            return
        # Starts come in their order, so a box lies within an earlier one if its end and amounts do.
        key = (box[1] << top) | box[2]
        if not archive.covers(key, work):
            archive.add(key)
            yield box


def _key_guard(lanes: Sequence[Lane]) -> int:
    """The guards of a candidate's key: all fields, and the duration on top of them."""
    if not lanes:
        return 0
    fields = lanes[0].site.fields
    return fields.guard | 1 << (fields.width + WIDTH - 1)
