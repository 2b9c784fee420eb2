"""The answer for programs."""

from __future__ import annotations

import json
from decimal import Decimal

from attrs import evolve

from execbroker.cli.reports.answered import Answered
from execbroker.cli.reports.documents import report_json, report_yaml
from execbroker.cli.terminal import PLAIN, Look
from execbroker.languages import write_answer
from execbroker.languages.text.reader import read


def test_json(granted: Answered, refused: Answered, hostile: Answered) -> None:
    """One line that holds exactly the answer's document."""
    for answered in (granted, refused, hostile):
        text = report_json(answered, Look(has_colour=True, width=20))
        assert text.count("\n") == 1
        assert json.loads(text, parse_float=Decimal) == write_answer(answered.answer)


def test_yaml(granted: Answered, refused: Answered, hostile: Answered) -> None:
    """The same document in YAML."""
    for answered in (granted, refused, hostile):
        document = read(report_yaml(answered, PLAIN), "answer").unwrap()
        assert document.root == write_answer(answered.answer)


def test_yaml_of_many(granted: Answered) -> None:
    """Of several tasks each document begins with a comment, which no file name can leave."""
    many = evolve(granted, is_one_of_many=True, name="a\nb: c\u2028.yaml")
    first, _, rest = report_yaml(many, PLAIN).partition("\n")
    assert first == r"--- # a\nb: c\u2028.yaml"
    assert rest == report_yaml(granted, PLAIN)
