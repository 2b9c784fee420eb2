"""What somebody most likely did wrong, where a parser of YAML gave up.

A parser reports in its own words the place at which it noticed; people want the place at which they slipped, and
what to write there. Each rule below knows one kind of slip, and the first that recognises the scene explains it.
"""

from __future__ import annotations

import re
from typing import Final, NamedTuple, final

from execbroker.core.problems import quoted
from execbroker.languages.text.documents import Fault
from execbroker.languages.text.yaml_refusals import (
    SYNTAX,
    find_bad_escape,
    find_odd_space,
    item_at,
    refuse_block,
    refuse_directive,
    refuse_no_colon,
    refuse_question_mark,
    refuse_sign,
    refuse_tab,
    refuse_tight_colon,
    rest_of_line,
    tight_colon,
)

__all__ = ["Scene", "explain"]

#: Keys of more characters have to be announced by `?`: YAML 1.2.2, section 7.4.2.
_LONGEST_KEY: Final = 1024

_PARTNERS: Final = {"[": "]", "{": "}", "]": "[", "}": "{"}
_BRACKET: Final = re.compile(r"""[][{}]|"(?:[^"\\]|\\.)*+"|'[^']*+'|#[^\n]*""")
_DASHES: Final = re.compile(r" *(?:[-?] +)*")
_SPACE_AND_COMMENTS: Final = re.compile(r"(?:\s|#[^\n]*)*+")
_DIRECTIVE: Final = re.compile(r"^%", re.MULTILINE)
_LAST_WORD: Final = re.compile(r"\s\S*\Z")


@final
class Scene(NamedTuple):
    """What is known when a parser gives up; places are indices into the text.

    Attributes:
        text: The document.
        at: Where the parser stood.
        start: Where the word or quoted text begins that it could not finish; None if it was between words.
        scalar: The beginning and the end of the last scalar that it gave out.
        opened: Where the collections begin that it was in, the outermost first.
    """

    text: str
    at: int
    start: int | None
    scalar: tuple[int, int]
    opened: list[int]

    @property
    def here(self) -> str:
        """The character at which the parser stood; empty at the end of the text."""
        return self.text[self.at : self.at + 1]

    @property
    def unfinished(self) -> str:
        """The first character of what the parser could not finish; empty if it was between words."""
        return "" if self.start is None else self.text[self.start : self.start + 1]

    @property
    def bracket(self) -> int | None:
        """The innermost bracket that is open, as far as is known."""
        opened = [each for each in self.opened if self.text.startswith(("[", "{"), each)]
        if not opened:  # what may turn out to be a key is given out late
            for sign in _BRACKET.finditer(self.text, self.scalar[1], self.at):
                if sign[0] in ("[", "{"):
                    opened.append(sign.start())
                elif sign[0] in ("]", "}"):
                    del opened[-1:]
        return opened[-1] if opened else None

    def line_start(self, index: int) -> int:
        """Where the line of a character begins."""
        return self.text.rfind("\n", 0, index) + 1

    def column(self, index: int) -> int:
        """How many characters stand before this one in its line."""
        return index - self.line_start(index)

    def indent(self, index: int) -> int:
        """The column of the first word of a line; a dash is none."""
        start = self.line_start(index)
        dashes = _DASHES.match(self.text, start)
        return dashes.end() - start if dashes else 0

    def is_first(self, index: int) -> bool:
        """Whether nothing but spaces and dashes stands before this character in its line."""
        return _DASHES.fullmatch(self.text, self.line_start(index), index) is not None

    def is_beyond(self, index: int, bracket: int) -> bool:
        """Whether a line begins with this character so far to the left that an open bracket cannot mean it."""
        content = _SPACE_AND_COMMENTS.match(self.text, bracket + 1)
        column = self.column(index)
        return (
            self.is_first(index)
            and self.line_start(index) > bracket
            and column <= self.indent(bracket)
            and content is not None
            and column < self.column(content.end())
        )


def explain(scene: Scene) -> Fault:
    """The likeliest mistake, and the place where it was made."""
    for rule in _RULES:
        if fault := rule(scene):
            return fault
    hint = "look at the quotes, brackets, colons and indentation of this line and the one above"
    return Fault(scene.at, SYNTAX, "this cannot be understood", hint)


def _tab(scene: Scene) -> Fault | None:
    if scene.here == "\t":
        return refuse_tab(scene.at)
    gap = scene.text[scene.scalar[1] : scene.at]
    is_plain = "\t" in gap and not re.search("[\"'#|>]", gap)
    return refuse_tab(scene.scalar[1] + gap.index("\t")) if is_plain else None


def _odd_space(scene: Scene) -> Fault | None:
    start = scene.line_start(scene.scalar[0])
    return find_odd_space(scene.text, start, scene.at + len(rest_of_line(scene.text, scene.at)))


