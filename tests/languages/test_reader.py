"""Files as trees: the same rules for YAML and JSON, for both parsers of YAML, and a place for every node."""

from __future__ import annotations

import json
import random
from collections.abc import Iterator
from decimal import Decimal
from typing import Final, TypeAlias

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from execbroker.core.problems import Position
from execbroker.languages.text.documents import Document, Source
from execbroker.languages.text.reader import Limits, Node, _read, read
from execbroker.languages.text.trees import TreeBuilder
from execbroker.languages.text.yaml_events import parse_yaml

Path: TypeAlias = tuple[str | int, ...]

TASK: Final = """\
# A task.
task:
  name: fringe fit
  executable: {type: docker-container, "image": 'ghcr.io/example/fringe:4.1'}
  compute-resources:
    - name: main
      mincores: 4
      minmemory: "80G"
  timerange:
    minstarttime: 9:00
  notes: |
    two
    lines
  nothing:
"""


def root_of(text: str | bytes, name: str = "a") -> Node:
    """The tree of a sound document."""
    return read(text, name).unwrap().root


def code_of(text: str | bytes, name: str = "a", *, pure: bool = False) -> str:
    """The code of the only problem of a document."""
    reading = _read(text, name, Limits(), pure=pure)
    (problem,) = reading.problems
    assert reading.value is None
    assert problem.is_error
    return problem.code


def place(text: str, index: int) -> tuple[int, int]:
    """Line and column of a character, by looking at all that stand before it."""
    before = text[:index]
    return before.count("\n") + 1, len(before.split("\n")[-1]) + 1


class TestTrees:
    """What a document says."""

    def test_task(self) -> None:
        """A task of the usual kind, read by either parser."""
        trees = [_read(TASK, "a", Limits(), pure=pure).unwrap().root for pure in (False, True)]

        assert (
            trees
            == [
                {
                    "task": {
                        "name": "fringe fit",
                        "executable": {"type": "docker-container", "image": "ghcr.io/example/fringe:4.1"},
                        "compute-resources": [{"name": "main", "mincores": 4, "minmemory": "80G"}],
                        "timerange": {"minstarttime": "9:00"},
                        "notes": "two\nlines\n",
                        "nothing": None,
                    }
                }
            ]
            * 2
        )

    @pytest.mark.parametrize("pure", [False, True])
    def test_quotes_make_text(self, pure: bool) -> None:
        """What stands in quotes, or is a block of text, is text."""
        text = "a: '1'\nb: \"true\"\nc: |-\n  1.5\nd: >-\n  null\ne: ''\n"

        tree = {"a": "1", "b": "true", "c": "1.5", "d": "null", "e": ""}
        assert _read(text, "a", Limits(), pure=pure).unwrap().root == tree

    def test_keys_are_text(self) -> None:
        """Keys are what is written, and compared as that."""
        assert root_of("1: a\n01: b\nyes: c\n9:00: d\nnull: e\n~: f\n1.0: g\n") == {
            "1": "a", "01": "b", "yes": "c", "9:00": "d", "null": "e", "~": "f", "1.0": "g"
        }  # fmt: skip
        assert code_of("1: a\n'1': b\n") == "duplicate-key"

    def test_order(self) -> None:
        """Keys keep their order."""
        assert list(root_of("b: 1\na: 2\nc: 3\n")) == ["b", "a", "c"]  # type: ignore[arg-type]

    @pytest.mark.parametrize("root", ["text", "'text'", "|\n  text", '"text"'])
    def test_scalar_as_root(self, root: str) -> None:
        """A document can be one text."""
        assert str(root_of(root)).strip() == "text"

    @pytest.mark.parametrize(
        "text", ["%YAML 1.2\n---\na: 1\n", "# x\n\n%YAML 1.2 # y\n---\na: 1\n...\n", "--- {a: 1}"]
    )
    def test_directive(self, text: str) -> None:
        """A document may say that it is YAML 1.2."""
        assert root_of(text) == {"a": 1}


