"""Candidates for offers from all lanes, earliest first, and every maximal box."""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections.abc import Callable, Iterable, Iterator, Sequence
from functools import partial
from heapq import merge
from itertools import groupby
from typing import Final

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
#: What a candidate costs, in changes of the sweep's chain.
_PER_CANDIDATE: Final = 4


def frontier(lanes: Sequence[Lane], work: Work) -> Iterator[Candidate]:
    """The candidates that none beats, earliest first. Lazy: one is out as soon as nothing can come before it."""
    streams = [_by_start(lane, place, work) for place, lane in enumerate(lanes)]
    candidates = streams[0] if len(streams) == 1 else merge(*streams)
    return best(candidates, [lane.rival for lane in lanes], _key_guard(lanes), work)


def every_box(lanes: Sequence[Lane], work: Work) -> Iterator[Candidate]:
    """All maximal boxes, window by window, in no order. Of a pool's nodes none that another node has larger."""
    for place, lane in enumerate(lanes):
        limits = evolve(lane.limits, longest=None)
        for window in lane.windows:
            boxes = [
                box
                for steps in lane.rooms
                for box in maximal_boxes(
                    cut(steps, Span(window.start, window.end)), [(window.start, window.latest)], limits, work
                )
            ]
            kept = boxes if len(lane.rooms) == 1 else _outermost(boxes, lane.site.fields, work)
            candidate = _candidates_of(lane, place)
            yield from (candidate(box, window.latest) for box in kept)


def _by_start(lane: Lane, place: int, work: Work) -> Iterator[Candidate]:
    """The candidates of a lane in their order."""
    # Windows that end together are one sweep with several openings: those of start times without a closing time
    # all reach to the end of the range, and a sweep for each would be quadratic.
    for end, together in groupby(lane.windows, key=lambda window: window.end):
        starts = [(window.start, window.latest) for window in together]
        streams = [_sweep(steps, starts, end, lane, place, work) for steps in lane.rooms]
        yield from streams[0] if len(streams) == 1 else merge(*streams)


def _sweep(
    steps: Steps, starts: Sequence[tuple[int, int]], end: int, lane: Lane, place: int, work: Work
) -> Iterator[Candidate]:
    """The candidates of one room and one sweep in their order.

    Boxes come by their ends. The oldest start that the sweep still follows (`live`) tells which are sure to be
    next.
    """
    firsts = [first for first, _ in starts]
    live: list[int] = []
    gathered: list[Candidate] = []
    enough = _GATHERED
    candidate = _candidates_of(lane, place)
    for box in maximal_boxes(cut(steps, Span(firsts[0], end)), starts, lane.limits, work, live):
        latest = starts[bisect_right(firsts, box[0]) - 1][1]
        gathered.append(candidate(box, latest))
        work.sweeping -= _PER_CANDIDATE
        if len(gathered) >= enough:
            gathered.sort()
            sure = bisect_left(gathered, (live[0] if live else box[0],))
            yield from gathered[:sure]
            del gathered[:sure]
            enough = max(_GATHERED, 2 * len(gathered))
    gathered.sort()
    yield from gathered


def _candidates_of(lane: Lane, place: int) -> Callable[[Box, int], Candidate]:
    """How a lane's boxes, with the latest starts of their windows, become candidates."""
    shortest, longest, offered = lane.demand.shortest, lane.demand.longest, lane.offered
    nearness, price = lane.rival.nearness, lane.rival.price
    top = lane.site.fields.width
    # Calling the class would cost as much as all the rest.
    new = partial(tuple.__new__, Candidate)

    def candidate(box: Box, window_latest: int) -> Candidate:
        start, end, level = box
        lasting = end - start
        latest = end - shortest
        if lasting > longest:
            lasting = longest
        if latest > window_latest:
            latest = window_latest
        last = latest + lasting
        key = lasting << top | (level if offered is None else offered)
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
