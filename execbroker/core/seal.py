"""Seals: how a runner knows that an offer is what a broker offered, if the two share nothing but a secret.

A seal is an HMAC (RFC 2104, with SHA-256) over the whole offer: every amount, every instant, the runner that it is
for, its identifier and its expiry. It names its key, so that a new one can be brought in while offers under the old
one are still about. Whoever checks brings the time and what was used before; nothing is remembered here.
"""

from __future__ import annotations

import hashlib
import hmac
import re
from base64 import urlsafe_b64encode
from collections.abc import Container, Iterable, Mapping
from decimal import Decimal
from fractions import Fraction
from typing import Final, final

import attrs
from attrs import field, frozen

from execbroker.core.amounts import Amounts
from execbroker.core.answer import Offer
from execbroker.core.interfaces import Refused

__all__ = ["Key", "canonical", "check", "seal"]

#: Of what the bytes and the text of a seal are made; another making is another version.
_VERSION: Final = "eb1"
#: Bytes of the shortest secret: as long as half of the hash, as RFC 2104 advises at least.
_SHORTEST: Final = 16
_SEAL: Final = re.compile(r"(\w+)\.([A-Za-z0-9_-]{1,64})\.([A-Za-z0-9_-]{43})", re.ASCII)


def _at_least(_: object, __: object, secret: bytes) -> None:
    if len(secret) < _SHORTEST:
        raise ValueError(f"a secret has at least {_SHORTEST} bytes")


@final
@frozen
class Key:
    """A secret, and the name by which seals call it: letters, digits, `-` and `_`, at most 64.

    Raises:
        ValueError: The secret is too short, or the name is none.
    """

    identifier: str = field(validator=attrs.validators.matches_re(r"[A-Za-z0-9_-]{1,64}"))
    secret: bytes = field(repr=False, validator=_at_least)


def seal(offer: Offer, key: Key) -> str:
    """The seal of an offer.

    Raises:
        ValueError: The offer has no identifier of its own, so nobody could tell when it is used twice.
    """
    if offer.identifier is None:
        raise ValueError("only an offer with an identifier can be sealed")
    return f"{_VERSION}.{key.identifier}.{_code(offer, key)}"


def check(
    offer: Offer, seal: str | None, keys: Iterable[Key], *, runner: str | None, now: int, used: Container[str]
) -> None:
    """See that an offer is true, for this runner, in time, and new.

    Args:
        offer: What a client brought.
        seal: And the seal it brought with it.
        keys: All keys that count, the new and those before.
        runner: The endpoint of the runner that checks.
        now: The instant.
        used: The identifiers of offers that were taken before.

    Raises:
        Refused: `seal-missing`, `seal-malformed`, `seal-key-unknown`, `seal-broken` (something was changed),
            `seal-foreign` (it is for another runner), `seal-expired`, `seal-replayed`.
    """
    if not seal:
        raise Refused("seal-missing", "this offer has no seal")
    parts = _SEAL.fullmatch(seal)
    if parts is None or parts[1] != _VERSION or offer.identifier is None:
        raise Refused("seal-malformed", "this is no seal of an offer")
    known: Mapping[str, Key] = {key.identifier: key for key in keys}
    if parts[2] not in known:
        raise Refused("seal-key-unknown", f"the key {parts[2]} is not known here")
    if not hmac.compare_digest(_code(offer, known[parts[2]]), parts[3]):
        raise Refused("seal-broken", "this offer is not what was sealed")
    if offer.runner != runner:
        raise Refused("seal-foreign", "this offer is for another runner")
    if offer.expires <= now:
        raise Refused("seal-expired", "this offer has expired")
    if offer.identifier in used:
        raise Refused("seal-replayed", "this offer was taken before")


def canonical(offer: Offer) -> bytes:
    """The bytes of an offer: the same for equal offers, others for all others."""
    return b"".join(_encoded(offer))


def _code(offer: Offer, key: Key) -> str:
    message = b"".join((*_encoded(_VERSION), *_encoded(key.identifier), canonical(offer)))
    return urlsafe_b64encode(hmac.digest(key.secret, message, hashlib.sha256)).decode("ascii").rstrip("=")


def _encoded(value: object) -> Iterable[bytes]:
    """A value as bytes that begin with its kind and its length, so that no two values run into each other."""
    match value:
        case None:
            yield b"n;"
        case str():
            text = value.encode("utf-8", "surrogatepass")
            yield b"s%d:%b" % (len(text), text)
        case int():
            yield b"i%d;" % value
        case Decimal() | Fraction():
            yield b"q%d/%d;" % value.as_integer_ratio()
        case Amounts() | tuple() | frozenset():
            parts = sorted(value.items()) if isinstance(value, Amounts) else value
            ordered = sorted(parts) if isinstance(parts, frozenset) else parts
            yield b"t%d:" % len(ordered)
            for part in ordered:
                yield from _encoded(part)
        case _:
            kind = type(value)
            if not attrs.has(kind):
                raise TypeError(f"{kind.__name__} is no part of an offer")
            yield from _encoded(kind.__name__)
            for each in attrs.fields(kind):
                yield from _encoded(getattr(value, each.name))