class TestFormats:
    """Whether a file is YAML or JSON."""

    def test_name(self) -> None:
        """A name that ends with `.json` decides."""
        assert code_of("a: 1", "a.json") == code_of("a: 1", "A.JSON") == "json-syntax"

    def test_json_without_the_name(self) -> None:
        """What begins with a bracket is JSON if it can be: tabs, escaped slashes, pairs, long keys, numbers."""
        text = '\n{\t"%s":\t["\\/", "\\ud83d\\ude00", 1E2]\t}' % ("k" * 2000)

        assert root_of(text) == {"k" * 2000: ["/", "😀", Decimal(100)]}

    def test_yaml_in_brackets(self) -> None:
        """Otherwise it is YAML."""
        assert root_of("{mincores: 4, minmemory: 80G} # one") == {"mincores": 4, "minmemory": "80G"}
        assert root_of("- [a]\n- {b: 1}\n") == [["a"], {"b": 1}]

    @pytest.mark.parametrize(
        ("text", "code", "column"),
        [
            ("{mincores: 4 minmemory: 80G}", "yaml-syntax", 14),
            ('{"mincores": 4 "minmemory": 80}', "json-syntax", 16),
            ('{"mincores": 80G, "gpus" 4}', "yaml-syntax", 19),
            ('{"mincores": 4', "json-syntax", 1),
            ("{mincores: 4", "yaml-syntax", 1),
            ("{'mincores': 4, 'gpus' 1}", "yaml-syntax", 17),
            ('{"mincores": NaN}', "not-finite", 14),
            ('{"mincores": *x}', "alias", 14),
        ],
    )
    def test_the_more_helpful_problem(self, text: str, code: str, column: int) -> None:
        """What is neither is explained as what it was meant to be."""
        (problem,) = read(text, "a").problems

        assert (problem.code, problem.position) == (code, Position("a", 1, column))


class TestProblems:
    """What is said about a document that cannot be read."""

    @pytest.mark.parametrize("text", ["b: {a: 1, a: 2}", '{"b": {"a": 1, "a": 2}}'])
    def test_duplicate_key(self, text: str) -> None:
        """A key that comes twice is told with both places and its path."""
        (problem,) = read(text, "a").problems

        first = text.index("a")
        assert problem.message == "the key `a` is given a second time"
        assert problem.hint is not None
        assert problem.hint.startswith("keep one of the two; the first is at line 1, column ")
        assert (problem.path, problem.found) == ("b.a", "a")
        assert problem.position is not None
        assert problem.position.column > first

    @pytest.mark.parametrize(
        ("text", "path"), [("a: {b: [1, .nan]}", "a.b[1]"), ('{"a": {"b": [1, NaN]}}', "a.b[1]")]
    )
    def test_path(self, text: str, path: str) -> None:
        """A node that is refused is told with its path."""
        (problem,) = read(text, "a").problems

        assert problem.path == path

    def test_path_that_nobody_could_read(self) -> None:
        """A path of ten thousand characters is left out."""
        (problem,) = read('{"%s": NaN}' % ("k" * 10_000), "a").problems

        assert problem.path == ""
        assert len(str(problem)) < 200

    def test_nothing_that_a_terminal_obeys(self) -> None:
        """What is repeated of the file is made harmless."""
        (problem,) = read(r'{"\u001b[2J": 1, "\u001b[2J": 2}', "a").problems

        assert problem.message.isprintable()
        assert (problem.found or "").isprintable()

    @pytest.mark.parametrize("pure", [False, True])
    def test_half_characters(self, pure: bool) -> None:
        """Half of a surrogate pair is no character, escaped or not."""
        assert code_of('a: "é\\ud800"', pure=pure) == code_of('["\\udc00\\ud83d"]') == "surrogate"
        assert code_of("a: \ud800") == "control-character"
        assert root_of('["\\ud83d\\ude00"]') == ["😀"]


