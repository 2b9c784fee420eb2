"""The keys of policies and metrics in platform files, and what people write instead."""

from __future__ import annotations

from typing import Any, ClassVar, Final, final

from execbroker.languages.platforms.keys import advise_from
from execbroker.languages.structuring.document_classes import (
    Advice,
    Number,
    Scalar,
    document,
    meant,
    one,
)

__all__ = [
    "ImagesDocument",
    "LimitsDocument",
    "ListsDocument",
    "MetricDocument",
    "PolicyDocument",
    "PortsDocument",
    "advise",
]


@final
@document
class MetricDocument:
    """Something that is said of what is offered; `rest` holds what a unit of each resource adds."""

    noun: ClassVar[str] = "a metric"
    example: ClassVar[str] = "{type: io-throughput, figure: 400, description: MB/s}"
    type: str | None = meant("a URI, or a word", "io-throughput", is_required=True)
    figure: Number | None = meant("a number", "400")
    description: str | None = meant("a text", "MB/s")
    rest: dict[str, Any]


@final
@document
class ListsDocument:
    """What is allowed and what is denied of one kind of thing."""

    noun: ClassVar[str] = "a mapping of lists"
    example: ClassVar[str] = "{allow: [docker-container], deny: []}"
    allow: list[str | None] | None = meant("a list", "[docker-container]", word="docker-container")
    deny: list[str | None] | None = meant("a list", "[docker-container]", word="docker-container")


@final
@document
class ImagesDocument:
    """What images are allowed and denied, and whether they need digests."""

    noun: ClassVar[str] = "a mapping of lists of images"
    example: ClassVar[str] = "{allow: [ghcr.io/example], digest: required}"
    allow: list[str | None] | None = meant("a list", "[ghcr.io/example]", word="ghcr.io/example")
    deny: list[str | None] | None = meant("a list", "[ghcr.io/example]", word="ghcr.io/example")
    digest: str | None = meant("`required` or `optional`", "required", word="required")


@final
@document
class PortsDocument:
    """What ports are allowed and denied."""

    noun: ClassVar[str] = "a mapping of lists of ports"
    example: ClassVar[str] = '{allow: [8080, "8000-8999"]}'
    allow: list[Scalar | None] | None = meant("a list", '[8080, "8000-8999"]')
    deny: list[Scalar | None] | None = meant("a list", '[22, "1-1023"]')


@final
@document
class LimitsDocument:
    """The most that one request may ask for; `rest` holds amounts."""

    noun: ClassVar[str] = "a mapping of limits"
    example: ClassVar[str] = "{cores: 16, memory: 64G, duration: 4h}"
    duration: Scalar | None = meant("a duration", "4h")
    rest: dict[str, Scalar]


@final
@document
class PolicyDocument:
    """What tasks a platform takes, and from whom."""

    noun: ClassVar[str] = "a policy"
    example: ClassVar[str] = "{images: {allow: [ghcr.io/example]}, limits: {cores: 16}}"
    executables: ListsDocument | None = one(ListsDocument)
    images: ImagesDocument | None = one(ImagesDocument)
    ports: PortsDocument | None = one(PortsDocument)
    privileged: bool | None = meant("`true` or `false`", "false")
    data: ListsDocument | None = one(ListsDocument)
    identities: ListsDocument | None = one(ListsDocument)
    limits: LimitsDocument | None = one(LimitsDocument)


_OF_LISTS: Final = {
    **dict.fromkeys(("allowed", "only", "whitelist", "permit", "include"), "write `allow`"),
    **dict.fromkeys(("denied", "forbidden", "blacklist", "block", "exclude", "except"), "write `deny`"),
}

#: What people write in each place, and what they should.
_ADVICE: Final[dict[type, dict[str, str]]] = {
    MetricDocument: {
        **dict.fromkeys(("kind", "name", "meaning", "metric", "uri"), "write `type`"),
        **dict.fromkeys(("value", "min", "max", "amount", "fixed"), "write `figure`"),
        **dict.fromkeys(("unit", "units"), "write `description`"),
    },
    ListsDocument: _OF_LISTS,
    ImagesDocument: {**_OF_LISTS, **dict.fromkeys(("digests", "checksum"), "write `digest: required`")},
    PortsDocument: _OF_LISTS,
    LimitsDocument: {
        **dict.fromkeys(("maxduration", "walltime", "time"), "write `duration`"),
        **dict.fromkeys(("cpu", "cpus", "maxcores"), "write `cores`"),
        **dict.fromkeys(("ram", "mem", "maxmemory"), "write `memory`"),
    },
    PolicyDocument: {
        **dict.fromkeys(("types", "executable"), "write `executables`"),
        **dict.fromkeys(("image", "registries", "containers"), "write `images`"),
        **dict.fromkeys(("port", "network"), "write `ports`"),
        **dict.fromkeys(("users", "clients", "user", "groups"), "write `identities`"),
        **dict.fromkeys(("locations", "mounts", "paths"), "write `data`"),
        **dict.fromkeys(("limit", "quota", "quotas", "max"), "write `limits`"),
    },
}


def advise(kind: type, key: str) -> Advice | None:
    """What to write instead of an unknown key of a policy or a metric, if that is known."""
    return advise_from(_ADVICE, kind, key)
