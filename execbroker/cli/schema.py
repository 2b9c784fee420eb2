"""`execbroker schema`: JSON Schema of the files, for editors, and OpenAPI of a service, for its clients."""

from __future__ import annotations

import json
from typing import Any

import click

from execbroker.cli.streams import write_output
from execbroker.languages.drafts.detection import CALYCOPIS, DRAFT_2025

__all__ = ["schema"]

_EPILOG = """\b
An editor that knows YAML takes it by a comment on a file's first line:
  # yaml-language-server: $schema=task.schema.json
"""


@click.command(epilog=_EPILOG)
@click.argument("kind", type=click.Choice(["task", "platform", "answer", "service"]))
@click.option(
    "--lang", type=click.Choice([DRAFT_2025, CALYCOPIS]), help="Of tasks or answers in another language."
)
def schema(kind: str, lang: str | None) -> None:
    """Print the JSON Schema of task files, of platform files or of answers.

    Of a service it is the OpenAPI description, without what one that runs somewhere adds: where, and for whom.
    """
    if lang is not None:
        write_output(_shown(_spoken(kind, lang)), is_document=True)
        return
    from execbroker.languages.schemas import answer_schema, platform_schema, task_schema

    schemas = {
        "task": task_schema, "platform": platform_schema, "answer": answer_schema, "service": _service,
    }  # fmt: skip
    write_output(_shown(schemas[kind]()), is_document=True)


def _shown(document: dict[str, Any]) -> str:
    return json.dumps(document, indent=2, ensure_ascii=False) + "\n"


def _spoken(kind: str, lang: str) -> dict[str, Any]:
    from execbroker.languages.schemas.drafts import draft_schema  # few people ask for these

    things = {"task": "request", "answer": "offerset"}
    if kind not in things:
        raise click.UsageError(f"--lang goes with {' and '.join(things)} alone")
    return draft_schema(lang, things[kind])


def _service() -> dict[str, Any]:
    from execbroker.service import ALL, OPEN  # who edits files needs no service
    from execbroker.service.description import description
    from execbroker.service.routes import Table

    return description(Table(ALL), None, OPEN)
