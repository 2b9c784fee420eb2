"""Files that were made to hurt: each ends at once, in one clear problem with its place."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Final

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from execbroker.core.problems import Position
from execbroker.languages.text.reader import Limits, _read, read
from execbroker.languages.text.yaml_events import HAS_LIBYAML

MEGABYTE: Final = 2**20

#: How a file is made, the name it comes under, and the code, line and column of what is said about it.
HOSTILE: Final[dict[str, tuple[Callable[[], bytes], str, str, int, int]]] = {
    "brackets": (lambda: b"[" * 100_000, "a", "too-deep", 1, 65),
    "braces": (lambda: b'{"a":' * 100_000, "a.json", "too-deep", 1, 321),
    "brackets in YAML": (lambda: b"a: " + b"[" * 100_000, "a", "too-deep", 1, 67),
    "dashes": (lambda: b"- " * 60_000, "a", "too-deep", 1, 129),
    "question marks": (lambda: b"? " * 60_000, "a", "key-not-text", 1, 3),
    "aliases": (lambda: b"a: &a [x]\n" + b"b: &b [*a, *a]\n" * 99, "a", "anchor", 1, 4),
    "an alias": (lambda: b"a: [1, *b]", "a", "alias", 1, 8),
    "merges": (lambda: b"- &a {k: v}\n" + b"- &a {<<: [*a, *a, *a]}\n" * 30, "a", "anchor", 1, 3),
    "a merge": (lambda: b"a:\n  <<: {b: 1}\n", "a", "merge-key", 2, 3),
    "itself": (lambda: b"&a [*a]", "a", "anchor", 1, 1),
    "a key twice": (lambda: b"a: 1\nb: 2\na: 3\n", "a", "duplicate-key", 3, 1),
    "a key twice in JSON": (lambda: b'{"a": 1, "\\u0061": 2}', "a.json", "duplicate-key", 1, 10),
    "a key 20,000 times": (lambda: b"a: 1\n" * 20_000, "a", "duplicate-key", 2, 1),
    "a tab": (lambda: b"a:\n\tb: 1\n", "a", "tab", 2, 1),
    "a tab after a colon": (lambda: b"a:\tb\n", "a", "tab", 1, 3),
    "NUL": (lambda: b"a: b\0c\n", "a", "control-character", 1, 5),
    "NUL in JSON": (lambda: b'{"a": "b\0c"}', "a.json", "control-character", 1, 9),
    "broken UTF-8": (lambda: "a: é\nb: ".encode() + b"\xc3(", "a", "not-utf-8", 2, 4),
    "overlong UTF-8": (lambda: b"a: \xc0\xaf", "a", "not-utf-8", 1, 4),
    "Latin-1": (lambda: "a: é".encode("latin-1"), "a", "not-utf-8", 1, 4),
    "UTF-16": (lambda: "a: 1".encode("utf-16"), "a", "not-utf-8", 1, 1),
    "half a character": (lambda: b'["\\ud800"]', "a.json", "surrogate", 1, 3),
    "a Python object": (lambda: b"!!python/object/apply:os.system ['true']", "a", "tag", 1, 1),
    "a Python object below": (lambda: b"a:\n  - !!python/name:os.system\n", "a", "tag", 2, 5),
    "a tag": (lambda: b"a: ! b", "a", "tag", 1, 4),
    "a directive": (lambda: b"%TAG ! tag:example.org,2023:\n---\na: !b c\n", "a", "directive", 1, 1),
    "YAML 1.1": (lambda: b"%YAML 1.1\n---\na: NO\n", "a", "directive", 1, 1),
    "5,000 digits": (lambda: b"a: " + b"9" * 5000, "a", "number-too-long", 1, 4),
    "5,000 digits in JSON": (lambda: b'{"a": %s}' % (b"9" * 5000), "a.json", "number-too-long", 1, 7),
    "5,000 hexadecimal digits": (lambda: b"a: 0x" + b"f" * 5000, "a", "number-too-long", 1, 4),
    "a large exponent": (lambda: b"a: 1e999999999", "a", "number-too-long", 1, 4),
    "a large exponent in JSON": (lambda: b"[1e-999999999999999999999]", "a.json", "number-too-long", 1, 2),
    "a long version": (lambda: b"a: 1\n...\n%YAML 1." + b"9" * 5000 + b"\n---\n", "a", "directive", 3, 1),
    "NaN": (lambda: b'{"a": NaN}', "a", "not-finite", 1, 7),
    "NaN in YAML": (lambda: b"a: .nan", "a", "not-finite", 1, 4),
    "infinity": (lambda: b"[-Infinity]", "a.json", "not-finite", 1, 2),
    "20 MB": (lambda: b"a: " + b"x" * (20 * MEGABYTE), "a", "too-large", 1, 1),
    "20 MB of JSON": (lambda: b'["' + b"x" * (20 * MEGABYTE) + b'"]', "a.json", "too-large", 1, 1),
    "two documents": (lambda: b"a: 1\n---\na: 2\n", "a", "several-documents", 2, 1),
    "nothing": (lambda: b"", "a", "empty", 1, 1),
    "a list as key": (lambda: b"? [1, 2]\n: a\n", "a", "key-not-text", 1, 3),
    "a mapping as key": (lambda: b"? {a: b}\n: c\n", "a", "key-not-text", 1, 3),
    "an escape beyond Unicode": (lambda: b'a: "\\U00110000"', "a", "yaml-syntax", 1, 5),
}  # fmt: skip

#: What takes long or much memory where it is read without care; with libyaml, all of it is within the limits.
HEAVY: Final[dict[str, tuple[Callable[[], bytes], str, str]]] = {
    "items": (lambda: b"- a\n" * (2 * MEGABYTE), "a", "too-many-nodes"),
    "items in brackets": (lambda: b"a: [" + b"a," * (4 * MEGABYTE - 8) + b"]", "a", "too-many-nodes"),
    "JSON items": (lambda: b"[" + b"{}," * (2 * MEGABYTE) + b"1]", "a.json", "too-many-nodes"),
    "a sound JSON list": (lambda: b"[" + b"1," * 199_998 + b"1]", "a.json", ""),
    "a sound list": (lambda: b"- 1\n" * 199_999, "a", ""),
    "line ends": (lambda: b"a: 1" + b"\n" * (8 * MEGABYTE - 4), "a", ""),
    "comments with tabs": (lambda: b"a: 1\n" + b"#\t\n" * (2 * MEGABYTE), "a", ""),
    "many lines of one text": (lambda: b"a:\n" + b"  w\n" * (2 * MEGABYTE - 2), "a", ""),
    "a mistake after them": (lambda: b"a:\n" + b"  w\n" * (2 * MEGABYTE - 4) + b"  b: c", "a", "yaml-syntax"),
    "escapes": (lambda: b'["' + b"\\n" * (4 * MEGABYTE - 4) + b'"]', "a.json", ""),
    "escaped pairs": (lambda: b'["' + b"\\ud83d\\ude00" * 600_000 + b'"]', "a.json", ""),
    "emoji": (lambda: "a: '{}'".format("😀" * (2 * MEGABYTE - 2)).encode(), "a", ""),
    "a quote that stays open": (lambda: b'a: "' + b"x\n" * (4 * MEGABYTE - 4), "a", "yaml-syntax"),
    "a quote that stays open in JSON": (lambda: b'["' + b"x" * (8 * MEGABYTE - 4), "a.json", "json-syntax"),
    "a bracket that stays open": (lambda: b"a: [" + b"x " * (4 * MEGABYTE - 4), "a", "yaml-syntax"),
    "a long word with colons": (lambda: b"a: " + b":" * (8 * MEGABYTE - 4), "a", "yaml-syntax"),
}

#: Reads each of `HEAVY` in a process with 300 MB more memory than it has at its start, and says how many seconds of
#: work that was; before them, how many is what takes a quarter of a second on a common machine.
READ_ALL: Final = """
import resource, sys, time
sys.path[:0] = [{folder!r}]
from test_hostile import HEAVY, HOSTILE, Limits, _read

