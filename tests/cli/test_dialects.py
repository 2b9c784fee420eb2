"""Tasks in the drafts' languages, from the question to the list of jobs."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

Call = Callable[..., Any]

EXAMPLES = Path(__file__).parents[2] / "examples" / "dialects"
NOW = ("--now", "2031-03-04T09:00:00Z")
PLATFORM = """
platform: here
horizon: 3660d
pools: [{name: batch, cores: 64, memory: 512G, storage: 10T}]
data: [{location: "https://data.example.net/"}]
costs: {cores: 0.02, currency: EUR}
metrics: [{type: io-throughput, figure: 400, description: MB/s}]
"""


@pytest.mark.parametrize(
    "name", ["request-2025.json", "request-calycopis.json", "request-2024.yaml", "request-2024-newer.yaml"]
)
def test_from_question_to_job(execbroker: Call, tmp_path: Path, name: str) -> None:
    """The answer repeats what was asked, in the task's own language; jobs are listed as all jobs are."""
    platform, book = tmp_path / "platform.yaml", ("--book", str(tmp_path / "book"))
    platform.write_text(PLATFORM, "utf-8")
    asked = execbroker("offers", str(EXAMPLES / name), "--platform", str(platform), *NOW, *book, "-o", "json")
    listed = execbroker("jobs", *book, *NOW, "-o", "json")

    assert (asked.status, listed.status) == (0, 0)
    assert '"executable": {"' in asked.output
    assert "IVOA-TDL" not in asked.output
    assert {json.loads(line)["offered"]["pool"] for line in listed.output.splitlines()} == {"batch"}
