"""`execbroker convert`: documents, losses, exit codes."""

from __future__ import annotations

import io
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from execbroker.languages import read_answer, read_task

Command = Callable[..., Any]

DIALECTS = Path(__file__).parents[2] / "examples" / "dialects"

TASK = """\
name: fringe
compute-resources: {mincores: 2, minmemory: 1500M, mingpus: 1}
minduration: 2h
"""

LOST = """\
task.yaml: lost: compute-resources[0].gpus (1): the language has cores and memory only
task.yaml: lost: compute-resources[0].minmemory (1500MiB): the language has whole GiB; 2 is written
task.yaml: lost: name (fringe): the language has no name for the whole of a request
3 things got lost
"""


@pytest.fixture
def task(here: Path) -> str:
    """The name of a file with a task that no dialect can say."""
    (here / "task.yaml").write_text(TASK, encoding="utf-8")
    return "task.yaml"


class TestTasks:
    """Tasks go from any language to any other."""

    def test_what_got_lost_is_told(self, execbroker: Command, task: str) -> None:
        """On the standard error; the document goes to the standard output, as YAML unless asked otherwise."""
        status, output, errors = execbroker("convert", task, "--to", "Calycopis-1.0")
        assert (status, errors) == (0, LOST)
        assert output.endswith(
            "  cores: {min: 2}\n  memory: {min: 2}\nschedule: {requested: {duration: PT2H}}\n"
        )
        assert read_task(output).is_valid

    def test_strict(self, execbroker: Command, task: str) -> None:
        """Where a loss is as bad as a NO, the exit code says so."""
        assert execbroker("convert", task, "--to", "Calycopis-1.0", "--strict").status == 1
        assert execbroker("convert", task, "--to", "IVOA-TDL-1.0", "--strict").status == 0

    def test_what_was_not_read_is_lost_too(self, execbroker: Command) -> None:
        """What a reader does not keep of an answer is a loss, though the other language could say it."""
        answer = str(DIALECTS / "answer-2025.json")
        status, _, errors = execbroker("convert", answer, "--to", "IVOA-EB-2025", "--strict")
        assert status == 1
        assert "not what else an offer tells: executable, data, " in errors

    @pytest.mark.parametrize("name", ["request-2025", "request-calycopis", "answer-2025", "answer-calycopis"])
    @pytest.mark.parametrize("target", ["IVOA-TDL-1.0", "IVOA-EB-2025", "Calycopis-1.0"])
    @pytest.mark.parametrize("output", ["json", "yaml"])
    def test_from_any_to_any(self, execbroker: Command, name: str, target: str, output: str) -> None:
        """What comes out is valid in its language."""
        path = str(DIALECTS / f"{name}.json")
        status, document, _ = execbroker("convert", path, "--to", target, "--output", output)
        reading = (read_task if name.startswith("request") else read_answer)(document)
        assert status == 0
        assert reading.unwrap().language == target
        assert document.startswith("{") is (output == "json")

    def test_standard_input_and_a_language_that_is_named(
        self, execbroker: Command, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        """A document that shows nothing of its language may be helped."""
        monkeypatch.setattr("sys.stdin", io.TextIOWrapper(io.BytesIO(b"{}")))
        status, output, errors = execbroker("convert", "-", "--from", "IVOA-EB-2025", "--to", "IVOA-TDL-1.0")
        assert (status, output, errors) == (0, "lang: IVOA-TDL-1.0\ntask: {}\n", "")


@pytest.mark.usefixtures("here")
class TestFaults:
    """What goes wrong, and how the program ends."""

    def test_invalid(self, execbroker: Command) -> None:
        """Nothing is written, and all that is wrong is told."""
        status, output, errors = execbroker("convert", "wrong.yaml", "--to", "IVOA-EB-2025")
        assert (status, output) == (3, "")
        assert "wrong.yaml:1:47: error: unknown key `minmemroy`" in errors

    def test_missing(self, execbroker: Command) -> None:
        """A file that cannot be read."""
        assert execbroker("convert", "none.yaml", "--to", "IVOA-EB-2025").status == 4

    def test_a_language_that_is_only_read(self, execbroker: Command, task: str) -> None:
        """Of the draft's text no request is written."""
        status, output, errors = execbroker("convert", task, "--to", "IVOA-EB-2024")
        assert (status, output) == (2, "")
        assert "tasks in IVOA-EB-2024 are only read" in errors

    @pytest.mark.parametrize("option", ["--to", "--from"])
    def test_unknown_language(self, execbroker: Command, task: str, option: str) -> None:
        """Is wrong usage, with the one that was likely meant."""
        status, _, errors = execbroker("convert", task, "--to", "IVOA-TDL-1.0", option, "IVOA-EB-2052")
        assert status == 2
        assert "there is no language 'IVOA-EB-2052'; did you mean 'IVOA-EB-202" in errors
        assert "there are IVOA-TDL-1.0, " in execbroker("convert", task, "--to", "x").errors
