"""`execbroker offers`: answers, exit codes, several files, and what goes to which stream."""

from __future__ import annotations

import inspect
import io
import json
import types
from collections.abc import Callable
from pathlib import Path
from typing import Any

import click
import pytest
from attrs import fields

from execbroker.cli import batch
from execbroker.cli.main import cli
from execbroker.cli.offers import offers
from execbroker.core.choice import MEASURES

YES = """\
YES  fits.yaml  2 offers, valid until 2023-05-09 12:05

  #  start (UTC)                   run for    end by  cores   memory
  1  Wed 2023-05-10 10:00 – 17:00  1–3 hours  18:00       2  4–24GiB
  2  Wed 2023-05-10 10:00 – 11:00  1–2 hours  12:00     2–4  4–32GiB
"""

NO = """\
NO   huge.yaml

  limit     asked  available  why not
  mincores     16          8  16 cores asked, the pool has 8

Would do instead:
  a  mincores 8 instead of 16
       2023-05-10 10:00 => 2 hours, 8 cores, 32GiB
"""

Ask = Callable[..., Any]


@pytest.mark.usefixtures("here")
class TestAnswer:
    """One task, asked of one platform."""

    def test_yes(self, ask: Ask) -> None:
        """A task that fits gets a table of its offers, and exit code 0."""
        assert ask("fits.yaml") == (0, YES, "")

    def test_no(self, ask: Ask) -> None:
        """A task that doesn't gets reasons and what would do instead, and exit code 1."""
        assert ask("huge.yaml") == (1, NO, "")

    def test_unknown_language(self, ask: Ask) -> None:
        """A service that doesn't know the language says NO."""
        status, output, errors = ask("foreign.yaml", "--output", "json")
        answer = json.loads(output)
        assert (status, errors, answer["result"]) == (1, "", "NO")
        assert [reason["code"] for reason in answer["reasons"]] == ["language-unknown"]
        assert "KLINGON-1" in answer["reasons"][0]["message"]

    def test_standard_input(self, ask: Ask, here: Path, monkeypatch: pytest.MonkeyPatch) -> None:
        """`-` is the standard input."""
        source = io.TextIOWrapper(io.BytesIO((here / "fits.yaml").read_bytes()))
        monkeypatch.setattr("sys.stdin", source)
        assert ask("-") == (0, YES.replace("fits.yaml", "<stdin>"), "")

    def test_this_machine(self, execbroker: Ask, here: Path) -> None:
        """Without a platform, it is this machine that is asked."""
        (here / "small.yaml").write_text("compute-resources: {mincores: 0.001}\n", encoding="utf-8")
        status, output, _ = execbroker("offers", "small.yaml", "--output", "json")
        assert status == 0
        assert json.loads(output)["offers"][0]["pool"] == "machine"

    def test_several_platforms_are_one(self, ask: Ask, here: Path) -> None:
        """Offers of several platforms come in one answer that says whose they are."""
        other = (
            (here / "platform.yaml")
            .read_text()
            .replace("edinburgh", "glasgow")
            .replace("cores: 8", "cores: 64")
        )
        (here / "glasgow.yaml").write_text(other, encoding="utf-8")
        _, output, _ = ask("fits.yaml", "--platform", "glasgow.yaml", "--output", "json")
        assert {offer["platform"] for offer in json.loads(output)["offers"]} == {"glasgow"}
        _, output, _ = ask("fits.yaml", "--platform", "glasgow.yaml")
        assert "glasgow/batch" in output

    def test_platforms_of_one_name(self, ask: Ask) -> None:
        """Two platforms of one name could not be told apart, and are refused as wrong usage."""
        status, _, errors = ask("fits.yaml", "--platform", "platform.yaml")
        assert status == 2
        assert "2 platforms are called 'edinburgh'" in errors


