"""`execbroker judge`: one answer in files, the rules, and what goes wrong with either."""

from __future__ import annotations

import io
import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from execbroker.testing.rules import ANSWER_RULES, HISTORY_RULES, UNCHECKED

Judge = Callable[..., Any]

NOW = "2023-05-09T12:00:00Z"
EXAMPLES = Path(__file__).parents[2] / "examples"

#: What the small platform answers to the task that fits, in one offer, and that overlooks the booking.
WRONG = """\
result: YES
offers:
  - offer: the-one
    platform: edinburgh
    pool: batch
    expires: 2023-05-09T12:05:00Z
    startdate: 2023-05-10
    starttime: 10:00
    minstart: 2023-05-10T10:00:00Z
    maxstart: 2023-05-10T14:00:00Z
    maxend: 2023-05-10T15:00:00Z
    minduration: PT1H
    maxduration: PT3H
    compute-resources: [{mincores: 2, maxcores: 4, minmemory: 4GiB, maxmemory: 24GiB}]
"""

VIOLATED = """\
VIOLATED  wrong.answer  2 violations: 1 must, 1 quality

  must: within-capacity (A40)  IVOA ExecutionBroker draft, section 2.2.2
    offers[0].maxcores: 4 of cores promised for a run from 2023-05-10T10:00:00Z to 2023-05-10T13:00:00Z, 2 free
"""


@pytest.fixture
def judged(here: Path, ask: Judge) -> Path:
    """The directory, with the answer of the planner and a wrong one."""
    (here / "right.answer").write_text(ask("fits.yaml", "--output", "yaml").output, encoding="utf-8")
    (here / "wrong.answer").write_text(WRONG, encoding="utf-8")
    return here


@pytest.fixture
def judge(judged: Path, execbroker: Judge) -> Judge:
    """Run `execbroker judge` on the small platform, at a fixed instant."""

    def call(*arguments: str) -> Any:
        return execbroker("judge", *arguments, "--platform", "platform.yaml", "--now", NOW)

    return call


