"""Which zone a reading of a wall clock can be from, where the document says only what the clock shows."""

from __future__ import annotations

from datetime import timedelta
from functools import cache
from typing import Final
from zoneinfo import ZoneInfo

from execbroker.core.instants import EPOCH
from execbroker.core.wallclock import zone

__all__ = ["zone_with_offset"]

_HOUR: Final = 3600
#: Hours east of UTC, from the date line to the date line.
_WHOLE: Final = range(-12, 15)

#: Of each offset since 1970 that is not in whole hours, a place that had it, the present ones first.
_PLACES: Final = (
    "Asia/Kolkata", "Asia/Kathmandu", "Asia/Tehran", "Asia/Kabul", "Asia/Yangon", "Australia/Darwin",
    "Australia/Adelaide", "Australia/Lord_Howe", "Australia/Eucla", "Pacific/Chatham", "Pacific/Marquesas",
    "America/St_Johns", "Asia/Pyongyang", "America/Caracas", "Pacific/Norfolk", "Asia/Singapore",
    "Pacific/Pitcairn", "Pacific/Rarotonga", "Pacific/Kiritimati", "Pacific/Nauru", "America/Guyana",
    "America/Paramaribo", "America/Santo_Domingo", "America/Montevideo", "Africa/Monrovia",
)  # fmt: skip


def zone_with_offset(instant: int, offset: int) -> str | None:
    """A zone whose clocks are `offset` seconds ahead of UTC at an instant; None if there is none in the world.

    A document that shows a local time beside its instant does not say whose clocks they are. Of whole hours the
    zone is one without summer time, and of others some place that has or had them.

    >>> zone_with_offset(1_683_795_600, 0), zone_with_offset(1_683_795_600, 3600)
    ('UTC', 'Etc/GMT-1')
    >>> zone_with_offset(1_683_795_600, 20_700), zone_with_offset(1_683_795_600, 60)
    ('Asia/Kathmandu', None)
    """
    hours, rest = divmod(offset, _HOUR)
    if not rest:
        # POSIX counts west as positive, and so do these names.
        return None if hours not in _WHOLE else f"Etc/GMT{-hours:+}" if hours else "UTC"
    moment, wanted = EPOCH + timedelta(seconds=instant), timedelta(seconds=offset)
    found = (place for place in _places() if moment.astimezone(place).utcoffset() == wanted)
    return next((place.key for place in found), None)


@cache
def _places() -> tuple[ZoneInfo, ...]:
    return tuple(map(zone, _PLACES))