def _sign(scene: Scene) -> Fault | None:
    """A value that begins with a character that has a meaning of its own."""
    text, at = scene.text, scene.at
    if scene.start is not None and scene.unfinished in ("*", "&", "!"):
        return refuse_sign(text, scene.start)
    if directive := _DIRECTIVE.search(text, scene.line_start(scene.scalar[1]), at + 1):
        return refuse_directive(text, directive.start())
    if scene.start is not None and scene.unfinished in ("|", ">"):
        return refuse_block(text, scene.start)
    if scene.here in ("|", ">"):
        return refuse_block(text, at)
    if scene.here not in ("%", "@", "`"):
        return None
    sign = "a backtick" if scene.here == "`" else quoted(scene.here)
    value = rest_of_line(text, at) if scene.bracket is None else item_at(text, at)
    hint = f'put it in quotes: "{quoted(value)[1:-1]}"'
    return Fault(at, SYNTAX, f"a text without quotes cannot begin with {sign}", hint)


def _unclosed(scene: Scene, index: int, what: str, closing: str) -> Fault:
    return Fault(
        index, SYNTAX, f"the {what} that opens here is not closed", f"write the closing {quoted(closing)}"
    )


def _unclosed_quote(scene: Scene) -> Fault | None:
    """A quote without its partner; with it begins what the next quote was to begin."""
    text, (start, end) = scene.text, scene.scalar
    if scene.start is not None and scene.unfinished in ('"', "'"):
        bad_escape = find_bad_escape(text, scene.start) if scene.unfinished == '"' else None
        return bad_escape or _unclosed(scene, scene.start, "quote", scene.unfinished)
    is_torn = _follows_quote(scene) and "\n" in text[start:end] and scene.here not in (":", ",", "]", "}")
    return _unclosed(scene, start, "quote", text[start]) if is_torn else None


def _follows_quote(scene: Scene) -> bool:
    """Whether the parser stood behind a text in quotes, on its last line."""
    start, end = scene.scalar
    return scene.text.startswith(('"', "'"), start) and not scene.text[end : scene.at].strip(" ") and end > 0


def _after_quote(scene: Scene) -> Fault | None:
    """A text in quotes, and more of it behind the closing quote."""
    text, (start, end) = scene.text, scene.scalar
    if not _follows_quote(scene):
        return None
    if scene.here == ":":
        better = f"{text[start:end]}: {rest_of_line(text, scene.at + 1)}"
        return None if text.startswith((" ", "\n", "\r"), scene.at + 1) else tight_colon(scene.at, better)
    is_next_item = scene.at > end or scene.here in ('"', "'", "[", "{")
    if scene.here in ("", ",", "]", "}", "-", "?", "\n") or (scene.bracket is not None and is_next_item):
        return None
    if scene.bracket is None and scene.is_first(start):
        return refuse_no_colon(start, rest_of_line(text, start))
    wanted = "`''` for an apostrophe" if text[start] == "'" else r"`\"` for a quote"
    return Fault(scene.at, SYNTAX, "more text follows a closing quote", f"write {wanted} within the text")


def _missing_colon(scene: Scene) -> Fault | None:
    """A line that should be a key and a value."""
    if scene.start is None or scene.bracket is not None or not scene.is_first(scene.start):
        return None
    if "\n" not in scene.text[scene.start : scene.at] and scene.here:
        return None
    opened = scene.opened[-1] if scene.opened else scene.start
    if scene.text.startswith("-", opened) and scene.column(opened) == scene.column(scene.start):
        return _item_wanted(scene, scene.start)
    return refuse_no_colon(scene.start, rest_of_line(scene.text, scene.start))


def _item_wanted(scene: Scene, index: int) -> Fault:
    hint = f"write {quoted('- ' + rest_of_line(scene.text, index))}, or indent it"
    return Fault(index, SYNTAX, "a list goes on here, and its items begin with `- `", hint)


def _colon(scene: Scene) -> Fault | None:
    """A colon where no key can end."""
    if scene.here != ":":
        return None
    text, at, (start, end) = scene.text, scene.at, scene.scalar
    if scene.is_first(at) or re.search(r"[{,]\s*\Z", text[scene.line_start(at) : at]):
        return Fault(at, SYNTAX, "a key is missing before the colon", "write the key, or take the colon out")
    is_after_scalar = end == at > start
    if scene.bracket is not None:
        return _colon_in_brackets(scene, scene.bracket, start if is_after_scalar else scene.start or at)
    if is_after_scalar and "\n" in text[start:end]:
        return _key_in_text(scene)
    if is_after_scalar and end - start > _LONGEST_KEY:
        message = f"a key has more than {_LONGEST_KEY:,} characters"
        return Fault(start, SYNTAX, message, "shorten it, or write the document in JSON")
    value = rest_of_line(text, start) if is_after_scalar else ""
    return _second_colon(at, value)


def _second_colon(at: int, value: str) -> Fault:
    example = f': "{quoted(value)[1:-1]}"' if value and '"' not in value else ""
    hint = f"put the value in quotes{example}, or its key and value on a line of their own"
    return Fault(at, SYNTAX, "a second colon follows in the same line", hint)


