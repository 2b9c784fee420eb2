"""What a rule is, and what it says of something that breaks it: plain values."""

from __future__ import annotations

import enum
from collections.abc import Callable, Iterator
from typing import Final, Generic, TypeVar, final

from attrs import frozen

__all__ = ["DRAFT", "Finding", "Level", "OutOfReach", "Rule", "Unchecked", "Violation", "rule"]

Subject = TypeVar("Subject")

#: What most clauses are of; a section number follows.
DRAFT: Final = "IVOA ExecutionBroker draft, section"


@final
class OutOfReach(Exception):
    """That a rule cannot be put to something, because there is too much to try; a judge passes over the rule."""


@final
class Level(enum.Enum):
    """How much a rule binds."""

    #: Whoever breaks it makes promises that are not kept, or keeps none.
    MUST = "must"
    #: There may be good reasons to break it, and they should be known.
    SHOULD = "should"
    #: What is said is true, but clients could be served better.
    QUALITY = "quality"


@final
@frozen
class Finding:
    """What is wrong in one place.

    Attributes:
        message: One sentence with the figures.
        where: `offers[0].maxcores` in an answer, `calls[3]` in a history; None: the whole of it.
        asked, available: What was wanted or said, and what there is, in the resource's unit or in seconds.
        start, end: When, as instants.
    """

    message: str
    where: str | None = None
    asked: int | None = None
    available: int | None = None
    start: int | None = None
    end: int | None = None


@final
@frozen
class Violation:
    """A rule that was broken, and how.

    Attributes:
        rule, number, level, clause: The rule's.
        message, where, asked, available, start, end: As in `Finding`.
    """

    rule: str
    level: Level
    clause: str
    message: str
    where: str | None = None
    number: str = ""
    asked: int | None = None
    available: int | None = None
    start: int | None = None
    end: int | None = None

    def __str__(self) -> str:
        place = f"{self.where}: " if self.where else ""
        return f"{place}{self.message} ({self.rule}, {self.level.value})"


@final
@frozen
class Rule(Generic[Subject]):
    """One rule that can be checked.

    Attributes:
        name: By which it is chosen: `within-capacity`.
        number: Stable, for tables: A for answers, H for histories, and two digits.
        level: How much it binds.
        clause: Where it comes from.
        text: What it demands, one sentence.
        decided: What the draft leaves open and how it is read here, where there is something to say.
        check: Yields a violation for each place in which something breaks it, or raises `OutOfReach`.
    """

    name: str
    number: str
    level: Level
    clause: str
    text: str
    check: Callable[[Subject], Iterator[Violation]]
    decided: str = ""


@final
@frozen
class Unchecked:
    """Something that the draft says and that no rule here checks, and why not."""

    number: str
    clause: str
    text: str
    why: str


def rule(
    number: str, level: Level, clause: str
) -> Callable[[Callable[[Subject], Iterator[Finding]]], Rule[Subject]]:
    """Make a rule of a function that yields findings.

    The first paragraph of its docstring is the rule's text, what follows is what was decided.

    >>> @rule("X01", Level.MUST, f"{DRAFT} 0")
    ... def is_short(text: str) -> Iterator[Finding]:
    ...     '''A text is short.'''
    ...     if len(text) > 3:
    ...         yield Finding(f"{len(text)} letters", asked=len(text), available=3)
    >>> is_short.name, is_short.text
    ('is-short', 'A text is short.')
    >>> [violation.message for violation in is_short.check("long")]
    ['4 letters']
    """

    def make(function: Callable[[Subject], Iterator[Finding]]) -> Rule[Subject]:
        name = function.__name__.strip("_").replace("_", "-")
        text, _, rest = (function.__doc__ or name).partition("\n\n")

        def check(subject: Subject) -> Iterator[Violation]:
            for found in function(subject):
                yield Violation(
                    name, level, clause, found.message, found.where, number,
                    found.asked, found.available, found.start, found.end,
                )  # fmt: skip

        return Rule(name, number, level, clause, " ".join(text.split()), check, " ".join(rest.split()))

    return make
