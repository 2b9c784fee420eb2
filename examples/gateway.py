"""A gateway to a scheduler of your own: a planner, a broker and a runner in front of a made-up one.

`Slots` stands for whatever runs at your place. It knows one thing: how many of its slots are taken in which hour.
The three classes below are all that it takes to be asked, accepted and run like any other platform. Run it from
anywhere: `python examples/gateway.py`.
"""

from collections import Counter
from secrets import token_hex

from attrs import evolve

from execbroker import Amounts, Answer, Offer, Range, Reason, Task
from execbroker.core.answer import Allotment
from execbroker.core.demand import asked_of
from execbroker.core.instants import format_instant, parse_instant
from execbroker.core.interfaces import Broker, Planner, Refused, Runner
from execbroker.core.lifecycle import TRANSITIONS, Event, Phase
from execbroker.core.session import Job, Passage, Run, Session
from execbroker.core.task import Compute

HOUR = 3600


class Slots:
    """The made-up platform: each hour, sixteen slots of one core."""

    def __init__(self) -> None:
        """Begin with nothing taken."""
        self.taken: Counter[int] = Counter()

    def free(self, hour: int) -> int:
        """How many slots are free in an hour."""
        return 16 - self.taken[hour]


def slots_of(run: Run) -> int:
    """How many whole slots a run takes."""
    return -(-run.amounts["cores"] // 1000)


class SlotPlanner(Planner):
    """Offers the next whole hour, if there are slots enough."""

    def __init__(self, slots: Slots) -> None:
        """Look at some slots."""
        self.slots = slots

    def plan(self, task: Task, now: int) -> Answer:
        """One offer of an hour, with all slots that are free."""
        start = now + -now % HOUR
        asked, free = (
            asked_of(task).get("cores", Range(1000)).minimum or 0,
            1000 * self.slots.free(start // HOUR),
        )
        if asked > free:
            message = f"{asked} thousandths of a core asked, {free} free"
            return Answer(
                reasons=(Reason("busy", message, "slots", asked=asked, available=free, resource="cores"),)
            )
        cores = Allotment(None, Amounts({"cores": asked}), Amounts({"cores": free}))
        offer = Offer("slots", "all", start, start, start + HOUR, HOUR, HOUR, start, compute=(cores,))
        return Answer(offers=(offer,))


class SlotBroker(Broker):
    """Takes slots when an offer is accepted; until then it holds nothing."""

    def __init__(self, slots: Slots) -> None:
        """Take slots for sessions."""
        self.slots, self.planner = slots, SlotPlanner(slots)
        self.sessions: dict[str, Session] = {}

    def plan(self, task: Task, now: int) -> Answer:
        """What the planner offers, with identifiers by which it can be accepted."""
        answer = self.planner.plan(task, now)
        named = {(name := token_hex(8)): evolve(offer, identifier=name) for offer in answer.offers}
        for name, offer in named.items():
            self.sessions[name] = Session(name, offer, task, now, (Passage(Phase.OFFERED, now),))
        return evolve(answer, offers=tuple(named.values()))

    def accept(self, offer, now, *, start=None, duration=None, amounts=None):  # type: ignore[no-untyped-def]
        """Take the slots, if they are still there."""
        offered = self.session(offer, now).offer
        run = Run(offered.minstart, HOUR, amounts or offered.amounts)
        if (left := self.slots.free(run.start // HOUR)) < slots_of(run):
            raise Refused("busy", "others were faster", Amounts({"cores": 1000 * left}))
        self.sessions[offer] = evolve(self.advance(offer, Event.ACCEPT, now), run=run)
        self.slots.taken[run.start // HOUR] += slots_of(run)
        return self.sessions[offer]

    def reject(self, offer: str, now: int) -> Session:
        """Nothing was held, so only the phase changes."""
        return self.advance(offer, Event.REJECT, now)

    def cancel(self, session: str, now: int) -> Session:
        """Give the slots back."""
        cancelled = self.advance(session, Event.CANCEL, now)
        assert cancelled.run is not None
        self.slots.taken[cancelled.run.start // HOUR] -= slots_of(cancelled.run)
        return cancelled

    def session(self, identifier: str, now: int) -> Session:
        """A session as it stands."""
        if identifier not in self.sessions:
            raise Refused("offer-unknown", f"there is no offer {identifier}")
        session = self.sessions[identifier]
        is_open = session.phase is not Phase.OFFERED or now < session.offer.expires
        return session if is_open else session.after(Event.EXPIRE, now)

    def advance(self, identifier: str, event: Event, now: int) -> Session:
        """Move a session on, or refuse."""
        session = self.session(identifier, now)
        if (session.phase, event) not in TRANSITIONS:
            raise Refused("phase", f"{identifier} is {session.phase.value}")
        self.sessions[identifier] = session.after(event, now)
        return self.sessions[identifier]


class SlotRunner(Runner):
    """Runs what the broker says was accepted; at this place a run is over when its hour is."""

    STEPS = (Event.WAIT, Event.PREPARE, Event.READY, Event.START, Event.END, Event.COMPLETE)

    def __init__(self, broker: SlotBroker) -> None:
        """Look sessions up at a broker."""
        self.broker = broker
        self.known: set[str] = set()

    def run(self, session: Session, now: int) -> Job:
        """Take a session; of what the client brings, only the identifier counts."""
        if self.broker.session(session.identifier, now).run is None:
            raise Refused("phase", "this offer was not accepted")
        self.known.add(session.identifier)
        return self.job(session.identifier, now)

    def job(self, identifier: str, now: int) -> Job:
        """Let happen what happens by itself, and say how the job stands."""
        if identifier not in self.known:
            raise Refused("job-unknown", f"there is no job {identifier}")
        session = self.broker.session(identifier, now)
        assert session.run is not None
        done = 0 if now < session.run.start else 4 if now < session.run.end else len(self.STEPS)
        begun = len(session.history) - 2
        if session.phase is not Phase.CANCELLED:
            for event in self.STEPS[begun:done]:
                self.broker.advance(identifier, event, now)
        session = self.broker.session(identifier, now)
        return Job(session, exit_status=0 if session.phase is Phase.COMPLETED else None)

    def abort(self, identifier: str, now: int) -> Job:
        """Give up."""
        if self.job(identifier, now).phase not in (Phase.COMPLETED, Phase.CANCELLED):
            self.broker.cancel(identifier, now)
        return self.job(identifier, now)


if __name__ == "__main__":
    now = parse_instant("2023-05-09T12:30:00Z")
    broker = SlotBroker(Slots())
    runner = SlotRunner(broker)
    task = Task(compute=(Compute(None, {"cores": Range(12_000)}),))
    (offer,) = broker.plan(task, now).offers
    print(format_instant(offer.minstart), dict(offer.amounts))
    runner.run(broker.accept(str(offer.identifier), now, amounts=Amounts({"cores": 12_000})), now)
    for later in (now, now + HOUR, now + 2 * HOUR):
        print(format_instant(later), runner.job(str(offer.identifier), later).phase.value)
    print(broker.plan(task, now).reasons[0].message)
