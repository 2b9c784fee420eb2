"""The plainest planner and broker that there are: lists, loops, and the search as it is defined.

They try everything, so they are slow, and meant for worlds of some hundred grid steps and a handful of offers. What
they do can be checked by reading: a broker of one's own can be held against them call by call, and whoever wants to
know what a broker is to do finds it here on one page.

What is held of an answer is laid out anew at every question: of the offers that are still open, the largest at each
instant. So nothing has to be remembered when one of them is taken, let go or forgotten, and nothing can be missed.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from itertools import count, pairwise
from typing import final

from attrs import evolve, frozen

from execbroker.core.amounts import STORAGE, Amounts
from execbroker.core.answer import Answer, Offer, Reason
from execbroker.core.interfaces import Broker, Planner, Refused
from execbroker.core.lifecycle import ACTIVE, CANCELLABLE, Event, Phase
from execbroker.core.platform import Booking, Hold, Platform, Pool
from execbroker.core.session import Passage, Run, Session
from execbroker.core.spans import Span, round_up
from execbroker.core.task import Task
from execbroker.testing.definition import frontier
from execbroker.testing.definition_boxes import lowest
from execbroker.testing.definition_needs import release

__all__ = ["Kept", "NaiveBroker", "NaivePlanner", "chosen_run", "is_within", "taken_by"]


@final
class NaivePlanner(Planner):
    """Answers with the frontier as it is defined, of one platform or of several.

    >>> from execbroker.core.platform import Platform, Pool
    >>> from execbroker.core.task import Schedule
    >>> batch = Platform("here", (Pool("batch", Amounts({"cores": 8000})),), granularity=3600, horizon=7200)
    >>> [(offer.minstart, offer.maxduration) for offer in NaivePlanner(batch).plan(Task(), 0).offers]
    [(0, 7200)]
    """

    def __init__(self, *platforms: Platform) -> None:
        """Plan for some platforms, in the order in which equal offers are ranked."""
        self._platforms = platforms

    def plan(self, task: Task, now: int) -> Answer:
        """The offers that no other one beats, as many as an answer may hold, or that there are none."""
        found = frontier(task, self._platforms, now)
        shown = found[: max(platform.max_offers for platform in self._platforms)]
        nothing = Reason("busy", "every start, every duration and every amount was tried, and none is free")
        return Answer(
            tuple(shown),
            () if found else (nothing,),
            omitted=len(found) - len(shown),
            language=task.language,
        )


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
class NaiveBroker(Broker):
    """Keeps its word, as a list of all offers that it ever made.

    It can also follow what another broker does: `note` tells it what that one answered, `see` what became of an
    offer there. Everything else it works out by itself.
    """

    def __init__(self, platforms: Sequence[Platform], identifiers: Callable[[], str] | None = None) -> None:
        """Keep a list for some platforms.

        Args:
            platforms: With what is booked there by others.
            identifiers: Gives a new identifier at each call; left out: `offer-1`, `offer-2`, ….
        """
        numbers = count(1)
        self.platforms = tuple(platforms)
        self.kept: dict[str, Kept] = {}
        self._identifiers = identifiers or (lambda: f"offer-{next(numbers)}")
        self._answers = count(1)
        self._now: int | None = None

    # What it is asked.

    def plan(self, task: Task, now: int) -> Answer:
        """What is best of what nobody has booked and nobody is promised."""
        now = self.pass_time(now)
        answer = NaivePlanner(*self.as_it_stands()).plan(task, now)
        named = tuple(evolve(offer, identifier=self._identifiers()) for offer in answer.offers)
        self.note(task, evolve(answer, offers=named), now)
        return evolve(answer, offers=named)

    def accept(
        self,
        offer: str,
        now: int,
        *,
        start: int | None = None,
        duration: int | None = None,
        amounts: Amounts | None = None,
    ) -> Session:
        """Take an offer; see `Broker.accept`."""
        for refusal in self.why_not_accept(offer, now, start, duration, amounts):
            raise refusal
        kept, now = self.kept[offer], self.pass_time(now)
        grid = self.place(kept.offer)[0].granularity
        run = chosen_run(kept.offer, now, grid, start, duration, amounts)
        nodes = self.nodes_with_room(kept, run)
        node = kept.node if kept.node in nodes else nodes[0]
        accepted = evolve(kept.session.after(Event.ACCEPT, now), run=evolve(run, node=node))
        return self.see(accepted)

    def reject(self, offer: str, now: int) -> Session:
        """Let an offer go; see `Broker.reject`."""
        for refusal in self.why_not_reject(offer, now):
            raise refusal
        session, now = self.kept[offer].session, self.pass_time(now)
        return self.see(session.after(Event.REJECT, now)) if session.phase is Phase.OFFERED else session

    def cancel(self, session: str, now: int) -> Session:
        """Give up an accepted session; see `Broker.cancel`."""
        for refusal in self.why_not_cancel(session, now):
            raise refusal
        given_up, now = self.kept[session].session, self.pass_time(now)
        if given_up.phase is Phase.CANCELLED:
            return given_up
        return self.see(given_up.after(Event.CANCEL, now))

    def session(self, identifier: str, now: int) -> Session:
        """A session as it stands; see `Broker.session`."""
        for refusal in self.why_not_look(identifier, now):
            raise refusal
        return self.kept[identifier].session

    # Why it says no: every reason that there is, the first one being what is said.

    def why_not_look(self, identifier: str, now: int) -> Iterator[Refused]:
        """Why there is nothing to see, if there is not."""
        self.pass_time(now)
        if identifier not in self.kept:
            yield Refused("offer-unknown", f"there is no offer {identifier}")

    def why_not_reject(self, offer: str, now: int) -> Iterator[Refused]:
        """Why an offer can't be let go; to let go what is gone already is no error."""
        yield from self.why_not_look(offer, now)
        if self._phase(offer) not in (None, Phase.OFFERED, Phase.REJECTED, Phase.EXPIRED):
            yield Refused("phase", "this offer was taken")

    def why_not_cancel(self, session: str, now: int) -> Iterator[Refused]:
        """Why a session can't be given up; to give up what was given up is no error."""
        yield from self.why_not_look(session, now)
        if self._phase(session) not in (None, Phase.CANCELLED, *CANCELLABLE):
            yield Refused("phase", "this session was not accepted, or is over")

    def why_not_accept(
        self,
        offer: str,
        now: int,
        start: int | None = None,
        duration: int | None = None,
        amounts: Mapping[str, int] | None = None,
    ) -> Iterator[Refused]:
        """Why a run of an offer can't be booked."""
        yield from self.why_not_look(offer, now)
        kept = self.kept.get(offer)
        if kept is None:
            return
        if kept.session.phase is Phase.EXPIRED:
            yield Refused("offer-expired", f"the offer expired at {kept.deadline}")
        elif kept.session.phase is not Phase.OFFERED:
            yield Refused("phase", f"the offer is {kept.session.phase.value}")
        grid = self.place(kept.offer)[0].granularity
        run = chosen_run(kept.offer, self.pass_time(now), grid, start, duration, amounts)
        if not is_within(kept.offer, run, self.pass_time(now), grid):
            yield Refused("outside-offer", f"{run} is not within the offer")
        elif not self.nodes_with_room(kept, run):
            yield Refused("busy", "what was not held was taken by others", self.left(kept, run))

    # What it knows.

    def note(self, task: Task, answer: Answer, now: int) -> None:
        """Note an answer: from now on its offers are open, and held as their platforms' `hold` says.

        An offer from a pool that there is not is passed over.
        """
        number, now = next(self._answers), self.pass_time(now)
        for offer in filter(self.is_from_here, answer.offers):
            name = str(offer.identifier)
            session = Session(name, offer, task, now, (Passage(Phase.OFFERED, now),))
            alone = Kept(session, number, None)
            nodes = [node for node in self._nodes(offer) if self._fits(alone, self._held(offer), node)]
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

    def copied(self) -> NaiveBroker:
        """Another one that knows the same."""
        other = NaiveBroker(self.platforms, self._identifiers)
        other.kept, other._answers, other._now = dict(self.kept), self._answers, self._now
        return other

    def as_it_stands(
        self, without: int | None = None, is_hidden: Callable[[Platform, Pool], bool] = lambda *_: False
    ) -> tuple[Platform, ...]:
        """The platforms with all that is booked and held.

        Args:
            without: The number of an answer; what its offers hold is left out.
            is_hidden: Whether it is not known where in a pool something is held; what is held there is left out.
        """
        taken = list(self._taken(without, is_hidden))
        return tuple(
            evolve(
                platform,
                bookings=(*platform.bookings, *(booking for name, booking in taken if name == platform.name)),
            )
            for platform in self.platforms
        )

    def nodes_with_room(self, kept: Kept, run: Run) -> list[int | None]:
        """Where there is room for a run of an offer, once what its answer holds is let go."""
        parts = self._of_run(kept.offer, run)
        return [node for node in self._nodes(kept.offer) if self._fits(kept, parts, node)]

    def left(self, kept: Kept, run: Run) -> Amounts:
        """The most that some node has of each resource, as long as a run of an offer needs it."""
        parts, free = self._of_run(kept.offer, run), {}
        for span, amounts in parts:
            for name in amounts:
                free[name] = max(self._free(kept, node, name, span) for node in self._nodes(kept.offer))
        return Amounts(free)

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

    def is_from_here(self, offer: Offer) -> bool:
        """Whether there is such a pool."""
        return any(
            (platform.name, pool.name) == (offer.platform, offer.pool)
            for platform in self.platforms
            for pool in platform.pools
        )

    def _phase(self, name: str) -> Phase | None:
        return self.kept[name].session.phase if name in self.kept else None

    def _nodes(self, offer: Offer) -> Sequence[int | None]:
        nodes = self.place(offer)[1].nodes
        return [None] if nodes is None else range(nodes)

    def _fits(self, kept: Kept, parts: Iterable[tuple[Span, Amounts]], node: int | None) -> bool:
        return all(
            self._free(kept, node, name, span) >= amount
            for span, amounts in parts
            for name, amount in amounts.items()
        )

    def _free(self, kept: Kept, node: int | None, name: str, span: Span) -> int:
        """What is free of a resource throughout a span, for a client who has an offer."""
        pool = self.place(kept.offer)[1]
        platform = next(each for each in self.as_it_stands(kept.answer) if each.name == kept.offer.platform)
        return lowest(platform, pool, node or 0, name, span)

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

    def _taken(
        self, without: int | None, is_hidden: Callable[[Platform, Pool], bool]
    ) -> Iterator[tuple[str, Booking]]:
        """What runs have booked, and what the open offers of each answer hold, with the names of the platforms."""
        for kept in self.kept.values():
            run = kept.session.run
            if kept.session.phase in ACTIVE and run is not None:
                for span, amounts in self._of_run(kept.offer, run):
                    yield kept.offer.platform, Booking(kept.offer.pool, span, amounts, run.node)
        open_offers = [
            kept
            for kept in self.kept.values()
            if kept.session.phase is Phase.OFFERED and not is_hidden(*self.place(kept.offer))
        ]
        for answer in {kept.answer for kept in open_offers} - {without}:
            siblings = [kept for kept in open_offers if kept.answer == answer]
            for place in {(kept.offer.platform, kept.offer.pool, kept.node) for kept in siblings}:
                here = [
                    part
                    for kept in siblings
                    if (kept.offer.platform, kept.offer.pool, kept.node) == place
                    for part in self._held(kept.offer)
                ]
                for span, amounts in _largest(here):
                    yield place[0], Booking(place[1], span, amounts, place[2])


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
