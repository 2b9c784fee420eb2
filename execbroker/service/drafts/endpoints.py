"""The endpoints of the draft's languages: the schema of 2025, and Calycopis 1.0 of 2026.

They want the same places, so each has one of its own below the root. Clients that were generated from their schemas
need only another URL to begin with; and who serves one of them alone may put it at the root.
"""

from __future__ import annotations

from collections.abc import Mapping
from functools import partial
from typing import Final

from execbroker.languages.drafts.detection import CALYCOPIS, DRAFT_2025
from execbroker.languages.schemas.drafts import PREFIXES
from execbroker.service.drafts.asking import ask, run_directly, show_offers
from execbroker.service.drafts.sessions import change_session, show_session
from execbroker.service.http.media import DOCUMENTS
from execbroker.service.preferences import MAX_OFFERS, PREFER
from execbroker.service.routes import Endpoints, Needs, Outcome, Route, Schema
from execbroker.service.schemas import DRAFT_SCHEMAS, named

__all__ = ["CALYCOPIS_2026", "EB_2025"]

_TAGGED: Final = {"ETag": "The state of the document, for If-None-Match and If-Match."}
_THERE: Final = {**_TAGGED, "Content-Location": "Where it can be read again."}
_UNCHANGED: Final = Outcome(304, "It is as the client has it.", headers=_TAGGED)
_SET: Final = {"uuid": "The UUID of a set of offers."}
_SESSION: Final = {"uuid": "The UUID of an offer, which is that of its session."}
_CHANGED: Final = (
    Outcome(403, "It is another's."),
    Outcome(409, "It cannot be done as things stand; nothing was changed."),
    Outcome(412, "The session is not as If-Match says."),
    Outcome(422, "The update would do nothing; no session takes it."),
)


def _documents(language: str, name: str) -> Mapping[str, Schema]:
    """The types in which a document comes and goes, with its schema."""
    return {media: named(PREFIXES[language] + name) for media in DOCUMENTS}


def _asking(language: str, path: str, uuid: str) -> tuple[Route, Route]:
    """To ask, and to look again at what was answered.

    Args:
        language: The name of the language.
        path: Where to ask.
        uuid: Where the UUID of a component is in it.
    """
    name, answer = PREFIXES[language], _documents(language, "OfferSet")
    first = {"uuid": f"$response.body#/offers/0/{uuid}"}
    links = {f"get{name}Session": first, f"change{name}Session": first}
    links[f"get{name}OfferSet"] = {"uuid": f"$response.body#/{uuid}"}
    return (
        Route(
            "POST", path, f"ask{name}", f"Can you run this task ({language})?", partial(ask, language),
            (Outcome(200, "YES with offers, or NO with messages that say why.", answer, _THERE, links),),
            Needs.ASK, _documents(language, "Request"), needs_body=True, writes=DOCUMENTS,
            query=(MAX_OFFERS, PREFER),
        ),
        Route(
            "GET", "/offersets/{uuid}", f"get{name}OfferSet", f"What was answered ({language}).",
            partial(show_offers, language),
            (Outcome(200, "The set, with the phases that its offers have by now.", answer, _TAGGED), _UNCHANGED),
            Needs.SEE, writes=DOCUMENTS, variables=_SET,
        ),
    )  # fmt: skip


def _sessions(language: str) -> tuple[Route, Route]:
    """To look at a session, and to change it."""
    name, session = PREFIXES[language], _documents(language, "Session")
    return (
        Route(
            "GET", "/sessions/{uuid}", f"get{name}Session", f"An offer, or what became of it ({language}).",
            partial(show_session, language), (Outcome(200, "The session.", session, _TAGGED), _UNCHANGED),
            Needs.SEE, writes=DOCUMENTS, variables=_SESSION,
        ),
        Route(
            "POST", "/sessions/{uuid}", f"change{name}Session",
            f"Accept an offer, reject it, or cancel what was accepted ({language}).",
            partial(change_session, language),
            (Outcome(200, "The session after that.", session, _TAGGED), *_CHANGED), Needs.CHANGE,
            _documents(language, "Update"), needs_body=True, writes=DOCUMENTS, variables=_SESSION,
        ),
    )  # fmt: skip


def _direct(language: str, uuid: str) -> Route:
    """To run something at once."""
    name = PREFIXES[language]
    itself = {"uuid": f"$response.body#/{uuid}"}
    links = {f"get{name}Session": itself, f"change{name}Session": itself}
    return Route(
        "POST", "/direct", f"run{name}", f"Take the first offer for this task at once ({language}).",
        partial(run_directly, language),
        (Outcome(200, "The session.", _documents(language, "Session"), _THERE, links),
         Outcome(400, "It cannot be run, and why; or the request makes no sense.")),
        Needs.RUN, _documents(language, "Request"), needs_body=True, writes=DOCUMENTS, query=(PREFER,),
    )  # fmt: skip


#: IVOA ExecutionBroker draft, the schema of 2025.
EB_2025: Final = Endpoints(
    (*_asking(DRAFT_2025, "/offersets", "uuid"), *_sessions(DRAFT_2025)), DRAFT_SCHEMAS[DRAFT_2025]
)
#: Calycopis 1.0.
CALYCOPIS_2026: Final = Endpoints(
    (*_asking(CALYCOPIS, "/requests", "meta/uuid"), _direct(CALYCOPIS, "meta/uuid"), *_sessions(CALYCOPIS)),
    DRAFT_SCHEMAS[CALYCOPIS],
)