class TestVerdict:
    """One answer to one task."""

    def test_sound(self, judge: Judge) -> None:
        """What the planner answers is sound."""
        count = len(ANSWER_RULES)
        assert judge("fits.yaml", "right.answer") == (0, f"SOUND  right.answer  {count} rules\n", "")

    def test_violated(self, judge: Judge) -> None:
        """A violation is told with its level, rule, number, clause, place and figures, and exit code 1."""
        status, output, errors = judge(
            "fits.yaml", "wrong.answer", "--rules", "within-capacity,room-left-out"
        )

        assert (status, errors) == (1, "")
        assert output.startswith(VIOLATED)
        assert "  quality: room-left-out (A62)  execbroker, definition of an answer\n" in output

    @pytest.mark.parametrize("form", ["json", "yaml"])
    def test_documents(self, judge: Judge, form: str) -> None:
        """For programs there is a document, JSON on one line."""
        status, output, _ = judge("fits.yaml", "wrong.answer", "--rules", "must", "-o", form)
        assert status == 1
        if form == "json":
            (line,) = output.splitlines()
            tree = json.loads(line)
            (violation,) = tree["violations"]
            assert (tree["answer"], tree["verdict"]) == ("wrong.answer", "violated")
            assert (violation["rule"], violation["asked"], violation["available"]) == (
                "within-capacity",
                4000,
                2000,
            )
        else:
            assert output.startswith("answer: wrong.answer\nverdict: violated\nviolations:\n")

    def test_colour(self, judge: Judge) -> None:
        """Colours are for terminals and for who asks."""
        arguments = ("fits.yaml", "wrong.answer", "--color")
        assert "\x1b[1;31mVIOLATED\x1b[0m" in judge(*arguments, "always").output
        assert "\x1b" not in judge(*arguments, "auto").output

    def test_chosen_rules(self, judge: Judge) -> None:
        """Rules are chosen by name and by level, and the option may come again."""
        arguments = ("fits.yaml", "wrong.answer", "-o", "json", "--rules")
        assert judge(*arguments, "minimum-met")[0] == 0
        assert judge(*arguments, "minimum-met", "--rules", "must")[0] == 1

    def test_a_slip(self, judge: Judge) -> None:
        """A rule that there is not is wrong usage, with the one that was meant."""
        status, _, errors = judge("fits.yaml", "wrong.answer", "--rules", "within-capcity")
        assert status == 2
        assert "did you mean within-capacity?" in errors

    def test_standard_input(self, judge: Judge, judged: Path, monkeypatch: pytest.MonkeyPatch) -> None:
        """`-` is the standard input, for one of the files."""
        monkeypatch.setattr("sys.stdin", io.TextIOWrapper(io.BytesIO(WRONG.encode())))
        status, output, _ = judge("fits.yaml", "-", "--rules", "must")
        assert (status, output.split()[1]) == (1, "<stdin>")
        assert judge("-", "-")[0] == 2

    def test_several_platforms(self, judge: Judge, judged: Path) -> None:
        """Several platforms were asked as one."""
        text = (judged / "platform.yaml").read_text("utf-8").replace("edinburgh", "leith")
        (judged / "other.yaml").write_text(text, encoding="utf-8")
        status, output, _ = judge("fits.yaml", "right.answer", "--platform", "other.yaml", "--rules", "must")
        assert (status, output[:5]) == (0, "SOUND")
        assert judge("fits.yaml", "right.answer", "--platform", "platform.yaml")[0] == 2

    def test_bookings(self, judge: Judge, judged: Path) -> None:
        """What is booked beside what the platform says itself counts, too."""
        (judged / "booked.yaml").write_text(
            "- {pool: batch, start: 2023-05-10T10:00Z, end: 2023-05-10T11:00Z, cores: 7}\n", encoding="utf-8"
        )
        arguments = ("fits.yaml", "right.answer", "--bookings", "booked.yaml")
        status, output, _ = judge(*arguments)
        assert status == 1
        assert "within-capacity" in output
        assert judge(*arguments, "--platform", "platform.yaml")[0] == 2

    @pytest.mark.parametrize(("client", "status"), [("alice", 0), ("mallory", 1)])
    def test_who_asked(self, judge: Judge, execbroker: Judge, judged: Path, client: str, status: int) -> None:
        """What may be offered to one client may not be to another, where the platform's policy says so."""
        open_to_all = (judged / "platform.yaml").read_text("utf-8")
        guarded = f"{open_to_all}policy: {{identities: {{deny: [mallory]}}}}\n"
        (judged / "platform.yaml").write_text(guarded, encoding="utf-8")

        assert judge("fits.yaml", "right.answer", "--client", client)[0] == status
        assert execbroker("judge", "--stdio", "--client", client)[0] == 2

    def test_unknown_language(self, judge: Judge, judged: Path) -> None:
        """To a task in a language that nobody knows the answer is NO, and YES is a violation."""
        (judged / "no.answer").write_text('{"result": "NO"}', encoding="utf-8")
        assert judge("foreign.yaml", "no.answer")[0] == 0
        status, output, _ = judge("foreign.yaml", "right.answer")
        assert status == 1
        assert "KLINGON-1" in output


class TestLargeWorlds:
    """Platforms whose horizon has too many steps to try everything."""

    #: Those that would take hours.
    TOO_LARGE = ("cloud", "guarded", "maintenance", "web", "workstation")

    @pytest.mark.parametrize("path", sorted((EXAMPLES / "platforms").glob("*.*")), ids=lambda path: path.stem)
    def test_examples(self, execbroker: Judge, tmp_path: Path, path: Path) -> None:
        """The judge comes to an end, and says which rule it has passed over, and of the others that all is well."""
        task, answer = str(EXAMPLES / "tasks" / "hello.yaml"), tmp_path / "own.answer"
        asked = ("--platform", str(path), "--now", NOW)
        answer.write_text(execbroker("offers", task, *asked, "-o", "yaml").output, encoding="utf-8")

        status, output, errors = execbroker("judge", task, str(answer), *asked, "-o", "json")

        tree = json.loads(output)
        assert (status, tree["verdict"], errors) == (0, "sound", "")
        if path.stem in self.TOO_LARGE:
            assert tree["unjudged"] == ["room-left-out"]

    def test_table(self, judge: Judge, judged: Path) -> None:
        """For people it is the last line, below the verdict; the exit code is that of the other rules."""
        text = (
            (judged / "platform.yaml").read_text("utf-8").replace("edinburgh", "edinburgh\ngranularity: 1s")
        )
        (judged / "platform.yaml").write_text(text, encoding="utf-8")
        last = "\nNot judged: room-left-out (there are too many possibilities to try them all)\n"

        count = len(ANSWER_RULES) - 1
        assert judge("fits.yaml", "right.answer") == (0, f"SOUND  right.answer  {count} rules\n{last}", "")
        status, output, _ = judge("fits.yaml", "wrong.answer")
        assert (status, output[:8]) == (1, "VIOLATED")
        assert output.endswith(last)
        assert "Not judged" not in judge("fits.yaml", "right.answer", "--rules", "must").output

    def test_small(self, judge: Judge) -> None:
        """Where everything can be tried, everything is judged, and nothing is said of it."""
        assert "unjudged" not in json.loads(judge("fits.yaml", "right.answer", "-o", "json").output)


