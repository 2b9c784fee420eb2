"""Sizes and amounts as text: `80G`, `1.5TiB`, `500MB`, `0.5` cores."""

from __future__ import annotations

import re
from fractions import Fraction
from typing import Final

from execbroker.core.amounts import Unit
from execbroker.core.problems import Unreadable

__all__ = ["format_amount", "format_size", "parse_rate", "parse_size"]

#: Bytes of each suffix. The bare letters count as in Slurm and in the IVOA drafts, whose fields are "in multiples
#: of GiB": powers of 1024.
_FACTORS: Final = {
    **{letter: 1024**power for power, letter in enumerate("KMGTP", 1)},
    **{f"{letter}iB": 1024**power for power, letter in enumerate("KMGTP", 1)},
    **{f"{letter}B": 1000**power for power, letter in enumerate("KMGTP", 1)},
    "B": 1,
}
