"""`execbroker offers --book`: what is offered is held, and the book knows for which platforms."""

from __future__ import annotations

import json
import re
from collections.abc import Callable
from contextlib import ExitStack
from pathlib import Path
from typing import Any

import click
import pytest

from execbroker.cli.books import open_book
from execbroker.cli.platform_files import PlatformFile
from execbroker.core.instants import parse_instant
from execbroker.core.task import Task
from execbroker.languages import read_platform

NOW = "2023-05-09T12:00:00Z"
BOOK = ("--book", "my.book", "--now", NOW)
Call = Callable[..., Any]


def offers(run: Any) -> list[dict[str, Any]]:
    """The offers of an answer in JSON."""
    found: list[dict[str, Any]] = json.loads(run.output)["offers"]
    return found


def named(text: str) -> PlatformFile:
    """A platform as the command line names it."""
    platform = read_platform(text, "platform.yaml").value
    assert platform is not None
    return PlatformFile(platform, "platform.yaml", text)


@pytest.mark.usefixtures("here")
class TestOffers:
    """Offers that are held."""

    def test_identifiers(self, ask: Call) -> None:
        """Each offer carries an identifier of its own, which no two answers share."""
        found = [
            offer["offer"] for _ in range(2) for offer in offers(ask("fits.yaml", *BOOK[:2], "-o", "json"))
        ]
        assert len(set(found)) == len(found) >= 3
        assert all(re.fullmatch("[0-9a-f]{32}", each) for each in found)

    def test_brief_and_table_name_them(self, ask: Call, execbroker: Call) -> None:
        """What people see of an identifier is enough to name the offer."""
        lines = ask("fits.yaml", *BOOK[:2], "-o", "brief").output.splitlines()
        assert all(re.match(r"[0-9a-f]{8}  2023-05-10 10:00 => ", line) for line in lines)
        mark = lines[0][:8]
        assert mark in execbroker("jobs", *BOOK).output
        table = ask("fits.yaml", *BOOK[:2]).output.splitlines()
        assert table[2].split()[:2] == ["#", "offer"]
        assert execbroker("reject", table[3].split()[1], *BOOK).status == 0

    def test_without_a_book_nothing_is_held(self, ask: Call, here: Path) -> None:
        """Without `--book` an identifier is only a digest, and no file is made."""
        once, again = (offers(ask("fits.yaml", "-o", "json")) for _ in range(2))
        assert once == again
        assert not list(here.glob("*book*"))

    def test_held_room_is_not_offered_twice(self, ask: Call) -> None:
        """Held minima pile up until the next client gets a NO."""
        answers = 0
        while (answer := ask("fits.yaml", *BOOK[:2], "-o", "json")).status == 0:
            answers += 1
        # Four fit beside each other before noon, and some more in what is left of the afternoon.
        assert 4 < answers < 20
        assert {reason["code"] for reason in json.loads(answer.output)["reasons"]} == {"busy"}

    def test_expired_ones_are_free_again(self, ask: Call, execbroker: Call) -> None:
        """After the offers' lifetime their room is offered again."""
        while ask("fits.yaml", *BOOK[:2]).status == 0:
            pass
        later = ("--book", "my.book", "--now", "2023-05-09T12:05:00Z")
        assert execbroker("offers", "fits.yaml", *later).status == 0

    def test_batch(self, ask: Call) -> None:
        """Tasks of one call stand beside each other, not in each other's way twice."""
        status, output, errors = ask("fits.yaml", "huge.yaml", "wrong.yaml", *BOOK[:2], "-o", "json")
        assert status == 3
        first, second = (json.loads(line) for line in output.splitlines())
        assert (first["result"], second["result"]) == ("YES", "NO")
        assert "3 tasks: 1 YES, 1 NO, 1 invalid" in errors

    def test_all_and_alternatives(self, ask: Call) -> None:
        """Every maximal box can be held, too; alternatives are told but not held."""
        answer = json.loads(
            ask("fits.yaml", *BOOK[:2], "--all", "--alternatives", "-o", "json", "--max-offers", "9").output
        )
        assert len(answer["offers"]) >= 2
        assert answer["alternatives"]

    def test_timeline_shows_what_others_hold(self, ask: Call) -> None:
        """What is drawn as free is what the book left free before this answer."""
        drawn = [ask("fits.yaml", *BOOK[:2], "--timeline", "--ascii").output for _ in range(2)]
        rows = [next(line for line in each.splitlines() if line.startswith("  batch")) for each in drawn]
        assert rows[0].count("8") > rows[1].count("8")

    def test_time_does_not_go_back(self, ask: Call, execbroker: Call) -> None:
        """A book that saw a later instant answers as of that."""
        later = ("--book", "my.book", "--now", "2023-05-10T19:00:00Z")
        execbroker("offers", "fits.yaml", "--platform", "platform.yaml", *later)
        (found, *_) = offers(ask("fits.yaml", *BOOK[:2], "-o", "json"))
        assert found["minstart"] == "2023-05-10T19:00:00Z"