class TestMistakes:
    """What cannot be judged."""

    @pytest.mark.parametrize(
        ("change", "place", "message"),
        [
            (("result: YES", "result: MAYBE"), "wrong.answer:1:9", "`result` is `MAYBE`"),
            (("maxcores: 4", "maxcores: 1"), "wrong.answer:14:", "`mincores` (2) is above `maxcores` (1)"),
            (("minstart: 2023-05-10T10:00:00Z", "minstart: soon"), "wrong.answer:9:15", "soon"),
            (("    pool: batch\n", ""), "wrong.answer:3:", "`pool` is missing"),
        ],
    )
    def test_answer(
        self, judge: Judge, judged: Path, change: tuple[str, str], place: str, message: str
    ) -> None:
        """An answer that cannot be read is told with its place, and exit code 3."""
        (judged / "wrong.answer").write_text(WRONG.replace(*change), encoding="utf-8")
        status, output, errors = judge("fits.yaml", "wrong.answer")
        assert (status, output) == (3, "")
        assert any(line.startswith(place) and message in line for line in errors.splitlines()), errors

    def test_everything_at_once(self, judge: Judge, judged: Path) -> None:
        """All files are read, whatever is wrong with the first, and the highest exit code counts."""
        (judged / "booked.yaml").write_text("- {pool: bach}\n", encoding="utf-8")
        status, _, errors = judge("wrong.yaml", "none.answer", "--bookings", "booked.yaml")
        assert status == 4
        assert "none.answer" in errors
        assert "wrong.yaml:1:47: error" in errors
        assert "booked.yaml:1:10: error: there is no pool `bach`" in errors

    def test_warnings(self, judge: Judge, judged: Path) -> None:
        """A warning is told, and hinders nothing."""
        text = (judged / "platform.yaml").read_text("utf-8").replace("cores: 6", "cores: 9")
        (judged / "platform.yaml").write_text(text, encoding="utf-8")
        status, output, errors = judge("fits.yaml", "right.answer", "--rules", "minimum-met", "-o", "json")
        assert status == 0
        assert "booked beyond" in errors
        assert [each["severity"] for each in json.loads(output)["problems"]] == ["warning"]

    @pytest.mark.parametrize(
        "arguments",
        [
            (),
            ("fits.yaml",),
            ("fits.yaml", "right.answer", "right.answer"),
            ("fits.yaml", "right.answer", "--examples", "3"),
            ("fits.yaml", "right.answer", "--list"),
        ],
    )
    def test_wrong_usage(self, judge: Judge, arguments: tuple[str, ...]) -> None:
        """Too few files, too many, or options that don't go together are wrong usage."""
        status, output, errors = judge(*arguments)
        assert (status, output) == (2, "")
        assert "Usage: execbroker judge" in errors

    def test_no_platform(self, judged: Path, execbroker: Judge) -> None:
        """Nobody can judge an answer who doesn't know who gave it."""
        status, _, errors = execbroker("judge", "fits.yaml", "right.answer")
        assert status == 2
        assert "--platform" in errors


class TestRules:
    """The list of rules."""

    def test_all(self, execbroker: Judge) -> None:
        """Every rule is there, with what it demands, and what no rule checks, with the reason."""
        status, output, errors = execbroker("judge", "--list", "-o", "json")
        tree = json.loads(output)

        assert (status, errors) == (0, "")
        assert [each["rule"] for each in tree["rules"]] == [
            rule.name for rule in (*ANSWER_RULES, *HISTORY_RULES)
        ]
        assert [each["why-not"] for each in tree["unchecked"]] == [each.why for each in UNCHECKED]
        assert all(all(each.values()) for each in (*tree["rules"], *tree["unchecked"]))

    def test_table(self, execbroker: Judge) -> None:
        """For people it is a table."""
        output = execbroker("judge", "--list").output
        assert "within-capacity" in output
        assert "\nNot checked:\n" in output

    def test_yaml(self, execbroker: Judge) -> None:
        """And there is YAML."""
        assert execbroker("judge", "--list", "-o", "yaml").output.startswith("rules:\n  - number: A01\n")

    def test_some(self, execbroker: Judge) -> None:
        """Those that are chosen alone."""
        output = execbroker("judge", "--list", "--rules", "spurious-no").output
        assert output.count("\n") == 2
        assert "Not checked" not in output
