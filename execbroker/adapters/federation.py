"""A planner over planners: it asks them side by side, and answers with the offers that no other one beats.

A member that fails or takes too long is named in the answer, and does not hold up the others. What members hold for
offers that nobody will see, they are told to let go.
"""

from __future__ import annotations

import enum
from collections.abc import Iterable, Mapping
from contextlib import suppress
from decimal import Decimal
from threading import Condition, Lock, Thread
from typing import NamedTuple, final

from attrs import evolve, frozen

from execbroker.core.amounts import Amounts
from execbroker.core.answer import Answer, Offer, Unanswered
from execbroker.core.interfaces import Attentive, Broker, Planner, Refused, ask
from execbroker.core.merging import merged
from execbroker.core.proximity import Proximity
from execbroker.core.session import Session
from execbroker.core.task import Task

__all__ = ["Federation", "Member", "Mode"]


@final
class Mode(enum.Enum):
    """What a proximity metric is used for."""

    #: The client is told the metric in each offer, and chooses.
    TELL = "tell"
    #: The task goes only to the nearest member that can take it.
    CHOOSE = "choose"


@final
@frozen
class Member:
    """One planner of a federation.

    Attributes:
        planner: Asked for answers; what it offers can be accepted through the federation if it is a `Broker`.
        proximity: How near it is to a task's data, if anybody knows.
    """

    planner: Planner
    proximity: Proximity | None = None


class _Question(NamedTuple):
    """What members are asked, and by whom."""

    task: Task
    now: int
    owner: str | None


class _Ticket(NamedTuple):
    """An offer of a member."""

    member: str
    offer: str


@final
class _Choice:
    """Which of the offers of one answer was taken. Members know nothing of each other's: here it is decided."""

    def __init__(self) -> None:
        self.lock = Lock()
        self.taken: str | None = None


class _Origin(NamedTuple):
    """Whose an offer is, until when, and which offers were made beside it."""

    member: str
    expires: int
    group: tuple[_Ticket, ...]
    choice: _Choice


