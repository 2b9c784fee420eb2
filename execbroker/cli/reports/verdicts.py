"""Verdicts and rules: for people, or as documents."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from types import MappingProxyType
from typing import Any, Final, final

from attrs import frozen

from execbroker.cli.reports.grid import Column, lay_out
from execbroker.cli.reports.signs import safe
from execbroker.cli.reports.words import count
from execbroker.cli.terminal import Look
from execbroker.languages.text.documents import Node
from execbroker.languages.text.writer import to_json, to_yaml
from execbroker.testing.rules import Level, Rule, Unchecked, Violation
from execbroker.testing.wire.verdicts import Verdict

__all__ = ["FORMS", "LISTS", "Judged", "RuleList"]

#: How each level is painted.
_PAINTS: Final = {Level.MUST: "bad", Level.SHOULD: "warning", Level.QUALITY: "hint"}


@final
@frozen
class Judged:
    """An answer that was judged.

    Attributes:
        name: Its file, as messages call it.
        verdict: What is said of it.
        rules: How many rules were put to it, those that it was too large for among them.
    """

    name: str
    verdict: Verdict
    rules: int


@final
@frozen
class RuleList:
    """Rules, and what no rule looks at."""

    rules: tuple[Rule[Any], ...]
    unchecked: tuple[Unchecked, ...]


def _table(judged: Judged, look: Look) -> str:
    """A headline, and each violation: how much it binds, which rule it is of, where it is, and the figures.

    Below them is what was not judged, if there is such a thing.
    """
    name, found = look.paint(safe(judged.name), "strong"), judged.verdict.violations
    unjudged = _unjudged(judged.verdict.unjudged, look)
    if not found:
        rules = judged.rules - len(judged.verdict.unjudged)
        return f"{look.paint('SOUND', 'good')}  {name}  {count(rules, 'rule')}\n{unjudged}"
    levels = Counter(violation.level for violation in found)
    counts = ", ".join(f"{levels[level]} {level.value}" for level in Level if levels[level])
    head = f"{look.paint('VIOLATED', 'bad')}  {name}  {count(len(found), 'violation')}: {counts}\n"
    return head + "".join(f"\n{line}\n" for line in (_violation(each, look) for each in found)) + unjudged


def _unjudged(names: Sequence[str], look: Look) -> str:
    if not names:
        return ""
    why = "there are too many possibilities to try them all"
    return f"\n{look.paint('Not judged:', 'strong')} {', '.join(names)} ({why})\n"


def _violation(violation: Violation, look: Look) -> str:
    level = look.paint(f"{violation.level.value}:", _PAINTS[violation.level])
    place = f"{safe(violation.where)}: " if violation.where else ""
    clause = look.paint(safe(violation.clause), "faint")
    head = f"  {level} {look.paint(safe(violation.rule), 'strong')}"
    number = f" ({violation.number})" if violation.number else ""
    return f"{head}{number}  {clause}\n    {place}{safe(violation.message)}"


def _tree(judged: Judged) -> dict[str, Node]:
    return judged.verdict.tree(answer=judged.name)


#: The forms of a verdict; their names are the choices of the option.
FORMS: Final[Mapping[str, Callable[[Judged, Look], str]]] = MappingProxyType(
    {
        "table": _table,
        "json": lambda judged, _: to_json(_tree(judged)) + "\n",
        "yaml": lambda judged, _: to_yaml(_tree(judged)),
    }
)


def _listed(listed: RuleList, look: Look) -> str:
    """All rules with what they demand, and below them what is not checked, and why."""
    rules = listed.rules
    columns = [
        Column("number", tuple(rule.number for rule in rules)),
        Column("level", tuple(rule.level.value for rule in rules)),
        Column("rule", tuple(rule.name for rule in rules)),
        Column("clause", tuple(rule.clause for rule in rules)),
        Column("demands", tuple(rule.text for rule in rules)),
    ]
    lines = [*lay_out(columns, look)]
    if listed.unchecked:
        lines += ["", look.paint("Not checked:", "strong"), *_unchecked(listed.unchecked, look)]
    return "".join(f"{line}\n" for line in lines)


def _unchecked(unchecked: Sequence[Unchecked], look: Look) -> Iterator[str]:
    columns = [
        Column("number", tuple(each.number for each in unchecked)),
        Column("clause", tuple(each.clause for each in unchecked)),
        Column("demands", tuple(each.text for each in unchecked)),
        Column("why not", tuple(each.why for each in unchecked)),
    ]
    return lay_out(columns, look)


def _list_tree(listed: RuleList) -> dict[str, Node]:
    rules: Iterable[dict[str, Node]] = (
        {
            "number": rule.number,
            "rule": rule.name,
            "level": rule.level.value,
            "clause": rule.clause,
            "demands": rule.text,
        }
        for rule in listed.rules
    )
    unchecked: Iterable[dict[str, Node]] = (
        {"number": each.number, "clause": each.clause, "demands": each.text, "why-not": each.why}
        for each in listed.unchecked
    )
    return {"rules": [*rules], "unchecked": [*unchecked]}


#: The forms of a list of rules, by the same names.
LISTS: Final[Mapping[str, Callable[[RuleList, Look], str]]] = MappingProxyType(
    {
        "table": _listed,
        "json": lambda listed, _: to_json(_list_tree(listed)) + "\n",
        "yaml": lambda listed, _: to_yaml(_list_tree(listed)),
    }
)
