"""A clock for tests: it is what time they say it is."""

from __future__ import annotations

from typing import Final, final

__all__ = ["START", "VirtualClock"]

#: Wednesday, 10 May 2023, 00:00 UTC: a day on which no clock changes.
START: Final = 1_683_676_800


@final
class VirtualClock:
    """Shows an instant, and goes on only when it is told to; never back.

    >>> clock = VirtualClock(0)
    >>> clock.wait(90)
    90
    >>> clock.wait_until(60), clock.now, clock()
    (90, 90, 90)

    Attributes:
        now: What it shows, seconds UTC.
    """

    def __init__(self, now: int = START) -> None:
        """Show an instant."""
        self.now = now

    def __call__(self) -> int:
        """What it shows, for whoever wants a function that says what time it is."""
        return self.now

    def wait(self, seconds: int) -> int:
        """Let some seconds pass, and say what time it is then."""
        return self.wait_until(self.now + seconds)

    def wait_until(self, instant: int) -> int:
        """Let time pass until an instant, if that is still ahead, and say what time it is then."""
        self.now = max(self.now, instant)
        return self.now
