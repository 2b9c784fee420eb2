"""Trees as YAML and JSON that every reader takes for the same."""

from __future__ import annotations

import json
from decimal import Decimal
from typing import Any, Final

import pytest
import yaml
from hypothesis import given
from hypothesis import strategies as st

from execbroker.languages.text.reader import Limits, Node, _read, read
from execbroker.languages.text.writer import to_json, to_yaml

#: What some reader of YAML takes for something other than text when it has no quotes.
AMBIGUOUS: Final = [
    "YES", "no", "On", "OFF", "y", "N", "true", "False", "null", "Null", "~", "", "=", "<<", "nan", "NaN",
    ".nan", "inf", ".inf", "-.INF", "9:00", "09:00", "15:30:00", "190:20:30", "1:2", "2023-05-09",
    "2023-05-10T08:00Z", "2023-05-09 10:00:00", "1e3", "1E5", "12e03", "1e400", "1.5e+3", "0o10", "0x1F",
    "0b11", "010", "08", "1_000", "1.", ".5", "+1", "-1", "1,000", "0.64", "4", "a: b", "a #b", "#b", "- a",
    "-", "?", "? a", "a:", ":a", "[a]", "{a}", "a,", "*a", "&a", "!a", "|", ">", "%a", "@a", "`a", "'a'",
    '"a"', " a", "a ", "a  b", "a\nb", "\n", "a\tb", "\x00", "\x1b", "\x7f", "\x85", "a\x85b", "\xa0",
    "a\xa0", "\u2028", "\ufeff", "\ufffe", "\ud800", "---", "...", "--- a", "a\\b", "C:\\x",
]  # fmt: skip

PLAIN: Final = [
    "IVOA-TDL-1.0", "edinburgh", "fringe fit", "PT2H30M", "80GiB", "80G", "1TiB", "2hr", "5f0c9a9e",
    "4 hours", "é", "Europe/London", "mincores", "compute-resources", "e5", "yesterday", "nodes (all)",
    "10 May 2023", "me@example.org",
]  # fmt: skip

texts = st.text(max_size=12) | st.text("yYnNoO0123456789eExX.:-+_ ~=#,[]{}'\"\n\t\x85", max_size=8)
sound_texts = texts.filter(
    lambda text: text.isprintable() or not any("\ud800" <= sign <= "\udfff" for sign in text)
)
whole = st.none() | st.booleans() | st.integers(-(10**39), 10**39) | sound_texts
exact = st.decimals(allow_nan=False, allow_infinity=False, places=6, min_value=-(10**9), max_value=10**9)


def trees(scalars: st.SearchStrategy[Any]) -> st.SearchStrategy[Any]:
    """Trees, some of them deep, some with long keys."""
    keys = sound_texts | st.just("k" * 1100) | st.just("on")
    return st.recursive(
        scalars,
        lambda inner: st.lists(inner, max_size=5) | st.dictionaries(keys, inner, max_size=5),
        max_leaves=25,
    )


