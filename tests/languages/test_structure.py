"""Tests of the strict structuring of documents, with document classes of their own."""

from typing import Any, ClassVar

import pytest
from hypothesis import given
from hypothesis import strategies as st

from execbroker.languages.structuring.document_classes import (
    Advice,
    Number,
    Scalar,
    document,
    given_keys,
    key_of,
    keys_of,
    meant,
    one,
    several,
    similar,
)
from execbroker.languages.structuring.findings import Findings
from execbroker.languages.structuring.structure import structure
from execbroker.languages.text.reader import read


@document
class Leaf:
    """A closed class."""

    noun: ClassVar[str] = "a leaf"
    example: ClassVar[str] = "{colour: green}"
    colour: str | None = meant("a colour", "green", is_required=True)
    veins: int | None = meant("a whole number", "3")


@document
class Tree:
    """A class that takes further keys, with every kind of field."""

    noun: ClassVar[str] = "a tree"
    example: ClassVar[str] = "{name: oak}"
    name: str | None = meant("a name", "oak", is_required=True)
    from_: Scalar | None = meant("a date", "2023-05-09")
    max_height: Number | None = meant("a number", "30.5")
    crown: Leaf | None = one(Leaf)
    leaves: list[Leaf | None] | None = several(Leaf)
    birds: list[str | None] | None = meant("a list of birds", "[wren]")
    is_tall: bool | None = meant("`true` or `false`", "true")
    rest: dict[str, Scalar]


def advise(kind: type, key: str) -> Advice | None:
    """What is known about the keys of trees."""
    return ("misplaced-key", "write `colour`") if key == "hue" else None


def structured(text: str) -> tuple[Tree | None, list[str]]:
    """The tree of a document, and what was said about it, without the name of the file."""
    source = read(text, "tree").unwrap()
    findings = Findings(source)
    found = structure(source.root, Tree, findings, advise)
    return found, [str(problem).removeprefix("tree:") for problem in findings.reading(None).problems]


def test_a_sound_document_comes_out_as_it_is() -> None:
    """Every value is the very value of the tree, and further keys are in `rest`."""
    found, said = structured(
        "{name: oak, from: 2023-05-09, max-height: 30.5, crown: {colour: red}, leaves: [{colour: green, veins: 3}],"
        " birds: [wren], is-tall: false, cores: 4, memory: 80G}"
    )
    assert said == []
    assert found is not None
    assert (found.name, found.from_, str(found.max_height)) == ("oak", "2023-05-09", "30.5")
    assert found.crown is not None
    assert found.crown.colour == "red"
    assert [leaf and (leaf.colour, leaf.veins) for leaf in found.leaves or ()] == [("green", 3)]
    assert (found.birds, found.is_tall) == (["wren"], False)
    assert found.rest == {"cores": 4, "memory": "80G"}


def test_keys_come_from_attributes() -> None:
    """An attribute is spelt with a hyphen for `_`, and without one at its end; `rest` is no key."""
    assert key_of("max_height") == "max-height"
    assert key_of("from_") == "from"
    assert keys_of(Leaf) == ["colour", "veins"]
    found, _ = structured("{name: oak, max-height: 3, birds: [wren], more: 1}")
    assert given_keys(found) == {"name": "oak", "max-height": 3, "birds": ["wren"]}


def test_a_further_key_may_be_called_rest() -> None:
    """The field that takes further keys takes no key away."""
    found, said = structured("{name: oak, rest: 3}")
    assert said == []
    assert found is not None
    assert found.rest == {"rest": 3}


