"""What may stand in a UWS document as text, and how it writes instants.

XML 1.0 (section 2.2) cannot carry every text, not even escaped: most control characters and halves of characters
have no place in it. Such a text is never written.
"""

from __future__ import annotations

import re
from datetime import date, timedelta
from typing import Final

from execbroker.core.instants import EPOCH, parse_offset
from execbroker.core.problems import Unreadable, quoted

__all__ = ["format_time", "is_identifier", "is_writable", "made_writable", "parse_time"]

_NOT_XML: Final = re.compile("[^\t\n\r\x20-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")

#: One element of a URL's path, as RFC 3986 (section 3.3) has it, but for the two that mean "here" and "above".
_PATH_ELEMENT: Final = re.compile(r"(?!\.{1,2}\Z)(?:[\w.~!$&'()*+,;=:@-]++|%[0-9A-Fa-f]{2})++", re.ASCII)

_DAY: Final = r"([0-9]{4})-([0-9]{2})-([0-9]{2})"
_CLOCK: Final = r"([0-9]{2}):([0-9]{2})(?::([0-9]{2})(?:\.[0-9]+)?)?"
_TIME: Final = re.compile(rf"{_DAY}(?:[Tt ]{_CLOCK}\s*([Zz]|[+-][0-9]{{2}}:?[0-9]{{2}})?)?", re.ASCII)


def is_writable(text: str) -> bool:
    r"""Whether an XML document can carry a text.

    >>> is_writable("fringe fit"), is_writable("\x1b[31m")
    (True, False)
    """
    return not _NOT_XML.search(text)


def made_writable(text: str) -> str:
    """A text for people, with U+FFFD in place of each character that an XML document cannot carry."""
    return _NOT_XML.sub("\N{REPLACEMENT CHARACTER}", text)


def is_identifier(text: str) -> bool:
    """Whether a text can name a job: one element of a URL's path, as it stands.

    >>> is_identifier("5f0c9a9e"), is_identifier("a/b"), is_identifier("..")
    (True, False, False)
    """
    return bool(_PATH_ELEMENT.fullmatch(text))


def format_time(instant: int) -> str:
    """An instant as the standard asks for it: UTC, with `Z`.

    >>> format_time(0)
    '1970-01-01T00:00:00.000Z'

    Raises:
        OverflowError: It is not in the years 1 to 9999.
    """
    return (EPOCH + timedelta(seconds=instant)).replace(tzinfo=None).isoformat(timespec="milliseconds") + "Z"


def parse_time(text: str) -> int:
    """The instant that a client or another service wrote, in seconds UTC.

    Taken is what is met in practice: with `Z`, an offset or neither (then it is UTC), a blank for the `T`, a date
    alone, 24:00, a leap second. Fractions of a second are dropped, for there are none in this library.

    >>> parse_time("1970-01-01T01:00:00.5+01:00"), parse_time("1970-01-02")
    (0, 86400)

    Raises:
        Unreadable: It is none of these.
    """
    found = _TIME.fullmatch(text.strip())
    if not found:
        raise _no_time(text)
    year, month, day, hour, minute, second = (int(part or 0) for part in found.groups()[:6])
    clock = hour * 3600 + minute * 60 + second
    if minute > 59 or second > 60 or clock > 86_400:
        raise _no_time(text)
    try:
        days = (date(year, month, day) - EPOCH.date()).days
        instant = days * 86_400 + clock - _offset(found[7])
        format_time(instant)
    except (ValueError, OverflowError):
        raise _no_time(text) from None
    return instant


def _offset(text: str | None) -> int:
    if text is None or text in "Zz":
        return 0
    return parse_offset(text if ":" in text else f"{text[:3]}:{text[3:]}")


def _no_time(text: str) -> Unreadable:
    return Unreadable("time", f"{quoted(text)} is no instant", "write it as 2023-05-11T09:00:00Z")
