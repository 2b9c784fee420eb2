"""Tests of the registry: which language a document is in, and languages that other packages bring."""

import sys
from pathlib import Path

import pytest

from execbroker.core.answer import Answer
from execbroker.core.platform import Platform
from execbroker.core.task import Task
from execbroker.languages import (
    LANGUAGE_UNKNOWN,
    Language,
    is_unknown_language,
    language,
    languages,
    read_answer,
    read_either,
    read_platform,
    read_task,
    write_answer,
)

#: A package that brings a language, whose tasks have a name and nothing else.
PACKAGE = """
from attrs import evolve
from execbroker.core.answer import Answer
from execbroker.core.problems import Reading
from execbroker.core.task import Task
from execbroker.languages import Language

SMALL = Language(
    "small-1.0",
    lambda document: False,
    lambda document, resources: Reading(Task(name=document.root["call"], language="small-1.0")),
    lambda answer: {"answer": "yes" if answer.is_yes else "no"},
)
BOTH = evolve(SMALL, name="both-1.0", read_answer=lambda document: Reading(Answer(language="both-1.0")))
OTHER = 3
"""


def install(folder: Path, monkeypatch: pytest.MonkeyPatch, module: str, entry: str, source: str) -> None:
    """Put a package where Python looks for packages, with one entry point."""
    (folder / f"{module}.py").write_text(source)
    metadata = folder / f"{module}-1.0.dist-info"
    metadata.mkdir()
    (metadata / "METADATA").write_text(f"Metadata-Version: 2.1\nName: {module}\nVersion: 1.0\n")
    (metadata / "entry_points.txt").write_text(f"[execbroker.languages]\n{entry}\n")
    monkeypatch.syspath_prepend(folder)
    monkeypatch.delitem(sys.modules, module, raising=False)


class TestBuiltIn:
    """`IVOA-TDL-1.0` is there without further ado."""

    def test_the_seed_language_is_first(self) -> None:
        """And found by its name."""
        assert languages()[0].name == "IVOA-TDL-1.0"
        assert language("IVOA-TDL-1.0") is languages()[0]
        assert language("IVOA-TDL-7.0") is None

    def test_languages_are_values(self) -> None:
        """Equal if all their parts are, and not to be changed."""
        first = languages()[0]
        again = Language(
            first.name, first.reads, first.read, first.write, first.read_answer, first.write_task
        )
        assert again == first
        with pytest.raises(AttributeError):
            first.name = "other"  # type: ignore[misc]

    @pytest.mark.parametrize("name", ["IVOA-TDL-1.1", "ivoa-tdl-1.0", "IVOA-TDL-1.0 ", "x", ""])
    def test_any_other_language_is_unknown(self, name: str) -> None:
        """That is the one problem of its documents, whatever else there is in them."""
        reading = read_task(f'lang: "{name}"\ntask: {{whatever: 3, minduration: 1}}', "task.yaml")
        (problem,) = reading.problems
        assert (problem.code, problem.path, problem.found) == (LANGUAGE_UNKNOWN, "lang", name)
        assert str(problem.position) == "task.yaml:1:7"
        assert is_unknown_language(reading)

    def test_a_near_name_is_suggested(self) -> None:
        """A slip of the pen is no other language, but nothing is guessed."""
        assert "did you mean `IVOA-TDL-1.0`?" in str(read_task("lang: IVOA-TLD-1.0").problems[0])
        assert "known is `IVOA-TDL-1.0`" in str(read_task("lang: CWL").problems[0])

    @pytest.mark.parametrize("value", ["3", "[IVOA-TDL-1.0]", "", "{}", "true"])
    def test_a_language_is_a_name(self, value: str) -> None:
        """What is no text is an error of the file, not a language that is unknown."""
        reading = read_task(f"lang: {value}\ntask: {{}}")
        assert [problem.code for problem in reading.problems] == ["wrong-type"]
        assert not is_unknown_language(reading)

    def test_answers_too(self) -> None:
        """Are read in languages that are known, whatever else there is in them."""
        reading = read_answer("lang: IVOA-TLD-1.0\nresult: 3", "answer.yaml")
        (problem,) = reading.problems
        assert (problem.code, problem.hint) == (LANGUAGE_UNKNOWN, "did you mean `IVOA-TDL-1.0`?")
        assert str(problem.position) == "answer.yaml:1:7"
        assert is_unknown_language(reading)
        assert read_answer('result: "NO"').unwrap() == Answer()

    def test_other_problems_are_no_unknown_language(self) -> None:
        """Nor is a task without any."""
        assert not is_unknown_language(read_task("minduration: 1"))
        assert not is_unknown_language(read_task("{}"))

    def test_answers_are_written_in_the_language_of_their_task(self) -> None:
        """And in no other."""
        assert write_answer(Answer())["lang"] == "IVOA-TDL-1.0"
        with pytest.raises(LookupError, match="small"):
            write_answer(Answer(language="small-1.0"))


