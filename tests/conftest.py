"""Hypothesis profiles: `default` for every run, `thorough` before a change lands, `long` before a release.

Choose with `HYPOTHESIS_PROFILE=long` or `--hypothesis-profile=long`. A test that wants more cases than its
neighbours multiplies `settings().max_examples`, so that it grows with the profile: under `long` the search is held
against its definition in 100,000 random cases, which takes an hour or two.
"""

import os

from hypothesis import HealthCheck, settings

# In continuous integration the same commit always tries the same cases; on a desk every run tries new ones. A
# busy machine is no fault of the code under test, so neither one slow case nor slow drawing fails a test.
_COMMON = settings(
    deadline=None,
    derandomize=bool(os.environ.get("CI")),
    print_blob=True,
    suppress_health_check=[HealthCheck.too_slow],
)

settings.register_profile("short", _COMMON, max_examples=20)
settings.register_profile("default", _COMMON, max_examples=70)
settings.register_profile("thorough", _COMMON, max_examples=1_000)
settings.register_profile("long", _COMMON, max_examples=10_000)
settings.load_profile(os.environ.get("HYPOTHESIS_PROFILE", "default"))
