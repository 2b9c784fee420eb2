"""The resources of other names that a document speaks of, and whether they are sizes or counts."""

from __future__ import annotations

from typing import Final, final

from attrs import define, field

from execbroker.languages.structuring.findings import Findings
from execbroker.languages.structuring.quantities import Amount, read_amount
from execbroker.languages.text.documents import Path

__all__ = ["MOST_FURTHER", "Ledger"]

#: So many different further resources a document may speak of: more than anybody has, and few enough to compare
#: each with all known words.
MOST_FURTHER: Final = 1000


@final
@define(eq=False, repr=False, slots=False)
class Ledger:
    """What one document has said of further resources so far; filled while it is read.

    Attributes:
        names: Those that were taken.
        kinds: Whether each is a size, as far as that has shown.
        is_overfull: Whether there was no room for one.
    """

    names: set[str] = field(factory=set)
    kinds: dict[str, bool] = field(factory=dict)
    is_overfull: bool = False

    @property
    def sizes(self) -> frozenset[str]:
        """The resources that are sizes."""
        return frozenset(name for name, is_size in self.kinds.items() if is_size)

    def takes(self, findings: Findings, name: str, path: Path) -> bool:
        """Whether there is room for another name; if not, that is written down once."""
        if len(self.names) < MOST_FURTHER:
            self.names.add(name)
        elif name not in self.names and not self.is_overfull:
            self.is_overfull = True
            findings.error(
                "too-many-resources",
                f"there are more than {MOST_FURTHER} different resources",
                path,
                of_key=True,
                hint="write those that matter",
            )
        return name in self.names

    def read(
        self, findings: Findings, name: str, path: Path, value: object, *, up: bool = True
    ) -> int | None:
        """An amount of a resource, which must be a size everywhere in the document, or a count everywhere."""
        amount = read_amount(findings, name, path, value, up=up)
        return None if amount is None else self._agreed(findings, name, path, amount)

    def _agreed(self, findings: Findings, name: str, path: Path, amount: Amount) -> int | None:
        if amount.is_size is not None and self.kinds.setdefault(name, amount.is_size) != amount.is_size:
            this, other = ("a size", "a count") if amount.is_size else ("a count", "a size")
            findings.error(
                "mixed-units",
                f"`{path[-1]}` is {this} here, but `{name}` is {other} elsewhere in the file",
                path,
                hint="write all of them with a unit (`80G`), or none",
            )
            return None
        return amount.value
