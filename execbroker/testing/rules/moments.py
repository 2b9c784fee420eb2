"""What the rules on histories look at: one call, and how things stood when it was made."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from functools import cached_property
from typing import final

from attrs import field, frozen

from execbroker.core.amounts import Amounts
from execbroker.core.answer import Answer, Offer
from execbroker.core.lifecycle import ACTIVE, Phase
from execbroker.core.platform import Booking, Hold, Platform, Pool
from execbroker.core.session import Run, Session
from execbroker.core.spans import Span, round_up
from execbroker.testing.histories import Accept, Call, History, Plan, Refusal
from execbroker.testing.room import Room
from execbroker.testing.rules.exchange import Exchange, Known
from execbroker.testing.rules.standing import Entry, Standing, named
from execbroker.testing.rules.taking import Part, bookings_of, held_by, is_hidden, largest, taken_by
from execbroker.testing.worlds import World

__all__ = ["Moment", "moments_of"]


@final
@frozen(eq=False)
class Moment:
    """A call, and how things stood just before it.

    Attributes:
        number: Its place in the history, from 0.
        earlier: The latest time that was seen before it; None: it is the first.
        standing: With the time that has passed up to the call.
    """

    number: int
    call: Call
    earlier: int | None
    standing: Standing
    platforms: tuple[Platform, ...]
    known: Known = field(repr=False)

    @property
    def where(self) -> str:
        """What a violation calls it."""
        return f"calls[{self.number}]"

    @property
    def clock(self) -> int:
        """What time it is: a call that says it is earlier than was seen already comes at the time that was seen."""
        return self.standing.clock

    @cached_property
    def entry(self) -> Entry | None:
        """What the call is about, if that was ever offered."""
        return self.standing.entries.get(named(self.call.request) or "")

    @property
    def session(self) -> Session | None:
        """What was shown, if a session was."""
        return self.call.outcome if isinstance(self.call.outcome, Session) else None

    @property
    def refusal(self) -> Refusal | None:
        """What was refused, if it was."""
        return self.call.outcome if isinstance(self.call.outcome, Refusal) else None

    def place(self, offer: Offer) -> tuple[Platform, Pool] | None:
        """Where an offer is from, if that is somewhere."""
        for platform in self.platforms:
            for pool in platform.pools:
                if (platform.name, pool.name) == (offer.platform, offer.pool):
                    return platform, pool
        return None

    @cached_property
    def run(self) -> Run | None:
        """The run that an acceptance asks for: as early, as long and as much as can be, where it doesn't say."""
        if not isinstance(asked := self.call.request, Accept) or self.entry is None:
            return None
        offer = self.entry.offer
        if (place := self.place(offer)) is None:
            return None
        first = round_up(max(offer.minstart, self.clock), place[0].granularity)
        start = first if asked.start is None else asked.start
        longest = min(offer.maxduration, offer.maxend - start)
        duration = longest if asked.duration is None else asked.duration
        return Run(start, duration, Amounts({**offer.amounts, **(asked.amounts or {})}))

    @cached_property
    def booked(self) -> dict[str, Room]:
        """What is left by all that was accepted and is not known to be over, platform by platform."""
        return self._rooms(self._accepted())

    @cached_property
    def held(self) -> dict[str, Room]:
        """What is left by that and by all that is held."""
        return self.held_but_for(None)

    def held_but_for(self, answer: int | None) -> dict[str, Room]:
        """What is left by all that was accepted, and by what is held, but not for one answer."""
        return self._rooms(self._holding(lambda entry: entry.answer != answer), self.booked)

    def leaked_but_for(self, answer: int | None) -> dict[str, Room]:
        """What would be left if nothing that was ever held or booked had been given back."""
        return self._rooms(self._gone(), self.held_but_for(answer))

    def knows(self, platform: Platform, pool: Pool) -> bool:
        """Whether it is known what is left of a pool: where all is that is held or booked there, and that it is."""
        return not any(
            (entry.offer.platform, entry.offer.pool) == (platform.name, pool.name)
            and _is_doubtful(entry, platform, pool, self.clock)
            for entry in self.standing.entries.values()
        )

    @cached_property
    def knows_all(self) -> bool:
        """Whether it is known what is left of every pool."""
        return all(self.knows(platform, pool) for platform in self.platforms for pool in platform.pools)

    def exchange(self, rooms: dict[str, Room]) -> Exchange | None:
        """The question and the answer of a plan, if that is what was called, as things stand."""
        if not (isinstance(self.call.request, Plan) and isinstance(self.call.outcome, Answer)):
            return None
        asked, platforms = self.call.request, tuple(room.platform for room in rooms.values())
        world = World(asked.task, platforms, self.clock, asked.client)
        return Exchange(world, self.call.outcome, self.known)

    def _rooms(
        self, taken: Iterator[tuple[str, Booking]], beside: dict[str, Room] | None = None
    ) -> dict[str, Room]:
        more: dict[str, list[Booking]] = {}
        for name, booking in taken:
            more.setdefault(name, []).append(booking)
        rooms = beside or {each.name: self.known.room(each) for each in self.platforms}
        changed = {name: room.beside(more[name]) if name in more else room for name, room in rooms.items()}
        for name in more:
            self.known.keep(changed[name])
        return changed

    def _accepted(self) -> Iterator[tuple[str, Booking]]:
        for entry in self.standing.entries.values():
            place = self.place(entry.offer)
            if (
                place
                and entry.phase in ACTIVE
                and entry.run is not None
                and not _is_unplaced(entry, place[1])
            ):
                parts = _run_of(entry, entry.run, *place)
                yield from _named(place, bookings_of(place[1].name, parts, entry.run.node))

    def _holding(self, counts: Callable[[Entry], bool]) -> Iterator[tuple[str, Booking]]:
        together: dict[tuple[int, str, str], list[Part]] = {}
        for entry in self.standing.entries.values():
            place = self.place(entry.offer)
            if place and entry.is_open(self.clock) and counts(entry) and not is_hidden(*place):
                key = (entry.answer, entry.offer.platform, entry.offer.pool)
                together.setdefault(key, []).extend(held_by(entry.offer, entry.task, *place))
        for (_, platform, pool), parts in together.items():
            yield from ((platform, each) for each in bookings_of(pool, largest(parts)))

    def _gone(self) -> Iterator[tuple[str, Booking]]:
        for entry in self.standing.entries.values():
            place = self.place(entry.offer)
            if place is None or entry.phase is Phase.OFFERED or entry.phase in ACTIVE or is_hidden(*place):
                continue
            parts = held_by(entry.offer, entry.task, *place)
            if entry.run is not None:
                parts = _run_of(entry, entry.run, *place)
            yield from _named(place, bookings_of(place[1].name, parts))


