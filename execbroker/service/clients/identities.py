"""Who asks, and what each may do.

How a client is recognised is the business of whoever runs a service: a hook looks at the head of a request and says
a name, or that there is none, or that what it found is wrong. What a name may do is a policy, which is a value.
"""

from __future__ import annotations

import base64
import binascii
import enum
from collections.abc import Callable, Mapping
from typing import Final, final

from attrs import frozen

from execbroker.service.http.messages import Head

__all__ = ["OPEN", "Authentication", "Policy", "Unidentified", "Who", "basic", "trusting"]


@final
class Unidentified(Exception):
    """A client says who it is, and that is not so. The message is for the client: it says nothing about names."""


@final
@frozen
class Authentication:
    """How clients are recognised.

    Attributes:
        identify: Says who sends a request; None: somebody without a name. Raises `Unidentified` for a client that
            claims a name and cannot show that it is its own. Names are compared exactly.
        challenge: What clients are told of how to say who they are, as `WWW-Authenticate` has it.
        scheme: The same as a Security Scheme Object of OpenAPI 3.1.
    """

    identify: Callable[[Head], str | None]
    challenge: str
    scheme: Mapping[str, str]


@final
class Who(enum.Enum):
    """Whom something is allowed."""

    ANYBODY = "anybody"
    #: Whoever has a name.
    KNOWN = "known"
    #: Whoever asked for the offer.
    OWNER = "owner"


@final
@frozen
class Policy:
    """What is whose. Unless it says otherwise, nobody sees or changes what is another's.

    Attributes:
        ask: Who may ask for offers: anybody, or whoever is known.
        see: Who may see a session or a job, and find it in lists.
        change: Who may accept, reject, cancel or change it. What nobody with a name asked for has no owner.
    """

    ask: Who = Who.KNOWN
    see: Who = Who.OWNER
    change: Who = Who.OWNER

    def may(self, who: Who, identity: str | None, owner: str | None) -> bool:
        """Whether an identity is one of those who may do something to what is an owner's."""
        if who is Who.ANYBODY:
            return True
        return identity is not None and (who is Who.KNOWN or identity == owner)


#: Everything is everybody's: for one person, or a network of friends.
OPEN: Final = Policy(Who.ANYBODY, Who.ANYBODY, Who.ANYBODY)


def basic(realm: str, is_right: Callable[[str, str], bool]) -> Authentication:
    """Names and passwords, by HTTP's Basic scheme (RFC 7617), which is safe only over TLS.

    Args:
        realm: What the names are valid for, shown to people. It has no quotation marks.
        is_right: Whether a password is a name's; it should take as long for wrong ones as for right ones.
    """

    def identify(head: Head) -> str | None:
        given = head.header("Authorization")
        if given is None:
            return None
        scheme, _, token = given.partition(" ")
        try:
            if scheme.lower() != "basic":
                raise Unidentified("this service knows the scheme Basic alone")
            name, colon, password = (
                base64.b64decode(token.strip(), validate=True).decode("utf-8").partition(":")
            )
        except (binascii.Error, ValueError):
            raise Unidentified("the credentials make no sense") from None
        if not (colon and name and is_right(name, password)):
            raise Unidentified("name or password are wrong")
        return name

    challenge = f'Basic realm="{realm}", charset="UTF-8"'
    return Authentication(identify, challenge, {"type": "http", "scheme": "basic"})


def trusting(challenge: str, scheme: Mapping[str, str]) -> Authentication:
    """Whoever the server in front says it is, in `Head.user`.

    Args:
        challenge: What that server wants to be told, as `WWW-Authenticate` has it.
        scheme: The same as a Security Scheme Object.
    """
    return Authentication(lambda head: head.user, challenge, scheme)
