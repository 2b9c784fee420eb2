"""A machine for brokers."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from itertools import permutations
from threading import Barrier
from typing import ClassVar

from attrs import evolve
from hypothesis import strategies as st
from hypothesis.stateful import precondition, rule

from execbroker.core.amounts import Amounts
from execbroker.core.answer import Answer, Offer
from execbroker.core.interfaces import Broker
from execbroker.core.lifecycle import Phase
from execbroker.core.platform import Platform
from execbroker.core.spans import round_up
from execbroker.core.task import Task
from execbroker.testing.comparison import differences, follow, is_hidden
from execbroker.testing.histories import (
    Accept,
    Call,
    Cancel,
    History,
    Look,
    Plan,
    Reject,
    Request,
    put,
)
from execbroker.testing.machines.common import Machine
from execbroker.testing.naive import Kept, NaiveBroker
from execbroker.testing.rules import HISTORY_RULES, judge, judge_history
from execbroker.testing.rules.rule import Level, Rule, Violation
from execbroker.testing.worlds import World

__all__ = ["BrokerMachine"]


class BrokerMachine(Machine):
    """Clients that ask a broker, accept, reject, cancel, look and race, while time goes on.

    Subclass it and override `make_broker`; `Mine.TestCase` is then a test for pytest and unittest. What the broker
    holds open is let go in `teardown`, which is called after each case.

    Attributes:
        history_rules: What all that was said is held against.
        threads: Whether clients also race in threads of their own. Then no order is sure, and what is found may not
            be found again: what came of a race is wrong if it is wrong in whatever order it might have happened.
    """

    history_rules: ClassVar[Collection[Rule[History]]] = HISTORY_RULES
    threads: ClassVar[bool] = False
    steps: ClassVar[int] = 10

    _makes: ClassVar[str] = "broker"

    def make_broker(self, platforms: Sequence[Platform]) -> Broker:
        """The broker to be tested, new and with an empty book, for some platforms. Yours to say."""
        raise NotImplementedError("override make_broker: it returns your broker for the platforms")

    def start(self, platforms: Sequence[Platform]) -> None:
        """Make the broker, and the naive one beside it."""
        self.broker = self.make_broker(platforms)
        self.model = NaiveBroker(platforms)

    # What clients do.

    @rule(task=st.runner().flatmap(lambda machine: machine.questions()))
    def plan(self, task: Task) -> None:
        """Somebody asks."""
        self.ask(Plan(task))

    @precondition(lambda self: self.open_offers())
    @rule(request=st.runner().flatmap(lambda machine: machine.choices()))
    def accept(self, request: Accept) -> None:
        """Somebody takes an open offer, as it is or for a run of their choice."""
        self.ask(request)

    @precondition(lambda self: self.model.kept)
    @rule(request=st.runner().flatmap(lambda machine: machine.anything()))
    def try_anything(self, request: Request) -> None:
        """Somebody rejects, cancels, looks at, or tries to take whatever there ever was."""
        self.ask(request)

    @precondition(lambda self: len(self.open_offers()) > 1)
    @rule(requests=st.runner().flatmap(lambda machine: machine.rivals()))
    def race(self, requests: tuple[Accept, Accept]) -> None:
        """Two clients take one offer each, one right after the other."""
        for request in requests:
            self.ask(request)

    @precondition(lambda self: self.threads and len(self.open_offers()) > 1)
    @rule(requests=st.runner().flatmap(lambda machine: machine.rivals()))
    def race_in_threads(self, requests: tuple[Accept, Accept]) -> None:
        """Two clients take one offer each at the same time."""
        with self.telling(*requests):
            calls = together(self.broker, requests, self.now)
        self.settle(calls)

    @rule(until=st.runner().flatmap(lambda machine: machine.instants()))
    def wait(self, until: int) -> None:
        """Time goes on."""
        self.now = max(self.now, until)
        self.model.pass_time(self.now)

    # What they may do.

    def open_offers(self) -> list[Kept]:
        """The offers that can be taken, the newest first."""
        return [kept for kept in reversed(self.model.kept.values()) if kept.session.phase is Phase.OFFERED]

    def choices(self) -> st.SearchStrategy[Accept]:
        """Ways to take an open offer."""
        return st.sampled_from(self.open_offers()).flatmap(self.ways)

    def rivals(self) -> st.SearchStrategy[tuple[Accept, ...]]:
        """Ways to take two open offers, which may be siblings."""
        both = st.permutations(self.open_offers()).map(lambda order: order[:2])
        return both.flatmap(lambda offers: st.tuples(*map(self.ways, offers)))

    def ways(self, kept: Kept) -> st.SearchStrategy[Accept]:
        """Ways to take an offer: as it is, the least of it, or some of it or too much."""
        offer, name = kept.offer, kept.session.identifier
        least = Accept(name, duration=offer.minduration, amounts=offer.minima)
        return st.one_of(st.just(Accept(name)), st.just(least), self.some_of(name, offer))

    def some_of(self, name: str, offer: Offer) -> st.SearchStrategy[Accept]:
        """Runs at, near and beyond the limits of an offer."""
        grid = self.model.place(offer)[0].granularity
        first = round_up(max(offer.minstart, self.now), grid)
        starts = {
            offer.minstart - grid,
            offer.minstart,
            first,
            first + 1,
            offer.maxstart,
            offer.maxstart + grid,
        }
        lengths = {grid, offer.minduration, offer.maxduration, offer.maxduration + grid}
        return st.builds(
            Accept,
            st.just(name),
            st.sampled_from([None, *sorted(starts)]),
            st.sampled_from([None, *sorted(lengths)]),
            st.none() | some_amounts(offer),
        )

    def anything(self) -> st.SearchStrategy[Request]:
        """What can be tried with whatever there ever was."""
        names = st.sampled_from([*reversed(self.model.kept)])
        return st.one_of(*(st.builds(kind, names) for kind in (Reject, Cancel, Look, Accept)))

    def instants(self) -> st.SearchStrategy[int]:
        """When something changes, and just before and after; or a step or two on."""
        edges = {edge for kept in self.model.kept.values() for edge in self.edges(kept)}
        near = {edge + off for edge in edges for off in (-1, 0, 1)}
        steps = {self.now + count * self.frame.grid for count in (1, 2)}
        return st.sampled_from(sorted(instant for instant in near | steps if instant > self.now))

    def edges(self, kept: Kept) -> Iterator[int]:
        """The instants at which something changes for an offer or a run."""
        if kept.session.phase is Phase.OFFERED:
            yield from (kept.deadline, kept.offer.minstart, kept.offer.maxstart)
        elif kept.session.run is not None:
            yield from (kept.session.run.start, kept.session.run.end)

    # What comes of it.

    def ask(self, request: Request) -> None:
        """Put a request to the broker, and hold what comes of it against all that is known."""
        with self.telling(request):
            call = put(self.broker, request, self.now)
        self.calls.append(call)
        self.insist(self.judged(self.calls, self.model))
        follow(self.model, call)

    def judged(self, calls: Sequence[Call], model: NaiveBroker) -> list[Violation]:
        """All that is wrong with the last of some calls; the model is as it was before that."""
        history = History(tuple(self.here), tuple(calls))
        where, last = f"calls[{len(calls) - 1}]", calls[-1]
        found = judge_history(history, self.history_rules)
        if isinstance(last.request, Plan) and isinstance(last.outcome, Answer):
            found += self.judged_answer(last.request.task, last.outcome, where)
        return [*found, *differences(model, last, where)]

    def judged_answer(self, task: Task, answer: Answer, where: str) -> Iterator[Violation]:
        """What is wrong with an answer, given what is taken; of what can't be known, only what can't be right."""
        self.model.pass_time(self.now)
        open_offers = [kept.offer for kept in self.open_offers()]
        hidden = any(is_hidden(*self.model.place(offer)) for offer in open_offers)
        world = World(task, self.model.as_it_stands(is_hidden=is_hidden), self.now)
        for violation in judge(world, answer, self.answer_rules):
            if not (hidden and violation.level is Level.QUALITY):
                inside = f"{where}.{violation.where}" if violation.where else where
                yield evolve(violation, where=inside)

    def settle(self, calls: Sequence[Call]) -> None:
        """Go on from an order in which calls that were made at the same time can have happened, if there is one."""
        tried = [(self.played(order), order) for order in permutations(calls)]
        broken, order = min(tried, key=lambda each: len(each[0]))
        self.calls += order
        self.insist(broken)
        for call in order:
            follow(self.model, call)

    def played(self, order: Sequence[Call]) -> list[Violation]:
        """All that is wrong if some calls happened in this order."""
        model, before, broken = self.model.copied(), list(self.calls), list[Violation]()
        for call in order:
            before.append(call)
            broken += [each for each in self.judged(before, model) if each.level in self.levels]
            follow(model, call)
        return broken


def some_amounts(offer: Offer) -> st.SearchStrategy[Amounts]:
    """Some of one resource of an offer, or too much or too little of it."""
    least, most = offer.minima, offer.amounts
    choices = [
        Amounts({name: amount})
        for name in most
        for amount in sorted(
            {
                least[name],
                (least[name] + most[name]) // 2,
                most[name],
                most[name] + 1,
                max(0, least[name] - 1),
            }
        )
    ]
    return st.sampled_from(choices or [Amounts()])


def together(broker: Broker, requests: Sequence[Request], now: int) -> list[Call]:
    """Put requests to a broker at the same time, each in a thread of its own."""
    gate = Barrier(len(requests))

    def ask(request: Request) -> Call:
        gate.wait()
        return put(broker, request, now)

    with ThreadPoolExecutor(len(requests)) as pool:
        return list(pool.map(ask, requests))
