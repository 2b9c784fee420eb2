"""A harness around this library's own broker: what a harness in another language does, with nothing left out.

With the argument `planner` it speaks of plans alone.
"""

from __future__ import annotations

import json
import sys
from collections.abc import Callable, Sequence
from decimal import Decimal
from itertools import count
from typing import Any

from execbroker.adapters.books.broker import BookBroker
from execbroker.adapters.books.memory import MemoryStore
from execbroker.core.amounts import Amounts
from execbroker.core.answer import Answer, Reason
from execbroker.core.durations import format_duration, parse_duration
from execbroker.core.instants import format_instant, parse_instant
from execbroker.core.interfaces import Broker, Refused, ask
from execbroker.core.platform import Platform
from execbroker.core.session import Session
from execbroker.core.sizes import format_amount, parse_amount
from execbroker.languages import is_unknown_language, read_platform, read_task, write_answer
from execbroker.languages.text.writer import to_json


class Harness:
    """A broker behind lines of JSON."""

    def __init__(
        self, make: Callable[[Sequence[Platform]], Broker] | None = None, *, is_broker: bool = True
    ) -> None:
        self._make = make or self._with_a_book
        self._speaks = ["plan", "accept", "reject", "cancel", "look"] if is_broker else ["plan"]
        self._names = count(1)
        self._broker: Broker | None = None
        self._resources: frozenset[str] = frozenset()
        self._sizes: frozenset[str] = frozenset()

    def reply(self, line: str) -> str:
        """The line that answers a line."""
        request = json.loads(line)
        return to_json({"id": request["id"], **self._reply(request)})

    def _reply(self, request: dict[str, Any]) -> dict[str, Any]:
        if "hello" in request:
            return {"hello": "reference", "protocol": request["protocol"], "speaks": self._speaks}
        if "begin" in request:
            self._begin(request["begin"])
            return {}
        try:
            outcome = self._asked(request, parse_instant(request["now"]))
        except Refused as refused:
            return {"refused": self._refusal(refused)}
        if isinstance(outcome, Session):
            return {"session": self._session(outcome)}
        return {"answer": write_answer(outcome)}

    def _begin(self, beginning: dict[str, Any]) -> None:
        platforms = [read_platform(json.dumps(each)).unwrap() for each in beginning["platforms"]]
        self._broker = self._make(platforms)
        self._resources = frozenset().union(*(platform.resources for platform in platforms))
        self._sizes = frozenset().union(*(pool.sizes for each in platforms for pool in each.pools))

    def _with_a_book(self, platforms: Sequence[Platform]) -> Broker:
        return BookBroker(platforms, MemoryStore(), lambda: f"offer-{next(self._names)}")

    def _asked(self, request: dict[str, Any], now: int) -> Answer | Session:
        assert self._broker is not None
        if "plan" in request:
            reading = read_task(json.dumps(request["plan"]), "task", self._resources)
            if is_unknown_language(reading):
                return Answer(reasons=(Reason("language-unknown", reading.problems[0].message),))
            return ask(self._broker, reading.unwrap(), now, request.get("client"))
        if "accept" in request:
            amounts = request.get("amounts")
            return self._broker.accept(
                request["accept"],
                now,
                start=parse_instant(request["start"]) if "start" in request else None,
                duration=parse_duration(request["duration"]) if "duration" in request else None,
                amounts=amounts and self._amounts(amounts),
            )
        if "reject" in request:
            return self._broker.reject(request["reject"], now)
        if "cancel" in request:
            return self._broker.cancel(request["cancel"], now)
        return self._broker.session(request["look"], now)

    def _amounts(self, tree: dict[str, Any]) -> Amounts:
        return Amounts(
            {name: parse_amount(name, str(each), sizes=self._sizes) for name, each in tree.items()}
        )

    def _written(self, amounts: Amounts) -> dict[str, Any]:
        texts = {name: format_amount(name, value, self._sizes) for name, value in amounts.items()}
        return {
            name: Decimal(text) if text.replace(".", "").isdigit() else text for name, text in texts.items()
        }

    def _refusal(self, refused: Refused) -> dict[str, Any]:
        told = {"code": refused.code, "message": refused.message}
        return told if refused.available is None else {**told, "available": self._written(refused.available)}

    def _session(self, session: Session) -> dict[str, Any]:
        history = [
            {"phase": each.phase.value, "since": format_instant(each.instant)} for each in session.history
        ]
        tree = {"offer": session.identifier, "phase": session.phase.value, "history": history}
        if session.run is not None:
            run = {
                "start": format_instant(session.run.start),
                "duration": format_duration(session.run.duration),
                **self._written(session.run.amounts),
            }
            tree["run"] = run if session.run.node is None else {**run, "node": session.run.node}
        return tree


def main() -> None:
    """Answer each line with one."""
    harness = Harness(is_broker="planner" not in sys.argv)
    for line in sys.stdin:
        sys.stdout.write(f"{harness.reply(line)}\n")
        sys.stdout.flush()


if __name__ == "__main__":
    main()
