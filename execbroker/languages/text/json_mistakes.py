"""What somebody most likely did wrong where a text stops being JSON."""

from __future__ import annotations

import re
from enum import Enum, auto
from typing import Final, NamedTuple, final

from execbroker.core.problems import quoted
from execbroker.languages.text.documents import Fault, Path
from execbroker.languages.text.scalars import not_finite

__all__ = ["Expected", "JsonScene", "explain", "find_half_pair"]

#: The code of what is no JSON at all.
SYNTAX: Final = "json-syntax"

_PARTNERS: Final = {"[": "]", "{": "}", "]": "[", "}": "{"}
_SOUND_TEXT: Final = re.compile(r'"(?:[^"\\\x00-\x1f]++|\\(?:["\\/bfnrt]|u[0-9a-fA-F]{4}))*+')
_WHOLE_PAIRS: Final = re.compile(
    r"""
    (?: [^\\]++
      | \\[^u]
      | \\u(?![dD][89a-fA-F])....
      | \\u[dD][89abAB]..\\u[dD][c-fC-F]..
    )*+""",
    re.VERBOSE | re.DOTALL,
)
_WORD: Final = re.compile(r"[^\s,:\[\]{}\"]+")
_NOT_FINITE: Final = re.compile(r"[-+]?(?:nan|inf|infinity)", re.IGNORECASE)
_FOREIGN_WORDS: Final = {"true": "true", "false": "false", "null": "null", "none": "null", "nil": "null"}


@final
class Expected(Enum):
    """What may come next."""

    VALUE = auto()
    FIRST_VALUE = auto()
    KEY = auto()
    FIRST_KEY = auto()
    COLON = auto()
    NEXT = auto()
    END = auto()


@final
class JsonScene(NamedTuple):
    """What is known where a text stops being JSON; places are indices into the text.

    Attributes:
        text: The document.
        at: What nobody expected.
        expected: What could have come.
        opened: Where the brackets stand that are open, the outermost first.
        path: The way to the node that should come next.
    """

    text: str
    at: int
    expected: Expected
    opened: list[int]
    path: Path

    @property
    def here(self) -> str:
        """The character that nobody expected; empty at the end of the text."""
        return self.text[self.at : self.at + 1]

    @property
    def word(self) -> str:
        """The word that begins here, if none of the signs of JSON does."""
        word = _WORD.match(self.text, self.at)
        return word[0] if word else ""

    def fault(self, message: str, hint: str, at: int | None = None) -> Fault:
        """The mistake, here unless said otherwise."""
        return Fault(self.at if at is None else at, SYNTAX, message, hint)


def explain(scene: JsonScene) -> Fault:
    """The likeliest mistake, and the place where it was made."""
    for rule in _RULES:
        if fault := rule(scene):
            return fault
    return scene.fault("this is no JSON", "take it out, or put it in double quotes")


def find_half_pair(word: str) -> int | None:
    """Where in a text in quotes half of a surrogate pair is escaped, which is no character."""
    pairs = _WHOLE_PAIRS.match(word)
    end = pairs.end() if pairs else 0
    return end if end < len(word) else None


def _at_the_end(scene: JsonScene) -> Fault | None:
    if scene.here:
        return None
    if not scene.opened:
        return Fault(0, "empty", "there is nothing in this document", "write an object with keys and values")
    opened = scene.opened[-1]
    closer = _PARTNERS[scene.text[opened]]
    return scene.fault(
        "the bracket that opens here is not closed", f"write the closing {quoted(closer)}", opened
    )


def _foreign(scene: JsonScene) -> Fault | None:
    """What other languages have."""
    if scene.here == "'":
        return scene.fault("single quotes are not JSON", 'write double quotes: `"`')
    if scene.here == "#" or scene.text.startswith(("//", "/*"), scene.at):
        return scene.fault("JSON has no comments", "take it out, or write the document in YAML")
    return None


