"""Sizes, rates and amounts: what is read, exactly, and what is refused, with what to write instead."""

from __future__ import annotations

from fractions import Fraction
from math import ceil, floor

import pytest
from hypothesis import given
from hypothesis import strategies as st

from execbroker.core.problems import Unreadable
from execbroker.core.sizes import (
    LARGEST,
    format_amount,
    format_size,
    parse_amount,
    parse_cores,
    parse_count,
    parse_rate,
    parse_size,
)

SUFFIXES = {
    "B": 1,
    **{f"{letter}{end}": 1024 ** (power + 1) for power, letter in enumerate("KMGTP") for end in ("", "iB")},
    **{f"{letter}B": 1000 ** (power + 1) for power, letter in enumerate("KMGTP")},
}

numbers = st.decimals(0, 2000, places=3, allow_nan=False).map(lambda number: f"{number:f}")


class TestSizes:
    """Bare letters and `…iB` are powers of 1024, `…B` are powers of 1000."""

    @given(numbers, st.sampled_from(sorted(SUFFIXES)), st.sampled_from(["", " "]))
    def test_exact(self, number: str, suffix: str, space: str) -> None:
        """Number times suffix, with a fraction of a byte rounded up in a minimum and down in a maximum."""
        exact = Fraction(number) * SUFFIXES[suffix]

        assert parse_size(f"{number}{space}{suffix}") == ceil(exact)
        assert parse_size(f"{number}{space}{suffix}", up=False) == floor(exact)

    @given(
        st.integers(0, LARGEST)
        | st.builds(lambda n, f: n * f, st.integers(0, 4000), st.sampled_from(list(SUFFIXES.values())))
    )
    def test_round_trip(self, size: int) -> None:
        """What is written reads back as the same, and no larger suffix would be exact."""
        size = min(size, LARGEST)
        text = format_size(size)
        suffix = text.lstrip("0123456789")

        assert parse_size(text) == size
        assert suffix.endswith("B")
        assert not any(
            size and size % factor == 0 for factor in SUFFIXES.values() if factor > SUFFIXES[suffix]
        )

    @pytest.mark.parametrize(
        ("size", "text"),
        [
            (80 * 2**30, "80GiB"),
            (80 * 10**9, "80GB"),
            (1536, "1536B"),
            (0, "0B"),
            (2**40, "1TiB"),
            (512_000, "500KiB"),
        ],
    )
    def test_written(self, size: int, text: str) -> None:
        """The largest suffix that is exact, of whichever kind."""
        assert format_size(size) == text

    @pytest.mark.parametrize("text", ["0", "00", "0.0"])
    def test_zero_needs_no_unit(self, text: str) -> None:
        """Nothing is nothing in every unit."""
        assert parse_size(text) == 0

    @pytest.mark.parametrize(
        ("text", "code", "hint"),
        [
            ("80", "size-unit", "write 80G, 80M, … or 80B for bytes"),
            ("80g", "size-unit", "write 80G"),
            ("80 g", "size-unit", "write 80G"),
            ("80gb", "size-unit", "write 80G or 80GB"),
            ("80Gb", "size-unit", "write 80G or 80GB"),
            ("80Gbit", "size-unit", "write 80G or 80GB"),
            ("80kB", "size-unit", "write 80K or 80KB"),
            ("512m", "size-unit", "write 512M"),
            ("80Gi", "size-unit", "write 80GiB"),
            ("80gib", "size-unit", "write 80GiB"),
            ("80b", "size-unit", "write 80B for bytes"),
            ("80 bytes", "size-unit", "write 80B for bytes"),
            ("1,5G", "size", "write 1.5G, if the comma is a decimal point"),
            (".5G", "size", "write 0.5G"),
        ],
    )
    def test_slips(self, text: str, code: str, hint: str) -> None:
        """Lower case, bits, no unit, a comma: the hint says what to write, and that is read."""
        with pytest.raises(Unreadable) as raised:
            parse_size(text)

        assert (raised.value.code, raised.value.hint) == (code, hint)
        assert parse_size(hint.removeprefix("write ").split()[0].rstrip(",")) > 0

    @pytest.mark.parametrize(
        "text",
        ["", " ", "G", "-1G", "+1G", "1_000M", "80G\n", " 80G", "80  G", "80\u00a0G", "８０G", "1e9", "1e9B",
         "0x10B", "5.G", "1E", "1Z", "80GG", "80iB", "nan", "infG", "80 gigabytes", "1/2G",
         "9" * 5000 + "G", "1." + "0" * 5000 + "G"],
    )  # fmt: skip
    def test_refused(self, text: str) -> None:
        """What is no size at all is refused, with the forms that are."""
        with pytest.raises(Unreadable, match="write a number and a suffix") as raised:
            parse_size(text)

        assert raised.value.code in ("size", "size-unit")
        assert len(str(raised.value)) < 300

    def test_largest(self) -> None:
        """A size has 62 bits at most."""
        assert parse_size(f"{LARGEST}B") == LARGEST

        with pytest.raises(Unreadable) as raised:
            parse_size(f"{LARGEST + 1}B")

        assert raised.value.code == "size-too-large"


