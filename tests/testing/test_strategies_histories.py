"""The strategies for answers, sessions and histories: what they draw is well formed, and can be replaced."""

from __future__ import annotations

from itertools import pairwise

from hypothesis import given, settings
from hypothesis import strategies as st

from execbroker.core.answer import Alternative, Answer, Offer, Reason
from execbroker.core.lifecycle import ACTIVE, TRANSITIONS, Event, Phase
from execbroker.core.session import Job, Run, Session
from execbroker.core.task import Task
from execbroker.languages.tdl.answers import write_answer
from execbroker.testing import strategies
from execbroker.testing.comparison import compared
from execbroker.testing.histories import Accept, Call, History, Plan
from execbroker.testing.naive_book import is_within
from execbroker.testing.rules import ANSWER_RULES, HISTORY_RULES, judge_history

FEW = settings(max_examples=max(1, settings().max_examples // 4))


class TestAnswers:
    """What a planner might say."""

    @given(strategies.answers())
    def test_are_yes_or_no(self, answer: Answer) -> None:
        """An answer has offers or reasons, and its offers all have names of their own, or none."""
        names = [offer.identifier for offer in answer.offers]

        assert bool(answer.offers) is not bool(answer.reasons)
        assert set(names) <= {None} or len({*names} - {None}) == len(names)
        assert not answer.omitted or answer.is_yes

    @given(strategies.offers())
    def test_offers_hold_a_run(self, offer: Offer) -> None:
        """An offer promises at least one run, and no less than its minimum."""
        assert offer.minstart <= offer.maxstart <= offer.maxend - offer.minduration
        assert offer.minduration <= offer.maxduration
        assert offer.minima.fits_in(offer.amounts)

    @given(strategies.reasons())
    def test_reasons_have_whole_figures(self, reason: Reason) -> None:
        """There is less than was asked for, where there are figures at all, and an end where there is a start."""
        assert (reason.asked is None) is (reason.available is None)
        assert reason.asked is None or reason.available is None or reason.available < reason.asked
        assert (reason.start is None) is (reason.end is None)

    @given(strategies.alternatives())
    def test_alternatives_change_something(self, alternative: Alternative) -> None:
        """An alternative breaks one limit or two."""
        assert 1 <= len({change.path for change in alternative.changes}) <= 2

    @given(strategies.answers(offers=st.just(()), alternatives=st.just(())))
    def test_can_be_replaced(self, answer: Answer) -> None:
        """Whoever gives no offers and no alternatives gets a NO without any, and it can be written."""
        assert not answer.is_yes
        assert answer.alternatives == ()
        assert write_answer(answer)


class TestSessions:
    """What becomes of an offer."""

    @given(strategies.sessions())
    def test_are_a_path(self, session: Session) -> None:
        """Phases follow each other as the table says, and time goes on."""
        steps = {(before, after) for (before, _), after in TRANSITIONS.items()}

        for before, after in pairwise(session.history):
            assert (before.phase, after.phase) in steps
            assert before.instant <= after.instant
        assert (session.run is not None) is (session.entered(Phase.ACCEPTED) is not None)

    @given(strategies.sessions(events=st.just([Event.ACCEPT])))
    def test_can_be_replaced(self, session: Session) -> None:
        """Whoever says what happens gets sessions to which that happened; their runs are within the offer."""
        assert session.phase is Phase.ACCEPTED
        assert session.run is not None
        assert is_within(session.offer, session.run, session.created, 1)

    @given(strategies.runs(node=2))
    def test_runs(self, run: Run) -> None:
        """A run lasts some time, on the node that is given."""
        assert run.duration > 0
        assert run.node == 2

    @given(strategies.jobs())
    def test_jobs(self, job: Job) -> None:
        """A job is of a session that was accepted, and has a status once its command has ended."""
        assert job.session.run is not None
        assert (job.exit_status is not None) is (job.phase not in ACTIVE or job.phase is Phase.RELEASING)


class TestHistories:
    """What is said to a broker, and what it says."""

    @given(strategies.histories())
    @FEW
    def test_are_as_they_should_be(self, history: History) -> None:
        """The naive broker breaks no rule but those that ask for reasons with figures, and is what it is."""
        rules = [rule for rule in ANSWER_RULES if rule.name != "true-reasons"]

        assert judge_history(history, HISTORY_RULES, rules) == []
        assert compared(history) == []

    @given(st.data())
    @FEW
    def test_can_be_replaced(self, data: st.DataObject) -> None:
        """Whoever gives platforms and a task finds them in every history; no more is said than was asked for."""
        here, task = (data.draw(strategies.platforms()),), Task()
        history = data.draw(strategies.histories(platforms=st.just(here), task=st.just(task), most_calls=2))

        assert history.platforms == here
        assert 1 <= len(history.calls) <= 2
        assert history.calls[0].request == Plan(task)

    @given(strategies.calls(), strategies.acceptances(offer=st.just("mine")))
    @FEW
    def test_parts(self, call: Call, acceptance: Accept) -> None:
        """A call has a request and an outcome, and an acceptance is of the offer that is given."""
        assert call.outcome is not None
        assert acceptance.offer == "mine"