@final
class Federation(Broker, Attentive):
    """Asks its members, and answers for them. It is a planner itself, so federations nest.

    Members that are `Attentive` hear who asks, and offer what they offer to that client.

    Threads of members that never come back are left behind, and end with the process.
    """

    def __init__(self, members: Mapping[str, Member], timeout: float, mode: Mode = Mode.TELL) -> None:
        """Make one planner of several.

        Args:
            members: By name, in the order in which equal offers are ranked.
            timeout: Seconds that each may take for an answer.
            mode: What their proximity is used for.
        """
        self._members = dict(members)
        self._timeout = timeout
        self._mode = mode
        self._origins: dict[str, _Origin] = {}
        self._lock = Lock()

    def plan(self, task: Task, now: int, *, owner: str | None = None) -> Answer:
        """What the members have for a task of somebody, and who of them did not answer."""
        question = _Question(task, now, owner)
        if self._mode is Mode.CHOOSE:
            return self._from_the_nearest(question)
        answers, unanswered = self._ask(self._members, question)
        answer = merged(task, list(answers.values()))
        self._remember(answers, answer, now)
        return evolve(answer, unanswered=(*answer.unanswered, *unanswered))

    def accept(
        self,
        offer: str,
        now: int,
        *,
        start: int | None = None,
        duration: int | None = None,
        amounts: Amounts | None = None,
    ) -> Session:
        """Take an offer of a member, and let those of the others go; see `Broker.accept`."""
        with self._lock:
            origin = self._origins.get(offer)
        choice = _Choice() if origin is None else origin.choice
        with choice.lock:
            if choice.taken is not None:
                raise Refused("phase", "an offer of the same answer was taken, and this one let go")
            accept = self._owner(offer, now).accept
            session = accept(offer, now, start=start, duration=duration, amounts=amounts)
            choice.taken = offer
        if origin is not None:
            self._let_go([ticket for ticket in origin.group if ticket.member != origin.member], now)
        return session

    def reject(self, offer: str, now: int) -> Session:
        """Let an offer go; see `Broker.reject`."""
        return self._owner(offer, now).reject(offer, now)

    def cancel(self, session: str, now: int) -> Session:
        """Give up an accepted session; see `Broker.cancel`."""
        return self._owner(session, now).cancel(session, now)

    def session(self, identifier: str, now: int) -> Session:
        """A session of a member as it stands; see `Broker.session`."""
        return self._owner(identifier, now).session(identifier, now)

    def _from_the_nearest(self, question: _Question) -> Answer:
        """The answer of the nearest member that can take a task; the others beyond are not even asked."""
        task, now, _ = question
        metrics = {
            name: member.proximity and member.proximity(task) for name, member in self._members.items()
        }
        nearest = sorted(metrics, key=lambda name: (metrics[name] is None, metrics[name] or 0))
        noes: list[Answer] = []
        missing: list[Unanswered] = []
        for name in nearest:
            answers, unanswered = self._ask({name: self._members[name]}, question)
            missing += unanswered
            for answer in answers.values():
                if answer.is_yes:
                    self._remember(answers, answer, now)
                    return evolve(answer, unanswered=(*answer.unanswered, *missing))
                noes.append(answer)
        no = merged(task, noes)
        return evolve(no, unanswered=(*no.unanswered, *missing))

    def _ask(
        self, members: Mapping[str, Member], question: _Question
    ) -> tuple[dict[str, Answer], list[Unanswered]]:
        """Ask side by side, and wait no longer than the timeout."""
        inbox = _Inbox(len(members))
        for name, member in members.items():
            Thread(target=_answer, args=(name, member, question, inbox), daemon=True).start()
        found = inbox.emptied(self._timeout)
        answers = {name: given for name in members if isinstance(given := found.get(name), Answer)}
        failed = [
            Unanswered(name, "failed", f"{type(fault).__name__}: {fault}")
            for name, fault in found.items()
            if isinstance(fault, Exception)
        ]
        late = f"no answer within {self._timeout:g} seconds"
        silent = [Unanswered(name, "timed-out", late) for name in members if name not in found]
        return answers, [*failed, *silent]

    def _remember(self, answers: Mapping[str, Answer], answer: Answer, now: int) -> None:
        """Note whose the offers are that the client sees, and let the others go."""
        made = [
            (_Ticket(name, offer.identifier), offer.expires)
            for name, given in answers.items()
            for offer in given.offers
            if offer.identifier is not None
        ]
        shown = {offer.identifier for offer in answer.offers}
        group = tuple(ticket for ticket, _ in made if ticket.offer in shown)
        choice = _Choice()
        with self._lock:
            self._origins = {offer: origin for offer, origin in self._origins.items() if origin.expires > now}
            self._origins |= {
                ticket.offer: _Origin(ticket.member, expires, group, choice)
                for ticket, expires in made
                if ticket in group
            }
        self._let_go([ticket for ticket, _ in made if ticket not in group], now)

    def _owner(self, offer: str, now: int) -> Broker:
        """The member whose an offer is: it is remembered, or knows the offer when it is asked."""
        with self._lock:
            origin = self._origins.get(offer)
        brokers = {name: m.planner for name, m in self._members.items() if isinstance(m.planner, Broker)}
        if origin is not None and origin.member in brokers:
            return brokers[origin.member]
        for broker in brokers.values():
            with suppress(Refused):
                broker.session(offer, now)
                return broker
        raise Refused("offer-unknown", f"no member of the federation knows an offer {offer}")

    def _let_go(self, tickets: Iterable[_Ticket], now: int) -> None:
        """Reject offers, beside what else is done: whoever waits for an answer does not wait for this."""
        for name, offer in tickets:
            member = self._members[name].planner
            if isinstance(member, Broker):
                Thread(target=_reject, args=(member, offer, now), daemon=True).start()


@final
class _Inbox:
    """Where members' answers come in, each by its member's name, as long as somebody waits for them."""

    def __init__(self, expected: int) -> None:
        self._expected = expected
        self._found: dict[str, Answer | Exception] = {}
        self._is_open = True
        self._changed = Condition()

    def put(self, name: str, result: Answer | Exception) -> bool:
        """Put in what a member has to say; whether it came in time."""
        with self._changed:
            if self._is_open:
                self._found[name] = result
                self._changed.notify()
            return self._is_open

    def emptied(self, timeout: float) -> Mapping[str, Answer | Exception]:
        """All that comes in within so many seconds; what comes later, does not come in."""
        with self._changed:
            self._changed.wait_for(lambda: len(self._found) == self._expected, timeout)
            self._is_open = False
            return self._found


def _answer(name: str, member: Member, question: _Question, inbox: _Inbox) -> None:
    """Ask one member. If nobody waits any more, what it holds is let go."""
    try:
        answer = ask(member.planner, *question)
        metric = None if member.proximity is None else member.proximity(question.task)
        if metric is not None:
            answer = evolve(answer, offers=tuple(_told(offer, metric) for offer in answer.offers))
    except Exception as fault:  # noqa: BLE001 (whatever a member raises is its failure, and no one else's)
        inbox.put(name, fault)
        return
    if not inbox.put(name, answer) and isinstance(member.planner, Broker):
        for offer in answer.offers:
            if offer.identifier is not None:
                _reject(member.planner, offer.identifier, question.now)


def _told(offer: Offer, metric: Decimal) -> Offer:
    """An offer with its metric; one from a federation within has its own already."""
    return offer if offer.proximity is not None else evolve(offer, proximity=metric)


def _reject(broker: Broker, offer: str, now: int) -> None:
    """Let an offer go as far as that can be done; what is not, expires."""
    with suppress(Exception):
        broker.reject(offer, now)
