"""What the dialects of 2025 and 2026 have in common: keys of images, networks, amounts, options and messages."""

from __future__ import annotations

from typing import Any, ClassVar, Final, final

from execbroker.languages.structuring.document_classes import (
    Advice,
    document,
    fold,
    meant,
    one,
    several,
)

__all__ = [
    "BoundsDocument",
    "ImageDocument",
    "MessageDocument",
    "NetworkDocument",
    "PortDocument",
    "advise",
]


@final
@document
class BoundsDocument:
    """The least and the most of something that is counted in whole units."""

    noun: ClassVar[str] = "a range"
    example: ClassVar[str] = "{min: 4, max: 8}"
    min: int | None = meant("a whole number", "4")
    max: int | None = meant("a whole number", "8")


@final
@document
class _MachineDocument:
    noun: ClassVar[str] = "what an image runs on"
    example: ClassVar[str] = "{architecture: amd64, os: linux}"
    architecture: str | None = meant("the name of an architecture", "amd64")
    os: str | None = meant("the name of a system", "linux")


@final
@document
class ImageDocument:
    """A container image, and where it may be fetched."""

    noun: ClassVar[str] = "an image"
    example: ClassVar[str] = '{locations: ["registry.example.net/fringe:4.1"], digest: "sha256:51aa"}'
    locations: list[str | None] | None = meant("a list", '["registry.example.net/fringe:4.1"]')
    digest: str | None = meant("a digest", '"sha256:51aa"')
    platform: _MachineDocument | None = one(_MachineDocument)


@final
@document
class _InnerDocument:
    noun: ClassVar[str] = "a port in the container"
    example: ClassVar[str] = "{port: 8080}"
    port: int | None = meant("the number of a port", "8080")


@final
@document
class _OuterDocument:
    noun: ClassVar[str] = "a port of the platform"
    example: ClassVar[str] = "{port: 80}"
    port: int | None = meant("the number of a port", "80")
    addresses: list[str | None] | None = meant("a list", '["192.0.2.1"]')


@final
@document
class PortDocument:
    """A port that is to be reached from outside."""

    noun: ClassVar[str] = "a port"
    example: ClassVar[str] = "{access: true, internal: {port: 8080}, protocol: HTTP}"
    access: bool | None = meant("`true` or `false`", "true")
    internal: _InnerDocument | None = one(_InnerDocument)
    external: _OuterDocument | None = one(_OuterDocument)
    protocol: str | None = meant("the name of a protocol", "HTTP")
    path: str | None = meant("a path", "/")


@final
@document
class NetworkDocument:
    """What of a container is to be reached from outside."""

    noun: ClassVar[str] = "a network"
    example: ClassVar[str] = "{ports: [{internal: {port: 8080}, protocol: HTTP}]}"
    ports: list[PortDocument | None] | None = several(PortDocument)


@final
@document
class MessageDocument:
    """What a service has to say."""

    noun: ClassVar[str] = "a message"
    example: ClassVar[str] = '{level: WARN, message: "64 cores asked, at most 48 free"}'
    type: str | None = meant("a URI", "urn:example:message")
    kind: str | None = meant("a URI", "urn:example:message")
    time: str | None = meant("an instant", '"2031-05-02T08:00:00Z"')
    level: str | None = meant("a level", "WARN")
    template: str | None = meant("a sentence with names in it", '"${asked} cores asked"')
    values: dict[str, Any] | None = meant("a mapping of names to text", '{asked: "64"}')
    message: str | None = meant("a sentence", '"64 cores asked"')


#: What people write in any of these documents, and what they should.
_ADVICE: Final = {
    **dict.fromkeys(("mincores", "minmemory", "minsize", "minimum", "least", "lower"), "write `min`"),
    **dict.fromkeys(("maxcores", "maxmemory", "maxsize", "maximum", "most", "upper"), "write `max`"),
    "lang": "leave it out: this language is known by its types",
    **dict.fromkeys(("cmd", "args", "arguments"), "write `command`"),
    **dict.fromkeys(("env", "environmentvariables"), "write `environment`"),
    **dict.fromkeys(("computeresources", "computer"), "write `compute`"),
    **dict.fromkeys(("storageresources",), "write `storage`"),
    **dict.fromkeys(("dataresources",), "write `data`"),
    **dict.fromkeys(
        ("walltime", "minduration", "maxduration"), "write `duration`, under `schedule` and `requested`"
    ),
    **dict.fromkeys(("gpus", "mingpus", "maxgpus"), "leave it out: this language has no gpus"),
}


def advise(kind: type, key: str) -> Advice | None:
    """What to write instead of a key that does not belong where it was found."""
    hint = _ADVICE.get(fold(key))
    return ("unknown-key", hint) if hint else None
