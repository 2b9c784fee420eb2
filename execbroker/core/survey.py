"""Which pools come into question for a task, and why the others don't, before any booking is looked at."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final, final

from attrs import frozen

from execbroker.core.answer import Reason
from execbroker.core.budget import affordable
from execbroker.core.demand import Demand, demand_of
from execbroker.core.durations import spell_duration
from execbroker.core.instants import format_instant
from execbroker.core.lanes import Lane, lanes_in
from execbroker.core.permissions import why_not_let_in
from execbroker.core.preparation import staging
from execbroker.core.problems import quoted
from execbroker.core.site import Site
from execbroker.core.spans import Span
from execbroker.core.task import DAY, Schedule, Task
from execbroker.core.windows import Window, rounded, windows

__all__ = ["Ground", "Survey", "survey"]

#: How far beyond now and the horizon is looked for what they cut off: every weekly window comes in so much time.
_AROUND: Final = 8 * DAY


@final
@frozen
class Ground:
    """A pool that comes into question, with what is asked of it and when.

    Attributes:
        site, place: Where, and the platform's place among all.
        demands: What is asked; more than one where what it may cost leaves a choice. A shortest run with the least
            amounts is one for all of them.
        windows: At least one.
    """

    site: Site
    place: int
    demands: tuple[Demand, ...]
    windows: tuple[Window, ...]

    @property
    def demand(self) -> Demand:
        """What all demands have in common, who only looks at the least: the first of them."""
        return self.demands[0]

    @property
    def lanes(self) -> tuple[Lane, ...]:
        """What is searched: for each demand one lane, or one for each flavour that serves."""
        return tuple(
            lane for demand in self.demands for lane in lanes_in(self.site, self.place, demand, self.windows)
        )


@final
@frozen
class Survey:
    """The pools that come into question, and the reasons against all others."""

    grounds: tuple[Ground, ...]
    reasons: tuple[Reason, ...]


def survey(task: Task, sites: Sequence[Site], now: int, client: str | None = None) -> Survey:
    """Look at every pool of every site, in their order."""
    grounds: list[Ground] = []
    reasons: list[Reason] = []
    for place, site in enumerate(sites):
        unwanted = _unsupported(task, site) or why_not_let_in(task, site.platform, client)
        staged = unwanted or staging(task, site.platform)
        if isinstance(staged, Reason):
            reasons.append(staged)
            continue
        for pool in site.platform.pools:
            demand = demand_of(task, site.platform, pool, staged)
            if not isinstance(demand, Demand):
                reasons += demand
                continue
            demands = affordable(task, site.platform, demand)
            if isinstance(demands, Reason):
                reasons.append(demands)
            elif found := _windows(task.schedule, site, demand, _within(site, demand, now)):
                grounds.append(Ground(site, place, demands, found))
            else:
                reasons.append(_no_window(task.schedule, site, demand, now))
    return Survey(tuple(grounds), tuple(reasons))


def _unsupported(task: Task, site: Site) -> Reason | None:
    """Why a platform cannot run the task's executable, if it can't."""
    supported = site.platform.executables
    if task.executable is None or supported is None or task.executable.type in supported:
        return None
    runs = ", ".join(sorted(supported)) or "nothing"
    message = f"{site.platform.name} runs {runs}, not {quoted(task.executable.type)}"
    return Reason("executable-unsupported", message, site.platform.name, path="executable.type")


def _within(site: Site, demand: Demand, now: int) -> Span:
    """From the first instant at which a run could start to the last at which one could end."""
    return Span(now + demand.preparation, now + site.platform.horizon)


def _windows(schedule: Schedule, site: Site, demand: Demand, within: Span) -> tuple[Window, ...]:
    if within.start >= within.end:
        return ()
    return rounded(windows(schedule, within), site.platform.granularity, demand.shortest)


def _no_window(schedule: Schedule, site: Site, demand: Demand, now: int) -> Reason:
    """Why a schedule leaves no window in which a shortest run has room."""
    first, last = _within(site, demand, now)
    ready = "now" if not demand.preparation else f"{format_instant(first)}, when all is prepared"
    horizon = f"the horizon, {format_instant(last)}"
    long = spell_duration(demand.shortest)
    over = max((span.end for span in schedule.starts), default=None)
    opening = min((span.start for span in schedule.starts), default=first)
    closing = [
        (schedule.end, "daterange.maxenddate"),
        (schedule.latest, "daterange.maxstartdate"),
        (over, "daterange"),
    ]
    ends = [(instant, path) for instant, path in closing if instant is not None and instant <= first]
    code, path, message, end = "range-beyond-horizon", _range_path(schedule), None, last
    if ends:
        end, path = min(ends)
        code = "range-in-the-past"
        message = f"the range ends at {format_instant(end)}, and no run can start before {ready}"
    elif first + demand.shortest > last:
        message = f"a run of {long} from {ready}, ends after {horizon}"
    elif schedule.earliest is not None and schedule.earliest + demand.shortest > last:
        path = "daterange.minstartdate"
        message = f"a run of {long} from {format_instant(schedule.earliest)} ends after {horizon}"
    elif opening + demand.shortest > last and _windows(
        schedule, site, demand, Span(opening, opening + _AROUND + demand.shortest)
    ):
        path = "daterange"
        message = f"a run of {long} from {format_instant(opening)} ends after {horizon}"
    elif _has_begun(schedule, first) and _windows(schedule, site, demand, Span(first - _AROUND, last)):
        code = "range-in-the-past"
        message = f"from {ready}, the range has no room for {long}"
    elif _windows(schedule, site, demand, Span(first, last + _AROUND + demand.shortest)):
        message = f"up to {horizon}, the range has no room for {long}"
    if message is None:
        return _too_short(schedule, site, demand, Span(first, last))
    room = _longest(schedule, Span(first, last))
    names = site.platform.name, demand.pool.name
    return Reason(code, message, *names, path, None, demand.shortest, room, start=first, end=end)


def _has_begun(schedule: Schedule, first: int) -> bool:
    """Whether a part of the range is over. One without a beginning begins when a run could."""
    beginnings = [span.start for span in schedule.starts]
    if schedule.earliest is not None:
        beginnings.append(schedule.earliest)
    return bool(beginnings) and min(beginnings) < first


def _longest(schedule: Schedule, within: Span) -> int:
    """How long the longest window lasts, in seconds, before it is rounded."""
    if within.start >= within.end:
        return 0
    return max((window.end - window.start for window in windows(schedule, within)), default=0)


def _too_short(schedule: Schedule, site: Site, demand: Demand, within: Span) -> Reason:
    """That no window is as long as a shortest run, on the grid if that makes the difference."""
    grid = site.platform.granularity
    longest = _longest(schedule, within)
    asked = schedule.duration.minimum or demand.shortest
    message = f"a run of {spell_duration(asked)} needs a longer window than {spell_duration(longest)}"
    if longest >= asked:
        message = (
            f"no window has room for a run of {spell_duration(asked)} that starts and ends on the grid of "
            f"{spell_duration(grid)}, the longest lasts {spell_duration(longest)}"
        )
    return Reason(
        "range-too-short", message, site.platform.name, demand.pool.name, _range_path(schedule),
        asked=asked, available=longest,
    )  # fmt: skip


def _range_path(schedule: Schedule) -> str:
    return "daterange" if schedule.daily is None else "timerange"
