"""The names of container images, and whether an image is what a list of images names.

Names are compared in full, as container engines complete them: `ubuntu` is `docker.io/library/ubuntu`. Hosts have
no case.
"""

from __future__ import annotations

import re
from typing import Final, NamedTuple, final

__all__ = ["Image", "has_host", "is_below"]

#: Where images are that name no registry, what else that is called, and where single names are there.
_REGISTRY: Final = "docker.io"
_ALSO: Final = frozenset({"index.docker.io", "registry-1.docker.io", "registry.hub.docker.com"})
_SINGLE: Final = "library"
#: What Singularity writes before the name of an image in a registry.
_SCHEME: Final = "docker://"
#: What an image is taken from that has neither a tag nor a digest.
_TAG: Final = "latest"

#: The parts of a name, as engines take them: <https://github.com/distribution/reference>.
_HOST: Final = re.compile(r"[a-z0-9.-]+(?::[0-9]+)?")
_SEGMENT: Final = re.compile(r"[A-Za-z0-9_.-]+")
_DIGEST: Final = re.compile(r"[a-z0-9+._-]+:[0-9a-f]+")


@final
class Image(NamedTuple):
    """The name of an image, taken apart."""

    registry: str
    #: The segments of its path.
    path: tuple[str, ...]
    tag: str | None = None
    digest: str | None = None

    @classmethod
    def parse(cls, name: str) -> Image:
        """An image by its name.

        >>> Image.parse("ubuntu:24.04")
        Image(registry='docker.io', path=('library', 'ubuntu'), tag='24.04', digest=None)
        >>> Image.parse("GHCR.io/vlbi/fringe@sha256:51aa")
        Image(registry='ghcr.io', path=('vlbi', 'fringe'), tag=None, digest='sha256:51aa')
        """
        whole, _, digest = name.removeprefix(_SCHEME).partition("@")
        first, _, rest = whole.partition("/")
        registry, path = (_own_name(first), rest) if has_host(name) else (_REGISTRY, whole)
        above, slash, last = path.rpartition("/")
        last, _, tag = last.partition(":")
        segments = tuple(f"{above}{slash}{last}".split("/"))
        if registry == _REGISTRY and len(segments) == 1:
            segments = (_SINGLE, *segments)
        return cls(registry, segments, tag or None, digest.lower() or None)

    @property
    def is_plain(self) -> bool:
        """Whether it can be told which image it is: all its parts are such as engines take."""
        parts = [*self.path, self.tag or _TAG]
        is_named = all(_SEGMENT.fullmatch(part) and part not in (".", "..") for part in parts)
        is_found = _HOST.fullmatch(self.registry) and _DIGEST.fullmatch(self.digest or "none:0")
        return is_named and bool(is_found)

    @property
    def version(self) -> str | None:
        """Its tag, also where that goes without saying; None: its digest alone says which it is."""
        return self.tag or (_TAG if self.digest is None else None)


def has_host(name: str) -> bool:
    """Whether the name of an image says from which registry it comes.

    >>> has_host("ghcr.io/vlbi/fringe"), has_host("vlbi/fringe")
    (True, False)
    """
    first, slash, _ = name.removeprefix(_SCHEME).partition("@")[0].partition("/")
    return bool(slash) and ("." in first or ":" in first or first.lower() == "localhost")


def _own_name(host: str) -> str:
    """A registry in all its spellings: in capitals, with the usual port or a dot at its end, by another name."""
    plain = host.lower().removesuffix(":443").rstrip(".")
    return _REGISTRY if plain in _ALSO else plain


def is_below(name: str, entry: str) -> bool:
    """Whether an image is what a list names, or lies below it by whole segments of its path.

    An entry with a tag or a digest is just that image; one that has no slash, but a dot, is a whole registry. A
    single name in the registry that everybody means may be an image or whose images they are: both are meant. What
    is no name that engines take, such as one with `..` among its segments, is below nothing.

    >>> is_below("ghcr.io/vlbi/fringe:4.1", "ghcr.io/vlbi"), is_below("ghcr.io/vlbi2/fringe", "ghcr.io/vlbi")
    (True, False)
    >>> is_below("ghcr.io/vlbi/fringe:4.1@sha256:51aa", "ghcr.io/vlbi/fringe@sha256:51aa")
    True
    """
    image = Image.parse(name)
    if not image.is_plain:
        return False
    bare = entry.rstrip("/").lower()
    if "/" not in bare and "@" not in bare and ("." in bare or bare.partition(":")[0] == "localhost"):
        return image.registry == _own_name(bare)
    above = Image.parse(entry.rstrip("/"))
    if above.tag is None and above.digest is None:
        if image.registry != above.registry:
            return False
        is_single = (above.registry, above.path[0], len(above.path)) == (_REGISTRY, _SINGLE, 2)
        is_owner = is_single and image.path[0] == above.path[1]
        return is_owner or image.path[: len(above.path)] == above.path
    is_same = image[:2] == above[:2] and above.tag in (None, image.version)
    return is_same and above.digest in (None, image.digest)
