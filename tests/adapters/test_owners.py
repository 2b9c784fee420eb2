"""Whose a session is, as the book keeps it."""

from collections.abc import Iterator
from itertools import count
from pathlib import Path

import pytest

from execbroker.adapters.books.broker import BookBroker
from execbroker.adapters.books.memory import MemoryStore
from execbroker.adapters.books.sqlite import SqliteStore
from execbroker.adapters.books.store import Store
from execbroker.adapters.owners import Keeper, RememberedOwners
from execbroker.core.amounts import Amounts
from execbroker.core.interfaces import Refused
from execbroker.core.lifecycle import Phase
from execbroker.core.planner import Query
from execbroker.core.platform import Booking, Platform, Pool
from execbroker.core.ranges import Range
from execbroker.core.spans import Span
from execbroker.core.task import Compute, Task

NOW = 1_683_633_600
SMALL = Pool("batch", Amounts({"cores": 16_000}))
HERE = Platform("here", (SMALL,))
#: A short run may be longer: more than one offer.
TWO = Platform(
    "here", (SMALL,), bookings=(Booking("batch", Span(NOW + 7200, NOW + 9000), Amounts({"cores": 8_000})),)
)
TASK = Task(compute=(Compute(ranges={"cores": Range(1_000)}),))


@pytest.fixture(params=["memory", "sqlite"])
def store(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Store]:
    """An empty book of each kind."""
    opened = MemoryStore() if request.param == "memory" else SqliteStore(tmp_path / "book")
    yield opened
    opened.close()


def broker(store: Store) -> BookBroker:
    """A broker for a small platform."""
    numbers = count()
    return BookBroker([HERE], store, lambda: f"id{next(numbers)}")


def offer(of: Keeper, owner: str | None) -> str:
    """The identifier of an offer that somebody asked for."""
    return of.plan(Task(), NOW, owner=owner).offers[0].identifier or ""


def test_stays_with_a_session(store: Store) -> None:
    """Whose a session is does not change with its phase, and is nobody's where nobody was named."""
    asked = broker(store)
    ann, nobody = offer(asked, "ann"), offer(asked, None)
    asked.accept(ann, NOW)

    assert (asked.owner(ann), asked.owner(nobody)) == ("ann", None)
    with pytest.raises(Refused, match="offer-unknown"):
        asked.owner("nothing")


def test_own_sessions(store: Store) -> None:
    """Those of an owner are listed alone, the newest first, up to as many as are asked for."""
    asked = broker(store)
    first, _, third = offer(asked, "ann"), offer(asked, "bob"), offer(asked, "ann")

    assert [each.identifier for each in asked.sessions(NOW, owner="ann")] == [third, first]
    assert [each.identifier for each in asked.sessions(NOW, 1, "ann")] == [third]
    assert asked.sessions(NOW, owner="cy") == []
    assert len(asked.sessions(NOW)) == 3


@pytest.fixture(params=["book", "remembered"])
def keeper(request: pytest.FixtureRequest) -> Keeper:
    """Both who keep owners by themselves and who are given some."""
    numbers = count()
    kept = BookBroker([TWO], MemoryStore(), lambda: f"id{next(numbers)}")
    return kept if request.param == "book" else RememberedOwners(kept)


def test_offers_of_one_answer(keeper: Keeper) -> None:
    """They are found together, as they stand, in the order of the answer; another answer's are others."""
    first, second = (
        [offer.identifier or "" for offer in keeper.plan(TASK, NOW, owner="ann").offers] for _ in range(2)
    )
    assert len(first) > 1
    group = keeper.group(first[0])
    assert {keeper.group(each) for each in first} == {group}
    assert group != keeper.group(second[0])
    keeper.accept(first[1], NOW, duration=3600, amounts=Amounts({"cores": 1_000}))

    found = keeper.grouped(group, NOW)
    assert [each.identifier for each in found] == first
    assert [each.phase for each in found[:2]] == [Phase.REJECTED, Phase.ACCEPTED]
    for unknown in (lambda: keeper.group("nothing"), lambda: keeper.grouped("nothing", NOW)):
        with pytest.raises(Refused, match="offer-unknown"):
            unknown()


def test_at_most_so_many(keeper: Keeper) -> None:
    """A client may want few offers; what is left out is told, and held for nobody."""
    answer = keeper.plan(TASK, NOW, Query(max_offers=1))

    assert (len(answer.offers), answer.omitted > 0) == (1, True)
    assert len(keeper.grouped(keeper.group(answer.offers[0].identifier or ""), NOW)) == 1
    assert [each.phase for each in keeper.sessions(NOW)] == [Phase.OFFERED]


def test_phases_choose_before_they_are_counted_off(keeper: Keeper) -> None:
    """What is looked for is found however much of something else is newer; no phase means any."""
    first, second, third = offer(keeper, "ann"), offer(keeper, "bob"), offer(keeper, "ann")
    keeper.reject(first, NOW)
    keeper.reject(second, NOW)

    def found(*phases: Phase, last: int | None = None, owner: str | None = None) -> list[str]:
        sessions = keeper.sessions(NOW, last, owner, phases)
        return [each.identifier for each in sessions if each.identifier in (first, second, third)]

    assert found(Phase.REJECTED, last=1) == [second]
    assert found(Phase.REJECTED, last=1, owner="ann") == [first]
    assert found(Phase.REJECTED, Phase.OFFERED, owner="ann") == [third, first]
    assert found() == [third, second, first]
    assert found(Phase.FAILED) == []


def test_what_is_held_after_the_end() -> None:
    """A book knows how long its pools take to release; who is given owners knows nothing of that."""
    slow = BookBroker([Platform("here", (SMALL,), release=90)], MemoryStore(), lambda: "id")
    offered = slow.plan(Task(), NOW).offers[0]

    assert slow.release(offered) == 90
    assert RememberedOwners(slow).release(offered) == 0
