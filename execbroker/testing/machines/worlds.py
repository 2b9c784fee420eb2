"""Strategies for the worlds of machines: small, so that what is found can be read."""

from __future__ import annotations

from collections.abc import Sequence

from attrs import evolve
from hypothesis import strategies as st

from execbroker.core.amounts import CORES, MEMORY
from execbroker.core.platform import Hold, Platform
from execbroker.testing.strategies import PLAIN, UNITS, Frame, frames, platforms

__all__ = ["beginnings", "frame_of", "small_frames"]

#: No more steps of the grid than this are looked at in a platform of somebody's own: tasks may ask for more.
_STEPS = 48


def small_frames(most_steps: int = 8) -> st.SearchStrategy[Frame]:
    """Frames of a few steps and one or two resources."""
    names = st.lists(st.sampled_from(sorted(UNITS)), min_size=1, max_size=2, unique=True).map(tuple)
    return frames(most_steps=most_steps, names=names)


def frame_of(platforms: Sequence[Platform]) -> Frame:
    """The frame of some platforms of one's own: it begins with the first of their bookings."""
    first = platforms[0]
    starts = [booking.span.start for platform in platforms for booking in platform.bookings]
    grid = max(platform.granularity for platform in platforms)
    return Frame(
        min(starts, default=PLAIN.now),
        grid,
        steps=max(1, min(_STEPS, first.horizon // grid)),
        zone=first.zone,
        names=tuple(sorted({name for platform in platforms for name in platform.resources}))
        or (CORES, MEMORY),
    )


@st.composite
def beginnings(
    draw: st.DrawFn,
    frames: st.SearchStrategy[Frame] | None,
    platforms: st.SearchStrategy[Sequence[Platform]] | None,
) -> tuple[tuple[Platform, ...], Frame]:
    """Platforms and their frame."""
    if platforms is not None:
        given = tuple(draw(platforms))
        return given, frame_of(given) if frames is None else draw(frames)
    frame = draw(small_frames() if frames is None else frames)
    return (draw(_held(frame)),), frame


def _held(frame: Frame) -> st.SearchStrategy[Platform]:
    """Platforms that hold what they offer in one of the three ways."""
    holds = st.sampled_from([Hold.MINIMUM, Hold.ALL, Hold.NONE])
    return st.builds(lambda platform, hold: evolve(platform, hold=hold), _platforms(frame), holds)


#: `beginnings` has arguments of the same names.
_platforms = platforms
