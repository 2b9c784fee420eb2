"""The rules on histories: the reference breaks none of them, and each notices what it is there for."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from itertools import count
from pathlib import Path
from typing import Any

from attrs import evolve
from hypothesis import given
from hypothesis import strategies as st

from execbroker.adapters.books.broker import BookBroker
from execbroker.adapters.books.memory import MemoryStore
from execbroker.core.amounts import NONE, Amounts
from execbroker.core.answer import Answer, Offer, Reason
from execbroker.core.lifecycle import Phase
from execbroker.core.planner import plan
from execbroker.core.platform import Booking, Defaults, Hold, Platform, Pool
from execbroker.core.ranges import Range
from execbroker.core.session import Passage, Run, Session
from execbroker.core.spans import Span
from execbroker.core.task import Compute, Schedule, Task
from execbroker.testing.histories import (
    Accept,
    Call,
    Cancel,
    History,
    Look,
    Outcome,
    Plan,
    Refusal,
    Reject,
    Request,
    put,
)
from execbroker.testing.rules import HISTORY_RULES, SOUNDNESS, Judge, Violation, judge_history
from execbroker.testing.strategies import Frame, frames, platforms, tasks

HOUR = 3600
#: Eight cores, twelve hours ahead, on a grid of hours; an offer is open for two hours.
HERE = Platform(
    "here",
    (Pool("p", Amounts({"cores": 8000})), Pool("n", Amounts({"cores": 1}), nodes=2)),
    granularity=HOUR,
    horizon=12 * HOUR,
    offer_lifetime=2 * HOUR,
    defaults=Defaults(NONE, HOUR),
)
#: Two to four hours, with one to eight cores: there is one offer of it where all is free.
TASK = Task(compute=(Compute("main", {"cores": Range(1000)}),), schedule=Schedule(Range(2 * HOUR, 4 * HOUR)))
LONG = evolve(TASK, schedule=Schedule(Range(2 * HOUR)))
ALL_DAY = evolve(TASK, schedule=Schedule(Range(12 * HOUR)))


def names(violations: Iterable[Violation]) -> set[str]:
    """The rules that were broken."""
    return {violation.rule for violation in violations}


class Told:
    """What was said so far, by a broker that keeps its word, and by one that does not."""

    def __init__(self, platform: Platform = HERE, **policy: Any) -> None:
        names = count(1)
        self.platform = evolve(platform, **policy)
        self.broker = BookBroker([self.platform], MemoryStore(), lambda: f"o{next(names)}")
        self.calls: list[Call] = []

    def ask(self, request: Request, now: int = 0) -> Any:
        """What the reference says."""
        self.calls.append(put(self.broker, request, now))
        assert judge_history(self.history) == []
        return self.calls[-1].outcome

    def offer(self, task: Task = TASK, now: int = 0) -> Offer:
        """The first offer for a task."""
        answer = self.ask(Plan(task), now)
        assert isinstance(answer, Answer)
        return answer.offers[0]

    def name(self, task: Task = TASK, now: int = 0) -> str:
        """The name of the first offer for a task."""
        return str(self.offer(task, now).identifier)

    @property
    def history(self) -> History:
        """All of it."""
        return History((self.platform,), tuple(self.calls))

    def wrong(self, request: Request, outcome: Outcome, now: int = 0) -> set[str]:
        """What is wrong if something else is said, by the rules on histories."""
        calls = (*self.calls, Call(request, now, outcome))
        found = judge_history(History((self.platform,), calls), answer_rules=())
        assert all((each.where or "").startswith(f"calls[{len(self.calls)}]") for each in found)
        return names(found)


def shown(session: Session, *phases: tuple[Phase, int], **change: Any) -> Session:
    """A session that has gone on, or is otherwise."""
    return evolve(session, history=(*session.history, *(Passage(*each) for each in phases)), **change)


def as_of(session: Session, *phases: tuple[Phase, int], **change: Any) -> Session:
    """A session with other phases."""
    return evolve(session, history=tuple(Passage(*each) for each in phases), **change)


OFFERED = (Phase.OFFERED, 0)
#: An answer that is not true in most places.
NO = Answer(reasons=(Reason("busy", "there is no room"),))
BUSY = Refusal("busy", "there is no room")


class TestCalls:
    """Single calls."""

    def test_identified_offers(self) -> None:
        """Each offer has a name, and none has one of another answer."""
        told = Told()
        offer = told.offer()
        less = evolve(HERE, bookings=(Booking("p", Span(0, 12 * HOUR), Amounts({"cores": 1000})),))
        again = plan(TASK, [less], 0)

        assert told.wrong(Plan(TASK), again) == {"identified-offers"}
        same = Answer(tuple(evolve(each, identifier=offer.identifier) for each in again.offers[:1]))
        assert "identified-offers" in told.wrong(Plan(TASK), same)

    def test_answered_in_kind(self) -> None:
        """A plan is not refused, and nothing else is answered with offers."""
        told = Told()

        assert told.wrong(Plan(TASK), Refusal("phase", "not now")) == {"answered-in-kind"}
        assert told.wrong(Look(told.name()), Answer()) == {"answered-in-kind"}

    def test_unknown_refused(self) -> None:
        """What nobody was offered nobody can look at."""
        told = Told()
        session = told.ask(Look(told.name()))

        assert told.wrong(Look("nobody"), evolve(session, identifier="nobody")) == {"unknown-refused"}
        assert told.wrong(Look("nobody"), Refusal("offer-unknown", "nobody")) == set()

    def test_must_be_done(self) -> None:
        """What can be let go, given up or looked at is."""
        told = Told()
        name = told.name()

        assert told.wrong(Reject(name), Refusal("phase", "no")) == {"must-be-done"}
        assert told.wrong(Look(name), Refusal("offer-unknown", "no")) == {"must-be-done"}
        told.ask(Accept(name, start=4 * HOUR))
        assert told.wrong(Cancel(name), Refusal("phase", "no"), HOUR) == {"must-be-done"}
        assert told.wrong(Cancel(name), Refusal("phase", "it failed"), 5 * HOUR) == set()
        told.ask(Look(name), 5 * HOUR)
        assert told.wrong(Cancel(name), Refusal("phase", "no"), 5 * HOUR) == {"must-be-done"}

    def test_repeated_without_harm(self) -> None:
        """To let go what is gone, or give up what was given up, is no error."""
        told = Told()
        name, other = told.name(), told.name()
        told.ask(Reject(name))
        told.ask(Accept(other))
        told.ask(Cancel(other))

        assert told.wrong(Reject(name), Refusal("phase", "no")) == {"repeated-without-harm"}
        assert told.wrong(Cancel(other), Refusal("phase", "no")) == {"repeated-without-harm"}

    def test_time_goes_on(self) -> None:
        """What comes late comes at the time that was seen already."""
        told = Told()
        name = told.name()
        told.ask(Plan(TASK), HOUR + 60)
        early = evolve(plan(TASK, [HERE], HOUR).offers[0], identifier="early")
        least = Accept(name, 2 * HOUR, 2 * HOUR, early.minima)
        accepted = put(told.broker, least, HOUR + 60).outcome
        assert isinstance(accepted, Session)

        assert told.wrong(Plan(TASK), Answer((early,)), HOUR) == {"time-goes-on", "offered-beside-held"}
        assert told.wrong(least, accepted, HOUR) == set()
        backdated = as_of(accepted, OFFERED, (Phase.ACCEPTED, HOUR))
        assert told.wrong(least, backdated, HOUR) == {"time-goes-on"}

    def test_codes(self) -> None:
        """A refusal has a code that is known, and so."""
        told = Told()
        name = told.name()

        assert told.wrong(Look("nobody"), Refusal("no-such-thing", "nobody")) == {"known-codes"}
        assert told.wrong(Look("nobody"), Refusal("offer-unknown", "")) == {"known-codes"}
        assert told.wrong(Look("nobody"), Refusal("phase", "nobody")) == {"right-codes"}
        assert told.wrong(Cancel(name), BUSY) == {"right-codes"}
        assert told.wrong(Accept(name, start=-HOUR), Refusal("phase", "no")) == {
            "open-until-expiry",
            "right-codes",
        }
        for code, expected in (
            ("outside-offer", set()),
            ("busy", {"right-codes"}),
            ("seal-broken", {"right-codes"}),
        ):
            assert told.wrong(Accept(name, start=-HOUR), Refusal(code, "no")) == expected
        for code, expected in (("offer-expired", set()), ("offer-unknown", {"right-codes"})):
            assert told.wrong(Accept(name), Refusal(code, "no"), 3 * HOUR) == expected


class TestPhases:
    """What sessions go through."""

    def test_same_session(self) -> None:
        """What is shown is what was asked about, as it was offered."""
        told = Told()
        name, other = told.name(), told.name()
        session = told.ask(Look(name))

        assert told.wrong(Look(other), session) == {"same-session"}
        for change in ({"maxend": 5 * HOUR}, {"pool": "q"}, {"compute": ()}):
            changed = evolve(session, offer=evolve(session.offer, **change))
            assert told.wrong(Look(name), changed) == {"same-session"}

    def test_legal_phases(self) -> None:
        """Phases follow each other as the lifecycle says, and time does not go back in them."""
        told = Told()
        name = told.name()
        accepted = told.ask(Accept(name))

        steps = [(Phase.WAITING, 0), (Phase.PREPARING, 0), (Phase.AVAILABLE, 0), (Phase.RUNNING, 1)]
        assert told.wrong(Look(name), shown(accepted, *steps), 1) == set()
        assert told.wrong(Look(name), shown(accepted, *steps[1:]), 1) == {"legal-phases"}
        assert told.wrong(Look(name), shown(accepted, *steps), 0) == {"legal-phases"}
        back = [(Phase.WAITING, 3), (Phase.PREPARING, 2)]
        assert told.wrong(Look(name), shown(accepted, *back), 4) == {"legal-phases"}
        fresh = Told()
        only = as_of(fresh.broker.session(fresh.name(), 0), (Phase.REJECTED, 0))
        assert fresh.wrong(Reject("o2"), only) == {"legal-phases"}

    def test_kept_past(self) -> None:
        """What was shown of the past stays, and so does the run."""
        told = Told()
        name = told.name()
        accepted = told.ask(Accept(name), 60)
        run = accepted.run
        assert run is not None

        assert told.wrong(Look(name), as_of(accepted, OFFERED, (Phase.ACCEPTED, 30)), 60) == {"kept-past"}
        other = evolve(accepted, run=evolve(run, duration=HOUR))
        assert told.wrong(Look(name), other, 60) == {"kept-past"}

    def test_expiry_enforced(self) -> None:
        """At the instant at which it expires an offer is open no more."""
        told = Told()
        name = told.name()
        session = told.broker.session(name, 0)
        late = as_of(
            session,
            OFFERED,
            (Phase.ACCEPTED, 2 * HOUR),
            run=Run(2 * HOUR, 4 * HOUR, Amounts({"cores": 8000})),
        )

        assert told.wrong(Accept(name), late, 2 * HOUR) == {"expiry-enforced"}
        assert told.wrong(Look(name), session, 2 * HOUR) == {"expiry-enforced"}
        assert told.wrong(Look(name), session, 2 * HOUR - 1) == set()

    def test_the_second_in_which_an_offer_is_made(self) -> None:
        """An offer that expires at once may be open in that second, and need not be."""
        told = Told(offer_lifetime=0)
        name = told.name()
        session = told.broker.session(name, 0)

        assert told.wrong(Accept(name), told.broker.accept(name, 0)) == set()
        assert told.wrong(Accept(name), Refusal("offer-expired", "it is over")) == set()
        assert told.wrong(Look(name), session, 1) == {"expiry-enforced"}
        assert judge_history(History((told.platform,), (*told.calls, Call(Plan(TASK), 0, NO)))) == []

    def test_open_until_expiry(self) -> None:
        """Up to then it is open."""
        told = Told()
        name = told.name()
        expired = shown(told.broker.session(name, 0), (Phase.EXPIRED, HOUR))

        assert told.wrong(Look(name), expired, 2 * HOUR - 1) == {"open-until-expiry"}
        for code in ("offer-expired", "offer-unknown", "phase"):
            assert told.wrong(Accept(name), Refusal(code, "no"), 2 * HOUR - 1) == {"open-until-expiry"}

    def test_siblings_rejected(self) -> None:
        """Whoever takes one offer of an answer has let the others go."""
        told = Told(bookings=(Booking("p", Span(4 * HOUR, 12 * HOUR), Amounts({"cores": 4000})),))
        first, second = told.ask(Plan(LONG)).offers
        sibling = told.broker.session(str(second.identifier), 0)
        told.ask(Accept(str(first.identifier), duration=2 * HOUR))

        assert told.wrong(Look(sibling.identifier), sibling) == {"siblings-rejected"}
        assert told.wrong(Look(sibling.identifier), shown(sibling, (Phase.REJECTED, 0))) == set()
        least = Run(second.minstart, second.minduration, second.minima)
        taken = shown(sibling, (Phase.ACCEPTED, 0), run=least)
        request = Accept(sibling.identifier, least.start, least.duration, least.amounts)
        assert told.wrong(request, taken) == {"siblings-rejected"}
        assert told.wrong(request, Refusal("phase", "a sibling was taken")) == set()

    def test_takes_effect(self) -> None:
        """What is asked happens."""
        told = Told()
        name = told.name()
        session = told.broker.session(name, 0)

        assert told.wrong(Accept(name), session) == {"takes-effect"}
        assert told.wrong(Accept(name), shown(session, (Phase.ACCEPTED, 0))) == {"takes-effect"}
        assert told.wrong(Reject(name), session) == {"takes-effect"}
        accepted = told.ask(Accept(name))
        assert told.wrong(Cancel(name), accepted) == {"takes-effect"}
        assert told.wrong(Reject(name), accepted) == {"takes-effect"}

    def test_caused_phases(self) -> None:
        """Nothing happens by itself but what runners and the clock do."""
        told = Told()
        name = told.name()
        session = told.broker.session(name, 0)
        rejected = shown(session, (Phase.REJECTED, 0))

        assert told.wrong(Look(name), rejected) == {"caused-phases"}
        run = Run(0, 2 * HOUR, Amounts({"cores": 1000}))
        assert told.wrong(Look(name), shown(session, (Phase.ACCEPTED, 0), run=run)) == {"caused-phases"}
        accepted = told.ask(Accept(name))
        assert told.wrong(Look(name), shown(accepted, (Phase.FAILED, 0))) == set()
        assert told.wrong(Look(name), shown(accepted, (Phase.CANCELLED, 0))) == {"caused-phases"}

    def test_refused_without_trace(self) -> None:
        """What was refused has changed nothing."""
        told = Told()
        name = told.name()
        session = told.broker.session(name, 0)
        told.ask(Accept(name, start=-HOUR))

        assert told.wrong(Look(name), session) == set()
        assert told.wrong(Look(name), shown(session, (Phase.REJECTED, 0))) == {"refused-without-trace"}
        told.ask(Look(name))
        assert told.wrong(Look(name), shown(session, (Phase.REJECTED, 0))) == {"caused-phases"}

    def test_in_time(self) -> None:
        """A session is ready when its run starts, and runs from then on, from one of the offered starts."""
        told = Told()
        name = told.name()
        accepted = told.ask(Accept(name, start=2 * HOUR))
        waits = [(Phase.WAITING, 0), (Phase.PREPARING, 0)]

        def runs(ready: int, start: int) -> set[str]:
            steps = [*waits, (Phase.AVAILABLE, ready), (Phase.RUNNING, start)]
            return told.wrong(Look(name), shown(accepted, *steps), 12 * HOUR)

        assert runs(HOUR, 2 * HOUR) == set()
        assert runs(2 * HOUR + 1, 2 * HOUR + 1) == {"prepared-in-time"}
        assert runs(HOUR, 2 * HOUR - 1) == {"started-in-range"}
        assert runs(HOUR, 10 * HOUR + 1) == {"started-in-range"}


class TestAcceptance:
    """What has to be accepted, what must not be, and what is booked."""

    def test_accepted_once(self) -> None:
        """What was let go, or taken, is not taken again; to show once more what was taken does no harm."""
        told = Told()
        name, other = told.name(), told.name()
        rejected = told.ask(Reject(name))
        session = as_of(rejected, OFFERED, (Phase.ACCEPTED, 0), run=Run(0, 4 * HOUR, rejected.offer.amounts))
        accepted = told.ask(Accept(other))

        assert told.wrong(Accept(name), session) >= {"accepted-once", "kept-past"}
        assert told.wrong(Accept(other), accepted) == set()
        again = shown(accepted, (Phase.FAILED, 0), (Phase.ACCEPTED, 0))
        assert told.wrong(Accept(other), again) == {"accepted-once", "legal-phases"}

    def test_held_accepted(self) -> None:
        """What is held can't be refused: with the least of it, or all of it."""
        told = Told()
        offer = told.offer()
        name = str(offer.identifier)
        least = Accept(name, 10 * HOUR, offer.minduration, offer.minima)

        assert told.wrong(least, BUSY) == {"held-accepted"}
        assert told.wrong(least, Refusal("outside-offer", "no")) == {"held-accepted"}
        assert told.wrong(least, BUSY, 2 * HOUR) == {"right-codes"}
        assert told.wrong(Accept(name), BUSY) == {"good-faith"}
        whole = Told(hold=Hold.ALL)
        assert whole.wrong(Accept(whole.name()), BUSY) == {"held-accepted"}
        none = Told(hold=Hold.NONE)
        assert none.wrong(Accept(none.name(), duration=2 * HOUR, amounts=offer.minima), BUSY) == {
            "good-faith"
        }

    def test_good_faith(self) -> None:
        """What isn't held may be refused if others took it, and only then."""
        told = Told()
        name, other = told.name(), told.name()
        told.ask(Accept(other, start=0))

        assert isinstance(told.ask(Accept(name, start=0)), Refusal)
        assert told.wrong(Accept(name, start=4 * HOUR), BUSY) == {"good-faith"}
        told.ask(Plan(TASK))
        assert told.wrong(Accept(name, start=4 * HOUR), BUSY) == set()

    def test_freed_room_accepted(self) -> None:
        """Room that was given back is free."""
        told = Told()
        name, other = told.name(), told.name()
        told.ask(Accept(other, start=0))
        told.ask(Cancel(other))

        assert told.wrong(Accept(name, start=0), BUSY) == {"freed-room-accepted"}
        assert told.wrong(Accept(name, start=4 * HOUR), BUSY) == {"good-faith"}

    def test_run_within_offer(self) -> None:
        """Only what was offered is booked, on the grid, and not in the past."""
        told = Told()
        offer = told.offer()
        name = str(offer.identifier)
        session = told.broker.session(name, 0)

        def books(
            now: int = 0, start: int = 4 * HOUR, duration: int = 2 * HOUR, cores: int = 1000
        ) -> set[str]:
            run = Run(start, duration, Amounts({"cores": cores}))
            accepted = shown(session, (Phase.ACCEPTED, now), run=run)
            return told.wrong(Accept(name, start, duration, run.amounts), accepted, now)

        assert books() == set()
        for wrong in (
            {"start": HOUR + 1}, {"start": 0, "now": 1}, {"start": 11 * HOUR}, {"duration": HOUR},
            {"duration": 5 * HOUR}, {"start": 9 * HOUR, "duration": 4 * HOUR}, {"cores": 999},
        ):  # fmt: skip
            assert books(**wrong) == {"run-within-offer"}, wrong
        assert books(cores=8001) == {"run-within-offer", "never-overbooked"}

    def test_run_as_chosen(self) -> None:
        """What the client chooses is booked; what it doesn't, as large as may be."""
        told = Told()
        name = told.name()
        session = told.broker.session(name, 0)
        run = Run(HOUR, 3 * HOUR, Amounts({"cores": 2000}))
        accepted = shown(session, (Phase.ACCEPTED, 0), run=run)

        assert told.wrong(Accept(name, HOUR, 3 * HOUR, run.amounts), accepted) == set()
        for other in ({"start": 0}, {"duration": 2 * HOUR}, {"amounts": Amounts({"cores": 3000})}):
            chosen = {"start": HOUR, "duration": 3 * HOUR, "amounts": run.amounts, **other}
            assert told.wrong(Accept(name, **chosen), accepted) == {"run-as-chosen"}
            left_open = {**chosen, next(iter(other)): None}
            assert told.wrong(Accept(name, **left_open), accepted) == {"run-as-large-as-may-be"}


