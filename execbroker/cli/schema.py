"""`execbroker schema`: JSON Schema of the files, for editors."""

from __future__ import annotations

import json

import click

from execbroker.cli.streams import write_output

__all__ = ["schema"]

_EPILOG = """\b
An editor that knows YAML takes it by a comment on a file's first line:
  # yaml-language-server: $schema=task.schema.json
"""


@click.command(epilog=_EPILOG)
@click.argument("kind", type=click.Choice(["task", "platform", "answer"]))
def schema(kind: str) -> None:
    """Print the JSON Schema of task files, of platform files or of answers."""
    from execbroker.languages.schemas import answer_schema, platform_schema, task_schema

    schemas = {"task": task_schema, "platform": platform_schema, "answer": answer_schema}
    write_output(json.dumps(schemas[kind](), indent=2, ensure_ascii=False) + "\n", is_document=True)
