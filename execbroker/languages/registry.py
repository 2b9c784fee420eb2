"""The languages that tasks may come in, and the way from a file to a task or a platform.

A language is a value. `IVOA-TDL-1.0` and the dialects of the IVOA ExecutionBroker drafts are built in; another
package adds one by naming a `Language` in the entry point group `execbroker.languages`, under the name that its
documents give as `lang`. The entry points are looked at only when a document names a language that is not built
in, for looking takes longer than reading a task.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Any, Final, TypeVar

from attrs import evolve

from execbroker.core.answer import Answer
from execbroker.core.platform import Booking, Platform
from execbroker.core.problems import Problem, Reading, quoted
from execbroker.core.task import Task
from execbroker.languages.built_in import BUILT_IN, Language
from execbroker.languages.structuring.document_classes import similar
from execbroker.languages.structuring.findings import Findings, few
from execbroker.languages.structuring.roots import ANSWER, SESSION, TASK, is_kind, kind_of
from execbroker.languages.tdl import tasks
from execbroker.languages.text.documents import Document, Node
from execbroker.languages.text.reader import read
from execbroker.languages.written import Occasion

if TYPE_CHECKING:
    from execbroker.languages.seen import SeenSession  # who reads no session doesn't pay for the class

__all__ = [
    "GROUP",
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

T = TypeVar("T")

#: The entry point group in which other packages name their languages.
GROUP: Final = "execbroker.languages"

#: The code of the one problem that a document in an unknown language has. Who has only to say YES or NO, says NO.
LANGUAGE_UNKNOWN: Final = "language-unknown"


def languages() -> tuple[Language, ...]:
    """The languages that are built in."""
    return BUILT_IN


def language(name: str) -> Language | None:
    """The language of a name, built in or brought by another package; None if there is none.

    Raises:
        TypeError: What another package names is no `Language`.
        Exception: Whatever the other package raises when it is imported.
    """
    for each in BUILT_IN:
        if each.name == name:
            return each
    return _brought(name)


def _brought(name: str) -> Language | None:
    from importlib.metadata import entry_points  # looking takes 25 ms

    for entry in entry_points(group=GROUP, name=name):
        found = entry.load()
        if not isinstance(found, Language):
            raise TypeError(f"{entry.value} is of type {type(found).__name__}, not a Language")
        return found
    return None


def read_task(
    source: bytes | str,
    name: str = "<task>",
    resources: frozenset[str] | None = None,
    *,
    lang: str | None = None,
) -> Reading[Task]:
    """The task of a file, in whatever language it is, or all its problems.

    A file in an unknown language has one problem, whose code is `LANGUAGE_UNKNOWN`: nothing else of it was read.

    Args:
        source: The content of the file: YAML 1.2 or JSON.
        name: The name of the file, for messages.
        resources: Names of further resources that the platforms have; they are never taken for a slip of the pen.
        lang: The name of the language, where it is known; without it the document tells.
    """
    return _opened(source, name, lambda document: _read_task(document, resources or frozenset(), lang))


def _opened(source: bytes | str, name: str, look: Callable[[Document], Reading[T]]) -> Reading[T]:
    """What comes of looking at the document of a file, with all that is wrong with either."""
    document = read(source, name)
    if document.value is None:
        return Reading(None, document.problems)
    reading = look(document.value)
    return evolve(reading, problems=document.problems + reading.problems) if document.problems else reading


def _read_task(document: Document, resources: frozenset[str], lang: str | None = None) -> Reading[Task]:
    return _in_its_language(document, lambda found: _task(document, found, resources), lang)


def _read_answer(document: Document, lang: str | None = None) -> Reading[Answer]:
    return _in_its_language(document, lambda found: _answer(document, found), lang)


def _task(document: Document, found: Language, resources: frozenset[str]) -> Reading[Task]:
    return _mistaken(document, found, TASK) or found.read(document, resources)


def _mistaken(document: Document, found: Language, wanted: str) -> Reading[Any] | None:
    """The one problem of a document that is another thing than is wanted, in a language that is built in."""
    findings = Findings(document)
    return None if found not in BUILT_IN or is_kind(findings, wanted) else findings.reading(None)


def _in_its_language(
    document: Document, read: Callable[[Language], Reading[T]], named: object = None
) -> Reading[T]:
    """What comes of reading a document in the language that it is in, or the one problem with that language."""
    for each in BUILT_IN:
        if each.name == named or (named is None and each.reads(document)):
            return read(each)
    if named is None and isinstance(document.root, dict):
        named = document.root.get("lang")
    for each in BUILT_IN:
        if each.name == named:
            return read(each)  # it will have something to say of the key `lang`
    if not isinstance(named, str):
        hint = f"write `lang: {tasks.NAME}`, or leave it out"
        return _problem(document, "wrong-type", "`lang` is not text", hint)
    try:
        brought = _brought(named)
        if brought is not None:
            return read(brought)
    except Exception as error:  # noqa: BLE001 - another package's code may raise anything
        what = f"{type(error).__name__}: {' '.join(str(error).split())}"
        message = f"the package that brings the language {quoted(named)} is broken: {what}"
        return _problem(document, "broken-language", message, "mend or remove that package", named)
    message = f"the language {quoted(named)} is not known"
    return _problem(document, LANGUAGE_UNKNOWN, message, _instead(named), named)


def _instead(named: str) -> str:
    names = [each.name for each in BUILT_IN]
    near = similar(named, names)
    return f"did you mean `{near}`?" if near else f"known is {few(names)}"


def _problem(
    document: Document, code: str, message: str, hint: str, found: str | None = None
) -> Reading[Any]:
    """The one problem of a document whose language is at fault."""
    return Reading(None, (Problem(code, message, "lang", found, hint, document.position(("lang",))),))


def read_answer(source: bytes | str, name: str = "<answer>", *, lang: str | None = None) -> Reading[Answer]:
    """The answer of a document, in whatever language it is, or all its problems.

    What `write_answer` wrote is read back, up to what a language has no place for.

    Args:
        source: The content of the document: YAML 1.2 or JSON.
        name: The name of the document, for messages.
        lang: The name of the language, where it is known; without it the document tells.
    """
    return _opened(source, name, lambda document: _read_answer(document, lang))


def _answer(document: Document, found: Language) -> Reading[Answer]:
    if (mistaken := _mistaken(document, found, ANSWER)) is not None:
        return mistaken
    if found.read_answer is not None:
        return found.read_answer(document)
    message = f"answers in the language {quoted(found.name)} are written but cannot be read"
    return _problem(document, "language-not-read", message, f"write the answer in {tasks.NAME}", found.name)


def read_session(
    source: bytes | str, name: str = "<session>", *, lang: str | None = None
) -> Reading[SeenSession]:
    """What a document of any broker's says of one of its sessions, or all that is wrong with it.

    The schemas of 2025 and 2026 have such documents.

    Args:
        source: The content of the document: YAML 1.2 or JSON.
        name: The name of the document, for messages.
        lang: The name of the language, where it is known; without it the document tells.
    """

    def look(document: Document) -> Reading[SeenSession]:
        return _in_its_language(document, lambda found: _session(document, found), lang)

    return _opened(source, name, look)


def _session(document: Document, found: Language) -> Reading[SeenSession]:
    if (mistaken := _mistaken(document, found, SESSION)) is not None:
        return mistaken
    if found.read_session is not None:
        return found.read_session(document)
    message = f"sessions in the language {quoted(found.name)} cannot be read"
    able = few(each.name for each in BUILT_IN if each.read_session is not None)
    return _problem(document, "language-not-read", message, f"give one in {able}", found.name)


def is_unknown_language(reading: Reading[Task] | Reading[Answer]) -> bool:
    """Whether a document could not be read for no other reason than its language; to such a task one says NO."""
    return any(problem.code == LANGUAGE_UNKNOWN for problem in reading.problems)


def read_platform(source: bytes | str, name: str = "<platform>") -> Reading[Platform]:
    """The platform of a file, or all its problems.

    Args:
        source: The content of the file: YAML 1.2 or JSON.
        name: The name of the file, for messages.
    """
    return _opened(source, name, _platform)


def _platform(document: Document) -> Reading[Platform]:
    from execbroker.languages.platforms import files  # who has no platform file doesn't pay for its classes

    return files.read(document)


def read_bookings(source: bytes | str, name: str, platform: Platform) -> Reading[tuple[Booking, ...]]:
    """The bookings of a file that has nothing else, or all its problems.

    Args:
        source: The content of the file: a list as platform files have it under `bookings`, in YAML 1.2 or JSON.
        name: The name of the file, for messages.
        platform: Whose bookings they are.
    """
    from execbroker.languages.platforms import bookings  # few commands take bookings by themselves

    return _opened(source, name, lambda document: bookings.read(document, platform))


def read_either(source: bytes | str, name: str) -> Reading[Task] | Reading[Platform]:
    """The task or the platform of a file, whichever it holds; a file with `pools` or `platform` is a platform's."""

    def look(document: Document) -> Reading[Any]:
        root = document.root
        is_platform = (
            isinstance(root, dict) and "task" not in root and ("pools" in root or "platform" in root)
        )
        return _platform(document) if is_platform else _read_task(document, frozenset())

    return _opened(source, name, look)


def write_answer(answer: Answer, occasion: Occasion | None = None) -> dict[str, Node]:
    """The document of an answer in the language of its task, as a plain tree.

    Args:
        answer: The answer.
        occasion: What the document may say beside it: the task, the instant, the service.

    Raises:
        LookupError: There is no such language.
    """
    found = language(answer.language)
    if found is None:
        raise LookupError(f"there is no language {answer.language!r}")
    if occasion is not None and found.express is not None:
        return dict(found.express(answer, occasion).tree)
    return found.write(answer)


def read_any(source: bytes | str, name: str, lang: str | None = None) -> Reading[Task] | Reading[Answer]:
    """The task or the answer of a document, whichever it holds."""

    def look(document: Document) -> Reading[Any]:
        is_answer = kind_of(document.root) == ANSWER
        return _read_answer(document, lang) if is_answer else _read_task(document, frozenset(), lang)

    return _opened(source, name, look)