class TestRoom:
    """What is given to several clients."""

    def test_never_overbooked(self) -> None:
        """What one has another one can't have, from the first second to the last."""
        told = Told(hold=Hold.NONE)
        name, other = told.name(), told.name()
        session = told.broker.session(name, 0)
        told.ask(Accept(other, start=4 * HOUR, amounts=Amounts({"cores": 6000})))

        def books(start: int, cores: int) -> set[str]:
            run = Run(start, 2 * HOUR, Amounts({"cores": cores}))
            accepted = shown(session, (Phase.ACCEPTED, 0), run=run)
            return told.wrong(Accept(name, start, 2 * HOUR, run.amounts), accepted)

        assert books(4 * HOUR, 2000) == books(2 * HOUR, 8000) == books(8 * HOUR, 8000) == set()
        assert books(3 * HOUR, 3000) == books(7 * HOUR, 3000) == {"never-overbooked"}
        told.ask(Cancel(other))
        assert books(4 * HOUR, 8000) == set()

    def test_nodes(self) -> None:
        """A run is on a node that there is, and has it for itself; where it doesn't say, there must be one."""
        task = evolve(TASK, compute=(Compute("main", {"cores": Range(1, 1)}),))
        told = Told(evolve(HERE, pools=HERE.pools[1:]), hold=Hold.NONE)
        offers = [told.name(task) for _ in range(4)]
        session = told.broker.session(offers[0], 0)
        runs = [told.ask(Accept(name, start=0)).run for name in offers[1:3]]
        assert {run.node for run in runs if run} == {0, 1}

        def books(node: int | None, start: int = 0) -> set[str]:
            run = Run(start, 4 * HOUR, Amounts({"cores": 1}), node)
            return told.wrong(Accept(offers[0], start), shown(session, (Phase.ACCEPTED, 0), run=run))

        assert books(2, 4 * HOUR) == {"known-node"}
        assert books(0, 4 * HOUR) == books(None, 4 * HOUR) == set()
        assert books(0) == books(None) == {"never-overbooked"}
        told.ask(Cancel(offers[1]))
        assert books(runs[0].node if runs[0] else None) == books(None) == set()
        assert books(runs[1].node if runs[1] else None) == {"never-overbooked"}

    def test_held_for_others(self) -> None:
        """What is held for one client another can't have, be it the one who asked first."""
        told = Told()
        name, other = told.name(), told.name()
        session = told.broker.session(name, 0)

        def books(cores: int, now: int = 0) -> set[str]:
            run = Run(4 * HOUR, 2 * HOUR, Amounts({"cores": cores}))
            accepted = shown(session, (Phase.ACCEPTED, now), run=run)
            return told.wrong(Accept(name, 4 * HOUR, 2 * HOUR, run.amounts), accepted, now)

        assert books(8000) == {"held-for-others"}
        assert books(7000) == set()
        told.ask(Reject(other))
        assert books(8000) == set()

    def test_offered_beside_held(self) -> None:
        """What is held is not offered to others, and alternatives hold the largest of each, not the sum."""
        told = Told(bookings=(Booking("p", Span(4 * HOUR, 12 * HOUR), Amounts({"cores": 4000})),))
        told.ask(Plan(TASK))
        first = told.ask(Plan(TASK)).offers[0]
        more = evolve(first, compute=(evolve(first.compute[0], maximum=Amounts({"cores": 8000})),))
        assert first.amounts == Amounts({"cores": 7000})

        named = evolve(more, identifier="another")
        assert told.wrong(Plan(TASK), Answer((evolve(named, compute=first.compute),))) == {
            "offered-beside-held"
        }
        assert Told().wrong(Plan(TASK), Answer((named,))) == set()

    def test_freed_room(self) -> None:
        """What was given back is not missing when somebody asks for it."""
        told = Told(hold=Hold.ALL)
        name = told.name(ALL_DAY)
        assert told.wrong(Plan(ALL_DAY), NO) == set()
        told.ask(Reject(name))
        assert told.wrong(Plan(ALL_DAY), NO) == {"freed-room"}
        other = told.name(ALL_DAY)
        told.ask(Accept(other))
        assert told.wrong(Plan(ALL_DAY), NO) == set()
        told.ask(Cancel(other))
        assert told.wrong(Plan(ALL_DAY), NO) == {"freed-room"}
        assert told.wrong(Plan(ALL_DAY), evolve(NO, complete=False)) == set()
        policy = Answer(reasons=(Reason("policy", "not today"),))
        assert told.wrong(Plan(ALL_DAY), policy) == set()

    def test_true_rest(self) -> None:
        """What is said to be left is."""
        told = Told()
        name, other = told.name(), told.name()
        told.ask(Accept(other, start=0, amounts=Amounts({"cores": 3000})))
        right = told.ask(Accept(name, start=0))
        assert right.available == Amounts({"cores": 5000})

        wrong = evolve(right, available=Amounts({"cores": 6000}))
        assert told.wrong(Accept(name, start=0), wrong) == {"true-rest"}


