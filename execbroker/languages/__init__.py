"""From files to tasks and platforms, and from answers to documents.

Read it in this order: `documents`, `reader` (a file as a tree with positions); `structure`, `findings` (the tree as
values, and what is wrong with it); `tdl`, `tdl_answer` (the seed language); `platforms`; `registry` (all of it
together). `schema` describes the files to editors.
"""

from execbroker.languages.registry import (
    LANGUAGE_UNKNOWN,
    Language,
    is_unknown_language,
    language,
    languages,
    read_either,
    read_platform,
    read_task,
    write_answer,
)

__all__ = [
    "LANGUAGE_UNKNOWN",
    "Language",
    "is_unknown_language",
    "language",
    "languages",
    "read_either",
    "read_platform",
    "read_task",
    "write_answer",
]
