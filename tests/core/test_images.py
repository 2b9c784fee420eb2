"""Tests of the names of images: what lies below what."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from execbroker.core.images import Image, is_below
from execbroker.testing.definition_policy import is_image_below

segments = st.from_regex(r"[a-z0-9]{1,5}", fullmatch=True)
hosts = st.sampled_from(["ghcr.io", "registry.example.net:5000", "localhost", "docker.io"])
tags = st.none() | st.sampled_from(["4.1", "latest"])
digests = st.none() | st.sampled_from(["sha256:51aa", "sha256:9f0c"])


@st.composite
def images(draw: st.DrawFn) -> str:
    """Images with everything in their names."""
    path = draw(st.lists(segments, min_size=1, max_size=3))
    tag, digest = draw(tags), draw(digests)
    return "/".join([draw(hosts), *path]) + (f":{tag}" if tag else "") + (f"@{digest}" if digest else "")


@given(images())
def test_each_is_below_itself_and_all_that_it_begins_with(name: str) -> None:
    """An image is what it is called, and lies below each of the folders that it is in."""
    image = Image.parse(name)
    assert is_below(name, name)
    for length in range(1, len(image.path)):
        if image.registry != "docker.io" or length > 1:
            assert is_below(name, "/".join([image.registry, *image.path[:length]]))


@given(images(), images())
def test_an_entry_means_no_more_than_it_says(name: str, entry: str) -> None:
    """What is below an entry has its registry and begins with its path, and has its tag and its digest."""
    image, above = Image.parse(name), Image.parse(entry)
    if is_below(name, entry):
        assert image.registry == above.registry
        assert image.path[: len(above.path)] == above.path or ("library", image.path[0]) == above.path
        assert above.tag in (None, image.version)
        assert above.digest in (None, image.digest)


@pytest.mark.parametrize(
    ("name", "entry", "is_meant"),
    [
        ("ubuntu", "docker.io/library/ubuntu", True),
        ("ubuntu:24.04", "ubuntu", True),
        ("index.docker.io/library/ubuntu", "docker.io", True),
        ("example/fringe", "docker.io/example", True),
        ("ghcr.io", "ghcr.io", False),  # an image of that name in the registry that everybody means
        ("GHCR.io/vlbi/fringe", "ghcr.io", True),
        ("ghcr.io.evil.example/vlbi/fringe", "ghcr.io", False),
        ("evil.example/ghcr.io/vlbi/fringe", "ghcr.io/vlbi", False),
        ("ghcr.io/vlbi/fringe:4.1", "ghcr.io/vlbi/fringe:4.2", False),
        ("ghcr.io/vlbi/fringe@sha256:51AA", "ghcr.io/vlbi/fringe@sha256:51aa", True),
        ("ghcr.io/vlbi/fringe:4.1", "ghcr.io/vlbi/fringe@sha256:51aa", False),
        ("ghcr.io/vlbi/../secret/fringe", "ghcr.io/vlbi", False),
        ("ghcr.io//fringe", "ghcr.io", False),
        ("localhost:5000/fringe", "localhost:5000", True),
        ("localhost:5001/fringe", "localhost:5000", False),
        ("docker://ghcr.io/vlbi/fringe", "ghcr.io/vlbi", True),
        ("ubuntu", "ubuntu:latest", True),
        ("ubuntu@sha256:51aa", "ubuntu:latest", False),
        ("ghcr.io:443/vlbi/fringe", "ghcr.io/vlbi", True),
        ("ghcr.io./vlbi/fringe", "ghcr.io", True),
        ("registry-1.docker.io:443/vlbi/fringe", "docker.io/vlbi", True),
        (" ghcr.io/vlbi/fringe", "ghcr.io/vlbi", False),
        ("ghcr.io/vlbi/fringe ", "ghcr.io/vlbi", False),
        ("ghcr.io/vlbi/%2e%2e/fringe", "ghcr.io/vlbi", False),
        ("ghcr.io/vlbi\\fringe", "ghcr.io", False),
        ("ghcr.io/vlbi:4/fringe", "ghcr.io", False),
        ("ghcr.io/vlbi/fringe@latest", "ghcr.io/vlbi", False),
        ("docker:ghcr.io/vlbi/fringe", "docker:ghcr.io", False),
    ],
)
def test_names(name: str, entry: str, is_meant: bool) -> None:
    """Names as engines complete them, and names that look like others."""
    assert is_below(name, entry) is is_meant


PIECES = [
    "ghcr.io",
    "GHCR.io.",
    "docker.io",
    "index.docker.io",
    "localhost",
    "[::1]",
    ":443",
    ":5000",
    "/",
    "/",
    "vlbi",
]
PIECES += [
    "fringe",
    "library",
    ":",
    ":4.1",
    "latest",
    "@",
    "@sha256:51aa",
    "@SHA256:51AA",
    "sha256:",
    "..",
    " ",
    "é",
    "%",
]
NAMES = st.lists(st.sampled_from(PIECES), max_size=8).map("".join)


@given(images() | NAMES, images() | NAMES)
def test_names_are_as_the_definition_says(name: str, entry: str) -> None:
    """Two readings of what a name may look like, written apart, agree."""
    assert is_below(name, entry) is is_image_below(name, entry)
