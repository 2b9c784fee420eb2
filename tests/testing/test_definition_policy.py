"""What platforms let in, as it is defined, against cases worked out by hand."""

from __future__ import annotations

from typing import Any

import pytest
from attrs import evolve

from execbroker.core.amounts import Amounts
from execbroker.core.images import is_below
from execbroker.core.platform import Defaults, Flavour, Platform, Pool
from execbroker.core.policy import Choice, Policy
from execbroker.core.ranges import Range
from execbroker.core.task import Compute, Data, Executable, Schedule, Task
from execbroker.testing.definition import frontier
from execbroker.testing.definition_policy import is_image_below, is_let_in, refusals

HOUR = 3600
HERE = Platform("here", (Pool("p", Amounts({"cores": 8000})),), granularity=HOUR, horizon=8 * HOUR)


def here(**policy: Any) -> Platform:
    """A platform with a policy."""
    return evolve(HERE, policy=Policy(**policy))


def running(kind: str = "docker-container", **details: Any) -> Task:
    """A task with an executable."""
    return Task(executable=Executable(kind, details))


@pytest.mark.parametrize(
    ("image", "entry", "expected"),
    [
        ("ubuntu", "docker.io/library/ubuntu", True),
        ("docker://ubuntu:24.04", "ubuntu", True),
        ("registry-1.docker.io/library/ubuntu", "ubuntu", True),
        ("vlbi/fringe", "ubuntu", False),
        ("vlbi/fringe", "vlbi", True),
        ("vlbi/fringe", "docker.io", True),
        ("docker.io/vlbi/fringe", "docker.io/vlbi/fringe", True),
        ("ghcr.io/vlbi/fringe:4.1", "docker.io", False),
        ("ghcr.io/vlbi/fringe:4.1", "GHCR.io", True),
        ("ghcr.io/vlbi/fringe:4.1", "ghcr.io/vlbi/", True),
        ("ghcr.io/vlbi2/fringe", "ghcr.io/vlbi", False),
        ("ghcr.io/VLBI/fringe", "ghcr.io/vlbi", False),
        ("ghcr.io/vlbi/fringe", "ghcr.io/vlbi/fringe:4.1", False),
        ("ghcr.io/vlbi/fringe:4.1", "ghcr.io/vlbi/fringe:4.1", True),
        ("ghcr.io/vlbi/fringe/more:4.1", "ghcr.io/vlbi/fringe:4.1", False),
        ("ghcr.io/vlbi/fringe:4.1@sha256:51aa", "ghcr.io/vlbi/fringe:4.1", True),
        ("ghcr.io/vlbi/fringe:4.1@sha256:51AA", "ghcr.io/vlbi/fringe@sha256:51aa", True),
        ("ghcr.io/vlbi/fringe@sha256:0b0b", "ghcr.io/vlbi/fringe@sha256:51aa", False),
        ("localhost:5000/own", "localhost:5000", True),
        ("localhost/own", "localhost:5000", False),
        ("ghcr.io/vlbi/../own", "ghcr.io", False),
    ],
)
def test_images(image: str, entry: str, expected: bool) -> None:
    """Names are compared in full, by whole segments; the search says the same."""
    assert is_image_below(image, entry) is expected
    assert is_below(image, entry) is expected


LISTED = Choice(("ghcr.io/vlbi",))
WEB = Choice(((8000, 8999),), ((8443, 8443),))