@pytest.mark.usefixtures("here")
class TestPlatforms:
    """A book knows its platforms."""

    def test_they_are_named_once(self, ask: Call, execbroker: Call, here: Path) -> None:
        """Once named, a platform is asked again without its file."""
        ask("fits.yaml", *BOOK[:2])
        (here / "platform.yaml").unlink()
        (found, *_) = offers(execbroker("offers", "fits.yaml", *BOOK, "-o", "json"))
        assert found["platform"] == "edinburgh"

    def test_order_stays(self, execbroker: Call, here: Path) -> None:
        """Several are asked in the order in which they were named."""
        for name in ("b", "a"):
            (here / f"{name}.yaml").write_text(
                f"platform: {name}\nhold: none\npools: [{{name: p, cores: 8, memory: 9G}}]\n", "utf-8"
            )
        named = ("--platform", "b.yaml", "--platform", "a.yaml")
        first = offers(execbroker("offers", "fits.yaml", *BOOK, *named, "-o", "json"))
        again = offers(execbroker("offers", "fits.yaml", *BOOK, "-o", "json"))
        assert {offer["platform"] for offer in first} == {offer["platform"] for offer in again} == {"b"}

    def test_a_platform_stays_as_it_is(self, ask: Call, here: Path) -> None:
        """A platform cannot be changed below offers that are open: wrong usage, and why."""
        ask("fits.yaml", *BOOK[:2])
        text = (here / "platform.yaml").read_text("utf-8")
        (here / "platform.yaml").write_text(text.replace("cores: 8", "cores: 7"), "utf-8")
        status, output, errors = ask("fits.yaml", *BOOK[:2])
        assert (status, output) == (2, "")
        assert "my.book is for another platform 'edinburgh'" in errors
        assert "not over (2)" in errors

    def test_it_may_be_written_otherwise(self, ask: Call, here: Path) -> None:
        """Comments and blanks make no other platform."""
        ask("fits.yaml", *BOOK[:2])
        text = (here / "platform.yaml").read_text("utf-8")
        (here / "platform.yaml").write_text(f"# ours\n{text}", "utf-8")
        assert ask("fits.yaml", *BOOK[:2]).status == 0

    def test_two_name_it_at_once(self, here: Path) -> None:
        """Of two who name a platform for a new book both may, if it is the same, whoever was first."""
        text = (here / "platform.yaml").read_text("utf-8")
        first, other = (named(each) for each in (text, text.replace("cores: 8", "cores: 7")))
        now = parse_instant(NOW)
        with ExitStack() as stack:
            books = [stack.enter_context(open_book("my.book", may_begin=True)) for _ in range(3)]
            books[0].note([first], now)
            assert books[0].broker_for([first.platform]).plan(Task(), now).offers
            books[1].note([named(f"# ours\n{text}")], now)
            with pytest.raises(click.UsageError, match="for another platform 'edinburgh'"):
                books[2].note([other], now)
            assert [list(book.noted.values()) for book in books] == [[first]] * 3

    def test_it_changes_when_all_is_over(self, ask: Call, execbroker: Call, here: Path) -> None:
        """Where nothing depends on it, the new one holds from then on."""
        ask("fits.yaml", *BOOK[:2])
        text = (here / "platform.yaml").read_text("utf-8")
        (here / "platform.yaml").write_text(text.replace("cores: 8", "cores: 3"), "utf-8")
        later = ("--book", "my.book", "--now", "2023-05-09T12:30:00Z", "-o", "json")
        assert execbroker("offers", "fits.yaml", "--platform", "platform.yaml", *later).status == 0
        best = max(
            each["compute-resources"][0]["maxcores"]
            for each in offers(execbroker("offers", "fits.yaml", *later))
        )
        assert best <= 3

    def test_this_machine(self, execbroker: Call, here: Path) -> None:
        """A book without platforms is for this machine, and its offers can be accepted."""
        (here / "small.yaml").write_text("compute-resources: {cores: 0.001}\nduration: 1s\n", "utf-8")
        (found,) = offers(execbroker("offers", "small.yaml", "--book", "my.book", "-o", "json"))
        assert found["pool"] == "machine"
        assert execbroker("accept", found["offer"], "--book", "my.book").status == 0

    def test_another_machine(self, execbroker: Call, here: Path, monkeypatch: pytest.MonkeyPatch) -> None:
        """What was offered of one machine is not accepted on another."""
        (here / "small.yaml").write_text("compute-resources: {cores: 0.001}\nduration: 1s\n", "utf-8")
        (found,) = offers(execbroker("offers", "small.yaml", "--book", "my.book", "-o", "json"))
        monkeypatch.setattr("socket.gethostname", lambda: "somewhere-else")
        status, _, errors = execbroker("accept", found["offer"], "--book", "my.book")
        assert status == 1
        assert errors.endswith("(platform-unknown)\n")


@pytest.mark.usefixtures("here")
class TestUnusable:
    """Books that cannot be used."""

    @pytest.mark.parametrize("command", ["offers", "accept", "reject", "jobs"])
    @pytest.mark.parametrize("book", ["platform.yaml", ".", "nowhere/my.book"])
    def test_no_book(self, execbroker: Call, command: str, book: str) -> None:
        """What is no book is exit code 4, and one line."""
        what = "fits.yaml" if command == "offers" else "5f0c"
        status, output, errors = execbroker(command, what, "--book", book)
        assert (status, output) == (4, "")
        assert errors.startswith("error: ")
        assert errors.count("\n") == 1

    @pytest.mark.parametrize("command", ["accept", "reject", "jobs"])
    def test_only_offers_begins_one(self, execbroker: Call, here: Path, command: str) -> None:
        """A misspelt book is not made by a look at it."""
        status, _, errors = execbroker(command, "5f0c", "--book", "ny.book")
        assert (status, errors) == (
            4, "error: there is no book ny.book; `execbroker offers --book ny.book` begins one\n"
        )  # fmt: skip
        assert not (here / "ny.book").exists()
