"""The answer for people."""

from __future__ import annotations

from decimal import Decimal

import pytest
from attrs import evolve

from execbroker.cli.reports import table
from execbroker.cli.reports.answered import Answered
from execbroker.cli.terminal import PLAIN, Look
from execbroker.core.answer import Answer
from execbroker.core.task import Task


class TestYes:
    """A headline, a line for each offer, and notes."""

    def test_whole(self, granted: Answered) -> None:
        """Each offer is told by its pool, its flavour, when, how long, how much, and for how much."""
        assert (
            table.report(granted, PLAIN)
            == """\
YES  fit.yaml  2 offers, valid until 2023-05-09 16:30

  #  where  flavour  start (Europe/London)         run for    end by                cores     memory  gpus  preparation      cost
  1  batch           Wed 2023-05-10 10:00 – 11:00  2–3 hours  13:00                   4–8  80–120GiB     1  35 minutes   0.64 EUR
  2  batch  large    Wed 2023-05-10 19:00 – 23:00  2 hours    Thu 2023-05-11 01:00      4      80GiB   1–4
"""  # noqa: E501
        )

    def test_one_pool_needs_no_column(self, granted: Answered) -> None:
        """Where there is one pool, nobody asks which."""
        (platform,) = granted.platforms
        alone = evolve(granted, platforms=(evolve(platform, pools=platform.pools[:1]),))
        assert "where" not in table.report(alone, PLAIN)

    def test_several_platforms(self, granted: Answered) -> None:
        """Where there are several platforms, a pool is told with its platform."""
        (platform,) = granted.platforms
        several = evolve(granted, platforms=(platform, evolve(platform, name="glasgow")))
        assert "  edinburgh/batch  " in table.report(several, PLAIN)

    def test_proximity(self, granted: Answered) -> None:
        """A metric of nought is a metric, and the best there is."""
        offers = tuple(evolve(offer, proximity=Decimal(n)) for n, offer in enumerate(granted.answer.offers))
        lines = table.report(evolve(granted, answer=Answer(offers)), PLAIN).splitlines()
        column = lines[2].index("proximity") + len("proximity") - 1
        assert [line[column] for line in lines[3:]] == ["0", "1"]

    def test_notes(self, granted: Answered) -> None:
        """What was left out, and a search that stopped, are said in words."""
        answer = evolve(granted.answer, omitted=14, complete=False)
        assert table.report(evolve(granted, answer=answer), PLAIN).splitlines()[-2:] == [
            "14 more offers left out; --max-offers 16 shows them, too.",
            "The search stopped at its limit on work: these offers are true, but there may be better ones.",
        ]

    def test_clocks_back(self, granted: Answered) -> None:
        """In the hour that comes twice, the offset tells which one is meant."""
        offer = evolve(
            granted.answer.offers[0], minstart=1_698_539_400, maxstart=1_698_543_000, maxend=1_698_553_800
        )
        shown = table.report(evolve(granted, answer=Answer((offer,))), PLAIN)
        assert "Sun 2023-10-29 01:30+0100 – 01:30+0000" in shown


class TestNo:
    """A headline, a line for each reason, and what would do instead."""

    def test_whole(self, refused: Answered) -> None:
        """Figures stand in columns, limits are named by their keys."""
        assert (
            table.report(refused, PLAIN)
            == """\
NO   fit.yaml

  where   limit         asked  available  why not
  batch   mincores         64         48  64 cores asked, at most 48 free for 2 hours, from 2023-05-10T18:00:00Z
  nights  minduration  2 days   24 hours  2 days asked, at most 1 day

Would do instead:
  a  mincores 4 instead of 64
       2023-05-10 19:00 => 2 hours, 4 cores, 80GiB, 4 gpus (batch)
  b  without timerange from 09:00 to 17:00, minduration PT2H instead of PT48H
       2023-05-10 10:00 => 3 hours, 8 cores, 120GiB, 1 gpu (batch)
"""
        )

    def test_ambiguous_limits(self, refused: Answered) -> None:
        """Of several compute resources, the path says which one is meant."""
        task = evolve(refused.task, compute=refused.task.compute * 2)
        assert "compute-resources[0].mincores" in table.report(evolve(refused, task=task), PLAIN)


class TestTerminals:
    """The same on terminals of all kinds."""

    @pytest.mark.parametrize("columns", [40, 60, 80, 100, 120])
    def test_narrow(self, granted: Answered, columns: int) -> None:
        """Where the table has no room, each offer becomes a paragraph that has."""
        lines = table.report(granted, Look(width=columns)).splitlines()[1:]
        assert max(map(len, lines)) <= columns

    def test_paragraphs(self, granted: Answered) -> None:
        """A paragraph says all that the table says."""
        assert (
            table.report(granted, Look(width=40))
            == """\
YES  fit.yaml  2 offers, valid until 2023-05-09 16:30

  #                      1
  where                  batch
  start (Europe/London)  Wed 2023-05-10
                         10:00 – 11:00
  run for                2–3 hours
  end by                 13:00
  cores                  4–8
  memory                 80–120GiB
  gpus                   1
  preparation            35 minutes
  cost                   0.64 EUR

  #                      2
  where                  batch
  flavour                large
  start (Europe/London)  Wed 2023-05-10
                         19:00 – 23:00
  run for                2 hours
  end by                 Thu 2023-05-11
                         01:00
  cores                  4
  memory                 80GiB
  gpus                   1–4
"""
        )

    def test_reasons_are_filled(self, refused: Answered) -> None:
        """Long reasons go on below themselves."""
        lines = table.report(refused, Look(width=80)).splitlines()
        assert lines[3:5] == [
            "  batch   mincores         64         48  64 cores asked, at most 48 free for 2",
            "                                          hours, from 2023-05-10T18:00:00Z",
        ]

    def test_ascii(self, granted: Answered) -> None:
        """Without Unicode, hyphens stand in for dashes."""
        assert table.report(granted, Look(has_unicode=False)).isascii()

    def test_colour_changes_no_text(self, granted: Answered, refused: Answered) -> None:
        """Colours come and go without a change to the text."""
        for answered in (granted, refused):
            dressed = table.report(answered, Look(has_colour=True))
            assert "\x1b[" in dressed
            for code in ("1;32", "1;31", "1;35", "36", "1", "2", "0"):
                dressed = dressed.replace(f"\x1b[{code}m", "")
            assert dressed == table.report(answered, PLAIN)

    @pytest.mark.parametrize("columns", [None, 60])
    def test_hostile_names(self, hostile: Answered, columns: int | None) -> None:
        """Whatever a file calls things, the terminal is not steered by it."""
        shown = table.report(hostile, Look(width=columns))
        assert shown.replace("\n", "").isprintable()

    def test_unknown_language(self, refused: Answered) -> None:
        """A NO without a task or figures is a NO all the same."""
        bare = Answered(
            "x.yaml", Answer(reasons=(evolve(refused.answer.reasons[1], asked=None, available=None),)), 0
        )
        assert bare.task == Task()
        assert table.report(bare, PLAIN).startswith(
            "NO   x.yaml\n\n  limit        why not\n  minduration  2 days"
        )
