"""The two languages of the draft, as clients speak them, so that every test can be put in both."""

from __future__ import annotations

import json
from typing import Any, Final

from attrs import evolve, frozen

from execbroker.service import Response
from tests.service.served import NOW, Served, tree

__all__ = ["DIALECTS", "JSON", "Dialect"]

JSON: Final = "application/json"
_E: Final = "https://www.purl.org/ivoa.net/EB/schema/types/"
_K: Final = "https://www.purl.org/ivoa.net/Calycopis-openapi/schema/v1.0/kinds/"
_START: Final = "2023-05-09T13:00:00Z/PT1H"


def _request_2025(cores: int, most: int, duration: str) -> dict[str, Any]:
    compute = {
        "type": f"{_E}resources/compute/simple-compute-resource-1.0",
        "name": "node",
        "cores": {"requested": {"min": cores, "max": most}},
    }
    return {
        "name": "fringe fit",
        "executable": {"type": f"{_E}executables/docker-container-1.0", "image": {"locations": ["a/b:1"]}},
        "resources": {"compute": [compute]},
        "schedule": {"requested": {"duration": duration, "start": [_START]}},
    }


def _request_2026(cores: int, most: int, duration: str) -> dict[str, Any]:
    return {
        "executable": {"kind": f"{_K}executable/docker-container.yaml", "image": {"locations": ["a/b:1"]}},
        "compute": {
            "kind": f"{_K}compute/simple-compute-resource.yaml",
            "meta": {"name": "node"},
            "cores": {"min": cores, "max": most},
        },
        "schedule": {"requested": {"duration": duration, "start": _START}},
    }


@frozen
class Dialect:
    """A language of the draft, and a service that speaks it."""

    name: str
    mount: str
    asking: str
    type_key: str
    path: str
    served: Served = Served()

    def of(self, served: Served) -> Dialect:
        """The same, of another service."""
        return evolve(self, served=served)

    def request(self, cores: int = 4, most: int = 8, duration: str = "PT1H") -> dict[str, Any]:
        """A request for so many cores."""
        return (_request_2025 if self.type_key == "type" else _request_2026)(cores, most, duration)

    def ask(self, request: object = None, who: str | None = "ann", **given: Any) -> Response:
        """The response to a request."""
        return self.post(self.asking, self.request() if request is None else request, who, **given)

    def post(self, path: str, document: object, who: str | None = "ann", **given: Any) -> Response:
        """The response to a document, in JSON unless it is bytes."""
        headers = {"Content_Type": JSON, **given}
        body = document if isinstance(document, bytes) else json.dumps(document).encode()
        return self.served.ask("POST", self.mount + path, body, who=who, **headers)

    def get(self, path: str, who: str | None = "ann", **given: Any) -> Response:
        """The response to a question."""
        return self.served.ask("GET", self.mount + path, who=who, **given)

    def offers(self, **given: Any) -> list[str]:
        """The UUIDs of the offers for a request."""
        return [self.uuid(each) for each in tree(self.ask(self.request(**given)))["offers"]]

    def known(self, document: dict[str, Any]) -> dict[str, Any]:
        """What holds the UUID, the messages and the options of a document."""
        return document if self.type_key == "type" else document["meta"]

    def uuid(self, document: dict[str, Any]) -> str:
        """The UUID of a document."""
        found: str = self.known(document)["uuid"]
        return found

    def update(self, value: object, **more: object) -> dict[str, Any]:
        """The update that asks for a phase, or with other keys for something else."""
        update = {self.type_key: "uri:enum-value-update", "path": self.path, "value": value, **more}
        return {"update": update} if self.type_key == "type" else update

    def change(self, session: str, value: object, who: str | None = "ann", **more: object) -> Response:
        """The response to an update."""
        return self.post(f"/sessions/{session}", self.update(value, **more), who)

    def phase(self, session: str, who: str = "ann") -> str:
        """Where a session stands."""
        found: str = tree(self.get(f"/sessions/{session}", who))["phase"]
        return found

    def options(self, document: dict[str, Any]) -> list[str]:
        """What a document says that may be asked now."""
        return [value for each in self.known(document).get("options", []) for value in each["values"]]


DIALECTS: Final = {
    "2025": Dialect("IVOA-EB-2025", "/eb-2025", "/offersets", "type", "phase"),
    "2026": Dialect("Calycopis-1.0", "/calycopis-1.0", "/requests", "kind", "/phase"),
}
assert NOW < 1_683_637_200  # the start that is asked for is to come
