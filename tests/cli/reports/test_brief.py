"""One offer a line."""

from __future__ import annotations

from attrs import evolve

from execbroker.cli.reports import brief
from execbroker.cli.reports.answered import Answered
from execbroker.cli.terminal import PLAIN, Look
from execbroker.core.amounts import Amounts
from execbroker.core.answer import Allotment, Answer


def test_offers(granted: Answered) -> None:
    """Start in the task's zone, longest run, most of each resource: the proposal's own notation."""
    assert brief.report(granted, PLAIN).splitlines() == [
        "2023-05-10 10:00 => 3 hours, 8 cores, 120GiB, 1 gpu",
        "2023-05-10 19:00 => 2 hours, 4 cores, 80GiB, 4 gpus",
    ]


def test_other_resources(granted: Answered) -> None:
    """Storage and other resources are named, one core is no cores, and none of something is not worth a word."""
    offer = evolve(
        granted.answer.offers[0],
        compute=(
            Allotment(maximum=Amounts({"cores": 500, "licences": 3, "gpus": 0, "scratch": 1024})),
            Allotment(maximum=Amounts({"cores": 500})),
        ),
        storage=(Allotment("out", maximum=Amounts({"storage": 2**40})),),
        sizes=frozenset({"scratch"}),
    )
    answered = evolve(granted, answer=Answer((offer,)))
    assert brief.report(answered, PLAIN) == (
        "2023-05-10 10:00 => 3 hours, 1 core, 1TiB storage, 3 licences, 1KiB scratch\n"
    )


def test_no(refused: Answered) -> None:
    """A line for each reason, and for each of what would do instead."""
    changes = "without timerange from 09:00 to 17:00, minduration PT2H instead of PT48H"
    assert brief.report(refused, PLAIN).splitlines() == [
        "NO: batch: 64 cores asked, at most 48 free for 2 hours, from 2023-05-10T18:00:00Z",
        "NO: nights: 2 days asked, at most 1 day",
        "INSTEAD: 2023-05-10 19:00 => 2 hours, 4 cores, 80GiB, 4 gpus (mincores 4 instead of 64)",
        f"INSTEAD: 2023-05-10 10:00 => 3 hours, 8 cores, 120GiB, 1 gpu ({changes})",
    ]


def test_one_of_many(granted: Answered) -> None:
    """Of several tasks each line begins with its file."""
    lines = brief.report(evolve(granted, is_one_of_many=True), PLAIN).splitlines()
    assert [line.partition("2023")[0] for line in lines] == ["fit.yaml: "] * 2


def test_hostile_names(hostile: Answered) -> None:
    """Whatever a file calls things, the terminal is not steered by it."""
    shown = brief.report(evolve(hostile, is_one_of_many=True), Look())
    assert shown.replace("\n", "").isprintable()
