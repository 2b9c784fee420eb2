"""The examples in docstrings are run."""

from __future__ import annotations

import doctest
import importlib
import pkgutil

import pytest

import execbroker

MODULES = [info.name for info in pkgutil.walk_packages(execbroker.__path__, "execbroker.")]


@pytest.mark.parametrize("name", ["execbroker", *(name for name in MODULES if not name.endswith("__main__"))])
def test_docstrings(name: str) -> None:
    """Every example in a module's docstrings gives what it shows."""
    assert doctest.testmod(importlib.import_module(name)).failed == 0
