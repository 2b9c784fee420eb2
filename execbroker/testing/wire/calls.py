"""Calls to a broker on lines: a request as it is sent, what comes back, and both together as a history has them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from functools import lru_cache
from typing import Final, TypeVar, final

from attrs import evolve

from execbroker.core.amounts import Amounts
from execbroker.core.answer import Answer
from execbroker.core.durations import format_duration, parse_duration
from execbroker.core.instants import format_instant, parse_instant
from execbroker.core.platform import Platform
from execbroker.core.problems import Problem
from execbroker.core.session import Session
from execbroker.core.sizes import parse_amount
from execbroker.core.task import Task
from execbroker.languages import read_answer, read_platform, read_task
from execbroker.languages.text.documents import Node, Tree, present
from execbroker.languages.text.writer import to_json
from execbroker.testing.histories import (
    Accept,
    Call,
    Cancel,
    History,
    Look,
    Outcome,
    Plan,
    Refusal,
    Reject,
    Request,
)
from execbroker.testing.wire.documents import figures, task_document
from execbroker.testing.wire.lines import Part, fault
from execbroker.testing.wire.sessions import Known, read_amounts, read_session

__all__ = ["REQUESTS", "Scene", "read_client", "read_history", "read_platforms", "request_tree"]

T = TypeVar("T")

#: What can be asked of a broker, by the key that has what it is about; and what may come of it.
REQUESTS: Final = ("plan", "accept", "reject", "cancel", "look")
_OUTCOMES: Final = ("answer", "session", "refused")

#: Most lines are about platforms and tasks that were on lines before.
_REMEMBERED: Final = 16

_platform = lru_cache(_REMEMBERED)(lambda text: read_platform(text, "platform.json"))
_task = lru_cache(_REMEMBERED)(lambda text, resources: read_task(text, "task.json", resources))


def request_tree(
    request: Request, now: int, document: Node = None, sizes: frozenset[str] = frozenset()
) -> Tree:
    """A request as it is sent.

    >>> request_tree(Accept("5f0c", duration=3600), 0)
    {'now': '1970-01-01T00:00:00Z', 'accept': '5f0c', 'duration': 'PT1H'}

    Args:
        request: What is asked.
        now: When.
        document: The document of the task, where it is at hand; else it is written.
        sizes: Those further resources that are sizes.
    """
    asked: Tree
    match request:
        case Plan(task, client):
            asked = {"plan": task_document(task) if document is None else document}
            asked |= {} if client is None else {"client": client}
        case Accept(offer, start, duration, amounts):
            asked = present(
                {
                    "accept": offer,
                    "start": None if start is None else format_instant(start),
                    "duration": None if duration is None else format_duration(duration),
                    "amounts": figures(amounts or {}, sizes),
                }
            )
        case Reject(offer):
            asked = {"reject": offer}
        case Cancel(session):
            asked = {"cancel": session}
        case Look(session):
            asked = {"look": session}
    return {"now": format_instant(now), **asked}


def read_platforms(
    members: Mapping[str, Part], part: Part
) -> tuple[tuple[Platform, ...], tuple[Problem, ...]]:
    """The platforms of a line, `platform` or `platforms`, and warnings.

    Raises:
        Unintelligible: There are none, or something is wrong with them.
    """
    if ("platform" in members) == ("platforms" in members):
        raise fault(part, "missing-key", "a line has either `platform` or `platforms`")
    given = members["platforms"].items() if "platforms" in members else [members["platform"]]
    if not given:
        raise fault(members["platforms"], "empty-list", "there are no platforms", "write one at least")
    found = [each.document(_platform) for each in given]
    platforms = tuple(platform for platform, _ in found)
    if len({platform.name for platform in platforms}) < len(platforms):
        raise fault(members["platforms"], "duplicate-name", "two platforms have one name")
    return platforms, tuple(problem for _, problems in found for problem in problems)


def read_client(members: Mapping[str, Part]) -> str | None:
    """Who asks, if an object says so.

    Raises:
        Unintelligible: It is not a name.
    """
    client = members.get("client")
    return None if client is None or client.is_null else client.words()


def read_history(part: Part, platforms: Sequence[Platform]) -> tuple[History, tuple[Problem, ...]]:
    """The history that an array of calls tells of the broker of some platforms, and warnings.

    Raises:
        Unintelligible: Something is wrong with one of them.
    """
    scene = Scene(platforms)
    calls = tuple(scene.read_call(each) for each in part.items())
    return History(tuple(platforms), calls), tuple(scene.warnings)


@final
class Scene:
    """What is known to whoever reads one call after the other.

    Attributes:
        platforms: Those of the broker.
        known: All offers that it made, by their identifiers.
        warnings: What readers said of what they read all the same.
    """

    def __init__(self, platforms: Sequence[Platform]) -> None:
        self.platforms = tuple(platforms)
        self.known: dict[str, Known] = {}
        self.warnings: list[Problem] = []
        self._resources = frozenset[str]().union(*(platform.resources for platform in platforms))
        pools = [pool for platform in platforms for pool in platform.pools]
        self._sizes = frozenset[str]().union(*(pool.sizes for pool in pools))

    @property
    def sizes(self) -> frozenset[str]:
        """Those further resources that are sizes somewhere."""
        return self._sizes

    def read_call(self, part: Part) -> Call:
        """A request together with what came of it.

        Raises:
            Unintelligible: It is none.
        """
        members = part.members()
        if "now" not in members:
            raise fault(
                part, "missing-key", "`now` is missing", "write an instant, such as 2023-05-09T12:00:00Z"
            )
        now = members["now"].parsed(parse_instant)
        return self.settle(part, self._request(part, members), now)

    def settle(self, part: Part, request: Request, now: int) -> Call:
        """A request with what came of it, by an object that has that; what is new in it is known from now on.

        Raises:
            Unintelligible: There is nothing of the kind in it.
        """
        members = {key: each for key, each in part.members().items() if not each.is_null}
        kind = _only(part, members, _OUTCOMES)
        outcome = self._outcome(members[kind], kind, request, now)
        self._note(request, outcome, now)
        return Call(request, now, outcome)

    def task_of(self, document: Node) -> Task:
        """The task of a document that is no part of a line.

        Raises:
            InvalidDocument: It is none.
        """
        return _task(to_json(document), self._resources).unwrap()

    def amounts_of(self, tree: Mapping[str, Node]) -> Amounts:
        """Amounts by the names of their resources."""
        return Amounts(
            {name: parse_amount(name, str(each), sizes=self._sizes) for name, each in tree.items()}
        )

    def read_task(self, part: Part) -> Task:
        """The task of a document.

        Raises:
            Unintelligible: It is none, or in a language that nobody here knows.
        """
        return self._told(part.document(lambda text: _task(text, self._resources)))

    def read_answer(self, part: Part) -> Answer:
        """The answer of a document.

        Raises:
            Unintelligible: It is none.
        """
        return self._told(part.document(lambda text: read_answer(text, "answer.json")))

    def _told(self, found: tuple[T, tuple[Problem, ...]]) -> T:
        value, problems = found
        self.warnings += problems
        return value

    def _request(self, part: Part, members: Mapping[str, Part]) -> Request:
        kind = _only(part, members, REQUESTS)
        subject = members[kind]
        if kind == "plan":
            return Plan(self.read_task(subject), read_client(members))
        name = subject.words()
        if kind == "accept":
            known = self.known.get(name)
            sizes = self._sizes if known is None else known.offer.sizes
            given = {key: each for key, each in members.items() if not each.is_null}
            return Accept(
                name,
                given["start"].parsed(parse_instant) if "start" in given else None,
                given["duration"].parsed(parse_duration) if "duration" in given else None,
                read_amounts(given["amounts"], sizes) if "amounts" in given else None,
            )
        return Reject(name) if kind == "reject" else Cancel(name) if kind == "cancel" else Look(name)

    def _outcome(self, part: Part, kind: str, request: Request, now: int) -> Outcome:
        if kind == "refused":
            return self._refusal(part)
        if (kind == "answer") is not isinstance(request, Plan):
            wanted = "an `answer`" if isinstance(request, Plan) else "a `session`"
            raise fault(part, "wrong-outcome", f"what comes of this request is {wanted}, or `refused`")
        if isinstance(request, Plan):
            return self.read_answer(part)
        name = request.offer if isinstance(request, (Accept, Reject)) else request.session
        return read_session(part, name, self.known.get(name), now)

    def _refusal(self, part: Part) -> Refusal:
        members = part.members()
        if "code" not in members:
            raise fault(part, "missing-key", "`code` is missing", "write why it is refused, such as `busy`")
        told = {key: each for key, each in members.items() if not each.is_null}
        message = told["message"].words() if "message" in told else ""
        left = read_amounts(told["available"], self._sizes) if "available" in told else None
        return Refusal(members["code"].words(), message, left)

    def _note(self, request: Request, outcome: Outcome, now: int) -> None:
        if isinstance(request, Plan) and isinstance(outcome, Answer):
            for offer in outcome.offers:
                self.known[str(offer.identifier)] = Known(offer, request.task, now)
        elif isinstance(outcome, Session) and (known := self.known.get(outcome.identifier)):
            self.known[outcome.identifier] = evolve(known, session=outcome)


def _only(part: Part, members: Mapping[str, Part], among: Sequence[str]) -> str:
    """The one of several keys that is there."""
    there = [key for key in among if key in members]
    if len(there) == 1:
        return there[0]
    names = ", ".join(f"`{key}`" for key in there or among)
    if there:
        raise fault(part, "contradiction", f"only one of {names} can be there")
    raise fault(part, "missing-key", f"one of {names} is missing")
