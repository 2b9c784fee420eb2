"""Tasks and platforms as documents, for whoever is asked in another language.

What is written reads as the same value again, but for what a document has no words for: the zone in which a task's
answer is shown is that of its daily window, a closure that repeats is written out, a scale is a decimal, there are
always defaults, and nothing that no pool has costs anything.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from decimal import Decimal

from execbroker.core.durations import format_duration
from execbroker.core.instants import format_instant
from execbroker.core.platform import Booking, Closure, Hours, Platform, Pool
from execbroker.core.spans import Span
from execbroker.core.task import EVERY_DAY, Task
from execbroker.core.wallclock import SHORT_DAYS, format_clock
from execbroker.languages.tdl.figures import figure
from execbroker.languages.tdl.requests import write_task
from execbroker.languages.text.documents import Node, Tree, present
from execbroker.testing.wire.policy_documents import metrics_document, policy_document, rates_document
from execbroker.testing.worlds import Repeated

__all__ = ["figures", "platform_document", "task_document"]


def figures(amounts: Mapping[str, int], sizes: frozenset[str] = frozenset()) -> Tree:
    """Amounts by the names of their resources."""
    return {name: figure(name, value, sizes) for name, value in amounts.items()}


def _duration(seconds: int | None) -> str | None:
    return None if seconds is None else format_duration(seconds)


def _days(days: frozenset[int]) -> Node:
    return None if days == EVERY_DAY else [SHORT_DAYS[day] for day in sorted(days)]


def task_document(task: Task) -> Tree:
    """A task in the language `IVOA-TDL-1.0`.

    >>> from execbroker.core.ranges import Range
    >>> from execbroker.core.task import Schedule
    >>> task_document(Task(schedule=Schedule(Range(3600, 7200))))
    {'minduration': 'PT1H', 'maxduration': 'PT2H'}

    Raises:
        ValueError: It asks for something that this language has no words for.
    """
    unspeakable = {
        "several intervals": task.schedule.starts,
        "costs": task.costs,
        "metrics": task.metrics,
        "volumes": any(each.volumes for each in task.compute),
        "kinds of data": any(each.kind for each in task.data),
    }
    if asked := [what for what, is_there in unspeakable.items() if is_there]:
        raise ValueError(f"{task.language} has no words for {', '.join(asked)}")
    document = write_task(task).tree["task"]
    assert isinstance(document, dict)
    return document


def platform_document(platform: Platform) -> Tree:
    """A platform as a platform file has it.

    Raises:
        ValueError: A closure repeats by a rule that is not known here.
    """
    sizes = frozenset[str]().union(*(pool.sizes for pool in platform.pools))
    return present(
        {
            "platform": platform.name,
            "runner": platform.runner,
            "timezone": platform.zone,
            "granularity": _duration(platform.granularity),
            "horizon": _duration(platform.horizon),
            "offer-lifetime": _duration(platform.offer_lifetime),
            "max-offers": platform.max_offers,
            "hold": platform.hold.value,
            "max-duration": _duration(platform.max_duration),
            "defaults": {
                **figures(platform.defaults.amounts),
                "duration": _duration(platform.defaults.duration),
            },
            "prepare": _duration(platform.prepare),
            "release": _duration(platform.release),
            "pools": [_pool(pool, platform) for pool in platform.pools],
            "bookings": [_booking(each, sizes) for each in platform.bookings],
            "closures": [tree for each in platform.closures for tree in _closure(each)],
            "data": [{"location": location} for location in platform.held],
            "transfers": [
                {"location": each.location, "rate": f"{each.rate}B/s"} for each in platform.transfers
            ],
            "costs": _costs(platform),
            "energy": rates_document(platform.energy, platform),
            "carbon": rates_document(platform.carbon, platform),
            "metrics": metrics_document(platform.metrics, platform),
            "policy": policy_document(platform.policy, sizes),
        }
        # An empty list means that nothing is run here; left out, anything is.
    ) | ({} if platform.executables is None else {"executables": [*sorted(platform.executables)]})


def _costs(platform: Platform) -> Tree | None:
    if platform.costs is None:
        return None
    rates = rates_document(platform.costs.rates, platform)
    return {**rates, **present({"currency": platform.costs.currency})}


def _pool(pool: Pool, platform: Platform) -> Tree:
    scale = pool.max_scale
    return present(
        {
            "name": pool.name,
            "nodes": pool.nodes,
            **figures(pool.capacity, pool.sizes),
            "flavours": [{"name": each.name, **figures(each.amounts, pool.sizes)} for each in pool.flavours],
            "hours": [_hours(each) for each in pool.hours],
            "max-duration": _duration(pool.max_duration),
            "max-scale": None if scale is None else Decimal(scale.numerator) / Decimal(scale.denominator),
            "runner": pool.runner,
            "prepare": _duration(pool.prepare),
            "release": _duration(pool.release),
            "metrics": metrics_document(pool.metrics, platform),
        }
    )


def _hours(hours: Hours) -> Tree:
    return present(
        {"from": format_clock(hours.opens), "to": format_clock(hours.closes), "days": _days(hours.days)}
    )


def _booking(booking: Booking, sizes: frozenset[str]) -> Tree:
    taken = figures(booking.amounts, sizes)
    return {**present({"pool": booking.pool, "node": booking.node}), **_span(booking.span), **taken}


def _span(span: Span) -> Tree:
    return {"start": format_instant(span.start), "end": format_instant(span.end)}


def _closure(closure: Closure) -> Iterator[Tree]:
    when = closure.when
    if isinstance(when, Repeated):
        first = when.first
        spans = [
            Span(first.start + turn * when.every, first.end + turn * when.every) for turn in range(when.times)
        ]
    elif isinstance(when, Span):
        spans = [when]
    else:
        raise ValueError(f"a closure that repeats by {when!r} cannot be written out")
    for span in spans:
        yield present({"pool": closure.pool, **_span(span), "reason": closure.reason})
