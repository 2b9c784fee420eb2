"""What was offered, held and booked, as one list that is gone through anew at every question.

Of the offers of one answer that are still open, the largest is held at each instant. Since that is laid out anew
each time, nothing has to be remembered when one of them is taken, let go or forgotten, and nothing can be missed.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from itertools import count, pairwise
from typing import TypeAlias, final

from attrs import evolve, frozen

from execbroker.core.amounts import STORAGE, Amounts
from execbroker.core.answer import Answer, Offer
from execbroker.core.lifecycle import ACTIVE, Event, Phase
from execbroker.core.platform import Booking, Hold, Platform, Pool
from execbroker.core.session import Passage, Run, Session
from execbroker.core.spans import Span, round_up
from execbroker.core.task import Task
from execbroker.testing.definition_boxes import lowest
from execbroker.testing.definition_needs import release

__all__ = ["Kept", "NaiveBook", "chosen_run", "is_within", "taken_by"]


@final
@frozen
class Kept:
    """An offer that a broker made, and what became of it.

    Attributes:
        session: As it stands.
        answer: The number of the answer that it came in; it tells siblings.
        node: Where it is held, in a pool with nodes.
    """

    session: Session
    answer: int
    node: int | None

    @property
    def offer(self) -> Offer:
        """What was offered."""
        return self.session.offer

    @property
    def deadline(self) -> int:
        """When it is open no more; never within the second in which it was made."""
        return max(self.offer.expires, self.session.created + 1)


@final
class NaiveBook:
    """All offers that were ever made on some platforms, and what became of each.

    Attributes:
        platforms: With what is booked there by others.
        kept: By identifier, the oldest first.
        follows: Whether it only hears what another broker does. Then nobody says on which node an offer is held;
            of what is taken there counts what is known, and `is_in_doubt` says where that is not all.
    """

    def __init__(self, platforms: Sequence[Platform], *, follows: bool = False) -> None:
        """An empty book."""
        self.platforms = tuple(platforms)
        self.follows = follows
        self.kept: dict[str, Kept] = {}
        self._answers = count(1)
        self._now: int | None = None

    def note(self, task: Task, answer: Answer, now: int) -> None:
        """Note an answer: from now on its offers are open, and held as their platforms' `hold` says.

        An offer from a pool that there is not is passed over.
        """
        number, now = next(self._answers), self.pass_time(now)
        for offer in filter(self._is_from_here, answer.offers):
            name = str(offer.identifier)
            session = Session(name, offer, task, now, (Passage(Phase.OFFERED, now),))
            alone = Kept(session, number, None)
            free = self._free_for(alone)
            nodes = [node for node in self._nodes(offer) if _fits(free, self._held(offer), node)]
            self.kept[name] = evolve(alone, node=nodes[0] if nodes else None)

    def see(self, session: Session) -> Session:
        """Note what became of an offer; if it was taken, its siblings are let go."""
        kept = self.kept[session.identifier]
        if kept.session.phase is Phase.OFFERED and session.phase in ACTIVE:
            for name, other in self.kept.items():
                if other.answer == kept.answer and other.session.phase is Phase.OFFERED:
                    left = other.session.after(Event.REJECT, session.history[-1].instant)
                    self.kept[name] = evolve(other, session=left)
        self.kept[session.identifier] = evolve(kept, session=session)
        return session

    def pass_time(self, now: int) -> int:
        """Time goes on, or stays where it is, and offers expire; what time it is."""
        self._now = now if self._now is None else max(self._now, now)
        for name, kept in self.kept.items():
            if kept.session.phase is Phase.OFFERED and kept.deadline <= self._now:
                self.kept[name] = evolve(kept, session=kept.session.after(Event.EXPIRE, kept.deadline))
        return self._now

    def copied(self) -> NaiveBook:
        """Another one that knows the same."""
        other = NaiveBook(self.platforms, follows=self.follows)
        other.kept, other._answers, other._now = dict(self.kept), self._answers, self._now
        return other

    def open_offers(self) -> list[Kept]:
        """The offers that can be taken, the newest first."""
        return [kept for kept in reversed(self.kept.values()) if kept.session.phase is Phase.OFFERED]

    def live_sessions(self) -> list[Kept]:
        """The sessions that were accepted and are not at their end, the newest first."""
        return [kept for kept in reversed(self.kept.values()) if kept.session.phase in ACTIVE]

    def as_it_stands(self, without: int | None = None) -> tuple[Platform, ...]:
        """The platforms with all that is known to be booked and held, but for what the offers of an answer hold."""
        taken = [*self._booked(), *self._held_by_answers(without)]
        return tuple(
            evolve(
                platform,
                bookings=(*platform.bookings, *(booking for name, booking in taken if name == platform.name)),
            )
            for platform in self.platforms
        )

    def nodes_with_room(self, kept: Kept, run: Run) -> list[int | None]:
        """Where there is room for a run of an offer, once what its answer holds is let go."""
        free = self._free_for(kept)
        return [node for node in self._nodes(kept.offer) if _fits(free, self._of_run(kept.offer, run), node)]

    def left(self, kept: Kept, run: Run) -> Amounts:
        """The most that some node has of each resource, as long as a run of an offer needs it."""
        free, nodes = self._free_for(kept), self._nodes(kept.offer)
        return Amounts(
            {
                name: max(free(node, name, span) for node in nodes)
                for span, amounts in self._of_run(kept.offer, run)
                for name in amounts
            }
        )

    def is_held(self, kept: Kept, run: Run) -> bool:
        """Whether all that a run of an offer takes is kept for its client."""
        held = self._held(kept.offer)
        return all(
            any(
                span.start <= part.start and part.end <= span.end and amount <= most.get(name, 0)
                for span, most in held
            )
            for part, amounts in self._of_run(kept.offer, run)
            for name, amount in amounts.items()
        )

    def is_closing(self, kept: Kept) -> bool:
        """Whether an open offer is for this second only: others may call it expired already."""
        is_over = self._now is not None and kept.offer.expires <= self._now
        return kept.session.phase is Phase.OFFERED and is_over

    def is_in_doubt(self, offer: Offer) -> bool:
        """Whether it is not known what is left of an offer's pool."""
        place = (offer.platform, offer.pool)
        here = (kept for kept in self.kept.values() if (kept.offer.platform, kept.offer.pool) == place)
        return any(map(self._is_doubtful, here))

    def _is_doubtful(self, kept: Kept) -> bool:
        """Whether nobody can tell from outside where something is held or booked, or whether it still is."""
        platform, pool = self.place(kept.offer)
        if not self.follows:
            return False
        if kept.session.phase is Phase.OFFERED and platform.hold is not Hold.NONE:
            return pool.nodes is not None or self.is_closing(kept)
        run, is_live = kept.session.run, kept.session.phase in ACTIVE
        return is_live and (run is None or (pool.nodes is not None and run.node is None))

    def place(self, offer: Offer) -> tuple[Platform, Pool]:
        """Where an offer is from.

        Raises:
            LookupError: There is no such pool.
        """
        for platform in self.platforms:
            for pool in platform.pools:
                if (platform.name, pool.name) == (offer.platform, offer.pool):
                    return platform, pool
        raise LookupError(f"there is no pool {offer.pool} on a platform {offer.platform}")

    def _is_from_here(self, offer: Offer) -> bool:
        places = {(platform.name, pool.name) for platform in self.platforms for pool in platform.pools}
        return (offer.platform, offer.pool) in places

    def _nodes(self, offer: Offer) -> Sequence[int | None]:
        nodes = self.place(offer)[1].nodes
        return [None] if nodes is None else range(nodes)

    def _free_for(self, kept: Kept) -> _Free:
        """What is free of a resource on a node throughout a span, for a client who has an offer."""
        pool = self.place(kept.offer)[1]
        here = next(each for each in self.as_it_stands(kept.answer) if each.name == kept.offer.platform)
        return lambda node, name, span: lowest(here, pool, node or 0, name, span)

    def _of_run(self, offer: Offer, run: Run) -> list[tuple[Span, Amounts]]:
        return taken_by(offer, *self.place(offer), Span(run.start, run.end), run.amounts)

    def _held(self, offer: Offer) -> list[tuple[Span, Amounts]]:
        """What is kept for the client of an open offer: what any shortest run needs, or all, or nothing."""
        platform, pool = self.place(offer)
        if platform.hold is Hold.NONE:
            return []
        if platform.hold is Hold.ALL:
            return taken_by(offer, platform, pool, Span(offer.minstart, offer.maxend), offer.amounts)
        span = Span(offer.minstart, offer.maxstart + offer.minduration)
        return taken_by(offer, platform, pool, span, offer.minima)

    def _booked(self) -> Iterator[tuple[str, Booking]]:
        """What runs have booked, with the names of the platforms."""
        for kept in self.kept.values():
            run = kept.session.run
            if kept.session.phase in ACTIVE and run is not None and not self._is_doubtful(kept):
                for span, amounts in self._of_run(kept.offer, run):
                    yield kept.offer.platform, Booking(kept.offer.pool, span, amounts, run.node)

    def _held_by_answers(self, without: int | None) -> Iterator[tuple[str, Booking]]:
        """What the open offers of each answer hold together in each room."""
        rooms: dict[tuple[int, str, str, int | None], list[tuple[Span, Amounts]]] = {}
        for kept in self.open_offers():
            if kept.answer != without and not self._is_doubtful(kept):
                room = (kept.answer, kept.offer.platform, kept.offer.pool, kept.node)
                rooms.setdefault(room, []).extend(self._held(kept.offer))
        for (_, platform, pool, node), parts in rooms.items():
            for span, amounts in _largest(parts):
                yield platform, Booking(pool, span, amounts, node)


