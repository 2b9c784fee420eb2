"""The calendar of a platform file: what is booked, and when it is closed."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Final

from execbroker.core.instants import format_instant
from execbroker.core.platform import Booking, Closure, Pool
from execbroker.core.problems import nearest, quoted
from execbroker.core.sizes import format_amount
from execbroker.core.spans import Span
from execbroker.languages.dates.moments import read_limit
from execbroker.languages.dates.reading import read_end, read_local, read_start
from execbroker.languages.platforms.keys import BookingDocument, ClosureDocument
from execbroker.languages.platforms.pools import read_amounts, report_unknown_resource
from execbroker.languages.structuring.findings import Findings, few, shown
from execbroker.languages.structuring.ledger import Ledger
from execbroker.languages.text.documents import Path

__all__ = ["Pools", "check_capacity", "read_booking", "read_closure"]

#: The pools by name; None for one that has problems itself, of which nothing more is said.
Pools = Mapping[str, Pool | None]


def read_booking(
    findings: Findings, at: Path, found: BookingDocument, pools: Pools | None, ledger: Ledger, zone: str
) -> Booking | None:
    """One booking; None if it can't be used.

    Args:
        findings: Where problems go.
        at: Where the booking is.
        found: What the file says.
        pools: The pools by name, or None if they could not all be read, so that nothing is said about them.
        ledger: Which further resources are sizes.
        zone: The platform's zone.
    """
    span = _span(findings, at, found, zone)
    rest: Mapping[str, object] = found.rest
    if pools is not None:
        pool = None if found.pool is None else _pool(findings, (*at, "pool"), found.pool, pools)
        if pool:
            rest = _known(findings, at, rest, pool)
            _check_node(findings, at, found, pool)
    if not found.rest:
        findings.error(
            "missing-key", "the booking takes nothing", at, hint="write what it takes, such as `cores: 4`"
        )
    amounts = read_amounts(findings, at, rest, ledger, up=True)
    return span and Booking(found.pool or "", span, amounts, found.node)


def _pool(findings: Findings, path: Path, name: str, pools: Pools) -> Pool | None:
    if name not in pools and not findings.is_full:
        near = nearest(name, pools)
        hint = f"did you mean `{near}`?" if near else f"there is {few(pools)}"
        findings.error("unknown-pool", f"there is no pool {quoted(name)}", path, hint=hint, found=name)
    return pools.get(name)


def _known(findings: Findings, at: Path, rest: Mapping[str, object], pool: Pool) -> dict[str, object]:
    """What a booking takes of what its pool has."""
    for name in rest:
        if name not in pool.capacity:
            report_unknown_resource(findings, (*at, name), name, pool.capacity, BookingDocument)
    return {name: value for name, value in rest.items() if name in pool.capacity}


def _check_node(findings: Findings, at: Path, found: BookingDocument, pool: Pool) -> None:
    """A booking names a node where there are nodes, and only there."""
    last = (pool.nodes or 0) - 1
    if pool.nodes is None:
        if found.node is not None:
            findings.error(
                "unknown-node",
                f"the pool {quoted(pool.name)} has no nodes",
                (*at, "node"),
                of_key=True,
                hint="leave `node` out",
            )
    elif found.node is None:
        if findings.is_sound_at((*at, "node")):
            findings.error(
                "missing-key",
                "`node` is missing",
                at,
                hint=f"write `node: 0`, or another number up to {last}",
            )
    elif not 0 <= found.node <= last:
        findings.error(
            "unknown-node",
            f"the pool {quoted(pool.name)} has no node {found.node}",
            (*at, "node"),
            found=str(found.node),
            hint=f"write a number from 0 to {last}",
        )


def _span(findings: Findings, at: Path, found: BookingDocument | ClosureDocument, zone: str) -> Span | None:
    """From the start to the end; an end without a time includes its day."""
    if found.start is None or found.end is None:
        return None
    start = read_limit(findings, (*at, "start"), found.start, read_start, zone)
    end = read_limit(findings, (*at, "end"), found.end, read_end, zone)
    if start is None or end is None:
        return None
    if start.instant >= end.instant:
        first, last = (
            shown(findings.text((*at, key), value))
            for key, value in (("start", found.start), ("end", found.end))
        )
        hint = (
            f"swap them: `start: {last}`, `end: {first}`"
            if start.instant > end.instant
            else "write a later `end`"
        )
        findings.error(
            "empty-range",
            f"`end` ({last}) is not after `start` ({first})",
            (*at, "end"),
            hint=hint,
            found=last,
        )
        return None
    return Span(start.instant, end.instant)


def read_closure(
    findings: Findings, at: Path, found: ClosureDocument, pools: Pools | None, zone: str
) -> Closure | None:
    """One closure; None if it can't be used. Arguments as in `read_booking`."""
    span = _span(findings, at, found, zone)
    if pools is not None and found.pool is not None:
        _pool(findings, (*at, "pool"), found.pool, pools)
    if span is None or found.repeat is None:
        return span and Closure(span, found.pool, found.reason)
    from execbroker.languages.dates.recurrence import (
        parse_recurrence,  # few files repeat anything, and dateutil takes long
    )

    start = read_local(findings.text((*at, "start"), found.start), zone)
    end = read_local(findings.text((*at, "end"), found.end), zone, as_end=True)
    when = findings.read(lambda rule: parse_recurrence(rule, start, end, zone), (*at, "repeat"), found.repeat)
    return when and Closure(when, found.pool, found.reason)


def check_capacity(
    findings: Findings, bookings: Sequence[Booking | None], pools: Pools, sizes: frozenset[str]
) -> None:
    """Warn of the first instant at which a pool, or one of its nodes, is booked beyond what it has."""
    groups: dict[tuple[str, int | None], list[int]] = {}
    for index, each in enumerate(bookings):
        if each:
            groups.setdefault((each.pool, each.node), []).append(index)
    for (name, node), indices in groups.items():
        if pool := pools.get(name):
            _check_group(
                findings,
                [(index, booking) for index in indices if (booking := bookings[index])],
                pool,
                node,
                sizes,
            )


_START: Final = 1


def _check_group(
    findings: Findings,
    bookings: Sequence[tuple[int, Booking]],
    pool: Pool,
    node: int | None,
    sizes: frozenset[str],
) -> None:
    # At one instant what ends is given back before what starts is taken.
    changes = sorted(
        change
        for index, each in bookings
        for change in ((each.span.start, _START, index), (each.span.end, -_START, index))
    )
    by_index = dict(bookings)
    taken = dict.fromkeys(pool.capacity, 0)
    for number, (instant, sign, index) in enumerate(changes):
        for name, value in by_index[index].amounts.items():
            taken[name] += sign * value
        is_last = number + 1 == len(changes) or changes[number + 1][0] > instant
        over = [name for name, value in taken.items() if value > pool.capacity[name]]
        if is_last and over:
            where = (
                f"node {node} of the pool {quoted(pool.name)}"
                if node is not None
                else f"the pool {quoted(pool.name)}"
            )
            figures = " and ".join(
                " of ".join(format_amount(name, each[name], sizes) for each in (taken, pool.capacity))
                + f" {name}"
                for name in over
            )
            findings.warn(
                "overbooked",
                f"{where} is booked beyond what it has from {format_instant(instant)}: {figures}",
                ("bookings", index),
                hint="nothing is free there until enough of it ends",
            )
            return
