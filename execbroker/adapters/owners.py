"""Brokers that keep whose their sessions are, for services that have more than one client."""

from __future__ import annotations

from abc import abstractmethod
from collections.abc import Collection
from contextlib import suppress
from threading import Lock
from typing import Final, final
from uuid import uuid4

from attrs import evolve

from execbroker.core.amounts import Amounts
from execbroker.core.answer import Answer, Offer
from execbroker.core.interfaces import Attentive, Broker, Refused, ask
from execbroker.core.lifecycle import Phase
from execbroker.core.planner import Query
from execbroker.core.session import Session
from execbroker.core.task import Task

__all__ = ["PLAIN", "Doorkeeper", "Keeper", "RememberedOwners"]

#: What a client that has not chosen is offered.
PLAIN: Final = Query()


class Keeper(Broker, Attentive):
    """A broker that also keeps whose its sessions are. It says so; whom that lets do what is not its business."""

    @abstractmethod
    def plan(self, task: Task, now: int, query: Query = PLAIN, *, owner: str | None = None) -> Answer:
        """The answer for a task. What it offers is the owner's from the moment that it can be accepted.

        Args:
            task: The task.
            now: The instant.
            query: What the client wants of the answer.
            owner: Who asks.
        """

    @abstractmethod
    def sessions(
        self, now: int, last: int | None = None, owner: str | None = None, phases: Collection[Phase] = ()
    ) -> list[Session]:
        """All sessions as they stand, or those of an owner or in some phases; the newest first.

        Args:
            now: The instant.
            last: At most so many of them; left out: all.
            owner: Only this owner's.
            phases: Only those in one of these; none: in any.
        """

    @abstractmethod
    def owner(self, identifier: str) -> str | None:
        """Whose a session is; None: nobody's who was named.

        Raises:
            Refused: `offer-unknown`.
        """

    @abstractmethod
    def group(self, identifier: str) -> str:
        """What an offer shares with its siblings, the offers of the same answer, and with nothing else.

        Raises:
            Refused: `offer-unknown`.
        """

    @abstractmethod
    def grouped(self, group: str, now: int) -> list[Session]:
        """The sessions of one answer's offers as they stand, in the answer's order. They are one owner's.

        Raises:
            Refused: `offer-unknown`: There is no such group.
        """

    def release(self, offer: Offer) -> int:
        """Seconds for which what was offered is held after the end of a run; 0 where nobody knows of any."""
        del offer
        return 0


class Doorkeeper(Keeper):
    """A keeper in front of a broker, which lets nobody at a session before it has looked whose it is.

    Who is let in is up to `owner`, for those who look, and to `claim`, for those who change something.
    """

    def __init__(self, broker: Broker) -> None:
        """Stand in front of a broker."""
        self._broker = broker

    def claim(self, identifier: str) -> None:
        """Let pass whoever may change a session; left as it is, whoever may see it.

        Raises:
            Refused: `offer-unknown`, or what else stands against it.
        """
        self.owner(identifier)

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
        self.claim(offer)
        return self._broker.accept(offer, now, start=start, duration=duration, amounts=amounts)

    def reject(self, offer: str, now: int) -> Session:
        """Let an offer go; see `Broker.reject`."""
        self.claim(offer)
        return self._broker.reject(offer, now)

    def cancel(self, session: str, now: int) -> Session:
        """Give up an accepted session; see `Broker.cancel`."""
        self.claim(session)
        return self._broker.cancel(session, now)

    def session(self, identifier: str, now: int) -> Session:
        """A session as it stands; see `Broker.session`."""
        self.owner(identifier)
        return self._broker.session(identifier, now)


@final
class RememberedOwners(Doorkeeper):
    """Any broker, with owners that are remembered as long as the process lives.

    What was offered before, or to others than through this, is unknown here, and so nobody's to see. A broker that
    is not `Attentive` does not hear who asks: to the policies of its platforms no client has a name. A list of who
    is allowed keeps all of them out, and a list of who is denied none.
    """

    def __init__(self, broker: Broker) -> None:
        """Remember whose a broker's offers are."""
        super().__init__(broker)
        self._owners: dict[str, str | None] = {}
        self._group_of: dict[str, str] = {}
        self._groups: dict[str, list[str]] = {}
        self._lock = Lock()

    def plan(self, task: Task, now: int, query: Query = PLAIN, *, owner: str | None = None) -> Answer:
        """The answer for a task; see `Keeper.plan`.

        Of what the client wants of it nothing is heeded but `max_offers`: others are not asked for more than an
        answer for somebody. The offers beyond that are rejected.
        """
        answer = ask(self._broker, task, now, owner)
        shown = answer.offers[: query.max_offers]
        beyond = answer.offers[len(shown) :]
        offered = [offer.identifier for offer in shown if offer.identifier is not None]
        with self._lock:
            self._owners |= dict.fromkeys(offered, owner)
            group = uuid4().hex
            self._groups[group] = offered
            self._group_of |= dict.fromkeys(offered, group)
        for offer in beyond:
            if offer.identifier is not None:
                with suppress(Refused):
                    self._broker.reject(offer.identifier, now)
        return evolve(answer, offers=shown, omitted=answer.omitted + len(beyond))

    def sessions(
        self, now: int, last: int | None = None, owner: str | None = None, phases: Collection[Phase] = ()
    ) -> list[Session]:
        """The sessions that were offered through this; see `Keeper.sessions`."""
        with self._lock:
            names = [name for name, whose in self._owners.items() if owner is None or whose == owner]
        found: list[Session] = []
        for name in reversed(names):
            if last is not None and len(found) >= last:
                break
            with suppress(Refused):  # the broker has forgotten it
                session = self._broker.session(name, now)
                found += [session] if not phases or session.phase in phases else []
        return found

    def owner(self, identifier: str) -> str | None:
        """Whose a session is that was offered through this."""
        with self._lock:
            if identifier not in self._owners:
                raise Refused("offer-unknown", f"there is no offer {identifier}")
            return self._owners[identifier]

    def group(self, identifier: str) -> str:
        """What the offers of one answer are called together; see `Keeper.group`."""
        self.owner(identifier)
        with self._lock:
            return self._group_of[identifier]

    def grouped(self, group: str, now: int) -> list[Session]:
        """The sessions of one answer's offers; see `Keeper.grouped`."""
        with self._lock:
            names = self._groups.get(group, [])
        if not names:
            raise Refused("offer-unknown", f"there is no answer {group}")
        return [self._broker.session(name, now) for name in names]
