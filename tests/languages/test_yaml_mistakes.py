"""What people who write YAML by hand are told about their slips."""

from __future__ import annotations

from typing import Final

import pytest

from execbroker.languages.text.reader import Limits, _read

QUOTED_OR_OUT: Final = "put it in quotes if it is text, or write out what it stands for"
OUT_OR_QUOTED: Final = "take it out, or put it in quotes if it is text"
OR_BELOW: Final = "or its key and value on a line of their own"

#: A document, the place of the mistake in it, and what is said about it.
MISTAKES: Final = [
    # colons
    (
        "name: x\nmincores 4\nminmemory: 80G\n",
        "2:1",
        "a colon is missing after `mincores`; write `mincores: 4`",
    ),
    ("mincores 4\nminmemory: 80G\n", "1:1", "a colon is missing after `mincores`; write `mincores: 4`"),
    ("task:\n  mincores 4\n  gpus: 1\n", "2:3", "a colon is missing after `mincores`; write `mincores: 4`"),
    ("- mincores 4\n  gpus: 1\n", "1:3", "a colon is missing after `mincores`; write `mincores: 4`"),
    ("name: x\nmincores = 4\n", "2:1", "a colon is missing after `mincores`; write `mincores: 4`"),
    ("mincores => 4\ngpus: 1\n", "1:1", "a colon is missing after `mincores`; write `mincores: 4`"),
    ('"mincores" 4\ngpus: 1\n', "1:1", 'a colon is missing after `"mincores"`; write `"mincores": 4`'),
    (
        "name: x\nmincores\ngpus: 1\n",
        "2:1",
        "a colon is missing after `mincores`; write `mincores:` and a value",
    ),
    ("{mincores, gpus: 1}", "1:2", "a colon is missing after `mincores`; write `mincores:` and a value"),
    ("{mincores 4, gpus: 1}", "1:2", "a colon is missing after `mincores`; write `mincores: 4`"),
    ("name: x\nmincores:4\ngpus: 1\n", "2:1", "a space is missing after the colon; write `mincores: 4`"),
    ("task:\n  mincores:4\n  gpus: 1\n", "2:3", "a space is missing after the colon; write `mincores: 4`"),
    ("task: {mincores:4, gpus: 1}\n", "1:8", "a space is missing after the colon; write `mincores: 4`"),
    ('"mincores":"4"\n"gpus": 1\n', "1:11", 'a space is missing after the colon; write `"mincores": "4"`'),
    ("task: {names:[a]}\n", "1:8", "a space is missing after the colon; write `names: [`"),
    ("task: {name:}\n", "1:8", "the key `name` has no value; write `name:` and a value"),
    (": 4\n", "1:1", "a key is missing before the colon; write the key, or take the colon out"),
    (
        "timerange: minstarttime: 9:00\n",
        "1:24",
        f'a second colon follows in the same line; put the value in quotes: "minstarttime: 9:00", {OR_BELOW}',
    ),
    (
        "{name: fringe: fit}",
        "1:14",
        f'a second colon follows in the same line; put the value in quotes: "fringe: fit", {OR_BELOW}',
    ),
    # commas
    (
        "a: [mincores: 4 minmemory: 8G]",
        "1:17",
        "a comma is missing before `minmemory`; write `4, minmemory: 8G`",
    ),
    (
        "a: {mincores: 4 minmemory: 8G}",
        "1:17",
        "a comma is missing before `minmemory`; write `4, minmemory: 8G`",
    ),
    ("a: {\n  cores: 4\n  gpus: 1\n}", "3:3", "a comma is missing before `gpus`; write `4, gpus: 1`"),
    ("a: {start: 9:00 end: 17:00}", "1:17", "a comma is missing before `end`; write `9:00, end: 17:00`"),
    ('a: {name: "x" cores: 4}', "1:15", 'a comma is missing before `cores`; write `"x", cores: 4`'),
    ('days: ["mon" "tue"]', "1:14", 'a comma is missing before `"tue"`; write `"mon", "tue"`'),
    ("a: [{b: 1} {c: 2}]", "1:12", "a comma is missing before `{`; write `, {`"),
    (
        "days: [mon,, tue]",
        "1:12",
        "a value is missing before the comma; write the value, or take the comma out",
    ),
    ('a: "x", b: 1\n', "1:7", "a comma stands outside of brackets; put the values in `[` and `]`"),
    # indentation
    (
        "mincores: 4\n  maxcores: 8\n",
        "2:3",
        "this line is indented deeper than the one above, which has a value already; do not indent it",
    ),
    (
        "- mincores: 4\n   maxcores: 8\n",
        "2:4",
        "this line is indented deeper than the one above, which has a value already; indent it by 2 spaces",
    ),
    (
        "task:\n    a: 1\n  b: 2\n",
        "3:3",
        "the indentation of this line fits none above; indent it by 0 or 4 spaces",
    ),
    (
        "a:\n- b: 4\n c: 8\n",
        "3:2",
        "the indentation of this line fits none above; indent it by 0 or 2 spaces",
    ),
    (
        "- a: 4\nb: 8\n",
        "2:1",
        "a list goes on here, and its items begin with `- `; write `- b: 8`, or indent it",
    ),
    (
        "a:\n  - b\n  c\n",
        "3:3",
        "a list goes on here, and its items begin with `- `; write `- c`, or indent it",
    ),
    ("a: 4\n- b\n", "2:1", "a list item stands among keys; indent it below its key, or take the dash out"),
    ("a: - b\n", "1:4", "a list begins in the line of its key; begin it on the next line"),
    ("a: [\n  - b\n]", "2:3", "a dash cannot begin an item between brackets; part the items by commas alone"),
    ("a:\n\tb: 1\n", "2:1", "there is a tab where YAML wants spaces; write spaces instead"),
    ("a:\t1\n", "1:3", "there is a tab where YAML wants spaces; write spaces instead"),
    ("a: 1\t# one\n", "1:5", "there is a tab where YAML wants spaces; write spaces instead"),
    ("a: one\tword\n", "1:7", "there is a tab where YAML wants spaces; write spaces instead"),
    ("a: |\n \tword\n", "2:2", "there is a tab where YAML wants spaces; write spaces instead"),
    (
        "a:\n\u00a0\u00a0b: 1\n",
        "2:1",
        "the character U+00A0 stands where a space is meant; write spaces, or put it in quotes if it is text",
    ),
    # quotes and brackets
    ('name: "fringe\nimage: "x"\n', "1:7", 'the quote that opens here is not closed; write the closing `"`'),
    ('name: "fringe\ngpus: 1\n', "1:7", 'the quote that opens here is not closed; write the closing `"`'),
    ("name: 'fringe\ngpus: 1\n", "1:7", "the quote that opens here is not closed; write the closing `'`"),
    (
        "name: 'Dave's task'\n",
        "1:13",
        "more text follows a closing quote; write `''` for an apostrophe within the text",
    ),
    (
        'name: "a "b" c"\n',
        "1:11",
        r"more text follows a closing quote; write `\"` for a quote within the text",
    ),
    (
        'path: "C:\\data"\n',
        "1:10",
        r"`\d` means nothing in double quotes; write `\\` for a backslash, or put the text in single quotes",
    ),
    ("a: [1, 2\nb: 3\n", "1:4", "the bracket that opens here is not closed; write the closing `]`"),
    ("a: {b: 1\n", "1:4", "the bracket that opens here is not closed; write the closing `}`"),
    (
        "- {a: 1,\n   b: 2\n- {a: 1}\n",
        "1:3",
        "the bracket that opens here is not closed; write the closing `}`",
    ),
    ("a: [\n  1,\n  2\nb: 3\n", "1:4", "the bracket that opens here is not closed; write the closing `]`"),
    ("a: [1, 2}\n", "1:9", "`}` stands where `]` is missing; close the `[` first"),
    ("a: [1]]\n", "1:7", "`]` closes nothing; take it out"),
    (
        "a: [1] 2\n",
        "1:8",
        "more text follows a value; put all of the value in quotes, or begin a comment with a space and `#`",
    ),
    # signs
    ("load: %80\n", "1:7", 'a text without quotes cannot begin with `%`; put it in quotes: "%80"'),
    ("{user: @me, a: 1}", "1:8", 'a text without quotes cannot begin with `@`; put it in quotes: "@me"'),
    ("name: `x`\n", "1:7", 'a text without quotes cannot begin with a backtick; put it in quotes: "`x`"'),
    (
        "cores: >= 4\n",
        "1:8",
        "`>` announces a block of text, which begins on the next line; begin the text there, or put it in quotes",
    ),
    (
        "{location: *, rate: 1}",
        "1:12",
        f"`*` is an alias, and these are not read; {QUOTED_OR_OUT}",
    ),
    (
        "name: & co\n",
        "1:7",
        f"`&` is an anchor, and these are not read; {QUOTED_OR_OUT}",
    ),
    (
        "name: !important\n",
        "1:7",
        f"`!important` is a tag, and these are not read; {QUOTED_OR_OUT}",
    ),
    (
        "a: [https://x.org/?b]",
        "1:19",
        "a `?` stands in a text without quotes between brackets; put the text in quotes",
    ),
    ("cores: {{ cores }}\n", "1:9", "a mapping cannot be a key; put it in quotes if it is text"),
    # the document
    (
        "%TAG ! x\n---\na: 1\n",
        "1:1",
        f"a line that begins with `%` is a directive, and only `%YAML 1.2` is read; {OUT_OR_QUOTED}",
    ),
    (
        "a: 1\n---\nb: 1\n",
        "2:1",
        "a second document begins here, and only one is read; put it in a file of its own",
    ),
    ("# nothing\n", "1:1", "there is nothing in this document; write a mapping of keys and values"),
    ("a: 1\n...\nb: 1\n", "3:1", "more text follows the end of the document; indent all its lines alike"),
]


@pytest.mark.parametrize("pure", [False, True], ids=["C", "Python"])
@pytest.mark.parametrize(
    ("text", "place", "said"), MISTAKES, ids=[repr(text)[1:40] for text, _, _ in MISTAKES]
)
@pytest.mark.parametrize("line_end", ["\n", "\r\n"], ids=["LF", "CRLF"])
def test_mistake(text: str, place: str, said: str, line_end: str, pure: bool) -> None:
    """Each mistake is said to be where it was made, by the same words for both parsers and all line ends."""
    reading = _read(text.replace("\n", line_end), "a", Limits(), pure=pure)

    assert [str(problem) for problem in reading.problems] == [f"a:{place}: error: {said}"]