@pytest.mark.usefixtures("here")
class TestOptions:
    """What each option changes."""

    def test_all(self, ask: Ask) -> None:
        """`--all` also shows boxes that start later and are no better."""
        few, many = (
            len(json.loads(ask("fits.yaml", "-o", "json", *more).output)["offers"])
            for more in ([], ["--all"])
        )
        assert few < many

    def test_max_offers(self, ask: Ask) -> None:
        """`--max-offers` leaves out the rest and says how many they are."""
        _, output, _ = ask("fits.yaml", "--max-offers", "1")
        assert output.endswith("\n\n1 more offer left out; --max-offers 2 shows them, too.\n")

    def test_alternatives(self, ask: Ask) -> None:
        """`--alternatives` shows what other limits would give beside a YES."""
        assert "With other limits:" not in ask("fits.yaml").output
        assert "With other limits:\n  a  maxenddate " in ask("fits.yaml", "--alternatives").output

    def test_prefer(self, ask: Ask) -> None:
        """`--prefer` changes the order and drops none."""
        lines = ask("fits.yaml", "-o", "brief").output.splitlines()
        largest = ask("fits.yaml", "-o", "brief", "--prefer", "largest").output.splitlines()
        assert largest == lines[::-1]

    @pytest.mark.parametrize("measure", MEASURES)
    def test_every_preference(self, ask: Ask, measure: str) -> None:
        """Every measure that the core knows is one that can be preferred."""
        assert ask("fits.yaml", "--prefer", measure).status == 0

    @pytest.mark.parametrize("form", batch.REPORTS)
    def test_every_form_of_output(self, ask: Ask, form: str) -> None:
        """Every reporter is a choice, says the result, and ends with a line break."""
        status, output, _ = ask("huge.yaml", "--output", form)
        assert status == 1
        assert "NO" in output
        assert output.endswith("\n")

    def test_svg(self, ask: Ask, here: Path) -> None:
        """`--svg` writes a picture beside the answer."""
        assert ask("fits.yaml", "--svg", "answer.svg").output == YES
        assert (here / "answer.svg").read_text(encoding="utf-8").startswith("<svg ")

    def test_timeline(self, ask: Ask) -> None:
        """`--timeline` draws below the table also where there is no terminal."""
        output = ask("fits.yaml", "--timeline").output
        assert output.startswith(YES + "\n")
        assert "█ longest run" in output

    def test_ascii(self, ask: Ask) -> None:
        """`--ascii` keeps to ASCII."""
        assert ask("fits.yaml", "--timeline", "--ascii").output.isascii()

    def test_now_shapes_the_answer(self, ask: Ask) -> None:
        """No offer starts before `--now`; the last one that is given counts."""
        late = ask("fits.yaml", "-o", "brief", "--now", "2023-05-10T16:30:00+00:00")
        assert late.output == ask("fits.yaml", "-o", "brief").output


@pytest.mark.usefixtures("here")
class TestUsage:
    """Wrong usage: exit code 2, and what to write instead."""

    @pytest.mark.parametrize(
        ("arguments", "message"),
        [
            ([], "Missing argument 'TASK...'"),
            (["fits.yaml", "--output", "xml"], "'xml' is not one of 'table', 'brief', 'json', 'yaml'"),
            (["fits.yaml", "--max-offers", "0"], "0 is not in the range x>=1"),
            (["fits.yaml", "--prefer", "fastest"], "'fastest' is not one of"),
            (["fits.yaml", "--now", "yesterday"], "write it as 2023-05-11T09:00:00Z"),
            (["fits.yaml", "--now", "2023-05-11T09:00:00"], "write 2023-05-11T09:00:00Z for UTC"),
            (["-", "--platform", "-"], "can be read only once"),
            (["fits.yaml", "huge.yaml", "--svg", "answer.svg"], "--svg draws the answer to one task"),
            (["fits.yaml", "--timeline", "--output", "json"], "--timeline goes with --output table"),
            (["fits.yaml", "--plattform", "platform.yaml"], "--platform"),
        ],
    )
    def test_wrong_usage(self, execbroker: Ask, arguments: list[str], message: str) -> None:
        """The message names the mistake, and nothing goes to the standard output."""
        status, output, errors = execbroker("offers", *arguments)
        assert (status, output) == (2, "")
        assert message in errors


