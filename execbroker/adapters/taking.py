"""To accept an offer and hand it to a runner, and to take both back: what every service does in the same way."""

from __future__ import annotations

from contextlib import suppress

from execbroker.core.amounts import Amounts
from execbroker.core.interfaces import Broker, Refused, Runner
from execbroker.core.lifecycle import IllegalStep
from execbroker.core.session import Job, Session

__all__ = ["standing", "stop", "take"]


def take(
    broker: Broker,
    runner: Runner | None,
    offer: str,
    now: int,
    *,
    start: int | None = None,
    duration: int | None = None,
    amounts: Amounts | None = None,
) -> Session:
    """Accept an offer, and hand it to the runner if there is one.

    What the runner does not take is given up again, so that nothing stays booked that nobody will run. An offer
    that names another runner is accepted only: the client passes it there.

    Raises:
        Refused: As `Broker.accept` and `Runner.run` do.
    """
    session = broker.accept(offer, now, start=start, duration=duration, amounts=amounts)
    if runner is not None:
        try:
            runner.run(session, now)
        except BaseException as error:
            if isinstance(error, Refused) and error.code == "runner-foreign":
                return session
            with suppress(Refused, IllegalStep):
                broker.cancel(offer, now)
            raise
    return session


def stop(broker: Broker, runner: Runner | None, identifier: str, now: int) -> None:
    """Stop a session where it runs, or where it is booked if no runner has it.

    Raises:
        Refused: As `Broker.cancel` does.
    """
    if runner is not None:
        with suppress(Refused):
            runner.abort(identifier, now)
            return
    broker.cancel(identifier, now)
    if runner is not None:
        # Whoever took it just now had it already when it was cancelled: what he began ends here.
        with suppress(Refused):
            runner.abort(identifier, now)


def standing(broker: Broker, runner: Runner | None, identifier: str, now: int) -> Job:
    """The runner's job of a session, or before there is one the bare session.

    Raises:
        Refused: `offer-unknown`.
    """
    session = broker.session(identifier, now)
    if runner is not None and session.run is not None:
        with suppress(Refused):
            return runner.job(identifier, now)
    return Job(session)
