"""Ways in to what runs, from the ports of a request to the document of its session."""

from __future__ import annotations

import json
from typing import Any, Final

import pytest

from execbroker.adapters.runners.connections import at_host
from execbroker.adapters.runners.virtual import VirtualRunner
from execbroker.core.session import Connector
from execbroker.languages import read_session
from tests.service.served import Served, tree

JSON: Final = "application/json"
WAY: Final = Connector("http://node7.example.org:8080/lab")
PORT: Final = {"access": True, "internal": {"port": 8080}, "protocol": "HTTP", "path": "/lab"}
#: For each place: where one asks, what is run there, and what a way in is called that is open.
PLACES: Final[dict[str, tuple[str, dict[str, Any], str]]] = {
    "/eb-2025": (
        "/offersets",
        {"type": "https://www.purl.org/ivoa.net/EB/schema/types/executables/docker-container-1.0"},
        "ACTIVE",
    ),
    "/calycopis-1.0": (
        "/requests",
        {
            "kind": "https://www.purl.org/ivoa.net/Calycopis-openapi/schema/v1.0/kinds/"
            "executable/docker-container.yaml"
        },
        "AVAILABLE",
    ),
}


@pytest.mark.parametrize("place", PLACES)
def test_from_ports_to_ways_in(served: Served, place: str) -> None:
    """An accepted session says where its ports will be; they are open while it runs, and closed after that."""
    served.serve(runner=VirtualRunner(served.broker, connect=at_host("node7.example.org")))
    asking, executable, is_open = PLACES[place]
    start = "2023-05-09T13:00:00Z/PT1H"
    request = {
        "executable": {**executable, "network": {"ports": [PORT]}},
        "schedule": {"requested": {"start": [start] if place == "/eb-2025" else start}},
    }
    answer = tree(served.ask("POST", place + asking, json.dumps(request).encode(), Content_Type=JSON))
    offer = answer["offers"][0]
    session = f"{place}/sessions/{(offer.get('meta') or offer)['uuid']}"
    update: Any = {"type": "uri:enum-value-update", "path": "phase", "value": "ACCEPTED"}
    update = {"update": update} if place == "/eb-2025" else {**update, "kind": update.pop("type")}

    assert seen(served, session) == ((), None)
    assert served.ask("POST", session, json.dumps(update).encode(), Content_Type=JSON).status == 200
    assert seen(served, session) == ((WAY,), "PREPARING")
    served.now += 3700
    assert seen(served, session) == ((WAY,), is_open)
    served.now += 40 * 86_400
    assert seen(served, session) == ((WAY,), "FINISHED")


def test_in_the_seed_language(served: Served) -> None:
    """The same for sessions of tasks in the seed language."""
    served.serve(runner=VirtualRunner(served.broker, connect=at_host("node7.example.org")))
    task = {"executable": {"type": "docker-container", "network": {"ports": [PORT]}}}
    answer = tree(served.ask("POST", "/offers", json.dumps(task).encode(), Content_Type=JSON, Accept=JSON))
    session = f"/sessions/{answer['offers'][0]['offer']}"

    assert "connectors" not in tree(served.ask("GET", session, Accept=JSON))
    accepted = served.ask("POST", session, b'{"phase": "ACCEPTED"}', Content_Type=JSON, Accept=JSON)
    assert tree(accepted)["connectors"] == [
        {"location": WAY.location, "protocol": WAY.protocol, "kind": WAY.kind}
    ]


def seen(served: Served, session: str) -> tuple[tuple[Connector, ...], str | None]:
    """The ways in of a session as a client sees them, and the status of the first."""
    response = served.ask("GET", session, Accept=JSON)
    document = tree(response)
    given = document.get("connectors") or document.get("executable", {}).get("access")
    return read_session(response.body).unwrap().connectors, given[0]["status"] if given else None