class TestEncoding:
    """From bytes to text."""

    @pytest.mark.parametrize("text", ["a: é\n", '{"a": "é"}'])
    def test_byte_order_mark(self, text: str) -> None:
        """A byte order mark is allowed and counts for nothing."""
        for source in (b"\xef\xbb\xbf" + text.encode(), "\ufeff" + text):
            document = read(source, "a").unwrap()

            assert document.root == {"a": "é"}
            assert document.position(("a",)) == read(text, "a").unwrap().position(("a",))

    @pytest.mark.parametrize(
        ("source", "message", "line", "column"),
        [
            (b"a: \xc3\xa9\nb: \xe9\n", "this is not UTF-8", 2, 4),
            (b"\xef\xbb\xbfa: \xff", "this is not UTF-8", 1, 4),
            ("a: 1\n".encode("utf-16"), "this is UTF-16, not UTF-8", 1, 1),
            ("a: 1\n".encode("utf-16-le"), "the character U+0000 has no place in a text", 1, 2),
            ("é: \x1b".encode(), "the character U+001B has no place in a text", 1, 4),
            (b"a: \xed\xa0\x80", "this is not UTF-8", 1, 4),
        ],
    )
    def test_no_text(self, source: bytes, message: str, line: int, column: int) -> None:
        """What is no text is refused where it stops being one; columns are characters."""
        (problem,) = read(source, "a").problems

        assert (problem.message, problem.position) == (message, Position("a", line, column))

    @pytest.mark.parametrize("sign", ["\x7f", "\x85", "\u2028", "\u2029", "\ufeff", "\uffff"])
    def test_not_to_be_seen(self, sign: str) -> None:
        """What YAML forbids or takes for a line end is an escape there; in JSON it may stand in a text."""
        assert code_of(f"a: b{sign}c") == code_of("a: b\rc") == "control-character"
        assert root_of(f'["{sign}"]', "a.json") == [sign]
        assert root_of(f'a: "\\u{ord(sign):04x}"') == {"a": sign}


class TestDocument:
    """Places and texts of nodes."""

    DOCUMENT: Final = read(TASK, "task.yaml").unwrap()

    @pytest.mark.parametrize(
        ("path", "key", "value"),
        [
            ((), (2, 1), (2, 1)),
            (("task",), (2, 1), (3, 3)),
            (("task", "executable", "image"), (4, 40), (4, 49)),
            (("task", "compute-resources"), (5, 3), (6, 5)),
            (("task", "compute-resources", 0), (6, 7), (6, 7)),
            (("task", "compute-resources", 0, "mincores"), (7, 7), (7, 17)),
            (("task", "notes"), (11, 3), (11, 10)),
        ],
    )
    def test_position(self, path: Path, key: tuple[int, int], value: tuple[int, int]) -> None:
        """A node begins with its key; the value of a key may begin lines below."""
        assert self.DOCUMENT.position(path, "key") == Position("task.yaml", *key)
        assert self.DOCUMENT.position(path) == Position("task.yaml", *value)

    @pytest.mark.parametrize(
        ("path", "parent"),
        [
            (("task", "name", "first"), ("task", "name")),
            (("task", "compute-resources", 1, "mincores"), ("task", "compute-resources")),
            (("task", "compute-resources", -1), ("task", "compute-resources")),
            (("task", "compute-resources", "0"), ("task", "compute-resources")),
            (("task", 0), ("task",)),
            (("nowhere",), ()),
        ],
    )
    def test_what_is_not_there(self, path: Path, parent: Path) -> None:
        """A path that leads nowhere has the place of the last node on its way."""
        for of in ("key", "value"):
            assert self.DOCUMENT.position(path, of) == self.DOCUMENT.position(parent, of)
        assert self.DOCUMENT.text(path) is None

    @pytest.mark.parametrize(
        ("path", "text"),
        [
            (("task", "name"), "fringe fit"),
            (("task", "executable", "image"), "'ghcr.io/example/fringe:4.1'"),
            (("task", "compute-resources", 0, "minmemory"), '"80G"'),
            (("task", "compute-resources", 0, "mincores"), "4"),
            (("task", "notes"), "|\n    two\n    lines"),
            (("task", "nothing"), ""),
            (("task", "compute-resources"), None),
            (("task",), None),
        ],
    )
    def test_text(self, path: Path, text: str | None) -> None:
        """A scalar is given as the file has it; a collection has no text."""
        assert self.DOCUMENT.text(path) == text

    @given(st.text("ab\n", max_size=40), st.integers(0, 3), st.data())
    def test_lines(self, text: str, copies: int, data: st.DataObject) -> None:
        """Line and column are right in every part of a long text."""
        whole = text * (1 + 2000 * copies)
        source = Source("a", whole)
        index = data.draw(st.integers(0, len(whole)))

        position = source.position(index)
        assert (position.line, position.column) == place(whole, index)


