"""Sets of spans, beside what others make of the same sets."""

from __future__ import annotations

import random
from collections.abc import Iterator

from execbroker.core.spans import Span, Spans
from tests.bench.measure import Claim, side_by_side, spell

__all__ = ["spans"]

_SPANS = 1_000
_LONGEST = 3_600


def spans() -> Iterator[Claim]:
    """Spans: the intersection of 1,000 spans with 1,000 others, against procset and portion."""
    try:
        import portion
        import procset
    except ImportError as missing:
        yield Claim(
            "intersection of spans beside that of others", f"not measured: {missing}; install [peers]", True
        )
        return
    one, other = _some(1), _some(2)
    ours = Spans.of(one), Spans.of(other)
    closed = [procset.ProcSet(*((start, end - 1) for start, end in each)) for each in (one, other)]
    half_open = [portion.Interval(*(portion.closedopen(*each) for each in many)) for many in (one, other)]
    expected = [tuple(each) for each in ours[0] & ours[1]]
    alike = expected == [
        (each.inf, each.sup + 1) for each in (closed[0] & closed[1]).intervals()
    ] and expected == [(each.lower, each.upper) for each in half_open[0] & half_open[1]]
    yield Claim(
        "intersection of spans: all three find the same", f"{len(expected)} spans", alike, is_exact=True
    )
    mine, theirs = side_by_side(lambda: ours[0] & ours[1], lambda: closed[0] & closed[1], 31)
    yield _faster("procset", mine, theirs, 2)
    mine, theirs = side_by_side(lambda: ours[0] & ours[1], lambda: half_open[0] & half_open[1], 31)
    yield _faster("portion", mine, theirs, 10)


def _some(seed: int) -> list[Span]:
    """Spans in order, with gaps between."""
    draw = random.Random(seed)
    edges = sorted(draw.sample(range(_SPANS * _LONGEST), 2 * _SPANS))
    return [Span(*pair) for pair in zip(edges[::2], edges[1::2], strict=True)]


def _faster(peer: str, mine: float, theirs: float, times: int) -> Claim:
    return Claim(
        f"intersection of {_SPANS:,} spans at least {times} times as fast as {peer}",
        f"{theirs / mine:.1f} times ({spell(mine)}, {peer} {spell(theirs)})",
        theirs >= times * mine,
    )
