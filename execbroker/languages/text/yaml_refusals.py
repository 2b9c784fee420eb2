"""What YAML has and this library does not read, and how that is said."""

from __future__ import annotations

import re
from typing import Final

from execbroker.core.problems import quoted
from execbroker.languages.text.documents import Fault

__all__ = [
    "SYNTAX",
    "find_bad_escape",
    "find_odd_space",
    "item_at",
    "refuse_block",
    "refuse_directive",
    "refuse_no_colon",
    "refuse_question_mark",
    "refuse_sign",
    "refuse_tab",
    "refuse_tight_colon",
    "rest_of_line",
    "spaced",
    "tight_colon",
]

#: The code of what is no YAML at all.
SYNTAX: Final = "yaml-syntax"

_SIGNS: Final = {"*": ("alias", "an alias"), "&": ("anchor", "an anchor"), "!": ("tag", "a tag")}
_WORD: Final = re.compile(r"[^\s,\[\]{}]*")
_REST_OF_LINE: Final = re.compile(r"[^\r\n]*")
#: A double-quoted text up to its end, or to the first escape that is none: YAML 1.2.2, section 5.7. Half of a
#: surrogate pair is no character.
_DOUBLE_QUOTED: Final = re.compile(
    r"""
    "(?: [^"\\]++
       | \\(?: [0abtnvfre\t\r\n "/\\N_LP]
             | x[0-9a-fA-F]{2}
             | (?:u|U0000)(?![dD][89a-fA-F])[0-9a-fA-F]{4}
             | U00(?:0[1-9a-fA-F]|10)[0-9a-fA-F]{4} )
    )*+""",
    re.VERBOSE,
)
_ESCAPE: Final = re.compile(r"\\(?:u[0-9a-fA-F]{4}|.?)")
_KEY_AND_REST: Final = re.compile(r"""("[^"]*"|'[^']*'|[^\s=:]+)\s*:?=*>?\s*(.*)""")
#: A space that is none for YAML, where one is needed or wanted.
_ODD_SPACE: Final = re.compile(r"(?:^|(?<=[ :,\[{-]))[^\S \t\r\n]|[^\S \t\r\n]$", re.MULTILINE)
_ITEM: Final = re.compile(r"[^,\[\]{}\r\n]*")
_TIGHT_COLON: Final = re.compile(r"""([A-Za-z_][\w-]*|"[^"]*"|'[^']*'):(?!//)(?=\S)""")


def rest_of_line(text: str, index: int) -> str:
    """A line from `index` on, without the blanks and the comment at its end."""
    line = _REST_OF_LINE.match(text, index)
    return re.sub(r"(?:^|\s)#.*", "", line[0]).strip() if line else ""


def item_at(text: str, index: int) -> str:
    """What stands between brackets from `index` up to the next comma, bracket or line."""
    item = _ITEM.match(text, index)
    return item[0].strip() if item else ""


def refuse_sign(text: str, index: int) -> Fault:
    """The refusal of an alias, an anchor or a tag, by the sign at `index`."""
    code, kind = _SIGNS[text[index]]
    word = _WORD.match(text, index)
    found = word[0] if word else text[index]
    hint = "put it in quotes if it is text, or write out what it stands for"
    return Fault(index, code, f"{quoted(found)} is {kind}, and these are not read", hint, found)


def refuse_directive(text: str, index: int) -> Fault:
    """The refusal of a line that begins with `%`."""
    line = rest_of_line(text, index)
    message = "a line that begins with `%` is a directive, and only `%YAML 1.2` is read"
    return Fault(index, "directive", message, "take it out, or put it in quotes if it is text", line)


def refuse_block(text: str, index: int) -> Fault:
    """The refusal of a value that begins with the sign of a block of text."""
    message = f"{quoted(text[index])} announces a block of text, which begins on the next line"
    return Fault(index, SYNTAX, message, "begin the text there, or put it in quotes")


def refuse_question_mark(index: int) -> Fault:
    """The refusal of `?` between brackets, which begins a key for one parser and is text for the other."""
    return Fault(
        index, SYNTAX, "a `?` stands in a text without quotes between brackets", "put the text in quotes"
    )


def refuse_tab(index: int) -> Fault:
    """The refusal of a tab that separates or indents, which YAML allows in some places and not in others."""
    return Fault(index, "tab", "there is a tab where YAML wants spaces", "write spaces instead")


def find_bad_escape(text: str, start: int) -> Fault | None:
    """What is wrong with the escapes of the double-quoted text that begins at `start`."""
    sound = _DOUBLE_QUOTED.match(text, start)
    escape = _ESCAPE.match(text, sound.end()) if sound else None
    if escape is None:
        return None
    if len(escape[0]) > 2:
        message = f"{quoted(escape[0])} is half of a character"
        return Fault(escape.start(), "surrogate", message, "write the character itself", escape[0])
    message = f"{quoted(escape[0])} means nothing in double quotes"
    hint = r"write `\\` for a backslash, or put the text in single quotes"
    return Fault(escape.start(), SYNTAX, message, hint, escape[0])


def find_odd_space(text: str, start: int, end: int) -> Fault | None:
    """What is wrong with a character that looks like a space, as it comes out of web pages."""
    odd = _ODD_SPACE.search(text, start, end)
    if odd is None:
        return None
    found = f"U+{ord(odd[0]):04X}"
    message = f"the character {found} stands where a space is meant"
    return Fault(odd.start(), "odd-space", message, "write spaces, or put it in quotes if it is text", found)


def spaced(line: str) -> str | None:
    """A line in which the space after the colon is missing, with the space; None if it does not look like one.

    >>> spaced("mincores:4")
    'mincores: 4'
    >>> spaced("https://example.org") is None
    True
    """
    tight = _TIGHT_COLON.match(line)
    return f"{tight[1]}: {line[tight.end() :]}" if tight else None


def tight_colon(index: int, better: str) -> Fault:
    """A key whose colon has no space after it, and how the line is meant."""
    return Fault(index, SYNTAX, "a space is missing after the colon", f"write {quoted(better)}")


def refuse_tight_colon(text: str, start: int, colon: int) -> Fault:
    """The refusal of a key between brackets, whose colon runs into the next sign."""
    key, sign = text[start:colon].rstrip(), text[colon + 1 : colon + 2]
    if sign in ("[", "{"):
        return tight_colon(start, f"{key}: {sign}")
    return Fault(
        start, SYNTAX, f"the key {quoted(key)} has no value", f"write {quoted(f'{key}:')} and a value"
    )


def refuse_no_colon(index: int, line: str) -> Fault:
    """The refusal of what should be a key, a colon, a space and a value."""
    if better := spaced(line):
        return tight_colon(index, better)
    words = _KEY_AND_REST.match(line)
    key, rest = words.groups() if words else (line, "")
    hint = f"write {quoted(f'{key}: {rest}')}" if rest else f"write {quoted(f'{key}:')} and a value"
    return Fault(index, SYNTAX, f"a colon is missing after {quoted(key)}", hint)