class TestOtherPackages:
    """Another package adds a language by an entry point of its name."""

    def test_its_tasks_are_read_and_its_answers_written(
        self, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        """As if it were built in."""
        install(tmp_path, monkeypatch, "small_language", "small-1.0 = small_language:SMALL", PACKAGE)
        task = read_task("lang: small-1.0\ncall: me").unwrap()
        assert task == Task(name="me", language="small-1.0")
        assert write_answer(Answer(language=task.language)) == {"answer": "no"}

    def test_its_answers_are_read_if_it_can(self, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
        """A language may also do no more than write them, and then that is the one problem."""
        entries = "small-1.0 = some_languages:SMALL\nboth-1.0 = some_languages:BOTH"
        install(tmp_path, monkeypatch, "some_languages", entries, PACKAGE)
        assert read_answer("lang: both-1.0").unwrap() == Answer(language="both-1.0")
        (problem,) = read_answer("lang: small-1.0\nanswer: no", "answer.yaml").problems
        assert (problem.code, problem.path, problem.found) == ("language-not-read", "lang", "small-1.0")
        assert str(problem.position) == "answer.yaml:1:7"

    @pytest.mark.parametrize(
        ("entry", "source", "said"),
        [
            ("small-1.0 = broken_language:SMALL", "raise OSError('no disk')", "OSError: no disk"),
            ("small-1.0 = broken_language:SMALL", "1 +", "SyntaxError"),
            ("small-1.0 = broken_language:MISSING", PACKAGE, "AttributeError"),
            ("small-1.0 = broken_language:OTHER", PACKAGE, "type int, not a Language"),
            ("small-1.0 = broken_language:SMALL", PACKAGE, "KeyError: 'call'"),
            ("small-1.0 = nowhere_at_all:SMALL", PACKAGE, "No module named 'nowhere_at_all'"),
        ],
    )
    def test_a_broken_package_is_a_problem_and_no_traceback(
        self, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, entry: str, source: str, said: str
    ) -> None:
        """It says what is wrong with what."""
        install(tmp_path, monkeypatch, "broken_language", entry, source)
        reading = read_task("lang: small-1.0\ncalled: me", "task.yaml")
        (problem,) = reading.problems
        assert problem.code == "broken-language"
        assert said in problem.message
        assert "`small-1.0`" in problem.message
        assert str(problem.position) == "task.yaml:1:7"
        assert not is_unknown_language(reading)

    def test_it_is_loaded_only_when_it_is_named(
        self, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        """A broken package harms nobody who doesn't use it."""
        install(tmp_path, monkeypatch, "idle_language", "idle-1.0 = idle_language:X", "raise SystemError")
        assert read_task("lang: IVOA-TDL-1.0\ntask: {}").is_valid
        assert is_unknown_language(read_task("lang: other-1.0"))
        assert "idle_language" not in sys.modules


class TestFiles:
    """What kind of file it is."""

    @pytest.mark.parametrize(
        ("text", "kind"),
        [
            ("minduration: 2h", Task),
            ("task: {minduration: 2h}", Task),
            ("{}", Task),
            ("platform: p\npools: [{name: a, cores: 1}]", Platform),
        ],
    )
    def test_a_file_is_what_its_keys_say(self, text: str, kind: type) -> None:
        """A platform has pools."""
        assert isinstance(read_either(text, "file").unwrap(), kind)

    def test_a_platform_with_problems_is_one_all_the_same(self) -> None:
        """The problems are those of a platform file."""
        text = "pools: [{name: a, coers: 1}]"
        assert read_either(text, "p").problems == read_platform(text, "p").problems
        assert read_either("[", "p").problems == read_platform("[", "p").problems
