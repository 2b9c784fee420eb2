"""Documents of anybody in the dialects: read, or refused with reasons, but never with an exception."""

from __future__ import annotations

import json
from collections.abc import Callable
from copy import deepcopy
from decimal import Decimal
from pathlib import Path
from typing import Any, Final

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from execbroker.core.problems import Reading
from execbroker.core.task import Task
from execbroker.languages import languages, read_any, read_session, read_task
from execbroker.languages.drafts.updates import read_update
from execbroker.languages.text.reader import read
from execbroker.languages.text.writer import to_json, to_yaml
from execbroker.languages.written import Occasion

EXAMPLES: Final = Path(__file__).parents[2] / "examples" / "dialects"
DIALECTS: Final = tuple(each.name for each in languages()[1:])


def tree_of(path: Path) -> Any:
    """The tree of an example."""
    return read(path.read_bytes(), path.name).unwrap().root


TREES: Final = [tree_of(path) for path in sorted(EXAMPLES.iterdir())]

words = st.sampled_from(
    [
        "type", "kind", "meta", "uuid", "min", "max", "requested", "offered", "start", "duration", "resources",
        "compute", "storage", "data", "schedule", "request", "response", "result", "offers", "phase", "update",
    ]
)  # fmt: skip
texts = st.sampled_from(
    [
        "", "YES", "NO", "OFFERED", "P1H", "PT0S", "P99999999Y", "2031-03-04T20:00:00Z/PT8H",
        "9999-12-31/9999-12-31",        "2031-03-04T20:00:00.5/P1W", "R/P1D", "/", "P1D/9999-12-31T23:59:59Z",
        "1970-01-01T00:00:00+23:59/PT1S",
        "0b5c1f0e-1111-4a4a-8c8c-000000000001", "${", "uri:enum-value-update",
    ]
)  # fmt: skip
scalars = (
    st.none()
    | st.booleans()
    | st.integers()
    | st.sampled_from([0, -1, 2**63, 10**40])
    | st.decimals(allow_nan=False, allow_infinity=False, min_value=-(10**30), max_value=10**30)
    | texts
    | st.text(max_size=5)
)
junk: st.SearchStrategy[Any] = st.recursive(
    scalars,
    lambda inner: (
        st.lists(inner, max_size=3) | st.dictionaries(words | st.text(max_size=3), inner, max_size=3)
    ),
    max_leaves=6,
)


def spots(node: Any, found: list[tuple[Any, Any]]) -> list[tuple[Any, Any]]:
    """All places of a tree: what holds them, and the key or the index there."""
    if isinstance(node, dict | list):
        for key in list(node) if isinstance(node, dict) else range(len(node)):
            found.append((node, key))
            spots(node[key], found)
    return found


@st.composite
def damaged(draw: st.DrawFn) -> Any:
    """An example with a few of its parts exchanged, added or taken out."""
    tree = deepcopy(draw(st.sampled_from(TREES)))
    for _ in range(draw(st.integers(1, 4))):
        places = spots(tree, [])
        if not places:
            break
        holder, key = draw(st.sampled_from(places))
        what = draw(st.sampled_from(["change", "add", "drop"]))
        if what == "drop":
            del holder[key]
        elif what == "change" or isinstance(holder, list):
            holder[key] = draw(junk)
        else:
            holder[draw(words)] = draw(junk)
    return tree


def sound(reading: Reading[Any]) -> None:
    """There is a value or an error, and every problem has its place."""
    assert reading.is_valid is not any(problem.is_error for problem in reading.problems)
    assert all(problem.position is not None for problem in reading.problems)


@settings(max_examples=settings().max_examples * 3)
@given(damaged(), st.sampled_from([to_json, to_yaml]))
def test_damaged_documents(tree: Any, write: Callable[[Any], str]) -> None:
    """What is read is written in every language."""
    reading = read_any(write(tree), "document")
    sound(reading)
    if reading.value is None:
        return
    for each in languages():
        if isinstance(reading.value, Task):
            if each.write_task is not None:
                again = each.write_task(reading.value)
                assert read_task(to_json(dict(again.tree)), lang=each.name).is_valid, again
        elif each.express is not None:
            assert each.express(reading.value, Occasion()).tree


@given(damaged(), st.sampled_from([to_json, to_yaml]))
def test_damaged_sessions(tree: Any, write: Callable[[Any], str]) -> None:
    """Every part of a document is looked at as a session, if it may be one."""
    for holder, key in spots({"offers": tree}, []):
        if isinstance(holder[key], dict) and "phase" in holder[key]:
            sound(read_session(write(holder[key]), "document"))
            for name in DIALECTS:
                sound(read_session(write(holder[key]), "document", lang=name))


@given(junk | damaged(), st.sampled_from(DIALECTS))
def test_anything_in_every_dialect(tree: Any, name: str) -> None:
    """Whatever it is taken for."""
    text = to_json(tree)
    sound(read_any(text, "document", name))
    document = read(text, "update")
    if document.value is not None:
        sound(read_update(document.value, name))


@pytest.mark.parametrize("name", DIALECTS)
def test_very_many_mistakes(name: str) -> None:
    """Are told up to a limit, in no long time."""
    many = {f"key{number}": number for number in range(3000)}
    tree = {"executable": many, "resources": {"compute": [many] * 10}, "compute": many, "data": [many] * 300}
    reading = read_any(json.dumps(tree), "document", name)
    assert not reading.is_valid
    assert len(reading.problems) <= 500


def test_decimals_are_exact() -> None:
    """As they are everywhere."""
    assert Decimal("0.1") in [each.minimum for each in _metrics()]


def _metrics() -> Any:
    text = """{"metrics": [{"kind": "https://www.purl.org/ivoa.net/Calycopis-openapi/schema/v1.0/kinds/metrics/\
simple-minmax-float-metric.yaml", "type": "urn:x", "min": 0.1}]}"""
    return read_task(text).unwrap().metrics