def _key_in_text(scene: Scene) -> Fault:
    """A key that was taken for the last word of a text that runs over several lines."""
    text, (start, end) = scene.text, scene.scalar
    if scene.is_first(start):
        return refuse_no_colon(start, rest_of_line(text, start))
    line = scene.line_start(end)
    column = scene.column(scene.opened[-1]) if scene.opened else 0
    message = "this line is indented deeper than the one above, which has a value already"
    return Fault(line + scene.indent(line), SYNTAX, message, _indent_by(column))


def _colon_in_brackets(scene: Scene, bracket: int, start: int) -> Fault:
    text, at = scene.text, scene.at
    words = text[start:at].rstrip()
    gap = _LAST_WORD.search(words)
    key = start + gap.start() + 1 if gap else start
    if scene.is_beyond(key, bracket):
        return _unclosed_bracket(scene, bracket)
    if gap:
        return _missing_comma(scene, key, words[: gap.start()].rstrip().rpartition("\n")[2].strip())
    if not text.startswith((" ", "\n", "\r"), at + 1):
        return refuse_tight_colon(text, start, at)
    return _second_colon(at, item_at(text, start))


def _missing_comma(scene: Scene, index: int, before: str = "") -> Fault:
    after = item_at(scene.text, index) or scene.text[index]
    hint = f"write {quoted(f'{before}, {after}')}"
    return Fault(index, SYNTAX, f"a comma is missing before {quoted(after.partition(':')[0])}", hint)


def _unclosed_bracket(scene: Scene, bracket: int) -> Fault:
    return _unclosed(scene, bracket, "bracket", _PARTNERS[scene.text[bracket]])


def _in_brackets(scene: Scene) -> Fault | None:
    """Anything else between brackets."""
    bracket, text, at, here = scene.bracket, scene.text, scene.at, scene.here
    if bracket is None:
        return None
    is_at_end = not here or (scene.column(at) == 0 and text.startswith(("---", "..."), at))
    if is_at_end or (here not in ("]", "}") and scene.is_beyond(at, bracket)):
        return _unclosed_bracket(scene, bracket)
    if here in ("]", "}"):
        message = f"{quoted(here)} stands where {quoted(_PARTNERS[text[bracket]])} is missing"
        return Fault(at, SYNTAX, message, f"close the {quoted(text[bracket])} first")
    if here == ",":
        return Fault(
            at, SYNTAX, "a value is missing before the comma", "write the value, or take the comma out"
        )
    if here == "-":
        return Fault(
            at, SYNTAX, "a dash cannot begin an item between brackets", "part the items by commas alone"
        )
    if here == "?":
        return refuse_question_mark(at)
    start, end = scene.scalar
    is_after_scalar = not text[end:at].strip() and "\n" not in text[start:at]
    return _missing_comma(scene, at, text[start:end] if is_after_scalar else "")


def _in_block(scene: Scene) -> Fault | None:
    """Anything else in a document without brackets: what stands here fits nowhere."""
    text, at, here = scene.text, scene.at, scene.here
    if here in ("]", "}"):
        return Fault(at, SYNTAX, f"{quoted(here)} closes nothing", "take it out")
    if here == ",":
        return Fault(at, SYNTAX, "a comma stands outside of brackets", "put the values in `[` and `]`")
    if not here:
        return None
    if not scene.is_first(at):
        return _in_line(scene)
    if not scene.opened:
        return Fault(at, SYNTAX, "more text follows the end of the document", "indent all its lines alike")
    opened = scene.opened[-1]
    if text.startswith("- ", at) and scene.column(opened) == scene.column(at):
        return Fault(
            at, SYNTAX, "a list item stands among keys", "indent it below its key, or take the dash out"
        )
    if text.startswith("-", opened) and scene.column(opened) == scene.column(at):
        return _item_wanted(scene, at)
    above = len(text[: scene.line_start(at)].rstrip())
    columns = {scene.indent(above), *map(scene.column, scene.opened)}
    return Fault(at, SYNTAX, "the indentation of this line fits none above", _indent_by(*sorted(columns)))


def _in_line(scene: Scene) -> Fault:
    """What can only stand at the beginning of a line, or after nothing at all."""
    if scene.text.startswith("- ", scene.at):
        return Fault(scene.at, SYNTAX, "a list begins in the line of its key", "begin it on the next line")
    hint = "put all of the value in quotes, or begin a comment with a space and `#`"
    return Fault(scene.at, SYNTAX, "more text follows a value", hint)


def _indent_by(*columns: int) -> str:
    if columns == (0,):
        return "do not indent it"
    *others, last = columns
    choice = f"{', '.join(map(str, others))} or {last}" if others else f"{last}"
    return f"indent it by {choice} {'space' if last == 1 else 'spaces'}"


_RULES: Final = (
    _tab,
    _odd_space,
    _sign,
    _unclosed_quote,
    _after_quote,
    _missing_colon,
    _colon,
    _in_brackets,
    _in_block,
)
