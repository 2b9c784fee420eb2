"""What a scalar without quotes means, by the core schema of YAML 1.2."""

from __future__ import annotations

from decimal import Decimal
from typing import Final

import pytest
from hypothesis import given
from hypothesis import strategies as st

from execbroker.core.problems import Unreadable
from execbroker.languages.text.scalars import MOST_DIGITS, read_number, read_plain

TEXTS: Final = [
    "9:00", "09:00", "15:30:00", "YES", "NO", "yes", "no", "on", "off", "y", "n", "80G", "2hr", "P1D",
    "09 May 2023", "2023-05-09", "2023-08-14T11:30:00Z", "2026-02-30", "1_000", "0b11", "1e", "0x", "0xg",
    "0o8", "-0x1", "+0o7", ".", "-", "+", "..", "1.2.3", "--1", "1e5.5", "nan", "NaN", "inf", "Infinity",
    "nULL", "tRUE", "None", "=", "<<", "٣", "１",
]  # fmt: skip

VALUES: Final = {
    **dict.fromkeys(("", "~", "null", "Null", "NULL")),
    **dict.fromkeys(("true", "True", "TRUE"), True),
    **dict.fromkeys(("false", "False", "FALSE"), False),
    "0": 0, "-0": 0, "+12": 12, "010": 10, "08": 8, "0o10": 8, "0x1F": 31, "0xff": 255,
    "123456789012345678901234567890": 123456789012345678901234567890,
    "0.1": Decimal("0.1"), ".5": Decimal("0.5"), "5.": Decimal(5), "-1.50": Decimal("-1.50"),
    "1e3": Decimal(1000), "1E-2": Decimal("0.01"), "+1.e+1": Decimal(10),
}  # fmt: skip


@pytest.mark.parametrize("text", TEXTS)
def test_text(text: str) -> None:
    """What only other versions of YAML, or no version, take for something else is text."""
    assert read_plain(text) == text


@pytest.mark.parametrize(("text", "value"), VALUES.items())
def test_value(text: str, value: object) -> None:
    """Nothing, truth and numbers, exactly and of the right type."""
    found = read_plain(text)

    assert (type(found), found) == (type(value), value)


@pytest.mark.parametrize("text", [".inf", "-.Inf", "+.INF", ".nan", ".NaN", ".NAN"])
def test_not_finite(text: str) -> None:
    """Infinity and no number at all are refused."""
    with pytest.raises(Unreadable) as caught:
        read_plain(text)

    assert caught.value.code == "not-finite"


class TestLength:
    """A number has so few digits that arithmetic with it is quick, however it is written."""

    @pytest.mark.parametrize(
        "text", ["9" * 40, "-" + "9" * 40, "0x" + "f" * 40, "1e39", "0." + "0" * 38 + "1", "1e-39"]
    )
    def test_longest(self, text: str) -> None:
        """Up to forty digits are read."""
        assert read_plain(text)

    @pytest.mark.parametrize(
        "text",
        ["9" * 41, "9" * 5000, "0x" + "f" * 41, "0o" + "7" * 41, "1e40", "-1e-40", "1e999999999", "1e" + "9" * 5000,
         "0." + "1" * 41, "." + "0" * 5000],
    )  # fmt: skip
    def test_too_long(self, text: str) -> None:
        """More are refused, also where an exponent hides them."""
        with pytest.raises(Unreadable) as caught:
            read_plain(text)

        assert caught.value.code == "number-too-long"

    @given(st.from_regex(r"-?(0|[1-9][0-9]{0,20})(\.[0-9]{1,20})?([eE][-+]?[0-9]{1,2})?", fullmatch=True))
    def test_what_is_read_can_be_written_out(self, text: str) -> None:
        """A number that is read is the one that was written, and reads the same when it is written out."""
        try:
            value = read_number(text)
        except Unreadable:
            # Zeros with an exponent are treated like other numbers.
            assert sum(map(str.isdigit, f"{Decimal(text):f}")) > MOST_DIGITS or not Decimal(text)
        else:
            assert value == Decimal(text)
            assert read_number(f"{value:f}" if isinstance(value, Decimal) else str(value)) == value
