"""A federation answers as one planner would that knew all platforms, whatever some members do."""

import subprocess
import sys
from collections.abc import Callable, Mapping
from concurrent.futures import ThreadPoolExecutor
from decimal import Decimal
from itertools import count
from threading import Barrier, Event
from time import monotonic, sleep, time

import pytest
from attrs import evolve
from hypothesis import given
from hypothesis import strategies as st

from execbroker.adapters.books.broker import BookBroker
from execbroker.adapters.books.memory import MemoryStore
from execbroker.adapters.federation import Federation, Member, Mode, _Inbox
from execbroker.adapters.owners import RememberedOwners
from execbroker.core.amounts import Amounts
from execbroker.core.answer import Answer
from execbroker.core.interfaces import Planner, Refused
from execbroker.core.lifecycle import Phase
from execbroker.core.planner import PlatformPlanner, Query
from execbroker.core.platform import Platform, Pool, Transfer
from execbroker.core.policy import Choice, Policy
from execbroker.core.proximity import StagingTime
from execbroker.core.ranges import Range
from execbroker.core.task import Compute, Data, Task
from execbroker.testing.strategies import worlds
from execbroker.testing.worlds import World

#: Seconds; far more than any of these searches takes, also on a busy machine.
PATIENCE = 30.0


class Place(Planner):
    """A planner for one platform, with its whole frontier."""

    def __init__(self, platform: Platform) -> None:
        self.planner = PlatformPlanner(platform)

    def plan(self, task: Task, now: int) -> Answer:
        """The whole frontier."""
        return self.planner.plan(task, now, Query(max_offers=10**6))


class Doing(Planner):
    """A planner that does something else."""

    def __init__(self, action: Callable[[], object]) -> None:
        self.action = action

    def plan(self, task: Task, now: int) -> Answer:
        """Do it."""
        self.action()
        return Answer()


def broken() -> None:
    """Fail."""
    raise RuntimeError("out of order")


def here(name: str, cores: int, **more: object) -> Platform:
    """A platform with some cores."""
    return Platform(name, (Pool("batch", Amounts({"cores": cores})),), **more)  # type: ignore[arg-type]


TASK = Task(compute=(Compute(None, {"cores": Range(1000)}),))


@given(worlds())
def test_the_frontier_is_that_of_all_platforms_together(world: World) -> None:
    """A federation of planners, flat or nested, offers exactly what one planner of all platforms does."""
    names = [f"m{number}" for number in range(len(world.platforms))]
    platforms = [evolve(platform, name=name) for name, platform in zip(names, world.platforms, strict=True)]
    members = {platform.name: Member(Place(platform)) for platform in platforms}
    flat = Federation(members, PATIENCE)
    last = names[-1]
    nested = Federation(
        {
            **{name: member for name, member in members.items() if name != last},
            "inner": Member(Federation({last: members[last]}, PATIENCE)),
        },
        PATIENCE,
    )

    together = PlatformPlanner(*platforms).plan(world.task, world.now, Query(max_offers=10**6))
    assert flat.plan(world.task, world.now).offers == together.offers
    assert nested.plan(world.task, world.now).offers == together.offers


def test_failures_are_named_and_hold_up_nobody() -> None:
    """Of 50 members 10 hang and 10 raise; the others' frontier comes within the timeout."""
    hang = Event()
    members: dict[str, Member] = {}
    for number in range(50):
        planner: Planner = Place(here(f"p{number}", 1000 + 1000 * (number % 7)))
        if number % 5 == 1:
            planner = Doing(hang.wait)
        elif number % 5 == 2:
            planner = Doing(broken)
        members[f"p{number}"] = Member(planner)
    working = [here(f"p{n}", 1000 + 1000 * (n % 7)) for n in range(50) if n % 5 not in (1, 2)]

    begin = monotonic()
    answer = Federation(members, timeout=2).plan(TASK, 0)
    took = monotonic() - begin
    hang.set()

    assert took < 4
    assert answer.offers == PlatformPlanner(*working).plan(TASK, 0, Query(max_offers=10**6)).offers
    assert sorted((each.planner, each.code) for each in answer.unanswered) == sorted(
        [(f"p{n}", "timed-out") for n in range(50) if n % 5 == 1]
        + [(f"p{n}", "failed") for n in range(50) if n % 5 == 2]
    )
    assert "RuntimeError: out of order" in {each.message for each in answer.unanswered}