@pytest.mark.parametrize(
    ("text", "said"),
    [
        (
            "{name: 4}",
            '1:8: error: `name` is a number, where a name is meant; write it in quotes: `name: "4"`',
        ),
        (
            "{name: oak, is-tall: 1}",
            "1:22: error: `is-tall` is a number, where `true` or `false` is meant; write `is-tall: true`",
        ),
        (
            "{name: oak, is-tall: yes}",
            "1:22: error: `is-tall` is text, where `true` or `false` is meant; write `is-tall: true`",
        ),
        (
            "{name: 0x10}",
            '1:8: error: `name` is a number, where a name is meant; write it in quotes: `name: "0x10"`',
        ),
        (
            "{name: true}",
            '1:8: error: `name` is a truth value, where a name is meant; write it in quotes: `name: "true"`',
        ),
        ("{name: [oak]}", "1:8: error: `name` is a list, where a name is meant; write `name: oak`"),
        ("{name: [a, b]}", "1:8: error: `name` is a list, where a name is meant; write `name: oak`"),
        ("{name: {}}", "1:8: error: `name` is a mapping, where a name is meant; write `name: oak`"),
        ("{name: }", "1:2: error: `name` has no value; write a name, such as `oak`, or leave the key out"),
        (
            "{name: oak, max-height: tall}",
            "1:25: error: `max-height` is text, where a number is meant; write `max-height: 30.5`",
        ),
        (
            '{name: e, max-height: "3"}',
            "1:23: error: `max-height` is text, where a number is meant; write it without quotes: `max-height: 3`",
        ),
        (
            "{name: oak, max-height: false}",
            "1:25: error: `max-height` is a truth value, where a number is meant; write `max-height: 30.5`",
        ),
        (
            "{name: oak, crown: green}",
            "1:20: error: `crown` is text, where a mapping is meant; write `crown: {colour: green}`",
        ),
        (
            "{name: oak, crown: {colour: red, veins: 3.5}}",
            "1:41: error: `veins` is a number, where a whole number is meant; write `veins: 3`",
        ),
        (
            "{name: oak, crown: {colour: red, veins: true}}",
            "1:41: error: `veins` is a truth value, where a whole number is meant; write `veins: 3`",
        ),
        (
            "{name: oak, leaves: {colour: red}}",
            "1:21: error: `leaves` is a mapping, where a list is meant; write `leaves: [{colour: green}]`",
        ),
        (
            "{name: oak, leaves: [red]}",
            "1:22: error: `leaves[0]` is text, where a mapping is meant; write `{colour: green}`",
        ),
        (
            "{name: oak, birds: wren}",
            "1:20: error: `birds` is text, where a list of birds is meant; write `birds: [wren]`",
        ),
        (
            "{name: oak, birds: [wren, 3]}",
            '1:27: error: `birds[1]` is a number, where text is meant; write it in quotes: `"3"`',
        ),
        (
            "{name: oak, birds: [wren, ~]}",
            "1:27: error: `birds[1]` has no value; write one, or leave the item out",
        ),
        ("{name: oak, crown: {veins: 3}}", "1:20: error: `colour` is missing; write `colour: green`"),
        (
            "{name: oak, crown: {colour: red, vein: 3}}",
            "1:34: error: unknown key `vein`; did you mean `veins`?",
        ),
        (
            "{name: oak, crown: {colour: red, bark: 3}}",
            "1:34: error: unknown key `bark`; a leaf has the keys `colour`, `veins`",
        ),
        (
            "{name: oak, cores: [4]}",
            "1:20: error: `cores` is a list, where an amount is meant; write `cores: 4`",
        ),
        (
            "{name: oak, cores: [4, 5]}",
            (
                "1:20: error: `cores` is a list, where an amount is meant; write a number,"
                " such as 4, or a size, such as 80G"
            ),
        ),
        ("{name: oak, leafs: [4, 5]}", "1:13: error: unknown key `leafs`; did you mean `leaves`?"),
    ],
)
def test_each_fault_has_its_message(text: str, said: str) -> None:
    """What is of the wrong kind, missing or unknown is named, with its place and what to write."""
    assert structured(text)[1] == [said]


def test_a_key_that_is_missing_under_another_word_is_told_once() -> None:
    """Advice to write a key says enough about its absence."""
    assert structured("{name: oak, crown: {hue: red}}")[1] == [
        "1:21: error: unknown key `hue`; write `colour`"
    ]


