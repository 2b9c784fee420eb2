"""What the draft says and no rule here looks at, and why not."""

from __future__ import annotations

from typing import Final

from execbroker.testing.rules.rule import DRAFT, Unchecked

__all__ = ["UNCHECKED"]

_FREE: Final = "it is allowed; nothing that is allowed can be broken, and no rule holds it against anybody"
_HTTP: Final = "it is about HTTP, of which neither an answer nor a history shows anything"
_BEFORE: Final = (
    "it is about documents before they are read; whoever reads a language is to refuse what it does not have"
)


def _clause(section: str) -> str:
    return f"{DRAFT} {section}"


#: In the order of the draft.
UNCHECKED: Final[tuple[Unchecked, ...]] = (
    Unchecked(
        "U01", _clause("1.2.1"), "The OpenAPI description is normative, the text comes second.",
        "it says which of two texts decides, and asks nothing of anybody",
    ),
    Unchecked(
        "U02", _clause("1.2.3"), "A service may use the IVOA's single sign-on and delegate credentials.",
        "it is allowed, and who somebody is shows in no answer",
    ),
    Unchecked("U03", _clause("2.2.2"), "An offer may have more than the minimum of a resource.", _FREE),
    Unchecked("U04", _clause("2.2.2"), "An offer may be for longer than the minimum duration.", _FREE),
    Unchecked("U05", _clause("2.2.2"), "A service may say NO to anything.", _FREE),
    Unchecked(
        "U06", _clause("3.2.2"),
        "Persistent storage is allocated when its offer is accepted, and lives on after the session.",
        "sessions here have no storage that outlives them; that storage is held only while it is needed is part of "
        "the promise",
    ),
    Unchecked("U07", _clause("3.3"), "Ranges are written as start and end, or as start and duration.", _BEFORE),
    Unchecked("U08", _clause("3.3"), "A client may give a least and a longest duration.", _FREE),
    Unchecked("U09", _clause("3.3"), "Offers may differ in their start and in their longest duration.", _FREE),
    Unchecked("U10", _clause("5.2.1"), "Requests are accepted in YAML and in JSON.", _HTTP),
    Unchecked("U11", _clause("5.2.1"), "Answers are given in YAML and in JSON, as the client accepts.", _HTTP),
    Unchecked("U12", _clause("5.2.1"), "YES and NO are both sent with status 200.", _HTTP),
    Unchecked("U13", _clause("5.2.1"), "The same request may be answered otherwise when it comes again.", _FREE),
    Unchecked("U14", _clause("5.2.2"), "An offer can be had in YAML and in JSON.", _HTTP),
    Unchecked("U15", _clause("5.2.3"), "An identifier in the body of an update is that in its URL.", _HTTP),
    Unchecked("U16", _clause("5.2.3"), "An update comes in YAML or in JSON, and changes the status alone.", _HTTP),
)  # fmt: skip