class TestRates:
    """Rates are bytes a second."""

    @pytest.mark.parametrize(
        ("text", "rate"),
        [("1G/s", 2**30), ("100M/s", 100 * 2**20), ("100 MB/s", 10**8), ("1.5B/s", 1), ("1GiB / s", 2**30)],
    )
    def test_read(self, text: str, rate: int) -> None:
        """The suffixes are those of sizes; a fraction of a byte is dropped."""
        assert parse_rate(text) == rate

    @pytest.mark.parametrize(
        ("text", "hint"),
        [
            ("1Gb/s", "write 125MB/s, if bits are meant, else 1GB/s"),
            ("1Gbps", "write 125MB/s, if bits are meant, else 1GB/s"),
            ("100Mbit/s", "write 12500KB/s, if bits are meant, else 100MB/s"),
            ("1g/s", "write 1G/s"),
            ("100MBps", "write 100MB/s"),
            ("1GiB/sec", "write 1GiB/s"),
            ("1gib/s", "write 1GiB/s"),
        ],
    )
    def test_slips(self, text: str, hint: str) -> None:
        """Bits are turned into bytes, and other ways to write the second into this one."""
        with pytest.raises(Unreadable) as raised:
            parse_rate(text)

        assert (raised.value.code, raised.value.hint) == ("rate-unit", hint)
        assert parse_rate(hint.split()[1].rstrip(",")) > 0

    @pytest.mark.parametrize(
        "text", ["1G", "1/s", "0B/s", "0.5B/s", "1G/h", "1G/min", "fast", "-1G/s", "", "1G/s\n"]
    )
    def test_refused(self, text: str) -> None:
        """Without a unit or a time, in other times, or nothing at all."""
        with pytest.raises(Unreadable, match="write bytes a second, such as 1G/s"):
            parse_rate(text)


class TestAmounts:
    """Cores in thousandths, sizes in bytes, all else in whole numbers."""

    @given(st.integers(0, 10**6))
    def test_cores_round_trip(self, thousandths: int) -> None:
        """Thousandths of a core are exact both ways."""
        text = format_amount("cores", thousandths)

        assert parse_cores(text) == thousandths
        assert Fraction(text) * 1000 == thousandths
        assert not text.endswith(("0", ".")) or "." not in text

    @given(
        st.sampled_from(["cores", "memory", "gpus", "storage", "scratch", "licences"]), st.integers(0, 10**15)
    )
    def test_round_trip(self, name: str, value: int) -> None:
        """Every amount that is written reads back as the same."""
        sizes = frozenset({"scratch"})

        assert parse_amount(name, format_amount(name, value, sizes), sizes=sizes) == value

    @pytest.mark.parametrize(
        ("name", "text", "value"),
        [("cores", "0.5", 500), ("cores", "4", 4000), ("cores", "4.000", 4000), ("gpus", "2", 2),
         ("gpus", "2.0", 2), ("memory", "0.3B", 1)],
    )  # fmt: skip
    def test_read(self, name: str, text: str, value: int) -> None:
        """In the unit of the resource."""
        assert parse_amount(name, text) == value

    @pytest.mark.parametrize(
        ("name", "text", "code", "hint"),
        [
            ("cores", "0.0005", "amount-too-fine", "write 0.001"),
            ("cores", "1.2345", "amount-too-fine", "write 1.235"),
            ("cores", "500m", "amount", "write 0.5, if thousandths are meant"),
            ("cores", "1,5", "amount", "write 1.5, if the comma is a decimal point"),
            ("cores", "4 cores", "amount", "write cores as a plain number, such as 4"),
            ("cores", "-1", "amount", "write cores as a plain number, such as 4"),
            ("gpus", "0.5", "amount-too-fine", "write 1"),
            ("gpus", "two", "amount", "write things that come whole as a plain number, such as 4"),
            ("gpus", "9" * 20, "amount-too-large", "write less than 2**62"),
        ],
    )
    def test_refused(self, name: str, text: str, code: str, hint: str) -> None:
        """Too fine, with a unit, below zero."""
        with pytest.raises(Unreadable) as raised:
            parse_amount(name, text)

        assert (raised.value.code, raised.value.hint) == (code, hint)


@given(st.text(max_size=12) | st.text("0123456789.,KMGTPBib/s -", max_size=12))
def test_any_text(text: str) -> None:
    """Any text is read as a whole number within bounds, or refused in one line."""
    for parse in (parse_size, parse_rate, parse_cores, parse_count):
        try:
            value = parse(text)
        except Unreadable as refused:
            value = 0
            shown = str(refused)
        else:
            shown = text

        assert 0 <= value <= LARGEST
        assert shown.isprintable()
