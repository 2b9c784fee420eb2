"""To accept an offer and hand it to a runner, and to take both back."""

import pytest
from attrs import evolve

from execbroker.adapters.books.broker import BookBroker
from execbroker.adapters.books.memory import MemoryStore
from execbroker.adapters.runners.virtual import VirtualRunner
from execbroker.adapters.taking import standing, stop, take
from execbroker.core.amounts import Amounts
from execbroker.core.interfaces import Refused, Runner
from execbroker.core.lifecycle import Event, Phase
from execbroker.core.platform import Platform, Pool
from execbroker.core.session import Job, Session
from execbroker.core.task import Task

NOW = 1_683_633_600
HERE = Platform("here", (Pool("batch", Amounts({"cores": 16_000, "memory": 2**40})),))


def broker(platform: Platform = HERE) -> BookBroker:
    """A broker for a platform."""
    names = iter("abcdefgh")
    return BookBroker([platform], MemoryStore(), lambda: next(names))


def offer(of: BookBroker) -> str:
    """The identifier of an offer."""
    return of.plan(Task(), NOW).offers[0].identifier or ""


class Stubborn(Runner):
    """Takes nothing."""

    def run(self, session: Session, now: int) -> Job:
        """No."""
        raise Refused("closed", "this runner takes nothing")

    def job(self, identifier: str, now: int) -> Job:
        """No."""
        raise Refused("job-unknown", "there is nothing here")

    def abort(self, identifier: str, now: int) -> Job:
        """No."""
        raise Refused("job-unknown", "there is nothing here")


def test_taken_and_stopped() -> None:
    """What is accepted runs, and what is stopped runs no more."""
    here = broker()
    runner = VirtualRunner(here)
    taken = offer(here)
    assert standing(here, runner, taken, NOW).phase is Phase.OFFERED

    assert take(here, runner, taken, NOW, duration=3600).run is not None
    assert standing(here, runner, taken, NOW).phase is Phase.RUNNING
    stop(here, runner, taken, NOW + 60)
    assert standing(here, runner, taken, NOW + 60).phase is Phase.CANCELLED


def test_without_a_runner() -> None:
    """What is accepted stays booked until it is cancelled."""
    here = broker()
    taken = offer(here)

    assert take(here, None, taken, NOW).phase is Phase.ACCEPTED
    assert standing(here, None, taken, NOW).phase is Phase.ACCEPTED
    stop(here, None, taken, NOW)
    assert standing(here, None, taken, NOW).phase is Phase.CANCELLED


def test_nothing_stays_booked_that_nobody_runs() -> None:
    """Where the runner refuses, the acceptance is taken back, and the client hears why."""
    here = broker()
    refused = offer(here)

    with pytest.raises(Refused, match="takes nothing"):
        take(here, Stubborn(), refused, NOW)
    assert standing(here, Stubborn(), refused, NOW).phase is Phase.CANCELLED


class Late(Runner):
    """Takes a session just when it has said that it has none, as one does to whom somebody else hands it."""

    def __init__(self, broker: BookBroker) -> None:
        self.broker = broker
        self.running: set[str] = set()

    def run(self, session: Session, now: int) -> Job:
        """Run it."""
        self.running.add(session.identifier)
        return Job(self.broker.advance(session.identifier, Event.WAIT, now))

    def job(self, identifier: str, now: int) -> Job:
        """How it stands."""
        return Job(self.broker.session(identifier, now))

    def abort(self, identifier: str, now: int) -> Job:
        """End it, if it runs by now."""
        if identifier not in self.running:
            self.run(self.broker.session(identifier, now), now)
            raise Refused("job-unknown", "there is nothing here")
        self.running.remove(identifier)
        return self.job(identifier, now)


def test_nothing_runs_on_that_was_stopped_as_it_was_taken() -> None:
    """Whoever stops what a runner takes at that very moment has it ended there, too."""
    here = broker()
    runner = Late(here)
    taken = here.accept(offer(here), NOW).identifier
    stop(here, runner, taken, NOW)

    assert here.session(taken, NOW).phase is Phase.CANCELLED
    assert runner.running == set()


def test_another_runners_offer_is_accepted_only() -> None:
    """The client passes it to the runner that it names."""
    here = broker(evolve(HERE, runner="https://runner.example.org/jobs"))
    elsewhere = offer(here)

    assert take(here, VirtualRunner(here), elsewhere, NOW).phase is Phase.ACCEPTED
    stop(here, VirtualRunner(here), elsewhere, NOW)
    assert here.session(elsewhere, NOW).phase is Phase.CANCELLED
