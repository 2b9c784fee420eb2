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


def test_service(execbroker: Callable[..., Any]) -> None:
    """A service is described as OpenAPI has it."""
    status, output, errors = execbroker("schema", "service")
    described = json.loads(output)
    assert (status, errors) == (0, "")
    assert described["openapi"].startswith("3.1.")
    assert "/offers" in described["paths"]


def test_unknown_kind(execbroker: Callable[..., Any]) -> None:
    """There are schemas for tasks, platforms, answers and services."""
    status, _, errors = execbroker("schema", "offer")
    assert status == 2
    assert "'task', 'platform', 'answer', 'service'" in errors
