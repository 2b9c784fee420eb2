"""A runner without a book believes sealed offers, each once."""

from itertools import count

import pytest
from attrs import evolve

from execbroker.adapters.books.broker import BookBroker
from execbroker.adapters.books.memory import MemoryStore
from execbroker.adapters.runners.sealed import SealedOffers
from execbroker.adapters.runners.virtual import VirtualRunner
from execbroker.core.amounts import Amounts
from execbroker.core.answer import Offer
from execbroker.core.interfaces import Refused
from execbroker.core.lifecycle import Event, IllegalStep, Phase
from execbroker.core.platform import Platform, Pool
from execbroker.core.ranges import Range
from execbroker.core.seal import Key, seal
from execbroker.core.task import Compute, Task

HERE = "https://runner.example.org/jobs"
KEY = Key("now", b"a secret that both of them know")
TASK = Task(compute=(Compute(None, {"cores": Range(1000)}),))


@pytest.fixture
def offer() -> Offer:
    """What a broker offers that shares the secret, and nothing else."""
    numbers = count()
    platform = Platform("here", (Pool("batch", Amounts({"cores": 4000})),), runner=HERE)
    (offered,) = BookBroker([platform], MemoryStore(), lambda: f"id{next(numbers)}").plan(TASK, 0).offers
    return offered


@pytest.fixture
def offers() -> SealedOffers:
    """What the runner knows."""
    return SealedOffers(HERE, [KEY])


def test_a_sealed_offer_runs_to_its_end(offer: Offer, offers: SealedOffers) -> None:
    """The client brings offer and seal, chooses a run, and the runner does the rest."""
    runner = VirtualRunner(offers, name=HERE)
    session = offers.admit(offer, seal(offer, KEY), TASK, 60, duration=3600)
    runner.run(session, 60)

    assert runner.job(session.identifier, 120).phase is Phase.RUNNING
    assert runner.job(session.identifier, 60 + 3600).phase is Phase.COMPLETED


def test_no_offer_is_taken_twice(offer: Offer, offers: SealedOffers) -> None:
    """Whatever became of it the first time."""
    offers.admit(offer, seal(offer, KEY), TASK, 60)
    with pytest.raises(Refused) as refused:
        offers.admit(offer, seal(offer, KEY), TASK, 60)

    assert refused.value.code == "seal-replayed"


def test_a_refused_run_uses_nothing_up(offer: Offer, offers: SealedOffers) -> None:
    """Who asks for more than was offered may ask again for what was."""
    with pytest.raises(Refused) as refused:
        offers.admit(offer, seal(offer, KEY), TASK, 60, amounts=Amounts({"cores": 5000}))

    assert refused.value.code == "outside-offer"
    assert offers.admit(offer, seal(offer, KEY), TASK, 60).run is not None


def test_a_changed_copy_does_not_run(offer: Offer, offers: SealedOffers) -> None:
    """Neither an offer that was changed before it is taken, nor a session after."""
    with pytest.raises(Refused) as refused:
        offers.admit(evolve(offer, pool="other"), seal(offer, KEY), TASK, 60)
    assert refused.value.code == "seal-broken"
    session = offers.admit(offer, seal(offer, KEY), TASK, 60)
    with pytest.raises(Refused) as refused:
        VirtualRunner(offers, name=HERE).run(evolve(session, task=Task()), 60)

    assert refused.value.code == "session-changed"


def test_illegal_steps_change_nothing(offer: Offer, offers: SealedOffers) -> None:
    """The ledger keeps to the table of phases."""
    session = offers.admit(offer, seal(offer, KEY), TASK, 60)
    with pytest.raises(IllegalStep):
        offers.advance(session.identifier, Event.COMPLETE, 60)

    assert offers.session(session.identifier, 60) == session
    with pytest.raises(Refused):
        offers.session("nothing", 60)
