"""The talk with a harness: what is sent to it, what comes back, and the broker that it is, seen from here."""

from __future__ import annotations

import json
from collections.abc import Callable, Sequence
from decimal import Decimal
from typing import Final, TypeVar, final

from attrs import frozen

from execbroker.core.amounts import Amounts
from execbroker.core.answer import Answer
from execbroker.core.interfaces import Attentive, Broker, Refused
from execbroker.core.platform import Platform
from execbroker.core.problems import Problem
from execbroker.core.session import Session
from execbroker.core.task import Task
from execbroker.languages.text.documents import Node, Tree
from execbroker.languages.text.writer import to_json
from execbroker.testing.histories import Accept, Call, Cancel, Look, Plan, Refusal, Reject, Request
from execbroker.testing.wire.calls import REQUESTS, Scene, request_tree
from execbroker.testing.wire.documents import platform_document
from execbroker.testing.wire.lines import Part, Unintelligible, fault, part_of

__all__ = ["PROTOCOL", "Dialogue", "Greeting", "NoAnswer", "NotSpoken", "WireBroker"]

T = TypeVar("T")

#: The version of the protocol; it is raised when a harness of the last one would not understand this one.
PROTOCOL: Final = 1


@final
class NoAnswer(Exception):
    """A harness said nothing, or nothing that can be understood.

    Attributes:
        problems: What is the matter.
    """

    def __init__(self, problems: tuple[Problem, ...]) -> None:
        super().__init__(problems)
        self.problems = problems

    def __str__(self) -> str:
        return "; ".join(problem.message for problem in self.problems)


@final
class NotSpoken(Exception):
    """A harness says that it does not do what it is asked: some part of a platform, or a kind of request.

    Attributes:
        what: What it does not do, in its own words.
    """

    def __init__(self, what: str) -> None:
        super().__init__(what)
        self.what = what


@final
@frozen
class Greeting:
    """What a harness says of itself.

    Attributes:
        name: What it is called.
        speaks: The requests that it takes: `plan` alone, of a planner; of a broker all of them.
    """

    name: str
    speaks: frozenset[str]

    @property
    def is_broker(self) -> bool:
        """Whether it takes all requests."""
        return self.speaks >= {*REQUESTS}


@final
class Dialogue:
    """One request after the other, each with its reply.

    Attributes:
        scene: What is known of the broker; new whenever it begins anew.
    """

    def __init__(self, ask: Callable[[str], str]) -> None:
        """Talk through a function that sends a line and gives the line that comes back; it may raise `NoAnswer`."""
        self.scene = Scene(())
        self._ask, self._sent = ask, 0
        self._calls: list[tuple[Tree, Part | None]] = []

    @property
    def transcript(self) -> list[Node]:
        """All calls since the broker began, each with what came of it, as `read_history` takes them."""
        return [tree if reply is None else {**tree, **_outcome(reply)} for tree, reply in self._calls]

    def greet(self) -> Greeting:
        """Say hello.

        Raises:
            NoAnswer: It can't be understood, or speaks another version of the protocol.
        """
        reply = self._sent_and_answered({"hello": "execbroker", "protocol": PROTOCOL})
        return self._understood(lambda: _greeting(reply))

    def begin(self, platforms: Sequence[Platform], documents: Sequence[Node] | None = None) -> None:
        """Let the broker forget all that was, and be one of these platforms.

        Args:
            platforms: The platforms.
            documents: Their documents, where they are at hand; else they are written.

        Raises:
            NoAnswer, NotSpoken: As in `put`.
        """
        self.scene, self._calls = Scene(platforms), []
        written: list[Node] = [*(map(platform_document, platforms) if documents is None else documents)]
        self._sent_and_answered({"begin": {"platforms": written}})

    def put(self, request: Request, now: int, document: Node = None) -> Call:
        """Put a request to the broker, and note what comes of it.

        Args:
            request: What is asked.
            now: When.
            document: The document of the task, where it is at hand; else it is written.

        Raises:
            NoAnswer: What comes back can't be understood.
            NotSpoken: The broker does no such thing.
        """
        tree = request_tree(request, now, document, self.scene.sizes)
        self._calls.append((tree, None))
        reply = self._sent_and_answered(tree)
        self._calls[-1] = (tree, reply)
        return self._understood(lambda: self.scene.settle(reply, request, now))

    def _sent_and_answered(self, tree: Tree) -> Part:
        """The reply to a request, without having looked at what it says but that it is one."""
        number, self._sent = self._sent, self._sent + 1
        line = self._ask(to_json({"id": number, **tree}))
        return self._understood(lambda: _reply(line, number))

    def _understood(self, read: Callable[[], T]) -> T:
        try:
            return read()
        except Unintelligible as error:
            raise NoAnswer(error.problems) from error


