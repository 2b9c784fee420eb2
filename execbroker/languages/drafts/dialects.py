"""The schemas of 2025 and 2026 as values: where they differ, and how."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final, final

from attrs import frozen

from execbroker.languages.drafts import keys_2025, keys_2026
from execbroker.languages.drafts.detection import CALYCOPIS, DRAFT_2025
from execbroker.languages.drafts.times import Forms
from execbroker.languages.text.documents import Path

__all__ = ["BY_NAME", "SCHEMA_2025", "SCHEMA_2026", "Dialect"]


@final
@frozen(eq=False)
class Dialect:
    """One of the two schemas.

    Attributes:
        name: That of the language.
        type_key: The key that says what a component is.
        request, answer, session, compute, storage: The classes of their documents.
        executables, data: Those of each type, by what this library calls it.
        resources: Where compute, storage and data are in a request or an offer.
        forms: The forms of intervals of starts.
        has_meta: Whether what is known of a component is under `meta`.
        has_sides: Whether an amount says apart what is requested and what is offered.
        run: The key of the time from start to end.
    """

    name: str
    type_key: str
    request: type[Any]
    answer: type[Any]
    session: type[Any]
    compute: type[Any]
    storage: type[Any]
    executables: Mapping[str, type[Any]]
    data: Mapping[str, type[Any]]
    resources: Path
    forms: Forms
    has_meta: bool
    has_sides: bool
    run: str


SCHEMA_2025: Final = Dialect(
    name=DRAFT_2025,
    type_key="type",
    request=keys_2025.RequestDocument,
    answer=keys_2025.OfferSetDocument,
    session=keys_2025.SessionDocument,
    compute=keys_2025.ComputeDocument,
    storage=keys_2025.StorageDocument,
    executables=keys_2025.EXECUTABLES,
    data=keys_2025.DATA,
    resources=("resources",),
    forms=Forms(has_ends=False, is_exact=True),
    has_meta=False,
    has_sides=True,
    run="executing",
)
SCHEMA_2026: Final = Dialect(
    name=CALYCOPIS,
    type_key="kind",
    request=keys_2026.RequestDocument,
    answer=keys_2026.OfferSetDocument,
    session=keys_2026.SessionDocument,
    compute=keys_2026.ComputeDocument,
    storage=keys_2026.StorageDocument,
    executables=keys_2026.EXECUTABLES,
    data=keys_2026.DATA,
    resources=(),
    forms=Forms(has_durations_first=True),
    has_meta=True,
    has_sides=False,
    run="available",
)
BY_NAME: Final = {each.name: each for each in (SCHEMA_2025, SCHEMA_2026)}
