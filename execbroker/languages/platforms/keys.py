"""The keys of platform files, and what people write instead."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, ClassVar, Final, final

from execbroker.languages.structuring.document_classes import (
    Advice,
    Number,
    Scalar,
    document,
    meant,
    one,
    several,
)

__all__ = [
    "BookingDocument",
    "ClosureDocument",
    "CostsDocument",
    "DefaultsDocument",
    "FlavourDocument",
    "HeldDocument",
    "HoursDocument",
    "PlatformDocument",
    "PoolDocument",
    "TransferDocument",
    "advise",
    "advise_from",
]

#: How metrics may be written. What is in them, and in a policy, is structured by its own reader: few files have it.
_METRICS: Final = "[{type: io-throughput, figure: 400, description: MB/s}]"


@final
@document
class FlavourDocument:
    """A fixed size that a pool hands out; `rest` holds its amounts."""

    noun: ClassVar[str] = "a flavour"
    example: ClassVar[str] = "{name: small, cores: 4, memory: 16G}"
    name: str | None = meant("a name", "small", is_required=True)
    rest: dict[str, Scalar]


@final
@document
class HoursDocument:
    """When a pool is open."""

    noun: ClassVar[str] = "a mapping of opening hours"
    example: ClassVar[str] = '{from: "20:00", to: "08:00"}'
    from_: Scalar | None = meant("a time of day", '"20:00"')
    to: Scalar | None = meant("a time of day", '"08:00"')
    days: list[str | None] | None = meant("a list of days", "[mon, tue, wed, thu, fri]", word="mon")


@final
@document
class PoolDocument:
    """Amounts that tasks share; `rest` holds them."""

    noun: ClassVar[str] = "a pool"
    example: ClassVar[str] = "{name: batch, cores: 64, memory: 512G}"
    name: str | None = meant("a name", "batch", is_required=True)
    nodes: int | None = meant("a whole number", "8")
    flavours: list[FlavourDocument | None] | None = several(FlavourDocument)
    hours: list[HoursDocument | None] | None = one(HoursDocument)
    max_duration: Scalar | None = meant("a duration", "1d")
    max_scale: Number | None = meant("a number", "2")
    runner: str | None = meant("an address", "https://runner.example.org/jobs")
    prepare: Scalar | None = meant("a duration", "0s")
    release: Scalar | None = meant("a duration", "0s")
    metrics: list[dict[str, Any] | None] | None = meant("a list", _METRICS)
    rest: dict[str, Scalar]


@final
@document
class BookingDocument:
    """Amounts taken from a pool over a span of time; `rest` holds them."""

    noun: ClassVar[str] = "a booking"
    example: ClassVar[str] = "{pool: batch, start: 2023-05-10T08:00Z, end: 2023-05-10T16:00Z, cores: 60}"
    pool: str | None = meant("the name of a pool", "batch", is_required=True)
    node: int | None = meant("the number of a node", "3")
    start: Scalar | None = meant("a date and time", "2023-05-10T08:00Z", is_required=True)
    end: Scalar | None = meant("a date and time", "2023-05-10T16:00Z", is_required=True)
    rest: dict[str, Scalar]


@final
@document
class ClosureDocument:
    """Time in which nothing runs."""

    noun: ClassVar[str] = "a closure"
    example: ClassVar[str] = "{start: 2023-05-12T00:00Z, end: 2023-05-12T06:00Z}"
    pool: str | None = meant("the name of a pool", "batch")
    start: Scalar | None = meant("a date and time", "2023-05-12T00:00Z", is_required=True)
    end: Scalar | None = meant("a date and time", "2023-05-12T06:00Z", is_required=True)
    repeat: str | None = meant("a rule of RFC 5545", "FREQ=WEEKLY;BYDAY=TU")
    reason: str | None = meant("a reason in words", "maintenance")


@final
@document
class HeldDocument:
    """Where data are that need no staging."""

    noun: ClassVar[str] = "a location of data"
    example: ClassVar[str] = '{location: "https://data.example.org/"}'
    location: str | None = meant("a location", "https://data.example.org/", is_required=True)


@final
@document
class TransferDocument:
    """How fast data come from somewhere."""

    noun: ClassVar[str] = "a transfer"
    example: ClassVar[str] = '{location: "*", rate: 100M/s}'
    location: str | None = meant("a location", "https://far.example.org/", is_required=True)
    rate: Scalar | None = meant("a rate", "100M/s", is_required=True)


@final
@document
class CostsDocument:
    """Rates per unit and hour; `rest` holds them."""

    noun: ClassVar[str] = "a mapping of costs"
    example: ClassVar[str] = "{cores: 0.02, currency: EUR}"
    currency: str | None = meant("a currency", "EUR")
    rest: dict[str, Number]


@final
@document
class DefaultsDocument:
    """What a task gets that does not ask."""

    noun: ClassVar[str] = "a mapping of defaults"
    example: ClassVar[str] = "{cores: 1, memory: 1G, duration: 1h}"
    cores: Scalar | None = meant("a number of cores", "1")
    memory: Scalar | None = meant("a size", "1G")
    duration: Scalar | None = meant("a duration", "1h")


@final
@document
class PlatformDocument:
    """A platform file, with hours always in lists."""

    noun: ClassVar[str] = "a platform"
    example: ClassVar[str] = "{platform: edinburgh, pools: [{name: batch, cores: 64}]}"
    platform: str | None = meant("a name", "edinburgh", is_required=True)
    pools: list[PoolDocument | None] | None = several(PoolDocument, is_required=True)
    runner: str | None = meant("an address", "https://runner.example.org/jobs")
    timezone: str | None = meant("a time zone", "Europe/London", word="Europe/London")
    granularity: Scalar | None = meant("a duration", "1m")
    horizon: Scalar | None = meant("a duration", "30d")
    offer_lifetime: Scalar | None = meant("a duration", "5m")
    max_offers: int | None = meant("a whole number", "8")
    hold: str | None = meant("one of `minimum`, `all` and `none`", "minimum", word="minimum")
    max_duration: Scalar | None = meant("a duration", "2d")
    defaults: DefaultsDocument | None = one(DefaultsDocument)
    executables: list[str | None] | None = meant("a list of types", "[docker-container]")
    prepare: Scalar | None = meant("a duration", "0s")
    release: Scalar | None = meant("a duration", "0s")
    bookings: list[BookingDocument | None] | None = several(BookingDocument)
    closures: list[ClosureDocument | None] | None = several(ClosureDocument)
    data: list[HeldDocument | None] | None = several(HeldDocument)
    transfers: list[TransferDocument | None] | None = several(TransferDocument)
    costs: CostsDocument | None = one(CostsDocument)
    energy: dict[str, Number] | None = meant("a mapping of rates", "{cores: 0.012, gpus: 0.3}")
    carbon: dict[str, Number] | None = meant("a mapping of rates", "{cores: 3.5, gpus: 90}")
    metrics: list[dict[str, Any] | None] | None = meant("a list", _METRICS)
    policy: dict[str, Any] | None = meant("a policy", "{limits: {cores: 16}}")


_IN_POOL: Final = "write it in a pool, under `pools`"
_ON_TOP: Final = "it belongs to the whole platform, at the top of the file"

#: What people write in each place, and what they should.
_ADVICE: Final[dict[type, dict[str, str]]] = {
    PlatformDocument: {
        **dict.fromkeys(("name", "id", "title"), "write `platform`"),
        **dict.fromkeys(("tz", "zone"), "write `timezone`"),
        **dict.fromkeys(
            ("nodes", "cores", "memory", "gpus", "storage", "flavours", "hours", "maxscale", "flavors"),
            _IN_POOL,
        ),
        **dict.fromkeys(("grid", "step", "resolution"), "write `granularity`"),
        **dict.fromkeys(("lifetime", "expires", "ttl"), "write `offer-lifetime`"),
        **dict.fromkeys(("walltime", "maxwalltime", "timelimit", "maxtime"), "write `max-duration`"),
        **dict.fromkeys(("prices", "rates", "price", "cost"), "write `costs`"),
        **dict.fromkeys(("endpoint", "url"), "write `runner`"),
        **dict.fromkeys(("reservations", "jobs", "reserved"), "write `bookings`"),
        **dict.fromkeys(("maintenance", "downtime", "downtimes", "outages", "closed"), "write `closures`"),
        **dict.fromkeys(("queues", "partitions", "resources"), "write `pools`"),
        **dict.fromkeys(("currency",), "write it under `costs`"),
        **dict.fromkeys(("power", "kwh", "electricity"), "write `energy`"),
        **dict.fromkeys(("co2", "emissions", "footprint"), "write `carbon`"),
        **dict.fromkeys(("metric", "measures", "performance"), "write `metrics`"),
        **dict.fromkeys(("policies", "rules", "permissions", "access", "security"), "write `policy`"),
        **dict.fromkeys(
            ("images", "ports", "privileged", "identities", "users", "allow", "deny", "limits"),
            "write it under `policy`",
        ),
        "lang": "a platform file has no language; leave it out",
    },
    PoolDocument: {
        **dict.fromkeys(("walltime", "maxwalltime", "timelimit", "maxtime"), "write `max-duration`"),
        **dict.fromkeys(("flavors", "sizes", "instances"), "write `flavours`"),
        **dict.fromkeys(
            (
                "timezone",
                "granularity",
                "horizon",
                "offer-lifetime",
                "max-offers",
                "hold",
                "defaults",
                "executables",
                "bookings",
                "closures",
                "data",
                "transfers",
                "costs",
                "energy",
                "carbon",
                "policy",
            ),
            _ON_TOP,
        ),
        **dict.fromkeys(("open", "opening", "openinghours"), "write `hours`"),
        **dict.fromkeys(("machines", "hosts", "count", "replicas"), "write `nodes`"),
        **dict.fromkeys(("cpu", "cpus", "vcpus", "core"), "write `cores`"),
        **dict.fromkeys(("ram", "mem"), "write `memory`"),
        "gpu": "write `gpus`",
        **dict.fromkeys(("disk", "scratch", "volume"), "write `storage`"),
        **dict.fromkeys(("pool", "id"), "write `name`"),
        **dict.fromkeys(("endpoint", "url"), "write `runner`"),
        **dict.fromkeys(
            ("mincores", "minmemory", "maxcores", "maxmemory", "mingpus", "maxgpus"),
            "a pool has one amount of each: write `cores`, `memory` or `gpus`",
        ),
    },
    HoursDocument: {
        **dict.fromkeys(("start", "opens", "open", "begin", "minstarttime"), "write `from`"),
        **dict.fromkeys(("end", "closes", "close", "until", "maxendtime"), "write `to`"),
        **dict.fromkeys(("day", "weekdays"), "write `days`"),
        "timezone": _ON_TOP,
    },
    BookingDocument: {
        **dict.fromkeys(("from", "begin", "startdate", "starttime"), "write `start`"),
        **dict.fromkeys(("to", "until", "enddate", "endtime", "stop"), "write `end`"),
        **dict.fromkeys(("duration", "length"), "write `end`"),
        **dict.fromkeys(("name", "queue", "partition"), "write `pool` for the pool that is booked"),
        **dict.fromkeys(
            ("reason", "user", "owner", "comment", "id"), "leave it out, or write it as a comment behind `#`"
        ),
        **dict.fromkeys(("nodes", "host"), "write `node`, one booking for each node"),
        **dict.fromkeys(("repeat", "rrule"), "only closures repeat; write each booking out"),
        **dict.fromkeys(("cpu", "cpus", "vcpus", "core"), "write `cores`"),
        **dict.fromkeys(("ram", "mem"), "write `memory`"),
        "gpu": "write `gpus`",
    },
    ClosureDocument: {
        **dict.fromkeys(("from", "begin", "startdate", "starttime"), "write `start`"),
        **dict.fromkeys(("to", "until", "enddate", "endtime", "stop"), "write `end`"),
        **dict.fromkeys(("duration", "length"), "write `end`"),
        **dict.fromkeys(("rrule", "recurrence", "every", "recurs"), "write `repeat`"),
        **dict.fromkeys(("name", "comment", "description", "why", "title"), "write `reason`"),
        **dict.fromkeys(("pools", "queue", "partition"), "write `pool`, one closure for each pool"),
        **dict.fromkeys(
            ("cores", "memory", "gpus", "node"),
            "a closure closes whole pools; write a booking under `bookings`",
        ),
    },
    HeldDocument: {**dict.fromkeys(("url", "uri", "href", "path"), "write `location`")},
    TransferDocument: {
        **dict.fromkeys(("url", "uri", "href", "path", "from", "source"), "write `location`"),
        **dict.fromkeys(("speed", "bandwidth", "throughput"), "write `rate`"),
    },
    FlavourDocument: {
        **dict.fromkeys(("cpu", "cpus", "vcpus", "core"), "write `cores`"),
        **dict.fromkeys(("ram", "mem"), "write `memory`"),
        "gpu": "write `gpus`",
        **dict.fromkeys(("disk", "volume"), "write `storage`"),
    },
    DefaultsDocument: {
        **dict.fromkeys(
            ("gpus", "storage"),
            "only cores, memory and the duration have defaults; of others a task gets none",
        ),
        **dict.fromkeys(("minduration", "walltime", "time"), "write `duration`"),
        **dict.fromkeys(("cpu", "cpus", "mincores"), "write `cores`"),
        **dict.fromkeys(("ram", "mem", "minmemory"), "write `memory`"),
    },
    CostsDocument: {
        **dict.fromkeys(("unit", "per"), "rates are per hour and core, GiB, gpu or piece; leave it out"),
    },
}


def advise(kind: type, key: str) -> Advice | None:
    """What to write instead of an unknown key of a platform file, if that is known."""
    return advise_from(_ADVICE, kind, key)


def advise_from(advice: Mapping[type, Mapping[str, str]], kind: type, key: str) -> Advice | None:
    """What to write instead of an unknown key, by what is known of a document class."""
    if ":" in key:
        first, rest = key.split(":", 1)
        return "missing-space", f"a space is missing after the colon: write `{first}: {rest}`"
    folded = key.casefold().replace("_", "").replace(" ", "")
    known = advice.get(kind, {})
    hint = known.get(folded) or known.get(folded.replace("-", ""))
    return ("unknown-key", hint) if hint else None