pages = int(open("/proc/self/statm").read().split()[0])
limit = pages * resource.getpagesize() + 300_000_000
resource.setrlimit(resource.RLIMIT_AS, (limit, limit))
start = time.process_time()
sum(range(20_000_000))
print(time.process_time() - start)
for name, (make, file, *_) in {{**HOSTILE, **HEAVY}}.items():
    source = make()
    for pure in (False, True):
        start = time.process_time()
        reading = _read(source, file, Limits(), pure=pure)
        seconds = time.process_time() - start
        print(f"{{seconds:.3f}}", name, pure, [problem.code for problem in reading.problems], sep="|")
"""


@pytest.mark.parametrize("pure", [False, True], ids=["C", "Python"])
@pytest.mark.parametrize("name", HOSTILE)
def test_hostile(name: str, pure: bool) -> None:
    """One problem, the same with both parsers, short enough to read."""
    make, file, code, line, column = HOSTILE[name]
    (problem,) = _read(make(), file, Limits(), pure=pure).problems

    assert (problem.code, problem.position) == (code, Position(file, line, column))
    assert len(str(problem)) < 300
    assert str(problem).isprintable()


@pytest.mark.skipif(not HAS_LIBYAML, reason="without libyaml, files of this size are refused")
@pytest.mark.parametrize("name", HEAVY)
def test_heavy(name: str) -> None:
    """Size alone is no fault within the limits, and no mistake is lost in it."""
    make, file, code = HEAVY[name]

    assert [problem.code for problem in read(make(), file).problems] == ([code] if code else [])


def test_without_libyaml() -> None:
    """The slow parser gets less to do; JSON is read all the same."""
    limits = Limits(size_without_libyaml=1000)
    yaml, json = b"a: " + b"x" * 1000, b'["' + b"x" * 1000 + b'"]'

    (problem,) = _read(yaml, "a", limits, pure=True).problems
    assert problem.code == "too-large"
    assert problem.hint == "write it in JSON, or install PyYAML with libyaml"
    assert _read(yaml[:1000], "a", limits, pure=True).is_valid
    assert _read(json, "a", limits, pure=True).is_valid


class TestLimits:
    """Each limit holds exactly."""

    @pytest.mark.parametrize("source", ["a: é", "a: é".encode(), '["éé"]'])
    def test_size(self, source: str | bytes) -> None:
        """Size is counted in bytes, whatever the document comes as."""
        size = len(source if isinstance(source, bytes) else source.encode())

        assert read(source, "a", Limits(size=size)).is_valid
        assert read(source, "a", Limits(size=size - 1)).problems[0].code == "too-large"

    @pytest.mark.parametrize(
        ("text", "depth"), [("a: {b: [1]}", 3), ("- - - 1", 3), ('{"a": [[1]]}', 3), ("1", 0)]
    )
    def test_depth(self, text: str, depth: int) -> None:
        """Depth is counted in collections."""
        assert read(text, "a", Limits(depth=depth)).is_valid
        if depth:
            assert read(text, "a", Limits(depth=depth - 1)).problems[0].code == "too-deep"

    @pytest.mark.parametrize(
        ("text", "nodes"), [("a: {b: [1, 2]}", 7), ('{"a": {"b": [1, 2]}}', 7), ("[]", 1), ("a", 1)]
    )
    def test_nodes(self, text: str, nodes: int) -> None:
        """Nodes are keys and values, collections among them."""
        assert read(text, "a", Limits(nodes=nodes)).is_valid
        assert read(text, "a", Limits(nodes=nodes - 1)).problems[0].code == "too-many-nodes"


@settings(max_examples=settings().max_examples * 3)
@given(st.binary(max_size=60) | st.text(max_size=60), st.sampled_from(["a", "a.json"]))
def test_anything(source: bytes | str, name: str) -> None:
    """Whatever is read, reading ends in a document or in one problem with a place."""
    reading = read(source, name)

    assert reading.is_valid != bool(reading.problems)
    assert all(problem.position for problem in reading.problems)


@pytest.mark.skipif(settings().max_examples < 1000, reason="time and memory belong to the long profile")
@pytest.mark.skipif(not sys.platform.startswith("linux"), reason="needs Linux to limit memory")
def test_time_and_memory() -> None:
    """Every one of these files is read within 300 MB and 2 seconds, or what is as much on a slow machine."""
    code = READ_ALL.format(folder=str(Path(__file__).parent))
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    quarter, *lines = [line.split("|") for line in done.stdout.splitlines()]

    assert len(lines) == 2 * len(HOSTILE | HEAVY)  # type: ignore[operator]
    most = max(2.0, 8 * float(quarter[0]))
    assert [line for line in lines if float(line[0]) > most] == []
