"""Tests of how problems are collected: places, limits, and what is still sound."""

from execbroker.core.problems import Unreadable
from execbroker.languages.structuring.findings import MOST_PROBLEMS, Findings, few, shown
from execbroker.languages.text.reader import read


def findings(text: str = "{a: [1, {b: 2}], c: 1e3}") -> Findings:
    """No findings in a document yet."""
    return Findings(read(text, "f").unwrap())


def test_problems_have_their_places() -> None:
    """Of the value, or of the key."""
    found = findings()
    found.error("x", "this", ("a", 1, "b"))
    found.warn("y", "that", ("c",), of_key=True)
    assert [str(problem) for problem in found.problems] == ["f:1:13: error: this", "f:1:18: warning: that"]
    assert [problem.path for problem in found.problems] == ["a[1].b", "c"]


def test_problems_come_in_the_order_of_the_file() -> None:
    """Whatever the order in which they were found."""
    found = findings()
    for path in (("c",), ("a", 1, "b"), ("a",)):
        found.warn("x", "this", path)
    assert [problem.path for problem in found.reading(3).problems] == ["a", "a[1].b", "c"]


def test_moved_nodes_are_told_where_they_stand() -> None:
    """The longest path that was moved counts."""
    found = findings()
    found.moves[("x",)] = ("a",)
    found.moves["x", 5] = ("a", 1)
    assert found.origin(("x", 0)) == ("a", 0)
    assert found.origin(("x", 5, "b")) == ("a", 1, "b")
    assert found.origin(("c",)) == ("c",)


def test_warnings_leave_the_value() -> None:
    """Errors take it."""
    found = findings()
    found.warn("x", "this", ())
    assert found.reading(3).value == 3
    found.error("x", "this", ())
    assert found.reading(3).value is None


def test_what_lies_elsewhere_is_sound() -> None:
    """An error counts for what it lies in or below; with a key, only under that key, or under none."""
    found = findings()
    found.error("x", "this", ("a", 1, "b"))
    assert found.is_sound_at(("c",))
    assert found.is_sound_at(("a", 0))
    assert not found.is_sound_at(("a",))
    assert found.is_sound_at(("a",), "name")
    assert not found.is_sound_at(("a",), "b")
    found.error("x", "this", ("a", 0))
    assert not found.is_sound_at(("a",), "name")


def test_a_text_that_says_nothing_is_a_problem_under_its_key() -> None:
    """What the reader of a text raises gets its place; the text is found as it was written."""

    def refuse(text: str) -> int:
        raise Unreadable("odd", f"{text} is odd", "write 2")

    found = findings()
    assert found.read(refuse, ("c",), 1000) is None
    assert str(found.problems[0]) == "f:1:21: error: `c`: 1e3 is odd; write 2"
    assert found.problems[0].found == "1e3"
    assert found.read(len, ("c",), 1000) == 3


def test_errors_are_told_up_to_a_limit() -> None:
    """Then reading goes no further, and it is said that there may be more."""
    found = findings()
    for _ in range(MOST_PROBLEMS + 10):
        found.error("x", "this", ("c",))
    assert found.is_full
    assert found.read(len, ("c",), "text") is None
    problems = found.reading(3).problems
    assert len(problems) == MOST_PROBLEMS + 1
    assert problems[-1].code == "too-many-problems"


def test_many_warnings_hide_no_error() -> None:
    """Each kind has its limit."""
    found = findings()
    for _ in range(MOST_PROBLEMS + 10):
        found.warn("x", "this", ("c",))
    assert len(found.problems) == MOST_PROBLEMS
    found.error("x", "this", ("c",))
    assert found.reading(3).value is None


def test_messages_are_short_and_on_one_line() -> None:
    """Whatever text they speak of, and however many names."""
    assert shown("a\nb") == "a\\nb"
    assert len(shown("x" * 1000)) < 80
    assert few(["a", "b"]) == "`a`, `b`"
    assert few(map(str, range(100))).endswith("`11`, …")