#: What is no ordinary text for YAML has to be escaped there, so it is left out where both are compared.
texts = st.text(
    st.characters(
        codec="utf-8", exclude_categories=("Cc", "Cs", "Cn"), exclude_characters="\u2028\u2029\ufeff"
    ),
    max_size=8,
)
numbers = st.integers(-(10**39), 10**39) | st.decimals(-(10**9), 10**9, allow_nan=False, places=6)
scalars = st.none() | st.booleans() | numbers | texts | st.text(max_size=8).filter(str.isprintable)
trees = st.recursive(
    scalars,
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(texts, inner, max_size=4),
    max_leaves=20,
)


class Printer:
    """Writes a tree as JSON with blanks at random, and keeps the place of everything that it writes."""

    def __init__(self, seed: int, blanks: str, *, escapes: bool = True) -> None:
        self.dice = random.Random(seed)
        self.blanks, self.escapes = blanks, escapes
        self.text = ""
        self.places: dict[tuple[Path, str], int] = {}

    def escaped(self, node: object) -> str:
        """A scalar, now and then with every letter escaped that is not ASCII."""
        return json.dumps(node, ensure_ascii=self.escapes and self.dice.random() < 0.2)

    def put(self, sign: str) -> int:
        """Write something between blanks; where it begins."""
        self.text += "".join(self.dice.choices(self.blanks, k=self.dice.choice([0, 0, 1, 3])))
        start = len(self.text)
        self.text += sign
        return start

    def write(self, node: Node, path: Path = (), key: int | None = None) -> Printer:
        """Write a node."""
        signs = {dict: "{}", list: "[]"}.get(type(node))
        literal = str(node) if isinstance(node, Decimal) else "" if signs else self.escaped(node)
        start = self.put(signs[0] if signs else literal)
        self.places |= {(path, "value"): start, (path, "key"): start if key is None else key}
        for number, (step, child) in enumerate(children(node)):
            if number:
                self.put(",")
            begin = None
            if isinstance(step, str):
                begin = self.put(self.escaped(step))
                self.put(":")
            self.write(child, (*path, step), begin)
        if signs:
            self.put(signs[1])
        return self


def children(node: Node) -> Iterator[tuple[str | int, Node]]:
    """The steps from a node to those in it."""
    if isinstance(node, dict):
        yield from node.items()
    elif isinstance(node, list):
        yield from enumerate(node)


