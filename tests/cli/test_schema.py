"""`execbroker schema`: what editors get."""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any

import pytest

from execbroker.languages.schemas import answer_schema, platform_schema, task_schema
from execbroker.languages.schemas.drafts import draft_schema


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


@pytest.mark.parametrize(("kind", "thing"), [("task", "request"), ("answer", "offerset")])
@pytest.mark.parametrize("lang", ["IVOA-EB-2025", "Calycopis-1.0"])
def test_other_languages(execbroker: Callable[..., Any], kind: str, thing: str, lang: str) -> None:
    """Tasks and answers in the draft's languages have schemas too."""
    status, output, errors = execbroker("schema", kind, "--lang", lang)
    assert (status, errors) == (0, "")
    assert json.loads(output) == json.loads(json.dumps(draft_schema(lang, thing)))


def test_what_other_languages_have_not(execbroker: Callable[..., Any]) -> None:
    """Platforms and services are described in one way alone."""
    for arguments in (("platform", "--lang", "IVOA-EB-2025"), ("task", "--lang", "IVOA-EB-2024")):
        assert execbroker("schema", *arguments)[0] == 2
