"""`execbroker schema`: JSON Schema of the files, for editors, and OpenAPI of a service, for its clients."""

from __future__ import annotations

import json
from typing import Any

import click

from execbroker.cli.streams import write_output

__all__ = ["schema"]

_EPILOG = """\b
An editor that knows YAML takes it by a comment on a file's first line:
  # yaml-language-server: $schema=task.schema.json
"""


@click.command(epilog=_EPILOG)
@click.argument("kind", type=click.Choice(["task", "platform", "answer", "service"]))
def schema(kind: str) -> None:
    """Print the JSON Schema of task files, of platform files or of answers.

    Of a service it is the OpenAPI description, without what one that runs somewhere adds: where, and for whom.
    """
    from execbroker.languages.schemas import answer_schema, platform_schema, task_schema

    schemas = {
        "task": task_schema, "platform": platform_schema, "answer": answer_schema, "service": _service,
    }  # fmt: skip
    write_output(json.dumps(schemas[kind](), indent=2, ensure_ascii=False) + "\n", is_document=True)


def _service() -> dict[str, Any]:
    from execbroker.service import ALL, OPEN  # who edits files needs no service
    from execbroker.service.description import description
    from execbroker.service.routes import Table

    return description(Table(ALL), None, OPEN)
