"""Hypothesis strategies for what platforms let in and say of costs and metrics; `strategies` has them all."""

from __future__ import annotations

from collections.abc import Sequence
from decimal import Decimal
from typing import Any, Final

from hypothesis import strategies as st

from execbroker.core.amounts import CORES, MEMORY, NONE, Amounts
from execbroker.core.answer import CARBON, ENERGY, METRIC, MONETARY
from execbroker.core.platform import Measure
from execbroker.core.policy import Choice, Policy
from execbroker.core.task import Constraint, Executable
from execbroker.testing.strategies_frames import PLACES, PLAIN, UNITS, Frame, few_of, lengths

__all__ = [
    "CLIENTS",
    "MEASURED",
    "TYPES",
    "choices",
    "constraints",
    "containers",
    "measured",
    "measures",
    "policies",
    "rates",
]

#: Who asks; None: nobody says.
CLIENTS: Final = ("ada", "bob", None)
#: What executables are.
TYPES: Final = ("docker-container", "jupyter-notebook", "python", "singularity-container")
#: What is measured: costs and metrics.
MEASURED: Final = (MONETARY, ENERGY, CARBON, f"{METRIC}io-throughput", f"{METRIC}compute-performance")

_IMAGES: Final = (
    "ubuntu", "ubuntu:24.04", "docker.io/library/ubuntu", "docker://ubuntu@sha256:51aa", "vlbi/fringe:4.1",
    "ghcr.io/vlbi/fringe:4.1", "ghcr.io/vlbi/fringe:4.1@sha256:51aa", "GHCR.io/vlbi/fringe", "ghcr.io/vlbi2/fringe",
    "localhost:5000/own", "index.docker.io/vlbi/fringe", "ghcr.io/vlbi/../own",
)  # fmt: skip
_IMAGE_ENTRIES: Final = (
    "ubuntu", "docker.io", "docker.io/library/ubuntu:24.04", "ubuntu@sha256:51aa", "vlbi", "vlbi/fringe",
    "ghcr.io", "ghcr.io/vlbi", "ghcr.io/vlbi/fringe", "ghcr.io/vlbi/fringe:4.1", "ghcr.io/vlbi/fringe@sha256:51aa",
    "localhost:5000/own",
)  # fmt: skip
_PORTS: Final = (80, 8080, "8080", "8080:80", {"internal": {"port": 8080}}, {"external": {"port": 80}}, 8443)
#: What may stand where a port should, and is none.
_NO_PORTS: Final = ("8000-8010", Decimal("80.5"), {"access": True}, {"internal": 8080}, True)
_PORT_ENTRIES: Final = ((80, 80), (8080, 8080), (8000, 8999), (1, 1023))


@st.composite
def choices(draw: st.DrawFn, things: Sequence[Any] = TYPES) -> Choice[Any]:
    """A list of some things that are allowed, of some that are denied, or both; they may overlap."""
    some = st.lists(st.sampled_from(things), min_size=1, max_size=3, unique=True).map(tuple)
    kind = draw(st.sampled_from(["allow", "allow", "deny", "both"]))
    return Choice(draw(some) if kind != "deny" else None, draw(some) if kind != "allow" else ())


@st.composite
def policies(draw: st.DrawFn, frame: Frame = PLAIN) -> Policy:
    """Policies with one to three rules about all that policies may be about."""
    kinds = (
        "executables", "images", "digest", "ports", "privileged", "data", "identities", "limits", "duration",
    )  # fmt: skip
    # Limits let most tasks in and change what these get, all else lets in or not: limits come up more often.
    rules = {*draw(few_of(*kinds)), *draw(st.sampled_from([("limits",), ("duration",), ()]))}
    limited = draw(few_of(*frame.names)) or frame.names
    limits = Amounts({name: draw(st.integers(1, 8)) * UNITS.get(name, 1) for name in limited})
    return Policy(
        executables=draw(choices(TYPES)) if "executables" in rules else Choice(),
        images=draw(choices(_IMAGE_ENTRIES)) if "images" in rules else Choice(),
        needs_digest="digest" in rules,
        ports=draw(choices(_PORT_ENTRIES)) if "ports" in rules else Choice(),
        is_privileged_allowed="privileged" not in rules,
        data=draw(choices((*PLACES, "*", "https://far.example.org"))) if "data" in rules else Choice(),
        identities=draw(choices([each for each in CLIENTS if each])) if "identities" in rules else Choice(),
        limits=limits if "limits" in rules else NONE,
        max_duration=draw(lengths(frame, frame.steps)) if "duration" in rules else None,
    )