def _closing(scene: JsonScene) -> Fault | None:
    """A closing bracket in the wrong place."""
    here, before = scene.here, scene.text[: scene.at].rstrip()
    if here not in ("]", "}"):
        return None
    if not scene.opened:
        return scene.fault(f"{quoted(here)} closes nothing", "take it out")
    opener = scene.text[scene.opened[-1]]
    if _PARTNERS[opener] != here:
        message = f"{quoted(here)} stands where {quoted(_PARTNERS[opener])} is missing"
        return scene.fault(message, f"close the {quoted(opener)} first")
    if before.endswith(","):
        hint = "take the comma out"
        return scene.fault("a comma stands before a closing bracket", hint, len(before) - 1)
    if scene.expected is Expected.COLON:
        return scene.fault("a key has no value", "write a colon and a value")
    return scene.fault("a value is missing after the colon", "write the value")


def _next(scene: JsonScene) -> Fault | None:
    """Something where only a comma or a closing bracket can stand."""
    if scene.expected is not Expected.NEXT:
        return None
    if not scene.opened:
        return scene.fault("more text follows the end of the document", "take it out, or put all in one list")
    if scene.here == ":":
        hint = (
            "put both in braces, or in quotes"
            if scene.text[scene.opened[-1]] == "{"
            else "put both in braces"
        )
        return scene.fault("a colon stands after a value", hint)
    if scene.word and scene.text.endswith('"', 0, scene.at):
        return scene.fault("more text follows a closing quote", r"write `\"` for a quote within the text")
    word = _token(scene)
    return scene.fault(f"a comma is missing before {quoted(word)}", f"write {quoted(f', {word}')}")


def _token(scene: JsonScene) -> str:
    """The text in quotes, the word or the sign that stands here."""
    text = _SOUND_TEXT.match(scene.text, scene.at)
    return f'{text[0]}"' if text else scene.word or scene.here


def _colon(scene: JsonScene) -> Fault | None:
    if scene.expected is not Expected.COLON:
        return None
    return scene.fault("a colon is missing after a key", "write `:` between the key and its value")


def _text(scene: JsonScene) -> Fault | None:
    """A text in quotes that is not sound."""
    sound = _SOUND_TEXT.match(scene.text, scene.at)
    if sound is None:
        return None
    end = sound.end()
    sign = scene.text[end : end + 1]
    if sign == "\\":
        escape = scene.text[end : end + 2]
        message = f"{quoted(escape)} begins no escape that JSON knows"
        return scene.fault(message, r"write `\\` for a backslash", end)
    if sign in ("", "\n", "\r"):
        return scene.fault("the quote that opens here is not closed in its line", 'write the closing `"`')
    escape = "\\t" if sign == "\t" else f"\\u{ord(sign):04x}"
    return scene.fault("a control character stands in a text", f"write it as {quoted(escape)}", end)


def _key(scene: JsonScene) -> Fault | None:
    if scene.expected not in (Expected.KEY, Expected.FIRST_KEY):
        return None
    if scene.word:
        return scene.fault("a key of JSON stands in double quotes", f'write `"{quoted(scene.word)[1:-1]}"`')
    return scene.fault("a key is missing", "write a key in double quotes, a colon and a value")


def _value(scene: JsonScene) -> Fault | None:
    word = scene.word
    if not word:
        return scene.fault("a value is missing", "write the value, or take the sign out")
    if _NOT_FINITE.fullmatch(word):
        refusal = not_finite(word)
        return Fault(scene.at, refusal.code, refusal.message, refusal.hint, word, scene.path)
    if word.lower() in _FOREIGN_WORDS:
        meant = _FOREIGN_WORDS[word.lower()]
        hint = f"write {quoted(meant)}, or put it in double quotes if it is text"
        return scene.fault(f"{quoted(word)} is no word of JSON", hint)
    if word[0] in "+-.0123456789":
        hint = f'write it like `10` or `0.5`, or as `"{quoted(word)[1:-1]}"` if it is text'
        return scene.fault(f"{quoted(word)} is no number of JSON", hint)
    return scene.fault("a text of JSON stands in double quotes", f'write `"{quoted(word)[1:-1]}"`')


_RULES: Final = (_at_the_end, _foreign, _closing, _next, _colon, _text, _key, _value)
