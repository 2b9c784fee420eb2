"""Tests of what a platform's policy lets in, and what it says of the rest."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from execbroker.core.amounts import Amounts
from execbroker.core.permissions import why_not_let_in
from execbroker.core.planner import PlatformPlanner, Query
from execbroker.core.platform import Flavour, Platform, Pool
from execbroker.core.policy import Choice, Policy
from execbroker.core.ranges import Range
from execbroker.core.task import Compute, Data, Executable, Schedule, Storage, Task
from execbroker.testing.definition_policy import is_let_in
from execbroker.testing.strategies_policies import containers

GIB = 2**30
POOL = Pool("batch", Amounts({"cores": 64_000, "memory": 512 * GIB, "storage": 1024 * GIB}))


def guarded(**policy: Any) -> Platform:
    """A platform with a policy."""
    return Platform("here", (POOL,), policy=Policy(**policy))


def task(kind: str = "docker-container", **details: Any) -> Task:
    """A task with an executable."""
    return Task(executable=Executable(kind, details))


def against(asked: Task, client: str | None = None, **policy: Any) -> str | None:
    """Where the task says what a policy has against it, or "" for the client; None: nothing."""
    reason = why_not_let_in(asked, guarded(**policy), client)
    assert reason is None or (reason.code, reason.platform, reason.pool) == ("policy", "here", None)
    return None if reason is None else reason.path or ""


def ports(*numbers: object) -> dict[str, Any]:
    """The ports of an executable as the drafts' languages have them."""
    return {"network": {"ports": [{"access": True, "internal": {"port": number}} for number in numbers]}}


NONE: Choice[Any] = Choice(())
EXAMPLE = Choice(("ghcr.io/example",))
WEB = Choice(((8000, 8999), (443, 443)))


def replicated(*urls: str) -> Data:
    """Data in some places, of which the first is where they are said to be."""
    return Data(urls[0], kind="skao", details={"skao": {"replicas": [{"dataurl": url} for url in urls]}})


class TestLists:
    """What is allowed, what is denied, and what cannot be told."""

    @pytest.mark.parametrize(
        ("asked", "policy", "path"),
        [
            (task(), {"executables": Choice(("docker-container",))}, None),
            (task(), {"executables": Choice(("jupyter-notebook",))}, "executable.type"),
            (task(), {"executables": Choice(None, ("docker-container",))}, "executable.type"),
            (task(), {"executables": Choice(("docker-container",), ("docker-container",))}, "executable.type"),
            (Task(), {"executables": NONE, "images": NONE, "ports": NONE}, None),
            (task(image="ghcr.io/example/x:1"), {"images": EXAMPLE}, None),
            (task(image="ghcr.io/other/x:1"), {"images": EXAMPLE}, "executable.image"),
            (task(image={"locations": ["ghcr.io/example/x", "evil.io/x"]}), {"images": EXAMPLE},
             "executable.image.locations[1]"),
            (task(image={"digest": "sha256:51aa"}), {"images": EXAMPLE}, "executable.image"),
            (task(image=7), {"images": EXAMPLE}, "executable.image"),
            (task(image="x", repository="ghcr.io/example", tag="1"), {"images": EXAMPLE}, None),
            (task(image="ghcr.io/example/x", repository="evil.io"), {"images": EXAMPLE}, "executable.image"),
            (task(), {"images": NONE, "needs_digest": True}, None),
            (task("singularity-container", location="docker://evil.io/x"), {"images": EXAMPLE},
             "executable.location"),
            (task(image="ghcr.io/example/x:1"), {"needs_digest": True}, "executable.image"),
            (task(image="ghcr.io/example/x@sha256:51aa"), {"needs_digest": True}, None),
            (task(image={"locations": ["x"], "digest": "sha256:51aa"}), {"needs_digest": True}, None),
            (task(**ports(8080, 443)), {"ports": WEB}, None),
            (task(**ports(8080, 22)), {"ports": WEB}, "executable.network.ports[1]"),
            (task(ports=["8080:22"]), {"ports": WEB}, "executable.ports[0]"),
            (task(ports=["8080/tcp"]), {"ports": WEB}, None),
            (task(ports=["8000-8010"]), {"ports": WEB}, "executable.ports[0]"),
            (task(ports=["8000-8010"]), {}, None),
            (task(ports=8080), {"ports": WEB}, None),
            (task(**ports(True)), {"ports": WEB}, "executable.network.ports[0]"),
            (task(privileged=True), {}, None),
            (task(privileged=True), {"is_privileged_allowed": False}, "executable.privileged"),
            (task(privileged="True"), {"is_privileged_allowed": False}, "executable.privileged"),
            (task(privileged=False), {"is_privileged_allowed": False}, None),
            (task(privileged="no"), {"is_privileged_allowed": False}, None),
            (task(privileged="yes"), {"is_privileged_allowed": False}, "executable.privileged"),
            (task(privileged=1), {"is_privileged_allowed": False}, "executable.privileged"),
            (task(privileged=[True]), {"is_privileged_allowed": False}, "executable.privileged"),
            (task(image="ghcr.io/example/x@latest"), {"needs_digest": True}, "executable.image"),
            (task(image="ghcr.io/example/x", digest="none"), {"needs_digest": True}, "executable.image"),
            (task(image="ghcr.io/example/x@sha256:51aa", digest="sha256:0b0b"), {"needs_digest": True},
             "executable.image"),
            (task(image="evil.example/x", repository="ghcr.io/example"), {"images": EXAMPLE},
             "executable.image"),
            (Task(data=(replicated("https://a.example/x", "https://a.example/y"),)),
             {"data": Choice(("https://a.example/",))}, None),
            (Task(data=(replicated("https://a.example/x", "file:///etc/passwd"),)),
             {"data": Choice(("https://a.example/",))}, "data-resources[0].location"),
            (Task(data=(replicated("https://a.example/x", "file:///etc/passwd"),)),
             {"data": Choice(None, ("file://",))}, "data-resources[0].location"),
            (Task(data=(Data("file:///etc/passwd"),)), {"data": Choice(None, ("file://",))},
             "data-resources[0].location"),
            (Task(data=(Data("https://a.example/x"),)), {"data": Choice(("https://a.example/",))}, None),
            (Task(data=(Data("https://a.example/../x"),)), {"data": Choice(("https://a.example/",))},
             "data-resources[0].location"),
        ],
    )  # fmt: skip
    def test_what_stands_against_a_task(self, asked: Task, policy: dict[str, Any], path: str | None) -> None:
        """The first thing that is not allowed, by where the task says it."""
        assert against(asked, **policy) == path

    @pytest.mark.parametrize(
        ("client", "identities", "is_let_in"),
        [
            ("alice", Choice(("alice",)), True),
            ("bob", Choice(("alice",)), False),
            (None, Choice(("alice",)), False),
            ("mallory", Choice(None, ("mallory",)), False),
            (None, Choice(None, ("mallory",)), True),
            ("Mallory", Choice(None, ("mallory",)), True),
        ],
    )
    def test_who_may_ask(self, client: str | None, identities: Choice[str], is_let_in: bool) -> None:
        """Names are compared exactly; a list of those who may keeps out whoever has none."""
        assert (against(Task(), client, identities=identities) is None) is is_let_in

    def test_the_answer_says_so(self) -> None:
        """A platform that lets nobody in says NO, and one beside it may say YES."""
        closed, planner = guarded(identities=Choice(("alice",))), Platform("there", (POOL,))
        answer = PlatformPlanner(closed).plan(Task(), 0, Query(client="bob"))
        assert [reason.code for reason in answer.reasons] == ["policy"]
        both = PlatformPlanner(closed, planner).plan(Task(), 0, Query(client="bob"))
        assert {offer.platform for offer in both.offers} == {"there"}
        assert PlatformPlanner(closed).plan(Task(), 0, Query(client="alice")).is_yes


