"""What a platform's policy has against a task and its client, rule by rule.

What cannot be told is not let in where there is a list for it: an image without a name, a port that is none, a
location with dots for segments.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping
from string import ascii_letters, ascii_lowercase, digits, hexdigits
from typing import Final, TypeVar, final

from attrs import evolve, frozen

from execbroker.core.platform import Platform
from execbroker.core.policy import Choice, Policy
from execbroker.core.task import Data, Executable, Task
from execbroker.testing.definition_needs import leads_somewhere, lies_below, totals

__all__ = ["Refusal", "is_image_below", "is_let_in", "refusals"]

Thing = TypeVar("Thing")
Entry = TypeVar("Entry")

#: Other names of the registry that images are in which name none.
_DOCKER: Final = {"index.docker.io", "registry-1.docker.io", "registry.hub.docker.com"}
#: A port, or that of the host and that of the container; and how it is spoken to.
_PORTS: Final = re.compile(r"(\d{1,5})(?::(\d{1,5}))?(?:/(?:tcp|udp))?", re.ASCII | re.IGNORECASE)


@final
@frozen
class Refusal:
    """Something that a platform does not let in.

    Attributes:
        what: In words.
        path: Where in the task it is; None: it is the client, or an amount of which there may be several.
        resource: What the figures count; None: seconds, or there are none.
        asked, available: Figures, where there are any.
        is_of_client: Whether it is about who asks.
    """

    what: str
    path: str | None = None
    resource: str | None = None
    asked: int | None = None
    available: int | None = None
    is_of_client: bool = False


def is_let_in(task: Task, platform: Platform, client: str | None) -> bool:
    """Whether a platform's policy has nothing against a task of a client."""
    return next(refusals(task, platform, client), None) is None


def refusals(task: Task, platform: Platform, client: str | None) -> Iterator[Refusal]:
    """All that a platform's policy has against a task of a client, in the order in which it is looked at."""
    policy = platform.policy
    allowed, denied = policy.identities.allow, policy.identities.deny
    if (allowed is not None and client not in allowed) or client in denied:
        yield Refusal("clients without a name" if client is None else client, is_of_client=True)
    if task.executable is not None:
        yield from _of_executable(task.executable, policy)
    for place, each in enumerate(task.data):
        for location in _sources(each):
            if not _permits_location(policy.data, location):
                yield Refusal(location, f"data-resources[{place}].location")
    yield from _of_limits(task, policy)


def _of_executable(executable: Executable, policy: Policy) -> Iterator[Refusal]:
    if not _permits(policy.executables, executable.type, lambda one, entry: one == entry):
        yield Refusal(executable.type, "executable.type")
    if not policy.is_privileged_allowed and _asks_for_privileges(executable.details.get("privileged")):
        yield Refusal("privileges", "executable.privileged")
    for path, image in _images(executable):
        if policy.needs_digest and (image is None or not _name(image)[3]):
            yield Refusal("an image without a digest", path)
        if not _permits(policy.images, image, is_image_below):
            yield Refusal(image or "an image without a name", path)
    for path, port in _ports(executable):
        if not _permits(policy.ports, port, lambda one, entry: entry[0] <= one <= entry[1]):
            yield Refusal("a port that is none" if port is None else f"the port {port}", path)


def _asks_for_privileges(said: object) -> bool:
    """Whether somebody could take it for a yes: whatever is there, and is no no."""
    if isinstance(said, str):
        return said.strip().lower() not in ("no", "off", "false")
    return said is not None and said != 0


def _of_limits(task: Task, policy: Policy) -> Iterator[Refusal]:
    """More asked of a resource, by all that ask for it together, or longer, than one request may."""
    for name, asked in totals(task).items():
        least, most = asked.minimum or 0, policy.limits.get(name)
        if most is not None and least > most:
            yield Refusal(f"so much {name}", None, name, least, most)
    shortest, longest = task.schedule.duration.minimum, policy.max_duration
    if shortest is not None and longest is not None and shortest > longest:
        yield Refusal("such long runs", "minduration", None, shortest, longest)


def _permits(choice: Choice[Entry], thing: Thing | None, covers: Callable[[Thing, Entry], bool]) -> bool:
    """Whether a thing is allowed and not denied; None: it can't be told what it is."""
    if thing is None:
        return choice.allow is None and not choice.deny
    is_allowed = choice.allow is None or any(covers(thing, entry) for entry in choice.allow)
    return is_allowed and not any(covers(thing, entry) for entry in choice.deny)


def _sources(data: Data) -> list[str]:
    """All places that data may come from: where they are, and where copies of them are."""
    skao = data.details.get("skao")
    copies = skao.get("replicas") if isinstance(skao, Mapping) else None
    found = [data.location]
    for copy in copies if isinstance(copies, list | tuple) else []:
        url = copy.get("dataurl") if isinstance(copy, Mapping) else None
        if url and str(url) not in found:
            found.append(str(url))
    return found


def _permits_location(choice: Choice[str], location: str) -> bool:
    """Likewise of data; `*` is everywhere, also where it can't be told where that is."""
    if choice.allow is not None and "*" in choice.allow:
        choice = evolve(choice, allow=None)
    return _permits(choice, location if leads_somewhere(location) else None, lies_below)


# Images.


def _images(executable: Executable) -> Iterator[tuple[str, str | None]]:
    """The images of an executable, each with its digest, and where they are; None: one that has no name.

    They are `image`, as text or as `locations`, and the `location` of what Singularity runs. A digest beside them
    is that of each that has none in its name.
    """
    details = executable.details
    image, digest = details.get("image"), details.get("digest")
    found: list[tuple[str, object]] = []
    if isinstance(image, Mapping):
        digest = image.get("digest", digest)
        located = image.get("locations")
        places = located if isinstance(located, list | tuple) else []
        found = [(f"executable.image.locations[{place}]", each) for place, each in enumerate(places)]
        found = found or [("executable.image", None)]
    elif image is not None:
        found = [("executable.image", _in_repository(image, details))]
    if executable.type == "singularity-container" and details.get("location") is not None:
        found.append(("executable.location", details["location"]))
    for path, name in found:
        yield path, _digested(name, digest) if isinstance(name, str) else None


