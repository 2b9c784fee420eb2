"""Tasks and platforms as documents, for whoever is asked in another language.

What is written reads as the same value again, but for what a document has no words for: the zone in which a task's
answer is shown is that of its daily window, a closure that repeats is written out, a scale is a decimal, there are
always defaults, and nothing that no pool has costs anything.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from decimal import Decimal

from execbroker.core.amounts import CORES, GPUS, MEMORY, STORAGE, Unit, unit_of
from execbroker.core.durations import format_duration
from execbroker.core.instants import format_instant
from execbroker.core.platform import Booking, Closure, Hours, Platform, Pool
from execbroker.core.ranges import Range
from execbroker.core.sizes import format_amount
from execbroker.core.spans import Span
from execbroker.core.task import EVERY_DAY, Daily, Data, Schedule, Task
from execbroker.languages.text.documents import Node
from execbroker.testing.worlds import Repeated

__all__ = ["Tree", "figure", "figures", "platform_document", "present", "task_document"]

Tree = dict[str, Node]

_DAYS = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")


def present(tree: Mapping[str, Node]) -> Tree:
    """What has something to say."""
    return {key: value for key, value in tree.items() if value is not None and value != [] and value != {}}


def figure(name: str, value: int, sizes: frozenset[str] = frozenset()) -> Node:
    """An amount: a number where it has no unit, else text.

    >>> figure("cores", 500), figure("memory", 2**30)
    (Decimal('0.5'), '1GiB')
    """
    text = format_amount(name, value, sizes)
    if unit_of(name, sizes) is Unit.BYTE:
        return text
    return Decimal(text) if "." in text else int(text)


def figures(amounts: Mapping[str, int], sizes: frozenset[str] = frozenset()) -> Tree:
    """Amounts by the names of their resources."""
    return {name: figure(name, value, sizes) for name, value in amounts.items()}


def _duration(seconds: int | None) -> str | None:
    return None if seconds is None else format_duration(seconds)


def _instant(instant: int | None) -> str | None:
    return None if instant is None else format_instant(instant)


def _clock(seconds: int | None) -> str | None:
    """A time of day: `22:00`, `24:00`; seconds only where there are any."""
    if seconds is None:
        return None
    text = f"{seconds // 3600:02}:{seconds // 60 % 60:02}"
    return f"{text}:{seconds % 60:02}" if seconds % 60 else text


def _days(days: frozenset[int]) -> Node:
    return None if days == EVERY_DAY else [_DAYS[day] for day in sorted(days)]


def task_document(task: Task) -> Tree:
    """A task in the language `IVOA-TDL-1.0`.

    >>> task_document(Task(schedule=Schedule(Range(3600, 7200))))
    {'minduration': 'PT1H', 'maxduration': 'PT2H'}

    Raises:
        ValueError: It asks for something that this language has no words for.
    """
    executable, schedule = task.executable, task.schedule
    unspeakable = {
        "several intervals": schedule.starts,
        "costs": task.costs,
        "metrics": task.metrics,
        "volumes": any(each.volumes for each in task.compute),
        "kinds of data": any(each.kind for each in task.data),
    }
    if asked := [what for what, is_there in unspeakable.items() if is_there]:
        raise ValueError(f"{task.language} has no words for {', '.join(asked)}")
    return present(
        {
            "name": task.name,
            "executable": None
            if executable is None
            else {"type": executable.type, **_plain(executable.details)},
            "compute-resources": [
                present({"name": each.name, **_ranges(each.ranges, task.sizes)}) for each in task.compute
            ],
            "storage-resources": [
                present({"name": each.name, **_range("size", STORAGE, each.size)}) for each in task.storage
            ],
            "data-resources": [_data(each) for each in task.data],
            "minduration": _duration(schedule.duration.minimum),
            "maxduration": _duration(schedule.duration.maximum),
            "daterange": present(
                {
                    "minstartdate": _instant(schedule.earliest),
                    "maxstartdate": _instant(schedule.latest),
                    "maxenddate": _instant(schedule.end),
                }
            ),
            "timerange": None if schedule.daily is None else _daily(schedule.daily),
            "timezone": _zone(schedule),
        }
    )


def _plain(details: Mapping[str, object]) -> Tree:
    return dict(details)  # type: ignore[arg-type]  # they are as a document had them


def _ranges(ranges: Mapping[str, Range], sizes: frozenset[str]) -> Tree:
    return {
        key: value for name, each in ranges.items() for key, value in _range(name, name, each, sizes).items()
    }


def _range(key: str, name: str, given: Range, sizes: frozenset[str] = frozenset()) -> Tree:
    """A minimum, and a maximum where there is one. The minimum is always there: to mention it is to ask for it."""
    tree: Tree = {f"min{key}": figure(name, given.minimum or 0, sizes)}
    if given.maximum is not None:
        tree[f"max{key}"] = figure(name, given.maximum, sizes)
    return tree


def _data(data: Data) -> Tree:
    size = None if data.size is None else figure(STORAGE, data.size)
    return present({"name": data.name, "location": data.location, "size": size, "storage": data.storage})


def _daily(daily: Daily) -> Tree:
    return present(
        {
            "minstarttime": _clock(daily.opens),
            "maxstarttime": _clock(daily.latest),
            "maxendtime": _clock(daily.closes),
            "days": _days(daily.days),
        }
    )


def _zone(schedule: Schedule) -> str | None:
    zone = schedule.zone if schedule.daily is None else schedule.daily.zone
    return None if zone == "UTC" else zone


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
            "pools": [_pool(pool) for pool in platform.pools],
            "bookings": [_booking(each, sizes) for each in platform.bookings],
            "closures": [tree for each in platform.closures for tree in _closure(each)],
            "data": [{"location": location} for location in platform.held],
            "transfers": [
                {"location": each.location, "rate": f"{each.rate}B/s"} for each in platform.transfers
            ],
            "costs": _costs(platform),
        }
        # An empty list means that nothing is run here; left out, anything is.
    ) | ({} if platform.executables is None else {"executables": [*sorted(platform.executables)]})


def _costs(platform: Platform) -> Tree | None:
    if platform.costs is None:
        return None
    known = {CORES, MEMORY, GPUS, STORAGE, *platform.resources}
    rates = {name: rate for name, rate in platform.costs.rates.items() if name in known}
    return {**rates, **present({"currency": platform.costs.currency})}


def _pool(pool: Pool) -> Tree:
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
        }
    )


def _hours(hours: Hours) -> Tree:
    return present({"from": _clock(hours.opens), "to": _clock(hours.closes), "days": _days(hours.days)})


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