def _named(place: tuple[Platform, Pool], bookings: Iterator[Booking]) -> Iterator[tuple[str, Booking]]:
    return ((place[0].name, booking) for booking in bookings)


def _run_of(entry: Entry, run: Run, platform: Platform, pool: Pool) -> list[Part]:
    return taken_by(entry.offer, entry.task, platform, pool, Span(run.start, run.end), run.amounts)


def _is_unplaced(entry: Entry, pool: Pool) -> bool:
    """Whether something runs, and it is not known what, or on which of several nodes."""
    if entry.phase not in ACTIVE:
        return False
    return entry.run is None or (entry.run.node is None and (pool.nodes or 1) > 1)


def _is_doubtful(entry: Entry, platform: Platform, pool: Pool, clock: int) -> bool:
    """Whether nobody can tell from outside where in a pool something is held, or whether it still is."""
    if entry.phase is Phase.OFFERED and platform.hold is not Hold.NONE:
        return is_hidden(platform, pool) or not entry.is_open(clock)
    return _is_unplaced(entry, pool)


def moments_of(history: History, known: Known) -> Iterator[Moment]:
    """Every call of a history, with how things stood when it was made."""
    standing: Standing | None = None
    for number, call in enumerate(history.calls):
        earlier = standing and standing.clock
        standing = Standing(call.now) if standing is None else standing.at(call.now)
        yield Moment(number, call, earlier, standing, history.platforms, known)
        standing = standing.told(number, call)
