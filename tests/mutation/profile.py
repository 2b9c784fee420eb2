"""How Hypothesis draws where a failure is expected: the same cases each time, and none is made small for a reader.

For pytest it is a plugin: `-p tests.mutation.profile`, with `HYPOTHESIS_PROFILE=mutation`.
"""

from __future__ import annotations

from typing import Final

from hypothesis import HealthCheck, Phase, settings

__all__ = ["NAME"]

NAME: Final = "mutation"
#: A mutant that survives so many cases of each test mostly survives more of them, too.
_CASES: Final = 40

settings.register_profile(
    NAME,
    database=None,
    deadline=None,
    derandomize=True,
    max_examples=_CASES,
    phases=[Phase.explicit, Phase.generate],
    print_blob=False,
    report_multiple_bugs=False,
    suppress_health_check=list(HealthCheck),
)
