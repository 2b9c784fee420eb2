"""The mutants that nobody can tell from the engine, as `equivalent.toml` lists them."""

from __future__ import annotations

import tomllib
from pathlib import Path

__all__ = ["listed"]


def listed() -> dict[tuple[str, str, str, str], str]:
    """Module, function, line and change of each, with the reason.

    Raises:
        ValueError: One is listed twice.
    """
    path = Path(__file__).with_suffix(".toml")
    found: dict[tuple[str, str, str, str], str] = {}
    for kind, entries in tomllib.loads(path.read_text("utf-8")).items():
        for entry in entries:
            module, _, function = entry["in"].partition(".")
            for change in entry["changes"]:
                place = module, function, entry["line"], change
                if place in found:
                    raise ValueError(f"listed twice: {place}")
                found[place] = f"{kind}: {entry['why']}"
    return found
