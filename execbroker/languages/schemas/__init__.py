"""JSON Schema (2020-12) of task files, platform files and answers, for editors that help while one types.

The schema is the form of a file, the reader is the rule: what the schema refuses the reader refuses too, but much
that the schema lets through (a minimum above its maximum, a pool that is not there) only the reader sees.
"""

from execbroker.languages.schemas.answer import answer_schema
from execbroker.languages.schemas.platform import platform_schema
from execbroker.languages.schemas.task import task_schema

__all__ = ["answer_schema", "platform_schema", "task_schema"]
