"""`execbroker accept`: taking an offer, whole or in part, before others do."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

NOW = "2023-05-09T12:00:00Z"
BOOK = ("--book", "my.book", "--now", NOW)
Call = Callable[..., Any]


@pytest.fixture
def offered(here: Path, ask: Call) -> list[dict[str, Any]]:
    """Two offers that the book holds: to 18:00 with 2 cores, and to 12:00 with 4."""
    found: list[dict[str, Any]] = json.loads(ask("fits.yaml", *BOOK[:2], "-o", "json").output)["offers"]
    assert len(found) == 2
    return found


@pytest.fixture
def accept(execbroker: Call) -> Call:
    """Run `execbroker accept`, and read the session where there is one."""

    def call(offer: dict[str, Any], *arguments: str) -> Any:
        status, output, errors = execbroker("accept", offer["offer"], *BOOK, *arguments, "-o", "json")
        return (status, json.loads(output) if output else None, errors)

    return call


class TestAccept:
    """What is taken."""

    def test_whole(self, offered: list[dict[str, Any]], accept: Call) -> None:
        """Without options it is the earliest start, the longest run and the most of each resource."""
        status, session, errors = accept(offered[1])
        assert (status, errors, session["phase"]) == (0, "", "ACCEPTED")
        assert session["run"] == {
            "start": "2023-05-10T10:00:00Z",
            "end": "2023-05-10T12:00:00Z",
            "duration": "PT2H",
            "cores": 4,
            "memory": "32GiB",
        }

    def test_part(self, offered: list[dict[str, Any]], accept: Call) -> None:
        """A start, a duration and amounts within the offer are taken as they are named."""
        named = (
            "--start",
            "2023-05-10T12:00:00+01:00",
            "--duration",
            "1h",
            "--amount",
            "cores=2.5",
            "--amount",
            "memory=8G",
        )
        status, session, _ = accept(offered[1], *named)
        assert status == 0
        assert session["run"] == {
            "start": "2023-05-10T11:00:00Z",
            "end": "2023-05-10T12:00:00Z",
            "duration": "PT1H",
            "cores": 2.5,
            "memory": "8GiB",
        }

    def test_table(self, offered: list[dict[str, Any]], execbroker: Call) -> None:
        """For people it is a line of a table."""
        status, output, _ = execbroker("accept", offered[0]["offer"], *BOOK)
        assert status == 0
        mark = offered[0]["offer"][:8]
        assert output == (
            "  offer     phase     start (UTC)           run for  cores  memory  where\n"
            f"  {mark}  ACCEPTED  Wed 2023-05-10 10:00  3 hours      2   24GiB  edinburgh/batch\n"
        )

    def test_siblings_go(self, offered: list[dict[str, Any]], accept: Call) -> None:
        """The other offers of the answer are let go."""
        accept(offered[0])
        status, _, errors = accept(offered[1])
        assert status == 1
        assert errors.endswith("(phase)\n")

    @pytest.mark.parametrize(
        "named",
        [
            ("--start", "2023-05-10T09:00:00Z"),
            ("--duration", "5h"),
            ("--amount", "cores=5"),
            ("--amount", "memory=1G"),
        ],
    )
    def test_outside(self, offered: list[dict[str, Any]], accept: Call, named: tuple[str, str]) -> None:
        """What is not within the offer is refused, and the offer stays open."""
        status, session, errors = accept(offered[1], *named)
        assert (status, session) == (1, None)
        assert errors.startswith("refused: ")
        assert errors.endswith(" (outside-offer)\n")
        assert accept(offered[1])[0] == 0

    @pytest.mark.parametrize(
        ("named", "told"),
        [
            (("--start", "tomorrow"), "--start"),
            (("--duration", "2 months"), "2 months"),
            (("--amount", "cores"), "NAME=VALUE"),
            (("--amount", "cores=1", "--amount", "cores=2"), "twice"),
            (("--amount", "memroy=1G"), "did you mean `memory`?"),
            (("--amount", "gpus=1"), "it has cores, memory"),
            (("--amount", "memory=80g"), "80g"),
        ],
    )
    def test_wrong_usage(
        self, offered: list[dict[str, Any]], accept: Call, named: tuple[str, ...], told: str
    ) -> None:
        """What cannot be read is wrong usage, and says what is wrong."""
        status, _, errors = accept(offered[1], *named)
        assert status == 2
        assert told in errors

    def test_expired(self, offered: list[dict[str, Any]], execbroker: Call) -> None:
        """After its lifetime an offer is refused, whatever time it is said to be afterwards."""
        late = ("--book", "my.book", "--now", "2023-05-09T12:05:00Z")
        status, output, errors = execbroker("accept", offered[0]["offer"], *late)
        assert (status, output) == (1, "")
        assert errors == "refused: the offer expired at 2023-05-09T12:05:00Z (offer-expired)\n"
        assert execbroker("accept", offered[0]["offer"], *BOOK).status == 1

    def test_in_the_last_second(self, offered: list[dict[str, Any]], execbroker: Call) -> None:
        """A second before, it is not."""
        soon = ("--book", "my.book", "--now", "2023-05-09T12:04:59Z")
        assert execbroker("accept", offered[0]["offer"], *soon).status == 0

    def test_busy(self, here: Path, execbroker: Call) -> None:
        """What was not held and is gone is refused with what is left."""
        text = (here / "platform.yaml").read_text("utf-8")
        (here / "platform.yaml").write_text(text + "hold: none\n", "utf-8")
        asked = ("offers", "fits.yaml", "--platform", "platform.yaml", *BOOK, "-o", "json")
        found = [json.loads(execbroker(*asked).output)["offers"][1]["offer"] for _ in range(3)]
        part = ("--amount", "cores=4", "--amount", "memory=12G")
        assert [execbroker("accept", each, *BOOK, *part).status for each in found] == [0, 0, 1]
        _, output, errors = execbroker("accept", found[2], *BOOK, *part)
        assert output == ""
        assert errors.startswith("refused: ")
        assert "; what is left is 8GiB: " in errors
        assert errors.endswith(" (busy)\n")


class TestNames:
    """Offers are named by the beginning of their identifiers."""

    def test_beginning(self, offered: list[dict[str, Any]], execbroker: Call) -> None:
        """Four signs are enough where nothing else begins so."""
        first, other = (offer["offer"] for offer in offered)
        if first[:4] != other[:4]:
            assert execbroker("accept", first[:4], *BOOK).status == 0

    @pytest.mark.parametrize("text", ["zzzz", "abc", "", "%", "0" * 33])
    def test_unknown(self, offered: list[dict[str, Any]], execbroker: Call, text: str) -> None:
        """What names nothing, or is too short, is refused."""
        status, output, errors = execbroker("accept", text, *BOOK)
        assert (status, output) == (1, "")
        assert errors.endswith("(offer-unknown)\n")

    @pytest.mark.usefixtures("here")
    def test_ambiguous(self, ask: Call, execbroker: Call, monkeypatch: pytest.MonkeyPatch) -> None:
        """What could be several is refused, and these are named; a whole identifier is never in doubt."""
        numbers = iter(range(1000))
        monkeypatch.setattr("secrets.token_hex", lambda _: f"5f0c{next(numbers):028}")
        found = [
            offer["offer"] for offer in json.loads(ask("fits.yaml", *BOOK[:2], "-o", "json").output)["offers"]
        ]
        status, _, errors = execbroker("accept", "5f0c", *BOOK)
        assert status == 1
        assert errors.startswith("refused: 2 offers begin with '5f0c': ")
        assert errors.endswith(" (offer-ambiguous)\n")
        assert all(each in errors for each in found)
        assert execbroker("accept", found[0], *BOOK).status == 0


def test_races(here: Path, execbroker: Call) -> None:
    """Of processes that take the same room at the same time, one gets it, and the others hear that it is busy."""
    text = (here / "platform.yaml").read_text("utf-8")
    (here / "platform.yaml").write_text(text + "hold: none\n", "utf-8")
    task = (
        "compute-resources: {cores: 8, memory: 4G}\nduration: 2h\n"
        "daterange: {minstartdate: 2023-05-10 10:00, maxenddate: 2023-05-10 12:00}\n"
    )
    (here / "whole.yaml").write_text(task, "utf-8")
    asked = ("offers", "whole.yaml", "--platform", "platform.yaml", *BOOK, "-o", "json")
    found = [json.loads(execbroker(*asked).output)["offers"][0]["offer"] for _ in range(4)]
    environment = {**os.environ, "PYTHONPATH": os.pathsep.join(sys.path)}
    racing = [
        subprocess.Popen(
            [sys.executable, "-m", "execbroker", "accept", each, *BOOK, "-o", "json"],
            cwd=here, env=environment, stdout=subprocess.PIPE, stderr=subprocess.PIPE,
        )
        for each in found
    ]  # fmt: skip
    ended = [(*process.communicate(timeout=60), process.returncode) for process in racing]
    assert sorted(status for _, _, status in ended) == [0, 1, 1, 1]
    assert all(b"(busy)" in errors for _, errors, status in ended if status)
