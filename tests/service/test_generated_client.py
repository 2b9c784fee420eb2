"""A client that is generated from the description asks, accepts, follows and cancels."""

from __future__ import annotations

import importlib
import json
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from types import ModuleType
from typing import Any

import pytest

from tests.service.served import Served
from tests.service.servers import Server, started

pytest.importorskip("openapi_python_client", reason="openapi-python-client is not installed")
httpx = pytest.importorskip("httpx", reason="httpx is not installed")

E = "https://www.purl.org/ivoa.net/EB/schema/types/"
K = "https://www.purl.org/ivoa.net/Calycopis-openapi/schema/v1.0/kinds/"
COST = "urn:ivoa:calycopis:cost:"
REQUEST_2025 = {
    "name": "fringe fit",
    "executable": {"type": f"{E}executables/docker-container-1.0", "image": {"locations": ["a/b:1"]}},
    "resources": {
        "compute": [
            {
                "type": f"{E}resources/compute/simple-compute-resource-1.0",
                "name": "node",
                "cores": {"requested": {"min": 2, "max": 4}},
                "volumes": [{"path": "/in", "mode": "READONLY", "resource": "scan42"}],
            }
        ],
    },
    "schedule": {"requested": {"duration": "P1H"}},
}
REQUEST_2026 = {
    "executable": {
        "kind": f"{K}executable/docker-container.yaml",
        "image": {"locations": ["a/b:1"]},
        "command": ["stack", "--band", "r"],
        "network": {"ports": [{"access": True, "internal": {"port": 8080}, "protocol": "HTTP", "path": "/"}]},
    },
    "compute": {"kind": f"{K}compute/simple-compute-resource.yaml", "cores": {"min": 2, "max": 4}},
    "schedule": {"requested": {"duration": "PT1H"}},
    "costs": [{"kind": f"{K}costs/simple-minmax-float-cost.yaml", "type": f"{COST}monetary", "max": 2.5}],
}
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


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    """A server, and the client for it on the path of imports."""
    folder = tmp_path_factory.mktemp("client")
    generated(folder)
    sys.path.insert(0, str(folder))
    with started("wsgiref", folder) as running:
        yield running
    sys.path.remove(str(folder))


def route(name: str) -> ModuleType:
    """What the client has for one thing that can be asked."""
    return importlib.import_module(f"broker_client.api.default.{name}")


def someone(server: Server) -> Any:
    """A client with a name and a password."""
    return importlib.import_module("broker_client").Client(
        base_url=server.url,
        headers={"Accept": "application/json"},
        httpx_args={"auth": httpx.BasicAuth("ann", "apple")},
    )


def test_in_the_seed_language(server: Server) -> None:
    """It reads whatever the service says, and the service understands whatever it sends."""
    models, client = importlib.import_module("broker_client.models"), someone(server)
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


def test_in_the_schema_of_2025(server: Server) -> None:
    """It asks, is told NO, accepts, follows and cancels."""
    models, client = importlib.import_module("broker_client.models"), someone(server)

    def asked(request: dict[str, Any]) -> Any:
        return route("ask_eb_2025").sync(client=client, body=models.Eb2025Request.from_dict(request))

    volumes = asked(REQUEST_2025)
    assert isinstance(volumes, models.Problem)
    assert "scan42" in volumes.problems[0].message
    known = json.loads(json.dumps(REQUEST_2025))
    del known["resources"]["compute"][0]["volumes"]
    answer = asked(known)
    assert answer.result == "YES"
    assert answer.messages[0].level == "WARN"  # P1H lacks its T
    offer = answer.offers[0]
    assert offer.options[0].values == ["ACCEPTED", "REJECTED"]
    assert offer.executable.image.locations == ["a/b:1"]

    def changed(value: str) -> Any:
        update = {"type": "uri:enum-value-update", "path": "phase", "value": value}
        body = models.Eb2025Update.from_dict({"update": update})
        return route("change_eb_2025_session").sync(offer.uuid, client=client, body=body)

    accepted = changed("ACCEPTED")
    assert accepted.options[0].values == ["CANCELLED"]
    followed = route("get_eb_2025_session").sync(offer.uuid, client=client)
    assert followed.phase in ("WAITING", "PREPARING", "READY", "RUNNING")
    again = route("get_eb_2025_offer_set").sync(answer.uuid, client=client)
    assert [each.phase for each in again.offers[1:]] == ["REJECTED"] * len(again.offers[1:])
    assert changed("CANCELLED").phase == "CANCELLED"
    assert isinstance(changed("ACCEPTED"), models.Problem)
    known["resources"]["compute"][0]["cores"] = {"requested": {"min": 1000}}
    assert asked(known).result == "NO"


def test_in_calycopis(server: Server) -> None:
    """It asks, accepts, follows and cancels; and runs something at once."""
    models, client = importlib.import_module("broker_client.models"), someone(server)
    request = models.CalycopisRequest.from_dict(REQUEST_2026)
    answer = route("ask_calycopis").sync(client=client, body=request, max_offers=1)
    assert (answer.result, len(answer.offers)) == ("YES", 1)
    offer = answer.offers[0]
    assert offer.meta.options[0].values == ["ACCEPTED", "REJECTED"]
    assert offer.costs[0].type_ == f"{COST}monetary"
    assert offer.compute.cores.max_ == 4

    def changed(uuid: str, value: str) -> Any:
        body = models.CalycopisUpdate.from_dict(
            {"kind": "uri:enum-value-update", "path": "/phase", "value": value}
        )
        return route("change_calycopis_session").sync(uuid, client=client, body=body)

    assert changed(offer.meta.uuid, "ACCEPTED").meta.options[0].values == ["CANCELLED"]
    followed = route("get_calycopis_session").sync(offer.meta.uuid, client=client)
    assert followed.phase in ("WAITING", "PREPARING", "AVAILABLE", "RUNNING")
    assert changed(offer.meta.uuid, "CANCELLED").phase == "CANCELLED"
    again = route("get_calycopis_offer_set").sync(answer.meta.uuid, client=client)
    assert again.offers[0].phase == "CANCELLED"

    session = route("run_calycopis").sync(client=client, body=request)
    assert session.schedule.available.duration == "PT1H"
    assert changed(session.meta.uuid, "CANCELLED").phase == "CANCELLED"
    request.compute.cores.min_, request.compute.cores.max_ = 1000, 1000
    refused = route("run_calycopis").sync(client=client, body=request)
    assert (refused.status, refused.code) == (400, "no-offer")
    assert route("ask_calycopis").sync(client=client, body=request).meta.messages
