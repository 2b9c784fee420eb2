"""Problems are values: they compare, they are shown with their place, and they travel."""

from __future__ import annotations

import pickle

import pytest
from hypothesis import given
from hypothesis import strategies as st

from execbroker.core.problems import (
    WARNING,
    InvalidDocument,
    Position,
    Problem,
    Reading,
    Unreadable,
    nearest,
    quoted,
)

PLACE = Position("task.yaml", 6, 5)


class TestShown:
    """The sentence that people see."""

    def test_everything(self) -> None:
        """File, line, column, severity, message, and what to write instead."""
        problem = Problem("size-unit", "`80g` is in lower case", hint="write 80G", position=PLACE)

        assert str(problem) == "task.yaml:6:5: error: `80g` is in lower case; write 80G"

    def test_the_least(self) -> None:
        """Without a place or advice nothing stands for them."""
        assert str(Problem("c", "it is odd", severity=WARNING)) == "warning: it is odd"

    def test_a_document(self) -> None:
        """An exception shows all its problems, one a line."""
        problems = [Problem("a", "one", position=PLACE), Problem("b", "two")]

        assert str(InvalidDocument(problems)) == "task.yaml:6:5: error: one\nerror: two"

    def test_unreadable(self) -> None:
        """A text that cannot be read says what to write, if that is known."""
        assert str(Unreadable("c", "no", "write yes")) == "no; write yes"
        assert str(Unreadable("c", "no")) == "no"


class TestReading:
    """A value, or problems, or both."""

    def test_value(self) -> None:
        """Warnings don't count against a value."""
        reading = Reading(3, (Problem("w", "odd", severity=WARNING),))

        assert reading.is_valid
        assert reading.unwrap() == 3
        assert not reading.problems[0].is_error

    def test_no_value(self) -> None:
        """Without one, unwrapping raises with the problems."""
        reading: Reading[int] = Reading(problems=(Problem("e", "bad"),))

        with pytest.raises(InvalidDocument) as raised:
            reading.unwrap()

        assert not reading.is_valid
        assert raised.value == InvalidDocument(reading.problems)
        assert hash(raised.value) == hash(InvalidDocument(reading.problems))


@pytest.mark.parametrize(
    "error", [Unreadable("c", "m", "h"), InvalidDocument([Problem("c", "m", position=PLACE)])]
)
def test_errors_travel(error: Exception) -> None:
    """Exceptions come through pickling with all that they carry."""
    back = pickle.loads(pickle.dumps(error))

    assert str(back) == str(error)
    assert vars(back) == vars(error)


def test_positions_sort_as_people_read() -> None:
    """By file, then line, then column."""
    first, second, third, last = (
        Position("a", 9, 1),
        Position("a", 9, 2),
        Position("a", 10, 1),
        Position("b", 1, 1),
    )

    assert sorted([third, last, second, first]) == [first, second, third, last]


class TestNearest:
    """The word that was likely meant."""

    @pytest.mark.parametrize(
        ("word", "meant"),
        [
            ("minmemroy", "minmemory"),
            ("mincore", "mincores"),
            ("maxmemory", "minmemory"),
            ("executable", None),
        ],
    )
    def test_suggestion(self, word: str, meant: str | None) -> None:
        """A slip finds its word, another word finds none."""
        assert nearest(word, ["mincores", "minmemory"]) == meant

    @given(st.text(max_size=8), st.lists(st.text(max_size=8)))
    def test_is_known(self, word: str, known: list[str]) -> None:
        """Nothing is suggested that there isn't."""
        found = nearest(word, known)

        assert found is None or found in known


@given(st.text(max_size=200))
def test_quoted_is_one_short_line(text: str) -> None:
    """Whatever a text holds, a message shows it on one line, between backticks, and not for long."""
    shown = quoted(text)

    assert shown.startswith("`")
    assert shown.endswith("`")
    assert shown.isprintable()
    assert len(shown) <= 62 * 10
    assert text.isprintable() is False or len(text) > 60 or shown == f"`{text}`"
