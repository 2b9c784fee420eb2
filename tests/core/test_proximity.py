"""How near a platform is to data."""

from decimal import Decimal

from execbroker.core.platform import Platform, Transfer
from execbroker.core.proximity import StagingTime
from execbroker.core.task import Data, Task

TASK = Task(data=(Data("https://a.example/x", size=1500), Data("https://b.example/y", size=100)))


def test_staging_time_is_size_over_rate() -> None:
    """What is held takes no time; what takes time is summed."""
    there = Platform("there", (), held=("https://a.example",), transfers=(Transfer("*", 100),))
    far = Platform("far", (), transfers=(Transfer("*", 100),))

    assert StagingTime(there)(TASK) == Decimal(1)
    assert StagingTime(far)(TASK) == Decimal(16)


def test_what_cannot_be_said_is_not_said() -> None:
    """Data out of reach, or of unknown size, have no staging time."""
    assert StagingTime(Platform("p", ()))(TASK) is None
    assert StagingTime(Platform("p", (), transfers=(Transfer("*", 1),)))(Task(data=(Data("x"),))) is None
