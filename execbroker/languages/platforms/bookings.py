"""Bookings in a file of their own: the list that a platform file has under `bookings`."""

from __future__ import annotations

from typing import ClassVar, final

from execbroker.core.platform import Booking, Platform
from execbroker.core.problems import Reading
from execbroker.languages.platforms.calendar import check_capacity, read_booking
from execbroker.languages.platforms.keys import BookingDocument, advise
from execbroker.languages.platforms.pools import NAMED
from execbroker.languages.structuring.document_classes import document, several
from execbroker.languages.structuring.findings import Findings
from execbroker.languages.structuring.ledger import Ledger
from execbroker.languages.structuring.roots import report_root
from execbroker.languages.structuring.structure import structure
from execbroker.languages.text.documents import Document

__all__ = ["read"]


@final
@document
class _BookingsDocument:
    """All that such a file holds."""

    noun: ClassVar[str] = "a file of bookings"
    example: ClassVar[str] = "{bookings: []}"
    bookings: list[BookingDocument | None] | None = several(BookingDocument, is_required=True)


def read(document: Document, platform: Platform) -> Reading[tuple[Booking, ...]]:
    """The bookings of a document, or all its problems.

    Args:
        document: A list of bookings, or a mapping that has one under `bookings`.
        platform: Whose they are; its pools and its zone are meant.
    """
    findings = Findings(document)
    root = document.root
    if not isinstance(root, (list, dict)):
        hint = f"write a list, such as `- {BookingDocument.example}`, or `[]` for none"
        report_root(findings, "bookings are a list" if root is not None else "the file is empty", hint)
        return findings.reading(None)
    if isinstance(root, list):
        findings.moves[("bookings",)] = ()
        root = {"bookings": root}
    found = structure(root, _BookingsDocument, findings, advise)
    return findings.reading(found and _bookings(findings, found, platform))


def _bookings(findings: Findings, found: _BookingsDocument, platform: Platform) -> tuple[Booking, ...]:
    pools = {pool.name: pool for pool in platform.pools}
    sizes = frozenset[str]().union(*(pool.sizes for pool in platform.pools))
    further = {name for pool in platform.pools for name in pool.capacity}.difference(NAMED)
    ledger = Ledger(kinds={name: name in sizes for name in further})
    read = [
        each and read_booking(findings, ("bookings", index), each, pools, ledger, platform.zone)
        for index, each in enumerate(found.bookings or ())
    ]
    if findings.is_sound:
        check_capacity(findings, read, pools, sizes)
    return tuple(filter(None, read))