@st.composite
def containers(draw: st.DrawFn) -> Executable:
    """Executables with images, ports and privileges, written in all the ways that there are."""
    rare = draw(few_of("digest", "privileged", "ports", "network", "location", "repository"))
    image = draw(st.sampled_from(_IMAGES))
    located = st.lists(st.sampled_from(_IMAGES), max_size=2).map(lambda images: {"locations": images})
    ways = st.just(image) | located | st.just({"locations": [image], "digest": "sha256:51aa"})
    details: dict[str, object] = {"image": draw(ways)} if draw(st.integers(0, 5)) else {}
    ports = st.lists(st.sampled_from([*_PORTS, *_PORTS, *_NO_PORTS]), max_size=3)
    if "digest" in rare:
        details["digest"] = draw(st.sampled_from(["sha256:51aa", "sha256:0b0b", ""]))
    if "repository" in rare:
        details |= {"repository": "ghcr.io/vlbi/", "image": "fringe", "tag": "4.1"}
    if "privileged" in rare:
        details["privileged"] = draw(st.sampled_from([True, "true", True, False]))
    if "ports" in rare:
        details["ports"] = draw(ports)
    if "network" in rare:
        details["network"] = {"ports": draw(ports)}
    if "location" in rare:
        details["location"] = image
    return Executable(draw(st.sampled_from(TYPES)), details)


def measured() -> st.SearchStrategy[tuple[str, ...]]:
    """Some costs and metrics."""
    return st.lists(st.sampled_from(MEASURED), min_size=1, max_size=3, unique=True).map(tuple)


@st.composite
def rates(draw: st.DrawFn, names: Sequence[str] = (CORES, MEMORY)) -> dict[str, Decimal]:
    """Rates of some resources."""
    rated = draw(few_of(*sorted(names))) or names
    return {name: draw(st.sampled_from([Decimal("0.02"), Decimal(1), Decimal("0.5")])) for name in rated}


@st.composite
def measures(draw: st.DrawFn, meaning: str = MEASURED[-1], names: Sequence[str] = (CORES, MEMORY)) -> Measure:
    """A metric that grows with the amounts, is fixed, or both."""
    kind = draw(st.sampled_from(["rates", "rates", "fixed", "both"]))
    return Measure(
        meaning,
        draw(rates(names)) if kind != "fixed" else {},
        draw(st.sampled_from([Decimal(2), Decimal("0.5")])) if kind != "rates" else Decimal(0),
        draw(st.sampled_from([None, "MB/s"])),
    )


@st.composite
def constraints(draw: st.DrawFn, frame: Frame = PLAIN, *, meaning: str = MONETARY) -> Constraint:
    """What a task demands of a cost or a metric: mostly a maximum, which may be too little for any run."""
    steps = draw(st.sampled_from([0, 1, 2, 2, 3, 4, 6, 8, 12, 20, 40]))
    figure = Decimal(steps) / 2 if meaning.startswith(METRIC) else Decimal(steps * frame.grid) / 3600
    figure = figure.quantize(Decimal("0.001"))
    kind = draw(st.sampled_from(["most"] * 7 + ["least", "both", "neither"]))
    least = figure / draw(st.sampled_from([2, 4, 100])) if kind in ("least", "both") else None
    return Constraint(meaning, least, figure if kind in ("most", "both") else None)
