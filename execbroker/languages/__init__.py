"""From files to tasks and platforms, and from answers to documents.

Read it in this order: `documents`, `scalars`, `trees`, `reader` (a file as a tree with positions); `findings`,
`document_classes`, `structure`, `faults` (a tree as values, and what is wrong with it); `quantities`, `dates`,
`moments`, `ledger`, `shapes` (what values mean); `tdl`, `tdl_answer` (the seed language); `platforms` (platform
files); `registry` (all of it together). `schema` describes the files to editors, `writer` writes documents.
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
