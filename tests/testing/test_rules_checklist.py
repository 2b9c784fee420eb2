"""Every demand of the draft is found again: in a rule, or among what is not checked, with the reason."""

from __future__ import annotations

import re
from typing import Final

import pytest

from execbroker.testing.rules import ANSWER_RULES, HISTORY_RULES, SOUNDNESS, UNCHECKED, Level
from execbroker.testing.rules.rule import DRAFT

RULES: Final = (*ANSWER_RULES, *HISTORY_RULES)

#: What the draft says, section by section, and what speaks of it here.
DEMANDS: Final[tuple[tuple[str, str, str], ...]] = (
    ("1.2.1", "the OpenAPI description is normative", "U01"),
    ("1.2.3", "single sign-on and delegated credentials may be used", "U02"),
    ("2.2.1", "the result is YES with at least one offer, or NO", "one-result answered-in-kind"),
    ("2.2.2", "each offer meets the minimum amounts", "minimum-met ordered-amounts"),
    ("2.2.2", "each offer meets the minimum duration", "minimum-duration-met coherent-times"),
    ("2.2.2", "each offer is within what the platform can provide, now",
     "known-pool known-flavour within-capacity while-open on-grid within-horizon never-overbooked"),
    ("2.2.2", "each offer is within what the platform can provide, ever",
     "flavour-holds within-scale within-duration-limit alike-counted run-within-offer"),
    ("2.2.2", "each offer is within what the platform can provide, to this client",
     "permitted-task within-request-limits"),
    ("2.2.2", "more than the minimum amounts may be offered", "U03"),
    ("2.2.2", "more than the minimum duration may be offered", "U04"),
    ("2.2.2", "no more than the maximum amounts should be offered", "maximum-respected nothing-unasked"),
    ("2.2.2", "no more than the maximum duration should be offered", "maximum-duration-respected"),
    ("2.2.2", "offers are made in good faith", "good-faith"),
    ("2.2.2", "a service may say NO to anything", "U05 spurious-no"),
    ("2.2.4", "each offer has an identifier of its own",
     "distinct-identifiers identified-offers unknown-refused same-session"),
    ("2.2.4", "each offer has an expiry of its own", "bounded-expiry"),
    ("2.2.5", "what is offered is held against others", "held-for-others offered-beside-held held-accepted"),
    ("2.2.5", "untouched offers expire, and are released", "expiry-enforced open-until-expiry freed-room"),
    ("2.2.5", "when one is accepted its siblings are rejected and released",
     "siblings-rejected freed-room-accepted freed-room"),
    ("2.2.5", "up to ACCEPTED the phases follow each other in this order",
     "legal-phases kept-past caused-phases takes-effect accepted-once"),
    ("2.2.6", "and from then on in this order", "legal-phases kept-past caused-phases"),
    ("2.2.6", "preparation begins early enough for the offered start", "after-preparation prepared-in-time"),
    ("2.2.7", "what can be done with a session depends on its phase", "must-be-done"),
    ("3.1", "an unknown executable type is answered with NO", "supported-executable"),
    ("3.2.1", "no resource has to be asked for", "spurious-no defaults-given"),
    ("3.2.1", "what was asked and what is offered can both be seen", "matched-resources"),
    ("3.2.2", "names are unique, and lead somewhere", "resolved-names"),
    ("3.2.2", "what cannot be reached is answered with NO", "reachable-data"),
    ("3.2.2", "persistent storage is allocated on acceptance", "U06"),
    ("3.3", "ranges are start and end, or start and duration", "U07"),
    ("3.3", "the session starts inside the offered range", "started-in-range"),
    ("3.3", "offers start inside the asked ranges", "start-in-range"),
    ("3.3", "each start lies in at least one asked range", "start-in-range run-in-range"),
    ("3.3", "a least and a longest duration may be given", "U08"),
    ("3.3", "offers may differ in start and longest duration", "U09"),
    ("3.3", "one slot of time an offer", "one-slot"),
    ("4", "the same holds at every level of a federation", "known-pool"),
    ("5.2.1", "requests in YAML and JSON", "U10"),
    ("5.2.1", "answers in YAML and JSON", "U11"),
    ("5.2.1", "YES and NO are both status 200", "U12"),
    ("5.2.1", "the same request may be answered otherwise", "U13"),
    ("5.2.2", "offers in YAML and JSON", "U14"),
    ("5.2.3", "the identifier of an update is that of its URL", "U15"),
    ("5.2.3", "updates in YAML and JSON change the status alone", "U16"),
    ("6.2.7", "what is not asked for has defaults", "defaults-given"),
    ("6.3.3", "a NO carries reasons, with a path and a text", "reasons-given legible-reasons"),
)  # fmt: skip


@pytest.mark.parametrize(("section", "demand", "found"), DEMANDS)
def test_every_demand_is_found_again(section: str, demand: str, found: str) -> None:
    """Each demand has a rule, or a reason why it has none, and one of these cites its section."""
    spoken = {each.name: each.clause for each in RULES} | {each.number: each.clause for each in UNCHECKED}

    cited = {name: re.findall(r"\d+(?:\.\d+)*", spoken[name].removeprefix(DRAFT)) for name in found.split()}
    assert any(section in sections for sections in cited.values()), demand


def test_nothing_else_is_claimed() -> None:
    """Whatever cites the draft stands in the list above; what binds and doesn't cite it, is ours."""
    named = {name for *_, found in DEMANDS for name in found.split()}

    assert [each.number for each in UNCHECKED if each.number not in named] == []
    assert [each.name for each in RULES if each.clause.startswith(DRAFT) and each.name not in named] == []


def test_numbers() -> None:
    """Numbers are unique and say what a rule looks at; names are unique among all rules."""
    numbers = [each.number for each in (*RULES, *UNCHECKED)]

    assert len(set(numbers)) == len(numbers)
    assert len({each.name for each in RULES}) == len(RULES)
    assert all(re.fullmatch(r"A\d\d", each.number) for each in ANSWER_RULES)
    assert all(re.fullmatch(r"H\d\d", each.number) for each in HISTORY_RULES)
    assert all(re.fullmatch(r"U\d\d", each.number) for each in UNCHECKED)


def test_everything_says_what_and_why() -> None:
    """A rule is one sentence with a clause; what is not checked has a reason."""
    for each in (*RULES, *UNCHECKED):
        assert each.text.endswith(".")
        assert each.text.count(". ") == 0
        assert each.clause
    for name in ("within-capacity", "on-grid", "nothing-unasked", "expiry-enforced", "held-accepted"):
        [found] = [each for each in RULES if each.name == name]
        assert found.decided.endswith(".")
    assert all(len(each.why) > 20 for each in UNCHECKED)


def test_what_nobody_is_bound_to() -> None:
    """A NO, and less than there is, breaks nothing that binds: only quality is lost."""
    levels = {each.name: each.level for each in RULES}
    for name in ("spurious-no", "room-left-out", "beaten-offer", "true-reasons", "platform-lifetime"):
        assert levels[name] is Level.QUALITY
    assert levels["reasons-given"] is Level.SHOULD
    assert {each.name for each in ANSWER_RULES if each.level is Level.MUST} <= {
        each.name for each in SOUNDNESS
    }
