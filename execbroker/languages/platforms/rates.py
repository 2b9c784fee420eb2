"""What a platform file says of costs and metrics."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from decimal import Decimal
from typing import Any, TypeVar

from execbroker.core.answer import METRIC
from execbroker.core.platform import Costs, Measure
from execbroker.core.problems import quoted
from execbroker.languages.platforms.keys import CostsDocument, advise
from execbroker.languages.platforms.pools import report_unknown_resource
from execbroker.languages.structuring.document_classes import Advise
from execbroker.languages.structuring.findings import Findings
from execbroker.languages.structuring.structure import structure
from execbroker.languages.text.documents import Path

__all__ = ["read_costs", "read_metrics", "read_rates"]

T = TypeVar("T")


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
    known = _of_resources(findings, at, given, resources, CostsDocument, advise)
    for name, value in known.items():
        _check_positive(findings, (*at, name), name, value)
    return {name: Decimal(value) for name, value in known.items()}


def _of_resources(
    findings: Findings,
    at: Path,
    given: Mapping[str, T],
    resources: Sequence[str] | None,
    kind: type,
    advice: Advise,
) -> dict[str, T]:
    """What is given of resources that there are; the others are written down."""
    unknown = [name for name in given if resources is not None and name not in resources]
    for name in unknown:
        report_unknown_resource(findings, (*at, name), name, resources or (), kind, "the platform", advice)
    return {name: value for name, value in given.items() if name not in unknown}


def _check_positive(findings: Findings, path: Path, name: str, value: int | Decimal) -> None:
    if value < 0:
        message = f"`{name}` costs less than nothing" if path[0] == "costs" else f"`{name}` is below zero"
        findings.error("negative", message, path, found=findings.text(path, value), hint="write 0 or more")


def read_metrics(
    findings: Findings, at: Path, given: Sequence[Mapping[str, Any] | None], resources: Sequence[str] | None
) -> tuple[Measure, ...]:
    """The metrics of a platform or a pool; the arguments are those of `read_rates`."""
    metrics: dict[str, Measure] = {}
    for index, each in enumerate(given):
        path: Path = (*at, index)
        metric = None if each is None else _metric(findings, path, each, resources)
        if metric is None:
            continue
        if metric.meaning in metrics:
            message = f"{quoted(metric.meaning)} is there already"
            findings.error("duplicate-name", message, (*path, "type"), hint="leave one of them out")
        metrics[metric.meaning] = metric
    return tuple(metrics.values())


def _metric(
    findings: Findings, at: Path, node: Mapping[str, Any], resources: Sequence[str] | None
) -> Measure | None:
    from execbroker.languages.platforms import policy_keys  # few files have any

    kind, advice = policy_keys.MetricDocument, policy_keys.advise
    found = structure(node, kind, findings, advice, at)
    if found is None:
        return None
    given = _of_resources(findings, at, found.rest, resources, kind, advice)
    rates = {name: _rate(findings, (*at, name), name, value) for name, value in given.items()}
    if found.figure is None and not found.rest:
        hint = "write `figure: 400`, or what a unit of a resource adds, such as `cores: 12.5`"
        findings.error("missing-key", "the metric has no figure", at, hint=hint)
    fixed = Decimal(found.figure or 0)
    _check_positive(findings, (*at, "figure"), "figure", fixed)
    if found.type is None:
        return None
    return Measure(_meaning(findings, (*at, "type"), found.type), rates, fixed, found.description)


def _rate(findings: Findings, path: Path, name: str, value: object) -> Decimal:
    """What a unit of a resource adds to a metric."""
    if not isinstance(value, int | Decimal) or isinstance(value, bool):
        findings.error(
            "wrong-type", f"`{name}` is no number", path, hint=f"write a number, such as `{name}: 12.5`"
        )
        return Decimal(0)
    _check_positive(findings, path, name, value)
    return Decimal(value)


def _meaning(findings: Findings, path: Path, text: str) -> str:
    """A URI, also where only its last word is given."""
    if not text or any(map(str.isspace, text)):
        hint = "write a URI, or a word such as io-throughput"
        findings.error("uri", f"`type` is {quoted(text)}", path, hint=hint, found=text)
    return text if ":" in text else METRIC + text
