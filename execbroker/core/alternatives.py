"""What could be had if one limit of the task were other; or, where no single one helps, the fewest that do.

A limit is put out of the way first. The offer that is nearest then tells how far the limit has to move, and an
offer for the task with the limit moved so far is the alternative.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from fractions import Fraction
from functools import reduce
from itertools import islice
from math import prod
from typing import Final

from attrs import evolve

from execbroker.core.answer import Alternative, Change
from execbroker.core.boxes import Work
from execbroker.core.causes import smallest_subset
from execbroker.core.frontier import Candidate
from execbroker.core.lanes import Lane
from execbroker.core.limits import Limit, limits_of
from execbroker.core.offers import offers_of
from execbroker.core.ranges import Range
from execbroker.core.search import every_box, frontier
from execbroker.core.site import Site
from execbroker.core.survey import survey
from execbroker.core.task import Task

__all__ = ["Finder", "alternatives", "extensions", "finder"]

_Found = tuple[Candidate, Lane]
#: Finds the frontier of a task, or with `every_box` all its maximal boxes.
Finder = Callable[..., Iterator[_Found]]
#: A task with more limits than so many is told of no alternatives: each limit takes some searches of its own, and
#: each search looks at the whole task.
_MOST: Final = 64


def alternatives(task: Task, find: Finder, now: int) -> tuple[Alternative, ...]:
    """The nearest offers for a task that has none, nearest first: one for each limit that helps by itself.

    Where none does, one offer for a smallest set of limits that helps; nothing, if all of them don't, or if there
    are too many to try.

    Args:
        task: What was asked.
        find: Where, and by whom.
        now: The instant of asking.
    """
    limits = _few(task)

    def helps(some: Iterable[Limit]) -> bool:
        return next(find(_relaxed(task, some)), None) is not None

    sets: list[tuple[Limit, ...]] = [(limit,) for limit in limits if helps([limit])]
    if not sets and limits and helps(limits):
        places = range(len(limits))
        fewest = smallest_subset(places, lambda some: helps(limits[place] for place in some))
        sets = [tuple(limits[place] for place in sorted(fewest))]
    found = [nearest for some in sets if (nearest := _nearest(task, some, find, now))]
    return tuple(alternative for _, alternative in sorted(found, key=lambda pair: pair[0]))


def extensions(task: Task, offered: Iterable[Candidate], find: Finder, now: int) -> tuple[Alternative, ...]:
    """What a task with offers could have beside them, nearest first: the most that each of its limits keeps out.

    Args:
        task: What was asked.
        offered: The frontier of the task as it is.
        find: Where, and by whom.
        now: The instant of asking.
    """
    known = {(candidate.start, candidate.key) for candidate in offered}
    found = []
    for limit in _few(task):
        if (best := _most_kept_out(limit, limit.relaxed(task), find, known)) is None:
            continue
        value = limit.needed(*best, best[1].duration(best[0]))
        moved = limit.moved(task, value)
        if (best := _most_kept_out(limit, moved, find, known)) is not None:
            change = Change(limit.path, limit.old, limit.written(value))
            offer = offers_of(best[1], moved, now)(best[0])
            found.append((limit.distance(value), Alternative(offer, (change,))))
    return tuple(alternative for _, alternative in sorted(found, key=lambda pair: pair[0]))


def finder(sites: Sequence[Site], now: int, work: int, client: str | None = None) -> Finder:
    """Finds what there is for tasks that are not quite the one that was asked.

    Args:
        sites: Where.
        now: The instant of asking.
        work: The limit on the work of each search.
        client: Who asks, if that is known.
    """

    def find(task: Task, search: Callable[..., Iterable[Candidate]] = frontier) -> Iterator[_Found]:
        lanes = [lane for ground in survey(task, sites, now, client).grounds for lane in ground.lanes]
        return ((candidate, lanes[candidate.lane]) for candidate in search(lanes, Work(work)))

    return find


def _few(task: Task) -> list[Limit]:
    """The limits of a task, if they are few enough to be tried."""
    limits = list(islice(limits_of(task), _MOST + 1))
    return limits if len(limits) <= _MOST else []


def _relaxed(task: Task, limits: Iterable[Limit]) -> Task:
    return reduce(lambda loose, limit: limit.relaxed(loose), limits, task)


def _nearest(
    task: Task, limits: Sequence[Limit], find: Finder, now: int
) -> tuple[Fraction, Alternative] | None:
    """The nearest offer beyond some limits, which together help, and how far away it is.

    None where a search stops at its limit on work before it finds again what another one found.
    """
    loose = _relaxed(task, limits)
    distance, changes = Fraction(0), []
    for limit in limits:
        # The frontier has the largest amounts and the longest runs. But of starts it has the earliest, and where
        # time is the limit the nearest is wanted that has enough.
        found = find(_pinned(loose), every_box) if limit.is_about_time else find(loose)
        values = [limit.needed(candidate, lane, lane.demand.shortest) for candidate, lane in found]
        if not values:
            return None
        value = min(values, key=limit.distance)
        loose = limit.moved(loose, value)
        distance += limit.distance(value)
        if value != limit.value or value is None:
            changes.append(Change(limit.path, limit.old, limit.written(value)))
    if (first := next(find(loose), None)) is None:
        return None
    candidate, lane = first
    return distance, Alternative(offers_of(lane, loose, now)(candidate), tuple(changes))


def _pinned(task: Task) -> Task:
    """The task with no more than the minima of all amounts."""
    compute = tuple(
        evolve(each, ranges={name: Range.exactly(asked.minimum or 0) for name, asked in each.ranges.items()})
        for each in task.compute
    )
    storage = tuple(evolve(each, size=Range.exactly(each.size.minimum or 0)) for each in task.storage)
    return evolve(task, compute=compute, storage=storage)


def _most_kept_out(limit: Limit, loose: Task, find: Finder, known: set[tuple[int, int]]) -> _Found | None:
    """The largest offer of a task with a limit relaxed that the limit keeps out."""
    kept_out = (
        (candidate, lane)
        for candidate, lane in find(loose)
        if (candidate.start, candidate.key) not in known
        and (limit.value is None or limit.needed(candidate, lane, lane.duration(candidate)) != limit.value)
    )
    return max(kept_out, key=lambda pair: _generosity(*pair), default=None)


def _generosity(candidate: Candidate, lane: Lane) -> int:
    """Duration times amounts."""
    amounts = lane.site.fields.amounts(-candidate.key, lane.demand.asked)
    return lane.duration(candidate) * prod(max(1, amount) for amount in amounts.values())