@pytest.mark.parametrize(
    ("task", "policy", "expected"),
    [
        (running("python"), {"executables": Choice(("docker-container",))}, ["executable.type"]),
        (Task(), {"executables": Choice(()), "images": LISTED, "needs_digest": True}, []),
        (running(privileged="true"), {"is_privileged_allowed": False}, ["executable.privileged"]),
        (running(privileged="false"), {"is_privileged_allowed": False}, []),
        (running(image={"locations": ["ghcr.io/vlbi/a", "b"]}), {"images": LISTED},
         ["executable.image.locations[1]"]),
        (running(image={"locations": []}), {"images": LISTED}, ["executable.image"]),
        (running(image={"locations": []}), {}, []),
        (running(image=5), {"needs_digest": True}, ["executable.image"]),
        (running(), {"images": LISTED, "needs_digest": True}, []),
        (running(image="a", digest="sha256:51aa"), {"needs_digest": True}, []),
        (running(image="a", digest=""), {"needs_digest": True}, ["executable.image"]),
        (running(image="a@"), {"needs_digest": True}, ["executable.image"]),
        (running(image="ghcr.io/vlbi/../b"), {"images": Choice(None, ("ghcr.io/c",))}, ["executable.image"]),
        (running(image="a", repo="ghcr.io/vlbi", tag=1), {"images": Choice(("ghcr.io/vlbi/a:1",))}, []),
        (running("singularity-container", location="docker://ubuntu"), {"images": LISTED}, ["executable.location"]),
        (running("python", location="docker://ubuntu"), {"images": LISTED}, []),
        (running(ports=[8080, "8081", "80:8082"]), {"ports": WEB}, ["executable.ports[2]"]),
        (running(network={"ports": [{"internal": {"port": 8443}}]}), {"ports": WEB},
         ["executable.network.ports[0]"]),
        (running(ports=[{"internal": {"port": 8080}, "external": {}}]), {"ports": WEB}, []),
        (running(ports=[{"internal": 8080}]), {"ports": WEB}, ["executable.ports[0]"]),
        (running(ports=[{"access": True}, "8000-8010"]), {"ports": WEB},
         ["executable.ports[0]", "executable.ports[1]"]),
        (running(ports=["8000-8010"]), {}, []),
        (Task(data=(Data("https://a.org/x"), Data("https://a.org/y"))), {"data": Choice(None, ("https://a.org/y",))},
         ["data-resources[1].location"]),
        (Task(data=(Data("https://a.org/x/../y"),)), {"data": Choice(None, ("https://a.org/y",))},
         ["data-resources[0].location"]),
        (Task(data=(Data("https://a.org/x/../y"),)), {"data": Choice(("*",))}, []),
        (Task(data=(Data("file:///etc"),)), {"data": Choice(None, ("file://",))}, ["data-resources[0].location"]),
        (Task(schedule=Schedule(Range(2 * HOUR))), {"max_duration": HOUR}, ["minduration"]),
    ],
)  # fmt: skip
def test_refusals(task: Task, policy: dict[str, Any], expected: list[str]) -> None:
    """All that is not let in, by where the task says it."""
    assert [each.path for each in refusals(task, here(**policy), None)] == expected


def test_clients() -> None:
    """A list of those who may ask keeps out whoever has no name, one of those who may not doesn't."""
    for client, allowed, denied in (("ada", True, True), ("bob", False, False), (None, False, True)):
        assert is_let_in(Task(), here(identities=Choice(("ada",))), client) is allowed
        assert is_let_in(Task(), here(identities=Choice(None, ("bob",))), client) is denied
    assert frontier(Task(), [here(identities=Choice(("ada",)))], 0) == []
    assert frontier(Task(), [here(identities=Choice(("ada",)))], 0, "ada") != []


def test_limits() -> None:
    """Limits are for all that asks together; they cut what is offered, and what is given without asking."""
    two = Task(compute=tuple(Compute(name, {"cores": Range(2000)}) for name in "ab"))
    assert [
        (each.resource, each.asked, each.available)
        for each in refusals(two, here(limits=Amounts({"cores": 3000})), None)
    ] == [("cores", 4000, 3000)]
    (offer,) = frontier(two, [here(limits=Amounts({"cores": 5000}), max_duration=3 * HOUR)], 0)
    assert (offer.amounts["cores"], offer.maxduration) == (5000, 3 * HOUR)
    small = evolve(
        here(limits=Amounts({"cores": 500}), max_duration=HOUR), defaults=Defaults(duration=2 * HOUR)
    )
    (offer,) = frontier(Task(), [small], 0)
    assert (offer.amounts["cores"], offer.minduration, offer.maxduration) == (500, HOUR, HOUR)


def test_flavours() -> None:
    """A flavour that carries more of anything than one request may have is not handed out."""
    sizes = (Flavour("bare", Amounts({"cores": 2000})), Flavour("rich", Amounts({"cores": 2000, "gpus": 2})))
    pool = Pool("p", Amounts({"cores": 8000, "gpus": 4}), flavours=sizes)
    task = Task(compute=(Compute(None, {"cores": Range(1000), "gpus": Range(0)}),))
    for limits, expected in (({"gpus": 2}, ["rich", "bare"]), ({"gpus": 1}, ["bare"]), ({"cores": 1000}, [])):
        platform = evolve(here(limits=Amounts(limits)), pools=(pool,))
        assert sorted(str(each.flavour) for each in frontier(task, [platform], 0)) == sorted(expected)
