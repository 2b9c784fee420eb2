"""From a task and some platforms to the answer.

task ─┬─ staging, demand, windows ── lanes ── candidates ── frontier ── choice ── offers ── YES
      └─ what rules it out, pool by pool ── reasons, alternatives ──────────────────────── NO
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from itertools import chain
from typing import Final, final

from attrs import field, frozen, validators

from execbroker.core.alternatives import alternatives, extensions, finder
from execbroker.core.amounts import Amounts
from execbroker.core.answer import Answer, Offer, Reason
from execbroker.core.boxes import Work
from execbroker.core.choice import MEASURES, choose, in_order
from execbroker.core.frontier import Candidate
from execbroker.core.lanes import Lane
from execbroker.core.offers import offers_of
from execbroker.core.platform import Booking, Platform
from execbroker.core.reasons import why_busy
from execbroker.core.search import every_box, frontier
from execbroker.core.site import Site
from execbroker.core.spans import Span
from execbroker.core.survey import Survey, survey
from execbroker.core.task import Task

__all__ = ["WORK", "PlatformPlanner", "Query", "plan"]

#: How much work one search may do, in changes of the sweep's chain and comparisons of offers: about half a second.
#: Real profiles take some two per step; a quadratic one has millions.
WORK: Final = 750_000


@final
@frozen
class Query:
    """How a client wants its answer.

    Attributes:
        all_boxes: The offer of every maximal box instead of the frontier.
        max_offers: So many at most; None: as many as the platform says, and all of them with `all_boxes`.
        alternatives: Alternatives also beside a YES.
        prefer: One of `choice.MEASURES`; the best by it come first.
        client: Who asks, if that is known; a platform's policy may be about it.
    """

    all_boxes: bool = False
    max_offers: int | None = field(default=None, validator=validators.optional(validators.ge(1)))
    alternatives: bool = False
    prefer: str | None = field(default=None, validator=validators.optional(validators.in_(MEASURES)))
    client: str | None = None


@final
class PlatformPlanner:
    """Answers for one platform, or for several as one.

    It holds what is booked. Planning from several threads is safe while nobody books.

    >>> from execbroker.core.platform import Pool
    >>> from execbroker.core.ranges import Range
    >>> from execbroker.core.task import Compute
    >>> batch = Platform("edinburgh", (Pool("batch", Amounts({"cores": 8000})),))
    >>> task = Task(compute=(Compute(ranges={"cores": Range(4000)}),))
    >>> answer = PlatformPlanner(batch).plan(task, now=0)
    >>> answer.offers[0].amounts
    Amounts({'cores': 8000})
    """

    __slots__ = ("_limit", "_sites")

    def __init__(self, *platforms: Platform, limit: int = WORK) -> None:
        """Book what the platforms have booked.

        Args:
            platforms: In the order in which equal offers are ranked.
            limit: The limit on the work of one search, in changes of the sweep's chain and comparisons of offers.
        """
        resources = frozenset().union(*(platform.resources for platform in platforms))
        self._sites = [Site(platform, resources) for platform in platforms]
        self._limit = limit

    def plan(self, task: Task, now: int, query: Query = Query()) -> Answer:
        """The answer for a task at an instant."""
        return self._answer(task, now, query, says_why=True)

    def offered(self, task: Task, now: int, query: Query = Query()) -> Answer | None:
        """The answer for a task if it is YES; for a NO this spares what it takes to say why."""
        answer = self._answer(task, now, query, says_why=False)
        return answer if answer.is_yes else None

    def _answer(self, task: Task, now: int, query: Query, *, says_why: bool) -> Answer:
        found = survey(task, self._sites, now, query.client)
        lanes = [lane for ground in found.grounds for lane in ground.lanes]
        work = Work(self._limit)
        candidates = list((every_box if query.all_boxes else frontier)(lanes, work))
        complete = not work.is_spent
        if not candidates:
            return self._no(task, now, query, found, complete) if says_why else Answer()
        standing = in_order(candidates, lanes, query.prefer)
        chosen = choose(standing, lanes, self._most(query, len(standing)))
        find = finder(self._sites, now, self._limit, query.client)
        more = extensions(task, candidates, find, now) if query.alternatives else ()
        return Answer(
            offers=tuple(_written(chosen, lanes, task, now)),
            alternatives=more,
            complete=complete,
            omitted=len(standing) - len(chosen),
            language=task.language,
        )

    def reach(self, task: Task, now: int, client: str | None = None) -> dict[str, Span]:
        """By platform, the span whose bookings can matter to whether a task is offered something there."""
        spans: dict[str, Span] = {}
        for ground in survey(task, self._sites, now, client).grounds:
            name, demand = ground.site.platform.name, ground.demand
            first = ground.windows[0].start - demand.preparation
            last = max(window.end for window in ground.windows) + demand.release
            known = spans.get(name, Span(first, last))
            spans[name] = Span(min(first, known.start), max(last, known.end))
        return spans

    def beside(self, taken: Mapping[str, tuple[Span, Iterable[Booking]]]) -> PlatformPlanner:
        """A planner that knows some bookings beside what is booked here; it shares nothing with this one.

        `taken` has for each platform the span that is looked at, and what is taken in it.
        """
        planner = PlatformPlanner(limit=self._limit)
        planner._sites = [
            site.beside(bookings, span)
            for site in self._sites
            for span, bookings in [taken.get(site.platform.name, (Span(0, 0), ()))]
        ]
        return planner

    def offers(self, task: Task, now: int, client: str | None = None) -> Iterator[Offer]:
        """The whole frontier, earliest first, each offer as soon as it is sure."""
        grounds = survey(task, self._sites, now, client).grounds
        lanes = [lane for ground in grounds for lane in ground.lanes]
        return _written(frontier(lanes, Work(self._limit)), lanes, task, now)

    def free(self, pool: str, span: Span, platform: str | None = None) -> list[tuple[Span, Amounts | None]]:
        """What is free in a pool over a span, step by step; None: it is closed.

        In a pool with nodes, the most that any of them has of each resource.

        Args:
            pool: The name of the pool.
            span: Instants.
            platform: The name of the platform, if there are several; left out: the first.

        Raises:
            KeyError: There is no such pool or platform.
        """
        for site in self._sites:
            if platform in (None, site.platform.name):
                return site.free(pool, span)
        raise KeyError(platform)

    def _most(self, query: Query, found: int) -> int:
        if query.max_offers is not None or query.all_boxes:
            return query.max_offers or found
        return max(site.platform.max_offers for site in self._sites)

    def _no(self, task: Task, now: int, query: Query, found: Survey, complete: bool) -> Answer:
        """NO, with the reasons of every pool; or that the search stopped before it found anything."""
        reasons = found.reasons
        if complete:
            reasons += tuple(
                chain.from_iterable(why_busy(task, ground, self._limit) for ground in found.grounds)
            )
        else:
            message = "the search stopped at its limit on work with nothing found; there may be offers"
            reasons += (Reason("search-incomplete", message),)
        find = finder(self._sites, now, self._limit, query.client)
        return Answer(
            reasons=reasons,
            # What a search that was cut short did not find may be there all the same.
            alternatives=alternatives(task, find, now) if complete else (),
            complete=complete,
            language=task.language,
        )


def _written(candidates: Iterable[Candidate], lanes: Sequence[Lane], task: Task, now: int) -> Iterator[Offer]:
    offer = [offers_of(lane, task, now) for lane in lanes]
    return (offer[candidate.lane](candidate) for candidate in candidates)


def plan(task: Task, platforms: Sequence[Platform], now: int, query: Query = Query()) -> Answer:
    """The answer of some platforms as one; whoever asks more than once keeps a `PlatformPlanner`."""
    return PlatformPlanner(*platforms).plan(task, now, query)
