"""Platform files: from a document to a platform.

What each key means is said in `core.platform`. Beyond the rules of the language there are bounds that only a slip
of the pen exceeds: a horizon of ten years, a thousand offers to one answer, a hundred thousand nodes.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Any, Final

from attrs import evolve

from execbroker.core.amounts import CORES, MEMORY, Amounts
from execbroker.core.durations import spell_duration
from execbroker.core.platform import Defaults, Hold, Platform, Pool, Transfer
from execbroker.core.problems import Reading, nearest, quoted
from execbroker.core.sizes import parse_rate
from execbroker.languages.dates.moments import read_zone
from execbroker.languages.platforms.calendar import Pools, check_capacity, read_booking, read_closure
from execbroker.languages.platforms.keys import (
    DefaultsDocument,
    HeldDocument,
    PlatformDocument,
    TransferDocument,
    advise,
)
from execbroker.languages.platforms.pools import NAMED, read_amounts, read_pool
from execbroker.languages.platforms.rates import read_costs, read_metrics, read_rates
from execbroker.languages.structuring.findings import Findings
from execbroker.languages.structuring.ledger import Ledger
from execbroker.languages.structuring.quantities import read_duration
from execbroker.languages.structuring.roots import read_root, report_root
from execbroker.languages.structuring.shapes import as_list, merged
from execbroker.languages.structuring.structure import structure
from execbroker.languages.text.documents import Document, Path

__all__ = ["LONGEST_HORIZON", "MOST_OFFERS", "read"]

_DAY: Final = 86_400
#: The farthest horizon and the longest life of an offer, in seconds: ten years.
LONGEST_HORIZON: Final = 3660 * _DAY
#: What people choose a granularity from, in seconds; all of them divide a day.
_STEPS: Final = (
    1,
    2,
    5,
    10,
    15,
    20,
    30,
    60,
    120,
    300,
    600,
    900,
    1200,
    1800,
    3600,
    7200,
    14_400,
    21_600,
    _DAY,
)
#: The most offers that one answer may hold.
MOST_OFFERS: Final = 1000


def read(document: Document) -> Reading[Platform]:
    """The platform of a document, or all its problems."""
    findings = Findings(document)
    root = read_root(findings, "a platform", "write keys and values, such as `platform: edinburgh`")
    if root is None:
        return findings.reading(None)
    if "pools" not in root and ("task" in root or "compute-resources" in root):
        hint = "give it where a task is meant, or write a platform"
        report_root(findings, "this is a task, not a platform file", hint)
        return findings.reading(None)
    found = structure(_in_one_shape(root, findings), PlatformDocument, findings, advise)
    return findings.reading(found and _platform(findings, found))


def _in_one_shape(root: Mapping[str, object], findings: Findings) -> dict[str, object]:
    """Hours always in lists."""
    pools = root.get("pools")
    if not isinstance(pools, list):
        return dict(root)
    changed = [
        merged(pool, {"hours": as_list(pool["hours"], ("pools", index, "hours"), findings)})
        if isinstance(pool, dict) and "hours" in pool
        else pool
        for index, pool in enumerate(pools)
    ]
    return merged(root, {"pools": changed})


def _platform(findings: Findings, found: PlatformDocument) -> Platform:
    """The platform that a file means, as far as it is sound."""
    if found.platform is not None and not found.platform.strip():
        findings.error(
            "empty-text",
            "`platform` is empty",
            ("platform",),
            hint="write a name, such as `platform: edinburgh`",
        )
    zone = read_zone(findings, ("timezone",), found.timezone) or "UTC"
    ledger = Ledger()
    pools = _pools(findings, found, ledger)
    known = _known(findings, found, pools)
    bookings = [
        each and read_booking(findings, ("bookings", index), each, known, ledger, zone)
        for index, each in enumerate(found.bookings or ())
    ]
    closures = [
        each and read_closure(findings, ("closures", index), each, known, zone)
        for index, each in enumerate(found.closures or ())
    ]
    if known is not None and findings.is_sound_at(("bookings",)):
        check_capacity(findings, bookings, known, ledger.sizes)
    return Platform(
        name=found.platform or "",
        pools=tuple(pools),
        runner=found.runner,
        zone=zone,
        hold=_hold(findings, found.hold),
        defaults=_defaults(findings, found.defaults, ledger),
        executables=None if found.executables is None else frozenset(filter(None, found.executables)),
        bookings=tuple(filter(None, bookings)),
        closures=tuple(filter(None, closures)),
        held=_held(findings, found.data or ()),
        transfers=_transfers(findings, found.transfers or ()),
        **_said_of_runs(findings, found, ledger, pools),
        **_limits(findings, found),
    )


def _said_of_runs(
    findings: Findings, found: PlatformDocument, ledger: Ledger, pools: Sequence[Pool]
) -> dict[str, Any]:
    """What runs cost, what else is said of them, and who may run what, as far as the file says."""
    resources = _resources(pools) if findings.is_sound_at(("pools",)) else None
    said: dict[str, Any] = {}
    if found.costs is not None:
        said["costs"] = read_costs(findings, found.costs, resources)
    for key in ("energy", "carbon"):
        if (rates := getattr(found, key)) is not None:
            said[key] = read_rates(findings, (key,), rates, resources)
    if found.metrics is not None:
        said["metrics"] = read_metrics(findings, ("metrics",), found.metrics, resources)
    if found.policy is not None:
        from execbroker.languages.platforms.policies import read_policy  # few files have one

        said["policy"] = read_policy(findings, found.policy, ledger, resources)
    return said


def _pools(findings: Findings, found: PlatformDocument, ledger: Ledger) -> list[Pool]:
    if found.pools is not None and not found.pools:
        findings.error(
            "empty-list",
            "there are no pools",
            ("pools",),
            hint="write one, such as `- {name: batch, cores: 64, memory: 512G}`",
        )
    given = [(("pools", index), each) for index, each in enumerate(found.pools or ()) if each]
    pools = [read_pool(findings, at, each, ledger) for at, each in given]
    _check_unique(findings, "pool", (((*at, "name"), each.name) for at, each in given))
    for at, each in given:
        flavours = enumerate(each.flavours or ())
        named = (((*at, "flavours", index, "name"), flavour.name) for index, flavour in flavours if flavour)
        _check_unique(findings, "flavour", named)
    # Whether a resource is a size may show only in a later pool, and that there is one at all.
    metrics = [
        read_metrics(findings, (*at, "metrics"), each.metrics or (), _resources(pools)) for at, each in given
    ]
    return [
        evolve(pool, sizes=ledger.sizes & frozenset(pool.capacity), metrics=own)
        for pool, own in zip(pools, metrics, strict=True)
    ]


def _resources(pools: Sequence[Pool]) -> list[str]:
    """The resources that some pools have, beside those that all platforms mean the same by."""
    return [*NAMED, *sorted(set().union(*(pool.capacity for pool in pools)).difference(NAMED))]


def _known(findings: Findings, found: PlatformDocument, pools: Sequence[Pool]) -> Pools | None:
    """The pools that bookings and closures may name; None if not all names are known."""
    if not findings.is_sound_at(("pools",), "name"):
        return None
    given = [index for index, each in enumerate(found.pools or ()) if each]
    return {
        pool.name: pool if findings.is_sound_at(("pools", index)) else None
        for index, pool in zip(given, pools, strict=True)
    }


def _check_unique(findings: Findings, what: str, named: Iterable[tuple[Path, str | None]]) -> None:
    first: dict[str, Path] = {}
    for path, name in named:
        if name is None:
            continue
        if not name.strip():
            findings.error("empty-text", f"the name of the {what} is empty", path, hint="write a name")
        elif name in first:
            line = findings.line(first[name])
            findings.error(
                "duplicate-name",
                f"there is a {what} {quoted(name)} on line {line} already",
                path,
                found=name,
                hint="give each a name of its own",
            )
        first.setdefault(name, path)


def _limits(findings: Findings, found: PlatformDocument) -> dict[str, Any]:
    """The durations and counts of a platform that are given."""
    limits = {
        "max_duration": _duration(findings, "max-duration", found.max_duration),
        "granularity": _granularity(findings, found.granularity),
        "horizon": _duration(findings, "horizon", found.horizon, most=LONGEST_HORIZON),
        "offer_lifetime": _duration(findings, "offer-lifetime", found.offer_lifetime, most=LONGEST_HORIZON),
        "max_offers": found.max_offers,
        "prepare": _duration(findings, "prepare", found.prepare, is_zero_allowed=True),
        "release": _duration(findings, "release", found.release, is_zero_allowed=True),
    }
    if found.max_offers is not None and not 1 <= found.max_offers <= MOST_OFFERS:
        findings.error(
            "out-of-range",
            f"`max-offers` is {found.max_offers}",
            ("max-offers",),
            found=str(found.max_offers),
            hint=f"write a number from 1 to {MOST_OFFERS}",
        )
    return {name: value for name, value in limits.items() if value is not None}


def _duration(
    findings: Findings, key: str, value: object, *, is_zero_allowed: bool = False, most: int | None = None
) -> int | None:
    if value is None:
        return None
    seconds = read_duration(findings, (key,), value, is_zero_allowed=is_zero_allowed)
    if seconds is not None and most is not None and seconds > most:
        findings.error(
            "out-of-range",
            f"`{key}` is longer than {spell_duration(most)}",
            (key,),
            found=findings.text((key,), value),
            hint=f"write at most {most // _DAY}d",
        )
    return seconds


def _granularity(findings: Findings, value: object) -> int | None:
    seconds = _duration(findings, "granularity", value)
    if seconds and _DAY % seconds:
        near = max(step for step in _STEPS if step <= seconds)
        findings.error(
            "granularity",
            f"`granularity` ({spell_duration(seconds)}) does not divide a day",
            ("granularity",),
            found=findings.text(("granularity",), value),
            hint=f"write `granularity: {spell_duration(near)}`, or another that does",
        )
    return seconds


def _hold(findings: Findings, value: str | None) -> Hold:
    if value is None:
        return Hold.MINIMUM
    words = [each.value for each in Hold]
    if value in words:
        return Hold(value)
    near = next((word for word in words if word.startswith(value.lower())), None) or nearest(
        value.lower(), words
    )
    findings.error(
        "unknown-word",
        f"`hold` is {quoted(value)}",
        ("hold",),
        found=value,
        hint=f"did you mean `{near}`?" if near else "write `minimum`, `all` or `none`",
    )
    return Hold.MINIMUM


def _defaults(findings: Findings, found: DefaultsDocument | None, ledger: Ledger) -> Defaults:
    if found is None:
        return Defaults()
    given = {
        name: value for name, value in ((CORES, found.cores), (MEMORY, found.memory)) if value is not None
    }
    amounts = read_amounts(findings, ("defaults",), given, ledger, up=True)
    duration = (
        found.duration
        if found.duration is None
        else read_duration(findings, ("defaults", "duration"), found.duration)
    )
    return Defaults(Amounts({**Defaults().amounts, **amounts}), duration or Defaults().duration)


def _held(findings: Findings, found: Sequence[HeldDocument | None]) -> tuple[str, ...]:
    _check_locations(findings, "data", [each and each.location for each in found])
    return tuple(each.location for each in found if each and each.location is not None)


def _transfers(findings: Findings, found: Sequence[TransferDocument | None]) -> tuple[Transfer, ...]:
    transfers = []
    for index, each in enumerate(found):
        if each and each.rate is not None:
            rate = findings.read(parse_rate, ("transfers", index, "rate"), each.rate)
            transfers.append(Transfer(each.location or "", rate or 1))
    _check_locations(findings, "transfers", [each and each.location for each in found])
    return tuple(transfers)


def _check_locations(findings: Findings, key: str, locations: Sequence[str | None]) -> None:
    first: dict[str, Path] = {}
    for index, location in enumerate(locations):
        path = (key, index, "location")
        if location is None:
            continue
        if not location.strip():
            findings.error(
                "empty-text",
                "`location` is empty",
                path,
                hint='write where the data are, or `"*"` for everywhere',
            )
        elif location in first:
            findings.error(
                "duplicate-name",
                f"the location {quoted(location)} is on line {findings.line(first[location])} already",
                path,
                found=location,
                hint="leave one of them out",
            )
        first.setdefault(location, path)
