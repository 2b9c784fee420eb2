"""Lanes: the pools, nodes and flavours of a site as the sweep sees them.

A pool's steps get closures, staging and the grid applied here, once for all its flavours, so that the sweep knows
only vectors and instants.
"""

from __future__ import annotations

import operator
from collections.abc import Iterator, Sequence
from typing import final

from attrs import frozen

from execbroker.core.amounts import STORAGE
from execbroker.core.availability import Availability, Steps
from execbroker.core.boxes import Limits
from execbroker.core.demand import Demand
from execbroker.core.frontier import Candidate, Rival
from execbroker.core.measures import cost_of
from execbroker.core.platform import Flavour
from execbroker.core.profile import combined, masked, snapped, widened
from execbroker.core.site import Site
from execbroker.core.spans import Span
from execbroker.core.vectors import LIMIT, OPEN
from execbroker.core.windows import Window

__all__ = ["Lane", "lanes_in"]


@final
@frozen
class Lane:
    """Where candidates come from that only time and amounts tell apart: a pool, or a flavour of it.

    Attributes:
        site, demand: What is searched, and where.
        order: The places of platform, pool and flavour in their files; -1 for no flavour.
        limits: What its boxes must have.
        offered: The vector that a flavour offers; None: what the box has.
        rooms: What is taken from the pool or from each of its nodes (of equal ones only one), over all windows.
        windows: Where runs may lie, by their starts.
        rival: What tells its offers from those of other lanes, beside time and amounts.
    """

    site: Site
    demand: Demand
    order: tuple[int, int, int]
    flavour: Flavour | None
    limits: Limits
    offered: int | None
    rooms: tuple[Steps, ...]
    windows: tuple[Window, ...]
    rival: Rival

    def duration(self, candidate: Candidate) -> int:
        """The longest run of one of its candidates, in seconds."""
        return -candidate.key >> self.site.fields.width

    def amount(self, candidate: Candidate, name: str) -> int:
        """How much one of its candidates has of a resource."""
        return self.site.fields.amount(-candidate.key, name)


def lanes_in(site: Site, place: int, demand: Demand, windows: Sequence[Window]) -> Iterator[Lane]:
    """The lanes of one pool: one, or one for each flavour that serves.

    Args:
        site: Where.
        place: The platform's place among all that are asked.
        demand: What the task asks of the pool.
        windows: Rounded to the grid, at least one.
    """
    pool, platform = demand.pool, site.platform
    whole = Span(windows[0].start, max(window.end for window in windows))
    for flavour_place, flavour in demand.flavours.items() or [(-1, None)]:
        yield Lane(
            site=site,
            demand=demand,
            order=(place, site.places[pool.name], flavour_place),
            flavour=flavour,
            limits=_limits(site, demand, flavour),
            offered=None if flavour is None else site.fields.pack(demand.offered(flavour)),
            rooms=_rooms(site, demand, flavour, whole),
            windows=tuple(windows),
            rival=Rival(
                flavour=flavour and (place, pool.name, flavour.name),
                cost=cost_of(demand.least, demand.shortest, platform, pool),
            ),
        )


def _limits(site: Site, demand: Demand, flavour: Flavour | None) -> Limits:
    """What a box of a lane must have: the minima, or all that the flavour carries."""
    fields, capacity = site.fields, demand.pool.capacity
    least = demand.least if flavour is None else flavour.amounts
    most = {
        name: LIMIT - 1 if asked.maximum is None else asked.maximum
        for name, asked in demand.asked.items()
        if flavour is None and name in fields.shifts
    }
    return Limits(
        capacity=fields.pack({OPEN: 1, **capacity}),
        least=fields.pack({OPEN: 1, **least}),
        most=fields.pack(most),
        shortest=demand.shortest,
        longest=demand.longest,
        guard=fields.guard,
        needed=fields.guards([OPEN, *(name for name, amount in least.items() if amount)]),
    )


def _rooms(site: Site, demand: Demand, flavour: Flavour | None, whole: Span) -> tuple[Steps, ...]:
    """What is taken from a pool, or from each of its nodes that is not like another."""
    rooms = site.rooms[site.places[demand.pool.name]]
    # Storage is held from the start of the preparation to the end of the release.
    stores = STORAGE in demand.asked or (flavour is not None and STORAGE in flavour.amounts)
    around = (demand.preparation, demand.release) if stores else (0, 0)
    seen = (_seen(site, demand, room, whole, *around) for room in rooms)
    return tuple({(tuple(steps.times), tuple(steps.taken)): steps for steps in seen}.values())


def _seen(site: Site, demand: Demand, room: Availability, whole: Span, lead: int, lag: int) -> Steps:
    """What is taken from a room, as far as a run at each instant is concerned, on the grid.

    Storage is seen as taken, and the pool as closed, from `lead` before to `lag` after they are.
    """
    fields = site.fields
    wide = Span(whole.start - lead, whole.end + lag)
    steps = room.steps(whole)
    if lead or lag:
        storage = widened(masked(room.steps(wide), fields.mask(STORAGE)), lead, lag)
        steps = combined(masked(steps, ~fields.mask(STORAGE)), storage, operator.add)
    shut = site.shut(demand.pool, wide)
    if shut.edges:
        closed = site.closed(shut.widened(lag, lead), whole)
        steps = combined(steps, closed, operator.add)
    return snapped(steps, site.platform.granularity, fields.guard)
