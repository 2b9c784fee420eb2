"""A broker as one client sees it: what is another's is not there.

Every way to a session leads through here, so no endpoint can forget to ask whose it is.
"""

from __future__ import annotations

from collections.abc import Collection
from typing import final

from execbroker.adapters.owners import PLAIN, Doorkeeper, Keeper
from execbroker.core.answer import Answer, Offer
from execbroker.core.interfaces import Refused
from execbroker.core.lifecycle import Phase
from execbroker.core.planner import Query
from execbroker.core.session import Session
from execbroker.core.task import Task
from execbroker.service.clients.identities import Policy

__all__ = ["OwnBroker"]


@final
class OwnBroker(Doorkeeper):
    """What one client may see and change of a broker.

    What it may not see is refused as what is not there, in the same words: whether there is something is nobody
    else's business. What it may see but not change is refused as `not-yours`.
    """

    def __init__(self, keeper: Keeper, policy: Policy, identity: str | None, listed: int) -> None:
        """Look at a broker with the eyes of a client.

        Args:
            keeper: The broker.
            policy: What is whose.
            identity: Who the client is.
            listed: The most sessions that a list shows.
        """
        super().__init__(keeper)
        self._keeper, self._policy, self._identity, self._listed = keeper, policy, identity, listed
        #: Those that were asked for already; whose a session is never changes.
        self._owners: dict[str, str | None] = {}

    def plan(self, task: Task, now: int, query: Query = PLAIN, *, owner: str | None = None) -> Answer:
        """The answer for a task; what is offered is the client's, whoever else is named."""
        del owner
        return self._keeper.plan(task, now, query, owner=self._identity)

    def sessions(
        self, now: int, last: int | None = None, owner: str | None = None, phases: Collection[Phase] = ()
    ) -> list[Session]:
        """The newest of the sessions that the client may see, the newest first."""
        most = self._listed if last is None else min(last, self._listed)
        if self._policy.may(self._policy.see, self._identity, None):
            return self._keeper.sessions(now, most, owner, phases)
        if self._identity is None or owner not in (None, self._identity):
            return []
        return self._keeper.sessions(now, most, self._identity, phases)

    def owner(self, identifier: str) -> str | None:
        """Whose a session is that the client may see.

        Raises:
            Refused: `offer-unknown`.
        """
        if identifier not in self._owners:
            try:
                self._owners[identifier] = self._keeper.owner(identifier)
            except Refused as refused:
                if refused.code != "offer-unknown":
                    raise
                raise _unknown(identifier) from None
        owner = self._owners[identifier]
        if not self.may_see(owner):
            raise _unknown(identifier)
        return owner

    def group(self, identifier: str) -> str:
        """What the offers of an answer that the client may see are called together."""
        self.owner(identifier)
        return self._keeper.group(identifier)

    def grouped(self, group: str, now: int) -> list[Session]:
        """The sessions of an answer that the client may see."""
        try:
            found = self._keeper.grouped(group, now)
            self.owner(found[0].identifier)
        except Refused as refused:
            raise (_unknown(group) if refused.code == "offer-unknown" else refused) from None
        return found

    def release(self, offer: Offer) -> int:
        """Seconds for which what was offered is held after the end of a run."""
        return self._keeper.release(offer)

    def claim(self, identifier: str) -> None:
        """Let pass whoever may change a session.

        Raises:
            Refused: `offer-unknown`, `not-yours`.
        """
        owner = self.owner(identifier)
        if not self._policy.may(self._policy.change, self._identity, owner):
            raise Refused("not-yours", f"{identifier} is another's")

    def may_see(self, owner: str | None) -> bool:
        """Whether the client may see what is an owner's."""
        return self._policy.may(self._policy.see, self._identity, owner)

    def may_change(self, identifier: str) -> bool:
        """Whether the client may change a session."""
        return self._policy.may(self._policy.change, self._identity, self.owner(identifier))


def _unknown(identifier: str) -> Refused:
    return Refused("offer-unknown", f"there is no offer {identifier[:60]}")
