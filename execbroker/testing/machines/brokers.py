"""A machine for brokers."""

from __future__ import annotations

from collections.abc import Callable, Collection, Sequence
from concurrent.futures import ThreadPoolExecutor
from itertools import permutations
from threading import Barrier
from typing import ClassVar

from hypothesis.stateful import precondition, rule

from execbroker.core.interfaces import Broker
from execbroker.core.lifecycle import Phase
from execbroker.core.platform import Platform
from execbroker.core.task import Task
from execbroker.testing.comparison import differences, follow
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
from execbroker.testing.machines.clients import (
    Choice,
    Moment,
    attempts,
    choices,
    edges,
    moments,
    near,
    places,
    races,
    the,
)
from execbroker.testing.machines.common import Machine, questions
from execbroker.testing.naive import NaiveBroker
from execbroker.testing.naive_book import Kept, NaiveBook
from execbroker.testing.rules import HISTORY_RULES, Judge
from execbroker.testing.rules.moments import Moment as Judged
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

    history_rules: ClassVar[Collection[Rule[Judged]]] = HISTORY_RULES
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
        #: What was asked last.
        self.question = self.plain_question()

    def make_judge(self) -> Judge:
        """Whoever judges answers and calls, by the rules that bind as much as is judged."""
        answers = [each for each in self.answer_rules if each.level in self.levels]
        return Judge(answers, (each for each in self.history_rules if each.level in self.levels))

    # What clients do. Hypothesis takes rules in the order of their names, and a plan is the simplest of them.

    @rule(task=questions())
    def plan(self, task: Task) -> None:
        """Somebody asks."""
        self.question = task
        self.ask(Plan(task))

    @rule(choice=choices())
    def take(self, choice: Choice) -> None:
        """Somebody takes an open offer, as it is or for a run of their choice."""
        for kept in self.some_open(choice.place):
            self.ask(self.taking(kept, choice))

    @rule(moment=moments())
    def take_in_time(self, moment: Moment) -> None:
        """Somebody takes an open offer in the last moment, or a moment too late."""
        for kept in self.some_open(moment.place):
            self.pass_time(moment.of(kept))
            self.ask(Accept(kept.session.identifier))

    @rule(place=places())
    def reject(self, place: int) -> None:
        """Somebody lets an open offer go."""
        for kept in self.some_open(place):
            self.ask(Reject(kept.session.identifier))

    @rule(place=places())
    def withdraw(self, place: int) -> None:
        """Somebody gives up a session that was accepted."""
        if not self.book.live_sessions():
            self.take(Choice())
        if sessions := self.book.live_sessions():
            self.ask(Cancel(the(place, sessions).session.identifier))

    @rule(place=places())
    def see(self, place: int) -> None:
        """Somebody looks at whatever there ever was."""
        for kept in self.some_kept(place):
            self.ask(Look(kept.session.identifier))

    @rule(attempt=attempts())
    def try_anything(self, attempt: tuple[Callable[[str], Request], int]) -> None:
        """Somebody tries to take, let go or give up whatever there ever was, what is gone before what is open."""
        kind, place = attempt
        for kept in self.some_kept(place):
            self.ask(kind(kept.session.identifier))

    @rule(race=races())
    def race(self, race: tuple[Choice, Choice]) -> None:
        """Two clients take one offer each, one right after the other."""
        for request in self.rivals(race):
            self.ask(request)

    @precondition(lambda self: self.threads)
    @rule(race=races())
    def race_in_threads(self, race: tuple[Choice, Choice]) -> None:
        """Two clients take one offer each at the same time."""
        if requests := self.rivals(race):
            with self.telling(*requests):
                calls = _together(self.broker, requests, self.now)
            self.settle(calls)

    @rule(edge=edges())
    def wait(self, edge: int) -> None:
        """Time goes on, mostly to when something changes."""
        self.pass_time(the(edge, near([*self.book.kept.values()], self.now, self.frame.grid)))

    def pass_time(self, until: int) -> None:
        """Time goes on, but never back."""
        self.now = self.book.pass_time(max(self.now, until))

    # Of what there is; where there is nothing, somebody asks first.

    def some_open(self, place: int) -> list[Kept]:
        """An open offer, if there is any or can be."""
        if not self.book.open_offers():
            self.ask_again()
        offers = self.book.open_offers()
        return [the(place, offers)] if offers else []

    def some_kept(self, place: int) -> list[Kept]:
        """Something that was offered at some time, if there is any or can be."""
        if not self.book.kept:
            self.ask_again()
        newest = [*reversed(self.book.kept.values())]
        found = sorted(newest, key=lambda kept: kept.session.phase is Phase.OFFERED)
        return [the(place, found)] if found else []

    def rivals(self, race: tuple[Choice, Choice]) -> list[Accept]:
        """Requests for two open offers, if there are two."""
        offers = self.book.open_offers()
        found = [(the(choice.place, offers), choice) for choice in race if offers]
        if len({kept.session.identifier for kept, _ in found}) < len(race):
            return []
        return [self.taking(kept, choice) for kept, choice in found]

    def taking(self, kept: Kept, choice: Choice) -> Accept:
        """The request to take an offer."""
        return choice.of(kept, self.book.place(kept.offer)[0].granularity, self.now)

    def ask_again(self) -> None:
        """Ask what was asked last."""
        if self.question is not None:
            self.ask(Plan(self.question))

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
