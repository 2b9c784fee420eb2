"""The rule on alternatives: they are offers that there would be if the task said what they say."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator
from decimal import Decimal, InvalidOperation
from typing import Any, Final, TypeVar

from attrs import evolve

from execbroker.core.amounts import STORAGE
from execbroker.core.answer import Alternative, Answer, Change
from execbroker.core.durations import parse_duration
from execbroker.core.instants import parse_instant
from execbroker.core.problems import Unreadable, quoted
from execbroker.core.ranges import Range
from execbroker.core.sizes import parse_amount
from execbroker.core.task import Constraint, Task
from execbroker.testing.rules.exchange import Exchange
from execbroker.testing.rules.result import points_into
from execbroker.testing.rules.rule import Finding, Level, Rule, Violation, rule
from execbroker.testing.rules.soundness import OF_OFFERS
from execbroker.testing.rules.wording import OURS

__all__ = ["changed", "real_alternatives"]

T = TypeVar("T")

_AMOUNT: Final = re.compile(r"(compute|storage)-resources\[(\d{1,6})\]\.(min|max)(.+)")
_DEMAND: Final = re.compile(r"(costs|metrics)\[(\d{1,6})\]\.(min|max)")
_DATES: Final = {
    "daterange.minstartdate": "earliest",
    "daterange.maxstartdate": "latest",
    "daterange.maxenddate": "end",
}
#: An alternative may break what a client would like, but not what it must have.
_BINDING: Final = tuple(each for each in OF_OFFERS if each.level is Level.MUST)
_ASKED: Final = tuple(each for each in OF_OFFERS if each.level is not Level.QUALITY)


@rule("A75", Level.QUALITY, OURS)
def real_alternatives(exchange: Exchange) -> Iterator[Finding]:
    """An alternative is no offer for the task as it is, and would be one with the changes that it names.

    Changes to what is no limit that is looked at here are believed.
    """
    for number, alternative in enumerate(exchange.answer.alternatives):
        where = f"alternatives[{number}]"
        task: Task | None = exchange.world.task
        for place, change in enumerate(alternative.changes):
            try:
                task = task and changed(task, change)
            except ValueError as wrong:
                yield Finding(str(wrong), f"{where}.changes[{place}]")
                break
        else:
            yield from _unreal(exchange, alternative, task, where)


def _unreal(exchange: Exchange, alternative: Alternative, task: Task | None, where: str) -> Iterator[Finding]:
    """What is wrong with an alternative, if its changes make this task of the one that was asked."""
    if next(_broken(exchange, exchange.world.task, alternative, _ASKED), None) is None:
        yield Finding("it breaks no limit of the task, and is no alternative but an offer", where)
    elif task is not None and (broken := next(_broken(exchange, task, alternative, _BINDING), None)):
        beyond = (broken.where or "").removeprefix("offers[0]").removeprefix(".") or "offer"
        what = f"with its changes it would still break {broken.rule}: {broken.message}"
        yield Finding(what, f"{where}.{beyond}", broken.asked, broken.available, broken.start, broken.end)


def _broken(
    exchange: Exchange, task: Task, alternative: Alternative, rules: Iterable[Rule[Exchange]]
) -> Iterator[Violation]:
    world = evolve(exchange.world, task=task)
    alone = Exchange(world, Answer((alternative.offer,)), exchange.known)
    return (violation for each in rules for violation in each.check(alone))


def changed(task: Task, change: Change) -> Task | None:
    """A task with one of its limits changed; None if it is one whose change can't be followed here.

    Raises:
        ValueError: There is no such limit, it is not what the change says it is, or it can't be what it says.
    """
    if not points_into(task, change.path):
        raise ValueError(f"{quoted(change.path)} is no limit of the task")
    path = change.path.removeprefix("task.")
    if path == "timerange":
        if task.schedule.daily is None or change.new is not None:
            raise ValueError("a daily window can only be given up, where there is one")
        return evolve(task, schedule=evolve(task.schedule, daily=None))
    if path in ("minduration", "maxduration"):
        duration = _moved(task.schedule.duration, path[:3], change, parse_duration)
        return evolve(task, schedule=evolve(task.schedule, duration=duration))
    if path in _DATES:
        return _with_date(task, _DATES[path], change)
    if (found := _AMOUNT.fullmatch(path)) is not None:
        return _with_amount(task, found, change)
    if (found := _DEMAND.fullmatch(path)) is not None:
        return _with_demand(task, found, change)
    return None


def _with_date(task: Task, key: str, change: Change) -> Task:
    value: int | None = getattr(task.schedule, key)
    moved: dict[str, Any] = {key: _read(change, value, parse_instant)}
    return evolve(task, schedule=evolve(task.schedule, **moved))


def _with_amount(task: Task, found: re.Match[str], change: Change) -> Task:
    kind, number, end, name = found[1], int(found[2]), found[3], found[4]
    if kind == "storage":
        store = task.storage[number]
        size = _moved(store.size, end, change, lambda text: parse_amount(STORAGE, text))
        return evolve(task, storage=_put(task.storage, number, evolve(store, size=size)))
    compute = task.compute[number]
    asked = _moved(compute.ranges[name], end, change, lambda text: parse_amount(name, text, sizes=task.sizes))
    return evolve(
        task, compute=_put(task.compute, number, evolve(compute, ranges={**compute.ranges, name: asked}))
    )


def _with_demand(task: Task, found: re.Match[str], change: Change) -> Task:
    group, number = found[1], int(found[2])
    constraints: tuple[Constraint, ...] = getattr(task, group)
    end = "minimum" if found[3] == "min" else "maximum"
    value: Decimal | None = getattr(constraints[number], end)
    bound: dict[str, Any] = {end: _read(change, value, _decimal)}
    moved: dict[str, Any] = {group: _put(constraints, number, evolve(constraints[number], **bound))}
    return evolve(task, **moved)


def _decimal(text: str) -> Decimal:
    try:
        return Decimal(text)
    except InvalidOperation:
        raise ValueError(f"{quoted(text)} is no number") from None


def _moved(asked: Range, end: str, change: Change, parse: Callable[[str], int]) -> Range:
    value = _read(change, asked.minimum if end == "min" else asked.maximum, parse)
    return Range(value, asked.maximum) if end == "min" else Range(asked.minimum, value)


def _read(change: Change, value: T | None, parse: Callable[[str], T]) -> T | None:
    """The value that a limit would have, if it has the one that the change says it has."""
    try:
        old, new = (None if text is None else parse(text) for text in (change.old, change.new))
    except Unreadable as unreadable:
        raise ValueError(f"a change that can't be read: {unreadable}") from unreadable
    if old != value:
        raise ValueError(f"{change.path} is not {change.old or 'left open'}")
    if new == value:
        raise ValueError(f"{change.path} stays what it is, {change.old or 'left open'}")
    return new


def _put(values: tuple[T, ...], place: int, value: T) -> tuple[T, ...]:
    return (*values[:place], value, *values[place + 1 :])
