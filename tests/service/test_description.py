"""The description of the service."""

import json
import re

import pytest

from execbroker.languages.schemas import answer_schema, task_schema
from execbroker.service import OPEN, SEED
from execbroker.service.description import description
from execbroker.service.routes import Table
from tests.service.served import ROOT, TASK, Served, tree


def test_is_valid(served: Served) -> None:
    """It is OpenAPI 3.1, and what is served is what the service says of itself."""
    validator = pytest.importorskip(
        "openapi_spec_validator", reason="openapi-spec-validator is not installed"
    )
    served_one = json.loads(served.ask("GET", "/openapi.json").body)

    assert served_one == served.service.describe(ROOT)
    validator.validate(served_one, cls=validator.OpenAPIV31SpecValidator)
    validator.validate(Served(OPEN, endpoints=SEED).service.describe(), cls=validator.OpenAPIV31SpecValidator)


def test_every_reference_leads_somewhere(served: Served) -> None:
    """And every schema is used."""
    described = served.service.describe()
    text = json.dumps(described)
    named = set(re.findall(r'"#/components/schemas/([^"]+)"', text))

    assert named <= set(described["components"]["schemas"])
    assert "$defs" not in text
    assert {"TaskDocument", "Reply", "Problem", "Session", "SessionChange"} <= named


def test_links(served: Served) -> None:
    """What can be asked next is there to be asked; a service with fewer endpoints links to fewer."""
    for some in (SEED, SEED[:1], SEED[:2]):
        paths = description(Table(some), None, OPEN)["paths"]
        operations = {
            name: each for path in paths.values() for each in path.values() for name in [each["operationId"]]
        }
        links = paths["/offers"]["post"]["responses"]["200"].get("links", {})
        assert set(links) <= set(operations)
        for name, link in links.items():
            assert set(link["parameters"]) == {
                each["name"] for each in operations[name]["parameters"] if each["in"] == "path"
            }
    assert (
        "links"
        not in description(Table(SEED[:1]), None, OPEN)["paths"]["/offers"]["post"]["responses"]["200"]
    )
    assert len(served.service.describe()["paths"]["/offers"]["post"]["responses"]["200"]["links"]) == 17


def test_names_are_apart(served: Served) -> None:
    """Who makes classes of schemas writes them all in one way, so names differ by more than capitals and dashes."""
    names = [
        re.sub("[^a-z0-9]", "", each.lower()) for each in served.service.describe()["components"]["schemas"]
    ]

    assert len(set(names)) == len(names)


def test_security(served: Served) -> None:
    """It says what needs a name, and that nothing does where everything is public."""
    paths = served.service.describe()["paths"]

    assert paths["/offers"]["post"]["security"] == [{"client": []}]
    assert "security" not in paths["/openapi.json"]["get"]
    assert Served(OPEN).service.describe()["paths"]["/offers"]["post"]["security"] == [{}, {"client": []}]


def test_schemas_are_those_of_the_languages(served: Served) -> None:
    """What the description says of tasks and answers is what `languages.schemas` says."""
    schemas = served.service.describe()["components"]["schemas"]

    for name, schema in (("TaskDocument", task_schema()), ("AnswerDocument", answer_schema())):
        assert json.dumps(schemas[name]).replace("#/components/schemas/", "#/$defs/") == json.dumps(
            {key: value for key, value in schema.items() if key not in ("$schema", "$defs", "title")}
        )
    assert tree(served.ask("POST", "/offers", TASK))["result"] == "YES"
