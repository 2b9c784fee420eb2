"""The plainest planner and broker that there are: lists, loops, and the search as it is defined.

They try everything, so they are slow, and meant for worlds of some hundred grid steps and a handful of offers. What
they do can be checked by reading: a broker of one's own can be held against them call by call, and whoever wants to
know what a broker is to do finds it here on one page. `naive_book` is the list that it keeps.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from itertools import count
from typing import final

from attrs import evolve

from execbroker.core.amounts import Amounts
from execbroker.core.answer import Answer, Reason
from execbroker.core.interfaces import Attentive, Broker, Refused
from execbroker.core.lifecycle import CANCELLABLE, Event, Phase
from execbroker.core.platform import Platform
from execbroker.core.session import Session
from execbroker.core.task import Task
from execbroker.testing.definition import frontier
from execbroker.testing.naive_book import NaiveBook, chosen_run, is_within

__all__ = ["NaiveBroker", "NaivePlanner"]


@final
class NaivePlanner(Attentive):
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

    def plan(self, task: Task, now: int, *, owner: str | None = None) -> Answer:
        """The offers that no other one beats, as many as an answer may hold, or that there are none."""
        found = frontier(task, self._platforms, now, owner)
        shown = found[: max(platform.max_offers for platform in self._platforms)]
        nothing = Reason("busy", "every start, every duration and every amount was tried, and none is free")
        return Answer(
            tuple(shown),
            () if found else (nothing,),
            omitted=len(found) - len(shown),
            language=task.language,
        )


@final
class NaiveBroker(Broker, Attentive):
    """Keeps its word, and a list of all offers that it ever made."""

    def __init__(
        self,
        platforms: Sequence[Platform],
        identifiers: Callable[[], str] | None = None,
        book: NaiveBook | None = None,
    ) -> None:
        """Keep a list for some platforms.

        Args:
            platforms: With what is booked there by others.
            identifiers: Gives a new identifier at each call; left out: `offer-1`, `offer-2`, ….
            book: What was offered before, by this broker or by another one; left out: nothing.
        """
        numbers = count(1)
        self.book = NaiveBook(platforms) if book is None else book
        self._identifiers = identifiers or (lambda: f"offer-{next(numbers)}")

    # What it is asked.

    def plan(self, task: Task, now: int, *, owner: str | None = None) -> Answer:
        """What is best of what nobody has booked and nobody is promised."""
        now = self.book.pass_time(now)
        answer = NaivePlanner(*self.book.as_it_stands()).plan(task, now, owner=owner)
        named = tuple(evolve(offer, identifier=self._identifiers()) for offer in answer.offers)
        self.book.note(task, evolve(answer, offers=named), now)
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
        kept, now = self.book.kept[offer], self.book.pass_time(now)
        grid = self.book.place(kept.offer)[0].granularity
        run = chosen_run(kept.offer, now, grid, start, duration, amounts)
        nodes = self.book.nodes_with_room(kept, run)
        node = kept.node if kept.node in nodes else nodes[0]
        accepted = evolve(kept.session.after(Event.ACCEPT, now), run=evolve(run, node=node))
        return self.book.see(accepted)

    def reject(self, offer: str, now: int) -> Session:
        """Let an offer go; see `Broker.reject`."""
        for refusal in self.why_not_reject(offer, now):
            raise refusal
        session, now = self.book.kept[offer].session, self.book.pass_time(now)
        return self.book.see(session.after(Event.REJECT, now)) if session.phase is Phase.OFFERED else session

    def cancel(self, session: str, now: int) -> Session:
        """Give up an accepted session; see `Broker.cancel`."""
        for refusal in self.why_not_cancel(session, now):
            raise refusal
        given_up, now = self.book.kept[session].session, self.book.pass_time(now)
        if given_up.phase is Phase.CANCELLED:
            return given_up
        return self.book.see(given_up.after(Event.CANCEL, now))

    def session(self, identifier: str, now: int) -> Session:
        """A session as it stands; see `Broker.session`."""
        for refusal in self.why_not_look(identifier, now):
            raise refusal
        return self.book.kept[identifier].session

    # Why it says no: every reason that there is, the first one being what is said.

    def why_not_look(self, identifier: str, now: int) -> Iterator[Refused]:
        """Why there is nothing to see, if there is not."""
        self.book.pass_time(now)
        if identifier not in self.book.kept:
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
        kept = self.book.kept.get(offer)
        if kept is None:
            return
        if kept.session.phase is Phase.EXPIRED:
            yield Refused("offer-expired", f"the offer expired at {kept.deadline}")
        elif kept.session.phase is not Phase.OFFERED:
            yield Refused("phase", f"the offer is {kept.session.phase.value}")
        grid = self.book.place(kept.offer)[0].granularity
        run = chosen_run(kept.offer, self.book.pass_time(now), grid, start, duration, amounts)
        if not is_within(kept.offer, run, self.book.pass_time(now), grid):
            yield Refused("outside-offer", f"{run} is not within the offer")
        elif not self.book.nodes_with_room(kept, run):
            yield Refused("busy", "what was not held was taken by others", self.book.left(kept, run))

    def _phase(self, name: str) -> Phase | None:
        return self.book.kept[name].session.phase if name in self.book.kept else None