def _digested(name: str, digest: object) -> str | None:
    """A name with its digest; None if it has two that differ, or is no name that an engine takes."""
    if isinstance(digest, str) and digest:
        own = _name(name)[3]
        if own and own != digest.lower():
            return None
        name = name if own else f"{name.rstrip('@')}@{digest}"
    return name if _is_sound(name) else None


def _is_sound(image: str) -> bool:
    """Whether the parts of an image's name are what engines take."""
    registry, segments, tag, digest = _name(image)
    host, colon, port = registry.partition(":")
    kind, between, figures = digest.partition(":")
    named = [*segments, tag] if tag else segments
    return all(
        (
            _is_of(host, f"{ascii_lowercase}{digits}.-"),
            not colon or _is_of(port, digits),
            all(_is_of(each, f"{ascii_letters}{digits}_.-") and each not in (".", "..") for each in named),
            not digest or _is_of(kind, f"{ascii_lowercase}{digits}+._-"),
            not digest or (between and _is_of(figures, hexdigits)),
        )
    )


def _is_of(text: str, letters: str) -> bool:
    """Whether a text has nothing but some letters, and at least one."""
    return bool(text) and set(text) <= set(letters)


def _in_repository(image: object, details: Mapping[str, object]) -> object:
    """An image's name after that of its repository and before its tag, where these are keys of their own."""
    repository, tag = details.get("repository") or details.get("repo"), details.get("tag")
    if not isinstance(image, str):
        return None
    if isinstance(repository, str):
        first, slash, _ = image.removeprefix("docker://").split("@")[0].partition("/")
        if slash and ({".", ":"} & set(first) or first.lower() == "localhost"):
            return None
        image = f"{repository.rstrip('/')}/{image}"
    return image if tag is None else f"{image}:{tag}"


def _name(image: str) -> tuple[str, tuple[str, ...], str, str]:
    """The registry of an image, the segments of its path, its tag and its digest; both are empty if it has none."""
    name, _, digest = image.removeprefix("docker://").partition("@")
    *above, last = name.split("/")
    last, _, tag = last.partition(":")
    segments = [*above, last]
    registry = "docker.io"
    if above and ("." in above[0] or ":" in above[0] or above[0].lower() == "localhost"):
        registry, *segments = segments
    registry = _registry(registry)
    if registry == "docker.io" and len(segments) == 1:
        segments = ["library", *segments]
    return registry, tuple(segments), tag, digest.lower()


def _registry(host: str) -> str:
    """One name for each registry."""
    host = host.lower()
    host = host.removesuffix(":443")
    while host.endswith("."):
        host = host[:-1]
    return "docker.io" if host in _DOCKER else host


def is_image_below(image: str, entry: str) -> bool:
    """Whether an image is what an entry of a list names, or lies below it, as far as that can be told.

    An entry is a registry, if it has a dot and no slash; else a name with a tag or a digest, which is that image
    alone; else a name, which is every image whose name is that or begins with its segments. A single name that says
    no other registry than Docker's is that of an image there, and that of somebody who has images there.

    >>> is_image_below("ubuntu:24.04", "docker.io"), is_image_below("ubuntu:24.04", "docker.io/library")
    (True, True)
    >>> is_image_below("ghcr.io/vlbi/fringe:4.1", "ghcr.io/vlbi/fringe:4.0")
    False
    """
    if not _is_sound(image):
        return False
    entry = entry.rstrip("/")
    registry, segments, tag, digest = _name(image)
    host = entry.lower()
    if not {"/", "@"} & set(host) and ("." in host or host.split(":")[0] == "localhost"):
        return registry == _registry(host)
    wanted = _name(entry)
    if wanted[2] or wanted[3]:
        tag = tag or ("" if digest else "latest")
        is_named = wanted[2] in ("", tag) and wanted[3] in ("", digest)
        return is_named and (registry, segments) == wanted[:2]
    names = [wanted[1]]
    if wanted[0] == "docker.io" and len(wanted[1]) == 2 and wanted[1][0] == "library":
        names.append(wanted[1][1:])
    return registry == wanted[0] and any(segments[: len(each)] == each for each in names)


# Ports.


def _ports(executable: Executable) -> Iterator[tuple[str, int | None]]:
    """The ports of an executable, and where they are; None: what stands there is no port."""
    network = executable.details.get("network")
    for path, within in (("executable", executable.details), ("executable.network", network)):
        listed = within.get("ports") if isinstance(within, Mapping) else None
        if isinstance(listed, list | tuple):
            for place, each in enumerate(listed):
                for number in _numbers(each):
                    yield f"{path}.ports[{place}]", number
        elif listed is not None:
            yield from ((f"{path}.ports", number) for number in _numbers(listed))


def _numbers(port: object) -> list[int | None]:
    """The numbers that are one port, on the inside and on the outside."""
    if isinstance(port, Mapping):
        sides = [port[side] for side in ("internal", "external") if port.get(side) is not None]
        inner = [side.get("port") if isinstance(side, Mapping) else "no port" for side in sides]
        return [number for each in inner if each is not None for number in _numbers(each)] or [None]
    if isinstance(port, str) and (found := _PORTS.fullmatch(port)):
        return [int(number) for number in found.groups() if number is not None]
    return [port if isinstance(port, int) and not isinstance(port, bool) else None]
