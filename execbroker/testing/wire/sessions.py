"""What became of an offer, as a broker tells it: from a part of a line to a session.

A broker need not tell more than the phase that a session is in. What it leaves out is taken from what it said of
the same session before. Where a session went on by several steps since then, it went by the shortest way, and in
time: what is not said is not held against anybody.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Mapping
from typing import Final, final

from attrs import frozen

from execbroker.core.amounts import Amounts
from execbroker.core.answer import Offer
from execbroker.core.durations import parse_duration
from execbroker.core.instants import parse_instant
from execbroker.core.lifecycle import TRANSITIONS, Phase
from execbroker.core.problems import nearest, quoted
from execbroker.core.session import Passage, Run, Session
from execbroker.core.sizes import parse_amount, parse_count
from execbroker.core.task import Task
from execbroker.testing.wire.lines import Part, fault

__all__ = ["NOWHERE", "Known", "read_amounts", "read_session"]


#: Stands for the offer of a session of which nobody knows the offer.
NOWHERE = Offer("", "", 0, 0, 0, 0, 0, 0)

#: The phases that a session has entered, if all goes well, when its run starts.
_BY_THE_START: Final = (Phase.WAITING, Phase.PREPARING, Phase.AVAILABLE, Phase.RUNNING)

#: What a run says besides its amounts.
_OF_RUNS = ("start", "end", "duration", "node")


@final
@frozen
class Known:
    """An offer that a broker made, and what is known of it.

    Attributes:
        offer, task: What was offered, and for what.
        created: When.
        session: As it was last told of, if it was.
    """

    offer: Offer
    task: Task
    created: int
    session: Session | None = None

    @property
    def history(self) -> tuple[Passage, ...]:
        """The phases so far."""
        return self.session.history if self.session else (Passage(Phase.OFFERED, self.created),)


def read_amounts(part: Part, sizes: frozenset[str]) -> Amounts:
    """Amounts by the names of their resources: `{"cores": 4, "memory": "8GiB"}`.

    Raises:
        Unintelligible: They are none.
    """
    return _amounts(part.members(), sizes)


def _amounts(members: Mapping[str, Part], sizes: frozenset[str]) -> Amounts:
    return Amounts(
        {
            name: each.parsed(lambda text, name=name: parse_amount(name, text, sizes=sizes))  # type: ignore[misc]
            for name, each in members.items()
        }
    )


def read_session(part: Part, identifier: str, known: Known | None, now: int) -> Session:
    """A session as a broker told of it.

    Args:
        part: The object.
        identifier: The offer that was asked about; the session may name it, or another one.
        known: What is known of that offer; None: it is no offer that the broker made.
        now: When the broker was asked.

    Raises:
        Unintelligible: It is no session.
    """
    members = part.members()
    if "phase" not in members:
        raise fault(part, "missing-key", "`phase` is missing", f"write one of {', '.join(Phase.__members__)}")
    known = known or Known(NOWHERE, Task(), now)
    told = {key: value for key, value in members.items() if not value.is_null}
    before = known.session
    run = _run(told["run"], known.offer) if "run" in told else before and before.run
    created = told["created"].parsed(parse_instant) if "created" in told else known.created
    phase = _phase(told.get("phase", part))
    history = _history(told["history"]) if "history" in told else _went_on(known.history, phase, now, run)
    return Session(
        told["offer"].words() if "offer" in told else identifier,
        known.offer,
        known.task,
        created,
        history,
        run,
        told["message"].words() if "message" in told else before and before.message,
    )


def _phase(part: Part) -> Phase:
    word = part.words()
    if word not in Phase.__members__:
        near = nearest(word.upper(), Phase.__members__)
        hint = f"did you mean {near}?" if near else f"write one of {', '.join(Phase.__members__)}"
        raise fault(part, "unknown-word", f"{quoted(word)} is no phase", hint, word)
    return Phase[word]


def _run(part: Part, offer: Offer) -> Run:
    """What was booked. It lasts until its end, or for its duration; one of them is enough."""
    members = part.members()
    if "start" not in members or not {"end", "duration"} & members.keys():
        raise fault(part, "missing-key", "a run has a `start`, and a `duration` or an `end`")
    start = members["start"].parsed(parse_instant)
    if "duration" in members:
        duration = members["duration"].parsed(parse_duration)
    else:
        duration = members["end"].parsed(parse_instant) - start
    if "end" in members and (end := members["end"].parsed(parse_instant)) != start + duration:
        raise fault(
            members["end"], "contradiction", f"the run is over {end - start - duration:+} seconds later"
        )
    node = members["node"].parsed(parse_count) if "node" in members else None
    rest = {name: each for name, each in members.items() if name not in _OF_RUNS}
    return Run(start, duration, _amounts(rest, offer.sizes), node)


def _history(part: Part) -> tuple[Passage, ...]:
    passages = []
    for each in part.items():
        members = each.members()
        if not {"phase", "since"} <= members.keys():
            raise fault(each, "missing-key", "a passage has a `phase` and a `since`")
        passages.append(Passage(_phase(members["phase"]), members["since"].parsed(parse_instant)))
    if not passages:
        raise fault(part, "empty-list", "a session has been in some phase", "leave `history` out")
    return tuple(passages)


def _went_on(before: tuple[Passage, ...], phase: Phase, now: int, run: Run | None) -> tuple[Passage, ...]:
    """The phases until now: by the shortest legal way from the last one known, else straight."""
    history = list(before)
    for each in _way(before[-1].phase, phase):
        instant = min(now, run.start) if run is not None and each in _BY_THE_START else now
        history.append(Passage(each, max(instant, history[-1].instant)))
    return tuple(history)


def _way(here: Phase, there: Phase) -> tuple[Phase, ...]:
    ways: deque[tuple[Phase, ...]] = deque([(here,)])
    seen = {here}
    while ways:
        way = ways.popleft()
        if way[-1] is there:
            return way[1:]
        for (before, _), after in TRANSITIONS.items():
            if before is way[-1] and after not in seen:
                seen.add(after)
                ways.append((*way, after))
    return (there,)