def _outcome(reply: Part) -> Tree:
    found: Tree = json.loads(reply.source, parse_float=Decimal)
    return {key: value for key, value in found.items() if key != "id"}


def _reply(line: str, number: int) -> Part:
    part = part_of(line)
    members = part.members()
    if "id" not in members:
        raise fault(part, "missing-key", "`id` is missing", "give back the id of the request")
    if (said := members["id"].scalar()) != number or isinstance(said, bool):
        hint = "answer each line once, with its id, and print nothing else"
        raise fault(members["id"], "wrong-id", f"this is not the reply to request {number}", hint, str(said))
    if "failed" in members:
        raise fault(members["failed"], "failed", f"the harness failed: {members['failed'].words()}")
    if "unsupported" in members:
        raise NotSpoken(members["unsupported"].words())
    return part


def _greeting(part: Part) -> Greeting:
    members = part.members()
    for key in ("hello", "protocol"):
        if key not in members:
            raise fault(part, "missing-key", f"`{key}` is missing", "answer with `hello` and `protocol`")
    if members["protocol"].scalar() != PROTOCOL:
        said = members["protocol"].source
        raise fault(members["protocol"], "protocol", f"this is version {PROTOCOL}, not {said}")
    speaks = {"plan"}
    if "speaks" in members:
        speaks |= {each.words() for each in members["speaks"].items()}
    return Greeting(members["hello"].words(), frozenset(speaks))


@final
class WireBroker(Broker, Attentive):
    """The broker at the other end, as one of this library's: for rules, machines and whoever takes a broker."""

    def __init__(self, dialogue: Dialogue, platforms: Sequence[Platform]) -> None:
        """Begin anew, for some platforms.

        Raises:
            NoAnswer, NotSpoken: As all of the methods.
        """
        self._dialogue = dialogue
        dialogue.begin(platforms)

    def plan(self, task: Task, now: int, *, owner: str | None = None) -> Answer:
        """What it answers to a task of somebody.

        Raises:
            Refused: It should not, but this one did refuse to answer.
        """
        outcome = self._put(Plan(task, owner), now)
        assert isinstance(outcome, Answer)
        return outcome

    def accept(
        self,
        offer: str,
        now: int,
        *,
        start: int | None = None,
        duration: int | None = None,
        amounts: Amounts | None = None,
    ) -> Session:
        """Take an offer; see `Broker.accept`."""
        return self._session(Accept(offer, start, duration, amounts), now)

    def reject(self, offer: str, now: int) -> Session:
        """Let an offer go; see `Broker.reject`."""
        return self._session(Reject(offer), now)

    def cancel(self, session: str, now: int) -> Session:
        """Give up a session; see `Broker.cancel`."""
        return self._session(Cancel(session), now)

    def session(self, identifier: str, now: int) -> Session:
        """A session as it stands; see `Broker.session`."""
        return self._session(Look(identifier), now)

    def _session(self, request: Request, now: int) -> Session:
        outcome = self._put(request, now)
        assert isinstance(outcome, Session)
        return outcome

    def _put(self, request: Request, now: int) -> Answer | Session:
        outcome = self._dialogue.put(request, now).outcome
        if isinstance(outcome, Refusal):
            raise Refused(outcome.code, outcome.message, outcome.available)
        return outcome
