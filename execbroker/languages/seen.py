"""Sessions as their broker shows them, whoever's that is: what can be followed without keeping its book."""

from __future__ import annotations

from typing import Final, final

from attrs import frozen

from execbroker.core.answer import Offer
from execbroker.core.lifecycle import Phase
from execbroker.core.session import Connector, Run
from execbroker.core.spans import Span

__all__ = ["Notice", "SeenSession", "Stretch"]

#: The phases in which nobody has taken the offer.
_UNTAKEN: Final = (Phase.OFFERED, Phase.REJECTED, Phase.EXPIRED)


@final
@frozen
class Stretch:
    """A part of a session's time: the instants at which it may start, and how many seconds it lasts."""

    starts: Span
    duration: int


@final
@frozen
class Notice:
    """What a broker has to say of a session.

    Attributes:
        message: A sentence.
        code: What it is about, such as `failed`.
        level: DEBUG, INFO, WARN, ERROR or OTHER, if it says.
        instant: When that was, if it says.
    """

    message: str
    code: str
    level: str | None = None
    instant: int | None = None


@final
@frozen
class SeenSession:
    """What a broker says of one of its sessions: an offer, or what became of one.

    Attributes:
        phase: Where it stands.
        offer: What was offered, as far as that is still shown; its identifier is the session's. Once a run was
            accepted, its times are those of the run.
        created: When it was made, if the broker says.
        location: The URL at which the broker shows it, if it says.
        running: From the start to the end, which is left to the client's choice until it is accepted.
        preparing, releasing: What goes before and comes after, if anything does.
        options: The phases that may be asked for now.
        notices: What the broker has to say.
        connectors: The ways in to what runs.
    """

    phase: Phase
    offer: Offer
    running: Stretch
    created: int | None = None
    location: str | None = None
    preparing: Stretch | None = None
    releasing: Stretch | None = None
    options: tuple[Phase, ...] = ()
    notices: tuple[Notice, ...] = ()
    connectors: tuple[Connector, ...] = ()

    @property
    def identifier(self) -> str | None:
        """What the broker calls it."""
        return self.offer.identifier

    @property
    def expires(self) -> int:
        """Until when it can be accepted; that has a meaning only while it is OFFERED."""
        return self.offer.expires

    @property
    def run(self) -> Run | None:
        """What was accepted, with the most of what is shown; None: nothing was."""
        if self.phase in _UNTAKEN:
            return None
        return Run(self.running.starts.start, self.running.duration, self.offer.amounts)