_Free: TypeAlias = Callable[[int | None, str, Span], int]


def _fits(free: _Free, parts: Iterable[tuple[Span, Amounts]], node: int | None) -> bool:
    return all(
        free(node, name, span) >= amount for span, amounts in parts for name, amount in amounts.items()
    )


def chosen_run(
    offer: Offer,
    now: int,
    grid: int,
    start: int | None = None,
    duration: int | None = None,
    amounts: Mapping[str, int] | None = None,
) -> Run:
    """The run that a client means: as early, as long and as much as can be, where it doesn't say.

    It need not be one that was offered, and is not one if there is nothing left to choose.
    """
    if start is None:
        start = round_up(max(offer.minstart, now), grid)
    if duration is None:
        duration = min(offer.maxduration, offer.maxend - start)
    most = {**offer.amounts, **(amounts or {})}
    return Run(start, duration, Amounts({name: max(0, amount) for name, amount in most.items()}))


def is_within(offer: Offer, run: Run, now: int, grid: int) -> bool:
    """Whether a run is one that was offered, is on the grid, and does not start in the past."""
    least, most = offer.minima, offer.amounts
    return (
        max(offer.minstart, now) <= run.start <= offer.maxstart
        and offer.minduration <= run.duration <= offer.maxduration
        and run.end <= offer.maxend
        and run.start % grid == run.duration % grid == 0
        and all(least.get(name, 0) <= amount <= most.get(name, 0) for name, amount in run.amounts.items())
    )


def taken_by(
    offer: Offer, platform: Platform, pool: Pool, run: Span, amounts: Mapping[str, int]
) -> list[tuple[Span, Amounts]]:
    """What a run of an offer takes, and how long: storage also while it is prepared and released.

    Of a flavour it is all that it carries.
    """
    carried = [each.amounts for each in pool.flavours if each.name == offer.flavour]
    storing = Span(run.start - offer.preparation, run.end + release(platform, pool))
    return [
        (storing if name == STORAGE else run, Amounts({name: amount}))
        for name, amount in (carried[0] if carried else amounts).items()
        if amount
    ]


def _largest(parts: Sequence[tuple[Span, Amounts]]) -> Iterator[tuple[Span, Amounts]]:
    """The largest of some amounts at each instant, from border to border."""
    for start, end in pairwise(sorted({border for span, _ in parts for border in span})):
        here = [amounts for span, amounts in parts if span.start <= start and end <= span.end]
        names = {name for amounts in here for name in amounts}
        if names:
            largest = {name: max(amounts.get(name, 0) for amounts in here) for name in names}
            yield Span(start, end), Amounts(largest)