class TestJson:
    """JSON is read as the standard library reads it, and every node is found again."""

    @given(trees, st.integers())
    def test_the_same_as_the_standard_library(self, tree: Node, seed: int) -> None:
        """The tree is the one that `json.loads` makes, with exact numbers."""
        text = Printer(seed, " \n\t\r").write(tree).text

        root = root_of(text, "a.json")
        assert root == json.loads(text, parse_float=Decimal) == tree
        assert repr(root) == repr(tree)

    @given(trees, st.integers())
    def test_places(self, tree: Node, seed: int) -> None:
        """Every key and value is where it was written."""
        printer = Printer(seed, " \n\t\r").write(tree)
        document = read(printer.text, "a.json").unwrap()

        found = {(path, of): document.position(path, of) for path, of in printer.places}  # type: ignore[arg-type]
        assert found == {
            spot: Position("a.json", *place(printer.text, index)) for spot, index in printer.places.items()
        }

    @pytest.mark.parametrize("pure", [False, True])
    @given(tree=trees, seed=st.integers())
    def test_json_is_yaml(self, pure: bool, tree: Node, seed: int) -> None:
        """By both readers of YAML, it is the same tree with the same places."""
        # A line end between a key and its colon is no YAML, nor are escaped pairs.
        text = Printer(seed, " ", escapes=False).write(tree).text
        by_json = read(text, "a.json").unwrap()
        by_yaml = as_yaml(text, pure=pure)

        assert repr(by_yaml.root) == repr(by_json.root)
        assert by_yaml.marks == by_json.marks

    @given(st.text('{}[]:," \n\\u01aeE.-+truefalsn', max_size=20))
    def test_what_is_no_json(self, text: str) -> None:
        """What the standard library refuses is refused; so is little of what it takes."""
        reading = read(text, "a.json")
        try:
            expected = json.loads(text, parse_float=Decimal)
        except ValueError:
            assert reading.value is None
        else:
            if reading.value is None:
                assert reading.problems[0].code in {
                    "duplicate-key",
                    "surrogate",
                    "number-too-long",
                    "not-finite",
                }
            else:
                assert reading.value.root == expected


def as_yaml(text: str, *, pure: bool = False) -> Document:
    """A text read as YAML, whatever it looks like."""
    builder = TreeBuilder(Source("a", text), Limits())
    parse_yaml(text, builder, pure=pure)
    return builder.document


#: Pieces of YAML, right and wrong.
PIECES: Final = [
    *"ab01 :-,[]{}\"'#|>?&*!%@`\\~=.\n\t\ré", "  ", ": ", "- ", "\n  ", "\n    ", " #", "\r\n", "---", "...", "<<",
    "|-", "true", "null", "1.5", "0x1", "1e5", "\\u00e9", "\\ud800", "\\x0", "key: value\n", "- item\n", "\u00a0",
]  # fmt: skip


class TestParsers:
    """The parsers of PyYAML, one in C and one in Python, differ in what they take; we do not."""

    @settings(max_examples=settings().max_examples * 4)
    @given(st.lists(st.sampled_from(PIECES), max_size=14).map("".join))
    def test_random_texts(self, text: str) -> None:
        """Both give the same tree or both refuse."""
        self.check(text)

    @settings(max_examples=settings().max_examples * 4)
    @given(st.data())
    def test_damaged_documents(self, data: st.DataObject) -> None:
        """So they do for a document that has been damaged in a few places."""
        text = TASK
        for _ in range(data.draw(st.integers(1, 3))):
            start = data.draw(st.integers(0, len(text)))
            end = min(len(text), start + data.draw(st.integers(0, 4)))
            text = text[:start] + data.draw(st.sampled_from(["", *PIECES])) + text[end:]
        self.check(text)

    def check(self, text: str) -> None:
        """Read with both, and compare."""
        by_c, by_python = (_read(text, "a", Limits(), pure=pure) for pure in (False, True))

        assert repr(by_c.value and by_c.value.root) == repr(by_python.value and by_python.value.root), text
        for reading in (by_c, by_python):
            check_reading(reading.problems, text, is_sound=reading.value is not None)


def check_reading(problems: tuple[object, ...], text: str, *, is_sound: bool) -> None:
    """A document has a value, or exactly one problem whose place lies in the text."""
    assert len(problems) == (not is_sound)
    lines = text.removeprefix("\ufeff").split("\n")
    for problem in problems:
        position = getattr(problem, "position", None)
        assert isinstance(position, Position)
        assert 1 <= position.line <= len(lines)
        assert 1 <= position.column <= len(lines[position.line - 1]) + 1
