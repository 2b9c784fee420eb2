"""`execbroker schema`: what editors get."""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any

import pytest

from execbroker.languages.schemas import answer_schema, platform_schema, task_schema


@pytest.mark.parametrize(
    ("kind", "schema"), [("task", task_schema), ("platform", platform_schema), ("answer", answer_schema)]
)
def test_schema(execbroker: Callable[..., Any], kind: str, schema: Callable[[], dict[str, Any]]) -> None:
    """The schema of the kind that was asked for, as readable JSON."""
    status, output, errors = execbroker("schema", kind)
    assert (status, errors) == (0, "")
    assert json.loads(output) == json.loads(json.dumps(schema()))
    assert output.startswith("{\n  ")


def test_unknown_kind(execbroker: Callable[..., Any]) -> None:
    """There is a schema for tasks, one for platforms and one for answers."""
    status, _, errors = execbroker("schema", "offer")
    assert status == 2
    assert "'task', 'platform', 'answer'" in errors
