"""Whether a platform's policy lets a task in, and if not, what stands against it.

What cannot be told is not let in where there is a list for it: an image without a name, a range of ports.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator, Mapping
from typing import Any, Final

from execbroker.core import images
from execbroker.core.answer import Reason
from execbroker.core.demand import asked_in_words, asked_of, path_of
from execbroker.core.durations import spell_duration
from execbroker.core.locations import is_below, is_plain
from execbroker.core.platform import Platform
from execbroker.core.policy import Choice
from execbroker.core.problems import quoted
from execbroker.core.sizes import format_amount
from execbroker.core.task import Data, Executable, Task

__all__ = ["why_not_let_in"]

#: A port as text, or two of them: that of the host and that of the container.
_PORTS: Final = re.compile(r"([0-9]{1,5})(?::([0-9]{1,5}))?(?:/(?:tcp|udp))?", re.ASCII | re.IGNORECASE)
_NO: Final = frozenset({"false", "no", "off"})
#: The types of executables whose image is at their `location`.
_IMAGES_AT_LOCATION: Final = "singularity-container"


def why_not_let_in(task: Task, platform: Platform, client: str | None) -> Reason | None:
    """The first thing that a platform's policy has against a task or its client, if it has anything.

    Args:
        task: What is asked.
        platform: Who is asked.
        client: The name of who asks, if it is known.
    """
    for message, path in _against(task, platform, client):
        return Reason("policy", message, platform.name, path=path)
    return _beyond_limits(task, platform)


def _against(task: Task, platform: Platform, client: str | None) -> Iterator[tuple[str, str | None]]:
    """What is not allowed, and where the task says it."""
    policy, here = platform.policy, platform.name
    if not _permits(policy.identities, client or "", str.__eq__):
        yield (
            f"{here} takes nothing from {'clients without a name' if client is None else quoted(client)}",
            None,
        )
    if task.executable is not None:
        yield from _against_executable(task.executable, platform)
    for place, data in enumerate(task.data):
        for location in dict.fromkeys((data.location, *_replicas(data))):
            is_unclear = bool(policy.data.deny) and not is_plain(location)
            if is_unclear or not _permits(policy.data, location, is_below):
                message = f"{here} does not let tasks read {quoted(location)}"
                yield message, f"data-resources[{place}].location"


def _against_executable(executable: Executable, platform: Platform) -> Iterator[tuple[str, str]]:
    policy, here = platform.policy, platform.name
    if not _permits(policy.executables, executable.type, str.__eq__):
        yield f"{here} does not let {quoted(executable.type)} in", "executable.type"
    if _is_privileged(executable) and not policy.is_privileged_allowed:
        yield f"{here} runs nothing with privileges", "executable.privileged"
    for path, image in _images(executable):
        if policy.needs_digest and (image is None or images.Image.parse(image).digest is None):
            yield f"{here} runs only images with a digest", path
        if not _permits(policy.images, image, images.is_below):
            yield (
                f"{here} does not run {'an image that has no name' if image is None else quoted(image)}",
                path,
            )
    for path, port in _ports(executable):
        if not _permits(policy.ports, port, _is_among):
            yield f"{here} does not open {'a port like this' if port is None else f'the port {port}'}", path


def _replicas(data: Data) -> Iterator[str]:
    """The other places from which data may be fetched: whoever stages them may take any."""
    named = data.details.get("skao")
    listed = named.get("replicas") if isinstance(named, Mapping) else None
    for replica in listed if isinstance(listed, list | tuple) else ():
        if isinstance(replica, Mapping) and replica.get("dataurl"):
            yield str(replica["dataurl"])


def _permits(choice: Choice[Any], thing: object, covers: Callable[[Any, Any], bool]) -> bool:
    """Whether a thing is allowed, and not denied; what is not known is on no list."""
    if thing is None:
        return choice.is_free
    allowed = choice.allow is None or any(covers(thing, entry) for entry in choice.allow)
    return allowed and not any(covers(thing, entry) for entry in choice.deny)


def _is_among(port: int, span: tuple[int, int]) -> bool:
    return span[0] <= port <= span[1]


def _beyond_limits(task: Task, platform: Platform) -> Reason | None:
    """That more is asked of a resource, or longer, than one request may."""
    policy, here = platform.policy, platform.name
    for name, wanted in asked_of(task).items() if policy.limits else ():
        asked, most = wanted.minimum or 0, policy.limits.get(name)
        if most is not None and asked > most:
            is_size = any(name in pool.sizes for pool in platform.pools)
            sizes = frozenset([name] if is_size else [])
            words = asked_in_words(task, name, asked, sizes)
            message = f"{words}, {here} lets one request have {format_amount(name, most, sizes)}"
            path = path_of(task, name)
            return Reason("policy", message, here, None, path, name, asked, most, sizes=sizes)
    least, longest = task.schedule.duration.minimum, policy.max_duration
    if least is not None and longest is not None and least > longest:
        message = f"{spell_duration(least)} asked, {here} lets one request have {spell_duration(longest)}"
        return Reason("policy", message, here, path="minduration", asked=least, available=longest)
    return None


def _is_privileged(executable: Executable) -> bool:
    """Whether it asks for privileges, in whatever words: all that is not plainly a no is a yes to somebody."""
    given = executable.details.get("privileged")
    is_no = given.strip().lower() in _NO if isinstance(given, str) else given in (None, False)
    return not is_no


def _images(executable: Executable) -> Iterator[tuple[str, str | None]]:
    """Every image that an executable may be, with its digest, and where the task says it."""
    details = executable.details
    found: list[tuple[str, object, object]] = []
    image, digest = details.get("image"), details.get("digest")
    if isinstance(image, Mapping):
        locations, digest = image.get("locations"), image.get("digest", digest)
        listed = locations if isinstance(locations, list | tuple) else []
        places = [(f"executable.image.locations[{place}]", each) for place, each in enumerate(listed)]
        found = [(path, each, digest) for path, each in places or [("executable.image", None)]]
    elif image is not None:
        found = [("executable.image", _with_repository(image, details), digest)]
    if executable.type == _IMAGES_AT_LOCATION and details.get("location") is not None:
        found.append(("executable.location", details["location"], digest))
    for path, name, known_digest in found:
        yield path, _with_digest(name, known_digest) if isinstance(name, str) else None


def _with_repository(image: object, details: Mapping[str, object]) -> object:
    """The image's name behind that of its repository, with its tag, where these are keys of their own."""
    given = [details.get(key) for key in ("repository", "repo")]
    repository = next((each for each in given if isinstance(each, str) and each), None)
    tag = details.get("tag")
    if not isinstance(image, str) or (repository is not None and images.has_host(image)):
        return None  # or it would be for others to say which of two places it comes from
    whole = image if repository is None else f"{repository.rstrip('/')}/{image}"
    return whole if tag is None else f"{whole}:{tag}"