class TestLimits:
    """The most that one request may ask for, and gets."""

    def test_more_than_that_is_refused(self) -> None:
        """All of a task's resources together count."""
        two = Task(compute=(Compute("a", {"cores": Range(9000)}), Compute("b", {"cores": Range(8000)})))
        reason = why_not_let_in(two, guarded(limits=Amounts({"cores": 16_000})), None)
        assert reason is not None
        assert (reason.path, reason.resource, reason.asked, reason.available) == (
            "compute-resources[0].mincores", "cores", 17_000, 16_000,
        )  # fmt: skip
        stored = Task(storage=(Storage("s", Range(2 * GIB)),))
        assert against(stored, limits=Amounts({"storage": GIB})) == "storage-resources[0].minsize"
        long = Task(schedule=Schedule(Range(7200)))
        assert against(long, max_duration=3600) == "minduration"

    def test_no_offer_has_more(self) -> None:
        """Neither of what is asked for, nor of what is given to whoever does not ask; nor for longer."""
        limits = Amounts({"cores": 16_000, "memory": GIB // 2})
        asked = Task(compute=(Compute(ranges={"cores": Range(1000)}),))
        answer = PlatformPlanner(guarded(limits=limits, max_duration=7200)).plan(asked, 0)
        (offer,) = answer.offers
        assert offer.amounts == limits
        assert offer.maxduration == 7200

    def test_flavours_that_have_more_are_not_handed_out(self) -> None:
        """A smaller one is; and if there is none, the policy is what stands in the way."""
        small, large = (
            Flavour(name, Amounts({"cores": cores})) for name, cores in (("s", 4000), ("l", 32_000))
        )
        asked = Task(compute=(Compute(ranges={"cores": Range(1000)}),))
        for flavours, expected in (((small, large), {"s"}), ((large,), set[str]())):
            pool = Pool("cloud", Amounts({"cores": 64_000}), flavours=flavours)
            platform = Platform("here", (pool,), policy=Policy(limits=Amounts({"cores": 16_000})))
            answer = PlatformPlanner(platform).plan(asked, 0)
            assert {offer.flavour for offer in answer.offers} == expected
            assert [reason.code for reason in answer.reasons] == ([] if expected else ["policy"])


@given(
    containers(),
    st.sampled_from([None, True, False, "true", "Yes", " no ", 0, 1, [], ""]),
    st.sampled_from([None, "", "sha256:51aa", "SHA256:51AA", "none", 5]),
    st.sampled_from([None, "ghcr.io/vlbi", "ghcr.io/..", 7]),
    st.sampled_from([{"needs_digest": True}, {"is_privileged_allowed": False}, {"images": EXAMPLE},
                     {"images": Choice(None, ("ubuntu", "ghcr.io/vlbi"))}, {"ports": WEB}]),
)  # fmt: skip
def test_executables_are_let_in_as_the_definition_says(
    executable: Executable, privileged: object, digest: object, repository: object, policy: dict[str, Any]
) -> None:
    """However oddly an executable is written, two readings of a policy, written apart, agree."""
    odd = {"privileged": privileged, "digest": digest, "repository": repository}
    details = {**executable.details, **{key: value for key, value in odd.items() if value is not None}}
    asked = Task(executable=Executable(executable.type, details))
    assert (against(asked, **policy) is None) is is_let_in(asked, guarded(**policy), None)
