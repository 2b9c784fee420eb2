"""How offers and sessions stand, as far as the calls to a broker, the clock and what it showed say."""

from __future__ import annotations

from collections.abc import Mapping
from typing import final

from attrs import evolve, field, frozen

from execbroker.core.answer import Answer, Offer
from execbroker.core.lifecycle import ACTIVE, Phase
from execbroker.core.session import Passage, Run, Session
from execbroker.core.task import Task
from execbroker.testing.histories import Accept, Call, Cancel, Look, Plan, Refusal, Reject, Request

__all__ = ["Entry", "Standing", "named"]


def named(request: Request) -> str | None:
    """The identifier of the offer or session that a request is about; None: it asks for new ones."""
    match request:
        case Accept(offer) | Reject(offer):
            return offer
        case Cancel(session) | Look(session):
            return session
        case Plan():
            return None


@final
@frozen
class Entry:
    """An offer that was made, and what became of it.

    Attributes:
        offer, task: What was offered, and for what.
        answer: The number of the call that it came of; it tells siblings.
        created: When, by the clock of the history.
        phase: Where it has to stand; or, where it was shown to stand elsewhere, that.
        run: What was booked, if it was shown.
        shown: Its phases as they were last shown.
        seen: When that was.
        lost: Whether it is rejected because a sibling was taken.
        refused: The number of the last call about it or a sibling that was refused since it was last shown.
    """

    offer: Offer
    task: Task
    answer: int
    created: int
    phase: Phase = Phase.OFFERED
    run: Run | None = None
    shown: tuple[Passage, ...] = ()
    seen: int | None = None
    lost: bool = False
    refused: int | None = None

    @property
    def deadline(self) -> int:
        """When it is open no more, whoever asks: an offer that expires at once may be open in that second."""
        return max(self.offer.expires, self.created + 1)

    def is_open(self, clock: int) -> bool:
        """Whether it must still be open."""
        return self.phase is Phase.OFFERED and clock < self.offer.expires


@final
@frozen(eq=False)
class Standing:
    """All offers that were made, by their identifiers, and the latest time that was seen."""

    clock: int
    entries: Mapping[str, Entry] = field(factory=dict)

    def at(self, now: int) -> Standing:
        """Time goes on, or stays where it is, and offers expire."""
        clock = max(self.clock, now)
        entries = {
            name: evolve(entry, phase=Phase.EXPIRED)
            if entry.phase is Phase.OFFERED and entry.deadline <= clock
            else entry
            for name, entry in self.entries.items()
        }
        return Standing(clock, entries)

    def told(self, number: int, call: Call) -> Standing:
        """After a call: what came of it is believed, right or wrong, and things go on from there."""
        entries = dict(self.entries)
        match call.outcome:
            case Answer(offers) if isinstance(call.request, Plan):
                for offer in offers:
                    if offer.identifier is not None and offer.identifier not in entries:
                        entries[offer.identifier] = Entry(offer, call.request.task, number, self.clock)
            case Session() as session:
                self._show(entries, session)
            case Refusal():
                self._refuse(entries, call.request, number)
        return Standing(self.clock, entries)

    def _show(self, entries: dict[str, Entry], session: Session) -> None:
        """A session was shown; if that is how it becomes known that it was taken, its siblings are lost."""
        name = session.identifier
        if (entry := entries.get(name)) is None or not session.history:
            return
        if session.phase in ACTIVE and entry.phase not in ACTIVE:
            for other, sibling in entries.items():
                if sibling.answer == entry.answer and sibling.phase is Phase.OFFERED:
                    entries[other] = evolve(sibling, phase=Phase.REJECTED, lost=True)
        entries[name] = evolve(
            entry,
            phase=session.phase,
            run=session.run,
            shown=session.history,
            seen=self.clock,
            lost=entry.lost and session.phase is Phase.REJECTED,
            refused=None,
        )

    @staticmethod
    def _refuse(entries: dict[str, Entry], request: Request, number: int) -> None:
        about = entries.get(named(request) or "")
        for name, entry in entries.items():
            if about is not None and entry.answer == about.answer:
                entries[name] = evolve(entry, refused=number)
