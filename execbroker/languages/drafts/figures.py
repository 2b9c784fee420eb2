"""Costs and metrics of an offer or a session, as the schema of 2026 has them."""

from __future__ import annotations

from collections.abc import Iterator
from decimal import Decimal
from fractions import Fraction
from typing import Any, NamedTuple, final

from execbroker.core.answer import MONETARY, Cost, Figure
from execbroker.core.problems import quoted
from execbroker.languages.drafts.components import check_word
from execbroker.languages.drafts.dialects import Dialect
from execbroker.languages.drafts.uris import PROXIMITY, short_of
from execbroker.languages.structuring.findings import Findings
from execbroker.languages.text.documents import Path

__all__ = ["Gauged", "read_gauged"]


@final
class Gauged(NamedTuple):
    """What an offer costs, and what else is said of it, as offers have it."""

    cost: Cost | None = None
    costs: tuple[Figure, ...] = ()
    metrics: tuple[Figure, ...] = ()
    proximity: Decimal | None = None


def read_gauged(findings: Findings, at: Path, found: Any, dialect: Dialect) -> Gauged:
    """The costs and metrics of an offer. Money of which only the least is said has no figure beside its cost."""
    cost, proximity = None, None
    figures: dict[str, list[Figure]] = {"costs": [], "metrics": []}
    for group, kept in figures.items():
        for path, each in _each(findings, at, group, found, dialect):
            if group == "metrics" and each.type == PROXIMITY and (each.min, each.max) != (None, None):
                proximity = Decimal(each.max if each.min is None else each.min)
                continue
            figure = _figure(findings, path, each)
            if figure is None:
                continue
            if group == "costs" and figure.meaning == MONETARY:
                cost = Cost(figure.least, _currency(each.description))
                if each.min is None or each.max is None:
                    continue
            kept.append(figure)
    return Gauged(cost, tuple(figures["costs"]), tuple(figures["metrics"]), proximity)


def _each(
    findings: Findings, at: Path, group: str, found: Any, dialect: Dialect
) -> Iterator[tuple[Path, Any]]:
    """Those of a group that are of a kind that the schema has."""
    for index, each in enumerate(getattr(found, group, None) or ()):
        path: Path = (*at, group, index)
        if each and check_word(findings, (*path, "kind"), each.kind, short_of(dialect.name, group)):
            yield path, each


def _figure(findings: Findings, path: Path, found: Any) -> Figure | None:
    """One figure; None where it says nothing that could be kept."""
    given = [Fraction(value) for value in (found.min, found.max) if value is not None]
    if found.type is None or not given or given[0] > given[-1] or given[0] < 0:
        findings.warn("not-kept", f"{quoted(found.type or str(path[-2]))} is not kept", path)
        return None
    return Figure(found.type, given[0], given[-1], found.description)


def _currency(description: str | None) -> str | None:
    """The unit of a cost; the schema has no place for it but the description, which may be any sentence."""
    is_unit = description is not None and description != "" and not any(map(str.isspace, description))
    return description if is_unit else None