def test_a_process_ends_though_members_hang() -> None:
    """Threads that never come back don't keep the process."""
    code = """
import threading, time
from execbroker.adapters.federation import Federation, Member
from execbroker.core.interfaces import Planner
from execbroker.core.task import Task

class Hanging(Planner):
    def plan(self, task, now):
        threading.Event().wait()

answer = Federation({str(n): Member(Hanging()) for n in range(10)}, timeout=0.1).plan(Task(), 0)
print(len(answer.unanswered), time.time())
"""
    done = subprocess.run(
        [sys.executable, "-c", code], capture_output=True, text=True, check=True, timeout=60
    )
    hanging, ended = done.stdout.split()

    assert hanging == "10"
    assert time() - float(ended) < 5


def test_nobody_has_an_offer() -> None:
    """Then the reasons of all members are there."""
    members = {name: Member(Place(here(name, 500))) for name in ("one", "two")}
    answer = Federation(members, PATIENCE).plan(TASK, 0)

    assert not answer.is_yes
    assert [reason.platform for reason in answer.reasons] == ["one", "two"]


FAR = here("far", 8000, transfers=(Transfer("*", 10),))
NEAR = here("near", 2000, transfers=(Transfer("*", 100),))
WITH_DATA = evolve(TASK, data=(Data("https://a.example/x", size=36_000),))


def near_and_far(mode: Mode) -> Federation:
    """Two members that know how far they are from data."""
    members = {p.name: Member(Place(p), StagingTime(p)) for p in (FAR, NEAR)}
    return Federation(members, PATIENCE, mode)


def test_told_how_near_the_client_chooses() -> None:
    """Each offer has its metric, and nearness is one of the things that offers are compared by."""
    offers = near_and_far(Mode.TELL).plan(WITH_DATA, 0).offers

    assert [(offer.platform, offer.proximity) for offer in offers] == [
        ("near", Decimal(360)),
        ("far", Decimal(3600)),
    ]


def test_the_nearest_that_can_take_it_is_chosen() -> None:
    """Only the nearest is asked, unless it can't."""
    federation = near_and_far(Mode.CHOOSE)
    large = evolve(WITH_DATA, compute=(Compute(None, {"cores": Range(4000)}),))

    assert {offer.platform for offer in federation.plan(WITH_DATA, 0).offers} == {"near"}
    assert {offer.platform for offer in federation.plan(large, 0).offers} == {"far"}


def brokers(*names: str) -> dict[str, BookBroker]:
    """Brokers with books of their own."""
    numbers = count()
    return {
        name: BookBroker([here(name, 8000)], MemoryStore(), lambda: f"offer-{next(numbers)}")
        for name in names
    }


def eventually(condition: Callable[[], bool]) -> bool:
    """Whether something becomes true before long."""
    deadline = monotonic() + PATIENCE
    while not condition() and monotonic() < deadline:
        sleep(0.01)
    return condition()


def test_an_offer_is_accepted_through_the_federation() -> None:
    """Whose it is need not be known; offers that nobody sees, and siblings elsewhere, are let go."""
    members = brokers("one", "two")
    federation = Federation({name: Member(broker) for name, broker in members.items()}, PATIENCE)
    (offer,) = federation.plan(TASK, 0).offers
    assert offer.identifier is not None

    assert offer.platform == "one"
    assert eventually(lambda: [s.phase for s in members["two"].sessions(0)] == [Phase.REJECTED])
    assert federation.accept(offer.identifier, 0).phase is Phase.ACCEPTED
    assert federation.session(offer.identifier, 1).phase is Phase.ACCEPTED
    assert Federation({"one": Member(members["one"])}, 1).cancel(offer.identifier, 2).phase is Phase.CANCELLED
    with pytest.raises(Refused) as refused:
        federation.accept("nothing", 0)
    assert refused.value.code == "offer-unknown"


ALICE_ONLY = Policy(identities=Choice(("alice",)))


