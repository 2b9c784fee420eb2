"""A machine for brokers."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from concurrent.futures import ThreadPoolExecutor
from itertools import permutations
from threading import Barrier
from typing import ClassVar

from hypothesis.stateful import precondition, rule

from execbroker.core.interfaces import Broker
from execbroker.core.platform import Platform
from execbroker.core.task import Task
from execbroker.testing.comparison import differences, follow
from execbroker.testing.histories import (
    Accept,
    Call,
    Cancel,
    History,
    Plan,
    Reject,
    Request,
    put,
)
from execbroker.testing.machines.clients import attempts, choices, instants, refusals, rivals, withdrawals
from execbroker.testing.machines.common import Machine, questions
from execbroker.testing.naive import NaiveBroker
from execbroker.testing.naive_book import NaiveBook
from execbroker.testing.rules import HISTORY_RULES, Judge, Moment
from execbroker.testing.rules.rule import Rule, Violation

__all__ = ["BrokerMachine"]


class BrokerMachine(Machine):
    """Clients that ask a broker, accept, reject, cancel, look and race, while time goes on.

    Subclass it and override `make_broker`; `Mine.TestCase` is then a test for pytest and unittest. What the broker
    holds open is let go in `teardown`, which is called after each case.

    Attributes:
        history_rules: What every call is held against, and all that was said before it.
        threads: Whether clients also race in threads of their own. Then no order is sure, and what is found may not
            be found again: what came of a race is wrong if it is wrong in whatever order it might have happened.
    """

    history_rules: ClassVar[Collection[Rule[Moment]]] = HISTORY_RULES
    threads: ClassVar[bool] = False
    steps: ClassVar[int] = 10

    _makes: ClassVar[str] = "broker"

    def make_broker(self, platforms: Sequence[Platform]) -> Broker:
        """The broker to be tested, new and with an empty book, for some platforms. Yours to say."""
        raise NotImplementedError("override make_broker: it returns your broker for the platforms")

    def start(self, platforms: Sequence[Platform]) -> None:
        """Make the broker, and the naive one beside it."""
        self.broker = self.make_broker(platforms)
        self.book = NaiveBook(platforms, follows=True)
        self.model = NaiveBroker(platforms, book=self.book)

    def make_judge(self) -> Judge:
        """Whoever judges answers and calls, by the rules that bind as much as is judged."""
        answers = [each for each in self.answer_rules if each.level in self.levels]
        return Judge(answers, (each for each in self.history_rules if each.level in self.levels))

    # What clients do.

    @rule(task=questions())
    def plan(self, task: Task) -> None:
        """Somebody asks."""
        self.ask(Plan(task))

    @precondition(lambda self: self.book.open_offers())
    @rule(request=choices())
    def accept(self, request: Accept) -> None:
        """Somebody takes an open offer, as it is or for a run of their choice."""
        self.ask(request)

    @precondition(lambda self: self.book.open_offers())
    @rule(request=refusals())
    def reject(self, request: Reject) -> None:
        """Somebody lets an open offer go."""
        self.ask(request)

    @precondition(lambda self: self.book.live_sessions())
    @rule(request=withdrawals())
    def cancel(self, request: Cancel) -> None:
        """Somebody gives up a session that was accepted."""
        self.ask(request)

    @precondition(lambda self: self.book.kept)
    @rule(request=attempts())
    def try_anything(self, request: Request) -> None:
        """Somebody looks at, or tries to take, let go or give up, whatever there ever was."""
        self.ask(request)

    @precondition(lambda self: len(self.book.open_offers()) > 1)
    @rule(requests=rivals())
    def race(self, requests: tuple[Accept, Accept]) -> None:
        """Two clients take one offer each, one right after the other."""
        for request in requests:
            self.ask(request)

    @precondition(lambda self: self.threads and len(self.book.open_offers()) > 1)
    @rule(requests=rivals())
    def race_in_threads(self, requests: tuple[Accept, Accept]) -> None:
        """Two clients take one offer each at the same time."""
        with self.telling(*requests):
            calls = _together(self.broker, requests, self.now)
        self.settle(calls)

    @rule(until=instants())
    def wait(self, until: int) -> None:
        """Time goes on."""
        self.now = max(self.now, until)
        self.book.pass_time(self.now)

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
        last = len(calls) - 1
        history = History(tuple(self.here), tuple(calls))
        return [
            *self.judge.judge_history(history, since=last),
            *differences(model, calls[last], f"calls[{last}]"),
        ]

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
        book, before, broken = self.book.copied(), list(self.calls), list[Violation]()
        model = NaiveBroker(self.here, book=book)
        for call in order:
            before.append(call)
            broken += [each for each in self.judged(before, model) if each.level in self.levels]
            follow(model, call)
        return broken


def _together(broker: Broker, requests: Sequence[Request], now: int) -> list[Call]:
    """Put requests to a broker at the same time, each in a thread of its own."""
    gate = Barrier(len(requests))

    def ask(request: Request) -> Call:
        gate.wait()
        return put(broker, request, now)

    with ThreadPoolExecutor(len(requests)) as pool:
        return list(pool.map(ask, requests))