class TestYaml:
    """What `to_yaml` writes."""

    def test_form(self) -> None:
        """Small collections take one line, others one for each entry; what could be misread is in quotes."""
        tree: Node = {
            "lang": "IVOA-TDL-1.0",
            "result": "YES",
            "complete": True,
            "offers": [
                {
                    "offer": "5f0c",
                    "runner": "https://runner.example.org/jobs",
                    "expires": "2023-05-09T15:30:00Z",
                    "starttime": "10:00",
                    "minduration": "PT2H",
                    "proximity": Decimal("35.0"),
                    "cost": {"amount": "0.64", "currency": "EUR"},
                    "compute-resources": [{"name": "main", "mincores": 4, "minmemory": "80GiB"}],
                },
                {"offer": "77ab", "data": ["https://data.example.org/"], "on": None},
            ],
            "warnings": [],
        }
        assert (
            to_yaml(tree)
            == """\
lang: IVOA-TDL-1.0
result: "YES"
complete: true
offers:
  - offer: 5f0c
    runner: https://runner.example.org/jobs
    expires: "2023-05-09T15:30:00Z"
    starttime: "10:00"
    minduration: PT2H
    proximity: 35.0
    cost: {amount: "0.64", currency: EUR}
    compute-resources: [{name: main, mincores: 4, minmemory: 80GiB}]
  - {offer: 77ab, data: ["https://data.example.org/"], "on": null}
warnings: []
"""
        )

    @pytest.mark.parametrize(("size", "is_in_line"), [(10, True), (97, True), (98, False), (500, False)])
    def test_width(self, size: int, is_in_line: bool) -> None:
        """A line that holds a collection has at most 110 columns."""
        tree: Node = {"key": {"text": "x" * size}}
        text = to_yaml(tree)

        assert (text.count("\n") == 1) == is_in_line
        assert read(text, "a").unwrap().root == tree

    @pytest.mark.parametrize("text", AMBIGUOUS, ids=repr)
    def test_quotes(self, text: str) -> None:
        """What any reader could take for something else is in quotes, as a key, between brackets, and elsewhere."""
        quoted = to_yaml(text).rstrip("\n")

        assert quoted[0] == quoted[-1] == '"'
        assert to_yaml({text: text}) == f"{quoted}: {quoted}\n"
        assert to_yaml({"a": [text]}) == f"a: [{quoted}]\n"

    @pytest.mark.parametrize("text", PLAIN)
    def test_no_quotes(self, text: str) -> None:
        """Ordinary words, names and amounts have none."""
        assert to_yaml({text: [text]}) == f"{text}: [{text}]\n"

    @given(trees(whole | exact))
    def test_round_trip(self, tree: Node) -> None:
        """What is written is read again by both parsers, in the same order."""
        text = to_yaml(tree)

        for pure in (False, True):
            root = _read(text, "a.yaml", Limits(), pure=pure).unwrap().root
            assert root == tree
            assert to_yaml(root) == text

    @given(trees(whole))
    def test_yaml_1_1(self, tree: Node) -> None:
        """A reader of YAML 1.1 takes it for the same."""
        assert yaml.safe_load(to_yaml(tree)) == tree

    @given(texts | st.text("\x00\x1b\x7f\x85\u200e\u2028\u2029\u202e\ud800\ufeff", max_size=3))
    def test_characters(self, text: str) -> None:
        """Nothing is written that a terminal obeys, that turns text around, or that cannot be encoded."""
        for written in (to_yaml({text: [text]}), to_json({text: [text]})):
            assert written.encode()
            assert not set(written) & set("\x00\x1b\x7f\x85\u200e\u2028\u2029\u202e\ufeff")


class TestJson:
    """What `to_json` writes."""

    @given(trees(whole), st.none() | st.integers(0, 4))
    def test_as_the_standard_library(self, tree: Node, indent: int | None) -> None:
        """It is what `json.dumps` writes, but for signs that cannot be seen."""
        text = to_json(tree, indent)

        assert json.loads(text) == tree
        if "\\u" not in text:
            assert text == json.dumps(tree, ensure_ascii=False, indent=indent)

    @given(trees(whole | exact), st.none() | st.just(2))
    def test_round_trip(self, tree: Node, indent: int | None) -> None:
        """What is written is read again."""
        assert read(to_json(tree, indent), "a.json").unwrap().root == tree

    @given(exact)
    def test_exact(self, value: Decimal) -> None:
        """A number keeps every digit, and has no exponent."""
        assert to_json(value) == f"{value:f}"
        assert json.loads(to_json(value), parse_float=Decimal) == value


class TestRefusals:
    """What no document can hold."""

    @pytest.mark.parametrize("write", [to_yaml, to_json])
    @pytest.mark.parametrize("tree", [0.5, (1,), {1: "a"}, [b"a"], {"a": [object()]}])
    def test_type(self, write: Any, tree: Any) -> None:
        """What is no tree is refused, floats among them: they are not exact."""
        with pytest.raises(TypeError):
            write(tree)

    @pytest.mark.parametrize("write", [to_yaml, to_json])
    @pytest.mark.parametrize("number", ["NaN", "Infinity", "-Infinity", "sNaN"])
    def test_not_finite(self, write: Any, number: str) -> None:
        """So are numbers that are none."""
        with pytest.raises(ValueError, match="cannot hold"):
            write({"a": [Decimal(number)]})