@pytest.mark.parametrize("mode", Mode)
@pytest.mark.parametrize(("client", "is_let_in"), [("alice", True), ("bob", False), (None, False)])
def test_members_hear_who_asks(mode: Mode, client: str | None, is_let_in: bool) -> None:
    """Through a federation in a federation, and with owners remembered in front; the offers are the client's."""
    numbers = count()
    guarded = here("guarded", 8000, policy=ALICE_ONLY)
    member = BookBroker([guarded], MemoryStore(), lambda: f"offer-{next(numbers)}")
    inner = Federation({"guarded": Member(member)}, PATIENCE, mode)
    front = RememberedOwners(Federation({"inner": Member(inner)}, PATIENCE, mode))

    answer = front.plan(TASK, 0, owner=client)

    assert answer.is_yes is is_let_in
    assert [reason.code for reason in answer.reasons] == ([] if is_let_in else ["policy"])
    assert len(member.sessions(0, owner="alice")) == len(front.sessions(0, owner="alice")) == is_let_in
    assert answer.unanswered == ()


def test_members_that_do_not_care_are_not_told_who_asks() -> None:
    """A planner of the bare interface is asked for a task alone."""
    federation = Federation({"bare": Member(Place(here("bare", 8000)))}, PATIENCE)

    assert federation.plan(TASK, 0, owner="alice") == federation.plan(TASK, 0)
    assert federation.plan(TASK, 0, owner="alice").is_yes


def two_that_neither_beats(members: Mapping[str, BookBroker]) -> tuple[Federation, list[str]]:
    """A federation, and the offers of its two members: one is larger, the other nearer."""
    metrics = {"one": lambda _: Decimal(2), "two": lambda _: Decimal(1)}
    federation = Federation({n: Member(b, metrics[n]) for n, b in members.items()}, PATIENCE)
    members["two"].plan(evolve(TASK, compute=(Compute(None, {"cores": Range(6000)}),)), 0)
    offers = sorted(federation.plan(TASK, 0).offers, key=lambda offer: offer.platform)
    assert [offer.platform for offer in offers] == ["one", "two"]
    return federation, [offer.identifier or "" for offer in offers]


def test_siblings_at_other_members_are_let_go() -> None:
    """Two offers that neither beats; when one is taken the other is free again, and cannot be taken."""
    members = brokers("one", "two")
    federation, (first, second) = two_that_neither_beats(members)

    federation.accept(first, 0)
    # That may be before the other member has heard of it, or after.
    with pytest.raises(Refused, match="phase"):
        federation.accept(second, 0)
    assert eventually(lambda: members["two"].sessions(0)[0].phase is Phase.REJECTED)
    with pytest.raises(Refused, match="phase"):
        federation.accept(second, 0)


def test_of_siblings_one_is_taken() -> None:
    """Of two clients that take the two offers of one answer at once, one has it."""
    start = Barrier(2)

    def take(federation: Federation, offer: str) -> str:
        start.wait()
        try:
            return federation.accept(offer, 0).phase.value
        except Refused as refused:
            return refused.code

    for _ in range(20):
        federation, offers = two_that_neither_beats(brokers("one", "two"))
        with ThreadPoolExecutor(2) as pool:
            taken = [pool.submit(take, federation, offer) for offer in offers]
        assert sorted(each.result() for each in taken) == ["ACCEPTED", "phase"]


@given(st.lists(st.booleans(), min_size=1, max_size=6))
def test_what_came_in_time_counts(in_time: list[bool]) -> None:
    """What was told that it came in time is in the inbox, and nothing else."""
    inbox = _Inbox(len(in_time) + 1)
    told = {str(number): inbox.put(str(number), Answer()) for number, each in enumerate(in_time) if each}
    found = inbox.emptied(0)
    late = {str(number): inbox.put(str(number), Answer()) for number, each in enumerate(in_time) if not each}

    assert set(told.values()) <= {True}
    assert set(late.values()) <= {False}
    assert found.keys() == told.keys()


def test_nobody_is_told_both() -> None:
    """Whatever threads do at the last moment, an answer was either in time and is there, or it was not."""
    for _ in range(50):
        inbox = _Inbox(9)
        with ThreadPoolExecutor(8) as pool:
            told = {str(n): pool.submit(inbox.put, str(n), Answer()) for n in range(8)}
            found = {*inbox.emptied(0.0001)}
        assert {name for name, each in told.items() if each.result()} == found
