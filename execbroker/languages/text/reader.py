"""From the bytes of a file to a tree with the place of every node: YAML 1.2 and JSON, by the same strict rules.

In both, `9:00` is text and `NO` is a word, numbers are exact, keys are text and come once, and there is one
document. Whatever is read, reading ends within the limits with a document or with one problem, which says where it
is and what to write instead: a file that is not what it seems to be is not looked at further.
"""

from __future__ import annotations

import re
from typing import Final

from execbroker.core.problems import Problem, Reading, quoted
from execbroker.languages.text.documents import Document, Fault, Node, Source, spell_path
from execbroker.languages.text.trees import Limits, TreeBuilder

__all__ = ["Document", "Limits", "Node", "read"]

#: What a file may cost unless somebody says otherwise.
_USUAL: Final = Limits()

#: Control characters, but for tab, line feed and carriage return; and halves of characters.
_CONTROL: Final = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\ud800-\udfff]")
_UTF_16: Final = (b"\xff\xfe", b"\xfe\xff")
_BRACKET: Final = re.compile(r"\s*[\[{]")
#: What no token of JSON begins with: whoever wrote it meant YAML.
_NOT_JSON: Final = re.compile(r"[^\s\"\[\]{},:0-9-]")
#: The longest path that a problem carries, in characters: nobody could read a longer one.
_LONGEST_PATH: Final = 300


def read(source: bytes | str, name: str, limits: Limits = _USUAL) -> Reading[Document]:
    """What a file says, or what is wrong with it.

    A name that ends with `.json` makes it JSON. Otherwise what begins with a bracket is read as JSON if it is JSON,
    and everything else as YAML.

    Args:
        source: The content of the file; bytes are UTF-8.
        name: The name of the file, for messages.
        limits: What it may cost.

    >>> document = read("mincores: 4", "task.yaml").unwrap()
    >>> document.root
    {'mincores': 4}
    >>> print(document.position(("mincores",)))
    task.yaml:1:11
    """
    return _read(source, name, limits)


def _read(source: bytes | str, name: str, limits: Limits, *, pure: bool = False) -> Reading[Document]:
    """The same; `pure` keeps from using the parser of YAML in C."""
    if _size(source) > limits.size:
        hint = "split it, or leave out what is not needed"
        problem = _too_large(limits.size, hint)
        return Reading(problems=(_as_problem(problem, Source(name, "")),))
    text, fault = _decode(source)
    origin = Source(name, text)
    try:
        if fault:
            raise fault
        return Reading(_parse(origin, limits, pure))
    except Fault as fault:
        return Reading(problems=(_as_problem(fault, origin),))


def _size(source: bytes | str) -> int:
    if isinstance(source, bytes) or source.isascii():
        return len(source)
    return len(source.encode("utf-8", "surrogatepass"))


def _decode(source: bytes | str) -> tuple[str, Fault | None]:
    """The text without its byte order mark, and what is wrong with it as a text."""
    if isinstance(source, str):
        text = source.removeprefix("\ufeff")
    else:
        try:
            text = source.decode("utf-8-sig")
        except UnicodeDecodeError as error:
            good = error.object[: error.start].decode()
            found = f"byte 0x{error.object[error.start]:02x}"
            what = "UTF-16, not" if source.startswith(_UTF_16) else "not"
            fault = Fault(len(good), "not-utf-8", f"this is {what} UTF-8", "save the file in UTF-8", found)
            return source.decode("utf-8-sig", "replace"), fault
    if control := _CONTROL.search(text):
        found = f"U+{ord(control[0]):04X}"
        message = f"the character {found} has no place in a text"
        return text, Fault(control.start(), "control-character", message, "take it out", found)
    return text, None


def _parse(origin: Source, limits: Limits, pure: bool) -> Document:
    """The document, by the language that its name or its first character tells."""
    if origin.name.lower().endswith(".json"):
        return _parse_json(origin, limits)
    if not _BRACKET.match(origin.text):
        return _parse_yaml(origin, limits, pure)
    try:
        return _parse_json(origin, limits)
    except Fault as not_json:
        if not_json.code != "json-syntax":
            raise
        try:
            return _parse_yaml(origin, limits, pure)
        except Fault as not_yaml:
            is_yaml = not_yaml.index > not_json.index or _NOT_JSON.match(origin.text, not_json.index)
            raise (not_yaml if is_yaml else not_json) from None


def _parse_json(origin: Source, limits: Limits) -> Document:
    from execbroker.languages.text.json_events import parse_json

    builder = TreeBuilder(origin, limits)
    parse_json(origin.text, builder)
    return builder.document


def _parse_yaml(origin: Source, limits: Limits, pure: bool) -> Document:
    # PyYAML is loaded when there is YAML to read.
    from execbroker.languages.text.yaml_events import HAS_LIBYAML, parse_yaml

    if (pure or not HAS_LIBYAML) and _size(origin.text) > limits.size_without_libyaml:
        raise _too_large(limits.size_without_libyaml, "write it in JSON, or install PyYAML with libyaml")
    builder = TreeBuilder(origin, limits)
    parse_yaml(origin.text, builder, pure=pure)
    return builder.document


def _too_large(limit: int, hint: str) -> Fault:
    return Fault(0, "too-large", f"the file has more than {limit:,} bytes", hint)


def _as_problem(fault: Fault, origin: Source) -> Problem:
    path = spell_path(fault.path)
    return Problem(
        fault.code,
        fault.message,
        path if len(path) <= _LONGEST_PATH else "",
        fault.found and quoted(fault.found)[1:-1],
        fault.hint,
        origin.position(fault.index),
    )
