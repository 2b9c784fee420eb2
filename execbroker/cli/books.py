"""The book of a command: where it is, which platforms it is for, and the offers in it by what people type.

A book keeps the texts of the platforms that it is for, so they are named once. This machine is never kept: whoever
asks it gets it as it is.
"""

from __future__ import annotations

import json
import secrets
import time
import warnings
from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import contextmanager
from functools import cached_property, partial
from pathlib import Path
from typing import Final, final

import click
from attrs import evolve

from execbroker.adapters.books.broker import BookBroker
from execbroker.adapters.books.sqlite import BookUnusable, SqliteStore
from execbroker.adapters.machine import this_machine
from execbroker.cli.platform_files import PlatformFile
from execbroker.cli.refusals import Refusal
from execbroker.cli.reports.signs import safe
from execbroker.cli.streams import CannotUse, say
from execbroker.core.amounts import Amounts
from execbroker.core.interfaces import Refused
from execbroker.core.lifecycle import FINAL, Phase
from execbroker.core.platform import Platform
from execbroker.core.session import Session
from execbroker.core.spans import Span
from execbroker.languages import read_platform

__all__ = ["SHORTEST", "Book", "open_book"]

#: An identifier may be cut to so many characters.
SHORTEST: Final = 4
#: Of the offers that an abbreviation could mean, so many are named.
_NAMED: Final = 5
#: Identifiers have so many random bytes, and cannot be guessed.
_BYTES: Final = 16
#: The name under which the platforms' texts are noted.
_NOTE: Final = "platforms"


@contextmanager
def open_book(path: str, *, may_begin: bool = False) -> Iterator[Book]:
    """A book for the time of a block; what is refused and what goes wrong with it there ends the command.

    Args:
        path: As on the command line.
        may_begin: Whether a book is begun where there is none.

    Raises:
        CannotUse: It is not there, is none, or cannot be read or written.
        Refusal: Something that was asked of it was refused.
    """
    if not may_begin and not Path(path).exists():
        raise CannotUse(f"there is no book {path}; `execbroker offers --book {path}` begins one")
    try:
        # What the store has to say is for people, and needs no line of a program.
        with warnings.catch_warnings(record=True) as told:
            warnings.simplefilter("always")
            store = SqliteStore(path)
        for warning in told:
            say(f"warning: {safe(str(warning.message))}\n")
        try:
            yield Book(path, store)
        finally:
            store.close()
    except BookUnusable as fault:
        raise CannotUse(str(fault)) from fault
    except Refused as refused:
        raise Refusal(refused) from refused


