"""YAML 1.2, without what is hard to see through: from PyYAML's events to a tree.

Only the events are PyYAML's; what they mean is decided here, so that the rules of YAML 1.1 (`NO` is false, `9:00`
is 540) have no say. Anchors, aliases, tags and merge keys are refused: they save the writer a few lines and cost
every reader. PyYAML has two parsers, one in C and one in Python; what only one of them takes (tabs, mostly) is
refused here, so that a file means the same everywhere.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Any, Final, Protocol, final

import yaml
from yaml.events import (
    AliasEvent,
    DocumentStartEvent,
    MappingEndEvent,
    MappingStartEvent,
    ScalarEvent,
    SequenceEndEvent,
    SequenceStartEvent,
)
from yaml.scanner import ScannerError

from execbroker.core.problems import quoted
from execbroker.languages.text.documents import Fault
from execbroker.languages.text.scalars import read_plain
from execbroker.languages.text.trees import TreeBuilder
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
)

__all__ = ["HAS_LIBYAML", "parse_yaml"]

#: Whether PyYAML was installed with its parser in C.
HAS_LIBYAML: Final[bool] = yaml.__with_libyaml__

#: What YAML 1.2 allows only as an escape, and what ends a line in YAML 1.1 and not in 1.2.
_UNFIT: Final = re.compile("[\x7f-\x9f\u2028\u2029\ufeff\ufffe\uffff]")
#: What ends a line in YAML, and is nothing to editors.
_LONE_RETURN: Final = re.compile(r"\r(?!\n)")
#: The first directive that isn't `%YAML 1.2`, after empty lines and comments.
_DIRECTIVE: Final = re.compile(r"(?:[ \t\r]*(?:#[^\n]*)?\n|%YAML +1\.2[ \r]*(?: #[^\n]*)?\n)*+%")
#: What the two parsers take for different things, outside of comments and quotes.
_TRAP: Final = re.compile(r"(?<!\S)#[^\n]*|([\t?])")
_COMMENT: Final = re.compile(r"#[^\n]*")
#: The line on which a block of text is announced.
_BLOCK_START: Final = re.compile(r"[|>](?:[-+]?[1-9]?|[1-9][-+])(?: +#[^\n]*| *)(?:\r?\n|\Z)")
#: A block of text whose first line is indented by a tab.
_TAB_IN_BLOCK: Final = re.compile(r"[|>][^\n]*\n(?: *\r?\n)*+ *+\t")
_SURROGATE: Final = re.compile("[\ud800-\udfff]")
#: A colon without a space after it ends a key between brackets for one parser and not for the other.
_TIGHT_COLON: Final = re.compile(r"\s*+:(?=[,\[\]{}])")


class _Mark(Protocol):
    index: int


class _Event(Protocol):
    start_mark: _Mark
    end_mark: _Mark


class _Node(_Event, Protocol):
    anchor: str | None
    tag: str | None


class _Scalar(_Node, Protocol):
    value: str
    style: str | None


def parse_yaml(text: str, builder: TreeBuilder, *, pure: bool = False) -> None:
    """Give all that a text says to the builder; `pure` keeps from using the parser in C.

    Raises:
        Fault: The text is no YAML, or has in it what isn't read here.
    """
    if unfit := _UNFIT.search(text) or _LONE_RETURN.search(text):
        code = ord(unfit[0])
        hint = f"take it out, or write {quoted(f'{chr(92)}u{code:04x}')} in double quotes"
        raise Fault(unfit.start(), "control-character", f"the character U+{code:04X} is not to be seen", hint)
    if directive := _DIRECTIVE.match(text):
        raise refuse_directive(text, directive.end() - 1)
    parser = yaml.CBaseLoader(text) if HAS_LIBYAML and not pure else yaml.BaseLoader(text)
    taker = _Taker(text, builder)
    try:
        while (event := parser.get_event()) is not None:
            if take := _TAKERS.get(type(event)):
                take(taker, event)
    except yaml.MarkedYAMLError as error:
        raise taker.explain(error) from None
    except ValueError:  # the parser in Python makes a character of any number
        raise taker.explain(None) from None
    finally:
        parser.dispose()
    taker.finish()


@final
class _Taker:
    """Takes the events of one document, one by one.

    Attributes:
        last: The latest scalar.
    """

    __slots__ = ("builder", "has_document", "has_traps", "last", "text")

    def __init__(self, text: str, builder: TreeBuilder) -> None:
        self.text, self.builder = text, builder
        self.has_traps = "\t" in text or "?" in text
        self.has_document = False
        self.last: _Scalar | None = None

    def document(self, event: _Event) -> None:
        if self.has_document:
            message = "a second document begins here, and only one is read"
            raise Fault(event.start_mark.index, "several-documents", message, "put it in a file of its own")
        self.has_document = True

    def scalar(self, event: _Scalar) -> None:
        start, end, style = event.start_mark.index, event.end_mark.index, event.style
        if event.tag is not None or event.anchor is not None:
            raise refuse_sign(self.text, start)
        if self.has_traps:
            self._refuse_traps(start if style else end)
        if style:
            self._check_quoted(event, start)
        elif not event.value.isascii() and (fault := find_odd_space(self.text, start, end)):
            raise fault
        if self.builder.wants_key:
            self._key(event, start, end)
        elif style:
            self.builder.scalar(event.value, start, end)
        elif event.value:
            self.builder.read(read_plain, event.value, start, end)
        else:
            self._nothing(start)
        self.last = event

    def alias(self, event: _Event) -> None:
        raise refuse_sign(self.text, event.start_mark.index)

    def mapping(self, event: _Node) -> None:
        self._check_collection(event, "mapping")
        self.builder.open_mapping(event.start_mark.index)

    def sequence(self, event: _Node) -> None:
        self._check_collection(event, "list")
        self.builder.open_list(event.start_mark.index)

    def end(self, _: _Event) -> None:
        self.builder.close()

    def finish(self) -> None:
        if not self.has_document:
            raise _empty(0)
        if self.has_traps:
            self._refuse_traps(len(self.text))

    def explain(self, error: yaml.MarkedYAMLError | None) -> Fault:
        """What is wrong where the parser gave up."""
        # A sound file needs none of it.
        from execbroker.languages.text.yaml_mistakes import Scene, explain

        end = self._last_end
        begun = error.context_mark if isinstance(error, ScannerError) else None
        start = begun.index if begun else None
        at = error.problem_mark.index if error and error.problem_mark else len(self.text)
        if error is None and (quote := self.text.find('"', end)) >= 0:
            start = at = quote
        scalar = (self.last.start_mark.index, end) if self.last else (0, 0)
        return explain(Scene(self.text, at, start, scalar, self.builder.opened))

    @property
    def _last_end(self) -> int:
        return self.last.end_mark.index if self.last else 0

    def _key(self, event: _Scalar, start: int, end: int) -> None:
        key = event.value
        if not event.style:
            if key == "<<":
                message, hint = "`<<` merges mappings, which is not done here", "write the keys out"
                raise self.builder.fault(start, "merge-key", message, hint)
            if not key:
                raise Fault(start, SYNTAX, "a key is missing before the colon", "write the key")
            if tight := _TIGHT_COLON.match(self.text, end):
                raise refuse_tight_colon(self.text, start, tight.end() - 1)
        self.builder.key(key, start)

    def _nothing(self, start: int) -> None:
        """An empty value, which is one only after a colon or a dash."""
        if not self.builder.opened:
            raise _empty(start)
        gap = _COMMENT.sub("", self.text[self._last_end : start + 1])
        if self.last and isinstance(self.builder.path[-1], str) and ":" not in gap:
            begin = self.last.start_mark.index
            raise refuse_no_colon(begin, item_at(self.text, begin))
        self.builder.scalar(None, start, start)

    def _check_quoted(self, event: _Scalar, start: int) -> None:
        """Refuse what only one of the two parsers refuses."""
        if event.style == '"':
            if not event.value.isascii() and _SURROGATE.search(event.value):
                raise find_bad_escape(self.text, start) or AssertionError(event.value)
        elif event.style != "'":
            if not _BLOCK_START.match(self.text, start):
                raise refuse_block(self.text, start)
            if tab := _TAB_IN_BLOCK.match(self.text, start):
                raise refuse_tab(tab.end() - 1)

    def _check_collection(self, event: _Node, kind: str) -> None:
        start = event.start_mark.index
        if event.anchor is not None or event.tag is not None:
            raise refuse_sign(self.text, start)
        if self.builder.wants_key:
            raise self.builder.fault(
                start, "key-not-text", f"a {kind} cannot be a key", "put it in quotes if it is text"
            )

    def _refuse_traps(self, end: int) -> None:
        """Refuse tabs from the last scalar up to `end`, and question marks if that is between brackets."""
        for trap in _TRAP.finditer(self.text, self._last_end, end):
            if trap[1] == "\t":
                raise refuse_tab(trap.start())
            if trap[1] and any(self.text.startswith(("[", "{"), each) for each in self.builder.opened):
                raise refuse_question_mark(trap.start())


_TAKERS: Final[dict[type, Callable[[_Taker, Any], None]]] = {
    DocumentStartEvent: _Taker.document,
    ScalarEvent: _Taker.scalar,
    MappingStartEvent: _Taker.mapping,
    SequenceStartEvent: _Taker.sequence,
    MappingEndEvent: _Taker.end,
    SequenceEndEvent: _Taker.end,
    AliasEvent: _Taker.alias,
}


def _empty(index: int) -> Fault:
    return Fault(index, "empty", "there is nothing in this document", "write a mapping of keys and values")
