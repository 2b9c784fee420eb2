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
@click.argument("kind", type=click.Choice(["task", "platform"]))
def schema(kind: str) -> None:
    """Print the JSON Schema of task or platform files."""
    from execbroker.languages.schemas import platform_schema, task_schema

    tree = task_schema() if kind == "task" else platform_schema()
    write_output(json.dumps(tree, indent=2, ensure_ascii=False) + "\n", is_document=True)
