"""The rules by which an answer is sound: none of them searches, and all are quick."""

from __future__ import annotations

from typing import Final

from execbroker.testing.rules import amounts, budgets, places, promise, quality, result, times
from execbroker.testing.rules.exchange import Exchange
from execbroker.testing.rules.rule import Rule

__all__ = ["OF_OFFERS", "SOUNDNESS"]

#: The rules on each offer by itself, in the order of their numbers.
OF_OFFERS: Final[tuple[Rule[Exchange], ...]] = (
    places.known_pool,
    places.known_flavour,
    places.supported_executable,
    places.reachable_data,
    places.resolved_names,
    places.alike_counted,
    places.named_runner,
    places.permitted_task,
    amounts.matched_resources,
    amounts.minimum_met,
    amounts.ordered_amounts,
    amounts.maximum_respected,
    amounts.nothing_unasked,
    amounts.defaults_given,
    amounts.within_scale,
    amounts.flavour_holds,
    amounts.within_request_limits,
    times.on_grid,
    times.coherent_times,
    times.reachable_limits,
    times.minimum_duration_met,
    times.maximum_duration_respected,
    times.within_duration_limit,
    times.after_preparation,
    times.preparation_said,
    times.within_horizon,
    times.start_in_range,
    times.one_slot,
    times.run_in_range,
    times.bounded_expiry,
    times.platform_lifetime,
    promise.within_capacity,
    promise.while_open,
    budgets.within_budget,
    budgets.right_figures,
)

#: These, and those on the answer as a whole.
SOUNDNESS: Final[tuple[Rule[Exchange], ...]] = (
    *OF_OFFERS,
    result.distinct_identifiers,
    result.one_result,
    result.reasons_given,
    result.legible_reasons,
    result.same_language,
    quality.beaten_offer,
    quality.ordered_offers,
    quality.right_cost,
    quality.few_offers,
)