@final
class Book:
    """An open book.

    Attributes:
        path: As on the command line.
        noted: The platforms that it is for, in the order in which they were first named.
    """

    def __init__(self, path: str, store: SqliteStore) -> None:
        self.path, self._store = path, store
        with store.read() as page:
            notes = page.notes()
        self.noted = _noted(path, notes)

    @property
    def state(self) -> Path:
        """The folder of the jobs that came of its offers, if nobody names another."""
        return Path(f"{self.path}.jobs")

    @property
    def platforms(self) -> tuple[Platform, ...]:
        """Those that are asked where none are named: the noted ones, else this machine."""
        return tuple(file.platform for file in self.noted.values()) or (this_machine(),)

    @cached_property
    def broker(self) -> BookBroker:
        """The broker for all offers that are in the book."""
        platforms = [file.platform for file in self.noted.values()]
        machine = this_machine()
        return self.broker_for([*platforms, *([machine] if machine.name not in self.noted else [])])

    def broker_for(self, platforms: Iterable[Platform]) -> BookBroker:
        """A broker that plans for some platforms."""
        return BookBroker(tuple(platforms), self._store, partial(secrets.token_hex, _BYTES))

    def since(self, now: int) -> int:
        """The instant, or the latest one that the book saw if that is later."""
        with self._store.read() as page:
            return max(now, page.now)

    def clock(self, now: int) -> Callable[[], float]:
        """A clock that goes on from an instant, or from the latest one that the book saw if that is later."""
        offset = self.since(now) - int(time.time())
        return lambda: time.time() + offset

    def note(self, files: Iterable[PlatformFile], now: int) -> None:
        """Note platforms. What a platform's offers and jobs stand on is not changed below them.

        Raises:
            click.UsageError: A platform is noted otherwise, and not all that depends on it is over.
        """
        given = {file.platform.name: file for file in files if self._is_new(file)}
        if not given:
            return
        with self._store.write() as page:
            # Somebody else may have named the same ones since the book was opened.
            self.noted = noted = _noted(self.path, page.notes())
            given = {name: file for name, file in given.items() if self._is_new(file)}
            sessions = [record.session for record in page.records()] if noted.keys() & given.keys() else []
            for name in noted.keys() & given.keys():
                live = sum(session.offer.platform == name and _is_live(session, now) for session in sessions)
                if live:
                    raise click.UsageError(
                        f"{safe(self.path)} is for another platform {safe(name)!r}; as long as offers and jobs "
                        f"of that are not over ({live}), name the same platform, or another book"
                    )
            noted = noted | given
            page.note(_NOTE, json.dumps([[file.name, file.text] for file in noted.values()]))
        self.noted = noted

    def _is_new(self, file: PlatformFile) -> bool:
        known = self.noted.get(file.platform.name)
        return known is None or (known.text != file.text and known.platform != file.platform)

    def as_taken(self, platforms: Iterable[Platform], now: int) -> tuple[Platform, ...]:
        """Platforms with all that the book has taken there among their bookings, for drawings of what is free."""
        with self._store.read() as page:
            return tuple(
                evolve(
                    platform,
                    bookings=(
                        *platform.bookings,
                        *page.entries(platform.name, Span(now, now + platform.horizon)),
                    ),
                )
                for platform in platforms
            )

    def find(self, text: str, now: int) -> Session:
        """The session that is meant by an identifier, or by the beginning of one.

        Raises:
            Refused: `offer-unknown`, or `offer-ambiguous`: several begin so.
        """
        try:
            return self.broker.session(text, now)
        except Refused:
            if len(text) < SHORTEST:
                what = f"there is no offer {text!r} in this book"
                raise Refused(
                    "offer-unknown", f"{what}; write at least {SHORTEST} characters of its identifier"
                ) from None
        found = [session for session in self.broker.sessions(now) if session.identifier.startswith(text)]
        if not found:
            raise Refused("offer-unknown", f"there is no offer {text!r} in this book")
        if len(found) > 1:
            named = ", ".join(session.identifier for session in found[:_NAMED])
            more = f" and {len(found) - _NAMED} more" if len(found) > _NAMED else ""
            raise Refused("offer-ambiguous", f"{len(found)} offers begin with {text!r}: {named}{more}")
        return found[0]

    def accept(
        self,
        session: Session,
        now: int,
        *,
        start: int | None = None,
        duration: int | None = None,
        amounts: Amounts | None = None,
    ) -> Session:
        """Accept an offer that was found; see `Broker.accept`.

        Raises:
            Refusal: It is refused.
        """
        try:
            self._look_at(session)
            return self.broker.accept(
                session.identifier, now, start=start, duration=duration, amounts=amounts
            )
        except Refused as refused:
            raise Refusal(refused, session.offer.sizes) from refused

    def reject(self, session: Session, now: int) -> Session:
        """Reject an offer that was found; see `Broker.reject`."""
        self._look_at(session)
        return self.broker.reject(session.identifier, now)

    def _look_at(self, session: Session) -> None:
        """Refuse what is of a platform that is neither noted nor this machine."""
        name = session.offer.platform
        if name not in self.noted and name != this_machine().name:
            raise Refused("platform-unknown", f"the offer is for the machine {name}, and this is another one")


def _noted(path: str, notes: Mapping[str, str]) -> dict[str, PlatformFile]:
    """The platforms that were noted, by name."""
    files = {}
    for name, text in json.loads(notes.get(_NOTE, "[]")):
        platform = read_platform(text, name).value
        if platform is None:
            raise CannotUse(f"this version cannot read the platform {name} that is noted in {path}")
        files[platform.name] = PlatformFile(platform, name, text)
    return files


def _is_live(session: Session, now: int) -> bool:
    """Whether something is held or booked for a session, now or later."""
    if session.phase in FINAL:
        return False
    if session.phase is Phase.OFFERED:
        return session.offer.expires > now
    return session.run is None or session.run.end > now
