"""Costs and metrics are exact."""

from decimal import Decimal
from fractions import Fraction

from hypothesis import given
from hypothesis import strategies as st

from execbroker.core.amounts import Amounts
from execbroker.core.answer import CARBON, ENERGY, METRIC, MONETARY, Cost
from execbroker.core.measures import cost_of, costs_in, metrics_in
from execbroker.core.platform import Costs, Measure, Platform, Pool

POOL = Pool("batch", Amounts({"cores": 64_000}))
RATES = {"cores": Decimal("0.02"), "memory": Decimal("0.003"), "gpus": Decimal("0.9")}
PLATFORM = Platform("here", (POOL,), costs=Costs(RATES, "EUR"))


def test_units_are_cores_gibibytes_and_whole_things() -> None:
    """Four cores, eight GiB and a gpu for two hours, by hand."""
    amounts = {"cores": 4000, "memory": 8 * 2**30, "gpus": 1}

    hourly = Fraction(8, 100) + Fraction(24, 1000) + Fraction(9, 10)
    assert cost_of(amounts, 7200, PLATFORM, POOL) == Cost(2 * hourly, "EUR")


@given(st.integers(0, 10**6), st.integers(1, 10**6), st.integers(1, 10**6))
def test_cost_is_additive_in_time_and_amount(cores: int, first: int, second: int) -> None:
    """Two runs cost what one of their length does, and half the cores half of it; nothing is rounded."""

    def cost(amount: int, seconds: int) -> Fraction:
        found = cost_of({"cores": amount}, seconds, PLATFORM, POOL)
        return found.amount if found else Fraction(-1)

    assert cost(2 * cores, first + second) == 2 * (cost(cores, first) + cost(cores, second))


def test_what_has_no_rate_is_free() -> None:
    """Storage without a rate costs nothing; where nothing has a rate, there is no cost to speak of."""
    assert cost_of({"storage": 10**15}, 3600, PLATFORM, POOL) == Cost(Fraction(0), "EUR")
    assert cost_of({"cores": 1000}, 3600, Platform("here", (POOL,)), POOL) is None


def test_energy_and_carbon_count_time() -> None:
    """A core for two hours takes twice what it does in one, in every respect that is known."""
    platform = Platform(
        "here", (POOL,), costs=Costs(RATES), energy={"cores": Decimal("0.01")}, carbon={"cores": Decimal(3)}
    )

    found = {gauge.meaning: gauge.figure({"cores": 1000}, 7200) for gauge in costs_in(platform, POOL)}
    assert found == {MONETARY: Fraction(4, 100), ENERGY: Fraction(2, 100), CARBON: 6}


def test_metrics_do_not_count_time() -> None:
    """A metric is what it is, and what each unit adds to it, for however long; a pool's own comes first."""
    fast = Measure(f"{METRIC}io-throughput", fixed=Decimal(400))
    faster = Measure(f"{METRIC}io-throughput", fixed=Decimal(900), description="MB/s")
    power = Measure(f"{METRIC}compute-performance", {"cores": Decimal("12.5")}, Decimal(1))
    pool = Pool("batch", Amounts({"cores": 64_000}), metrics=(faster,))
    platform = Platform("here", (pool,), metrics=(fast, power))

    found = {gauge.meaning: gauge.figure({"cores": 4000}, 60) for gauge in metrics_in(platform, pool)}
    assert found == {faster.meaning: 900, power.meaning: 51}
