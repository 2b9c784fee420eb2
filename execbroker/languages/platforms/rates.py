"""What a platform file says of costs and metrics."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from decimal import Decimal
from typing import Any

from execbroker.core.answer import METRIC
from execbroker.core.platform import Costs, Measure
from execbroker.core.problems import quoted
from execbroker.languages.platforms.keys import CostsDocument
from execbroker.languages.platforms.pools import report_unknown_resource
from execbroker.languages.structuring.findings import Findings
from execbroker.languages.text.documents import Path

__all__ = ["read_costs", "read_metrics", "read_rates"]


def read_costs(findings: Findings, found: CostsDocument, resources: Sequence[str] | None) -> Costs:
    """What a unit of each resource costs in an hour."""
    return Costs(read_rates(findings, ("costs",), found.rest, resources), found.currency)


def read_rates(
    findings: Findings, at: Path, given: Mapping[str, int | Decimal], resources: Sequence[str] | None
) -> dict[str, Decimal]:
    """Rates of resources, none of them negative.

    Args:
        findings: Where problems go.
        at: Where they are.
        given: What the file says.
        resources: Those that the platform has; None if that could not be read, so that nothing is said of them.
    """
    for name, value in given.items():
        path: Path = (*at, name)
        if resources is not None and name not in resources:
            report_unknown_resource(findings, path, name, resources, CostsDocument, "the platform")
        else:
            _check_positive(findings, path, name, value)
    return {name: Decimal(value) for name, value in given.items()}


def _check_positive(findings: Findings, path: Path, name: str, value: int | Decimal) -> None:
    if value < 0:
        message = f"`{name}` costs less than nothing" if path[0] == "costs" else f"`{name}` is below zero"
        findings.error("negative", message, path, found=findings.text(path, value), hint="write 0 or more")


def read_metrics(
    findings: Findings, at: Path, given: Sequence[Mapping[str, Any] | None], resources: Sequence[str] | None
) -> tuple[Measure, ...]:
    """The metrics of a platform or a pool; the arguments are those of `read_rates`."""
    from execbroker.languages.platforms.policy_keys import MetricDocument, advise  # few files have any
    from execbroker.languages.structuring.structure import structure

    metrics: dict[str, Measure] = {}
    for index, each in enumerate(given):
        path: Path = (*at, index)
        found = None if each is None else structure(each, MetricDocument, findings, advise, path)
        if found is None or found.type is None:
            continue
        meaning = _meaning(findings, (*path, "type"), found.type)
        if meaning in metrics:
            message = f"{quoted(found.type)} is there already"
            findings.error("duplicate-name", message, (*path, "type"), hint="leave one of them out")
        if found.figure is None and not found.rest:
            hint = "write `figure: 400`, or what a unit of a resource adds, such as `cores: 12.5`"
            findings.error("missing-key", "the metric has no figure", path, hint=hint)
        fixed = Decimal(found.figure or 0)
        _check_positive(findings, (*path, "figure"), "figure", fixed)
        rates = read_rates(findings, path, found.rest, resources)
        metrics[meaning] = Measure(meaning, rates, fixed, found.description)
    return tuple(metrics.values())


def _meaning(findings: Findings, path: Path, text: str) -> str:
    """A URI, also where only its last word is given."""
    if not text or any(map(str.isspace, text)):
        hint = "write a URI, or a word such as io-throughput"
        findings.error("uri", f"`type` is {quoted(text)}", path, hint=hint, found=text)
    return text if ":" in text else METRIC + text
