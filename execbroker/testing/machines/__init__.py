"""State machines to subclass: say how yours is made, and Hypothesis tries what people would.

    class Mine(BrokerMachine):
        def make_broker(self, platforms):
            return MyBroker(platforms)

    TestMine = Mine.TestCase

A machine draws a small world, asks, accepts, rejects, cancels, looks and waits, and after every call holds what
came of it against all rules and against the naive broker. What is broken is shrunk to the few calls that it takes,
and raised as `Broken`, whose message names the rules and can be pasted as Python. The clock is the machine's: no
call reads another one.

This needs Hypothesis, which the package doesn't install by itself.
"""

from execbroker.testing.machines.brokers import BrokerMachine
from execbroker.testing.machines.common import Broken, run_machine
from execbroker.testing.machines.planners import PlannerMachine

__all__ = ["Broken", "BrokerMachine", "PlannerMachine", "run_machine"]
