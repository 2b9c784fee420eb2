"""What the benchmark measures on is what it says it is; how fast anything is, no test asserts."""

from __future__ import annotations

from itertools import pairwise

import pytest

from execbroker.core.amounts import CORES, MEMORY
from tests.bench.profiles import CAPACITY, Profile, falling_and_rising, first_come_first_served


@pytest.fixture(scope="module", params=[40, 70])
def profile(request: pytest.FixtureRequest) -> Profile:
    """A load of each kind."""
    return first_come_first_served(request.param, steps=1_000)


class TestFirstComeFirstServed:
    """Jobs that came and were served in that order."""

    def test_repeats(self, profile: Profile) -> None:
        """The same name and length give the same jobs, another seed gives others."""
        load = int(profile.name.removeprefix("fcfs-"))

        assert first_come_first_served(load, steps=1_000) == profile
        assert first_come_first_served(load, steps=1_000, seed=1).jobs != profile.jobs

    def test_in_order(self, profile: Profile) -> None:
        """No job starts before one that came earlier, and all times are whole minutes."""
        assert all(one.start <= other.start for one, other in pairwise(profile.jobs))
        assert all(job.start < job.end and job.start % 60 == job.end % 60 == 0 for job in profile.jobs)

    def test_steps(self, profile: Profile) -> None:
        """What is free at each step is what the jobs that run there leave, and never less than nothing."""
        times, levels = profile.steps()
        assert len(times) == len(levels) + 1
        for time, (cores, memory) in zip(times, levels, strict=False):
            running = [job for job in profile.jobs if job.start <= time < job.end]
            assert cores == CAPACITY[CORES] - sum(job.cores for job in running) >= 0
            assert memory == CAPACITY[MEMORY] - sum(job.memory for job in running) >= 0

    def test_every_step_is_one(self, profile: Profile) -> None:
        """Neighbouring steps differ, so that as many are counted as there are."""
        times, levels = profile.steps()

        assert all(one < other for one, other in pairwise(times))
        assert all(one != other for one, other in pairwise(levels))
        assert times[-1] == profile.span.end

    def test_load(self) -> None:
        """Over two weeks the machine is as busy as the name says, within a tenth, and changes 5,000 times."""
        for load in (40, 70):
            profile = first_come_first_served(load)
            times, levels = profile.steps()
            idle = sum(
                (end - start) * cores
                for (start, end), (cores, _) in zip(pairwise(times), levels, strict=True)
            )
            busy = 1 - idle / (profile.span.end * CAPACITY[CORES])

            assert busy == pytest.approx(load / 100, rel=0.1)
            assert len(levels) == pytest.approx(5_000, rel=0.05)


def test_falling_and_rising() -> None:
    """In the worst case free cores fall at every step, and free memory rises."""
    _, levels = falling_and_rising(50).steps()

    assert len(levels) == 50
    assert all(one[0] > other[0] and one[1] < other[1] for one, other in pairwise(levels))
