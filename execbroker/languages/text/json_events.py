"""JSON (RFC 8259), from its text to a tree, without recursion and with the place of every token."""

from __future__ import annotations

import json
import re
from typing import Final, final

from execbroker.languages.text.documents import Fault
from execbroker.languages.text.json_mistakes import Expected, JsonScene, explain, find_half_pair
from execbroker.languages.text.scalars import read_number
from execbroker.languages.text.trees import TreeBuilder

__all__ = ["parse_json"]

#: One token and the blanks before it. Nothing here can be matched in two ways, and the possessive quantifiers say
#: so: time and memory stay linear, whatever the text.
_TOKEN: Final = re.compile(
    r"""
    [ \t\n\r]*+
    (?: (?P<sign> [][{},:] )
      | (?P<text> "(?: [^"\\\x00-\x1f]++ | \\(?: ["\\/bfnrt] | u[0-9a-fA-F]{4} ) )*+" )
      | (?P<number> -?+ (?: 0 | [1-9][0-9]*+ ) (?: \.[0-9]++ )?+ (?: [eE][-+]?+[0-9]++ )?+ (?![\w.+-]) )
      | (?P<word> (?: true | false | null )(?!\w) )
      | (?P<end> \Z ) )""",
    re.VERBOSE,
)
_BLANKS: Final = re.compile(r"[ \t\n\r]*+")
_WORDS: Final = {"true": True, "false": False, "null": None}
_VALUES: Final = (Expected.VALUE, Expected.FIRST_VALUE)
_KEYS: Final = (Expected.KEY, Expected.FIRST_KEY)


def parse_json(text: str, builder: TreeBuilder) -> None:
    """Give all that a text says to the builder.

    Raises:
        Fault: The text is no JSON, or has in it what isn't read here.
    """
    _Scanner(text, builder).run()


@final
class _Scanner:
    """The state of reading one text.

    Attributes:
        expected: What may come next.
        closers: The brackets that are still to come, the innermost last.
    """

    __slots__ = ("builder", "closers", "expected", "text")

    def __init__(self, text: str, builder: TreeBuilder) -> None:
        self.text, self.builder = text, builder
        self.expected = Expected.VALUE
        self.closers: list[str] = []

    def run(self) -> None:
        """Read token after token, up to the end or to the first that nobody expects."""
        at = 0
        while (token := _TOKEN.match(self.text, at)) and (kind := token.lastgroup):
            start, end = token.span(kind)
            then = self._take(kind, token[kind], start, end)
            if then is None:
                break
            if then is Expected.END:
                return
            self.expected, at = then, end
        blanks = _BLANKS.match(self.text, at)
        here = blanks.end() if blanks else at
        raise explain(JsonScene(self.text, here, self.expected, self.builder.opened, self.builder.path))

    def _take(self, kind: str, word: str, start: int, end: int) -> Expected | None:
        """What may follow a token; None if it may not stand here."""
        builder, expected = self.builder, self.expected
        if kind == "sign":
            return self._take_sign(word, start)
        if kind == "end":
            return Expected.END if expected is Expected.NEXT and not self.closers else None
        if expected in _KEYS:
            if kind != "text":
                return None
            builder.key(_unescape(word, start), start)
            return Expected.COLON
        if expected not in _VALUES:
            return None
        if kind == "text":
            builder.scalar(_unescape(word, start), start, end)
        elif kind == "number":
            builder.read(read_number, word, start, end)
        else:
            builder.scalar(_WORDS[word], start, end)
        return Expected.NEXT

    def _take_sign(self, sign: str, start: int) -> Expected | None:
        expected, closers = self.expected, self.closers
        if sign == ",":
            if expected is not Expected.NEXT or not closers:
                return None
            return Expected.KEY if closers[-1] == "}" else Expected.VALUE
        if sign == ":":
            return Expected.VALUE if expected is Expected.COLON else None
        if sign == "{" and expected in _VALUES:
            self.builder.open_mapping(start)
            closers.append("}")
            return Expected.FIRST_KEY
        if sign == "[" and expected in _VALUES:
            self.builder.open_list(start)
            closers.append("]")
            return Expected.FIRST_VALUE
        if not closers or sign != closers[-1] or expected not in _CLOSABLE:
            return None
        closers.pop()
        self.builder.close()
        return Expected.NEXT


_CLOSABLE: Final = (Expected.NEXT, Expected.FIRST_KEY, Expected.FIRST_VALUE)


def _unescape(word: str, start: int) -> str:
    """What a text in quotes says."""
    if "\\" not in word:
        return word[1:-1]
    if "\\u" in word and (half := find_half_pair(word)) is not None:
        escape = word[half : half + 6]
        message = f"`{escape}` is half of a character"
        raise Fault(start + half, "surrogate", message, "write the character itself", escape)
    text: str = json.loads(word)
    return text
