"""The examples are tests: the accepted ones read, and the rejected ones give exactly the messages that they state.

A rejected example begins with comment lines `# expect: line:column: code: message`; beside a JSON file, which has
no comments, the same lines stand in a file of its name and `.expect`.
"""

from pathlib import Path

import pytest

from execbroker.core.problems import Problem
from execbroker.languages import read_either, read_platform, read_task

EXAMPLES = Path(__file__).parent.parent / "examples"
READERS = {"tasks": read_task, "platforms": read_platform}
FORMATS = {".yaml", ".json"}


def found(folder: str) -> list[Path]:
    """The files of a folder of examples."""
    return sorted(path for path in (EXAMPLES / folder).iterdir() if path.suffix in FORMATS)


def name_of(path: Path) -> str:
    """How a file is called in the list of tests."""
    return str(path.relative_to(EXAMPLES))


def rendered(problem: Problem) -> str:
    """A problem as the examples state it."""
    assert problem.position is not None
    advice = f"; {problem.hint}" if problem.hint else ""
    return f"{problem.position.line}:{problem.position.column}: {problem.code}: {problem.message}{advice}"


def expected(path: Path) -> list[str]:
    """The messages that a rejected example states."""
    if path.suffix == ".json":
        return path.with_suffix(".json.expect").read_text("utf-8").splitlines()
    lines = path.read_text("utf-8").splitlines()
    return [line.removeprefix("# expect: ") for line in lines if line.startswith("# expect: ")]


@pytest.mark.parametrize("path", [*found("tasks"), *found("platforms")], ids=name_of)
def test_accepted_examples_are_read_without_a_word(path: Path) -> None:
    """An accepted example has neither errors nor warnings, and `read_either` sees what it is."""
    reading = READERS[path.parent.name](path.read_bytes(), path.name)
    assert reading.problems == ()
    assert reading == read_either(path.read_bytes(), path.name)


@pytest.mark.parametrize("path", [*found("tasks/rejected"), *found("platforms/rejected")], ids=name_of)
def test_rejected_examples_give_their_messages(path: Path) -> None:
    """A rejected example gives no value, and exactly the problems that it states, in their order."""
    reading = READERS[path.parent.parent.name](path.read_bytes(), path.name)
    assert expected(path)
    assert [rendered(problem) for problem in reading.problems] == expected(path)
    assert reading.value is None


def test_there_are_examples_of_everything() -> None:
    """A dozen accepted ones and as many rejected ones, in both formats."""
    accepted = [*found("tasks"), *found("platforms")]
    rejected = [*found("tasks/rejected"), *found("platforms/rejected")]
    assert len(accepted) >= 12
    assert len(rejected) >= 12
    assert {path.suffix for path in accepted} == {path.suffix for path in rejected} == FORMATS