@pytest.mark.usefixtures("here")
class TestBatch:
    """Several tasks: all are answered, and the highest exit code counts."""

    @pytest.mark.parametrize(
        ("files", "status"),
        [
            (["fits.yaml", "fits.yaml"], 0),
            (["fits.yaml", "huge.yaml"], 1),
            (["huge.yaml", "fits.yaml"], 1),
            (["foreign.yaml", "fits.yaml"], 1),
            (["fits.yaml", "wrong.yaml"], 3),
            (["huge.yaml", "wrong.yaml", "fits.yaml"], 3),
            (["missing.yaml", "fits.yaml"], 4),
            (["missing.yaml", "wrong.yaml", "huge.yaml", "fits.yaml"], 4),
            (["huge.yaml", "wrong.yaml", "missing.yaml"], 4),
        ],
    )
    def test_highest_exit_code(self, ask: Ask, files: list[str], status: int) -> None:
        """4 before 3 before 1 before 0, in whatever order the files come."""
        run = ask(*files, "--output", "json")
        assert run.status == status
        good = [name for name in files if name in ("fits.yaml", "huge.yaml", "foreign.yaml")]
        assert len(run.output.splitlines()) == len(good)

    def test_goes_on_after_a_bad_file(self, ask: Ask) -> None:
        """What is wrong goes to the standard error with its file; the other tasks are answered in their order."""
        status, output, errors = ask(
            "missing.yaml", "fits.yaml", "wrong.yaml", "huge.yaml", "--output", "json"
        )
        assert status == 4
        assert [json.loads(line)["result"] for line in output.splitlines()] == ["YES", "NO"]
        assert errors.splitlines() == [
            "missing.yaml: error: cannot be read: no such file or directory",
            "wrong.yaml:1:47: error: unknown key `minmemroy`",
            "  1 | compute-resources: {mincores: 2, maxcores: 4, minmemroy: 4G}",
            "    |                                               ^^^^^^^^^",
            "  help: did you mean `minmemory`?",
            "4 tasks: 1 YES, 1 NO, 1 invalid, 1 unreadable",
            "2 errors in 2 files",
        ]

    def test_table(self, ask: Ask) -> None:
        """Each table has its file's name in its headline, and they are set apart by an empty line."""
        assert ask("fits.yaml", "huge.yaml").output == f"{YES}\n{NO}"

    def test_brief(self, ask: Ask) -> None:
        """Of several tasks each line begins with its file."""
        assert ask("fits.yaml", "huge.yaml", "--output", "brief").output.splitlines() == [
            "fits.yaml: 2023-05-10 10:00 => 3 hours, 2 cores, 24GiB",
            "fits.yaml: 2023-05-10 10:00 => 2 hours, 4 cores, 32GiB",
            "huge.yaml: NO: 16 cores asked, the pool has 8",
            "huge.yaml: INSTEAD: 2023-05-10 10:00 => 2 hours, 8 cores, 32GiB (mincores 8 instead of 16)",
        ]

    def test_yaml(self, ask: Ask) -> None:
        """Of several tasks each document names its file in a comment."""
        output = ask("fits.yaml", "huge.yaml", "--output", "yaml").output
        assert [line for line in output.splitlines() if line.startswith("---")] == [
            "--- # fits.yaml",
            "--- # huge.yaml",
        ]

    def test_same_bytes(self, ask: Ask) -> None:
        """The same input gives the same output, however often and in whatever company."""
        assert ask("huge.yaml", "fits.yaml", "-o", "json").output.splitlines()[::-1] == [
            ask(name, "-o", "json").output.rstrip("\n") for name in ("fits.yaml", "huge.yaml")
        ]


@pytest.mark.usefixtures("here")
class TestPlatforms:
    """Without all of its platforms nothing is answered."""

    def test_invalid_platform(self, ask: Ask) -> None:
        """An invalid platform file is exit code 3, and no task is answered."""
        status, output, errors = ask("fits.yaml", "--platform", "wrong.yaml")
        assert (status, output) == (3, "")
        assert errors.startswith("wrong.yaml:1:1: error: ")

    def test_missing_platform(self, ask: Ask) -> None:
        """A missing platform file is exit code 4; the others are read all the same."""
        status, output, errors = ask("fits.yaml", "--platform", "missing.yaml", "--platform", "wrong.yaml")
        assert (status, output) == (4, "")
        assert "missing.yaml: error: cannot be read" in errors
        assert "wrong.yaml:1:1: error: " in errors

    def test_tasks_are_read_all_the_same(self, ask: Ask) -> None:
        """What is wrong with a task is said, and counts, also where a platform is invalid."""
        status, output, errors = ask("missing.yaml", "fits.yaml", "--platform", "wrong.yaml")
        assert (status, output) == (4, "")
        assert "missing.yaml: error: cannot be read" in errors
        assert "wrong.yaml:1:1: error: " in errors

    def test_a_picture_overwrites_no_question(self, ask: Ask) -> None:
        """The picture's file is neither the task's nor the platform's, nor the standard output."""
        for name in ("-", "fits.yaml", "here.yaml"):
            assert ask("fits.yaml", "--platform", "here.yaml", "--svg", name)[0] == 2


class TestSettings:
    """Options and the settings that they become are the same."""

    def test_options_are_settings(self) -> None:
        """Every option has its field, and every field its option."""
        assert {parameter.name for parameter in offers.params} == {
            field.name for field in fields(batch.Settings)
        }

    @pytest.mark.parametrize("field", fields(batch.Settings), ids=lambda field: field.name)
    def test_types(self, field: Any) -> None:
        """What an option gives, with the type that its setting is annotated with."""
        hints = inspect.get_annotations(batch.Settings, eval_str=True)
        arguments = {
            "tasks": ["a.yaml"],
            "platforms": [],
            "max_offers": ["--max-offers", "3"],
            "svg": ["--svg", "x"],
        }
        given = arguments.get(field.name, []) if field.name != "tasks" else []
        command = cli.get_command(click.Context(cli), "offers")
        assert command is not None
        values = command.make_context("offers", ["a.yaml", *given]).params
        hint = hints[field.name]
        allowed = hint.__args__ if isinstance(hint, types.UnionType) else (getattr(hint, "__origin__", hint),)
        assert isinstance(values[field.name], allowed)

    def test_choices(self) -> None:
        """The choices of an option are the keys of the table that it picks from."""
        choices = {
            each.name: list(each.type.choices)
            for each in offers.params
            if isinstance(each.type, click.Choice)
        }
        assert choices["output"] == [*batch.REPORTS]
        assert choices["prefer"] == [*MEASURES]
