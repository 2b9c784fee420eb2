"""What people who write JSON by hand are told about their slips."""

from __future__ import annotations

from typing import Final

import pytest

from execbroker.languages.text.reader import read

#: A document, the place of the mistake in it, and what is said about it.
MISTAKES: Final = [
    ('{"a": 1 "b": 2}', "1:9", 'a comma is missing before `"b"`; write `, "b"`'),
    ('{\n\t"a": 1\n\t"b": 2\n}', "3:2", 'a comma is missing before `"b"`; write `, "b"`'),
    ("[1 2]", "1:4", "a comma is missing before `2`; write `, 2`"),
    ('{"a": 1,}', "1:8", "a comma stands before a closing bracket; take the comma out"),
    ("[1,]", "1:3", "a comma stands before a closing bracket; take the comma out"),
    ("[1,,2]", "1:4", "a value is missing; write the value, or take the sign out"),
    ('{"a" 1}', "1:6", "a colon is missing after a key; write `:` between the key and its value"),
    ('{"a"}', "1:5", "a key has no value; write a colon and a value"),
    ('{"a": }', "1:7", "a value is missing after the colon; write the value"),
    ('{"a": 1: 2}', "1:8", "a colon stands after a value; put both in braces, or in quotes"),
    ('["a": 1]', "1:5", "a colon stands after a value; put both in braces"),
    ("{mincores: 4}", "1:2", 'a key of JSON stands in double quotes; write `"mincores"`'),
    ("{,}", "1:2", "a key is missing; write a key in double quotes, a colon and a value"),
    ("{'a': 1}", "1:2", 'single quotes are not JSON; write double quotes: `"`'),
    ('{"a": 1} // one', "1:10", "JSON has no comments; take it out, or write the document in YAML"),
    ("# one\n{}", "1:1", "JSON has no comments; take it out, or write the document in YAML"),
    ("[NO]", "1:2", 'a text of JSON stands in double quotes; write `"NO"`'),
    ("[True]", "1:2", "`True` is no word of JSON; write `true`, or put it in double quotes if it is text"),
    ("[None]", "1:2", "`None` is no word of JSON; write `null`, or put it in double quotes if it is text"),
    ("[80G]", "1:2", '`80G` is no number of JSON; write it like `10` or `0.5`, or as `"80G"` if it is text'),
    ("[010]", "1:2", '`010` is no number of JSON; write it like `10` or `0.5`, or as `"010"` if it is text'),
    ("[.5]", "1:2", '`.5` is no number of JSON; write it like `10` or `0.5`, or as `".5"` if it is text'),
    ("[1.]", "1:2", '`1.` is no number of JSON; write it like `10` or `0.5`, or as `"1."` if it is text'),
    ('{"a": "x', "1:7", 'the quote that opens here is not closed in its line; write the closing `"`'),
    ('["a\nb"]', "1:2", 'the quote that opens here is not closed in its line; write the closing `"`'),
    ('["a\tb"]', "1:4", r"a control character stands in a text; write it as `\t`"),
    (r'["C:\data"]', "1:5", r"`\d` begins no escape that JSON knows; write `\\` for a backslash"),
    ('["a"b"]', "1:5", r"more text follows a closing quote; write `\"` for a quote within the text"),
    ('{"a": [1, 2}', "1:12", "`}` stands where `]` is missing; close the `[` first"),
    ('{"a": [1, 2', "1:7", "the bracket that opens here is not closed; write the closing `]`"),
    ("[1]]", "1:4", "`]` closes nothing; take it out"),
    ("{} {}", "1:4", "more text follows the end of the document; take it out, or put all in one list"),
    ("", "1:1", "there is nothing in this document; write an object with keys and values"),
    ("@", "1:1", 'a text of JSON stands in double quotes; write `"@"`'),
]


@pytest.mark.parametrize(("text", "place", "said"), MISTAKES, ids=[text for text, _, _ in MISTAKES])
def test_mistake(text: str, place: str, said: str) -> None:
    """Each mistake is said to be where it was made."""
    reading = read(text, "a.json")

    assert [str(problem) for problem in reading.problems] == [f"a.json:{place}: error: {said}"]
