"""What a task needs in a pool: how much, for how long, how long before; rule by rule."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence
from fractions import Fraction
from math import ceil, floor
from string import ascii_letters, digits
from typing import Final, final
from urllib.parse import unquote

from attrs import frozen

from execbroker.core.amounts import CORES, MEMORY, STORAGE, Amounts
from execbroker.core.platform import Flavour, Platform, Pool
from execbroker.core.ranges import Range
from execbroker.core.spans import round_down, round_up
from execbroker.core.task import Data, Task

__all__ = [
    "Need",
    "duration_limits",
    "durations",
    "given_by_default",
    "is_counted_alike",
    "is_held",
    "is_supported",
    "largest",
    "leads_somewhere",
    "lies_below",
    "needs",
    "permitted_flavours",
    "preparation",
    "rate_of",
    "release",
    "totals",
]


#: What schemes are written with.
_LETTERS: Final = frozenset(ascii_letters + digits + "+.-")


@final
@frozen
class Need:
    """What a box must hold in one pool, and may hold at most.

    Attributes:
        minimum, maximum: Of each resource; one without a maximum is open.
        asked: The resources that the task asks for, in the order of their names, and of each the most that an
            offer may hold.
        defaults: What it gets without asking.
        flavour: What is booked whole, in a pool with flavours.
        holds_storage: Whether storage is asked for or carried, and so held from staging to release.
    """

    minimum: Amounts
    maximum: Mapping[str, int | None]
    asked: Mapping[str, int | None]
    defaults: Mapping[str, int]
    flavour: Flavour | None
    holds_storage: bool


def totals(task: Task) -> dict[str, Range]:
    """What all the task's resources ask for together.

    Minima add up. Maxima add up over the resources that mention the name, and are open if one of them is.
    """
    mentions: dict[str, list[Range]] = defaultdict(list)
    for compute in task.compute:
        for name, mentioned in compute.ranges.items():
            mentions[name].append(mentioned)
    for storage in task.storage:
        mentions[STORAGE].append(storage.size)
    return {name: _sum(ranges) for name, ranges in sorted(mentions.items())}


def _sum(ranges: Sequence[Range]) -> Range:
    maxima = [each.maximum for each in ranges if each.maximum is not None]
    is_open = len(maxima) < len(ranges)
    return Range(sum(each.minimum or 0 for each in ranges), None if is_open else sum(maxima))


def is_supported(task: Task, platform: Platform) -> bool:
    """A platform that names the executables it runs takes no others."""
    return (
        task.executable is None
        or platform.executables is None
        or task.executable.type in platform.executables
    )


def is_counted_alike(task: Task, pool: Pool) -> bool:
    """A pool that counts a resource can't serve a task that gives it as a size, nor the other way round."""
    asked = [name for name in totals(task) if name in pool.capacity]
    return all((name in task.sizes) is (name in pool.sizes) for name in asked)


def lies_below(location: str, place: str) -> bool:
    """Whether data are at a place or below it.

    Whole segments of a path count: `…/data` holds `…/data/one` and not `…/database`. However a URL is spelt, it is
    the same: in capitals (but for the path), with a user, the scheme's own port, a query, or escapes; and a path
    from the root on is a file's. `file://` and the like hold all of their scheme, and `*` is everywhere. What leads
    nobody knows where lies below nothing else.
    """
    if place == "*":
        return True
    parts, above = _parts(location), _parts(place)
    return parts[: len(above)] == above and leads_somewhere(location)


def leads_somewhere(location: str) -> bool:
    """Whether everybody who reads a location means the same by it.

    Not if it has blanks around it, backslashes or what cannot be seen, a host with what hosts don't have, or parts
    of its path that are empty or dots; nor if escapes hide any of this, once or twice.
    """
    if location != location.strip() or not location.isprintable() or "\\" in location:
        return False
    before, colon, after = location.partition(":")
    if colon and not after.startswith("//"):
        scheme = before.lower()
        if scheme in ("http", "https", "ftp") or (scheme == "file" and not after.startswith("/")):
            return False
    scheme, *parts = _parts(location)
    if not scheme:
        return not any(map(_is_doubtful, parts if parts[0] else parts[1:]))
    host = parts[0] if parts else ""
    if not host.isascii() or any(letter.isspace() or letter in "%/" for letter in host):
        return False
    return not any(map(_is_doubtful, parts[1:]))


def _is_doubtful(part: str) -> bool:
    """Whether a part of a path, unescaped, is no name to everybody."""
    again = unquote(part)
    return again.split(";")[0] in ("", ".", "..") or any(slash in part + again for slash in "/\\")


def _parts(location: str) -> list[str]:
    """Scheme, host and the segments of the path; a place without a scheme is all segments, behind nothing."""
    scheme, mark, rest = location.partition("://")
    if not mark or not scheme[:1].isalpha() or not _LETTERS.issuperset(scheme):
        is_path = location.startswith("/") and not location.startswith("//")
        if not is_path and not location.lower().startswith("file:/"):
            return ["", *(unquote(part) for part in location.rstrip("/").split("/"))]
        scheme, rest = "file", location if is_path else location[5:]
    scheme = scheme.lower()
    if not rest:
        return [scheme]
    for mark in "?#":
        rest = rest.split(mark)[0]
    parts = [unquote(part) for part in rest.rstrip("/").split("/")]
    host = parts[0].split("@")[-1].lower()
    port = {"http": 80, "https": 443, "ftp": 21}.get(scheme)
    host = host.removesuffix(":" if port is None else f":{port}").rstrip(".:")
    return [scheme, "" if (scheme, host) == ("file", "localhost") else host, *parts[1:]]


