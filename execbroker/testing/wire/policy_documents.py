"""What platforms let in, and say of costs and metrics, as documents."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from decimal import Decimal

from execbroker.core.amounts import CORES, GPUS, MEMORY, STORAGE
from execbroker.core.answer import METRIC
from execbroker.core.durations import format_duration
from execbroker.core.platform import Measure, Platform
from execbroker.core.policy import Choice, Policy
from execbroker.languages.tdl.figures import figure
from execbroker.languages.text.documents import Node, Tree, present

__all__ = ["metrics_document", "policy_document", "rates_document"]


def rates_document(rates: Mapping[str, Decimal], platform: Platform) -> Tree:
    """Rates of what there is, by the names of the resources."""
    known = {CORES, MEMORY, GPUS, STORAGE, *platform.resources}
    return {name: rate for name, rate in rates.items() if name in known}


def metrics_document(metrics: Sequence[Measure], platform: Platform) -> list[Node]:
    """Metrics, those of the field by their short names."""
    return [
        {
            "type": each.meaning.removeprefix(METRIC),
            **present({"figure": each.fixed or None, "description": each.description}),
            **rates_document(each.rates, platform),
        }
        for each in metrics
    ]


def policy_document(policy: Policy, sizes: frozenset[str]) -> Tree:
    """A policy; what it is not about is left out."""
    limits: Tree = {name: figure(name, value, sizes) for name, value in policy.limits.items()}
    if policy.max_duration is not None:
        limits["duration"] = format_duration(policy.max_duration)
    return {
        key: tree
        for key, tree in (
            ("executables", _choice(policy.executables)),
            ("images", _choice(policy.images) | ({"digest": "required"} if policy.needs_digest else {})),
            ("ports", _choice(policy.ports)),
            ("data", _choice(policy.data)),
            ("identities", _choice(policy.identities)),
            ("limits", limits),
        )
        if tree
    } | ({} if policy.is_privileged_allowed else {"privileged": False})


def _choice(choice: Choice[str] | Choice[tuple[int, int]]) -> Tree:
    allowed: Tree = {} if choice.allow is None else {"allow": [_entry(each) for each in choice.allow]}
    return allowed | ({"deny": [_entry(each) for each in choice.deny]} if choice.deny else {})


def _entry(entry: str | tuple[int, int]) -> Node:
    if isinstance(entry, str):
        return entry
    first, last = entry
    return first if first == last else f"{first}-{last}"
