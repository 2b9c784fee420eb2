"""Planners and brokers that are wrong, each in one way in which a real one could be.

They prove what judges planners: each must be caught by a rule that should catch it, in a few calls. `WRONG` lists
them all.
"""

from tests.testing.wrong.amounts import WRONG_AMOUNTS
from tests.testing.wrong.booking import WRONG_BOOKINGS
from tests.testing.wrong.holding import WRONG_HOLDS
from tests.testing.wrong.kinds import Wrong
from tests.testing.wrong.policies import WRONG_POLICIES
from tests.testing.wrong.times import WRONG_TIMES
from tests.testing.wrong.words import WRONG_WORDS

__all__ = ["WRONG", "Wrong"]

WRONG = (*WRONG_TIMES, *WRONG_AMOUNTS, *WRONG_WORDS, *WRONG_HOLDS, *WRONG_BOOKINGS, *WRONG_POLICIES)
