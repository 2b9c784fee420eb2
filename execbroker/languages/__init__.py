"""From files to tasks and platforms, and from answers to documents.

Read it in this order; a room imports only what stands before it:

* `text`: a file as a tree with positions, and back;
* `structuring`: a tree as values, and everything that is wrong with it;
* `dates`: dates, clock times and rules for repeating, as people write them;
* `tdl`: the seed language; `drafts`: the dialects of the field; `platforms`: platform files;
* `seen`: sessions as other brokers show them; `written`: what gets lost in writing;
* `built_in`: the languages, as values; `registry`: all of it together;
* `schemas` describe the files to editors, `uws` shows jobs to clients, `records` are for books, `problems` tells
  programs what is wrong.
"""

from execbroker.languages.built_in import Language
from execbroker.languages.registry import (
    LANGUAGE_UNKNOWN,
    is_unknown_language,
    language,
    languages,
    read_answer,
    read_any,
    read_bookings,
    read_either,
    read_platform,
    read_session,
    read_task,
    write_answer,
)

__all__ = [
    "LANGUAGE_UNKNOWN",
    "Language",
    "is_unknown_language",
    "language",
    "languages",
    "read_answer",
    "read_any",
    "read_bookings",
    "read_either",
    "read_platform",
    "read_session",
    "read_task",
    "write_answer",
]
