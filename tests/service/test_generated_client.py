"""A client that is generated from the description asks, accepts, follows and cancels."""

from __future__ import annotations

import importlib
import json
import subprocess
import sys
from pathlib import Path
from types import ModuleType
from typing import Any

import pytest

from tests.service.served import Served
from tests.service.servers import started

pytest.importorskip("openapi_python_client", reason="openapi-python-client is not installed")
httpx = pytest.importorskip("httpx", reason="httpx is not installed")

TASK = {"task": {"compute-resources": {"mincores": 4}, "minduration": "1h", "maxduration": "2h"}}


def described() -> dict[str, Any]:
    """The description, with bodies in JSON alone: of bodies in two types the generator makes what cannot be run."""
    description = Served().service.describe()
    for operations in description["paths"].values():
        for operation in operations.values():
            content = operation.get("requestBody", {}).get("content", {})
            if "application/json" in content:
                operation["requestBody"]["content"] = {"application/json": content["application/json"]}
    return description


def generated(folder: Path) -> None:
    """Write a client for the service into a folder, as the package `broker_client`."""
    description = folder / "openapi.json"
    description.write_text(json.dumps(described()), "utf-8")
    subprocess.run(
        [sys.executable, "-m", "openapi_python_client", "generate", f"--path={description}", "--meta=none",
         f"--output-path={folder / 'broker_client'}"],
        check=True,
        capture_output=True,
    )  # fmt: skip


def test_from_question_to_cancel(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """It reads whatever the service says, and the service understands whatever it sends."""
    generated(tmp_path)
    monkeypatch.syspath_prepend(tmp_path)
    models = importlib.import_module("broker_client.models")
    client_module = importlib.import_module("broker_client")

    def route(name: str) -> ModuleType:
        return importlib.import_module(f"broker_client.api.default.{name}")

    with started("wsgiref", tmp_path) as server:
        client = client_module.Client(
            base_url=server.url,
            headers={"Accept": "application/json"},
            httpx_args={"auth": httpx.BasicAuth("ann", "apple")},
        )
        answer = route("ask").sync(client=client, body=models.TaskDocument.from_dict(TASK))
        assert answer.result == "YES"
        offer = answer.offers[0].offer

        def changed(**change: object) -> Any:
            body = models.SessionChange.from_dict(change)
            return route("change_session").sync(offer, client=client, body=body)

        wrong = changed(phase="ACCEPTED", amounts={"coers": 4})
        assert isinstance(wrong, models.Problem)
        assert wrong.problems[0].hint == "did you mean `cores`?"
        accepted = changed(phase="ACCEPTED", duration="PT1H", amounts={"cores": 4})
        assert isinstance(accepted, models.Session)
        assert accepted.run.duration == "PT1H"
        followed = route("get_session").sync(offer, client=client)
        assert followed.phase in ("WAITING", "PREPARING", "AVAILABLE", "RUNNING")
        assert route("list_sessions").sync(client=client).sessions[-1].session
        assert changed(phase="CANCELLED").phase == "CANCELLED"
        assert isinstance(changed(phase="ACCEPTED"), models.Problem)
