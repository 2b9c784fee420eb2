"""`execbroker validate`: verdicts, problems, exit codes."""

from __future__ import annotations

import io
import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

Command = Callable[..., Any]

PROBLEM = """\
wrong.yaml:1:47: error: unknown key `minmemroy`
  1 | compute-resources: {mincores: 2, maxcores: 4, minmemroy: 4G}
    |                                               ^^^^^^^^^
  help: did you mean `minmemory`?
"""


@pytest.mark.usefixtures("here")
class TestText:
    """For people."""

    @pytest.mark.parametrize(("name", "kind"), [("fits.yaml", "task"), ("platform.yaml", "platform")])
    def test_valid(self, execbroker: Command, name: str, kind: str) -> None:
        """What a valid file is, is recognised by its keys."""
        assert execbroker("validate", name) == (0, f"{name}: valid {kind}\n", "")

    def test_invalid(self, execbroker: Command) -> None:
        """The verdict goes to the standard output, what is wrong to the standard error."""
        assert execbroker("validate", "wrong.yaml") == (
            3,
            "wrong.yaml: invalid, 1 error\n",
            f"{PROBLEM}1 error\n",
        )

    def test_all_problems_at_once(self, execbroker: Command, here: Path) -> None:
        """Every problem of a file is told, in order, and they are counted."""
        (here / "many.yaml").write_text(
            "minduration: 1:30\nmincores: 4\ntimezone: Europe/Lodnon\n", encoding="utf-8"
        )
        status, output, errors = execbroker("validate", "many.yaml")
        places = [line.partition(" ")[0] for line in errors.splitlines() if line.startswith("many")]
        assert (status, places) == (3, ["many.yaml:1:14:", "many.yaml:2:1:", "many.yaml:3:11:"])
        assert output == "many.yaml: invalid, 3 errors\n"
        assert errors.endswith("\n3 errors\n")

    def test_warning(self, execbroker: Command, here: Path) -> None:
        """A warning is told, and leaves the file valid."""
        (here / "odd.yaml").write_text(
            "compute-resources: [{mincores: 4}, {minmemory: 80G}]\n", encoding="utf-8"
        )
        status, output, errors = execbroker("validate", "odd.yaml")
        assert (status, output) == (0, "odd.yaml: valid task, 1 warning\n")
        assert "odd.yaml:1:20: warning: " in errors

    def test_unknown_language(self, execbroker: Command) -> None:
        """What is in an unknown language cannot be called valid."""
        status, _, errors = execbroker("validate", "foreign.yaml")
        assert status == 3
        assert errors.startswith("foreign.yaml:1:7: error: the language `KLINGON-1` is not known\n")

    @pytest.mark.parametrize(
        ("files", "status"),
        [
            (["fits.yaml", "platform.yaml"], 0),
            (["fits.yaml", "wrong.yaml", "platform.yaml"], 3),
            (["missing.yaml", "wrong.yaml", "fits.yaml"], 4),
        ],
    )
    def test_several_files(self, execbroker: Command, files: list[str], status: int) -> None:
        """All files are checked, and the highest exit code counts."""
        run = execbroker("validate", *files)
        assert run.status == status
        assert [line.partition(":")[0] for line in run.output.splitlines()] == files

    def test_unreadable(self, execbroker: Command) -> None:
        """What cannot be read is not called invalid."""
        assert execbroker("validate", ".", "wrong.yaml")[:2] == (
            4,
            ".: unreadable\nwrong.yaml: invalid, 1 error\n",
        )

    def test_empty_name(self, execbroker: Command) -> None:
        """An empty name is wrong usage, and said to be empty."""
        status, output, errors = execbroker("validate", "fits.yaml", "")
        assert (status, output) == (2, "")
        assert errors.endswith("Error: '' is empty, and no file has an empty name\n")

    def test_help(self, execbroker: Command) -> None:
        """The exit codes are its own."""
        listed = execbroker("validate", "--help").output.partition("Exit codes:\n")[2]
        assert [line.split()[0] for line in listed.splitlines()] == ["0", "2", "3", "4"]
        assert "NO" not in listed

    def test_standard_input(self, execbroker: Command, here: Path, monkeypatch: pytest.MonkeyPatch) -> None:
        """`-` is the standard input, once."""
        source = io.TextIOWrapper(io.BytesIO((here / "fits.yaml").read_bytes()))
        monkeypatch.setattr("sys.stdin", source)
        assert execbroker("validate", "-") == (0, "<stdin>: valid task\n", "")
        assert execbroker("validate", "-", "-").status == 2


@pytest.mark.usefixtures("here")
class TestJson:
    """For programs."""

    def test_one_line_a_file(self, execbroker: Command) -> None:
        """Each file has its line, whatever came of it; what people read stays on the standard error."""
        status, output, errors = execbroker(
            "validate", "fits.yaml", "wrong.yaml", "missing.yaml", "-o", "json"
        )
        assert status == 4
        assert [json.loads(line) for line in output.splitlines()] == [
            {"file": "fits.yaml", "valid": True, "kind": "task", "problems": []},
            {
                "file": "wrong.yaml",
                "valid": False,
                "kind": None,
                "problems": [
                    {
                        "severity": "error",
                        "code": "unknown-key",
                        "line": 1,
                        "column": 47,
                        "path": "compute-resources.minmemroy",
                        "message": "unknown key `minmemroy`",
                        "found": "minmemroy",
                        "hint": "did you mean `minmemory`?",
                    }
                ],
            },
            {
                "file": "missing.yaml",
                "valid": False,
                "kind": None,
                "problems": [
                    {
                        "severity": "error",
                        "code": "cannot-read",
                        "message": "cannot be read: no such file or directory",
                    }
                ],
            },
        ]
        assert errors.startswith(PROBLEM)