def test_every_rule_is_broken_here() -> None:
    """There is a test above for every rule on histories."""
    here = Path(__file__).read_text("utf-8")
    assert [each.name for each in HISTORY_RULES if f'"{each.name}"' not in here] == []


def test_answers_are_judged_as_things_stand() -> None:
    """An answer in a history is held against what was booked when it was given."""
    told = Told()
    first = told.offer()
    told.ask(Accept(str(first.identifier)))
    again = Call(Plan(TASK), 0, Answer((evolve(first, identifier="again"),)))
    history = History((told.platform,), (*told.calls, again))

    found = judge_history(history)
    assert {each.where for each in found if each.rule == "within-capacity"} == {"calls[2].offers[0].mincores"}
    assert names(judge_history(history, answer_rules=SOUNDNESS)) == {"within-capacity"}
    assert judge_history(history, rules=(), answer_rules=()) == []


def test_call_by_call() -> None:
    """Who judges each call as it comes finds what who judges all of them finds."""
    told = Told()
    name = told.name()
    told.calls.append(Call(Reject(name), 0, Refusal("phase", "no")))
    told.calls.append(Call(Look("nobody"), 0, Refusal("phase", "no")))
    judge = Judge(SOUNDNESS, HISTORY_RULES)

    whole = judge.judge_history(told.history)
    step_by_step = [
        violation
        for number in range(len(told.calls))
        for violation in judge.judge_history(
            evolve(told.history, calls=told.calls[: number + 1]), since=number
        )
    ]
    assert step_by_step == whole
    assert names(whole) == {"must-be-done", "right-codes"}