def test_all_faults_are_told_at_once_and_the_rest_is_read() -> None:
    """Faults at all depths come together, in the order of the file; what is sound is there, by its index."""
    found, said = structured(
        "name: 4\nmax-height: tall\ncores: [1]\n"
        "leaves:\n  - {colour: green}\n  - 3\n  - {veins: x}\n"
        "birds: [1, wren]\n"
    )
    assert [line.split(": ")[0] for line in said] == ["1:7", "2:13", "3:8", "6:5", "7:5", "7:13", "8:9"]
    assert found is not None
    assert (found.name, found.max_height, found.rest) == (None, None, {})
    assert found.birds == [None, "wren"]
    assert [leaf and leaf.colour for leaf in found.leaves or ()] == ["green", None, None]


def test_of_very_many_faults_no_more_are_looked_for_than_are_told() -> None:
    """The first ones, in the order of the file, and that there are more."""
    _, said = structured(f"{{name: oak, leaves: [{', '.join(['{colour: 3}'] * 50_000)}]}}")
    assert len(said) == 201
    assert said[1].startswith("1:44: error: `colour` is a number")
    assert said[-1].endswith("there are 200 errors or more; only these are shown")


def test_nothing_is_made_of_what_is_no_mapping() -> None:
    """There is no value where the root is of the wrong kind."""
    source = read("[1]", "tree").unwrap()
    assert structure(source.root, Tree, Findings(source), advise) is None


def test_the_tree_is_left_alone() -> None:
    """Cutting out is done in a copy."""
    source = read("{name: oak, birds: [1], crown: {bark: 1}}", "tree").unwrap()
    before = repr(source.root)
    structure(source.root, Tree, Findings(source), advise)
    assert repr(source.root) == before


#: Faults by the line that makes them, each at a path of its own.
FAULTS = {
    "max-height": ("max-height: tall", "max-height"),
    "from": ("from: []", "from"),
    "crown": ("crown: {colour: red, bark: 1}", "crown.bark"),
    "leaves": ("leaves: [{colour: red}, {colour: 3}]", "leaves[1].colour"),
    "birds": ("birds: [wren, {}]", "birds[1]"),
    "cores": ("cores: ", "cores"),
    "memory": ("memory: {a: 1}", "memory"),
}


@given(st.permutations(sorted(FAULTS)), st.integers(0, len(FAULTS)))
def test_the_problems_are_exactly_the_faults(names: list[str], number: int) -> None:
    """Whatever faults a document has and in whatever order, each is told once, at its path."""
    chosen = names[:number]
    text = "name: oak\n" + "".join(FAULTS[name][0] + "\n" for name in chosen)
    source = read(text, "tree").unwrap()
    findings = Findings(source)
    found = structure(source.root, Tree, findings, advise)
    assert found is not None
    assert sorted(problem.path for problem in findings.problems) == sorted(FAULTS[name][1] for name in chosen)


@given(
    st.recursive(
        st.none() | st.booleans() | st.integers() | st.text(max_size=3),
        lambda inner: (
            st.lists(inner, max_size=3)
            | st.dictionaries(st.sampled_from([*keys_of(Tree), *keys_of(Leaf), "x"]), inner, max_size=4)
        ),
        max_leaves=12,
    )
)
def test_any_tree_gives_a_value_or_problems(tree: Any) -> None:
    """Nothing else comes of a tree than a value, problems, or both; a value without problems lacks nothing."""
    source = read("{}", "tree").unwrap()
    findings = Findings(source)
    found = structure(tree, Tree, findings, advise)
    assert found is not None or findings.problems
    if not findings.problems:
        assert found is not None
        assert found.name == tree["name"]


def test_similar_keys_are_found_whatever_their_spelling() -> None:
    """Case, hyphens and underscores make no difference."""
    known = ["max-duration", "mincores"]
    assert similar("max_duration", known) == similar("MaxDuration", known) == "max-duration"
    assert similar("frobnicate", known) is None
