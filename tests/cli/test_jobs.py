"""`execbroker jobs`: what became of the offers of a book, for people, programs and clients of UWS."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from execbroker.languages.uws.reading import read_job, read_jobs
from execbroker.languages.uws.tables import UwsPhase

BOOK = ("--book", "my.book", "--now", "2023-05-09T12:00:00Z")
Call = Callable[..., Any]


@pytest.fixture
def book(here: Path, ask: Call, execbroker: Call) -> list[str]:
    """A book with two answers of two offers each: REJECTED, ACCEPTED, and two OFFERED."""
    found: list[str] = []
    for _ in range(2):
        answer = json.loads(ask("fits.yaml", *BOOK[:2], "-o", "json").output)
        found += [offer["offer"] for offer in answer["offers"]]
    assert len(found) == 4
    # The rest is held for the other answer.
    assert execbroker("accept", found[1], *BOOK, "--amount", "cores=3", "--amount", "memory=28G").status == 0
    return found


def listed(run: Any) -> list[tuple[str, str]]:
    """The identifiers and phases of jobs in JSON."""
    return [(each["offer"], each["phase"]) for each in map(json.loads, run.output.splitlines())]


class TestList:
    """All jobs."""

    def test_newest_first(self, book: list[str], execbroker: Call) -> None:
        """The newest come first, one line of JSON each."""
        phases = ["REJECTED", "ACCEPTED", "OFFERED", "OFFERED"]
        assert listed(execbroker("jobs", *BOOK, "-o", "json")) == [*zip(book, phases, strict=True)][::-1]

    def test_table(self, book: list[str], execbroker: Call) -> None:
        """For people it is a table that says when, how long, how much and where."""
        status, output, errors = execbroker("jobs", *BOOK, "--phase", "accepted", "--ascii")
        assert (status, errors) == (0, "")
        heading, line = output.splitlines()
        assert heading.split() == [
            "offer", "phase", "start", "(UTC)", "run", "for", "cores", "memory", "where"
        ]  # fmt: skip
        assert (
            line
            == f"  {book[1][:8]}  ACCEPTED  Wed 2023-05-10 10:00  2 hours      3   28GiB  edinburgh/batch"
        )

    def test_offers_show_ranges(self, book: list[str], execbroker: Call) -> None:
        """Of what was not accepted, all that could be is shown."""
        output = execbroker("jobs", *BOOK, "--phase", "REJECTED", "--ascii").output
        assert "Wed 2023-05-10 10:00 - 17:00" in output
        assert "1-3 hours" in output
        assert "4-24GiB" in output

    @pytest.mark.parametrize(
        ("filters", "chosen"),
        [
            (["--last", "1"], [3]),
            (["--phase", "OFFERED"], [3, 2]),
            (["--phase", "OFFERED", "--phase", "ACCEPTED"], [3, 2, 1]),
            (["--phase", "offered", "--last", "1"], [3]),
            (["--phase", "RUNNING"], []),
        ],
    )
    def test_filters(self, book: list[str], execbroker: Call, filters: list[str], chosen: list[int]) -> None:
        """Phases are chosen first, then the newest of what is left."""
        run = execbroker("jobs", *BOOK, *filters, "-o", "json")
        assert run.status == 0
        assert [identifier for identifier, _ in listed(run)] == [book[place] for place in chosen]

    def test_expiry_is_seen(self, book: list[str], execbroker: Call) -> None:
        """Offers whose time is up have expired, whether or not anybody said so."""
        later = ("--book", "my.book", "--now", "2023-05-09T13:00:00Z", "-o", "json")
        phases = {phase for _, phase in listed(execbroker("jobs", *later))}
        assert phases == {"REJECTED", "ACCEPTED", "EXPIRED"}

    def test_uws(self, book: list[str], execbroker: Call) -> None:
        """As UWS has it, offers are pending and accepted ones queued."""
        status, output, errors = execbroker("jobs", *BOOK, "-o", "uws")
        assert (status, errors) == (0, "")
        references = read_jobs(output.encode()).unwrap()
        assert [each.identifier for each in references] == book[::-1]
        assert [each.phase for each in references] == [
            UwsPhase.PENDING, UwsPhase.PENDING, UwsPhase.QUEUED, UwsPhase.ABORTED
        ]  # fmt: skip

    def test_nothing(self, here: Path, ask: Call, execbroker: Call) -> None:
        """A book without offers has no jobs, in every form."""
        ask("huge.yaml", *BOOK[:2])
        assert execbroker("jobs", *BOOK) == (0, "", "")
        assert execbroker("jobs", *BOOK, "-o", "json") == (0, "", "")
        assert read_jobs(execbroker("jobs", *BOOK, "-o", "uws").output).unwrap() == ()


class TestOne:
    """One job."""

    def test_table(self, book: list[str], execbroker: Call) -> None:
        """For people it says more: its whole identifier, and when it entered which phase."""
        status, output, _ = execbroker("jobs", book[1][:12], *BOOK)
        assert status == 0
        assert output.startswith(f"offer {book[1]}\n")
        assert "  OFFERED   2023-05-09 12:00\n  ACCEPTED  2023-05-09 12:00\n" in output

    def test_json(self, book: list[str], execbroker: Call) -> None:
        """For programs it says all: what was offered, and what was taken of it."""
        job = json.loads(execbroker("jobs", book[1], *BOOK, "-o", "json").output)
        assert job["offered"]["offer"] == book[1]
        assert job["offered"]["maxduration"] == "PT2H"
        assert job["run"]["duration"] == "PT2H"
        assert [each["phase"] for each in job["history"]] == ["OFFERED", "ACCEPTED"]

    def test_uws(self, book: list[str], execbroker: Call) -> None:
        """The document of UWS says what clients look for."""
        job = read_job(execbroker("jobs", book[1], *BOOK, "-o", "uws").output.encode()).unwrap()
        assert (job.identifier, job.phase, job.duration) == (book[1], UwsPhase.QUEUED, 7200)
        assert job.about("sessionPhase") == "ACCEPTED"

    def test_unknown(self, book: list[str], execbroker: Call) -> None:
        """A job that is not there is refused."""
        status, output, errors = execbroker("jobs", "zzzz", *BOOK)
        assert (status, output) == (1, "")
        assert errors.endswith("(offer-unknown)\n")

    def test_filters_have_no_place(self, book: list[str], execbroker: Call) -> None:
        """Filters beside a job that is named are wrong usage."""
        assert execbroker("jobs", book[1], *BOOK, "--last", "1").status == 2