def _with_digest(name: str, digest: object) -> str | None:
    """An image's name with its digest, if it has one; None: it can't be told which image that is."""
    own = images.Image.parse(name).digest
    if isinstance(digest, str) and digest:
        if own not in (None, digest.lower()):
            return None  # two digests, and it is for others to say which counts
        name = name if own else f"{name.rstrip('@')}@{digest}"
    return name if images.Image.parse(name).is_plain else None


def _ports(executable: Executable) -> Iterator[tuple[str, int | None]]:
    """Every port that an executable names, and where."""
    details = executable.details
    for at, holder in (("executable", details), ("executable.network", details.get("network"))):
        ports = holder.get("ports") if isinstance(holder, Mapping) else None
        if ports is not None:
            listed = ports if isinstance(ports, list | tuple) else [ports]
            for place, port in enumerate(listed):
                yield from ((f"{at}.ports[{place}]", number) for number in _numbers(port))


def _numbers(port: object) -> Iterable[int | None]:
    """The numbers of a port: inside, and outside; None where there is something else."""
    if isinstance(port, Mapping):
        sides = [port.get(side) for side in ("internal", "external")]
        given = [side for side in sides if side is not None]
        inner = [side.get("port") if isinstance(side, Mapping) else "none" for side in given]
        return [number for each in inner if each is not None for number in _numbers(each)] or [None]
    if isinstance(port, str) and (found := _PORTS.fullmatch(port)):
        return [int(part) for part in found.groups() if part is not None]
    return [port if isinstance(port, int) and not isinstance(port, bool) else None]
