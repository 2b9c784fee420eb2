"""What was asked of a planner or broker, as a report that people read and as Python that they can paste."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Final, final

from attrs import frozen

from execbroker.core.answer import Answer, Offer
from execbroker.core.durations import format_duration
from execbroker.core.instants import format_instant
from execbroker.core.platform import Platform
from execbroker.core.session import Session
from execbroker.testing.histories import Accept, Call, Cancel, Look, Outcome, Plan, Refusal, Reject, Request
from execbroker.testing.notation import imports_of, written
from execbroker.testing.rules.rule import Violation

__all__ = ["Maker", "report", "transcript"]


@final
@frozen
class Maker:
    """How what is tested is made, in Python.

    Attributes:
        makes: `planner` or `broker`.
        machine: The name of the class that makes it.
        module: The module of the class; None if it can't be imported.
    """

    makes: str
    machine: str
    module: str | None = None

    @property
    def names(self) -> Iterator[tuple[str, str]]:
        """What has to be imported to make it, with its module."""
        if self.module is not None:
            yield self.module, self.machine.split(".")[0]

    @property
    def line(self) -> str:
        """The line that makes it of `platforms`."""
        return f"{self.makes} = {self.machine}().make_{self.makes}(platforms)"


#: What the lines of a transcript name beside values.
_NAMED: Final = {
    "planner": (("execbroker.testing.rules", "judge"), ("execbroker.testing.worlds", "World")),
    "broker": (
        ("execbroker.testing.comparison", "compared"),
        ("execbroker.testing.histories", "History"),
        ("execbroker.testing.histories", "put"),
        ("execbroker.testing.rules", "judge_history"),
    ),
}


def report(
    violations: Sequence[Violation], platforms: Sequence[Platform], calls: Sequence[Call], maker: Maker
) -> str:
    """What is wrong, and how to see it again.

    Args:
        violations: At least one.
        platforms: Of the planner or broker.
        calls: All that were made, in order.
        maker: How it is made.
    """
    names = {violation.rule for violation in violations}
    head = f"{maker.machine}: {_counted(len(names), 'rule')} broken, after {_counted(len(calls), 'call')}"
    return "\n".join([head, "", *map(_line, violations), "", *transcript(platforms, calls, maker)])


def transcript(platforms: Sequence[Platform], calls: Sequence[Call], maker: Maker) -> Iterator[str]:
    """The calls as Python, which can be pasted, and which says again what is wrong."""
    play = _planner_calls if maker.makes == "planner" else _broker_calls
    used: list[object] = [tuple(platforms), *(call.request for call in calls)]
    yield from imports_of(used, *_NAMED[maker.makes], *maker.names)
    yield f"platforms = {written(tuple(platforms))}"
    yield maker.line
    yield from play(calls)


def _counted(number: int, what: str) -> str:
    return f"{number} {what}{'s' if number != 1 else ''}"


def _line(violation: Violation) -> str:
    place = f" {violation.where}:" if violation.where else ""
    return (
        f"  {violation.level.name} {violation.rule} ({violation.clause})\n"
        f"    {place} {violation.message}".replace("     ", "    ", 1)
    )


def _planner_calls(calls: Sequence[Call]) -> Iterator[str]:
    for number, call in enumerate(calls):
        assert isinstance(call.request, Plan)
        yield f"# calls[{number}]: {_said(call.outcome)}"
        yield f"world = World({written(call.request.task)}, platforms, {call.now})"
        yield "answer = planner.plan(world.task, world.now)"
    yield 'print(*judge(world, answer), sep="\\n")'


def _broker_calls(calls: Sequence[Call]) -> Iterator[str]:
    """Offers are named by the call that they came from: whoever runs this may get other identifiers."""
    sources: dict[str, str] = {}
    for number, call in enumerate(calls):
        yield f"# calls[{number}]: {_said(call.outcome)}"
        yield f"call{number} = put(broker, {_written(call.request, sources)}, {call.now})"
        if isinstance(call.outcome, Answer):
            for place, offer in enumerate(call.outcome.offers):
                source = f"call{number}.outcome.offers[{place}].identifier"
                sources.setdefault(str(offer.identifier), source)
    played = "".join(f"call{number}, " for number in range(len(calls)))
    yield f"history = History(platforms, ({played.rstrip()}))"
    yield 'print(*judge_history(history), *compared(history), sep="\\n")'


def _written(request: Request, sources: Mapping[str, str]) -> str:
    """A request that names its offer by where it came from."""
    match request:
        case Accept(name) | Reject(name) | Cancel(name) | Look(name) if name in sources:
            return written(request).replace(repr(name), sources[name], 1)
    return written(request)


def _said(outcome: Outcome) -> str:
    """What came of a call, in a line."""
    match outcome:
        case Answer(offers=()):
            return "NO: " + ("; ".join(reason.code for reason in outcome.reasons) or "no reason")
        case Answer():
            return "YES: " + "; ".join(map(_shown, outcome.offers))
        case Session():
            return outcome.phase.value + _run_of(outcome)
        case Refusal():
            return f"refused, {outcome.code}: {outcome.message}"


def _run_of(session: Session) -> str:
    if session.run is None:
        return ""
    start, length = format_instant(session.run.start), format_duration(session.run.duration)
    return f": {start} for {length}, {dict(session.run.amounts)}"


def _shown(offer: Offer) -> str:
    durations = "/".join(format_duration(each) for each in (offer.minduration, offer.maxduration))
    starts = "/".join(format_instant(each) for each in (offer.minstart, offer.maxstart))
    flavour = f" {offer.flavour}" if offer.flavour else ""
    return f"{offer.pool}{flavour} from {starts} for {durations}, {dict(offer.amounts)}"