def _staging(data: Sequence[Data], platform: Platform) -> int | None:
    """Whole seconds to stage what the platform doesn't hold, or None if that can't be done or said.

    The rate of a transfer is that of the longest location above the data; `*` is above all and yields to any other.
    The sum is exact and rounded up once.
    """
    seconds = Fraction(0)
    for each in data:
        if is_held(each, platform):
            continue
        rate = rate_of(each, platform)
        if each.size is None or rate is None:
            return None
        seconds += Fraction(each.size, rate)
    return ceil(seconds)


def is_held(data: Data, platform: Platform) -> bool:
    """Whether a platform has data already."""
    return any(lies_below(data.location, place) for place in platform.held)


def rate_of(data: Data, platform: Platform) -> int | None:
    """Bytes a second at which data come to a platform that doesn't hold them; None: they don't come at all."""
    matching = [
        (0 if transfer.location == "*" else len(transfer.location.rstrip("/")), transfer.rate)
        for transfer in platform.transfers
        if lies_below(data.location, transfer.location)
    ]
    return max(matching, key=lambda match: match[0])[1] if matching else None


def preparation(task: Task, platform: Platform, pool: Pool) -> int | None:
    """Seconds between the beginning of staging and the start; None if the data can't be brought."""
    staging = _staging(task.data, platform)
    prepare = platform.prepare if pool.prepare is None else pool.prepare
    return None if staging is None else prepare + staging


def release(platform: Platform, pool: Pool) -> int:
    """Seconds that storage is still held after the end: the pool's, else the platform's."""
    return platform.release if pool.release is None else pool.release


def durations(task: Task, platform: Platform, pool: Pool) -> tuple[int, int | None]:
    """The shortest and the longest run, on the grid; no longest: as long as there is room.

    The limit is the smallest of the platform's, its policy's and the pool's. Without a minimum, it is the
    platform's default, but never above the task's maximum or the limit. Minima are rounded up, maxima down.
    """
    asked = task.schedule.duration
    limits = duration_limits(platform, pool)
    if asked.maximum is not None:
        limits.append(asked.maximum)
    shortest = min([platform.defaults.duration, *limits]) if asked.minimum is None else asked.minimum
    grid = platform.granularity
    return round_up(shortest, grid), round_down(min(limits), grid) if limits else None


def duration_limits(platform: Platform, pool: Pool) -> list[int]:
    """All that the platform, its policy and the pool say of how long runs may last, in seconds."""
    said = (platform.max_duration, platform.policy.max_duration, pool.max_duration)
    return [each for each in said if each is not None]


def given_by_default(task: Task, platform: Platform, pool: Pool) -> dict[str, int]:
    """What a task gets that doesn't ask: the platform's cores and memory, where the pool names them.

    Never more than the pool has, nor more than one request may have.
    """
    limits, usual = platform.policy.limits, platform.defaults.amounts
    return {
        name: min(usual[name], pool.capacity[name], limits.get(name, usual[name]))
        for name in (CORES, MEMORY)
        if name not in totals(task) and name in pool.capacity and name in usual
    }


def needs(
    task: Task, platform: Platform, pool: Pool, most: Mapping[str, int | None] | None = None
) -> list[Need]:
    """What is to be looked for in a pool: one thing, or each flavour that serves.

    At least the minima; at most `most`, which is left out the `largest` amounts; and exactly the defaults. With
    flavours, exactly what the flavour carries.
    """
    asked, given = totals(task), given_by_default(task, platform, pool)
    minimum = Amounts({**{name: each.minimum or 0 for name, each in asked.items()}, **given})
    most = largest(task, platform, pool) if most is None else most
    if not pool.flavours:
        return [Need(minimum, {**most, **given}, most, given, None, STORAGE in asked)]
    return [
        Need(each.amounts, each.amounts, most, given, each, STORAGE in {*asked, *each.amounts})
        for each in _serving_flavours(most, minimum, platform, pool)
    ]


def largest(task: Task, platform: Platform, pool: Pool) -> dict[str, int | None]:
    """The most that an offer may hold of each resource asked for; None: as much as there is.

    It is the task's maximum, the most that one request may have, or the pool's scale times a minimum above zero,
    whichever is least. Flavours know no scale.
    """
    found: dict[str, int | None] = {}
    for name, asked in totals(task).items():
        limits = [asked.maximum, platform.policy.limits.get(name)]
        if pool.max_scale is not None and asked.minimum and not pool.flavours:
            limits.append(floor(pool.max_scale * asked.minimum))
        found[name] = min((limit for limit in limits if limit is not None), default=None)
    return found


def permitted_flavours(platform: Platform, pool: Pool) -> list[Flavour]:
    """The flavours that carry no more of anything than one request may have."""
    limits = platform.policy.limits
    return [
        each
        for each in pool.flavours
        if all(amount <= limits.get(name, amount) for name, amount in each.amounts.items())
    ]


def _serving_flavours(
    most: Mapping[str, int | None], minimum: Amounts, platform: Platform, pool: Pool
) -> list[Flavour]:
    """The permitted flavours that hold the minima and the defaults, less those that another one replaces.

    Of two that offer the same, cut to the maxima, one that carries no more of anything replaces the other; of equal
    ones the first stays.
    """
    serving = [flavour for flavour in permitted_flavours(platform, pool) if minimum.fits_in(flavour.amounts)]

    def offers(flavour: Flavour) -> list[int]:
        held = [(flavour.amounts.get(name, 0), limit) for name, limit in most.items()]
        return [value if limit is None else min(value, limit) for value, limit in held]

    def replaces(one: Flavour, other: Flavour) -> bool:
        if offers(one) != offers(other) or not one.amounts.fits_in(other.amounts):
            return False
        return not other.amounts.fits_in(one.amounts) or serving.index(one) < serving.index(other)

    return [each for each in serving if not any(replaces(other, each) for other in serving)]