@st.composite
def histories(draw: st.DrawFn) -> History:
    """What the reference says to clients who ask, take, let go, give up, look and wait."""
    frame = draw(frames())
    number, hold = draw(st.sampled_from([1, 1, 2])), st.sampled_from(Hold)
    here = [evolve(draw(platforms(frame, name=f"here{each}")), hold=draw(hold)) for each in range(number)]
    names = count()
    broker = BookBroker(here, MemoryStore(), lambda: f"o{next(names)}")
    calls: list[Call] = []
    offers: dict[str, Offer] = {}
    now = frame.now
    for _ in range(draw(st.integers(2, 12))):
        now += draw(st.sampled_from([0, 0, 0, 60, 299, frame.grid]))
        request = draw(requests(evolve(frame, now=now), offers))
        calls.append(put(broker, request, draw(st.sampled_from([now, now, now, now - 61]))))
        if isinstance(answer := calls[-1].outcome, Answer):
            offers.update((str(offer.identifier), offer) for offer in answer.offers)
    return History(tuple(here), tuple(calls))


@st.composite
def requests(draw: st.DrawFn, frame: Frame, offers: dict[str, Offer]) -> Request:
    """Somebody asks for something new, or does something with an offer that there is."""
    if not offers or draw(st.integers(0, 3)) == 0:
        return Plan(draw(tasks(frame)))
    name = draw(st.sampled_from([*offers][::-1]))
    offer = offers[name]
    ways: list[Callable[[], Request]] = [
        lambda: Accept(name),
        lambda: Accept(name, None, offer.minduration, offer.minima),
        lambda: Accept(name, offer.maxstart, offer.minduration),
        lambda: Accept(name, None, offer.maxduration + 60),
        lambda: Reject(name),
        lambda: Cancel(name),
        lambda: Look(name),
    ]
    return draw(st.sampled_from(ways))()


@given(histories())
def test_reference(history: History) -> None:
    """Whatever is asked of it, the reference breaks no rule, on histories or on answers."""
    assert judge_history(history) == []
