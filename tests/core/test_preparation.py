"""Staging: where data are, and how long they take."""

from execbroker.core.answer import Reason
from execbroker.core.platform import Platform, Transfer
from execbroker.core.preparation import staging
from execbroker.core.task import Data, Task

HERE = Platform(
    "here",
    (),
    held=("https://a.example/held/",),
    transfers=(Transfer("*", 100), Transfer("https://b.example/fast", 1000)),
)


def stage(*data: Data, platform: Platform = HERE) -> int | Reason:
    """The staging of a task that reads these data."""
    return staging(Task(data=data), platform)


def test_held_data_need_nothing() -> None:
    """Data that are there take no time, whether their size is known or not."""
    assert stage(Data("https://a.example/held/x")) == 0


def test_the_most_specific_rate_counts_and_the_sum_is_rounded_once() -> None:
    """Two thirds of a second and two thirds more are a second and a third, which is two whole seconds."""
    slow, fast = Data("https://c.example/x", size=150), Data("https://b.example/fast/x", size=1500)

    assert stage(slow) == 2
    assert stage(fast) == 2
    assert stage(slow, fast) == 3


def test_what_cannot_be_fetched_or_measured_says_so() -> None:
    """No transfer and no size are reasons with the path of what is missing."""
    nowhere = stage(Data("https://c.example/x", size=1), platform=Platform("p", ()))
    unknown = stage(Data("https://a.example/held/x"), Data("https://c.example/x"))

    assert isinstance(nowhere, Reason)
    assert (nowhere.code, nowhere.path) == ("data-unreachable", "data-resources[0].location")
    assert isinstance(unknown, Reason)
    assert (unknown.code, unknown.path) == ("data-size-unknown", "data-resources[1].size")


def test_what_is_said_of_a_location_is_short() -> None:
    """A message shows the beginning of what a client wrote, on one line; services keep messages for a while."""
    long = "https://a.example/\n" + 100_000 * "x"
    reasons = [stage(Data(long, size=None)), staging(Task(data=(Data(long),)), Platform("here", ()))]

    for reason in reasons:
        assert isinstance(reason, Reason)
        assert "a.example" in reason.message
        assert len(reason.message) < 200
        assert reason.message.isprintable()
